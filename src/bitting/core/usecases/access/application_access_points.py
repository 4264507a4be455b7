"""Application access points: access to a key store instance, with access policies and network rules.

::

    access point ── up to 3 ──> access policy ── any number ──> network rule
         └── up to 3 client keys (client_keys.py)

Names are unique per account. A change takes effect with the next request of every client
(:mod:`bitting.core.usecases.iam.credentials` reads these records through the cache). A policy or rule may be deleted
while something refers to it (as documented); that then allows less, never more. It may be named
before it is there, too, as the tests of the cloud's Terraform provider do. Duplicates are kept as given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from ipaddress import ip_network
from typing import Generic, TypeVar

from bitting.core import faults
from bitting.core.authz.statements import authorise
from bitting.core.gate import Context, use_case
from bitting.core.model.access import ClientCertificate
from bitting.core.model.identity import AccessPolicy, ApplicationAccessPoint, ClientKey, Instance, NetworkRule
from bitting.core.usecases.iam.credentials import SHARED
from bitting.core.usecases.iam.held_rights import require_policies_covered
from bitting.core.usecases.instances.instances import default_instance

PER_ACCOUNT_MAX = 1000
#: No name ends so: what a policy shows in place of its last network rule once that is deleted.
DELETED = " (deleted)"
POLICIES_PER_POINT_MAX = 3
T = TypeVar("T", NetworkRule, AccessPolicy, ApplicationAccessPoint)


@dataclass(slots=True)
class CreateNetworkRule:
    """``sources``: addresses and networks, IPv4 or IPv6."""

    name: str
    sources: Sequence[str] = ()
    kind: str = "Private"
    description: str = ""


@dataclass(slots=True)
class UpdateNetworkRule:
    """None: unchanged."""

    name: str
    sources: Sequence[str] | None = None
    description: str | None = None


@dataclass(slots=True)
class CreateAccessPolicy:
    """``instance_id``: an instance, ``shared``, or empty for the account's default instance."""

    name: str
    permissions: Sequence[str]
    resources: Sequence[str]
    instance_id: str = ""
    network_rules: Sequence[str] = ()
    description: str = ""


@dataclass(slots=True)
class UpdateAccessPolicy:
    """None: unchanged. The scope cannot be changed."""

    name: str
    permissions: Sequence[str] | None = None
    resources: Sequence[str] | None = None
    network_rules: Sequence[str] | None = None
    description: str | None = None


@dataclass(slots=True)
class CreateAccessPoint:
    """``policies``: names of one to three access policies."""

    name: str
    policies: Sequence[str]
    method: str = "ClientKey"
    description: str = ""


@dataclass(slots=True)
class UpdateAccessPoint:
    """None: unchanged."""

    name: str
    policies: Sequence[str] | None = None
    description: str | None = None


@dataclass(slots=True)
class ByName:
    """By name, in the caller's account."""

    name: str


@dataclass(slots=True)
class ListNamed:
    """A page, by name."""

    offset: int = 0
    limit: int = 20


@dataclass(slots=True)
class ResourcePage(Generic[T]):
    """``total`` counts all, not only this page."""

    items: Sequence[T] = field(default_factory=tuple)
    total: int = 0


def require_permission(context: Context, action: str, resource: str) -> None:
    """Return if the caller may do this to the resource. Raises ``PermissionDenied`` or ``ExplicitlyDenied``."""
    if not context.principal.admin:
        authorise(context.principal, action, resource)


def _find(context: Context, kind: type[T], action: str, label: str, name: str) -> T:
    require_permission(context, action, f"{label}/{name}")
    stored = context.uow.of(kind).get(f"{context.principal.account_id}/{name}")
    if stored is None:
        raise faults.ResourceNotFound(resource=name)
    return stored


def _add(context: Context, action: str, label: str, record: T) -> T:
    require_permission(context, action, f"{label}/{record.name}")
    records = context.uow.of(type(record))
    if records.count({"account_id": record.account_id}) >= PER_ACCOUNT_MAX:
        raise faults.QuotaExceeded(limit=label)
    records.add(record)
    return record


def _page(context: Context, kind: type[T], command: ListNamed) -> ResourcePage[T]:
    where: dict[str, object] = {"account_id": context.principal.account_id}
    records = context.uow.of(kind)
    found = records.find(where, order="name", offset=command.offset, limit=command.limit)
    return ResourcePage(found, records.count(where))


