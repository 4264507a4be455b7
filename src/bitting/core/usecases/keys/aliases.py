"""Aliases of keys. An alias belongs to a key ring; its name includes the ``alias/`` prefix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bitting.core import faults
from bitting.core.authz.statements import authorise_every
from bitting.core.gate import Context, use_case
from bitting.core.key_states import is_deleted
from bitting.core.model.key import Alias, Key, KeyRef
from bitting.core.quotas import require_room


@dataclass(slots=True)
class SetAlias:
    """Make ``name`` an alias of ``key``."""

    key: KeyRef
    name: str


@dataclass(slots=True)
class DeleteAlias:
    """Delete ``name``."""

    name: str


@dataclass(slots=True)
class ListAliases:
    """A page of the ring's aliases in name order."""

    offset: int = 0
    limit: int = 100
    after: str | None = None


@dataclass(slots=True)
class ListKeyAliases:
    """A page of one key's aliases in name order."""

    key: KeyRef
    offset: int = 0
    limit: int = 100
    after: str | None = None


@dataclass(slots=True)
class AliasPage:
    """``total`` counts every alias, not only this page."""

    aliases: Sequence[Alias]
    total: int
    offset: int
    limit: int


def _key(command: SetAlias | ListKeyAliases) -> KeyRef:
    return command.key


@use_case("alias:create", key=_key, states="create_alias", writes=True)
def create(context: Context, command: SetAlias) -> Alias:
    """A new alias. Raises ``AliasExists``, ``ServiceKeyProtected``."""
    alias_id = f"{context.principal.ring}/{command.name}"
    aliases = context.uow.of(Alias)
    if aliases.get(alias_id) is not None:
        raise faults.AliasExists(resource=command.name)
    ring = context.principal.ring
    require_room(context.uow, ring, "aliases", lambda: aliases.count({"ring": ring}))
    key = context.key
    alias = Alias(alias_id, ring, key.account_id, command.name, key.id, context.now_ms, context.now_ms)
    aliases.add(alias)
    return alias


@use_case("alias:update", key=_key, states="edit", writes=True)
def update(context: Context, command: SetAlias) -> Alias:
    """Point an alias at another key. Raises ``AliasNotFound``, ``PermissionDenied`` without the right on both keys."""
    stored = _find(context, command.name)
    _require_right(context, stored, "alias:update")
    alias = replace(stored, key_id=context.key.id, updated_ms=context.now_ms)
    context.uow.of(Alias).put(alias)
    return alias


@use_case("alias:delete", writes=True)
def delete(context: Context, command: DeleteAlias) -> Alias:
    """Remove an alias; its key stays. Raises ``AliasNotFound``, ``PermissionDenied`` without the right on its key."""
    alias = _find(context, command.name)
    _require_right(context, alias, "alias:delete")
    context.uow.of(Alias).remove(alias.id)
    return alias


def _find(context: Context, name: str) -> Alias:
    alias = context.uow.of(Alias).get(f"{context.principal.ring}/{name}")
    if alias is None:
        raise faults.AliasNotFound(resource=name)
    return alias


def _require_right(context: Context, alias: Alias, action: str) -> None:
    """Return if the caller may do this to the key that the alias now names. Raises ``PermissionDenied``.

    Once that key is deleted, the right on all keys is asked for.
    """
    if context.principal.admin:
        return
    key = context.uow.of(Key).get(alias.key_id)
    if key is None or is_deleted(key, context.now_ms):
        authorise_every(context.principal, action)
    else:
        context.gate.with_key(context, KeyRef.by_id(key.id), action, "read")


@use_case("alias:list")
def list_(context: Context, command: ListAliases) -> AliasPage:
    """One page of all aliases."""
    return _page(context, {"ring": context.principal.ring}, command)


@use_case("alias:list", key=_key)
def list_of_key(context: Context, command: ListKeyAliases) -> AliasPage:
    """One page of one key's aliases."""
    return _page(context, {"ring": context.principal.ring, "key_id": context.key.id}, command)


def _page(context: Context, where: dict[str, object], command: ListAliases | ListKeyAliases) -> AliasPage:
    aliases = context.uow.of(Alias)
    found = aliases.find(where, order="name", offset=command.offset, limit=command.limit, after=command.after)
    return AliasPage(found, aliases.count(where), command.offset, command.limit)
