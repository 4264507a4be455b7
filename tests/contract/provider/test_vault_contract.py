"""The vault: small secrets, fingerprints, pairs, imports, hashes."""

from __future__ import annotations

import hashlib
import os

import pytest
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.keywrap import aes_key_wrap_with_padding
from cryptography.hazmat.primitives.serialization import load_der_public_key

from bitting.core.faults import (
    AlgorithmMismatch,
    InvalidKeyMaterial,
    InvalidParameter,
    PlaintextTooLong,
    ProviderFailed,
    UnsupportedKeySpec,
)
from bitting.core.material import KeyMaterial
from bitting.core.ports import StoredMaterial
from bitting.core.reveal import reveal
from bitting.core.specs import SPECS, Algorithm
from bitting.providers.software.provider import SoftwareProvider
from bitting.providers.software.vault import SoftwareVault

RSA = SPECS["RSA_2048"]


@pytest.fixture
def vault(backend):
    return backend.provider.vault


@pytest.fixture(scope="module")
def wrapping(backend):
    """A wrapping pair of each family, as an import would get it."""
    vault = backend.provider.vault
    names = ["RSA_2048", "SM2"] if backend.provider.supports(SPECS["SM2"]) else ["RSA_2048"]
    return {name: vault.key_pair(SPECS[name]) for name in names}


def pair_for(wrapping, algorithm):
    name = "SM2" if algorithm == "SM2_ENCRYPT" else "RSA_2048"
    if name not in wrapping:
        pytest.skip("no SM2 on this machine")
    return wrapping[name]


def test_secrets_round_trip(vault):
    for size in (1, 32, 5000):
        secret = os.urandom(size)
        wrapped = vault.wrap(KeyMaterial(secret), b"binding")
        assert reveal(vault.unwrap(wrapped, b"binding")) == secret
        assert vault.wrap(KeyMaterial(secret), b"binding") != wrapped


def test_secret_changed_or_elsewhere_does_not_open(vault):
    wrapped = vault.wrap(KeyMaterial(b"secret"), b"binding")
    for position in range(len(wrapped)):
        changed = bytearray(wrapped)
        changed[position] ^= 1
        with pytest.raises(ProviderFailed):
            vault.unwrap(bytes(changed), b"binding")
    for wrong in (b"", b"bindin", b"binding\x00"):
        with pytest.raises(ProviderFailed):
            vault.unwrap(wrapped, wrong)
    for cut in (b"", wrapped[:-1], wrapped + b"\x00", wrapped[:28]):
        with pytest.raises(ProviderFailed):
            vault.unwrap(cut, b"binding")


def test_keys_and_secrets_do_not_open_as_each_other(backend, vault):
    spec = SPECS["AES_256"]
    with pytest.raises(ProviderFailed):
        vault.unwrap(backend.key(spec).stored.wrapped, backend.binding)
    with pytest.raises(ProviderFailed):
        backend.provider.open(spec, StoredMaterial(vault.wrap(KeyMaterial(bytes(32)), b"b")), b"b")


def test_fingerprint_is_of_secret_binding_and_root(backend, vault):
    secret = KeyMaterial(b"secret")
    print_ = vault.fingerprint(secret, b"binding")
    assert len(print_) == 32
    assert print_ == vault.fingerprint(KeyMaterial(b"secret"), b"binding")
    assert print_ != vault.fingerprint(KeyMaterial(b"Secret"), b"binding")
    assert print_ != vault.fingerprint(secret, b"other")
    assert vault.fingerprint(KeyMaterial(b"bc"), b"a") != vault.fingerprint(KeyMaterial(b"c"), b"ab")
    other = SoftwareVault.without_provider(type(backend.seal)(b"\x01" * 32), libcrypto="/nonexistent")
    assert print_ != other.fingerprint(secret, b"binding")
    assert print_ != hashlib.sha256(b"secret").digest()


@pytest.mark.parametrize("name", [name for name, spec in SPECS.items() if spec.family.asymmetric and spec.bits < 3072])
def test_key_pair_is_a_pair(backend, vault, name):
    spec = SPECS[name]
    if not backend.provider.supports(spec):
        pytest.skip("not on this machine")
    pair = vault.key_pair(spec)
    stored = backend.provider.import_material(spec, pair.private, b"")
    assert stored.public == pair.public
    assert repr(pair.private) == "<KeyMaterial>"


@pytest.mark.parametrize("name", [name for name, spec in SPECS.items() if not spec.family.asymmetric])
def test_no_pair_of_a_key_without_halves(vault, name):
    with pytest.raises(UnsupportedKeySpec):
        vault.key_pair(SPECS[name])


@pytest.mark.parametrize("algorithm", ["RSA_OAEP_SHA1", "RSA_OAEP_SHA256", "SM2_ENCRYPT"])
def test_encrypt_to_and_unwrap_import(vault, wrapping, algorithm):
    pair = pair_for(wrapping, algorithm)
    ciphertext = vault.encrypt_to(pair.public, b"k" * 32, Algorithm(algorithm))
    assert reveal(vault.unwrap_import(pair.private, algorithm, ciphertext)) == b"k" * 32
    for wrong in (b"", ciphertext[:-1], ciphertext + b"\x00", bytes(len(ciphertext)), b"\xff" * 256):
        with pytest.raises(InvalidKeyMaterial):
            vault.unwrap_import(pair.private, algorithm, wrong)


