"""Material made elsewhere, wrapped by the openssl command for an API to import."""

from __future__ import annotations

import base64
import shutil
import subprocess
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

OPENSSL = shutil.which("openssl")
PADDINGS = {
    "RSAES_OAEP_SHA_256": padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None),
    "RSAES_OAEP_SHA_1": padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None),
    "RSAES_PKCS1_V1_5": padding.PKCS1v15(),
}


def parameters(api: Any, key_id: str, algorithm: str = "RSAES_OAEP_SHA_256") -> dict[str, str]:
    spec = "EC_SM2" if algorithm == "SM2PKE" else "RSA_2048"
    given = {"KeyId": key_id, "WrappingAlgorithm": algorithm, "WrappingKeySpec": spec}
    found: dict[str, str] = api.ok("GetParametersForImport", given)
    return found


def wrapped(public: str, material: bytes, algorithm: str = "RSAES_OAEP_SHA_256") -> str:
    key = load_der_public_key(base64.b64decode(public))
    assert isinstance(key, rsa.RSAPublicKey)
    return base64.b64encode(key.encrypt(material, PADDINGS[algorithm])).decode()


def request(api: Any, key_id: str, material: bytes, expires: int = 0, algorithm: str = "RSAES_OAEP_SHA_256") -> Any:
    """The parameters of ImportKeyMaterial."""
    found = parameters(api, key_id, algorithm)
    return {
        "KeyId": key_id,
        "ImportToken": found["ImportToken"],
        "EncryptedKeyMaterial": wrapped(found["PublicKey"], material, algorithm),
        "KeyMaterialExpireUnix": str(expires),
    }


def openssl(*arguments: object, stdin: bytes = b"") -> bytes:
    assert OPENSSL is not None
    done = subprocess.run([OPENSSL, *map(str, arguments)], input=stdin, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def openssl_wrapped(directory: Path, public: str, material: bytes, options: list[str]) -> str:
    """The same by the command: ``options`` of pkeyutl."""
    path = directory / "wrapping.der"
    path.write_bytes(base64.b64decode(public))
    sealed = openssl("pkeyutl", "-encrypt", "-pubin", "-keyform", "DER", "-inkey", path, *options, stdin=material)
    return base64.b64encode(sealed).decode()
