"""Tags: labels of keys, secrets, certificates."""

from __future__ import annotations

from dataclasses import dataclass

SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class Tag:
    """One label of one resource. ``kind``: ``key``, ``secret``, ``certificate``; ``resource_id``: the id it keeps.

    ``id`` is made by :func:`tag_id`; ordered by it, the tags of a resource are together, in the order of their keys.
    """

    id: str
    ring: str
    kind: str
    resource_id: str
    key: str
    value: str
    created_ms: int


def tag_id(ring: str, kind: str, resource_id: str, key: str) -> str:
    """The id of a tag. The separator is the unit separator, because names may contain slashes."""
    return SEPARATOR.join((ring, kind, resource_id, key))
