"""A real server in a process of its own, for tests: starts, waits until ready, stops by its own pid."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from bitting.testing.server import free_port


class Live:
    """``bitting serve`` on free ports."""

    def __init__(self, directory: Path, workers: int = 1, **environment: str) -> None:
        self.directory = directory
        self.workers = workers
        self.http, self.https = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
        self.environment = {**os.environ, **environment}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, seconds: float = 60) -> None:
        command = [sys.executable, "-m", "bitting", "serve", "--data-dir", str(self.directory)]
        command += ["--http", self.http, "--https", self.https, "--workers", str(self.workers)]
        self.directory.parent.mkdir(parents=True, exist_ok=True)
        self.log = (self.directory.parent / f"{self.directory.name}.log").open("ab")
        self.process = subprocess.Popen(
            command, stdout=self.log, stderr=self.log, env=self.environment, start_new_session=True
        )
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(self.output())
            try:
                if self.get("/readyz")[0] == 200:
                    return
            except OSError:
                time.sleep(0.02)
        raise TimeoutError(self.output())

    def output(self) -> str:
        return (self.directory.parent / f"{self.directory.name}.log").read_text()

    def get(self, path: str) -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(f"http://{self.http}{path}", timeout=5) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    @property
    def credentials(self) -> dict[str, str]:
        return json.loads((self.directory / "credentials.json").read_text())

    def kill(self) -> None:
        """kill -9 to the whole process group: parent and workers at once."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=40)