def test_pkcs1_import_round_trip_and_implicit_rejection(vault, wrapping):
    pair = wrapping["RSA_2048"]
    public = load_der_public_key(pair.public)
    ciphertext = public.encrypt(b"k" * 32, padding.PKCS1v15())
    assert reveal(vault.unwrap_import(pair.private, "RSAES_PKCS1_V1_5", ciphertext)) == b"k" * 32
    changed = bytes((ciphertext[0] ^ 1,)) + ciphertext[1:]
    outcomes = set()
    for _ in range(2):
        try:
            outcomes.add(reveal(vault.unwrap_import(pair.private, "RSAES_PKCS1_V1_5", changed)))
        except InvalidKeyMaterial:
            outcomes.add(b"")
    assert len(outcomes) == 1  # the same ciphertext is rejected the same way each time
    assert outcomes != {b"k" * 32}
    with pytest.raises(InvalidKeyMaterial):
        vault.unwrap_import(pair.private, "RSAES_PKCS1_V1_5", ciphertext[:-1])


def test_import_of_nothing_is_refused(vault, wrapping):
    pair = wrapping["RSA_2048"]
    with pytest.raises(InvalidKeyMaterial):
        vault.unwrap_import(
            pair.private, "RSA_OAEP_SHA256", vault.encrypt_to(pair.public, b"", Algorithm.RSA_OAEP_SHA256)
        )


@pytest.mark.parametrize("algorithm", ["", "RSA_PSS_SHA256", "AES_GCM", "rsa_oaep_sha256", "RSAES_OAEP_SHA_256"])
def test_unknown_import_algorithm(vault, wrapping, algorithm):
    with pytest.raises(AlgorithmMismatch):
        vault.unwrap_import(wrapping["RSA_2048"].private, algorithm, bytes(256))


def test_wrapping_key_that_does_not_parse_is_our_failure(vault, wrapping):
    for algorithm in ("RSA_OAEP_SHA256", "RSAES_PKCS1_V1_5", "SM2_ENCRYPT"):
        pair_for(wrapping, algorithm)
        with pytest.raises(ProviderFailed):
            vault.unwrap_import(KeyMaterial(b"nonsense"), algorithm, bytes(256))


def test_kwp_unwraps_a_private_key(backend, vault):
    pkcs8 = reveal(backend.material(RSA))
    for size in (16, 24, 32):
        kek = os.urandom(size)
        wrapped = aes_key_wrap_with_padding(kek, pkcs8)
        assert reveal(vault.unwrap_kwp(KeyMaterial(kek), wrapped)) == pkcs8
        for wrong in (b"", b"x", wrapped[:-8], wrapped[:-1], wrapped[:8] + bytes(8) + wrapped[16:]):
            with pytest.raises(InvalidKeyMaterial):
                vault.unwrap_kwp(KeyMaterial(kek), wrong)
    for bad_kek in (b"", bytes(15), bytes(33), bytes(32)):
        with pytest.raises(InvalidKeyMaterial):
            vault.unwrap_kwp(KeyMaterial(bad_kek), wrapped)


def test_encrypt_to_refuses_what_does_not_fit(backend, vault, wrapping):
    rsa = wrapping["RSA_2048"].public
    curve = backend.key(SPECS["EC_P256"]).handle.public_der()
    for public in (b"", b"\x30\x00", rsa[:-1], curve):
        with pytest.raises(InvalidParameter):
            vault.encrypt_to(public, b"x", Algorithm.RSA_OAEP_SHA256)
    for algorithm in set(Algorithm) - {Algorithm.RSA_OAEP_SHA1, Algorithm.RSA_OAEP_SHA256, Algorithm.SM2_ENCRYPT}:
        with pytest.raises(AlgorithmMismatch):
            vault.encrypt_to(rsa, b"x", algorithm)
    with pytest.raises(PlaintextTooLong):
        vault.encrypt_to(rsa, bytes(191), Algorithm.RSA_OAEP_SHA256)


def test_encrypt_to_sm2_refuses_what_does_not_fit(backend, vault, wrapping):
    pair_for(wrapping, "SM2_ENCRYPT")
    curve = backend.key(SPECS["EC_P256"]).handle.public_der()
    for public in (b"", b"\x30\x00", curve, wrapping["RSA_2048"].public, wrapping["SM2"].public + b"\x00"):
        with pytest.raises(InvalidParameter):
            vault.encrypt_to(public, b"x", Algorithm.SM2_ENCRYPT)
    with pytest.raises(PlaintextTooLong):
        vault.encrypt_to(wrapping["SM2"].public, bytes(6048), Algorithm.SM2_ENCRYPT)


def test_sm2_where_it_is_missing(backend, wrapping):
    vault = SoftwareProvider(backend.seal, libcrypto="/nonexistent").vault
    with pytest.raises(UnsupportedKeySpec):
        vault.encrypt_to(b"", b"x", Algorithm.SM2_ENCRYPT)
    with pytest.raises(UnsupportedKeySpec):
        vault.unwrap_import(wrapping["RSA_2048"].private, "SM2_ENCRYPT", b"")
    with pytest.raises(UnsupportedKeySpec):
        vault.key_pair(SPECS["SM2"])


def test_hashes_by_name(vault):
    for name in ("sha1", "sha224", "sha256", "sha384", "sha512"):
        assert vault.digest(name, b"abc") == hashlib.new(name, b"abc").digest()
    for wrong in ("", "md5", "SHA256", "sha3_256", "shake_128"):
        with pytest.raises(InvalidParameter):
            vault.digest(wrong, b"abc")
