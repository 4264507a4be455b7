"""Every operation of the profile that the tests of its limits pass by, over its wire."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from typing import Any

import pytest
from huawei.conftest import ApiClient

TAG = {"key": "team", "value": "a"}
DIGEST = base64.b64encode(bytes(32)).decode()


@pytest.fixture
def api(runtime: Any) -> ApiClient:
    return ApiClient(runtime, runtime.founded.second_project)


def test_states_and_names(api: ApiClient) -> None:
    key = api.key()
    api.ok("update-key-alias", key_id=key, key_alias="renamed")
    api.ok("update-key-description", key_id=key, key_description="what for")
    shown = api.ok("describe-key", key_id=key)["key_info"]
    assert (shown["key_alias"], shown["key_description"]) == ("renamed", "what for")
    assert api.ok("disable-key", key_id=key)["key_info"] == {"key_id": key, "key_state": "3"}
    assert api.ok("enable-key", key_id=key)["key_info"] == {"key_id": key, "key_state": "2"}
    assert api.ok("schedule-key-deletion", key_id=key, pending_days="7")["key_state"] == "4"
    assert api.ok("cancel-key-deletion", key_id=key)["key_state"] == "3"


def test_data_keys_wrapped(api: ApiClient) -> None:
    key, plain = api.key(), "35" * 64
    digest = "765A6E2D1F7B4A4FA3D5B2B7A3C3BEBA"
    refused = api.refused("encrypt-datakey", {"key_id": key, "plain_text": plain + digest, "datakey_plain_length": 64})
    assert refused[0] == 400
    whole = plain + hashlib.sha256(bytes.fromhex(plain)).hexdigest().upper()
    sealed = api.ok("encrypt-datakey", key_id=key, plain_text=whole, datakey_plain_length="64")
    opened = api.ok("decrypt-datakey", key_id=key, cipher_text=sealed["cipher_text"], datakey_cipher_length="64")
    assert opened["data_key"].lower() == plain


def test_signatures(api: ApiClient) -> None:
    key = api.key(key_spec="EC_P256")
    message = {"key_id": key, "message": DIGEST, "signing_algorithm": "ECDSA_SHA_256"}
    signature = api.ok("sign", **message)["signature"]
    assert str(api.ok("verify", **message, signature=signature)["signature_valid"]).lower() == "true"
    assert api.ok("get-publickey", key_id=key)["public_key"].startswith("-----BEGIN PUBLIC KEY-----")


def test_rotation(api: ApiClient) -> None:
    key = api.key()
    api.ok("enable-key-rotation", key_id=key)
    api.ok("update-key-rotation-interval", key_id=key, rotation_interval=90)
    shown = api.ok("get-key-rotation-status", key_id=key)
    assert (shown["key_rotation_enabled"], shown["rotation_interval"]) == (True, 90)
    api.ok("disable-key-rotation", key_id=key)
    assert api.ok("get-key-rotation-status", key_id=key)["key_rotation_enabled"] is False


def test_grants(api: ApiClient) -> None:
    key, user = api.key(), api.founded.user.id
    guest = replace(api.founded.user, id="9" * 32, name="guest", admin=False)
    api.add(guest)
    granted = {"key_id": key, "grantee_principal": guest.id, "retiring_principal": user, "operations": ["describe-key"]}
    first, second = (api.ok("create-grant", **granted, name=name)["grant_id"] for name in ("one", "two"))
    assert {grant["grant_id"] for grant in api.ok("list-grants", key_id=key)["grants"]} == {first, second}
    assert {grant["grant_id"] for grant in api.ok("list-retirable-grants")["grants"]} == {first, second}
    api.ok("revoke-grant", key_id=key, grant_id=first)
    api.ok("retire-grant", key_id=key, grant_id=second)
    assert api.ok("list-grants", key_id=key)["grants"] == []


def test_tags(api: ApiClient) -> None:
    path = api.path(f"{api.key()}/tags")
    assert api.ask_at("POST", path, {"tag": TAG})[0] == 204
    assert api.ask_at("GET", path)[1]["tags"] == [TAG]
    assert api.ask_at("GET", api.path("tags"))[1]["tags"] == [{"key": "team", "values": ["a"]}]
    found = api.ask_at("POST", api.path("resource_instances/action"), {"action": "count", "tags": []})
    assert (found[0], found[1]["total_count"]) == (200, 1)
    assert api.ask_at("DELETE", f"{path}/team")[0] == 204
    assert api.ask_at("POST", path, {"tag": {"key": "action", "value": "a"}})[0] == 204
    assert api.ask_at("DELETE", f"{path}/action")[0] == 204
    assert api.ask_at("POST", f"{path}/action", {"action": "create", "tags": [TAG]})[0] == 204
    assert api.ask_at("GET", path)[1]["tags"] == [TAG]


@pytest.mark.parametrize(("path", "field"), [("/", "versions"), ("/v1.0", "version"), ("/v1.0/", "version")])
def test_versions(api: ApiClient, path: str, field: str) -> None:
    status, answer = api.ask_at("GET", path)
    assert (status, list(answer)) == (200, [field])


def test_numbers(api: ApiClient) -> None:
    api.key()
    assert api.ask_at("GET", api.path("user-instances")) == (200, {"instance_num": 1})
    assert "resources" in api.ask_at("GET", api.path("user-quotas"))[1]["quotas"]


@pytest.mark.parametrize(
    ("method", "rest"),
    [("GET", "disks/tags"), ("POST", "disks/resource_instances/action"), ("POST", "disks/one/tags"),
     ("GET", "disks/one/tags")],
)  # fmt: skip
def test_resources_that_are_no_keys(api: ApiClient, method: str, rest: str) -> None:
    assert api.refused_at(method, f"/v1.0/{api.project.id}/{rest}", {} if method == "POST" else None)[0] == 400


@pytest.mark.parametrize(
    ("method", "rest"),
    [("POST", ""), ("GET", ""), ("GET", "/one"), ("DELETE", "/one"), ("POST", "/one/enable"), ("POST", "/one/disable")],
)
def test_there_are_no_keystores(api: ApiClient, method: str, rest: str) -> None:
    path = f"/v1.0/{api.project.id}/keystores{rest}"
    assert api.refused_at(method, path, {} if method == "POST" else None)[0] in {400, 403, 404, 501}
