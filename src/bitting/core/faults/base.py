"""The root of every refusal, and how its classes declare what they carry."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, fields
from typing import Any, Self, dataclass_transform

#: What Python itself, and whoever handles an exception, may set after it was made.
_OF_EXCEPTIONS = frozenset({"__traceback__", "__cause__", "__context__", "__suppress_context__", "__notes__", "args"})


@dataclass_transform(kw_only_default=True, frozen_default=True, eq_default=False)
class Fault(Exception):
    """Base of every refusal. Lost when it leaves the gate: the traceback and the cause.

    Every subclass becomes a dataclass by being defined: its annotated names are its fields, given by keyword,
    with a default each, and fixed once set. What an exception carries for the interpreter can still be set.

    ``pinned``: the catalogue row that developer mode wants it answered with; opaque to the core.
    """

    pinned: object = None

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        dataclass(eq=False, repr=False, kw_only=True)(cls)

    def __setattr__(self, name: str, value: object) -> None:
        if name not in _OF_EXCEPTIONS and (name in vars(self) or name not in field_names(type(self))):
            msg = f"cannot assign to field {name!r}"
            raise FrozenInstanceError(msg)
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        msg = f"cannot delete field {name!r}"
        raise FrozenInstanceError(msg)

    def __str__(self) -> str:
        return type(self).__name__

    def __repr__(self) -> str:
        given = (f"{name}={self.detail(name)!r}" for name in sorted(field_names(type(self))) if self.detail(name))
        return f"{type(self).__name__}({', '.join(given)})"

    def detail(self, name: str) -> str:
        """The value of field ``name`` as text; the empty string if there is none, or no such field."""
        value = getattr(self, name) if name in field_names(type(self)) else None
        return "" if value is None else str(value)

    def replaced(self, **changes: Any) -> Self:
        """A copy with other values, and the traceback and the cause of this one. Raises ``TypeError`` for no field."""
        held = {field.name: getattr(self, field.name) for field in fields(type(self))}  # type: ignore[arg-type]
        copy = type(self)(**{**held, **changes}).with_traceback(self.__traceback__)
        copy.__cause__, copy.__context__ = self.__cause__, self.__context__
        copy.__suppress_context__ = self.__suppress_context__
        return copy


dataclass(eq=False, repr=False, kw_only=True)(Fault)


def field_names(kind: type[Fault]) -> frozenset[str]:
    """What a fault of this class can carry: the names that conditions and messages of a catalogue may use."""
    return frozenset(kind.__dataclass_fields__)  # type: ignore[attr-defined]


def every_fault() -> dict[str, type[Fault]]:
    """All fault classes by name, the base included."""
    found: dict[str, type[Fault]] = {}
    pending: list[type[Fault]] = [Fault]
    while pending:
        kind = pending.pop()
        found[kind.__name__] = kind
        pending.extend(kind.__subclasses__())
    return found
