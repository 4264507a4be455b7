"""What rows of the secrets API have in common: how a secret, a version, an event, a page are said.

::

    row, via     a row of this API; parameters come from path, query and body alike
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bitting.core.model.secret import Notice, SecretType, SecretVersion
from bitting.core.usecases.secrets.listing import tag_pairs
from bitting.core.usecases.secrets.records import VersionWithStages
from bitting.core.usecases.secrets.versions import Value
from bitting.dialects.base.codecs import Digits, EncodeOnly, Items, Text
from bitting.dialects.base.dialect import Call
from bitting.dialects.base.operation import Field, Record
from bitting.dialects.huawei.bodies import check_sequence, located_values
from bitting.dialects.huawei.rows import Row
from bitting.dialects.huawei.secrets import codecs as kinds

SECRETS = "/v1/{project_id}/secrets"
CSMS = "/v1/{project_id}/csms"
PEOPLE = "/v1/csms"
BODY = 1 << 20
PAGE_MOST = 1000

NAME = Field("secret_name", kinds.ANY_NAME, to="name", required=True)
LIMIT = Field("limit", kinds.QueryInteger(1, PAGE_MOST), to="limit")

TEXT = Text()
MOMENT = kinds.Milliseconds()
#: Types this API knows; others' secrets look like common ones here.
_SPELT: set[SecretType] = {kinds.TYPES.decode(word) for word in ("COMMON", "RDS-FG", "GaussDB-FG")}
OR_NULL = EncodeOnly(lambda text: text or None)


def row(name: str, method: str, path: str, **given: Any) -> Row:
    """A row of one use case."""
    return Row(name=name, method=method, path=path, **{"surface": "csms", "located": True, "max_body": BODY, **given})


def via(name: str, method: str, path: str, quirk: Any, *request: Field, **given: Any) -> Row:
    """A row of a quirk."""
    return row(name, method, path, composite=quirk, request=request, **given)


def given(call: Call) -> dict[str, Any]:
    """The converted parameters of a quirk's call. Raises ``RequestFault``."""
    call.values = located_values(call)
    check_sequence(call.values)
    return call.operation.arguments(call.values)


SECRET = Record(
    Field("id", TEXT, of="id"),
    Field("name", TEXT, of="name"),
    Field("state", kinds.STATES, of="state"),
    Field("kms_key_id", TEXT, of="key_id"),
    Field("description", TEXT, of="description"),
    Field("create_time", MOMENT, of="created_ms"),
    Field("update_time", MOMENT, of="updated_ms"),
    Field("scheduled_delete_time", MOMENT, of="deletion_due_ms"),
    Field("secret_type", EncodeOnly(lambda kind: kinds.TYPES.encode(kind) if kind in _SPELT else "COMMON"), of="type"),
    Field("auto_rotation", EncodeOnly(kinds.automatic), of="rotation"),
    Field("rotation_period", kinds.Period(), of="rotation_interval_s"),
    Field("rotation_config", OR_NULL, of="config"),
    Field("rotation_time", MOMENT, of="rotated_ms"),
    Field("next_rotation_time", MOMENT, of="rotation_due_ms"),
    Field("event_subscriptions", Items(TEXT), of="events"),
    Field("enterprise_project_id", TEXT, of="enterprise_project_id"),
    Field("rotation_func_urn", OR_NULL, of="function"),
)


def metadata(staged: VersionWithStages | Value) -> dict[str, Any]:
    """A version without its value."""
    version: SecretVersion = staged.version
    return {
        "id": version.name,
        "kms_key_id": version.key_id,
        "create_time": version.created_ms,
        "expire_time": version.expires_ms or None,
        "secret_name": staged.secret.name,
        "version_stages": [kinds.StageName().encode(name) for name in staged.stages],
    }


def whole_version(value: Value) -> dict[str, Any]:
    """A version with its value, as text or as base64, whichever it came as."""
    text = value.value.decode(errors="replace")
    binary = value.version.binary
    return {
        "version_metadata": metadata(value),
        "secret_binary": text if binary else None,
        "secret_string": None if binary else text,
    }


