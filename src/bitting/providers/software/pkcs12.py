"""PKCS #12 files as old readers want them: the certificate bag, then the key bag, both PBE-SHA1-3DES.

::

    PFX ─ MAC HMAC-SHA1
        ├ encrypted data:  certificate bag   self-signed X.509 v3, subject CN=<name>
        └ data:            shrouded key bag  PKCS #8

Go's pkcs12 reads the first block as the certificate and the second as the key, knows no PBES2 and no SHA-256 MAC;
Java 8 neither. So this is RFC 7292's oldest encryption on purpose: it delays whoever finds the file together
with a weak password by little. The private key in it authenticates one client and is revoked on the server.
"""

from __future__ import annotations

from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat, load_der_private_key
from cryptography.hazmat.primitives.serialization.pkcs12 import PBES, serialize_key_and_certificates
from cryptography.x509.oid import NameOID

from bitting.core.faults import InvalidParameter
from bitting.core.ports import KeyPair
from bitting.core.ports.certificates import Pkcs12
from bitting.core.reveal import reveal

_ROUNDS = 2048
_COMMON_NAME_MAX = 64


def write(pair: KeyPair, name: str, password: str, not_before_ms: int, not_after_ms: int) -> Pkcs12:
    """The file and its certificate. ``name`` is cut to the 64 characters of a common name (X.520).

    Raises ``InvalidParameter`` if the pair is not RSA, the password empty, or the validity no interval.
    """
    key = load_der_private_key(reveal(pair.private), None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, RSAPrivateKey):
        raise InvalidParameter(parameter="pair", reason="format")
    if not password:
        raise InvalidParameter(parameter="password", reason="length")
    if not_after_ms <= not_before_ms:
        raise InvalidParameter(parameter="not_after_ms", reason="range")
    certificate = _self_signed(key, name[:_COMMON_NAME_MAX], not_before_ms, not_after_ms)
    protection = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(_ROUNDS)
        .key_cert_algorithm(PBES.PBESv1SHA1And3KeyTripleDESCBC)
        .hmac_hash(SHA1())  # noqa: S303 - what the readers know
        .build(password.encode())
    )
    file = serialize_key_and_certificates(None, key, certificate, None, protection)
    return Pkcs12(file, certificate.public_bytes(Encoding.PEM).decode())


def _self_signed(key: RSAPrivateKey, name: str, not_before_ms: int, not_after_ms: int) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.fromtimestamp(not_before_ms // 1000, UTC))
        .not_valid_after(datetime.fromtimestamp(not_after_ms // 1000, UTC))
        .sign(key, SHA256())
    )
