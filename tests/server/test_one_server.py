"""One server per data directory, and no worker without its parent: with real processes."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from live import Live

from bitting.server import lock
from bitting.testing.server import free_port


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until_gone(pids: list[int], seconds: float) -> float:
    begun = time.monotonic()
    while any(map(alive, pids)):
        assert time.monotonic() - begun < seconds, f"still there: {[pid for pid in pids if alive(pid)]}"
        time.sleep(0.02)
    return time.monotonic() - begun


def start_again(directory: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bitting", "serve", "--data-dir", str(directory)]
    command += ["--http", f"127.0.0.1:{free_port()}", "--https", "", "--workers", "1"]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def test_workers_end_within_two_seconds_of_their_parent_and_the_next_start_works(tmp_path: Path) -> None:
    server = Live(tmp_path / "data", workers=2)
    server.start()
    assert server.process is not None
    workers = children(server.process.pid)
    assert len(workers) == 2
    server.process.kill()
    server.process.wait()
    wait_until_gone(workers, 2)
    server.start()
    assert server.stop() == 0


def test_a_start_right_after_a_kill_waits_for_the_workers_that_are_ending(tmp_path: Path) -> None:
    server = Live(tmp_path / "data", workers=2)
    server.start()
    assert server.process is not None
    workers = children(server.process.pid)
    server.process.kill()
    server.process.wait()
    again = Live(server.directory)  # ports of its own, so that nobody else answers for it
    again.start()
    assert not any(map(alive, workers))
    assert again.stop() == 0


def test_a_worker_that_is_busy_draining_ends_too(tmp_path: Path) -> None:
    """A request that never comes to its end holds up a stop; with nobody in charge it is not waited for."""
    import socket  # noqa: PLC0415

    server = Live(tmp_path / "data", workers=1)
    server.start()
    assert server.process is not None
    workers = children(server.process.pid)
    host, _, port = server.http.partition(":")
    with socket.create_connection((host, int(port))) as open_request:
        open_request.sendall(b"POST /healthz HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf")
        time.sleep(0.2)
        server.process.kill()
        server.process.wait()
        wait_until_gone(workers, 2)


def test_a_second_server_on_the_same_directory_is_refused(tmp_path: Path) -> None:
    server = Live(tmp_path / "data")
    server.start()
    assert server.process is not None
    again = start_again(server.directory)
    assert again.returncode == 1
    assert again.stderr == (
        f"bitting: cannot start: {server.directory}: the server with process id {server.process.pid} runs on this data "
        "directory; stop it, or choose another with --data-dir\n"
    )
    assert server.get("/readyz")[0] == 200
    assert server.stop() == 0
    assert (server.directory / lock.LOCK_NAME).stat().st_mode & 0o777 == 0o600
    server.start()
    assert server.stop() == 0


def test_servers_with_a_directory_each_do_not_meet(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    held = [lock.acquire(tmp_path / name) for name in ("one", "two")]
    for descriptor in held:
        os.close(descriptor)


def test_a_lock_whose_holder_is_gone_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the workers of a killed server leave: the lock still held, the process id of nobody."""
    monkeypatch.setattr(lock, "WAIT_SECONDS", 0.3)
    holder = os.open(tmp_path / lock.LOCK_NAME, os.O_RDWR | os.O_CREAT)
    fcntl.flock(holder, fcntl.LOCK_EX)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    os.pwrite(holder, f"{ended.pid}\n".encode(), 0)
    with pytest.raises(lock.DirectoryInUse, match=f"process id {ended.pid}"):
        lock.acquire(tmp_path)
    os.close(holder)
    descriptor = lock.acquire(tmp_path)
    assert os.pread(descriptor, 32, 0) == f"{os.getpid()}\n".encode()
    os.close(descriptor)


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_still_drains(tmp_path: Path, told: signal.Signals) -> None:
    server = Live(tmp_path / "data", workers=2)
    server.start()
    assert server.process is not None
    workers = children(server.process.pid)
    server.process.send_signal(told)
    assert server.process.wait(timeout=20) == 0
    wait_until_gone(workers, 1)
