"""Quotas of a project: usage for its callers, a higher limit by operators. Used by: Huawei.

::

    usage         -> keys and their limit, grants of one key and their limit
    raise_quota   project, name, limit  operators only; never below the limit in force, never over the ceiling

Source: user-quotas and user-instances of Huawei Cloud DEW.
"""

from __future__ import annotations

from dataclasses import dataclass

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.model.grant import Grant
from bitting.core.model.identity import Project
from bitting.core.model.key import Key
from bitting.core.model.service import Quota, Switches
from bitting.core.ports import UnitOfWork
from bitting.core.quotas import CEILING, CLOUD
from bitting.core.use_case import NoInput as NoInput  # noqa: PLC0414 - named with the use cases here

KEYS, GRANTS_PER_KEY = "keys", "grants_per_key"
#: The limit shown where none is in force, because clients print a number.
_SHOWN = {KEYS: CEILING, GRANTS_PER_KEY: CEILING}


@dataclass(slots=True)
class QuotaUsage:
    """Usage and limit of one resource."""

    name: str
    used: int
    limit: int


@dataclass(slots=True)
class Usage:
    """Keys and grants of the caller's project."""

    keys: QuotaUsage
    grants: QuotaUsage


@dataclass(slots=True)
class RaiseQuota:
    """``name``: ``keys`` or ``grants_per_key``."""

    project_id: str
    name: str
    limit: int


def _own_keys(uow: UnitOfWork, ring: str) -> int:
    return uow.of(Key).count({"ring": ring, "service": ""})


def _most_grants(uow: UnitOfWork, ring: str) -> int:
    """The number of grants of the key that has most."""
    counts: dict[str, int] = {}
    for grant in uow.of(Grant).find({"key_ring": ring}, limit=10_000):
        counts[grant.key_id] = counts.get(grant.key_id, 0) + 1
    return max(counts.values(), default=0)


def _limit(uow: UnitOfWork, ring: str, name: str) -> int:
    held = uow.of(Quota).get(f"{ring}/{name}")
    if held is not None:
        return held.limit
    switches = uow.of(Switches).get("service")
    return CLOUD[name] if switches is not None and switches.quotas == "cloud" else _SHOWN[name]


@use_case("quota:read")
def usage(context: Context, command: NoInput) -> Usage:  # noqa: ARG001
    """The usage of the project. Service keys do not count; keys pending deletion do."""
    uow, ring = context.uow, context.principal.ring
    return Usage(
        QuotaUsage(KEYS, _own_keys(uow, ring), _limit(uow, ring, KEYS)),
        QuotaUsage(GRANTS_PER_KEY, _most_grants(uow, ring), _limit(uow, ring, GRANTS_PER_KEY)),
    )


@use_case("quota:write", writes=True, operator=True)
def raise_quota(context: Context, command: RaiseQuota) -> Quota:
    """Raise a limit.

    Raises ``ResourceNotFound`` (``kind`` project), ``UnsupportedOperation`` (``feature`` key_quota, grant_quota)
    while there is nothing to be counted, ``InvalidParameter`` (quota) over the ceiling or under the limit in force.
    """
    uow = context.uow
    project = uow.of(Project).get(command.project_id)
    if project is None:
        raise faults.ResourceNotFound(kind="project", resource=command.project_id)
    if command.limit > CEILING:
        raise faults.InvalidParameter(parameter="quota", reason="range")
    if command.name == KEYS and not _own_keys(uow, project.ring):
        raise faults.UnsupportedOperation(feature="key_quota")
    if command.name == GRANTS_PER_KEY and not uow.of(Grant).count({"key_ring": project.ring}):
        raise faults.UnsupportedOperation(feature="grant_quota")
    held = uow.of(Quota).get(f"{project.ring}/{command.name}")
    if command.limit < (held.limit if held else CLOUD[command.name]):
        raise faults.InvalidParameter(parameter="quota", reason="less")
    quota = Quota(f"{project.ring}/{command.name}", project.ring, command.name, command.limit)
    (uow.of(Quota).put if held else uow.of(Quota).add)(quota)
    return quota
