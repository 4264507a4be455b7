"""What the Terraform provider's own tests, which run against the cloud, show of its answers."""

from __future__ import annotations

from typing import Any

import pytest
from huawei.conftest import UNKNOWN, ApiClient


@pytest.fixture(params=["huawei", "otc"])
def each(request: pytest.FixtureRequest, runtime: Any) -> ApiClient:
    founded = runtime.founded
    return ApiClient(runtime, founded.project if request.param == "huawei" else founded.second_project)


def test_no_interval_while_rotation_is_off(each: ApiClient) -> None:
    key = each.key()
    status = each.ok("get-key-rotation-status", key_id=key)
    assert "rotation_interval" not in status
    assert status["key_rotation_enabled"] is False
    each.ok("enable-key-rotation", key_id=key)
    assert each.ok("get-key-rotation-status", key_id=key)["rotation_interval"] == 365
    each.ok("update-key-rotation-interval", key_id=key, rotation_interval=30)
    assert each.ok("get-key-rotation-status", key_id=key)["rotation_interval"] == 30
    each.ok("disable-key-rotation", key_id=key)
    assert "rotation_interval" not in each.ok("get-key-rotation-status", key_id=key)


@pytest.mark.parametrize("limit", [1001, "2000", 1 << 31])
def test_a_large_limit_is_the_largest(each: ApiClient, limit: Any) -> None:
    key = each.key()
    page = each.ok("list-keys", limit=limit)
    assert (page["keys"], page["truncated"]) == ([key], "false")


def test_an_empty_description_clears_it(each: ApiClient) -> None:
    key = each.key(key_description="old")
    assert each.refused("update-key-description", {"key_id": key})[1] == "KMS.0204"
    assert each.refused("update-key-description", {"key_id": key, "key_description": None})[1] == "KMS.0204"
    assert each.ok("update-key-description", key_id=key, key_description="")["key_info"]["key_description"] == ""
    assert each.ok("describe-key", key_id=key)["key_info"]["key_description"] == ""


def test_an_empty_description_of_a_key_policy_clears_it(api: ApiClient) -> None:
    policy = '{"version": "1.0"}'
    body = {"keyspace_id": UNKNOWN, "policy_name": "one", "policy": policy, "description": "old"}
    status, made = api.ask_at("POST", api.path("key-policies"), body)
    assert status == 200, made
    path = api.path(f"key-policies/{made['policy_id']}")
    assert api.ask_at("PUT", path, {"policy": policy})[1]["description"] == "old"
    assert api.ask_at("PUT", path, {"policy": policy, "description": ""})[1]["description"] == ""


@pytest.mark.parametrize(("text", "good"), [("0123456789abcdef", True), ("anything", False), ("", True)])
def test_a_plain_pin_has_the_form_of_one(api: ApiClient, text: str, good: bool) -> None:
    body = {"key_id": api.key(), "datakey_length": "256", "pin": text, "pin_type": "PlainText"}
    assert (api.ask("create-datakey", body)[0] == 200) is good


def test_a_method_not_served_names_those_that_are(api: ApiClient) -> None:
    request = api.signer.sign(api.request("list-keys"))
    request.method = "DELETE"
    response = api.send(request)
    assert (response.status, dict(response.headers)["allow"]) == (405, "POST")
