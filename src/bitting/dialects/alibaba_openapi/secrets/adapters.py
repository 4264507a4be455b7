"""What rows of secrets cannot say: each type's own format, answers that depend on what was asked.

Source of each: the page of that operation in the KMS API reference; where the pages are silent, a comment says so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from bitting.core import faults
from bitting.core.authz.resource_policies import unpack
from bitting.core.model.key import Key
from bitting.core.model.secret import SYSTEM_STAGES, Secret, SecretState, SecretType
from bitting.core.texts import is_base64
from bitting.core.usecases.secrets import lifecycle as secrets
from bitting.core.usecases.secrets import listing as secret_lists
from bitting.core.usecases.secrets import rotation as secret_rotation
from bitting.core.usecases.secrets import stages
from bitting.core.usecases.secrets import versions as secret_versions
from bitting.core.usecases.secrets.database_rotation import CLONE
from bitting.core.usecases.secrets.passwords import rotation_password
from bitting.core.usecases.secrets.values import DEFAULT_KEY, SERVICE
from bitting.core.usecases.secrets.versions import Value
from bitting.dialects.alibaba_openapi.rows import RpcCall
from bitting.dialects.alibaba_openapi.secrets import codecs
from bitting.dialects.base.codecs import InvalidWireValue
from bitting.dialects.base.dialect import UseCaseRunner
from bitting.dialects.base.errors import Catalogue
from bitting.dialects.base.operation import asked
from bitting.wire import strict_json
from bitting.wire.strict_json import only_text

ACCOUNT = ("AccountName", "AccountPassword")
ACCESS_KEY = ("AccessKeyId", "AccessKeySecret")
AUTO = "$Auto"
BATCH_MAX = 20
_any = strict_json.Decoder[Any]()
_PAIRED = {"SingleUser": False, "DoubleUsers": True}


@dataclass(slots=True)
class BatchValue:
    """One value of many, whether its configuration was asked for, and the request that read it."""

    value: Value
    config: bool
    request_id: str


@dataclass(slots=True)
class BatchError:
    """Why one value of many is not there, as GetSecretValue would have answered."""

    name: str
    code: str
    message: str
    status: int


@dataclass(slots=True)
class BatchAnswer:
    """What BatchGetSecretValue answers."""

    values: list[BatchValue]
    errors: list[BatchError]


@dataclass(slots=True)
class ListedSecret:
    """A secret of a page and whether its tags were asked for."""

    secret: Secret
    tags: bool


@dataclass(slots=True)
class DescribedSecret:
    """A secret, and whether its key is the default key, which callers never named."""

    secret: Secret
    default_key: bool


@dataclass(slots=True)
class ListAnswer:
    """A page of secrets."""

    secrets: list[ListedSecret]
    total: int


def _invalid(parameter: str) -> faults.InvalidParameter:
    return faults.InvalidParameter(parameter=parameter, reason="format")


def create_secret(call: RpcCall, run: UseCaseRunner) -> secrets.CreatedSecret:
    """CreateSecret: a generic secret is its value; others bring accounts and a configuration, each type its own way.

    Raises ``MissingParameter``, ``InvalidParameter``, and what
    :func:`bitting.core.usecases.secrets.lifecycle.create` raises.
    """
    given = call.operation.read(call)
    config = given.pop("ExtendedConfig", {})
    automatic = given.pop("EnableAutomaticRotation", False)
    given["tags"] = secret_lists.flatten_tags(dict(given.get("tags", ())))
    kind = given.setdefault("type", SecretType.GENERIC)
    if given.get("binary") and not is_base64(given["value"]):
        raise _invalid("SecretData")
    at_once = given["value"] == AUTO.encode()
    if kind is SecretType.GENERIC:
        given.pop("rotation_interval_s", None)
        if given["name"] == AUTO or given["name"].startswith("acs/"):
            raise _invalid("SecretName")
    else:
        _managed(given, config, automatic=automatic)
        given.update(_BY_TYPE[kind](given, config, run))
    made: secrets.CreatedSecret = run(secrets.create, secrets.CreateSecret(**given))
    if at_once and kind is not SecretType.GENERIC:
        # nobody's password was given, so the first one is set by a rotation
        run(secret_rotation.rotate, secret_rotation.RotateSecret(given["name"]))
    return made


def _managed(given: dict[str, Any], config: dict[str, Any], *, automatic: bool) -> None:
    if not config:
        raise faults.MissingParameter(parameter="ExtendedConfig")
    if given.get("binary"):
        raise _invalid("SecretDataType")
    if automatic and "rotation_interval_s" not in given:
        raise faults.MissingParameter(parameter="RotationInterval")
    if not automatic:
        given.pop("rotation_interval_s", None)
    given["config"] = json.dumps(config, ensure_ascii=False)


def _require(config: Mapping[str, Any], *names: str) -> list[str]:
    found = [config.get(name) for name in names]
    if not all(isinstance(value, str) and value for value in found):
        raise _invalid("ExtendedConfig")
    return [str(value) for value in found]


def _data(given: Mapping[str, Any]) -> dict[str, Any]:
    try:
        content = _any.decode(given["value"])
    except msgspec.DecodeError:
        content = None
    if not isinstance(content, dict):
        raise _invalid("SecretData")
    return content


def _listed(given: Mapping[str, Any], name: str, fields: tuple[str, str]) -> list[bytes]:
    """One or two logins out of ``{name: [{..}, {..}]}``, each as the value it becomes."""
    items = _data(given).get(name)
    if not isinstance(items, list) or not 1 <= len(items) <= 2:
        raise _invalid("SecretData")
    if not all(isinstance(item, dict) and all(isinstance(item.get(f), str) for f in fields) for item in items):
        raise _invalid("SecretData")
    return [json.dumps({f: item[f] for f in fields}, ensure_ascii=False).encode() for item in items]


def _plain_name(given: Mapping[str, Any]) -> None:
    if given["name"] == AUTO or given["name"].startswith("acs/"):
        raise _invalid("SecretName")


def _rds(given: dict[str, Any], config: dict[str, Any], _run: UseCaseRunner) -> dict[str, Any]:
    _plain_name(given)
    sub, instance = _require(config, "SecretSubType", "DBInstanceId")
    values = _listed(given, "Accounts", ACCOUNT)
    if sub not in _PAIRED or len(values) != 1 + _PAIRED[sub]:
        raise _invalid("ExtendedConfig")
    second = values[1] if _PAIRED[sub] else b""
    return {"value": values[0], "second": second, "target": instance, "paired": _PAIRED[sub], "fields": ACCOUNT}


def _auto(given: dict[str, Any], config: dict[str, Any], run: UseCaseRunner, target: str) -> dict[str, Any]:
    """Accounts that the service makes itself: one now, its clone by the first rotation."""
    _plain_name(given)
    if given["value"] != AUTO.encode():
        raise _invalid("SecretData")
    sub, instance, account = _require(config, "SecretSubType", target, "AccountName")
    if sub != "DoubleUsers" or config.get("CloneAccountName", account + CLONE) != account + CLONE:
        raise _invalid("ExtendedConfig")
    value = json.dumps(dict(zip(ACCOUNT, (account, rotation_password(run.gate.entropy)), strict=True))).encode()
    return {"value": value, "target": instance, "paired": True, "fields": ACCOUNT}


def _redis(given: dict[str, Any], config: dict[str, Any], run: UseCaseRunner) -> dict[str, Any]:
    return _auto(given, config, run, "InstanceId")


def _polardb(given: dict[str, Any], config: dict[str, Any], run: UseCaseRunner) -> dict[str, Any]:
    _require(config, "RegionId", "DBType")
    return _auto(given, config, run, "DBClusterId")


def _ram(given: dict[str, Any], config: dict[str, Any], _run: UseCaseRunner) -> dict[str, Any]:
    """The name is made of the user's. The first of two access keys becomes the current one."""
    if given["name"] != AUTO:
        raise _invalid("SecretName")
    sub, user = _require(config, "SecretSubType", "UserName")
    if sub != "RamUserAccessKey":
        raise _invalid("ExtendedConfig")
    values = _listed(given, "AccessKeys", ACCESS_KEY)
    owner = user.partition("@")[0].lower()
    name = f"acs/ram/user/{owner}"
    given["name"] = name
    second = values[1] if len(values) == 2 else b""
    return {"name": name, "value": values[0], "second": second, "fields": ACCESS_KEY, "target": owner}


