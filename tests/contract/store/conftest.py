"""Where the store tests run: every test that asks for ``store`` or ``place`` runs on every store.

::

    place      memory, sqlite, postgresql: open() gives a store, empty at the start of the test
    shared     the same without memory: open() again, in any process, gives the same records
    followed   postgresql alone
    store      place.open()
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from store_postgresql import Cluster, programs

from bitting.core.ports import Store
from bitting.stores.memory import MemoryStore
from bitting.stores.sql.schema import migrate
from bitting.stores.sql.store import SqlStore
from bitting.stores.sql.tables import METADATA


@dataclass
class Place:
    """Where one test's records live."""

    name: str
    url: str
    make: Callable[..., Store]
    stale_s_max: float = 0
    opened: list[Store] = field(default_factory=list)

    def open(self, **options: Any) -> Any:
        """A store. Closed after the test."""
        self.opened.append(self.make(**options))
        return self.opened[-1]

    def hears(self, store: Store, before: int) -> bool:
        """Whether poll, which said ``before`` before a commit of somebody else, differs soon enough."""
        committed = time.monotonic()
        while True:
            asked = time.monotonic()
            if store.poll() != before:
                return True
            if asked - committed > self.stale_s_max:
                return False
            time.sleep(0.001)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server, or a skip."""
    found = programs()
    if found is None:
        pytest.skip("no PostgreSQL server here: initdb not found (Debian package postgresql)")
    server = Cluster(found)
    yield server
    server.remove()


@pytest.fixture(scope="session")
def postgresql_url(cluster: Cluster) -> str:
    """A migrated database."""
    migrate(cluster.url)
    return cluster.url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty file to copy."""
    path = tmp_path_factory.mktemp("template") / "store.db"
    migrate(f"sqlite:///{path}")
    return path


def _memory(_request: pytest.FixtureRequest) -> Place:
    return Place("memory", "", MemoryStore)


def _sqlite(request: pytest.FixtureRequest) -> Place:
    path = request.getfixturevalue("tmp_path") / "store.db"
    shutil.copy(request.getfixturevalue("sqlite_template"), path)
    return _sql("sqlite", f"sqlite:///{path}")


def _postgresql(request: pytest.FixtureRequest) -> Place:
    url = request.getfixturevalue("postgresql_url")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"TRUNCATE {', '.join(name for name in METADATA.tables if name != 'meta')}")
        connection.execute("INSERT INTO changes (kind, record_id, committed_ms) VALUES ('', '', 0)")
    return _sql("postgresql", url, freshness_ms=2000)  # a busy machine is no reason to fail


def _sql(name: str, url: str, **usual: Any) -> Place:
    return Place(
        name, url, lambda **options: SqlStore(url, **{**usual, **options}), usual.get("freshness_ms", 0) / 1000
    )


PLACES = {"memory": _memory, "sqlite": _sqlite, "postgresql": _postgresql}


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """An empty place of every kind."""
    yield from _closing(PLACES[request.param](request))


@pytest.fixture(params=["sqlite", "postgresql"])
def shared(request: pytest.FixtureRequest) -> Iterator[Place]:
    """An empty place that processes can share."""
    yield from _closing(PLACES[request.param](request))


@pytest.fixture
def followed(request: pytest.FixtureRequest) -> Iterator[Place]:
    """An empty place on PostgreSQL, where a thread follows what others commit."""
    yield from _closing(_postgresql(request))


def _closing(made: Place) -> Iterator[Place]:
    yield made
    for store in made.opened:
        store.close()


@pytest.fixture
def store(place: Place) -> Store:
    """An empty store."""
    return place.open()
