"""Key stores, regions and PINs as this API shows them."""

from __future__ import annotations

from typing import Any

from bitting.core.model.key import Key
from bitting.core.model.keystore import Keystore
from bitting.core.model.region import Replica
from bitting.core.usecases.crypto.pins import Pin
from bitting.core.usecases.keys.keystores import KeystorePage
from bitting.core.usecases.keys.regions import RegionNames
from bitting.dialects.huawei.rows import HuaweiCall
from bitting.dialects.huawei.tags.lists import pairs


def _domain(call: HuaweiCall) -> str:
    return call.principal.domain_id if call.principal is not None else ""


def create(arguments: dict[str, Any], call: HuaweiCall) -> None:  # noqa: ARG001 - a shape's signature
    """A cluster has one id under two names. Its certificate is for a device that this service does not speak to."""
    arguments.pop("hsm_ca_cert", None)
    cluster_id = arguments.pop("hsm_cluster_id", "")
    arguments.setdefault("cluster_id", cluster_id)


def created(store: Keystore, call: HuaweiCall) -> dict[str, Any]:
    """Whose store it is."""
    return {"keystore": {"keystore_id": store.id, "domain_id": _domain(call)}}


def _details(store: Keystore, call: HuaweiCall) -> dict[str, Any]:
    return {
        "keystore_id": store.id,
        "domain_id": _domain(call),
        "keystore_alias": store.name,
        "keystore_type": store.kind,
        "hsm_cluster_id": store.cluster_id if store.kind == "DHSM" else "",
        "cluster_id": store.cluster_id or {"DEFAULT": "0", "CDMS": "1"}.get(store.kind, ""),
        "create_time": str(store.created_ms),
    }


def one(store: Keystore, call: HuaweiCall) -> dict[str, Any]:
    """One store."""
    return {"keystore": _details(store, call)}


def listed(page: KeystorePage, call: HuaweiCall) -> dict[str, Any]:
    """A page and the number of all."""
    return {"total": page.total, "keystores": [_details(store, call) for store in page.keystores]}


def switched(store: Keystore, call: HuaweiCall) -> dict[str, Any]:  # noqa: ARG001 - the signature of content
    """The store's state, in capitals as its neighbours are in the documents."""
    return {"keystore": {"keystore_id": store.id, "keystore_state": store.state.value.upper()}}


def pin(made: Pin, call: HuaweiCall) -> dict[str, Any]:  # noqa: ARG001 - as above
    """The PIN."""
    return {"pin": made.text}


def replicate(arguments: dict[str, Any], call: HuaweiCall) -> None:  # noqa: ARG001 - a shape's signature
    """Tags, if there are any."""
    raw = arguments.pop("tags", None)
    if raw:
        arguments["tags"] = pairs(raw)


def replicated(replica: Replica, call: HuaweiCall) -> dict[str, Any]:
    """The replica has the key's id."""
    return {"key_id": replica.key_id, "domain_id": _domain(call), "region": replica.region}


def moved(key: Key, call: HuaweiCall) -> dict[str, Any]:  # noqa: ARG001 - the signature of content
    """Where the key is at home now."""
    return {"key_id": key.id, "primary_region": key.primary_region}


def regions(found: RegionNames, call: HuaweiCall) -> dict[str, Any]:  # noqa: ARG001 - as above
    """Names."""
    return {"regions": list(found.names)}


def job(replica: Replica, call: HuaweiCall) -> dict[str, Any]:  # noqa: ARG001 - as above
    """Replication is done when it is answered."""
    return {
        "job_id": replica.job_id,
        "job_type": "replicate",
        "status": "SUCCESS",
        "key_id": replica.key_id,
        "region": replica.region,
        "begin_time": str(replica.created_ms),
        "end_time": str(replica.created_ms),
    }
