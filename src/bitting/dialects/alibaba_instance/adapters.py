"""What one row and one use case cannot say.

::

    advance_decrypt    the bytes decide: a blob that names its version, or bare ciphertext with KeyId and Iv
"""

from __future__ import annotations

from typing import Any

from bitting.core import faults
from bitting.core.blob import Blob, parse
from bitting.core.texts import as_string
from bitting.core.usecases.crypto import encryption as crypto
from bitting.dialects.alibaba_instance.codec import InstanceCall, read
from bitting.dialects.base.dialect import UseCaseRunner

_DASHES = (8, 13, 18, 23)
_HEX = frozenset("0123456789abcdef")


def _blob_in(sealed: bytes) -> Blob | None:
    """The blob of ours that these bytes are, beyond chance: a known layout around a version id in UUID form."""
    try:
        blob = parse(sealed)
    except faults.InvalidCiphertext:
        return None
    version = blob.version_id
    ours = all(version[at] == "-" for at in _DASHES) and _HEX.issuperset(version.replace("-", ""))
    return blob if ours else None


def advance_decrypt(call: InstanceCall, run: UseCaseRunner) -> crypto.Decrypted:
    """Open what AdvanceEncrypt and AdvanceGenerateDataKey made, and what Encrypt and GenerateDataKey made.

    A blob of the advance layout (or any other layout this server gives a ciphertext) speaks for itself: an Iv or
    Algorithm sent beside it is redundant and not looked at, a KeyId beside it must be the blob's. Anything else
    is the bare ciphertext of Encrypt, for which KeyId (or the migration header) and Iv are needed.

    A blob that somebody put 24 00 02 in front of was given to a transfer SDK as the OpenAPI's: its plaintext is the
    string that the OpenAPI's Decrypt would answer.

    Source: https://www.alibabacloud.com/help/en/kms/key-management-service/developer-reference/advancedecrypt
    """
    read(call)
    given: dict[str, Any] = call.operation.read(call)
    blob = _blob_in(given["sealed"])
    if blob is not None:
        whole = crypto.Decrypt(given["sealed"], given.get("key"), given.get("aad", b""))
        opened: crypto.Decrypted = run(crypto.decrypt, whole)
        if blob.enclosed:
            opened.plaintext = as_string(opened.plaintext, text=opened.text).encode()
        return opened
    if "key" not in given and "version" not in given:
        raise faults.InvalidParameter(parameter="sealed", reason="format")
    given.setdefault("version", crypto.INITIAL)
    return run(crypto.decrypt_parts, crypto.DecryptParts(symmetric_only=True, **given))  # type: ignore[no-any-return]
