"""Secrets, one row an operation.

Source: KMS API reference 2016-01-20, one page an operation, as the SDKs of 2026 carry it. Flags that the SDKs call
strings are read like any other flag.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bitting.core.model.secret import Secret, SecretTask, SecretType
from bitting.core.usecases.secrets import lifecycle as secrets
from bitting.core.usecases.secrets import passwords as secret_passwords
from bitting.core.usecases.secrets import rotation as secret_rotation
from bitting.core.usecases.secrets import versions as secret_versions
from bitting.core.usecases.secrets.listing import tag_pairs
from bitting.dialects.alibaba_openapi.bodies import Envelope
from bitting.dialects.alibaba_openapi.codecs import AnyKey, Interval, RefusedParameter, Tags
from bitting.dialects.alibaba_openapi.fields import DRY_RUN, TEXT
from bitting.dialects.alibaba_openapi.keys.policies import ResourcePolicy
from bitting.dialects.alibaba_openapi.rows import PAGE_NUMBER, TOTAL, Rpc, given, page_size, paged_by
from bitting.dialects.alibaba_openapi.secrets import adapters as quirks
from bitting.dialects.alibaba_openapi.secrets import codecs as kinds
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

_NAME = given("SecretName", kinds.NAME, "name", required=True)
_STAGE = given("VersionStage", kinds.StageName(), "stage")
_VERSION = given("VersionId", kinds.VERSION, "version")
_DATA_TYPE = Choice({"text": False, "binary": True})
_POLICY_NAME = given("PolicyName", Text(1, 128))
_FETCH_CONFIG = given("FetchExtendedConfig", Flag())
_MOMENT = Moment()
_SAID_NAME = Field("SecretName", TEXT, of="name")
_STAGES = Items(kinds.StageName(), wrap="VersionStage")


def _tags(secret: Secret) -> dict[str, Any]:
    return {"Tag": [{"TagKey": key, "TagValue": value} for key, value in tag_pairs(secret).items()]}


def _rotation(secret: Secret) -> dict[str, Any]:
    """What only managed secrets say, and of it what there is."""
    if secret.type is SecretType.GENERIC:
        return {}
    said: dict[str, Any] = {"AutomaticRotation": kinds.ROTATIONS.encode(secret.rotation)}
    if secret.rotated_ms:
        said["LastRotationDate"] = _MOMENT.encode(secret.rotated_ms)
    if secret.rotation_due_ms:
        said["NextRotationDate"] = _MOMENT.encode(secret.rotation_due_ms)
        said["RotationInterval"] = kinds.interval(secret.rotation_interval_s)
    return said


def _value(read: quirks.ValueAnswer) -> dict[str, Any]:
    """GetSecretValue, and each of BatchGetSecretValue."""
    value = read.value
    secret, version = value.secret, value.version
    said = {
        "SecretName": secret.name,
        "SecretType": kinds.TYPES.encode(secret.type),
        "SecretData": quirks.shown_value(value),
        "SecretDataType": "binary" if version.binary else "text",
        "VersionId": version.name,
        "VersionStages": _STAGES.encode(value.stages),
        "CreateTime": _MOMENT.encode(version.created_ms),
        **_rotation(secret),
    }
    if read.config and secret.type is not SecretType.GENERIC:
        said["ExtendedConfig"] = secret.config
    return said


def _brief(secret: Secret, *, tags: bool) -> dict[str, Any]:
    """One of ListSecrets."""
    said = {
        "SecretName": secret.name,
        "SecretType": kinds.TYPES.encode(secret.type),
        "CreateTime": _MOMENT.encode(secret.created_ms),
        "UpdateTime": _MOMENT.encode(secret.updated_ms),
        "OwingService": "",
    }
    if planned := quirks.planned(secret):
        said["PlannedDeleteTime"] = _MOMENT.encode(planned)
    return {**said, "Tags": _tags(secret)} if tags else said


def _listed(page: quirks.ListAnswer) -> dict[str, Any]:
    shown = [_brief(secret, tags=page.tags) for secret in page.page.secrets]
    return {"SecretList": {"Secret": shown}, "TotalCount": page.page.total}


def _described(described: quirks.DescribedAnswer, arn: Callable[[Secret], str]) -> dict[str, Any]:
    secret = described.secret
    said = {
        "Arn": arn(secret),
        "SecretName": secret.name,
        "SecretType": kinds.TYPES.encode(secret.type),
        "EncryptionKeyId": secret.key_id,
        "Description": secret.description,
        "CreateTime": _MOMENT.encode(secret.created_ms),
        "UpdateTime": _MOMENT.encode(secret.updated_ms),
        "PlannedDeleteTime": _MOMENT.encode(quirks.planned(secret)),
        "DKMSInstanceId": secret.instance_id,
        "OwingService": "",
        **_rotation(secret),
    }
    if secret.type is not SecretType.GENERIC:
        said["ExtendedConfig"] = secret.config
    return {**said, "Tags": _tags(secret)} if described.tags else said


def _made(made: quirks.CreatedAnswer, arn: Callable[[Secret], str]) -> dict[str, Any]:
    secret = made.secret
    said = {
        "Arn": arn(secret),
        "SecretName": secret.name,
        "SecretType": kinds.TYPES.encode(secret.type),
        "VersionId": made.version,
        "DKMSInstanceId": secret.instance_id,
        **_rotation(secret),
    }
    return said if secret.type is SecretType.GENERIC else {**said, "ExtendedConfig": secret.config}


def _included(arguments: dict[str, Any], said: Envelope) -> None:
    """Versions without a stage only where they are asked for."""
    paged_by(VERSION_PAGE)(arguments, said)
    arguments["named"] = not arguments.pop("IncludeDeprecated", False)


def _generic(arguments: dict[str, Any], said: Envelope) -> None:  # noqa: ARG001
    """Only generic secrets are given values, ten versions at most."""
    arguments.update(only=SecretType.GENERIC, versions_max=kinds.VERSIONS_MAX, stages_max=kinds.STAGES_MAX)


def _excluded(arguments: dict[str, Any], said: Envelope) -> None:  # noqa: ARG001
    """What is excluded, as what is included."""
    for name in ("lowercase", "uppercase", "digits", "punctuation"):
        if name in arguments:
            arguments[name] = not arguments[name]


@dataclass(frozen=True, kw_only=True)
class SecretOperation(Rpc):
    """A row whose answer has fields that are there or not: ``tell`` says which."""

    tell: Callable[[Any], dict[str, Any]]

    def show(self, result: Any, _call: Any) -> dict[str, Any]:
        """The answer's fields."""
        return dict(self.tell(result))


