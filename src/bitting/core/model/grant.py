"""Grants: the right of another principal to use one key for some actions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grant:
    """``id``: 64 hexadecimal digits. ``actions``: domain actions; ``key_ring``: where the key is.

    ``grantee``: a user id, or a domain id where ``grantee_kind`` is ``domain``. ``retiring``: a user id that may retire
    it, or empty. ``account_id``: of the key.
    """

    id: str
    number: int
    key_id: str
    key_ring: str
    account_id: str
    name: str
    actions: tuple[str, ...]
    grantee: str
    grantee_kind: str
    retiring: str
    creator: str
    created_ms: int
