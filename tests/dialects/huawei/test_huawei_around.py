"""What surrounds keys: default keys, regions, key stores, decisions from outside, operators, capsules."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from huawei.conftest import Door
from huawei.provoke_stores import TOKEN, Decisions, abroad, replica, replicate, store, stores

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
def test_default_keys_are_their_services_own(door: Door, verb: str, body: dict[str, Any]) -> None:
    key = door.core_key(name="csms/default", service="csms")
    assert door.refused(verb.format(key), {"key_id": key, **body})[1] == "KMS.0211"
    assert door.ok("describe-key", key_id=key)["key_info"]["default_key_flag"] == "1"
    assert door.ask_at("GET", door.path("user-instances"))[1] == {"instance_num": 0}


class TestRegions:
    def test_a_replica_is_the_same_key_under_another_name(self, door: Door) -> None:
        key = door.key("home")
        far = replica(door, key)
        assert far.ok("describe-key", key_id=key)["key_info"]["key_alias"] == "far"
        sealed = door.ok("encrypt-data", key_id=key, plain_text="x")["cipher_text"]
        assert far.ok("decrypt-data", cipher_text=sealed)["plain_text"] == "x"
        assert far.ok("list-keys")["keys"] == [key]
        far.ok("disable-key", key_id=key)
        assert door.ok("describe-key", key_id=key)["key_info"]["key_state"] == "3"
        assert door.ok("describe-key", key_id=key)["key_info"]["key_alias"] == "home"

    def test_names_and_tags_are_a_regions_own(self, door: Door) -> None:
        key = door.key("home")
        far = replica(door, key)
        far.ok("update-key-alias", key_id=key, key_alias="elsewhere")
        assert far.ok("describe-key", key_id=key)["key_info"]["key_alias"] == "elsewhere"
        assert door.ok("describe-key", key_id=key)["key_info"]["key_alias"] == "home"
        assert far.ask_at("POST", far.path(f"{key}/tags"), TAG)[0] == 204
        assert door.ask_at("GET", door.path(f"{key}/tags"))[1]["existTagsNum"] == 0

    def test_the_primary_region_moves(self, door: Door) -> None:
        key = door.key("home")
        project = abroad(door)
        assert replicate(door, key, project)[0] == 200
        path = f"/v2/{door.project.id}/kms/keys/{key}/update-primary-region"
        assert door.ask_at("PUT", path, {"primary_region": "cn-far-1"})[1]["primary_region"] == "cn-far-1"
        far = Door(door.runtime, project)
        for side, name in ((door, "home"), (far, "far")):
            assert side.ok("describe-key", key_id=key)["key_info"]["key_alias"] == name

    def test_a_region_that_is_off_answers_nothing(self, door: Door) -> None:
        far = Door(door.runtime, abroad(door))
        door.add(Switches(offline_regions="cn-far-1"))
        assert door.ok("list-keys")["total"] == 0
        assert far.ask_broken("POST", far.path("list-keys"), {})[0] == 503

    def test_regions_are_the_accounts_projects(self, door: Door) -> None:
        abroad(door)
        answer = door.ask_at("GET", f"/v2/{door.project.id}/kms/regions")
        assert answer == (200, {"regions": ["cn-hangzhou", "cn-far-1"]})


def test_a_key_store_from_birth_to_end(door: Door) -> None:
    held = store(door)
    key = door.key(keystore_id=held)
    assert door.ok("describe-key", key_id=key)["key_info"]["keystore_id"] == held
    for verb, outcome in (("disable", 400), ("enable", 200)):
        assert door.ask_at("POST", stores(door, f"/{held}/{verb}"))[0] == 200
        assert door.ask("encrypt-data", {"key_id": key, "plain_text": "x"})[0] == outcome
    status, body = door.ask_at("GET", stores(door))
    assert (status, body["total"], body["keystores"][0]["keystore_alias"]) == (200, 1, "own")


class TestDecisions:
    @pytest.mark.parametrize(("allow", "status"), [(b"true", 200), (b"false", 403)])
    def test_asked_and_obeyed(self, door: Door, allow: bytes, status: int) -> None:
        key, decisions = door.key(), Decisions(200, b'{"allow": ' + allow + b"}")
        door.add(Switches(authorizer="http://127.0.0.1:9/decide"))
        door.runtime.gate.authorizer = decisions
        context = base64.b64encode(b'{"purpose": "audit"}').decode()
        headers = {"x-pdp5-context": context}
        answer = door.ask_at("POST", door.path("encrypt-data"), {"key_id": key, "plain_text": "x"}, headers=headers)
        assert answer[0] == status
        request_context = decisions.request_context[-1]
        assert (request_context["action"], request_context["resource"], request_context["operation"]) == (
            "key:encrypt",
            f"key/{key}",
            "encrypt-data",
        )
        assert json.loads(request_context["context"]) == {"purpose": "audit"}


class TestOperators:
    def test_a_quota_is_raised_and_kept(self, door: Door) -> None:
        door.add(Operator(token_digest(TOKEN), "op", 0))
        door.key()
        body = {"quota_type": "CMK", "quota": 150}
        answer = door.ask_at("PUT", door.path("user-quotas"), body, headers={"x-auth-token": TOKEN})
        assert answer == (200, body)
        shown = door.ask_at("GET", door.path("user-quotas"))[1]["quotas"]["resources"]
        assert shown[0] == {"type": "CMK", "used": 1, "quota": 150}

    def test_a_tenant_is_frozen_and_thawed(self, door: Door) -> None:
        door.add(Operator(token_digest(TOKEN), "op", 0))
        for status, outcome in (("frozen", 403), ("active", 200)):
            path = door.path(f"tenants/{door.founded.account.domain_id}")
            answer = door.ask_at("PUT", path, {"kms_status": status}, headers={"x-auth-token": TOKEN})
            assert answer[0] == 200
            assert door.ask("list-keys")[0] == outcome

    @pytest.mark.parametrize("body", [{"quota_type": "CMK", "quota": 150}, {}])
    def test_nobody_else(self, door: Door, body: dict[str, Any]) -> None:
        assert door.refused_at("PUT", door.path("user-quotas"), body)[1] == "KMS.0307"


class Capsules:
    """An access point with its private key, a policy that names it, and a capsule."""

    def __init__(self, door: Door) -> None:
        self.door, self.space = door, door.runtime.entropy.uuid()
        point = {"keyspace_id": self.space, "access_point_name": "p", "type": 3}
        self.point = door.ok("access-points", **point)["access_point_id"]
        private = door.ok(f"access-points/{self.point}/get-privatekey")["private_key"]
        self.private: Any = serialization.load_der_private_key(base64.b64decode(private), None)
        self.key = door.key()
        self.policy = self.save([self.point])
        made = {"key_id": self.key, "datakey_length": "256", "policy_id": self.policy}
        self.made = door.ok("datakey-capsule/create", **made)

    def save(self, points: list[str]) -> str:
        policy = json.dumps({"version": "1.0", "allowedAccessPoint": points})
        body = {"keyspace_id": self.space, "policy_name": "p", "policy": policy}
        return str(self.door.ok("key-policies", **body)["policy_id"])

    def open(self, seconds: int = 60, text: str = "") -> tuple[int, dict[str, Any]]:
        now = self.door.runtime.clock.now_ms() / 1000 + seconds
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
        return self.door.ask("datakey-capsule/decrypt", body)


class TestCapsules:
    def test_opens_for_whom_the_policy_names(self, door: Door) -> None:
        capsules = Capsules(door)
        status, answer = capsules.open()
        assert (status, answer["datakey"], answer["instance_id"]) == (200, capsules.made["datakey"], capsules.point)

    @pytest.mark.parametrize("change", [{"seconds": -1}, {"text": "something else"}])
    def test_a_proof_that_is_none(self, door: Door, change: dict[str, Any]) -> None:
        assert Capsules(door).open(**change)[1]["error"]["error_code"] == "KMS.0306"

    def test_a_policy_that_changed(self, door: Door) -> None:
        capsules = Capsules(door)
        path = door.path(f"key-policies/{capsules.policy}")
        assert door.ask_at("PUT", path, {"policy": '{"allowedAccessPoint": []}'})[0] == 200
        assert capsules.open()[1]["error"]["error_code"] == "KMS.0306"

    def test_an_access_point_that_is_off(self, door: Door) -> None:
        capsules = Capsules(door)
        door.ok(f"access-points/{capsules.point}/disable")
        assert capsules.open()[1]["error"]["error_code"] == "KMS.0306"

    def test_another_projects_capsule_is_none_here(self, door: Door) -> None:
        capsules = Capsules(door)
        capsules.door = Door(door.runtime, abroad(door))
        assert capsules.open()[1]["error"]["error_code"] == "KMS.0207"


def test_a_sealed_pin_is_good_in_its_project_only(door: Door) -> None:
    pin = door.ok("create-pin", keystore_id="1")["pin"]
    far = Door(door.runtime, abroad(door))
    assert door.ask("create-datakey", {"key_id": door.key(), "datakey_length": 256, "pin": pin})[0] == 200
    body = {"key_id": far.key(), "datakey_length": 256, "pin": pin}
    assert far.refused("create-datakey", body)[1] == "KMS.0308"
    assert len(door.ok("create-pin", pin_type="PlainText")["pin"]) == 16
