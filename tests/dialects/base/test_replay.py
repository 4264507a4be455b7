"""A signed request is good once: in every dialect, with and without a nonce."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from huawei.conftest import ApiClient as HuaweiClient

from bitting.core.model.identity import Principal
from bitting.core.use_case import RequestContext
from bitting.core.usecases.operator import service
from bitting.server.nonces import SharedNonces
from bitting.stores.sql.schema import migrate
from bitting.stores.sql.spent import SqlSpentProofs

NOW = 1_795_262_400_000


def refusal(response: Any) -> tuple[int, str]:
    body = json.loads(response.body)
    error = body.get("error", body)
    return response.status, error.get("error_code") or error.get("Code")


@pytest.fixture
def huawei(runtime: Any) -> HuaweiClient:
    return HuaweiClient(runtime)


def test_a_captured_change_does_nothing_again(huawei: HuaweiClient, runtime: Any) -> None:
    key_id = huawei.key()
    runtime.guard(SharedNonces(64))
    captured = huawei.signer.sign(huawei.request("disable-key", {"key_id": key_id}))
    assert huawei.send(replayed(captured)).status == 200
    assert huawei.ask("enable-key", {"key_id": key_id})[0] == 200
    assert refusal(huawei.send(replayed(captured))) == (403, "KMS.0302")
    runtime.clock.advance(seconds=14 * 60)
    assert refusal(huawei.send(replayed(captured))) == (403, "KMS.0302")
    assert huawei.ok("describe-key", key_id=key_id)["key_info"]["key_state"] == "2"


def replayed(request: Any) -> Any:
    """The same bytes once more."""
    from dataclasses import replace  # noqa: PLC0415

    return replace(request, proof=None, headers=dict(request.headers))


def test_reads_of_the_same_second_are_both_answered(huawei: HuaweiClient, runtime: Any) -> None:
    key_id = huawei.key()
    runtime.guard(SharedNonces(64))
    request = huawei.signer.sign(huawei.request("create-datakey", {"key_id": key_id, "datakey_length": "512"}))
    assert [huawei.send(replayed(request)).status for _ in range(3)] == [200, 200, 200]


def test_changes_of_the_same_second_are_both_made(huawei: HuaweiClient, runtime: Any, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/bitting.db"
    migrate(url)
    key_id = huawei.key()
    for strict, second in ((False, 200), (True, 403)):
        runtime.guard(SharedNonces(64), SqlSpentProofs(url), strict=strict)
        runtime.clock.advance(seconds=3)
        request = huawei.signer.sign(
            huawei.request("update-key-description", {"key_id": key_id, "key_description": "b"})
        )
        assert huawei.send(replayed(request)).status == 200
        runtime.clock.advance(seconds=1)
        assert huawei.send(replayed(request)).status == second
        runtime.clock.advance(seconds=1)
        assert refusal(huawei.send(replayed(request))) == (403, "KMS.0302")


def switch(runtime: Any, maintenance: str) -> None:
    operator = Principal("", "", "", "operator", (), operator=True)
    context = RequestContext("r", "test", "", "127.0.0.1")
    runtime.cache.refresh()
    order = service.SetSwitches({"maintenance": maintenance})
    runtime.gate.run(service.set_switches, operator, order, context, runtime.cache.loading)


def test_a_change_that_is_to_come_again_may(huawei: HuaweiClient, runtime: Any, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/bitting.db"
    migrate(url)
    key_id = huawei.key()
    runtime.guard(SharedNonces(64), SqlSpentProofs(url))
    request = huawei.signer.sign(huawei.request("disable-key", {"key_id": key_id}))
    switch(runtime, "moving")
    assert huawei.send(replayed(request), broken=True).status == 503
    runtime.broken.clear()  # what was reported is the maintenance
    switch(runtime, "")
    assert huawei.send(replayed(request)).status == 200
    runtime.clock.advance(seconds=2)
    assert refusal(huawei.send(replayed(request))) == (403, "KMS.0302")


def test_strict_spends_reads_too(huawei: HuaweiClient, runtime: Any) -> None:
    key_id = huawei.key()
    runtime.guard(SharedNonces(64), strict=True)
    request = huawei.signer.sign(huawei.request("create-datakey", {"key_id": key_id, "datakey_length": "512"}))
    assert huawei.send(replayed(request)).status == 200
    assert refusal(huawei.send(replayed(request))) == (403, "KMS.0302")


def test_a_signature_that_leaves_out_host_or_date_is_none(huawei: HuaweiClient) -> None:
    request = huawei.signer.sign(huawei.request("list-keys", {}))
    for name in ("host", "x-sdk-date"):
        authorization = request.headers["authorization"]
        start = authorization.index("SignedHeaders=") + len("SignedHeaders=")
        names = authorization[start:].split(",")[0]
        fewer = ";".join(part for part in names.split(";") if part != name)
        assert fewer != names
        bad = replayed(request)
        bad.headers["authorization"] = authorization.replace(names, fewer)
        assert refusal(huawei.send(bad)) == (403, "KMS.0302")


def test_spent_proofs_outlive_their_process(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bitting.db'}"
    migrate(url)
    one, two = SqlSpentProofs(url), SqlSpentProofs(url)
    assert one.spend("a", NOW + 1000, NOW)
    assert not one.spend("a", NOW + 1000, NOW)
    assert not two.spend("a", NOW + 1000, NOW + 999)
    assert two.spend("a", NOW + 5000, NOW + 1000)
    assert not one.spend("a", NOW + 9000, NOW + 2000)
    one.close()
    two.close()
    assert not SqlSpentProofs(url).spend("a", NOW + 9000, NOW + 2000)


def test_spent_proofs_are_bounded(tmp_path: Path) -> None:
    path = tmp_path / "bitting.db"
    migrate(f"sqlite:///{path}")
    spent = SqlSpentProofs(f"sqlite:///{path}", limit=10)
    for number in range(50):
        assert spent.spend(str(number), NOW + 10_000_000 + number, NOW + number * 61_000)
    with sqlite3.connect(path) as connection:
        assert connection.execute("select count(*) from spent_proofs").fetchone()[0] <= 12
        assert connection.execute("select count(*) from spent_proofs where id = '49'").fetchone()[0] == 1