def rows(region: str, catalogue: Catalogue) -> tuple[Rpc, ...]:
    """Every operation about secrets. ``region``: the one in ARNs; ``catalogue`` spells a batch's errors."""

    def arn(secret: Secret) -> str:
        return f"acs:kms:{region}:{secret.account_id}:secret/{secret.name}"

    def task_arn(task: SecretTask) -> str:
        return f"acs:kms:{region}:{task.account_id}:secret/{task.secret_name}"

    return (*_life(arn), *_values(catalogue), *_versions(), *_rotations(task_arn), *_POLICIES)


def _life(arn: Callable[[Secret], str]) -> tuple[Rpc, ...]:
    return (
        SecretOperation(
            name="CreateSecret",
            composite=quirks.create_secret,
            tell=lambda made: _made(made, arn),
            max_body=1 << 18,
            request=(
                given("SecretName", kinds.NEW_NAME, "name", required=True),
                given("VersionId", kinds.VERSION, "version", required=True),
                given("SecretData", kinds.ValueText(), "value", required=True),
                given("SecretDataType", _DATA_TYPE, "binary"),
                given("SecretType", kinds.TYPES, "type"),
                given("Description", Text(0, 8192), "description"),
                given("EncryptionKeyId", AnyKey(), "key"),
                given("DKMSInstanceId", Text(1, 256), "instance_id"),
                given("EnableAutomaticRotation", Flag()),
                given("RotationInterval", ROTATION, "rotation_interval_s"),
                given("ExtendedConfig", kinds.Config()),
                given("Policy", SECRET_POLICY, "policy"),
                given("Tags", Tags(), "tags"),
            ),
        ),
        SecretOperation(
            name="DescribeSecret",
            composite=quirks.describe_secret,
            tell=lambda described: _described(described, arn),
            request=(_NAME, given("FetchTags", Flag())),
        ),
        SecretOperation(
            name="ListSecrets",
            composite=quirks.list_secrets,
            tell=_listed,
            request=(PAGE_NUMBER, page_size(1, 100), given("Filters", kinds.Filters()), given("FetchTags", Flag())),
        ),
        Rpc(
            name="UpdateSecret",
            composite=quirks.update_secret,
            request=(
                _NAME,
                given("Description", Text(0, 8192), "description"),
                given("ExtendedConfig", kinds.Config()),
                given("ExtendedConfig.CustomData", kinds.Config()),
                given("ExtendedConfigCustomData", kinds.Config()),
            ),
            response=(_SAID_NAME,),
        ),
        Rpc(
            name="DeleteSecret",
            composite=quirks.delete_secret,
            request=(
                _NAME,
                given("ForceDeleteWithoutRecovery", Flag()),
                given("RecoveryWindowInDays", Integer(7, 30)),
            ),
            response=(_SAID_NAME, Field("PlannedDeleteTime", EncodeOnly(lambda s: _MOMENT.encode(quirks.planned(s))))),
        ),
        Rpc(name="RestoreSecret", use=secrets.restore, request=(_NAME,), response=(_SAID_NAME,)),
    )


