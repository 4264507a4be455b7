"""Users, groups, roles and their assignments: rows.

Sources: OpenStack Identity API v3; Huawei Cloud IAM API reference (OS-USER, OS-ROLE, OS-CREDENTIAL, OS-PERMISSION).
"""

from __future__ import annotations

import json
from typing import Any

from bitting.core import faults
from bitting.core.model.iam import Group
from bitting.core.model.identity import AccessKey, Principal, User
from bitting.core.usecases.iam import role_assignments, users
from bitting.dialects.iam import policies
from bitting.dialects.iam.responses import moment
from bitting.dialects.iam.rows import IamCall, Row

Json = dict[str, Any]


def _said(call: IamCall, name: str) -> Json:
    """The object of that name in the body. Raises ``MissingParameter``."""
    found = call.values.get(name)
    if not isinstance(found, dict):
        raise faults.MissingParameter(parameter=name)
    return found


def _text(said: Json, name: str) -> str | None:
    found = said.get(name)
    if found is not None and not isinstance(found, str):
        raise faults.InvalidParameter(parameter=name, reason="type")
    return found


def _flag(said: Json, name: str) -> bool | None:
    found = said.get(name)
    if found is not None and not isinstance(found, bool):
        raise faults.InvalidParameter(parameter=name, reason="type")
    return found


def _one(call: IamCall, principal: Principal) -> users.ById:  # noqa: ARG001 - an order's signature
    return users.ById(call.path_values["id"])


def _listing(call: IamCall, principal: Principal) -> users.ListByName:  # noqa: ARG001 - as above
    return users.ListByName(call.values.get("name", ""))


def _new_user(call: IamCall, principal: Principal) -> users.CreateUser:  # noqa: ARG001 - as above
    said = _said(call, "user")
    enabled = _flag(said, "enabled")
    return users.CreateUser(_text(said, "name") or "", _text(said, "password") or "", enabled is not False)


def _changed_user(call: IamCall, principal: Principal) -> users.UpdateUser:  # noqa: ARG001 - as above
    said = _said(call, "user")
    words = _text(said, "name"), _text(said, "password")
    return users.UpdateUser(call.path_values["id"], *words, _flag(said, "enabled"))


def _group_said(call: IamCall, principal: Principal) -> users.SetGroup:  # noqa: ARG001 - as above
    said = _said(call, "group")
    return users.SetGroup(call.path_values.get("id", ""), _text(said, "name"), _text(said, "description"))


def _member(call: IamCall, principal: Principal) -> users.Member:  # noqa: ARG001 - as above
    return users.Member(call.path_values["id"], call.path_values["user_id"])


def _role_said(call: IamCall, principal: Principal) -> role_assignments.SetRole:  # noqa: ARG001 - as above
    said = _said(call, "role")
    name = _text(said, "display_name") or _text(said, "name") or ""
    policy = said.get("policy")
    meant = policies.statements(policy)
    about, scope = _text(said, "description") or "", _text(said, "type") or "AX"
    return role_assignments.SetRole(name, meant, json.dumps(policy), call.path_values.get("id", ""), about, scope)


def _place(call: IamCall, principal: Principal) -> role_assignments.RoleBinding:  # noqa: ARG001 - as above
    held = call.path_values
    where = next(kind for kind in ("domain_id", "project_id", "enterprise_id") if kind in held)
    who = "group" if "group_id" in held else "user"
    kind = where.removesuffix("_id")
    return role_assignments.RoleBinding(who, held[f"{who}_id"], kind, held[where], held.get("role_id", ""))


def _key_of(call: IamCall, principal: Principal) -> role_assignments.NewKey:  # noqa: ARG001 - as above
    said = call.values.get("credential")
    user_id = said.get("user_id") if isinstance(said, dict) else call.values.get("user_id")
    return role_assignments.NewKey(str(user_id or ""))


def user(held: User, call: IamCall) -> Json:
    """A user, without anything of the password."""
    domain_id = call.credential.principal.domain_id if call.credential else ""
    links = {"self": f"{call.base}/v3/users/{held.id}"}
    return {"id": held.id, "name": held.name, "domain_id": domain_id, "enabled": held.enabled, "links": links}


def group(held: Group, call: IamCall) -> Json:
    """A group."""
    domain_id = call.credential.principal.domain_id if call.credential else ""
    links = {"self": f"{call.base}/v3/groups/{held.id}"}
    return {"id": held.id, "name": held.name, "description": held.description, "domain_id": domain_id, "links": links}


def role(held: role_assignments.RoleView, call: IamCall) -> Json:
    """A role, with its policy if it is a custom one."""
    shown: Json = {"id": held.id, "name": held.name, "display_name": held.name, "description": held.description}
    shown["links"] = {"self": f"{call.base}/v3/roles/{held.id}"}
    if held.text:
        shown["policy"] = json.loads(held.text)
        shown["created_time"], shown["updated_time"] = str(held.created_ms), str(held.updated_ms)
    return shown


