"""What surrounds keys: default keys, regions, key stores, decisions from outside, operators, capsules."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from huawei.conftest import ApiClient
from huawei.scenarios_stores import TOKEN, Decisions, abroad, replica, replicate, store, stores

from bitting.core.model.service import Operator, Switches
from bitting.core.usecases.iam.credentials import token_digest

USER = {"grantee_principal": "0" * 32, "operations": ["encrypt-data"]}
TAG = {"tag": {"key": "a", "value": "b"}}


@pytest.mark.parametrize(
    ("verb", "body"),
    [("disable-key", {}), ("schedule-key-deletion", {"pending_days": 7}), ("update-key-alias", {"key_alias": "a"}),
     ("update-key-description", {"key_description": "a"}), ("create-grant", USER), ("enable-key-rotation", {}),
     ("rotate-on-demand", {}), ("get-parameters-for-import", {"wrapping_algorithm": "RSAES_OAEP_SHA_256"}),
     ("aliases", {"alias": "a"}), ("{}/tags", TAG)],
)  # fmt: skip
def test_default_keys_are_their_services_own(api: ApiClient, verb: str, body: dict[str, Any]) -> None:
    key = api.core_key(name="csms/default", service="csms")
    assert api.refused(verb.format(key), {"key_id": key, **body})[1] == "KMS.0211"
    assert api.ok("describe-key", key_id=key)["key_info"]["default_key_flag"] == "1"
    assert api.ask_at("GET", api.path("user-instances"))[1] == {"instance_num": 0}


class TestRegions:
    def test_a_replica_is_the_same_key_under_another_name(self, api: ApiClient) -> None:
        key = api.key("home")
        far = replica(api, key)
        assert far.ok("describe-key", key_id=key)["key_info"]["key_alias"] == "far"
        sealed = api.ok("encrypt-data", key_id=key, plain_text="x")["cipher_text"]
        assert far.ok("decrypt-data", cipher_text=sealed)["plain_text"] == "x"
        assert far.ok("list-keys")["keys"] == [key]
        far.ok("disable-key", key_id=key)
        assert api.ok("describe-key", key_id=key)["key_info"]["key_state"] == "3"
        assert api.ok("describe-key", key_id=key)["key_info"]["key_alias"] == "home"

    def test_names_and_tags_are_a_regions_own(self, api: ApiClient) -> None:
        key = api.key("home")
        far = replica(api, key)
        far.ok("update-key-alias", key_id=key, key_alias="elsewhere")
        assert far.ok("describe-key", key_id=key)["key_info"]["key_alias"] == "elsewhere"
        assert api.ok("describe-key", key_id=key)["key_info"]["key_alias"] == "home"
        assert far.ask_at("POST", far.path(f"{key}/tags"), TAG)[0] == 204
        assert api.ask_at("GET", api.path(f"{key}/tags"))[1]["existTagsNum"] == 0

    def test_the_primary_region_moves(self, api: ApiClient) -> None:
        key = api.key("home")
        project = abroad(api)
        assert replicate(api, key, project)[0] == 200
        path = f"/v2/{api.project.id}/kms/keys/{key}/update-primary-region"
        assert api.ask_at("PUT", path, {"primary_region": "cn-far-1"})[1]["primary_region"] == "cn-far-1"
        far = ApiClient(api.runtime, project)
        for side, name in ((api, "home"), (far, "far")):
            assert side.ok("describe-key", key_id=key)["key_info"]["key_alias"] == name

    def test_a_region_that_is_off_answers_nothing(self, api: ApiClient) -> None:
        far = ApiClient(api.runtime, abroad(api))
        api.add(Switches(offline_regions="cn-far-1"))
        assert api.ok("list-keys")["total"] == 0
        assert far.ask_broken("POST", far.path("list-keys"), {})[0] == 503

    def test_regions_are_the_accounts_projects(self, api: ApiClient) -> None:
        abroad(api)
        answer = api.ask_at("GET", f"/v2/{api.project.id}/kms/regions")
        assert answer == (200, {"regions": ["cn-hangzhou", "cn-far-1"]})


def test_a_key_store_from_birth_to_end(api: ApiClient) -> None:
    held = store(api)
    key = api.key(keystore_id=held)
    assert api.ok("describe-key", key_id=key)["key_info"]["keystore_id"] == held
    for verb, outcome in (("disable", 400), ("enable", 200)):
        assert api.ask_at("POST", stores(api, f"/{held}/{verb}"))[0] == 200
        assert api.ask("encrypt-data", {"key_id": key, "plain_text": "x"})[0] == outcome
    status, body = api.ask_at("GET", stores(api))
    assert (status, body["total"], body["keystores"][0]["keystore_alias"]) == (200, 1, "own")


class TestDecisions:
    @pytest.mark.parametrize(("allow", "status"), [(b"true", 200), (b"false", 403)])
    def test_asked_and_obeyed(self, api: ApiClient, allow: bytes, status: int) -> None:
        key, decisions = api.key(), Decisions(200, b'{"allow": ' + allow + b"}")
        api.add(Switches(authorizer="http://127.0.0.1:9/decide"))
        api.runtime.gate.authorizer = decisions
        context = base64.b64encode(b'{"purpose": "audit"}').decode()
        headers = {"x-pdp5-context": context}
        answer = api.ask_at("POST", api.path("encrypt-data"), {"key_id": key, "plain_text": "x"}, headers=headers)
        assert answer[0] == status
        parameters = decisions.questions[-1]
        assert (parameters["action"], parameters["resource"], parameters["operation"]) == (
            "key:encrypt",
            f"key/{key}",
            "encrypt-data",
        )
        assert json.loads(parameters["context"]) == {"purpose": "audit"}


class TestOperators:
    def test_a_quota_is_raised_and_kept(self, api: ApiClient) -> None:
        api.add(Operator(token_digest(TOKEN), "op", 0))
        api.key()
        body = {"quota_type": "CMK", "quota": 150}
        answer = api.ask_at("PUT", api.path("user-quotas"), body, headers={"x-auth-token": TOKEN})
        assert answer == (200, body)
        shown = api.ask_at("GET", api.path("user-quotas"))[1]["quotas"]["resources"]
        assert shown[0] == {"type": "CMK", "used": 1, "quota": 150}

    def test_a_tenant_is_frozen_and_thawed(self, api: ApiClient) -> None:
        api.add(Operator(token_digest(TOKEN), "op", 0))
        for status, outcome in (("frozen", 403), ("active", 200)):
            path = api.path(f"tenants/{api.founded.account.domain_id}")
            answer = api.ask_at("PUT", path, {"kms_status": status}, headers={"x-auth-token": TOKEN})
            assert answer[0] == 200
            assert api.ask("list-keys")[0] == outcome

    @pytest.mark.parametrize("body", [{"quota_type": "CMK", "quota": 150}, {}])
    def test_nobody_else(self, api: ApiClient, body: dict[str, Any]) -> None:
        assert api.refused_at("PUT", api.path("user-quotas"), body)[1] == "KMS.0307"


class Capsules:
    """An access point with its private key, a policy that names it, and a capsule."""

    def __init__(self, api: ApiClient) -> None:
        self.api, self.space = api, api.runtime.entropy.uuid()
        point = {"keyspace_id": self.space, "access_point_name": "p", "type": 3}
        self.point = api.ok("access-points", **point)["access_point_id"]
        private = api.ok(f"access-points/{self.point}/get-privatekey")["private_key"]
        self.private: Any = serialization.load_der_private_key(base64.b64decode(private), None)
        self.key = api.key()
        self.policy = self.save([self.point])
        made = {"key_id": self.key, "datakey_length": "256", "policy_id": self.policy}
        self.made = api.ok("datakey-capsule/create", **made)

    def save(self, points: list[str]) -> str:
        policy = json.dumps({"version": "1.0", "allowedAccessPoint": points})
        body = {"keyspace_id": self.space, "policy_name": "p", "policy": policy}
        return str(self.api.ok("key-policies", **body)["policy_id"])

    def open(self, seconds: int = 60, text: str = "") -> tuple[int, dict[str, Any]]:
        now = self.api.runtime.clock.now_ms() / 1000 + seconds
        until = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        capsule = self.made["datakey_capsule"]
        signed = (text or f"{until}\n{capsule}").encode()
        signature = self.private.sign(signed, padding.PKCS1v15(), hashes.SHA256())
        spki = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        document = {
            "custom_signature": base64.b64encode(signature).decode(),
            "custom_public_key": base64.b64encode(self.private.public_key().public_bytes(*spki)).decode(),
            "expire_time": until,
        }
        body = {"key_id": self.key, "datakey_capsule": capsule, "attestation_document": document}
        return self.api.ask("datakey-capsule/decrypt", body)


class TestCapsules:
    def test_opens_for_whom_the_policy_names(self, api: ApiClient) -> None:
        capsules = Capsules(api)
        status, answer = capsules.open()
        assert (status, answer["datakey"], answer["instance_id"]) == (200, capsules.made["datakey"], capsules.point)

    @pytest.mark.parametrize("change", [{"seconds": -1}, {"text": "something else"}])
    def test_a_proof_that_is_none(self, api: ApiClient, change: dict[str, Any]) -> None:
        assert Capsules(api).open(**change)[1]["error"]["error_code"] == "KMS.0306"

    def test_a_policy_that_changed(self, api: ApiClient) -> None:
        capsules = Capsules(api)
        path = api.path(f"key-policies/{capsules.policy}")
        assert api.ask_at("PUT", path, {"policy": '{"allowedAccessPoint": []}'})[0] == 200
        assert capsules.open()[1]["error"]["error_code"] == "KMS.0306"

    def test_an_access_point_that_is_off(self, api: ApiClient) -> None:
        capsules = Capsules(api)
        api.ok(f"access-points/{capsules.point}/disable")
        assert capsules.open()[1]["error"]["error_code"] == "KMS.0306"

    def test_another_projects_capsule_is_none_here(self, api: ApiClient) -> None:
        capsules = Capsules(api)
        capsules.api = ApiClient(api.runtime, abroad(api))
        assert capsules.open()[1]["error"]["error_code"] == "KMS.0207"


def test_a_sealed_pin_is_good_in_its_project_only(api: ApiClient) -> None:
    pin = api.ok("create-pin", keystore_id="1")["pin"]
    far = ApiClient(api.runtime, abroad(api))
    assert api.ask("create-datakey", {"key_id": api.key(), "datakey_length": 256, "pin": pin})[0] == 200
    body = {"key_id": far.key(), "datakey_length": 256, "pin": pin}
    assert far.refused("create-datakey", body)[1] == "KMS.0308"
    assert len(api.ok("create-pin", pin_type="PlainText")["pin"]) == 16
