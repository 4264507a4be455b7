"""One server process for all attacks, with two accounts; the second belongs to a neighbour."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from live import Live
from target import SEED, Target

from bitting.testing.server import free_port

# the throw-away database servers of the rotators' tests
sys.path.append(str(Path(__file__).parents[1] / "rotators"))


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    folder = tmp_path_factory.mktemp("attack")
    seed = folder / "seed.yaml"
    seed.write_text(json.dumps(SEED))  # JSON is YAML
    live = Live(folder / "data", BITTING_DEV="true", BITTING_SEED=str(seed))
    live.https = f"[::1]:{free_port()}"
    live.start(120)
    try:
        yield Target(live)
    finally:
        live.stop()


@pytest.fixture(scope="session")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server as an operator would run it: no developer mode."""
    live = Live(tmp_path_factory.mktemp("production") / "data")
    live.start(120)
    try:
        yield live
    finally:
        live.stop()
