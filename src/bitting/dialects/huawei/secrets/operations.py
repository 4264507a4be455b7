"""The 45 operations of the secrets API, one row each. Names are the SDK's, with dashes.

::

    secrets 9 · versions 4 · stages 3 · backup 2 · rotation 2 · checker 3      flat envelope, but rotate-secret
    tags 6 · events 6                                                          nested envelope
    grants 4 · users 3 · agencies and templates 3                              flat, but list-users

Sources: Huawei Cloud CSMS API reference and SDK 3.1.219; envelopes from the OpenAPI files its tools carry.
"""

from __future__ import annotations

from typing import Any

from bitting.core.usecases.secrets import lifecycle as secrets
from bitting.core.usecases.secrets import listing as secret_lists
from bitting.core.usecases.secrets import passwords as secret_passwords
from bitting.core.usecases.secrets import stages
from bitting.core.usecases.secrets import versions as secret_versions
from bitting.dialects.base.codecs import EncodeOnly, Flag, Integer, Items, Text
from bitting.dialects.base.operation import Field
from bitting.dialects.huawei.rows import Row
from bitting.dialects.huawei.secrets import adapters as shapes
from bitting.dialects.huawei.secrets import codecs as kinds
from bitting.dialects.huawei.secrets import rows as shown
from bitting.dialects.huawei.secrets.events import backup_rows, event_rows
from bitting.dialects.huawei.secrets.rows import BODY, CSMS, SECRETS, row, via
from bitting.dialects.huawei.secrets.surroundings import around

_VALUE = (
    Field("secret_binary", kinds.ValueText(binary=True)),
    Field("secret_string", kinds.ValueText(binary=False)),
)
_EVENTS = Field("event_subscriptions", kinds.UniqueItems(kinds.EVENT_NAME, 0, 1), to="events")
_NEW_SECRET = (
    Field("name", kinds.NEW_NAME, to="name", required=True),
    Field("kms_key_id", kinds.WrappingKey(), to="key"),
    Field("description", kinds.LimitedUtf8(kinds.DESCRIPTION_BYTES), to="description"),
    *_VALUE,
    Field("secret_type", kinds.TYPES, to="type"),
    Field("auto_rotation", Flag()),
    Field("rotation_period", kinds.Period()),
    Field("rotation_config", Text(0, 1024), to="config"),
    _EVENTS,
    Field("enterprise_project_id", Text(1, 36), to="enterprise_project_id"),
    Field("rotation_func_urn", kinds.FUNCTION, to="function"),
)

_ONE_SECRET = (Field("secret", shown.SECRET, of="result"),)
_ONE_VERSION = (Field("version_metadata", EncodeOnly(shown.metadata), of="result"),)


_CHANGES = (
    shown.NAME,
    Field("kms_key_id", kinds.WrappingKey(), to="key"),
    Field("description", kinds.LimitedUtf8(kinds.DESCRIPTION_BYTES), to="description"),
    Field("auto_rotation", Flag(), to="automatic"),
    Field("rotation_period", kinds.Period()),
    _EVENTS,
    Field("rotation_func_urn", kinds.FUNCTION, to="function"),
)


def _secret_rows() -> list[Row]:
    listing = (shown.LIMIT, Field("marker", kinds.ANY_NAME, to="after"), Field("event_name", Text(1, 64)))
    page = (
        Field("secrets", Items(shown.SECRET), of="result.secrets"),
        Field("page_info", EncodeOnly(_secrets_page), of="result"),
    )
    imports = Field("secrets", Items(_AnyItem(), 1, shapes.IMPORT_MAX), required=True)
    return [
        row(
            "create-secret",
            "POST",
            SECRETS,
            use=secrets.create,
            adapt_request=shapes.create_secret,
            request=_NEW_SECRET,
            response=(Field("secret", shown.SECRET, of="result.secret"),),
        ),
        via("batch-import-secrets", "POST", SECRETS + "/batch-import", shapes.batch_import, imports, max_body=4 * BODY),
        row(
            "list-secrets",
            "GET",
            SECRETS,
            use=secret_lists.list_secrets,
            adapt_request=shapes.listed,
            request=listing,
            response=page,
        ),
    ]


def _one_secret_rows() -> list[Row]:
    one = SECRETS + "/{secret_name}"
    wait = one + "/scheduled-deleted-tasks"
    days = Field("recovery_window_in_days", Integer(7, 30), to="days")
    return [
        row("show-secret", "GET", one, use=secrets.describe, request=(shown.NAME,), response=_ONE_SECRET),
        row(
            "update-secret",
            "PUT",
            one,
            use=secrets.update,
            adapt_request=shapes.update_secret,
            request=_CHANGES,
            response=_ONE_SECRET,
        ),
        row("delete-secret", "DELETE", one, use=secrets.delete, request=(shown.NAME,)),
        row(
            "delete-secret-for-schedule",
            "POST",
            wait + "/create",
            use=secrets.schedule_deletion,
            request=(shown.NAME, days),
            response=_ONE_SECRET,
        ),
        row(
            "restore-secret", "POST", wait + "/cancel", use=secrets.restore, request=(shown.NAME,), response=_ONE_SECRET
        ),
        row(
            "generate-random-password",
            "POST",
            CSMS + "/generate-password",
            use=secret_passwords.generate_password,
            request=_PASSWORD,
            adapt_request=_password,
            response=(Field("password", Text(), of="result"),),
        ),
    ]


