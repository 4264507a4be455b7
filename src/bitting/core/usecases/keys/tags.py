"""Tags of keys, and of other resources that have a finder in :data:`FINDERS`.

::

    tag_key, untag_key, list_key_tags            one key, named as every use case names it
    find_tagged                                  resources by their tags

    TagFilter("env", ("prod", "test"))              the tag is set, to one of these values (none: any)
    any_of=False: every filter must match;  any_of=True: one is enough

The helpers :func:`set_tags`, :func:`remove_tags`, :func:`tags_of` and :func:`find_tagged_ids` work inside a unit of
work, for other use cases. The maximum of tags per resource depends on the cloud (``most``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bitting.core import faults
from bitting.core.gate import Context, authorise, use_case
from bitting.core.model.access import Certificate
from bitting.core.model.key import Key, KeyRef
from bitting.core.model.tag import Tag, tag_id
from bitting.core.ports import UnitOfWork
from bitting.core.usecases.keys import tag_policy

MOST = 20
PAGE = 1000
Pairs = Sequence[tuple[str, str]]


@dataclass(slots=True)
class TagKey:
    """Set these tags; an existing tag takes the new value. ``most``: how many the key may have then."""

    key: KeyRef
    tags: Pairs
    most: int = MOST


@dataclass(slots=True)
class UntagKey:
    """Remove these tags, or ``every`` one. ``strict``: refuse if one of them is missing."""

    key: KeyRef
    names: Sequence[str] = ()
    every: bool = False
    strict: bool = False


@dataclass(slots=True)
class ListKeyTags:
    """The tags of one key, in the order of their names."""

    key: KeyRef


@dataclass(slots=True)
class TagList:
    """The tags of one key."""

    key: Key
    tags: Sequence[Tag]


@dataclass(frozen=True, slots=True)
class TagFilter:
    """A tag filter; without ``values`` any value matches, without ``key`` any key."""

    key: str = ""
    values: tuple[str, ...] = ()


@dataclass(slots=True)
class FindTagged:
    """Resources of ``kind`` by their tags. ``among``: only these ids; None for all that have a tag."""

    kind: str
    wanted: Sequence[TagFilter] = ()
    any_of: bool = False
    among: Sequence[str] | None = None
    offset: int = 0
    limit: int = 100


@dataclass(slots=True)
class TaggedResources:
    """``resources``: one page of ids in order; ``tags``: of each; ``total`` counts every match."""

    resources: Sequence[str]
    total: int
    tags: Mapping[str, Sequence[Tag]] = field(default_factory=dict)


#: (context, name, action, row of the state table) -> the id under which the resource's tags are kept.
Finder = Callable[[Context, str, str, str], str]


def _find_key(context: Context, name: str, action: str, states: str) -> str:
    key = context.gate.with_key(context, KeyRef.by_id(name), action, states).key
    if states != "read":
        _require_user_key(key)
    return key.id


def _find_certificate(context: Context, name: str, action: str, states: str) -> str:  # noqa: ARG001 - it has no key's states
    if not context.principal.admin:
        authorise(context.principal, action, f"certificate/{name}")
    certificate = context.uow.of(Certificate).get(name)
    if (
        certificate is None
        or certificate.account_id != context.principal.account_id
        or certificate.ring != context.principal.ring
    ):
        raise faults.ResourceNotFound(kind="certificate", resource=name)
    return certificate.id


#: What can be tagged besides through its own use cases. A finder raises its own ``NotFound``.
FINDERS: Mapping[str, Finder] = {"key": _find_key, "certificate": _find_certificate}


def find_resource(context: Context, kind: str, name: str, action: str, states: str) -> str:
    """The id of a resource. Raises what its finder raises; ``ResourceNotFound`` (``kind``) without one."""
    finder = FINDERS.get(kind)
    if finder is None:
        raise faults.ResourceNotFound(kind=kind, resource=name)
    return finder(context, name, action, states)


def tags_of(uow: UnitOfWork, ring: str, kind: str, resource_id: str) -> Sequence[Tag]:
    """A resource's tags in the order of their names."""
    return uow.of(Tag).find({"ring": ring, "kind": kind, "resource_id": resource_id})


