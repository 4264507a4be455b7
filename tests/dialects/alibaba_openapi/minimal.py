"""The least that each operation reads without complaint about the parameters themselves."""

from __future__ import annotations

_SPKI = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"
COMMON = {
    "AliasName": "alias/a",
    "PendingWindowInDays": "7",
    "Plaintext": "eA==",
    "CiphertextBlob": "JAAC" + "AAAA" * 30,
    "Description": "text",
    "EnableDeletionProtection": "true",
    "EnableAutomaticRotation": "false",
    "KeyVersionId": "00000000-0000-0000-0000-000000000000",
    "Tags": '[{"TagKey":"a","TagValue":"b"}]',
    "TagKeys": "a",
    "RegionId": "cn-hangzhou",
    "ResourceType": "key",
    "Tag.1.Key": "a",
    "TagKey.1": "a",
    "Algorithm": "RSAES_OAEP_SHA_256",
    "Digest": "AAAA",
    "Value": "AAAA",
    "Message": "AAAA",
    "Mac": "AAAA",
    "PublicKeyBlob": _SPKI,
    "WrappingAlgorithm": "RSAES_OAEP_SHA_256",
    "WrappingKeySpec": "RSA_2048",
    "EncryptedKeyMaterial": "AAAA",
    "ImportToken": "AAAA",
    "KeyMaterialExpireUnix": "0",
}
ALGORITHMS = {
    "AsymmetricSign": "RSA_PSS_SHA_256",
    "AsymmetricVerify": "RSA_PSS_SHA_256",
    "GenerateMac": "HMAC_SHA_256",
    "VerifyMac": "HMAC_SHA_256",
    "AdvanceEncrypt": "AES_GCM",
}


def readable(action: str, key_id: str) -> dict[str, str]:
    """Parameters that bind, about this key; what they ask for need not be possible."""
    found = {**COMMON, "KeyId": key_id, "DestinationKeyId": key_id, "ResourceId.1": key_id}
    if action in ALGORITHMS:
        found["Algorithm"] = ALGORITHMS[action]
    return found
