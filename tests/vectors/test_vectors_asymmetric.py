"""RSA, ECDSA and Ed25519 vectors of NIST, RSA Laboratories and RFC 8032, through our handles.

Where a vector has a private key it is imported; where it has only a public one, the verifying half of the
handle is built on that (:func:`verifier`).
"""

from __future__ import annotations

import hashlib

import nist
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bitting.core.faults import AsymmetricDecryptionFailed, DigestLengthMismatch
from bitting.core.material import KeyMaterial
from bitting.core.specs import SPECS, Algorithm
from bitting.providers.software.ec import EcHandle
from bitting.providers.software.rsa import RsaHandle

SIZES = (2048, 3072, 4096)
RSA_HASHES = ("SHA256", "SHA384", "SHA512")
CURVES = {
    "P-256,SHA-256": ("EC_P256", ec.SECP256R1(), Algorithm.ECDSA_SHA256),
    "P-384,SHA-384": ("EC_P384", ec.SECP384R1(), Algorithm.ECDSA_SHA384),
    "K-256,SHA-256": ("EC_SECP256K1", ec.SECP256K1(), Algorithm.ECDSA_SHA256),
}


def der(key):
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def rsa_der(n, e, d):
    p, q = rsa.rsa_recover_prime_factors(n, e, d)
    numbers = rsa.RSAPrivateNumbers(
        p, q, d, rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q), rsa.RSAPublicNumbers(e, n)
    )
    return der(numbers.private_key(unsafe_skip_rsa_key_validation=True))  # the import validates


def verifier(kind, spec_name, public):
    """A handle with a public half only, to verify with."""
    handle = object.__new__(kind)
    handle._spec, handle._public = SPECS[spec_name], public
    return handle


def rsa_blocks(name):
    """Paragraphs with a message, each with the key numbers that came before it."""
    numbers = {}
    for section, fields in nist.blocks(f"asymmetric/RSA/FIPS_186-2/{name}"):
        numbers = {**numbers, **{label: int(fields[label], 16) for label in ("n", "e", "d") if label in fields}}
        if "msg" in fields and int(section["mod"]) in SIZES and fields["shaalg"] in RSA_HASHES:
            yield int(section["mod"]), dict(numbers), fields


def test_rsa_pkcs1_signatures(load):
    handles, count = {}, 0
    for size, key, fields in rsa_blocks("SigGen15_186-2.txt"):
        if key["n"] not in handles:
            handles[key["n"]] = load(f"RSA_{size}", rsa_der(key["n"], key["e"], key["d"]))
        handle, algorithm = handles[key["n"]], Algorithm[f"RSA_PKCS1_{fields['shaalg']}"]
        message, signature = nist.raw(fields, "msg", "s")
        digest = hashlib.new(fields["shaalg"], message).digest()
        assert handle.sign(message, algorithm, digest=False) == signature
        assert handle.verify(digest, signature, algorithm, digest=True)
        count += 1
    assert count >= 60
    assert len(handles) == 3


def test_rsa_pkcs1_verification():
    passed = failed = 0
    for size, key, fields in rsa_blocks("SigVer15_186-3.rsp"):
        handle = verifier(RsaHandle, f"RSA_{size}", rsa.RSAPublicNumbers(key["e"], key["n"]).public_key())
        message, signature = nist.raw(fields, "msg", "s")
        good = handle.verify(message, signature, Algorithm[f"RSA_PKCS1_{fields['shaalg']}"], digest=False)
        assert good == fields["result"].startswith("P")
        passed, failed = passed + good, failed + (not good)
    assert passed >= 9
    assert failed >= 40


@pytest.mark.parametrize("name", ["SigVerPSS_186-3.rsp", "SigGenPSS_186-3.rsp"])
def test_pss_salt_of_another_length_does_not_verify(name):
    """NIST's files have salts of 10 and 0 bytes; we sign and verify with one as long as the digest."""
    count = 0
    for size, key, fields in rsa_blocks(name):
        handle = verifier(RsaHandle, f"RSA_{size}", rsa.RSAPublicNumbers(key["e"], key["n"]).public_key())
        message, signature = nist.raw(fields, "msg", "s")
        assert not handle.verify(message, signature, Algorithm[f"RSA_PSS_{fields['shaalg']}"], digest=False)
        count += 1
    assert count >= 60


def test_pss_signature_of_a_certificate():
    """A self-signed certificate by another implementation: SHA-256, salt of 32 bytes."""
    certificate = x509.load_pem_x509_certificate((nist.ROOT / "x509/custom/rsa_pss_cert.pem").read_bytes())
    public = certificate.public_key()
    handle = verifier(RsaHandle, f"RSA_{public.key_size}", public)
    signed = certificate.tbs_certificate_bytes
    assert handle.verify(signed, certificate.signature, Algorithm.RSA_PSS_SHA256, digest=False)
    assert not handle.verify(signed, certificate.signature, Algorithm.RSA_PSS_SHA384, digest=False)


def oaep_examples(name):
    """(key numbers, message, ciphertext) of every example with a key of one of our sizes."""
    numbers, message = {}, b""
    for label, value in nist.labelled(f"asymmetric/RSA/{name}"):
        if label in {"modulus", "public exponent", "exponent"}:
            numbers[label] = int.from_bytes(value, "big")  # the private exponent is the second "exponent"
        elif label == "message":
            message = value
        elif label == "encryption" and numbers["modulus"].bit_length() in SIZES:
            yield dict(numbers), message, value


