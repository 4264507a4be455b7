"""Tags of several resources of one kind at once: keys, certificates, secrets.

::

    tag_many, untag_many     every resource of a request, or none
    list_tagged              tags by resource, page by page

Tags of keys and certificates are records of their own (:mod:`bitting.core.usecases.keys.tags`), tags of a secret are
part of its record (:mod:`bitting.core.usecases.secrets.listing`); here they look the same. Secrets are named by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bitting.core.authz.statements import authorise_every
from bitting.core.gate import Context, use_case
from bitting.core.model.secret import Secret
from bitting.core.model.tag import SEPARATOR, Tag, tag_id
from bitting.core.ports import UnitOfWork
from bitting.core.usecases.keys.tags import (
    MOST,
    Pairs,
    TagFilter,
    find_resource,
    find_tagged_ids,
    remove_tags,
    set_tags,
)
from bitting.core.usecases.secrets import listing as secret_lists
from bitting.core.usecases.secrets.records import find as find_secret

SECRET = "secret"


@dataclass(slots=True)
class TagMany:
    """Set ``tags`` on every resource of ``kind`` that ``names`` names."""

    kind: str
    names: Sequence[str]
    tags: Pairs
    most: int = MOST


@dataclass(slots=True)
class UntagMany:
    """Remove tags from every resource of ``kind`` that ``names`` names."""

    kind: str
    names: Sequence[str]
    keys: Sequence[str] = ()
    every: bool = False


@dataclass(slots=True)
class ListTagged:
    """Tags of ``kind``: of the resources named, or of those with matching tags, or both, or all.

    ``after``: ``next`` of the previous page.
    """

    kind: str
    names: Sequence[str] = ()
    wanted: Sequence[TagFilter] = ()
    any_of: bool = False
    after: str = ""
    limit: int = 200


@dataclass(slots=True)
class TagPage:
    """``next``: what to give as ``after`` for more, empty if there is none."""

    tags: Sequence[Tag]
    next: str = ""


@use_case("key:tag", writes=True)
def tag_many(context: Context, command: TagMany) -> None:
    """Set tags on several resources, all or none.

    Raises ``QuotaExceeded`` (``limit`` tags), ``ServiceKeyProtected``, and the not-found fault of a resource.
    """
    for name in command.names:
        if command.kind == SECRET:
            order = secret_lists.TagSecret(name=name, tags=dict(command.tags), tags_max=command.most)
            secret_lists.tag.run(context, order)
        else:
            resource_id = find_resource(context, command.kind, name, "key:tag", "edit")
            set_tags(context, command.kind, resource_id, command.tags, command.most)


@use_case("key:untag", writes=True)
def untag_many(context: Context, command: UntagMany) -> None:
    """Remove tags from several resources, all or none; missing tags are not an error."""
    for name in command.names:
        if command.kind == SECRET:
            secret = find_secret(context, name, "secret:tag")
            keys = tuple(secret_lists.tag_pairs(secret)) if command.every else tuple(command.keys)
            secret_lists.untag.run(context, secret_lists.UntagSecret(name=name, keys=keys))
        else:
            resource_id = find_resource(context, command.kind, name, "key:untag", "edit")
            names = None if command.every else command.keys
            remove_tags(context.uow, context.principal.ring, command.kind, resource_id, names)


@use_case("key:list_tags")
def list_tagged(context: Context, command: ListTagged) -> TagPage:
    """One page of tags, resource by resource. Raises the not-found fault of a named resource."""
    after = ""
    if SEPARATOR in command.after:
        after = tag_id(context.principal.ring, command.kind, *command.after.split(SEPARATOR, 1))
    list_tags = _tags_of_secrets if command.kind == SECRET else _tags_of_records
    found = list_tags(context, command, after)
    if len(found) <= command.limit:
        return TagPage(found)
    last = found[command.limit - 1]
    return TagPage(found[: command.limit], f"{last.resource_id}{SEPARATOR}{last.key}")


def _tags_of_records(context: Context, command: ListTagged, after: str) -> Sequence[Tag]:
    """Up to one more than a page, of tags kept beside their resources."""
    ring, uow = context.principal.ring, context.uow
    where: dict[str, object] = {"ring": ring, "kind": command.kind}
    ids = None
    if not command.names and not context.principal.admin:
        authorise_every(context.principal, "key:list_tags")
    if command.names:
        ids = {find_resource(context, command.kind, name, "key:list_tags", "read") for name in command.names}
    if command.wanted:
        matching = find_tagged_ids(uow, ring, command.kind, command.wanted, any_of=command.any_of)
        ids = matching if ids is None else ids & matching
    if ids is None:
        return uow.of(Tag).find(where, after=after or None, limit=command.limit + 1)
    return list(_tags_of_ids(uow, where, ids, after, command.limit + 1))


def _tags_of_ids(uow: UnitOfWork, where: Mapping[str, object], ids: set[str], after: str, limit: int) -> Iterable[Tag]:
    """The tags of some resources in the order of ids, after ``after``."""
    seen = after.split(SEPARATOR)[2] if after else ""
    count = 0
    for resource_id in sorted(ids):
        if resource_id < seen:
            continue
        for tag in uow.of(Tag).find({**where, "resource_id": resource_id}, after=after or None):
            yield tag
            count += 1
            if count == limit:
                return


def _tags_of_secrets(context: Context, command: ListTagged, after: str) -> Sequence[Tag]:
    """The same, of tags that secrets hold themselves."""
    if command.names:
        names = sorted(set(command.names))
        secrets: Iterable[Secret] = [find_secret(context, name, "secret:list_tags") for name in names]
    else:
        secrets = secret_lists.visible_secrets(context)
    found: list[Tag] = []
    for secret in secrets:
        stored = secret_lists.tag_pairs(secret)
        if command.wanted and not _matches_filters(stored, command.wanted, any_of=command.any_of):
            continue
        for key, value in sorted(stored.items()):
            record_id = tag_id(secret.ring, SECRET, secret.name, key)
            if record_id > after:
                found.append(Tag(record_id, secret.ring, SECRET, secret.name, key, value, secret.created_ms))
        if len(found) > command.limit:
            break
    return found[: command.limit + 1]


def _matches_filters(stored: Mapping[str, str], wanted: Sequence[TagFilter], *, any_of: bool) -> bool:
    matches = (any(_matches_tag(item, key, value) for key, value in stored.items()) for item in wanted)
    return any(matches) if any_of else all(matches)


def _matches_tag(item: TagFilter, key: str, value: str) -> bool:
    return (not item.key or key == item.key) and (not item.values or value in item.values)
