"""Units of work: all or nothing, one state to read, one writer at a time."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from store_samples import account, key, user

from bitting.core.faults import ResourceExists, StoreFailed
from bitting.core.model.identity import Account, User
from bitting.core.model.key import Key


class Refusal(Exception):
    """What a use case might raise."""


def test_an_exception_undoes_everything_and_passes_on(store):
    with store.begin(write=True) as work:
        work.of(Key).add(key(1))
        assert work.next_number("keys") == 1
    before = store.poll(), store.changes_since(0)
    with pytest.raises(Refusal), store.begin(write=True) as work:  # noqa: PT012 - the whole unit of work fails
        work.of(Key).add(key(2))
        work.of(Key).put(key(1, description="changed"))
        work.of(Key).remove(key(1).id)
        work.next_number("keys")
        raise Refusal
    with store.begin(write=False) as work:
        assert work.of(Key).find() == [key(1)]
    assert (store.poll(), store.changes_since(0)) == before
    with store.begin(write=True) as work:
        work.of(Key).add(key(2))


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_whatever_ends_it_undoes_it(store, end):
    with pytest.raises(end), store.begin(write=True) as work:  # noqa: PT012 - the whole unit of work fails
        work.of(Key).add(key(1))
        raise end
    with store.begin(write=True) as work:
        assert work.of(Key).count() == 0


def test_a_reader_cannot_write(store):
    with store.begin(write=False) as work:
        for change in (
            lambda: work.of(Key).add(key(1)),
            lambda: work.of(Key).put(key(1)),
            lambda: work.of(Key).remove("x"),
            lambda: work.next_number("keys"),
        ):
            with pytest.raises(RuntimeError):
                change()


@pytest.mark.parametrize("write", [True, False])
def test_nothing_is_possible_after_the_end(store, write):
    with store.begin(write=write) as work:
        keys = work.of(Key)
    for late in (lambda: keys.get("x"), keys.find, keys.count, lambda: keys.add(key(1)), lambda: work.next_number("n")):
        with pytest.raises(RuntimeError):
            late()


def test_numbers_count_up_by_name(store):
    with store.begin(write=True) as work:
        assert [work.next_number("keys") for _ in range(3)] == [1, 2, 3]
        assert work.next_number("jobs") == 1
    with store.begin(write=True) as work:
        assert work.next_number("keys") == 4


def test_a_reader_sees_one_state_while_others_commit(store):
    with store.begin(write=True) as work:
        work.of(Account).add(account(1))
    with store.begin(write=False) as reader:
        assert reader.of(Account).count() == 1
        with ThreadPoolExecutor(1) as pool:
            pool.submit(_commit_a_pair, store, 2).result()
        assert reader.of(Account).count() == 1
        assert reader.of(User).get("u2") is None
    with store.begin(write=False) as reader:
        assert reader.of(Account).count() == 2
        assert reader.of(User).get("u2") == user(2)


def _commit_a_pair(store, number):
    with store.begin(write=True) as work:
        work.of(Account).add(account(number))
        work.of(User).add(user(number))


def test_readers_never_see_half_a_commit(store):
    stop = threading.Event()

    def watch():
        looks = 0
        while not stop.is_set():
            with store.begin(write=False) as work:
                assert work.of(Account).count() == work.of(User).count()
                looks += 1
        return looks

    with ThreadPoolExecutor(2) as pool:
        watchers = [pool.submit(watch) for _ in range(2)]
        try:
            for number in range(40):
                _commit_a_pair(store, number)
        finally:
            stop.set()
        assert all(watcher.result() > 0 for watcher in watchers)


def test_a_reader_does_not_see_what_is_not_committed(store):
    with store.begin(write=True) as work, ThreadPoolExecutor(1) as pool:
        work.of(Key).add(key(1))

        def look():
            with store.begin(write=False) as reader:
                return reader.of(Key).count()

        assert pool.submit(look).result() == 0


def test_writers_of_many_threads_lose_no_update(store):
    with store.begin(write=True) as work:
        work.of(Key).add(key(1))

    def count_up():
        for _ in range(20):
            with store.begin(write=True) as work:
                found = work.of(Key).get(key(1).id)
                work.of(Key).put(key(1, rotations=found.rotations + 1))
                work.next_number("n")

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(count_up) for _ in range(4)]:
            done.result()
    with store.begin(write=True) as work:
        assert work.of(Key).get(key(1).id).rotations == 80
        assert work.next_number("n") == 81


def test_two_threads_cannot_both_add(store):
    def add():
        try:
            with store.begin(write=True) as work:
                if work.of(Key).get(key(1).id) is None:
                    work.of(Key).add(key(1))
                    return 1
        except ResourceExists:
            pytest.fail("both saw that the key is missing")
        return 0

    with ThreadPoolExecutor(4) as pool:
        assert sum(done.result() for done in [pool.submit(add) for _ in range(4)]) == 1


def test_a_writer_waits_only_so_long(place):
    store = place.open(busy_ms=50)
    other = store if place.name == "memory" else place.open(busy_ms=50)
    with store.begin(write=True) as work:
        work.of(Key).add(key(1))
        with pytest.raises(StoreFailed), other.begin(write=True):
            pytest.fail("two writers at once")
        with other.begin(write=False) as reader:
            assert reader.of(Key).count() == 0
    with other.begin(write=True) as work:
        work.of(Key).add(key(2))
        assert work.of(Key).count() == 2


def test_a_store_can_be_closed_and_used_again(place):
    store = place.open()
    with store.begin(write=True) as work:
        work.of(Key).add(key(1))
    before = store.poll()
    store.close()
    store.close()
    with store.begin(write=False) as work:
        assert work.of(Key).get(key(1).id) == key(1)
    if place.name != "memory":
        assert store.poll() != before, "what was committed while closed is unknown"
