"""Alias batches: delete several aliases of a key at once; pages of all aliases or of one key's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.model.key import Alias, KeyRef
from bitting.core.usecases.keys import aliases
from bitting.core.usecases.keys.aliases import AliasPage, SetAlias

PER_KEY_MAX = 50


@dataclass(slots=True)
class DeleteAliases:
    """Delete ``names`` of ``key``, all or none."""

    key: KeyRef
    names: Sequence[str]


@dataclass(slots=True)
class ListAliasesAfter:
    """A page in name order, after the name ``after``; of one key if one is named."""

    key: KeyRef | None = None
    limit: int = 50
    after: str = ""


def _key(command: DeleteAliases | SetAlias) -> KeyRef:
    return command.key


@use_case("alias:create", key=_key, states="create_alias", writes=True)
def create_within_limit(context: Context, command: SetAlias) -> Alias:
    """A new alias, up to ``PER_KEY_MAX`` per key. Raises as ``aliases.create``, ``ServiceKeyProtected``."""
    if context.key.service:
        raise faults.ServiceKeyProtected(key_id=context.key.id)
    if context.uow.of(Alias).count({"key_id": context.key.id}) >= PER_KEY_MAX:
        raise faults.QuotaExceeded(limit="aliases_per_key", resource=context.key.id)
    return aliases.create.run(context, command)


@use_case("alias:delete", key=_key, states="edit", writes=True)
def delete_aliases(context: Context, command: DeleteAliases) -> None:
    """Delete aliases of a key. Raises ``AliasNotFound`` for one that is not the key's."""
    held_aliases = context.uow.of(Alias)
    for name in command.names:
        stored = held_aliases.get(f"{context.principal.ring}/{name}")
        if stored is None or stored.key_id != context.key.id:
            raise faults.AliasNotFound(resource=name)
        held_aliases.remove(stored.id)


@use_case("alias:list")
def list_aliases_after(context: Context, command: ListAliasesAfter) -> AliasPage:
    """One page. Raises ``KeyNotFound`` for a key that is not there."""
    where: dict[str, object] = {"ring": context.principal.ring}
    if command.key is not None:
        where["key_id"] = context.gate.with_key(context, command.key, "alias:list", "read").key.id
    held_aliases = context.uow.of(Alias)
    found = held_aliases.find(where, order="name", limit=command.limit + 1, after=command.after or None)
    return AliasPage(found, held_aliases.count(where), 0, command.limit)
