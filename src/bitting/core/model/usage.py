"""Usage: when and how often somebody used something, counted from the audit trail."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """Uses of one object by one principal of an account. ``id``: ``<account>/<object>/<principal>``.

    ``object``: ``key/<id>``, ``secret/<name>``, or ``*`` for whatever the principal did. ``count`` are successes,
    ``failed`` refusals and failures. ``networks``: where it was used from, only for ``*``: a /24 or a /48 each.
    """

    id: str
    account_id: str
    object: str
    principal: str
    first_ms: int
    last_ms: int
    count: int
    failed: int
    networks: tuple[str, ...]