def set_tags(context: Context, kind: str, resource_id: str, tags: Pairs, most: int = MOST) -> None:
    """Set tags on a resource. Raises ``QuotaExceeded`` (``limit`` tags) for more than ``most`` then."""
    ring, records = context.principal.ring, context.uow.of(Tag)
    former = {tag.key: tag for tag in tags_of(context.uow, ring, kind, resource_id)}
    if len(former.keys() | {key for key, _ in tags}) > most:
        raise faults.QuotaExceeded(limit="tags", resource=resource_id)
    for key, value in tags:
        if key not in former:
            tag = Tag(tag_id(ring, kind, resource_id, key), ring, kind, resource_id, key, value, context.now_ms)
            records.add(tag)
            former[key] = tag
        elif former[key].value != value:
            records.put(replace(former[key], value=value))


def remove_tags(
    uow: UnitOfWork, ring: str, kind: str, resource_id: str, names: Iterable[str] | None = None
) -> list[str]:
    """Remove tags, all if ``names`` is None. Returns the names that were missing."""
    records = uow.of(Tag)
    if names is None:
        while found := tags_of(uow, ring, kind, resource_id):
            for tag in found:
                records.remove(tag.id)
        return []
    return [name for name in names if not records.remove(tag_id(ring, kind, resource_id, name))]


def find_tagged_ids(
    uow: UnitOfWork, ring: str, kind: str, wanted: Sequence[TagFilter], *, any_of: bool = False
) -> set[str]:
    """The ids of the resources with matching tags; without a filter, of all that have a tag."""
    found: set[str] | None = None
    for item in wanted or (None,):
        where: dict[str, object] = {"ring": ring, "kind": kind}
        if item is not None:
            if item.key:
                where["key"] = item.key
            if item.values:
                where["value"] = tuple(item.values)
        ids = {tag.resource_id for tag in _all_tags(uow, where)}
        if found is None:
            found = ids
        elif any_of:
            found |= ids
        else:
            found &= ids
    return found or set()


def _all_tags(uow: UnitOfWork, where: Mapping[str, object]) -> Iterable[Tag]:
    after = None
    while True:
        found = uow.of(Tag).find(where, after=after, limit=PAGE)
        yield from found
        if len(found) < PAGE:
            return
        after = found[-1].id


def _key(command: TagKey | UntagKey | ListKeyTags) -> KeyRef:
    return command.key


def _require_user_key(key: Key) -> None:
    if key.service:
        raise faults.ServiceKeyProtected(key_id=key.id)


def _compliant_tags(context: Context) -> TagList:
    """The tags of the key. Raises if the tag policy does not allow them."""
    found = tags_of(context.uow, context.principal.ring, "key", context.key.id)
    tag_policy.require_tags(context, {tag.key for tag in found})
    return TagList(context.key, found)


@use_case("key:tag", key=_key, states="edit", writes=True)
def tag_key(context: Context, command: TagKey) -> TagList:
    """Set tags on a key. Raises ``QuotaExceeded`` (``limit`` tags), ``ServiceKeyProtected``."""
    _require_user_key(context.key)
    set_tags(context, "key", context.key.id, command.tags, command.most)
    return _compliant_tags(context)


@use_case("key:untag", key=_key, states="edit", writes=True)
def untag_key(context: Context, command: UntagKey) -> TagList:
    """Remove tags from a key. Raises ``ResourceNotFound`` (``kind`` tag) if strict, ``ServiceKeyProtected``."""
    _require_user_key(context.key)
    ring, key_id = context.principal.ring, context.key.id
    missing = remove_tags(context.uow, ring, "key", key_id, None if command.every else command.names)
    if missing and command.strict:
        raise faults.ResourceNotFound(kind="tag", resource=missing[0])
    return _compliant_tags(context)


@use_case("key:list_tags", key=_key)
def list_key_tags(context: Context, command: ListKeyTags) -> TagList:  # noqa: ARG001 - the gate has found the key
    """The tags of a key."""
    return TagList(context.key, tags_of(context.uow, context.principal.ring, "key", context.key.id))


@use_case("key:list_tags")
def find_tagged(context: Context, command: FindTagged) -> TaggedResources:
    """Resources with matching tags, in the order of their ids, each with its tags."""
    ring, uow = context.principal.ring, context.uow
    if command.among is not None and not command.wanted:
        ids = set(command.among)
    else:
        ids = find_tagged_ids(uow, ring, command.kind, command.wanted, any_of=command.any_of)
        if command.among is not None:
            ids &= set(command.among)
    page = sorted(ids)[command.offset : command.offset + command.limit]
    return TaggedResources(page, len(ids), {item: tags_of(uow, ring, command.kind, item) for item in page})
