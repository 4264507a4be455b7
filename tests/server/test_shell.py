"""The shell over the wire: health, drain, odd requests, two workers that agree."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import ssl
import stat
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path

import pytest
from live import Live

from bitting.bench.signers import sdk_hmac


def post(server: Live, verb: str, payload: dict[str, object]) -> tuple[int, dict]:
    credentials = server.credentials
    # identical changes of one second would be one change and a replay
    payload = {"sequence": str(uuid.uuid4()), **payload}
    shot = sdk_hmac("test", credentials, credentials["project_id"], verb, payload)
    host, _, port = server.http.partition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=10)
    connection.request("POST", shot.path, shot.body, dict(shot.headers))
    answer = connection.getresponse()
    body = json.loads(answer.read())
    connection.close()
    return answer.status, body


def raw(server: Live, data: bytes) -> bytes:
    host, _, port = server.http.partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as wire:
        wire.sendall(data)
        parts = []
        while part := wire.recv(65536):
            parts.append(part)
    return b"".join(parts)


def test_alive_and_ready(live: Live) -> None:
    assert live.get("/healthz") == (200, b"alive\n")
    assert live.get("/readyz") == (200, b"ready\n")


def test_files_of_the_data_directory_are_their_owners_alone(live: Live) -> None:
    for name in ("credentials.json", "root.key", "bitting.db", "operator.token", "tls/ca.key", "tls/server.key"):
        assert stat.S_IMODE((live.directory / name).stat().st_mode) == 0o600, name
    assert stat.S_IMODE(Path(live.credentials["client_key_file"]).stat().st_mode) == 0o600


def test_credentials_have_every_promised_field(live: Live) -> None:
    assert set(live.credentials) >= {
        "region", "account_id", "access_key_id", "access_key_secret", "domain_id", "domain_name", "project_id",
        "project_name", "user_name", "user_password", "otc_project_id", "otc_project_name", "kms_instance_id",
        "client_key_file", "client_key_password", "ca_cert", "http", "https",
    }  # fmt: skip


def test_https_is_signed_by_the_ca_file(live: Live) -> None:
    context = ssl.create_default_context(cafile=live.credentials["ca_cert"])
    host, _, port = live.https.partition(":")
    for name in (host, "localhost"):
        connection = http.client.HTTPSConnection(host, int(port), timeout=10, context=context)
        connection._tunnel_host = None
        connection.sock = context.wrap_socket(socket.create_connection((host, int(port))), server_hostname=name)
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200
        connection.close()


def test_workers_agree_at_once(live: Live) -> None:
    """A key disabled through one connection is refused on the next request, whichever worker takes it."""
    _, made = post(live, "create-key", {"key_alias": f"agree-{time.time_ns()}"})
    key_id = made["key_info"]["key_id"]
    for _ in range(10):
        for _ in range(4):
            assert post(live, "encrypt-data", {"key_id": key_id, "plain_text": "x"})[0] == 200
        assert post(live, "disable-key", {"key_id": key_id})[0] == 200
        for _ in range(6):
            status, body = post(live, "encrypt-data", {"key_id": key_id, "plain_text": "x"})
            assert (status, body["error"]["error_code"]) == (400, "KMS.0209")
        assert post(live, "enable-key", {"key_id": key_id})[0] == 200


def test_a_request_under_way_is_answered_when_told_to_stop(tmp_path: Path) -> None:
    server = Live(tmp_path / "data")
    server.start()
    answers: list[int] = []
    going = threading.Event()

    def keep_creating() -> None:
        for number in range(1000):
            try:
                status, body = post(server, "create-key", {"key_alias": f"drain-{number}"})
            except (ConnectionError, http.client.RemoteDisconnected):
                return  # refused or never taken; nothing was acknowledged
            assert status == 200, body
            answers.append(status)
            going.set()

    threads = [threading.Thread(target=keep_creating, daemon=True) for _ in range(3)]
    threads = threads[:1]
    for thread in threads:
        thread.start()
    assert going.wait(10)
    assert server.stop() == 0
    for thread in threads:
        thread.join(10)
    acknowledged = len(answers)
    server.start()
    _, listed = post(server, "list-keys", {"limit": "1000"})
    assert len(listed["keys"]) >= acknowledged
    assert server.stop() == 0


def test_a_worker_that_dies_is_replaced(tmp_path: Path) -> None:
    server = Live(tmp_path / "data")
    server.start()
    assert server.process is not None
    listing = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    before = listing.read_text().split()
    os.kill(int(before[0]), signal.SIGKILL)
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        if set(listing.read_text().split()) - set(before):
            try:
                if server.get("/readyz")[0] == 200:
                    break
            except OSError:
                pass
        time.sleep(0.1)
    assert server.get("/readyz") == (200, b"ready\n")
    assert server.stop() == 0


def test_an_oversized_body_gets_its_row_and_does_not_fill_memory(live: Live) -> None:
    status, body = post(live, "encrypt-data", {"key_id": "x", "plain_text": "x" * 200_000})
    assert (status, body["error"]["error_code"]) == (400, "KMS.0203")


def test_a_url_as_host_is_tolerated(live: Live) -> None:
    answer = raw(live, b"GET /healthz HTTP/1.1\r\nHost: http://127.0.0.1:8750\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200")


def test_bytes_that_are_no_request_do_no_harm(live: Live) -> None:
    raw(live, b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n")
    raw(live, b"GET / HTTP/9.9\r\nConnection: close\r\n\r\n")
    assert live.get("/healthz")[0] == 200


def test_unknown_paths_are_json(live: Live) -> None:
    for path in ("/favicon.ico", "/v1.0/x/kms/nope", "/v3/nope", "/bitting/v1/nope"):
        status, body = live.get(path)
        assert 400 <= status < 500
        assert isinstance(json.loads(body), dict)


def test_what_is_logged_holds_no_secret(live: Live) -> None:
    credentials = live.credentials
    post(live, "encrypt-data", {"key_id": "x", "plain_text": "very-secret-plaintext"})
    time.sleep(0.3)
    text = live.output() + "".join(path.read_text() for path in (live.directory / "audit").glob("*.jsonl"))
    assert "EncryptData" in text or "encrypt-data" in text
    for secret in (credentials["access_key_secret"], credentials["user_password"], "very-secret-plaintext"):
        assert secret not in text


def test_the_next_start_with_a_missing_root_key_says_so(tmp_path: Path) -> None:
    server = Live(tmp_path / "data")
    server.start()
    assert server.stop() == 0
    (server.directory / "root.key").unlink()
    with pytest.raises(RuntimeError, match=r"root\.key"):
        server.start()


def test_a_second_server_on_the_same_port_is_refused(live: Live, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bitting", "serve", "--data-dir", str(tmp_path / "data"), "--http", live.http]
    done = subprocess.run([*command, "--https", ""], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert "choose another with --http" in done.stderr
