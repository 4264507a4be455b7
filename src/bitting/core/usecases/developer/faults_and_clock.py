"""Developer mode: injected faults and a movable clock.

::

    add_fault ... clear_faults      FaultRule records; the pipeline's injector reads them from the cache
    advance_clock, set_clock        one DevClock record; every process follows it with its next request

A production server is wired without the operations that reach these use cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.key_cache import Reader
from bitting.core.model.service import DevClock, FaultRule
from bitting.core.usecases.operator.service import NoInput

CLOCK = "clock"
EFFECTS = ("", "reset", "truncate")
OFFSET_MAX_MS = 200 * 365 * 86_400_000
RULES_MAX = 1000


@dataclass(slots=True)
class AddFault:
    """See :class:`~bitting.core.model.service.FaultRule`; ``count`` 0 means until cleared."""

    dialect: str
    operation: str = ""
    account_id: str = ""
    line: int = 0
    code: str = ""
    percent: int = 100
    count: int = 0
    latency_ms: int = 0
    effect: str = ""


@dataclass(slots=True)
class MoveClock:
    """``to_ms``: an absolute time, or None to move by ``by_ms`` from where the clock is."""

    by_ms: int = 0
    to_ms: int | None = None


@dataclass(slots=True)
class ClockState:
    """``now_ms``: the service's time; ``offset_ms``: how far it is ahead of the machine's."""

    now_ms: int
    offset_ms: int


@use_case("service:write", writes=True, operator=True)
def add_fault(context: Context, command: AddFault) -> FaultRule:
    """A new rule. Raises ``InvalidParameter`` (effect, percent, latency_ms), ``QuotaExceeded``."""
    if command.effect not in EFFECTS:
        raise faults.InvalidParameter(parameter="effect", reason="enum")
    if not 0 < command.percent <= 100:
        raise faults.InvalidParameter(parameter="percent", reason="range")
    rules = context.uow.of(FaultRule)
    if rules.count() >= RULES_MAX:
        raise faults.QuotaExceeded(limit="fault rules")
    number = context.uow.next_number("fault_rules")
    rule = FaultRule(
        id=f"f{number:06d}",
        dialect=command.dialect,
        operation=command.operation,
        account_id=command.account_id,
        line=command.line,
        code=command.code,
        percent=command.percent,
        left=command.count or -1,
        latency_ms=command.latency_ms,
        effect=command.effect,
        created_ms=context.now_ms,
    )
    rules.add(rule)
    return rule


@use_case("service:read", operator=True)
def list_faults(context: Context, command: NoInput) -> Sequence[FaultRule]:  # noqa: ARG001
    """Every rule, oldest first."""
    return context.uow.of(FaultRule).find(limit=RULES_MAX)


@use_case("service:write", writes=True, operator=True)
def clear_faults(context: Context, command: NoInput) -> Sequence[FaultRule]:  # noqa: ARG001
    """Delete every rule; returns the deleted ones."""
    rules = context.uow.of(FaultRule)
    stored = rules.find(limit=RULES_MAX)
    for rule in stored:
        rules.remove(rule.id)
    return stored


def read_rules(reader: Reader) -> tuple[FaultRule, ...]:
    """For the cache: every rule, oldest first."""
    return tuple(reader.find(FaultRule, {}, limit=RULES_MAX))


def read_offset(reader: Reader) -> int:
    """For the cache: how far the clock is ahead."""
    stored = reader.get(DevClock, CLOCK)
    return stored.offset_ms if stored else 0


@use_case("service:read", operator=True)
def clock(context: Context, command: NoInput) -> ClockState:  # noqa: ARG001
    """The current time and offset."""
    stored = context.uow.of(DevClock).get(CLOCK)
    return ClockState(context.now_ms, stored.offset_ms if stored else 0)


@use_case("service:write", writes=True, operator=True)
def move_clock(context: Context, command: MoveClock) -> ClockState:
    """Move the clock, forwards or back. Raises ``InvalidParameter`` beyond 200 years either way."""
    clocks = context.uow.of(DevClock)
    stored = clocks.get(CLOCK)
    offset = stored.offset_ms if stored else 0
    by_ms = command.by_ms if command.to_ms is None else command.to_ms - context.now_ms
    if abs(offset + by_ms) > OFFSET_MAX_MS:
        raise faults.InvalidParameter(parameter="by_ms", reason="range")
    (clocks.put if stored else clocks.add)(DevClock(CLOCK, offset + by_ms))
    return ClockState(context.now_ms + by_ms, offset + by_ms)


@use_case("service:write", writes=True, operator=True)
def reset_clock(context: Context, command: NoInput) -> ClockState:  # noqa: ARG001
    """Reset the clock to the machine's time."""
    stored = context.uow.of(DevClock).get(CLOCK)
    context.uow.of(DevClock).remove(CLOCK)
    return ClockState(context.now_ms - (stored.offset_ms if stored else 0), 0)
