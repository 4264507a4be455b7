"""Lists of secrets, and their tags.

::

    list_secrets   ring, filters -> page in name order     every given filter must match, one of its values is enough
    tag, untag, tags_of, all_tags                          at most 20 a secret
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.model.secret import Secret, SecretType
from bitting.core.quotas import CEILING, limit
from bitting.core.usecases.secrets.paging import PageMarkers, markers
from bitting.core.usecases.secrets.records import find, find_by_id, is_visible, require_action, require_editable, touch

TAGS_MAX = 20
_CHUNK = 500


@dataclass(slots=True)
class SecretFilter:
    """Filters. Texts match as case-insensitive substrings of the field.

    ``tags``: key to values, none for any. ``name_parts``: the name has all of them; ``names``: one is enough.
    """

    names: Sequence[str] = ()
    descriptions: Sequence[str] = ()
    tag_keys: Sequence[str] = ()
    tag_values: Sequence[str] = ()
    tags: Mapping[str, Sequence[str]] = field(default_factory=dict)
    types: Sequence[SecretType] = ()
    creators: Sequence[str] = ()
    instances: Sequence[str] = ()
    events: Sequence[str] = ()
    name_parts: Sequence[str] = ()

    def matches(self, secret: Secret) -> bool:
        """Whether a secret passes every filter."""
        stored = tag_pairs(secret)
        return (
            _contains(self.names, secret.name)
            and all(_contains((part,), secret.name) for part in self.name_parts)
            and _contains(self.descriptions, secret.description)
            and _is_one_of(self.tag_keys, stored)
            and _is_one_of(self.tag_values, stored.values())
            and all(key in stored and (not values or stored[key] in values) for key, values in self.tags.items())
            and _is_one_of(self.types, (secret.type,))
            and _is_one_of(self.creators, (secret.creator,))
            and _is_one_of(self.instances, (secret.instance_id,))
            and _is_one_of(self.events, secret.events)
        )


def _contains(wanted: Sequence[str], text: str) -> bool:
    return not wanted or any(part.lower() in text.lower() for part in wanted)


def _is_one_of(wanted: Sequence[str], stored: object) -> bool:
    return not wanted or any(item in stored for item in wanted)  # type: ignore[operator]


@dataclass(slots=True)
class ListSecrets:
    """A page in name order: after a name, or after ``offset`` matches."""

    wanted: SecretFilter = field(default_factory=SecretFilter)
    limit: int = 50
    offset: int = 0
    after: str = ""


@dataclass(slots=True)
class SecretPage:
    """``total`` counts visible_secrets match, not only this page; ``more``: whether there are matches after these."""

    secrets: Sequence[Secret]
    total: int
    more: bool

    @property
    def markers(self) -> PageMarkers:
        """Where the page begins and ends, by name."""
        return markers([secret.name for secret in self.secrets], more=self.more)


@dataclass(slots=True)
class TagSecret:
    """Tags by name or id of the secret; an existing key gets the new value."""

    tags: Mapping[str, str]
    name: str = ""
    secret_id: str = ""
    tags_max: int = TAGS_MAX


@dataclass(slots=True)
class UntagSecret:
    """Missing keys are not an error, unless ``strict``."""

    keys: Sequence[str]
    name: str = ""
    secret_id: str = ""
    strict: bool = False


@dataclass(slots=True)
class ChangeTags:
    """``remove``: take the keys away, whatever their values; else as :class:`TagSecret`."""

    secret_id: str
    tags: Sequence[tuple[str, str]]
    remove: bool = False


@dataclass(slots=True)
class SecretRef:
    """A secret by name or by id."""

    name: str = ""
    secret_id: str = ""


@dataclass(slots=True)
class ListAllTags:
    """All tags of the ring."""


def tag_pairs(secret: Secret) -> dict[str, str]:
    """A secret's tags."""
    return dict(zip(secret.tags[::2], secret.tags[1::2], strict=True))


