"""A real ``bitting serve`` in a process of its own, for as long as a ``with`` block lasts."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_LOOPBACK = "127.0.0.1"
_READY_SECONDS = 60.0
_STOP_SECONDS = 20.0


class ServerFailedError(RuntimeError):
    """The server did not become ready or did not stop; the message holds the end of its log."""


@dataclass(frozen=True)
class Server:
    """A server that is answering. ``credentials`` is the file its clients are given."""

    pid: int
    data_dir: Path
    log: Path
    http: str
    https: str

    @property
    def credentials(self) -> Path:
        """The flat JSON object ``bitting serve`` wrote at its first start."""
        return self.data_dir / "credentials.json"


def free_ports(count: int) -> list[int]:
    """``count`` different ports nobody listens on at this moment."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind((_LOOPBACK, 0))
        return [int(each.getsockname()[1]) for each in sockets]
    finally:
        for each in sockets:
            each.close()


@contextmanager
def running_server(folder: Path, *, workers: int = 2) -> Iterator[Server]:
    """Start ``bitting serve`` with its data in ``folder``, wait until it is ready, stop it with SIGTERM by its pid.

    Raises ``ServerFailedError`` when it is not ready within a minute, writes no credentials, or does not drain.
    """
    plain, tls = free_ports(2)
    data_dir, log = folder / "data", folder / "server.log"
    command = [sys.executable, "-m", "bitting", "serve", "--data-dir", str(data_dir), "--workers", str(workers)]
    command += ["--http", f"{_LOOPBACK}:{plain}", "--https", f"{_LOOPBACK}:{tls}"]
    settings = {key: value for key, value in os.environ.items() if not key.startswith("BITTING_")}
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, cwd=folder, env=settings)
    try:
        server = Server(process.pid, data_dir, log, f"http://{_LOOPBACK}:{plain}", f"https://{_LOOPBACK}:{tls}")
        _wait_until_ready(process, plain, server)
        yield server
    finally:
        _stop(process, log)


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, server: Server) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    answer = "nothing"
    while time.monotonic() < deadline:
        if process.poll() is not None:
            msg = f"the server ended with {process.returncode} before it was ready\n{tail(server.log)}"
            raise ServerFailedError(msg)
        status, answer = _ready(port)
        if status == http.HTTPStatus.OK:
            _check_addresses(server)
            return
        time.sleep(0.05)
    msg = f"not ready after {_READY_SECONDS:.0f} s; /readyz said {answer}\n{tail(server.log)}"
    raise ServerFailedError(msg)


def _ready(port: int) -> tuple[int, str]:
    connection = http.client.HTTPConnection(_LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        response = connection.getresponse()
        return response.status, f"{response.status} {response.read(500).decode(errors='replace')}"
    except (OSError, http.client.HTTPException) as error:
        return 0, repr(error)
    finally:
        connection.close()


def _check_addresses(server: Server) -> None:
    """The credentials must lead clients to this server and not to an earlier one."""
    told = json.loads(server.credentials.read_text())
    if (told.get("http"), told.get("https")) != (server.http, server.https):
        msg = f"credentials.json names {told.get('http')} and {told.get('https')}, not this server"
        raise ServerFailedError(msg)


def _stop(process: subprocess.Popen[bytes], log: Path) -> None:
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        msg = f"still running {_STOP_SECONDS:.0f} s after SIGTERM\n{tail(log)}"
        raise ServerFailedError(msg) from None


def tail(log: Path, lines: int = 30) -> str:
    """The last lines of a log."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
