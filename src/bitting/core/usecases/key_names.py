"""What a key is called and what is said about it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.model.key import Key, KeyRef


@dataclass(slots=True)
class Rename:
    """``name`` is unique in the key ring."""

    key: KeyRef
    name: str


@dataclass(slots=True)
class Describe:
    """``description`` replaces the one there is."""

    key: KeyRef
    description: str = ""


def _key(command: Rename | Describe) -> KeyRef:
    return command.key


def _own(context: Context) -> Key:
    if context.key.service:
        raise faults.ServiceKeyProtected(key_id=context.key.id)
    return context.key


@use_case("key:update", key=_key, states="edit", writes=True)
def rename(context: Context, command: Rename) -> Key:
    """Give the key another name. Raises ``ServiceKeyProtected``, ``NameExists``."""
    key = _own(context)
    keys = context.uow.of(Key)
    if command.name != key.name and keys.count({"ring": key.ring, "name": command.name}):
        raise faults.NameExists(resource=command.name)
    changed = replace(key, name=command.name)
    keys.put(changed)
    return changed


@use_case("key:update", key=_key, states="edit", writes=True)
def describe_anew(context: Context, command: Describe) -> Key:
    """Say something else about the key. Raises ``ServiceKeyProtected``."""
    changed = replace(_own(context), description=command.description)
    context.uow.of(Key).put(changed)
    return changed
