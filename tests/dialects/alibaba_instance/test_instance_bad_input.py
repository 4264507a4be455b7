"""Bodies and parameters that are wrong: the documented row, no stack trace, nothing written."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bitting.core.model.key import Key
from bitting.dialects.alibaba_instance import api_pb2
from bitting.dialects.alibaba_instance.operations import OPERATIONS
from bitting.dialects.base.http import Request

INVALID = (400, "InvalidParameter", "The specified parameter is not valid.")
UNSUPPORTED = (400, "UnsupportedOperation", "Rejected.UnsupportedOperation")
FAILURE = (500, "InternalFailure", "Internal Failure.")
NOBODY = "00000000-0000-4000-8000-00000000dead"


@pytest.mark.parametrize("name", sorted(OPERATIONS))
@pytest.mark.parametrize("body", [b"\xff", b"\x0a\x05abc", b"{}", b"KeyId=1"], ids=repr)
def test_bodies_that_are_no_protobuf(client, name, body):
    assert client.error(client.raw(name, body)) == INVALID


def test_text_that_is_no_utf8(client):
    assert client.error(client.raw("Encrypt", b"\x0a\x01\xff\x12\x01x")) == INVALID


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_empty_bodies_lack_what_is_required(client, name):
    assert client.refused(name) == INVALID


REQUIRED = {
    "Encrypt": {"KeyId": NOBODY, "Plaintext": b"x"},
    "AdvanceEncrypt": {"KeyId": NOBODY, "Plaintext": b"x"},
    "KmsEncrypt": {"KeyId": NOBODY, "Plaintext": b"x"},
    "GenerateDataKey": {"KeyId": NOBODY, "NumberOfBytes": 32},
    "AdvanceGenerateDataKey": {"KeyId": NOBODY, "NumberOfBytes": 32},
    "GenerateDataKeyPair": {"KeyId": NOBODY, "KeyPairSpec": "EC_P256", "KeyFormat": "DER"},
    "AdvanceGenerateDataKeyPairWithoutPlaintext": {"KeyId": NOBODY, "KeyPairSpec": "EC_P256", "KeyFormat": "DER"},
    "Sign": {"KeyId": NOBODY, "Message": b"x"},
    "Verify": {"KeyId": NOBODY, "Message": b"x", "Signature": b"x"},
    "Hmac": {"KeyId": NOBODY, "Message": b"x"},
    "GetPublicKey": {"KeyId": NOBODY},
}
LACKING = [(name, field) for name, fields in REQUIRED.items() for field in fields]


@pytest.mark.parametrize(("name", "field"), LACKING)
def test_each_required_field_is_required(client, name, field):
    fields = dict(REQUIRED[name])
    assert client.refused(name, **fields)[0] == 404
    del fields[field]
    assert client.refused(name, **fields) == INVALID


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("Encrypt", {"Plaintext": b"x", "Algorithm": "ROT13"}),
        ("Encrypt", {"Plaintext": b"x", "Algorithm": "RSA_PSS_SHA_256"}),
        ("Encrypt", {"Plaintext": b"x", "PaddingMode": "ZEROS"}),
        ("Encrypt", {"Plaintext": b"x", "Iv": bytes(11)}),
        ("Encrypt", {"Plaintext": b"x", "Iv": bytes(17)}),
        ("Encrypt", {"Plaintext": b"x", "Aad": bytes(8193)}),
        ("Encrypt", {"Plaintext": b"x", "Algorithm": "SM4_GCM"}),
        ("AdvanceEncrypt", {"Plaintext": b"x", "Algorithm": "AES_CBC"}),
        ("AdvanceEncrypt", {"Plaintext": b"x", "Algorithm": "RSAES_OAEP_SHA_256"}),
        ("Decrypt", {"CiphertextBlob": bytes(32)}),
        ("Decrypt", {"CiphertextBlob": bytes(32), "Iv": bytes(16)}),
        ("GenerateDataKey", {"NumberOfBytes": -1}),
        ("GenerateDataKey", {"NumberOfBytes": 1025}),
        ("GenerateDataKey", {"NumberOfBytes": 32, "Algorithm": "AES_CBC"}),
        ("AdvanceGenerateDataKey", {"NumberOfBytes": 2**31 - 1}),
        ("GenerateDataKeyPair", {"KeyPairSpec": "RSA_1024", "KeyFormat": "PEM"}),
        ("GenerateDataKeyPair", {"KeyPairSpec": "AES_256", "KeyFormat": "PEM"}),
        ("GenerateDataKeyPair", {"KeyPairSpec": "RSA_2048", "KeyFormat": "JWK"}),
        ("Sign", {"Message": b"x", "MessageType": "raw"}),
        ("Sign", {"Message": b"x", "Algorithm": "HS256"}),
    ],
    ids=lambda value: (
        value if isinstance(value, str) else " ".join(f"{name}={held!r:.20}" for name, held in value.items())
    ),
)
def test_values_that_are_not_valid(client, owner, name, fields):
    assert client.refused(name, KeyId=owner.key().id, **fields) == INVALID


@pytest.mark.parametrize("length", [-1, 65, 2**31 - 1])
def test_lengths_of_randomness(client, length):
    assert client.refused("GenerateRandom", Length=length) == INVALID


def test_hashes_that_are_none(client):
    assert client.refused("Hash", Message=b"x", Algorithm="MD5") == INVALID


@pytest.mark.parametrize("spec", ["RSA_2048", "EC_P256", "HMAC_SHA256"])
@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("GenerateDataKey", {"NumberOfBytes": 32}),
        ("GenerateDataKeyPair", {"KeyPairSpec": "EC_P256", "KeyFormat": "DER"}),
        ("AdvanceDecrypt", {"CiphertextBlob": bytes(32), "Iv": bytes(12)}),
        ("Encrypt", {"Plaintext": b"x"}),
        ("Decrypt", {"CiphertextBlob": bytes(32), "Iv": bytes(12)}),
    ],
)
def test_operations_that_do_not_fit_the_key(client, owner, spec, name, fields):
    assert client.refused(name, KeyId=owner.key(spec).id, **fields) == UNSUPPORTED


@pytest.mark.parametrize("spec", ["AES_256", "SM4", "HMAC_SHA256"])
@pytest.mark.parametrize("name", ["Sign", "Verify", "GetPublicKey"])
def test_asymmetric_operations_on_other_keys(client, owner, spec, name):
    assert client.refused(name, **{**REQUIRED[name], "KeyId": owner.key(spec).id}) == UNSUPPORTED


def test_usages_do_not_mix(client, owner):
    encrypting = owner.key("RSA_2048", usage="encrypt_decrypt")
    assert client.refused("Sign", KeyId=encrypting.id, Message=b"x") == UNSUPPORTED
    assert client.refused("Hmac", KeyId=owner.key().id, Message=b"x") == UNSUPPORTED


def test_too_much_for_rsa(client, owner):
    key = owner.key("RSA_2048", usage="encrypt_decrypt")
    assert client.call("Encrypt", KeyId=key.id, Plaintext=bytes(256 - 66)).status == 200
    assert client.refused("Encrypt", KeyId=key.id, Plaintext=bytes(256 - 65)) == INVALID


def test_digests_of_the_wrong_length(client, owner):
    for spec in ("RSA_2048", "EC_P256", "SM2"):
        key = owner.key(spec)
        for length in (31, 33):
            order = {"KeyId": key.id, "Message": bytes(length), "MessageType": "DIGEST"}
            assert client.refused("Sign", **order) == INVALID


# ── ciphertexts ───────────────────────────────────────────────────────────────


def test_every_damage_to_a_bare_ciphertext_is_one_failure(client, owner):
    key = owner.key()
    made = client.ok("Encrypt", KeyId=key.id, Plaintext=b"hello", Aad=b"a")
    sealed, good = made.CiphertextBlob, {"KeyId": key.id, "Iv": made.Iv, "Aad": b"a"}
    flipped = bytes((sealed[0] ^ 1,)) + sealed[1:]
    wrong = [
        {**good, "CiphertextBlob": flipped},
        {**good, "CiphertextBlob": sealed[:-1]},
        {**good, "CiphertextBlob": sealed[:3]},
        {**good, "CiphertextBlob": sealed, "Aad": b"b"},
        {**good, "CiphertextBlob": sealed, "Iv": bytes(12)},
        {**good, "CiphertextBlob": sealed, "KeyId": owner.key().id},
    ]
    for fields in wrong:
        assert client.refused("Decrypt", **fields) == FAILURE


def test_damage_to_a_blob(client, owner):
    key = owner.key()
    blob = client.ok("AdvanceEncrypt", KeyId=key.id, Plaintext=b"hello").CiphertextBlob
    assert client.refused("AdvanceDecrypt", CiphertextBlob=blob[:-1] + bytes((blob[-1] ^ 1,))) == FAILURE
    assert client.refused("AdvanceDecrypt", CiphertextBlob=blob, Aad=b"other") == FAILURE
    gone = blob[:3] + NOBODY.encode() + blob[39:]
    assert client.refused("AdvanceDecrypt", CiphertextBlob=gone)[2] == "The specified key does not exist."
    assert client.refused("KmsDecrypt", CiphertextBlob=gone)[2] == "The specified key does not exist."
    for name in ("AdvanceDecrypt", "KmsDecrypt"):
        assert client.refused(name, CiphertextBlob=blob[:50]) == INVALID
        assert client.refused(name, CiphertextBlob=b"\x24\x10\x02" + blob[3:]) == INVALID
        assert client.refused(name, CiphertextBlob=b"\x24\x00\x07" + blob[3:]) == INVALID


@pytest.mark.parametrize("version", ["x", "initial", "0" * 35, "0" * 37])
def test_migration_headers_that_are_no_version_id(client, owner, version):
    assert client.refused("Encrypt", version=version, KeyId=owner.key().id, Plaintext=b"x") == INVALID


@pytest.mark.parametrize("version", ["é" * 36, "0" * 36])
def test_migration_headers_that_name_nothing(client, owner, version):
    allowed = {(404, "Forbidden.KeyNotFound", "The specified key does not exist.")}
    if not version.isascii():  # a listener need not read such a header, and then it is not what was signed
        allowed.add((401, "SignatureNotMatch", "Signature is not matched."))
    assert client.refused("Encrypt", version=version, KeyId=owner.key().id, Plaintext=b"x") in allowed
    assert client.refused("Decrypt", version=version, CiphertextBlob=bytes(32), Iv=bytes(12)) in allowed


def test_an_empty_migration_header_is_none(client, owner):
    assert client.call("Encrypt", version=" ", KeyId=owner.key().id, Plaintext=b"x").status == 200


@pytest.mark.parametrize("key_id", ["alias/", "alias/" + "x" * 5000, "\0", "é", "acs:kms:x:1:key/1", "version"])
def test_names_of_keys_that_name_nothing(client, key_id):
    code = (404, "Forbidden.KeyNotFound", "The Key ID or Alias does not exist in the system.")
    assert client.refused("Encrypt", KeyId=key_id, Plaintext=b"x") == code


def test_three_mebibytes_are_read_and_one_byte_more_is_not(client, owner, dialect):
    key = owner.key()
    room = dialect.body_limit(client.request("Encrypt"))
    assert room == 3 * 1024 * 1024
    body = api_pb2.EncryptRequest(KeyId=key.id, Plaintext=bytes(room - 100)).SerializeToString()
    assert client.raw("Encrypt", body).status == 200
    response = client.raw("Encrypt", bytes(room + 1))
    assert (response.status, response.body) == (413, b"")


# ── whatever else ─────────────────────────────────────────────────────────────

FUZZ = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
TYPED = {200, 400, 401, 403, 404, 405, 409, 413, 415, 500}


def keys_of(runtime):
    with runtime.store.begin(write=False) as uow:
        return list(uow.of(Key).find())


@FUZZ
@given(name=st.sampled_from(sorted(OPERATIONS)), body=st.binary(max_size=200))
def test_any_body_gets_a_typed_answer(client, runtime, name, body):
    before = keys_of(runtime)
    response = client.raw(name, body)
    assert response.status in TYPED
    if response.status != 200:
        client.error(response)
    assert keys_of(runtime) == before


def shaped(field, real):
    """A value of the field's type: now and then a real one."""
    if field.cpp_type == field.CPPTYPE_STRING and field.type == field.TYPE_STRING:
        words = [
            "AES_GCM",
            "AES_CBC",
            "SM2DSA",
            "RSAES_OAEP_SHA_256",
            "NO_PADDING",
            "RAW",
            "DIGEST",
            "EC_P256",
            "PEM",
            *real,
        ]
        return st.one_of(st.sampled_from(words), st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
    if field.type == field.TYPE_BYTES:
        return st.binary(max_size=100)
    return st.booleans() if field.type == field.TYPE_BOOL else st.integers(-(2**31), 2**31 - 1)


@FUZZ
@given(data=st.data())
def test_any_well_formed_message_gets_a_typed_answer(client, runtime, owner, data):
    if not keys_of(runtime):
        for spec in ("AES_256", "SM4", "RSA_2048", "EC_P256", "SM2", "HMAC_SHA256", "ED25519"):
            owner.key(spec)
    real = [key.id for key in keys_of(runtime)]
    name = data.draw(st.sampled_from(sorted(OPERATIONS)))
    fields = OPERATIONS[name].asks.DESCRIPTOR.fields
    values = {field.name: data.draw(shaped(field, real)) for field in fields if data.draw(st.booleans())}
    response = client.call(name, **values)
    assert response.status in TYPED
    if response.status != 200:
        client.error(response)


@FUZZ
@given(
    headers=st.dictionaries(
        st.sampled_from(
            [
                "date",
                "content-type",
                "content-sha256",
                "authorization",
                "x-kms-apiname",
                "x-kms-apiversion",
                "x-kms-acccesskeyid",
                "x-kms-signaturemethod",
                "x-kms-migrationkeyversionid",
            ]
        ),
        st.text(max_size=40),
    ),
    body=st.binary(max_size=50),
)
def test_any_headers_get_a_typed_answer(client, headers, body):
    signed = client.request("Encrypt", body).headers
    for sent in (headers, {**signed, **headers}):
        response = client.send(Request("POST", "/", "", sent, body))
        assert response.status in TYPED - {500}
        client.error(response)


def test_a_body_digest_is_checked_before_the_body_is_parsed(client):
    body = b"\xff"
    request = client.request("Encrypt", body, content_sha256=hashlib.sha256(b"").hexdigest().upper())
    assert client.error(client.send(request))[2] == "The Param Content-SHA256 is invalid."
