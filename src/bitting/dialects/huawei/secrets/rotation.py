"""Rotation: start one now, list the tasks, get a function to start from.

Source: the pages of these operations in the Huawei Cloud CSMS API reference. rotate-secret answers errors in the
nested envelope.
"""

from __future__ import annotations

from typing import Any

from bitting.core import faults
from bitting.core.usecases.secrets import rotation
from bitting.dialects.base.codecs import Choice, Items, Text
from bitting.dialects.base.dialect import UseCaseRunner
from bitting.dialects.base.operation import Field, Record
from bitting.dialects.huawei.rows import HuaweiCall, Row
from bitting.dialects.huawei.secrets import codecs
from bitting.dialects.huawei.secrets.answer_codecs import WithFallback
from bitting.dialects.huawei.secrets.rows import (
    ACCOUNT,
    COUNT,
    CSMS,
    LIMIT,
    MOMENT,
    NAME,
    SECRETS,
    TEXT,
    TEXT_OR_NULL,
    parameters,
    row,
)

_TASK = Record(
    Field("task_id", TEXT, of="id"),
    Field("secret_name", TEXT, of="secret_name"),
    Field("rotation_func_urn", TEXT_OR_NULL, of="function"),
    Field("task_status", codecs.TASK_STATES, of="state"),
    Field("operate_type", WithFallback(Choice({"AUTO": "clock"}), "MANUAL"), of="by"),
    Field("task_time", MOMENT, of="created_ms"),
    Field("attempt_nums", COUNT, of="attempts"),
    Field("task_error_code", TEXT_OR_NULL, of="error"),
    Field("task_error_msg", TEXT_OR_NULL, of="error_text"),
)
_FILTERS = (
    Field("secret_name", codecs.ANY_NAME, to="secret_name"),
    Field("status", codecs.TASK_STATES, to="state"),
    Field("task_id", Text(1, 64), to="task_id"),
    LIMIT,
    Field("marker", Text(1, 64), to="after"),
)

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


def _task_id_alone(arguments: dict[str, Any], _call: HuaweiCall) -> None:
    """A task id excludes every other filter. Raises ``InvalidParameter``."""
    if arguments.get("task_id") and len(arguments) > 1:
        raise faults.InvalidParameter(parameter="task_id", reason="alone")


def function_template(call: HuaweiCall, _run: UseCaseRunner) -> str:
    """A function to start from. ``engine`` is required for RDS-FG and refused for others.

    Raises ``MissingParameter``, ``InvalidParameter``.
    """
    wanted = parameters(call)
    engine = wanted.get("engine", "")
    if (wanted["secret_type"] == "RDS-FG") != bool(engine):
        raise faults.InvalidParameter(parameter="engine", reason="missing")
    return _TEMPLATE.format(
        kind=wanted["secret_type"], sub=wanted["secret_sub_type"], engine=f", {engine}" if engine else ""
    )


def rotation_rows() -> list[Row]:
    """Rotations and their tasks."""
    begun = (
        Field("version_id", TEXT, of="result.version"),
        Field("secret_name", TEXT, of="result.secret_name"),
        Field("rotation_task_id", TEXT, of="result.id"),
    )
    page = (
        Field("total", COUNT, of="result.total"),
        Field("tasks", Items(_TASK), of="result.tasks"),
        Field("next_marker", TEXT_OR_NULL, of="result.next_id"),
    )
    return [
        row(
            "rotate-secret",
            "POST",
            SECRETS + "/{secret_name}/rotate",
            use=rotation.rotate,
            request=(NAME,),
            response=begun,
            nested=True,
        ),
        row(
            "list-secret-task",
            "GET",
            CSMS + "/tasks",
            use=rotation.list_tasks,
            adapt_request=_task_id_alone,
            request=_FILTERS,
            response=page,
        ),
    ]


def template_rows() -> list[Row]:
    """The templates. A composite of no use case: the text is this dialect's own and says nothing of the account."""
    wanted = (
        Field("secret_type", Text(1, 32), required=True),
        Field("secret_sub_type", Choice({"SingleUser": "SingleUser", "MultiUser": "MultiUser"}), required=True),
        Field("engine", Choice({name: name for name in ("mysql", "postgresql", "sqlserver")})),
    )
    return [
        row(
            "show-secret-function-templates",
            "GET",
            ACCOUNT + "/function-templates",
            composite=function_template,
            request=wanted,
            response=(Field("function_templates", TEXT, of="result"),),
        ),
    ]
