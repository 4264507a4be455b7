"""Cryptography, one row an operation.

Source: KMS API reference 2016-01-20, one page an operation, as the SDKs of 2026 carry it.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from bitting.core.blob import Blob, framed
from bitting.core.usecases import crypto, datakeys
from bitting.dialects.alibaba_openapi.codec import Said
from bitting.dialects.alibaba_openapi.fields import ANY_KEY, CONTEXT, DRY_RUN, TEXT
from bitting.dialects.alibaba_openapi.kinds import Plaintext, Unserved
from bitting.dialects.alibaba_openapi.rows import Rpc, given
from bitting.dialects.base.kinds import Base64, Choice, Integer, Shown
from bitting.dialects.base.operation import Field

DATA_KEY_BYTES_MAX = 1024
_RECIPIENT = given("Recipient", Unserved())


def halved(arguments: dict[str, Any], said: Said) -> None:  # noqa: ARG001
    """A plaintext is bytes and whether the client meant them as text."""
    arguments["plaintext"], arguments["text"] = arguments.pop("Plaintext")


def shown_plaintext(decrypted: crypto.Decrypted) -> str:
    """The string that was given to Encrypt."""
    if decrypted.text:
        return decrypted.plaintext.decode(errors="replace")
    return b64encode(decrypted.plaintext).decode()


def shown_blob(blob: Blob) -> str:
    """The self-describing ciphertext, base64."""
    return b64encode(framed(blob)).decode()


def _encrypted(prefix: str) -> tuple[Field, ...]:
    return (
        Field("KeyId", TEXT, of=f"{prefix}key.id"),
        Field("KeyVersionId", TEXT, of=f"{prefix}blob.version_id"),
        Field("CiphertextBlob", Shown(shown_blob), of=f"{prefix}blob"),
    )


_DATA_KEY = (
    ANY_KEY,
    # Both set the length; the later row wins, as documented: NumberOfBytes overrides KeySpec.
    given("KeySpec", Choice({"AES_256": 32, "AES_128": 16}), "length"),
    given("NumberOfBytes", Integer(1, DATA_KEY_BYTES_MAX), "length"),
    CONTEXT,
    DRY_RUN,
)

CRYPTO = (
    Rpc(
        name="Encrypt",
        use=crypto.encrypt,
        settle=halved,
        given={"symmetric_only": True},
        request=(ANY_KEY, given("Plaintext", Plaintext(), required=True), CONTEXT, DRY_RUN),
        response=_encrypted(""),
    ),
    Rpc(
        name="Decrypt",
        use=crypto.decrypt,
        request=(
            given("CiphertextBlob", Base64(1, 16384), "ciphertext", required=True),
            CONTEXT,
            DRY_RUN,
            _RECIPIENT,
        ),
        response=(
            Field("KeyId", TEXT, of="key.id"),
            Field("KeyVersionId", TEXT, of="version_id"),
            Field("Plaintext", Shown(shown_plaintext)),
        ),
    ),
    Rpc(
        name="GenerateDataKey",
        use=datakeys.generate_data_key,
        request=(*_DATA_KEY, _RECIPIENT),
        response=(*_encrypted("encrypted."), Field("Plaintext", Base64(), of="plaintext")),
    ),
    Rpc(
        name="GenerateDataKeyWithoutPlaintext",
        use=datakeys.generate_data_key,
        request=_DATA_KEY,
        response=_encrypted("encrypted."),
    ),
)
