"""Certificates: a key pair and a certificate request; once the certificate is uploaded, operations with it.

::

    create ──> PENDING ── upload ──> ACTIVE <── set_state ──> INACTIVE
                                       └──────── set_state ──> REVOKED     for good; signatures still verify
    sign, decrypt (private key)      verify, encrypt (public key)

The private key is generated, wrapped and used by the provider like any key's material; no operation returns it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.model.access import Certificate, CertificateState
from bitting.core.ports import CanSign, KeyHandle, KeyProvider, StoredMaterial, can_encrypt_asymmetric
from bitting.core.ports.certificates import CertificateFacts
from bitting.core.specs import SPECS, Algorithm, Family, KeySpec, Usage
from bitting.core.usecases.access.application_access_points import require_permission
from bitting.core.usecases.keys import tags

PER_ACCOUNT_MAX = 1000
NAMES_MAX = 10
KIND = "certificate"
_SIGNERS = {
    Family.RSA: Algorithm.RSA_PKCS1_SHA256,
    Family.EC: Algorithm.ECDSA_SHA256,
    Family.SM2: Algorithm.SM2_SM3,
}
_PROVIDER = "software"
_MOVES = frozenset({CertificateState.ACTIVE, CertificateState.INACTIVE, CertificateState.REVOKED})


@dataclass(slots=True)
class CreateCertificate:
    """``subject``: RFC 4514 with CN, C, O and OU. ``names``: up to 10 DNS names."""

    spec: str
    subject: str
    names: Sequence[str] = ()
    exportable: bool = True


@dataclass(slots=True)
class UploadCertificate:
    """What the certificate authority issued, and who signed that; PEM."""

    certificate_id: str
    certificate: str
    chain: str = ""


@dataclass(slots=True)
class CertificateById:
    """By its id."""

    certificate_id: str


@dataclass(slots=True)
class SetState:
    """To what."""

    certificate_id: str
    state: CertificateState


@dataclass(slots=True)
class Sign:
    """``digest``: ``message`` is the hash already."""

    certificate_id: str
    message: bytes
    algorithm: Algorithm
    digest: bool = False


@dataclass(slots=True)
class Verify:
    """As :class:`Sign`, with the signature to check."""

    certificate_id: str
    message: bytes
    signature: bytes
    algorithm: Algorithm
    digest: bool = False


@dataclass(slots=True)
class Encrypt:
    """Under the public key."""

    certificate_id: str
    plaintext: bytes
    algorithm: Algorithm


@dataclass(slots=True)
class Decrypt:
    """With the private key."""

    certificate_id: str
    ciphertext: bytes
    algorithm: Algorithm


@dataclass(slots=True)
class CertificateResult:
    """The result: a signature, a ciphertext, a plaintext, or whether a signature is valid."""

    certificate_id: str
    data: bytes = field(default=b"", repr=False)
    fits: bool = False


@dataclass(slots=True)
class CertificateView:
    """``facts`` is None until a certificate was uploaded. ``key_identifier``: the certificate's, or the key's own."""

    record: Certificate
    facts: CertificateFacts | None
    key_identifier: str
    tags: Mapping[str, str]


def _binding(certificate: Certificate) -> bytes:
    return b"".join(part.encode() + b"\0" for part in (KIND, certificate.account_id, certificate.id, certificate.spec))


def _provider(context: Context) -> KeyProvider:
    return context.gate.providers[_PROVIDER]


def _find(context: Context, certificate_id: str, action: str) -> Certificate:
    require_permission(context, action, f"{KIND}/{certificate_id}")
    held = context.uow.of(Certificate).get(certificate_id)
    if held is None or held.account_id != context.principal.account_id:
        raise faults.ResourceNotFound(kind=KIND, resource=certificate_id)
    return held


def _handle(context: Context, held: Certificate) -> KeyHandle:
    stored = StoredMaterial(held.wrapped, held.public)
    return _provider(context).open(SPECS[held.spec], stored, _binding(held))


def _spec(context: Context, name: str) -> KeySpec:
    spec = SPECS.get(name)
    if spec is None or spec.family not in _SIGNERS or not _provider(context).supports(spec):
        raise faults.UnsupportedKeySpec(spec=name, parameter="spec")
    return spec


@use_case("certificate:create", writes=True, name="create_certificate")
def create(context: Context, command: CreateCertificate) -> Certificate:
    """A new key pair and a request for it.

    Raises ``UnsupportedKeySpec``, ``InvalidParameter`` (subject, names), ``QuotaExceeded``.
    """
    spec, gate = _spec(context, command.spec), context.gate
    subject = gate.vault.certificates.subject(command.subject)
    if len(command.names) > NAMES_MAX:
        raise faults.InvalidParameter(parameter="names", reason="length")
    records = context.uow.of(Certificate)
    if records.count({"account_id": context.principal.account_id}) >= PER_ACCOUNT_MAX:
        raise faults.QuotaExceeded(limit="certificates")
    now, certificate_id = context.now_ms, gate.entropy.uuid()
    blank = Certificate(
        id=certificate_id,
        account_id=context.principal.account_id,
        ring=context.principal.ring,
        spec=spec.name,
        subject=subject,
        alternative_names=tuple(command.names),
        exportable=command.exportable,
        state=CertificateState.PENDING,
        wrapped=b"",
        public=b"",
        request="",
        certificate="",
        chain="",
        created_ms=now,
        updated_ms=now,
    )
    require_permission(context, "certificate:create", f"{KIND}/{certificate_id}")
    stored = _provider(context).create(spec, _binding(blank))
    created = replace(blank, wrapped=stored.wrapped, public=stored.public)
    handle, algorithm = _handle(context, created), _SIGNERS[spec.family]
    assert isinstance(handle, CanSign)  # noqa: S101 - every family in the table signs
    created = replace(
        created,
        request=gate.vault.certificates.request(
            subject,
            command.names,
            created.public,
            algorithm,
            lambda info: handle.sign(info, algorithm, digest=False),
        ),
    )
    records.add(created)
    return created


@use_case("certificate:upload", writes=True)
def upload(context: Context, command: UploadCertificate) -> Certificate:
    """Store the issued certificate; it is active from now on.

    Raises ``ResourceNotFound`` (``kind`` certificate), ``InvalidParameter`` (certificate, chain),
    ``CertificateNotActive`` if it was revoked.
    """
    held = _find(context, command.certificate_id, "certificate:upload")
    if held.state is CertificateState.REVOKED:
        raise faults.CertificateNotActive(resource=held.id, state=held.state.value)
    certificate, chain = context.gate.vault.certificates.accept(command.certificate, command.chain, held.public)
    changed = replace(
        held,
        certificate=certificate,
        chain=chain,
        state=CertificateState.ACTIVE,
        updated_ms=context.now_ms,
    )
    context.uow.of(Certificate).put(changed)
    return changed


@use_case("certificate:get", name="get_certificate")
def get(context: Context, command: CertificateById) -> Certificate:
    """Request, certificate and chain. Raises ``ResourceNotFound`` (``kind`` certificate)."""
    return _find(context, command.certificate_id, "certificate:get")


@use_case("certificate:describe", name="describe_certificate")
def describe(context: Context, command: CertificateById) -> CertificateView:
    """All but the certificate itself. Raises ``ResourceNotFound`` (``kind`` certificate)."""
    held = _find(context, command.certificate_id, "certificate:describe")
    tool = context.gate.vault.certificates
    facts = tool.facts(held.certificate) if held.certificate else None
    labels = tags.tags_of(context.uow, held.ring, KIND, held.id)
    identifier = facts.key_identifier if facts else tool.key_identifier(held.public)
    return CertificateView(held, facts, identifier, {tag.key: tag.value for tag in labels})


@use_case("certificate:set_state", writes=True)
def set_state(context: Context, command: SetState) -> Certificate:
    """Activate, deactivate, or revoke for good.

    Raises ``ResourceNotFound`` (``kind`` certificate), ``CertificateNotActive`` if nothing was uploaded yet, or it
    was revoked.
    """
    held = _find(context, command.certificate_id, "certificate:set_state")
    if held.state not in _MOVES or (held.state is CertificateState.REVOKED and command.state is not held.state):
        raise faults.CertificateNotActive(resource=held.id, state=held.state.value)
    changed = replace(held, state=command.state, updated_ms=context.now_ms)
    context.uow.of(Certificate).put(changed)
    return changed


@use_case("certificate:delete", writes=True, name="delete_certificate")
def delete(context: Context, command: CertificateById) -> Certificate:
    """Delete it with its private key, at once. Raises ``ResourceNotFound`` (``kind`` certificate)."""
    held = _find(context, command.certificate_id, "certificate:delete")
    _provider(context).destroy(StoredMaterial(held.wrapped, held.public))
    tags.remove_tags(context.uow, held.ring, KIND, held.id)
    context.uow.of(Certificate).remove(held.id)
    return held


def _require_usable(
    context: Context, certificate_id: str, action: str, usage: Usage, algorithm: Algorithm, *, revoked: bool = False
) -> Certificate:
    """The certificate, if it may be used. ``revoked``: a revoked one may be used too."""
    held = _find(context, certificate_id, action)
    good = {CertificateState.ACTIVE, CertificateState.REVOKED} if revoked else {CertificateState.ACTIVE}
    if held.state not in good:
        raise faults.CertificateNotActive(resource=held.id, state=held.state.value)
    if algorithm not in SPECS[held.spec].algorithms.get(usage, ()):
        raise faults.AlgorithmMismatch(key_id=held.id, algorithm=algorithm.value)
    return held


@use_case("certificate:sign", name="certificate_sign")
def sign(context: Context, command: Sign) -> CertificateResult:
    """Sign with the private key of an active certificate.

    Raises ``ResourceNotFound`` (``kind`` certificate), ``CertificateNotActive``, ``AlgorithmMismatch``,
    ``DigestLengthMismatch``.
    """
    held = _require_usable(context, command.certificate_id, "certificate:sign", Usage.SIGN, command.algorithm)
    handle = _handle(context, held)
    assert isinstance(handle, CanSign)  # noqa: S101 - the spec has signing algorithms
    return CertificateResult(held.id, handle.sign(command.message, command.algorithm, digest=command.digest))


@use_case("certificate:verify", name="certificate_verify")
def verify(context: Context, command: Verify) -> CertificateResult:
    """Whether a signature is by an active or revoked certificate. Raises as :func:`sign`."""
    held = _require_usable(
        context, command.certificate_id, "certificate:verify", Usage.SIGN, command.algorithm, revoked=True
    )
    handle = _handle(context, held)
    assert isinstance(handle, CanSign)  # noqa: S101 - the spec has signing algorithms
    fits = handle.verify(command.message, command.signature, command.algorithm, digest=command.digest)
    return CertificateResult(held.id, fits=fits)


@use_case("certificate:encrypt", name="certificate_encrypt")
def encrypt(context: Context, command: Encrypt) -> CertificateResult:
    """Encrypt under the public key of an active certificate.

    Raises ``ResourceNotFound`` (``kind`` certificate), ``CertificateNotActive``, ``AlgorithmMismatch``,
    ``PlaintextTooLong``.
    """
    held = _require_usable(context, command.certificate_id, "certificate:encrypt", Usage.ENCRYPT, command.algorithm)
    handle = _handle(context, held)
    assert can_encrypt_asymmetric(handle)  # noqa: S101 - the spec has encryption algorithms
    return CertificateResult(held.id, handle.encrypt(command.plaintext, command.algorithm))


@use_case("certificate:decrypt", name="certificate_decrypt")
def decrypt(context: Context, command: Decrypt) -> CertificateResult:
    """Decrypt with the private key of an active certificate. Raises as :func:`encrypt`, and ``InvalidCiphertext``."""
    held = _require_usable(context, command.certificate_id, "certificate:decrypt", Usage.ENCRYPT, command.algorithm)
    handle = _handle(context, held)
    assert can_encrypt_asymmetric(handle)  # noqa: S101 - the spec has encryption algorithms
    return CertificateResult(held.id, handle.decrypt(command.ciphertext, command.algorithm))
