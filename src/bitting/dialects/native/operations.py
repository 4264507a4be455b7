"""The rows of the native API.

::

    METHOD /bitting/v1/<noun>[/<id>][/<verb>]      JSON in, JSON out, bearer token of an operator
"""

from __future__ import annotations

import dataclasses
from typing import Any

from bitting.core.usecases import service
from bitting.dialects.base.kinds import Flag, Integer, Kind, Text, Unreadable
from bitting.dialects.base.operation import Field, Operation

PREFIX = "/bitting/v1/"
_HIDDEN = {"sealed_secret", "password", "wrapped", "token_digest", "material_fingerprint", "policy"}


class Plain:
    """A record as a JSON object, without its secrets; sequences as lists."""

    def decode(self, raw: Any) -> Any:  # noqa: ARG002 - answers only
        raise Unreadable("type")

    def encode(self, value: Any) -> Any:
        """The object."""
        if isinstance(value, list | tuple):
            return [self.encode(item) for item in value]
        if dataclasses.is_dataclass(value):
            names = [field.name for field in dataclasses.fields(value) if field.name not in _HIDDEN]
            return {name: self.encode(getattr(value, name)) for name in names}
        return value.hex() if isinstance(value, bytes) else value


class Anything:
    """Any JSON object, handed on as it is."""

    def decode(self, raw: Any) -> Any:
        """The object. Raises ``Unreadable`` for anything else."""
        if not isinstance(raw, dict):
            raise Unreadable("type")
        return raw

    def encode(self, value: Any) -> Any:
        """The object."""
        return value


def _row(method: str, path: str, use: Any, *fields: Field, answer: str = "", **rest: Any) -> Operation:
    name = f"{method} {path}"
    response = (Field(answer, Plain()),) if answer else ()
    return Operation(name=name, method=method, path=PREFIX + path, use=use, request=fields, response=response, **rest)


def _in(name: str, kind: Kind, *, required: bool = True, to: str = "") -> Field:
    return Field(name, kind, to=to or name, required=required)


_ID = Text(1, 128)
_NAME = Text(1, 64)

OPERATIONS = (
    _row("GET", "switches", service.switches, answer="switches"),
    _row("PUT", "switches", service.set_switches, _in("values", Anything()), answer="switches"),
    _row("GET", "accounts", service.list_accounts, answer="accounts"),
    _row(
        "PUT", "accounts/{account_id}/state", service.set_account_state,
        _in("account_id", _ID), _in("state", _NAME), answer="account",
    ),
    _row("GET", "accounts/{account_id}/projects", service.list_projects, _in("account_id", _ID), answer="projects"),
    _row(
        "POST", "accounts/{account_id}/projects", service.create_project,
        _in("account_id", _ID), _in("name", _NAME), _in("profile", _NAME, required=False),
        _in("shared", Flag(), required=False), answer="project", ok=201,
    ),
    _row(
        "GET", "accounts/{account_id}/access-keys", service.list_access_keys,
        _in("account_id", _ID), answer="access_keys",
    ),
    _row(
        "POST", "accounts/{account_id}/access-keys", service.create_access_key,
        _in("account_id", _ID), _in("user_name", _NAME, required=False), answer="access_key", ok=201,
    ),
    _row(
        "PUT", "access-keys/{access_key_id}", service.set_access_key,
        _in("access_key_id", _ID), _in("enabled", Flag(), required=False),
        _in("expires_ms", Integer(0, 1 << 53), required=False), answer="access_key",
    ),
    _row(
        "PUT", "quotas/{scope}/{name}", service.set_quota,
        _in("scope", _ID), _in("name", _NAME), _in("limit", Integer(-(1 << 31), 1 << 31)), answer="quota",
    ),
    _row("POST", "keys/{key_id}/freeze", service.freeze_key, _in("key_id", _ID), answer="key"),
    _row("POST", "keys/{key_id}/unfreeze", service.unfreeze_key, _in("key_id", _ID), answer="key"),
)  # fmt: skip
