"""Rows for failures of ours that nothing from outside can cause: met by developer mode's fault rules.

A real request of the dialect, a rule that pins the row, the whole pipeline between them.
"""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest
from house_in_memory import House

from bitting.bench.signers import instance, openapi_v3, sdk_hmac
from bitting.core.gate import Asked
from bitting.core.model.service import FaultRule
from bitting.core.usecases.access.client_keys import CreateClientKey, issue
from bitting.core.usecases.iam.credentials import access_key
from bitting.core.usecases.keys import lifecycle as keys
from bitting.dialects.alibaba_instance.api_pb2 import Error
from bitting.dialects.alibaba_instance.dialect import AlibabaInstance
from bitting.dialects.alibaba_openapi.dialect import AlibabaOpenApi
from bitting.dialects.base.dialect import Dialect, Pipeline
from bitting.dialects.base.errors import Row
from bitting.dialects.base.fault_injector import Injector
from bitting.dialects.base.http import Request, Response
from bitting.dialects.huawei.dialect import Huawei
from bitting.dialects.otc import profile as otc
from bitting.wiring import catalogues

ROWS = [
    row
    for catalogue in catalogues()
    if catalogue.dialect in {"alibaba_openapi", "alibaba_instance", "huawei", "otc"}
    for row in catalogue
    if row.reach == "fault"
]


def make(house: House, name: str) -> Dialect:
    ports = (house.vault, house.clock, "cn-hangzhou")
    if name == "alibaba_openapi":
        return AlibabaOpenApi(*ports)
    if name == "alibaba_instance":
        return AlibabaInstance(*ports)
    return Huawei(*ports, otc.profile())


def meddle(house: House) -> None:
    """Put developer mode's hand into the house's pipeline."""
    injector = Injector(house.gate, lambda _offset: None, catalogues())
    house.pipeline = Pipeline(house.gate, lambda _id, _error: None, injector)


def request_for(house: House, row: Row, tmp_path: Any) -> Request:
    """A request that would succeed: an encryption, or for secrets their list."""
    founded = house.founded
    facts = {
        "http": "http://127.0.0.1:8750",
        "access_key_id": founded.access_key_id,
        "access_key_secret": founded.secret,
        "project_id": founded.project.id,
        "otc_project_id": founded.second_project.id,
    }
    held = access_key(house.cache.loading, house.vault, founded.access_key_id)
    assert held is not None
    asked = Asked("r", "t", "create", "127.0.0.1")
    key = house.gate.run(keys.create, held.principal, keys.CreateKey(), asked, house.cache.loading)
    if row.dialect == "alibaba_openapi":
        shot = openapi_v3(facts, key.id, b"x")
    elif row.dialect == "alibaba_instance":
        with house.store.begin(write=True) as uow:
            order = CreateClientKey(founded.access_point.name, "Passw0rd!")
            made = issue(uow, house.vault, house.entropy, house.clock.now_ms(), founded.access_point, order)
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
def test_injected_row(house: House, row: Row, tmp_path: Any) -> None:
    house.clock.ms = time.time_ns() // 1_000_000
    meddle(house)
    with house.store.begin(write=True) as uow:
        uow.of(FaultRule).add(FaultRule("f1", row.dialect, "", "", row.line, row.code, 100, 1, 0, "", 0))
    dialect = make(house, row.dialect)
    response = house.send(dialect, request_for(house, row, tmp_path))
    status, code, text = seen(row, response)
    assert (status, code) == (row.status, row.code)
    assert text.startswith(row.message.split("{", 1)[0])
    if "{" not in row.message:
        assert text == row.message
    with house.store.begin(write=False) as uow:
        assert uow.of(FaultRule).get("f1").left == 0


def test_a_rule_leaves_other_dialects_alone(house: House, tmp_path: Any) -> None:
    house.clock.ms = time.time_ns() // 1_000_000
    meddle(house)
    row = next(row for row in ROWS if row.dialect == "huawei")
    with house.store.begin(write=True) as uow:
        uow.of(FaultRule).add(FaultRule("f1", "alibaba_openapi", "", "", row.line, "", 100, -1, 0, "", 0))
    response = house.send(make(house, "huawei"), request_for(house, row, tmp_path))
    assert response.status == 200
    assert base64.b64decode(json.loads(response.body)["cipher_text"])[:2] == b"\x02\x00"
