"""Grants: to make, list, revoke and retire them.

Sources: Huawei Cloud DEW API reference "Key grant management", OTC likewise.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bitting.core import faults
from bitting.core.usecases.keys import grants
from bitting.core.usecases.keys.grants import CREATE, RETIRE
from bitting.dialects.base.codecs import Choice, Digits, EncodeOnly, Items, Text
from bitting.dialects.base.operation import Field, Record
from bitting.dialects.huawei.fields import KEY, PAGE, kms_row, page_info
from bitting.dialects.huawei.rows import HuaweiCall, Row

#: Operations that can be granted -> the action of each.
ACTIONS = {
    "create-datakey": "key:generate_data_key",
    "create-datakey-without-plaintext": "key:generate_data_key_sealed",
    "encrypt-datakey": "key:encrypt_data_key",
    "decrypt-datakey": "key:decrypt_data_key",
    "describe-key": "key:describe",
    "create-grant": CREATE,
    "retire-grant": RETIRE,
    "encrypt-data": "key:encrypt",
    "decrypt-data": "key:decrypt",
}
_NAMES = {action: name for name, action in ACTIONS.items()}
_TEXT = Text()
_USER = Text(1, 64, re.compile("[a-zA-Z0-9]{1,64}"))
_GRANT = Field("grant_id", Text(64, 64, re.compile("[A-Fa-f0-9]{64}")), to="grant_id", required=True)
_KINDS = Choice({"user": grants.USER, "domain": grants.DOMAIN})


def _require_more_than_granting(arguments: dict[str, Any], call: HuaweiCall) -> None:  # noqa: ARG001 - as every adapter
    """The right to grant is not enough for a grant. Each operation counts once."""
    actions = list(dict.fromkeys(arguments["actions"]))
    if actions == [CREATE]:
        raise faults.InvalidParameter(parameter="operations", reason="only_grants")
    arguments["actions"] = actions


def _operations(actions: Sequence[str]) -> list[str]:
    """Names of actions, without those that this API does not grant."""
    return [_NAMES[action] for action in actions if action in _NAMES]


_SHOWN = Record(
    Field("key_id", _TEXT, of="key_id"),
    Field("grant_id", _TEXT, of="id"),
    Field("grantee_principal", _TEXT, of="grantee"),
    Field("grantee_principal_type", _TEXT, of="grantee_kind"),
    Field("operations", EncodeOnly(_operations), of="actions"),
    Field("issuing_principal", _TEXT, of="creator"),
    Field("creation_date", Digits(), of="created_ms"),
    Field("name", _TEXT, of="name"),
    Field("retiring_principal", _TEXT, of="retiring"),
)
_LISTED = (Field("grants", Items(_SHOWN), of="result.grants"), *page_info("grants"))
_DEFAULT = {"limit": 100}


def rows() -> tuple[Row, ...]:
    """All of them. Secrets have a list-grants as well, so that of keys has a name of its own."""
    return (
        kms_row(
            "create-grant", grants.create, KEY,
            Field("grantee_principal", _USER, to="grantee", required=True),
            Field("operations", Items(Choice(ACTIONS), 1, 10), to="actions", required=True),
            Field("name", Text(1, 255, re.compile("[a-zA-Z0-9:/_-]{1,255}")), to="name"),
            Field("retiring_principal", _USER, to="retiring"),
            Field("grantee_principal_type", _KINDS, to="grantee_kind"),
            adapt_request=_require_more_than_granting, response=(Field("grant_id", _TEXT, of="result.id"),),
        ),
        kms_row("revoke-grant", grants.revoke, KEY, _GRANT),
        kms_row("retire-grant", grants.retire, KEY, _GRANT),
        kms_row(
            "list-key-grants", grants.list_of_key, KEY, *PAGE, path="list-grants", given=_DEFAULT, response=_LISTED,
        ),
        kms_row("list-retirable-grants", grants.list_retirable, *PAGE, given=_DEFAULT, response=_LISTED),
    )  # fmt: skip
