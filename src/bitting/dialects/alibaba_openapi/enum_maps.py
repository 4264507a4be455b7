"""How this API spells the domain's values. The first word of a value is the one sent back.

Sources: CreateKey, DescribeKey and ListKeys of the KMS API reference; "Key management types and key
specifications". Specs that only other APIs make keep the domain's own word in answers.
"""

from __future__ import annotations

from bitting.core.model.key import KeyState, Origin, RotationState
from bitting.core.specs import Algorithm, Usage
from bitting.dialects.base.codecs import Choice

SPECS = {
    "Aliyun_AES_256": "AES_256",
    "Aliyun_AES_192": "AES_192",
    "Aliyun_AES_128": "AES_128",
    "Aliyun_SM4": "SM4",
    "RSA_2048": "RSA_2048",
    "RSA_3072": "RSA_3072",
    "RSA_4096": "RSA_4096",
    "EC_P256": "EC_P256",
    "EC_P256K": "EC_SECP256K1",
    "EC_SM2": "SM2",
    # The documents name the algorithms of MAC keys, not their specs: a spec has one algorithm, so it has its name.
    "HMAC_SHA_256": "HMAC_SHA256",
    "HMAC_SHA_224": "HMAC_SHA224",
    "HMAC_SHA_384": "HMAC_SHA384",
    "HMAC_SHA_512": "HMAC_SHA512",
    "HMAC_SM3": "HMAC_SM3",
}
#: The documents name no usage for MAC keys; this is spelled as the other two are.
USAGES = {
    "ENCRYPT/DECRYPT": Usage.ENCRYPT.value,
    "SIGN/VERIFY": Usage.SIGN.value,
    "GENERATE/VERIFY_MAC": Usage.MAC.value,
}
#: Agreement keys are made by other APIs only.
USAGES_SHOWN = USAGES | {"KEY_AGREEMENT": Usage.AGREE.value}
STATES = {
    "Enabled": KeyState.ENABLED,
    "Disabled": KeyState.DISABLED,
    "PendingDeletion": KeyState.PENDING_DELETION,
    "PendingImport": KeyState.PENDING_IMPORT,
}
ORIGINS = {"Aliyun_KMS": Origin.INTERNAL, "EXTERNAL": Origin.EXTERNAL}
LEVELS = {"SOFTWARE": "software", "HSM": "hsm"}
ROTATIONS = {
    "Enabled": RotationState.ENABLED,
    "Disabled": RotationState.DISABLED,
    "Suspended": RotationState.SUSPENDED,
}

#: AsymmetricEncrypt and its kin. ECIES is what the Instance API has for EC keys made to encrypt.
ENCRYPTIONS = {
    "RSAES_OAEP_SHA_256": Algorithm.RSA_OAEP_SHA256,
    "RSAES_OAEP_SHA_1": Algorithm.RSA_OAEP_SHA1,
    "SM2PKE": Algorithm.SM2_ENCRYPT,
    "ECIES_DH_SHA_1_XOR_HMAC": Algorithm.ECIES_SHA1_XOR_HMAC,
}
#: The first four are documented; the others are for keys that only other APIs make, in the same spelling.
SIGNATURES = {
    "RSA_PSS_SHA_256": Algorithm.RSA_PSS_SHA256,
    "RSA_PKCS1_SHA_256": Algorithm.RSA_PKCS1_SHA256,
    "ECDSA_SHA_256": Algorithm.ECDSA_SHA256,
    "SM2DSA": Algorithm.SM2_SM3,
    "RSA_PSS_SHA_384": Algorithm.RSA_PSS_SHA384,
    "RSA_PSS_SHA_512": Algorithm.RSA_PSS_SHA512,
    "RSA_PKCS1_SHA_384": Algorithm.RSA_PKCS1_SHA384,
    "RSA_PKCS1_SHA_512": Algorithm.RSA_PKCS1_SHA512,
    "ECDSA_SHA_384": Algorithm.ECDSA_SHA384,
    "ED25519PH": Algorithm.ED25519PH,
}
MACS = {
    "HMAC_SM3": Algorithm.HMAC_SM3,
    "HMAC_SHA_224": Algorithm.HMAC_SHA224,
    "HMAC_SHA_256": Algorithm.HMAC_SHA256,
    "HMAC_SHA_384": Algorithm.HMAC_SHA384,
    "HMAC_SHA_512": Algorithm.HMAC_SHA512,
}
CIPHERS = {
    "AES_GCM": Algorithm.AES_GCM,
    "SM4_GCM": Algorithm.SM4_GCM,
    "AES_CBC": Algorithm.AES_CBC,
    "AES_ECB": Algorithm.AES_ECB,
    "SM4_CBC": Algorithm.SM4_CBC,
    "SM4_ECB": Algorithm.SM4_ECB,
}
#: GetParametersForImport: how the core names the wrapping, and the spec of its pair.
WRAPPINGS = {
    "RSAES_PKCS1_V1_5": "RSAES_PKCS1_V1_5",
    "RSAES_OAEP_SHA_1": "RSA_OAEP_SHA1",
    "RSAES_OAEP_SHA_256": "RSA_OAEP_SHA256",
    "SM2PKE": "SM2_ENCRYPT",
}
WRAPPING_SPECS = {"RSA_2048": "RSA_2048", "EC_SM2": "SM2"}

encryption = Choice(ENCRYPTIONS)
export_wrapping = Choice({word: ENCRYPTIONS[word] for word in ("RSAES_OAEP_SHA_256", "RSAES_OAEP_SHA_1", "SM2PKE")})
signing = Choice(SIGNATURES)
mac = Choice(MACS)
cipher = Choice(CIPHERS)
wrapping = Choice(WRAPPINGS)
wrapping_spec = Choice(WRAPPING_SPECS)
padding = Choice({"PKCS7_PADDING": True, "NO_PADDING": False})
spec = Choice(SPECS)
usage = Choice(USAGES)
usage_shown = Choice(USAGES_SHOWN)
origin = Choice(ORIGINS)
level = Choice(LEVELS)
rotation = Choice(ROTATIONS)


#: A key frozen through another API cannot be used here either; of the four words Disabled says that best.
_STATE_WORDS = {value: word for word, value in STATES.items()} | {KeyState.FROZEN: "Disabled"}


def state(value: KeyState) -> str:
    """The key state's word."""
    return _STATE_WORDS[value]


charge = Choice({"POSTPAY": "postpaid", "PREPAY": "prepaid"})
INSTANCE_STATES = {"Connected": "connected", "Uninitialized": "uninitialized"}
instance_state = Choice(INSTANCE_STATES)
