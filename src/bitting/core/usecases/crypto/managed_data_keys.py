"""Managed data keys: stored by the service for applications, by name, in versions, each encrypted under a key.

::

    store (operator)  name, key      -> the next version, the first one being 1
    get               name, version  -> plaintext       first version, latest, or the one named
    list_versions     name           -> numbers

The encrypting key must be usable whenever a version is read: disabling it disables its data keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bitting.core import faults
from bitting.core.blob import DATA_KEY_DOMAIN, framed
from bitting.core.gate import Context, use_case
from bitting.core.key_cache import CachedKey
from bitting.core.key_states import is_deleted, require_state
from bitting.core.model.access import ManagedDataKey
from bitting.core.model.identity import Account
from bitting.core.model.key import Key, KeyRef, KeyVersion
from bitting.core.usecases.access.application_access_points import require_permission
from bitting.core.usecases.crypto import encryption as crypto

BYTES = 32
VERSIONS_MAX = 1000
KIND = "managed_data_key"


@dataclass(slots=True)
class StoreDataKey:
    """One more version of a data key, the first one if there is none. ``key_id``: the key that encrypts it."""

    account_id: str
    name: str
    key_id: str


@dataclass(slots=True)
class GetDataKey:
    """``version``: its number as text; without one the latest, or the first."""

    name: str
    version: str = ""
    latest: bool = False


@dataclass(slots=True)
class ListVersions:
    """A page, oldest first."""

    name: str
    offset: int = 0
    limit: int = 10


@dataclass(slots=True)
class OpenedDataKey:
    """A version and its plaintext."""

    record: ManagedDataKey
    plaintext: bytes = field(repr=False)


@dataclass(slots=True)
class VersionPage:
    """``total`` counts all versions."""

    name: str
    versions: Sequence[ManagedDataKey]
    total: int


def _bound(account_id: str, name: str, number: int) -> bytes:
    return DATA_KEY_DOMAIN + b"\0".join(part.encode() for part in (account_id, name, str(number)))


@use_case("service:write", writes=True, operator=True)
def store_version(context: Context, command: StoreDataKey) -> ManagedDataKey:
    """Generate 32 random bytes and store them as the next version.

    Raises ``ResourceNotFound`` (account), ``KeyNotFound``, what a key's state or spec forbids, ``QuotaExceeded``.
    """
    account = context.uow.of(Account).get(command.account_id)
    if account is None:
        raise faults.ResourceNotFound(resource=f"account {command.account_id}")
    key = context.uow.of(Key).get(command.key_id)
    if key is None or key.ring != account.ring or is_deleted(key, context.now_ms):
        raise faults.KeyNotFound(resource=command.key_id, named="id")
    require_state("use", key, context.now_ms)
    records = context.uow.of(ManagedDataKey)
    stored = records.find({"account_id": account.id, "name": command.name}, order="number", descending=True, limit=1)
    number = stored[0].number + 1 if stored else 1
    if number > VERSIONS_MAX:
        raise faults.QuotaExceeded(limit="versions")
    versions = context.uow.of(KeyVersion).find({"key_id": key.id}, order="number")
    sealing = replace(context, _cached=CachedKey(key, versions, context.gate.cache.open_version))
    sealed = crypto.encrypt.run(
        sealing,
        crypto.Encrypt(
            KeyRef.by_id(key.id),
            context.gate.entropy.random(BYTES),
            _bound(account.id, command.name, number),
            symmetric_only=True,
            reserved=True,
        ),
    )
    created = ManagedDataKey(
        f"{account.id}/{command.name}/{number}",
        account.id,
        account.ring,
        command.name,
        number,
        key.id,
        framed(sealed.blob),
        context.now_ms,
    )
    records.add(created)
    return created


@use_case("managed_data_key:get", name="get_managed_data_key")
def get(context: Context, command: GetDataKey) -> OpenedDataKey:
    """The plaintext of one version.

    Raises ``ResourceNotFound`` (``kind`` managed_data_key), and as decryption with the encrypting key does.
    """
    require_permission(context, "managed_data_key:get", f"datakey/{command.name}")
    where: dict[str, object] = {"account_id": context.principal.account_id, "name": command.name}
    if command.version:
        where["number"] = int(command.version) if command.version.isdecimal() and len(command.version) < 10 else 0
    records = context.uow.of(ManagedDataKey)
    for record in records.find(where, order="number", descending=command.latest, limit=1):
        opening = context.gate.with_key(context, KeyRef.by_id(record.key_id), "key:decrypt", "use")
        aad = _bound(record.account_id, record.name, record.number)
        opened = crypto.decrypt.run(
            opening, crypto.Decrypt(record.sealed, KeyRef.by_id(record.key_id), aad, reserved=True)
        )
        return OpenedDataKey(record, opened.plaintext)
    raise faults.ResourceNotFound(kind=KIND, resource=command.name)


@use_case("managed_data_key:list_versions", name="list_managed_data_key_versions")
def list_versions(context: Context, command: ListVersions) -> VersionPage:
    """The versions of a data key. Raises ``ResourceNotFound`` (``kind`` managed_data_key)."""
    require_permission(context, "managed_data_key:list_versions", f"datakey/{command.name}")
    where: dict[str, object] = {"account_id": context.principal.account_id, "name": command.name}
    records = context.uow.of(ManagedDataKey)
    total = records.count(where)
    if not total:
        raise faults.ResourceNotFound(kind=KIND, resource=command.name)
    found = records.find(where, order="number", offset=command.offset, limit=command.limit)
    return VersionPage(command.name, found, total)