EVENT = Record(
    Field("name", TEXT, of="name"),
    Field("event_id", TEXT, of="uid"),
    Field("event_types", Items(kinds.EVENT_TYPES), of="types"),
    Field("state", kinds.SWITCH, of="enabled"),
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


def record(notice: Notice) -> dict[str, Any]:
    """One delivery. One that is still being tried counts as failed until it succeeds."""
    kind = kinds.TYPES.encode(notice.secret_type) if notice.secret_type in _SPELT else "COMMON"
    words = {"delivered": "SUCCESS", "invalid": "INVALID"}
    return {
        "event_name": notice.rule,
        "trigger_event_type": kinds.EVENT_TYPES.encode(notice.event),
        "create_time": notice.created_ms,
        "secret_name": notice.secret_name,
        "secret_type": kind,
        "notification_target_name": notice.target_name,
        "notification_target_id": notice.target_id,
        "notification_content": notice.content,
        "notification_status": words.get(notice.state.value, "FAIL"),
    }


def page_info(names: Sequence[str], *, more: bool) -> dict[str, Any]:
    """Where the next page starts; null where there is none."""
    return {
        "next_marker": names[-1] if more and names else None,
        "previous_marker": names[0] if names else None,
        "current_count": len(names),
    }


TASK = Record(
    Field("task_id", TEXT, of="id"),
    Field("secret_name", TEXT, of="secret_name"),
    Field("rotation_func_urn", OR_NULL, of="function"),
    Field("task_status", kinds.TASK_STATES, of="state"),
    Field("operate_type", EncodeOnly(lambda by: "AUTO" if by == "clock" else "MANUAL"), of="by"),
    Field("task_time", MOMENT, of="created_ms"),
    Field("attempt_nums", EncodeOnly(int), of="attempts"),
    Field("task_error_code", OR_NULL, of="error"),
    Field("task_error_msg", OR_NULL, of="error_text"),
)

GRANT = Record(
    Field("uuid", TEXT, of="uid"),
    Field("resourceId", TEXT, of="secret_id"),
    Field("type", EncodeOnly(lambda _: "SECRET"), of="id"),
    Field("granteeUser", TEXT, of="grantee"),
    Field("createTime", MOMENT, of="created_ms"),
    Field("updateTime", MOMENT, of="updated_ms"),
    Field("validityTime", kinds.Day(), of="until_ms"),
    Field("state", EncodeOnly(lambda _: 1), of="id"),  # undocumented number; the one word known is "valid"
)

_USER = {
    "user_id": "id",
    "user_name": "name",
    "name": "name",
}


def user(found: Any, *, whole: bool = False) -> dict[str, Any]:
    """A user. What this server does not keep (telephone, mail, grades) is null.

    The list spells ``disabled`` and ``grade`` as text, the single user as a flag and a number; so does the SDK.
    """
    enabled: bool = found.enabled
    return {
        **{name: getattr(found, attribute) for name, attribute in _USER.items()},
        "org_id": found.account_id,
        "mobile": None,
        "email": None,
        "pwd_must_modify": False,
        "pwd_change_at": None,
        "created_at": Digits().encode(found.created_ms),
        "updated_at": None,
        "disabled": not enabled if whole else str(not enabled).lower(),
        "grade": 0 if whole else "0",
        "locked": "false",
        "extension": {} if whole else "",
        "user_org_relation_list": [{"org_id": found.account_id, "relation_type": "0"}],
    }


def resource(secret: Any) -> dict[str, Any]:
    """A secret among tagged resources."""
    return {
        "resource_id": secret.id,
        "resource_detail": SECRET.encode(secret),
        "resource_name": secret.name,
        "tags": [{"key": key, "value": value} for key, value in tag_pairs(secret).items()],
        "sys_tags": [],
    }
