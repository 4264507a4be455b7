"""What rows of cryptography cannot say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bitting.core import faults
from bitting.core.gate import Context
from bitting.core.texts import as_bytes
from bitting.core.usecases.crypto import encryption as crypto
from bitting.core.usecases.crypto.attested_recipients import ForRecipient, for_recipient
from bitting.dialects.alibaba_openapi.rows import RpcCall
from bitting.dialects.base.dialect import UseCaseRunner


def _decrypt_to_bytes(context: Context, command: crypto.Decrypt) -> crypto.Decrypted:
    opened = crypto.decrypt.run(context, command)
    return replace(opened, plaintext=as_bytes(opened.plaintext, text=opened.text))


def for_recipient_or_caller(call: RpcCall, run: UseCaseRunner) -> Any:
    """Decrypt, AsymmetricDecrypt, GenerateDataKey: the plaintext is for the caller, or for ``Recipient`` alone.

    A recipient gets bytes: those of a data key, and those that a string in base64 stands for.

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
    if use is crypto.decrypt:
        use = replace(use, run=_decrypt_to_bytes)
    return run(for_recipient(use), ForRecipient(use.command(**arguments), recipient))
