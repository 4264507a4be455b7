"""The rows of the native API about what rotation and events may reach, and about stopping a secret.

::

    GET, PUT, DELETE accounts/{account_id}/webhooks    name, url (, secret) -> secret, shown once
    GET, PUT, DELETE accounts/{account_id}/targets     name, engine, host, port, users (, database, admin, ...)
    POST             secrets/{secret_id}/freeze
"""

from __future__ import annotations

from bitting.core.usecases.secrets import delivery_targets as reach
from bitting.core.usecases.secrets import lifecycle as secrets
from bitting.dialects.base.codecs import Flag, Integer, Items, Text
from bitting.dialects.base.operation import Field, Operation, Record
from bitting.dialects.native.rows import ID, field_in, row

_TEXT, _MOMENT = Text(), Integer(0, 1 << 53)
_NAME = field_in("name", Text(1, reach.NAME_MAX))
_ACCOUNT = field_in("account_id", ID)
_WEBHOOK = Record(
    Field("name", _TEXT, of="webhook.name"),
    Field("url", _TEXT, of="webhook.url"),
    Field("created_ms", _MOMENT, of="webhook.created_ms"),
    Field("secret", _TEXT, of="secret"),
)
_TARGET = Record(
    Field("name", _TEXT, of="name"),
    Field("engine", _TEXT, of="engine"),
    Field("host", _TEXT, of="host"),
    Field("port", _MOMENT, of="port"),
    Field("database", _TEXT, of="database"),
    Field("admin", _TEXT, of="admin"),
    Field("tls", Flag(), of="tls"),
    Field("users", Items(_TEXT), of="users"),
)
_WEBHOOKS, _TARGETS = "accounts/{account_id}/webhooks", "accounts/{account_id}/targets"

OPERATIONS: tuple[Operation, ...] = (
    row("GET", _WEBHOOKS, reach.list_webhooks, _ACCOUNT, answer="webhooks"),
    row(
        "PUT",
        _WEBHOOKS,
        reach.set_webhook,
        _ACCOUNT,
        _NAME,
        field_in("url", Text(1, 2048)),
        field_in("secret", Text(16, 128), required=False),
        answer="webhook",
        kind=_WEBHOOK,
    ),
    row("DELETE", _WEBHOOKS, reach.delete_webhook, _ACCOUNT, _NAME),
    row("GET", _TARGETS, reach.list_targets, _ACCOUNT, answer="targets"),
    row(
        "PUT",
        _TARGETS,
        reach.set_target,
        _ACCOUNT,
        _NAME,
        field_in("engine", Text(1, 32)),
        field_in("host", Text(1, 255)),
        field_in("port", Integer(1, 65535)),
        field_in("database", Text(0, 64), required=False),
        field_in("admin", Text(0, 128), required=False),
        field_in("password", Text(0, 256), required=False),
        field_in("tls", Flag(), required=False),
        field_in("users", Items(Text(1, reach.NAME_MAX), most=100), required=False),
        answer="target",
        kind=_TARGET,
    ),
    row("DELETE", _TARGETS, reach.delete_target, _ACCOUNT, _NAME),
    row("POST", "secrets/{secret_id}/freeze", secrets.freeze, field_in("secret_id", ID), answer="secret"),
)
