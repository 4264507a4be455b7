"""Key attributes: description and deletion protection."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.model.key import Key, KeyRef


@dataclass(slots=True)
class SetDescription:
    """``description`` replaces the present one."""

    key: KeyRef
    description: str


@dataclass(slots=True)
class SetProtection:
    """``note``: the reason; deleted when protection ends."""

    key: KeyRef
    enabled: bool
    note: str = ""


def _key(command: SetDescription | SetProtection) -> KeyRef:
    return command.key


@use_case("key:update_description", key=_key, states="edit", writes=True)
def set_description(context: Context, command: SetDescription) -> Key:
    """Change the description. Raises ``ServiceKeyProtected``."""
    if context.key.service:
        raise faults.ServiceKeyProtected(key_id=context.key.id)
    key = replace(context.key, description=command.description)
    context.uow.of(Key).put(key)
    return key


@use_case("key:set_protection", key=_key, states="edit", writes=True)
def set_protection(context: Context, command: SetProtection) -> Key:
    """Switch deletion protection on or off. Raises ``ServiceKeyProtected``."""
    if context.key.service:
        raise faults.ServiceKeyProtected(key_id=context.key.id)
    note = command.note if command.enabled else ""
    key = replace(context.key, deletion_protection=command.enabled, deletion_protection_note=note)
    context.uow.of(Key).put(key)
    return key
