"""Import of key material (BYOK): wrapped by the caller under a wrapping key of this service.

::

    parameters     key                       -> wrapping public key, import token     valid for 24 hours
    import_        key, token, wrapped       -> enabled         AES, SM4, HMAC: the material itself
                   key, token, wrapped, kwp  -> enabled         RSA, EC, SM2: a temporary AES key, and under
                                                                it (RFC 5649) the private key in PKCS #8
    delete_        key                       -> pending import; only the same material may be imported again

    token = wrapped under the root key: ticket id | key id | expiry | padding

1. The key's origin is external, and no service owns the key.
2. The token was issued by this service for this key, and has not expired.
3. The material unwraps and is of the key's spec.
4. If the key ever had material, this is the same (keyed hash, compared in constant time).

Sources: GetParametersForImport and ImportKeyMaterial of Alibaba Cloud KMS; get-parameters-for-import and
import-key-material of Huawei Cloud DEW, and OTC's user manual for private keys.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field, replace

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.key_cache import binding
from bitting.core.key_states import effective_state
from bitting.core.material import KeyMaterial
from bitting.core.model.importing import ImportTicket
from bitting.core.model.key import Key, KeyRef, KeyState, KeyVersion, Origin
from bitting.core.ports import StoredMaterial, UnitOfWork
from bitting.core.specs import SPECS

TICKET_MS = 24 * 3_600_000
TICKETS_MAX = 100
_TOKEN = b"import-token\0"
_TICKET = b"import-ticket\0"
_FINGERPRINT = b"key-material\0"
_PADDING_BYTES = 64  # Huawei's token field takes 200 characters of base64 or more
_TEMPORARY_BYTES = (16, 32)

#: Wrapping algorithm -> spec of the wrapping pair.
WRAPPERS = {
    "RSA_OAEP_SHA256": "RSA_2048",
    "RSA_OAEP_SHA1": "RSA_2048",
    "RSAES_PKCS1_V1_5": "RSA_2048",
    "SM2_ENCRYPT": "SM2",
}


@dataclass(slots=True)
class GetParameters:
    """``algorithm``: a key of :data:`WRAPPERS`. ``spec``: of the wrapping pair; empty for the algorithm's."""

    key: KeyRef
    algorithm: str
    spec: str = ""


@dataclass(slots=True)
class Parameters:
    """``public``: SubjectPublicKeyInfo of the wrapping key. Both are new on each call."""

    key: Key
    public: bytes
    token: bytes
    expires_ms: int


@dataclass(slots=True)
class Import:
    """``expires_ms``: when the material expires, 0 for never.

    ``wrapped``: what the wrapping key encrypts; ``private``: for asymmetric keys, the private key under a
    temporary AES key; ``wrapped`` is then that AES key.
    """

    key: KeyRef
    token: bytes
    wrapped: bytes
    private: bytes = field(default=b"", repr=False)
    expires_ms: int = 0


@dataclass(slots=True)
class DeleteMaterial:
    """Delete the material of ``key``."""

    key: KeyRef


def _key(command: GetParameters | Import | DeleteMaterial) -> KeyRef:
    return command.key


def _require_external(key: Key) -> None:
    """Point 1."""
    if key.service:
        raise faults.ServiceKeyProtected(key_id=key.id)
    if key.origin != Origin.EXTERNAL:
        raise faults.UnsupportedOrigin(origin=str(key.origin), key_id=key.id)


@use_case("key:import", key=_key, writes=True)
def parameters(context: Context, command: GetParameters) -> Parameters:
    """What an import needs, whatever the key's state. At most ``TICKETS_MAX`` are kept, the oldest goes first.

    Raises ``ServiceKeyProtected``, ``UnsupportedOrigin``, ``InvalidParameter`` (algorithm, spec),
    ``UnsupportedKeySpec`` for SM2 where it is missing.
    """
    key = context.key
    _require_external(key)
    spec = WRAPPERS.get(command.algorithm)
    if spec is None or (command.spec and command.spec != spec):
        raise faults.InvalidParameter(parameter="algorithm" if spec is None else "spec", reason="enum")
    pair = context.gate.vault.key_pair(SPECS[spec])
    ticket_id, expires_ms = context.gate.entropy.uuid(), context.now_ms + TICKET_MS
    wrapped = context.gate.vault.wrap(pair.private, _TICKET + ticket_id.encode())
    tickets = context.uow.of(ImportTicket)
    former = tickets.find({"key_id": key.id}, order="created_ms", limit=TICKETS_MAX)
    for oldest in former[: max(0, len(former) - TICKETS_MAX + 1)]:
        tickets.remove(oldest.id)
    tickets.add(ImportTicket(ticket_id, key.id, command.algorithm, wrapped, context.now_ms, expires_ms))
    words = f"{ticket_id}\0{key.id}\0{expires_ms}\0{context.gate.entropy.random(_PADDING_BYTES // 2).hex()}"
    token = context.gate.vault.wrap_token(words, _TOKEN)
    return Parameters(key, pair.public, token, expires_ms)


def _verify_token(context: Context, key: Key, token: bytes) -> ImportTicket:
    """Point 2. Raises ``InvalidImportToken``, ``ImportTokenKeyMismatch``, ``ExpiredImportToken``."""
    try:
        words = context.gate.vault.unwrap_token(token, _TOKEN)
    except faults.ProviderFailed:
        raise faults.InvalidImportToken from None
    ticket_id, key_id, expires_ms, _ = words.split("\0")
    if key_id != key.id:
        raise faults.ImportTokenKeyMismatch(key_id=key.id)
    if int(expires_ms) <= context.now_ms:
        raise faults.ExpiredImportToken
    ticket = context.uow.of(ImportTicket).get(ticket_id)
    if ticket is None:
        raise faults.InvalidImportToken
    return ticket


