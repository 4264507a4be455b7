"""A private key nobody registered, for clients that take one without its file."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


def private_key() -> str:
    """A fresh RSA 2048 key: base64 of PKCS #8."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pkcs8 = (serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return base64.b64encode(key.private_bytes(*pkcs8)).decode("ascii")
