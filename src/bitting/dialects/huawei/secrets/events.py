"""Backups, rotations and events of the secrets API.

::

    backup 2, rotation 2      flat envelope, but rotate-secret
    events 6                  nested
"""

from __future__ import annotations

from typing import Any

from bitting.core.usecases.secrets import backup as secret_backup
from bitting.core.usecases.secrets import events as secret_events
from bitting.core.usecases.secrets import rotation as secret_rotation
from bitting.dialects.base.codecs import Choice, EncodeOnly, Items, Text
from bitting.dialects.base.operation import Field
from bitting.dialects.huawei.rows import Row
from bitting.dialects.huawei.secrets import adapters as shapes
from bitting.dialects.huawei.secrets import codecs as kinds
from bitting.dialects.huawei.secrets import rows as shown
from bitting.dialects.huawei.secrets.rows import CSMS, PAGE_MOST, SECRETS, row

BLOB_CHARACTERS = 5_242_880
BLOB_BODY = BLOB_CHARACTERS + 1024

_EVENT = Field("event_name", kinds.EVENT_NAME, to="name", required=True)
_ONE_EVENT = (Field("event", shown.EVENT, of="result"),)
_ONE_SECRET = (Field("secret", shown.SECRET, of="result"),)
_TYPES = kinds.UniqueItems(kinds.EVENT_TYPES, 1, 12)
_TARGET = kinds.ObjectCodec(
    ("target_type", "target_id", "target_name"),
    target_type=Choice({"SMN": "SMN"}),
    target_id=Text(1, 256),
    target_name=Text(1, 64),
)


def _rules_page(page: Any) -> dict[str, Any]:
    return shown.page_info([rule.name for rule in page.rules], more=page.more)


def backup_rows() -> list[Row]:
    """Backups, rotations and their tasks."""
    blob = Field("secret_blob", Text(1, BLOB_CHARACTERS), to="blob", required=True)
    rotated = (
        Field("version_id", Text(), of="result.version"),
        Field("secret_name", Text(), of="result.secret_name"),
        Field("rotation_task_id", Text(), of="result.id"),
    )
    tasks = (
        Field("secret_name", kinds.ANY_NAME, to="secret_name"),
        Field("status", kinds.TASK_STATES, to="state"),
        Field("task_id", Text(1, 64), to="task_id"),
        Field("limit", kinds.QueryInteger(1, PAGE_MOST), to="limit"),
        Field("marker", Text(1, 64), to="after"),
    )
    page = (
        Field("total", EncodeOnly(int), of="result.total"),
        Field("tasks", Items(shown.TASK), of="result.tasks"),
        Field("next_marker", EncodeOnly(lambda page: page.tasks[-1].id if page.more else None), of="result"),
    )
    return [
        row(
            "download-secret-blob",
            "POST",
            SECRETS + "/{secret_name}/backup",
            use=secret_backup.back_up,
            request=(shown.NAME,),
            response=(Field("secret_blob", Text(), of="result"),),
        ),
        row(
            "upload-secret-blob",
            "POST",
            SECRETS + "/restore",
            use=secret_backup.restore_backup,
            request=(blob,),
            response=_ONE_SECRET,
            max_body=BLOB_BODY,
        ),
        row(
            "rotate-secret",
            "POST",
            SECRETS + "/{secret_name}/rotate",
            use=secret_rotation.rotate,
            request=(shown.NAME,),
            response=rotated,
            nested=True,
        ),
        row(
            "list-secret-task",
            "GET",
            CSMS + "/tasks",
            use=secret_rotation.list_tasks,
            adapt_request=shapes.task,
            request=tasks,
            response=page,
        ),
    ]


_NEW = (
    Field("name", kinds.EVENT_NAME, to="name", required=True),
    Field("event_types", _TYPES, to="types", required=True),
    Field("state", kinds.SWITCH, to="enabled", required=True),
    Field("notification", _TARGET, required=True),
)
_CHANGES = (
    _EVENT,
    Field("state", kinds.SWITCH, to="enabled"),
    Field("event_types", _TYPES, to="types"),
    Field("notification", _TARGET),
)
_LISTING = (shown.LIMIT, Field("marker", kinds.ANY_NAME, to="after"))


def event_rows() -> list[Row]:
    """Events and the records of their notices."""
    base = CSMS + "/events"
    page = (
        Field("events", Items(shown.EVENT), of="result.rules"),
        Field("page_info", EncodeOnly(_rules_page), of="result"),
    )
    notices = (
        Field("records", Items(EncodeOnly(shown.record)), of="result.notices"),
        Field(
            "page_info",
            EncodeOnly(lambda page: shown.page_info([n.rule for n in page.notices], more=False)),
            of="result",
        ),
    )
    return [
        row(
            "create-secret-event",
            "POST",
            base,
            use=secret_events.create_rule,
            adapt_request=shapes.notification,
            request=_NEW,
            response=_ONE_EVENT,
            nested=True,
        ),
        row(
            "list-secret-events",
            "GET",
            base,
            use=secret_events.list_rules,
            request=_LISTING,
            response=page,
            nested=True,
        ),
        *_one_event_rows(),
        row(
            "list-notification-records",
            "GET",
            CSMS + "/notification-records",
            use=secret_events.list_notices,
            response=notices,
            nested=True,
        ),
    ]


def _one_event_rows() -> list[Row]:
    one = CSMS + "/events/{event_name}"
    return [
        row(
            "show-secret-event",
            "GET",
            one,
            use=secret_events.show_rule,
            request=(_EVENT,),
            response=_ONE_EVENT,
            nested=True,
        ),
        row(
            "update-secret-event",
            "PUT",
            one,
            use=secret_events.update_rule,
            adapt_request=shapes.changed_notification,
            request=_CHANGES,
            response=_ONE_EVENT,
            nested=True,
        ),
        row(
            "delete-secret-event", "DELETE", one, use=secret_events.delete_rule, request=(_EVENT,), ok=204, nested=True
        ),
    ]
