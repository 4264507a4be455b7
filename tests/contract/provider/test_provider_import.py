"""Outside material: taken in where it fits, refused with a reason where it does not."""

from __future__ import annotations

import os

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from bitting.core.faults import InvalidKeyMaterial, KeyMaterialLengthInvalid
from bitting.core.material import KeyMaterial
from bitting.core.reveal import reveal
from bitting.core.specs import SPECS, Family, Usage

PLAIN = [name for name, spec in SPECS.items() if spec.material_bytes]
PAIRS = [name for name, spec in SPECS.items() if not spec.material_bytes]
READABLE = [name for name in PAIRS if name != "SM2"]


def der(key, encryption=None):
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, encryption or NoEncryption())


@pytest.fixture(scope="module")
def unregistered_keys():
    """Private keys of no spec here."""
    return {
        "RSA-1024": der(rsa.generate_private_key(65537, 1024)),
        "DSA": der(dsa.generate_private_key(1024)),
        "P-224": der(ec.generate_private_key(ec.SECP224R1())),
        "Ed448": der(ed448.Ed448PrivateKey.generate()),
    }


@pytest.mark.parametrize("name", PLAIN)
def test_plain_bytes_of_the_right_length(backend, name):
    spec, raw = SPECS[name], os.urandom(SPECS[name].material_bytes)
    handles = [
        backend.provider.open(spec, backend.provider.import_material(spec, KeyMaterial(raw), binding), binding)
        for binding in (b"one", b"two")
    ]
    if spec.family is Family.HMAC:
        assert handles[0].mac(b"m") == handles[1].mac(b"m")
    else:
        assert handles[1].unseal(handles[0].seal(b"m", iv=bytes(12)), iv=bytes(12)) == b"m"


@pytest.mark.parametrize("name", PLAIN)
def test_plain_bytes_of_another_length(backend, name):
    spec = SPECS[name]
    for size in {0, 1, 15, 16, 24, 28, 31, 32, 33, 48, 64, 65} - {spec.material_bytes}:
        with pytest.raises(KeyMaterialLengthInvalid) as caught:
            backend.provider.import_material(spec, KeyMaterial(bytes(size)), b"")
        assert caught.value.detail("spec") == name


@pytest.mark.parametrize("name", PAIRS)
def test_private_key_comes_back_as_the_same_key(backend, name):
    made = backend.key(SPECS[name])
    stored = backend.provider.import_material(made.spec, backend.material(made.spec), b"imported")
    handle = backend.provider.open(made.spec, stored, b"imported")
    assert stored.public == made.stored.public
    algorithm = made.spec.algorithms[Usage.SIGN][0]
    assert made.handle.verify(b"m", handle.sign(b"m", algorithm, digest=False), algorithm, digest=False)


@pytest.mark.parametrize("name", PAIRS)
def test_what_is_no_key_of_the_spec_is_refused(backend, name, unregistered_keys):
    spec = SPECS[name]
    own = reveal(backend.material(spec))
    others = {other: reveal(backend.material(SPECS[other])) for other in PAIRS if other != name}
    broken = {
        "empty": b"",
        "garbage": b"\x30\x03\x02\x01\x00",
        "cut": own[:-1],
        "tail": own + b"\x00",
        "raw": bytes(32),
    }
    for label, wrong in (others | unregistered_keys | broken).items():
        with pytest.raises(InvalidKeyMaterial) as caught:
            backend.provider.import_material(spec, KeyMaterial(wrong), b"")
        assert caught.value.detail("spec") == name, label
        assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize("name", READABLE)
def test_encrypted_private_key_is_refused(backend, name):
    key = load_der_private_key(reveal(backend.material(SPECS[name])), None)
    with pytest.raises(InvalidKeyMaterial):
        backend.provider.import_material(SPECS[name], KeyMaterial(der(key, BestAvailableEncryption(b"pw"))), b"")


def test_rsa_numbers_that_do_not_belong_together_are_refused(backend):
    """Checked at import; skipped when our own key is opened."""
    key = load_der_private_key(reveal(backend.material(SPECS["RSA_2048"])), None)
    encoded = bytearray(der(key))
    prime = key.private_numbers().p.to_bytes(128, "big")
    encoded[encoded.index(prime) + 100] ^= 2
    with pytest.raises(InvalidKeyMaterial):
        backend.provider.import_material(SPECS["RSA_2048"], KeyMaterial(bytes(encoded)), b"")


@pytest.mark.parametrize("name", [name for name, spec in SPECS.items() if spec.family in {Family.EC, Family.SM2}])
def test_public_half_of_another_key_is_refused(backend, name):
    own = bytearray(reveal(backend.material(SPECS[name])))
    public = backend.key(SPECS[name]).stored.public
    point_bytes = 2 * SPECS[name].bits // 8
    other = backend.provider.create(SPECS[name], b"").public
    assert bytes(own).endswith(public[-point_bytes:])
    own[-point_bytes:] = other[-point_bytes:]
    with pytest.raises(InvalidKeyMaterial):
        backend.provider.import_material(SPECS[name], KeyMaterial(bytes(own)), b"")
