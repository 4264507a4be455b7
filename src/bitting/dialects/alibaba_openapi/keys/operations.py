"""Keys, their versions and aliases, one row an operation.

Source: KMS API reference 2016-01-20, one page an operation, as the SDKs of 2026 carry it.
"""

from __future__ import annotations

from typing import Any

from bitting.core import faults
from bitting.core.model.key import Alias, RotationState
from bitting.core.usecases.keys import aliases, attributes, deletion, versions
from bitting.core.usecases.keys import lifecycle as keys
from bitting.dialects.alibaba_openapi import enum_maps
from bitting.dialects.alibaba_openapi.account.operations import KEY_POLICY
from bitting.dialects.alibaba_openapi.bodies import Envelope
from bitting.dialects.alibaba_openapi.codecs import AliasName, Interval, OnlyKeyId, Tags
from bitting.dialects.alibaba_openapi.fields import ANY_KEY, KEY_ID, TEXT, key_arn
from bitting.dialects.alibaba_openapi.instances import adapters as instance_adapters
from bitting.dialects.alibaba_openapi.keys import adapters as key_adapters
from bitting.dialects.alibaba_openapi.keys.filters import Filters, KeyFilter
from bitting.dialects.alibaba_openapi.rows import PAGE_NUMBER, TOTAL, Rpc, given, page_size, paged
from bitting.dialects.base.codecs import Choice, EncodeOnly, Flag, Integer, Items, Moment, Text
from bitting.dialects.base.operation import Field, Record

VERSIONS_MAX = 50
VERSION_INTERVAL_MS = 7 * 86_400_000


def filtered(arguments: dict[str, Any], said: Envelope) -> None:
    """A page of what the filters let through."""
    paged(arguments, said)
    wanted: KeyFilter = arguments.pop("Filters", None) or KeyFilter()
    arguments["where"], arguments["aliases"], arguments["tagged"] = wanted.where, wanted.aliases, wanted.tagged


def rotating(arguments: dict[str, Any], said: Envelope) -> None:  # noqa: ARG001
    """An interval is needed to switch rotation on. Raises ``MissingParameter``."""
    if arguments["enabled"] and "interval_s" not in arguments:
        raise faults.MissingParameter(parameter="RotationInterval")


class Metadata(Record):
    """A key's metadata; when it rotates next is said only where rotation is on, or would be but for its state."""

    def encode(self, value: Any) -> dict[str, Any]:
        """The fields of a key record."""
        answer = super().encode(value)
        if value.rotation is RotationState.DISABLED:
            answer.pop("NextRotationDate", None)
            answer.pop("RotationInterval", None)
        return answer


_METADATA = (
    Field("KeyId", TEXT, of="id"),
    Field("Arn", EncodeOnly(key_arn)),
    Field("Description", TEXT, of="description"),
    Field("KeyState", EncodeOnly(enum_maps.state), of="state"),
    Field("KeySpec", enum_maps.spec, of="spec"),
    Field("KeyUsage", enum_maps.usage_shown, of="usage"),
    Field("Origin", enum_maps.origin, of="origin"),
    Field("ProtectionLevel", enum_maps.level, of="protection"),
    Field("Creator", TEXT, of="account_id"),
    Field("CreationDate", Moment(), of="created_ms"),
    Field("DeleteDate", Moment(), of="deletion_due_ms"),
    Field("MaterialExpireTime", Moment(), of="material_expires_ms"),
    Field("PrimaryKeyVersion", TEXT, of="primary_version"),
    Field("AutomaticRotation", enum_maps.rotation, of="rotation"),
    Field("LastRotationDate", Moment(), of="rotated_ms"),
    Field("NextRotationDate", Moment(), of="rotation_due_ms", omit=0),
    Field("RotationInterval", Interval(0, 1 << 31), of="rotation_interval_s", omit=0),
    Field("DKMSInstanceId", TEXT, of="instance_id", omit=""),
)
_PROTECTION = (
    Field("DeletionProtection", EncodeOnly(lambda on: "Enabled" if on else "Disabled"), of="deletion_protection"),
    Field("DeletionProtectionDescription", TEXT, of="deletion_protection_note", omit=""),
)

