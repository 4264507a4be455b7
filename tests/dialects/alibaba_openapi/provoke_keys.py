"""How the error rows of keys, cryptography and imports are met: request and filled holes by test id."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

Scenario = Callable[[Any], tuple[Any, dict[str, str]]]
NOBODY = "00000000-0000-0000-0000-000000000000"
DIGEST = base64.b64encode(bytes(32)).decode()


def signed(door: Any, action: str, **parameters: str) -> tuple[Any, dict[str, str]]:
    return door.signer.v3(action, parameters), {}


def pair(door: Any, spec: str = "RSA_2048", usage: str = "") -> dict[str, str]:
    """A key and its version, as the asymmetric operations want them."""
    made = door.ok("CreateKey", {"KeySpec": spec, **({"KeyUsage": usage} if usage else {})})["KeyMetadata"]
    return {"KeyId": made["KeyId"], "KeyVersionId": made["PrimaryKeyVersion"]}


def rsa(door: Any) -> dict[str, str]:
    return pair(door, "RSA_2048", "ENCRYPT/DECRYPT")


def wrapper(door: Any) -> dict[str, str]:
    """Somebody's RSA public key: that of an import, since it is at hand."""
    key_id = door.key(Origin="EXTERNAL")
    given = {"KeyId": key_id, "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}
    public = door.ok("GetParametersForImport", given)["PublicKey"]
    return {"PublicKeyBlob": public, "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}


def unknown_version(door: Any) -> Any:
    return signed(door, "DescribeKeyVersion", KeyId=door.key(), KeyVersionId=NOBODY)


def other_algorithm(door: Any) -> Any:
    return signed(door, "AsymmetricEncrypt", **rsa(door), Algorithm="SM2PKE", Plaintext="eA==")


def other_source_algorithm(door: Any) -> Any:
    made = rsa(door)
    source = {"SourceKeyId": made["KeyId"], "SourceKeyVersionId": made["KeyVersionId"]}
    given = {"CiphertextBlob": "AAAA", "DestinationKeyId": door.key(), "SourceEncryptionAlgorithm": "SM2PKE"}
    return signed(door, "ReEncrypt", **source, **given)


def too_long(door: Any) -> Any:
    plaintext = base64.b64encode(bytes(191)).decode()
    return signed(door, "AsymmetricEncrypt", **rsa(door), Algorithm="RSAES_OAEP_SHA_256", Plaintext=plaintext)


def too_long_to_export(door: Any) -> Any:
    return signed(door, "GenerateAndExportDataKey", KeyId=door.key(), NumberOfBytes="191", **wrapper(door))


def too_long_data_key(door: Any) -> Any:
    blob = door.ok("GenerateDataKeyWithoutPlaintext", {"KeyId": door.key(), "NumberOfBytes": "191"})["CiphertextBlob"]
    return signed(door, "ExportDataKey", CiphertextBlob=blob, **wrapper(door))


def wrong_digest(door: Any) -> Any:
    return signed(door, "AsymmetricSign", **pair(door, "EC_P256"), Algorithm="ECDSA_SHA_256", Digest="AAAA")


def version_too_soon(door: Any) -> Any:
    return signed(door, "CreateKeyVersion", KeyId=pair(door, "EC_P256")["KeyId"])


def foreign_version(door: Any) -> str:
    """A ciphertext that names the version of an asymmetric key."""
    version = pair(door, "EC_P256")["KeyVersionId"]
    return base64.b64encode(b"\x24\x00\x02" + version.encode() + bytes(40)).decode()


def export_of_pair(door: Any) -> Any:
    return signed(door, "ExportDataKey", CiphertextBlob=foreign_version(door), **wrapper(door))


def move_from_pair(door: Any) -> Any:
    return signed(door, "ReEncrypt", CiphertextBlob=foreign_version(door), DestinationKeyId=door.key())


def move_to_pair(door: Any) -> Any:
    blob = door.ok("Encrypt", {"KeyId": door.key(), "Plaintext": "eA=="})["CiphertextBlob"]
    return signed(door, "ReEncrypt", CiphertextBlob=blob, DestinationKeyId=rsa(door)["KeyId"])


def token_of(door: Any, key_id: str) -> str:
    given = {"KeyId": key_id, "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}
    token: str = door.ok("GetParametersForImport", given)["ImportToken"]
    return token


def bring(door: Any, key_id: str, token: str) -> Any:
    given = {"KeyId": key_id, "ImportToken": token, "EncryptedKeyMaterial": "AAAA", "KeyMaterialExpireUnix": "0"}
    return signed(door, "ImportKeyMaterial", **given)


def bad_material(door: Any) -> Any:
    key_id = door.key(Origin="EXTERNAL")
    return bring(door, key_id, token_of(door, key_id))


def other_keys_token(door: Any) -> Any:
    return bring(door, door.key(Origin="EXTERNAL"), token_of(door, door.key(Origin="EXTERNAL")))


def old_token(door: Any) -> Any:
    key_id = door.key(Origin="EXTERNAL")
    token = token_of(door, key_id)
    door.runtime.clock.advance(days=1)
    return bring(door, key_id, token)


def own_material(door: Any) -> Any:
    given = {"WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}
    return signed(door, "GetParametersForImport", KeyId=door.key(), **given)


def replayed(door: Any) -> Any:
    request = door.signer.v3("DescribeKey", {"KeyId": door.key()})
    assert door.send(request).status == 200
    return request, {}


KEYS: dict[str, Scenario] = {
    "alibaba_openapi/SignatureNonceUsed/NonceReused/DescribeKey": replayed,
    "alibaba_openapi/Forbidden.KeyVersionNotFound/KeyVersionNotFound/DescribeKeyVersion": unknown_version,
    "alibaba_openapi/InvalidParameter/AlgorithmMismatch/AsymmetricEncrypt": other_algorithm,
    "alibaba_openapi/InvalidParameter/AlgorithmMismatch/ReEncrypt": other_source_algorithm,
    "alibaba_openapi/InvalidParameter/PlaintextTooLong/AsymmetricEncrypt": too_long,
    "alibaba_openapi/InvalidParameter/PlaintextTooLong/GenerateAndExportDataKey": too_long_to_export,
    "alibaba_openapi/InvalidParameter/PlaintextTooLong/ExportDataKey": too_long_data_key,
    "alibaba_openapi/InvalidParameter/DigestLengthMismatch/AsymmetricSign": wrong_digest,
    "alibaba_openapi/InvalidParameter/KeyKindFault/ExportDataKey": export_of_pair,
    "alibaba_openapi/InvalidParameter/KeyKindFault/ReEncrypt": move_from_pair,
    "alibaba_openapi/InvalidParameter/SymmetricKeyRequired/ReEncrypt": move_to_pair,
    "alibaba_openapi/Rejected.LimitExceeded/QuotaExceeded/CreateKeyVersion": version_too_soon,
    "alibaba_openapi/InvalidKeyMaterial/InvalidKeyMaterial/ImportKeyMaterial": bad_material,
    "alibaba_openapi/InvalidImportToken/InvalidImportToken/ImportKeyMaterial": other_keys_token,
    "alibaba_openapi/ExpiredImportToken/ExpiredImportToken/ImportKeyMaterial": old_token,
    "alibaba_openapi/Unsupported.Origin/UnsupportedOrigin/GetParametersForImport": own_material,
}
