"""Quotas: how many resources of a kind a scope may hold.

::

    a limit set for the scope  >  the documented cloud defaults (switch quotas=cloud)  >  the generous ceiling
"""

from __future__ import annotations

from collections.abc import Callable

from bitting.core import faults
from bitting.core.model.service import Quota, Switches
from bitting.core.ports import UnitOfWork

CEILING = 1_000_000

#: What the clouds document. Keys: Huawei's 100 per project (Alibaba documents 200); aliases: Alibaba's 300;
#: grants: Huawei's 100 per key; tags: 20 per key; secrets: Huawei's 500; versions: 20; stages: 12.
#: A key store instance is bought in sizes; these are one of Alibaba's.
CLOUD = {
    "keys": 100,
    "aliases": 300,
    "grants_per_key": 100,
    "grants": 10_000,
    "tags": 20,
    "secrets": 500,
    "versions": 20,
    "stages": 12,
    "instance_keys": 1000,
    "instance_secrets": 1000,
    "instance_networks": 10,
}


def limit(uow: UnitOfWork, scope: str, name: str) -> int:
    """The limit in force for ``name`` in ``scope`` (a key ring, project, account or key id)."""
    quota = uow.of(Quota).get(f"{scope}/{name}")
    if quota is not None:
        return quota.limit
    switches = uow.of(Switches).get("service")
    return CLOUD[name] if switches is not None and switches.quotas == "cloud" else CEILING


def require_room(uow: UnitOfWork, scope: str, name: str, count: Callable[[], int], more: int = 1) -> None:
    """Return if ``more`` fit in addition to the ``count()`` that exist. Raises ``QuotaExceeded`` with ``limit``.

    Nothing is counted under the generous ceiling: a count over a large ring costs milliseconds.
    """
    most = limit(uow, scope, name)
    if most < CEILING and count() + more > most:
        raise faults.QuotaExceeded(limit=name, resource=scope)
