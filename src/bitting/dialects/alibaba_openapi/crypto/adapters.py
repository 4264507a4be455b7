"""What rows of cryptography cannot say."""

from __future__ import annotations

from typing import Any

from bitting.core import faults
from bitting.core.usecases.crypto.attested_recipients import ForRecipient, for_recipient
from bitting.dialects.alibaba_openapi.rows import RpcCall
from bitting.dialects.base.dialect import UseCaseRunner


def for_recipient_or_caller(call: RpcCall, run: UseCaseRunner) -> Any:
    """Decrypt, AsymmetricDecrypt, GenerateDataKey: the plaintext is for the caller, or for ``Recipient`` alone.

    Source: the parameter and the answer's CiphertextForRecipient in the SDK of 2026. Raises
    ``InvalidParameter`` (Recipient) where nobody can be attested: see
    :mod:`bitting.core.usecases.crypto.attested_recipients`.
    """
    use = call.operation.use
    assert use is not None  # noqa: S101 - the rows name theirs
    arguments = call.operation.read(call)
    recipient = arguments.pop("Recipient", None)
    if recipient is None:
        return run(use, use.command(**arguments))
    if run.gate.attestation is None:
        raise faults.InvalidParameter(parameter="Recipient", reason="unserved")
    return run(for_recipient(use), ForRecipient(use.command(**arguments), recipient))
