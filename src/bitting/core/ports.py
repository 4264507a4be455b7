"""What the core needs from the outside, as small protocols. Backends say more by having more.

::

    Store ── begin() ──> UnitOfWork ──> Collection[T]  (one per kind of record)
    KeyProvider ── create()/open() ──> KeyHandle       (CanEncrypt, CanSign, CanMac, ... by having them)
    Seal, Clock, Entropy, Trail                         (root key, time, randomness, audit)

A backend translates its own errors at its edge into :mod:`bitting.core.faults`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, TypeGuard, TypeVar, runtime_checkable

from bitting.core.material import KeyMaterial
from bitting.core.model.audit_event import AuditEvent
from bitting.core.ports_admission import Attestation as Attestation  # noqa: PLC0414 - ports are asked for here
from bitting.core.ports_admission import Nonces as Nonces  # noqa: PLC0414
from bitting.core.ports_certificates import Certificates, Pkcs12
from bitting.core.specs import Algorithm, KeySpec

T = TypeVar("T")

# ── storage ───────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Except:
    """In a ``where``: the field equals none of these."""

    values: tuple[object, ...]


class Collection(Protocol[T]):
    """All stored records of one kind, seen inside one unit of work. ``id`` is the record's first field."""

    def get(self, record_id: str) -> T | None:
        """The record, or None."""
        ...

    def add(self, record: T) -> None:
        """Insert. Raises ``ResourceExists`` if the id, or a unique combination of fields, is taken."""
        ...

    def put(self, record: T) -> None:
        """Replace the record of the same id. Raises ``ResourceNotFound`` if there is none."""
        ...

    def remove(self, record_id: str) -> bool:
        """Delete. True if it was there."""
        ...

    def find(
        self,
        where: Mapping[str, object] | None = None,
        *,
        order: str = "id",
        descending: bool = False,
        offset: int = 0,
        limit: int = 1000,
        after: object = None,
    ) -> Sequence[T]:
        """Records whose fields equal ``where``, ordered by one field.

        A tuple or list value: any of these; :class:`Except`: none of these.

        ``after``: only records whose ``order`` field is greater (less, if descending). At most ``limit``.
        """
        ...

    def count(self, where: Mapping[str, object] | None = None) -> int:
        """How many records match."""
        ...


class UnitOfWork(Protocol):
    """One transaction. Leaving it without an exception commits; the commit is durable when it returns."""

    def of(self, kind: type[T]) -> Collection[T]:
        """The collection of records of class ``kind``."""
        ...

    def next_number(self, sequence: str) -> int:
        """The next integer (from 1) of a named sequence; gaps may appear after failures."""
        ...


@dataclass(frozen=True, slots=True)
class Change:
    """Something a committed unit of work touched: collection name and record id."""

    kind: str
    record_id: str


class Store(Protocol):
    """Where records live. Shared by threads; by processes too, except the memory store."""

    def begin(self, *, write: bool) -> AbstractContextManager[UnitOfWork]:
        """Open a unit of work. Writers exclude each other; readers see one consistent state.

        Raises ``StoreFailed`` if the store cannot read or write.
        """
        ...

    def poll(self) -> int:
        """A number that differs from the last call's if anything may have been committed since, by anyone.

        Costs microseconds: it is called for every hot request. Raises ``Unavailable`` if freshness
        cannot be confirmed.
        """
        ...

    def changes_since(self, position: int) -> tuple[int, Sequence[Change] | None]:
        """(new position, what changed after ``position``); None instead of a list if that is too long ago.

        Position 0 asks for the present position only: the changes are then None.
        """
        ...

    def close(self) -> None:
        """Release connections. Nothing committed is lost."""
        ...


# ── cryptography ──────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class StoredMaterial:
    """What a provider needs back to open a key: wrapped bytes (or a device's reference) and the public part."""

    wrapped: bytes
    public: bytes = b""


class KeyHandle(Protocol):
    """An opened key. Lives in the key cache; does what its capability protocols say. Thread-safe."""

    @property
    def spec(self) -> KeySpec:
        """The key's spec."""
        ...


