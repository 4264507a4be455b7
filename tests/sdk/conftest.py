"""One real server and one rig for the whole session; progress goes to the terminal even when output is captured."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .environments import Environments
from .rig import Rig
from .server import Server, running_server


@pytest.fixture(scope="session")
def say(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Write one line to the terminal, past pytest's capture."""
    capture = request.config.pluginmanager.getplugin("capturemanager")

    def write(line: str) -> None:
        with capture.global_and_fixture_disabled():
            print(f"\n[sdk] {line}", end="", flush=True)

    return write


@pytest.fixture(scope="session")
def sdk_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """``bitting serve`` on free ports with data of its own, stopped with SIGTERM at the end."""
    with running_server(tmp_path_factory.mktemp("sdk-server")) as server:
        yield server


@pytest.fixture(scope="session")
def rig(sdk_server: Server, tmp_path_factory: pytest.TempPathFactory, say: Callable[[str], None]) -> Rig:
    """The clients of that server. Environments that are missing are made on first use."""
    work: Path = tmp_path_factory.mktemp("sdk-exchange")
    return Rig(sdk_server.credentials, work, Environments(say=say), say)
