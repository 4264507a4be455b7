"""Events: whom to notify of what, and the records of what was sent. All in the nested envelope.

Source: the pages of these operations in the Huawei Cloud CSMS API reference.
"""

from __future__ import annotations

from bitting.core.usecases.secrets import events
from bitting.dialects.base.codecs import Choice, Items, Text
from bitting.dialects.base.operation import Field, Record
from bitting.dialects.huawei.rows import Row
from bitting.dialects.huawei.secrets import codecs
from bitting.dialects.huawei.secrets.answer_codecs import WithFallback
from bitting.dialects.huawei.secrets.rows import CSMS, LIMIT, MOMENT, PAGE_INFO, SECRET_TYPE, TEXT, row

_BASE = CSMS + "/events"
_TYPES = codecs.UniqueItems(codecs.EVENT_TYPES, 1, 12)
_TARGET = codecs.ObjectCodec(
    ("target_type", "target_id", "target_name"),
    events.EventTarget,
    target_type=Choice({"SMN": "SMN"}),
    target_id=Text(1, 256),
    target_name=Text(1, 64),
)
_NAME = Field("event_name", codecs.EVENT_NAME, to="name", required=True)
_NEW = (
    Field("name", codecs.EVENT_NAME, to="name", required=True),
    Field("event_types", _TYPES, to="types", required=True),
    Field("state", codecs.SWITCH, to="enabled", required=True),
    Field("notification", _TARGET, to="target", required=True),
)
_CHANGES = (
    _NAME,
    Field("state", codecs.SWITCH, to="enabled"),
    Field("event_types", _TYPES, to="types"),
    Field("notification", _TARGET, to="target"),
)
_EVENT = Record(
    Field("name", TEXT, of="name"),
    Field("event_id", TEXT, of="uid"),
    Field("event_types", Items(codecs.EVENT_TYPES), of="types"),
    Field("state", codecs.SWITCH, of="enabled"),
    Field("create_time", MOMENT, of="created_ms"),
    Field("update_time", MOMENT, of="updated_ms"),
    Field(
        "notification",
        Record(
            Field("target_type", TEXT, of="target_type"),
            Field("target_id", TEXT, of="target_id"),
            Field("target_name", TEXT, of="target_name"),
        ),
    ),
)
_ONE_EVENT = (Field("event", _EVENT, of="result"),)
#: A delivery that is still being tried counts as failed until it succeeds.
_RECORD = Record(
    Field("event_name", TEXT, of="rule"),
    Field("trigger_event_type", codecs.EVENT_TYPES, of="event"),
    Field("create_time", MOMENT, of="created_ms"),
    Field("secret_name", TEXT, of="secret_name"),
    Field("secret_type", SECRET_TYPE, of="secret_type"),
    Field("notification_target_name", TEXT, of="target_name"),
    Field("notification_target_id", TEXT, of="target_id"),
    Field("notification_content", TEXT, of="content"),
    Field("notification_status", WithFallback(codecs.NOTICE_STATES, "FAIL"), of="state"),
)


def event_rows() -> list[Row]:
    """Events and the records of their notices."""
    return [
        row(
            "create-secret-event",
            "POST",
            _BASE,
            use=events.create_rule,
            request=_NEW,
            response=_ONE_EVENT,
            nested=True,
        ),
        row(
            "list-secret-events",
            "GET",
            _BASE,
            use=events.list_rules,
            request=(LIMIT, Field("marker", codecs.ANY_NAME, to="after")),
            response=(Field("events", Items(_EVENT), of="result.rules"), PAGE_INFO),
            nested=True,
        ),
        *_one_event_rows(),
        row(
            "list-notification-records",
            "GET",
            CSMS + "/notification-records",
            use=events.list_notices,
            response=(Field("records", Items(_RECORD), of="result.notices"), PAGE_INFO),
            nested=True,
        ),
    ]


def _one_event_rows() -> list[Row]:
    one = _BASE + "/{event_name}"
    return [
        row(
            "show-secret-event",
            "GET",
            one,
            use=events.show_rule,
            request=(_NAME,),
            response=_ONE_EVENT,
            nested=True,
        ),
        row(
            "update-secret-event",
            "PUT",
            one,
            use=events.update_rule,
            request=_CHANGES,
            response=_ONE_EVENT,
            nested=True,
        ),
        row("delete-secret-event", "DELETE", one, use=events.delete_rule, request=(_NAME,), ok=204, nested=True),
    ]
