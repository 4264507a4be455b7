"""Which values a record's fields take, read from the dataclass itself.

::

    annotation        FieldType.base   at rest in SQL
    str               str              text
    StrEnum           the enum         text (its value)
    int               int              64-bit integer
    bool              bool             boolean
    bytes             bytes            bytes
    tuple[str, ...]   tuple            text: a JSON array

Both stores check values here, so that a value one store could not hold is refused by both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, get_origin, get_type_hints

from bitting.core.faults import InvalidParameter

INTEGER_LIMIT = 1 << 63


@dataclass(frozen=True, slots=True)
class FieldType:
    """The type of one field. ``base`` is one of str, int, bool, bytes, tuple, or a StrEnum class."""

    name: str
    base: type

    def require_valid(self, value: object) -> None:
        """Raise ``TypeError`` if ``value`` is of another type, ``InvalidParameter`` if no store could keep it."""
        self._require_type(value, self.base)
        if not storable(value):
            raise InvalidParameter(parameter=self.name, reason="range" if isinstance(value, int) else "format")

    def require_comparable(self, value: object) -> None:
        """Raise ``TypeError`` if no field could equal ``value``. A StrEnum field may be asked for by plain text."""
        self._require_type(value, str if issubclass(self.base, str) else self.base)

    def _require_type(self, value: object, base: type) -> None:
        fits = isinstance(value, base) and (base is not int or not isinstance(value, bool))
        if fits and isinstance(value, tuple):
            fits = all(isinstance(item, str) for item in value)
        if not fits:
            message = f"field {self.name} takes {base.__name__}, not {type(value).__name__}"
            raise TypeError(message)


def storable(value: object) -> bool:
    """Whether every store can store this value: no NUL and no lone surrogate in text, integers of 64 bits."""
    if isinstance(value, str):
        return "\0" not in value and (value.isascii() or _encodes(value))
    if isinstance(value, int):
        return -INTEGER_LIMIT <= value < INTEGER_LIMIT
    return True


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def field_types(record: type[Any]) -> Mapping[str, FieldType]:
    """The fields of a record class in their order; the first is the id.

    Raises ``TypeError`` for an annotation outside the table above.
    """
    hints = get_type_hints(record)
    return {field.name: FieldType(field.name, _base(record, field.name, hints[field.name])) for field in fields(record)}


def _base(record: type, name: str, hint: object) -> type:
    if get_origin(hint) is tuple:
        return tuple
    if isinstance(hint, type) and (hint in (str, int, bool, bytes) or issubclass(hint, StrEnum)):
        return hint
    message = f"{record.__name__}.{name}: no store keeps fields of type {hint}"
    raise TypeError(message)
