"""Versions of a secret, with or without their values, and the stages on them.

Source: the pages of these operations in the Huawei Cloud CSMS API reference.
"""

from __future__ import annotations

from typing import Any

from bitting.core import faults
from bitting.core.usecases.secrets import stages, versions
from bitting.dialects.base.codecs import Items
from bitting.dialects.base.operation import Field, Record
from bitting.dialects.huawei.rows import HuaweiCall, Row
from bitting.dialects.huawei.secrets import codecs
from bitting.dialects.huawei.secrets.answer_codecs import OrNull
from bitting.dialects.huawei.secrets.rows import LIMIT, MOMENT, NAME, PAGE_INFO, SECRETS, TEXT, row

_STAGE_NAME = codecs.StageName()
#: A value, as text or as base64: exactly one of the two (:func:`value`).
VALUE = (
    Field("secret_binary", codecs.ValueText(binary=True)),
    Field("secret_string", codecs.ValueText(binary=False)),
)
_METADATA = Record(
    Field("id", TEXT, of="version.name"),
    Field("kms_key_id", TEXT, of="version.key_id"),
    Field("create_time", MOMENT, of="version.created_ms"),
    Field("expire_time", MOMENT, of="version.expires_ms"),
    Field("secret_name", TEXT, of="secret.name"),
    Field("version_stages", Items(_STAGE_NAME), of="stages"),
)
_VERSION = Record(
    Field("version_metadata", _METADATA),
    Field("secret_binary", OrNull(codecs.ValueText(binary=True)), of="binary"),
    Field("secret_string", OrNull(codecs.ValueText(binary=False)), of="text"),
)
_STAGE = Record(
    Field("name", _STAGE_NAME, of="stage.name"),
    Field("update_time", MOMENT, of="stage.updated_ms"),
    Field("secret_name", TEXT, of="secret.name"),
    Field("version_id", TEXT, of="version.name"),
)
_ONE_VERSION = (Field("version_metadata", _METADATA, of="result"),)
_ONE_STAGE = (Field("stage", _STAGE, of="result"),)
_VERSION_ID = Field("version_id", codecs.VERSION_ID, to="version", required=True)


def value(arguments: dict[str, Any], _call: HuaweiCall) -> None:
    """Exactly one of text and binary. Raises ``InvalidParameter``."""
    text, binary = arguments.pop("secret_string", None), arguments.pop("secret_binary", None)
    if (text is None) == (binary is None):
        raise faults.InvalidParameter(parameter="secret_string", reason="one")
    arguments["value"] = binary if text is None else text
    arguments["binary"] = text is None


def version_rows() -> list[Row]:
    """Versions. A weak value may be refused: see :mod:`bitting.dialects.huawei.secrets.checker`."""
    base = SECRETS + "/{secret_name}/versions"
    new = (
        NAME,
        *VALUE,
        Field("version_stages", Items(_STAGE_NAME, 1, 1000), to="stages"),
        Field("expire_time", codecs.Milliseconds(), to="expires_ms"),
    )
    expiry = Field("expire_time", codecs.Milliseconds(), to="expires_ms", required=True)
    selected = Field("version_id", codecs.VersionSelector(), to="version", required=True)
    return [
        row(
            "create-secret-version",
            "POST",
            base,
            use=versions.put_value,
            adapt_request=value,
            request=new,
            response=_ONE_VERSION,
        ),
        row(
            "list-secret-versions",
            "GET",
            base,
            use=versions.list_versions,
            request=(NAME, LIMIT, Field("marker", codecs.VERSION_ID, to="after")),
            response=(Field("version_metadatas", Items(_METADATA), of="result.versions"), PAGE_INFO),
        ),
        row(
            "show-secret-version",
            "GET",
            base + "/{version_id}",
            use=versions.get_value,
            request=(NAME, selected),
            response=(Field("version", _VERSION, of="result"),),
        ),
        row(
            "update-version",
            "PUT",
            base + "/{version_id}",
            use=versions.update_expiry,
            request=(NAME, _VERSION_ID, expiry),
            response=_ONE_VERSION,
        ),
    ]


def stage_rows() -> list[Row]:
    """Stages."""
    path = SECRETS + "/{secret_name}/stages/{stage_name}"
    stage = Field("stage_name", _STAGE_NAME, to="stage", required=True)
    return [
        row("show-secret-stage", "GET", path, use=stages.describe_stage, request=(NAME, stage), response=_ONE_STAGE),
        row(
            "update-secret-stage",
            "PUT",
            path,
            use=stages.move_stage,
            request=(NAME, stage, _VERSION_ID),
            response=_ONE_STAGE,
        ),
        row("delete-secret-stage", "DELETE", path, use=stages.remove_stage, request=(NAME, stage), ok=204),
    ]
