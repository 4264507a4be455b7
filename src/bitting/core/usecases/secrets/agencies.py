"""Agencies: an account's consent that the service acts for it, one set of them for each type of rotated secret.

::

    create_agencies   type, names -> one agency for each name; one that exists keeps its id
    show_agencies     type        -> whether they were created

Rotation here reaches only servers and functions that the operator has registered, so no step of it depends on an
agency; the record is kept because clients create agencies first and ask for them afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bitting.core.gate import Context, use_case
from bitting.core.usecases.secrets import settings

_GRANTED, _ID = "agency", "agency-id"


@dataclass(slots=True)
class CreateAgencies:
    """``secret_type``: the dialect's word; ``names``: the agencies that type needs."""

    secret_type: str
    names: Sequence[str]


@dataclass(slots=True)
class AgenciesOfType:
    """``secret_type``: the dialect's word."""

    secret_type: str


@dataclass(frozen=True, slots=True)
class Agency:
    """``id``: 32 hexadecimal digits. A name is unique in an account."""

    name: str
    id: str


@dataclass(frozen=True, slots=True)
class Agencies:
    """``granted``: whether the agencies of that type exist; ``agencies``: those just created or found."""

    granted: bool
    agencies: Sequence[Agency] = ()


@use_case("secret:update_settings", writes=True)
def create_agencies(context: Context, command: CreateAgencies) -> Agencies:
    """Create what is missing. Creating them again changes nothing."""
    uow, ring = context.uow, context.principal.ring
    agencies = []
    for name in command.names:
        agency_id = settings.read(uow, ring, f"{_ID}/{name}")
        if not agency_id:
            agency_id = context.gate.entropy.uuid().replace("-", "")
            settings.write(uow, ring, f"{_ID}/{name}", agency_id)
        agencies.append(Agency(name, agency_id))
    settings.write(uow, ring, f"{_GRANTED}/{command.secret_type}", "true")
    return Agencies(granted=True, agencies=agencies)


@use_case("secret:describe_settings")
def show_agencies(context: Context, command: AgenciesOfType) -> Agencies:
    """Whether :func:`create_agencies` was called for the type."""
    held = settings.read(context.uow, context.principal.ring, f"{_GRANTED}/{command.secret_type}")
    return Agencies(granted=held == "true")
