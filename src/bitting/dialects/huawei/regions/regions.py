"""Replicas of keys in further regions. Replication is done when it is answered, so its job has always succeeded.

Source: Huawei Cloud SDK 3.1.219 (v2 operations).
"""

from __future__ import annotations

from bitting.core.usecases.keys import regions
from bitting.dialects.base.codecs import Digits, EncodeOnly, Text
from bitting.dialects.base.operation import Field
from bitting.dialects.huawei.codecs import KeyAlias
from bitting.dialects.huawei.fields import KEY, LIMIT, OFFSET, V2, located_row
from bitting.dialects.huawei.rows import Row
from bitting.dialects.huawei.tags.codecs import TagList

_TEXT = Text()
_REGION = Text(1, 255)


def rows() -> tuple[Row, ...]:
    """All of them."""
    return (
        located_row(
            "replicate", "POST", V2 + "keys/{key_id}/replicate", regions.replicate, KEY,
            Field("replica_region", _REGION, to="region", required=True),
            Field("key_alias", KeyAlias(), to="name", required=True),
            Field("replica_project_id", Text(1, 64), to="project_id", required=True),
            Field("key_description", Text(0, 255), to="description"),
            Field("enterprise_project_id", Text(0, 36), to="enterprise_project_id"),
            Field("tags", TagList(), to="tags"),
            response=(
                Field("key_id", _TEXT, of="result.key_id"),
                Field("domain_id", _TEXT, of="principal.domain_id"),
                Field("region", _TEXT, of="result.region"),
            ),
        ),
        located_row(
            "update-primary-region", "PUT", V2 + "keys/{key_id}/update-primary-region", regions.update_primary,
            KEY, Field("primary_region", _REGION, to="region", required=True),
            response=(
                Field("key_id", _TEXT, of="result.id"),
                Field("primary_region", _TEXT, of="result.primary_region"),
            ),
        ),
        located_row(
            "list-regions", "GET", V2 + "regions", regions.list_, LIMIT, OFFSET,
            response=(Field("regions", EncodeOnly(list), of="result.names"),),
        ),
        located_row(
            "show-job", "GET", V2 + "jobs/{job_id}", regions.job,
            Field("job_id", Text(1, 64), to="job_id", required=True),
            response=(
                Field("job_id", _TEXT, of="result.job_id"),
                Field("job_type", EncodeOnly(lambda _: "replicate"), of="result"),
                Field("status", EncodeOnly(lambda _: "SUCCESS"), of="result"),
                Field("key_id", _TEXT, of="result.key_id"),
                Field("region", _TEXT, of="result.region"),
                Field("begin_time", Digits(), of="result.created_ms"),
                Field("end_time", Digits(), of="result.created_ms"),
            ),
        ),
    )  # fmt: skip
