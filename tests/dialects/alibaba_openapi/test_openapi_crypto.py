"""Encrypt, Decrypt and data keys as clients use them, and how their ciphertexts cross to other coats."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bitting.core import blob
from bitting.core.model.key import KeyRef
from bitting.core.usecases.crypto import encryption as crypto
from bitting.core.usecases.iam import credentials
from bitting.dialects.alibaba_openapi.codecs import EncryptionContext

INVALID = (400, "InvalidParameter")
relaxed = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
specs = pytest.mark.parametrize("spec", ["Aliyun_AES_256", "Aliyun_AES_192", "Aliyun_AES_128", "Aliyun_SM4"])


def encrypt(api: Any, plaintext: str, **parameters: str) -> bytes:
    key_id = parameters.pop("KeyId", None) or api.key()
    found = api.ok("Encrypt", {"KeyId": key_id, "Plaintext": plaintext, **parameters})
    return base64.b64decode(found["CiphertextBlob"])


def decrypt(api: Any, data: bytes, **parameters: str) -> str:
    text: str = api.ok("Decrypt", {"CiphertextBlob": base64.b64encode(data).decode(), **parameters})["Plaintext"]
    return text


def sealed(api: Any, plaintext: bytes, key: KeyRef, *, text: bool = False) -> blob.Blob:
    """A ciphertext as the use case makes it, for layouts that this API reads and does not make."""
    runtime = api.runtime
    credential = credentials.access_key(runtime.cache.loading, runtime.vault, api.signer.access_key_id)
    request_context = runtime.request_context("another")
    order = crypto.Encrypt(key, plaintext, text=text)
    found: blob.Blob = runtime.gate.run(
        crypto.encrypt, credential.principal, order, request_context, runtime.cache.loading
    ).blob
    return found


def refused(api: Any, data: bytes, **parameters: str) -> tuple[int, str]:
    code: tuple[int, str] = api.code("Decrypt", {"CiphertextBlob": base64.b64encode(data).decode(), **parameters})
    return code


@specs
@pytest.mark.parametrize("plaintext", ["aGVsbG8=", "hello, world", "x" * 6144, base64.b64encode(bytes(6144)).decode()])
def test_round_trip(api: Any, spec: str, plaintext: str) -> None:
    assert decrypt(api, encrypt(api, plaintext, KeyId=api.key(KeySpec=spec))) == plaintext


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
def test_every_string_comes_back_to_the_byte(api: Any, plaintext: str) -> None:
    assert decrypt(api, encrypt(api, plaintext)) == plaintext


@relaxed
@given(plaintext=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200))
def test_any_string_comes_back(api: Any, plaintext: str) -> None:
    api.runtime.test_key = getattr(api.runtime, "test_key", None) or api.key()
    assert decrypt(api, encrypt(api, plaintext, KeyId=api.runtime.test_key)) == plaintext


@relaxed
@given(data=st.binary(min_size=1, max_size=200))
def test_base64_is_encrypted_as_the_text_it_is(api: Any, data: bytes) -> None:
    api.runtime.test_key = getattr(api.runtime, "test_key", None) or api.key()
    text = base64.b64encode(data).decode()
    assert len(encrypt(api, text, KeyId=api.runtime.test_key)) == len(text) + blob.BODY_OVERHEAD


@pytest.mark.parametrize("spec", ["Aliyun_AES_256", "Aliyun_SM4"])
@pytest.mark.parametrize("plaintext", ["aGVsbG8=", "hello"])
def test_a_ciphertext_begins_with_its_key_version(api: Any, spec: str, plaintext: str) -> None:
    """Every row that answers a ciphertext: what the transfer SDKs cut off at 36 and 48 bytes."""
    key_id = api.key(KeySpec=spec)
    first = api.ok("Encrypt", {"KeyId": key_id, "Plaintext": plaintext})
    moved = api.ok("ReEncrypt", {"CiphertextBlob": first["CiphertextBlob"], "DestinationKeyId": key_id})
    made = (
        first,
        *(api.ok(name, {"KeyId": key_id}) for name in ("GenerateDataKey", "GenerateDataKeyWithoutPlaintext")),
    )
    for answer in (*made, {**moved, "KeyVersionId": first["KeyVersionId"]}):
        assert base64.b64decode(answer["CiphertextBlob"])[:36].decode() == answer["KeyVersionId"]
    assert decrypt(api, base64.b64decode(moved["CiphertextBlob"])) == plaintext


@pytest.mark.parametrize("plaintext", ["aGVsbG8=", "hello"], ids=["bytes", "text"])
def test_no_byte_of_a_ciphertext_can_be_changed(api: Any, plaintext: str) -> None:
    made = encrypt(api, plaintext)
    for at in range(len(made)):
        for bit in (0x01, 0x80):
            changed = made[:at] + bytes((made[at] ^ bit,)) + made[at + 1 :]
            assert refused(api, changed)[0] in {400, 404}, at
    for length in range(1, len(made)):
        assert refused(api, made[:length])[0] in {400, 404}
    assert refused(api, made + b"\0") == INVALID


@pytest.mark.parametrize("plaintext", ["aGVsbG8=", "hello"], ids=["bytes", "text"])
def test_every_coat_opens(api: Any, plaintext: str) -> None:
    key_id = api.key()
    made = sealed(api, plaintext.encode(), KeyRef.by_id(key_id), text=True)
    assert decrypt(api, blob.framed(made)) == plaintext
    assert decrypt(api, blob.padded(made)) == plaintext
    assert refused(api, blob.padded(replace(made, key_id=api.key()))) == INVALID


@pytest.mark.parametrize("spec", ["Aliyun_AES_256", "Aliyun_SM4"])
@pytest.mark.parametrize(
    ("plaintext", "text", "shown"),
    [(b"hello", False, "aGVsbG8="), (b"hello, world", True, "hello, world"), (b"\xff\x00", False, "/wA=")],
)
def test_what_older_versions_made_opens_as_it_did(
    api: Any, spec: str, plaintext: bytes, text: bool, shown: str
) -> None:
    """They decoded base64 before they encrypted, framed the result, and marked every other string."""
    key_id = api.key(KeySpec=spec)
    made = blob.framed(sealed(api, plaintext, KeyRef.by_id(key_id), text=text))
    assert decrypt(api, made) == shown
    again = {"CiphertextBlob": base64.b64encode(made).decode(), "DestinationKeyId": api.key()}
    moved = base64.b64decode(api.ok("ReEncrypt", again)["CiphertextBlob"])
    assert (decrypt(api, moved), len(moved)) == (shown, len(shown) + blob.BODY_OVERHEAD)


@pytest.mark.parametrize("text", [False, True])
def test_an_older_data_key_is_exported_as_its_bytes(api: Any, text: bool) -> None:
    """So is a new one, of which the text is encrypted; and what is no base64 is exported as it is."""
    private = rsa.generate_private_key(65537, 2048)
    public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    wrap = {
        "PublicKeyBlob": base64.b64encode(public).decode(),
        "WrappingAlgorithm": "RSAES_OAEP_SHA_256",
        "WrappingKeySpec": "RSA_2048",
    }
    key_id = api.key()
    old = base64.b64encode(blob.framed(sealed(api, b"0123456789-bcdef", KeyRef.by_id(key_id), text=text))).decode()
    new = api.ok("GenerateDataKey", {"KeyId": key_id})
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    for sealed_key, plain in ((old, b"0123456789-bcdef"), (new["CiphertextBlob"], base64.b64decode(new["Plaintext"]))):
        exported = api.ok("ExportDataKey", {"CiphertextBlob": sealed_key, **wrap})["ExportedDataKey"]
        assert private.decrypt(base64.b64decode(exported), oaep) == plain
    both = api.ok("GenerateAndExportDataKey", {"KeyId": key_id, **wrap})
    exported_key = private.decrypt(base64.b64decode(both["ExportedDataKey"]), oaep)
    assert base64.b64decode(decrypt(api, base64.b64decode(both["CiphertextBlob"]))) == exported_key


def test_bytes_in_a_bare_body_that_are_no_string_come_in_base64(api: Any) -> None:
    made = sealed(api, b"\xff\x00", KeyRef.by_id(api.key()))
    assert decrypt(api, blob.body(made.version_id, made.iv, made.sealed)) == "/wA="


@pytest.mark.parametrize("again", ['{"b":"2","a":"1"}', ' { "a" : "1" , "b" : "2" } ', '{"\\u0061":"1","b":"2"}'])
def test_contexts_are_compared_as_maps(api: Any, again: str) -> None:
    made = encrypt(api, "aGVsbG8=", EncryptionContext='{"a":"1","b":"2"}')
    assert decrypt(api, made, EncryptionContext=again) == "aGVsbG8="


@pytest.mark.parametrize("again", ['{"a":"0","a":"1","b":"2"}', '{"a":"1","\\u0061":"1","b":"2"}', "[" * 4000])
def test_a_context_that_is_ambiguous_is_refused(api: Any, again: str) -> None:
    made = encrypt(api, "aGVsbG8=", EncryptionContext='{"a":"1","b":"2"}')
    assert refused(api, made, EncryptionContext=again) == (400, "InvalidParameter")


@pytest.mark.parametrize("again", ["{}", '{"a":"1"}', '{"a":"1","b":"2 "}', '{"a":"1","b":"2","c":""}'])
def test_another_context_does_not_open(api: Any, again: str) -> None:
    made = encrypt(api, "aGVsbG8=", EncryptionContext='{"a":"1","b":"2"}')
    assert refused(api, made, EncryptionContext=again) == INVALID
    assert refused(api, made) == INVALID


def test_an_empty_context_is_none(api: Any) -> None:
    assert decrypt(api, encrypt(api, "aGVsbG8=", EncryptionContext="{}")) == "aGVsbG8="
    assert decrypt(api, encrypt(api, "aGVsbG8="), EncryptionContext="{}") == "aGVsbG8="


@relaxed
@given(context=st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=5))
def test_the_canonical_context_is_compact_sorted_json(context: dict[str, str]) -> None:
    """Written down in the docs: other APIs that carry raw additional data must be able to make the same bytes."""
    wanted = json.dumps(context, sort_keys=True, separators=(",", ":"), ensure_ascii=False) if context else ""
    shuffled = json.dumps(dict(reversed(context.items())))
    assert EncryptionContext().decode(shuffled).decode(errors="surrogatepass") == wanted


def test_ciphertexts_of_a_disabled_key_wait(api: Any) -> None:
    key_id = api.key()
    made = encrypt(api, "aGVsbG8=", KeyId=key_id)
    api.ok("DisableKey", {"KeyId": key_id})
    assert refused(api, made) == (409, "Rejected.Disabled")
    api.ok("EnableKey", {"KeyId": key_id})
    assert decrypt(api, made) == "aGVsbG8="


def test_ciphertexts_of_a_deleted_key_are_lost(api: Any) -> None:
    key_id = api.key()
    made = encrypt(api, "aGVsbG8=", KeyId=key_id)
    api.ok("ScheduleKeyDeletion", {"KeyId": key_id, "PendingWindowInDays": "7"})
    assert refused(api, made) == (409, "Rejected.PendingDeletion")
    api.runtime.clock.advance(days=7)
    assert refused(api, made) == (404, "Forbidden.KeyNotFound")


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
def test_data_keys(api: Any, action: str, parameters: dict[str, str], length: int) -> None:
    found = api.ok(action, {"KeyId": api.key(), **parameters})
    context = {name: value for name, value in parameters.items() if name == "EncryptionContext"}
    plain = decrypt(api, base64.b64decode(found["CiphertextBlob"]), **context)
    assert len(base64.b64decode(plain)) == length
    assert found.get("Plaintext", plain) == plain
    assert ("Plaintext" in found) is (action == "GenerateDataKey")


@pytest.mark.parametrize(
    "ref", ["{key}", "alias/a", "acs:kms:cn-hangzhou:{account}:key/{key}", "acs:kms:cn-hangzhou:{account}:alias/a"]
)
@pytest.mark.parametrize("action", ["Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "DescribeKey"])
def test_every_way_to_name_a_key(api: Any, action: str, ref: str) -> None:
    key_id = api.key()
    api.ok("CreateAlias", {"KeyId": key_id, "AliasName": "alias/a"})
    found = api.ok(action, {"KeyId": ref.format(key=key_id, account=api.account), "Plaintext": "eA=="})
    assert found.get("KeyId", found.get("KeyMetadata", {}).get("KeyId")) == key_id


@pytest.mark.parametrize("spec", ["RSA_2048", "EC_P256", "EC_SM2"])
@pytest.mark.parametrize("usage", ["ENCRYPT/DECRYPT", "SIGN/VERIFY"])
@pytest.mark.parametrize("action", ["Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext"])
def test_symmetric_operations_refuse_other_keys(api: Any, spec: str, usage: str, action: str) -> None:
    key_id = api.key(KeySpec=spec, KeyUsage=usage)
    assert api.code(action, {"KeyId": key_id, "Plaintext": "eA=="}) == INVALID


def dry(api: Any, action: str, **parameters: str) -> tuple[int, str]:
    found: tuple[int, str] = api.code(action, {"DryRun": "true", **parameters})
    return found


def test_dry_runs(api: Any) -> None:
    key_id = api.key()
    made = base64.b64encode(encrypt(api, "aGVsbG8=", KeyId=key_id)).decode()
    passed = (400, "DryRunOperationError")
    assert dry(api, "Encrypt", KeyId=key_id, Plaintext="eA==") == passed
    assert dry(api, "Decrypt", CiphertextBlob=made) == passed
    assert dry(api, "GenerateDataKey", KeyId=key_id) == passed
    assert dry(api, "GenerateDataKeyWithoutPlaintext", KeyId=key_id) == passed
    assert dry(api, "Decrypt", CiphertextBlob="AAAA") == (400, "ValidationError")
    assert dry(api, "Encrypt", KeyId="none", Plaintext="eA==") == (400, "ValidationError")
    assert dry(api, "DescribeKey", KeyId="none") == INVALID  # it has none, and says so
    assert api.ok("Encrypt", {"KeyId": key_id, "Plaintext": "eA==", "DryRun": "False"})["KeyId"] == key_id


def test_a_dry_run_of_a_stranger_is_still_a_stranger(api: Any) -> None:
    request = api.signer.v3("Encrypt", {"KeyId": "a", "Plaintext": "eA==", "DryRun": "true"})
    request.headers["x-acs-action"] = "Decrypt"
    assert json.loads(api.send(request).body)["Code"] == "IncompleteSignature"


def test_plaintext_never_reaches_the_trail(api: Any) -> None:
    decrypt(api, encrypt(api, "a very secret text"))
    assert "secret" not in repr(api.runtime.trail.events)
    assert [event.outcome for event in api.runtime.trail.events][-2:] == ["ok", "ok"]


@pytest.mark.parametrize(("plaintext", "seen"), [("aGVsbG8=", b"aGVsbG8="), ("h\u00e9llo!", "h\u00e9llo!".encode())])
def test_what_every_other_api_sees(api: Any, plaintext: str, seen: bytes) -> None:
    """The use case all dialects share: the string's UTF-8."""
    runtime, context = api.runtime, '{"a":"\u00e9"}'
    made = encrypt(api, plaintext, EncryptionContext=context)
    credential = credentials.access_key(runtime.cache.loading, runtime.vault, api.signer.access_key_id)
    command = crypto.Decrypt(made, aad=context.encode())
    request_context = runtime.request_context("another")
    opened = runtime.gate.run(crypto.decrypt, credential.principal, command, request_context, runtime.cache.loading)
    assert opened.plaintext == seen