def flatten_tags(tags: Mapping[str, str]) -> tuple[str, ...]:
    """Tags in the form in which a secret stores them."""
    return tuple(part for pair in sorted(tags.items()) for part in pair)


def visible_secrets(context: Context) -> Iterator[Secret]:
    """The secrets of the key ring that the caller can see, in name order."""
    after: str | None = None
    while page := context.uow.of(Secret).find(
        {"ring": context.principal.ring}, order="name", limit=_CHUNK, after=after
    ):
        yield from (secret for secret in page if is_visible(secret, context.principal, context.now_ms))
        after = page[-1].name


@use_case("secret:list")
def list_secrets(context: Context, command: ListSecrets) -> SecretPage:
    """One page."""
    total, page, skipped, more = 0, list[Secret](), 0, False
    for secret in visible_secrets(context):
        if not command.wanted.matches(secret):
            continue
        total += 1
        if command.after and secret.name <= command.after:
            continue
        skipped += 1
        if skipped <= command.offset:
            continue
        if len(page) < command.limit:
            page.append(secret)
        else:
            more = True
    return SecretPage(page, total, more)


def _named(context: Context, command: TagSecret | UntagSecret | SecretRef, action: str) -> Secret:
    if command.secret_id:
        return find_by_id(context, command.secret_id, action)
    return find(context, command.name, action)


@use_case("secret:tag", writes=True)
def tag(context: Context, command: TagSecret) -> Secret:
    """Add or change tags.

    Raises ``ResourceNotFound``, ``SecretPendingDeletion``, ``QuotaExceeded`` (``limit`` tags).
    """
    secret = _named(context, command, "secret:tag")
    require_editable(secret)
    tags = {**tag_pairs(secret), **command.tags}
    most = limit(context.uow, secret.ring, "tags")
    if len(tags) > (command.tags_max if most >= CEILING else most):
        raise faults.QuotaExceeded(limit="tags", resource=secret.name)
    return touch(context.uow, secret, context.now_ms, tags=flatten_tags(tags))


@use_case("secret:tag", writes=True)
def untag(context: Context, command: UntagSecret) -> Secret:
    """Remove tags. Raises ``ResourceNotFound`` (``kind`` tag where ``strict``), ``SecretPendingDeletion``."""
    secret = _named(context, command, "secret:tag")
    require_editable(secret)
    tags = tag_pairs(secret)
    for key in command.keys:
        if tags.pop(key, None) is None and command.strict:
            raise faults.ResourceNotFound(kind="tag", resource=key)
    return touch(context.uow, secret, context.now_ms, tags=flatten_tags(tags))


@use_case("secret:tag", writes=True)
def change_tags(context: Context, command: ChangeTags) -> Secret:
    """Add several tags or take several away. Raises as :func:`tag`; removing an absent key changes nothing."""
    tags = dict(command.tags)
    if command.remove:
        return untag.run(context, UntagSecret(list(tags), secret_id=command.secret_id))
    return tag.run(context, TagSecret(tags, secret_id=command.secret_id))


@use_case("secret:list_tags")
def tags_of(context: Context, command: SecretRef) -> Secret:
    """The secret, for its tags. Raises ``ResourceNotFound``."""
    return _named(context, command, "secret:list_tags")


@use_case("secret:list_tags")
def all_tags(context: Context, command: ListAllTags) -> Mapping[str, Sequence[str]]:  # noqa: ARG001
    """Every tag key in use with its values."""
    found: dict[str, set[str]] = {}
    for secret in visible_secrets(context):
        admitted = context.principal.admin or _readable(context, secret.name)
        for key, value in tag_pairs(secret).items() if admitted else ():
            found.setdefault(key, set()).add(value)
    return {key: sorted(found[key]) for key in sorted(found)}


def _readable(context: Context, name: str) -> bool:
    try:
        require_action(context.principal, name, "secret:list_tags")
    except faults.AccessFault:
        return False
    return True
