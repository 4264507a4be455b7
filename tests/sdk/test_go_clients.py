"""golangsdk, unmodified: the Go SDK below HashiCorp's Huawei Cloud wrapper and older Terraform resources.

The program in ``go`` is built with the modules that its ``go.sum`` names by hash, once, into ``<cache>/go-<key>``.
Where go is missing the tests are skipped.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from .client_runner import Outcome
from .environments import default_cache
from .server import Server

GO_FILES = Path(__file__).parent / "go"
BUILD_SECONDS, RUN_SECONDS = 900, 120
#: Signing in by password and by access key; with ``/v3`` in the address, and without, where the root is asked first.
CLIENTS = ("password", "access-key", "password-v3", "access-key-v3")
STEPS = (
    *("sign in", "create", "describe", "list", "encrypt and decrypt", "data key"),
    *("description", "schedule deletion", "404 of an unknown key"),
)
pytestmark = [
    pytest.mark.sdk,
    pytest.mark.xdist_group("sdk"),
    pytest.mark.skipif(not shutil.which("go"), reason="go is missing"),
]


def built(say: Callable[[str], None]) -> Path:
    """The program, built on first use."""
    sources = b"".join((GO_FILES / name).read_bytes() for name in ("go.mod", "go.sum", "golangsdk.go"))
    folder = default_cache() / f"go-{hashlib.sha256(sources).hexdigest()[:16]}"
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "golangsdk"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not program.exists():
            say(f"golangsdk: building {program} (once; minutes where nothing of go is built yet)")
            command = ["go", "build", "-mod=readonly", "-o", str(program), "."]
            done = subprocess.run(
                command, cwd=GO_FILES, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False
            )
            assert done.returncode == 0, done.stderr
    return program


@pytest.fixture(scope="session")
def outcomes(sdk_server: Server, say: Callable[[str], None]) -> dict[tuple[str, str], Outcome]:
    """Every step of every way to sign in, from one run of the program."""
    command = [str(built(say)), str(sdk_server.credentials)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=RUN_SECONDS, check=False)
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert found, done.stderr
    return {(item["client"], item["operation"]): Outcome(**item) for item in found}


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("step", STEPS)
def test_go_client(outcomes: dict[tuple[str, str], Outcome], client: str, step: str) -> None:
    outcome = outcomes[client, step]
    assert outcome.ok, outcome.error
