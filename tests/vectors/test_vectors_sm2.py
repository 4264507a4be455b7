"""The worked examples of GB/T 32918.5 (recommended curve), through our handle.

The standard prints numbers; GM/T 0009 says how they are written in ASN.1. Signing and encrypting draw a
random number that the interface does not take, so the printed results are verified and decrypted.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from bitting.core.faults import AsymmetricDecryptionFailed
from bitting.core.material import KeyMaterial
from bitting.core.reveal import reveal
from bitting.core.specs import SPECS, Algorithm
from bitting.providers.software.sm2 import z_value

EXAMPLE = json.loads((Path(__file__).parent / "sm2" / "gbt32918_5.json").read_text("utf-8"))
SIGN, ENCRYPT = Algorithm.SM2_SM3, Algorithm.SM2_ENCRYPT


def tlv(tag, content):
    size = bytes((len(content),)) if len(content) < 128 else b"\x81" + bytes((len(content),))
    return bytes((tag,)) + size + content


def integer(digits):
    value = int(digits, 16)
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


CURVE = bytes.fromhex("06082a811ccf5501822d")
POINT = bytes.fromhex("04" + EXAMPLE["public_x"] + EXAMPLE["public_y"])


def pkcs8(public=POINT):
    """The example's private key as PKCS #8 (RFC 5915 inside), with or without its public half."""
    private = tlv(0x04, bytes.fromhex(EXAMPLE["private_key"]))
    half = tlv(0xA1, tlv(0x03, b"\x00" + public)) if public else b""
    inner = tlv(0x30, b"\x02\x01\x01" + private + half)
    return tlv(0x30, b"\x02\x01\x00" + tlv(0x30, bytes.fromhex("06072a8648ce3d0201") + CURVE) + tlv(0x04, inner))


def ciphertext(**changes):
    part = EXAMPLE["encryption"] | changes
    content = integer(part["c1_x"]) + integer(part["c1_y"])
    return tlv(0x30, content + tlv(0x04, bytes.fromhex(part["c3"])) + tlv(0x04, bytes.fromhex(part["c2"])))


@pytest.fixture(scope="module")
def handle(provider, load):
    if not provider.supports(SPECS["SM2"]):
        pytest.skip("no SM2 on this machine")
    return load("SM2", pkcs8())


def test_public_key_and_z(handle):
    assert handle.public_der().endswith(POINT)
    assert z_value(handle.public_der()).hex().upper() == EXAMPLE["signature"]["z"]


def test_public_half_is_derived_if_left_out(handle, load):
    assert load("SM2", pkcs8(public=b"")).public_der() == handle.public_der()


def test_signature(provider, handle):
    part = EXAMPLE["signature"]
    message, e = bytes.fromhex(part["message"]), bytes.fromhex(part["e"])
    assert message == b"message digest"
    assert provider.vault.digest("sm3", bytes.fromhex(part["z"]) + message) == e
    signature = encode_dss_signature(int(part["r"], 16), int(part["s"], 16))
    assert handle.verify(message, signature, SIGN, digest=False)
    assert handle.verify(e, signature, SIGN, digest=True)
    swapped = encode_dss_signature(int(part["s"], 16), int(part["r"], 16))
    assert not handle.verify(message, swapped, SIGN, digest=False)


def test_our_signatures_fit_the_standards_equation(handle):
    """Section 7.1 with the printed key: r, s in range, both ways of signing verify both ways."""
    e = bytes.fromhex(EXAMPLE["signature"]["e"])
    order = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
    for signature in (handle.sign(e, SIGN, digest=True), handle.sign(b"message digest", SIGN, digest=False)):
        assert handle.verify(e, signature, SIGN, digest=True)
        assert handle.verify(b"message digest", signature, SIGN, digest=False)
        r_size = signature[3]
        r, s = int.from_bytes(signature[4 : 4 + r_size], "big"), int.from_bytes(signature[6 + r_size :], "big")
        assert 0 < r < order
        assert 0 < s < order


@pytest.mark.parametrize(("r", "s"), [(0, 1), (1, 0), (0, 0), (2**256 - 1, 1), (1, 2**256 - 1)])
def test_signature_numbers_out_of_range(handle, r, s):
    assert not handle.verify(b"message digest", encode_dss_signature(r, s), SIGN, digest=False)


def test_encryption(handle):
    assert handle.decrypt(ciphertext(), ENCRYPT) == b"encryption standard"


@pytest.mark.parametrize("part", ["c1_x", "c1_y", "c2", "c3"])
def test_changed_encryption(handle, part):
    changed = f"{int(EXAMPLE['encryption'][part], 16) ^ 1:0{len(EXAMPLE['encryption'][part])}X}"
    with pytest.raises(AsymmetricDecryptionFailed):
        handle.decrypt(ciphertext(**{part: changed}), ENCRYPT)


def test_our_ciphertext_has_the_standards_parts(handle):
    """GM/T 0009 section 7.2: x, y, C3 (32 bytes), C2 (as long as the plaintext)."""
    blob = handle.encrypt(b"x" * 100, ENCRYPT)
    tags, rest = [], blob[3:]
    assert blob[:2] == b"\x30\x81"
    while rest:
        tags.append((rest[0], rest[1]))
        rest = rest[2 + rest[1] :]
    assert [tag for tag, _ in tags] == [0x02, 0x02, 0x04, 0x04]
    assert [size for _, size in tags[2:]] == [32, 100]


def test_imports_through_the_vault(provider, handle):
    box = KeyMaterial(pkcs8())
    assert reveal(provider.vault.unwrap_import(box, "SM2_ENCRYPT", ciphertext())) == b"encryption standard"
    sealed = provider.vault.encrypt_to(handle.public_der(), b"\x00", ENCRYPT)
    assert handle.decrypt(sealed, ENCRYPT) == b"\x00"
