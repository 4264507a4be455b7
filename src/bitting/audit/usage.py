"""Counts who used what, from the records as they are written, and brings the counts to the store now and then.

::

    batch in the file -> observe(): numbers in memory -> every FLUSH_SECONDS one unit of work -> Usage records

A killed process loses the counts of its last half minute; the trail has the records themselves.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import ip_address, ip_network

from bitting.core.model.audit_event import AuditEvent
from bitting.core.model.usage import Usage
from bitting.core.ports import Store

FLUSH_SECONDS = 30.0
NETWORKS_MAX = 64
EVERYTHING = "*"


@dataclass(slots=True)
class _Count:
    first_ms: int
    last_ms: int = 0
    count: int = 0
    failed: int = 0
    networks: set[str] = field(default_factory=set)


def network_of(source: str) -> str:
    """The /24 or /48 that an address is in; empty for what is no address."""
    try:
        address = ip_address(source.strip("[]"))
    except ValueError:
        return ""
    return str(ip_network((address, 24 if address.version == 4 else 48), strict=False))


class UsageCounter:
    """``observe`` takes batches from any thread; a thread of its own writes to the store until ``close``.

    ``report`` takes (where, exception) for the log when the store cannot be written; the counts are kept.
    """

    def __init__(self, store: Store, report: Callable[[str, BaseException], None]) -> None:
        self._store = store
        self._report = report
        self._counts: dict[tuple[str, str, str], _Count] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="usage", daemon=True)
        self._thread.start()

    def observe(self, batch: Sequence[AuditEvent]) -> None:
        """Count requests by proved principals."""
        with self._lock:
            for event in batch:
                if event.kind == "request" and event.principal:
                    self._count(event)

    def flush(self) -> None:
        """Bring the counts to the store. Raises what the store raises; the counts are kept then."""
        with self._lock:
            counts, self._counts = self._counts, {}
        if not counts:
            return
        try:
            with self._store.begin(write=True) as uow:
                usages = uow.of(Usage)
                for (account, thing, principal), count in counts.items():
                    record_id = f"{account}/{thing}/{principal}"
                    held = usages.get(record_id)
                    if held is None:
                        usages.add(
                            _added(Usage(record_id, account, thing, principal, count.first_ms, 0, 0, 0, ()), count)
                        )
                    else:
                        usages.put(_added(held, count))
        except BaseException:
            self._restore(counts)
            raise

    def close(self) -> None:
        """Bring what is left to the store, if it can be."""
        self._stop.set()
        self._thread.join(timeout=5)
        self._try()

    def _count(self, event: AuditEvent) -> None:
        things = [EVERYTHING, *(each for each in event.objects if each.startswith("secret/"))]
        if event.key_id:
            things.append(f"key/{event.key_id}")
        for thing in things:
            place = (event.account_id, thing, event.principal)
            held = self._counts.get(place)
            if held is None:
                held = self._counts[place] = _Count(event.time_ms)
            held.last_ms = max(held.last_ms, event.time_ms)
            if event.outcome == "ok":
                held.count += 1
                if thing == EVERYTHING and (network := network_of(event.source)):
                    held.networks.add(network)
            else:
                held.failed += 1

    def _restore(self, counts: dict[tuple[str, str, str], _Count]) -> None:
        with self._lock:
            for place, count in counts.items():
                held = self._counts.setdefault(place, _Count(count.first_ms))
                held.first_ms, held.last_ms = min(held.first_ms, count.first_ms), max(held.last_ms, count.last_ms)
                held.count, held.failed = held.count + count.count, held.failed + count.failed
                held.networks |= count.networks

    def _loop(self) -> None:
        while not self._stop.wait(FLUSH_SECONDS):
            self._try()

    def _try(self) -> None:
        try:
            self.flush()
        except Exception as error:  # noqa: BLE001 - a store that is away for a while must not end the thread
            self._report("usage", error)


def _added(held: Usage, count: _Count) -> Usage:
    networks = tuple(dict.fromkeys((*held.networks, *sorted(count.networks))))[-NETWORKS_MAX:]
    return replace(
        held,
        last_ms=max(held.last_ms, count.last_ms),
        count=held.count + count.count,
        failed=held.failed + count.failed,
        networks=networks,
    )
