"""The operations, one row each, with every parameter, limit, default and answer field.

::

    Rpc(name, use case, request=(Field, ...), response=(Field, ...), settle=...)

``settle`` finishes what single fields cannot: a page out of number and size, a plaintext's two halves.
Source: KMS API reference 2016-01-20, one page an operation, as the SDKs of 2026 carry it.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from bitting.core.blob import Blob, framed
from bitting.core.model.key import Alias, Key
from bitting.core.usecases import aliases, crypto, datakeys, keys
from bitting.dialects.alibaba_openapi import operations_access, operations_account, operations_instances, quirks, words
from bitting.dialects.alibaba_openapi.codec import Said
from bitting.dialects.alibaba_openapi.filters import Filters, Wanted
from bitting.dialects.alibaba_openapi.kinds import (
    AliasName,
    AnyKey,
    EncryptionContext,
    Interval,
    OnlyKeyId,
    Plaintext,
    Tags,
    Unserved,
)
from bitting.dialects.alibaba_openapi.operations_account import KEY_POLICY
from bitting.dialects.alibaba_openapi.rows import PAGE_NUMBER, TOTAL, Rpc, given, page_size, paged
from bitting.dialects.base.kinds import Base64, Choice, Flag, Integer, Items, Moment, Shown, Text
from bitting.dialects.base.operation import Field, Record

DATA_KEY_BYTES_MAX = 1024


def filtered(arguments: dict[str, Any], said: Said) -> None:
    """A page of what the filters let through."""
    paged(arguments, said)
    wanted: Wanted = arguments.pop("Filters", None) or Wanted()
    arguments["where"], arguments["aliases"] = wanted.where, wanted.aliases


def halved(arguments: dict[str, Any], said: Said) -> None:  # noqa: ARG001
    """A plaintext is bytes and whether the client meant them as text."""
    arguments["plaintext"], arguments["text"] = arguments.pop("Plaintext")


def shown_plaintext(decrypted: crypto.Decrypted) -> str:
    """The string that was given to Encrypt."""
    if decrypted.text:
        return decrypted.plaintext.decode(errors="replace")
    return b64encode(decrypted.plaintext).decode()


def shown_blob(blob: Blob) -> str:
    """The self-describing ciphertext, base64."""
    return b64encode(framed(blob)).decode()


_TEXT = Text()
_ANY_KEY = given("KeyId", AnyKey(), "key", required=True)
_KEY_ID = given("KeyId", OnlyKeyId(), "key", required=True)
_CONTEXT = given("EncryptionContext", EncryptionContext(), "aad")
_DRY_RUN = given("DryRun", Flag())
_RECIPIENT = given("Recipient", Unserved())


def key_arn(key: Key) -> str:
    """``acs:kms:<region>:<account>:key/<id>``."""
    return f"acs:kms:{key.region}:{key.account_id}:key/{key.id}"


_METADATA = (
    Field("KeyId", _TEXT, of="id"),
    Field("Arn", Shown(key_arn)),
    Field("Description", _TEXT, of="description"),
    Field("KeyState", Shown(words.state), of="state"),
    Field("KeySpec", words.spec, of="spec"),
    Field("KeyUsage", words.usage_shown, of="usage"),
    Field("Origin", words.origin, of="origin"),
    Field("ProtectionLevel", words.level, of="protection"),
    Field("Creator", _TEXT, of="account_id"),
    Field("CreationDate", Moment(), of="created_ms"),
    Field("DeleteDate", Moment(), of="deletion_due_ms"),
    Field("MaterialExpireTime", Moment(), of="material_expires_ms"),
    Field("PrimaryKeyVersion", _TEXT, of="primary_version"),
    Field("AutomaticRotation", words.rotation, of="rotation"),
    Field("LastRotationDate", Moment(), of="rotated_ms"),
    Field("NextRotationDate", Moment(), of="rotation_due_ms", omit=0),
    Field("RotationInterval", Interval(0, 1 << 31), of="rotation_interval_s", omit=0),
    Field("DKMSInstanceId", _TEXT, of="instance_id", omit=""),
)
_PROTECTION = (
    Field("DeletionProtection", Shown(lambda on: "Enabled" if on else "Disabled"), of="deletion_protection"),
    Field("DeletionProtectionDescription", _TEXT, of="deletion_protection_note", omit=""),
)

_KEYS = (
    Rpc(
        name="CreateKey",
        use=keys.create,
        via=quirks.create_key,
        request=(
            given("Description", Text(0, 8192), "description"),
            given("KeySpec", words.spec, "spec"),
            given("KeyUsage", words.usage, "usage"),
            given("Origin", words.origin, "origin"),
            given("ProtectionLevel", words.level, "protection"),
            given("DKMSInstanceId", Text(1, 256), "instance_id"),
            given("KeyStorageMechanism", Choice({"HsmInternal": "internal", "HsmEncryptedDatabase": "database"})),
            given("EnableAutomaticRotation", Flag()),
            given("RotationInterval", Interval(7 * 86400, 365 * 86400), "rotation_interval_s"),
            given("Policy", KEY_POLICY, "policy"),
            given("Tags", Tags()),
        ),
        response=(Field("KeyMetadata", Record(*_METADATA)),),
    ),
    Rpc(
        name="DescribeKey",
        use=keys.describe,
        request=(_ANY_KEY,),
        response=(Field("KeyMetadata", Record(*_METADATA, *_PROTECTION)),),
    ),
    Rpc(
        name="ListKeys",
        use=keys.list_,
        settle=filtered,
        request=(PAGE_NUMBER, page_size(1, 100), given("Filters", Filters())),
        response=(
            Field(
                "Keys",
                Items(Record(Field("KeyId", _TEXT, of="id"), Field("KeyArn", Shown(key_arn))), wrap="Key"),
                of="keys",
            ),
            TOTAL,
        ),
    ),
    Rpc(name="EnableKey", use=keys.enable, request=(_KEY_ID,)),
    Rpc(name="DisableKey", use=keys.disable, request=(_KEY_ID,)),
    Rpc(
        name="ScheduleKeyDeletion",
        use=keys.schedule_deletion,
        request=(_KEY_ID, given("PendingWindowInDays", Integer(7, 366), "days", required=True)),
    ),
    Rpc(name="CancelKeyDeletion", use=keys.cancel_deletion, request=(_KEY_ID,)),
)


def _aliases(region: str) -> tuple[Rpc, ...]:
    """Alias records hold no region; ``region`` is this server's."""

    def arn(alias: Alias) -> str:
        return f"acs:kms:{region}:{alias.account_id}:{alias.name}"

    shown = Record(
        Field("KeyId", _TEXT, of="key_id"), Field("AliasName", _TEXT, of="name"), Field("AliasArn", Shown(arn))
    )
    page = (Field("Aliases", Items(shown, wrap="Alias"), of="aliases"), TOTAL)
    made = given("AliasName", AliasName(reserved=False), "name", required=True)
    named = given("AliasName", AliasName(reserved=True), "name", required=True)
    return (
        Rpc(name="CreateAlias", use=aliases.create, request=(made, _KEY_ID)),
        Rpc(name="UpdateAlias", use=aliases.update, request=(named, _KEY_ID)),
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
            request=(_KEY_ID, PAGE_NUMBER, page_size(0, 101)),  # 101 is what the reference says
            response=page,
        ),
    )


