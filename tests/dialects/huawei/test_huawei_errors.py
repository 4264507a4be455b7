"""Every error row that the operations can meet, provoked and compared byte for byte."""

from __future__ import annotations

from dataclasses import replace

import pytest
from huawei.conftest import Door
from huawei.provoke import SCENARIOS, scenario_of

from bitting.core import faults
from bitting.core.model.identity import AccountState
from bitting.dialects.base.errors import Row, load

CATALOGUE = load("huawei", "bitting.dialects.huawei")
#: The rows of the surface "csms" are met in huawei_csms.
MET = [row for row in CATALOGUE if row.reach in {"natural", "switch"} and row.surface != "csms"]


@pytest.mark.parametrize("row", MET, ids=lambda row: row.test_id)
def test_row(door: Door, row: Row) -> None:
    scenario = scenario_of(row)
    assert scenario is not None, f"line {row.line} of errors.tsv has no scenario"
    assert scenario(door) == (row.status, row.code, row.message)


def test_every_scenario_is_of_a_row_somewhere() -> None:
    rows = [*CATALOGUE, *load("otc", "bitting.dialects.otc")]
    met = {id(scenario_of(row)) for row in rows if row.reach in {"natural", "switch"}}
    assert {name for name, scenario in SCENARIOS.items() if id(scenario) not in met} == set()


def test_messages_have_no_holes() -> None:
    """No row of these tables shows anything of the request."""
    assert not [row for row in CATALOGUE if "{" in row.message]


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (faults.InternalFault, 500, "KMS.0101"),
        (faults.StoreFailed, 500, "KMS.0102"),
        (faults.ProviderFailed, 500, "KMS.0103"),
        (faults.Unavailable, 503, "KMS.0104"),
    ],
)
def test_our_own_failures(door: Door, fault: type[faults.Fault], status: int, code: str) -> None:
    """The entropy source fails under a request: the caller learns that, and nothing about it."""

    class Broken:
        def random(self, count: int) -> bytes:
            raise fault(reason="a secret detail")

    door.runtime.gate.entropy = Broken()
    answer = door.runtime.send(
        door.dialect, door.signer.sign(door.request("gen-random", {"random_data_length": 512})), broken=True
    )
    assert b"secret detail" not in answer.body
    assert (answer.status, code in answer.body.decode()) == (status, True)


def test_an_unknown_exception_is_an_internal_failure(door: Door) -> None:
    class Broken:
        def random(self, count: int) -> bytes:
            raise ZeroDivisionError("a secret detail")

    door.runtime.gate.entropy = Broken()
    request = door.signer.sign(door.request("gen-random", {"random_data_length": 512}))
    answer = door.runtime.send(door.dialect, request, broken=True)
    assert (answer.status, answer.body) == (500, b'{"error":{"error_code":"KMS.0101","error_msg":"KMS error."}}')


class TestOrder:
    """Several errors at once: the one told is the first of the documented order."""

    def test_the_route_before_the_caller(self, door: Door) -> None:
        request = door.request("no-such-verb", b"{")
        assert door.send(request).status == 400
        assert b"KMS.0201" in door.send(request).body

    def test_the_size_before_the_caller(self, door: Door) -> None:
        assert b"KMS.0203" in door.send(door.request("create-key", b"x" * 65_537)).body

    def test_the_caller_before_the_body(self, door: Door) -> None:
        assert b"KMS.0301" in door.send(door.request("create-key", b"{")).body

    def test_the_project_before_the_account(self, door: Door) -> None:
        door.put(replace(door.founded.account, state=AccountState.FROZEN))
        assert SCENARIOS["KMS.0321/ProjectMismatch"](door)[1] == "KMS.0321"

    @pytest.mark.parametrize("name", ["KMS.0328/AccountFrozen", "KMS.0307/PermissionDenied"])
    @pytest.mark.parametrize("body", [b"{", b"[]", b"{}", b'{"key_alias": "a b"}'])
    def test_account_and_role_before_the_body(self, door: Door, name: str, body: bytes) -> None:
        SCENARIOS[name](door)
        assert door.refused("create-key", body)[1] == name[:8]

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            (b'{"sequence": 1', "KMS.0202"),
            (b'{"sequence": 1}', "KMS.0206"),
            (b'{"key_id": "x"}', "KMS.0204"),
            (b'{"key_id": "x", "plain_text": 5}', "KMS.0205"),
            (b'{"key_id": "0d0466b0-e727-4d9c-b35d-f84bb474a37f", "plain_text": 5}', "KMS.2101"),
            (b'{"key_id": "0d0466b0-e727-4d9c-b35d-f84bb474a37f", "plain_text": "x"}', "KMS.0207"),
        ],
    )
    def test_within_the_body(self, door: Door, body: bytes, code: str) -> None:
        assert door.refused("encrypt-data", body)[1] == code

    def test_the_state_before_the_kind(self, door: Door) -> None:
        key = door.key(key_spec="EC_P256")
        door.ok("disable-key", key_id=key)
        assert door.refused("encrypt-data", {"key_id": key, "plain_text": "x"})[1] == "KMS.0209"
