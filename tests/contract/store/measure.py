"""Prints what the stores cost on this machine: python tests/contract/store/measure.py [database URL ...]

::

    poll            us   asked for every hot request
    point read      us   a unit of work with one get
    get             us   one get inside a unit of work
    small write     us   a unit of work with one put, durable
    100k: page      ms   the first, and the last, 100 of a ring's 100,000 keys by number
    100k: count     ms   of the ring, and of its enabled keys

Without arguments: the memory store and SQLite in a temporary folder. A database given by URL must be empty
or Bitting's own; its key records are replaced. Compare numbers of one run only.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from store_samples import key

from bitting.core.model.key import Key, KeyState
from bitting.core.ports import Collection, Store
from bitting.stores.memory import MemoryStore
from bitting.stores.sql.schema import migrate
from bitting.stores.sql.store import SqlStore

MANY = 100_000


def main(urls: list[str]) -> None:
    """Measure every store in turn."""
    with tempfile.TemporaryDirectory() as folder:
        if not urls:
            measure("memory", MemoryStore())
            urls = [f"sqlite:///{folder}/store.db"]
        for url in urls:
            migrate(url)
            store = SqlStore(url)
            measure(url.partition(":")[0], store)
            store.close()


def measure(name: str, store: Store) -> None:
    """Print the table of one store."""
    with store.begin(write=True) as work:
        for found in work.of(Key).find(limit=10 * MANY):
            work.of(Key).remove(found.id)
        work.of(Key).add(key(1))
    one = key(1)
    store.poll()
    show(name, "poll", each_us(store.poll, 20_000))
    show(name, "point read", each_us(lambda: read(store, lambda keys: keys.get(one.id)), 2000))
    show(name, "get", read(store, lambda keys: each_us(lambda: keys.get(one.id), 2000)))
    show(name, "small write", each_us(lambda: put(store, one), 300))
    many(name, store)


def many(name: str, store: Store) -> None:
    """Fill a ring and list it."""
    with store.begin(write=True) as work:
        for number in range(2, MANY + 1):
            work.of(Key).add(key(number, state=list(KeyState)[number % 5]))
    ring = {"ring": "r1"}
    enabled = {"ring": "r1", "state": KeyState.ENABLED}
    listings: dict[str, Callable[[Collection[Key]], object]] = {
        "100k: first page": lambda keys: keys.find(ring, order="number", limit=100),
        "100k: page by after": lambda keys: keys.find(ring, order="number", limit=100, after=MANY // 2),
        "100k: last page by offset": lambda keys: keys.find(ring, order="number", limit=100, offset=MANY - 100),
        "100k: count": lambda keys: keys.count(ring),
        "100k: count enabled": lambda keys: keys.count(enabled),
        "100k: by name": lambda keys: keys.find({"ring": "r1", "name": "key 500"}),
        "100k: due": lambda keys: keys.find({"state": KeyState.PENDING_DELETION}, order="deletion_due_ms", limit=100),
    }
    for what, listing in listings.items():
        show(name, what, each_us(lambda listing=listing: read(store, listing), 11) / 1000, "ms")


def read(store: Store, look: Callable[[Collection[Key]], Any]) -> Any:
    """One unit of work that reads."""
    with store.begin(write=False) as work:
        return look(work.of(Key))


def put(store: Store, record: Key) -> None:
    """One unit of work that writes."""
    with store.begin(write=True) as work:
        work.of(Key).put(record)


def each_us(call: Callable[[], object], times: int) -> float:
    """The median of three runs' averages."""
    runs = []
    for _ in range(3):
        begun = time.perf_counter()
        for _ in range(times):
            call()
        runs.append((time.perf_counter() - begun) / times * 1e6)
    return median(runs)


def show(name: str, what: str, number: float, unit: str = "us") -> None:
    print(f"{name:12} {what:28} {number:10.2f} {unit}")


if __name__ == "__main__":
    main(sys.argv[1:])
