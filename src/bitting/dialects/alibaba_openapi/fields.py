"""Fields that rows of several groups share."""

from __future__ import annotations

from bitting.core.model.key import Key
from bitting.dialects.alibaba_openapi.codecs import AnyKey, EncryptionContext, OnlyKeyId
from bitting.dialects.alibaba_openapi.rows import checked, given
from bitting.dialects.base.codecs import Flag, Text

TEXT = Text()
ANY_KEY = given("KeyId", AnyKey(), "key", required=True)
KEY_ID = given("KeyId", OnlyKeyId(), "key", required=True)
CONTEXT = given("EncryptionContext", EncryptionContext(), "aad")
DRY_RUN = checked("DryRun", Flag())


def key_arn(key: Key) -> str:
    """``acs:kms:<region>:<account>:key/<id>``."""
    return f"acs:kms:{key.region}:{key.account_id}:key/{key.id}"
