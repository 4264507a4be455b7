"""Envelope encryption of secret values: a data key per version, encrypted under the secret's key.

::

    key of the secret ── seals ──> data key (framed ciphertext)       both bound to
    data key          ── seals ──> iv (12) | value | tag (16)         account, secret, version

1. Every version has a new data key, so values do not count towards the message limit of the key.
2. The binding is additional data of both layers: a value moved to another version, secret or account with
   write access to the database does not decrypt.
3. The key must be symmetric, made for encryption, and in a state that allows use; others fail before anything
   is written.
4. Every use of it for a caller passes the gate (:func:`usable_key`): statements, key policy, grants, key store, state.
"""

from __future__ import annotations

from bitting.core import faults
from bitting.core.blob import IV_BYTES, SECRET_DOMAIN, Blob, framed, parse
from bitting.core.gate import Context, Gate
from bitting.core.key_cache import CachedKey
from bitting.core.key_states import is_deleted, require_state
from bitting.core.keystore_access import SHARED, require_keystore_enabled
from bitting.core.material import KeyMaterial
from bitting.core.model.key import Key, KeyRef, KeyVersion
from bitting.core.model.keystore import Keystore
from bitting.core.model.secret import Secret, SecretVersion
from bitting.core.ports import CanEncrypt, KeyHandle, UnitOfWork
from bitting.core.specs import Usage
from bitting.core.usecases.crypto.encryption import require_symmetric, select_algorithm
from bitting.core.usecases.keys import lifecycle as keys

DEFAULT_KEY = "csms/default"
SERVICE = "csms"
DATA_KEY_BYTES = 32
SEALING, OPENING = "key:generate_data_key", "key:decrypt"


def binding(secret: Secret, version: str) -> bytes:
    """The binding of an encrypted value."""
    return SECRET_DOMAIN + b"\0".join((secret.account_id.encode(), secret.id.encode(), version.encode()))


def default_key(context: Context) -> Key:
    """The default key of secrets: a service key, created when it is first needed."""
    found = context.uow.of(Key).find({"ring": context.principal.ring, "name": DEFAULT_KEY}, limit=1)
    if found:
        return found[0]
    return keys.create.run(context, keys.CreateKey(name=DEFAULT_KEY, description="Default key", service=SERVICE))


def chosen_key(context: Context, ref: KeyRef | None) -> CachedKey:
    """The key a caller names for a secret, checked for sealing. Raises as :func:`usable_key`."""
    return usable_key(context, KeyRef.by_id(default_key(context).id) if ref is None else ref, SEALING)


def usable_key(context: Context, ref: KeyRef, action: str) -> CachedKey:
    """The key of a secret, after the gate's check that this caller may use it so.

    Raises what :meth:`bitting.core.gate.Gate.with_key` raises (``KeyNotFound``, ``PermissionDenied`` and
    its kin naming the key, a ``KeyStateFault``), ``SymmetricKeyRequired``, ``UsageMismatch``.
    """
    try:
        using = context.gate.with_key(context, ref, action, "use", SERVICE)
    except faults.PermissionDenied as denied:
        if denied.resource:
            raise
        raise denied.replaced(resource=f"key/{ref.value}") from None  # or it would seem to be about the secret
    require_symmetric(using.key)
    select_algorithm(using.key, None, Usage.ENCRYPT)
    return using.cached


def stored_key(gate: Gate, uow: UnitOfWork, key_id: str, now_ms: int) -> CachedKey:
    """The key of a stored secret, for the service's own work: nobody's rights are asked, the key must be live.

    Raises ``KeyNotFound``, or the fault of its state or of its key store's.
    """
    key = uow.of(Key).get(key_id)
    if key is None or is_deleted(key, now_ms):
        raise faults.KeyNotFound(resource=key_id)
    if key.keystore_id not in SHARED:
        require_keystore_enabled(uow.of(Keystore).get(key.keystore_id))
    require_state("use", key, now_ms)
    versions = uow.of(KeyVersion).find({"key_id": key.id}, order="number")
    return CachedKey(key, versions, gate.cache.open_version)


def seal_value(gate: Gate, cached: CachedKey, aad: bytes, value: bytes) -> tuple[bytes, bytes]:
    """(data key under the key, value under the data key)."""
    entropy, key = gate.entropy, cached.key
    data_key, iv = entropy.random(DATA_KEY_BYTES), entropy.random(IV_BYTES)
    algorithm = select_algorithm(key, None, Usage.ENCRYPT)
    handle = _cipher(cached.handle(key.primary_version))
    wrapped = handle.seal(data_key, iv=iv, aad=aad, algorithm=algorithm)
    inner = entropy.random(IV_BYTES)
    sealed = gate.vault.cipher(KeyMaterial(data_key)).seal(value, iv=inner, aad=aad)
    return framed(Blob(key.primary_version, iv, wrapped, algorithm)), inner + sealed


def unseal_value(gate: Gate, cached: CachedKey, aad: bytes, data_key: bytes, sealed: bytes) -> bytes:
    """The value. Raises ``ProviderFailed`` if either layer does not decrypt: the store was tampered with."""
    blob = parse(data_key)
    handle = _cipher(cached.handle(blob.version_id))
    try:
        plain = handle.unseal(blob.sealed, iv=blob.iv, aad=aad, algorithm=blob.algorithm)
        cipher = gate.vault.cipher(KeyMaterial(plain))
        return cipher.unseal(sealed[IV_BYTES:], iv=sealed[:IV_BYTES], aad=aad)
    except faults.InvalidCiphertext:
        raise faults.ProviderFailed(reason="a secret's value does not open under its key and binding") from None


def read_value(gate: Gate, cached: CachedKey, secret: Secret, version: SecretVersion) -> bytes:
    """The value of one version."""
    return unseal_value(gate, cached, binding(secret, version.name), version.data_key, version.sealed)


def _cipher(handle: KeyHandle) -> CanEncrypt:
    assert isinstance(handle, CanEncrypt)  # noqa: S101 - symmetric keys open as ciphers
    return handle
