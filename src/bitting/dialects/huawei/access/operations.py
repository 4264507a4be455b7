"""Access points, key policies and data key capsules.

Source: Huawei Cloud SDK 3.1.219; the public documents name fields and no more.
"""

from __future__ import annotations

import re
from typing import Any

from bitting.core.usecases.access import capsule_access, capsules
from bitting.dialects.base.codecs import Base64, Choice, Integer, Text
from bitting.dialects.base.operation import Field
from bitting.dialects.huawei import codecs
from bitting.dialects.huawei.access import adapters as capsule_adapters
from bitting.dialects.huawei.keys.material_adapters import nothing
from bitting.dialects.huawei.keys.operations import BASE
from bitting.dialects.huawei.rows import Row

_UUID = Text(36, 36, re.compile("[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"))
_NAME = Text(1, 255, re.compile("[a-zA-Z0-9:/_-]{1,255}"))
_ABOUT = Field("description", Text(0, 255), to="description")
_SPACE = Field("keyspace_id", _UUID, to="space_id", required=True)
_POINT = Field("access_point_id", Text(1, 64), to="point_id", required=True)
_POLICY = Field("policy_id", Text(1, 64), to="policy_id", required=True)
_TEXT = Field("policy", Text(1, capsule_access.POLICY_CHARACTERS), to="text", required=True)
_PAGE = (_SPACE, Field("limit", Integer(1, 100), to="limit"), Field("marker", _UUID, to="after"))
_KEY = Field("key_id", codecs.KeyName(), to="key", required=True)
_PUBLIC = Field("public_key", Base64(1, 2048), to="public")
_POINTS, _POLICIES, _CAPSULES = BASE + "access-points", BASE + "key-policies", BASE + "datakey-capsule/"
_KINDS = {str(number): word for number, word in enumerate(capsule_access.KINDS, start=1)}


def row(name: str, method: str, path: str, use: Any, *request: Field, **rest: Any) -> Row:
    """A row whose parameters are in path, query and body alike."""
    return Row(name=name, method=method, path=path, surface="kms", use=use, request=request, located=True, **rest)


def rows() -> tuple[Row, ...]:
    """All of them."""
    return (
        row(
            "create-access-point",
            "POST",
            _POINTS,
            capsule_access.create_capsule_access_point,
            _SPACE,
            Field("access_point_name", _NAME, to="name", required=True),
            Field("type", codecs.NumericChoice(Choice(_KINDS)), to="kind", required=True),
            Field("identity", Text(1, 4096), to="identity"),
            Field("cluster_id", Text(1, 64), to="cluster_id"),
            _ABOUT,
            content=capsule_adapters.point_made,
        ),
        row(
            "list-access-points",
            "GET",
            _POINTS,
            capsule_access.list_capsule_access_points,
            *_PAGE,
            content=capsule_adapters.points,
        ),
        row(
            "delete-access-point",
            "DELETE",
            _POINTS + "/{access_point_id}",
            capsule_access.delete_capsule_access_point,
            _POINT,
            ok=204,
        ),
        row(
            "enable-access-point",
            "POST",
            _POINTS + "/{access_point_id}/enable",
            capsule_access.enable_capsule_access_point,
            _POINT,
            content=nothing,
        ),
        row(
            "disable-access-point",
            "POST",
            _POINTS + "/{access_point_id}/disable",
            capsule_access.disable_capsule_access_point,
            _POINT,
            content=nothing,
        ),
        row(
            "get-privatekey",
            "POST",
            _POINTS + "/{access_point_id}/get-privatekey",
            capsule_access.private_key,
            _POINT,
            content=capsule_adapters.private_half,
        ),
        row(
            "key-policies",
            "POST",
            _POLICIES,
            capsule_access.create_capsule_policy,
            _SPACE,
            Field("policy_name", _NAME, to="name", required=True),
            _TEXT,
            _ABOUT,
            content=capsule_adapters.policy_made,
        ),
        row(
            "list-key-policies",
            "GET",
            _POLICIES,
            capsule_access.list_capsule_policies,
            *_PAGE,
            content=capsule_adapters.policies,
        ),
        row(
            "show-key-policy",
            "GET",
            _POLICIES + "/{policy_id}",
            capsule_access.describe_capsule_policy,
            _POLICY,
            content=capsule_adapters.policy,
        ),
        row(
            "update-key-policy",
            "PUT",
            _POLICIES + "/{policy_id}",
            capsule_access.update_capsule_policy,
            _POLICY,
            _TEXT,
            _ABOUT,
            content=capsule_adapters.policy_updated,
        ),
        row(
            "delete-key-policy",
            "DELETE",
            _POLICIES + "/{policy_id}",
            capsule_access.delete_capsule_policy,
            _POLICY,
            ok=204,
        ),
        row(
            "datakey-capsule/create",
            "POST",
            _CAPSULES + "create",
            capsules.create_capsule,
            _KEY,
            Field("datakey_length", codecs.NumericChoice(Choice({"128": 16, "256": 32})), to="length", required=True),
            _PUBLIC,
            Field("policy_id", Text(1, 64), to="policy_id"),
            Field("key_policy", Text(1, capsule_access.POLICY_CHARACTERS), to="policy"),
            content=capsule_adapters.capsule_made,
        ),
        row(
            "datakey-capsule/decrypt",
            "POST",
            _CAPSULES + "decrypt",
            capsules.open_capsule,
            _KEY,
            Field("datakey_capsule", Text(1, 65536), to="capsule", required=True),
            Field("attestation_document", codecs.AnyJson(), required=True),
            _PUBLIC,
            adapt_request=capsule_adapters.attested,
            content=capsule_adapters.capsule_opened,
        ),
    )
