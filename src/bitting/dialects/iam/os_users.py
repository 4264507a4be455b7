"""Users with what Huawei's own user operations (OS-USER) say of them beside name, password and state.

Descriptions, addresses and the like are kept and shown; nobody is written to or called. ``pwd_status`` (a password to
be changed at the first login) and ``access_mode`` are kept as well and bind nobody: there is no console to log in to.

Sources: Huawei Cloud IAM API reference "Creating an IAM User (Recommended)", "Modifying User Information"; golangsdk
(openstack/identity/v3.0/users).
"""

from __future__ import annotations

import json
from typing import Any

from bitting.core import faults
from bitting.core.model.identity import User
from bitting.core.usecases.iam import users
from bitting.dialects.base.codecs import EncodeOnly
from bitting.dialects.base.dialect import UseCaseRunner
from bitting.dialects.base.operation import Field
from bitting.dialects.iam.responses import moment
from bitting.dialects.iam.rows import IamCall, Row, Shown, read_by_function, text

Values = dict[str, Any]
#: Texts and their longest; the two of a telephone number are given together.
_TEXTS = {
    "description": 255, "email": 255, "areacode": 32, "phone": 32, "access_mode": 32, "xuser_id": 128, "xuser_type": 64,
}  # fmt: skip
_ACCESS_MODES = ("default", "programmatic", "console")
_DEFAULTS: Values = {**dict.fromkeys(_TEXTS, ""), "access_mode": "default", "pwd_status": True}


def _held(call: IamCall) -> Values:
    found = call.values.get("user")
    if not isinstance(found, dict):
        raise faults.MissingParameter(parameter="user")
    return found


def _given(held: Values, name: str, kind: type) -> Any:
    """A value of its type, or None. Raises ``InvalidParameter``."""
    value = held.get(name)
    if value is not None and not isinstance(value, kind):
        raise faults.InvalidParameter(parameter=name, reason="type")
    return value


def _profile(held: Values, before: Values) -> Values:
    """The profile after a request: what is given replaces, an empty text clears. Raises ``InvalidParameter``."""
    after = dict(before)
    for name, most in _TEXTS.items():
        value = _given(held, name, str)
        if value is not None and len(value) > most:
            raise faults.InvalidParameter(parameter=name, reason="length")
        if value is not None:
            after[name] = value or _DEFAULTS[name]
    if after["access_mode"] not in _ACCESS_MODES:
        raise faults.InvalidParameter(parameter="access_mode", reason="enum")
    if bool(after["areacode"]) != bool(after["phone"]):
        raise faults.InvalidParameter(parameter="areacode", reason="both")
    status = _given(held, "pwd_status", bool)
    return after if status is None else {**after, "pwd_status": status}


def _create(arguments: Values, call: IamCall) -> None:
    """Raises ``MissingParameter``, ``InvalidParameter`` (domain_id: another than the caller's)."""
    held = _held(call)
    if (_given(held, "domain_id", str) or call.caller.domain_id) != call.caller.domain_id:
        raise faults.InvalidParameter(parameter="domain_id", reason="other")
    arguments.update(
        name=_given(held, "name", str) or "",
        password=_given(held, "password", str) or "",
        enabled=_given(held, "enabled", bool) is not False,
        profile=json.dumps(_profile(held, _DEFAULTS)),
    )


def _stored(user: User) -> Values:
    """The profile of a user; of those made otherwise, the defaults."""
    return {**_DEFAULTS, **(json.loads(user.profile) if user.profile else {})}


def update(call: IamCall, run: UseCaseRunner) -> User:
    """Change what is given. Raises ``ResourceNotFound``, ``InvalidParameter``, ``ResourceExists``."""
    held, user_id = _held(call), call.path_values["id"]
    before: User = run(users.show_user, users.ById(user_id))
    changes = users.UpdateUser(
        user_id,
        name=_given(held, "name", str),
        password=_given(held, "password", str),
        enabled=_given(held, "enabled", bool),
        profile=json.dumps(_profile(held, _stored(before))),
    )
    changed: User = run(users.update_user, changes)
    return changed


def _user(shown: Shown[User]) -> Values:
    user = shown.held
    stored = _stored(user)
    return {
        "id": user.id,
        "name": user.name,
        "domain_id": shown.domain_id,
        "enabled": user.enabled,
        **stored,
        "pwd_strength": "",
        "create_time": moment(user.created_ms),
        "update_time": None,
        "last_login_time": None,
        "links": {"self": f"{shown.call.base}/v3.0/OS-USER/users/{user.id}"},
    }


_PATH = "/v3.0/OS-USER/users"
_ONE = _PATH + "/{id}"
_BODY = read_by_function("user", required=True)
_ANSWER = (Field("user", EncodeOnly(_user)),)

ROWS: tuple[Row, ...] = (
    Row(
        name="POST " + _PATH, path=_PATH, use=users.create_user, request=(_BODY,), adapt_request=_create, has_json=True,
        response=_ANSWER, ok=201,
    ),
    Row(name="GET " + _ONE, method="GET", path=_ONE, use=users.show_user, request=(text("id"),), response=_ANSWER),
    Row(
        name="PUT " + _ONE, method="PUT", path=_ONE, composite=update, request=(text("id"), _BODY), has_json=True,
        response=_ANSWER,
    ),
)  # fmt: skip
