"""Logical regions of one deployment, and keys with replicas in further regions.

::

    region = a project of the account, by its name     (profile huawei; the server's own region is the first)
    replicate        key ──> Replica in another region's project: same id, material and state, other name
    update_primary   the replica's region becomes the key's own, and the other way round
    list_keys        a region's keys, then its replicas

A change through a replica is made in the key's own region (gate.py), unless its owner has switched that off. Source:
ReplicateKey, UpdatePrimaryRegion and ListSupportRegions of Huawei Cloud DEW.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bitting.core import faults
from bitting.core.authz.statements import is_offline
from bitting.core.gate import Context, use_case
from bitting.core.model.identity import Project
from bitting.core.model.key import Key, KeyRef
from bitting.core.model.region import Replica, replica_id
from bitting.core.quotas import require_room
from bitting.core.replicas import as_replica
from bitting.core.usecases.keys import lifecycle as keys
from bitting.core.usecases.keys import tags
from bitting.core.usecases.keys.display_names import require_name_free

PROFILE = "huawei"
REPLICAS_MAX = 1000


@dataclass(slots=True)
class Replicate:
    """``region`` and ``project_id`` must name the same project of the caller's account."""

    key: KeyRef
    region: str
    project_id: str
    name: str
    description: str = ""
    enterprise_project_id: str = "0"
    tags: Sequence[tuple[str, str]] = ()


@dataclass(slots=True)
class UpdatePrimary:
    """``region``: a region with a replica of the key."""

    key: KeyRef
    region: str


@dataclass(slots=True)
class ListRegions:
    """A page of names, the server's own region first."""

    offset: int = 0
    limit: int = 100


@dataclass(slots=True)
class JobById:
    """By the id of the request that started it."""

    job_id: str


@dataclass(slots=True)
class SetSync:
    """Whether replicas of a key may forward changes."""

    key_id: str
    on: bool


@dataclass(slots=True)
class RegionNames:
    """One page of names."""

    names: Sequence[str] = field(default_factory=tuple)


def _key(command: Replicate | UpdatePrimary) -> KeyRef:
    return command.key


def _target(context: Context, command: Replicate) -> Project:
    """Raises ``InvalidParameter`` (project_id, region) unless it is another region of the account."""
    project = context.uow.of(Project).get(command.project_id)
    if project is None or project.account_id != context.principal.account_id or project.profile != PROFILE:
        raise faults.InvalidParameter(parameter="project_id", reason="unknown")
    if project.name != command.region or project.ring == context.key.ring:
        raise faults.InvalidParameter(parameter="region", reason="unknown")
    return project


def _require_synced(context: Context, key: Key, region: str) -> None:
    """Raises ``ServerFault`` (``during`` sync_start) if the key may not be, or the region cannot be, synchronised."""
    if not key.sync or is_offline(context.gate.switches(context.view), region):
        raise faults.ServerFault(during="sync_start", reason=f"no synchronisation with region {region}")


@use_case("region:replicate", key=_key, states="use", writes=True)
def replicate(context: Context, command: Replicate) -> Replica:
    """Create a replica in another region.

    Raises ``ServiceKeyProtected``, ``InvalidParameter`` (project_id, region), ``ServerFault`` (``during``
    sync_start), ``ResourceExists``, ``NameExists``, ``QuotaExceeded``.
    """
    key, uow = context.key, context.uow
    if key.service:
        raise faults.ServiceKeyProtected(key_id=key.id)
    project = _target(context, command)
    _require_synced(context, key, project.name)
    replicas = uow.of(Replica)
    if replicas.get(replica_id(project.ring, key.id)) is not None:
        raise faults.ResourceExists(kind="replica", resource=key.id)
    require_name_free(uow, project.ring, command.name)
    require_room(uow, project.ring, "keys", lambda: uow.of(Key).count({"ring": project.ring, "service": ""}))
    replica = Replica(
        id=replica_id(project.ring, key.id),
        number=uow.next_number("keys"),
        key_id=key.id,
        ring=project.ring,
        account_id=key.account_id,
        project_id=project.id,
        region=project.name,
        name=command.name,
        description=command.description,
        enterprise_project_id=command.enterprise_project_id,
        job_id=context.request_context.request_id,
        created_ms=context.now_ms,
    )
    replicas.add(replica)
    there = replace(context, principal=replace(context.principal, ring=project.ring))
    tags.set_tags(there, "key", key.id, command.tags)
    return replica


@use_case("region:update_primary", key=_key, states="use", writes=True)
def update_primary(context: Context, command: UpdatePrimary) -> Key:
    """Make a replica's region the key's own. Raises ``InvalidParameter`` (region), as :func:`replicate`."""
    key, replicas = context.key, context.uow.of(Replica)
    if command.region == key.region:
        return key
    found = replicas.find({"key_id": key.id, "region": command.region}, limit=1)
    if not found:
        raise faults.InvalidParameter(parameter="region", reason="unknown")
    _require_synced(context, key, command.region)
    replica = found[0]
    former = replace(
        replica,
        id=replica_id(key.ring, key.id),
        ring=key.ring,
        project_id=key.project_id,
        region=key.region,
        name=key.name,
        description=key.description,
        enterprise_project_id=key.enterprise_project_id,
    )
    replicas.remove(replica.id)
    moved = replace(as_replica(key, replica), primary_region=replica.region)
    context.uow.of(Key).put(moved)
    replicas.add(former)
    return moved


@use_case("region:list")
def list_(context: Context, command: ListRegions) -> RegionNames:
    """One page of the account's regions."""
    where = {"account_id": context.principal.account_id, "profile": PROFILE}
    names = [project.name for project in context.uow.of(Project).find(where, order="name")]
    own = context.gate.region
    ordered = [own, *(name for name in names if name != own)]
    return RegionNames(ordered[command.offset : command.offset + command.limit])


@use_case("region:list")
def job(context: Context, command: JobById) -> Replica:
    """The replication that a request started. Raises ``ResourceNotFound`` (``kind`` job)."""
    found = context.uow.of(Replica).find({"job_id": command.job_id}, limit=1)
    if not found or found[0].account_id != context.principal.account_id:
        raise faults.ResourceNotFound(kind="job", resource=command.job_id)
    return found[0]


@use_case("service:write", writes=True, operator=True)
def set_sync(context: Context, command: SetSync) -> Key:
    """Allow or forbid replicas of a key to forward changes. Raises ``KeyNotFound``."""
    stored = context.uow.of(Key).get(command.key_id)
    if stored is None:
        raise faults.KeyNotFound(resource=command.key_id, named="id")
    changed = replace(stored, sync=command.on)
    context.uow.of(Key).put(changed)
    return changed


@use_case("key:list")
def list_keys(context: Context, command: keys.ListKeys) -> keys.KeyPage:
    """One page of the region's keys; replicas follow the region's own keys."""
    page = keys.list_.run(context, command)
    shown = _replicas(context, command)
    start = max(0, command.offset - page.total)
    more = shown[start : start + command.limit - len(page.keys)]
    return replace(page, keys=[*page.keys, *more], total=page.total + len(shown))


def _replicas(context: Context, command: keys.ListKeys) -> list[Key]:
    """The replicas in the key ring that match the filters, oldest first."""
    found = context.uow.of(Replica).find({"ring": context.principal.ring}, order="number", limit=REPLICAS_MAX)
    stored = [(replica, context.uow.of(Key).get(replica.key_id)) for replica in found]
    shown = [keys.with_effective_state(context, as_replica(key, replica)) for replica, key in stored if key is not None]
    return [key for key in shown if all(getattr(key, name) == value for name, value in command.where.items())]
