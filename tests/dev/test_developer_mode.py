"""Developer mode as its users meet it: through the pytest plugin, the command line and real requests."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from live import Live

from bitting.bench.signers import openapi_v3, sdk_hmac
from bitting.cli.client import CommandError, connect
from bitting.cli.values import find_row
from bitting.core.model.service import DevClock, FaultRule
from bitting.settings import SettingsError, load
from bitting.stores.sql.store import SqlStore
from bitting.testing.server import DevServer

SEED = """
accounts:
  - keys:
      - id: 11111111-2222-4333-8444-555555555555
        material: AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=
        aliases: [alias/app]
        name: app
  - id: "2000000000000002"
    users: [{name: bob, password: secret-1}]
    access_keys: [{id: BOBKEY0001, secret: bobsecret}]
    projects: [{id: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, name: walled, shared: false}]
"""
KEY = "11111111-2222-4333-8444-555555555555"


@pytest.fixture(scope="module")
def seeded(tmp_path_factory):
    directory = tmp_path_factory.mktemp("dev")
    (directory / "seed.yaml").write_text(SEED)
    server = DevServer(directory / "data", directory / "seed.yaml", workers=2)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def server(seeded):
    seeded.reset()
    return seeded


def send(server, shot):
    host = server.http.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=10)
    connection.request("POST", shot.path, shot.body, dict(shot.headers))
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, json.loads(body)


def kms(server, verb, payload, project=""):
    return send(server, sdk_hmac("t", server.credentials, project or server.credentials["project_id"], verb, payload))


def add(server, **fields):
    return server.native.post("dev/faults", fields)["fault"]


def test_the_seed_is_there_under_its_own_ids(server):
    answer, body = kms(server, "encrypt-data", {"key_id": KEY, "plain_text": "x"})
    assert answer.status == 200
    assert body["key_id"] == KEY


def test_fixed_material_opens_what_another_server_sealed(server, tmp_path):
    (tmp_path / "seed.yaml").write_text(SEED)
    other = DevServer(tmp_path / "data", tmp_path / "seed.yaml")
    other.start()
    try:
        _, sealed = kms(other, "encrypt-data", {"key_id": KEY, "plain_text": "carried over"})
    finally:
        other.stop()
    _, opened = kms(server, "decrypt-data", {"cipher_text": sealed["cipher_text"]})
    assert opened["plain_text"] == "carried over"


def test_loading_the_seed_twice_changes_nothing(tmp_path):
    (tmp_path / "seed.yaml").write_text(SEED)
    first = DevServer(tmp_path / "data", tmp_path / "seed.yaml")
    first.start()
    _, before = kms(first, "describe-key", {"key_id": KEY})
    first.stop()
    first.start()
    first.__dict__.pop("native", None)
    _, after = kms(first, "describe-key", {"key_id": KEY})
    accounts = first.native.get("accounts")["accounts"]
    first.stop()
    assert before == after
    assert len(accounts) == 2


def test_every_response_and_only_developer_mode_says_so(server):
    answer, _ = kms(server, "describe-key", {"key_id": KEY})
    assert answer.getheader("x-bitting-mode") == "dev"


@pytest.mark.parametrize("line_of", ["KMS.0101", "KMS.0104", "KMS.0209", "KMS.0320"])
def test_any_row_can_be_met_on_purpose(server, line_of):
    row = find_row("huawei", line_of, "encrypt-data")
    add(server, dialect="huawei", operation="encrypt-data", line=row.line, code=row.code, count=1)
    answer, body = kms(server, "encrypt-data", {"key_id": KEY, "plain_text": "x"})
    assert (answer.status, body["error"]) == (row.status, {"error_code": row.code, "error_msg": row.message})
    assert kms(server, "encrypt-data", {"key_id": KEY, "plain_text": "x"})[0].status == 200


def test_a_rule_counts_across_workers(server):
    row = find_row("huawei", "KMS.0104", "")
    add(server, dialect="huawei", line=row.line, code=row.code, count=5)
    statuses = [kms(server, "describe-key", {"key_id": KEY})[0].status for _ in range(20)]
    assert statuses.count(503) == 5


def test_a_rule_for_one_operation_and_account_leaves_others_alone(server):
    row = find_row("huawei", "KMS.0104", "")
    add(server, dialect="huawei", operation="gen-random", account_id="2000000000000002", line=row.line)
    assert kms(server, "gen-random", {"random_data_length": "512"})[0].status == 200


def test_throttling_carries_what_the_sdk_waits_for(server):
    row = find_row("alibaba_openapi", "Rejected.Throttling", "Encrypt")
    add(server, dialect="alibaba_openapi", line=row.line, code=row.code, count=1)
    answer, body = send(server, openapi_v3(server.credentials, KEY, b"x"))
    assert (answer.status, body["Code"], body["Message"]) == (429, "Rejected.Throttling", "QPS Limit Exceeded")
    assert int(answer.getheader("x-acs-retry-after")) > 0


def test_latency(server):
    add(server, dialect="huawei", operation="encrypt-data", latency_ms=300, count=1)
    started = time.monotonic()
    assert kms(server, "encrypt-data", {"key_id": KEY, "plain_text": "x"})[0].status == 200
    assert time.monotonic() - started >= 0.3


@pytest.mark.parametrize("effect", ["reset", "truncate"])
def test_a_broken_connection(server, effect):
    add(server, dialect="huawei", operation="encrypt-data", effect=effect, count=1)
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        kms(server, "encrypt-data", {"key_id": KEY, "plain_text": "x"})
    assert kms(server, "encrypt-data", {"key_id": KEY, "plain_text": "x"})[0].status == 200


def test_a_deletion_window_passes_in_no_time(server):
    assert kms(server, "schedule-key-deletion", {"key_id": KEY, "pending_days": "30"})[0].status == 200
    server.native.post("dev/clock", {"by_ms": 29 * 86_400_000})
    assert kms(server, "describe-key", {"key_id": KEY})[0].status == 200
    server.native.post("dev/clock", {"by_ms": 2 * 86_400_000})
    answer, body = kms(server, "describe-key", {"key_id": KEY})
    assert (answer.status, body["error"]["error_code"]) == (404, "KMS.0207")


def test_reset_brings_everything_back_fast(server):
    for number in range(20):
        kms(server, "create-key", {"key_alias": f"k{number}"})
    kms(server, "schedule-key-deletion", {"key_id": KEY, "pending_days": "7"})
    server.native.post("dev/clock", {"by_ms": 86_400_000})
    add(server, dialect="huawei", latency_ms=1)
    server.reset()
    assert server.native.get("dev/faults")["faults"] == []
    assert server.native.get("dev/clock")["clock"]["offset_ms"] == 0
    _, listed = kms(server, "list-keys", {})
    assert listed["keys"] == [KEY]
    assert kms(server, "encrypt-data", {"key_id": KEY, "plain_text": "x"})[0].status == 200


@pytest.mark.parametrize(
    ("state", "code"),
    [("frozen", "KMS.0328"), ("unverified", "KMS.0314")],
)
def test_account_states_are_met_by_huawei_clients(server, state, code):
    account = server.credentials["account_id"]
    server.native.put(f"accounts/{account}/state", {"state": state})
    answer, body = kms(server, "describe-key", {"key_id": KEY})
    assert (answer.status, body["error"]["error_code"]) == (403, code)


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("in_debt", "Forbidden.InDebt"),
        ("overdue", "Forbidden.InDebtOverdue"),
        ("at_risk", "Forbidden.ProhibitedByRiskControl"),
        ("not_enabled", "Forbidden.KmsServiceNotEnabled"),
        ("invalid_user", "Forbidden.UbsmsInvalidUserid"),
        ("invalid_partner", "Forbidden.UbsmsInvalidBid"),
    ],
)
def test_account_states_are_met_by_alibaba_clients(server, state, code):
    server.native.put(f"accounts/{server.credentials['account_id']}/state", {"state": state})
    answer, body = send(server, openapi_v3(server.credentials, KEY, b"x"))
    assert (answer.status, body["Code"]) == (403, code)


def test_a_walled_project_sees_nothing_of_another_account(server):
    bob = {**server.credentials, "access_key_id": "BOBKEY0001", "access_key_secret": "bobsecret"}
    answer, body = send(server, sdk_hmac("t", bob, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "describe-key", {"key_id": KEY}))
    assert (answer.status, body["error"]["error_code"]) == (404, "KMS.0207")


def test_maintenance_and_replica(server):
    server.native.put("switches", {"values": {"replica": True}})
    answer, body = kms(server, "create-key", {"key_alias": "x"})
    assert (answer.status, body["error"]["error_code"]) == (400, "KMS.0106")
    assert kms(server, "describe-key", {"key_id": KEY})[0].status == 200
    server.native.put("switches", {"values": {"replica": False, "maintenance": "upgrade"}})
    assert kms(server, "describe-key", {"key_id": KEY})[0].status == 503
    assert send(server, openapi_v3(server.credentials, KEY, b"x"))[1]["Code"] == "ServiceUnavailableTemporary"


def test_quotas(server):
    ring = next(
        project["ring"]
        for project in server.native.get(f"accounts/{server.credentials['account_id']}/projects")["projects"]
        if project["id"] == server.credentials["project_id"]
    )
    server.native.put(f"quotas/{ring}/keys", {"limit": 1})
    answer, body = kms(server, "create-key", {"key_alias": "one-more"})
    assert (answer.status, body["error"]["error_code"]) == (400, "KMS.1105")


def test_real_rates(server):
    server.native.put("switches", {"values": {"rates": "4"}})
    statuses = {kms(server, "describe-key", {"key_id": KEY})[0].status for _ in range(40)}
    assert statuses == {200, 429}


def test_a_frozen_key(server):
    server.native.post(f"keys/{KEY}/freeze")
    answer, body = kms(server, "encrypt-data", {"key_id": KEY, "plain_text": "x"})
    assert (answer.status, body["error"]["error_code"]) == (400, "KMS.0320")
    server.native.post(f"keys/{KEY}/unfreeze")
    assert kms(server, "encrypt-data", {"key_id": KEY, "plain_text": "x"})[0].status == 200


def test_an_access_key_switched_off(server):
    access_key = server.credentials["access_key_id"]
    server.native.put(f"access-keys/{access_key}", {"enabled": False})
    answer, body = send(server, openapi_v3(server.credentials, KEY, b"x"))
    assert (answer.status, body["Code"]) == (403, "Forbidden.AccessKey")
    server.native.put(f"access-keys/{access_key}", {"enabled": True})


def bitting(server, *words):
    command = [sys.executable, "-m", "bitting", *words, "--data-dir", str(server.directory)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_command_line_does_the_same(server):
    done = bitting(server, "faults", "add", "--dialect", "huawei", "--operation", "encrypt-data", "--code", "KMS.0104")
    assert done.returncode == 0, done.stderr
    assert "503 KMS.0104" in done.stdout
    assert kms(server, "encrypt-data", {"key_id": KEY, "plain_text": "x"})[0].status == 503
    assert "1 rule(s) cleared" in bitting(server, "faults", "clear").stdout
    assert "31 days" in bitting(server, "clock", "advance", "31d").stdout
    assert bitting(server, "clock", "reset").returncode == 0


def test_the_command_line_says_what_to_do(server):
    done = bitting(server, "faults", "add", "--dialect", "huawei", "--code", "KMS.9999")
    assert done.returncode == 1
    assert "bitting explain" in done.stderr


@pytest.fixture(scope="module")
def production(tmp_path_factory):
    server = Live(tmp_path_factory.mktemp("prod") / "data")
    server.start()
    yield server
    server.stop()


@pytest.mark.parametrize("path", ["dev/faults", "dev/reset", "dev/clock"])
@pytest.mark.parametrize("method", ["POST", "GET", "DELETE"])
def test_production_has_no_route_to_developer_mode(production, method, path):
    with pytest.raises(CommandError) as refused:
        connect(str(production.directory)).call(method, path, {})
    assert refused.value.status == 404


def test_production_does_not_say_dev(production):
    with urllib.request.urlopen(f"http://{production.http}/healthz", timeout=5) as answer:
        assert answer.headers["x-bitting-mode"] is None


def test_rules_left_in_a_production_database_strike_nothing(production):
    store = SqlStore(f"sqlite:///{production.directory / 'bitting.db'}")
    with store.begin(write=True) as uow:
        uow.of(FaultRule).add(FaultRule("f1", "huawei", "", "", 2, "x", 100, -1, 0, "", 0))
        uow.of(DevClock).add(DevClock("clock", 10**12))
    store.close()
    project = production.credentials["project_id"]
    shot = sdk_hmac("t", production.credentials, project, "list-keys", {})
    connection = http.client.HTTPConnection(production.http, timeout=10)
    connection.request("POST", shot.path, shot.body, dict(shot.headers))
    assert connection.getresponse().status == 200


def test_a_production_seal_refuses_developer_mode():
    with pytest.raises(SettingsError):
        load({"dev": True, "seal": "pkcs11"}, {})


def test_the_plugin_from_a_suite_of_its_own(tmp_path: Path):
    """A user's test file: a throttle, a 503, a debt-frozen account and a deletion date, without sleeping."""
    (tmp_path / "test_theirs.py").write_text(
        """
import http.client, json
from bitting.bench.signers import sdk_hmac

def kms(server, verb, payload):
    shot = sdk_hmac("t", server.credentials, server.credentials["project_id"], verb, payload)
    connection = http.client.HTTPConnection(server.http.removeprefix("http://"))
    connection.request("POST", shot.path, shot.body, dict(shot.headers))
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())

def test_a_503(bitting_server, bitting_faults):
    bitting_faults.add("huawei", code="KMS.0104", operation="create-key", count=1)
    assert kms(bitting_server, "create-key", {"key_alias": "a"})[0] == 503
    assert kms(bitting_server, "create-key", {"key_alias": "a"})[0] == 200

def test_a_deletion_date(bitting_server, bitting_clock):
    _, made = kms(bitting_server, "create-key", {"key_alias": "a"})
    key = made["key_info"]["key_id"]
    kms(bitting_server, "schedule-key-deletion", {"key_id": key, "pending_days": 30})
    bitting_clock.advance("31d")
    assert kms(bitting_server, "describe-key", {"key_id": key})[0] == 404

def test_settings(bitting_server):
    for name in ("alibaba_openapi", "alibaba_instance", "huawei", "otc"):
        assert all(getattr(bitting_server, name).values())
"""
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout
