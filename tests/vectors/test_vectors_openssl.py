"""Cross-checks with the ``openssl`` command line: it verifies what we sign, opens what we seal, and back.

Skipped where the command is missing or cannot do the algorithm. Keys are made here, per session.
"""

from __future__ import annotations

import hashlib
import hmac
import shutil
import subprocess

import pytest

from bitting.core.material import KeyMaterial
from bitting.core.reveal import reveal
from bitting.core.specs import SPECS, Algorithm, Usage

OPENSSL = shutil.which("openssl")
pytestmark = pytest.mark.skipif(OPENSSL is None, reason="no openssl command")

PAIRS = ["RSA_2048", "EC_P256", "EC_P384", "EC_SECP256K1", "SM2", "ED25519"]
NEW_KEY = {
    "RSA_2048": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
    "EC_P256": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
    "EC_P384": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
    "EC_SECP256K1": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"],
    "SM2": ["-algorithm", "SM2"],
    "ED25519": ["-algorithm", "ED25519"],
}
SIGNING = [
    pytest.param(name, algorithm, id=f"{name}-{algorithm.value}")
    for name in PAIRS
    for algorithm in SPECS[name].algorithms[Usage.SIGN]
    if algorithm is not Algorithm.ED25519PH
]
MESSAGE = b"the message that both sides read"


class Pair:
    """A key that our provider made, its files for the command, and the handle."""

    def __init__(self, provider, name, directory):
        made = provider.vault.key_pair(SPECS[name])
        stored = provider.import_material(SPECS[name], made.private, b"")
        self.handle = provider.open(SPECS[name], stored, b"")
        self.private, self.public = directory / f"{name}.key", directory / f"{name}.pub"
        self.private.write_bytes(reveal(made.private))
        self.public.write_bytes(made.public)


@pytest.fixture(scope="module")
def pairs(provider, tmp_path_factory):
    directory = tmp_path_factory.mktemp("keys")
    return {name: Pair(provider, name, directory) for name in PAIRS if provider.supports(SPECS[name])}


@pytest.fixture
def pair(pairs, name):
    if name not in pairs:
        pytest.skip("no SM2 on this machine")
    return pairs[name]


def openssl(*arguments, stdin=b""):
    return subprocess.run([OPENSSL, *map(str, arguments)], input=stdin, capture_output=True, check=False)


def output(*arguments, stdin=b""):
    done = openssl(*arguments, stdin=stdin)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def signing_options(algorithm):
    """pkeyutl's options for signing a whole message with ``algorithm``."""
    if algorithm is Algorithm.ED25519:
        return ["-rawin"]
    if algorithm is Algorithm.SM2_SM3:
        return ["-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678"]
    options = ["-rawin", "-digest", algorithm.value.rpartition("_")[2].lower()]
    if algorithm.value.startswith("RSA_PSS"):
        options += ["-pkeyopt", "rsa_padding_mode:pss", "-pkeyopt", "rsa_pss_saltlen:digest"]
    return options


@pytest.mark.parametrize(("name", "algorithm"), SIGNING)
def test_it_verifies_our_signature(pair, algorithm, tmp_path):
    (tmp_path / "m").write_bytes(MESSAGE)
    (tmp_path / "s").write_bytes(pair.handle.sign(MESSAGE, algorithm, digest=False))
    arguments = ["pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", pair.public]
    arguments += ["-in", tmp_path / "m", "-sigfile", tmp_path / "s", *signing_options(algorithm)]
    output(*arguments)
    (tmp_path / "m").write_bytes(MESSAGE[::-1])
    assert openssl(*arguments).returncode != 0


@pytest.mark.parametrize(("name", "algorithm"), SIGNING)
def test_we_verify_its_signature(pair, algorithm, tmp_path):
    (tmp_path / "m").write_bytes(MESSAGE)
    arguments = ["pkeyutl", "-sign", "-keyform", "DER", "-inkey", pair.private, "-in", tmp_path / "m"]
    signature = output(*arguments, *signing_options(algorithm))
    assert pair.handle.verify(MESSAGE, signature, algorithm, digest=False)
    assert not pair.handle.verify(MESSAGE[::-1], signature, algorithm, digest=False)


ENCRYPTING = [
    ("RSA_2048", Algorithm.RSA_OAEP_SHA1),
    ("RSA_2048", Algorithm.RSA_OAEP_SHA256),
    ("SM2", Algorithm.SM2_ENCRYPT),
]


def encryption_options(algorithm):
    if algorithm is Algorithm.SM2_ENCRYPT:
        return []
    name = algorithm.value.removeprefix("RSA_OAEP_").lower()
    chosen = ["rsa_padding_mode:oaep", f"rsa_oaep_md:{name}", f"rsa_mgf1_md:{name}"]
    return [word for option in chosen for word in ("-pkeyopt", option)]


