"""Signing, codes, digests, public keys and data key pairs as use cases, on the memory store and real cryptography."""

from __future__ import annotations

import hashlib
import hmac
import os
import uuid

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_der_public_key, load_pem_private_key

from bitting.core import faults
from bitting.core.gate import Gate, RequestContext
from bitting.core.key_cache import KeyCache, NotResident
from bitting.core.model.identity import EVERYTHING, Principal, Statement
from bitting.core.model.key import KeyRef
from bitting.core.pem import armour
from bitting.core.specs import Algorithm
from bitting.core.usecases.crypto import data_key_pairs, signing
from bitting.core.usecases.crypto import encryption as crypto
from bitting.core.usecases.keys import lifecycle as keys
from bitting.providers.software.provider import SoftwareProvider
from bitting.seals.file import FileSeal
from bitting.stores.memory import MemoryStore

A = Algorithm


class Machine:
    """Clock, entropy and an audit trail in one."""

    def __init__(self):
        self.events = []

    def now_ms(self):
        return 1_795_262_400_000

    def random(self, count):
        return os.urandom(count)

    def uuid(self):
        return str(uuid.uuid4())

    def record(self, event):
        self.events.append(event)


class Bench:
    """Runs use cases as one admin."""

    def __init__(self, seal):
        self.machine, self.store = Machine(), MemoryStore()
        provider = SoftwareProvider(seal)
        self.cache = KeyCache(self.store, {"software": provider})
        ports = (self.machine, self.machine, self.machine)
        self.gate = Gate(self.store, self.cache, {"software": provider}, provider.vault, *ports, "region")
        self.principal = Principal("account", "ring", "user", "name", EVERYTHING, admin=True)

    def run(self, use, command, *, view=None, principal=None):
        self.cache.refresh()
        request_context = RequestContext("request", "test", use.name, "127.0.0.1")
        return self.gate.run(use, principal or self.principal, command, request_context, view or self.cache.loading)

    def key(self, spec, usage=""):
        return KeyRef.by_id(self.run(keys.create, keys.CreateKey(spec, usage)).id)


@pytest.fixture(scope="session")
def seal(tmp_path_factory):
    return FileSeal(tmp_path_factory.mktemp("seal") / "root.key", create=True)


@pytest.fixture
def bench(seal):
    return Bench(seal)


def pss(kind):
    return PSS(MGF1(kind), kind.digest_size)


OUTSIDE = {
    A.RSA_PSS_SHA256: (pss(SHA256()), SHA256()),
    A.RSA_PSS_SHA384: (pss(SHA384()), SHA384()),
    A.RSA_PSS_SHA512: (pss(SHA512()), SHA512()),
    A.RSA_PKCS1_SHA256: (PKCS1v15(), SHA256()),
    A.RSA_PKCS1_SHA384: (PKCS1v15(), SHA384()),
    A.RSA_PKCS1_SHA512: (PKCS1v15(), SHA512()),
    A.ECDSA_SHA256: (ECDSA(SHA256()),),
    A.ECDSA_SHA384: (ECDSA(SHA384()),),
    A.ED25519: (),
}
SIGNERS = [
    *[("RSA_2048", algorithm) for algorithm in OUTSIDE if algorithm.name.startswith("RSA")],
    ("EC_P256", A.ECDSA_SHA256),
    ("EC_SECP256K1", A.ECDSA_SHA256),
    ("EC_P384", A.ECDSA_SHA384),
    ("ED25519", A.ED25519),
]


@pytest.mark.parametrize(("spec", "algorithm"), SIGNERS)
def test_outsiders_accept_what_is_signed_here(bench, spec, algorithm):
    key = bench.key(spec, "sign_verify")
    made = bench.run(signing.sign, signing.Sign(key, b"message", algorithm))
    assert (made.algorithm, made.digest, made.version_id) == (algorithm, False, made.key.primary_version)
    public = load_der_public_key(bench.run(signing.public_key, signing.ExportPublic(key)).der)
    public.verify(made.signature, b"message", *OUTSIDE[algorithm])


