"""The audit trail's state and what it counted, for operators.

::

    trail_status      -> failing, written, waiting ... of the worker that answers
    uses_of           object (``key/<id>``, ``secret/<name>``) -> who used it, when last, how often
    uses_by           principal -> what it used
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bitting.core.gate import Context, use_case
from bitting.core.model.usage import Usage
from bitting.core.use_case import NoInput as NoInput  # noqa: PLC0414 - named with the use cases here


@dataclass(slots=True)
class UsesOf:
    """``kind``: ``key`` or ``secret``; ``name``: its id or name."""

    kind: str
    name: str


@dataclass(slots=True)
class UsesBy:
    """``principal``: an access key, client key or user id."""

    principal: str


@use_case("service:read", operator=True)
def trail_status(context: Context, command: NoInput) -> Mapping[str, Any]:  # noqa: ARG001 - the signature of use cases
    """State and counters of this worker's trail; empty where there is none."""
    guard = context.gate.guard
    return dict(guard.status()) if guard is not None else {}


@use_case("service:read", operator=True)
def uses_of(context: Context, command: UsesOf) -> Sequence[Usage]:
    """Who used an object, newest use first; a thousand at most."""
    return context.uow.of(Usage).find({"object": f"{command.kind}/{command.name}"}, order="last_ms", descending=True)


@use_case("service:read", operator=True)
def uses_by(context: Context, command: UsesBy) -> Sequence[Usage]:
    """What a principal used, newest use first; a thousand at most."""
    return context.uow.of(Usage).find({"principal": command.principal}, order="last_ms", descending=True)