def _key(held: AccessKey) -> Json:
    status = "active" if held.enabled else "inactive"
    return {"access": held.id, "user_id": held.user_id, "status": status, "create_time": moment(held.created_ms)}


def _show(name: str, face: Any) -> Any:
    return lambda held, call: {name: face(held, call)}


def _show_all(name: str, face: Any) -> Any:
    def shown(found: Any, call: IamCall) -> Json:
        links = {"self": f"{call.base}{call.request.path}", "previous": None, "next": None}
        return {name: [face(held, call) for held in found], "links": links}

    return shown


def _nothing(_result: Any, _call: IamCall) -> None:
    return None


def _made_key(made: role_assignments.CreatedAccessKey, call: IamCall) -> Json:  # noqa: ARG001 - a face's signature
    return {"credential": {**_key(made.record), "secret": made.secret}}


def _row(
    method: str, path: str, use: Any, order: Any, face: Any = _nothing, ok: int = 200, *, body: bool = False
) -> Row:
    return Row(name=f"{method} {path}", method=method, path=path, use=use, order=order, face=face, ok=ok, has_json=body)


def _resource(name: str, plural: str, uses: tuple[Any, ...], said: tuple[Any, Any], face: Any) -> tuple[Row, ...]:
    """Create, list, show, change and delete of one kind of thing."""
    create, list_, show, update, delete = uses
    path = f"/v3/{plural}"
    return (
        _row("POST", path, create, said[0], _show(name, face), 201, body=True),
        _row("GET", path, list_, _listing, _show_all(plural, face)),
        _row("GET", path + "/{id}", show, _one, _show(name, face)),
        _row("PATCH", path + "/{id}", update, said[1], _show(name, face), body=True),
        _row("DELETE", path + "/{id}", delete, _one, ok=204),
    )


def _assigning(path: str) -> tuple[Row, ...]:
    """Give, check, take and list roles at one kind of place."""
    one = path + "/{role_id}"
    return (
        _row("PUT", one, role_assignments.assign, _place, ok=204),
        _row("HEAD", one, role_assignments.require_assignment, _place, ok=204),
        _row("DELETE", one, role_assignments.unassign, _place, ok=204),
        _row("GET", path, role_assignments.list_assigned, _place, _show_all("roles", role)),
    )


_USERS = (users.create_user, users.list_users, users.show_user, users.update_user, users.delete_user)
_GROUPS = (users.set_group, users.list_groups, users.show_group, users.set_group, users.delete_group)
_PLACES = ("/v3/domains/{domain_id}", "/v3/projects/{project_id}")
_ENTERPRISE = "/v3.0/OS-PERMISSION/enterprise-projects/{enterprise_id}"
_CUSTOM, _KEYS = "/v3.0/OS-ROLE/roles", "/v3.0/OS-CREDENTIAL/credentials"
_MEMBER = "/v3/groups/{id}/users/{user_id}"

ROWS = (
    *_resource("user", "users", _USERS, (_new_user, _changed_user), user),
    *_resource("group", "groups", _GROUPS, (_group_said, _group_said), group),
    _row("PUT", _MEMBER, users.add_member, _member, ok=204),
    _row("HEAD", _MEMBER, users.require_member, _member, ok=204),
    _row("DELETE", _MEMBER, users.remove_member, _member, ok=204),
    _row("GET", "/v3/groups/{id}/users", users.users_of_group, _one, _show_all("users", user)),
    _row("GET", "/v3/users/{id}/groups", users.groups_of_user, _one, _show_all("groups", group)),
    _row("GET", "/v3/roles", role_assignments.list_roles, _listing, _show_all("roles", role)),
    _row("GET", "/v3/roles/{id}", role_assignments.show_role, _one, _show("role", role)),
    _row("POST", _CUSTOM, role_assignments.set_role, _role_said, _show("role", role), 201, body=True),
    _row("GET", _CUSTOM, role_assignments.list_roles, _listing, _show_all("roles", role)),
    _row("GET", _CUSTOM + "/{id}", role_assignments.show_role, _one, _show("role", role)),
    _row("PATCH", _CUSTOM + "/{id}", role_assignments.set_role, _role_said, _show("role", role), body=True),
    _row("DELETE", _CUSTOM + "/{id}", role_assignments.delete_role, _one),
    *(row for place in _PLACES for who in ("groups/{group_id}", "users/{user_id}")
      for row in _assigning(f"{place}/{who}/roles")),
    *_assigning(_ENTERPRISE + "/groups/{group_id}/roles"),
    *_assigning(_ENTERPRISE + "/users/{user_id}/roles"),
    _row("POST", _KEYS, role_assignments.create_key, _key_of, _made_key, 201, body=True),
    _row("GET", _KEYS, role_assignments.list_keys, _key_of, _show_all("credentials", lambda held, _call: _key(held))),
    _row("DELETE", _KEYS + "/{id}", role_assignments.delete_key, _one, ok=204),
)  # fmt: skip
