"""Settings of an account: one word each, stored by name. Shared by the use cases that give them a meaning."""

from __future__ import annotations

from bitting.core.model.secret import SecretSetting
from bitting.core.ports import UnitOfWork


def read(uow: UnitOfWork, ring: str, name: str) -> str:
    """The word that was stored, or the empty string."""
    held = uow.of(SecretSetting).get(f"{ring}/{name}")
    return held.value if held else ""


def write(uow: UnitOfWork, ring: str, name: str, value: str) -> None:
    """Store a word in place of the former one."""
    settings = uow.of(SecretSetting)
    record = SecretSetting(f"{ring}/{name}", ring, name, value)
    (settings.put if settings.get(record.id) else settings.add)(record)
