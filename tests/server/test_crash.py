"""kill -9 at random moments: whatever was acknowledged is there afterwards.

Clients create keys as fast as they are answered and write down each id they were given; the whole server, parent
and workers, is killed after a random time; the next start must know every id. ``BITTING_KILLS`` sets how often.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import threading
import time
from pathlib import Path

import pytest
from live import Live

from bitting.bench.signers import Credentials, sdk_hmac

KILLS = int(os.environ.get("BITTING_KILLS", "200"))
CLIENTS = 3


def call(server: Live, credentials: Credentials, verb: str, payload: dict[str, object]) -> tuple[int, dict]:
    shot = sdk_hmac("crash", credentials, credentials["project_id"], verb, payload)
    host, _, port = server.http.partition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=5)
    try:
        connection.request("POST", shot.path, shot.body, dict(shot.headers))
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


class Client(threading.Thread):
    """Creates keys and disables every other one until the server is gone."""

    def __init__(self, server: Live, name: str) -> None:
        super().__init__(daemon=True)
        self.server, self.prefix = server, name
        self.credentials = server.credentials
        self.states: dict[str, str] = {}
        self.broken: list[object] = []

    def run(self) -> None:
        number = 0
        try:
            while True:
                number += 1
                wanted = {"key_alias": f"{self.prefix}{number}"}
                status, body = call(self.server, self.credentials, "create-key", wanted)
                if status != 200:
                    self.broken.append((status, body))
                    return
                key_id = body["key_info"]["key_id"]
                self.states[key_id] = "2"
                if number % 2:
                    status, _ = self.disable(key_id)
                    if status == 200:
                        self.states[key_id] = "3"
        except (OSError, http.client.HTTPException, ValueError):
            return

    def disable(self, key_id: str) -> tuple[int, dict]:
        self.states[key_id] = "2 or 3"  # asked, not yet answered
        return call(self.server, self.credentials, "disable-key", {"key_id": key_id})


@pytest.mark.slow
@pytest.mark.xdist_group("crash")
def test_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    chance = random.Random(20261121)
    server = Live(tmp_path / "data")
    acknowledged: dict[str, str] = {}
    for round_number in range(KILLS):
        server.start()
        check(server, acknowledged)
        clients = [Client(server, f"r{round_number}c{number}-") for number in range(CLIENTS)]
        for client in clients:
            client.start()
        time.sleep(chance.uniform(0.005, 0.12))
        server.kill()
        for client in clients:
            client.join(timeout=10)
            assert not client.is_alive()
            assert not client.broken
        acknowledged = {key: state for client in clients for key, state in client.states.items()}
    server.start()
    check(server, acknowledged)
    assert server.stop() == 0


def check(server: Live, acknowledged: dict[str, str]) -> None:
    credentials = server.credentials
    for key_id, state in acknowledged.items():
        status, body = call(server, credentials, "describe-key", {"key_id": key_id})
        assert status == 200, (key_id, body)
        assert body["key_info"]["key_state"] in state
