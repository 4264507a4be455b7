"""Every operation, end to end through the pipeline, as the SDKs use it."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key, load_pem_public_key

from bitting.core.blob import Blob, body, framed, padded, parse
from bitting.core.model.key import KeyRef
from bitting.core.specs import Algorithm
from bitting.core.usecases.crypto import encryption as crypto
from bitting.dialects.alibaba_instance import api_pb2
from bitting.dialects.alibaba_instance.operations import OPERATIONS

NINETEEN = {
    "KmsEncrypt",
    "KmsDecrypt",
    "Encrypt",
    "Decrypt",
    "Sign",
    "Verify",
    "Hmac",
    "GenerateRandom",
    "Hash",
    "GenerateDataKey",
    "GetPublicKey",
    "GetSecretValue",
    "AdvanceEncrypt",
    "AdvanceDecrypt",
    "AdvanceGenerateDataKey",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "AdvanceGenerateDataKeyPair",
    "AdvanceGenerateDataKeyPairWithoutPlaintext",
}


def test_the_nineteen_operations_of_the_contract():
    assert set(OPERATIONS) == NINETEEN
    messages = {name for name in api_pb2.DESCRIPTOR.message_types_by_name if name.endswith("Request")}
    assert messages == {f"{name}Request" for name in NINETEEN}


@pytest.mark.parametrize("name", sorted(NINETEEN))
def test_rows_use_fields_their_messages_have(name):
    row = OPERATIONS[name]
    parameters = {field.name for field in row.request if not field.name.startswith("x-kms-")}
    assert parameters <= {field.name for field in row.asks.DESCRIPTOR.fields}
    told = {field.name for field in row.response}
    assert told <= {field.name for field in row.answers.DESCRIPTOR.fields}


# ── symmetric, bare ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("spec", "algorithm"), [("AES_256", "AES_GCM"), ("AES_192", "AES_GCM"), ("AES_128", "AES_GCM"), ("SM4", "SM4_GCM")]
)
def test_encrypt_gives_ciphertext_and_iv_apart(client, owner, spec, algorithm):
    key = owner.key(spec)
    made = client.ok("Encrypt", KeyId=key.id, Plaintext=b"hello", Aad=b"context")
    assert (made.KeyId, made.Algorithm, made.PaddingMode, len(made.Iv)) == (key.id, algorithm, "", 12)
    assert len(made.CiphertextBlob) == 5 + 16
    assert client.version == key.initial_version
    back = client.ok(
        "Decrypt",
        KeyId=key.id,
        CiphertextBlob=made.CiphertextBlob,
        Algorithm=made.Algorithm,
        Iv=made.Iv,
        Aad=b"context",
    )
    assert (back.Plaintext, back.KeyId, back.Algorithm) == (b"hello", key.id, algorithm)
    assert client.version == key.initial_version


def test_an_alias_is_answered_with_the_key_id(client, owner):
    key = owner.key()
    owner.alias("alias/app", key)
    assert client.ok("Encrypt", KeyId="alias/app", Plaintext=b"x").KeyId == key.id


@pytest.mark.parametrize(("spec", "algorithm"), [("AES_256", "AES_GCM"), ("SM4", "SM4_GCM"), ("AES_256", "")])
@pytest.mark.parametrize("name", ["Encrypt", "AdvanceEncrypt"])
@pytest.mark.parametrize("protection", ["software", "hsm"])
def test_a_callers_iv_gives_no_keystream(client, owner, spec, algorithm, name, protection):
    """The iv of somebody else's ciphertext, and zeros to encrypt: the answer added to it would be the plaintext."""
    key = owner.key(spec)
    owner.put(replace(key, protection=protection))
    other = client.ok(name, KeyId=key.id, Plaintext=b"somebody else's", Algorithm=algorithm)
    order = {"KeyId": key.id, "Plaintext": bytes(15), "Algorithm": algorithm}
    for iv in (other.Iv, bytes(12), bytes(16)):
        assert client.refused(name, Iv=iv, **order)[:2] == (400, "InvalidParameter")
    again = [client.ok(name, **order).Iv for _ in range(3)]
    assert len({other.Iv, *again}) == 4


def test_ciphertexts_with_a_chosen_iv_still_open(client, owner):
    """What was made while callers could choose."""
    key, iv = owner.key(), bytes(range(12))
    handle = client.runtime.cache.loading.key(key.ring, KeyRef.by_id(key.id)).handle(key.primary_version)
    sealed = handle.seal(b"before", iv=iv, aad=b"a")
    assert client.ok("Decrypt", KeyId=key.id, CiphertextBlob=sealed, Iv=iv, Aad=b"a").Plaintext == b"before"
    blob = framed(Blob(key.primary_version, iv, sealed, Algorithm.AES_GCM))
    assert client.ok("AdvanceDecrypt", CiphertextBlob=blob, Aad=b"a").Plaintext == b"before"


