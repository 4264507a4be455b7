"""Every operation's answer, field by field and type by type: Go clients take nothing else."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from typing import Any, ClassVar

import pytest
from huawei.conftest import UNKNOWN, Door, read

from bitting.core.blob import Blob, body, framed
from bitting.core.model.key import Alias, Key, KeyRef, KeyState
from bitting.core.specs import Usage
from bitting.core.usecases.crypto import encryption as crypto
from bitting.dialects.base.http import Request

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
SEQUENCE = "919c82d4-8046-4722-9094-35c3c6524cff"
NOW = "1795262400000"


def text(door: Door, key: str, plaintext: str, **more: Any) -> str:
    sealed: str = door.ok("encrypt-data", key_id=key, plain_text=plaintext, **more)["cipher_text"]
    return sealed


class TestKeys:
    def test_create_key(self, door: Door) -> None:
        made = door.ok("create-key", key_alias="a:b/c_d-1", sequence=SEQUENCE)["key_info"]
        assert UUID.fullmatch(made.pop("key_id"))
        assert made == {"domain_id": door.founded.account.domain_id, "region_id": "cn-hangzhou"}

    def test_describe_key(self, door: Door) -> None:
        key = door.key("tested", key_description="what for", enterprise_project_id="0")
        assert door.ok("describe-key", key_id=key) == {
            "key_info": {
                "key_id": key,
                "domain_id": door.founded.account.domain_id,
                "key_alias": "tested",
                "realm": "cn-hangzhou",
                "key_spec": "AES_256",
                "key_usage": "ENCRYPT_DECRYPT",
                "key_description": "what for",
                "creation_date": NOW,
                "scheduled_deletion_date": "",
                "key_state": "2",
                "default_key_flag": "0",
                "key_type": "1",
                "expiration_time": "",
                "origin": "kms",
                "key_rotation_enabled": "false",
                "sys_enterprise_project_id": "0",
                "keystore_id": "0",
            }
        }

    @pytest.mark.parametrize(
        ("spec", "usage"),
        [
            ("AES_256", "ENCRYPT_DECRYPT"),
            ("SM4", "ENCRYPT_DECRYPT"),
            ("RSA_2048", "SIGN_VERIFY"),
            ("EC_P256", "SIGN_VERIFY"),
            ("EC_P384", "SIGN_VERIFY"),
            ("SECP256K1", "SIGN_VERIFY"),
            ("SM2", "SIGN_VERIFY"),
            ("ED25519", "SIGN_VERIFY"),
            ("HMAC_256", "GENERATE_VERIFY_MAC"),
            ("HMAC_384", "GENERATE_VERIFY_MAC"),
            ("HMAC_512", "GENERATE_VERIFY_MAC"),
            ("HMAC_SM3", "GENERATE_VERIFY_MAC"),
        ],
    )
    def test_every_spec_and_its_default_usage(self, door: Door, spec: str, usage: str) -> None:
        found = door.ok("describe-key", key_id=door.key(key_spec=spec))["key_info"]
        assert (found["key_spec"], found["key_usage"]) == (spec, usage)

    def test_an_external_key_waits_for_its_material(self, door: Door) -> None:
        found = door.ok("describe-key", key_id=door.key(origin="external"))["key_info"]
        assert (found["origin"], found["key_state"]) == ("external", "5")

    def test_disable_and_enable(self, door: Door) -> None:
        key = door.key()
        assert door.ok("disable-key", key_id=key) == {"key_info": {"key_id": key, "key_state": "3"}}
        assert door.ok("enable-key", key_id=key) == {"key_info": {"key_id": key, "key_state": "2"}}

    @pytest.mark.parametrize("days", ["7", 7, "1096", 1096])
    def test_deletion_scheduled_and_cancelled(self, door: Door, days: Any) -> None:
        key = door.key()
        assert door.ok("schedule-key-deletion", key_id=key, pending_days=days) == {"key_id": key, "key_state": "4"}
        due = door.ok("describe-key", key_id=key)["key_info"]["scheduled_deletion_date"]
        assert int(due) - int(NOW) == int(days) * 86_400_000
        assert door.ok("cancel-key-deletion", key_id=key) == {"key_id": key, "key_state": "3"}
        assert door.ok("describe-key", key_id=key)["key_info"]["scheduled_deletion_date"] == ""

    def test_a_key_due_is_gone(self, door: Door) -> None:
        key = door.key()
        door.ok("schedule-key-deletion", key_id=key, pending_days=7)
        door.runtime.clock.advance(days=7)
        assert door.refused("describe-key", {"key_id": key})[1] == "KMS.0207"

    def test_a_default_key_says_so(self, door: Door) -> None:
        key = door.core_key(name="csms/default", service="csms")
        assert door.ok("describe-key", key_id=key)["key_info"]["default_key_flag"] == "1"

    def test_a_key_without_a_name_goes_by_its_id(self, door: Door) -> None:
        key = door.core_key()
        assert door.ok("describe-key", key_id=key)["key_info"]["key_alias"] == key

    def test_a_frozen_key_is_in_state_7(self, door: Door) -> None:
        key = door.key()
        with door.runtime.store.begin(write=True) as uow:
            uow.of(Key).put(replace(uow.of(Key).get(key), state=KeyState.FROZEN))
        assert door.ok("describe-key", key_id=key)["key_info"]["key_state"] == "7"

    def test_alias_and_urn_name_a_key(self, door: Door) -> None:
        key = door.key()
        account, ring = door.founded.account, door.founded.project.ring
        door.add(Alias(f"{ring}/alias/mine", ring, account.id, "alias/mine", key, 1, 1))
        for name in ("alias/mine", f"kms:cn-hangzhou:{account.domain_id}:alias:mine"):
            assert door.ok("describe-key", key_id=name)["key_info"]["key_id"] == key
            assert door.ok("encrypt-data", key_id=name, plain_text="x")["key_id"] == key
            assert door.ok("create-datakey", key_id=name)["key_id"] == key

    @pytest.mark.parametrize("verb", ["enable-key", "disable-key", "schedule-key-deletion", "cancel-key-deletion"])
    def test_changes_take_ids_only(self, door: Door, verb: str) -> None:
        assert door.refused(verb, {"key_id": "alias/mine", "pending_days": 7})[1] == "KMS.0205"


class TestLists:
    def test_pages_end(self, door: Door) -> None:
        made = [door.key() for _ in range(5)]
        seen, marker = [], ""
        for expected in (("2", "true"), ("4", "true"), ("", "false")):
            page = door.ok("list-keys", limit="2", marker=marker)
            assert (page["next_marker"], page["truncated"], page["total"]) == (*expected, 5)
            assert page["keys"] == [found["key_id"] for found in page["key_details"]]
            seen += page["keys"]
            marker = page["next_marker"]
        assert seen == made

    def test_details_are_describe_key_s(self, door: Door) -> None:
        key = door.key()
        listed = door.ok("list-keys")["key_details"]
        assert listed == [door.ok("describe-key", key_id=key)["key_info"]]

    def test_nothing_is_a_page_too(self, door: Door) -> None:
        empty = {"keys": [], "key_details": [], "next_marker": "", "truncated": "false", "total": 0}
        assert door.ok("list-keys") == empty
        assert door.ok("list-keys", marker="7") == empty

    def test_a_marker_past_the_end_ends(self, door: Door) -> None:
        door.key()
        page = door.ok("list-keys", marker=9)
        assert (page["keys"], page["next_marker"], page["truncated"], page["total"]) == ([], "", "false", 1)

    @pytest.mark.parametrize("value", ["1", 1])
    def test_numbers_may_be_text(self, door: Door, value: Any) -> None:
        door.key()
        door.key()
        page = door.ok("list-keys", limit=value, marker=value)
        assert len(page["keys"]) == 1

    def test_empty_text_is_no_filter(self, door: Door) -> None:
        key = door.key()
        assert door.ok("list-keys", limit="", marker="", key_state="", key_spec="", sequence="")["keys"] == [key]

    def test_without_a_spec_only_aes_256(self, door: Door) -> None:
        aes, ec = door.key(), door.key(key_spec="EC_P256")
        assert door.ok("list-keys")["keys"] == [aes]
        assert door.ok("list-keys", key_spec="EC_P256")["keys"] == [ec]
        assert door.ok("list-keys", key_spec="ALL")["keys"] == [aes, ec]

    @pytest.mark.parametrize("word", [str, int])
    def test_by_state(self, door: Door, word: Any) -> None:
        enabled, disabled, pending, waiting = door.key(), door.key(), door.key(), door.key(origin="external")
        door.ok("disable-key", key_id=disabled)
        door.ok("schedule-key-deletion", key_id=pending, pending_days=7)
        expected = {1: [], 2: [enabled], 3: [disabled], 4: [pending], 5: [waiting]}
        assert {state: door.ok("list-keys", key_state=word(state))["keys"] for state in expected} == expected

    def test_by_enterprise_project(self, door: Door) -> None:
        own, other = door.key(), door.key(enterprise_project_id=UNKNOWN)
        assert door.ok("list-keys", enterprise_project_id="all")["keys"] == [own, other]
        assert door.ok("list-keys", enterprise_project_id="0")["keys"] == [own]
        assert door.ok("list-keys", enterprise_project_id=UNKNOWN)["keys"] == [other]

    def test_a_get_style_empty_body_lists(self, door: Door) -> None:
        key = door.key()
        request = Request("POST", door.path("list-keys"), "", {}, b"")
        assert read(door.send(door.signer.sign(request)))[1]["keys"] == [key]


class TestSmallData:
    @pytest.mark.parametrize("plaintext", ["x", "x" * 4096, '钥匙 ümläute \u0000 \\ "', "\n"], ids=len)
    def test_there_and_back(self, door: Door, plaintext: str) -> None:
        key = door.key()
        answer = door.ok("encrypt-data", key_id=key, plain_text=plaintext)
        assert list(answer) == ["key_id", "cipher_text"]
        data = base64.b64decode(answer["cipher_text"], validate=True)
        assert len(data) == len(plaintext.encode()) + 140
        assert 188 <= len(answer["cipher_text"]) <= 5648
        assert door.ok("decrypt-data", cipher_text=answer["cipher_text"]) == {
            "key_id": key,
            "plain_text": plaintext,
            "plain_text_base64": base64.b64encode(plaintext.encode()).decode(),
        }

    def test_the_key_may_be_named(self, door: Door) -> None:
        key = door.key()
        sealed = text(door, key, "named")
        more = {"key_id": key, "encryption_algorithm": "SYMMETRIC_DEFAULT"}
        assert door.ok("decrypt-data", cipher_text=sealed, **more)["plain_text"] == "named"

    @pytest.mark.parametrize(
        "binding",
        [
            {"additional_authenticated_data": "a" * 128},
            {"additional_authenticated_data": "ü" * 64},
            {"encryption_context": {"b": "2", "a": "1"}},
            {"encryption_context": {"k": "v" * 8184}},
        ],
        ids=["text", "text in UTF-8", "object", "long object"],
    )
    def test_bound_data_is_needed_again(self, door: Door, binding: dict[str, Any]) -> None:
        sealed = text(door, door.key(), "bound", **binding)
        assert door.ok("decrypt-data", cipher_text=sealed, **binding)["plain_text"] == "bound"
        for other in ({}, {"additional_authenticated_data": "b"}, {"encryption_context": {"a": "2"}}):
            refused = door.refused("decrypt-data", {"cipher_text": sealed, **other})
            assert refused == (400, "KMS.2201", "Invalid cipher_text.")

    def test_the_order_of_a_context_does_not_count(self, door: Door) -> None:
        sealed = text(door, door.key(), "x", encryption_context={"b": "2", "a": "1"})
        assert door.ok("decrypt-data", cipher_text=sealed, encryption_context={"a": "1", "b": "2"})
        assert door.ok("decrypt-data", cipher_text=sealed, additional_authenticated_data='{"a":"1","b":"2"}')

    def test_an_empty_context_binds_nothing(self, door: Door) -> None:
        sealed = text(door, door.key(), "x", encryption_context={})
        assert door.ok("decrypt-data", cipher_text=sealed)["plain_text"] == "x"

    @pytest.mark.parametrize(
        ("spec", "algorithm", "most"), [("RSA_2048", "RSAES_OAEP_SHA_256", 190), ("SM2", "SM2_ENCRYPT", 255)]
    )
    def test_asymmetric_keys(self, door: Door, spec: str, algorithm: str, most: int) -> None:
        key = door.key(key_spec=spec, key_usage="ENCRYPT_DECRYPT")
        sealed = text(door, key, "x" * most, encryption_algorithm=algorithm)
        opened = door.ok("decrypt-data", cipher_text=sealed, key_id=key, encryption_algorithm=algorithm)
        assert opened["plain_text"] == "x" * most

    def test_bytes_that_are_no_text_come_in_base64(self, door: Door) -> None:
        key = door.key()
        made = door.run(crypto.encrypt, crypto.Encrypt(KeyRef.by_id(key), b"\xff\x00"))
        sealed = base64.b64encode(framed(made.blob)).decode()
        opened = door.ok("decrypt-data", cipher_text=sealed)
        assert base64.b64decode(opened["plain_text_base64"]) == b"\xff\x00"

    @pytest.mark.parametrize("coat", ["framed", "body"])
    def test_what_other_apis_made_opens(self, door: Door, coat: str) -> None:
        key = door.key()
        blob: Blob = door.run(crypto.encrypt, crypto.Encrypt(KeyRef.by_id(key), b"crossing")).blob
        data = framed(blob) if coat == "framed" else body(blob.version_id, blob.iv, blob.sealed)
        opened = door.ok("decrypt-data", cipher_text=base64.b64encode(data).decode())
        assert (opened["key_id"], opened["plain_text"]) == (key, "crossing")

    def test_a_long_ciphertext_of_another_api_opens(self, door: Door) -> None:
        key = door.key()
        blob = door.run(crypto.encrypt, crypto.Encrypt(KeyRef.by_id(key), b"x" * 32_768)).blob
        opened = door.ok("decrypt-data", cipher_text=base64.b64encode(framed(blob)).decode())
        assert opened["plain_text"] == "x" * 32_768


class TestDataKeys:
    @pytest.mark.parametrize(
        ("asked", "bits"),
        [
            ({}, 256),
            ({"key_spec": "AES_256"}, 256),
            ({"key_spec": "AES_128"}, 128),
            ({"key_spec": "SM4"}, 128),
            ({"key_spec": "HMAC_256"}, 256),
            ({"key_spec": "HMAC_384"}, 384),
            ({"key_spec": "HMAC_512"}, 512),
            ({"key_spec": "HMAC_SM3"}, 256),
            ({"datakey_length": "8"}, 8),
            ({"datakey_length": 8192}, 8192),
            ({"datakey_length": "512", "key_spec": "AES_128"}, 512),
        ],
        ids=str,
    )
    def test_lengths(self, door: Door, request_context: dict[str, Any], bits: int) -> None:
        key = door.key()
        made = door.ok("create-datakey", key_id=key, **request_context)
        assert list(made) == ["key_id", "plain_text", "cipher_text"]
        assert len(made["plain_text"]) == bits // 4
        assert made["plain_text"] == made["plain_text"].upper()
        assert made["cipher_text"] == made["cipher_text"].upper()
        sealed = base64.b64encode(bytes.fromhex(made["cipher_text"])).decode()
        opened = door.ok("decrypt-data", cipher_text=sealed)
        assert base64.b64decode(opened["plain_text_base64"]).hex().upper() == made["plain_text"]

    def test_without_plaintext(self, door: Door) -> None:
        key = door.key()
        made = door.ok("create-datakey-without-plaintext", key_id=key, datakey_length="512")
        assert list(made) == ["key_id", "cipher_text"]
        assert len(bytes.fromhex(made["cipher_text"])) == 64 + 140

    def test_bound(self, door: Door) -> None:
        made = door.ok("create-datakey", key_id=door.key(), additional_authenticated_data="order")
        sealed = base64.b64encode(bytes.fromhex(made["cipher_text"])).decode()
        assert door.refused("decrypt-data", {"cipher_text": sealed})[1] == "KMS.2201"
        assert door.ok("decrypt-data", cipher_text=sealed, additional_authenticated_data="order")

    def test_an_rsa_key_wraps_up_to_1520_bits(self, door: Door) -> None:
        key = door.key(key_spec="RSA_3072", key_usage="ENCRYPT_DECRYPT")
        made = door.ok("create-datakey", key_id=key, datakey_length="1520")
        sealed = base64.b64encode(bytes.fromhex(made["cipher_text"])).decode()
        opened = door.ok("decrypt-data", cipher_text=sealed, key_id=key, encryption_algorithm="RSAES_OAEP_SHA_256")
        assert base64.b64decode(opened["plain_text_base64"]).hex().upper() == made["plain_text"]
        assert door.refused("create-datakey", {"key_id": key, "datakey_length": "1528"})[1] == "KMS.1904"

    @pytest.mark.parametrize("bits", ["8", 8, "512", 8192])
    def test_random(self, door: Door, bits: Any) -> None:
        drawn = {door.ok("gen-random", random_data_length=bits)["random_data"] for _ in range(9)}
        assert all(re.fullmatch(f"[0-9A-F]{{{int(bits) // 4}}}", data) for data in drawn)
        assert len(drawn) > 1


class TestVersions:
    DOCUMENT: ClassVar[dict[str, Any]] = {
        "id": "v1.0",
        "links": [{"href": "http://127.0.0.1:8750/v1.0/", "rel": "self"}],
        "version": "",
        "status": "CURRENT",
        "updated": "2018-09-05T08:18:05Z",
        "min_version": "",
    }

    def request(self, path: str, **headers: str) -> Request:
        return Request("GET", path, "", {"host": "127.0.0.1:8750", **headers}, b"")

    def test_the_list(self, door: Door) -> None:
        assert read(door.send(door.signer.sign(self.request("/")))) == (200, {"versions": [self.DOCUMENT]})

    @pytest.mark.parametrize("path", ["/v1.0", "/v1.0/"])
    def test_one(self, door: Door, path: str) -> None:
        assert read(door.send(self.request(path))) == (200, {"version": self.DOCUMENT})

    def test_another(self, door: Door) -> None:
        assert read(door.send(self.request("/v2")))[0] == 400

    @pytest.mark.parametrize(
        ("method", "path", "signed", "claimed"),
        [
            ("POST", "/v1.0/p/kms/create-key", False, True),
            ("GET", "/v2/p/kms/regions", False, True),
            ("GET", "/v1/p/secrets", False, True),
            ("GET", "/v1.0", False, True),
            ("GET", "/", True, True),
            ("GET", "/v9", True, True),
            ("GET", "/", False, False),
            ("POST", "/", True, False),
            ("GET", "/v3", False, False),
            ("GET", "/v10/x", False, False),
        ],
    )
    def test_claims(self, door: Door, method: str, path: str, signed: bool, claimed: bool) -> None:
        headers = {"authorization": "SDK-HMAC-SHA256 x", "x-sdk-date": "20261121T120000Z"} if signed else {}
        assert door.dialect.claims(Request(method, path, "", headers, b"")) is claimed


class TestTokens:
    def test_a_token_does_what_a_signature_does(self, door: Door) -> None:
        key, token = door.key(), door.sign_in()
        assert door.with_token(token, "describe-key", {"key_id": key}) == door.ask("describe-key", {"key_id": key})

    def test_what_is_audited(self, door: Door) -> None:
        key, token = door.key(), door.sign_in()
        door.with_token(token, "encrypt-data", {"key_id": key, "plain_text": "x"})
        event = door.runtime.trail.events[-1]
        assert (event.dialect, event.operation, event.key_id, event.outcome) == ("huawei", "encrypt-data", key, "ok")
        assert event.principal == door.founded.user.id


def test_projects_of_another_ring_are_a_wall(door: Door) -> None:
    """What one project owns, another cannot see or use, whichever operation it tries."""
    own = door.key()
    sealed = text(door, own, "x")
    other = replace(door.founded.project, id="f" * 32, name="cn-hangzhou_2", ring="another-ring")
    door.add(other)
    beyond = Door(door.runtime, other)
    for verb in (
        "describe-key",
        "enable-key",
        "disable-key",
        "cancel-key-deletion",
        "create-datakey",
        "create-datakey-without-plaintext",
    ):
        assert beyond.refused(verb, {"key_id": own})[:2] == (404, "KMS.0207"), verb
    assert beyond.refused("schedule-key-deletion", {"key_id": own, "pending_days": 7})[1] == "KMS.0207"
    assert beyond.refused("encrypt-data", {"key_id": own, "plain_text": "x"})[1] == "KMS.0207"
    assert beyond.refused("decrypt-data", {"cipher_text": sealed})[1] == "KMS.0207"
    assert beyond.keys() == 0
    assert beyond.key(door.ok("describe-key", key_id=own)["key_info"]["key_alias"])


def test_usages_of_other_apis_have_a_word(door: Door) -> None:
    key = door.core_key(spec="EC_P256", usage=Usage.AGREE)
    assert door.ok("describe-key", key_id=key)["key_info"]["key_usage"] == "KEY_AGREEMENT"
