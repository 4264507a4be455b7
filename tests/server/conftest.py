"""A live server that every test of this folder may share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from live import Live


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    server = Live(tmp_path_factory.mktemp("live") / "data", workers=2)
    server.start()
    yield server
    assert server.stop() == 0, server.output()
