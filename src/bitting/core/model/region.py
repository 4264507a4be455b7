"""Replicas: keys that are visible in more than one region of a deployment."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Replica:
    """A key as it is seen from a further region. ``id`` is made by :func:`replica_id`; the key's id is the same there.

    Material and state are the key's; name, description and enterprise project are the replica's own. ``job_id``: the
    request that made it.
    """

    id: str
    number: int
    key_id: str
    ring: str
    account_id: str
    project_id: str
    region: str
    name: str
    description: str
    enterprise_project_id: str
    job_id: str
    created_ms: int


def replica_id(ring: str, key_id: str) -> str:
    """The id of a replica: a key has one at most in a ring."""
    return f"{ring}/{key_id}"