KEYS = (
    Rpc(
        name="CreateKey",
        use=keys.create,
        composite=instance_adapters.create_key,
        request=(
            given("Description", Text(0, 8192), "description"),
            given("KeySpec", enum_maps.spec, "spec"),
            given("KeyUsage", enum_maps.usage, "usage"),
            given("Origin", enum_maps.origin, "origin"),
            given("ProtectionLevel", enum_maps.level, "protection"),
            given("DKMSInstanceId", Text(1, 256), "instance_id"),
            given("KeyStorageMechanism", Choice({"HsmInternal": "internal", "HsmEncryptedDatabase": "database"})),
            given("EnableAutomaticRotation", Flag()),
            given("RotationInterval", Interval(7 * 86400, 365 * 86400), "rotation_interval_s"),
            given("Policy", KEY_POLICY, "policy"),
            given("Tags", Tags(), "tags"),
        ),
        response=(Field("KeyMetadata", Metadata(*_METADATA)),),
    ),
    Rpc(
        name="DescribeKey",
        use=keys.describe,
        request=(ANY_KEY,),
        response=(Field("KeyMetadata", Metadata(*_METADATA, *_PROTECTION)),),
    ),
    Rpc(
        name="ListKeys",
        use=keys.list_,
        settle=filtered,
        request=(PAGE_NUMBER, page_size(1, 100), given("Filters", Filters())),
        response=(
            Field(
                "Keys",
                Items(Record(Field("KeyId", TEXT, of="id"), Field("KeyArn", EncodeOnly(key_arn))), wrap="Key"),
                of="keys",
            ),
            TOTAL,
        ),
    ),
    Rpc(name="EnableKey", use=keys.enable, request=(KEY_ID,)),
    Rpc(name="DisableKey", use=keys.disable, request=(KEY_ID,)),
    Rpc(
        name="ScheduleKeyDeletion",
        use=deletion.schedule_deletion,
        request=(KEY_ID, given("PendingWindowInDays", Integer(7, 366), "days", required=True)),
    ),
    Rpc(name="CancelKeyDeletion", use=deletion.cancel_deletion, request=(KEY_ID,)),
)


_VERSION = Record(
    Field("KeyId", TEXT, of="key_id"),
    Field("KeyVersionId", TEXT, of="id"),
    Field("CreationDate", Moment(), of="created_ms"),
)

DETAILS = (
    Rpc(
        name="UpdateKeyDescription",
        use=attributes.set_description,
        composite=key_adapters.update_description,
        request=(KEY_ID, given("Description", Text(0, 8192), "description")),
    ),
    Rpc(
        name="SetDeletionProtection",
        use=attributes.set_protection,
        composite=key_adapters.set_deletion_protection,
        arns=("KeyId", "ProtectedResourceArn"),
        request=(
            given("ProtectedResourceArn", OnlyKeyId()),
            given("KeyId", OnlyKeyId()),
            given("KmsInstanceId", Text(1, 256)),
            given("EnableDeletionProtection", Flag(), "enabled", required=True),
            given("DeletionProtectionDescription", Text(0, 8192), "note"),
        ),
    ),
    Rpc(
        name="CreateKeyVersion",
        use=versions.create_version,
        given={"family": "asymmetric", "most": VERSIONS_MAX, "interval_ms": VERSION_INTERVAL_MS, "shared_only": True},
        request=(ANY_KEY,),
        response=(Field("KeyVersion", _VERSION),),
    ),
    Rpc(
        name="DescribeKeyVersion",
        use=versions.describe_version,
        request=(ANY_KEY, given("KeyVersionId", Text(1, 64), "version_id", required=True)),
        response=(Field("KeyVersion", _VERSION),),
    ),
    Rpc(
        name="ListKeyVersions",
        use=versions.list_versions,
        settle=paged,
        request=(ANY_KEY, PAGE_NUMBER, page_size(0, 101)),  # 101 is what the reference says
        response=(Field("KeyVersions", Items(_VERSION, wrap="KeyVersion"), of="versions"), TOTAL),
    ),
    Rpc(
        name="UpdateRotationPolicy",
        use=versions.set_rotation,
        settle=rotating,
        request=(
            KEY_ID,
            given("EnableAutomaticRotation", Flag(), "enabled", required=True),
            given("RotationInterval", Interval(7 * 86400, 730 * 86400), "interval_s"),
        ),
    ),
)


def alias_rows(region: str) -> tuple[Rpc, ...]:
    """Alias records hold no region; ``region`` is this server's."""

    def arn(alias: Alias) -> str:
        return f"acs:kms:{region}:{alias.account_id}:{alias.name}"

    shown = Record(
        Field("KeyId", TEXT, of="key_id"), Field("AliasName", TEXT, of="name"), Field("AliasArn", EncodeOnly(arn))
    )
    page = (Field("Aliases", Items(shown, wrap="Alias"), of="aliases"), TOTAL)
    made = given("AliasName", AliasName(reserved=False), "name", required=True)
    named = given("AliasName", AliasName(reserved=True), "name", required=True)
    return (
        Rpc(name="CreateAlias", use=aliases.create, request=(made, KEY_ID)),
        Rpc(name="UpdateAlias", use=aliases.update, request=(named, KEY_ID)),
        Rpc(name="DeleteAlias", use=aliases.delete, request=(named,)),
        Rpc(
            name="ListAliases",
            use=aliases.list_,
            settle=paged,
            request=(PAGE_NUMBER, page_size(0, 100)),
            response=page,
        ),
        Rpc(
            name="ListAliasesByKeyId",
            use=aliases.list_of_key,
            settle=paged,
            request=(KEY_ID, PAGE_NUMBER, page_size(0, 101)),  # 101 is what the reference says
            response=page,
        ),
    )
