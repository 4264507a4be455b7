"""The audit key: an Ed25519 key that signs heads and checkpoints and nothing else.

::

    DIR/signing.key   the private key, wrapped under the root key        DIR/public.pem   the public key

While the server is sealed nothing is signed; records are chained all the same, and signed once it is opened.
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from bitting.core.faults import Fault
from bitting.core.ports import Vault

PRIVATE_NAME, PUBLIC_NAME = "signing.key", "public.pem"
#: The private key travels as a token of the vault: hexadecimal text under the root key, bound to this purpose.
_BINDING = b"audit signing key 1"


class Signer:
    """Signs with the key in ``directory``; makes it if there is none."""

    def __init__(self, directory: Path, vault: Vault) -> None:
        self._directory = directory
        self._vault = vault
        self._key: Ed25519PrivateKey | None = None

    def sign(self, message: bytes) -> str:
        """The signature in hexadecimal; empty while the root key is not there. Raises ``OSError``."""
        if self._key is None:
            try:
                self._key = self._open()
            except Fault:
                return ""
        return self._key.sign(message).hex()

    def public(self) -> Ed25519PublicKey | None:
        """The public half; None while the root key is not there. Raises ``OSError``."""
        self.sign(b"")
        return self._key.public_key() if self._key is not None else None

    def _open(self) -> Ed25519PrivateKey:
        """Of two processes that find no key one makes it: linking a finished file into place happens once."""
        place = self._directory / PRIVATE_NAME
        if not place.exists():
            key = Ed25519PrivateKey.generate()
            made = self._directory / f"{PRIVATE_NAME}.{os.getpid()}"
            wrapped = self._vault.wrap_token(key.private_bytes_raw().hex(), _BINDING)
            _write(made, wrapped)
            try:
                os.link(made, place)
            except FileExistsError:
                pass
            finally:
                made.unlink()
        text = self._vault.unwrap_token(place.read_bytes(), _BINDING)
        key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(text))
        pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        public = self._directory / PUBLIC_NAME
        if not public.exists() or public.read_bytes() != pem:
            _write(public, pem)
        return key


def verify(public: Ed25519PublicKey, signature: str, message: bytes) -> bool:
    """Whether the signature, hexadecimal, is by the key over the message."""
    try:
        public.verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def read_public(path: Path) -> Ed25519PublicKey:
    """The key of a PEM file. Raises ``OSError`` or ``ValueError``."""
    key = load_pem_public_key(path.read_bytes())
    if not isinstance(key, Ed25519PublicKey):
        msg = f"{path} holds no Ed25519 key"
        raise ValueError(msg)  # noqa: TRY004 - the file is wrong, not a type in the program
    return key


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
