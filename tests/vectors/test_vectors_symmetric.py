"""NIST's AES vectors, the SM4 drafts' and RFC 8998, HMAC of RFC 4231, SM3 of OSCCA, through our handles."""

from __future__ import annotations

import hashlib
from pathlib import Path

import nist
import pytest

from bitting.core.faults import InvalidCiphertext, InvalidKeyMaterial
from bitting.core.material import KeyMaterial
from bitting.core.reveal import reveal
from bitting.core.specs import Algorithm

BITS = (128, 192, 256)
BLOCK_FILES = [
    path.relative_to(nist.ROOT).as_posix()
    for mode in ("CBC", "ECB")
    for path in sorted((nist.ROOT / "ciphers/AES" / mode).glob("*.rsp"))
]


@pytest.mark.parametrize("bits", BITS)
def test_aes_gcm_encrypt(load, bits):
    count = 0
    for section, fields in nist.blocks(f"ciphers/AES/GCM/gcmEncryptExtIV{bits}.rsp"):
        if (section["ivlen"], section["taglen"]) != ("96", "128"):
            continue  # the handle's only shape
        key, iv, plaintext, aad, ciphertext, tag = nist.raw(fields, "key", "iv", "pt", "aad", "ct", "tag")
        handle = load(f"AES_{bits}", key)
        assert handle.seal(plaintext, iv=iv, aad=aad) == ciphertext + tag
        assert handle.unseal(ciphertext + tag, iv=iv, aad=aad) == plaintext
        count += 1
    assert count == 375


@pytest.mark.parametrize("bits", BITS)
def test_aes_gcm_decrypt(load, bits):
    opened = refused = 0
    for section, fields in nist.blocks(f"ciphers/AES/GCM/gcmDecrypt{bits}.rsp"):
        if (section["ivlen"], section["taglen"]) != ("96", "128"):
            continue
        key, iv, aad, ciphertext, tag = nist.raw(fields, "key", "iv", "aad", "ct", "tag")
        handle = load(f"AES_{bits}", key)
        if "fail" in fields:
            with pytest.raises(InvalidCiphertext):
                handle.unseal(ciphertext + tag, iv=iv, aad=aad)
            refused += 1
        else:
            assert handle.unseal(ciphertext + tag, iv=iv, aad=aad) == bytes.fromhex(fields["pt"])
            opened += 1
    assert opened + refused == 375
    assert min(opened, refused) > 100


@pytest.mark.parametrize("name", BLOCK_FILES, ids=lambda name: Path(name).stem)
def test_aes_blocks(load, name):
    count = 0
    for _, fields in nist.blocks(name):
        key, plaintext, ciphertext = nist.raw(fields, "key", "plaintext", "ciphertext")
        options = {
            "iv": bytes.fromhex(fields.get("iv", "")),
            "algorithm": Algorithm.AES_CBC if "/CBC/" in name else Algorithm.AES_ECB,
            "padding": False,
        }
        handle = load(f"AES_{len(key) * 8}", key)
        assert handle.seal(plaintext, **options) == ciphertext
        assert handle.unseal(ciphertext, **options) == plaintext
        count += 1
    assert count >= 10


@pytest.mark.parametrize("mode", ["cbc", "ecb"])
def test_sm4_blocks(load, mode):
    count = 0
    for _, fields in nist.blocks(f"ciphers/SM4/draft-ribose-cfrg-sm4-10-{mode}.txt"):
        key, plaintext, ciphertext = nist.raw(fields, "key", "plaintext", "ciphertext")
        options = {
            "iv": bytes.fromhex(fields.get("iv", "")),
            "algorithm": Algorithm[f"SM4_{mode.upper()}"],
            "padding": False,
        }
        handle = load("SM4", key)
        assert handle.seal(plaintext, **options) == ciphertext
        assert handle.unseal(ciphertext, **options) == plaintext
        count += 1
    assert count >= 2


def test_sm4_gcm_of_rfc_8998(load):
    ((_, fields),) = nist.blocks("ciphers/SM4/rfc8998.txt")
    key, iv, aad, plaintext, ciphertext, tag = nist.raw(fields, "key", "iv", "aad", "plaintext", "ciphertext", "tag")
    handle = load("SM4", key)
    assert handle.seal(plaintext, iv=iv, aad=aad) == ciphertext + tag
    assert handle.unseal(ciphertext + tag, iv=iv, aad=aad) == plaintext


@pytest.mark.parametrize("name", ["sha224", "sha256", "sha384", "sha512"])
def test_hmac_of_rfc_4231(load, name):
    """The RFC's keys are shorter or longer than our specs'; HMAC itself says which of ours is the same.

    A key shorter than a block is padded with zeros (RFC 2104 section 2), one longer is hashed first.
    """
    size, block = hashlib.new(name).digest_size, hashlib.new(name).block_size
    count = 0
    for _, fields in nist.blocks(f"HMAC/rfc-4231-{name}.txt"):
        key, message, expected = nist.raw(fields, "key", "msg", "md")
        same = hashlib.new(name, key).digest() if len(key) > block else key.ljust(size, b"\x00")
        assert load(f"HMAC_{name.upper()}", same).mac(message) == expected
        count += 1
    assert count >= 5


def test_sm3_of_oscca(provider):
    count = 0
    for _, fields in nist.blocks("hashes/SM3/oscca.txt"):
        message = bytes.fromhex(fields["msg"])[: int(fields["len"]) // 8]
        assert provider.vault.digest("sm3", message).hex() == fields["md"].lower()
        count += 1
    assert count >= 5


def test_hmac_sm3_is_hmac_over_sm3(load, provider):
    """RFC 2104's definition spelled out, over a hash that the vectors above have proved."""
    key = bytes(range(32))
    inner, outer = (bytes(byte ^ pad for byte in key.ljust(64, b"\x00")) for pad in (0x36, 0x5C))

    def sm3(data):
        return provider.vault.digest("sm3", data)

    for message in (b"", b"abc", bytes(200)):
        assert load("HMAC_SM3", key).mac(message) == sm3(outer + sm3(inner + message))


@pytest.mark.parametrize("bits", BITS)
def test_key_unwrap_with_padding_of_sp_800_38f(provider, bits):
    opened = refused = 0
    for name in (f"KWP_AD_{bits}", f"KWP_AE_{bits}"):
        for _, fields in nist.blocks(f"keywrap/kwtestvectors/{name}.txt"):
            kek, wrapped = nist.raw(fields, "k", "c")
            if "fail" in fields:
                with pytest.raises(InvalidKeyMaterial):
                    provider.vault.unwrap_kwp(KeyMaterial(kek), wrapped)
                refused += 1
            else:
                assert reveal(provider.vault.unwrap_kwp(KeyMaterial(kek), wrapped)).hex() == fields["p"]
                opened += 1
    assert opened > 500
    assert refused > 50