@pytest.mark.parametrize(
    ("name", "algorithm", "least"),
    [
        ("pkcs-1v2-1d2-vec/oaep-vect.txt", Algorithm.RSA_OAEP_SHA1, 6),
        ("oaep-custom/oaep-sha256-sha256.txt", Algorithm.RSA_OAEP_SHA256, 6),
    ],
)
def test_rsa_oaep_decryption(provider, load, name, algorithm, least):
    handles, count = {}, 0
    for key, message, ciphertext in oaep_examples(name):
        modulus = key["modulus"]
        if modulus not in handles:
            encoded = rsa_der(modulus, key["public exponent"], key["exponent"])
            handles[modulus] = load(f"RSA_{modulus.bit_length()}", encoded), KeyMaterial(encoded)
        handle, material = handles[modulus]
        assert handle.decrypt(ciphertext, algorithm) == message
        assert provider.vault.unwrap_import(material, algorithm.value, ciphertext)._bytes == message
        other = {Algorithm.RSA_OAEP_SHA1, Algorithm.RSA_OAEP_SHA256} - {algorithm}
        with pytest.raises(AsymmetricDecryptionFailed):
            handle.decrypt(ciphertext, other.pop())
        count += 1
    assert count >= least


def test_oaep_with_another_mgf_hash_does_not_open(load):
    key, _, ciphertext = next(oaep_examples("oaep-custom/oaep-sha256-sha1.txt"))
    handle = load("RSA_2048", rsa_der(key["modulus"], key["public exponent"], key["exponent"]))
    with pytest.raises(AsymmetricDecryptionFailed):
        handle.decrypt(ciphertext, Algorithm.RSA_OAEP_SHA256)


@pytest.mark.parametrize("name", ["FIPS_186-3/SigGen.txt", "SECP256K1/SigGen.txt"])
def test_ecdsa_signatures(load, name):
    count = 0
    for section, fields in nist.blocks(f"asymmetric/ECDSA/{name}"):
        if section["name"] not in CURVES:
            continue
        spec, curve, algorithm = CURVES[section["name"]]
        private = ec.derive_private_key(int(fields["d"], 16), curve)
        assert private.public_key().public_numbers().x == int(fields["qx"], 16)
        handle, message = load(spec, der(private)), bytes.fromhex(fields["msg"])
        signature = utils.encode_dss_signature(int(fields["r"], 16), int(fields["s"], 16))
        digest = hashlib.new(algorithm.value.removeprefix("ECDSA_"), message).digest()
        assert handle.verify(message, signature, algorithm, digest=False)
        assert handle.verify(digest, signature, algorithm, digest=True)
        assert handle.verify(message, handle.sign(digest, algorithm, digest=True), algorithm, digest=False)
        count += 1
    assert count >= 10


def test_ecdsa_verification():
    passed = failed = 0
    for section, fields in nist.blocks("asymmetric/ECDSA/FIPS_186-3/SigVer.rsp"):
        if section["name"] not in CURVES:
            continue
        spec, curve, algorithm = CURVES[section["name"]]
        public = ec.EllipticCurvePublicNumbers(int(fields["qx"], 16), int(fields["qy"], 16), curve).public_key()
        signature = utils.encode_dss_signature(int(fields["r"], 16), int(fields["s"], 16))
        handle = verifier(EcHandle, spec, public)
        good = handle.verify(bytes.fromhex(fields["msg"]), signature, algorithm, digest=False)
        assert good == fields["result"].startswith("P")
        passed, failed = passed + good, failed + (not good)
    assert passed >= 4
    assert failed >= 20


def test_ed25519_of_the_authors(load):
    """The 1024 lines that came with the reference code (private | public : public : message : signature)."""
    lines = (nist.ROOT / "asymmetric/Ed25519/sign.input").read_text("ascii").splitlines()
    for line in lines:
        seed, public, message, signed = (bytes.fromhex(part) for part in line.split(":")[:4])
        handle = load("ED25519", der(Ed25519PrivateKey.from_private_bytes(seed[:32])))
        assert handle.public_der()[-32:] == public
        assert handle.sign(message, Algorithm.ED25519, digest=False) == signed[:64]
        assert handle.verify(message, signed[:64], Algorithm.ED25519, digest=False)
    assert len(lines) == 1024


def test_ed25519ph_of_rfc_8032(prehashing):
    """Section 7.3: the one example of Ed25519ph."""
    seed = bytes.fromhex("833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42")
    signature = bytes.fromhex(
        "98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae41"
        "31f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406"
    )
    material = KeyMaterial(der(Ed25519PrivateKey.from_private_bytes(seed)))
    stored = prehashing.import_material(SPECS["ED25519"], material, b"")
    handle = prehashing.open(SPECS["ED25519"], stored, b"")
    digest = hashlib.sha512(b"abc").digest()
    assert handle.sign(b"abc", Algorithm.ED25519PH, digest=False) == signature
    assert handle.sign(digest, Algorithm.ED25519PH, digest=True) == signature
    assert handle.verify(b"abc", signature, Algorithm.ED25519PH, digest=False)
    assert handle.verify(digest, signature, Algorithm.ED25519PH, digest=True)
    for size in (0, 32, 63, 65):
        with pytest.raises(DigestLengthMismatch):
            handle.sign(bytes(size), Algorithm.ED25519PH, digest=True)
    for wrong in (b"", signature[:-1], signature + b"\x00", signature[::-1]):
        assert not handle.verify(b"abc", wrong, Algorithm.ED25519PH, digest=False)
    assert not handle.verify(b"abc", signature, Algorithm.ED25519, digest=False)
    assert not handle.verify(
        b"abc", handle.sign(b"abc", Algorithm.ED25519, digest=False), Algorithm.ED25519PH, digest=False
    )
