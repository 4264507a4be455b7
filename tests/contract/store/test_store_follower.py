"""PostgreSQL's bound on staleness: fresh, or silent."""

import time

import pytest
from store_samples import key

from bitting.core.faults import StoreFailed, Unavailable
from bitting.core.model.key import Key
from bitting.stores.sql.store import SqlStore

FRESHNESS_MS = 150


def wait_until(reached, seconds):
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, "did not come in time"
        time.sleep(0.005)


def unavailable(store):
    try:
        store.poll()
    except Unavailable:
        return True
    return False


def answer(store):
    """What poll says, as soon as it says something: a busy machine may silence it for a while."""
    wait_until(lambda: not unavailable(store), 20)
    try:
        return store.poll()
    except Unavailable:
        return answer(store)


def test_a_server_that_goes_away_silences_poll_within_the_bound(cluster, postgresql_url):
    store = SqlStore(postgresql_url, freshness_ms=FRESHNESS_MS)
    with store.begin(write=True) as work:
        work.of(Key).remove(key(1).id)
        work.of(Key).add(key(1))
    before = answer(store)
    cluster.stop()
    try:
        wait_until(lambda: unavailable(store), FRESHNESS_MS / 1000 + 0.05)
        with pytest.raises(StoreFailed), store.begin(write=True):
            pytest.fail("no server")
    finally:
        cluster.start()
    assert answer(store) == before, "nothing was committed meanwhile"
    with store.begin(write=True) as work:
        assert work.of(Key).get(key(1).id) == key(1)
        work.of(Key).remove(key(1).id)
    assert answer(store) != before
    store.close()


def test_a_follower_that_hangs_silences_poll(followed):
    store = followed.open(freshness_ms=FRESHNESS_MS)
    answer(store)
    detector = store._link.detector
    detector._stop.set()
    detector._thread.join()
    wait_until(lambda: unavailable(store), FRESHNESS_MS / 1000 + 0.05)


def test_news_does_not_wait_for_the_next_look(followed):
    mine, other = followed.open(freshness_ms=60_000), followed.open()
    mine.poll()
    mine._link.detector._pause_s = 30  # from the next look on
    time.sleep(0.3)
    for number in range(3):
        before = mine.poll()
        with other.begin(write=True) as work:
            work.of(Key).add(key(number))
        wait_until(lambda before=before: mine.poll() != before, 5)
    mine._link.detector._pause_s = 0.1
    with other.begin(write=True) as work:  # wakes the follower, so that closing does not wait
        work.of(Key).add(key(3))
