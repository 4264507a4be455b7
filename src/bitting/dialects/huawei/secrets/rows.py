"""What rows of several subjects share: paths, parameters, the records of a secret and of a page."""

from __future__ import annotations

from typing import Any

from bitting.dialects.base.codecs import Integer, Items, Text
from bitting.dialects.base.operation import Field, Record
from bitting.dialects.huawei.bodies import check_sequence, located_values
from bitting.dialects.huawei.rows import HuaweiCall, Row
from bitting.dialects.huawei.secrets import codecs
from bitting.dialects.huawei.secrets.answer_codecs import OrNull, WithFallback

SECRETS = "/v1/{project_id}/secrets"
CSMS = "/v1/{project_id}/csms"
#: Operations on the account, outside any project.
ACCOUNT = "/v1/csms"
BODY = 1 << 20
PAGE_MOST = 1000

NAME = Field("secret_name", codecs.ANY_NAME, to="name", required=True)
LIMIT = Field("limit", codecs.QueryInteger(1, PAGE_MOST), to="limit")

TEXT = Text()
TEXT_OR_NULL = OrNull(TEXT)
MOMENT = codecs.Milliseconds()
COUNT = Integer(0, 1 << 62)
#: Types this API has no word for, those of secrets made through another API, look like common ones here.
SECRET_TYPE = WithFallback(codecs.TYPES, "COMMON")


def row(name: str, method: str, path: str, **settings: Any) -> Row:
    """A row of this API: parameters come from path, query and body alike."""
    return Row(
        name=name, method=method, path=path, **{"surface": "csms", "located": True, "max_body": BODY, **settings}
    )


def parameters(call: HuaweiCall) -> dict[str, Any]:
    """The converted parameters of a composite's call. Raises ``RequestFault``."""
    call.values = located_values(call)
    check_sequence(call.values, call.operation.surface)
    return call.operation.arguments(call.values)


SECRET = Record(
    Field("id", TEXT, of="id"),
    Field("name", TEXT, of="name"),
    Field("state", codecs.STATES, of="state"),
    Field("kms_key_id", TEXT, of="key_id"),
    Field("description", TEXT, of="description"),
    Field("create_time", MOMENT, of="created_ms"),
    Field("update_time", MOMENT, of="updated_ms"),
    Field("scheduled_delete_time", MOMENT, of="deletion_due_ms"),
    Field("secret_type", SECRET_TYPE, of="type"),
    Field("auto_rotation", codecs.RotationSwitch(), of="rotation"),
    Field("rotation_period", codecs.Period(), of="rotation_interval_s"),
    Field("rotation_config", TEXT_OR_NULL, of="config"),
    Field("rotation_time", MOMENT, of="rotated_ms"),
    Field("next_rotation_time", MOMENT, of="rotation_due_ms"),
    Field("event_subscriptions", Items(TEXT), of="events"),
    Field("enterprise_project_id", TEXT, of="enterprise_project_id"),
    Field("rotation_func_urn", TEXT_OR_NULL, of="function"),
)
ONE_SECRET = (Field("secret", SECRET, of="result"),)

#: Where a page begins and ends (:class:`bitting.core.usecases.secrets.paging.PageMarkers`).
PAGE_INFO = Field(
    "page_info",
    Record(
        Field("next_marker", TEXT_OR_NULL, of="next"),
        Field("previous_marker", TEXT_OR_NULL, of="previous"),
        Field("current_count", COUNT, of="count"),
    ),
    of="result.markers",
)
