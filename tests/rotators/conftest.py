"""One server of each kind for the session."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from database_servers import MariadbServer, PostgresqlServer


@pytest.fixture(scope="session", params=[PostgresqlServer, MariadbServer], ids=["postgresql", "mariadb"])
def server(request: pytest.FixtureRequest) -> Iterator[Any]:
    if not request.param.there():
        pytest.skip(f"no programs of {request.param.engine} here (Debian: postgresql, mariadb-server)")
    running = request.param()
    yield running
    running.remove()
