"""Encrypt and decrypt.

::

    encrypt     key, plaintext, aad      -> version, iv, sealed       the dialect chooses the encoding of the blob
    decrypt     blob (+ key), aad        -> plaintext                 the blob names its version
    unseal      key, version, iv, sealed -> plaintext                 for APIs that pass the parts separately

All are hot: they use cached keys only.
"""

from __future__ import annotations

from dataclasses import dataclass

from bitting.core import faults
from bitting.core.blob import IV_BYTES, Blob, authenticated_data, is_reserved, parse
from bitting.core.gate import Context, use_case
from bitting.core.model.key import Key, KeyRef
from bitting.core.ports import KeyHandle, can_encrypt, can_encrypt_asymmetric
from bitting.core.specs import SPECS, Algorithm, KeySpec, Usage

PRIMARY = ""
INITIAL = "initial"
_GCM = {"aes": Algorithm.AES_GCM, "sm4": Algorithm.SM4_GCM}
_GCM_MODES = frozenset(_GCM.values())
_UNAUTHENTICATED = frozenset({Algorithm.AES_CBC, Algorithm.AES_ECB, Algorithm.SM4_CBC, Algorithm.SM4_ECB})


@dataclass(slots=True)
class Encrypt:
    """``algorithm`` None: the key's default. ``version``: an id, PRIMARY or INITIAL.

    ``iv``: of a CBC encryption; empty for a random one. GCM takes none from callers (docs/adr/0010).

    ``symmetric_only``: refuse keys of other families. ``text``: mark the blob (:mod:`bitting.core.blob`).
    ``reserved``: ``aad`` is the service's own, which callers cannot give.
    """

    key: KeyRef
    plaintext: bytes
    aad: bytes = b""
    algorithm: Algorithm | None = None
    iv: bytes = b""
    padding: bool = True
    version: str = PRIMARY
    symmetric_only: bool = False
    text: bool = False
    reserved: bool = False


@dataclass(slots=True)
class Encrypted:
    """``blob.sealed`` is ciphertext and tag; for asymmetric keys the bare ciphertext, with an empty iv."""

    key: Key
    blob: Blob
    algorithm: Algorithm


@dataclass(slots=True)
class Decrypt:
    """``key`` None: the ciphertext says which. A given key must be the one that encrypted it.

    ``reserved``: as in :class:`Encrypt`.
    """

    ciphertext: bytes
    key: KeyRef | None = None
    aad: bytes = b""
    algorithm: Algorithm | None = None
    reserved: bool = False


@dataclass(slots=True)
class DecryptParts:
    """A ciphertext in parts. ``version`` as in :class:`Encrypt`, or the only name of the key.

    ``symmetric_only``: refuse keys of other families.
    """

    sealed: bytes
    iv: bytes = b""
    key: KeyRef | None = None
    version: str = PRIMARY
    aad: bytes = b""
    algorithm: Algorithm | None = None
    padding: bool = True
    symmetric_only: bool = False


@dataclass(slots=True)
class Decrypted:
    """The plaintext, and the key and algorithm that decrypted it. ``text``: it was sealed as the bytes of a string."""

    key: Key
    version_id: str
    plaintext: bytes
    algorithm: Algorithm
    text: bool = False


def select_version(context: Context, wanted: str) -> str:
    """The version id that PRIMARY, INITIAL or an id means for the context's key."""
    if wanted == PRIMARY:
        return context.key.primary_version
    return context.key.initial_version if wanted == INITIAL else wanted


def require_symmetric(key: Key) -> None:
    """Return for AES and SM4 keys. Raises ``SymmetricKeyRequired`` (``key_id``, ``family``)."""
    family = SPECS[key.spec].family
    if not family.symmetric:
        raise faults.SymmetricKeyRequired(key_id=key.id, family=family.value)


def select_algorithm(key: Key, wanted: Algorithm | None, usage: Usage) -> Algorithm:
    """The algorithm to use. Raises ``UsageMismatch`` or ``AlgorithmMismatch`` (with ``family`` and ``usage``).

    CBC and ECB do not authenticate the ciphertext. The clouds that offer them do so for hardware keys only, and so
    does this service.
    """
    spec = SPECS[key.spec]
    if key.usage != usage:
        raise faults.UsageMismatch(key_id=key.id, usage=key.usage, family=spec.family.value)
    known = spec.algorithms[usage]
    if wanted is None or (wanted is Algorithm.SYMMETRIC and spec.family.symmetric):
        return known[0]
    if wanted not in known or (wanted in _UNAUTHENTICATED and key.protection == "software"):
        raise faults.AlgorithmMismatch(key_id=key.id, family=spec.family.value, algorithm=wanted.value)
    return wanted


