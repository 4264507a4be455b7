"""Operations are rows. A row says what is read, which use case runs, and what is said back.

::

    Operation(name, use, request=(Field, ...), response=(Field, ...))
    bind():  wire values -> command      (presence of every required field first, then conversion)
    show():  result      -> wire values

A row is checked when it is made: its fields must be attributes of the use case's command.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from bitting.core import faults
from bitting.core.gate import UseCase
from bitting.dialects.base.codecs import Codec, InvalidWireValue

_NOTHING: Mapping[str, Any] = {}
_NEVER: Any = object()


@dataclass(frozen=True, slots=True)
class Field:
    """One wire value. ``to``: command attribute (requests); ``of``: dotted result attribute (answers).

    Without ``of`` it is the result itself. ``omit``: leave the field out of the answer when it equals this.
    """

    name: str
    kind: Codec
    to: str = ""
    of: str = ""
    required: bool = False
    omit: Any = _NEVER


class Record:
    """A kind for a nested object of an answer: its fields read from the value's attributes."""

    __slots__ = ("_fields",)

    def __init__(self, *fields: Field) -> None:
        self._fields = tuple(
            (item.name, attrgetter(item.of) if item.of else itself, item.kind.encode, item.omit) for item in fields
        )

    def decode(self, raw: Any) -> Any:  # noqa: ARG002
        raise InvalidWireValue("type")

    def encode(self, value: Any) -> dict[str, Any]:
        answer = {}
        for name, read, encode, omit in self._fields:
            held = read(value)
            if omit is _NEVER or held != omit:
                answer[name] = encode(held)
        return answer


def itself(value: Any) -> Any:
    """For rows whose result is the value."""
    return value


#: An operation that no single use case describes: (call, run) -> result.
Composite = Callable[[Any, Any], Any]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation of one dialect.

    ``given``: command attributes the row itself fixes; ``composite``: a function of several use cases instead of
    one; ``adapt_request`` (converted values, call): changes the command's attributes in place; ``adapt_response``
    (result, call): what the response fields read from, in place of the result itself; ``surface``: which
    error table applies; ``max_body``: bytes; ``ok``: the success status.
    """

    name: str
    use: UseCase[Any, Any] | None = None
    composite: Composite | None = None
    request: tuple[Field, ...] = ()
    response: tuple[Field, ...] = ()
    given: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    method: str = "POST"
    path: str = ""
    surface: str = "*"
    max_body: int = 65536
    ok: int = 200
    hot_composite: bool = False
    adapt_request: Callable[[dict[str, Any], Any], None] | None = None
    adapt_response: Callable[[Any, Any], Any] | None = None

    def __post_init__(self) -> None:
        if self.use is None:
            return
        known = {item.name for item in dataclasses.fields(self.use.command)}
        wanted = {item.to for item in self.request if item.to} | set(self.given)
        if not wanted <= known:
            msg = f"{self.name}: {sorted(wanted - known)} are no fields of {self.use.command.__name__}"
            raise TypeError(msg)
        object.__setattr__(self, "_encode", Record(*self.response).encode)

    @property
    def hot(self) -> bool:
        """Whether it may run on the event loop against the cache."""
        return self.hot_composite if self.composite is not None else self.use is not None and self.use.hot

    def wire_name(self, attribute: str) -> str:
        """How this operation spells a command attribute; the attribute itself if it does not."""
        for item in self.request:
            if item.to == attribute:
                return item.name
        return attribute

    def show(self, result: Any) -> dict[str, Any]:
        """The answer's fields."""
        encode: Callable[[Any], dict[str, Any]] = getattr(self, "_encode", None) or Record(*self.response).encode
        return encode(result)

    def arguments(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Converted values by command attribute (by wire name for fields without one).

        Absent, null and empty-string values count as not given. Raises ``MissingParameter`` or
        ``InvalidParameter`` with the wire name.
        """
        for item in self.request:
            if item.required and values.get(item.name) in (None, ""):
                raise faults.MissingParameter(parameter=item.name)
        arguments = dict(self.given)
        for item in self.request:
            raw = values.get(item.name)
            if raw is None or raw == "":
                continue
            try:
                arguments[item.to or item.name] = item.kind.decode(raw)
            except InvalidWireValue as unreadable:
                raise faults.InvalidParameter(parameter=item.name, reason=unreadable.reason) from None
        return arguments

    def bind(self, values: Mapping[str, Any]) -> Any:
        """The use case's command."""
        assert self.use is not None  # noqa: S101 - composites bind for themselves
        return self.use.command(**self.arguments(values))
