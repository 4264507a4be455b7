"""Data key pairs: a new asymmetric pair, its private key also encrypted under a key.

::

    generate_data_key_pair   key, pair spec -> public, private, private under the key

Cold on purpose: an RSA pair takes from 50 ms to seconds, so it is made on a worker thread.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.model.key import KeyRef
from bitting.core.pem import PRIVATE_KEY, PUBLIC_KEY, armour
from bitting.core.ports import KeyPair
from bitting.core.reveal import reveal
from bitting.core.specs import SPECS, Algorithm, KeySpec, Usage
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
class GenerateDataKeyPair:
    """``spec``: a name of :data:`bitting.core.specs.SPECS`. ``pem``: both halves (and what is sealed) in PEM.

    ``with_private``: whether the answer has the private key in plaintext.
    """

    key: KeyRef
    spec: str
    pem: bool = False
    with_private: bool = True
    aad: bytes = b""
    algorithm: Algorithm | None = None
    version: str = PRIMARY


@dataclass(slots=True)
class DataKeyPair:
    """``private``: PKCS #8, in plaintext; empty where the caller did not want it. ``public``: SPKI."""

    encrypted: Encrypted
    spec: str
    public: bytes
    private: bytes = field(repr=False)


def _key(command: GenerateDataKeyPair) -> KeyRef:
    return command.key


@use_case("key:generate_data_key", key=_key, states="use")
def generate_data_key_pair(context: Context, command: GenerateDataKeyPair) -> DataKeyPair:
    """A new pair. Decrypting ``encrypted`` yields exactly the bytes of ``private``.

    Raises ``SymmetricKeyRequired``, ``UsageMismatch``, ``AlgorithmMismatch``, ``InvalidParameter`` (a spec
    without a public half), ``UnsupportedKeySpec``, ``ConcurrencyExceeded`` (an instance makes one at a time).
    """
    key = context.key
    require_symmetric(key)
    algorithm = select_algorithm(key, command.algorithm, Usage.ENCRYPT)
    version = select_version(context, command.version)
    spec = SPECS.get(command.spec)
    if spec is None or not spec.family.asymmetric:
        raise faults.InvalidParameter(parameter="spec", reason="enum")
    pair = _make(context, spec)
    private, public = reveal(pair.private), pair.public
    if command.pem:
        private, public = armour(PRIVATE_KEY, private), armour(PUBLIC_KEY, public)
    order = Encrypt(command.key, private, command.aad)
    encrypted = encrypt_with_handle(context, context.handle(version), order, version, algorithm)
    return DataKeyPair(encrypted, command.spec, public, private if command.with_private else b"")


def _make(context: Context, spec: KeySpec) -> KeyPair:
    """A fresh pair. Callers of a dedicated instance get one at a time (Alibaba Cloud, GenerateDataKeyPair)."""
    gate, instance_id = context.gate, context.principal.instance_id
    if not instance_id:
        return gate.vault.key_pair(spec)
    with gate.throttle.exclusive(f"key_pair/{instance_id}"):
        return gate.vault.key_pair(spec)
