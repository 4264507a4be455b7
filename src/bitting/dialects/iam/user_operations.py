"""Users, groups, roles and their assignments: rows.

Sources: OpenStack Identity API v3; Huawei Cloud IAM API reference (OS-USER, OS-ROLE, OS-CREDENTIAL, OS-PERMISSION).
"""

from __future__ import annotations

import json
from typing import Any

from bitting.core import faults
from bitting.core.usecases.iam import role_assignments, users
from bitting.dialects.base.codecs import Digits, EncodeOnly, Flag, Items
from bitting.dialects.base.operation import Field, Record
from bitting.dialects.iam import policies
from bitting.dialects.iam.responses import moment
from bitting.dialects.iam.rows import LIST_LINKS, TEXT, IamCall, Row, Shown, link, read_by_function, text

Json = dict[str, Any]


def _object(call: IamCall, name: str) -> Json:
    """The object of that name in the body. Raises ``MissingParameter``."""
    found = call.values.get(name)
    if not isinstance(found, dict):
        raise faults.MissingParameter(parameter=name)
    return found


def _text(held: Json, name: str) -> str | None:
    found = held.get(name)
    if found is not None and not isinstance(found, str):
        raise faults.InvalidParameter(parameter=name, reason="type")
    return found


def _flag(held: Json, name: str) -> bool | None:
    found = held.get(name)
    if found is not None and not isinstance(found, bool):
        raise faults.InvalidParameter(parameter=name, reason="type")
    return found


def _new_user(arguments: Json, call: IamCall) -> None:
    held = _object(call, "user")
    enabled = _flag(held, "enabled")
    arguments.update(
        name=_text(held, "name") or "", password=_text(held, "password") or "", enabled=enabled is not False
    )


def _changed_user(arguments: Json, call: IamCall) -> None:
    held = _object(call, "user")
    arguments.update(name=_text(held, "name"), password=_text(held, "password"), enabled=_flag(held, "enabled"))


def _group(arguments: Json, call: IamCall) -> None:
    held = _object(call, "group")
    arguments.update(name=_text(held, "name"), description=_text(held, "description"))


def _role(arguments: Json, call: IamCall) -> None:
    held = _object(call, "role")
    name = _text(held, "display_name") or _text(held, "name") or ""
    policy = held.get("policy")
    arguments.update(name=name, statements=policies.statements(policy), text=json.dumps(policy))
    arguments.update(description=_text(held, "description") or "", scope=_text(held, "type") or "AX")


def _binding(arguments: Json, call: IamCall) -> None:
    """Who holds a role and where: the path tells places and holders apart."""
    held = call.path_values
    where = next(kind for kind in ("domain_id", "project_id", "enterprise_id") if kind in held)
    who = "group" if "group_id" in held else "user"
    arguments.update(holder_kind=who, holder_id=held[f"{who}_id"])
    arguments.update(place_kind=where.removesuffix("_id"), place_id=held[where])


def _key_owner(arguments: Json, call: IamCall) -> None:
    held = call.values.get("credential")
    user_id = held.get("user_id") if isinstance(held, dict) else call.values.get("user_id")
    arguments["user_id"] = str(user_id or "")


def _custom(shown: Shown[Any]) -> bool:
    return bool(shown.held.text)


_FLAG = Flag()
_USER = Record(
    Field("id", TEXT, of="held.id"),
    Field("name", TEXT, of="held.name"),
    Field("domain_id", TEXT, of="domain_id"),
    Field("enabled", _FLAG, of="held.enabled"),
    link("users"),
)
_GROUP = Record(
    Field("id", TEXT, of="held.id"),
    Field("name", TEXT, of="held.name"),
    Field("description", TEXT, of="held.description"),
    Field("domain_id", TEXT, of="domain_id"),
    link("groups"),
)
#: A role; its policy and times only if it is a custom one.
_ROLE = Record(
    Field("id", TEXT, of="held.id"),
    Field("name", TEXT, of="held.name"),
    Field("display_name", TEXT, of="held.name"),
    Field("description", TEXT, of="held.description"),
    link("roles"),
    Field("policy", EncodeOnly(json.loads), of="held.text", when=_custom),
    Field("created_time", Digits(), of="held.created_ms", when=_custom),
    Field("updated_time", Digits(), of="held.updated_ms", when=_custom),
)


def _access_key(at: str) -> tuple[Field, ...]:
    return (
        Field("access", TEXT, of=f"{at}.id"),
        Field("user_id", TEXT, of=f"{at}.user_id"),
        Field("status", EncodeOnly(lambda enabled: "active" if enabled else "inactive"), of=f"{at}.enabled"),
        Field("create_time", EncodeOnly(moment), of=f"{at}.created_ms"),
    )


_NEW_KEY = Record(*_access_key("held.record"), Field("secret", TEXT, of="held.secret"))
_KEY = Record(*_access_key("held"))
_ID, _NAME = text("id"), text("name")


