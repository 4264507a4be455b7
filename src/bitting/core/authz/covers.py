"""Whether one holder of rights has all that another has. Nobody acts on a user with more rights than their own.

Conservative: what is called covered surely is; what cannot be shown to be covered is not.

::

    wanted allowance  (where, actions, resources, conditions)
       covered if an own allowance is as wide in all four, and
       no own denial may meet it, unless the other has that denial as well
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bitting.core.authz.patterns import pattern_covers, patterns_overlap
from bitting.core.authz.vocabulary import ACCOUNT_WIDE, IDENTITY
from bitting.core.model.identity import Reach, Statement

_RANKS = {Reach.PROJECT: 0, Reach.SERVICES: 1, Reach.ACCOUNT: 2}


@dataclass(frozen=True, slots=True)
class Held:
    """A statement and where it holds: in one key ring, or everywhere if ``ring`` is empty."""

    ring: str
    statement: Statement


def covers(own: Sequence[Held], wanted: Sequence[Held]) -> bool:
    """Whether everything that ``wanted`` allows is allowed by ``own``, wherever and whenever it is."""
    return all(
        _is_allowed(own, held, action, resource) and not _is_denied(own, wanted, held, action, resource)
        for held in wanted
        if held.statement.allow
        for action in held.statement.actions
        if _least_rank(action, held.statement.reach) is not None
        for resource in held.statement.resources
    )


def _least_rank(action: str, reach: Reach) -> int | None:
    """How far an allowance must reach to cover this action of one of ``reach``; None if that one allows it nowhere."""
    rank, kind = _RANKS[reach], action.partition(":")[0]
    if "*" in kind or "?" in kind or ":" not in action:
        return rank
    least = 2 if kind in IDENTITY else 1 if kind in ACCOUNT_WIDE else 0
    return least if rank >= least else None


def _is_allowed(own: Sequence[Held], held: Held, action: str, resource: str) -> bool:
    least = _least_rank(action, held.statement.reach) or 0
    return any(
        mine.statement.allow
        and mine.ring in ("", held.ring)
        and _RANKS[mine.statement.reach] >= least
        and set(mine.statement.conditions) <= set(held.statement.conditions)
        and any(pattern_covers(pattern, action) for pattern in mine.statement.actions)
        and any(pattern_covers(pattern, resource) for pattern in mine.statement.resources)
        for mine in own
    )


def _is_denied(own: Sequence[Held], wanted: Sequence[Held], held: Held, action: str, resource: str) -> bool:
    """Whether an own denial may meet the allowance and the other is not denied the same."""
    return any(
        not mine.statement.allow
        and (not mine.ring or not held.ring or mine.ring == held.ring)
        and any(patterns_overlap(pattern, action) for pattern in mine.statement.actions)
        and any(patterns_overlap(pattern, resource) for pattern in mine.statement.resources)
        and not any(_denies_as_much(theirs, mine) for theirs in wanted)
        for mine in own
    )


def _denies_as_much(theirs: Held, mine: Held) -> bool:
    return (
        not theirs.statement.allow
        and theirs.ring in ("", mine.ring)
        and set(theirs.statement.conditions) <= set(mine.statement.conditions)
        and all(any(pattern_covers(wide, a) for wide in theirs.statement.actions) for a in mine.statement.actions)
        and all(any(pattern_covers(wide, r) for wide in theirs.statement.resources) for r in mine.statement.resources)
    )
