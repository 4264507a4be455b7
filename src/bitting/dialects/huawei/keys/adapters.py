"""What create-key and list-keys check and change beyond their fields."""

from __future__ import annotations

from typing import Any

from bitting.core import faults
from bitting.core.specs import SPECS, Usage
from bitting.dialects.huawei.codecs import SPEC_WORDS
from bitting.dialects.huawei.rows import HuaweiCall
from bitting.dialects.huawei.tags.codecs import tag_list

#: Waiting for activation: documented, and the state of no key.
_NO_STATE = "waiting for activation"


def create_key(arguments: dict[str, Any], call: HuaweiCall) -> None:
    """Realm, spec and usage, then tags. Raises ``InvalidParameter``."""
    check_realm(arguments, call)
    check_curve_usage(arguments)
    read_tags(arguments)


def check_realm(arguments: dict[str, Any], call: HuaweiCall) -> None:
    """Return if the realm, where there is one, is this region. Raises ``InvalidParameter`` (realm)."""
    if arguments.pop("realm", call.region) != call.region:
        raise faults.InvalidParameter(parameter="realm", reason="enum")


def check_curve_usage(arguments: dict[str, Any]) -> None:
    """Elliptic curve keys only sign in this API, whatever the core can do with them. Raises ``InvalidParameter``."""
    if SPECS[arguments["spec"]].family.value == "ec" and arguments.get("usage") == Usage.ENCRYPT:
        raise faults.InvalidParameter(parameter="key_usage", reason="enum")


def read_tags(arguments: dict[str, Any]) -> None:
    """Tags, if there are any. Raises ``InvalidParameter``."""
    raw = arguments.pop("tags", None)
    if raw:
        arguments["tags"] = tag_list(raw)


def list_keys(arguments: dict[str, Any], call: HuaweiCall) -> None:
    """Without ``key_spec`` Huawei Cloud lists AES_256 keys only."""
    arguments.setdefault("key_spec", "AES_256")
    filter_keys(arguments, call)


def filter_keys(arguments: dict[str, Any], call: HuaweiCall) -> None:  # noqa: ARG001 - as every adapter
    """Spec, state and enterprise project as one filter."""
    where: dict[str, object] = {}
    spec = arguments.pop("key_spec", "ALL")
    if spec != "ALL":
        where["spec"] = SPEC_WORDS[spec]
    state = arguments.pop("key_state", None)
    if state is not None:
        where["state"] = state or _NO_STATE
    enterprise = arguments.pop("enterprise_project_id", "all")
    if enterprise != "all":
        where["enterprise_project_id"] = enterprise
    arguments["where"] = where