# ── network rules ─────────────────────────────────────────────────────────────


def _networks(sources: Sequence[str]) -> tuple[str, ...]:
    for source in sources:
        try:
            ip_network(source, strict=False)
        except ValueError:
            raise faults.InvalidParameter(parameter="sources", reason="format") from None
    return tuple(sources)


@use_case("network_rule:create", writes=True)
def create_network_rule(context: Context, command: CreateNetworkRule) -> NetworkRule:
    """A new network rule. Raises ``InvalidParameter`` (sources), ``ResourceExists``, ``QuotaExceeded``."""
    account, sources = context.principal.account_id, _networks(command.sources)
    record = NetworkRule(
        f"{account}/{command.name}", account, command.name, command.kind, sources, command.description, context.now_ms
    )
    return _add(context, "network_rule:create", "network", record)


@use_case("network_rule:describe")
def describe_network_rule(context: Context, command: ByName) -> NetworkRule:
    """The rule. Raises ``ResourceNotFound``."""
    return _find(context, NetworkRule, "network_rule:describe", "network", command.name)


@use_case("network_rule:update", writes=True)
def update_network_rule(context: Context, command: UpdateNetworkRule) -> NetworkRule:
    """Change it for every policy that names it. Raises ``ResourceNotFound``, ``InvalidParameter`` (sources)."""
    stored = _find(context, NetworkRule, "network_rule:update", "network", command.name)
    changed = replace(
        stored,
        sources=stored.sources if command.sources is None else _networks(command.sources),
        description=stored.description if command.description is None else command.description,
    )
    context.uow.of(NetworkRule).put(changed)
    return changed


@use_case("network_rule:delete", writes=True)
def delete_network_rule(context: Context, command: ByName) -> NetworkRule:
    """Delete it and take it from the policies that name it: they no longer admit its networks.

    A new rule of the same name is not theirs. A policy that had no other rule admits nobody until it gets one, and
    shows the deleted one as ``<name> (deleted)``. Raises ``ResourceNotFound``.
    """
    stored = _find(context, NetworkRule, "network_rule:delete", "network", command.name)
    policies = context.uow.of(AccessPolicy)
    for policy in policies.find({"account_id": stored.account_id}, limit=PER_ACCOUNT_MAX):
        if stored.name in policy.network_rules:
            left = tuple(name for name in policy.network_rules if name != stored.name)
            policies.put(replace(policy, network_rules=left or (f"{stored.name}{DELETED}",)))
    context.uow.of(NetworkRule).remove(stored.id)
    return stored


@use_case("network_rule:list")
def list_network_rules(context: Context, command: ListNamed) -> ResourcePage[NetworkRule]:
    """The account's rules by name."""
    return _page(context, NetworkRule, command)


# ── access policies ───────────────────────────────────────────────────────────


@use_case("access_policy:create", writes=True)
def create_access_policy(context: Context, command: CreateAccessPolicy) -> AccessPolicy:
    """A new policy. Raises ``ResourceNotFound`` (``kind=instance``), ``ResourceExists``.

    Here and below ``PermissionDenied`` also where client keys would be allowed more than the caller is.
    """
    account = context.principal.account_id
    record = AccessPolicy(
        f"{account}/{command.name}",
        account,
        command.name,
        _scope(context, command.instance_id),
        tuple(command.permissions),
        tuple(command.resources),
        tuple(command.network_rules),
        command.description,
        context.now_ms,
    )
    added = _add(context, "access_policy:create", "policy", record)
    require_policies_covered(context, (record,))
    return added


def _scope(context: Context, instance_id: str) -> str:
    if instance_id == SHARED:
        return SHARED
    account = context.principal.account_id
    found = context.uow.of(Instance).get(instance_id) if instance_id else default_instance(context.uow, account)
    if found is None or found.account_id != account:
        raise faults.ResourceNotFound(kind="instance", resource=instance_id)
    return found.id


@use_case("access_policy:describe")
def describe_access_policy(context: Context, command: ByName) -> AccessPolicy:
    """The policy. Raises ``ResourceNotFound``."""
    return _find(context, AccessPolicy, "access_policy:describe", "policy", command.name)