def _values(catalogue: Catalogue) -> tuple[Rpc, ...]:
    return (
        SecretOperation(
            name="GetSecretValue",
            composite=quirks.get_secret_value,
            tell=_value,
            hot_composite=True,
            request=(_NAME, _VERSION, _STAGE, _FETCH_CONFIG, DRY_RUN, given("Recipient", RefusedParameter())),
        ),
        SecretOperation(
            name="BatchGetSecretValue",
            composite=quirks.batch_get(catalogue, _value),
            tell=dict,
            request=(given("SecretsList", kinds.JsonList(quirks.BATCH_MAX), required=True),),
        ),
        Rpc(
            name="PutSecretValue",
            use=secret_versions.put_value,
            settle=_generic,
            max_body=1 << 18,
            request=(
                _NAME,
                given("VersionId", kinds.VERSION, "version", required=True),
                given("SecretData", kinds.ValueText(), "value", required=True),
                given("SecretDataType", _DATA_TYPE, "binary"),
                given("VersionStages", kinds.StageNames(), "stages"),
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
            settle=_excluded,
            request=(
                given("PasswordLength", Integer(8, 128), "length"),
                given("ExcludeCharacters", Text(0, 128), "exclude"),
                given("ExcludeLowercase", Flag(), "lowercase"),
                given("ExcludeUppercase", Flag(), "uppercase"),
                given("ExcludeNumbers", Flag(), "digits"),
                given("ExcludePunctuation", Flag(), "punctuation"),
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
            settle=_included,
            request=(_NAME, PAGE_NUMBER, page_size(1, 100), given("IncludeDeprecated", Flag())),
            response=(
                Field("SecretName", TEXT, of="secret.name"),
                Field("VersionIds", Items(one, wrap="VersionId"), of="versions"),
                TOTAL,
            ),
        ),
        Rpc(
            name="UpdateSecretVersionStage",
            composite=quirks.update_version_stage,
            request=(
                _NAME,
                given("VersionStage", kinds.StageName(), "stage", required=True),
                given("MoveToVersion", kinds.VERSION),
                given("RemoveFromVersion", kinds.VERSION),
            ),
            response=(_SAID_NAME,),
        ),
    )


def _rotations(arn: Callable[[SecretTask], str]) -> tuple[Rpc, ...]:
    return (
        Rpc(
            name="RotateSecret",
            use=secret_rotation.rotate,
            request=(_NAME, given("VersionId", kinds.VERSION, "version", required=True)),
            response=(
                Field("Arn", EncodeOnly(arn)),
                Field("SecretName", TEXT, of="secret_name"),
                Field("VersionId", TEXT, of="version"),
            ),
        ),
        Rpc(
            name="UpdateSecretRotationPolicy",
            composite=quirks.update_rotation_policy,
            request=(
                _NAME,
                given("EnableAutomaticRotation", Flag(), "automatic", required=True),
                given("RotationInterval", ROTATION, "rotation_interval_s"),
            ),
            response=(_SAID_NAME,),
        ),
    )


_POLICIES = (
    Rpc(
        name="SetSecretPolicy",
        composite=quirks.set_policy,
        request=(_NAME, _POLICY_NAME, given("Policy", SECRET_POLICY, "policy", required=True)),
    ),
    Rpc(
        name="GetSecretPolicy",
        composite=quirks.get_policy,
        request=(_NAME, _POLICY_NAME),
        response=(Field("Policy", TEXT),),
    ),
)