def _unwrap(context: Context, key: Key, ticket: ImportTicket, command: Import) -> KeyMaterial:
    """Point 3, first half. Raises ``InvalidKeyMaterial``, ``MissingParameter`` (private)."""
    vault = context.gate.vault
    wrapping = vault.unwrap(ticket.wrapped, _TICKET + ticket.id.encode())
    material = vault.unwrap_import(wrapping, ticket.algorithm, command.wrapped)
    if not SPECS[key.spec].family.asymmetric:
        return material
    if not command.private:
        raise faults.MissingParameter(parameter="private")
    if len(material) not in _TEMPORARY_BYTES:
        raise faults.KeyMaterialLengthInvalid(spec="temporary")
    return vault.unwrap_kwp(material, command.private)


def _import(context: Context, command: Import) -> Key:
    key = context.key
    _require_external(key)
    if command.expires_ms and command.expires_ms <= context.now_ms:
        raise faults.InvalidParameter(parameter="expires_ms", reason="past")
    material = _unwrap(context, key, _verify_token(context, key, command.token), command)
    stored = context.gate.providers[key.provider].import_material(
        SPECS[key.spec], material, binding(key, key.primary_version)
    )
    fingerprint = _fingerprint(context, key, material, stored)
    if key.material_fingerprint and not hmac.compare_digest(fingerprint, key.material_fingerprint):
        raise faults.KeyMaterialDiffers(key_id=key.id)
    _keep(context, key, stored)
    waiting = effective_state(key, context.now_ms) is KeyState.PENDING_IMPORT
    changed = replace(
        key,
        state=KeyState.ENABLED if waiting else key.state,
        material_expires_ms=command.expires_ms,
        material_fingerprint=fingerprint,
    )
    context.uow.of(Key).put(changed)
    return changed


def _fingerprint(context: Context, key: Key, material: KeyMaterial, stored: StoredMaterial) -> bytes:
    """Of the material; of the public half where there is one, since a private key has many encodings."""
    what = KeyMaterial(stored.public) if stored.public else material
    return context.gate.vault.fingerprint(what, _FINGERPRINT + key.id.encode())


def _keep(context: Context, key: Key, stored: StoredMaterial) -> None:
    versions = context.uow.of(KeyVersion)
    version = versions.get(key.primary_version)
    assert version is not None  # noqa: S101 - every key is made with its version
    if version.wrapped:  # the same material, by point 4: the stored copy stays, the second one is destroyed
        context.gate.providers[key.provider].destroy(stored)
    else:
        versions.put(replace(version, wrapped=stored.wrapped, public=stored.public))


@use_case("key:import", key=_key, states="import", writes=True)
def import_(context: Context, command: Import) -> Key:
    """Import material, or the same material again with another expiry.

    Raises, in the order of the points above: ``ServiceKeyProtected``, ``UnsupportedOrigin``,
    ``InvalidParameter`` (expires_ms), ``InvalidImportToken``, ``ImportTokenKeyMismatch``, ``ExpiredImportToken``,
    ``InvalidKeyMaterial``, ``KeyMaterialLengthInvalid``, ``MissingParameter`` (private), ``KeyMaterialDiffers``.
    """
    return _import(context, command)


@use_case("key:delete_material", key=_key, states="delete_any_material", writes=True)
def delete_material(context: Context, command: DeleteMaterial) -> Key:  # noqa: ARG001
    """Delete the material, in any state but frozen; a pending deletion stays pending.

    Raises ``KeyFrozen``, and as :func:`_require_external`.
    """
    _require_external(context.key)
    return erase_material(context, context.key)


@use_case("key:delete_material", key=_key, states="delete_material", writes=True)
def delete_live_material(context: Context, command: DeleteMaterial) -> Key:  # noqa: ARG001
    """Delete the material of a symmetric key that is enabled or disabled.

    Raises ``KeyMaterialNotDeletable`` for other states, ``UnsupportedOrigin``, and ``UnsupportedOperation``
    (``feature`` delete_private_key) for asymmetric keys.
    """
    _require_external(context.key)
    if SPECS[context.key.spec].family.asymmetric:
        raise faults.UnsupportedOperation(key_id=context.key.id, feature="delete_private_key")
    return erase_material(context, context.key)


def erase_material(context: Context, key: Key) -> Key:
    """Delete the material of a key. Its fingerprint stays: only the same material may be imported again."""
    versions = context.uow.of(KeyVersion)
    for version in versions.find({"key_id": key.id}):
        if version.wrapped:
            context.gate.providers[key.provider].destroy(StoredMaterial(version.wrapped, version.public))
            versions.put(replace(version, wrapped=b""))
    if key.state is KeyState.PENDING_DELETION:
        changed = replace(key, state_before_deletion=KeyState.PENDING_IMPORT.value, material_expires_ms=0)
    else:
        changed = replace(key, state=KeyState.PENDING_IMPORT, material_expires_ms=0)
    context.uow.of(Key).put(changed)
    return changed


def delete_tickets(uow: UnitOfWork, key_id: str) -> None:
    """Delete the import tickets of a key."""
    tickets = uow.of(ImportTicket)
    while found := tickets.find({"key_id": key_id}):
        for ticket in found:
            tickets.remove(ticket.id)
