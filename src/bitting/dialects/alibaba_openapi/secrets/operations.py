"""Secrets, one row an operation.

Source: KMS API reference 2016-01-20, one page an operation, as the SDKs of 2026 carry it. Flags that the SDKs call
strings are read like any other flag.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from operator import attrgetter
from typing import Any

from bitting.core.model.secret import Secret, SecretTask, SecretType
from bitting.core.usecases.secrets import lifecycle as secrets
from bitting.core.usecases.secrets import listing
from bitting.core.usecases.secrets import passwords as secret_passwords
from bitting.core.usecases.secrets import rotation as secret_rotation
from bitting.core.usecases.secrets import versions as secret_versions
from bitting.core.usecases.secrets.listing import tag_pairs
from bitting.dialects.alibaba_openapi.codecs import AnyKey, Interval, RefusedParameter, Tags
from bitting.dialects.alibaba_openapi.fields import DRY_RUN, TEXT
from bitting.dialects.alibaba_openapi.keys.policies import ResourcePolicy
from bitting.dialects.alibaba_openapi.rows import PAGE_NUMBER, PAGE_SIZE, TOTAL, Rpc, checked, given, page_size
from bitting.dialects.alibaba_openapi.secrets import adapters, codecs
from bitting.dialects.base.codecs import Choice, EncodeOnly, Flag, Integer, Items, Moment, Text
from bitting.dialects.base.errors import Catalogue
from bitting.dialects.base.operation import Field, Record

#: The operations whose resource is a secret, by the domain action they are. Secret policies name these.
SECRET_ACTIONS = {
    "DescribeSecret": "secret:describe",
    "GetSecretValue": "secret:get_value",
    "PutSecretValue": "secret:put_value",
    "ListSecretVersionIds": "secret:list_versions",
    "UpdateSecretVersionStage": "secret:update_stage",
    "UpdateSecret": "secret:update",
    "UpdateSecretRotationPolicy": "secret:update",
    "SetSecretPolicy": "secret:update",
    "GetSecretPolicy": "secret:describe",
    "RotateSecret": "secret:rotate",
    "DeleteSecret": "secret:schedule_deletion",
    "RestoreSecret": "secret:restore",
}
SECRET_POLICY = ResourcePolicy(SECRET_ACTIONS)
ROTATION = Interval(6 * 3600, 8760 * 3600)
VERSION_PAGE = 20

_NAME = given("SecretName", codecs.NAME, "name", required=True)
_STAGE = given("VersionStage", codecs.StageName(), "stage")
_VERSION = given("VersionId", codecs.VERSION, "version")
_DATA_TYPE = Choice({"text": False, "binary": True})
_FETCH_CONFIG, _FETCH_TAGS = checked("FetchExtendedConfig", Flag()), checked("FetchTags", Flag())
_MOMENT = Moment()
_ANSWERED_NAME = Field("SecretName", TEXT, of="name")
_STAGES = Items(codecs.StageName(), wrap="VersionStage")


def _managed(secret: Secret) -> bool:
    return secret.type is not SecretType.GENERIC


def _due(secret: Secret) -> bool:
    return _managed(secret) and secret.rotation_due_ms != 0


def _inside(condition: Callable[[Secret], bool], prefix: str) -> Callable[[Any], bool]:
    """The condition, asked of the secret at ``prefix`` of what an answer reads from."""
    if not prefix:
        return condition
    read = attrgetter(prefix.removesuffix("."))
    return lambda held: condition(read(held))


def _rotation(prefix: str = "") -> tuple[Field, ...]:
    """What only managed secrets say, and of it what there is."""
    managed, due = _inside(_managed, prefix), _inside(_due, prefix)
    return (
        Field("AutomaticRotation", codecs.ROTATIONS, of=f"{prefix}rotation", when=managed),
        Field("LastRotationDate", _MOMENT, of=f"{prefix}rotated_ms", when=managed, omit=0),
        Field("NextRotationDate", _MOMENT, of=f"{prefix}rotation_due_ms", when=due),
        Field("RotationInterval", Interval(0, 1 << 31), of=f"{prefix}rotation_interval_s", when=due),
    )


def _config(prefix: str = "", asked_by: str = "") -> Field:
    return Field("ExtendedConfig", TEXT, of=f"{prefix}config", when=_inside(_managed, prefix), asked_by=asked_by)


def _tags(secret: Secret) -> dict[str, Any]:
    return {"Tag": [{"TagKey": key, "TagValue": value} for key, value in tag_pairs(secret).items()]}


def _value(prefix: str = "") -> tuple[Field, ...]:
    """GetSecretValue, and each of BatchGetSecretValue, up to the configuration."""
    return (
        Field("SecretName", TEXT, of=f"{prefix}secret.name"),
        Field("SecretType", codecs.TYPES, of=f"{prefix}secret.type"),
        Field("SecretData", EncodeOnly(adapters.shown_value), of=prefix.removesuffix(".")),
        Field("SecretDataType", _DATA_TYPE, of=f"{prefix}version.binary"),
        Field("VersionId", TEXT, of=f"{prefix}version.name"),
        Field("VersionStages", _STAGES, of=f"{prefix}stages"),
        Field("CreateTime", _MOMENT, of=f"{prefix}version.created_ms"),
        *_rotation(f"{prefix}secret."),
    )


_PLANNED = EncodeOnly(lambda secret: _MOMENT.encode(adapters.planned(secret)))
_NO_SERVICE = Field("OwingService", EncodeOnly(lambda _: ""))  # no other service of the cloud keeps secrets here
_BRIEF = Record(
    Field("SecretName", TEXT, of="secret.name"),
    Field("SecretType", codecs.TYPES, of="secret.type"),
    Field("CreateTime", _MOMENT, of="secret.created_ms"),
    Field("UpdateTime", _MOMENT, of="secret.updated_ms"),
    _NO_SERVICE,
    Field("PlannedDeleteTime", _PLANNED, of="secret", when=_inside(lambda s: adapters.planned(s) != 0, "secret.")),
    Field("Tags", EncodeOnly(_tags), of="secret", when=lambda listed: listed.tags),
)
_EACH_VALUE = Record(
    *_value("value."),
    Field(
        "ExtendedConfig",
        TEXT,
        of="value.secret.config",
        when=lambda each: each.config and _managed(each.value.secret),
    ),
    Field("RequestId", TEXT, of="request_id"),
)
_FAILED = Record(
    Field("SecretName", TEXT, of="name"),
    Field("Code", TEXT, of="code"),
    Field("Message", TEXT, of="message"),
    Field("HttpStatus", Integer(400, 599), of="status"),
)


def rows(region: str, catalogue: Catalogue) -> tuple[Rpc, ...]:
    """Every operation about secrets. ``region``: the one in ARNs; ``catalogue`` spells a batch's errors."""

    def arn(secret: Secret) -> str:
        return f"acs:kms:{region}:{secret.account_id}:secret/{secret.name}"

    def task_arn(task: SecretTask) -> str:
        return f"acs:kms:{region}:{task.account_id}:secret/{task.secret_name}"

    return (*_life(arn), *_changes(), *_values(catalogue), *_versions(), *_rotations(task_arn), *_POLICIES)


