"""Data keys: random bytes in plaintext and encrypted under a key, in one step; and random bytes alone."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.model.key import KeyRef
from bitting.core.specs import SPECS, Algorithm, Family, Usage
from bitting.core.usecases.crypto.encryption import (
    PRIMARY,
    Encrypt,
    Encrypted,
    encrypt_with_handle,
    require_symmetric,
    select_algorithm,
    select_version,
)


@dataclass(slots=True)
class GenerateDataKey:
    """``length`` in bytes; the dialect has checked its own bounds. ``symmetric_only``: refuse asymmetric keys.

    ``rsa_most``: with ``symmetric_only``, RSA keys wrap after all, up to this many bytes; 0 for not at all.
    ``as_text``: its base64 text is sealed, as string APIs do.
    """

    key: KeyRef
    length: int = 32
    aad: bytes = b""
    version: str = PRIMARY
    symmetric_only: bool = True
    algorithm: Algorithm | None = None
    rsa_most: int = 0
    as_text: bool = False


@dataclass(slots=True)
class DataKey:
    """``plaintext``: dialects that do not return it never encode it."""

    encrypted: Encrypted
    plaintext: bytes


@dataclass(slots=True)
class GenerateRandom:
    """``length`` in bytes."""

    length: int


@dataclass(slots=True)
class Random:
    """Random bytes of cryptographic quality."""

    value: bytes


def _key(command: GenerateDataKey) -> KeyRef:
    return command.key


@use_case("key:generate_data_key", key=_key, states="use", hot=True)
def generate_data_key(context: Context, command: GenerateDataKey) -> DataKey:
    """A new data key. Raises ``SymmetricKeyRequired``, ``UsageMismatch``, ``PlaintextTooLong``."""
    key = context.key
    rsa = SPECS[key.spec].family is Family.RSA
    if command.symmetric_only and not (rsa and command.rsa_most):
        require_symmetric(key)
    algorithm = select_algorithm(key, command.algorithm, Usage.ENCRYPT)
    if rsa and command.symmetric_only and command.length > command.rsa_most:
        raise faults.PlaintextTooLong(key_id=key.id, family=Family.RSA.value)
    version = select_version(context, command.version)
    plaintext = context.gate.entropy.random(command.length)
    order = Encrypt(command.key, b64encode(plaintext) if command.as_text else plaintext, command.aad)
    return DataKey(encrypt_with_handle(context, context.handle(version), order, version, algorithm), plaintext)


@use_case("random:generate", hot=True)
def generate_random(context: Context, command: GenerateRandom) -> Random:
    """Random bytes from the entropy port."""
    return Random(context.gate.entropy.random(command.length))
