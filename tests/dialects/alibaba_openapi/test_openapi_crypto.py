"""Encrypt, Decrypt and data keys as clients use them, and how their ciphertexts cross to other coats."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bitting.core import blob
from bitting.core.usecases.crypto import encryption as crypto
from bitting.core.usecases.iam import credentials
from bitting.dialects.alibaba_openapi.codecs import EncryptionContext

INVALID = (400, "InvalidParameter")
relaxed = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
specs = pytest.mark.parametrize("spec", ["Aliyun_AES_256", "Aliyun_AES_192", "Aliyun_AES_128", "Aliyun_SM4"])


def encrypt(door: Any, plaintext: str, **parameters: str) -> bytes:
    key_id = parameters.pop("KeyId", None) or door.key()
    found = door.ok("Encrypt", {"KeyId": key_id, "Plaintext": plaintext, **parameters})
    return base64.b64decode(found["CiphertextBlob"])


def decrypt(door: Any, data: bytes, **parameters: str) -> str:
    text: str = door.ok("Decrypt", {"CiphertextBlob": base64.b64encode(data).decode(), **parameters})["Plaintext"]
    return text


def refused(door: Any, data: bytes, **parameters: str) -> tuple[int, str]:
    code: tuple[int, str] = door.code("Decrypt", {"CiphertextBlob": base64.b64encode(data).decode(), **parameters})
    return code


@specs
@pytest.mark.parametrize("plaintext", ["aGVsbG8=", "hello, world", "x" * 6144, base64.b64encode(bytes(6144)).decode()])
def test_round_trip(door: Any, spec: str, plaintext: str) -> None:
    assert decrypt(door, encrypt(door, plaintext, KeyId=door.key(KeySpec=spec))) == plaintext


@pytest.mark.parametrize(
    "plaintext",
    [
        "a",
        "abc",
        "abcd",
        "ab==",
        "aQ==",
        "aR==",
        "aQ=",
        "aQ",
        "aQ==\n",
        " aQ==",
        "aQ==aQ==",
        "=",
        "====",
        "-_-_",
        "password",
        "\0",
        "\u6f22\u5b57",
        "a=b&c=d%41+",
    ],
)
def test_every_string_comes_back_to_the_byte(door: Any, plaintext: str) -> None:
    assert decrypt(door, encrypt(door, plaintext)) == plaintext


@relaxed
@given(plaintext=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200))
def test_any_string_comes_back(door: Any, plaintext: str) -> None:
    door.runtime.test_key = getattr(door.runtime, "test_key", None) or door.key()
    assert decrypt(door, encrypt(door, plaintext, KeyId=door.runtime.test_key)) == plaintext


@relaxed
@given(data=st.binary(min_size=1, max_size=200))
def test_any_bytes_are_encrypted_as_bytes(door: Any, data: bytes) -> None:
    door.runtime.test_key = getattr(door.runtime, "test_key", None) or door.key()
    made = encrypt(door, base64.b64encode(data).decode(), KeyId=door.runtime.test_key)
    assert made[:3] == b"\x24\x00\x02"
    assert len(made) == len(data) + blob.FRAMED_OVERHEAD


def test_the_normal_layout_has_no_mark(door: Any) -> None:
    assert encrypt(door, "aGVsbG8=")[:3] == b"\x24\x00\x02"
    assert encrypt(door, "aGVsbG8=", KeyId=door.key(KeySpec="Aliyun_SM4"))[:3] == b"\x24\x00\x05"
    assert encrypt(door, "hello")[:3] == b"\x24\x00\x82"
    assert encrypt(door, "hello", KeyId=door.key(KeySpec="Aliyun_SM4"))[:3] == b"\x24\x00\x85"


@pytest.mark.parametrize("plaintext", ["aGVsbG8=", "hello"], ids=["bytes", "text"])
def test_no_byte_of_a_ciphertext_can_be_changed(door: Any, plaintext: str) -> None:
    made = encrypt(door, plaintext)
    for at in range(len(made)):
        for bit in (0x01, 0x80):
            changed = made[:at] + bytes((made[at] ^ bit,)) + made[at + 1 :]
            assert refused(door, changed)[0] in {400, 404}, at
    for length in range(1, len(made)):
        assert refused(door, made[:length])[0] in {400, 404}
    assert refused(door, made + b"\0") == INVALID


@pytest.mark.parametrize("plaintext", ["aGVsbG8=", "hello"], ids=["bytes", "text"])
def test_every_coat_opens(door: Any, plaintext: str) -> None:
    key_id = door.key()
    made = blob.parse(encrypt(door, plaintext, KeyId=key_id))
    assert decrypt(door, blob.padded(replace(made, key_id=key_id))) == plaintext
    assert refused(door, blob.padded(replace(made, key_id=door.key()))) == INVALID


def test_a_bare_body_opens_as_bytes(door: Any) -> None:
    assert decrypt(door, encrypt(door, "aGVsbG8=")[3:]) == "aGVsbG8="


def test_text_from_another_api_is_bytes_here(door: Any) -> None:
    """What Huawei encrypts as text has no mark: it is shown as base64, which is what this API documents."""
    assert base64.b64decode(decrypt(door, encrypt(door, base64.b64encode(b"hello").decode()))) == b"hello"


@pytest.mark.parametrize(
    "again",
    ['{"b":"2","a":"1"}', ' { "a" : "1" , "b" : "2" } ', '{"\\u0061":"1","b":"2"}', '{"a":"0","a":"1","b":"2"}'],
)
def test_contexts_are_compared_as_maps(door: Any, again: str) -> None:
    made = encrypt(door, "aGVsbG8=", EncryptionContext='{"a":"1","b":"2"}')
    assert decrypt(door, made, EncryptionContext=again) == "aGVsbG8="


@pytest.mark.parametrize("again", ["{}", '{"a":"1"}', '{"a":"1","b":"2 "}', '{"a":"1","b":"2","c":""}'])
def test_another_context_does_not_open(door: Any, again: str) -> None:
    made = encrypt(door, "aGVsbG8=", EncryptionContext='{"a":"1","b":"2"}')
    assert refused(door, made, EncryptionContext=again) == INVALID
    assert refused(door, made) == INVALID


def test_an_empty_context_is_none(door: Any) -> None:
    assert decrypt(door, encrypt(door, "aGVsbG8=", EncryptionContext="{}")) == "aGVsbG8="
    assert decrypt(door, encrypt(door, "aGVsbG8="), EncryptionContext="{}") == "aGVsbG8="


@relaxed
@given(context=st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=5))
def test_the_canonical_context_is_compact_sorted_json(context: dict[str, str]) -> None:
    """Written down in the docs: other APIs that carry raw additional data must be able to make the same bytes."""
    wanted = json.dumps(context, sort_keys=True, separators=(",", ":"), ensure_ascii=False) if context else ""
    shuffled = json.dumps(dict(reversed(context.items())))
    assert EncryptionContext().decode(shuffled).decode(errors="surrogatepass") == wanted


def test_ciphertexts_of_a_disabled_key_wait(door: Any) -> None:
    key_id = door.key()
    made = encrypt(door, "aGVsbG8=", KeyId=key_id)
    door.ok("DisableKey", {"KeyId": key_id})
    assert refused(door, made) == (409, "Rejected.Disabled")
    door.ok("EnableKey", {"KeyId": key_id})
    assert decrypt(door, made) == "aGVsbG8="


def test_ciphertexts_of_a_deleted_key_are_lost(door: Any) -> None:
    key_id = door.key()
    made = encrypt(door, "aGVsbG8=", KeyId=key_id)
    door.ok("ScheduleKeyDeletion", {"KeyId": key_id, "PendingWindowInDays": "7"})
    assert refused(door, made) == (409, "Rejected.PendingDeletion")
    door.runtime.clock.advance(days=7)
    assert refused(door, made) == (404, "Forbidden.KeyNotFound")


@pytest.mark.parametrize("action", ["GenerateDataKey", "GenerateDataKeyWithoutPlaintext"])
@pytest.mark.parametrize(
    ("parameters", "length"),
    [
        ({}, 32),
        ({"KeySpec": "AES_256"}, 32),
        ({"KeySpec": "AES_128"}, 16),
        ({"NumberOfBytes": "1"}, 1),
        ({"NumberOfBytes": "1024", "KeySpec": "AES_128"}, 1024),
        ({"KeySpec": "AES_128", "EncryptionContext": '{"a":"b"}'}, 16),
    ],
    ids=str,
)
def test_data_keys(door: Any, action: str, parameters: dict[str, str], length: int) -> None:
    found = door.ok(action, {"KeyId": door.key(), **parameters})
    context = {name: value for name, value in parameters.items() if name == "EncryptionContext"}
    plain = decrypt(door, base64.b64decode(found["CiphertextBlob"]), **context)
    assert len(base64.b64decode(plain)) == length
    assert found.get("Plaintext", plain) == plain
    assert ("Plaintext" in found) is (action == "GenerateDataKey")


@pytest.mark.parametrize(
    "ref", ["{key}", "alias/a", "acs:kms:cn-hangzhou:{account}:key/{key}", "acs:kms:cn-hangzhou:{account}:alias/a"]
)
@pytest.mark.parametrize("action", ["Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "DescribeKey"])
def test_every_way_to_name_a_key(door: Any, action: str, ref: str) -> None:
    key_id = door.key()
    door.ok("CreateAlias", {"KeyId": key_id, "AliasName": "alias/a"})
    found = door.ok(action, {"KeyId": ref.format(key=key_id, account=door.account), "Plaintext": "eA=="})
    assert found.get("KeyId", found.get("KeyMetadata", {}).get("KeyId")) == key_id


@pytest.mark.parametrize("spec", ["RSA_2048", "EC_P256", "EC_SM2"])
@pytest.mark.parametrize("usage", ["ENCRYPT/DECRYPT", "SIGN/VERIFY"])
@pytest.mark.parametrize("action", ["Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext"])
def test_symmetric_operations_refuse_other_keys(door: Any, spec: str, usage: str, action: str) -> None:
    key_id = door.key(KeySpec=spec, KeyUsage=usage)
    assert door.code(action, {"KeyId": key_id, "Plaintext": "eA=="}) == INVALID


def dry(door: Any, action: str, **parameters: str) -> tuple[int, str]:
    found: tuple[int, str] = door.code(action, {"DryRun": "true", **parameters})
    return found


def test_dry_runs(door: Any) -> None:
    key_id = door.key()
    made = base64.b64encode(encrypt(door, "aGVsbG8=", KeyId=key_id)).decode()
    passed = (400, "DryRunOperationError")
    assert dry(door, "Encrypt", KeyId=key_id, Plaintext="eA==") == passed
    assert dry(door, "Decrypt", CiphertextBlob=made) == passed
    assert dry(door, "GenerateDataKey", KeyId=key_id) == passed
    assert dry(door, "GenerateDataKeyWithoutPlaintext", KeyId=key_id) == passed
    assert dry(door, "Decrypt", CiphertextBlob="AAAA") == (400, "ValidationError")
    assert dry(door, "Encrypt", KeyId="none", Plaintext="eA==") == (400, "ValidationError")
    assert dry(door, "DescribeKey", KeyId="none") == (404, "Forbidden.KeyNotFound")
    assert door.ok("Encrypt", {"KeyId": key_id, "Plaintext": "eA==", "DryRun": "False"})["KeyId"] == key_id


def test_a_dry_run_of_a_stranger_is_still_a_stranger(door: Any) -> None:
    request = door.signer.v3("Encrypt", {"KeyId": "a", "Plaintext": "eA==", "DryRun": "true"})
    request.headers["x-acs-action"] = "Decrypt"
    assert json.loads(door.send(request).body)["Code"] == "IncompleteSignature"


def test_plaintext_never_reaches_the_trail(door: Any) -> None:
    decrypt(door, encrypt(door, "a very secret text"))
    assert "secret" not in repr(door.runtime.trail.events)
    assert [event.outcome for event in door.runtime.trail.events][-2:] == ["ok", "ok"]


@pytest.mark.parametrize(("plaintext", "seen"), [("aGVsbG8=", b"hello"), ("h\u00e9llo!", "h\u00e9llo!".encode())])
def test_what_every_other_api_sees(door: Any, plaintext: str, seen: bytes) -> None:
    """The use case all dialects share: bytes where base64 was meant, the string's UTF-8 otherwise."""
    runtime, context = door.runtime, '{"a":"\u00e9"}'
    made = encrypt(door, plaintext, EncryptionContext=context)
    credential = credentials.access_key(runtime.cache.loading, runtime.vault, door.signer.access_key_id)
    command = crypto.Decrypt(made, aad=context.encode())
    request_context = runtime.request_context("another")
    opened = runtime.gate.run(crypto.decrypt, credential.principal, command, request_context, runtime.cache.loading)
    assert opened.plaintext == seen