def test_encrypt_keeps_to_the_initial_version_and_advance_encrypt_follows_the_primary(client, owner):
    key = owner.key()
    before = client.ok("Encrypt", KeyId=key.id, Plaintext=b"x")
    newer = owner.rotate(key)
    client.ok("Encrypt", KeyId=key.id, Plaintext=b"x")
    assert client.version == key.initial_version
    assert client.ok("AdvanceEncrypt", KeyId=key.id, Plaintext=b"x").KeyVersionId == newer
    assert client.version == newer
    back = client.ok("Decrypt", KeyId=key.id, CiphertextBlob=before.CiphertextBlob, Iv=before.Iv)
    assert back.Plaintext == b"x"


def test_decrypt_without_key_id_takes_the_key_from_the_migration_header(client, owner):
    """Low-version transfer clients: version id in front of Iv and ciphertext, cut off again before decrypting."""
    key = owner.key()
    made = client.ok("Encrypt", KeyId=key.id, Plaintext=b"x")
    version = client.version
    assert len(version) == 36
    back = client.ok("Decrypt", version=version, CiphertextBlob=made.CiphertextBlob, Iv=made.Iv, Algorithm="AES_GCM")
    assert (back.Plaintext, back.KeyId, client.version) == (b"x", key.id, version)


def test_the_migration_header_picks_the_version_to_encrypt_with(client, owner):
    key = owner.key()
    newer = owner.rotate(key)
    made = client.ok("Encrypt", version=newer, KeyId=key.id, Plaintext=b"x")
    assert client.version == newer
    back = client.ok("Decrypt", version=newer, KeyId=key.id, CiphertextBlob=made.CiphertextBlob, Iv=made.Iv)
    assert back.Plaintext == b"x"
    assert client.refused("Decrypt", KeyId=key.id, CiphertextBlob=made.CiphertextBlob, Iv=made.Iv)[0] == 500


@pytest.mark.parametrize("family", ["AES", "SM4"])
@pytest.mark.parametrize(("mode", "iv"), [("CBC", bytes(16)), ("ECB", b"")])
@pytest.mark.parametrize(
    ("padding", "plaintext"), [("", b"odd"), ("PKCS7_PADDING", b"odd"), ("NO_PADDING", b"16 bytes exactly")]
)
def test_block_modes_of_hardware_keys(client, owner, family, mode, iv, padding, plaintext):
    key = owner.key("AES_256" if family == "AES" else "SM4")
    owner.put(replace(key, protection="hsm"))
    common = {"KeyId": key.id, "Algorithm": f"{family}_{mode}", "PaddingMode": padding, "Iv": iv}
    made = client.ok("Encrypt", Plaintext=plaintext, **common)
    assert made.PaddingMode == (padding or "PKCS7_PADDING")
    assert len(made.CiphertextBlob) == 16
    back = client.ok("Decrypt", CiphertextBlob=made.CiphertextBlob, **common)
    assert (back.Plaintext, back.PaddingMode) == (plaintext, padding or "PKCS7_PADDING")
    assert client.ok("AdvanceDecrypt", CiphertextBlob=made.CiphertextBlob, **common).Plaintext == plaintext


@pytest.mark.parametrize("count", [1, 32, 1024])
def test_generate_data_key(client, owner, count):
    key = owner.key()
    made = client.ok("GenerateDataKey", KeyId=key.id, NumberOfBytes=count, Aad=b"a")
    assert (len(made.Plaintext), made.Algorithm) == (count, "AES_GCM")
    assert client.version == key.initial_version
    back = client.ok("Decrypt", KeyId=key.id, CiphertextBlob=made.CiphertextBlob, Iv=made.Iv, Aad=b"a")
    assert back.Plaintext == made.Plaintext


# ── framed ────────────────────────────────────────────────────────────────────


