"""Where wire values and commands do not match one to one: one function a case, named by what it shapes."""

from __future__ import annotations

from typing import Any

from bitting.core import faults
from bitting.core.blob import parse
from bitting.core.model.key import KeyRef
from bitting.core.specs import SPECS, Algorithm, Usage
from bitting.core.usecases.crypto.pins import is_pin
from bitting.dialects.huawei.codecs import SPEC_WORDS
from bitting.dialects.huawei.rows import HuaweiCall
from bitting.dialects.huawei.tags.lists import pairs

_DEFAULT_DATA_KEY_BITS = 256
_NEVER = "waiting for activation"


def create_key(arguments: dict[str, Any], call: HuaweiCall) -> None:
    """Refuse what the region has not: another realm, a spec outside the profile, a key store of one's own.

    Elliptic curve keys sign only here, whatever the core could do with them.
    """
    realm = arguments.pop("realm", call.region)
    if realm != call.region:
        raise faults.InvalidParameter(parameter="realm", reason="enum")
    spec = arguments.setdefault("spec", "AES_256")
    without(call, spec)
    family = SPECS[spec].family
    if family.value == "ec" and arguments.get("usage") == Usage.ENCRYPT:
        raise faults.InvalidParameter(parameter="key_usage", reason="enum")
    otc = call.profile is not None and call.profile.name == "otc"
    if otc and arguments.get("usage") == Usage.AGREE:
        raise faults.InvalidParameter(parameter="key_usage", reason="enum")
    if otc and arguments.get("keystore_id", "0") != "0":
        raise faults.UnsupportedOperation(feature="keystores")
    raw = arguments.pop("tags", None)
    if raw:
        arguments["tags"] = pairs(raw)


def without(call: HuaweiCall, spec: str) -> None:
    """Return if the profile's regions offer the spec. Raises ``UnsupportedKeySpec``."""
    if call.profile is not None and spec in call.profile.without:
        raise faults.UnsupportedKeySpec(spec=spec, parameter="key_spec")


def list_keys(arguments: dict[str, Any], call: HuaweiCall) -> None:
    """Filters. Without ``key_spec`` Huawei lists AES_256 keys only, Open Telekom Cloud every key.

    Marker is how many keys to skip: it stays right while no key before it vanishes, as in the clouds.
    """
    where: dict[str, object] = {}
    default = "ALL" if call.profile is not None and call.profile.name == "otc" else "AES_256"
    spec = arguments.pop("key_spec", default)
    if spec != "ALL":
        where["spec"] = SPEC_WORDS[spec]
    state = arguments.pop("key_state", None)
    if state is not None:
        where["state"] = state or _NEVER
    enterprise = arguments.pop("enterprise_project_id", "all")
    if enterprise != "all":
        where["enterprise_project_id"] = enterprise
    arguments["where"] = where


def bound(arguments: dict[str, Any], call: HuaweiCall) -> None:
    """Additional data, by either of its two names. A PIN is checked here, and then has done its work."""
    check_pin(arguments, call)
    aad = arguments.pop("additional_authenticated_data", None)
    context = arguments.pop("encryption_context", None)
    if aad is not None and context is not None:
        raise faults.InvalidParameter(parameter="encryption_context", reason="both")
    if aad is not None or context is not None:
        arguments["aad"] = aad if aad is not None else context


def check_pin(arguments: dict[str, Any], call: HuaweiCall) -> None:
    """A sealed PIN must be one that this project was given; a plain one is the caller's own."""
    pin, plain = arguments.pop("pin", None), arguments.pop("pin_type", False)
    if pin is None or plain:
        return
    assert call.principal is not None  # noqa: S101 - identify has run
    if call.vault is None or not is_pin(call.vault, call.principal.ring, pin):
        raise faults.InvalidParameter(parameter="pin", reason="format")


def encrypt_data(arguments: dict[str, Any], call: HuaweiCall) -> None:
    """Asymmetric algorithms bind no additional data: refused rather than dropped in silence."""
    bound(arguments, call)
    algorithm = arguments.setdefault("algorithm", Algorithm.SYMMETRIC)
    if algorithm is not Algorithm.SYMMETRIC and "aad" in arguments:
        raise faults.InvalidParameter(parameter="additional_authenticated_data", reason="asymmetric")


def decrypt_data(arguments: dict[str, Any], call: HuaweiCall) -> None:
    """The key: the one given, or the one the ciphertext names; asymmetric ciphertexts name none."""
    encrypt_data(arguments, call)
    if "key" in arguments:
        return
    if arguments["algorithm"] is not Algorithm.SYMMETRIC:
        raise faults.MissingParameter(parameter="key_id")
    key_id = parse(arguments["ciphertext"]).key_id
    if key_id:
        arguments["key"] = KeyRef("id", key_id)


def data_key(arguments: dict[str, Any], call: HuaweiCall) -> None:
    """Bits to bytes; a length given beats a spec given."""
    bound(arguments, call)
    bits = arguments.pop("key_spec", _DEFAULT_DATA_KEY_BITS)
    arguments["length"] = arguments.pop("datakey_length", bits) // 8


def random(arguments: dict[str, Any], call: HuaweiCall) -> None:  # noqa: ARG001 - a shape's signature
    """Bits to bytes."""
    arguments["length"] = arguments.pop("random_data_length") // 8
