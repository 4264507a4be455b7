"""The rest of the secrets API: tags, grants, users, agencies, templates, the checker.

::

    tags 6 (nested) · grants 4 · users 3 (list nested) · agencies and templates 3 · checker 3
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bitting.core.usecases.secrets import account_users
from bitting.core.usecases.secrets import grants as secret_grants
from bitting.core.usecases.secrets import listing as secret_lists
from bitting.dialects.base.codecs import Choice, EncodeOnly, Flag, Items, Text
from bitting.dialects.base.operation import Field
from bitting.dialects.huawei.rows import Row
from bitting.dialects.huawei.secrets import adapters as shapes
from bitting.dialects.huawei.secrets import codecs as kinds
from bitting.dialects.huawei.secrets import rows as shown
from bitting.dialects.huawei.secrets.rows import CSMS, PEOPLE, SECRETS, given, row, via

_ID = Field("secret_id", kinds.SECRET_ID, to="secret_id", required=True)
_RESOURCE = Field("resource_id", kinds.SECRET_ID, to="secret_id", required=True)
_TAGS = Field("tags", Items(kinds.Tag(), 1, kinds.TAGS_MAX), required=True)
_ROTATED_TYPE = Field("secret_type", Choice({"RDS-FG": "RDS-FG", "GaussDB-FG": "GaussDB-FG"}), required=True)
_WORDS = Items(Text(0, 255), 0, 10)


def around() -> list[Row]:
    """Every operation that is not about a secret itself."""
    return [*_tag_rows(), *_grant_rows(), *_people_rows(), *_checker_rows()]


def _tag_rows() -> list[Row]:
    base = CSMS + "/{secret_id}/tags"
    filters = (
        Field("limit", kinds.QueryInteger(1, 1000), to="limit"),
        Field("offset", kinds.QueryInteger(0, 999_999_999), to="offset"),
        Field("action", Choice({"filter": "filter", "count": "count"}), required=True),
        Field("tags", Items(kinds.ObjectCodec(("key",), key=Text(1, 128), values=_WORDS), 0, 10)),
        Field(
            "matches", Items(kinds.ObjectCodec(("key",), key=Choice({"resource_name": ""}), value=Text(0, 255)), 0, 10)
        ),
    )
    held = (
        Field("tags", EncodeOnly(_tag_items), of="result"),
        Field("sys_tags", EncodeOnly(lambda _: []), of="result"),
    )
    found = (
        Field("resources", Items(EncodeOnly(shown.resource)), of="result.secrets"),
        Field("total_count", EncodeOnly(int), of="result.total"),
    )
    batch = (_ID, _TAGS, Field("action", Choice({"create": "create", "delete": "delete"}), required=True))
    return [
        row(
            "create-secret-tag",
            "POST",
            base,
            use=secret_lists.tag,
            adapt_request=shapes.tag,
            request=(_ID, Field("tag", kinds.Tag(), required=True)),
            ok=204,
            nested=True,
        ),
        via("batch-create-or-delete-tags", "POST", base + "/action", _batch_tags, *batch, ok=204, nested=True),
        row(
            "delete-secret-tag",
            "DELETE",
            base + "/{key}",
            use=secret_lists.untag,
            request=(_ID, Field("key", _OneKey(), to="keys", required=True)),
            given={"strict": True},
            ok=204,
            nested=True,
        ),
        row("list-secret-tags", "GET", base, use=secret_lists.tags_of, request=(_ID,), response=held, nested=True),
        row(
            "list-project-secrets-tags",
            "GET",
            CSMS + "/tags",
            use=secret_lists.all_tags,
            response=(Field("tags", EncodeOnly(_project_tags), of="result"),),
            nested=True,
        ),
        row(
            "list-resource-instances",
            "POST",
            CSMS + "/{resource_instances}/action",
            use=secret_lists.list_secrets,
            adapt_request=shapes.resources,
            request=filters,
            response=found,
            given={"limit": 10},
            nested=True,
        ),
    ]


def _tag_items(secret: Any) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in secret_lists.tag_pairs(secret).items()]


def _project_tags(tags: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    return [{"key": key, "values": list(values)} for key, values in tags.items()]


class _OneKey:
    """One tag key, as the list of it."""

    def decode(self, raw: Any) -> list[str]:
        return [Text(1, 128).decode(raw)]

    def encode(self, value: list[str]) -> str:
        return value[0]


def _batch_tags(call: Any, run: Any) -> None:
    """Add several tags or take several away; on the way out their values do not matter."""
    held = given(call)
    tags, secret_id = dict(held["tags"]), held["secret_id"]
    if held["action"] == "create":
        run(secret_lists.tag, secret_lists.TagSecret(tags, secret_id=secret_id))
    else:
        run(secret_lists.untag, secret_lists.UntagSecret(list(tags), secret_id=secret_id))


def _grant_rows() -> list[Row]:
    path = CSMS + "/grants"
    order = (
        _RESOURCE,
        Field("type", Choice({"SECRET": "SECRET", "GROUP": "GROUP"}), required=True),
        Field("grantee_type", Choice({"0": "0", "2": "2"}), required=True),
        Field("grantee_target_id", Text(1, 64), to="grantee", required=True),
        Field("validity_time", kinds.Day(), to="until_ms"),
    )
    one = (Field("data", shown.GRANT, of="result"),)
    back = (_RESOURCE, Field("grantee_user", Text(1, 64), to="grantee"))
    listed = (Field("data", EncodeOnly(_granted), of="result"),)
    return [
        row(
            "create-grants",
            "POST",
            path,
            use=secret_grants.create,
            adapt_request=shapes.grant,
            request=order,
            response=one,
        ),
        row(
            "update-grant",
            "PUT",
            path,
            use=secret_grants.update,
            adapt_request=shapes.grant,
            request=order,
            response=one,
        ),
        row("delete-grant", "DELETE", path, use=secret_grants.delete, request=back, ok=204),
        row("list-grants", "GET", path, use=secret_grants.list_grants, request=(_RESOURCE,), response=listed),
    ]


def _granted(grants: Any) -> dict[str, Any]:
    users = [
        {
            "user_id": grant.grantee,
            "user_name": name,
            "create_time": grant.created_ms,
            "validity_time": grant.until_ms or None,
        }
        for grant, name in grants.grants
    ]
    return {
        "id": grants.secret.id,
        "name": grants.secret.name,
        "type": "SECRET",
        "grantee_user": users,
        "create_time": grants.secret.created_ms,
        "update_time": grants.secret.updated_ms,
    }


def _people_rows() -> list[Row]:
    users = PEOPLE + "/users"
    listing = (
        Field("org_id", Text(0, 64)),
        Field("offset", kinds.QueryInteger(0, 999_999), required=True),
        Field("limit", kinds.QueryInteger(10, 100), to="limit", required=True),
        Field("user_info", Text(0, 64), to="text"),
    )
    page = (
        Field("total", EncodeOnly(int), of="result.total"),
        Field("users", Items(EncodeOnly(shown.user)), of="result.users"),
    )
    words = (
        Field("password", Text(1, 128), to="new", required=True),
        Field("old_password", Text(1, 128), to="old", required=True),
    )
    template = (
        Field("secret_type", Text(1, 32), required=True),
        Field("secret_sub_type", Choice({"SingleUser": "SingleUser", "MultiUser": "MultiUser"}), required=True),
        Field("engine", Choice({name: name for name in ("mysql", "postgresql", "sqlserver")})),
    )
    one_user = Field("user_id", Text(1, 64), to="user_id", required=True)
    return [
        row(
            "list-users",
            "GET",
            users,
            use=account_users.list_users,
            adapt_request=_users_page,
            request=listing,
            response=page,
            nested=True,
        ),
        via("show-user-detail", "GET", users + "/{user_id}", _show_user, one_user),
        row(
            "update-user-password",
            "POST",
            users + "/change-password",
            use=account_users.change_password,
            request=words,
            response=(Field("user_id", Text(), of="result.id"),),
        ),
        via("create-agency", "POST", PEOPLE + "/agencies", shapes.create_agency, _ROTATED_TYPE),
        via("show-agency", "GET", PEOPLE + "/agencies", shapes.show_agency, _ROTATED_TYPE),
        via(
            "show-secret-function-templates",
            "GET",
            PEOPLE + "/function-templates",
            shapes.function_templates,
            *template,
        ),
    ]


def _users_page(arguments: dict[str, Any], call: Any) -> None:
    """``offset`` counts pages, not users. There is one organisation: the account itself."""
    arguments["offset"] *= arguments["limit"]
    org = arguments.pop("org_id", "")
    if org and call.principal is not None and org not in {call.principal.account_id, call.principal.domain_id}:
        arguments["limit"], arguments["text"] = 0, "\0"


def _show_user(call: Any, run: Any) -> dict[str, Any]:
    found = run(account_users.show_user, account_users.UserById(**given(call)))
    return {**shown.user(found, whole=True), "domain_id": run.principal.domain_id}


class _Data:
    """Any JSON object."""

    def decode(self, raw: Any) -> dict[str, Any]:
        if not isinstance(raw, dict):
            return {"value": raw}
        return raw

    def encode(self, value: Any) -> Any:
        return value


def _checker_rows() -> list[Row]:
    base = SECRETS + "/checker"
    data = (Field("type", Text(1, 64), required=True), Field("data", _Data(), required=True))
    return [
        via("check-secrets", "POST", base + "/check", shapes.check_secrets, *data),
        via("show-secrets-config", "GET", base + "/config", shapes.checker_config),
        via(
            "update-secrets-config", "POST", base + "/config", shapes.set_checker_config, Field(shapes.CHECKER, Flag())
        ),
    ]
