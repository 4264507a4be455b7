"""Re-encryption: from one key to another, without returning the plaintext.

::

    ciphertext --(source key, its context)--> plaintext --(destination, its context)--> ciphertext

The caller needs the right ``key:re_encrypt_from`` on the source and ``key:re_encrypt_to`` on the destination.
"""

from __future__ import annotations

from dataclasses import dataclass

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.model.key import KeyRef
from bitting.core.specs import SPECS, Algorithm, Usage
from bitting.core.texts import as_string
from bitting.core.usecases.crypto.encryption import (
    PRIMARY,
    Decrypt,
    Decrypted,
    DecryptParts,
    Encrypt,
    Encrypted,
    decrypt,
    decrypt_parts,
    encrypt_with_handle,
    require_symmetric,
    select_algorithm,
    source_key,
)


@dataclass(slots=True)
class ReEncrypt:
    """``source`` None: the ciphertext says which. ``source_algorithm``: of an asymmetric source, which it then is.

    The destination is symmetric; its primary version seals the string that the source is to string APIs
    (:mod:`bitting.core.texts`), as a bare body holds it.
    """

    ciphertext: bytes
    destination: KeyRef
    source: KeyRef | None = None
    source_version: str = PRIMARY
    source_algorithm: Algorithm | None = None
    source_aad: bytes = b""
    destination_aad: bytes = b""


@dataclass(slots=True)
class ReEncrypted:
    """``source``: the key that decrypted the old ciphertext. The plaintext is not returned."""

    source: Decrypted
    encrypted: Encrypted


def _source(command: ReEncrypt) -> KeyRef:
    return source_key(command.ciphertext, command.source)


@use_case("key:re_encrypt_from", key=_source, states="use", hot=True)
def re_encrypt(context: Context, command: ReEncrypt) -> ReEncrypted:
    """Re-encrypt. Raises as decrypt for the source and as encrypt for the destination.

    Keys are checked before anything is opened, the source first. A ``KeyKindFault`` about the destination says
    so (``side``).
    """
    to = context.gate.with_key(context, command.destination, "key:re_encrypt_to", "use")
    try:
        require_symmetric(to.key)
        algorithm = select_algorithm(to.key, None, Usage.ENCRYPT)
    except faults.KeyKindFault as fault:
        raise fault.replaced(side="destination") from None
    opened = _open(context, command)
    version = to.key.primary_version
    string = as_string(opened.plaintext, text=opened.text)
    order = Encrypt(command.destination, string.encode(), command.destination_aad)
    return ReEncrypted(opened, encrypt_with_handle(to, to.handle(version), order, version, algorithm))


def _open(context: Context, command: ReEncrypt) -> Decrypted:
    if command.source_algorithm is None:
        require_symmetric(context.key)
        return decrypt.run(context, Decrypt(command.ciphertext, command.source, command.source_aad))
    if SPECS[context.key.spec].family.symmetric:
        select_algorithm(context.key, command.source_algorithm, Usage.ENCRYPT)
    parts = DecryptParts(
        command.ciphertext, key=command.source, version=command.source_version, algorithm=command.source_algorithm
    )
    return decrypt_parts.run(context, parts)
