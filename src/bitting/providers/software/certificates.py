"""X.509 and PKCS #10 over the bundled library; SM2, which it does not know, by hand and by the system's libcrypto.

::

    request   CertificationRequestInfo (DER, written here) ── sign ──> PKCS #10       any key that signs, SM2 too
    accept    leaf ── same key? ── issued by chain[0] ── issued by chain[1] ...       the last one is taken as it is
    facts     names, serial, validity, key identifier

A request is written here because the library signs requests only with private keys of its own, and ours stay with
their provider. A chain ends where it ends: whether somebody trusts its last certificate is not for us to say.
Sources: RFC 2986 (requests), RFC 5280 (certificates), GM/T 0015 (SM2 certificates: the signature is SM2 over SM3).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from bitting.core.faults import InvalidParameter, UnsupportedKeySpec
from bitting.core.pem import armour
from bitting.core.ports.certificates import CertificateFacts
from bitting.core.specs import Algorithm
from bitting.providers.software import sm2
from bitting.providers.software.digests import sm3
from bitting.providers.software.libcrypto import NativeError

CHAIN_MAX = 10
PEM_BYTES_MAX = 65536
_SM2_SM3 = "1.2.156.10197.1.501"
_OIDS = {
    Algorithm.RSA_PKCS1_SHA256: bytes.fromhex("300d06092a864886f70d01010b0500"),
    Algorithm.ECDSA_SHA256: bytes.fromhex("300a06082a8648ce3d040302"),
    Algorithm.SM2_SM3: bytes.fromhex("300a06082a811ccf55018375"),
}
_EXTENSION_REQUEST = bytes.fromhex("06092a864886f70d01090e")
_ALTERNATIVE_NAME = bytes.fromhex("0603551d11")
_NEEDED = (NameOID.COMMON_NAME, NameOID.COUNTRY_NAME, NameOID.ORGANIZATION_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME)
_SEQUENCE, _SET, _OCTETS, _BITS, _CONTEXT_0 = 0x30, 0x31, 0x04, 0x03, 0xA0
#: Where the public key is in a certificate's signed part, its version counted.
_PUBLIC_KEY = 6


class SoftwareCertificates:
    """``Certificates``. ``sm2_kind``: for chains that are signed with SM2."""

    __slots__ = ("_sm2",)

    def __init__(self, sm2_kind: sm2.Sm2Family) -> None:
        self._sm2 = sm2_kind

    def subject(self, text: str) -> str:
        """See :meth:`bitting.core.ports.certificates.Certificates.subject`."""
        return _name(text).rfc4514_string()

    def request(
        self,
        subject: str,
        names: Sequence[str],
        public_der: bytes,
        algorithm: Algorithm,
        sign: Callable[[bytes], bytes],
    ) -> str:
        """See :meth:`bitting.core.ports.certificates.Certificates.request`."""
        attributes = b""
        if names:
            value = x509.SubjectAlternativeName([x509.DNSName(name) for name in names]).public_bytes()
            extension = _der(_SEQUENCE, _ALTERNATIVE_NAME + _der(_OCTETS, value))
            wanted = _der(_SET, _der(_SEQUENCE, extension))
            attributes = _der(_SEQUENCE, _EXTENSION_REQUEST + wanted)
        version = b"\x02\x01\x00"
        info = _der(_SEQUENCE, version + _name(subject).public_bytes() + public_der + _der(_CONTEXT_0, attributes))
        signature = _der(_BITS, b"\0" + sign(info))
        return armour("CERTIFICATE REQUEST", _der(_SEQUENCE, info + _OIDS[algorithm] + signature)).decode()

    def accept(self, certificate: str, chain: str, public_der: bytes) -> tuple[str, str]:
        """See :meth:`bitting.core.ports.certificates.Certificates.accept`."""
        leaves = _load(certificate, "certificate")
        above = _load(chain, "chain") if chain.strip() else []
        if len(leaves) != 1 or not hmac.compare_digest(_public_der(leaves[0]), public_der):
            raise InvalidParameter(parameter="certificate", reason="format")
        if len(above) > CHAIN_MAX:
            raise InvalidParameter(parameter="chain", reason="length")
        for issued, issuer in zip([*leaves, *above], above, strict=False):
            if not self._issued_by(issued, issuer):
                raise InvalidParameter(parameter="chain", reason="format")
        return _pem(leaves), _pem(above)

    def facts(self, certificate: str) -> CertificateFacts:
        """See :meth:`bitting.core.ports.certificates.Certificates.facts`."""
        loaded = x509.load_pem_x509_certificate(certificate.encode())
        try:
            extension = loaded.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
            identifier = extension.value.digest.hex()
        except (x509.ExtensionNotFound, ValueError):
            identifier = self.key_identifier(_public_der(loaded))
        return CertificateFacts(
            subject=loaded.subject.rfc4514_string(),
            issuer=loaded.issuer.rfc4514_string(),
            serial=f"{loaded.serial_number:x}",
            signature_algorithm=loaded.signature_algorithm_oid.dotted_string,
            key_identifier=identifier,
            not_before_ms=_ms(loaded.not_valid_before_utc),
            not_after_ms=_ms(loaded.not_valid_after_utc),
        )

    def key_identifier(self, public_der: bytes) -> str:
        """See :meth:`bitting.core.ports.certificates.Certificates.key_identifier`."""
        bits = _elements(_content(public_der))[1]
        return hashlib.sha1(_content(bits)[1:]).hexdigest()  # noqa: S324 - a name for a key, not a proof

    def _issued_by(self, issued: x509.Certificate, issuer: x509.Certificate) -> bool:
        if issued.signature_algorithm_oid.dotted_string != _SM2_SM3:
            try:
                issued.verify_directly_issued_by(issuer)
            except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
                return False
            return True
        public = _public_der(issuer)
        try:
            library = self._sm2.library()
            key = library.public_key(public, sm2.NAME)
            digest = sm3(sm2.z_value(public), issued.tbs_certificate_bytes)
            return issued.issuer == issuer.subject and library.verify(key, issued.signature, digest)
        except (NativeError, UnsupportedKeySpec):
            return False


def _name(text: str) -> x509.Name:
    try:
        name = x509.Name.from_rfc4514_string(text)
    except (ValueError, TypeError):
        raise InvalidParameter(parameter="subject", reason="format") from None
    if not all(name.get_attributes_for_oid(oid) for oid in _NEEDED):
        raise InvalidParameter(parameter="subject", reason="format")
    return name


def _load(text: str, parameter: str) -> list[x509.Certificate]:
    if len(text) > PEM_BYTES_MAX:
        raise InvalidParameter(parameter=parameter, reason="length")
    try:
        return x509.load_pem_x509_certificates(text.encode())
    except (ValueError, UnicodeError):
        raise InvalidParameter(parameter=parameter, reason="format") from None


def _pem(certificates: Sequence[x509.Certificate]) -> str:
    return "".join(item.public_bytes(Encoding.PEM).decode() for item in certificates)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000


def _public_der(certificate: x509.Certificate) -> bytes:
    """SubjectPublicKeyInfo as it stands in the certificate, also of keys the library cannot load."""
    parts = _elements(_content(certificate.tbs_certificate_bytes))
    return parts[_PUBLIC_KEY if parts[0][0] == _CONTEXT_0 else _PUBLIC_KEY - 1]


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(length))) + length + content


def _header(der: bytes, at: int) -> tuple[int, int]:
    """Where the content of the element at ``at`` begins and ends. The library has parsed it before: it is sound."""
    first = der[at + 1]
    if first < 0x80:
        return at + 2, at + 2 + first
    start = at + 2 + (first & 0x7F)
    return start, start + int.from_bytes(der[at + 2 : start])


def _content(der: bytes) -> bytes:
    start, end = _header(der, 0)
    return der[start:end]


def _elements(content: bytes) -> list[bytes]:
    found, at = [], 0
    while at < len(content):
        _, end = _header(content, at)
        found.append(content[at:end])
        at = end
    return found
