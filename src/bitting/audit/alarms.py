"""What the trail itself finds worth an alarm, recorded as events of kind ``alarm``.

::

    new-network         a principal that is known from elsewhere is used from a /24 or /48 for the first time
    failed-proofs       FAILURES refused proofs of identity from one source within WINDOW_MS; again after another window
    key-in-deletion     a key that is scheduled for deletion was asked for

``operation`` is the alarm, ``outcome`` is ``alarm``, the rest is of the request that set it off, its id included.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from bitting.audit.usage import EVERYTHING, network_of
from bitting.core.model.audit_event import AuditEvent
from bitting.core.model.usage import Usage
from bitting.core.ports import Store

FAILURES = 20
WINDOW_MS = 60_000
SOURCES_MAX = 10_000
_KNOWN_MAX = 10_000


class Alarms:
    """One per process. Not for two threads at a time."""

    def __init__(self) -> None:
        self._networks: dict[tuple[str, str], set[str]] = {}
        self._failures: dict[str, deque[int]] = {}

    def know(self, store: Store) -> None:
        """Read where principals were seen before, from the usage records. Raises what the store raises."""
        with store.begin(write=False) as uow:
            for each in uow.of(Usage).find({"object": EVERYTHING}, limit=_KNOWN_MAX):
                self._networks.setdefault((each.account_id, each.principal), set()).update(each.networks)

    def observe(self, batch: Sequence[AuditEvent]) -> Sequence[AuditEvent]:
        """The alarms that a batch of records gives."""
        found = []
        for event in batch:
            if event.kind == "request":
                found += [_alarm(event, name) for name in self._of(event)]
        return found

    def _of(self, event: AuditEvent) -> list[str]:
        names = []
        if event.outcome == "ok" and event.principal and self._is_new_network(event):
            names.append("new-network")
        if event.outcome != "ok" and not event.principal and self._is_burst(event):
            names.append("failed-proofs")
        if event.outcome == "KeyPendingDeletion":
            names.append("key-in-deletion")
        return names

    def _is_new_network(self, event: AuditEvent) -> bool:
        network = network_of(event.source)
        known = self._networks.setdefault((event.account_id, event.principal), set())
        if not network or network in known:
            return False
        known.add(network)
        return len(known) > 1

    def _is_burst(self, event: AuditEvent) -> bool:
        if len(self._failures) > SOURCES_MAX:
            self._failures.clear()
        times = self._failures.setdefault(event.source, deque(maxlen=FAILURES))
        times.append(event.time_ms)
        if len(times) < FAILURES or times[-1] - times[0] > WINDOW_MS:
            return False
        times.clear()
        return True


def _alarm(event: AuditEvent, name: str) -> AuditEvent:
    return replace(event, kind="alarm", operation=name, outcome="alarm", status=0, code="", changed=())
