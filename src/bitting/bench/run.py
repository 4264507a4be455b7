"""Send each signed request with wrk for a few seconds, the echo route before and after, and print ratios.

::

    one worker, wrk beside it      requests/s by wrk, CPU per request from the worker's own clock (/proc)

Machines are noisy: only figures of one run are compared, as ratios to the echo route of the same run.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bitting.bench import management, signers
from bitting.bench.signers import SignedRequest
from bitting.core.gate import RequestContext
from bitting.core.usecases.iam.credentials import access_key
from bitting.core.usecases.keys import lifecycle as keys
from bitting.settings import load
from bitting.wiring import build, prepare

#: The limit: a hot encrypt of 1 KB with an AK/SK signature costs at most this many echo requests.
GUARD, GUARDED = 3.0, "huawei AK/SK"
_RATE = re.compile(r"Requests/sec:\s+([0-9.]+)")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Measured:
    """``cpu_us``: CPU microseconds of the worker per request."""

    name: str
    rate: float
    cpu_us: float


def main(seconds: float = 3.0, rounds: int = 3, connections: int = 16) -> int:
    """Print the table; 1 if the guard is broken or a request was refused."""
    wrk = shutil.which("wrk")
    if wrk is None:
        sys.stderr.write("bitting: bench needs wrk (apt-get install wrk)\n")
        return 1
    with tempfile.TemporaryDirectory(prefix="bitting-bench-") as directory:
        server = _Server(Path(directory))
        try:
            shots = server.start()
            for shot in shots:
                _try(server.http, shot)
            measured = _measure(wrk, server, shots, seconds, rounds, connections)
            hot = _report(measured)
            fast = management.measure(server.credentials, Console(stderr=True).print)
        finally:
            server.stop()
    return hot if fast else 1


class _Server:
    """A server of one worker on a free port with one AES key."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._process: subprocess.Popen[bytes] | None = None
        self.http = f"127.0.0.1:{_free_port()}"
        self.credentials: signers.Credentials = {}
        self.worker = 0

    def start(self) -> list[SignedRequest]:
        settings = load({"data_dir": str(self._directory), "http": self.http, "https": ""}, {})
        prepared = prepare(settings)
        credentials = json.loads(prepared.credentials.read_text())
        runtime = build(settings)
        held = access_key(runtime.gate.cache.loading, runtime.gate.vault, credentials["access_key_id"])
        assert held is not None  # noqa: S101 - prepare made it
        request_context = RequestContext("bench", "bench", "create", "127.0.0.1")
        key = runtime.gate.run(
            keys.create, held.principal, keys.CreateKey(), request_context, runtime.gate.cache.loading
        )
        management.fill(runtime.store, runtime.gate.entropy, key)
        runtime.close()
        self.credentials = credentials
        command = [sys.executable, "-m", "bitting", "serve", "--data-dir", str(self._directory), "--workers", "1"]
        command += ["--http", self.http, "--https", ""]
        environment = {**os.environ, "BITTING_ECHO": "true"}
        self._process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603 - our own program
        self._wait()
        pids = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        self.worker = int(pids[0])
        plaintext = b"k" * 1024
        makers = (signers.huawei, signers.otc, signers.openapi_v3, signers.openapi_v1, signers.instance)
        return [signers.echo(1500), *(make(credentials, key.id, plaintext) for make in makers)]

    def _wait(self) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"http://{self.http}/readyz", timeout=1):
                    return
            except OSError:
                time.sleep(0.05)
        msg = "the server did not become ready"
        raise TimeoutError(msg)

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(timeout=40)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _try(http: str, shot: SignedRequest) -> None:
    """Send one request first: a benchmark of refused requests would be worthless."""
    request = urllib.request.Request(f"http://{http}{shot.path}", shot.body, dict(shot.headers))
    try:
        with urllib.request.urlopen(request, timeout=5):
            return
    except urllib.error.HTTPError as error:
        msg = f"{shot.name}: {error.code} {error.read()!r}"
        raise RuntimeError(msg) from None


def _measure(
    wrk: str, server: _Server, shots: list[SignedRequest], seconds: float, rounds: int, connections: int
) -> dict[str, list[Measured]]:
    found: dict[str, list[Measured]] = {shot.name: [] for shot in shots}
    console = Console(stderr=True)
    for number in range(rounds):
        for shot in shots:
            console.print(f"round {number + 1} of {rounds}: {shot.name}", highlight=False)
            found[shot.name].append(_fire(wrk, server, shot, seconds, connections))
    return found


def _fire(wrk: str, server: _Server, shot: SignedRequest, seconds: float, connections: int) -> Measured:
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_lua(shot))
        script.flush()
        before = _cpu_seconds(server.worker)
        command = [wrk, "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "-s", script.name]
        done = subprocess.run(  # noqa: S603 - found by name, arguments ours
            [*command, f"http://{server.http}{shot.path}"], capture_output=True, text=True, check=True
        )
        spent = _cpu_seconds(server.worker) - before
    rate = _RATE.search(done.stdout)
    if rate is None or "Non-2xx" in done.stdout:
        msg = f"{shot.name}: {done.stdout}"
        raise RuntimeError(msg)
    count = int(re.search(r"(\d+) requests in", done.stdout).group(1))  # type: ignore[union-attr]
    return Measured(shot.name, float(rate.group(1)), spent / count * 1e6)


def _lua(shot: SignedRequest) -> str:
    """Wrk adds a second Host if a script sets one, so that one is left to it."""
    headers = "".join(
        f"wrk.headers[{json.dumps(k)}] = {json.dumps(v)}\n" for k, v in shot.headers.items() if k != "Host"
    )
    body = "".join(f"\\{byte:03d}" if not 48 <= byte < 123 or byte == 92 else chr(byte) for byte in shot.body)
    return f'wrk.method = "POST"\nwrk.body = "{body}"\n{headers}'


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _report(measured: dict[str, list[Measured]]) -> int:
    def median(values: list[float]) -> float:
        return sorted(values)[len(values) // 2]

    table = Table(title="Hot encrypt of 1 KB, one worker; ratios to the echo route of the same run")
    for column in ("request", "requests/s", "CPU us/request", "CPU vs echo"):
        table.add_column(column, justify="left" if column == "request" else "right")
    base = median([run.cpu_us for run in measured["echo"]])
    ratios = {}
    for name, runs in measured.items():
        cpu = median([run.cpu_us for run in runs])
        ratios[name] = cpu / base
        table.add_row(name, f"{median([run.rate for run in runs]):,.0f}", f"{cpu:.1f}", f"{cpu / base:.2f}")
    Console().print(table)
    held = ratios[GUARDED] <= GUARD
    Console().print(
        f"guard: {GUARDED} at most {GUARD:.1f} x echo: {'held' if held else 'BROKEN'} ({ratios[GUARDED]:.2f})"
    )
    return 0 if held else 1