def encrypt_with_handle(
    context: Context, handle: KeyHandle, command: Encrypt, version: str, algorithm: Algorithm
) -> Encrypted:
    """Encrypt with an opened handle of either kind.

    Raises ``InvalidParameter`` (iv: given with GCM; aad: of the service's own).
    """
    key = context.key
    if is_reserved(command.aad) and not command.reserved:
        raise faults.InvalidParameter(parameter="aad", reason="reserved")
    if can_encrypt_asymmetric(handle):
        ciphertext = handle.encrypt(command.plaintext, algorithm)
        return Encrypted(key, Blob(version, b"", ciphertext, algorithm, key.id), algorithm)
    if not can_encrypt(handle):
        raise faults.UnsupportedOperation(key_id=key.id)
    if command.iv and algorithm in _GCM_MODES:
        # GCM is a stream cipher: who chooses the iv of one message reads every other message with that iv.
        raise faults.InvalidParameter(parameter="iv", reason="unserved")
    iv = command.iv or context.gate.entropy.random(_iv_bytes(algorithm))
    aad = authenticated_data(command.aad, text=command.text)
    sealed = handle.seal(command.plaintext, iv=iv, aad=aad, algorithm=algorithm, padding=command.padding)
    return Encrypted(key, Blob(version, iv, sealed, algorithm, key.id, command.text), algorithm)


def _iv_bytes(algorithm: Algorithm) -> int:
    if algorithm in {Algorithm.AES_CBC, Algorithm.SM4_CBC}:
        return 16
    return 0 if algorithm in {Algorithm.AES_ECB, Algorithm.SM4_ECB} else IV_BYTES


def _named_key(command: Encrypt) -> KeyRef:
    return command.key


def source_key(ciphertext: bytes, key: KeyRef | None) -> KeyRef:
    """The key given, or the one the ciphertext names. Raises ``InvalidCiphertext`` if it names none."""
    return key or KeyRef.by_version(parse(ciphertext).version_id)


def _key_of_ciphertext(command: Decrypt) -> KeyRef:
    return source_key(command.ciphertext, command.key)


def _key_of_parts(command: DecryptParts) -> KeyRef:
    return command.key or KeyRef.by_version(command.version)


@use_case("key:encrypt", key=_named_key, states="use", hot=True)
def encrypt(context: Context, command: Encrypt) -> Encrypted:
    """Encrypt under the key.

    Raises ``SymmetricKeyRequired``, ``UsageMismatch``, ``AlgorithmMismatch``, ``PlaintextTooLong``,
    ``KeyVersionNotFound``, ``InvalidParameter`` (iv, aad).
    """
    if command.symmetric_only:
        require_symmetric(context.key)
    algorithm = select_algorithm(context.key, command.algorithm, Usage.ENCRYPT)
    version = select_version(context, command.version)
    return encrypt_with_handle(context, context.handle(version), command, version, algorithm)


@use_case("key:decrypt", key=_key_of_ciphertext, states="use", hot=True)
def decrypt(context: Context, command: Decrypt) -> Decrypted:
    """Decrypt a ciphertext of any API. Raises ``InvalidCiphertext`` whatever is wrong with it."""
    key = context.key
    if is_reserved(command.aad) and not command.reserved:
        raise faults.InvalidCiphertext
    spec = SPECS[key.spec]
    algorithm = select_algorithm(key, command.algorithm, Usage.ENCRYPT)
    if spec.family.asymmetric:
        return _decrypt_asymmetric(context, command, algorithm)
    blob = parse(command.ciphertext)
    if blob.version_id not in context.cached.versions or (blob.key_id and blob.key_id != key.id):
        raise faults.InvalidCiphertext
    return _open(context, spec, blob, command.aad)


def _open(context: Context, spec: KeySpec, blob: Blob, aad: bytes) -> Decrypted:
    algorithm = blob.algorithm or _GCM[spec.family]
    if algorithm is Algorithm.AES_GCM:
        # Some clients put the frame of AES in front of every body; the key is what decides.
        algorithm = _GCM[spec.family]
    if algorithm not in spec.algorithms[Usage.ENCRYPT]:
        raise faults.InvalidCiphertext
    handle = context.handle(blob.version_id)
    assert can_encrypt(handle)  # noqa: S101 - symmetric specs open as ciphers
    aad = authenticated_data(aad, text=blob.text)
    plaintext = handle.unseal(blob.sealed, iv=blob.iv, aad=aad, algorithm=algorithm)
    return Decrypted(context.key, blob.version_id, plaintext, algorithm, blob.holds_text)


def _decrypt_asymmetric(context: Context, command: Decrypt, algorithm: Algorithm) -> Decrypted:
    version = context.key.primary_version
    handle = context.handle(version)
    assert can_encrypt_asymmetric(handle)  # noqa: S101 - asymmetric encryption specs open so
    return Decrypted(context.key, version, handle.decrypt(command.ciphertext, algorithm), algorithm)


@use_case("key:decrypt", key=_key_of_parts, states="use", hot=True)
def decrypt_parts(context: Context, command: DecryptParts) -> Decrypted:
    """Decrypt parts. Raises ``InvalidCiphertext``, ``KeyVersionNotFound``, and as :func:`encrypt`."""
    if command.symmetric_only:
        require_symmetric(context.key)
    algorithm = select_algorithm(context.key, command.algorithm, Usage.ENCRYPT)
    version = select_version(context, command.version)
    handle = context.handle(version)
    if can_encrypt_asymmetric(handle):
        return Decrypted(context.key, version, handle.decrypt(command.sealed, algorithm), algorithm)
    if not can_encrypt(handle):
        raise faults.UnsupportedOperation(key_id=context.key.id)
    if is_reserved(command.aad):
        raise faults.InvalidCiphertext
    plaintext = handle.unseal(
        command.sealed, iv=command.iv, aad=command.aad, algorithm=algorithm, padding=command.padding
    )
    return Decrypted(context.key, version, plaintext, algorithm)
