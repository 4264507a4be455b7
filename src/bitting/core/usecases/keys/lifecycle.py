"""Key lifecycle: create, describe, list, enable, disable. Deletion: :mod:`bitting.core.usecases.keys.deletion`.

::

    create -> enabled <-> disabled
           -> pending_import (external origin)
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bitting.core import faults
from bitting.core.authz.resource_policies import require_same_account
from bitting.core.gate import Context, use_case
from bitting.core.key_cache import binding
from bitting.core.key_states import effective_state, is_deleted
from bitting.core.model.key import Alias, Key, KeyRef, KeyState, KeyVersion, Origin, RotationState
from bitting.core.ports import Except, KeyProvider
from bitting.core.quotas import require_room
from bitting.core.specs import SPECS, Family, KeySpec, Usage
from bitting.core.usecases.instances.instances import require_room_for_key
from bitting.core.usecases.keys import tags

#: How many ids one query may name.
IDS_MAX = 5_000
_DELETED_PAGE = 50


@dataclass(slots=True)
class CreateKey:
    """``usage`` empty: the spec's default. ``name``: unique per ring, may be empty."""

    spec: str = "AES_256"
    usage: str = ""
    origin: Origin = Origin.INTERNAL
    name: str = ""
    description: str = ""
    protection: str = "software"
    instance_id: str = ""
    keystore_id: str = ""
    enterprise_project_id: str = "0"
    rotation_interval_s: int = 0
    policy: str = ""
    service: str = ""
    tags: Sequence[tuple[str, str]] = ()


@dataclass(slots=True)
class KeyCommand:
    """The command of use cases whose only input is the key."""

    key: KeyRef


@dataclass(slots=True)
class ListKeys:
    """A page of keys in creation order. ``where``: Key fields to match; a tuple means any of these.

    ``aliases``: only keys that one of these names; ``tagged``: only keys with one of these tags; None for no
    such filter.
    """

    where: Mapping[str, object] = field(default_factory=dict)
    offset: int = 0
    limit: int = 100
    after: int | None = None
    descending: bool = False
    aliases: Sequence[str] | None = None
    tagged: Sequence[tags.TagFilter] | None = None


@dataclass(slots=True)
class KeyPage:
    """``total`` counts every match, not only this page."""

    keys: Sequence[Key]
    total: int
    offset: int
    limit: int


def _key(command: KeyCommand) -> KeyRef:
    return command.key


@use_case("key:create", writes=True)
def create(context: Context, command: CreateKey) -> Key:
    """A new key with its first version (none yet if the material comes from outside).

    Raises ``UnsupportedKeySpec``, ``InvalidParameter`` (usage, policy), ``NameExists``, ``QuotaExceeded``,
    ``ResourceNotFound`` (``kind`` instance), ``InstanceNotConnected``.
    """
    spec, usage, provider = _kind(context, command)
    key_id, version_id = context.gate.entropy.uuid(), context.gate.entropy.uuid()
    external = command.origin is Origin.EXTERNAL
    key = Key(
        id=key_id,
        number=context.uow.next_number("keys"),
        ring=context.principal.ring,
        account_id=context.principal.account_id,
        project_id=context.principal.project_id,
        name=command.name,
        description=command.description,
        spec=spec.name,
        usage=usage,
        origin=command.origin,
        state=KeyState.PENDING_IMPORT if external else KeyState.ENABLED,
        protection=command.protection,
        provider=provider.name,
        created_ms=context.now_ms,
        creator=context.principal.user_id or context.principal.account_id,
        primary_version=version_id,
        initial_version=version_id,
        instance_id=command.instance_id,
        keystore_id=command.keystore_id,
        enterprise_project_id=command.enterprise_project_id,
        service=command.service,
        rotation=RotationState.ENABLED if command.rotation_interval_s else RotationState.DISABLED,
        rotation_interval_s=command.rotation_interval_s,
        rotated_ms=context.now_ms,
        rotation_due_ms=context.now_ms + command.rotation_interval_s * 1000 if command.rotation_interval_s else 0,
        policy=command.policy,
        region=context.gate.region,
        primary_region=context.gate.region,
    )
    _add(context, key)
    wrapped, public = b"", b""
    if not external:
        stored = provider.create(spec, binding(key, version_id))
        wrapped, public = stored.wrapped, stored.public
    context.uow.of(KeyVersion).add(KeyVersion(version_id, key_id, 1, context.now_ms, wrapped, public))
    if command.tags:
        tags.set_tags(context, "key", key_id, command.tags)
    return key


def _switched_off(context: Context) -> set[Family]:
    """The families that this region does not offer, by its switches."""
    switches = context.gate.switches(context.view)
    return {family for family, on in ((Family.SM2, switches.sm2), (Family.SM4, switches.sm4)) if not on}


def _kind(context: Context, command: CreateKey) -> tuple[KeySpec, str, KeyProvider]:
    spec = SPECS.get(command.spec)
    provider = context.gate.provider_of(command.protection)
    if spec is None or not provider.supports(spec) or spec.family in _switched_off(context):
        raise faults.UnsupportedKeySpec(spec=command.spec, parameter="spec")
    usage = Usage(command.usage) if command.usage else spec.default_usage
    if usage not in spec.usages:
        raise faults.InvalidParameter(parameter="usage", reason="enum")
    return spec, usage, provider


def _add(context: Context, key: Key) -> None:
    keys = context.uow.of(Key)
    if key.name and keys.count({"ring": key.ring, "name": key.name}):
        raise faults.NameExists(resource=key.name)
    if key.instance_id:
        require_room_for_key(context.uow, key.account_id, key.instance_id)
    if key.policy:
        require_same_account(key.policy, key.account_id)
    if not key.service:
        require_room(context.uow, key.ring, "keys", lambda: keys.count({"ring": key.ring, "service": ""}))
    keys.add(key)


