"""Rows for failures of ours that nothing from outside can cause: met by developer mode's fault rules.

A real request of the dialect, a rule that pins the row, the whole pipeline between them.
"""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest
from runtime_in_memory import Runtime

from bitting.bench.signers import instance, openapi_v3, sdk_hmac
from bitting.core.gate import RequestContext
from bitting.core.model.service import FaultRule
from bitting.core.usecases.access.client_keys import CreateClientKey, issue
from bitting.core.usecases.iam.credentials import access_key
from bitting.core.usecases.keys import lifecycle as keys
from bitting.dialects.alibaba_instance.api_pb2 import Error
from bitting.dialects.alibaba_instance.dialect import AlibabaInstance
from bitting.dialects.alibaba_openapi.dialect import AlibabaOpenApi
from bitting.dialects.base.dialect import Dialect, Pipeline
from bitting.dialects.base.errors import Row
from bitting.dialects.base.fault_injector import RuleFaultInjector
from bitting.dialects.base.http import Request, Response
from bitting.dialects.huawei.dialect import Huawei
from bitting.dialects.otc import profile as otc
from bitting.dialects.registry import catalogues

ROWS = [
    row
    for catalogue in catalogues()
    if catalogue.dialect in {"alibaba_openapi", "alibaba_instance", "huawei", "otc"}
    for row in catalogue
    if row.reach == "fault"
]


def make(runtime: Runtime, name: str) -> Dialect:
    ports = (runtime.vault, runtime.clock, "cn-hangzhou")
    if name == "alibaba_openapi":
        return AlibabaOpenApi(*ports)
    if name == "alibaba_instance":
        return AlibabaInstance(*ports)
    return Huawei(*ports, otc.profile())


def meddle(runtime: Runtime) -> None:
    """Put developer mode's hand into the house's pipeline."""
    injector = RuleFaultInjector(runtime.gate, lambda _offset: None, catalogues())
    runtime.pipeline = Pipeline(runtime.gate, lambda _id, _error: None, injector)


def request_for(runtime: Runtime, row: Row, tmp_path: Any) -> Request:
    """A request that would succeed: an encryption, or for secrets their list."""
    founded = runtime.founded
    facts = {
        "http": "http://127.0.0.1:8750",
        "access_key_id": founded.access_key_id,
        "access_key_secret": founded.secret,
        "project_id": founded.project.id,
        "otc_project_id": founded.second_project.id,
    }
    held = access_key(runtime.cache.loading, runtime.vault, founded.access_key_id)
    assert held is not None
    request_context = RequestContext("r", "t", "create", "127.0.0.1")
    key = runtime.gate.run(keys.create, held.principal, keys.CreateKey(), request_context, runtime.cache.loading)
    if row.dialect == "alibaba_openapi":
        shot = openapi_v3(facts, key.id, b"x")
    elif row.dialect == "alibaba_instance":
        with runtime.store.begin(write=True) as uow:
            order = CreateClientKey(founded.access_point.name, "Passw0rd!")
            made = issue(uow, runtime.vault, runtime.entropy, runtime.clock.now_ms(), founded.access_point, order)
        (tmp_path / "key.json").write_text(made.file())
        where = {"client_key_file": str(tmp_path / "key.json"), "client_key_password": "Passw0rd!"}
        shot = instance({**facts, **where}, key.id, b"x")
    else:
        project = facts["otc_project_id" if row.dialect == "otc" else "project_id"]
        shot = sdk_hmac("t", facts, project, "encrypt-data", {"key_id": key.id, "plain_text": "x"})
    headers = {name.lower(): value for name, value in shot.headers.items()}
    headers.setdefault("host", "127.0.0.1:8750")
    return Request("POST", shot.path, "", headers, shot.body)


def seen(row: Row, response: Response) -> tuple[int, str, str]:
    """Status, code and text as the dialect's clients read them."""
    if row.dialect == "alibaba_instance":
        error = Error.FromString(response.body)
        return response.status, error.ErrorCode, error.ErrorMessage
    body = json.loads(response.body)
    if row.dialect == "alibaba_openapi":
        return response.status, body["Code"], body["Message"]
    error = body.get("error", body)
    return response.status, error["error_code"], error["error_msg"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.test_id)
def test_injected_row(runtime: Runtime, row: Row, tmp_path: Any) -> None:
    runtime.clock.ms = time.time_ns() // 1_000_000
    meddle(runtime)
    with runtime.store.begin(write=True) as uow:
        uow.of(FaultRule).add(FaultRule("f1", row.dialect, "", "", row.line, row.code, 100, 1, 0, "", 0))
    dialect = make(runtime, row.dialect)
    response = runtime.send(dialect, request_for(runtime, row, tmp_path))
    status, code, text = seen(row, response)
    assert (status, code) == (row.status, row.code)
    assert text.startswith(row.message.split("{", 1)[0])
    if "{" not in row.message:
        assert text == row.message
    with runtime.store.begin(write=False) as uow:
        assert uow.of(FaultRule).get("f1").left == 0


def test_a_rule_leaves_other_dialects_alone(runtime: Runtime, tmp_path: Any) -> None:
    runtime.clock.ms = time.time_ns() // 1_000_000
    meddle(runtime)
    row = next(row for row in ROWS if row.dialect == "huawei")
    with runtime.store.begin(write=True) as uow:
        uow.of(FaultRule).add(FaultRule("f1", "alibaba_openapi", "", "", row.line, "", 100, -1, 0, "", 0))
    response = runtime.send(make(runtime, "huawei"), request_for(runtime, row, tmp_path))
    assert response.status == 200
    assert base64.b64decode(json.loads(response.body)["cipher_text"])[:2] == b"\x02\x00"
