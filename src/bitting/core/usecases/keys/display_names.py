"""Display name and description of a key or of its replica."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.model.key import Key, KeyRef
from bitting.core.model.region import Replica, replica_id
from bitting.core.ports import UnitOfWork
from bitting.core.replicas import as_replica


@dataclass(slots=True)
class Rename:
    """``name`` is unique in the key ring."""

    key: KeyRef
    name: str


@dataclass(slots=True)
class SetDescription:
    """``description`` replaces the present one."""

    key: KeyRef
    description: str = ""


def _key(command: Rename | SetDescription) -> KeyRef:
    return command.key


def _require_user_key(context: Context) -> Key:
    if context.key.service:
        raise faults.ServiceKeyProtected(key_id=context.key.id)
    return context.key


def require_name_free(uow: UnitOfWork, ring: str, name: str) -> None:
    """Raises ``NameExists`` if a key or replica in the key ring has this name."""
    where = {"ring": ring, "name": name}
    if uow.of(Key).count(where) or uow.of(Replica).count(where):
        raise faults.NameExists(resource=name)


def _store(context: Context, key: Key, **changes: Any) -> Key:
    """Store name or description with the key, or with its replica if that is what the caller sees."""
    replicas, ring = context.uow.of(Replica), context.principal.ring
    replica = replicas.get(replica_id(ring, key.id))
    if replica is None:
        changed = replace(key, **changes)
        context.uow.of(Key).put(changed)
        return changed
    renamed = replace(replica, **changes)
    replicas.put(renamed)
    return as_replica(key, renamed)


@use_case("key:update", key=_key, states="edit", writes=True)
def rename(context: Context, command: Rename) -> Key:
    """Rename the key. Raises ``ServiceKeyProtected``, ``NameExists``."""
    key, ring = _require_user_key(context), context.principal.ring
    if command.name != key.name:
        require_name_free(context.uow, ring, command.name)
    return _store(context, key, name=command.name)


@use_case("key:update", key=_key, states="edit", writes=True)
def set_description(context: Context, command: SetDescription) -> Key:
    """Change the description. Raises ``ServiceKeyProtected``."""
    return _store(context, _require_user_key(context), description=command.description)
