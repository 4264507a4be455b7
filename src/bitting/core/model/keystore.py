"""Key stores: partitions of a provider, each with its own state and members."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class KeystoreState(StrEnum):
    """Whether keys in it can be used."""

    ENABLED = "enabled"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Keystore:
    """``kind``: ``DHSM``, ``CDMS`` or ``DEFAULT`` (a basic partition, without grants).

    ``cluster_id``: what the caller says it stands for. ``members``: user ids that may use it; none means everybody.
    """

    id: str
    number: int
    ring: str
    account_id: str
    name: str
    kind: str
    cluster_id: str
    state: KeystoreState
    created_ms: int
    members: tuple[str, ...] = ()
