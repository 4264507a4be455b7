"""One real server and one client runner for a whole run; progress goes to the terminal even when output is captured."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .client_runner import ClientRunner
from .environments import Environments
from .server import Server, running_server


def pytest_configure(config: pytest.Config) -> None:
    """One server and each client script once: all tests with these fixtures belong to one worker of a parallel run."""
    config.addinivalue_line("markers", "xdist_group(name): tests that one worker must run")


@pytest.fixture(scope="session")
def say(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Write one line to the terminal, past pytest's capture; standard error, which parallel workers share."""
    capture = request.config.pluginmanager.getplugin("capturemanager")

    def write(line: str) -> None:
        with capture.global_and_fixture_disabled():
            print(f"\n[sdk] {line}", end="", file=sys.stderr, flush=True)

    return write


@pytest.fixture(scope="session")
def sdk_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """``bitting serve`` on free ports with data of its own, stopped with SIGTERM at the end."""
    with running_server(tmp_path_factory.mktemp("sdk-server")) as server:
        yield server


@pytest.fixture(scope="session")
def client_runner(
    sdk_server: Server, tmp_path_factory: pytest.TempPathFactory, say: Callable[[str], None]
) -> ClientRunner:
    """The clients of that server. Environments that are missing are made on first use."""
    work: Path = tmp_path_factory.mktemp("sdk-exchange")
    return ClientRunner(sdk_server.credentials, work, Environments(say=say), say)
