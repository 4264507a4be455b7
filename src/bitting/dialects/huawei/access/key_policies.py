"""Key policies of a key space: which access points may open a capsule, and when."""

from __future__ import annotations

from dataclasses import replace

from bitting.core.usecases.access import capsule_access
from bitting.core.usecases.access.capsule_access import read_policy
from bitting.dialects.base.codecs import EncodeOnly, Items, Moment, Text
from bitting.dialects.base.operation import Field, Record
from bitting.dialects.huawei.access.fields import DESCRIPTION, ID, NAME, PAGE_INFO, POLICY_TEXT, SPACE, SPACE_PAGE
from bitting.dialects.huawei.codecs import Derived
from bitting.dialects.huawei.fields import BASE, located_row
from bitting.dialects.huawei.rows import Row

_POLICIES = BASE + "key-policies"
_ONE_POLICY = _POLICIES + "/{policy_id}"
_POLICY = Field("policy_id", ID, to="policy_id", required=True)
_TEXT_FIELD = Field("policy", POLICY_TEXT, to="text", required=True)
_TEXT, _MOMENT, _LIST = Text(), Moment(), EncodeOnly(list)
_PERIOD = Record(Field("start_time", _MOMENT, of="start_ms"), Field("end_time", _MOMENT, of="end_ms"))


def _document(period: str, points: str) -> Derived:
    """The policy in a policy's text. In lists two of its names are spelt otherwise."""
    return Derived(
        read_policy,
        Record(
            Field("version", _TEXT, of="version"),
            Field(period, _PERIOD),
            Field(points, _LIST, of="points"),
            Field("allowed_data_security_zone", _LIST, of="zones"),
        ),
    )


def _policy(document: Derived, at: str = "") -> tuple[Field, ...]:
    """A policy at a dotted path."""
    return (
        Field("policy_id", _TEXT, of=at + "id"),
        Field("policy_name", _TEXT, of=at + "name"),
        Field("keyspace_id", _TEXT, of=at + "space_id"),
        Field("policy", document, of=at + "text"),
        Field("description", _TEXT, of=at + "description"),
        Field("created_by", _TEXT, of=at + "creator"),
        Field("create_time", _MOMENT, of=at + "created_ms"),
        Field("last_modify_time", _MOMENT, of=at + "updated_ms"),
        Field("last_access_time", _MOMENT, of=at + "used_ms"),
    )


_LISTED = Items(Record(*_policy(_document("validityPeriod", "allowedAccessPoint"))))
_SHOWN = _policy(_document("validity_period", "allowed_access_point"), "result.")
_ID_SHOWN = _SHOWN[0]
_CHANGED = tuple(field for field in _SHOWN if field.name in {"policy_id", "policy", "description", "last_modify_time"})


def rows() -> tuple[Row, ...]:
    """All of them."""
    return (
        located_row(
            "key-policies", "POST", _POLICIES, capsule_access.create_capsule_policy,
            SPACE, Field("policy_name", NAME, to="name", required=True), _TEXT_FIELD, DESCRIPTION,
            response=(_ID_SHOWN,),
        ),
        located_row(
            "list-key-policies", "GET", _POLICIES, capsule_access.list_capsule_policies, *SPACE_PAGE,
            response=(PAGE_INFO, Field("keyspace_policies", _LISTED, of="result.items")),
        ),
        located_row(
            "show-key-policy", "GET", _ONE_POLICY, capsule_access.describe_capsule_policy, _POLICY, response=_SHOWN,
        ),
        located_row(
            "update-key-policy", "PUT", _ONE_POLICY, capsule_access.update_capsule_policy,
            _POLICY, _TEXT_FIELD, replace(DESCRIPTION, empty=True),
            response=_CHANGED,
        ),
        located_row("delete-key-policy", "DELETE", _ONE_POLICY, capsule_access.delete_capsule_policy, _POLICY, ok=204),
    )  # fmt: skip
