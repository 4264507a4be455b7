"""Rows of managed data keys and of challenges, additions of 2026.

Source: KMS API reference 2016-01-20 as the SDK 3.3 carries it. It does not say how a managed data key comes to be:
here an operator makes it (``POST /bitting/v1/accounts/{account_id}/data-keys``). A version's name is under ``acs/``,
where nobody can make a secret.
"""

from __future__ import annotations

from bitting.core.model.access import ManagedDataKey
from bitting.core.usecases.crypto import attested_recipients, managed_data_keys
from bitting.dialects.alibaba_openapi.access.codecs import name
from bitting.dialects.alibaba_openapi.rows import PAGE_NUMBER, PAGE_SIZE, TOTAL, Rpc, given, page_size
from bitting.dialects.base.codecs import Base64, Digits, EncodeOnly, Flag, Items, Text
from bitting.dialects.base.operation import Field, Record

_TEXT = Text()
_NAME = given("DataKeyName", name, "name", required=True)


def _version_name(record: ManagedDataKey) -> str:
    return f"acs/datakey/{record.name}/{record.number}"


ROWS = (
    Rpc(
        name="GetManagedDataKey",
        use=managed_data_keys.get,
        request=(_NAME, given("DataKeyVersionId", Text(1, 64), "version"), given("UseLatest", Flag(), "latest")),
        response=(
            Field("DataKeyName", _TEXT, of="record.name"),
            Field("DataKeyVersionId", Digits(), of="record.number"),
            Field("DataKeyVersionName", EncodeOnly(_version_name), of="record"),
            Field("Plaintext", Base64(), of="plaintext"),
        ),
    ),
    Rpc(
        name="ListManagedDataKeyVersions",
        use=managed_data_keys.list_versions,
        page_size=PAGE_SIZE,
        request=(_NAME, PAGE_NUMBER, page_size(1, 100)),
        response=(
            Field("DataKeyName", _TEXT, of="name"),
            Field(
                "ManagedDataKeyVersions",
                Items(
                    Record(
                        Field("DataKeyVersionId", Digits(), of="number"),
                        Field("DataKeyVersionName", EncodeOnly(_version_name)),
                    ),
                    wrap="ManagedDataKeyVersion",
                ),
                of="versions",
            ),
            TOTAL,
        ),
    ),
    Rpc(
        name="GetChallenge",
        use=attested_recipients.challenge,
        response=(Field("ChallengeToken", Base64(), of="token"), Field("Nonce", Base64(), of="nonce")),
    ),
)