def _ecs(given: dict[str, Any], config: dict[str, Any], _run: UseCaseRunner) -> dict[str, Any]:
    if not given["name"].startswith("acs/ecs/"):
        raise _invalid("SecretName")
    sub, _, instance = _require(config, "SecretSubType", "RegionId", "InstanceId")
    wanted = {"Password": ("UserName", "Password"), "SSHKey": ("UserName", "PublicKey", "PrivateKey")}.get(sub)
    if wanted is None:
        raise _invalid("ExtendedConfig")
    if not all(isinstance(_data(given).get(name), str) for name in wanted):
        raise _invalid("SecretData")
    return {"target": instance, "fields": ("UserName", wanted[-1])}


_BY_TYPE = {
    SecretType.DATABASE: _rds,
    SecretType.CACHE: _redis,
    SecretType.CLUSTER: _polardb,
    SecretType.ACCESS_KEY: _ram,
    SecretType.HOST: _ecs,
}


def describe_secret(call: RpcCall, run: UseCaseRunner) -> DescribedSecret:
    """DescribeSecret: the secret, and whether the service's own default key encrypts it."""
    secret: Secret = run(secrets.describe, secrets.SecretCommand(**call.operation.read(call)))
    key = run.view.get(("openapi.secret_key", secret.key_id), lambda reader: reader.get(Key, secret.key_id))
    return DescribedSecret(secret, key is not None and key.name == DEFAULT_KEY and key.service == SERVICE)


