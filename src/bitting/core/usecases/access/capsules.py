r"""Data key capsules: an encrypted data key bound to the policy that says who may open it.

::

    capsule = base64(JSON {"policy" | "policy_id", "key": base64(ciphertext)})     the ciphertext binds the policy

    create   key, policy -> data key, capsule
    open_    key, capsule, attestation -> data key      only for an access point that the policy allows, and in time

A custom access point has a key pair; its proof is a signature (RSASSA-PKCS1-v1_5, SHA-256) over
``<expire time>\n<capsule>``. The documents name the fields of the proof and not what is signed; this binds it to one
capsule and to a time. Proofs of machines and clusters need the root certificates of their makers, which this service
does not have.

Source: datakey-capsule, access-points and key-policies of Huawei Cloud DEW.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from dataclasses import dataclass, field, replace

from bitting.core import faults
from bitting.core.blob import CAPSULE_DOMAIN, framed, parse
from bitting.core.gate import Context, use_case
from bitting.core.model.capsule import CapsuleAccessPoint, CapsulePolicy
from bitting.core.model.key import Key, KeyRef
from bitting.core.specs import Algorithm, Usage
from bitting.core.usecases.access.capsule_access import (
    CUSTOM,
    PolicyText,
    find_capsule_access_point,
    find_capsule_policy,
    read_policy,
)
from bitting.core.usecases.crypto import encryption as crypto


@dataclass(slots=True)
class CreateCapsule:
    """``length`` in bytes. ``public``: encrypt the data key to it (RSA, SPKI). Either policy is given, not both."""

    key: KeyRef
    length: int
    public: bytes = b""
    policy_id: str = ""
    policy: str = ""


@dataclass(slots=True)
class Proof:
    """What a custom access point sends: signature, its public key (SPKI), and its expiry."""

    signature: bytes
    public: bytes
    expires_ms: int
    expires_text: str


@dataclass(slots=True)
class OpenCapsule:
    """``capsule``: as :func:`create_capsule` gave it. ``proof`` None: of a kind that cannot be verified here."""

    key: KeyRef
    capsule: str
    proof: Proof | None
    public: bytes = b""


@dataclass(slots=True)
class CapsuleDataKey:
    """The data key, or under ``public`` its ciphertext. ``instance_id``: who opened the capsule."""

    key: Key
    plaintext: bytes = field(repr=False, default=b"")
    cipher: bytes = b""
    capsule: str = ""
    instance_id: str = ""


def _key(command: CreateCapsule | OpenCapsule) -> KeyRef:
    return command.key


def _deliver(context: Context, data_key: bytes, public: bytes) -> tuple[bytes, bytes]:
    """The data key in plaintext, or encrypted to a public key."""
    if not public:
        return data_key, b""
    return b"", context.gate.vault.encrypt_to(public, data_key, Algorithm.RSA_OAEP_SHA256)


@use_case("key:generate_data_key", key=_key, states="use")
def create_capsule(context: Context, command: CreateCapsule) -> CapsuleDataKey:
    """A new capsule.

    Raises ``MissingParameter`` (policy_id), ``InvalidParameter`` (policy, public), ``ResourceNotFound`` (``kind``
    key_policy), ``SymmetricKeyRequired``.
    """
    crypto.require_symmetric(context.key)
    if bool(command.policy) == bool(command.policy_id):
        raise faults.MissingParameter(parameter="policy_id")
    if command.policy_id:
        head = {"policy_id": find_capsule_policy(context, command.policy_id).id}
    else:
        head = {"policy": read_policy(command.policy).text}
    data_key = context.gate.entropy.random(command.length)
    algorithm = crypto.select_algorithm(context.key, None, Usage.ENCRYPT)
    order = crypto.Encrypt(command.key, data_key, _bound(head), reserved=True)
    sealed = crypto.encrypt_with_handle(context, context.handle(), order, context.key.primary_version, algorithm)
    whole = {**head, "key": base64.b64encode(framed(sealed.blob)).decode()}
    plain, cipher = _deliver(context, data_key, command.public)
    return CapsuleDataKey(context.key, plain, cipher, base64.b64encode(json.dumps(whole).encode()).decode())


def _bound(head: dict[str, str]) -> bytes:
    return CAPSULE_DOMAIN + json.dumps(head, sort_keys=True, separators=(",", ":")).encode()


def _unpack(capsule: str) -> tuple[dict[str, str], bytes]:
    """The policy part and the ciphertext. Raises ``InvalidCiphertext``."""
    try:
        whole = json.loads(base64.b64decode(capsule, validate=True))
        sealed = base64.b64decode(whole.pop("key"), validate=True)
    except (binascii.Error, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise faults.InvalidCiphertext from None
    if not isinstance(whole, dict) or not all(isinstance(value, str) for value in whole.values()):
        raise faults.InvalidCiphertext
    return whole, sealed


@use_case("key:decrypt_data_key", key=_key, states="use", writes=True)
def open_capsule(context: Context, command: OpenCapsule) -> CapsuleDataKey:
    """The data key of a capsule.

    1. The capsule is whole: its ciphertext binds its policy.
    2. The proof is of a custom access point of this project, and its signature fits this capsule.
    3. The policy allows that access point, now.

    Raises ``InvalidCiphertext``, ``Unavailable`` (``missing`` enclave_root), ``KeyPermissionDenied``.
    """
    head, sealed = _unpack(command.capsule)
    blob = parse(sealed)
    if blob.version_id not in context.cached.versions:
        raise faults.InvalidCiphertext
    order = crypto.Decrypt(sealed, command.key, _bound(head), reserved=True)
    data_key = crypto.decrypt.run(context, order).plaintext  # 1
    point = _verified_access_point(context, command)  # 2
    _require_allowed(context, head, point)  # 3
    plain, cipher = _deliver(context, data_key, command.public)
    return CapsuleDataKey(context.key, plain, cipher, instance_id=point.id)


def _verified_access_point(context: Context, command: OpenCapsule) -> CapsuleAccessPoint:
    proof = command.proof
    if proof is None:
        raise faults.Unavailable(missing="enclave_root", reason="no root certificate of machines is configured")
    refused = faults.KeyPermissionDenied(resource=context.key.id)
    if proof.expires_ms <= context.now_ms:
        raise refused
    for point in context.uow.of(CapsuleAccessPoint).find({"ring": context.principal.ring, "kind": CUSTOM}):
        if point.enabled and hmac.compare_digest(point.public, proof.public):
            signed = f"{proof.expires_text}\n{command.capsule}".encode()
            if context.gate.vault.verify_rsa(point.public, signed, proof.signature):
                return point
    raise refused


def _require_allowed(context: Context, head: dict[str, str], point: CapsuleAccessPoint) -> None:
    policy: PolicyText | None = None
    if "policy" in head:
        policy = read_policy(head["policy"])
    else:
        stored = context.uow.of(CapsulePolicy).get(head.get("policy_id", ""))
        if stored is not None and stored.ring == context.principal.ring:
            policy = read_policy(stored.text)
            context.uow.of(CapsulePolicy).put(replace(stored, used_ms=context.now_ms))
    if policy is None or not policy.allows(find_capsule_access_point(context, point.id), context.now_ms):
        raise faults.KeyPermissionDenied(resource=context.key.id)
