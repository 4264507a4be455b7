"""``pytest-bitting``: fixtures for suites that test code against the clouds' KMS APIs.

::

    bitting_server   a server in developer mode, back to its seed before every test
    bitting_faults   .add("huawei", operation="encrypt-data", code="KMS.0104", count=1), .clear()
    bitting_clock    .advance("31d"), .set("2027-01-01T00:00:00Z"), .reset()

One server serves the whole run (one per xdist worker). The ini option ``bitting_seed`` names a seed file.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bitting.cli.values import find_row, moment_ms, span_ms
from bitting.testing.server import DevServer


def pytest_addoption(parser: pytest.Parser) -> None:
    """The ini option."""
    parser.addini("bitting_seed", "seed file (YAML) for bitting_server, relative to the ini file", default="")


@pytest.fixture(scope="session")
def bitting_process(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[DevServer]:
    """The server itself, started once."""
    named = str(pytestconfig.getini("bitting_seed"))
    seed = Path(pytestconfig.rootpath, named) if named else None
    server = DevServer(tmp_path_factory.mktemp("bitting") / "data", seed)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def bitting_server(bitting_process: DevServer) -> DevServer:
    """The server, back at its seed."""
    bitting_process.reset()
    return bitting_process


class Faults:
    """Fault rules of the running server; gone with the next test."""

    def __init__(self, server: DevServer) -> None:
        self._server = server

    def add(
        self,
        dialect: str,
        *,
        operation: str = "",
        code: str = "",
        probability: float = 1.0,
        count: int = 0,
        latency_ms: int = 0,
        account: str = "",
        effect: str = "",
    ) -> dict[str, Any]:
        """Inject a fault into matching requests.

        ``code``: any code of the dialect's catalogue; ``effect``: reset or truncate.
        """
        rule: dict[str, Any] = self._server.native.post(
            "dev/faults",
            {
                "dialect": dialect,
                "operation": operation,
                "code": code,
                "line": find_row(dialect, code, operation).line if code else 0,
                "percent": max(1, round(probability * 100)),
                "count": count,
                "latency_ms": latency_ms,
                "account_id": account,
                "effect": effect,
            },
        )["fault"]
        return rule

    def clear(self) -> None:
        """Delete every rule."""
        self._server.native.delete("dev/faults")


class Clock:
    """The running server's clock; back at the machine's time with the next test."""

    def __init__(self, server: DevServer) -> None:
        self._server = server

    def advance(self, span: str) -> int:
        """Move forward by ``31d``, ``12h30m``, ...; the new time in milliseconds since 1970."""
        return int(self._server.native.post("dev/clock", {"by_ms": span_ms(span)})["clock"]["now_ms"])

    def set(self, moment: str) -> int:
        """Set to an ISO 8601 time."""
        return int(self._server.native.post("dev/clock", {"to_ms": moment_ms(moment)})["clock"]["now_ms"])

    def reset(self) -> int:
        """Back to the machine's time."""
        return int(self._server.native.delete("dev/clock")["clock"]["now_ms"])


@pytest.fixture
def bitting_faults(bitting_server: DevServer) -> Faults:
    """Fault rules."""
    return Faults(bitting_server)


@pytest.fixture
def bitting_clock(bitting_server: DevServer) -> Clock:
    """The clock."""
    return Clock(bitting_server)
