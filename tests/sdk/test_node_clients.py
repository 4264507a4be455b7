"""The Node clients: two that put everything into query or form, one that sends its body in chunks, one over HTTPS only.

They live in ``<cache>/node-<key>``, made by npm from ``node/package-lock.json`` (every package by version and hash).
Where node or npm is missing the tests are skipped.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from .client_runner import Outcome
from .environments import default_cache
from .server import Server

NODE_FILES = Path(__file__).parent / "node"
SECONDS = 300
WALKED = (
    *("CreateKey", "DescribeKey", "TagResource", "ListResourceTags", "Encrypt", "Decrypt", "GenerateDataKey"),
    *("AsymmetricSign and AsymmetricVerify", "404 Forbidden.KeyNotFound"),
)
STEPS = {
    "pop-core GET": WALKED,
    "pop-core POST": WALKED,
    "openapi-client": WALKED,
    "kms20160120": WALKED,
    "kms-sdk": ("CreateKey", "DescribeKey", "Encrypt and Decrypt", "ListKeys", "404 Forbidden.KeyNotFound"),
}
pytestmark = [
    pytest.mark.sdk,
    pytest.mark.xdist_group("sdk"),
    pytest.mark.skipif(not shutil.which("node") or not shutil.which("npm"), reason="node or npm is missing"),
]


def installed(say: Callable[[str], None]) -> Path:
    """The folder with the packages, made on first use."""
    key = hashlib.sha256((NODE_FILES / "package-lock.json").read_bytes()).hexdigest()[:16]
    folder = default_cache() / f"node-{key}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / "node.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            say(f"node clients: making {folder} (about ten seconds, once)")
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            for name in ("package.json", "package-lock.json", ".npmrc"):
                shutil.copy(NODE_FILES / name, folder / name)
            command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
            (folder / "ready").write_text("")
    return folder


@pytest.fixture(scope="session")
def outcomes(sdk_server: Server, say: Callable[[str], None]) -> dict[tuple[str, str], Outcome]:
    """Every step of every client, from one run of the script."""
    folder = installed(say)
    shutil.copy(NODE_FILES / "clients.js", folder / "clients.js")
    ca_file = json.loads(sdk_server.credentials.read_text())["ca_cert"]
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    surroundings = {**kept, "NODE_EXTRA_CA_CERTS": ca_file, "NO_PROXY": "127.0.0.1,localhost"}
    command = ["node", "clients.js", str(sdk_server.credentials)]
    say("clients.js")
    done = subprocess.run(
        command, cwd=folder, env=surroundings, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert found, done.stderr
    return {(item["client"], item["operation"]): Outcome(**item) for item in found}


@pytest.mark.parametrize(("client", "step"), [(client, step) for client, steps in STEPS.items() for step in steps])
def test_node_client(outcomes: dict[tuple[str, str], Outcome], client: str, step: str) -> None:
    outcome = outcomes[client, step]
    assert outcome.ok, outcome.error
