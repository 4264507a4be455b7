"""A keystoneauth session gets itself another token before its token ends; the service ends it all the same.

A server in developer mode, its clock a day minus twenty seconds behind: what it issues ends in twenty seconds of the
client's time. keystoneauth renews what ends within thirty.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bitting.testing.server import DevServer

from .environments import Environments

pytestmark = [pytest.mark.sdk, pytest.mark.xdist_group("sdk")]
DAY_MS, LEFT_MS = 86_400_000, 20_000
SCRIPT = """
import json, sys
sys.path.insert(0, sys.argv[2])
from otc_sdk import connect, password
settings = json.load(open(sys.argv[1]))
connection = connect(settings, **password(settings))
tokens = []
for _ in range(3):
    tokens.append(connection.auth_token)
    connection.kms.get_instance_number()
print(json.dumps(tokens))
"""


def test_refreshed_before_it_ends(tmp_path: Path) -> None:
    server = DevServer(tmp_path / "data")
    server.start()
    try:
        server.native.post("dev/clock", {"by_ms": LEFT_MS - DAY_MS})
        python = str(Environments(say=lambda _line: None).python("otc"))
        clients = str(Path(__file__).parent / "clients")
        command = [python, "-c", SCRIPT, str(tmp_path / "data" / "credentials.json"), clients]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr
        tokens = json.loads(done.stdout)
        assert len(set(tokens)) == len(tokens) == 3
        server.native.post("dev/clock", {"by_ms": DAY_MS})
        used = subprocess.run(
            [sys.executable, "-c", ASK, server.http, server.credentials["otc_project_id"], tokens[-1]],
            capture_output=True, text=True, check=True, timeout=60,
        )  # fmt: skip
        assert json.loads(used.stdout) == [403, "KMS.0303"]
    finally:
        server.stop()


ASK = """
import json, sys, urllib.error, urllib.request
url = f"{sys.argv[1]}/v1.0/{sys.argv[2]}/kms/user-instances"
try:
    urllib.request.urlopen(urllib.request.Request(url, headers={"X-Auth-Token": sys.argv[3]}))
except urllib.error.HTTPError as error:
    print(json.dumps([error.code, json.loads(error.read())["error"]["error_code"]]))
"""
