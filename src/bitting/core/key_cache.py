"""The key cache: keys, handles and principals for hot requests, never staler than the store's bound.

::

    View.get(label, build) ──hit──> value
           │miss
           ├─ resident view: raise NotResident (the caller moves to a thread)
           └─ loading view:  build(Reader) in a read unit of work, remember what it read
    freshen(): store.poll() differs? -> drop every value that read a changed record

A value depends on the records its builder read, whether they existed or not; a change to any of them drops it. At most
``limit`` values are kept; the least recently loaded goes first.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar, cast

from bitting.core.faults import KeyVersionNotFound
from bitting.core.model.key import Alias, Key, KeyRef, KeyVersion
from bitting.core.ports import KeyHandle, KeyProvider, Store, StoredMaterial, UnitOfWork
from bitting.core.replicas import visible_key
from bitting.core.specs import SPECS

T = TypeVar("T")
_EVERY = "*"


class NotResident(Exception):
    """The value is not in memory and this thread must not read the store."""


class Reader:
    """Reads records for a builder and remembers which. Lives for one build."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self.seen: set[tuple[str, str]] = set()

    def get(self, kind: type[T], record_id: str) -> T | None:
        """One record, or None; the value depends on it either way."""
        self.seen.add((kind.__name__, record_id))
        return self._uow.of(kind).get(record_id)

    def find(self, kind: type[T], where: Mapping[str, object], *, order: str = "id", limit: int = 1000) -> Sequence[T]:
        """Several records; the value depends on every record of the kind."""
        self.seen.add((kind.__name__, _EVERY))
        return self._uow.of(kind).find(where, order=order, limit=limit)


class CachedKey:
    """A key with its versions and opened handles. Handles are opened on first use and kept."""

    __slots__ = ("_handles", "_open", "key", "versions")

    def __init__(self, key: Key, versions: Sequence[KeyVersion], open_: Callable[[Key, KeyVersion], KeyHandle]) -> None:
        self.key = key
        self.versions = {version.id: version for version in versions}
        self._open = open_
        self._handles: dict[str, KeyHandle] = {}

    def handle(self, version_id: str) -> KeyHandle:
        """The opened version. Raises ``KeyVersionNotFound`` if the key has no such version."""
        handle = self._handles.get(version_id)
        if handle is None:
            version = self.versions.get(version_id)
            if version is None or not version.wrapped:
                raise KeyVersionNotFound(resource=version_id)
            handle = self._handles[version_id] = self._open(self.key, version)
        return handle


def binding(key: Key, version_id: str) -> bytes:
    """The binding of wrapped material: account, key, version and spec, each ended by a zero byte."""
    return b"".join(part.encode() + b"\0" for part in (key.account_id, key.id, version_id, key.spec))


class KeyCache:
    """One per process, shared by its threads."""

    def __init__(self, store: Store, providers: Mapping[str, KeyProvider], limit: int = 200_000) -> None:
        self._store = store
        self._providers = providers
        self._limit = limit
        self._values: dict[Hashable, object] = {}
        self._readers: dict[tuple[str, str], set[Hashable]] = {}
        self._lock = threading.RLock()
        self._generation = 0
        self._mark = store.poll()
        self._position, _ = store.changes_since(0)
        self.resident = View(self, may_load=False)
        self.loading = View(self, may_load=True)

    def refresh(self) -> None:
        """Drop what was changed since the last call. Raises ``Unavailable`` if the store cannot say."""
        mark = self._store.poll()
        if mark == self._mark:
            return
        with self._lock:
            position, changes = self._store.changes_since(self._position)
            self._generation += 1
            if changes is None:
                self._values.clear()
                self._readers.clear()
            else:
                for change in changes:
                    self._drop((change.kind, change.record_id))
                    self._drop((change.kind, _EVERY))
            self._position = position
            self._mark = mark

    def get_resident(self, label: Hashable) -> object | None:
        """The value if it is in memory."""
        return self._values.get(label)

    def load(self, label: Hashable, build: Callable[[Reader], T]) -> T:
        """Build the value from the store and keep it, unless something changed meanwhile."""
        generation = self._generation
        with self._store.begin(write=False) as uow:
            reader = Reader(uow)
            value = build(reader)
        if value is not None:
            self._keep(label, value, reader.seen, generation)
        return value

    def _keep(self, label: Hashable, value: object, seen: set[tuple[str, str]], generation: int) -> None:
        with self._lock:
            if generation != self._generation:
                return
            while len(self._values) >= self._limit:
                self._values.pop(next(iter(self._values)))
            self._values[label] = value
            for record in seen:
                self._readers.setdefault(record, set()).add(label)

    def _drop(self, record: tuple[str, str]) -> None:
        for label in self._readers.pop(record, ()):
            self._values.pop(label, None)

    def open_version(self, key: Key, version: KeyVersion) -> KeyHandle:
        """Open one version with the key's provider."""
        provider = self._providers[key.provider]
        stored = StoredMaterial(version.wrapped, version.public)
        return provider.open(SPECS[key.spec], stored, binding(key, version.id))

    def key_builder(self, ring: str, ref: KeyRef) -> Callable[[Reader], CachedKey | None]:
        """A builder that finds a key by id, alias or version inside a key ring."""

        def build(reader: Reader) -> CachedKey | None:
            found = reader.get(Key, resolve(reader.get, ring, ref))
            key = visible_key(reader.get, ring, found) if found is not None else None
            if key is None:
                return None
            versions = reader._uow.of(KeyVersion).find({"key_id": key.id}, order="number")  # noqa: SLF001
            return CachedKey(key, versions, self.open_version)

        return build


def resolve(get: Callable[[type[Any], str], Any], ring: str, ref: KeyRef) -> str:
    """The id of the key that a reference names in a key ring, or the empty string."""
    if ref.kind == "id":
        return ref.value
    if ref.kind == "alias":
        alias = cast("Alias | None", get(Alias, f"{ring}/{ref.value}"))
        return alias.key_id if alias else ""
    version = cast("KeyVersion | None", get(KeyVersion, ref.value))
    return version.key_id if version else ""


class View:
    """The cache for one kind of thread: the event loop only reads what is resident, worker threads also load."""

    __slots__ = ("_cache", "may_load")

    def __init__(self, cache: KeyCache, *, may_load: bool) -> None:
        self._cache = cache
        self.may_load = may_load

    def refresh(self) -> None:
        """See :meth:`KeyCache.refresh`."""
        self._cache.refresh()

    def get(self, label: Hashable, build: Callable[[Reader], T | None]) -> T | None:
        """The value, from memory or built. Raises :class:`NotResident` on the event loop's view."""
        value = self._cache.get_resident(label)
        if value is not None:
            return cast("T", value)
        if not self.may_load:
            raise NotResident
        return self._cache.load(label, build)

    def key(self, ring: str, ref: KeyRef) -> CachedKey | None:
        """The key that a reference names in a key ring, or None."""
        value = self._cache.get_resident((ring, ref.kind, ref.value))
        if value is not None:
            return cast("CachedKey", value)
        return self.get((ring, ref.kind, ref.value), self._cache.key_builder(ring, ref))