@pytest.mark.parametrize(("name", "algorithm"), ENCRYPTING)
def test_it_decrypts_ours(pair, algorithm):
    ciphertext = pair.handle.encrypt(MESSAGE, algorithm)
    arguments = ["pkeyutl", "-decrypt", "-keyform", "DER", "-inkey", pair.private, *encryption_options(algorithm)]
    assert output(*arguments, stdin=ciphertext) == MESSAGE


@pytest.mark.parametrize(("name", "algorithm"), ENCRYPTING)
def test_we_decrypt_its(pair, algorithm):
    arguments = ["pkeyutl", "-encrypt", "-pubin", "-keyform", "DER", "-inkey", pair.public]
    ciphertext = output(*arguments, *encryption_options(algorithm), stdin=MESSAGE)
    assert pair.handle.decrypt(ciphertext, algorithm) == MESSAGE


@pytest.mark.parametrize("name", PAIRS)
def test_its_keys_import(provider, name):
    if not provider.supports(SPECS[name]):
        pytest.skip("no SM2 on this machine")
    made = output("genpkey", *NEW_KEY[name], "-outform", "DER")
    pkcs8 = output("pkcs8", "-topk8", "-nocrypt", "-inform", "DER", "-outform", "DER", stdin=made)
    stored = provider.import_material(SPECS[name], KeyMaterial(pkcs8), b"")
    assert stored.public == output("pkey", "-inform", "DER", "-pubout", "-outform", "DER", stdin=pkcs8)


@pytest.mark.parametrize("name", ["EC_P256", "EC_P384", "EC_SECP256K1"])
def test_ecdh_and_ecies_against_its_derivation(pair, provider, name, tmp_path):
    """SEC 1 section 5.1 put together from its ECDH and X9.63 KDF and the standard library's HMAC."""
    size, algorithm = SPECS[name].bits // 8, Algorithm.ECIES_SHA1_XOR_HMAC
    ephemeral = provider.vault.key_pair(SPECS[name])
    (tmp_path / "e").write_bytes(reveal(ephemeral.private))
    derive = [
        "pkeyutl",
        "-derive",
        "-keyform",
        "DER",
        "-inkey",
        tmp_path / "e",
        "-peerform",
        "DER",
        "-peerkey",
        pair.public,
    ]
    shared = output(*derive)
    assert shared == pair.handle.agree(ephemeral.public)

    count = len(MESSAGE) + 20
    stream = output(
        "kdf", "-keylen", count, "-kdfopt", "digest:SHA1", "-kdfopt", f"hexkey:{shared.hex()}", "-binary", "X963KDF"
    )
    masked = bytes(left ^ right for left, right in zip(MESSAGE, stream, strict=False))
    point = ephemeral.public[-(1 + 2 * size) :]
    ciphertext = point + masked + hmac.digest(stream[len(MESSAGE) :], masked, "sha1")
    assert pair.handle.decrypt(ciphertext, algorithm) == MESSAGE
    assert len(pair.handle.encrypt(MESSAGE, algorithm)) == len(ciphertext)


@pytest.mark.parametrize("name", ["HMAC_SHA224", "HMAC_SHA256", "HMAC_SHA384", "HMAC_SHA512", "HMAC_SM3"])
def test_hmac(load, name):
    key = bytes(range(SPECS[name].material_bytes))
    arguments = [
        "dgst",
        f"-{name.removeprefix('HMAC_').lower()}",
        "-mac",
        "HMAC",
        "-macopt",
        f"hexkey:{key.hex()}",
        "-binary",
    ]
    assert output(*arguments, stdin=MESSAGE) == load(name, key).mac(MESSAGE)


@pytest.mark.parametrize("name", ["AES_128", "AES_192", "AES_256", "SM4"])
@pytest.mark.parametrize("mode", ["CBC", "ECB"])
def test_padded_modes(load, name, mode):
    key = bytes(range(SPECS[name].material_bytes))
    handle, iv = load(name, key), bytes(range(16)) if mode == "CBC" else b""
    algorithm = Algorithm[f"{name[:3]}_{mode}"]
    cipher = f"-{name.lower().replace('_', '-')}-{mode.lower()}"
    arguments = ["enc", cipher, "-K", key.hex(), *(["-iv", iv.hex()] if iv else [])]
    for message in (b"", b"x" * 15, b"x" * 16, MESSAGE):
        sealed = output(*arguments, stdin=message)
        assert handle.seal(message, iv=iv, algorithm=algorithm) == sealed
        assert handle.unseal(sealed, iv=iv, algorithm=algorithm) == message


def test_hash_of_its_own(provider):
    for name in ("sha1", "sha224", "sha256", "sha384", "sha512", "sm3"):
        assert provider.vault.digest(name, MESSAGE) == output("dgst", f"-{name}", "-binary", stdin=MESSAGE)
    assert hashlib.sha256(MESSAGE).digest() == provider.vault.digest("sha256", MESSAGE)
