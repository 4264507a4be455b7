"""poll and changes_since, within one process."""

import threading
import time

import pytest
from store_samples import account, key, user

from bitting.core.faults import StoreFailed, Unavailable
from bitting.core.model.identity import Account, User
from bitting.core.model.key import Key
from bitting.core.ports import Change
from bitting.stores.sql.store import SqlStore


def write(store, *records):
    with store.begin(write=True) as work:
        for record in records:
            work.of(type(record)).add(record)


def test_poll_differs_after_every_commit_of_this_store_at_once(store):
    seen = [store.poll()]
    for number in range(20):
        write(store, key(number))
        seen.append(store.poll())
    assert len(set(seen)) == 21
    assert store.poll() == seen[-1]


def test_poll_stays_when_nothing_is_committed(store):
    write(store, key(1))
    before = store.poll()
    with store.begin(write=False) as work:
        work.of(Key).find()
    with pytest.raises(ZeroDivisionError), store.begin(write=True) as work:  # noqa: PT012 - the whole unit of work fails
        work.of(Key).add(key(2))
        raise ZeroDivisionError
    assert store.poll() == before


def test_poll_sees_commits_of_other_threads(store):
    before = store.poll()
    thread = threading.Thread(target=write, args=(store, key(1)))
    thread.start()
    thread.join()
    assert store.poll() != before


def test_poll_sees_commits_through_another_store(shared):
    mine, other = shared.open(), shared.open()
    for number in range(5):
        before = mine.poll()
        write(other, key(number))
        assert shared.hears(mine, before)


def test_many_threads_poll_while_one_writes(store):
    stop = threading.Event()
    failed = []

    def poll():
        try:
            while not stop.is_set():
                store.poll()
                time.sleep(0.0002)
        except Exception as error:  # noqa: BLE001 - reported by the assertion
            failed.append(error)

    threads = [threading.Thread(target=poll) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(20):
        write(store, key(number))
    stop.set()
    for thread in threads:
        thread.join()
    assert failed == []


def test_changes_are_told_in_the_order_of_commits(store):
    start, nothing = store.changes_since(0)
    assert nothing is None
    assert start > 0
    assert list(store.changes_since(start)[1]) == []
    write(store, account(1), user(1))
    write(store, key(1))
    middle, changes = store.changes_since(start)
    assert list(changes) == [Change("Account", "a1"), Change("User", "u1"), Change("Key", key(1).id)]
    with store.begin(write=True) as work:
        work.of(Key).put(key(1, name="x"))
        work.of(Key).put(key(1, name="y"))
        work.of(User).remove("u1")
        work.of(User).remove("u1")
    end, changes = store.changes_since(middle)
    assert list(changes) == [Change("Key", key(1).id), Change("User", "u1")]
    assert list(store.changes_since(start)[1])[3:] == list(changes)
    assert list(store.changes_since(end)[1]) == []


def test_a_position_is_never_less_than_what_was_told(store):
    position, _ = store.changes_since(0)
    told: list[Change] = []
    for number in range(10):
        write(store, key(number))
        if number % 3 == 0:
            position, changes = store.changes_since(position)
            told += changes
    told += store.changes_since(position)[1]
    assert told == [Change("Key", key(number).id) for number in range(10)]


def test_positions_of_another_time_are_unknown(store):
    write(store, key(1))
    present, _ = store.changes_since(0)
    assert store.changes_since(-1) == (present, None)
    assert store.changes_since(present + 1) == (present, None)


def test_old_changes_are_forgotten_and_that_is_said(place):
    store = place.open(changes_kept=10)
    start, _ = store.changes_since(0)
    for number in range(300):
        with store.begin(write=True) as work:
            work.of(Account).add(account(number))
    present, changes = store.changes_since(start)
    assert changes is None
    last = store.changes_since(present - 5)[1]
    assert [change.record_id for change in last] == [f"a{number}" for number in range(295, 300)]


def test_nothing_touched_is_no_change(store):
    write(store, key(1))
    before = store.changes_since(0)
    with store.begin(write=True) as work:
        work.of(Key).find()
        work.of(Account).remove("none")
        work.of(User).count()
    assert store.changes_since(0) == before


def test_a_database_that_is_not_there_is_said_so(shared, tmp_path):
    missing = {"sqlite": f"sqlite:///{tmp_path}/missing.db", "postgresql": "postgresql://nobody@127.0.0.1:1/none"}
    store = SqlStore(missing[shared.name])
    for write_too in (True, False):
        with pytest.raises(StoreFailed) as failed, store.begin(write=write_too):
            pytest.fail("opened nothing")
        assert failed.value.__cause__ is not None
    with pytest.raises(Unavailable):
        store.poll()
    with pytest.raises(StoreFailed):
        store.changes_since(0)
    store.close()
    assert not (tmp_path / "missing.db").exists()
