"""Sign and verify, compute MACs and digests, export public keys.

::

    sign        key, message | digest             -> signature
    verify      key, message | digest, signature  -> valid or not     an invalid signature is a result, not a fault
    public_key  key                               -> SubjectPublicKeyInfo (DER)
    mac         key, message                      -> code             HMAC keys
    verify_mac  key, message, code                -> valid or not
    digest      name, message                     -> hash             no key

All are hot: they use cached keys only. ``version`` selects a key version everywhere: an id, PRIMARY or INITIAL
(:mod:`bitting.core.usecases.crypto.encryption`).
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.model.key import Key, KeyRef
from bitting.core.ports import CanExportPublic, CanMac, CanSign
from bitting.core.specs import SPECS, Algorithm, Usage
from bitting.core.usecases.crypto.encryption import PRIMARY, select_algorithm, select_version


@dataclass(slots=True)
class Sign:
    """``algorithm`` None: the key's default. ``digest``: ``message`` is the hash already (SM2: SM3(Z || M))."""

    key: KeyRef
    message: bytes
    algorithm: Algorithm | None = None
    digest: bool = False
    version: str = PRIMARY


@dataclass(slots=True)
class Verify:
    """As :class:`Sign`, with the signature to check (ECDSA and SM2: ASN.1 DER)."""

    key: KeyRef
    message: bytes
    signature: bytes
    algorithm: Algorithm | None = None
    digest: bool = False
    version: str = PRIMARY


@dataclass(slots=True)
class SignResult:
    """A signature, and the key, version and algorithm that made it."""

    key: Key
    version_id: str
    signature: bytes
    algorithm: Algorithm
    digest: bool


@dataclass(slots=True)
class VerifyResult:
    """Whether a signature or MAC is valid, and the key, version and algorithm it was checked with."""

    key: Key
    version_id: str
    fits: bool
    algorithm: Algorithm
    digest: bool = False


@dataclass(slots=True)
class ExportPublic:
    """The public key of one version."""

    key: KeyRef
    version: str = PRIMARY


@dataclass(slots=True)
class PublicKey:
    """``der``: SubjectPublicKeyInfo."""

    key: Key
    version_id: str
    der: bytes


@dataclass(slots=True)
class Mac:
    """``algorithm`` None: the key's only one."""

    key: KeyRef
    message: bytes
    algorithm: Algorithm | None = None
    version: str = PRIMARY


@dataclass(slots=True)
class VerifyMac:
    """As :class:`Mac`, with the MAC to check, full length."""

    key: KeyRef
    message: bytes
    mac: bytes
    algorithm: Algorithm | None = None
    version: str = PRIMARY


@dataclass(slots=True)
class MacResult:
    """A MAC, and the key, version and algorithm that made it."""

    key: Key
    version_id: str
    mac: bytes
    algorithm: Algorithm


@dataclass(slots=True)
class Digest:
    """``name``: sha1, sha224, sha256, sha384, sha512 or sm3."""

    message: bytes
    name: str = "sha256"


@dataclass(slots=True)
class DigestResult:
    """``value``: the hash, full length."""

    value: bytes
    name: str


def _key(command: Sign | Verify | ExportPublic | Mac | VerifyMac) -> KeyRef:
    return command.key


def _signer(context: Context, command: Sign | Verify) -> tuple[CanSign, str, Algorithm]:
    """The opened version, its id and the algorithm to use."""
    _require_asymmetric(context.key)
    algorithm = select_algorithm(context.key, command.algorithm, Usage.SIGN)
    version = select_version(context, command.version)
    handle = context.handle(version)
    if not isinstance(handle, CanSign):
        raise faults.UnsupportedOperation(key_id=context.key.id)
    return handle, version, algorithm


def _require_asymmetric(key: Key) -> None:
    family = SPECS[key.spec].family
    if not family.asymmetric:
        raise faults.AsymmetricKeyRequired(key_id=key.id, family=family.value, usage=key.usage)


@use_case("key:sign", key=_key, states="use", hot=True)
def sign(context: Context, command: Sign) -> SignResult:
    """Sign a message or a digest.

    Raises ``AsymmetricKeyRequired``, ``UsageMismatch``, ``AlgorithmMismatch``, ``DigestLengthMismatch``,
    ``KeyVersionNotFound``.
    """
    handle, version, algorithm = _signer(context, command)
    signature = handle.sign(command.message, algorithm, digest=command.digest)
    return SignResult(context.key, version, signature, algorithm, command.digest)


@use_case("key:verify", key=_key, states="use", hot=True)
def verify(context: Context, command: Verify) -> VerifyResult:
    """Verify a signature; a malformed one is invalid. Raises as :func:`sign`."""
    handle, version, algorithm = _signer(context, command)
    fits = handle.verify(command.message, command.signature, algorithm, digest=command.digest)
    return VerifyResult(context.key, version, fits, algorithm, command.digest)


@use_case("key:public_key", key=_key, states="use", hot=True)
def public_key(context: Context, command: ExportPublic) -> PublicKey:
    """The public key. Raises ``AsymmetricKeyRequired``, ``KeyVersionNotFound``.

    It is derived from the private key, because the stored public bytes are not authenticated.
    """
    _require_asymmetric(context.key)
    version = select_version(context, command.version)
    handle = context.handle(version)
    if not isinstance(handle, CanExportPublic):
        raise faults.UnsupportedOperation(key_id=context.key.id)
    return PublicKey(context.key, version, handle.public_der())


def _compute_mac(context: Context, command: Mac | VerifyMac) -> MacResult:
    algorithm = select_algorithm(context.key, command.algorithm, Usage.MAC)
    version = select_version(context, command.version)
    handle = context.handle(version)
    if not isinstance(handle, CanMac):
        raise faults.UnsupportedOperation(key_id=context.key.id)
    return MacResult(context.key, version, handle.mac(command.message), algorithm)


@use_case("key:mac", key=_key, states="use", hot=True)
def mac(context: Context, command: Mac) -> MacResult:
    """The MAC of the message. Raises ``UsageMismatch``, ``AlgorithmMismatch``, ``KeyVersionNotFound``."""
    return _compute_mac(context, command)


@use_case("key:mac", key=_key, states="use", hot=True)
def verify_mac(context: Context, command: VerifyMac) -> VerifyResult:
    """Verify a MAC in constant time. Raises as :func:`mac`."""
    created = _compute_mac(context, command)
    return VerifyResult(
        created.key, created.version_id, hmac.compare_digest(created.mac, command.mac), created.algorithm
    )


@use_case("digest:compute", hot=True)
def digest(context: Context, command: Digest) -> DigestResult:
    """Hash a message. Raises ``InvalidParameter`` (``algorithm``) for a hash that is not served."""
    return DigestResult(context.gate.vault.digest(command.name, command.message), command.name)