def _life(arn: Callable[[Secret], str]) -> tuple[Rpc, ...]:
    return (
        Rpc(
            name="CreateSecret",
            composite=adapters.create_secret,
            response=(
                Field("Arn", EncodeOnly(arn), of="secret"),
                Field("SecretName", TEXT, of="secret.name"),
                Field("SecretType", codecs.TYPES, of="secret.type"),
                Field("VersionId", TEXT, of="version.name"),
                Field("DKMSInstanceId", TEXT, of="secret.instance_id"),
                *_rotation("secret."),
                _config("secret."),
            ),
            max_body=1 << 18,
            request=(
                given("SecretName", codecs.NEW_NAME, "name", required=True),
                given("VersionId", codecs.VERSION, "version", required=True),
                given("SecretData", codecs.ValueText(), "value", required=True),
                given("SecretDataType", _DATA_TYPE, "binary"),
                given("SecretType", codecs.TYPES, "type"),
                given("Description", Text(0, 8192), "description"),
                given("EncryptionKeyId", AnyKey(), "key"),
                given("DKMSInstanceId", Text(1, 256), "instance_id"),
                given("EnableAutomaticRotation", Flag()),
                given("RotationInterval", ROTATION, "rotation_interval_s"),
                given("ExtendedConfig", codecs.Config()),
                given("Policy", SECRET_POLICY, "policy"),
                given("Tags", Tags(), "tags"),
            ),
        ),
        Rpc(
            name="DescribeSecret",
            composite=adapters.describe_secret,
            request=(_NAME, _FETCH_TAGS),
            response=(
                Field("Arn", EncodeOnly(arn), of="secret"),
                Field("SecretName", TEXT, of="secret.name"),
                Field("SecretType", codecs.TYPES, of="secret.type"),
                # Left out where the caller chose none: Terraform takes a key id shown here for one to be set.
                Field("EncryptionKeyId", TEXT, of="secret.key_id", when=lambda shown: not shown.default_key),
                Field("Description", TEXT, of="secret.description"),
                Field("CreateTime", _MOMENT, of="secret.created_ms"),
                Field("UpdateTime", _MOMENT, of="secret.updated_ms"),
                Field("PlannedDeleteTime", _PLANNED, of="secret"),
                Field("DKMSInstanceId", TEXT, of="secret.instance_id"),
                _NO_SERVICE,
                *_rotation("secret."),
                _config("secret."),
                Field("Tags", EncodeOnly(_tags), of="secret", asked_by="FetchTags"),
            ),
        ),
        Rpc(
            name="ListSecrets",
            use=listing.list_secrets,
            adapt_response=adapters.with_tags,
            page_size=PAGE_SIZE,
            request=(PAGE_NUMBER, page_size(1, 100), given("Filters", codecs.Filters(), "wanted"), _FETCH_TAGS),
            response=(Field("SecretList", Items(_BRIEF, wrap="Secret"), of="secrets"), TOTAL),
        ),
    )