@pytest.mark.parametrize(("spec", "algorithm"), [*SIGNERS, ("SM2", A.SM2_SM3)])
def test_verify_says_yes_and_no(bench, spec, algorithm):
    key = bench.key(spec, "sign_verify")
    signature = bench.run(signing.sign, signing.Sign(key, b"message", algorithm)).signature
    assert bench.run(signing.verify, signing.Verify(key, b"message", signature, algorithm)).fits
    assert not bench.run(signing.verify, signing.Verify(key, b"massage", signature, algorithm)).fits
    assert not bench.run(signing.verify, signing.Verify(key, b"message", b"", algorithm)).fits


@pytest.mark.parametrize(
    ("spec", "algorithm", "name"),
    [("RSA_2048", A.RSA_PSS_SHA512, "sha512"), ("EC_P256", None, "sha256"), ("EC_P384", None, "sha384")],
)
def test_a_digest_and_its_message_are_signed_alike(bench, spec, algorithm, name):
    key, digest = bench.key(spec, "sign_verify"), hashlib.new(name, b"message").digest()
    signature = bench.run(signing.sign, signing.Sign(key, digest, algorithm, digest=True)).signature
    assert bench.run(signing.verify, signing.Verify(key, b"message", signature, algorithm)).fits
    with pytest.raises(faults.DigestLengthMismatch):
        bench.run(signing.sign, signing.Sign(key, digest[:-1], algorithm, digest=True))
    with pytest.raises(faults.DigestLengthMismatch):
        bench.run(signing.verify, signing.Verify(key, digest + b"x", signature, algorithm, digest=True))


@pytest.mark.parametrize("use", [signing.sign, signing.verify, signing.public_key], ids=lambda use: use.name)
@pytest.mark.parametrize(("spec", "family"), [("AES_256", "aes"), ("SM4", "sm4"), ("HMAC_SHA256", "hmac")])
def test_keys_without_a_public_half(bench, use, spec, family):
    key = bench.key(spec)
    command = {
        "sign": signing.Sign(key, b"m"),
        "verify": signing.Verify(key, b"m", b"s"),
        "public_key": signing.ExportPublic(key),
    }[use.name]
    with pytest.raises(faults.AsymmetricKeyRequired) as refused:
        bench.run(use, command)
    assert refused.value.detail("family") == family


def test_usages_and_algorithms_are_told_apart(bench):
    encrypting, signer = bench.key("RSA_2048", "encrypt_decrypt"), bench.key("EC_P256")
    with pytest.raises(faults.UsageMismatch) as refused:
        bench.run(signing.sign, signing.Sign(encrypting, b"m"))
    assert refused.value.detail("usage") == "encrypt_decrypt"
    with pytest.raises(faults.AlgorithmMismatch) as refused:  # type: ignore[assignment]
        bench.run(signing.sign, signing.Sign(signer, b"m", A.RSA_PSS_SHA256))
    assert refused.value.detail("algorithm") == "RSA_PSS_SHA256"
    with pytest.raises(faults.KeyVersionNotFound):
        bench.run(signing.sign, signing.Sign(signer, b"m", version="0" * 36))
    assert bench.run(signing.public_key, signing.ExportPublic(encrypting)).der


@pytest.mark.parametrize(
    ("spec", "length"),
    [("HMAC_SHA224", 28), ("HMAC_SHA256", 32), ("HMAC_SHA384", 48), ("HMAC_SHA512", 64), ("HMAC_SM3", 32)],
)
def test_codes(bench, spec, length):
    key = bench.key(spec)
    made = bench.run(signing.mac, signing.Mac(key, b"m"))
    assert (len(made.mac), made.algorithm.value) == (length, spec)
    assert bench.run(signing.verify_mac, signing.VerifyMac(key, b"m", made.mac)).fits
    assert not bench.run(signing.verify_mac, signing.VerifyMac(key, b"n", made.mac)).fits
    assert not bench.run(signing.verify_mac, signing.VerifyMac(key, b"m", made.mac[:-1])).fits
    with pytest.raises(faults.AlgorithmMismatch):
        bench.run(signing.mac, signing.Mac(key, b"m", A.ECDSA_SHA256))