def with_tags(page: secret_lists.SecretPage, call: RpcCall) -> ListAnswer:
    """ListSecrets: tags of each secret only where they are asked for."""
    tags = asked(call, "FetchTags")
    return ListAnswer([ListedSecret(secret, tags) for secret in page.secrets], page.total)


def delete_secret(call: RpcCall, run: UseCaseRunner) -> Secret:
    """DeleteSecret: after a window of 30 days or as many as are given, or at once and for good.

    A window given beside a forced deletion is not looked at.
    """
    given = call.operation.read(call)
    days = given.pop("RecoveryWindowInDays", 30)
    if given.pop("ForceDeleteWithoutRecovery", False):
        return run(secrets.delete, secrets.SecretCommand(**given))  # type: ignore[no-any-return]
    return run(secrets.schedule_deletion, secrets.ScheduleDeletion(days=days, **given))  # type: ignore[no-any-return]


def update_secret(call: RpcCall, run: UseCaseRunner) -> Secret:
    """UpdateSecret: the description, and the custom part of a managed secret's configuration.

    The SDKs disagree on how to send the latter: an object in JSON, or its one field under a name of its own.
    """
    given = call.operation.read(call)
    whole = given.pop("ExtendedConfig", None)
    custom = given.pop("ExtendedConfig.CustomData", None) or given.pop("ExtendedConfigCustomData", None)
    if whole is not None:
        custom = whole.get("CustomData")
    if custom is not None:
        held = run(secrets.describe, secrets.SecretCommand(given["name"]))
        if held.type is SecretType.GENERIC:
            raise _invalid("ExtendedConfig")
        config = {**json.loads(held.config or "{}"), "CustomData": custom}
        given["config"] = json.dumps(config, ensure_ascii=False)
        _check_config(given["config"])
    return run(secrets.update, secrets.UpdateSecret(**given))  # type: ignore[no-any-return]


def _check_config(text: str) -> None:
    try:
        codecs.Config().decode(text)
    except InvalidWireValue:
        raise _invalid("ExtendedConfig") from None


def update_version_stage(call: RpcCall, run: UseCaseRunner) -> Secret:
    """UpdateSecretVersionStage: put a stage on a version, take it away, or both; generic secrets only.

    Raises ``MissingParameter`` (MoveToVersion) where neither is given, or a stage of the service's own would be taken
    away, and what the use cases raise.
    """
    given = call.operation.read(call)
    to, away = given.pop("MoveToVersion", ""), given.pop("RemoveFromVersion", "")
    if not to and (not away or given["stage"] in SYSTEM_STAGES):
        raise faults.MissingParameter(parameter="MoveToVersion")
    if run(secrets.describe, secrets.SecretCommand(given["name"])).type is not SecretType.GENERIC:
        raise _invalid("SecretName")
    if to:
        order = stages.MoveStage(version=to, away_from=away, strict=False, stages_max=codecs.STAGES_MAX, **given)
        return run(stages.move_stage, order).secret  # type: ignore[no-any-return]
    return run(stages.remove_stage, stages.RemoveStage(version=away, **given))  # type: ignore[no-any-return]


