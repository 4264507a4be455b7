"""A server for a test suite: on free ports, in a directory of its own, stopped by its process id."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from bitting.cli.client import Native, connect

START_SECONDS = 30.0


def free_port() -> int:
    """A free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class DevServer:
    """``bitting serve --dev``. ``seed``: a seed file, or None. Raises ``RuntimeError`` if it does not start."""

    directory: Path
    seed: Path | None = None
    workers: int = 1
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it can answer key operations."""
        self._ports = free_port(), free_port()
        command = [sys.executable, "-m", "bitting", "serve", "--dev", "--data-dir", str(self.directory)]
        command += ["--http", self.http.removeprefix("http://"), "--https", self.https.removeprefix("https://")]
        command += ["--workers", str(self.workers), *(["--seed", str(self.seed)] if self.seed else [])]
        self.directory.parent.mkdir(parents=True, exist_ok=True)
        log = self.directory.with_suffix(".log")
        with log.open("wb") as file:
            self.process = subprocess.Popen(command, stdout=file, stderr=file)  # noqa: S603 - our own program
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(log.read_text(errors="replace"))
            if self._ready():
                return
            time.sleep(0.02)
        self.stop()
        msg = f"not ready after {START_SECONDS:.0f} s: {log.read_text(errors='replace')}"
        raise RuntimeError(msg)

    def _ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self._ports[0], timeout=2)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        """SIGTERM to the process this started, and wait for it to drain."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=40)

    @property
    def http(self) -> str:
        """Base URL of the plain listener."""
        return f"http://127.0.0.1:{self._ports[0]}"

    @property
    def https(self) -> str:
        """Base URL of the TLS listener."""
        return f"https://127.0.0.1:{self._ports[1]}"

    @cached_property
    def credentials(self) -> Mapping[str, str]:
        """``credentials.json``."""
        held: dict[str, str] = json.loads((self.directory / "credentials.json").read_text())
        return held

    @cached_property
    def native(self) -> Native:
        """The native API, as the operator."""
        return connect(str(self.directory))

    def reset(self) -> None:
        """Every record back to the seed, no fault rules, no moved clock. Takes tens of milliseconds."""
        self.native.post("dev/reset")

    @property
    def alibaba_openapi(self) -> dict[str, Any]:
        """Keyword arguments for ``alibabacloud_tea_openapi.models.Config``."""
        return {
            "endpoint": self.http.removeprefix("http://"),
            "protocol": "http",
            "region_id": self.credentials["region"],
            "access_key_id": self.credentials["access_key_id"],
            "access_key_secret": self.credentials["access_key_secret"],
        }

    @property
    def alibaba_instance(self) -> dict[str, Any]:
        """Keyword arguments for ``openapi.models.Config`` of alibabacloud-dkms-gcs (https, with the CA file)."""
        return {
            "endpoint": self.https.removeprefix("https://"),
            "protocol": "https",
            "client_key_file": self.credentials["client_key_file"],
            "password": self.credentials["client_key_password"],
            "ca_file_path": self.credentials["ca_cert"],
        }

    @property
    def huawei(self) -> dict[str, Any]:
        """``endpoint`` for ``with_endpoint`` and what ``BasicCredentials`` takes: ``ak``, ``sk``, ``project_id``."""
        return {
            "endpoint": self.http,
            "ak": self.credentials["access_key_id"],
            "sk": self.credentials["access_key_secret"],
            "project_id": self.credentials["project_id"],
        }

    @property
    def otc(self) -> dict[str, Any]:
        """Keyword arguments for ``openstack.connect`` (then ``otcextensions.sdk.register_otc_extensions``)."""
        return {
            "auth_url": f"{self.http}/v3",
            "username": self.credentials["user_name"],
            "password": self.credentials["user_password"],
            "user_domain_name": self.credentials["domain_name"],
            "project_id": self.credentials["otc_project_id"],
            "region_name": self.credentials["region"],
        }

    @property
    def environment(self) -> dict[str, str]:
        """Variables that point command lines at this server: credentials, endpoints, the CA file."""
        region = self.credentials["region"].upper().replace("-", "_")
        return {
            **os.environ,
            "HUAWEICLOUD_SDK_AK": self.credentials["access_key_id"],
            "HUAWEICLOUD_SDK_SK": self.credentials["access_key_secret"],
            "HUAWEICLOUD_SDK_PROJECT_ID": self.credentials["project_id"],
            "HUAWEICLOUD_SDK_IAM_ENDPOINT": self.http,
            f"HUAWEICLOUD_SDK_REGION_KMS_{region}": self.http,
            f"HUAWEICLOUD_SDK_REGION_CSMS_{region}": self.http,
            "ALIBABA_CLOUD_CA_BUNDLE": self.credentials["ca_cert"],
            "SSL_CERT_FILE": self.credentials["ca_cert"],
        }
