"""Codecs that only this API has: how it names keys, and what it calls specs, states and usages.

Sources: Huawei Cloud DEW API reference (create-key, describe-key), Open Telekom Cloud KMS API reference (alias and
URN forms).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from bitting.core.model.key import KeyRef, KeyState, Origin, RotationState
from bitting.core.specs import Usage
from bitting.dialects.base.codecs import Choice, Codec, Integer, InvalidWireValue

URN = "urn"
ALIAS_PREFIX = "alias/"
DAY_S = 86_400

_KEY_ID = re.compile(r"[0-9a-z]{8}-(?:[0-9a-z]{4}-){3}[0-9a-z]{12}")
_ALIAS = re.compile(r"[a-zA-Z0-9:/_-]{1,255}")
_SEQUENCE = re.compile(r"[0-9a-zA-Z]{8}-(?:[0-9a-zA-Z]{4}-){3}[0-9a-zA-Z]{12}")


@dataclass(frozen=True, slots=True)
class KeyName:
    """A key id; where ``aliases``, also ``alias/<name>`` or ``kms:<region>:<domain>:alias:<name>``.

    A bare alias is refused on purpose: openstack clients take the refusal as "look it up in the list", and
    would otherwise keep the alias as the key's id. A URN becomes a reference of kind :data:`URN`, to be resolved
    where region and domain are known.
    """

    aliases: bool = False

    def decode(self, raw: Any) -> KeyRef:
        if not isinstance(raw, str):
            raise InvalidWireValue("type")
        if _KEY_ID.fullmatch(raw):
            return KeyRef("id", raw)
        if self.aliases and raw[:6] == "alias/" and _ALIAS.fullmatch(raw[6:]):
            return KeyRef("alias", raw)
        if self.aliases and raw[:4] == "kms:":
            return KeyRef(URN, raw)
        raise InvalidWireValue("format")

    def encode(self, value: KeyRef) -> str:
        return value.value


def alias_of_urn(urn: str, region: str, domain_id: str) -> KeyRef | None:
    """The alias a URN names, if it is one of this region and domain."""
    parts = urn.split(":", 4)
    if len(parts) == 5 and parts[:4] == ["kms", region, domain_id, "alias"] and _ALIAS.fullmatch(parts[4]):
        return KeyRef("alias", f"alias/{parts[4]}")
    return None


class KeyAlias:
    """The display name of a key: 1 to 255 of ``a-zA-Z0-9:/_-``, not one a service's default key could have."""

    def decode(self, raw: Any) -> str:
        if not isinstance(raw, str):
            raise InvalidWireValue("type")
        if not _ALIAS.fullmatch(raw) or raw.endswith("/default"):
            raise InvalidWireValue("format")
        return raw

    def encode(self, value: str) -> str:
        return value


class AliasName:
    """An alias: 1 to 255 of ``a-zA-Z0-9:/_-``, taken with ``alias/`` before it or without, always shown with it."""

    def decode(self, raw: Any) -> str:
        if not isinstance(raw, str):
            raise InvalidWireValue("type")
        name = raw.removeprefix(ALIAS_PREFIX)
        if not _ALIAS.fullmatch(name) or name.endswith("/default"):
            raise InvalidWireValue("format")
        return ALIAS_PREFIX + name

    def encode(self, value: str) -> str:
        return value


class StateFilter:
    """``1`` to ``5``, as text or number. 1, waiting for activation, is documented; no key is ever in it."""

    def decode(self, raw: Any) -> KeyState | str:
        word = str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw
        return "" if word == "1" else STATES.decode(word)

    def encode(self, value: KeyState) -> str:
        return STATES.encode(value)


def is_sequence(raw: Any) -> bool:
    """Whether a message sequence number has its 36 characters in the form of a UUID."""
    return isinstance(raw, str) and _SEQUENCE.fullmatch(raw) is not None


def rotation_word(state: RotationState) -> str:
    """Whether rotation is on, as the text that key details carry."""
    return "false" if state is RotationState.DISABLED else "true"


STATES = Choice(
    {
        "2": KeyState.ENABLED,
        "3": KeyState.DISABLED,
        "4": KeyState.PENDING_DELETION,
        "5": KeyState.PENDING_IMPORT,
        "7": KeyState.FROZEN,
    }
)
SPEC_WORDS = {
    "AES_256": "AES_256",
    "SM4": "SM4",
    "RSA_2048": "RSA_2048",
    "RSA_3072": "RSA_3072",
    "RSA_4096": "RSA_4096",
    "EC_P256": "EC_P256",
    "EC_P384": "EC_P384",
    "SECP256K1": "EC_SECP256K1",
    "SM2": "SM2",
    "ED25519": "ED25519",
    "HMAC_256": "HMAC_SHA256",
    "HMAC_384": "HMAC_SHA384",
    "HMAC_512": "HMAC_SHA512",
    "HMAC_SM3": "HMAC_SM3",
}
SPECS = Choice(SPEC_WORDS)
USAGES = Choice(
    {
        "ENCRYPT_DECRYPT": Usage.ENCRYPT,
        "SIGN_VERIFY": Usage.SIGN,
        "GENERATE_VERIFY_MAC": Usage.MAC,
        "KEY_AGREEMENT": Usage.AGREE,
    }
)
ORIGINS = Choice({"kms": Origin.INTERNAL, "external": Origin.EXTERNAL})


class AnyJson:
    """Any JSON value, for the row's ``adapt_request`` to check."""

    def decode(self, raw: Any) -> Any:
        return raw

    def encode(self, value: Any) -> Any:
        return value


@dataclass(frozen=True, slots=True)
class AtMost:
    """A whole number of at least 1, of which no more than ``most`` is used."""

    most: int

    def decode(self, raw: Any) -> int:
        return min(Integer(1, 1 << 31).decode(raw), self.most)

    def encode(self, value: int) -> int:
        return value


class Seconds:
    """A time in seconds since 1970 on the wire, in milliseconds inside."""

    def decode(self, raw: Any) -> int:
        return Integer(0, 10_000_000_000).decode(raw) * 1000

    def encode(self, value: int) -> int:
        return value // 1000


@dataclass(frozen=True, slots=True)
class Days:
    """A number of days from ``least`` to ``most`` on the wire, of seconds inside."""

    least: int
    most: int

    def decode(self, raw: Any) -> int:
        return Integer(self.least, self.most).decode(raw) * DAY_S

    def encode(self, value: int) -> int:
        return value // DAY_S


@dataclass(frozen=True, slots=True)
class NumericChoice:
    """A choice whose words may come as numbers."""

    choice: Choice

    def decode(self, raw: Any) -> Any:
        return self.choice.decode(str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw)

    def encode(self, value: Any) -> str:
        return self.choice.encode(value)


@dataclass(frozen=True, slots=True)
class Derived:
    """For answers: a codec applied to what a function reads from the value."""

    read: Callable[[Any], Any]
    kind: Codec

    def decode(self, raw: Any) -> Any:  # noqa: ARG002 - for answers only
        raise InvalidWireValue("type")

    def encode(self, value: Any) -> Any:
        return self.kind.encode(self.read(value))


@dataclass(frozen=True, slots=True)
class Each:
    """For answers: a list, each item of the result encoded with caller and region (``Answer.about``) at hand."""

    items: Callable[[Any], Iterable[Any]]
    kind: Codec

    def decode(self, raw: Any) -> Any:  # noqa: ARG002 - for answers only
        raise InvalidWireValue("type")

    def encode(self, value: Any) -> list[Any]:
        return [self.kind.encode(value.about(item)) for item in self.items(value.result)]
