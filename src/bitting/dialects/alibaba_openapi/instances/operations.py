"""Rows of KMS instances: software instances are logical key stores here.

Source: KMS API reference 2016-01-20, "instance management".
"""

from __future__ import annotations

from typing import Any

from bitting.core.usecases.instances import instances
from bitting.core.usecases.instances.instances import InstanceView
from bitting.dialects.alibaba_openapi.access.codecs import BindVpcs, ids, instance_id, plain_id
from bitting.dialects.alibaba_openapi.bodies import Envelope
from bitting.dialects.alibaba_openapi.enum_maps import charge, instance_state
from bitting.dialects.alibaba_openapi.keys.filters import InstanceFilters
from bitting.dialects.alibaba_openapi.rows import (
    PAGE_NUMBER,
    PAGE_SIZE_ACCESS,
    TOTAL,
    Rpc,
    given,
    page_size,
    paged_by,
)
from bitting.dialects.base.codecs import Choice, EncodeOnly, Flag, Integer, Items, Moment, Text
from bitting.dialects.base.operation import Field, Record

_TEXT, _MOMENT, _NUMBER, _FLAG = Text(), Moment(), Integer(0, 1 << 62), Flag()
_INSTANCE = given("KmsInstanceId", instance_id, "instance_id", required=True)
#: The generation of instances whose API this server speaks: clients compare it with 3.
PRODUCT_VERSION = "3"


def _product(seen: InstanceView) -> str:
    """Subscription or pay-as-you-go; the words of the China site."""
    return "kms_ddi_public_cn" if seen.settings.charge == "prepaid" else "kms_ppi_public_cn"


_NETWORK = Record(
    Field("VpcId", _TEXT, of="network_id"),
    Field("VSwitchId", _TEXT, of="switch_id"),
    Field("RegionId", _TEXT, of="region"),
    Field("VpcOwnerId", _TEXT, of="owner"),
)


def _described(chain: str) -> Record:
    return Record(
        Field("InstanceId", _TEXT, of="instance.id"),
        Field("InstanceName", _TEXT, of="instance.name"),
        Field("Status", instance_state, of="instance.state"),
        Field("CreateTime", _MOMENT, of="instance.created_ms"),
        Field("StartDate", _MOMENT, of="settings.started_ms"),
        Field("EndDate", _MOMENT, of="settings.expires_ms", omit=0),
        Field("ChargeType", charge, of="settings.charge"),
        Field("ProductType", EncodeOnly(_product)),
        Field("ProductVersion", EncodeOnly(lambda _: PRODUCT_VERSION)),
        Field("SaleStatus", EncodeOnly(lambda _: "normal")),  # an instance whose time is up is not there any more
        Field("KeyNum", _NUMBER, of="keys_max"),
        Field("SecretNum", EncodeOnly(str), of="secrets_max"),
        Field("VpcNum", _NUMBER, of="networks_max"),
        Field("Spec", _NUMBER, of="rate_max"),
        Field("Log", EncodeOnly(lambda _: 1)),  # every request reaches the audit trail; it cannot be switched off
        Field("LogStorage", EncodeOnly(lambda _: 0)),  # no storage is set aside for one instance's part of the trail
        Field("VpcId", _TEXT, of="settings.network_id"),
        Field("VswitchIds", Items(_TEXT), of="settings.switch_ids"),
        Field("ZoneIds", Items(_TEXT), of="settings.zone_ids"),
        Field("BindVpcs", Items(_NETWORK, wrap="BindVpc"), of="networks"),
        Field("DeletionProtection", _FLAG, of="settings.protected"),
        Field("DeletionProtectionDescription", _TEXT, of="settings.protection_note"),
        Field("CaCertificateChainPem", EncodeOnly(lambda _: chain)),
    )


_QUOTA = Record(
    Field("ResourceType", _TEXT, of="resource"),
    Field("ResourceQuota", _NUMBER, of="limit"),
    Field("UsedQuantity", _NUMBER, of="used"),
)


def _connecting(arguments: dict[str, Any], said: Envelope) -> None:  # noqa: ARG001
    """There is one provider of key stores; having named it is enough."""
    arguments.pop("KMProvider")


_CHANGES = (
    Rpc(
        name="ConnectKmsInstance",
        use=instances.connect,
        request=(
            _INSTANCE,
            given("KMProvider", Choice({"Aliyun": "Aliyun"}), required=True),
            given("VpcId", plain_id, "network_id", required=True),
            given("VSwitchIds", ids, "switch_ids", required=True),
            given("ZoneIds", ids, "zone_ids", required=True),
        ),
        settle=_connecting,
    ),
    Rpc(
        name="UpdateKmsInstanceBindVpc",
        use=instances.bind_networks,
        request=(_INSTANCE, given("BindVpcs", BindVpcs(), "networks", required=True)),
    ),
    Rpc(
        name="ReleaseKmsInstance",
        use=instances.release,
        request=(_INSTANCE, given("ForceDeleteWithoutBackup", _FLAG, "force")),
    ),
)


def rows(region: str, chain: str) -> tuple[Rpc, ...]:
    """The group's rows. ``chain``: the certificate authority that clients of instances trust (PEM)."""

    def arn(instance: Any) -> str:
        return f"acs:kms:{region}:{instance.account_id}:keystore/{instance.id}"

    listed = Record(Field("KmsInstanceId", _TEXT, of="id"), Field("KmsInstanceArn", EncodeOnly(arn)))
    return (
        *_CHANGES,
        Rpc(
            name="GetKmsInstance",
            use=instances.describe,
            request=(_INSTANCE,),
            response=(Field("KmsInstance", _described(chain)),),
        ),
        Rpc(
            name="ListKmsInstances",
            use=instances.list_,
            settle=paged_by(PAGE_SIZE_ACCESS),
            request=(PAGE_NUMBER, page_size(1, 100), given("Filters", InstanceFilters(), "where")),
            response=(Field("KmsInstances", Items(listed, wrap="KmsInstance"), of="instances"), TOTAL),
        ),
        Rpc(
            name="GetDefaultKmsInstance",
            use=instances.describe_default,
            response=(Field("DefaultKmsInstanceId", _TEXT, of="id"),),
        ),
        Rpc(
            name="GetKmsInstanceQuotaInfos",
            use=instances.quota_uses,
            request=(
                given("KmsInstanceId", instance_id, "instance_id"),
                given("ResourceType", Choice({word: word for word in instances.RESOURCES}), "resource"),
            ),
            response=(
                Field("KmsInstanceId", _TEXT, of="instance_id"),
                Field("KmsInstanceQuotaInfos", Items(_QUOTA), of="uses"),
            ),
        ),
    )
