"""The stores that processes share: locks, news and survival across fork and kill -9."""

import os
import random
import select
import signal
import time

import pytest
from store_samples import account, key, user

from bitting.core.model.identity import Account, User
from bitting.core.model.key import Key
from bitting.core.ports import Change

KILLS = 50


def forked(work, *arguments):
    """Run ``work(*arguments, write)`` in a child process; ``write`` sends bytes to the returned descriptor."""
    reader, writer = os.pipe()
    child = os.fork()
    if child:
        os.close(writer)
        return child, reader
    status = 1
    try:
        os.close(reader)
        work(*arguments, lambda data: os.write(writer, data))
        status = 0
    finally:
        os._exit(status)


def ended(child, reader):
    """Everything the child has sent, once it has ended, and its exit status."""
    with os.fdopen(reader, "rb") as stream:
        sent = stream.read()
    return sent, os.waitpid(child, 0)[1]


def test_writers_of_many_processes_lose_no_update(shared):
    store = shared.open()
    with store.begin(write=True) as work:
        work.of(Key).add(key(1))

    def count_up(write):
        for _ in range(25):
            with store.begin(write=True) as work:
                found = work.of(Key).get(key(1).id)
                work.of(Key).put(key(1, rotations=found.rotations + 1))
                write(b"%d\n" % work.next_number("n"))

    children = [forked(count_up) for _ in range(3)]
    results = [ended(*child) for child in children]
    assert [status for _, status in results] == [0, 0, 0]
    assert sorted(int(n) for sent, _ in results for n in sent.split()) == list(range(1, 76))
    with store.begin(write=False) as work:
        assert work.of(Key).get(key(1).id).rotations == 75


def test_a_process_hears_of_anothers_commit(shared):
    store = shared.open()
    position, _ = store.changes_since(0)
    before = store.poll()

    def add(write):
        with store.begin(write=True) as work:
            work.of(Key).add(key(7))

    assert ended(*forked(add))[1] == 0
    assert shared.hears(store, before)
    assert list(store.changes_since(position)[1]) == [Change("Key", key(7).id)]
    with store.begin(write=False) as work:
        assert work.of(Key).get(key(7).id) == key(7)


def test_a_store_in_use_survives_a_fork_on_both_sides(shared):
    store = shared.open()
    with store.begin(write=True) as work:
        work.of(Key).add(key(1))
    store.poll()

    def use(write):
        before = store.poll()
        with store.begin(write=True) as work:
            assert work.of(Key).get(key(1).id) == key(1)
            work.of(Key).add(key(2))
        assert store.poll() != before
        store.close()

    child = forked(use)
    with store.begin(write=True) as work:
        work.of(Key).add(key(3))
    assert ended(*child)[1] == 0
    with store.begin(write=False) as work:
        assert [found.number for found in work.of(Key).find()] == [1, 2, 3]
    before = store.poll()
    with store.begin(write=True) as work:
        work.of(Key).add(key(4))
    assert store.poll() != before


def _write_pairs(store, write):
    while True:
        with store.begin(write=True) as work:
            number = work.next_number("pairs")
            work.of(Account).add(account(number))
            work.of(User).add(user(number))
        write(b"%d\n" % number)


def test_kill_9_loses_nothing_acknowledged_and_leaves_nothing_half_done(shared):
    store = shared.open()
    chance = random.Random()
    acknowledged: set[int] = set()
    position, _ = store.changes_since(0)
    told = []
    for kill in range(KILLS):
        child, reader = forked(_write_pairs, store)
        if kill % 2:  # every other one dies after its first commit, the rest maybe while opening the store
            assert select.select([reader], [], [], 20)[0]
        time.sleep(chance.uniform(0, 0.02))
        os.kill(child, signal.SIGKILL)
        sent, _ = ended(child, reader)
        acknowledged |= {int(line) for line in sent.split(b"\n") if line}
        position, changes = store.changes_since(position)
        told += changes
        with store.begin(write=False) as work:
            accounts = {record.id[1:] for record in work.of(Account).find(limit=100_000)}
            users = {record.id[1:] for record in work.of(User).find(limit=100_000)}
        assert accounts == users, "half a unit of work"
        assert {str(number) for number in acknowledged} <= accounts, "an acknowledged commit is lost"
    assert len(acknowledged) >= KILLS // 2
    assert {change.record_id for change in told} == {f"a{n}" for n in accounts} | {f"u{n}" for n in users}
    with store.begin(write=True) as work:
        assert work.next_number("pairs") > max(acknowledged)


@pytest.mark.parametrize("write_first", [True, False])
def test_a_writer_that_dies_holding_the_lock_frees_it(shared, write_first):
    store = shared.open()

    def hang(write):
        with store.begin(write=True) as work:
            if write_first:
                work.of(Key).add(key(1))
            write(b"holding")
            time.sleep(60)

    child, reader = forked(hang)
    assert os.read(reader, 7) == b"holding"
    os.kill(child, signal.SIGKILL)
    ended(child, reader)
    begun = time.monotonic()
    with store.begin(write=True) as work:
        assert work.of(Key).count() == 0
        work.of(Key).add(key(1))
    assert time.monotonic() - begun < 2