def test_the_advance_layout_is_what_the_transfer_sdks_cut(client, owner):
    key = owner.key()
    made = client.ok("AdvanceEncrypt", KeyId=key.id, Plaintext=b"hello", Aad=b"a")
    blob = made.CiphertextBlob
    assert blob[:3] == bytes((0x24, 0x00, 0x02))
    assert blob[3:39].decode() == made.KeyVersionId == client.version == key.primary_version
    assert blob[39:51] == made.Iv
    assert len(blob) == 51 + 5 + 16
    # cut and glued back, Iv sent redundantly, no KeyId
    back = client.ok("AdvanceDecrypt", CiphertextBlob=b"\x24\x00\x02" + blob[3:], Aad=b"a", Iv=blob[39:51])
    assert (back.Plaintext, back.KeyVersionId, back.KeyId) == (b"hello", key.primary_version, key.id)


def test_a_low_version_transfer_blob_opens_through_advance_decrypt(client, owner):
    key = owner.key()
    made = client.ok("Encrypt", KeyId=key.id, Plaintext=b"old data", Aad=b"a")
    client_made = client.version.encode() + made.Iv + made.CiphertextBlob
    back = client.ok("AdvanceDecrypt", CiphertextBlob=b"\x24\x00\x02" + client_made, Aad=b"a")
    assert back.Plaintext == b"old data"
    assert client.ok("AdvanceDecrypt", CiphertextBlob=client_made, Aad=b"a").Plaintext == b"old data"


def test_advance_decrypt_opens_bare_ciphertext_by_key_id(client, owner):
    key = owner.key()
    owner.rotate(key)
    made = client.ok("Encrypt", KeyId=key.id, Plaintext=b"x")
    back = client.ok(
        "AdvanceDecrypt", KeyId=key.id, CiphertextBlob=made.CiphertextBlob, Iv=made.Iv, Algorithm="AES_GCM"
    )
    assert (back.Plaintext, back.KeyVersionId) == (b"x", key.initial_version)


def test_advance_decrypt_with_key_id_still_reads_a_blob(client, owner):
    key = owner.key()
    made = client.ok("AdvanceEncrypt", KeyId=key.id, Plaintext=b"x")
    assert client.ok("AdvanceDecrypt", KeyId=key.id, CiphertextBlob=made.CiphertextBlob).Plaintext == b"x"
    other = owner.key()
    assert client.refused("AdvanceDecrypt", KeyId=other.id, CiphertextBlob=made.CiphertextBlob)[0] == 500


@pytest.mark.parametrize("spec", ["AES_256", "SM4"])
def test_advance_generate_data_key(client, owner, spec):
    key = owner.key(spec)
    newer = owner.rotate(key)
    made = client.ok("AdvanceGenerateDataKey", KeyId=key.id, NumberOfBytes=32)
    assert made.KeyVersionId == newer
    assert client.ok("AdvanceDecrypt", CiphertextBlob=made.CiphertextBlob).Plaintext == made.Plaintext


def test_kms_encrypt_and_decrypt_need_no_more_than_the_blob(client, owner):
    key = owner.key()
    made = client.ok("KmsEncrypt", KeyId=key.id, Plaintext=b"x", Aad=b"a")
    back = client.ok("KmsDecrypt", CiphertextBlob=made.CiphertextBlob, Aad=b"a")
    assert (back.Plaintext, back.KeyId) == (b"x", key.id)


def test_every_coat_of_a_ciphertext_opens(client, owner):
    """What the other APIs hand out is the same ciphertext in another coat."""
    key = owner.key()
    sealed = owner.run(crypto.encrypt, crypto.Encrypt(KeyRef.by_id(key.id), b"x")).blob
    for coat in (framed(sealed), padded(sealed)):
        assert client.ok("AdvanceDecrypt", CiphertextBlob=coat).Plaintext == b"x"
        assert client.ok("KmsDecrypt", CiphertextBlob=coat).Plaintext == b"x"
        assert client.ok("AdvanceDecrypt", KeyId=key.id, CiphertextBlob=coat).Plaintext == b"x"


@pytest.mark.parametrize("spec", ["AES_256", "SM4"])
def test_a_transfer_client_encloses_what_it_is_given(client, owner, spec):
    """24 00 02 in front of everything: bodies (also of SM4), and what older versions and other clouds made.

    The plaintext is the OpenAPI's string, for that is what the client answers.
    """
    key = KeyRef.by_id(owner.key(spec).id)
    binary = owner.run(crypto.encrypt, crypto.Encrypt(key, b"hello")).blob
    text = owner.run(crypto.encrypt, crypto.Encrypt(key, b"hello", text=True)).blob
    bare = body(binary.version_id, binary.iv, binary.sealed)
    cases = [(bare, b"hello"), (framed(binary), b"aGVsbG8="), (framed(text), b"hello"), (padded(text), b"hello")]
    for given, plaintext in cases:
        assert client.ok("AdvanceDecrypt", CiphertextBlob=b"\x24\x00\x02" + given).Plaintext == plaintext
    twice = b"\x24\x00\x02" * 2 + framed(text)
    assert client.refused("AdvanceDecrypt", CiphertextBlob=twice)[0] == 400