@use_case("access_policy:update", writes=True)
def update_access_policy(context: Context, command: UpdateAccessPolicy) -> AccessPolicy:
    """Change it for every access point that has it. Raises ``ResourceNotFound``."""
    stored = _find(context, AccessPolicy, "access_policy:update", "policy", command.name)
    rules = command.network_rules
    changed = replace(
        stored,
        permissions=stored.permissions if command.permissions is None else tuple(command.permissions),
        resources=stored.resources if command.resources is None else tuple(command.resources),
        network_rules=stored.network_rules if rules is None else tuple(rules),
        description=stored.description if command.description is None else command.description,
    )
    require_policies_covered(context, (changed,))
    context.uow.of(AccessPolicy).put(changed)
    return changed


@use_case("access_policy:delete", writes=True)
def delete_access_policy(context: Context, command: ByName) -> AccessPolicy:
    """Delete it and take it from the access points that have it, so that a new one of the same name is not theirs.

    Raises ``ResourceNotFound``.
    """
    stored = _find(context, AccessPolicy, "access_policy:delete", "policy", command.name)
    points = context.uow.of(ApplicationAccessPoint)
    for point in points.find({"account_id": stored.account_id}, limit=PER_ACCOUNT_MAX):
        if stored.name in point.policies:
            points.put(replace(point, policies=tuple(name for name in point.policies if name != stored.name)))
    context.uow.of(AccessPolicy).remove(stored.id)
    return stored


@use_case("access_policy:list")
def list_access_policies(context: Context, command: ListNamed) -> ResourcePage[AccessPolicy]:
    """The account's policies by name."""
    return _page(context, AccessPolicy, command)


# ── access points ─────────────────────────────────────────────────────────────


def _policies(names: Sequence[str]) -> tuple[str, ...]:
    if not 1 <= len(set(names)) <= POLICIES_PER_POINT_MAX:
        raise faults.InvalidParameter(parameter="policies", reason="length")
    return tuple(names)


@use_case("access_point:create", writes=True)
def create_access_point(context: Context, command: CreateAccessPoint) -> ApplicationAccessPoint:
    """A new access point. Raises ``InvalidParameter`` (policies), ``ResourceExists``."""
    account, policies = context.principal.account_id, _policies(command.policies)
    record = ApplicationAccessPoint(
        f"{account}/{command.name}",
        account,
        command.name,
        command.method,
        policies,
        command.description,
        context.now_ms,
    )
    added = _add(context, "access_point:create", "applicationaccesspoint", record)
    require_policies_covered(context, policies_of(context, record))
    return added


def policies_of(context: Context, point: ApplicationAccessPoint) -> list[AccessPolicy | None]:
    """The access policies of an access point."""
    return [context.uow.of(AccessPolicy).get(f"{point.account_id}/{name}") for name in point.policies]


@use_case("access_point:describe")
def describe_access_point(context: Context, command: ByName) -> ApplicationAccessPoint:
    """The access point. Raises ``ResourceNotFound``."""
    return _find(context, ApplicationAccessPoint, "access_point:describe", "applicationaccesspoint", command.name)


@use_case("access_point:update", writes=True)
def update_access_point(context: Context, command: UpdateAccessPoint) -> ApplicationAccessPoint:
    """Change it. Raises ``ResourceNotFound``, ``InvalidParameter`` (policies)."""
    stored = _find(context, ApplicationAccessPoint, "access_point:update", "applicationaccesspoint", command.name)
    changed = replace(
        stored,
        policies=stored.policies if command.policies is None else _policies(command.policies),
        description=stored.description if command.description is None else command.description,
    )
    require_policies_covered(context, policies_of(context, changed))
    context.uow.of(ApplicationAccessPoint).put(changed)
    return changed


@use_case("access_point:delete", writes=True)
def delete_access_point(context: Context, command: ByName) -> ApplicationAccessPoint:
    """Delete it with its client keys, so that a new one of the same name does not revive them.

    Raises ``ResourceNotFound``.
    """
    stored = _find(context, ApplicationAccessPoint, "access_point:delete", "applicationaccesspoint", command.name)
    keys = context.uow.of(ClientKey)
    for key in keys.find({"account_id": stored.account_id, "access_point": stored.name}):
        keys.remove(key.id)
        context.uow.of(ClientCertificate).remove(key.id)
    context.uow.of(ApplicationAccessPoint).remove(stored.id)
    return stored


@use_case("access_point:list")
def list_access_points(context: Context, command: ListNamed) -> ResourcePage[ApplicationAccessPoint]:
    """The account's access points by name."""
    return _page(context, ApplicationAccessPoint, command)
