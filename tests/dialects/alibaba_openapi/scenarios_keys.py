"""How the error rows of keys, cryptography and imports are met: request and filled holes by test id."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

Scenario = Callable[[Any], tuple[Any, dict[str, str]]]
NOBODY = "00000000-0000-0000-0000-000000000000"
DIGEST = base64.b64encode(bytes(32)).decode()


def signed(api: Any, action: str, **parameters: str) -> tuple[Any, dict[str, str]]:
    return api.signer.v3(action, parameters), {}


def pair(api: Any, spec: str = "RSA_2048", usage: str = "") -> dict[str, str]:
    """A key and its version, as the asymmetric operations want them."""
    made = api.ok("CreateKey", {"KeySpec": spec, **({"KeyUsage": usage} if usage else {})})["KeyMetadata"]
    return {"KeyId": made["KeyId"], "KeyVersionId": made["PrimaryKeyVersion"]}


def rsa(api: Any) -> dict[str, str]:
    return pair(api, "RSA_2048", "ENCRYPT/DECRYPT")


def wrapper(api: Any) -> dict[str, str]:
    """Somebody's RSA public key: that of an import, since it is at hand."""
    key_id = api.key(Origin="EXTERNAL")
    given = {"KeyId": key_id, "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}
    public = api.ok("GetParametersForImport", given)["PublicKey"]
    return {"PublicKeyBlob": public, "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}


def unknown_version(api: Any) -> Any:
    return signed(api, "DescribeKeyVersion", KeyId=api.key(), KeyVersionId=NOBODY)


def other_algorithm(api: Any) -> Any:
    return signed(api, "AsymmetricEncrypt", **rsa(api), Algorithm="SM2PKE", Plaintext="eA==")


def other_source_algorithm(api: Any) -> Any:
    made = rsa(api)
    source = {"SourceKeyId": made["KeyId"], "SourceKeyVersionId": made["KeyVersionId"]}
    given = {"CiphertextBlob": "AAAA", "DestinationKeyId": api.key(), "SourceEncryptionAlgorithm": "SM2PKE"}
    return signed(api, "ReEncrypt", **source, **given)


def too_long(api: Any) -> Any:
    plaintext = base64.b64encode(bytes(191)).decode()
    return signed(api, "AsymmetricEncrypt", **rsa(api), Algorithm="RSAES_OAEP_SHA_256", Plaintext=plaintext)


def too_long_to_export(api: Any) -> Any:
    return signed(api, "GenerateAndExportDataKey", KeyId=api.key(), NumberOfBytes="191", **wrapper(api))


def too_long_data_key(api: Any) -> Any:
    blob = api.ok("GenerateDataKeyWithoutPlaintext", {"KeyId": api.key(), "NumberOfBytes": "191"})["CiphertextBlob"]
    return signed(api, "ExportDataKey", CiphertextBlob=blob, **wrapper(api))


def wrong_digest(api: Any) -> Any:
    return signed(api, "AsymmetricSign", **pair(api, "EC_P256"), Algorithm="ECDSA_SHA_256", Digest="AAAA")


def version_too_soon(api: Any) -> Any:
    return signed(api, "CreateKeyVersion", KeyId=pair(api, "EC_P256")["KeyId"])


def foreign_version(api: Any) -> str:
    """A ciphertext that names the version of an asymmetric key."""
    version = pair(api, "EC_P256")["KeyVersionId"]
    return base64.b64encode(b"\x24\x00\x02" + version.encode() + bytes(40)).decode()


def export_of_pair(api: Any) -> Any:
    return signed(api, "ExportDataKey", CiphertextBlob=foreign_version(api), **wrapper(api))


def move_from_pair(api: Any) -> Any:
    return signed(api, "ReEncrypt", CiphertextBlob=foreign_version(api), DestinationKeyId=api.key())


def move_to_pair(api: Any) -> Any:
    blob = api.ok("Encrypt", {"KeyId": api.key(), "Plaintext": "eA=="})["CiphertextBlob"]
    return signed(api, "ReEncrypt", CiphertextBlob=blob, DestinationKeyId=rsa(api)["KeyId"])


def token_of(api: Any, key_id: str) -> str:
    given = {"KeyId": key_id, "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}
    token: str = api.ok("GetParametersForImport", given)["ImportToken"]
    return token


def bring(api: Any, key_id: str, token: str) -> Any:
    given = {"KeyId": key_id, "ImportToken": token, "EncryptedKeyMaterial": "AAAA", "KeyMaterialExpireUnix": "0"}
    return signed(api, "ImportKeyMaterial", **given)


def bad_material(api: Any) -> Any:
    key_id = api.key(Origin="EXTERNAL")
    return bring(api, key_id, token_of(api, key_id))


def other_keys_token(api: Any) -> Any:
    return bring(api, api.key(Origin="EXTERNAL"), token_of(api, api.key(Origin="EXTERNAL")))


def old_token(api: Any) -> Any:
    key_id = api.key(Origin="EXTERNAL")
    token = token_of(api, key_id)
    api.runtime.clock.advance(days=1)
    return bring(api, key_id, token)


def own_material(api: Any) -> Any:
    given = {"WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}
    return signed(api, "GetParametersForImport", KeyId=api.key(), **given)


def replayed(api: Any) -> Any:
    request = api.signer.v3("DescribeKey", {"KeyId": api.key()})
    assert api.send(request).status == 200
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
