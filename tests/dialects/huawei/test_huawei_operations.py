"""Every operation's answer, field by field and type by type: Go clients take nothing else."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from typing import Any, ClassVar

import pytest
from huawei.conftest import UNKNOWN, ApiClient, read

from bitting.core.blob import Blob, body, framed
from bitting.core.model.key import Alias, Key, KeyRef, KeyState
from bitting.core.specs import Usage
from bitting.core.usecases.crypto import encryption as crypto
from bitting.dialects.base.http import Request

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
SEQUENCE = "919c82d4-8046-4722-9094-35c3c6524cff"
NOW = "1795262400000"


def text(api: ApiClient, key: str, plaintext: str, **more: Any) -> str:
    sealed: str = api.ok("encrypt-data", key_id=key, plain_text=plaintext, **more)["cipher_text"]
    return sealed


class TestKeys:
    def test_create_key(self, api: ApiClient) -> None:
        made = api.ok("create-key", key_alias="a:b/c_d-1", sequence=SEQUENCE)["key_info"]
        assert UUID.fullmatch(made.pop("key_id"))
        assert made == {"domain_id": api.founded.account.domain_id, "region_id": "cn-hangzhou"}

    def test_describe_key(self, api: ApiClient) -> None:
        key = api.key("tested", key_description="what for", enterprise_project_id="0")
        assert api.ok("describe-key", key_id=key) == {
            "key_info": {
                "key_id": key,
                "domain_id": api.founded.account.domain_id,
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
    def test_every_spec_and_its_default_usage(self, api: ApiClient, spec: str, usage: str) -> None:
        found = api.ok("describe-key", key_id=api.key(key_spec=spec))["key_info"]
        assert (found["key_spec"], found["key_usage"]) == (spec, usage)

    def test_an_external_key_waits_for_its_material(self, api: ApiClient) -> None:
        found = api.ok("describe-key", key_id=api.key(origin="external"))["key_info"]
        assert (found["origin"], found["key_state"]) == ("external", "5")

    def test_disable_and_enable(self, api: ApiClient) -> None:
        key = api.key()
        assert api.ok("disable-key", key_id=key) == {"key_info": {"key_id": key, "key_state": "3"}}
        assert api.ok("enable-key", key_id=key) == {"key_info": {"key_id": key, "key_state": "2"}}

    @pytest.mark.parametrize("days", ["7", 7, "1096", 1096])
    def test_deletion_scheduled_and_cancelled(self, api: ApiClient, days: Any) -> None:
        key = api.key()
        assert api.ok("schedule-key-deletion", key_id=key, pending_days=days) == {"key_id": key, "key_state": "4"}
        due = api.ok("describe-key", key_id=key)["key_info"]["scheduled_deletion_date"]
        assert int(due) - int(NOW) == int(days) * 86_400_000
        assert api.ok("cancel-key-deletion", key_id=key) == {"key_id": key, "key_state": "3"}
        assert api.ok("describe-key", key_id=key)["key_info"]["scheduled_deletion_date"] == ""

    def test_a_key_due_is_gone(self, api: ApiClient) -> None:
        key = api.key()
        api.ok("schedule-key-deletion", key_id=key, pending_days=7)
        api.runtime.clock.advance(days=7)
        assert api.refused("describe-key", {"key_id": key})[1] == "KMS.0207"

    def test_a_default_key_says_so(self, api: ApiClient) -> None:
        key = api.core_key(name="csms/default", service="csms")
        assert api.ok("describe-key", key_id=key)["key_info"]["default_key_flag"] == "1"

    def test_a_key_without_a_name_goes_by_its_id(self, api: ApiClient) -> None:
        key = api.core_key()
        assert api.ok("describe-key", key_id=key)["key_info"]["key_alias"] == key

    def test_a_frozen_key_is_in_state_7(self, api: ApiClient) -> None:
        key = api.key()
        with api.runtime.store.begin(write=True) as uow:
            uow.of(Key).put(replace(uow.of(Key).get(key), state=KeyState.FROZEN))
        assert api.ok("describe-key", key_id=key)["key_info"]["key_state"] == "7"

    def test_alias_and_urn_name_a_key(self, api: ApiClient) -> None:
        key = api.key()
        account, ring = api.founded.account, api.founded.project.ring
        api.add(Alias(f"{ring}/alias/mine", ring, account.id, "alias/mine", key, 1, 1))
        for name in ("alias/mine", f"kms:cn-hangzhou:{account.domain_id}:alias:mine"):
            assert api.ok("describe-key", key_id=name)["key_info"]["key_id"] == key
            assert api.ok("encrypt-data", key_id=name, plain_text="x")["key_id"] == key
            assert api.ok("create-datakey", key_id=name)["key_id"] == key

    @pytest.mark.parametrize("verb", ["enable-key", "disable-key", "schedule-key-deletion", "cancel-key-deletion"])
    def test_changes_take_ids_only(self, api: ApiClient, verb: str) -> None:
        assert api.refused(verb, {"key_id": "alias/mine", "pending_days": 7})[1] == "KMS.0205"


class TestLists:
    def test_pages_end(self, api: ApiClient) -> None:
        made = [api.key() for _ in range(5)]
        seen, marker = [], ""
        for expected in (("2", "true"), ("4", "true"), ("", "false")):
            page = api.ok("list-keys", limit="2", marker=marker)
            assert (page["next_marker"], page["truncated"], page["total"]) == (*expected, 5)
            assert page["keys"] == [found["key_id"] for found in page["key_details"]]
            seen += page["keys"]
            marker = page["next_marker"]
        assert seen == made

    def test_details_are_describe_key_s(self, api: ApiClient) -> None:
        key = api.key()
        listed = api.ok("list-keys")["key_details"]
        assert listed == [api.ok("describe-key", key_id=key)["key_info"]]

    def test_nothing_is_a_page_too(self, api: ApiClient) -> None:
        empty = {"keys": [], "key_details": [], "next_marker": "", "truncated": "false", "total": 0}
        assert api.ok("list-keys") == empty
        assert api.ok("list-keys", marker="7") == empty

    def test_a_marker_past_the_end_ends(self, api: ApiClient) -> None:
        api.key()
        page = api.ok("list-keys", marker=9)
        assert (page["keys"], page["next_marker"], page["truncated"], page["total"]) == ([], "", "false", 1)

    @pytest.mark.parametrize("value", ["1", 1])
    def test_numbers_may_be_text(self, api: ApiClient, value: Any) -> None:
        api.key()
        api.key()
        page = api.ok("list-keys", limit=value, marker=value)
        assert len(page["keys"]) == 1

    def test_empty_text_is_no_filter(self, api: ApiClient) -> None:
        key = api.key()
        assert api.ok("list-keys", limit="", marker="", key_state="", key_spec="", sequence="")["keys"] == [key]

    def test_without_a_spec_only_aes_256(self, api: ApiClient) -> None:
        aes, ec = api.key(), api.key(key_spec="EC_P256")
        assert api.ok("list-keys")["keys"] == [aes]
        assert api.ok("list-keys", key_spec="EC_P256")["keys"] == [ec]
        assert api.ok("list-keys", key_spec="ALL")["keys"] == [aes, ec]

    @pytest.mark.parametrize("word", [str, int])
    def test_by_state(self, api: ApiClient, word: Any) -> None:
        enabled, disabled, pending, waiting = api.key(), api.key(), api.key(), api.key(origin="external")
        api.ok("disable-key", key_id=disabled)
        api.ok("schedule-key-deletion", key_id=pending, pending_days=7)
        expected = {1: [], 2: [enabled], 3: [disabled], 4: [pending], 5: [waiting]}
        assert {state: api.ok("list-keys", key_state=word(state))["keys"] for state in expected} == expected

    def test_by_enterprise_project(self, api: ApiClient) -> None:
        own, other = api.key(), api.key(enterprise_project_id=UNKNOWN)
        assert api.ok("list-keys", enterprise_project_id="all")["keys"] == [own, other]
        assert api.ok("list-keys", enterprise_project_id="0")["keys"] == [own]
        assert api.ok("list-keys", enterprise_project_id=UNKNOWN)["keys"] == [other]

    def test_a_get_style_empty_body_lists(self, api: ApiClient) -> None:
        key = api.key()
        request = Request("POST", api.path("list-keys"), "", {}, b"")
        assert read(api.send(api.signer.sign(request)))[1]["keys"] == [key]


class TestSmallData:
    @pytest.mark.parametrize("plaintext", ["x", "x" * 4096, '钥匙 ümläute \u0000 \\ "', "\n"], ids=len)
    def test_there_and_back(self, api: ApiClient, plaintext: str) -> None:
        key = api.key()
        answer = api.ok("encrypt-data", key_id=key, plain_text=plaintext)
        assert list(answer) == ["key_id", "cipher_text"]
        data = base64.b64decode(answer["cipher_text"], validate=True)
        assert len(data) == len(plaintext.encode()) + 140
        assert 188 <= len(answer["cipher_text"]) <= 5648
        assert api.ok("decrypt-data", cipher_text=answer["cipher_text"]) == {
            "key_id": key,
            "plain_text": plaintext,
            "plain_text_base64": base64.b64encode(plaintext.encode()).decode(),
        }

    def test_the_key_may_be_named(self, api: ApiClient) -> None:
        key = api.key()
        sealed = text(api, key, "named")
        more = {"key_id": key, "encryption_algorithm": "SYMMETRIC_DEFAULT"}
        assert api.ok("decrypt-data", cipher_text=sealed, **more)["plain_text"] == "named"

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
    def test_bound_data_is_needed_again(self, api: ApiClient, binding: dict[str, Any]) -> None:
        sealed = text(api, api.key(), "bound", **binding)
        assert api.ok("decrypt-data", cipher_text=sealed, **binding)["plain_text"] == "bound"
        for other in ({}, {"additional_authenticated_data": "b"}, {"encryption_context": {"a": "2"}}):
            refused = api.refused("decrypt-data", {"cipher_text": sealed, **other})
            assert refused == (400, "KMS.2201", "Invalid cipher_text.")

    def test_the_order_of_a_context_does_not_count(self, api: ApiClient) -> None:
        sealed = text(api, api.key(), "x", encryption_context={"b": "2", "a": "1"})
        assert api.ok("decrypt-data", cipher_text=sealed, encryption_context={"a": "1", "b": "2"})
        assert api.ok("decrypt-data", cipher_text=sealed, additional_authenticated_data='{"a":"1","b":"2"}')

    def test_an_empty_context_binds_nothing(self, api: ApiClient) -> None:
        sealed = text(api, api.key(), "x", encryption_context={})
        assert api.ok("decrypt-data", cipher_text=sealed)["plain_text"] == "x"

    @pytest.mark.parametrize(
        ("spec", "algorithm", "most"), [("RSA_2048", "RSAES_OAEP_SHA_256", 190), ("SM2", "SM2_ENCRYPT", 255)]
    )
    def test_asymmetric_keys(self, api: ApiClient, spec: str, algorithm: str, most: int) -> None:
        key = api.key(key_spec=spec, key_usage="ENCRYPT_DECRYPT")
        sealed = text(api, key, "x" * most, encryption_algorithm=algorithm)
        opened = api.ok("decrypt-data", cipher_text=sealed, key_id=key, encryption_algorithm=algorithm)
        assert opened["plain_text"] == "x" * most

    def test_bytes_that_are_no_text_come_in_base64(self, api: ApiClient) -> None:
        key = api.key()
        made = api.run(crypto.encrypt, crypto.Encrypt(KeyRef.by_id(key), b"\xff\x00"))
        sealed = base64.b64encode(framed(made.blob)).decode()
        opened = api.ok("decrypt-data", cipher_text=sealed)
        assert base64.b64decode(opened["plain_text_base64"]) == b"\xff\x00"

    @pytest.mark.parametrize("coat", ["framed", "body"])
    def test_what_other_apis_made_opens(self, api: ApiClient, coat: str) -> None:
        key = api.key()
        blob: Blob = api.run(crypto.encrypt, crypto.Encrypt(KeyRef.by_id(key), b"crossing")).blob
        data = framed(blob) if coat == "framed" else body(blob.version_id, blob.iv, blob.sealed)
        opened = api.ok("decrypt-data", cipher_text=base64.b64encode(data).decode())
        assert (opened["key_id"], opened["plain_text"]) == (key, "crossing")

    def test_a_long_ciphertext_of_another_api_opens(self, api: ApiClient) -> None:
        key = api.key()
        blob = api.run(crypto.encrypt, crypto.Encrypt(KeyRef.by_id(key), b"x" * 32_768)).blob
        opened = api.ok("decrypt-data", cipher_text=base64.b64encode(framed(blob)).decode())
        assert opened["plain_text"] == "x" * 32_768


class TestDataKeys:
    @pytest.mark.parametrize(
        ("parameters", "bits"),
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
    def test_lengths(self, api: ApiClient, parameters: dict[str, Any], bits: int) -> None:
        key = api.key()
        made = api.ok("create-datakey", key_id=key, **parameters)
        assert list(made) == ["key_id", "plain_text", "cipher_text"]
        assert len(made["plain_text"]) == bits // 4
        assert made["plain_text"] == made["plain_text"].upper()
        assert made["cipher_text"] == made["cipher_text"].upper()
        sealed = base64.b64encode(bytes.fromhex(made["cipher_text"])).decode()
        opened = api.ok("decrypt-data", cipher_text=sealed)
        assert base64.b64decode(opened["plain_text_base64"]).hex().upper() == made["plain_text"]

    def test_without_plaintext(self, api: ApiClient) -> None:
        key = api.key()
        made = api.ok("create-datakey-without-plaintext", key_id=key, datakey_length="512")
        assert list(made) == ["key_id", "cipher_text"]
        assert len(bytes.fromhex(made["cipher_text"])) == 64 + 140

    def test_bound(self, api: ApiClient) -> None:
        made = api.ok("create-datakey", key_id=api.key(), additional_authenticated_data="order")
        sealed = base64.b64encode(bytes.fromhex(made["cipher_text"])).decode()
        assert api.refused("decrypt-data", {"cipher_text": sealed})[1] == "KMS.2201"
        assert api.ok("decrypt-data", cipher_text=sealed, additional_authenticated_data="order")

    def test_an_rsa_key_wraps_up_to_1520_bits(self, api: ApiClient) -> None:
        key = api.key(key_spec="RSA_3072", key_usage="ENCRYPT_DECRYPT")
        made = api.ok("create-datakey", key_id=key, datakey_length="1520")
        sealed = base64.b64encode(bytes.fromhex(made["cipher_text"])).decode()
        opened = api.ok("decrypt-data", cipher_text=sealed, key_id=key, encryption_algorithm="RSAES_OAEP_SHA_256")
        assert base64.b64decode(opened["plain_text_base64"]).hex().upper() == made["plain_text"]
        assert api.refused("create-datakey", {"key_id": key, "datakey_length": "1528"})[1] == "KMS.1904"

    @pytest.mark.parametrize("bits", ["8", 8, "512", 8192])
    def test_random(self, api: ApiClient, bits: Any) -> None:
        drawn = {api.ok("gen-random", random_data_length=bits)["random_data"] for _ in range(9)}
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

    def test_the_list(self, api: ApiClient) -> None:
        assert read(api.send(api.signer.sign(self.request("/")))) == (200, {"versions": [self.DOCUMENT]})

    @pytest.mark.parametrize("path", ["/v1.0", "/v1.0/"])
    def test_one(self, api: ApiClient, path: str) -> None:
        assert read(api.send(self.request(path))) == (200, {"version": self.DOCUMENT})

    def test_another(self, api: ApiClient) -> None:
        assert read(api.send(self.request("/v2")))[0] == 400

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
    def test_claims(self, api: ApiClient, method: str, path: str, signed: bool, claimed: bool) -> None:
        headers = {"authorization": "SDK-HMAC-SHA256 x", "x-sdk-date": "20261121T120000Z"} if signed else {}
        assert api.dialect.claims(Request(method, path, "", headers, b"")) is claimed


class TestTokens:
    def test_a_token_does_what_a_signature_does(self, api: ApiClient) -> None:
        key, token = api.key(), api.sign_in()
        assert api.with_token(token, "describe-key", {"key_id": key}) == api.ask("describe-key", {"key_id": key})

    def test_what_is_audited(self, api: ApiClient) -> None:
        key, token = api.key(), api.sign_in()
        api.with_token(token, "encrypt-data", {"key_id": key, "plain_text": "x"})
        event = api.runtime.trail.events[-1]
        assert (event.dialect, event.operation, event.key_id, event.outcome) == ("huawei", "encrypt-data", key, "ok")
        assert event.principal == api.founded.user.id


def test_projects_of_another_ring_are_a_wall(api: ApiClient) -> None:
    """What one project owns, another cannot see or use, whichever operation it tries."""
    own = api.key()
    sealed = text(api, own, "x")
    other = replace(api.founded.project, id="f" * 32, name="cn-hangzhou_2", ring="another-ring")
    api.add(other)
    beyond = ApiClient(api.runtime, other)
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
    assert beyond.key(api.ok("describe-key", key_id=own)["key_info"]["key_alias"])


def test_usages_of_other_apis_have_a_word(api: ApiClient) -> None:
    key = api.core_key(spec="EC_P256", usage=Usage.AGREE)
    assert api.ok("describe-key", key_id=key)["key_info"]["key_usage"] == "KEY_AGREEMENT"
