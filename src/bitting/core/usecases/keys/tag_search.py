"""Keys by tags and names, and all tags of a key ring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.model.key import Key, KeyRef
from bitting.core.model.tag import Tag
from bitting.core.usecases.keys import lifecycle as keys
from bitting.core.usecases.keys import tags


@dataclass(slots=True)
class FindKeys:
    """``wanted``: all of these tags. ``names``: keys with one of these names; None for any name."""

    wanted: Sequence[tags.TagFilter] = ()
    names: Sequence[str] | None = None
    offset: int = 0
    limit: int = 10


@dataclass(slots=True)
class KeysWithTags:
    """One page, oldest first, with the tags of each; ``total`` counts every match."""

    keys: Sequence[Key]
    tags: Mapping[str, Sequence[Tag]]
    total: int


@dataclass(slots=True)
class ListAllTags:
    """No input."""


@dataclass(slots=True)
class TagValues:
    """Every tag name in the ring with its values, both in order."""

    values: dict[str, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class ChangeTags:
    """``tags`` to set, or ``names`` to remove. ``new``: refuse a tag whose name the key has already."""

    key: KeyRef
    tags: Sequence[tuple[str, str]] = ()
    names: Sequence[str] = ()
    new: bool = False


def _key(command: ChangeTags) -> KeyRef:
    return command.key


def _require_new(context: Context, names: Sequence[str]) -> None:
    ring = context.principal.ring
    former = {tag.key for tag in tags.tags_of(context.uow, ring, "key", context.key.id)}
    for name in names:
        if name in former:
            raise faults.ResourceExists(kind="tag", resource=name)


@use_case("key:tag", key=_key, states="edit", writes=True)
def change(context: Context, command: ChangeTags) -> None:
    """Set or remove several tags. Raises as ``tags.tag_key`` and ``tags.untag_key``, ``ResourceExists`` (tag)."""
    if command.new:
        _require_new(context, [name for name, _ in command.tags])
    if command.names:
        tags.untag_key.run(context, tags.UntagKey(command.key, command.names))
    else:
        tags.tag_key.run(context, tags.TagKey(command.key, command.tags))


@use_case("key:list_tags")
def find(context: Context, command: FindKeys) -> KeysWithTags:
    """Keys with matching tags and names."""
    ring, uow = context.principal.ring, context.uow
    where: dict[str, object] = {"ring": ring}
    if command.wanted:
        where["id"] = tuple(sorted(tags.find_tagged_ids(uow, ring, "key", command.wanted)))
    if command.names is not None:
        where["name"] = tuple(command.names)
    records = uow.of(Key)
    found = records.find(where, order="number", offset=command.offset, limit=command.limit)
    shown = [keys.with_effective_state(context, key) for key in found]
    return KeysWithTags(shown, {key.id: tags.tags_of(uow, ring, "key", key.id) for key in found}, records.count(where))


@use_case("key:list_tags")
def list_all_tags(context: Context, command: ListAllTags) -> TagValues:  # noqa: ARG001
    """All tags of the ring's keys."""
    found: dict[str, set[str]] = {}
    after = None
    while True:
        where = {"ring": context.principal.ring, "kind": "key"}
        page = context.uow.of(Tag).find(where, after=after, limit=tags.PAGE)
        for tag in page:
            found.setdefault(tag.key, set()).add(tag.value)
        if len(page) < tags.PAGE:
            return TagValues({name: sorted(found[name]) for name in sorted(found)})
        after = page[-1].id
