"""X.509 certificates and PKCS #12 files. The vault has an implementation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bitting.core.specs import Algorithm


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """The contents of a certificate. ``subject``, ``issuer``: RFC 4514; ``serial``, ``key_identifier``: hex.

    ``signature_algorithm``: the algorithm's object identifier.
    """

    subject: str
    issuer: str
    serial: str
    signature_algorithm: str
    key_identifier: str
    not_before_ms: int
    not_after_ms: int


@dataclass(frozen=True, slots=True)
class Pkcs12:
    """A PKCS #12 file, and the certificate in it (PEM)."""

    file: bytes = field(repr=False)
    certificate: str


class Certificates(Protocol):
    """Certificate requests and certificates. Stateless."""

    def subject(self, text: str) -> str:
        """A distinguished name in normal form (RFC 4514).

        Raises ``InvalidParameter`` (``subject``) if it does not parse or lacks CN, C, O or OU.
        """
        ...

    def request(
        self,
        subject: str,
        names: Sequence[str],
        public_der: bytes,
        algorithm: Algorithm,
        sign: Callable[[bytes], bytes],
    ) -> str:
        """A PKCS #10 request (PEM), signed by ``sign``, with ``names`` as subject alternative DNS names.

        ``algorithm``: what ``sign`` does: RSA_PKCS1_SHA256, ECDSA_SHA256 or SM2_SM3.
        """
        ...

    def accept(self, certificate: str, chain: str, public_der: bytes) -> tuple[str, str]:
        """Certificate and chain as clean PEM, if the certificate is for this key and each is signed by the next.

        Raises ``InvalidParameter`` (``certificate`` or ``chain``).
        """
        ...

    def facts(self, certificate: str) -> CertificateFacts:
        """The contents of an accepted certificate (PEM)."""
        ...

    def key_identifier(self, public_der: bytes) -> str:
        """The SHA-1 of a public key's bits, hex (RFC 5280 section 4.2.1.2)."""
        ...
