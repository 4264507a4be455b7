"""Open Telekom Cloud: the same API with limits and an error table of its own."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from huawei.conftest import ApiClient
from huawei.scenarios import Refusal, meets, scenario_of

from bitting.dialects.base.errors import Row, load
from bitting.dialects.otc.profile import rows

CATALOGUE = load("otc", "bitting.dialects.otc")
#: Told before anybody knows which project it is, hence by Huawei's table: the same words in both.
MET = [row for row in CATALOGUE if row.reach in {"natural", "switch"}]


@meets("KMS.0406/ResourceExists")
def _(api: ApiClient) -> Refusal:
    """Of this cloud alone, and so not among Huawei's scenarios."""
    key, tag = api.key(), {"key": "env", "value": "prod"}
    batch = {"action": "create", "tags": [tag]}
    assert api.ask_at("POST", api.path(f"{key}/tags/action"), batch)[0] == 204
    return api.refused_at("POST", api.path(f"{key}/tags/action"), batch)


@pytest.fixture
def api(runtime: Any) -> ApiClient:
    return ApiClient(runtime, runtime.founded.second_project)


@pytest.mark.parametrize("row", MET, ids=lambda row: row.test_id)
def test_row(api: ApiClient, row: Row) -> None:
    scenario = scenario_of(row)
    assert scenario is not None, f"line {row.line} of errors.tsv has no scenario"
    assert scenario(api) == (row.status, row.code, row.message)


def test_all_57_rows_are_there() -> None:
    assert len({row.code for row in CATALOGUE if "not from the source" not in row.note}) == 57


@pytest.mark.parametrize("bits", ["512", 512])
def test_512_bits_of_random(api: ApiClient, bits: Any) -> None:
    assert len(api.ok("gen-random", random_data_length=bits)["random_data"]) == 128


@pytest.mark.parametrize("bits", ["8", 256, "8192", "511"])
def test_no_other_length_of_random(api: ApiClient, bits: Any) -> None:
    refused = api.refused("gen-random", {"random_data_length": bits})
    assert refused == (400, "KMS.1801", "random_data_length must be 512 bits.")


@pytest.mark.parametrize(
    ("verb", "bits", "code"),
    [
        ("create-datakey", None, "KMS.0204"),
        ("create-datakey", "8200", "KMS.1901"),
        ("create-datakey", "9", "KMS.1901"),
        ("create-datakey-without-plaintext", None, "KMS.0204"),
        ("create-datakey-without-plaintext", "256", "KMS.2001"),
        ("create-datakey-without-plaintext", "520", "KMS.2001"),
    ],
)
def test_data_key_lengths(api: ApiClient, verb: str, bits: Any, code: str) -> None:
    assert api.refused(verb, {"key_id": api.key(), "datakey_length": bits})[1] == code


def test_data_keys(api: ApiClient) -> None:
    key = api.key()
    made = api.ok("create-datakey", key_id=key, datakey_length=512, encryption_context={"a": "b"})
    assert (made["key_id"], len(made["plain_text"]), len(made["cipher_text"])) == (key, 128, 2 * (64 + 140))
    sealed = base64.b64encode(bytes.fromhex(made["cipher_text"])).decode()
    opened = api.ok("decrypt-data", cipher_text=sealed, encryption_context={"a": "b"})
    assert base64.b64decode(opened["plain_text_base64"]).hex().upper() == made["plain_text"]
    assert "plain_text" not in api.ok("create-datakey-without-plaintext", key_id=key, datakey_length="512")


def test_a_refused_batch_of_tags_sets_none(api: ApiClient) -> None:
    """opentelekomcloud/terraform-provider-opentelekomcloud#2802; a single tag still takes its new value."""
    path = api.path(f"{api.key()}/tags")
    assert api.ask_at("POST", path, {"tag": {"key": "env", "value": "prod"}})[0] == 204
    batch = {"action": "create", "tags": [{"key": "team", "value": "x"}, {"key": "env", "value": "test"}]}
    assert api.refused_at("POST", path + "/action", batch)[1] == "KMS.0406"
    assert api.ask_at("GET", path)[1]["tags"] == [{"key": "env", "value": "prod"}]
    assert api.ask_at("POST", path, {"tag": {"key": "env", "value": "test"}})[0] == 204
    assert api.ask_at("POST", path + "/action", {**batch, "tags": batch["tags"][:1]})[0] == 204


def test_rotation_outlives_a_deletion_that_was_cancelled(api: ApiClient) -> None:
    """The live service refuses to switch it on again (opentelekomcloud/terraform-provider-opentelekomcloud#1821).

    Its text was another one; this server has one text for both clouds, the one of the DEW table.
    """
    key = api.key()
    api.ok("enable-key-rotation", key_id=key)
    api.ok("schedule-key-deletion", key_id=key, pending_days="7")
    api.ok("cancel-key-deletion", key_id=key)
    api.ok("enable-key", key_id=key)
    assert api.refused("enable-key-rotation", {"key_id": key})[:2] == (400, "KMS.2901")


def test_create_key_answers_two_fields(api: ApiClient) -> None:
    made = api.ok("create-key", key_alias="a", realm="cn-hangzhou")["key_info"]
    assert sorted(made) == ["domain_id", "key_id"]


@pytest.mark.parametrize("name", ["AES_256", "RSA_2048", "EC_P256", "EC_P384", "HMAC_256", "HMAC_384", "HMAC_512"])
def test_specs_it_has(api: ApiClient, name: str) -> None:
    assert api.ok("describe-key", key_id=api.key(key_spec=name))["key_info"]["key_spec"] == name


@pytest.mark.parametrize(
    ("name", "code"),
    [("SM4", "KMS.0336"), ("SM2", "KMS.0337"), ("SECP256K1", "KMS.0308"), ("ED25519", "KMS.0308"),
     ("HMAC_SM3", "KMS.0308"), ("AES_128", "KMS.0308")],
)  # fmt: skip
def test_specs_it_has_not(api: ApiClient, name: str, code: str) -> None:
    assert api.refused("create-key", {"key_alias": "a", "key_spec": name})[1] == code
    assert api.keys() == 0


def test_every_key_is_listed(api: ApiClient) -> None:
    made = [api.key(), api.key(key_spec="EC_P256"), api.key(key_spec="HMAC_256")]
    assert api.ok("list-keys")["keys"] == made
    assert api.ok("list-keys", key_spec="AES_256")["keys"] == made, "there is no such parameter"


def test_both_profiles_see_the_same_ring(api: ApiClient) -> None:
    """The two first projects share their keys, and what one seals the other opens."""
    huawei = ApiClient(api.runtime)
    key = api.key()
    sealed = api.ok("encrypt-data", key_id=key, plain_text="x")["cipher_text"]
    assert huawei.ok("decrypt-data", cipher_text=sealed) == api.ok("decrypt-data", cipher_text=sealed)
    assert len(huawei.ok("gen-random", random_data_length=8)["random_data"]) == 2


def test_tokens_carry_the_profile(api: ApiClient) -> None:
    status, answer = api.with_token(api.sign_in(), "gen-random", {"random_data_length": 8})
    assert (status, answer["error"]["error_code"]) == (400, "KMS.1801")


def test_the_profile_has_every_operation_of_its_api() -> None:
    documented = {
        "create-key", "describe-key", "list-keys", "enable-key", "disable-key", "schedule-key-deletion",
        "cancel-key-deletion", "encrypt-data", "decrypt-data", "create-datakey",
        "create-datakey-without-plaintext", "gen-random", "versions", "version",
    }  # fmt: skip
    assert documented <= set(rows())
