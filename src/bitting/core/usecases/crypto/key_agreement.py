"""Key agreement: ECDH between a stored key and the caller's public key.

::

    derive   key, peer (SubjectPublicKeyInfo) -> x coordinate of the shared point

A caller inside an enclave would have the secret encrypted to the public key in its attestation document. This
service has no root certificate to verify such a document with: it refuses the request.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.model.key import Key, KeyRef
from bitting.core.ports import CanAgree
from bitting.core.specs import SPECS, Usage
from bitting.core.usecases.crypto.encryption import select_algorithm

_SIGNED = 0x84  # CBOR: an array of four, which COSE_Sign1 is (RFC 9052); D2 before it is its tag
_TAG = 0xD2
_BYTES_LEAST, _BYTES_MOST = 0x40, 0x5B  # CBOR: a byte string, the protected header


@dataclass(slots=True)
class Derive:
    """``peer``: SubjectPublicKeyInfo, DER. ``attestation``: an enclave's document, empty for none."""

    key: KeyRef
    peer: bytes
    attestation: bytes = b""


@dataclass(slots=True)
class SharedSecret:
    """``secret`` is returned in plaintext."""

    key: Key
    secret: bytes = field(repr=False)


def _key(command: Derive) -> KeyRef:
    return command.key


def refuse_attestation(document: bytes) -> None:
    """Always raises: the document is malformed, or there is no root certificate to verify it with.

    Raises ``InvalidParameter`` (attestation) or ``Unavailable`` (``missing`` enclave_root).
    """
    found = document[1:] if document[:1] == bytes([_TAG]) else document
    signed = len(found) > 4 and found[0] == _SIGNED and _BYTES_LEAST <= found[1] <= _BYTES_MOST
    if not signed:
        raise faults.InvalidParameter(parameter="attestation", reason="format")
    raise faults.Unavailable(missing="enclave_root", reason="no enclave root certificate is configured")


@use_case("key:derive", key=_key, states="use", hot=True)
def derive(context: Context, command: Derive) -> SharedSecret:
    """The shared secret.

    Raises ``AsymmetricKeyRequired``, ``UsageMismatch``, ``InvalidParameter`` (peer, attestation), ``Unavailable``.
    """
    family = SPECS[context.key.spec].family
    if not family.asymmetric:
        raise faults.AsymmetricKeyRequired(key_id=context.key.id, family=family.value)
    select_algorithm(context.key, None, Usage.AGREE)
    if command.attestation:
        refuse_attestation(command.attestation)
    handle = context.handle()
    if not isinstance(handle, CanAgree):
        raise faults.UnsupportedOperation(key_id=context.key.id)
    return SharedSecret(context.key, handle.agree(command.peer))
