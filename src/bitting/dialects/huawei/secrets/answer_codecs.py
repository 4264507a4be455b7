"""Codecs that build answers out of other codecs: null, constants, negation, a word for everything unknown.

Used by the records of every subject; none knows a field of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bitting.dialects.base.codecs import Choice, Codec, Flag, InvalidWireValue


@dataclass(frozen=True, slots=True)
class OrNull:
    """None and the empty string as null, anything else through ``codec``."""

    codec: Codec

    def decode(self, raw: Any) -> Any:
        return None if raw is None else self.codec.decode(raw)

    def encode(self, value: Any) -> Any:
        return None if value is None or value == "" else self.codec.encode(value)


@dataclass(frozen=True, slots=True)
class Constant:
    """The same wire value in every answer, for what this server has only one of or does not keep."""

    value: Any

    def decode(self, raw: Any) -> Any:  # noqa: ARG002 - an answer field
        raise InvalidWireValue("type")

    def encode(self, value: Any) -> Any:  # noqa: ARG002 - whatever the result is
        return self.value


class Negated:
    """True as false and false as true, on the way in and out."""

    def decode(self, raw: Any) -> bool:
        return not Flag().decode(raw)

    def encode(self, value: bool) -> bool:  # noqa: FBT001 - a codec's signature
        return not value


class WithFallback:
    """A choice with one more word, for every value the choice has no word for."""

    def __init__(self, choice: Choice, fallback: str) -> None:
        self._choice, self._fallback = choice, fallback
        self._known = {choice.decode(word) for word in choice.words}

    def decode(self, raw: Any) -> Any:
        return self._choice.decode(raw)

    def encode(self, value: Any) -> str:
        return self._choice.encode(value) if value in self._known else self._fallback


@dataclass(frozen=True, slots=True)
class InList:
    """One value inside, a list of that one on the wire."""

    item: Codec

    def decode(self, raw: Any) -> Any:
        if not isinstance(raw, list) or len(raw) != 1:
            raise InvalidWireValue("length")
        return self.item.decode(raw[0])

    def encode(self, value: Any) -> list[Any]:
        return [self.item.encode(value)]


@dataclass(frozen=True, slots=True)
class ByName:
    """An object whose names are data: each value through ``item``."""

    item: Codec

    def decode(self, raw: Any) -> dict[str, Any]:
        if not isinstance(raw, dict):
            raise InvalidWireValue("type")
        return {name: self.item.decode(value) for name, value in raw.items()}

    def encode(self, value: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self.item.encode(held) for name, held in value.items()}


@dataclass(frozen=True, slots=True)
class AnyValue:
    """Any JSON value, unchanged. ``wrap``: what is no object becomes an object of that one name."""

    wrap: str = ""

    def decode(self, raw: Any) -> Any:
        return {self.wrap: raw} if self.wrap and not isinstance(raw, dict) else raw

    def encode(self, value: Any) -> Any:
        return value
