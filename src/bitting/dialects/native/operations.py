"""The rows of the native API.

::

    METHOD /bitting/v1/<noun>[/<id>][/<verb>]      JSON in, JSON out, bearer token of an operator
"""

from __future__ import annotations

from bitting.core.usecases.operator import service
from bitting.dialects.base.codecs import Flag, Integer
from bitting.dialects.native import (
    access_operations,
    audit_operations,
    authority_operations,
    keystore_operations,
    secret_operations,
    user_operations,
)
from bitting.dialects.native.rows import ID as _ID
from bitting.dialects.native.rows import NAME as _NAME
from bitting.dialects.native.rows import PREFIX, AnyObject, RecordCodec
from bitting.dialects.native.rows import field_in as _in
from bitting.dialects.native.rows import row as _row

__all__ = ["OPERATIONS", "PREFIX", "RecordCodec"]

OPERATIONS = (
    _row("GET", "switches", service.switches, answer="switches"),
    _row("PUT", "switches", service.set_switches, _in("values", AnyObject()), answer="switches"),
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
    *access_operations.OPERATIONS,
    *authority_operations.OPERATIONS,
    *audit_operations.OPERATIONS,
    *keystore_operations.OPERATIONS,
    *secret_operations.OPERATIONS,
    *user_operations.OPERATIONS,
)  # fmt: skip