def test_codes_need_code_keys(bench):
    for spec in ("AES_256", "EC_P256"):
        with pytest.raises(faults.UsageMismatch):
            bench.run(signing.mac, signing.Mac(bench.key(spec), b"m"))


@pytest.mark.parametrize("name", ["sha1", "sha224", "sha256", "sha384", "sha512"])
def test_digests(bench, name):
    assert hmac.compare_digest(
        bench.run(signing.digest, signing.Digest(b"abc", name)).value, hashlib.new(name, b"abc").digest()
    )


def test_digests_that_are_not_served(bench):
    with pytest.raises(faults.InvalidParameter) as refused:
        bench.run(signing.digest, signing.Digest(b"abc", "md5"))
    assert refused.value.detail("parameter") == "algorithm"


def test_hot_use_cases_wait_for_the_cache_and_then_need_no_store(bench):
    key = bench.key("EC_P256")
    order = signing.Sign(key, b"m")
    with pytest.raises(NotResident):
        bench.run(signing.sign, order, view=bench.cache.resident)
    bench.run(signing.sign, order)
    assert bench.run(signing.sign, order, view=bench.cache.resident).signature


def test_each_action_is_allowed_by_its_own_name(bench):
    key = bench.key("EC_P256")
    limited = Principal("account", "ring", "user", "name", (Statement(("key:verify",)),))
    assert bench.run(signing.verify, signing.Verify(key, b"m", b"s"), principal=limited).fits is False
    with pytest.raises(faults.PermissionDenied):
        bench.run(signing.sign, signing.Sign(key, b"m"), principal=limited)


# ── data key pairs ────────────────────────────────────────────────────────────


@pytest.mark.parametrize("spec", ["RSA_2048", "EC_P256", "EC_P384", "EC_SECP256K1", "ED25519"])
@pytest.mark.parametrize("pem", [False, True])
def test_a_pair_whose_private_half_opens_again(bench, spec, pem):
    key = bench.key("AES_256")
    made = bench.run(
        data_key_pairs.generate_data_key_pair, data_key_pairs.GenerateDataKeyPair(key, spec, pem, aad=b"a")
    )
    private = (load_pem_private_key if pem else load_der_private_key)(made.private, None)
    assert private
    blob = made.encrypted.blob
    opened = bench.run(crypto.decrypt_parts, crypto.DecryptParts(blob.sealed, blob.iv, key, blob.version_id, b"a"))
    assert opened.plaintext == made.private
    assert "private" not in repr(made)


def test_what_pairs_cannot_be(bench):
    aes, rsa = bench.key("AES_256"), bench.key("RSA_2048", "encrypt_decrypt")
    with pytest.raises(faults.SymmetricKeyRequired):
        bench.run(data_key_pairs.generate_data_key_pair, data_key_pairs.GenerateDataKeyPair(rsa, "EC_P256"))
    for spec in ("AES_256", "HMAC_SHA256", "DSA_1024", ""):
        with pytest.raises(faults.InvalidParameter):
            bench.run(data_key_pairs.generate_data_key_pair, data_key_pairs.GenerateDataKeyPair(aes, spec))


def test_armour_breaks_lines_at_64():
    text = armour("PUBLIC KEY", bytes(100)).decode()
    assert text.splitlines()[0] == "-----BEGIN PUBLIC KEY-----"
    assert [len(line) for line in text.splitlines()[1:-1]] == [64, 64, 8]
    assert text.endswith("-----END PUBLIC KEY-----\n")
