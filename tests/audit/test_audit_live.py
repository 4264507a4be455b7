"""Real servers: what is recorded of a request, kill -9, a full disk, two workers."""

from __future__ import annotations

import http.client
import json
import os
import random
import resource
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parent.parent / "server"))

from live import Live
from trail_setup import SLOW, event, lines

from bitting.audit.writer import FileTrail
from bitting.bench.signers import sdk_hmac
from bitting.cli.audit import audit

KILLS = int(os.environ.get("BITTING_AUDIT_KILLS", "6"))
FLUSH_S = 0.3


def send(server: Live, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, dict[str, Any]]:
    host, _, port = server.http.partition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=10)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        body = answer.read()
        return answer.status, json.loads(body) if body.startswith((b"{", b"[")) else {}
    finally:
        connection.close()


def call(server: Live, verb: str, payload: dict[str, object], **changes: str) -> tuple[int, dict[str, Any]]:
    credentials = {**server.credentials, **changes}
    shot = sdk_hmac("test", credentials, credentials["project_id"], verb, payload)
    return send(server, "POST", shot.path, shot.body, **dict(shot.headers), User_Agent="audit-test/1")


def children(server: Live) -> list[int]:
    assert server.process is not None
    pid = server.process.pid
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Any:
    live = Live(tmp_path_factory.mktemp("audit") / "data", workers=2)
    live.start(seconds=60)
    yield live
    assert live.stop() == 0, live.output()


def last(server: Live, operation: str = "") -> dict[str, Any]:
    time.sleep(FLUSH_S)
    found = [line for line in lines(server.directory / "audit") if line["kind"] == "request"]
    return [line for line in found if operation in line["operation"]][-1]


def test_a_change_says_who_what_and_what_changed(server: Live) -> None:
    _, made = call(server, "create-key", {"key_alias": f"a-{time.time_ns()}"})
    key_id = made["key_info"]["key_id"]
    record = last(server, "create-key")
    assert record["changed"][0] == f"key/{key_id}:+"
    assert (record["outcome"], record["status"], record["code"]) == ("ok", 200, "")
    credentials = server.credentials
    assert (record["principal"], record["account_id"]) == (credentials["access_key_id"], credentials["account_id"])
    assert (record["user_agent"], record["source"], record["action"]) == ("audit-test/1", "127.0.0.1", "key:create")
    call(server, "disable-key", {"key_id": key_id})
    record = last(server, "disable-key")
    assert (record["key_id"], record["changed"]) == (key_id, [f"key/{key_id}:state"])
    status, body = call(server, "encrypt-data", {"key_id": key_id, "plain_text": "private words"})
    record = last(server, "encrypt-data")
    assert (record["key_id"], record["outcome"], record["changed"]) == (key_id, "KeyDisabled", [])
    assert (record["status"], record["code"]) == (status, body["error"]["error_code"])
    call(server, "enable-key", {"key_id": key_id})
    call(server, "encrypt-data", {"key_id": key_id, "plain_text": "private words"})
    assert last(server, "encrypt-data")["key_version"]
    assert "private words" not in "".join(path.read_text() for path in (server.directory / "audit").glob("*.jsonl"))


def test_who_was_claimed_on_a_failed_proof(server: Live) -> None:
    credentials = server.credentials
    call(server, "list-keys", {}, access_key_secret="wrong")
    record = last(server)
    assert (record["outcome"], record["claimed"], record["principal"]) == (
        "SignatureMismatch", credentials["access_key_id"], "",
    )  # fmt: skip
    user = {"name": "mallory", "password": "guessed-password", "domain": {"name": credentials["domain_name"]}}
    body = json.dumps({"auth": {"identity": {"methods": ["password"], "password": {"user": user}}}}).encode()
    status, _ = send(server, "POST", "/v3/auth/tokens", body, Content_Type="application/json")
    record = last(server)
    assert (status, record["outcome"], record["status"]) == (401, "WrongPassword", 401)
    assert record["claimed"] == f"{credentials['domain_name']}/mallory"
    send(server, "GET", "/bitting/v1/accounts", Authorization="Bearer not-the-token")
    record = last(server)
    assert record["claimed"].startswith("token:")
    assert record["dialect"] == "native"
    send(server, "GET", "/?Action=ListKeys&Version=2016-01-20&AccessKeyId=LTAI-other")
    assert last(server)["claimed"] == "LTAI-other"
    send(server, "POST", "/", b"x", x_kms_acccesskeyid="KAAP.someone", Content_Type="application/x-protobuf")
    assert last(server)["claimed"] == "KAAP.someone"
    text = "".join(path.read_text() for path in (server.directory / "audit").glob("*.jsonl"))
    assert not any(secret in text for secret in ("guessed-password", "not-the-token"))


def test_an_object_that_is_no_key_is_named(server: Live) -> None:
    send(server, "GET", "/bitting/v1/accounts/1234/projects", Authorization=f"Bearer {operator(server)}")
    assert last(server, "projects")["objects"] == ["account/1234"]


