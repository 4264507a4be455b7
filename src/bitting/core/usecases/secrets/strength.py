"""How hard a secret's value is to guess, and the setting that keeps weak values out.

::

    bits = min(length, 2 x distinct characters) x log2(size of the character classes used)     an upper bound
    weak < 50 <= medium < 80 <= strong

Where the account has switched the check on, a new value that is weak is refused. Of a managed secret, whose value is
JSON with a user and a password, the password is examined; of every other secret the whole value, as it was given.
"""

from __future__ import annotations

import json
import math
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.usecases.secrets import settings

_CHECKING = "checking_secret_strength"
_WEAK_BITS, _STRONG_BITS = 50, 80
_OTHER_ALPHABET = 100
WEAK, MEDIUM, STRONG = "weak", "medium", "strong"


@dataclass(slots=True)
class StrengthConfigQuery:
    """The caller's account."""


@dataclass(slots=True)
class SetStrengthConfig:
    """``enabled`` None: as it is."""

    enabled: bool | None = None


@dataclass(frozen=True, slots=True)
class StrengthConfig:
    """``enabled``: whether weak values are refused."""

    enabled: bool


@dataclass(slots=True)
class CheckStrengths:
    """``type``: any word, returned as given. ``values``: by name; what is no text is passed over. Nothing is kept."""

    type: str
    values: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class StrengthEstimate:
    """``bits``: the logarithm of how many values of that length its classes of characters make."""

    bits: int
    level: str


@dataclass(frozen=True, slots=True)
class StrengthReport:
    """An estimate for each text that was given, under its own name."""

    type: str
    estimates: Mapping[str, StrengthEstimate]


def estimate(value: str) -> StrengthEstimate:
    """How hard the value is to guess, as if its characters were random: an upper bound."""
    classes = (string.ascii_lowercase, string.ascii_uppercase, string.digits, string.punctuation + " ")
    stored = set(value)
    alphabet = sum(len(letters) for letters in classes if set(letters) & stored)
    alphabet += _OTHER_ALPHABET if any(not char.isascii() for char in stored) else 0
    bits = int(min(len(value), len(stored) * 2) * math.log2(alphabet)) if alphabet else 0
    return StrengthEstimate(bits, WEAK if bits < _WEAK_BITS else STRONG if bits >= _STRONG_BITS else MEDIUM)


def _examined(value: bytes, fields: Sequence[str]) -> str:
    """The part of a value that must be hard to guess. ``fields``: names of user and password in a managed value."""
    text = value.decode(errors="replace")
    if len(fields) != 2:
        return text
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return text
    password = content.get(fields[1]) if isinstance(content, dict) else None
    return password if isinstance(password, str) else text


def require_strong(context: Context, value: bytes, fields: Sequence[str] = ()) -> None:
    """Return if the value may be stored. Raises ``InvalidParameter`` (value, reason ``weak``)."""
    if _enabled(context) and estimate(_examined(value, fields)).level == WEAK:
        raise faults.InvalidParameter(parameter="value", reason="weak")


def _enabled(context: Context) -> bool:
    return settings.read(context.uow, context.principal.ring, _CHECKING) == "true"


@use_case("secret:describe_settings")
def show_config(context: Context, command: StrengthConfigQuery) -> StrengthConfig:  # noqa: ARG001 - the account's own
    """Whether weak values are refused. Off until it is switched on."""
    return StrengthConfig(_enabled(context))


@use_case("secret:update_settings", writes=True)
def set_config(context: Context, command: SetStrengthConfig) -> StrengthConfig:
    """Switch it, and say how it stands. Values that are stored already stay."""
    if command.enabled is not None:
        settings.write(context.uow, context.principal.ring, _CHECKING, "true" if command.enabled else "false")
    return StrengthConfig(_enabled(context))


@use_case("secret:check")
def check(context: Context, command: CheckStrengths) -> StrengthReport:  # noqa: ARG001 - nothing is read or kept
    """How strong each text is."""
    texts = {name: text for name, text in command.values.items() if isinstance(text, str)}
    return StrengthReport(command.type, {name: estimate(text) for name, text in texts.items()})
