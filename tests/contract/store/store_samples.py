"""Records for the store tests: one of any kind, with awkward values where a field lets them be."""

from __future__ import annotations

import random
from dataclasses import fields
from enum import StrEnum
from typing import Any

from bitting.core.model.identity import Account, AccountState, User
from bitting.core.model.key import Key, KeyState
from bitting.stores.fields import FieldType, field_types
from bitting.stores.record_types import KINDS

RECORDS = [kind.record for kind in KINDS]
TEXTS = ["", "a", "Zeichen äöü", "密钥", "quote ' \" \\ %", "line\nbreak\ttab", "😀", "x" * 5000, "null", "0"]
NUMBERS = [0, 1, -1, 2**31, 2**53 + 1, 2**63 - 1, -(2**63)]
BLOBS = [b"", b"\0", bytes(range(256)), b"\xff" * 4096]


def sample(kind: type[Any], seed: int, **given: object) -> Any:
    """A record of ``kind``: the same for the same seed, with unique id and name for different seeds."""
    chance = random.Random(f"{kind.__name__}/{seed}")
    values = {name: _value(field, chance) for name, field in field_types(kind).items()}
    values["id"] = f"{kind.__name__.lower()}-{seed}"
    if "name" in values:
        values["name"] = f"name-{seed}"
    return kind(**{**values, **given})


def _value(field: FieldType, chance: random.Random) -> object:
    if issubclass(field.base, StrEnum):
        return chance.choice(list(field.base))
    if field.base is tuple:
        return tuple(chance.choices(TEXTS, k=chance.randrange(4)))
    values: dict[type[Any], list[Any]] = {str: [*TEXTS], int: [*NUMBERS], bytes: [*BLOBS], bool: [False, True]}
    return chance.choice(values[field.base])


def key(number: int, /, **given: object) -> Key:
    """A plain key, named after its number."""
    plain: dict[str, Any] = {field.name: "" for field in fields(Key) if field.type == "str"}
    numbers = {field.name: 0 for field in fields(Key) if field.type == "int"}
    own = {"id": f"key-{number:06}", "number": number, "ring": "r1", "name": f"key {number}", "state": KeyState.ENABLED}
    return Key(**{**plain, **numbers, **own, **given})


def account(number: int) -> Account:
    """An account."""
    return Account(f"a{number}", f"d{number}", f"domain {number}", f"ring{number}", AccountState.ACTIVE, 1)


def user(number: int) -> User:
    """The user of the account of the same number."""
    return User(f"u{number}", f"a{number}", "root", "scrypt", enabled=True, admin=True, created_ms=1)
