"""Ports that decide whether a caller is let in: what was seen before, and which machines are believed."""

from __future__ import annotations

from typing import Protocol


class Nonces(Protocol):
    """Remembers what may be used once. Shared by whoever could be shown the same again."""

    def spend(self, owner: str, nonce: str, expires_ms: int, now_ms: int) -> bool:
        """True the first time, False for the same owner and nonce again before ``expires_ms``."""
        ...


class Attestation(Protocol):
    """Believes or disbelieves machines that ask for answers only they can read."""

    def attest(self, document: bytes, nonce: bytes) -> bytes:
        """The machine's public key (SubjectPublicKeyInfo DER) out of a genuine document that holds ``nonce``.

        Raises ``InvalidParameter`` (``recipient``) for any other document.
        """
        ...
