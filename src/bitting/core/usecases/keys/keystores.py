"""Key stores of a project: logical partitions of the software provider.

::

    key.keystore_id = "" or "0"     the shared partition, which always exists
                    = a store's id  its state and members are checked on every use (gate.py)

A store can be deleted when no key is in it. Sources: CreateKeyStore and related pages of Huawei Cloud DEW.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.keystore_access import SHARED, require_keystore_usable
from bitting.core.model.key import Key
from bitting.core.model.keystore import Keystore, KeystoreState
from bitting.core.ports import UnitOfWork

BASIC = "DEFAULT"
PER_RING_MAX = 100


@dataclass(slots=True)
class CreateKeystore:
    """``name`` is unique in the key ring."""

    name: str
    kind: str = "DHSM"
    cluster_id: str = ""


@dataclass(slots=True)
class KeystoreById:
    """By id."""

    keystore_id: str


@dataclass(slots=True)
class ListKeystores:
    """A page, oldest first."""

    offset: int = 0
    limit: int = 10


@dataclass(slots=True)
class KeystorePage:
    """``total`` counts every store, not only this page."""

    keystores: Sequence[Keystore]
    total: int


@dataclass(slots=True)
class SetMembers:
    """The users who may use a store, by user id; none means everybody."""

    keystore_id: str
    members: Sequence[str]


def _require_offered(context: Context) -> None:
    if not context.gate.switches(context.view).keystores:
        raise faults.UnsupportedOperation(feature="keystores")


def find(context: Context, keystore_id: str) -> Keystore:
    """A store of the caller's. Raises ``ResourceNotFound`` (``kind`` partition)."""
    stored = context.uow.of(Keystore).get(keystore_id)
    if stored is None or stored.ring != context.principal.ring:
        raise faults.ResourceNotFound(kind="partition", resource=keystore_id)
    return stored


@use_case("keystore:create", writes=True)
def create(context: Context, command: CreateKeystore) -> Keystore:
    """A new store, enabled. Raises ``ResourceExists`` (``kind`` partition), ``QuotaExceeded``."""
    _require_offered(context)
    stores, ring = context.uow.of(Keystore), context.principal.ring
    if stores.count({"ring": ring, "name": command.name}):
        raise faults.ResourceExists(kind="partition", resource=command.name)
    if stores.count({"ring": ring}) >= PER_RING_MAX:
        raise faults.QuotaExceeded(limit="keystores", resource=ring)
    store = Keystore(
        id=context.gate.entropy.uuid(),
        number=context.uow.next_number("keystores"),
        ring=ring,
        account_id=context.principal.account_id,
        name=command.name,
        kind=command.kind,
        cluster_id=command.cluster_id,
        state=KeystoreState.ENABLED,
        created_ms=context.now_ms,
    )
    stores.add(store)
    return store


@use_case("keystore:describe")
def describe(context: Context, command: KeystoreById) -> Keystore:
    """One store. Raises ``ResourceNotFound``."""
    _require_offered(context)
    return find(context, command.keystore_id)


@use_case("keystore:list")
def list_(context: Context, command: ListKeystores) -> KeystorePage:
    """One page of the project's stores."""
    _require_offered(context)
    stores, where = context.uow.of(Keystore), {"ring": context.principal.ring}
    found = stores.find(where, order="number", offset=command.offset, limit=command.limit)
    return KeystorePage(found, stores.count(where))


def _switch(context: Context, keystore_id: str, state: KeystoreState) -> Keystore:
    _require_offered(context)
    changed = replace(find(context, keystore_id), state=state)
    context.uow.of(Keystore).put(changed)
    return changed


@use_case("keystore:enable", writes=True)
def enable(context: Context, command: KeystoreById) -> Keystore:
    """Allow use of its keys. Raises ``ResourceNotFound``."""
    return _switch(context, command.keystore_id, KeystoreState.ENABLED)


@use_case("keystore:disable", writes=True)
def disable(context: Context, command: KeystoreById) -> Keystore:
    """Forbid use of its keys. Raises ``ResourceNotFound``."""
    return _switch(context, command.keystore_id, KeystoreState.DISABLED)


@use_case("keystore:delete", writes=True)
def delete(context: Context, command: KeystoreById) -> Keystore:
    """Remove an empty store. Raises ``ResourceNotFound``, ``ResourceInUse``."""
    _require_offered(context)
    store = find(context, command.keystore_id)
    if context.uow.of(Key).count({"keystore_id": store.id}):
        raise faults.ResourceInUse(kind="partition", resource=store.id)
    context.uow.of(Keystore).remove(store.id)
    return store


@use_case("service:write", writes=True, operator=True)
def set_members(context: Context, command: SetMembers) -> Keystore:
    """Set the users who may use a store. Raises ``ResourceNotFound``."""
    stores = context.uow.of(Keystore)
    stored = stores.get(command.keystore_id)
    if stored is None:
        raise faults.ResourceNotFound(kind="partition", resource=command.keystore_id)
    changed = replace(stored, members=tuple(command.members))
    stores.put(changed)
    return changed


def require_place(context: Context, keystore_id: str, *, external: bool) -> None:
    """Return if a new key may be created in the store.

    Raises ``ResourceNotFound``, as :func:`require_keystore_usable`, and ``UnsupportedOperation`` for imported material.
    """
    if keystore_id in SHARED:
        return
    _require_offered(context)
    require_keystore_usable(find(context, keystore_id), context.principal)
    if external:
        raise faults.UnsupportedOperation(feature="import", keystore="custom")


def require_shared(key: Key, feature: str) -> None:
    """Return for keys in the shared partition. Raises ``UnsupportedOperation`` (``keystore`` custom)."""
    if key.keystore_id not in SHARED:
        raise faults.UnsupportedOperation(key_id=key.id, feature=feature, keystore="custom")


def require_grants(uow: UnitOfWork, key: Key) -> None:
    """Basic partitions have no grants. Raises ``PartitionDenied`` (``feature`` grants)."""
    store = uow.of(Keystore).get(key.keystore_id) if key.keystore_id not in SHARED else None
    if store is not None and store.kind == BASIC:
        raise faults.PartitionDenied(feature="grants", resource=store.id)