def _changes() -> tuple[Rpc, ...]:
    return (
        Rpc(
            name="UpdateSecret",
            composite=adapters.update_secret,
            request=(
                _NAME,
                Field("Description", Text(0, 8192), to="description", empty=True),
                given("ExtendedConfig", codecs.Config()),
                given("ExtendedConfig.CustomData", codecs.Config()),
                given("ExtendedConfigCustomData", codecs.Config()),
            ),
            response=(_ANSWERED_NAME,),
        ),
        Rpc(
            name="DeleteSecret",
            composite=adapters.delete_secret,
            request=(
                _NAME,
                given("ForceDeleteWithoutRecovery", Flag()),
                given("RecoveryWindowInDays", Integer(7, 30)),
            ),
            response=(_ANSWERED_NAME, Field("PlannedDeleteTime", _PLANNED)),
        ),
        Rpc(name="RestoreSecret", use=secrets.restore, request=(_NAME,), response=(_ANSWERED_NAME,)),
    )


def _values(catalogue: Catalogue) -> tuple[Rpc, ...]:
    return (
        Rpc(
            name="GetSecretValue",
            use=secret_versions.get_value,
            given={"system_only": True},
            request=(_NAME, _VERSION, _STAGE, _FETCH_CONFIG, DRY_RUN, checked("Recipient", RefusedParameter())),
            response=(*_value(), _config("secret.", asked_by="FetchExtendedConfig")),
        ),
        Rpc(
            name="BatchGetSecretValue",
            composite=adapters.batch_get(catalogue),
            request=(given("SecretsList", codecs.JsonList(adapters.BATCH_MAX), required=True),),
            response=(
                Field("SecretValues", Items(_EACH_VALUE), of="values"),
                Field("Errors", Items(_FAILED), of="errors"),
            ),
        ),
        Rpc(
            name="PutSecretValue",
            use=secret_versions.put_value,
            # only generic secrets are given values, ten versions at most
            given={
                "only": SecretType.GENERIC,
                "base64_only": True,
                "versions_max": codecs.VERSIONS_MAX,
                "stages_max": codecs.STAGES_MAX,
            },
            max_body=1 << 18,
            request=(
                _NAME,
                given("VersionId", codecs.VERSION, "version", required=True),
                given("SecretData", codecs.ValueText(), "value", required=True),
                given("SecretDataType", _DATA_TYPE, "binary"),
                given("VersionStages", codecs.StageNames(), "stages"),
            ),
            response=(
                Field("SecretName", TEXT, of="secret.name"),
                Field("VersionId", TEXT, of="version.name"),
                Field("VersionStages", _STAGES, of="stages"),
            ),
        ),
        Rpc(
            name="GetRandomPassword",
            use=secret_passwords.generate_password,
            request=(
                given("PasswordLength", Integer(8, 128), "length"),
                given("ExcludeCharacters", Text(0, 128), "exclude"),
                given("ExcludeLowercase", codecs.InvertedFlag(), "lowercase"),
                given("ExcludeUppercase", codecs.InvertedFlag(), "uppercase"),
                given("ExcludeNumbers", codecs.InvertedFlag(), "digits"),
                given("ExcludePunctuation", codecs.InvertedFlag(), "punctuation"),
                given("RequireEachIncludedType", Flag(), "each"),
            ),
            response=(Field("RandomPassword", TEXT),),
        ),
    )


