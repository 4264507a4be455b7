"""Key stores, regions and PINs.

Sources: Huawei Cloud DEW API reference "Dedicated keystore management", SDK 3.1.219 (v2 operations, create-pin).
"""

from __future__ import annotations

import re
from typing import Any

from bitting.core.usecases.crypto import pins
from bitting.core.usecases.keys import keystores, regions
from bitting.dialects.base.codecs import Choice, Integer, Text
from bitting.dialects.base.operation import Field
from bitting.dialects.huawei import codecs
from bitting.dialects.huawei.keys.operations import BASE
from bitting.dialects.huawei.keystores import adapters as keystore_adapters
from bitting.dialects.huawei.rows import Row

STORES = "/v1.0/{project_id}/keystores"
V2 = "/v2/{project_id}/kms/"
_KEY = Field("key_id", codecs.KeyName(), to="key", required=True)
_STORE = Field("keystore_id", Text(1, 64), to="keystore_id", required=True)
_OFFSET = Field("offset", Integer(0, 1 << 31), to="offset")
_WORD = Text(1, 255)
NAMES = frozenset(
    ("create-keystore", "list-keystores", "show-keystore", "delete-keystore", "enable-keystore", "disable-keystore")
)


def row(name: str, method: str, path: str, use: Any, *request: Field, **rest: Any) -> Row:
    """A row whose parameters are in path, query and body alike."""
    return Row(name=name, method=method, path=path, surface="kms", use=use, request=request, located=True, **rest)


def rows() -> tuple[Row, ...]:
    """All of them."""
    return (
        row(
            "create-keystore",
            "POST",
            STORES,
            keystores.create,
            Field("keystore_alias", Text(1, 255, re.compile("[a-zA-Z0-9:/_-]{1,255}")), to="name", required=True),
            Field("keystore_type", Choice({word: word for word in ("DHSM", "CDMS", "DEFAULT")}), to="kind"),
            Field("hsm_cluster_id", Text(1, 64)),
            Field("cluster_id", Text(1, 64), to="cluster_id"),
            Field("hsm_ca_cert", Text(1, 8192)),
            adapt_request=keystore_adapters.create,
            content=keystore_adapters.created,
        ),
        row(
            "list-keystores",
            "GET",
            STORES,
            keystores.list_,
            Field("limit", Integer(1, 1000), to="limit"),
            _OFFSET,
            content=keystore_adapters.listed,
        ),
        row(
            "show-keystore", "GET", STORES + "/{keystore_id}", keystores.describe, _STORE, content=keystore_adapters.one
        ),
        row("delete-keystore", "DELETE", STORES + "/{keystore_id}", keystores.delete, _STORE, ok=204),
        row(
            "enable-keystore",
            "POST",
            STORES + "/{keystore_id}/enable",
            keystores.enable,
            _STORE,
            content=keystore_adapters.switched,
        ),
        row(
            "disable-keystore",
            "POST",
            STORES + "/{keystore_id}/disable",
            keystores.disable,
            _STORE,
            content=keystore_adapters.switched,
        ),
        row(
            "create-pin",
            "POST",
            BASE + "create-pin",
            pins.create,
            Field("pin_type", Choice({"CipherText": False, "PlainText": True}), to="plain"),
            Field("keystore_id", Text(1, 64), to="keystore_id"),
            content=keystore_adapters.pin,
        ),
        row(
            "replicate",
            "POST",
            V2 + "keys/{key_id}/replicate",
            regions.replicate,
            _KEY,
            Field("replica_region", _WORD, to="region", required=True),
            Field("key_alias", codecs.KeyAlias(), to="name", required=True),
            Field("replica_project_id", Text(1, 64), to="project_id", required=True),
            Field("key_description", Text(0, 255), to="description"),
            Field("enterprise_project_id", Text(0, 36), to="enterprise_project_id"),
            Field("tags", codecs.AnyJson()),
            adapt_request=keystore_adapters.replicate,
            content=keystore_adapters.replicated,
        ),
        row(
            "update-primary-region",
            "PUT",
            V2 + "keys/{key_id}/update-primary-region",
            regions.update_primary,
            _KEY,
            Field("primary_region", _WORD, to="region", required=True),
            content=keystore_adapters.moved,
        ),
        row(
            "list-regions",
            "GET",
            V2 + "regions",
            regions.list_,
            Field("limit", Integer(1, 1000), to="limit"),
            _OFFSET,
            content=keystore_adapters.regions,
        ),
        row(
            "show-job",
            "GET",
            V2 + "jobs/{job_id}",
            regions.job,
            Field("job_id", Text(1, 64), to="job_id", required=True),
            content=keystore_adapters.job,
        ),
    )
