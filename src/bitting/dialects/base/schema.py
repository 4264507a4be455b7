"""What a row's answer fields may read from: types known at load, so that a wrong path never reaches a request.

::

    returned(function)          -> the type it declares to return          Any where that cannot be known
    check(type, fields)         -> raises LookupError for a path that is not there, nested records included

``Any``, ``object``, type variables without a value and names that cannot be resolved are not checked.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints, is_typeddict


def returned(function: Callable[..., Any]) -> Any:
    """The declared result of a function, a partial of one or a callable object; Any if its names are not known.

    Raises ``LookupError`` if it declares none.
    """
    while isinstance(function, partial):
        function = function.func
    if not inspect.isroutine(function):
        function = type(function).__call__
    try:
        hints = get_type_hints(function)
    except NameError:
        return Any
    if "return" not in hints:
        msg = f"{getattr(function, '__qualname__', function)} does not say what it returns"
        raise LookupError(msg)
    return hints["return"]


def is_mapping(kind: Any) -> bool:
    """Whether values of the type are read by key: a dict, a Mapping or a TypedDict."""
    origin = get_origin(kind) or kind
    return is_typeddict(origin) or (isinstance(origin, type) and issubclass(origin, Mapping))


def walk(kind: Any, path: str) -> Any:
    """The type at a dotted path; the type itself for the empty path. Raises ``LookupError``."""
    for name in path.split(".") if path else ():
        kind = _member(kind, name)
    return kind


def element(kind: Any) -> Any:
    """What a list, tuple or other iterable of this type holds; Any if that is not declared."""
    if get_origin(kind) in {Union, UnionType}:
        found = [element(member) for member in get_args(kind) if member is not NoneType]
        return found[0] if len(found) == 1 else Any
    origin, arguments = get_origin(kind), get_args(kind)
    if isinstance(origin, type) and issubclass(origin, Iterable) and not issubclass(origin, Mapping) and arguments:
        return arguments[0]
    return Any


def _member(kind: Any, name: str) -> Any:
    """The type of an attribute (of a key, for mappings). Raises ``LookupError``."""
    origin = get_origin(kind)
    if origin in {Union, UnionType}:
        return _member_of_some([member for member in get_args(kind) if member is not NoneType], name)
    held = origin or kind
    if held is Any or held is object or not isinstance(held, type):
        return Any
    if is_mapping(held):
        return _item(held, name)
    hints = _hints(held)
    if hints is None:
        return Any
    if name in hints:
        return _filled(hints[name], dict(zip(getattr(held, "__parameters__", ()), get_args(kind), strict=False)))
    return _computed(held, name)


def _member_of_some(kinds: list[Any], name: str) -> Any:
    found = []
    for kind in kinds:
        try:
            found.append(_member(kind, name))
        except LookupError:
            continue
    if not found:
        msg = f"no member of the union has {name!r}"
        raise LookupError(msg)
    return found[0] if len(found) == 1 else Any


def _item(kind: Any, name: str) -> Any:
    if not is_typeddict(kind):
        return Any
    hints = _hints(kind) or {}
    if name not in hints:
        msg = f"{kind.__name__} has no key {name!r}"
        raise LookupError(msg)
    return hints[name]


def _computed(kind: type, name: str) -> Any:
    """The type of a property; Any for what else the class has under this name."""
    found = inspect.getattr_static(kind, name, None)
    if found is None and not hasattr(kind, "__getattr__"):
        msg = f"{kind.__name__} has no {name!r}"
        raise LookupError(msg)
    getter = getattr(found, "fget", None) or getattr(found, "func", None)
    if getter is None:
        return Any
    try:
        return get_type_hints(getter).get("return", Any)
    except NameError:
        return Any


def _filled(kind: Any, values: Mapping[Any, Any]) -> Any:
    """The type with its type variables replaced; Any for those without a value."""
    if isinstance(kind, TypeVar):
        return values.get(kind, Any)
    parameters = getattr(kind, "__parameters__", ())
    return kind[tuple(values.get(item, Any) for item in parameters)] if parameters else kind


@cache
def _hints(kind: type) -> dict[str, Any] | None:
    try:
        return get_type_hints(kind)
    except NameError:
        return None