def _versions() -> tuple[Rpc, ...]:
    one = Record(
        Field("VersionId", TEXT, of="version.name"),
        Field("CreateTime", _MOMENT, of="version.created_ms"),
        Field("VersionStages", _STAGES, of="stages"),
    )
    return (
        Rpc(
            name="ListSecretVersionIds",
            use=secret_versions.list_versions,
            page_size=VERSION_PAGE,
            given={"named": True},  # versions without a stage only where they are asked for
            request=(_NAME, PAGE_NUMBER, page_size(1, 100), given("IncludeDeprecated", codecs.InvertedFlag(), "named")),
            response=(
                Field("SecretName", TEXT, of="secret.name"),
                Field("VersionIds", Items(one, wrap="VersionId"), of="versions"),
                TOTAL,
            ),
        ),
        Rpc(
            name="UpdateSecretVersionStage",
            composite=adapters.update_version_stage,
            request=(
                _NAME,
                given("VersionStage", codecs.StageName(), "stage", required=True),
                given("MoveToVersion", codecs.VERSION),
                given("RemoveFromVersion", codecs.VERSION),
            ),
            response=(_ANSWERED_NAME,),
        ),
    )


def _rotations(arn: Callable[[SecretTask], str]) -> tuple[Rpc, ...]:
    return (
        Rpc(
            name="RotateSecret",
            use=secret_rotation.rotate,
            request=(_NAME, given("VersionId", codecs.VERSION, "version", required=True)),
            response=(
                Field("Arn", EncodeOnly(arn)),
                Field("SecretName", TEXT, of="secret_name"),
                Field("VersionId", TEXT, of="version"),
            ),
        ),
        Rpc(
            name="UpdateSecretRotationPolicy",
            composite=adapters.update_rotation_policy,
            request=(
                _NAME,
                given("EnableAutomaticRotation", Flag(), "automatic", required=True),
                given("RotationInterval", ROTATION, "rotation_interval_s"),
            ),
            response=(_ANSWERED_NAME,),
        ),
    )


_POLICIES = (
    Rpc(
        name="SetSecretPolicy",
        use=secrets.update,
        request=(
            _NAME,
            given("Policy", SECRET_POLICY, "policy", required=True),
            checked("PolicyName", Text(1, 128, re.compile("default"))),
        ),
    ),
    Rpc(
        name="GetSecretPolicy",
        use=secrets.describe,
        adapt_response=adapters.default_policy_only,
        request=(_NAME, checked("PolicyName", Text(1, 128))),
        response=(Field("Policy", EncodeOnly(adapters.policy_text)),),
    ),
)