_PASSWORD = (
    Field("password_policy_name", Text(0, 64)),
    Field("length", Integer(8, 128), to="length"),
    Field("exclude_characters", Text(0, 128), to="exclude"),
    Field("exclude_lowercase", Flag(), to="lowercase"),
    Field("exclude_uppercase", Flag(), to="uppercase"),
    Field("exclude_numbers", Flag(), to="digits"),
    Field("exclude_punctuation", Flag(), to="punctuation"),
    Field("include_space", Flag(), to="space"),
    Field("require_each_included_type", Flag(), to="each"),
)


def _password(arguments: dict[str, Any], call: Any) -> None:  # noqa: ARG001 - a shape's signature
    """What is excluded, as what is included. There is one policy; its name is not looked at."""
    arguments.pop("password_policy_name", None)
    for name in ("lowercase", "uppercase", "digits", "punctuation"):
        if name in arguments:
            arguments[name] = not arguments[name]
    arguments.setdefault("each", False)


class _AnyItem:
    """An item that another row reads."""

    def decode(self, raw: Any) -> Any:
        return raw

    def encode(self, value: Any) -> Any:
        return value


def _secrets_page(page: Any) -> dict[str, Any]:
    return shown.page_info([secret.name for secret in page.secrets], more=page.more)


def _versions_page(page: Any) -> dict[str, Any]:
    return shown.page_info([staged.version.name for staged in page.versions], more=page.more)


def _version_rows() -> list[Row]:
    base = SECRETS + "/{secret_name}/versions"
    stage_list = Items(kinds.StageName(), 1, 1000)
    new = (
        shown.NAME,
        *_VALUE,
        Field("version_stages", stage_list, to="stages"),
        Field("expire_time", kinds.Milliseconds(), to="expires_ms"),
    )
    version = Field("version_id", kinds.VERSION_ID, to="version", required=True)
    expiry = Field("expire_time", kinds.Milliseconds(), to="expires_ms", required=True)
    page = (
        Field("version_metadatas", Items(EncodeOnly(shown.metadata)), of="result.versions"),
        Field("page_info", EncodeOnly(_versions_page), of="result"),
    )
    return [
        row(
            "create-secret-version",
            "POST",
            base,
            use=secret_versions.put_value,
            adapt_request=shapes.value,
            request=new,
            response=_ONE_VERSION,
        ),
        row(
            "list-secret-versions",
            "GET",
            base,
            use=secret_versions.list_versions,
            request=(shown.NAME, shown.LIMIT, Field("marker", kinds.VERSION_ID, to="after")),
            response=page,
        ),
        row(
            "show-secret-version",
            "GET",
            base + "/{version_id}",
            use=secret_versions.get_value,
            adapt_request=shapes.version,
            request=(shown.NAME, version),
            response=(Field("version", EncodeOnly(shown.whole_version), of="result"),),
        ),
        row(
            "update-version",
            "PUT",
            base + "/{version_id}",
            use=secret_versions.update_expiry,
            request=(shown.NAME, version, expiry),
            response=_ONE_VERSION,
        ),
    ]


def _stage_rows() -> list[Row]:
    path = SECRETS + "/{secret_name}/stages/{stage_name}"
    stage = Field("stage_name", kinds.StageName(), to="stage", required=True)
    placed = (Field("stage", EncodeOnly(_stage), of="result"),)
    version = Field("version_id", kinds.VERSION_ID, to="version", required=True)
    return [
        row("show-secret-stage", "GET", path, use=stages.describe_stage, request=(shown.NAME, stage), response=placed),
        row(
            "update-secret-stage",
            "PUT",
            path,
            use=stages.move_stage,
            request=(shown.NAME, stage, version),
            response=placed,
        ),
        row("delete-secret-stage", "DELETE", path, use=stages.remove_stage, request=(shown.NAME, stage), ok=204),
    ]


def _stage(placed: Any) -> dict[str, Any]:
    return {
        "name": kinds.StageName().encode(placed.stage.name),
        "update_time": placed.stage.updated_ms,
        "secret_name": placed.secret.name,
        "version_id": placed.version.name,
    }


def rows() -> dict[str, Row]:
    """Every operation by name."""
    every = [
        *_secret_rows(),
        *_one_secret_rows(),
        *_version_rows(),
        *_stage_rows(),
        *backup_rows(),
        *event_rows(),
        *around(),
    ]
    return {item.name: item for item in every}
