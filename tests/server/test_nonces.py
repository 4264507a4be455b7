"""Nonces across processes and threads: each is spent once, whoever is asked."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

from bitting.server.nonces import SLOTS, SharedNonces

NOW = 1_800_000_000_000
LATER = NOW + 900_000


def test_once_until_it_expires() -> None:
    nonces = SharedNonces(buckets=4)
    assert nonces.spend("AK", "n", LATER, NOW)
    assert not nonces.spend("AK", "n", LATER, NOW)
    assert not nonces.spend("AK", "n", LATER, LATER)
    assert nonces.spend("AK", "n", LATER + 900_000, LATER + 1000)


def test_another_owner_and_another_nonce() -> None:
    nonces = SharedNonces(buckets=4)
    assert nonces.spend("AK", "n", LATER, NOW)
    assert nonces.spend("AK2", "n", LATER, NOW)
    assert nonces.spend("AK", "m", LATER, NOW)
    assert nonces.spend("A", "Kn", LATER, NOW)
    assert nonces.spend("AK", "\ud800", LATER, NOW)


def test_a_full_bucket_forgets_what_would_expire_first() -> None:
    nonces = SharedNonces(buckets=1)
    for at in range(SLOTS + 1):
        assert nonces.spend("AK", str(at), LATER + at * 1000, NOW)
    assert all(not nonces.spend("AK", str(at), LATER, NOW) for at in range(1, SLOTS + 1))
    assert nonces.spend("AK", "0", LATER, NOW)


def forked(count: int, work: Callable[[], int]) -> list[int]:
    """What ``work`` gives in each of ``count`` processes that start at the same time."""
    read, write = os.pipe()
    go_read, go_write = os.pipe()
    for _ in range(count):
        if os.fork() == 0:
            os.close(go_write)
            os.read(go_read, 1)
            os.write(write, work().to_bytes(4, "little"))
            os._exit(0)
    os.close(go_read)
    os.close(go_write)
    found = [int.from_bytes(os.read(read, 4), "little") for _ in range(count)]
    for _ in range(count):
        os.wait()
    return found


def test_processes_at_the_same_nonces() -> None:
    nonces = SharedNonces(buckets=1024)
    wanted = [str(at) for at in range(3000)]
    won = forked(4, lambda: sum(nonces.spend("AK", nonce, LATER, NOW) for nonce in wanted))
    assert sum(won) == len(wanted)


def test_threads_at_the_same_nonces() -> None:
    nonces = SharedNonces(buckets=1024)
    won: list[str] = []

    def run() -> None:
        won.extend(str(at) for at in range(2000) if nonces.spend("AK", str(at), LATER, NOW))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == sorted(str(at) for at in range(2000))


def test_a_process_that_dies_holds_up_nobody() -> None:
    nonces = SharedNonces(buckets=1)

    def die() -> int:
        import fcntl  # noqa: PLC0415

        fcntl.lockf(nonces._file, fcntl.LOCK_EX, 1, 0)
        return 0

    forked(1, die)
    assert nonces.spend("AK", "n", LATER, NOW)


def test_it_costs_microseconds() -> None:
    nonces = SharedNonces()
    names = [str(at) for at in range(2000)]
    best = 1.0
    for round_ in range(5):
        start = time.perf_counter()
        for name in names:
            nonces.spend(f"AK{round_}", name, LATER, NOW)
        best = min(best, (time.perf_counter() - start) / len(names))
    assert best < 50e-6  # 4 us on a quiet machine of 2020; the bound allows for a busy one