def _row(
    method: str,
    path: str,
    use: Any,
    request: tuple[Field, ...],
    response: tuple[Field, ...] = (),
    ok: int = 200,
    adapt: Any = None,
    *,
    body: bool = False,
) -> Row:
    return Row(
        name=f"{method} {path}", method=method, path=path, use=use, request=request, response=response, ok=ok,
        adapt_request=adapt, has_json=body,
    )  # fmt: skip


def _list(
    path: str, use: Any, plural: str, shown: Record, request: tuple[Field, ...] = (_NAME,), adapt: Any = None
) -> Row:
    return _row("GET", path, use, request, (Field(plural, Items(shown), of="each"), LIST_LINKS), adapt=adapt)


def _resource(name: str, plural: str, uses: tuple[Any, ...], read: tuple[Any, Any], shown: Record) -> tuple[Row, ...]:
    """Create, list, show, change and delete of one kind of thing."""
    create, list_, show, update, delete = uses
    path, body, answer = f"/v3/{plural}", read_by_function(name, required=True), (Field(name, shown),)
    return (
        _row("POST", path, create, (body,), answer, 201, read[0], body=True),
        _list(path, list_, plural, shown),
        _row("GET", path + "/{id}", show, (_ID,), answer),
        _row("PATCH", path + "/{id}", update, (_ID, body), answer, adapt=read[1], body=True),
        _row("DELETE", path + "/{id}", delete, (_ID,), ok=204),
    )


def _assigning(path: str) -> tuple[Row, ...]:
    """Give, check, take and list roles at one kind of place."""
    one, role = path + "/{role_id}", (text("role_id"),)
    return (
        _row("PUT", one, role_assignments.assign, role, ok=204, adapt=_binding),
        _row("HEAD", one, role_assignments.require_assignment, role, ok=204, adapt=_binding),
        _row("DELETE", one, role_assignments.unassign, role, ok=204, adapt=_binding),
        _list(path, role_assignments.list_assigned, "roles", _ROLE, (), _binding),
    )


_USERS = (users.create_user, users.list_users, users.show_user, users.update_user, users.delete_user)
_GROUPS = (users.set_group, users.list_groups, users.show_group, users.set_group, users.delete_group)
_PLACES = ("/v3/domains/{domain_id}", "/v3/projects/{project_id}")
_ENTERPRISE = "/v3.0/OS-PERMISSION/enterprise-projects/{enterprise_id}"
_CUSTOM, _KEYS = "/v3.0/OS-ROLE/roles", "/v3.0/OS-CREDENTIAL/credentials"
_MEMBER = "/v3/groups/{id}/users/{user_id}"

_MEMBERSHIP = (text("id", "group_id"), text("user_id"))
_ROLE_BODY, _ROLE_ANSWER = read_by_function("role", required=True), (Field("role", _ROLE),)

ROWS: tuple[Row, ...] = (
    *_resource("user", "users", _USERS, (_new_user, _changed_user), _USER),
    *_resource("group", "groups", _GROUPS, (_group, _group), _GROUP),
    _row("PUT", _MEMBER, users.add_member, _MEMBERSHIP, ok=204),
    _row("HEAD", _MEMBER, users.require_member, _MEMBERSHIP, ok=204),
    _row("DELETE", _MEMBER, users.remove_member, _MEMBERSHIP, ok=204),
    _list("/v3/groups/{id}/users", users.users_of_group, "users", _USER, (_ID,)),
    _list("/v3/users/{id}/groups", users.groups_of_user, "groups", _GROUP, (_ID,)),
    _list("/v3/roles", role_assignments.list_roles, "roles", _ROLE),
    _row("GET", "/v3/roles/{id}", role_assignments.show_role, (_ID,), _ROLE_ANSWER),
    _row("POST", _CUSTOM, role_assignments.set_role, (_ROLE_BODY,), _ROLE_ANSWER, 201, _role, body=True),
    _list(_CUSTOM, role_assignments.list_roles, "roles", _ROLE),
    _row("GET", _CUSTOM + "/{id}", role_assignments.show_role, (_ID,), _ROLE_ANSWER),
    _row("PATCH", _CUSTOM + "/{id}", role_assignments.set_role, (_ID, _ROLE_BODY), _ROLE_ANSWER, 200, _role,
         body=True),
    _row("DELETE", _CUSTOM + "/{id}", role_assignments.delete_role, (_ID,)),
    *(row for place in _PLACES for who in ("groups/{group_id}", "users/{user_id}")
      for row in _assigning(f"{place}/{who}/roles")),
    *_assigning(_ENTERPRISE + "/groups/{group_id}/roles"),
    *_assigning(_ENTERPRISE + "/users/{user_id}/roles"),
    _row("POST", _KEYS, role_assignments.create_key, (read_by_function("credential"),),
         (Field("credential", _NEW_KEY),), 201, _key_owner, body=True),
    _list(_KEYS, role_assignments.list_keys, "credentials", _KEY, (read_by_function("user_id"),), _key_owner),
    _row("DELETE", _KEYS + "/{id}", role_assignments.delete_key, (_ID,), ok=204),
)  # fmt: skip