@use_case("key:describe", key=_key)
def describe(context: Context, command: KeyCommand) -> Key:  # noqa: ARG001 - the gate has found it
    """The key as it is now; expired material shows as pending import."""
    return with_effective_state(context, context.key)


def with_effective_state(context: Context, key: Key) -> Key:
    """The key with its effective state."""
    state = effective_state(key, context.now_ms)
    return key if state is key.state else replace(key, state=state)


@use_case("key:list")
def list_(context: Context, command: ListKeys) -> KeyPage:
    """One page of the ring's keys, oldest first unless ``descending``.

    A key whose deletion is due is left out, whether or not its records are deleted yet. ``where`` may name ids only as
    text.
    """
    ring = context.principal.ring
    where = {**command.where, "ring": ring}
    deleted = _deleted_ids(context, ring)
    ids = _ids(context, command, where.pop("id", None))
    if ids is None:
        if deleted:
            where["id"] = Except(tuple(deleted))
        found, total = _page(context, where, command)
    else:
        found, total = _page_by_ids(context, where, sorted(ids - deleted), command)
    return KeyPage([with_effective_state(context, key) for key in found], total, command.offset, command.limit)


def _deleted_ids(context: Context, ring: str) -> set[str]:
    """Ids of keys whose deletion is due but not carried out yet; nearly always empty."""
    deleted: set[str] = set()
    where = {"ring": ring, "state": KeyState.PENDING_DELETION}
    while True:
        found = context.uow.of(Key).find(where, order="deletion_due_ms", offset=len(deleted), limit=_DELETED_PAGE)
        due = [key.id for key in found if is_deleted(key, context.now_ms)]
        deleted.update(due)
        if len(due) < _DELETED_PAGE or len(deleted) >= IDS_MAX:
            return deleted


def _ids(context: Context, command: ListKeys, named: object) -> set[str] | None:
    """The ids that every filter allows, None without such filters."""
    filters: list[set[str]] = []
    if named is not None:
        filters.append({named} if isinstance(named, str) else {str(item) for item in _items(named)})
    ring = context.principal.ring
    if command.aliases is not None:
        found = [context.uow.of(Alias).get(f"{ring}/{name}") for name in command.aliases]
        filters.append({alias.key_id for alias in found if alias is not None})
    if command.tagged is not None:
        filters.append(
            tags.find_tagged_ids(context.uow, ring, "key", command.tagged, any_of=True) if command.tagged else set()
        )
    return set.intersection(*filters) if filters else None


def _items(named: object) -> Iterable[object]:
    return named if isinstance(named, tuple | list) else ()


def _page(context: Context, where: Mapping[str, object], command: ListKeys) -> tuple[Sequence[Key], int]:
    keys = context.uow.of(Key)
    found = keys.find(
        where,
        order="number",
        descending=command.descending,
        offset=command.offset,
        limit=command.limit,
        after=command.after,
    )
    return found, keys.count(where)


def _page_by_ids(
    context: Context, where: dict[str, object], ids: Sequence[str], command: ListKeys
) -> tuple[Sequence[Key], int]:
    """A page of the keys with these ids. Many ids are queried in portions."""
    if len(ids) <= IDS_MAX:
        return _page(context, {**where, "id": tuple(ids)}, command)
    wanted = ListKeys(limit=command.offset + command.limit, after=command.after, descending=command.descending)
    best: list[Key] = []
    total = 0
    choose = heapq.nlargest if command.descending else heapq.nsmallest
    for start in range(0, len(ids), IDS_MAX):
        found, count = _page(context, {**where, "id": tuple(ids[start : start + IDS_MAX])}, wanted)
        best = choose(wanted.limit, [*best, *found], key=lambda key: key.number)
        total += count
    return best[command.offset :], total


def _set_state(context: Context, state: KeyState) -> Key:
    suspended = {KeyState.ENABLED: RotationState.ENABLED}.get(state, RotationState.SUSPENDED)
    rotation = context.key.rotation if context.key.rotation is RotationState.DISABLED else suspended
    key = replace(context.key, state=state, rotation=rotation)
    context.uow.of(Key).put(key)
    return key


@use_case("key:enable", key=_key, states="enable", writes=True)
def enable(context: Context, command: KeyCommand) -> Key:  # noqa: ARG001
    """Make the key usable; enabling an enabled key changes nothing."""
    return _set_state(context, KeyState.ENABLED)


@use_case("key:enable", key=_key, states="enable_disabled", writes=True)
def enable_disabled(context: Context, command: KeyCommand) -> Key:  # noqa: ARG001
    """Make a disabled key usable. Raises ``KeyNotDisabled`` for any other state."""
    return _set_state(context, KeyState.ENABLED)


def require_user_key(key: Key) -> None:
    """Return for a key that no service owns. Raises ``ServiceKeyProtected``."""
    if key.service:
        raise faults.ServiceKeyProtected(key_id=key.id)


@use_case("key:disable", key=_key, states="disable", writes=True)
def disable(context: Context, command: KeyCommand) -> Key:  # noqa: ARG001
    """Make the key unusable; disabling a disabled key changes nothing. Raises ``ServiceKeyProtected``."""
    require_user_key(context.key)
    return _set_state(context, KeyState.DISABLED)


@use_case("key:disable", key=_key, states="disable_enabled", writes=True)
def disable_enabled(context: Context, command: KeyCommand) -> Key:  # noqa: ARG001
    """Make an enabled key unusable. Raises ``KeyNotEnabled`` for any other state, ``ServiceKeyProtected``."""
    require_user_key(context.key)
    return _set_state(context, KeyState.DISABLED)
