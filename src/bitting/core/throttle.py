"""Request rates: a token bucket per account and class of operation, in each process; and exclusive sections.

::

    class      documented requests a second (Alibaba, per account, shared gateway)
    symmetric  1000      asymmetric  200      manage  100 (ours: nothing is documented for it)

Switched on by the ``rates`` switch: ``cloud`` for these, or a number of requests a second for every class. With
N worker processes each gives out its Nth part. Exclusive sections are
always on, per process: with N workers up to N callers are inside.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bitting.core import faults

RATES = {"symmetric": 1000.0, "asymmetric": 200.0, "manage": 100.0}
_ACCOUNTS_MAX = 10_000

_SYMMETRIC = ("key:encrypt", "key:decrypt", "key:generate_data_key", "random:", "digest:", "secret:get_value")
_ASYMMETRIC = ("key:sign", "key:verify", "key:public_key", "key:mac", "key:agree")


def rate_class(action: str) -> str:
    """The class an action counts in."""
    if action.startswith(_SYMMETRIC):
        return "symmetric"
    return "asymmetric" if action.startswith(_ASYMMETRIC) else "manage"


class PasswordGuesses:
    """Wrong passwords, counted by user and source address, in one process. Thread-safe.

    ::

        of one user from one source   5 in 15 minutes
        of one user from anywhere     50                 -> no password of theirs is looked at for 15 minutes
        from one source at all        100

    The pair has the lowest limit, so that somebody far away cannot lock a user out of where they work with five
    requests. Each worker process counts for itself.
    A success forgets the pair's wrong ones. At most ``entries`` are counted; the oldest is forgotten first.
    """

    LIMITS = (5, 50, 100)
    WINDOW_MS = 15 * 60 * 1000

    def __init__(self, entries: int = 30_000) -> None:
        self._entries = entries
        self._wrong: dict[tuple[str, str], tuple[int, int]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def attempt(self, user: str, source: str, now_ms: int) -> Iterator[None]:
        """One password is looked at in the block. Raises ``AccountLocked`` before it; ``WrongPassword`` counts.

        An attempt counts from its beginning, so that many at the same time are not more than one after another.
        """
        places = ((user, source), (user, ""), ("", source))
        with self._lock:
            for place, limit in zip(places, self.LIMITS, strict=True):
                if self._count(place, now_ms) >= limit:
                    raise faults.AccountLocked
            for place in places:
                self._add(place, now_ms)
        try:
            yield
        except faults.WrongPassword:
            raise
        except BaseException:
            self._take_back(places)
            raise
        self._take_back(places)
        with self._lock:
            self._wrong.pop(places[0], None)

    def _count(self, place: tuple[str, str], now_ms: int) -> int:
        count, since = self._wrong.get(place, (0, now_ms))
        return count if now_ms - since < self.WINDOW_MS else 0

    def _add(self, place: tuple[str, str], now_ms: int) -> None:
        count = self._count(place, now_ms)
        if place not in self._wrong and len(self._wrong) >= self._entries:
            self._wrong.pop(next(iter(self._wrong)))
        self._wrong[place] = (count + 1, now_ms)

    def _take_back(self, places: tuple[tuple[str, str], ...]) -> None:
        with self._lock:
            for place in places:
                count, since = self._wrong.get(place, (0, 0))
                if count > 1:
                    self._wrong[place] = (count - 1, since)
                else:
                    self._wrong.pop(place, None)


class Throttle:
    """Buckets of one second's worth. ``share``: this process's part of every rate."""

    def __init__(self, share: float = 1.0, now: Callable[[], float] = time.monotonic) -> None:
        self._share = share
        self._now = now
        self._buckets: dict[tuple[str, str], tuple[float, float]] = {}
        self._taken: set[str] = set()
        self._taking = threading.Lock()
        self.guesses = PasswordGuesses()

    def take(self, account_id: str, action: str, rates: str = "cloud") -> None:
        """Count one request. Raises ``RateExceeded`` with ``retry_after_ms`` when there is no room."""
        name = rate_class(action)
        rate = max(1.0, (float(rates) if rates.isdigit() else RATES[name]) * self._share)
        now = self._now()
        level, then = self._buckets.get((account_id, name), (rate, now))
        level = min(rate, level + (now - then) * rate)
        if level < 1.0:
            wait_ms = int((1.0 - level) / rate * 1000) + 1
            raise faults.RateExceeded(retry_after_ms=wait_ms, limit=name)
        if len(self._buckets) >= _ACCOUNTS_MAX:
            self._buckets.pop(next(iter(self._buckets)))
        self._buckets[account_id, name] = (level - 1.0, now)

    def used(self, account_id: str, name: str) -> int:
        """How much of a second's worth of a class is used up right now, in this process; 0 if rates are off."""
        rate = max(1.0, RATES[name] * self._share)
        level, then = self._buckets.get((account_id, name), (rate, 0.0))
        return int(rate - min(rate, level + (self._now() - then) * rate))

    @contextmanager
    def exclusive(self, place: str) -> Iterator[None]:
        """Hold ``place`` for the block; never waits. Raises ``ConcurrencyExceeded`` while another thread holds it."""
        with self._taking:
            if place in self._taken:
                raise faults.ConcurrencyExceeded(resource=place, limit="concurrency")
            self._taken.add(place)
        try:
            yield
        finally:
            self._taken.discard(place)
