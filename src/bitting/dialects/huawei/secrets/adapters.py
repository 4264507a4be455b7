"""Where the secrets API's wire values and commands do not match one to one; and the operations of many parts.

Source of each: the page of that operation in the Huawei Cloud CSMS API reference.
"""

from __future__ import annotations

import json
from typing import Any

from bitting.core import faults
from bitting.core.model.secret import CURRENT, SecretType
from bitting.core.usecases.secrets import account_users
from bitting.core.usecases.secrets import lifecycle as secrets
from bitting.core.usecases.secrets.grants import GROUP, USER
from bitting.core.usecases.secrets.listing import SecretFilter
from bitting.dialects.base.dialect import Call, UseCaseRunner
from bitting.dialects.huawei.rows import HuaweiCall
from bitting.dialects.huawei.secrets.rows import given

#: What a value may call its user and password; the first pair found is what rotation changes.
LOGIN_FIELDS = (
    ("username", "password"),
    ("user_name", "password"),
    ("user", "password"),
    ("AccountName", "AccountPassword"),
)
_PAIRED = {"SingleUser": False, "MultiUser": True}
IMPORT_MAX = 100


def value(arguments: dict[str, Any], call: HuaweiCall) -> None:  # noqa: ARG001 - a shape's signature
    """Exactly one of text and binary."""
    text, binary = arguments.pop("secret_string", None), arguments.pop("secret_binary", None)
    if (text is None) == (binary is None):
        raise faults.InvalidParameter(parameter="secret_string", reason="one")
    arguments["value"] = binary if text is None else text
    arguments["binary"] = text is None


def create_secret(arguments: dict[str, Any], call: HuaweiCall) -> None:
    """The value; and what rotation needs: a period, and for databases their configuration.

    COMMON secrets are rotated only where a function says how.
    """
    value(arguments, call)
    kind = arguments.setdefault("type", SecretType.GENERIC)
    period = arguments.pop("rotation_period", 0)
    if arguments.pop("auto_rotation", False):
        if not period or (kind is SecretType.GENERIC and not arguments.get("function")):
            raise faults.InvalidParameter(parameter="rotation_period", reason="missing")
        arguments["rotation_interval_s"] = period
    if kind is not SecretType.GENERIC:
        _database(arguments)


def _database(arguments: dict[str, Any]) -> None:
    """``rotation_config``: ``{"InstanceId", "SecretSubType"}``; the value: JSON with a user and a password."""
    config, held = _object(arguments.get("config")), _object(arguments["value"])
    instance, paired = config.get("InstanceId"), _PAIRED.get(str(config.get("SecretSubType")))
    if not isinstance(instance, str) or not instance or paired is None:
        raise faults.InvalidParameter(parameter="rotation_config", reason="format")
    fields = next((pair for pair in LOGIN_FIELDS if all(isinstance(held.get(name), str) for name in pair)), None)
    if fields is None:
        raise faults.InvalidParameter(parameter="secret_string", reason="format")
    arguments.update(target=instance, paired=paired, fields=fields)


def _object(text: str | bytes | None) -> dict[str, Any]:
    try:
        content = json.loads(text or "")
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def update_secret(arguments: dict[str, Any], call: HuaweiCall) -> None:  # noqa: ARG001 - a shape's signature
    """Switching rotation on needs its period, here or from before."""
    if "rotation_period" in arguments:
        arguments["rotation_interval_s"] = arguments.pop("rotation_period")


def version(arguments: dict[str, Any], call: HuaweiCall) -> None:  # noqa: ARG001 - a shape's signature
    """``latest`` is the version on the stage SYSCURRENT.

    The document says "the latest version"; the newest may be one that rotation has not tried yet, or one put aside
    under another stage on purpose, and neither is what a reader wants.
    """
    if arguments.get("version") == "latest":
        arguments.pop("version")
        arguments["stage"] = CURRENT


def notification(arguments: dict[str, Any], call: HuaweiCall) -> None:  # noqa: ARG001 - a shape's signature
    """The target of an event in three parts."""
    target = arguments.pop("notification", None)
    if target is not None:
        arguments.update(target)


def changed_notification(arguments: dict[str, Any], call: HuaweiCall) -> None:  # noqa: ARG001 - a shape's signature
    """The same for an update, which takes all three or none."""
    target = arguments.pop("notification", None)
    if target is not None:
        arguments["target"] = (target["target_type"], target["target_id"], target["target_name"])


def listed(arguments: dict[str, Any], call: HuaweiCall) -> None:  # noqa: ARG001 - a shape's signature
    """Only secrets subscribed to an event."""
    event = arguments.pop("event_name", "")
    arguments["wanted"] = SecretFilter(events=(event,) if event else ())


def task(arguments: dict[str, Any], call: HuaweiCall) -> None:  # noqa: ARG001 - a shape's signature
    """A task id stands alone."""
    if arguments.get("task_id") and len(arguments) > 1:
        raise faults.InvalidParameter(parameter="task_id", reason="alone")


def grant(arguments: dict[str, Any], call: HuaweiCall) -> None:  # noqa: ARG001 - a shape's signature
    """Grants are on secrets; ``GROUP`` as the type of a resource means a group of secrets, which there is not here."""
    if arguments.pop("type") != "SECRET":
        raise faults.ResourceNotFound(kind="secret_id", resource=arguments["secret_id"])
    arguments["kind"] = GROUP if arguments.pop("grantee_type") == "2" else USER


