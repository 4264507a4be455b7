"""Rows about the account and the service as a whole, and about keys' policies.

Sources: KMS API reference 2016-01-20; DescribeService as the Node SDK 1.2.0 has it.
"""

from __future__ import annotations

from bitting.core import faults
from bitting.core.model.identity import AccountState
from bitting.core.model.key import Key
from bitting.core.usecases.instances import service_activation
from bitting.core.usecases.instances.service_activation import SupportedSpec
from bitting.core.usecases.keys import key_policies
from bitting.dialects.alibaba_openapi import enum_maps
from bitting.dialects.alibaba_openapi.bodies import Envelope
from bitting.dialects.alibaba_openapi.codecs import AnyKey
from bitting.dialects.alibaba_openapi.keys.policies import ResourcePolicy, default_text
from bitting.dialects.alibaba_openapi.rows import Rpc, given
from bitting.dialects.base.codecs import EncodeOnly, Items, Text
from bitting.dialects.base.operation import Field, Record

_TEXT = Text()

#: The operations whose resource is a key, by the domain action they are. Key policies name these.
KEY_ACTIONS = {
    "AdvanceEncrypt": "key:encrypt",
    "AsymmetricDecrypt": "key:decrypt",
    "AsymmetricEncrypt": "key:encrypt",
    "AsymmetricSign": "key:sign",
    "AsymmetricVerify": "key:verify",
    "CancelKeyDeletion": "key:cancel_deletion",
    "CreateAlias": "alias:create",
    "CreateKeyVersion": "key:create_version",
    "Decrypt": "key:decrypt",
    "DeleteKeyMaterial": "key:delete_material",
    "DescribeKey": "key:describe",
    "DescribeKeyVersion": "key:describe_version",
    "DisableKey": "key:disable",
    "EnableKey": "key:enable",
    "Encrypt": "key:encrypt",
    "ExportDataKey": "key:export_data_key",
    "GenerateAndExportDataKey": "key:generate_and_export_data_key",
    "GenerateDataKey": "key:generate_data_key",
    "GenerateDataKeyWithoutPlaintext": "key:generate_data_key",
    "GenerateMac": "key:mac",
    "GetKeyPolicy": "key:get_policy",
    "GetParametersForImport": "key:import",
    "GetPublicKey": "key:public_key",
    "ImportKeyMaterial": "key:import",
    "ListAliasesByKeyId": "alias:list",
    "ListKeyVersions": "key:list_versions",
    "ListResourceTags": "key:list_tags",
    "ReEncrypt": "key:re_encrypt_from",
    "ReEncryptFrom": "key:re_encrypt_from",
    "ReEncryptTo": "key:re_encrypt_to",
    "ScheduleKeyDeletion": "key:schedule_deletion",
    "SetDeletionProtection": "key:set_protection",
    "SetKeyPolicy": "key:set_policy",
    "TagResource": "key:tag",
    "UntagResource": "key:untag",
    "UpdateAlias": "alias:update",
    "UpdateKeyDescription": "key:update_description",
    "UpdateRotationPolicy": "key:set_rotation",
    "VerifyMac": "key:mac",
}
KEY_POLICY = ResourcePolicy(KEY_ACTIONS)

#: DescribeAccountKmsStatus knows four words; every bar that is no debt is a suspension.
_STATUS = {
    AccountState.ACTIVE: "Enabled",
    AccountState.NOT_ENABLED: "NotEnabled",
    AccountState.IN_DEBT: "InDebt",
    AccountState.OVERDUE: "InDebt",
}
_POLICY_NAME = given("PolicyName", Text(1, 64))
_KEY_ID = given("KeyId", AnyKey(), "key", required=True)


def _policy(key: Key) -> str:
    return KEY_POLICY.encode(key.policy) if key.policy else default_text(key.account_id)


def _level(provider: str) -> str:
    return enum_maps.level.encode(provider)


def _usages(offer: SupportedSpec) -> dict[str, list[str]]:
    return {"Usage": [enum_maps.usage_shown.encode(usage.value) for usage in offer.spec.usages]}


_OFFER = Record(
    Field("Name", EncodeOnly(lambda offer: enum_maps.spec.encode(offer.spec.name))),
    Field("SupportedProtectionLevels", Items(EncodeOnly(_level), wrap="SupportedProtectionLevel"), of="providers"),
    Field("Usages", EncodeOnly(_usages)),
)


def _default_only(arguments: dict[str, object], said: Envelope) -> None:  # noqa: ARG001
    """A key has one policy, ``default``; any other name is documented as not found."""
    name = arguments.pop("PolicyName", "default")
    if name != "default":
        raise faults.ResourceNotFound(resource=str(name))


ROWS = (
    Rpc(
        name="GetKeyPolicy",
        use=key_policies.get,
        settle=_default_only,
        request=(_KEY_ID, _POLICY_NAME),
        response=(Field("Policy", EncodeOnly(_policy)),),
    ),
    Rpc(
        name="SetKeyPolicy",
        use=key_policies.set_,
        settle=_default_only,
        request=(_KEY_ID, given("Policy", KEY_POLICY, "policy", required=True), _POLICY_NAME),
    ),
    Rpc(name="OpenKmsService", use=service_activation.enable),
    Rpc(
        name="DescribeAccountKmsStatus",
        use=service_activation.describe,
        response=(Field("AccountStatus", EncodeOnly(lambda state: _STATUS.get(state, "Suspended")), of="state"),),
    ),
    Rpc(
        name="DescribeRegions",
        use=service_activation.regions,
        response=(Field("Regions", Items(Record(Field("RegionId", _TEXT)), wrap="Region")),),
    ),
    Rpc(
        name="DescribeService",
        use=service_activation.supported_specs,
        response=(
            Field(
                "ProtectionLevels",
                Items(Record(Field("Type", EncodeOnly(_level))), wrap="ProtectionLevel"),
                of="providers",
            ),
            Field("KeySpecs", Items(_OFFER, wrap="KeySpec"), of="specs"),
        ),
    ),
)
