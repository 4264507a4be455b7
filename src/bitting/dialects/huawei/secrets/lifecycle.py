"""Secrets themselves: create, list, show, update, delete at once or later, restore.

Source: the pages of these operations in the Huawei Cloud CSMS API reference.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from bitting.core import faults
from bitting.core.model.secret import SecretType
from bitting.core.usecases.secrets import lifecycle, listing
from bitting.dialects.base.codecs import Flag, Integer, Items, Text
from bitting.dialects.base.operation import Field
from bitting.dialects.huawei.rows import HuaweiCall, Row
from bitting.dialects.huawei.secrets import codecs
from bitting.dialects.huawei.secrets.rows import LIMIT, NAME, ONE_SECRET, PAGE_INFO, SECRET, SECRETS, row
from bitting.dialects.huawei.secrets.versions import VALUE, value
from bitting.wire import strict_json

#: What a value may call its user and password; the first pair found is what rotation changes.
LOGIN_FIELDS = (
    ("username", "password"),
    ("user_name", "password"),
    ("user", "password"),
    ("AccountName", "AccountPassword"),
)
_any = strict_json.Decoder[Any]()
_PAIRED = {"SingleUser": False, "MultiUser": True}

_EVENTS = Field("event_subscriptions", codecs.UniqueItems(codecs.EVENT_NAME, 0, 1), to="events")
_DESCRIPTION = Field("description", codecs.LimitedUtf8(codecs.DESCRIPTION_BYTES), to="description")
_KEY = Field("kms_key_id", codecs.WrappingKey(), to="key")
_FUNCTION = Field("rotation_func_urn", codecs.FUNCTION, to="function")
#: In changes an empty text clears what it names; the Terraform provider sends one for a description taken away.
_CLEARABLE = (replace(_DESCRIPTION, empty=True), replace(_FUNCTION, empty=True))
_NEW_SECRET = (
    Field("name", codecs.NEW_NAME, to="name", required=True),
    _KEY,
    _DESCRIPTION,
    *VALUE,
    Field("secret_type", codecs.TYPES, to="type"),
    Field("auto_rotation", Flag()),
    Field("rotation_period", codecs.Period()),
    Field("rotation_config", Text(0, 1024), to="config"),
    _EVENTS,
    Field("enterprise_project_id", Text(1, 36), to="enterprise_project_id"),
    _FUNCTION,
)
_CHANGES = (
    NAME,
    _KEY,
    *_CLEARABLE,
    Field("auto_rotation", Flag(), to="automatic"),
    Field("rotation_period", codecs.Period(), to="rotation_interval_s"),
    _EVENTS,
)


def create_secret(arguments: dict[str, Any], call: HuaweiCall) -> None:
    """The value; and what rotation needs: a period, and for databases their configuration.

    COMMON secrets are rotated only where a function says how. Raises ``InvalidParameter``.
    """
    value(arguments, call)
    secret_type = arguments.setdefault("type", SecretType.GENERIC)
    period = arguments.pop("rotation_period", 0)
    if arguments.pop("auto_rotation", False):
        if not period or (secret_type is SecretType.GENERIC and not arguments.get("function")):
            raise faults.InvalidParameter(parameter="rotation_period", reason="missing")
        arguments["rotation_interval_s"] = period
    if secret_type is not SecretType.GENERIC:
        _database(arguments)


def _database(arguments: dict[str, Any]) -> None:
    """``rotation_config``: ``{"InstanceId", "SecretSubType"}``; the value: JSON with a user and a password."""
    config, content = _object(arguments.get("config")), _object(arguments["value"])
    instance, paired = config.get("InstanceId"), _PAIRED.get(str(config.get("SecretSubType")))
    if not isinstance(instance, str) or not instance or paired is None:
        raise faults.InvalidParameter(parameter="rotation_config", reason="format")
    fields = next((pair for pair in LOGIN_FIELDS if all(isinstance(content.get(name), str) for name in pair)), None)
    if fields is None:
        raise faults.InvalidParameter(parameter="secret_string", reason="format")
    arguments.update(target=instance, paired=paired, fields=fields)


def _object(text: str | bytes | None) -> dict[str, Any]:
    try:
        content = _any.decode(text or "")
    except msgspec.DecodeError:
        return {}
    return content if isinstance(content, dict) else {}


def collection_rows() -> list[Row]:
    """Rows of the collection. A weak value may be refused: see :mod:`bitting.dialects.huawei.secrets.checker`."""
    filters = (
        LIMIT,
        Field("marker", codecs.ANY_NAME, to="after"),
        Field("event_name", codecs.EventFilter(), to="wanted"),
    )
    return [
        row(
            "create-secret",
            "POST",
            SECRETS,
            use=lifecycle.create,
            adapt_request=create_secret,
            request=_NEW_SECRET,
            response=(Field("secret", SECRET, of="result.secret"),),
        ),
        row(
            "list-secrets",
            "GET",
            SECRETS,
            use=listing.list_secrets,
            request=filters,
            response=(Field("secrets", Items(SECRET), of="result.secrets"), PAGE_INFO),
        ),
    ]


def secret_rows() -> list[Row]:
    """Rows of one secret."""
    one = SECRETS + "/{secret_name}"
    scheduled = one + "/scheduled-deleted-tasks"
    days = Field("recovery_window_in_days", Integer(7, 30), to="days")
    return [
        row("show-secret", "GET", one, use=lifecycle.describe, request=(NAME,), response=ONE_SECRET),
        row("update-secret", "PUT", one, use=lifecycle.update, request=_CHANGES, response=ONE_SECRET),
        row("delete-secret", "DELETE", one, use=lifecycle.delete, request=(NAME,)),
        row(
            "delete-secret-for-schedule",
            "POST",
            scheduled + "/create",
            use=lifecycle.schedule_deletion,
            request=(NAME, days),
            response=ONE_SECRET,
        ),
        row(
            "restore-secret",
            "POST",
            scheduled + "/cancel",
            use=lifecycle.restore,
            request=(NAME,),
            response=ONE_SECRET,
        ),
    ]
