"""Key stores and PINs.

Sources: Huawei Cloud DEW API reference "Dedicated keystore management", SDK 3.1.219 (create-pin).
"""

from __future__ import annotations

import re

from bitting.core.model.keystore import Keystore
from bitting.core.usecases.crypto import pins
from bitting.core.usecases.keys import keystores
from bitting.dialects.base.codecs import Choice, Digits, EncodeOnly, Text
from bitting.dialects.base.operation import Field, Record
from bitting.dialects.huawei.codecs import Each
from bitting.dialects.huawei.fields import BASE, LIMIT, OFFSET, located_row
from bitting.dialects.huawei.rows import Row

_STORES = "/v1.0/{project_id}/keystores"
_ONE_STORE = _STORES + "/{keystore_id}"
_TEXT = Text()
_NAME = Text(1, 255, re.compile("[a-zA-Z0-9:/_-]{1,255}"))
_ID = Text(1, 64)
_STORE = Field("keystore_id", _ID, to="keystore_id", required=True)
#: Stores that need no cluster have these in its place.
_NO_CLUSTER = {"DEFAULT": "0", "CDMS": "1"}


def _hsm_cluster(store: Keystore) -> str:
    return store.cluster_id if store.kind == "DHSM" else ""


def _cluster(store: Keystore) -> str:
    return store.cluster_id or _NO_CLUSTER.get(store.kind, "")


_OWNER = (Field("keystore_id", _TEXT, of="result.id"), Field("domain_id", _TEXT, of="principal.domain_id"))
_DETAILS = Record(
    *_OWNER,
    Field("keystore_alias", _TEXT, of="result.name"),
    Field("keystore_type", _TEXT, of="result.kind"),
    Field("hsm_cluster_id", EncodeOnly(_hsm_cluster), of="result"),
    Field("cluster_id", EncodeOnly(_cluster), of="result"),
    Field("create_time", Digits(), of="result.created_ms"),
)
_STATE = Record(
    Field("keystore_id", _TEXT, of="result.id"),
    # In capitals, as its neighbours are in the documents.
    Field("keystore_state", EncodeOnly(lambda state: state.value.upper()), of="result.state"),
)
_STATE_SHOWN = (Field("keystore", _STATE),)
#: A cluster has one id under two names. Its certificate is for a device that this service does not speak to.
_CREATE_FIELDS = (
    Field("keystore_alias", _NAME, to="name", required=True),
    Field("keystore_type", Choice({word: word for word in ("DHSM", "CDMS", "DEFAULT")}), to="kind"),
    Field("hsm_cluster_id", _ID, to="cluster_id"),
    Field("cluster_id", _ID, to="cluster_id"),
    Field("hsm_ca_cert", Text(1, 8192), drop=True),
)


def rows() -> tuple[Row, ...]:
    """Key stores, and create-pin."""
    return (
        located_row(
            "create-keystore", "POST", _STORES, keystores.create, *_CREATE_FIELDS,
            response=(Field("keystore", Record(*_OWNER)),),
        ),
        located_row(
            "list-keystores", "GET", _STORES, keystores.list_, LIMIT, OFFSET,
            response=(
                Field("total", EncodeOnly(int), of="result.total"),
                Field("keystores", Each(lambda page: page.keystores, _DETAILS)),
            ),
        ),
        located_row(
            "show-keystore", "GET", _ONE_STORE, keystores.describe, _STORE, response=(Field("keystore", _DETAILS),),
        ),
        located_row("delete-keystore", "DELETE", _ONE_STORE, keystores.delete, _STORE, ok=204),
        located_row(
            "enable-keystore", "POST", _ONE_STORE + "/enable", keystores.enable, _STORE, response=_STATE_SHOWN,
        ),
        located_row(
            "disable-keystore", "POST", _ONE_STORE + "/disable", keystores.disable, _STORE, response=_STATE_SHOWN,
        ),
        located_row(
            "create-pin", "POST", BASE + "create-pin", pins.create,
            Field("pin_type", Choice({"CipherText": False, "PlainText": True}), to="plain"),
            Field("keystore_id", _ID, to="keystore_id"),
            response=(Field("pin", _TEXT, of="result.text"),),
        ),
    )  # fmt: skip


#: The operations of a cloud with key stores.
NAMES = frozenset(row.name for row in rows() if row.path.startswith(_STORES))