@runtime_checkable
class CanEncrypt(Protocol):
    """Symmetric ciphers: AES and SM4."""

    def seal(
        self, plaintext: bytes, *, iv: bytes, aad: bytes = b"", algorithm: Algorithm | None = None, padding: bool = True
    ) -> bytes:
        """Ciphertext; for GCM (the default) ciphertext followed by the 16-byte tag, ``iv`` of 12 bytes.

        CBC takes 16 bytes of ``iv``, ECB none; both pad (PKCS #7) unless ``padding`` is false, and refuse
        ``aad``. Raises ``InvalidParameter`` for a wrong ``iv`` or an unpadded length.
        """
        ...

    def unseal(
        self, sealed: bytes, *, iv: bytes, aad: bytes = b"", algorithm: Algorithm | None = None, padding: bool = True
    ) -> bytes:
        """The plaintext. Raises ``InvalidCiphertext`` if the tag, the padding or the length is wrong."""
        ...


@runtime_checkable
class CanEncryptAsymmetric(Protocol):
    """RSA-OAEP, ECIES, SM2: anyone encrypts, the private key decrypts."""

    def encrypt(self, plaintext: bytes, algorithm: Algorithm) -> bytes:
        """Ciphertext. Raises ``PlaintextTooLong``, ``AlgorithmMismatch``."""
        ...

    def decrypt(self, ciphertext: bytes, algorithm: Algorithm) -> bytes:
        """Plaintext. Raises ``AsymmetricDecryptionFailed``, ``AlgorithmMismatch``."""
        ...


def can_encrypt(handle: KeyHandle) -> TypeGuard[CanEncrypt]:
    """``isinstance(handle, CanEncrypt)`` at a fiftieth of its cost (4 us on Python 3.11), for hot use cases."""
    return hasattr(handle, "seal") and hasattr(handle, "unseal")


def can_encrypt_asymmetric(handle: KeyHandle) -> TypeGuard[CanEncryptAsymmetric]:
    """``isinstance(handle, CanEncryptAsymmetric)``, likewise."""
    return hasattr(handle, "encrypt") and hasattr(handle, "decrypt")


@runtime_checkable
class CanSign(Protocol):
    """RSA, EC, SM2, Ed25519. ECDSA and SM2 signatures are ASN.1 DER; PSS salts are as long as the digest."""

    def sign(self, message: bytes, algorithm: Algorithm, *, digest: bool) -> bytes:
        """Signature of ``message``, which is already the digest if ``digest`` (for SM2: SM3(Z || M)).

        Raises ``AlgorithmMismatch``, ``DigestLengthMismatch``. SM2 over a raw message uses the default
        user id 1234567812345678 (GB/T 32918.2).
        """
        ...

    def verify(self, message: bytes, signature: bytes, algorithm: Algorithm, *, digest: bool) -> bool:
        """Whether the signature fits. A malformed signature is False. Raises as :meth:`sign`."""
        ...


@runtime_checkable
class CanMac(Protocol):
    """HMAC keys."""

    def mac(self, message: bytes) -> bytes:
        """The full-length HMAC of ``message`` under the spec's hash."""
        ...


@runtime_checkable
class CanExportPublic(Protocol):
    """Keys with a public half."""

    def public_der(self) -> bytes:
        """SubjectPublicKeyInfo, DER."""
        ...


@runtime_checkable
class CanAgree(Protocol):
    """Keys that derive a shared secret."""

    def agree(self, peer_public_der: bytes) -> bytes:
        """The shared secret (x coordinate, big-endian). Raises ``InvalidParameter`` if the peer does not fit."""
        ...


class KeyProvider(Protocol):
    """Makes, opens and destroys keys. ``binding`` ties wrapped material to account, key, version and spec."""

    name: str

    def supports(self, spec: KeySpec) -> bool:
        """Whether :meth:`create` can make this spec. Asked at create time, never at use time."""
        ...

    def create(self, spec: KeySpec, binding: bytes) -> StoredMaterial:
        """A new key. Raises ``UnsupportedKeySpec``, ``ProviderFailed``."""
        ...

    def import_material(self, spec: KeySpec, material: KeyMaterial, binding: bytes) -> StoredMaterial:
        """Take in outside material: raw bytes, or PKCS #8 DER for asymmetric specs.

        Raises ``KeyMaterialLengthInvalid`` or ``InvalidKeyMaterial``.
        """
        ...

    def open(self, spec: KeySpec, stored: StoredMaterial, binding: bytes) -> KeyHandle:
        """A handle to use. Raises ``ProviderFailed`` if the material does not unwrap under this binding."""
        ...

    def destroy(self, stored: StoredMaterial) -> None:
        """Forget a key for good (a device erases its object; wrapped bytes are erased by the store)."""
        ...

    def status(self) -> None:
        """Return if keys can be used now. Raises ``Unavailable`` otherwise."""
        ...


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A fresh pair: private key as PKCS #8 DER in its box, public key as SubjectPublicKeyInfo DER."""

    private: KeyMaterial
    public: bytes


