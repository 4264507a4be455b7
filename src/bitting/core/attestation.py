"""Attestation tokens: signed results of a verifier, checked with the verifiers' public keys.

::

    machine --evidence--> verifier --token--> machine --token, challenge--> here

    token    base64url(header) . base64url(claims) . base64url(signature)       JWT (RFC 7519)
    header   {"alg": "RS256"}
    claims   eat_nonce   the challenge's nonce                                  Entity Attestation Token (RFC 9711)
             cnf.jwk     the machine's RSA key                                  RFC 7800, RFC 7517
             exp, nbf    seconds since 1970                                     RFC 7519

1. One of the verifiers that the operator trusts signed the token.
2. It is valid now.
3. It contains the nonce of this challenge.
4. It binds a public key to the machine; the answer is encrypted to that.

Whether the machine runs trusted software is for the verifier to decide: it signs for machines that pass its policy.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Sequence
from typing import Any

from bitting.core import faults
from bitting.core.ports import Clock, Vault

DOCUMENT_BYTES_MAX = 65_536
#: AlgorithmIdentifier of rsaEncryption with its NULL (RFC 3279 section 2.3.1).
_RSA = bytes.fromhex("300d06092a864886f70d0101010500")


class TokenAttestation:
    """A :class:`bitting.core.ports.Attestation` for tokens. ``roots``: the verifiers' RSA keys (SPKI DER)."""

    def __init__(self, roots: Sequence[bytes], vault: Vault, clock: Clock) -> None:
        self._roots = tuple(roots)
        self._vault = vault
        self._clock = clock

    def attest(self, document: bytes, nonce: bytes) -> bytes:
        """As in the port. Whatever is wrong with the document, the fault is the same."""
        try:
            return self._verified_claims(document, nonce)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise _refusal() from None

    def _verified_claims(self, document: bytes, nonce: bytes) -> bytes:
        if len(document) > DOCUMENT_BYTES_MAX:
            raise _refusal()
        signed, _, signature = document.rpartition(b".")
        header, _, claims = signed.partition(b".")
        if _object(header)["alg"] != "RS256" or not self._signed(signed, _decoded(signature)):
            raise _refusal()
        claims_set = _object(claims)
        now_s = self._clock.wall_ms() / 1000
        if not claims_set.get("nbf", 0) <= now_s < claims_set["exp"] or not _answers(claims_set["eat_nonce"], nonce):
            raise _refusal()
        return rsa_public(claims_set["cnf"]["jwk"])

    def _signed(self, message: bytes, signature: bytes) -> bool:
        return any(self._vault.verify_rsa(root, message, signature) for root in self._roots)


def _refusal() -> faults.InvalidParameter:
    return faults.InvalidParameter(parameter="recipient", reason="unattested")


def _decoded(part: bytes | str) -> bytes:
    """Base64url without padding. Raises ``ValueError``."""
    data = part.encode() if isinstance(part, str) else part
    try:
        return base64.b64decode(data + b"=" * (-len(data) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        raise ValueError from None


def _object(part: bytes) -> dict[str, Any]:
    found = json.loads(_decoded(part))
    if not isinstance(found, dict):
        raise TypeError
    return found


def _answers(claim: Any, nonce: bytes) -> bool:
    """Whether one of the token's nonces is the challenge's: a text, or a list of them (RFC 9711 section 4.1)."""
    texts = claim if isinstance(claim, list) else [claim]
    return any(hmac.compare_digest(_decoded(text), nonce) for text in texts)


def rsa_public(jwk: dict[str, Any]) -> bytes:
    """SubjectPublicKeyInfo (DER) of an RSA key in JSON. Raises ``ValueError``, ``KeyError``."""
    if jwk["kty"] != "RSA":
        raise ValueError
    numbers = b"".join(_integer(_decoded(jwk[name])) for name in ("n", "e"))
    return _der_element(0x30, _RSA + _der_element(0x03, b"\0" + _der_element(0x30, numbers)))


def _integer(magnitude: bytes) -> bytes:
    stripped = magnitude.lstrip(b"\0") or b"\0"
    return _der_element(0x02, b"\0" + stripped if stripped[0] & 0x80 else stripped)


def _der_element(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content
