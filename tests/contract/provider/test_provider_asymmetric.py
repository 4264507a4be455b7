"""RSA, EC, SM2 and Ed25519 handles, and HMAC: round trips, changes noticed, wrong use refused."""

from __future__ import annotations

import hashlib
import os

import pytest
from cryptography.hazmat.primitives.serialization import load_der_public_key

from bitting.core.faults import (
    AlgorithmMismatch,
    AsymmetricDecryptionFailed,
    DigestLengthMismatch,
    InvalidCiphertext,
    InvalidParameter,
    PlaintextTooLong,
)
from bitting.core.specs import SPECS, Algorithm, Family, Usage

ENCRYPTING = [
    pytest.param(spec, algorithm, id=f"{spec.name}-{algorithm.value}")
    for spec in SPECS.values()
    if spec.family.asymmetric
    for algorithm in spec.algorithms.get(Usage.ENCRYPT, ())
]
SIGNING = [
    pytest.param(spec, algorithm, id=f"{spec.name}-{algorithm.value}")
    for spec in SPECS.values()
    for algorithm in spec.algorithms.get(Usage.SIGN, ())
]
HASHING = [case for case in SIGNING if not case.id.endswith("-ED25519")]
DIGESTS = {"SHA256": 32, "SHA384": 48, "SHA512": 64, "SM3": 32, "ED25519PH": 64}


def longest(spec, algorithm):
    """The most plaintext that the scheme takes (RFC 8017 section 7.1.1; the clouds' bound for the curves)."""
    if spec.family is Family.RSA:
        return spec.bits // 8 - 2 * {"RSA_OAEP_SHA1": 20, "RSA_OAEP_SHA256": 32}[algorithm.value] - 2
    return 6047