def tag(arguments: dict[str, Any], call: HuaweiCall) -> None:  # noqa: ARG001 - a shape's signature
    """One tag."""
    arguments["tags"] = dict([arguments.pop("tag")])


def resources(arguments: dict[str, Any], call: HuaweiCall) -> None:  # noqa: ARG001 - a shape's signature
    """Filters of ``resource_instances``; counting takes no page."""
    if arguments.pop("action") == "count":
        arguments["limit"], arguments["offset"] = 0, 0
    tags = {item["key"]: item.get("values", []) for item in arguments.pop("tags", [])}
    names = [item.get("value", "") for item in arguments.pop("matches", [])]
    arguments["wanted"] = SecretFilter(tags=tags, names=[name for name in names if name])


def batch_import(call: Call, run: UseCaseRunner) -> dict[str, Any]:
    """Every secret by itself: what fails is listed with its reason, the rest is there. At most 100.

    Raises ``InvalidParameter`` for an empty or too long list, ``MissingParameter`` without one.
    """
    assert isinstance(call, HuaweiCall)  # noqa: S101 - made by this dialect
    assert call.profile is not None  # noqa: S101 - identify has run
    row = call.profile.rows["create-secret"]
    items = given(call)["secrets"]
    errors = []
    for item in items:
        name = item.get("name") if isinstance(item, dict) else None
        try:
            if not isinstance(item, dict):
                raise faults.MisshapenBody
            arguments = row.arguments(item)
            create_secret(arguments, call)
            run(secrets.create, secrets.CreateSecret(**arguments))
        except faults.ServerFault:
            raise
        except faults.Fault as fault:
            told = call.profile.catalogue.row(fault, row.name, row.surface)
            errors.append({"name": name or "", "error_msg": f"{told.code}: {told.text(fault)}"})
    return {"error_list": errors, "total": len(items), "success": len(items) - len(errors), "failed": len(errors)}


CHECKER = "checking_secret_strength"
_AGENCY = "agency/"


def checker_config(call: Call, run: UseCaseRunner) -> dict[str, Any]:  # noqa: ARG001 - a quirk's signature
    """Whether new values are looked at."""
    return {CHECKER: run(account_users.get_setting, account_users.SettingByName(CHECKER)) == "true"}


def set_checker_config(call: Call, run: UseCaseRunner) -> dict[str, Any]:
    """Switch it; without the field it stays."""
    held = given(call)
    if CHECKER in held:
        word = "true" if held[CHECKER] else "false"
        run(account_users.set_setting, account_users.SetSetting(CHECKER, word))
    return checker_config(call, run)


def check_secrets(call: Call, run: UseCaseRunner) -> dict[str, Any]:
    """How strong a value is.

    Neither types nor data are documented: any type is taken, every text in the data is looked at, and each gets its
    strength under its own name.
    """
    held = given(call)
    found: dict[str, Any] = {}
    for name, text in held["data"].items():
        if isinstance(text, str):
            strength = run(account_users.estimate_strength, account_users.EstimateStrength(text))
            found[name] = {"strength": strength.level, "bits": strength.bits}
    return {"type": held["type"], "data": found}


def create_agency(call: Call, run: UseCaseRunner) -> dict[str, Any]:
    """Let the service act for the account in rotating one type. Nothing needs leave here; the answer is kept."""
    kind = given(call)["secret_type"]
    run(account_users.set_setting, account_users.SetSetting(_AGENCY + kind, "true"))
    return {"agencies": [{"agency_name": name, "agency_id": f"{name}-{kind}"} for name in AGENCIES]}


def show_agency(call: Call, run: UseCaseRunner) -> dict[str, Any]:
    """Whether :func:`create_agency` was called."""
    kind = given(call)["secret_type"]
    granted = run(account_users.get_setting, account_users.SettingByName(_AGENCY + kind)) == "true"
    return {"agency_granted": "true" if granted else "false"}


AGENCIES = ("CSMSAccessFunctionGraph", "FunctionGraphAgencyForRotateRDSByCSMSV3")
_TEMPLATE = '''\
"""Rotates {kind} ({sub}{engine}). Bitting posts each step; answer 200 when it is done, 4xx to refuse for good."""

import hashlib
import hmac
import json


def handler(headers, body, signing_secret):
    signed = b".".join((headers["x-bitting-timestamp"].encode(), headers["x-bitting-delivery"].encode(), body))
    expected = "v1=" + hmac.new(signing_secret, signed, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, headers["x-bitting-signature"]):
        return 401, b""
    event = json.loads(body)
    if event["step"] == "create":
        return 200, b""  # or json.dumps({{"value": ...}}).encode() for a value of your own
    if event["step"] == "set":
        pass  # give the server the value in event["pending"]
    if event["step"] == "test":
        pass  # log in with event["pending"]
    if event["step"] == "rollback":
        pass  # put event["current"] back
    return 200, b""
'''


def function_templates(call: Call, run: UseCaseRunner) -> dict[str, Any]:  # noqa: ARG001 - a quirk's signature
    """A function to start from. ``engine`` is required for RDS-FG and refused for others."""
    held = given(call)
    engine = held.get("engine", "")
    if (held["secret_type"] == "RDS-FG") != bool(engine):
        raise faults.InvalidParameter(parameter="engine", reason="missing")
    text = _TEMPLATE.format(
        kind=held["secret_type"], sub=held["secret_sub_type"], engine=f", {engine}" if engine else ""
    )
    return {"function_templates": text}
