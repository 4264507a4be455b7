"""Every error row that the operations can meet, caused and compared byte for byte."""

from __future__ import annotations

from dataclasses import replace

import pytest
from huawei.conftest import ApiClient
from huawei.scenarios import SCENARIOS, scenario_of

from bitting.core import faults
from bitting.core.model.identity import AccountState
from bitting.dialects.base.errors import Row, load

CATALOGUE = load("huawei", "bitting.dialects.huawei")
#: The rows of the surface "csms" are met in huawei_csms.
MET = [row for row in CATALOGUE if row.reach in {"natural", "switch"} and row.surface != "csms"]


@pytest.mark.parametrize("row", MET, ids=lambda row: row.test_id)
def test_row(api: ApiClient, row: Row) -> None:
    scenario = scenario_of(row)
    assert scenario is not None, f"line {row.line} of errors.tsv has no scenario"
    assert scenario(api) == (row.status, row.code, row.message)


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
def test_our_own_failures(api: ApiClient, fault: type[faults.Fault], status: int, code: str) -> None:
    """The entropy source fails under a request: the caller learns that, and nothing about it."""

    class Broken:
        def random(self, count: int) -> bytes:
            raise fault(reason="a secret detail")

    api.runtime.gate.entropy = Broken()
    answer = api.runtime.send(
        api.dialect, api.signer.sign(api.request("gen-random", {"random_data_length": 512})), broken=True
    )
    assert b"secret detail" not in answer.body
    assert (answer.status, code in answer.body.decode()) == (status, True)


def test_an_unknown_exception_is_an_internal_failure(api: ApiClient) -> None:
    class Broken:
        def random(self, count: int) -> bytes:
            raise ZeroDivisionError("a secret detail")

    api.runtime.gate.entropy = Broken()
    request = api.signer.sign(api.request("gen-random", {"random_data_length": 512}))
    answer = api.runtime.send(api.dialect, request, broken=True)
    assert (answer.status, answer.body) == (500, b'{"error":{"error_code":"KMS.0101","error_msg":"KMS error."}}')


class TestOrder:
    """Several errors at once: the one told is the first of the documented order."""

    def test_the_route_before_the_caller(self, api: ApiClient) -> None:
        request = api.request("no-such-verb", b"{")
        assert api.send(request).status == 400
        assert b"KMS.0201" in api.send(request).body

    def test_the_size_before_the_caller(self, api: ApiClient) -> None:
        assert b"KMS.0203" in api.send(api.request("create-key", b"x" * 65_537)).body

    def test_the_caller_before_the_body(self, api: ApiClient) -> None:
        assert b"KMS.0301" in api.send(api.request("create-key", b"{")).body

    def test_the_project_before_the_account(self, api: ApiClient) -> None:
        api.put(replace(api.founded.account, state=AccountState.FROZEN))
        assert SCENARIOS["KMS.0321/ProjectMismatch"](api)[1] == "KMS.0321"

    @pytest.mark.parametrize("name", ["KMS.0328/AccountFrozen", "KMS.0307/PermissionDenied"])
    @pytest.mark.parametrize("body", [b"{", b"[]", b"{}", b'{"key_alias": "a b"}'])
    def test_account_and_role_before_the_body(self, api: ApiClient, name: str, body: bytes) -> None:
        SCENARIOS[name](api)
        assert api.refused("create-key", body)[1] == name[:8]

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
    def test_within_the_body(self, api: ApiClient, body: bytes, code: str) -> None:
        assert api.refused("encrypt-data", body)[1] == code

    def test_the_state_before_the_kind(self, api: ApiClient) -> None:
        key = api.key(key_spec="EC_P256")
        api.ok("disable-key", key_id=key)
        assert api.refused("encrypt-data", {"key_id": key, "plain_text": "x"})[1] == "KMS.0209"
