"""Results that only an attested machine can read.

::

    challenge          -> nonce, token                                      bound to time by the root key
    attestation        document + token -> public key of the machine        Attestation port, if configured
    plaintext          -> encrypted to that key instead of returned

The format of documents and the trusted verifiers are the matter of the :class:`Attestation` that the operator
configures (:attr:`bitting.core.gate.Gate.attestation`). Without one no machine is trusted: a request that names a
recipient is refused, never answered in plaintext.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from bitting.core import faults
from bitting.core.gate import Context, UseCase, use_case
from bitting.core.material import KeyMaterial
from bitting.core.ports import Attestation
from bitting.core.reveal import reveal
from bitting.core.specs import Algorithm

NONCE_BYTES = 32
CHALLENGE_MS = 300_000
_BINDING = b"attestation-challenge\0"


@dataclass(slots=True)
class CreateChallenge:
    """A nonce for a machine to put into its attestation document."""


@dataclass(slots=True)
class Challenge:
    """``token`` comes back with the document that holds ``nonce``; valid for five minutes."""

    nonce: bytes
    token: bytes


@dataclass(frozen=True, slots=True)
class Recipient:
    """The recipient of the result: an attestation document, and the token of the challenge it answers."""

    document: bytes
    token: bytes
    algorithm: Algorithm = Algorithm.RSA_OAEP_SHA256


@dataclass(slots=True)
class ForRecipient:
    """``command`` of another use case, its result encrypted to ``recipient``."""

    command: Any
    recipient: Recipient


@dataclass(slots=True)
class RecipientResult:
    """``answer``: as without a recipient, but with an empty plaintext; ``for_recipient``: the encrypted plaintext."""

    answer: Any
    for_recipient: bytes


@use_case("attestation:challenge")
def challenge(context: Context, command: CreateChallenge) -> Challenge:  # noqa: ARG001
    """A nonce, and a token that says when and to whom it was issued. Nothing is stored."""
    nonce = context.gate.entropy.random(NONCE_BYTES)
    words = f"{context.now_ms + CHALLENGE_MS}\0{context.principal.account_id}\0{nonce.hex()}"
    return Challenge(nonce, context.gate.vault.wrap(KeyMaterial(words.encode()), _BINDING))


def _nonce(context: Context, token: bytes) -> bytes:
    """The nonce behind a token. Raises ``InvalidParameter`` (recipient) for a foreign or old one."""
    try:
        words = reveal(context.gate.vault.unwrap(token, _BINDING)).decode()
    except faults.ProviderFailed:
        raise faults.InvalidParameter(parameter="recipient", reason="format") from None
    expires_ms, account_id, nonce = words.split("\0")
    if int(expires_ms) <= context.now_ms or account_id != context.principal.account_id:
        raise faults.InvalidParameter(parameter="recipient", reason="range")
    return bytes.fromhex(nonce)


def attested_public_key(context: Context, recipient: Recipient, attestation: Attestation | None) -> bytes:
    """The recipient's public key. Raises ``InvalidParameter`` (recipient) unless it is attested."""
    if attestation is None:
        raise faults.InvalidParameter(parameter="recipient", reason="unserved")
    return attestation.attest(recipient.document, _nonce(context, recipient.token))


def for_recipient(use: UseCase[Any, Any]) -> UseCase[ForRecipient, RecipientResult]:
    """A use case whose answer holds a ``plaintext``, for a recipient: same right, same key, same states.

    Raises as the use case does, and as :func:`attested_public_key`, which comes first.
    """
    key = use.key
    assert key is not None  # noqa: S101 - what answers with plaintext names a key

    def run(context: Context, command: ForRecipient) -> RecipientResult:
        public = attested_public_key(context, command.recipient, context.gate.attestation)
        answer = use.run(context, command.command)
        try:
            sealed = context.gate.vault.encrypt_to(public, answer.plaintext, command.recipient.algorithm)
        except faults.InvalidParameter:
            raise faults.InvalidParameter(parameter="recipient", reason="public") from None
        return RecipientResult(replace(answer, plaintext=b""), sealed)

    return replace(use, run=run, command=ForRecipient, key=lambda command: key(command.command))
