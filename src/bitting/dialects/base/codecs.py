"""Codecs: how one wire value becomes a domain value and back. Rows of operations are made of these.

::

    decode(raw wire value) -> domain value      raises InvalidWireValue(reason)
    encode(domain value)   -> wire value

``reason`` is one of ``type``, ``format``, ``range``, ``length``, ``multiple``, ``enum``; error rows may select on it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn, Protocol


class InvalidWireValue(Exception):
    """The raw value is not one this codec reads."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def encode_refused(value: Any) -> NoReturn:
    """The other direction of a codec that only reads requests: a row that asks for it is wrong."""
    msg = f"a codec of request fields was asked to encode a {type(value).__name__}"
    raise TypeError(msg)


class Codec(Protocol):
    """A converter. Both directions are pure."""

    def decode(self, raw: Any) -> Any:
        """The domain value. Raises :class:`InvalidWireValue`."""
        ...

    def encode(self, value: Any) -> Any:
        """The wire value."""
        ...


@dataclass(frozen=True, slots=True)
class Text:
    """A string of ``least`` to ``most`` characters, matching ``pattern`` in full if there is one."""

    least: int = 0
    most: int = 8192
    pattern: re.Pattern[str] | None = None

    def decode(self, raw: Any) -> str:
        if not isinstance(raw, str):
            raise InvalidWireValue("type")
        if not self.least <= len(raw) <= self.most:
            raise InvalidWireValue("length")
        if self.pattern is not None and not self.pattern.fullmatch(raw):
            raise InvalidWireValue("format")
        return raw

    def encode(self, value: Any) -> str:
        return str(value)


@dataclass(frozen=True, slots=True)
class Utf8:
    """A string that is bytes inside: ``least`` to ``most`` bytes of UTF-8."""

    least: int = 0
    most: int = 8192

    def decode(self, raw: Any) -> bytes:
        if not isinstance(raw, str):
            raise InvalidWireValue("type")
        try:
            data = raw.encode()
        except UnicodeEncodeError:
            raise InvalidWireValue("format") from None
        if not self.least <= len(data) <= self.most:
            raise InvalidWireValue("length")
        return data

    def encode(self, value: bytes) -> str:
        return value.decode(errors="replace")


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number, sent as a number or as its decimal digits; ``multiple`` must divide it."""

    least: int
    most: int
    multiple: int = 1

    def decode(self, raw: Any) -> int:
        if isinstance(raw, str) and re.fullmatch(r"[+-]?[0-9]{1,18}", raw, re.ASCII):
            raw = int(raw)
        if not isinstance(raw, int) or isinstance(raw, bool):
            raise InvalidWireValue("type")
        if not self.least <= raw <= self.most:
            raise InvalidWireValue("range")
        if raw % self.multiple:
            raise InvalidWireValue("multiple")
        return raw

    def encode(self, value: int) -> int:
        return value


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false: a JSON boolean or the words in any case (Python SDKs send ``True``)."""

    def decode(self, raw: Any) -> bool:
        if isinstance(raw, bool):
            return raw
        word = raw.lower() if isinstance(raw, str) else ""
        if word not in {"true", "false"}:
            raise InvalidWireValue("type")
        return word == "true"

    def encode(self, value: Any) -> bool:
        return bool(value)


@dataclass(frozen=True, slots=True)
class Base64:
    """Bytes as standard base64 with padding; ``least`` to ``most`` bytes."""

    least: int = 0
    most: int = 1 << 20

    def decode(self, raw: Any) -> bytes:
        if not isinstance(raw, str):
            raise InvalidWireValue("type")
        try:
            data = binascii.a2b_base64(raw, strict_mode=True)
        except (binascii.Error, ValueError):
            raise InvalidWireValue("format") from None
        if not self.least <= len(data) <= self.most:
            raise InvalidWireValue("length")
        return data

    def encode(self, value: bytes) -> str:
        return base64.b64encode(value).decode()


@dataclass(frozen=True, slots=True)
class Hex:
    """Bytes as hexadecimal, upper case on the way out."""

    least: int = 0
    most: int = 1 << 16

    def decode(self, raw: Any) -> bytes:
        if not isinstance(raw, str):
            raise InvalidWireValue("type")
        try:
            data = bytes.fromhex(raw)
        except ValueError:
            raise InvalidWireValue("format") from None
        if not self.least <= len(data) <= self.most:
            raise InvalidWireValue("length")
        return data

    def encode(self, value: bytes) -> str:
        return value.hex().upper()


class Choice:
    """One of a dialect's words for domain values. The first word of a value is the one sent back."""

    __slots__ = ("_values", "_words")

    def __init__(self, words: Mapping[str, Any]) -> None:
        self._values = dict(words)
        self._words: dict[Any, str] = {}
        for word, value in words.items():
            self._words.setdefault(value, word)

    @property
    def words(self) -> tuple[str, ...]:
        """Every word that is read."""
        return tuple(self._values)

    def decode(self, raw: Any) -> Any:
        if not isinstance(raw, str):
            raise InvalidWireValue("type")
        if raw not in self._values:
            raise InvalidWireValue("enum")
        return self._values[raw]

    def encode(self, value: Any) -> str:
        return self._words.get(value, str(value))


@dataclass(frozen=True, slots=True)
class Moment:
    """Milliseconds since 1970 on the inside, UTC text to the second outside; 0 is ``none``."""

    none: str = ""

    def decode(self, raw: Any) -> int:
        try:
            return int(datetime.strptime(raw, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp() * 1000)
        except (TypeError, ValueError):
            raise InvalidWireValue("format") from None

    def encode(self, value: int) -> str:
        if not value:
            return self.none
        return datetime.fromtimestamp(value // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class Digits:
    """A number that goes out as its decimal digits; 0 goes out as ``none`` if that is given."""

    none: str | None = None

    def decode(self, raw: Any) -> int:
        return Integer(0, 1 << 62).decode(raw)

    def encode(self, value: int) -> str:
        return self.none if self.none is not None and not value else str(value)


@dataclass(frozen=True, slots=True)
class Items:
    """A list of one kind. ``wrap``: the element name of an ``{"Key": [...]}`` wrapper, if the API has one."""

    kind: Codec
    least: int = 0
    most: int = 1000
    wrap: str = ""

    def decode(self, raw: Any) -> Sequence[Any]:
        if not isinstance(raw, list):
            raise InvalidWireValue("type")
        if not self.least <= len(raw) <= self.most:
            raise InvalidWireValue("length")
        return [self.kind.decode(item) for item in raw]

    def encode(self, value: Sequence[Any]) -> Any:
        encoded = [self.kind.encode(item) for item in value]
        return {self.wrap: encoded} if self.wrap else encoded


@dataclass(frozen=True, slots=True)
class EncodeOnly:
    """One-way: a domain value through a function (used for answers only)."""

    show: Callable[[Any], Any]

    def decode(self, _raw: Any) -> Any:
        raise InvalidWireValue("type")

    def encode(self, value: Any) -> Any:
        return self.show(value)
