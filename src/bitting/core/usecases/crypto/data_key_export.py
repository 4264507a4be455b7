"""Data key export: data keys encrypted to a public key that the caller supplies, such as that of an HSM.

::

    export                     data key under a key -> the same under the public key
    generate_and_export        a fresh data key, under both
"""

from __future__ import annotations

from dataclasses import dataclass

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.model.key import KeyRef
from bitting.core.specs import Algorithm
from bitting.core.texts import as_bytes
from bitting.core.usecases.crypto.data_keys import DataKey, GenerateDataKey, generate_data_key
from bitting.core.usecases.crypto.encryption import Decrypt, Decrypted, decrypt, require_symmetric, source_key

#: Bits of the public key -> bytes of its ciphertexts; SM2 ciphertexts are as long as their plaintext needs.
_RSA_BYTES = {"RSA_2048": 256, "RSA_3072": 384, "RSA_4096": 512}
_FITTING = {
    Algorithm.RSA_OAEP_SHA256: frozenset(_RSA_BYTES),
    Algorithm.RSA_OAEP_SHA1: frozenset(_RSA_BYTES),
    Algorithm.SM2_ENCRYPT: frozenset({"SM2"}),
}


@dataclass(slots=True)
class Export:
    """``public``: SubjectPublicKeyInfo in DER, of spec ``public_spec``; ``wrapping``: how to encrypt to it."""

    ciphertext: bytes
    public: bytes
    public_spec: str
    wrapping: Algorithm
    aad: bytes = b""


@dataclass(slots=True)
class GenerateAndExport:
    """``length`` in bytes; ``as_text`` as in :class:`GenerateDataKey`; the rest as in :class:`Export`."""

    key: KeyRef
    public: bytes
    public_spec: str
    wrapping: Algorithm
    length: int = 32
    aad: bytes = b""
    as_text: bool = False


@dataclass(slots=True)
class ExportedDataKey:
    """``wrapped``: under the caller's public key; ``opened``: which key opened the ciphertext."""

    opened: Decrypted
    wrapped: bytes


@dataclass(slots=True)
class GeneratedAndExported:
    """``data_key``: under our key; ``wrapped``: under the caller's. The plaintext is not returned."""

    data_key: DataKey
    wrapped: bytes


def _wrap(context: Context, command: Export | GenerateAndExport, plaintext: bytes) -> bytes:
    """Encrypt to the caller's key. Raises ``InvalidParameter`` (wrapping, public), ``PlaintextTooLong``."""
    if command.public_spec not in _FITTING[command.wrapping]:
        raise faults.InvalidParameter(parameter="wrapping", reason="enum")
    try:
        wrapped = context.gate.vault.encrypt_to(command.public, plaintext, command.wrapping)
    except faults.InvalidParameter:
        raise faults.InvalidParameter(parameter="public", reason="format") from None
    if len(wrapped) != _RSA_BYTES.get(command.public_spec, len(wrapped)):
        raise faults.InvalidParameter(parameter="public", reason="format")
    return wrapped


def _key_of_ciphertext(command: Export) -> KeyRef:
    return source_key(command.ciphertext, None)


@use_case("key:export_data_key", key=_key_of_ciphertext, states="use", hot=True)
def export(context: Context, command: Export) -> ExportedDataKey:
    """Re-encrypt a data key to a public key: its bytes, also where its text was sealed.

    Raises as decrypt, and as :func:`_wrap`.
    """
    require_symmetric(context.key)
    opened = decrypt.run(context, Decrypt(command.ciphertext, None, command.aad))
    return ExportedDataKey(opened, _wrap(context, command, as_bytes(opened.plaintext, text=opened.text)))


def _named_key(command: GenerateAndExport) -> KeyRef:
    return command.key


@use_case("key:generate_and_export_data_key", key=_named_key, states="use", hot=True)
def generate_and_export(context: Context, command: GenerateAndExport) -> GeneratedAndExported:
    """Generate a data key and encrypt it both ways. Raises as generate_data_key, and as :func:`_wrap`."""
    order = GenerateDataKey(command.key, command.length, command.aad, as_text=command.as_text)
    created = generate_data_key.run(context, order)
    return GeneratedAndExported(created, _wrap(context, command, created.plaintext))
