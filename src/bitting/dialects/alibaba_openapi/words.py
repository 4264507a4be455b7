"""How this API spells the domain's values. The first word of a value is the one sent back.

Sources: CreateKey, DescribeKey and ListKeys of the KMS API reference; "Key management types and key
specifications". Specs that only other APIs make keep the domain's own word in answers.
"""

from __future__ import annotations

from bitting.core.model.key import KeyState, Origin, RotationState
from bitting.core.specs import Usage
from bitting.dialects.base.kinds import Choice

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
}
USAGES = {"ENCRYPT/DECRYPT": Usage.ENCRYPT.value, "SIGN/VERIFY": Usage.SIGN.value}
#: The documents name no usage for MAC and agreement keys; these are only ever sent back.
USAGES_SHOWN = USAGES | {"GENERATE/VERIFY_MAC": Usage.MAC.value, "KEY_AGREEMENT": Usage.AGREE.value}
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
