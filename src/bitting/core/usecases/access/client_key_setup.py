"""Client key setup for operators: one step instead of network rule, policy, access point and key.

::

    set_up             account, access point, password -> client key    with ``resources``, creates the access point too
    list_client_keys   account -> client keys
    revoke             client key id -> refused from the next request on, in every process

For operators only. Account owners do the same through the cloud API.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.model.identity import AccessPolicy, Account, ApplicationAccessPoint, ClientKey, Instance, NetworkRule
from bitting.core.usecases.access.client_keys import CreateClientKey, IssuedClientKey, issue

RESOURCES_MAX = 100
_ALLOWED = ("CryptoServiceKeyUser", "CryptoServiceSecretUser")
_MADE = "Made with its client key"


@dataclass(slots=True)
class SetUpClientKey:
    """``access_point``: a name. ``resources`` (``key/*``, ``secret/name``): what it may use, if it is not there yet.

    ``networks``: from where (CIDR), anywhere if empty. Validity as in
    :class:`~bitting.core.usecases.access.client_keys.CreateClientKey`.
    """

    account_id: str
    password: str = field(repr=False)
    access_point: str = "default"
    resources: Sequence[str] = ()
    networks: Sequence[str] = ()
    not_before_ms: int = 0
    not_after_ms: int = 0


@dataclass(slots=True)
class ClientKeysOf:
    """By account id or domain id."""

    account_id: str


@dataclass(slots=True)
class ClientKeyById:
    """By its id, whatever account it is of."""

    client_key_id: str


def _account(context: Context, account_id: str) -> Account:
    accounts = context.uow.of(Account)
    found = accounts.get(account_id) or next(iter(accounts.find({"domain_id": account_id}, limit=1)), None)
    if found is None:
        raise faults.ResourceNotFound(resource=f"account {account_id}")
    return found


@use_case("service:write", writes=True, operator=True)
def set_up(context: Context, command: SetUpClientKey) -> IssuedClientKey:
    """A client key of an existing access point, or of a new one if ``resources`` is given.

    Raises ``ResourceNotFound`` (account; access point without ``resources``), ``ResourceExists`` (``resources`` for
    an access point that is there), ``InvalidParameter``, ``QuotaExceeded`` (three keys an access point).
    """
    account = _account(context, command.account_id)
    point = context.uow.of(ApplicationAccessPoint).get(f"{account.id}/{command.access_point}")
    if point is None:
        point = _create_access_point(context, account, command)
    elif command.resources or command.networks:
        raise faults.ResourceExists(resource=f"access point {point.name}")
    order = CreateClientKey(point.name, command.password, command.not_before_ms, command.not_after_ms)
    gate = context.gate
    return issue(context.uow, gate.vault, gate.entropy, context.now_ms, point, order)


def _create_access_point(context: Context, account: Account, command: SetUpClientKey) -> ApplicationAccessPoint:
    """Access point, policy and network rule of one name, on the account's first instance."""
    name, now, uow = command.access_point, context.now_ms, context.uow
    if not command.resources:
        raise faults.ResourceNotFound(resource=f"access point {name}")
    _require_name(name)
    _require_resources(command.resources)
    _require_networks(command.networks)
    instances = uow.of(Instance).find({"account_id": account.id}, order="created_ms", limit=1)
    if not instances:
        raise faults.ResourceNotFound(resource=f"instance of account {account.id}")
    identity = f"{account.id}/{name}"
    templates = tuple(f"RbacPermission/Template/{template}" for template in _ALLOWED)
    rules = (name,) if command.networks else ()
    if command.networks:
        sources = tuple(command.networks)
        uow.of(NetworkRule).add(NetworkRule(identity, account.id, name, "Private", sources, _MADE, now))
    resources = tuple(command.resources)
    policy = AccessPolicy(identity, account.id, name, instances[0].id, templates, resources, rules, _MADE, now)
    uow.of(AccessPolicy).add(policy)
    point = ApplicationAccessPoint(identity, account.id, name, "ClientKey", (name,), _MADE, now)
    uow.of(ApplicationAccessPoint).add(point)
    return point


def _require_name(name: str) -> None:
    if not name.replace("-", "").replace("_", "").isalnum() or not name.isascii():
        raise faults.InvalidParameter(parameter="access_point", reason="format")


def _require_resources(resources: Sequence[str]) -> None:
    if len(resources) > RESOURCES_MAX:
        raise faults.InvalidParameter(parameter="resources", reason="length")
    for resource in resources:
        kind, _, name = resource.partition("/")
        if kind not in {"key", "secret"} or not name or "*" in name[:-1]:
            raise faults.InvalidParameter(parameter="resources", reason="format")


def _require_networks(networks: Sequence[str]) -> None:
    if len(networks) > RESOURCES_MAX:
        raise faults.InvalidParameter(parameter="networks", reason="length")
    for network in networks:
        try:
            ipaddress.ip_network(network, strict=False)
        except ValueError:
            raise faults.InvalidParameter(parameter="networks", reason="format") from None


@use_case("service:read", operator=True)
def list_client_keys(context: Context, command: ClientKeysOf) -> Sequence[ClientKey]:
    """An account's client keys (at most 1000), oldest first: public halves and validity."""
    account = _account(context, command.account_id)
    return context.uow.of(ClientKey).find({"account_id": account.id}, order="created_ms")


@use_case("service:read", operator=True)
def list_access_points(context: Context, command: ClientKeysOf) -> Sequence[ApplicationAccessPoint]:
    """An account's access points (at most 1000), by name."""
    account = _account(context, command.account_id)
    return context.uow.of(ApplicationAccessPoint).find({"account_id": account.id}, order="name")


@use_case("service:write", writes=True, operator=True)
def revoke(context: Context, command: ClientKeyById) -> ClientKey:
    """Delete a client key; its signatures are refused from the next request on. Raises ``ResourceNotFound``."""
    keys = context.uow.of(ClientKey)
    stored = keys.get(command.client_key_id)
    if stored is None:
        raise faults.ResourceNotFound(resource=f"client key {command.client_key_id}")
    keys.remove(stored.id)
    return stored
