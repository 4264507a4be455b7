"""Data keys with a digest, and data keys without plaintext.

::

    generate_sealed   key, length              -> data key under the key only
    wrap              key, DEK || digest(DEK)  -> data key under the key       the digest must fit
    unwrap            key, ciphertext, length  -> DEK, digest
    re_encrypt        ciphertext               -> ciphertext under another key; the plaintext is not returned

The digest is SHA-256, SM3 under SM4 keys. Only the data key is encrypted, so that every operation decrypts what any
other encrypted; a plaintext that is longer than announced by exactly a digest is taken to carry one, and one that is
the base64 text of as many bytes as announced is a data key of an API that seals such texts.

Sources: create-datakey-without-plaintext, encrypt-datakey, decrypt-datakey and re-encrypt of Huawei Cloud DEW.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field

from bitting.core import faults
from bitting.core.blob import parse
from bitting.core.gate import Context, use_case
from bitting.core.model.key import Key, KeyRef
from bitting.core.specs import SPECS, Algorithm, Family, Usage
from bitting.core.texts import data_key as data_key_of
from bitting.core.usecases.crypto import data_keys
from bitting.core.usecases.crypto import encryption as crypto
from bitting.core.usecases.crypto.encryption import Decrypt, Decrypted, Encrypt, Encrypted, require_symmetric

DIGEST_BYTES = 32


@dataclass(slots=True)
class Wrap:
    """``content``: data key and digest; ``length``: of the data key, in bytes. ``rsa_most``: as for data keys."""

    key: KeyRef
    content: bytes = field(repr=False)
    length: int
    aad: bytes = b""
    rsa_most: int = 0


@dataclass(slots=True)
class Wrapped:
    """``length``: of the data key, in bytes."""

    encrypted: Encrypted
    length: int


@dataclass(slots=True)
class Unwrap:
    """``length``: of the data key, in bytes."""

    key: KeyRef
    ciphertext: bytes
    length: int
    aad: bytes = b""


@dataclass(slots=True)
class Unwrapped:
    """A data key, its digest and the key that opened it."""

    key: Key
    plaintext: bytes = field(repr=False)
    digest: bytes


@dataclass(slots=True)
class ReEncrypt:
    """``source`` None: the ciphertext names it. ``length``: what the plaintext must have, 0 for anything."""

    key: KeyRef
    ciphertext: bytes
    source: KeyRef | None = None
    source_aad: bytes = b""
    source_algorithm: Algorithm | None = None
    aad: bytes = b""
    algorithm: Algorithm | None = None
    length: int = 0


@dataclass(slots=True)
class ReEncrypted:
    """``source``: the key that opened the ciphertext, ``opened_with``: the algorithm."""

    encrypted: Encrypted
    source: Key
    opened_with: Algorithm


def _key(command: Wrap | Unwrap | ReEncrypt | data_keys.GenerateDataKey) -> KeyRef:
    return command.key


@use_case("key:generate_data_key_sealed", key=_key, states="use", hot=True)
def generate_without_plaintext(context: Context, command: data_keys.GenerateDataKey) -> data_keys.DataKey:
    """A data key without its plaintext, under a permission of its own. Raises as ``datakeys.generate_data_key``."""
    return data_keys.generate_data_key.run(context, command)


def digest_of(context: Context, key: Key, data_key: bytes) -> bytes:
    """The digest that goes with a data key under this key."""
    return context.gate.vault.digest("sm3" if SPECS[key.spec].family is Family.SM4 else "sha256", data_key)


def _split(context: Context, key: Key, content: bytes, length: int) -> bytes:
    """The data key of ``length`` bytes. Raises ``DataKeyLengthMismatch`` or ``DataKeyDigestMismatch``."""
    if len(content) != length + DIGEST_BYTES:
        raise faults.DataKeyLengthMismatch(key_id=key.id)
    data_key, digest = content[:length], content[length:]
    if not hmac.compare_digest(digest_of(context, key, data_key), digest):
        raise faults.DataKeyDigestMismatch(key_id=key.id)
    return data_key


@use_case("key:encrypt_data_key", key=_key, states="use", hot=True)
def wrap(context: Context, command: Wrap) -> Wrapped:
    """Seal a data key made elsewhere.

    Raises ``SymmetricKeyRequired``, ``UsageMismatch``, ``DataKeyLengthMismatch``, ``DataKeyDigestMismatch``,
    ``PlaintextTooLong``.
    """
    key = context.key
    if not (SPECS[key.spec].family is Family.RSA and command.rsa_most):
        require_symmetric(key)
    algorithm = crypto.select_algorithm(key, None, Usage.ENCRYPT)
    data_key = _split(context, key, command.content, command.length)
    order = Encrypt(command.key, data_key, command.aad)
    return Wrapped(
        crypto.encrypt_with_handle(context, context.handle(), order, key.primary_version, algorithm), command.length
    )


@use_case("key:decrypt_data_key", key=_key, states="use", hot=True)
def unwrap(context: Context, command: Unwrap) -> Unwrapped:
    """Open a data key. Raises as ``crypto.decrypt``, and ``SymmetricKeyRequired`` and both mismatches."""
    key = context.key
    if SPECS[key.spec].family is not Family.RSA:
        require_symmetric(key)
    found = crypto.decrypt.run(context, Decrypt(command.ciphertext, command.key, command.aad)).plaintext
    data_key = data_key_of(found, command.length)
    if data_key is None:
        data_key = _split(context, key, found, command.length)
    return Unwrapped(key, data_key, digest_of(context, key, data_key))


def _source(command: ReEncrypt) -> KeyRef:
    if command.source is not None:
        return command.source
    blob = parse(command.ciphertext)
    return KeyRef.by_id(blob.key_id) if blob.key_id else KeyRef.by_version(blob.version_id)


def _open(context: Context, command: ReEncrypt) -> Decrypted:
    """The plaintext. A ciphertext that names no key here is an invalid ciphertext."""
    ref = _source(command)
    further = context.gate.with_key(context, ref, crypto.decrypt.action, crypto.decrypt.states)
    order = Decrypt(command.ciphertext, ref, command.source_aad, command.source_algorithm)
    return crypto.decrypt.run(further, order)


@use_case("key:encrypt", key=_key, states="use", hot=True)
def re_encrypt(context: Context, command: ReEncrypt) -> ReEncrypted:
    """Under the key instead of the one that sealed it; the caller needs the right to both.

    Raises as ``crypto.encrypt`` and ``crypto.decrypt``, and ``DataKeyLengthMismatch``.
    """
    opened = _open(context, command)
    content = opened.plaintext
    if command.length:
        found = data_key_of(opened.plaintext, command.length)
        if found is None:
            raise faults.DataKeyLengthMismatch(key_id=opened.key.id)
        content = found
    algorithm = crypto.select_algorithm(context.key, command.algorithm, Usage.ENCRYPT)
    order = Encrypt(command.key, content, command.aad, text=opened.text and not command.length)
    sealed = crypto.encrypt_with_handle(context, context.handle(), order, context.key.primary_version, algorithm)
    return ReEncrypted(sealed, opened.key, opened.algorithm)
