"""Access points of a key space: who may open data key capsules."""

from __future__ import annotations

from bitting.core.usecases.access import capsule_access
from bitting.dialects.base.codecs import Base64, Choice, EncodeOnly, Items, Moment, Text
from bitting.dialects.base.operation import Field, Record
from bitting.dialects.huawei.access.fields import DESCRIPTION, ID, NAME, PAGE_INFO, SPACE, SPACE_PAGE
from bitting.dialects.huawei.codecs import NumericChoice
from bitting.dialects.huawei.fields import BASE, located_row
from bitting.dialects.huawei.rows import Row

_POINTS = BASE + "access-points"
_ONE_POINT = _POINTS + "/{access_point_id}"
_POINT = Field("access_point_id", ID, to="point_id", required=True)
_KINDS = Choice({str(number): word for number, word in enumerate(capsule_access.KINDS, start=1)})
_TEXT, _MOMENT = Text(), Moment()
_SHOWN = Record(
    Field("access_point_id", _TEXT, of="id"),
    Field("keyspace_id", _TEXT, of="space_id"),
    Field("access_point_name", _TEXT, of="name"),
    Field("state", EncodeOnly(int), of="enabled"),
    Field("type", EncodeOnly(lambda kind: int(_KINDS.encode(kind))), of="kind"),
    Field("created_by", _TEXT, of="creator"),
    Field("create_time", _MOMENT, of="created_ms"),
    Field("lsat_modify_time", _MOMENT, of="updated_ms"),  # spelt so in the SDK
)


def rows() -> tuple[Row, ...]:
    """All of them."""
    return (
        located_row(
            "create-access-point", "POST", _POINTS, capsule_access.create_capsule_access_point, SPACE,
            Field("access_point_name", NAME, to="name", required=True),
            Field("type", NumericChoice(_KINDS), to="kind", required=True),
            Field("identity", Text(1, 4096), to="identity"),
            Field("cluster_id", ID, to="cluster_id"),
            DESCRIPTION,
            response=(Field("access_point_id", _TEXT, of="result.id"),),
        ),
        located_row(
            "list-access-points", "GET", _POINTS, capsule_access.list_capsule_access_points, *SPACE_PAGE,
            response=(PAGE_INFO, Field("access_points", Items(_SHOWN), of="result.items")),
        ),
        located_row(
            "delete-access-point", "DELETE", _ONE_POINT, capsule_access.delete_capsule_access_point, _POINT, ok=204,
        ),
        located_row(
            "enable-access-point", "POST", _ONE_POINT + "/enable", capsule_access.enable_capsule_access_point, _POINT,
        ),
        located_row(
            "disable-access-point", "POST", _ONE_POINT + "/disable",
            capsule_access.disable_capsule_access_point, _POINT,
        ),
        located_row(
            "get-privatekey", "POST", _ONE_POINT + "/get-privatekey", capsule_access.private_key, _POINT,
            response=(
                Field("access_point_id", _TEXT, of="result.point.id"),
                Field("private_key", Base64(), of="result.der"),
            ),
        ),
    )  # fmt: skip
