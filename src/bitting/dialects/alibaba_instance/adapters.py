"""What one row and one use case cannot say.

::

    advance_decrypt    the bytes decide: a blob that names its version, or bare ciphertext with KeyId and Iv
"""

from __future__ import annotations

from typing import Any

from bitting.core import faults
from bitting.core.blob import parse
from bitting.core.usecases.crypto import encryption as crypto
from bitting.dialects.alibaba_instance.codec import read
from bitting.dialects.base.dialect import Call, UseCaseRunner

_DASHES = (8, 13, 18, 23)
_HEX = frozenset("0123456789abcdef")


def _names_version(sealed: bytes) -> bool:
    """Whether these bytes are a blob of ours, beyond chance: a known coat around a version id in UUID form."""
    try:
        version = parse(sealed).version_id
    except faults.InvalidCiphertext:
        return False
    return all(version[at] == "-" for at in _DASHES) and _HEX.issuperset(version.replace("-", ""))


def advance_decrypt(call: Call, run: UseCaseRunner) -> crypto.Decrypted:
    """Open what AdvanceEncrypt and AdvanceGenerateDataKey made, and what Encrypt and GenerateDataKey made.

    A blob of the advance layout (or any other coat this server gives a ciphertext) speaks for itself: an Iv or
    Algorithm sent beside it is redundant and not looked at, a KeyId beside it must be the blob's. Anything else
    is the bare ciphertext of Encrypt, for which KeyId (or the migration header) and Iv are needed.

    Source: https://www.alibabacloud.com/help/en/kms/key-management-service/developer-reference/advancedecrypt
    """
    given: dict[str, Any] = call.operation.arguments(read(call))
    if _names_version(given["sealed"]):
        whole = crypto.Decrypt(given["sealed"], given.get("key"), given.get("aad", b""))
        return run(crypto.decrypt, whole)  # type: ignore[no-any-return]
    if "key" not in given and "version" not in given:
        raise faults.InvalidParameter(parameter="sealed", reason="format")
    given.setdefault("version", crypto.INITIAL)
    return run(crypto.decrypt_parts, crypto.DecryptParts(symmetric_only=True, **given))  # type: ignore[no-any-return]
