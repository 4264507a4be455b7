"""ListKeys ``Filters``: what to look for, as fields of a key record.

::

    [{"Key": "KeyState", "Values": ["Enabled", "Disabled"]}, {"Key": "keyId", "Values": ["..."]}]
    -> Wanted(where={"state": (enabled, disabled), "id": ("...",)}, aliases=None)

Values of one key are alternatives, also where the key is there twice; different keys must all hold. A
filter without values asks for nothing. Source: ListKeys.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn, cast

import msgspec

from bitting.core.ports import Except
from bitting.core.usecases.keys import tags
from bitting.dialects.alibaba_openapi import enum_maps
from bitting.dialects.base.codecs import InvalidWireValue, encode_refused
from bitting.wire import strict_json

FILTERS_MAX = 10
VALUES_MAX = 10


class _Filter(msgspec.Struct, rename={"key": "Key", "values": "Values"}):
    key: str
    values: list[str] = []


_filters = strict_json.Decoder(list[_Filter])


@dataclass(slots=True)
class KeyFilter:
    """``where``, ``aliases`` and ``tagged`` as :class:`bitting.core.usecases.keys.lifecycle.ListKeys` takes them."""

    where: dict[str, object] = field(default_factory=dict)
    aliases: tuple[str, ...] | None = None
    tagged: tuple[tags.TagFilter, ...] | None = None


def _chosen(table: dict[str, Any]) -> Callable[[str], object]:
    def read(word: str) -> object:
        if word not in table:
            raise InvalidWireValue("enum")
        return table[word]

    return read


#: Filter key -> (key record field, how a value is read).
_FIELDS: dict[str, tuple[str, Callable[[str], object]]] = {
    "KeyState": ("state", _chosen(enum_maps.STATES)),
    "KeySpec": ("spec", _chosen(enum_maps.SPECS)),
    "KeyUsage": ("usage", _chosen(enum_maps.USAGES)),
    "ProtectionLevel": ("protection", _chosen(enum_maps.LEVELS)),
    "DKMSInstanceId": ("instance_id", str),
    "keyId": ("id", str),
    "KeyId": ("id", str),
    "Creator": ("account_id", str),
}
_CREATOR_TYPES = {"User", "Service"}
_TAG_KEYS = {"TagKey", "TagValue"}


def read_filters(raw: str) -> list[_Filter]:
    """At most 10 filters of at most 10 values. Raises ``InvalidWireValue``."""
    try:
        found = _filters.decode(raw)
    except msgspec.DecodeError:
        raise InvalidWireValue("format") from None
    if len(found) > FILTERS_MAX or any(len(item.values) > VALUES_MAX for item in found):
        raise InvalidWireValue("length")
    return found


class Filters:
    """The codec of the ``Filters`` parameter: at most 10 filters of at most 10 values."""

    def decode(self, raw: str) -> tuple[dict[str, object], tuple[str, ...] | None, tuple[tags.TagFilter, ...] | None]:
        wanted = KeyFilter()
        found = read_filters(raw)
        for item in found:
            if item.values:
                _add(wanted, item)
        return wanted.where, wanted.aliases, _tagged(found)

    def encode(self, value: Any) -> NoReturn:
        encode_refused(value)


def _add(wanted: KeyFilter, item: _Filter) -> None:
    if item.key in _FIELDS:
        name, read = _FIELDS[item.key]
        wanted.where[name] = cast("tuple[object, ...]", wanted.where.get(name, ())) + tuple(
            read(value) for value in item.values
        )
    elif item.key == "AliasName":
        wanted.aliases = (wanted.aliases or ()) + tuple(item.values)
    elif item.key == "CreatorType":
        _add_creator_type(wanted, item.values)
    elif item.key not in _TAG_KEYS:
        raise InvalidWireValue("enum")


def _tagged(found: list[_Filter]) -> tuple[tags.TagFilter, ...] | None:
    """TagKey and TagValue speak of one and the same tag: its key is one of these, its value one of those."""
    keys = [value for item in found if item.key == "TagKey" for value in item.values]
    values = tuple(value for item in found if item.key == "TagValue" for value in item.values)
    if not keys and not values:
        return None
    return tuple(tags.TagFilter(key, values) for key in keys or [""])


def _add_creator_type(wanted: KeyFilter, values: list[str]) -> None:
    if not set(values) <= _CREATOR_TYPES:
        raise InvalidWireValue("enum")
    if "Service" not in values:
        wanted.where["service"] = ("",)
    elif "User" not in values:
        wanted.where["service"] = Except(("",))


#: ListKmsInstances documents the parameter without its keys; these are the fields that GetKmsInstance shows.
_INSTANCE_FIELDS: dict[str, tuple[str, Callable[[str], object]]] = {
    "KmsInstanceId": ("id", str),
    "InstanceId": ("id", str),
    "InstanceName": ("name", str),
    "Status": ("state", _chosen(enum_maps.INSTANCE_STATES)),
}


class InstanceFilters:
    """ListKmsInstances ``Filters``: fields of an instance record, in the shape that ListKeys takes."""

    def decode(self, raw: str) -> dict[str, tuple[object, ...]]:
        where: dict[str, tuple[object, ...]] = {}
        for item in read_filters(raw):
            if item.key not in _INSTANCE_FIELDS:
                raise InvalidWireValue("enum")
            name, read = _INSTANCE_FIELDS[item.key]
            if item.values:
                where[name] = where.get(name, ()) + tuple(read(value) for value in item.values)
        return where

    def encode(self, value: Any) -> NoReturn:
        encode_refused(value)
