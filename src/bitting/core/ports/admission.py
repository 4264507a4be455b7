"""Admission ports: used nonces, and attestation of machines."""

from __future__ import annotations

from typing import Protocol


class Nonces(Protocol):
    """Remembers used nonces. Shared by all processes that could receive the same request."""

    def spend(self, owner: str, nonce: str, expires_ms: int, now_ms: int) -> bool:
        """True the first time, False for the same owner and nonce again before ``expires_ms``."""
        ...


class SpentProofs(Protocol):
    """Remembers what was spent for every node that shares a store, over restarts."""

    def spend(self, proof: str, expires_ms: int, now_ms: int, grace_ms: int = 0) -> bool:
        """True the first time, False for the same digest again before ``expires_ms``. Raises ``ServerFault``.

        ``grace_ms``: True also for a repetition whose ``expires_ms`` is at most so much later than the first one's.
        """
        ...

    def forget(self, proof: str) -> None:
        """The digest may be spent again. Raises ``ServerFault``."""
        ...


class Attestation(Protocol):
    """Verifies attestation documents of machines."""

    def attest(self, document: bytes, nonce: bytes) -> bytes:
        """The machine's public key (SubjectPublicKeyInfo DER) from a valid document that contains ``nonce``.

        Raises ``InvalidParameter`` (``recipient``) for any other document.
        """
        ...