def _encrypted(prefix: str) -> tuple[Field, ...]:
    return (
        Field("KeyId", _TEXT, of=f"{prefix}key.id"),
        Field("KeyVersionId", _TEXT, of=f"{prefix}blob.version_id"),
        Field("CiphertextBlob", Shown(shown_blob), of=f"{prefix}blob"),
    )


_DATA_KEY = (
    _ANY_KEY,
    # Both set the length; the later row wins, as documented: NumberOfBytes overrides KeySpec.
    given("KeySpec", Choice({"AES_256": 32, "AES_128": 16}), "length"),
    given("NumberOfBytes", Integer(1, DATA_KEY_BYTES_MAX), "length"),
    _CONTEXT,
    _DRY_RUN,
)

_CRYPTO = (
    Rpc(
        name="Encrypt",
        use=crypto.encrypt,
        settle=halved,
        given={"symmetric_only": True},
        request=(_ANY_KEY, given("Plaintext", Plaintext(), required=True), _CONTEXT, _DRY_RUN),
        response=_encrypted(""),
    ),
    Rpc(
        name="Decrypt",
        use=crypto.decrypt,
        request=(
            given("CiphertextBlob", Base64(1, 16384), "ciphertext", required=True),
            _CONTEXT,
            _DRY_RUN,
            _RECIPIENT,
        ),
        response=(
            Field("KeyId", _TEXT, of="key.id"),
            Field("KeyVersionId", _TEXT, of="version_id"),
            Field("Plaintext", Shown(shown_plaintext)),
        ),
    ),
    Rpc(
        name="GenerateDataKey",
        use=datakeys.generate_data_key,
        request=(*_DATA_KEY, _RECIPIENT),
        response=(*_encrypted("encrypted."), Field("Plaintext", Base64(), of="plaintext")),
    ),
    Rpc(
        name="GenerateDataKeyWithoutPlaintext",
        use=datakeys.generate_data_key,
        request=_DATA_KEY,
        response=_encrypted("encrypted."),
    ),
)


def table(region: str, chain: str = "") -> dict[str, Rpc]:
    """Every operation by name. ``region`` is in the ARNs; ``chain``: what clients of instances trust (PEM)."""
    groups = (
        _KEYS,
        _aliases(region),
        _CRYPTO,
        operations_access.rows(region),
        operations_account.ROWS,
        operations_instances.rows(region, chain),
    )
    return {row.name: row for group in groups for row in group}