def overhead(spec):
    """Bytes that ECIES adds: point and tag (SEC 1 section 5.1.3)."""
    return 1 + 2 * ((spec.bits + 7) // 8) + 20


@pytest.mark.parametrize(("spec", "algorithm"), ENCRYPTING)
def test_encrypt_round_trip(backend, spec, algorithm):
    handle = backend.key(spec).handle
    for size in (1, 2, 31, 32, 100, longest(spec, algorithm)):
        plaintext = os.urandom(size)
        ciphertext = handle.encrypt(plaintext, algorithm)
        assert handle.decrypt(ciphertext, algorithm) == plaintext
        assert handle.encrypt(plaintext, algorithm) != ciphertext
        if spec.family is Family.RSA:
            assert len(ciphertext) == spec.bits // 8
        if spec.family is Family.EC:
            assert (ciphertext[0], len(ciphertext)) == (4, size + overhead(spec))


@pytest.mark.parametrize(("spec", "algorithm"), ENCRYPTING)
def test_plaintext_bounds(backend, spec, algorithm):
    handle = backend.key(spec).handle
    with pytest.raises(PlaintextTooLong):
        handle.encrypt(bytes(longest(spec, algorithm) + 1), algorithm)
    if spec.family is Family.SM2:  # GB/T 32918.4 has no encryption of nothing
        with pytest.raises(InvalidParameter):
            handle.encrypt(b"", algorithm)
    else:
        assert handle.decrypt(handle.encrypt(b"", algorithm), algorithm) == b""


@pytest.mark.parametrize(("spec", "algorithm"), ENCRYPTING)
def test_changed_ciphertext_fails_one_way_only(backend, spec, algorithm):
    handle = backend.key(spec).handle
    ciphertext = handle.encrypt(b"plaintext", algorithm)
    step = max(1, len(ciphertext) // 24)
    changed = [
        ciphertext[:at] + bytes((ciphertext[at] ^ 1,)) + ciphertext[at + 1 :]
        for at in [*range(0, len(ciphertext), step), len(ciphertext) - 1]
    ]
    changed += [b"", b"\x00", b"\x04", b"\x30\x00", ciphertext[:-1], ciphertext[1:], ciphertext + b"\x00"]
    changed += [bytes(len(ciphertext)), b"\xff" * len(ciphertext), b"\x04" + bytes(len(ciphertext) - 1)]
    for wrong in changed:
        with pytest.raises(AsymmetricDecryptionFailed) as caught:
            handle.decrypt(wrong, algorithm)
        assert isinstance(caught.value, InvalidCiphertext)
        assert not any(vars(caught.value).values())


@pytest.mark.parametrize("name", dict.fromkeys(case.values[0].name for case in ENCRYPTING))
def test_encryption_algorithms_of_others_are_refused(backend, name):
    spec = SPECS[name]
    handle = backend.key(spec).handle
    for other in set(Algorithm) - set(spec.algorithms[Usage.ENCRYPT]):
        with pytest.raises(AlgorithmMismatch):
            handle.encrypt(b"x", other)
        with pytest.raises(AlgorithmMismatch):
            handle.decrypt(b"x", other)


def sign_or_skip(backend, spec, algorithm):
    handle = backend.key(spec).handle
    if algorithm is Algorithm.ED25519PH and not backend.provider.prehashes:
        with pytest.raises(AlgorithmMismatch):
            handle.sign(b"", algorithm, digest=False)
        pytest.skip("no libcrypto >= 3.4 on this machine; refused, as promised")
    return handle


@pytest.mark.parametrize(("spec", "algorithm"), SIGNING)
def test_sign_and_verify_messages(backend, spec, algorithm):
    handle = sign_or_skip(backend, spec, algorithm)
    for message in (b"", b"m", bytes(32), os.urandom(5000)):
        signature = handle.sign(message, algorithm, digest=False)
        assert handle.verify(message, signature, algorithm, digest=False)
        assert not handle.verify(message + b"\x00", signature, algorithm, digest=False)


@pytest.mark.parametrize(("spec", "algorithm"), SIGNING)
def test_malformed_signatures_do_not_verify(backend, spec, algorithm):
    handle = sign_or_skip(backend, spec, algorithm)
    signature = handle.sign(b"message", algorithm, digest=False)
    wrong = [b"", b"\x00", b"\x30\x00", bytes(len(signature)), signature[:-1], signature[1:], signature + b"\x00"]
    wrong += [
        signature[:at] + bytes((signature[at] ^ 1,)) + signature[at + 1 :]
        for at in range(0, len(signature), max(1, len(signature) // 16))
    ]
    for malformed in wrong:
        assert handle.verify(b"message", malformed, algorithm, digest=False) is False


@pytest.mark.parametrize("algorithm", SPECS["RSA_2048"].algorithms[Usage.SIGN])
def test_rsa_signature_without_its_leading_zero_does_not_verify(backend, algorithm):
    """RFC 8017 section 8.1.2 step 1; OpenSSL takes it for PSS."""
    handle = backend.key(SPECS["RSA_2048"]).handle
    messages = (number.to_bytes(4, "big") for number in range(10_000))
    signed = ((message, handle.sign(message, algorithm, digest=False)) for message in messages)
    message, signature = next((message, signature) for message, signature in signed if signature[0] == 0)
    assert handle.verify(message, signature, algorithm, digest=False)
    assert not handle.verify(message, signature[1:], algorithm, digest=False)
    assert not handle.verify(message, b"\x00" + signature, algorithm, digest=False)


@pytest.mark.parametrize(("spec", "algorithm"), HASHING)
def test_digest_is_the_message_hashed_by_the_caller(backend, spec, algorithm):
    handle = sign_or_skip(backend, spec, algorithm)
    message = b"the message"
    if algorithm is Algorithm.SM2_SM3:
        curve = (
            "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC"
            "28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93"
            "32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7"
            "BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0"
        )
        ident = b"\x00\x801234567812345678" + bytes.fromhex(curve) + handle.public_der()[-64:]
        digest = backend.provider.vault.digest("sm3", backend.provider.vault.digest("sm3", ident) + message)
    else:
        name = "sha512" if algorithm is Algorithm.ED25519PH else algorithm.value.rpartition("_")[2].lower()
        digest = hashlib.new(name, message).digest()
    signature = handle.sign(digest, algorithm, digest=True)
    assert handle.verify(message, signature, algorithm, digest=False)
    assert handle.verify(digest, handle.sign(message, algorithm, digest=False), algorithm, digest=True)
    assert not handle.verify(digest[::-1], signature, algorithm, digest=True)


@pytest.mark.parametrize(("spec", "algorithm"), HASHING)
def test_digest_of_another_length_is_refused(backend, spec, algorithm):
    handle = sign_or_skip(backend, spec, algorithm)
    right = next(size for name, size in DIGESTS.items() if algorithm.value.endswith(name))
    for size in {0, 20, 31, 32, 33, 48, 64, 65} - {right}:
        with pytest.raises(DigestLengthMismatch) as caught:
            handle.sign(bytes(size), algorithm, digest=True)
        assert caught.value.detail("algorithm") == algorithm.value
        with pytest.raises(DigestLengthMismatch):
            handle.verify(bytes(size), b"", algorithm, digest=True)


def test_pure_ed25519_takes_no_digest(backend):
    handle = backend.key(SPECS["ED25519"]).handle
    with pytest.raises(AlgorithmMismatch):
        handle.sign(bytes(64), Algorithm.ED25519, digest=True)
    with pytest.raises(AlgorithmMismatch):
        handle.verify(bytes(64), bytes(64), Algorithm.ED25519, digest=True)


@pytest.mark.parametrize("name", [name for name, spec in SPECS.items() if Usage.SIGN in spec.algorithms])
def test_signing_algorithms_of_others_are_refused(backend, name):
    handle = backend.key(SPECS[name]).handle
    for other in set(Algorithm) - set(SPECS[name].algorithms[Usage.SIGN]):
        with pytest.raises(AlgorithmMismatch):
            handle.sign(bytes(32), other, digest=False)
        with pytest.raises(AlgorithmMismatch):
            handle.verify(bytes(32), bytes(64), other, digest=True)


@pytest.mark.parametrize("name", [name for name, spec in SPECS.items() if spec.family.asymmetric])
def test_public_key_is_what_the_store_shows(backend, name):
    made = backend.key(SPECS[name])
    der = made.handle.public_der()
    assert der == made.stored.public
    if made.spec.family is Family.SM2:  # the one that the library does not read
        assert der[:27].hex() == "3059301306072a8648ce3d020106082a811ccf5501822d03420004"
    else:
        load_der_public_key(der)


CURVES = [name for name, spec in SPECS.items() if spec.family is Family.EC]


@pytest.mark.parametrize("name", CURVES)
def test_both_sides_agree(backend, name):
    ours = backend.key(SPECS[name])
    theirs_stored = backend.provider.create(SPECS[name], b"peer")
    theirs = backend.provider.open(SPECS[name], theirs_stored, b"peer")
    shared = ours.handle.agree(theirs.public_der())
    assert shared == theirs.agree(ours.handle.public_der())
    assert len(shared) == (SPECS[name].bits + 7) // 8


@pytest.mark.parametrize("name", CURVES)
def test_peer_that_does_not_fit_is_refused(backend, name):
    handle = backend.key(SPECS[name]).handle
    others = [backend.key(SPECS[other]).handle.public_der() for other in (*CURVES, "ED25519") if other != name]
    off_curve = bytearray(handle.public_der())
    off_curve[-1] ^= 1
    for wrong in (*others, b"", b"\x30\x00", handle.public_der()[:-1], bytes(off_curve)):
        with pytest.raises(InvalidParameter):
            handle.agree(wrong)


@pytest.mark.parametrize("name", [name for name, spec in SPECS.items() if spec.family is Family.HMAC])
def test_mac_is_full_length_and_steady(backend, name):
    spec = SPECS[name]
    handle = backend.key(spec).handle
    assert len(handle.mac(b"")) == spec.bits // 8
    assert handle.mac(b"message") == handle.mac(b"message")
    assert handle.mac(b"message") != handle.mac(b"massage")
