"""A key seen from a further region: its own id, material and state under the replica's name and owner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from bitting.core.model.key import Key
from bitting.core.model.region import Replica, replica_id


def seen_from(get: Callable[[type[Any], str], Any], ring: str, key: Key) -> Key | None:
    """The key as a ring sees it: itself at home, its replica elsewhere, None where it has none."""
    if key.ring == ring:
        return key
    replica = cast("Replica | None", get(Replica, replica_id(ring, key.id)))
    return None if replica is None else dressed(key, replica)


def dressed(key: Key, replica: Replica) -> Key:
    """The key under a replica's name."""
    return replace(
        key,
        ring=replica.ring,
        project_id=replica.project_id,
        region=replica.region,
        name=replica.name,
        description=replica.description,
        enterprise_project_id=replica.enterprise_project_id,
    )
