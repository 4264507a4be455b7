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


def test_a_server_that_goes_away_silences_poll_within_the_bound(cluster, postgresql_url):
    store = SqlStore(postgresql_url, freshness_ms=FRESHNESS_MS)
    with store.begin(write=True) as work:
        work.of(Key).remove(key(1).id)
        work.of(Key).add(key(1))
    before = store.poll()
    cluster.stop()
    try:
        wait_until(lambda: unavailable(store), FRESHNESS_MS / 1000 + 0.05)
        with pytest.raises(StoreFailed), store.begin(write=True):
            pytest.fail("no server")
    finally:
        cluster.start()
    wait_until(lambda: not unavailable(store), 5)
    assert store.poll() == before, "nothing was committed meanwhile"
    with store.begin(write=True) as work:
        assert work.of(Key).get(key(1).id) == key(1)
        work.of(Key).remove(key(1).id)
    assert store.poll() != before
    store.close()


def test_a_follower_that_hangs_silences_poll(followed):
    store = followed.open(freshness_ms=FRESHNESS_MS)
    store.poll()
    pulse = store._link.pulse
    pulse._stop.set()
    pulse._thread.join()
    wait_until(lambda: unavailable(store), FRESHNESS_MS / 1000 + 0.05)


def test_news_travels_faster_than_the_bound(followed):
    mine, other = followed.open(freshness_ms=2000), followed.open()
    mine.poll()
    with other.begin(write=True) as work:  # opens the connection
        work.of(Key).add(key(1))
    wait_until(lambda: not unavailable(mine), 1)
    time.sleep(0.05)
    before = mine.poll()
    with other.begin(write=True) as work:
        work.of(Key).add(key(2))
    wait_until(lambda: mine.poll() != before, 0.3)
