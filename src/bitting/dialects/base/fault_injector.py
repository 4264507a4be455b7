"""Developer mode's hand in the pipeline: strikes requests that a fault rule matches.

::

    rules (cached) -> first match by dialect, operation, account -> percent? -> count down
                   -> pinned row of the catalogue raised | latency and effect noted on ``request_context``

Only :mod:`bitting.wiring` makes one, and only in developer mode.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from bitting.core.faults import Fault, every_fault, field_names
from bitting.core.gate import Gate, RequestContext
from bitting.core.key_cache import NotResident, View
from bitting.core.model.identity import Principal
from bitting.core.model.service import FaultRule
from bitting.core.usecases.developer.faults_and_clock import read_offset, read_rules
from bitting.dialects.base.dialect import Call, Dialect
from bitting.dialects.base.errors import Catalogue, Row

_RETRY_AFTER_MS = 100
_UNTOUCHABLE = "native"


class RuleFaultInjector:
    """``set_clock_offset`` is told the developer's clock offset before each request; ``catalogues`` hold the rows."""

    def __init__(self, gate: Gate, set_clock_offset: Callable[[int], None], catalogues: Iterable[Catalogue]) -> None:
        self._gate = gate
        self._turn_clock = set_clock_offset
        self._kinds = every_fault()
        self._rows = {(row.dialect, row.line): row for catalogue in catalogues for row in catalogue}

    def refresh(self, view: View) -> None:
        """Bring the clock up to date."""
        self._turn_clock(view.get(("dev_clock",), read_offset) or 0)

    def inject(
        self, dialect: Dialect, call: Call, principal: Principal, request_context: RequestContext, view: View
    ) -> None:
        """Raise the fault of the first rule that matches, or note its latency and effect. Never strikes operators."""
        if dialect.name == _UNTOUCHABLE:
            return
        for rule in view.get(("fault_rules",), read_rules) or ():
            if self._matches(rule, dialect, call, principal) and self._counts(rule, view):
                request_context.delay_ms, request_context.effect = rule.latency_ms, rule.effect
                if rule.line:
                    raise self._pinned(rule, call, principal)
                return

    @staticmethod
    def _matches(rule: FaultRule, dialect: Dialect, call: Call, principal: Principal) -> bool:
        return (
            rule.dialect in {dialect.name, principal.facts.get("profile", "")}
            and rule.operation in {"", call.operation.name}
            and rule.account_id in {"", principal.account_id, principal.domain_id}
        )

    def _counts(self, rule: FaultRule, view: View) -> bool:
        """Whether this request is one of those to strike; counts it if so."""
        if rule.percent < 100 and int.from_bytes(self._gate.entropy.random(2)) % 100 >= rule.percent:
            return False
        if rule.left < 0:
            return True
        if not view.may_load:
            raise NotResident
        with self._gate.store.begin(write=True) as uow:
            held = uow.of(FaultRule).get(rule.id)
            if held is None or held.left == 0:
                return False
            uow.of(FaultRule).put(replace(held, left=held.left - 1))
        return True

    def _pinned(self, rule: FaultRule, call: Call, principal: Principal) -> Fault:
        row = self._rows[rule.dialect, rule.line]
        kind = self._kinds[row.fault]
        filled = _fill(row, call, principal)
        if "retry_after_ms" in field_names(kind):
            filled["retry_after_ms"] = _RETRY_AFTER_MS
        return kind(**filled).replaced(pinned=row)


def _fill(row: Row, call: Call, principal: Principal) -> dict[str, Any]:
    """Believable values for the holes of a message."""
    first = call.operation.request[0].name if call.operation.request else "parameter"
    known = {
        "parameter": first,
        "access_key_id": principal.credential_id,
        "resource": str(call.values.get("KeyId") or call.values.get("key_id") or "injected"),
        "instance": principal.instance_id,
    }
    return {name: known.get(name, "injected") for name in row.holes}