def test_what_is_made_here_opens_elsewhere(client, owner):
    key = owner.key()
    made = client.ok("AdvanceEncrypt", KeyId=key.id, Plaintext=b"x", Aad=b"a")
    assert parse(made.CiphertextBlob).version_id == key.primary_version
    assert owner.run(crypto.decrypt, crypto.Decrypt(made.CiphertextBlob, aad=b"a")).plaintext == b"x"


# ── data key pairs ────────────────────────────────────────────────────────────


@pytest.mark.parametrize("spec", ["RSA_2048", "EC_P256", "EC_P256K"])
@pytest.mark.parametrize("form", ["PEM", "DER"])
def test_data_key_pairs(client, owner, spec, form):
    key = owner.key()
    made = client.ok("GenerateDataKeyPair", KeyId=key.id, KeyPairSpec=spec, KeyFormat=form, Aad=b"a")
    assert (made.KeyPairSpec, made.Algorithm, made.KeyId) == (spec, "AES_GCM", key.id)
    load = load_pem_private_key if form == "PEM" else load_der_private_key
    private = load(made.PrivateKeyPlaintext, None)
    assert made.PublicKey.startswith(b"-----BEGIN PUBLIC KEY-----") is (form == "PEM")
    if form == "PEM":
        assert made.PrivateKeyPlaintext.startswith(b"-----BEGIN PRIVATE KEY-----")
        assert load_pem_public_key(made.PublicKey).public_numbers() == private.public_key().public_numbers()
    back = client.ok("Decrypt", KeyId=key.id, CiphertextBlob=made.PrivateKeyCiphertextBlob, Iv=made.Iv, Aad=b"a")
    assert back.Plaintext == made.PrivateKeyPlaintext


def test_data_key_pairs_of_the_other_three_operations(client, owner):
    key = owner.key()
    newer = owner.rotate(key)
    order = {"KeyId": key.id, "KeyPairSpec": "EC_P256", "KeyFormat": "DER"}
    bare = client.ok("GenerateDataKeyPairWithoutPlaintext", **order)
    assert client.version == key.initial_version
    opened = client.ok("Decrypt", KeyId=key.id, CiphertextBlob=bare.PrivateKeyCiphertextBlob, Iv=bare.Iv)
    load_der_private_key(opened.Plaintext, None)
    made = client.ok("AdvanceGenerateDataKeyPair", **order)
    assert made.KeyVersionId == client.version == newer
    opened = client.ok("AdvanceDecrypt", CiphertextBlob=made.PrivateKeyCiphertextBlob)
    assert opened.Plaintext == made.PrivateKeyPlaintext
    silent = client.ok("AdvanceGenerateDataKeyPairWithoutPlaintext", **order)
    assert silent.KeyVersionId == newer
    load_der_private_key(client.ok("AdvanceDecrypt", CiphertextBlob=silent.PrivateKeyCiphertextBlob).Plaintext, None)


# ── asymmetric ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("spec", "algorithm"),
    [
        ("RSA_2048", "RSAES_OAEP_SHA_256"),
        ("RSA_2048", "RSAES_OAEP_SHA_1"),
        ("EC_P256", "ECIES_DH_SHA_1_XOR_HMAC"),
        ("EC_SECP256K1", "ECIES_DH_SHA_1_XOR_HMAC"),
        ("SM2", "SM2PKE"),
    ],
)
def test_asymmetric_encryption(client, owner, spec, algorithm):
    key = owner.key(spec, usage="encrypt_decrypt")
    made = client.ok("Encrypt", KeyId=key.id, Plaintext=b"hello", Algorithm=algorithm)
    assert (made.Algorithm, made.Iv, made.PaddingMode) == (algorithm, b"", "")
    back = client.ok("Decrypt", KeyId=key.id, CiphertextBlob=made.CiphertextBlob, Algorithm=algorithm)
    assert (back.Plaintext, back.Algorithm) == (b"hello", algorithm)


SIGNERS = [
    ("RSA_2048", "RSA_PSS_SHA_256"),
    ("RSA_2048", "RSA_PKCS1_SHA_256"),
    ("EC_P256", "ECDSA_SHA_256"),
    ("EC_SECP256K1", "ECDSA_SHA_256"),
    ("SM2", "SM2DSA"),
]


