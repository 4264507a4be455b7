"""JSON as callers send it, read so that no other reader of the same text could understand something else.

::

    text ── shallow? ── msgspec (grammar, types, Unicode) ── no name twice in an object? ──> value

Refused with ``msgspec.DecodeError``: what is not JSON or not UTF-8, a lone surrogate, more than ``DEPTH_MAX`` levels,
and an object that gives a name twice, however it is escaped. ``msgspec.ValidationError``, which is one, says that the
types are not those asked for.

The usual body is flat: it has as many colons as members, and then no name can have been given twice. Only a text with
more colons than that is read a second time.
"""

from __future__ import annotations

import json
import re
from typing import Any, Generic, TypeVar, overload

import msgspec

DEPTH_MAX = 64
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKETS = re.compile(rb"[\[{\]}]")

T = TypeVar("T")


class Decoder(Generic[T]):
    """Reads one type, as ``msgspec.json.Decoder`` does, strictly. Thread-safe."""

    __slots__ = ("_decode",)

    @overload
    def __init__(self: Decoder[Any]) -> None: ...
    @overload
    def __init__(self, kind: type[T]) -> None: ...
    def __init__(self, kind: Any = Any) -> None:
        self._decode = msgspec.json.Decoder(kind).decode

    def decode(self, raw: bytes | str) -> T:
        """The value. Raises ``msgspec.DecodeError`` and nothing else."""
        try:
            data = raw.encode() if isinstance(raw, str) else raw
            require_shallow(data)
            value: T = self._decode(data)
        except (UnicodeError, RecursionError) as error:
            raise msgspec.DecodeError(type(error).__name__) from None
        colons = data.count(b":")
        if colons and not (isinstance(value, dict) and len(value) == colons):
            _require_unambiguous(data)
        return value


def require_shallow(data: bytes) -> None:
    """Raises ``msgspec.DecodeError`` if brackets nest deeper than ``DEPTH_MAX``."""
    if data.count(b"[") + data.count(b"{") <= DEPTH_MAX:
        return
    depth = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub(b"", data)):
        depth += 1 if bracket in b"[{" else -1
        if depth > DEPTH_MAX:
            raise msgspec.DecodeError("nested too deeply")


def _once(members: list[tuple[str, Any]]) -> None:
    if len({name for name, _ in members}) != len(members):
        raise msgspec.DecodeError("a name is given twice")


def _require_unambiguous(data: bytes) -> None:
    # Only names matter here: numbers stay text, and every object becomes None once it is looked at.
    try:
        json.loads(data, object_pairs_hook=_once, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise msgspec.DecodeError(type(error).__name__) from None


def read_any_text(text: str) -> Any:
    """A value whose strings may hold lone surrogates; otherwise as strict. Raises ``msgspec.DecodeError``."""
    try:
        require_shallow(text.encode())
        return json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise msgspec.DecodeError(type(error).__name__) from None


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    _once(members)
    return dict(members)


def _refuse_constant(name: str) -> None:
    msg = f"{name} is not JSON"
    raise msgspec.DecodeError(msg)


def only_text(text: str) -> str:
    """``text`` with what is no Unicode (lone surrogates) replaced, so that it can be written into an answer."""
    return text if text.isascii() else text.encode(errors="replace").decode()
