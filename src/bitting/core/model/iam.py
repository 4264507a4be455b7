"""IAM: user groups, roles, and role assignments."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Group:
    """Users of an account that share roles."""

    id: str
    account_id: str
    name: str
    description: str
    created_ms: int


@dataclass(frozen=True, slots=True)
class Membership:
    """A user is in a group. ``id``: ``<group>/<user>``."""

    id: str
    account_id: str
    group_id: str
    user_id: str


@dataclass(frozen=True, slots=True)
class Role:
    """A custom policy of an account. ``text``: as its author wrote it, JSON.

    ``rules``: what it means here, JSON objects with ``allow``, ``actions`` and ``resources``, one a statement.
    """

    id: str
    account_id: str
    name: str
    description: str
    scope: str
    text: str
    rules: tuple[str, ...]
    created_ms: int
    updated_ms: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """A role assignment. ``id`` is made by :func:`assignment_id`.

    ``holder_kind``: ``user`` or ``group``. ``place_kind``: ``domain`` (everywhere in the account), ``project``, or
    ``enterprise`` (keys of one enterprise project).
    """

    id: str
    account_id: str
    role_id: str
    holder_kind: str
    holder_id: str
    place_kind: str
    place_id: str


def assignment_id(role_id: str, holder_kind: str, holder_id: str, place_kind: str, place_id: str) -> str:
    """The id of an assignment, made of its parts: there is at most one of each."""
    return f"{holder_kind}/{holder_id}/{place_kind}/{place_id}/{role_id}"