@pytest.mark.parametrize(("spec", "algorithm"), SIGNERS)
def test_sign_and_verify(client, owner, spec, algorithm):
    key = owner.key(spec)
    made = client.ok("Sign", KeyId=key.id, Message=b"message", Algorithm=algorithm, MessageType="RAW")
    assert (made.KeyId, made.Algorithm, made.MessageType) == (key.id, algorithm, "RAW")
    assert client.version == key.initial_version
    order = {"KeyId": key.id, "Signature": made.Signature, "Algorithm": algorithm}
    good = client.ok("Verify", Message=b"message", **order)
    assert (good.Value, good.Algorithm, good.MessageType) == (True, algorithm, "RAW")
    assert client.ok("Verify", Message=b"massage", **order).Value is False
    order["Signature"] = b"garbage"
    assert client.ok("Verify", Message=b"message", **order).Value is False


@pytest.mark.parametrize(("spec", "algorithm"), SIGNERS[:4])
def test_a_digest_is_signed_as_it_is_and_outsiders_agree(client, owner, spec, algorithm):
    key = owner.key(spec)
    digest = hashlib.sha256(b"message").digest()
    made = client.ok("Sign", KeyId=key.id, Message=digest, Algorithm=algorithm, MessageType="DIGEST")
    assert made.MessageType == "DIGEST"
    public = load_pem_public_key(client.ok("GetPublicKey", KeyId=key.id).PublicKey.encode())
    schemes = {
        "RSA_PSS_SHA_256": (PSS(MGF1(SHA256()), 32), SHA256()),
        "RSA_PKCS1_SHA_256": (PKCS1v15(), SHA256()),
        "ECDSA_SHA_256": (ECDSA(SHA256()),),
    }
    public.verify(made.Signature, b"message", *schemes[algorithm])


def test_the_old_digest_field_still_signs(client, owner):
    key = owner.key("EC_P256")
    digest = hashlib.sha256(b"message").digest()
    made = client.ok("Sign", KeyId=key.id, Digest=digest, Algorithm="ECDSA_SHA_256")
    assert made.MessageType == "DIGEST"
    assert client.ok("Verify", KeyId=key.id, Digest=digest, Signature=made.Signature).Value is True
    assert client.ok("Verify", KeyId=key.id, Message=b"message", Signature=made.Signature).Value is True


def test_signatures_pick_their_version_by_header(client, owner):
    key = owner.key("EC_P256")
    newer = owner.rotate(key)
    made = client.ok("Sign", version=newer, KeyId=key.id, Message=b"m")
    assert client.version == newer
    order = {"KeyId": key.id, "Message": b"m", "Signature": made.Signature}
    assert client.ok("Verify", version=newer, **order).Value is True
    assert client.ok("Verify", **order).Value is False
    assert client.ok("GetPublicKey", version=newer, KeyId=key.id) != client.ok("GetPublicKey", KeyId=key.id)


def test_public_keys_are_pem(client, owner):
    key = owner.key("RSA_2048")
    pem = client.ok("GetPublicKey", KeyId=key.id).PublicKey
    assert pem.startswith("-----BEGIN PUBLIC KEY-----\n")
    assert pem.endswith("\n-----END PUBLIC KEY-----\n")
    assert max(map(len, pem.splitlines())) == 64
    assert load_pem_public_key(pem.encode()).key_size == 2048


def test_hmac_is_computed_and_as_long_as_its_hash(client, owner):
    key = owner.key("HMAC_SHA256")
    first = client.ok("Hmac", KeyId=key.id, Message=b"m")
    assert len(first.Signature) == 32
    assert hmac.compare_digest(first.Signature, client.ok("Hmac", KeyId=key.id, Message=b"m").Signature)
    assert first.Signature != client.ok("Hmac", KeyId=key.id, Message=b"n").Signature


# ── no key ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("length", [1, 64])
def test_generate_random(client, length):
    assert len(client.ok("GenerateRandom", Length=length).Random) == length


@pytest.mark.parametrize(
    ("word", "name"), [("", "sha256"), ("SHA_256", "sha256"), ("SHA_384", "sha384"), ("SHA-512", "sha512")]
)
def test_hash(client, word, name):
    assert client.ok("Hash", Message=b"abc", Algorithm=word).Digest == hashlib.new(name, b"abc").digest()


def test_hash_sm3(client):
    """GB/T 32905, example 1."""
    expected = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert client.ok("Hash", Message=b"abc", Algorithm="SM3").Digest.hex() == expected
