"""Replicas: a key as another region shows it, with the key's id and state and the replica's name and owner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from bitting.core import faults
from bitting.core.authz.statements import is_offline
from bitting.core.model.key import Key
from bitting.core.model.region import Replica, replica_id
from bitting.core.model.service import Switches


def visible_key(get: Callable[[type[Any], str], Any], ring: str, key: Key) -> Key | None:
    """The key as a key ring shows it: itself in its own ring, a replica in another, None where it has no replica."""
    if key.ring == ring:
        return key
    replica = cast("Replica | None", get(Replica, replica_id(ring, key.id)))
    return None if replica is None else as_replica(key, replica)


def as_replica(key: Key, replica: Replica) -> Key:
    """The key with a replica's name, description and key ring."""
    return replace(
        key,
        ring=replica.ring,
        project_id=replica.project_id,
        region=replica.region,
        name=replica.name,
        description=replica.description,
        enterprise_project_id=replica.enterprise_project_id,
    )


def require_sync(key: Key, switches: Switches) -> None:
    """Return if the key's own region accepts changes requested in another region.

    Raises ``ReadOnlyReplica`` (``sync`` off), ``ServerFault`` (``during`` sync_forward).
    """
    if not key.sync:
        raise faults.ReadOnlyReplica(sync="off")
    if is_offline(switches, key.region):
        raise faults.ServerFault(during="sync_forward", reason=f"region {key.region} is switched off")
