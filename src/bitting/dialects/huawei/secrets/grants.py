"""Grants: one user or group of users may read one secret.

Source: the pages of these operations in the Huawei Cloud CSMS API reference.
"""

from __future__ import annotations

from bitting.core.usecases.secrets import grants
from bitting.dialects.base.codecs import Choice, Items, Text
from bitting.dialects.base.operation import Field, Record
from bitting.dialects.huawei.rows import Row
from bitting.dialects.huawei.secrets import codecs
from bitting.dialects.huawei.secrets.answer_codecs import Constant
from bitting.dialects.huawei.secrets.rows import CSMS, MOMENT, TEXT, row

_PATH = CSMS + "/grants"
_DAY = codecs.Day()
_RESOURCE = Field("resource_id", codecs.SECRET_ID, to="secret_id", required=True)
_ORDER = (
    _RESOURCE,
    Field("type", Choice({"SECRET": False, "GROUP": True}), to="secret_group", required=True),
    Field("grantee_type", Choice({"0": grants.USER, "2": grants.GROUP}), to="kind", required=True),
    Field("grantee_target_id", Text(1, 64), to="grantee", required=True),
    Field("validity_time", _DAY, to="until_ms"),
)
_ON_A_SECRET = Field("type", Constant("SECRET"))
_GRANT = Record(
    Field("uuid", TEXT, of="uid"),
    Field("resourceId", TEXT, of="secret_id"),
    _ON_A_SECRET,
    Field("granteeUser", TEXT, of="grantee"),
    Field("createTime", MOMENT, of="created_ms"),
    Field("updateTime", MOMENT, of="updated_ms"),
    Field("validityTime", _DAY, of="until_ms"),
    Field("state", Constant(1)),  # an undocumented number; the one state known is "valid"
)
_GRANTEE = Record(
    Field("user_id", TEXT, of="grant.grantee"),
    Field("user_name", TEXT, of="grantee_name"),
    Field("create_time", MOMENT, of="grant.created_ms"),
    Field("validity_time", _DAY, of="grant.until_ms"),
)
_GRANTS = Record(
    Field("id", TEXT, of="secret.id"),
    Field("name", TEXT, of="secret.name"),
    _ON_A_SECRET,
    Field("grantee_user", Items(_GRANTEE), of="grants"),
    Field("create_time", MOMENT, of="secret.created_ms"),
    Field("update_time", MOMENT, of="secret.updated_ms"),
)


def grant_rows() -> list[Row]:
    """All four rows."""
    one = (Field("data", _GRANT, of="result"),)
    return [
        row("create-grants", "POST", _PATH, use=grants.create, request=_ORDER, response=one),
        row("update-grant", "PUT", _PATH, use=grants.update, request=_ORDER, response=one),
        row(
            "delete-grant",
            "DELETE",
            _PATH,
            use=grants.delete,
            request=(_RESOURCE, Field("grantee_user", Text(1, 64), to="grantee")),
            ok=204,
        ),
        row(
            "list-grants",
            "GET",
            _PATH,
            use=grants.list_grants,
            request=(_RESOURCE,),
            response=(Field("data", _GRANTS, of="result"),),
        ),
    ]