def test_uses_are_shown_to_operators_once_the_server_has_counted_them(tmp_path: Path) -> None:
    server = Live(tmp_path / "data")
    server.start(seconds=60)
    _, made = call(server, "create-key", {"key_alias": "used"})
    key_id = made["key_info"]["key_id"]
    for _ in range(3):
        call(server, "encrypt-data", {"key_id": key_id, "plain_text": "x"})
    assert server.stop() == 0
    server.start(seconds=60)
    shown = CliRunner().invoke(audit, ["usage", "--data-dir", str(server.directory), "--of", key_id, "--json"])
    assert shown.exit_code == 0, shown.output
    (usage,) = [json.loads(line) for line in shown.stdout.splitlines()]
    assert (usage["principal"], usage["count"]) == (server.credentials["access_key_id"], 3)
    shown = CliRunner().invoke(audit, ["usage", "--data-dir", str(server.directory), "--by", usage["principal"]])
    assert f"key/{key_id}" in shown.stdout
    status = json.loads(CliRunner().invoke(audit, ["status", "--data-dir", str(server.directory)]).stdout)
    assert (status["failing"], status["on_failure"]) == ("", "refuse")
    assert server.stop() == 0


def operator(server: Live) -> str:
    return (server.directory / "operator.token").read_text().strip()


def test_two_workers_make_one_chain(server: Live) -> None:
    for number in range(20):
        call(server, "create-key", {"key_alias": f"two-{number}-{time.time_ns()}"})
    time.sleep(FLUSH_S)
    found = lines(server.directory / "audit")
    assert [line["seq"] for line in found] == list(range(1, len(found) + 1))


@pytest.mark.slow
def test_every_acknowledged_change_is_recorded_however_it_ends(tmp_path: Path) -> None:
    chance, server = random.Random(640), Live(tmp_path / "data", workers=2)
    acknowledged: list[str] = []

    def create(round_number: int, client: int) -> None:
        try:
            for number in range(10_000):
                alias = f"r{round_number}-{client}-{number}"
                status, body = call(server, "create-key", {"key_alias": alias})
                assert status == 200
                acknowledged.append(body["key_info"]["key_id"])
        except (OSError, http.client.HTTPException, ValueError):
            return

    for round_number in range(KILLS):
        server.start(seconds=60)
        clients = [threading.Thread(target=create, args=(round_number, client)) for client in range(3)]
        for client in clients:
            client.start()
        time.sleep(chance.uniform(0.2, 0.5))
        server.kill()
        for client in clients:
            client.join()
    server.start(seconds=60)
    assert server.stop() == 0
    found = lines(server.directory / "audit")
    recorded = {line["changed"][0] for line in found if line.get("operation") == "create-key" and line["changed"]}
    missing = [key_id for key_id in acknowledged if f"key/{key_id}:+" not in recorded]
    print(f"{len(acknowledged)} acknowledged over {KILLS} kills, {len(missing)} not recorded")
    assert acknowledged
    assert missing == []
    assert [line["seq"] for line in found] == list(range(1, len(found) + 1))


@pytest.mark.slow
def test_a_file_that_cannot_grow_refuses_before_the_change_and_recovers(tmp_path: Path) -> None:
    """The limit on file sizes stands for a full disk; the trail is the largest file and meets it first."""
    server = Live(tmp_path / "data")
    server.start(seconds=60)
    assert server.stop() == 0
    held = trail_of(server)
    for number in range(25_000):
        held.record(event(number))
    held.close()
    server.start(seconds=60)
    (worker,) = children(server)
    size = max(path.stat().st_size for path in (server.directory / "audit").glob("0*.jsonl"))
    resource.prlimit(worker, resource.RLIMIT_FSIZE, (size + 1500, resource.RLIM_INFINITY))
    made, refused = [], 0
    for number in range(20):
        status, body = call(server, "create-key", {"key_alias": f"full-{number}"})
        assert status in {200, 503, 500}, body
        if status == 200:
            made.append(body["key_info"]["key_id"])
        refused += status == 503
    assert made
    assert refused >= 15
    assert server.get("/readyz") == (503, b"audit: File too large\n")
    resource.prlimit(worker, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    deadline = time.monotonic() + 5
    while server.get("/readyz")[0] != 200 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert call(server, "create-key", {"key_alias": "after"})[0] == 200
    assert server.stop() == 0
    found = lines(server.directory / "audit")
    creations = [line for line in found if line.get("operation") == "create-key"]
    assert {key_id for key_id in made if not any(f"key/{key_id}:+" in line["changed"] for line in creations)} == set()
    assert sum(line["status"] == 503 for line in creations) == refused
    listed = [line["changed"][0] for line in creations if line["changed"]]
    assert len(listed) == len(made) + 1, "nothing was changed that was answered as refused"


def trail_of(server: Live) -> Any:
    return FileTrail(server.directory / "audit", SLOW)