def update_rotation_policy(call: RpcCall, run: UseCaseRunner) -> Secret:
    """UpdateSecretRotationPolicy: managed secrets only; an interval without rotation means nothing."""
    given = call.operation.read(call)
    if given["automatic"] and "rotation_interval_s" not in given:
        raise faults.MissingParameter(parameter="RotationInterval")
    if not given["automatic"]:
        given.pop("rotation_interval_s", None)
    if run(secrets.describe, secrets.SecretCommand(given["name"])).type is SecretType.GENERIC:
        raise _invalid("SecretName")
    return run(secrets.update, secrets.UpdateSecret(**given))  # type: ignore[no-any-return]


def default_policy_only(secret: Secret, call: RpcCall) -> Secret:
    """GetSecretPolicy: the secret, if the policy asked for is the one there is. Raises ``ResourceNotFound``."""
    name = call.values.get("PolicyName") or "default"
    if name != "default":
        raise faults.ResourceNotFound(kind="policy", resource=name)
    return secret


def policy_text(secret: Secret) -> str:
    """The policy as its owner wrote it, or the default one."""
    return unpack(secret.policy).text if secret.policy else json.dumps(_default_policy(secret.account_id))


def _default_policy(account_id: str) -> dict[str, Any]:
    owner = {
        "Sid": "Enable RAM User Permissions",
        "Effect": "Allow",
        "Principal": {"RAM": [f"acs:ram::{account_id}:*"]},
        "Action": ["kms:*"],
        "Resource": ["*"],
    }
    return {"Version": "1", "Statement": [owner]}


def batch_get(catalogue: Catalogue) -> Callable[[RpcCall, UseCaseRunner], BatchAnswer]:
    """BatchGetSecretValue, telling errors as the catalogue spells them."""

    def read_each(call: RpcCall, run: UseCaseRunner) -> BatchAnswer:
        answer = BatchAnswer([], [])
        for item in call.operation.read(call)["SecretsList"]:
            name = _shown_name(item)
            try:
                answer.values.append(_one_of_many(item, run))
            except faults.ServerFault:
                raise
            except faults.Fault as fault:
                row = catalogue.row(fault, "GetSecretValue")
                answer.errors.append(BatchError(name, row.code, only_text(row.text(fault)), row.status))
        return answer

    return read_each


def _shown_name(item: Any) -> str:
    """The name that an item asks for, as an answer can hold it; empty for what is no string."""
    name = item.get("SecretName") if isinstance(item, dict) else None
    return only_text(name) if isinstance(name, str) else ""


def _one_of_many(item: Any, run: UseCaseRunner) -> BatchValue:
    if not isinstance(item, dict) or not isinstance(item.get("SecretName"), str):
        raise faults.MissingParameter(parameter="SecretName")
    try:
        name = codecs.NAME.decode(item["SecretName"])
        stage = codecs.StageName().decode(item["VersionStage"]) if item.get("VersionStage") else ""
        version = codecs.VERSION.decode(item["VersionId"]) if item.get("VersionId") else ""
    except InvalidWireValue as unreadable:
        raise faults.InvalidParameter(parameter="SecretsList", reason=unreadable.reason) from None
    config = str(item.get("FetchExtendedConfig", "")).lower() == "true"
    order = secret_versions.GetValue(name, version, stage, system_only=True)
    return BatchValue(run(secret_versions.get_value, order), config, run.request_context.request_id)


def shown_value(value: Value) -> str:
    """The value. Access keys say when they were made; what was stored does not."""
    text = value.value.decode(errors="replace")
    if value.secret.type is not SecretType.ACCESS_KEY:
        return text
    made = datetime.fromtimestamp(value.version.created_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    try:
        return json.dumps({**json.loads(text), "GenerateTimestamp": made})
    except (ValueError, TypeError):
        return text


def planned(secret: Secret) -> int:
    """When the secret goes: its time while it waits, 0 otherwise."""
    return secret.deletion_due_ms if secret.state is SecretState.PENDING_DELETION else 0