class Vault(Protocol):
    """Small secrets under the root key, and the primitives that need no stored key."""

    certificates: Certificates

    def wrap(self, secret: KeyMaterial, binding: bytes) -> bytes:
        """AES-256-GCM under the root key, ``binding`` as additional data."""
        ...

    def unwrap(self, wrapped: bytes, binding: bytes) -> KeyMaterial:
        """The secret back. Raises ``ProviderFailed`` if it was changed or the binding differs."""
        ...

    def fingerprint(self, secret: KeyMaterial, binding: bytes) -> bytes:
        """32 bytes that say whether two secrets are equal and nothing else (keyed hash under the root key)."""
        ...

    def cipher(self, key: KeyMaterial) -> CanEncrypt:
        """AES-256-GCM under a data key of 32 bytes that no key owns. Raises ``KeyMaterialLengthInvalid``."""
        ...

    def key_pair(self, spec: KeySpec) -> KeyPair:
        """A fresh asymmetric pair that no key owns (data key pairs, wrapping keys)."""
        ...

    def encrypt_to(self, public_der: bytes, plaintext: bytes, algorithm: Algorithm) -> bytes:
        """Encrypt to somebody's public key. Raises ``InvalidParameter`` (unfit key), ``PlaintextTooLong``."""
        ...

    def unwrap_import(self, private: KeyMaterial, algorithm_name: str, ciphertext: bytes) -> KeyMaterial:
        """Imported material, decrypted with a wrapping key of :meth:`key_pair`.

        ``algorithm_name``: RSA_OAEP_SHA256, RSA_OAEP_SHA1, SM2_ENCRYPT or RSAES_PKCS1_V1_5 (which does not
        authenticate: wrong padding yields random bytes of random length). Raises ``InvalidKeyMaterial``,
        ``AlgorithmMismatch``.
        """
        ...

    def unwrap_kwp(self, kek: KeyMaterial, wrapped: bytes) -> KeyMaterial:
        """AES key unwrap with padding (RFC 5649). Raises ``InvalidKeyMaterial``."""
        ...

    def verify_rsa(self, public_der: bytes, message: bytes, signature: bytes) -> bool:
        """Whether an RSASSA-PKCS1-v1_5 signature with SHA-256 by somebody's public key fits.

        False for a malformed signature, and for a key that does not parse or is not RSA of 2048 bits or more.
        """
        ...

    def pkcs12(self, pair: KeyPair, name: str, password: str, not_before_ms: int, not_after_ms: int) -> Pkcs12:
        """An RSA pair as a PKCS #12 file: one self-signed certificate for ``name``, then the private key.

        Encrypted the old way (PBE-SHA1-3DES, HMAC-SHA1), which is all that the readers in sight share: it
        keeps a finder of the file busy, no more. Raises ``InvalidParameter`` for another kind of pair.
        """
        ...

    def digest(self, name: str, message: bytes) -> bytes:
        """A hash: ``sha1``, ``sha224``, ``sha256``, ``sha384``, ``sha512``, ``sm3``."""
        ...


class Seal(Protocol):
    """Where the root key comes from."""

    def root_key(self) -> KeyMaterial:
        """32 bytes. Raises ``Unavailable`` while sealed."""
        ...


# ── the rest of the world ─────────────────────────────────────────────────────


class Clock(Protocol):
    """Time, twice: the service's, which developer mode can move, and the wall's, which it cannot."""

    def now_ms(self) -> int:
        """The service's time: milliseconds since 1970, UTC. Windows, rotation and expiry go by it."""
        ...

    def wall_ms(self) -> int:
        """The machine's time. Callers' clocks are compared with it and nothing else is."""
        ...


class Entropy(Protocol):
    """Randomness fit for keys."""

    def random(self, count: int) -> bytes:
        """``count`` random bytes."""
        ...

    def uuid(self) -> str:
        """A random UUID (version 4), lower case, 36 characters."""
        ...


class Trail(Protocol):
    """The audit trail."""

    def record(self, event: AuditEvent) -> None:
        """Keep the event. Must not block for longer than appending to a buffer."""
        ...
