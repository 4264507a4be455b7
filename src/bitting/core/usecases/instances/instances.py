"""Dedicated key store instances: logical stores of an account, each with its own endpoint of the Instance API.

::

    create (operator) -> uninitialized -- connect --> connected -- release --> deleted with everything in it
                                           bind_networks, set_protection, quotas

A key made in an instance is reached through that instance's access policies only, an instance that is not connected
answers no request (:mod:`bitting.core.usecases.iam.credentials`) and takes no keys. Bound networks are stored for
display only: network rules are what is enforced.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bitting.core import faults, quotas
from bitting.core.authz.statements import authorise
from bitting.core.gate import Context, use_case
from bitting.core.model.access import InstanceSettings
from bitting.core.model.identity import Account, Instance
from bitting.core.model.key import Key, KeyState
from bitting.core.model.secret import Secret, SecretState
from bitting.core.model.service import Switches
from bitting.core.ports import UnitOfWork
from bitting.core.throttle import RATES
from bitting.core.use_case import NoInput as NoInput  # noqa: PLC0414 - named with the use cases here
from bitting.core.usecases.iam.credentials import CONNECTED

UNINITIALIZED = "uninitialized"
INSTANCES_MAX = 1000
_BATCH = 1000
#: Resource of a quota -> what its limit is called in :mod:`bitting.core.quotas`.
RESOURCES = {"key": "instance_keys", "secret": "instance_secrets", "qps": "", "vpc": "instance_networks"}


@dataclass(slots=True)
class CreateInstance:
    """For operators. ``expires_ms`` not 0: prepaid until then, and cannot be released before."""

    account_id: str
    name: str
    expires_ms: int = 0


@dataclass(slots=True)
class InstanceById:
    """By its id, ``kst-...``."""

    instance_id: str


@dataclass(slots=True)
class ListInstances:
    """A page in the order of creation. ``where``: Instance fields to match; a tuple means any of these."""

    where: Mapping[str, object] = field(default_factory=dict)
    offset: int = 0
    limit: int = 20


@dataclass(slots=True)
class Connect:
    """Where the instance is attached."""

    instance_id: str
    network_id: str
    switch_ids: Sequence[str]
    zone_ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class BoundNetwork:
    """A further network. ``owner``: the account it belongs to."""

    network_id: str
    switch_id: str
    region: str
    owner: str


@dataclass(slots=True)
class BindNetworks:
    """All further networks; those that were bound before are not any more."""

    instance_id: str
    networks: Sequence[BoundNetwork]


@dataclass(slots=True)
class SetProtection:
    """``note``: why; kept while protection is on."""

    instance_id: str
    enabled: bool
    note: str = ""


@dataclass(slots=True)
class ReleaseInstance:
    """``force``: even if it holds keys or secrets that were not backed up."""

    instance_id: str
    force: bool = False


@dataclass(slots=True)
class ListInstanceQuotas:
    """``resource``: one of ``RESOURCES``, or empty for all."""

    instance_id: str = ""
    resource: str = ""


@dataclass(slots=True)
class InstanceQuota:
    """Limit and usage."""

    resource: str
    limit: int
    used: int


@dataclass(slots=True)
class InstanceQuotas:
    """The quotas of one instance."""

    instance_id: str
    uses: Sequence[InstanceQuota]


@dataclass(slots=True)
class InstanceView:
    """An instance, its settings and its limits."""

    instance: Instance
    settings: InstanceSettings
    networks: Sequence[BoundNetwork]
    keys_max: int
    secrets_max: int
    networks_max: int
    rate_max: int


@dataclass(slots=True)
class InstancePage:
    """``total`` counts every match, not only this page."""

    instances: Sequence[Instance]
    total: int


def default_instance(uow: UnitOfWork, account_id: str) -> Instance | None:
    """The account's first instance."""
    return next(iter(uow.of(Instance).find({"account_id": account_id}, order="created_ms", limit=1)), None)


def require_connected(uow: UnitOfWork, account_id: str, instance_id: str) -> Instance:
    """The instance, if keys and secrets may be created in it.

    Raises ``ResourceNotFound`` (``kind`` instance), ``InstanceNotConnected``.
    """
    found = uow.of(Instance).get(instance_id)
    if found is None or found.account_id != account_id:
        raise faults.ResourceNotFound(kind="instance", resource=instance_id)
    if found.state != CONNECTED:
        raise faults.InstanceNotConnected(resource=instance_id)
    return found


def require_room_for_key(uow: UnitOfWork, account_id: str, instance_id: str) -> None:
    """Return if one more key fits in the instance. Raises as :func:`require_connected`, and ``QuotaExceeded``."""
    found = require_connected(uow, account_id, instance_id)
    quotas.require_room(uow, found.id, "instance_keys", lambda: _keys(uow, found))


def require_room_for_secret(uow: UnitOfWork, account_id: str, instance_id: str) -> None:
    """As :func:`require_room_for_key`, for one more secret."""
    found = require_connected(uow, account_id, instance_id)
    quotas.require_room(uow, found.id, "instance_secrets", lambda: _secrets(uow, found))


def _secrets(uow: UnitOfWork, instance: Instance) -> int:
    return uow.of(Secret).count({"ring": instance.ring, "instance_id": instance.id})


def _keys(uow: UnitOfWork, instance: Instance) -> int:
    return uow.of(Key).count({"ring": instance.ring, "instance_id": instance.id})


def _find(context: Context, instance_id: str, action: str) -> tuple[Instance, InstanceSettings]:
    if not context.principal.admin:
        authorise(context.principal, action, f"keystore/{instance_id}")
    found = context.uow.of(Instance).get(instance_id)
    if found is None or found.account_id != context.principal.account_id:
        raise faults.ResourceNotFound(kind="instance", resource=instance_id)
    return found, settings_of(context.uow, found)


def settings_of(uow: UnitOfWork, instance: Instance) -> InstanceSettings:
    """The stored settings of the instance, or the defaults."""
    return uow.of(InstanceSettings).get(instance.id) or InstanceSettings(
        instance.id, instance.account_id, started_ms=instance.created_ms
    )


def _store_settings(context: Context, settings: InstanceSettings) -> None:
    stored = context.uow.of(InstanceSettings)
    (stored.put if stored.get(settings.id) else stored.add)(settings)


@use_case("service:write", writes=True, operator=True)
def create(context: Context, command: CreateInstance) -> Instance:
    """A new instance, not connected yet. Raises ``ResourceNotFound`` (account), ``QuotaExceeded``."""
    account = context.uow.of(Account).get(command.account_id)
    if account is None:
        raise faults.ResourceNotFound(resource=command.account_id)
    instances = context.uow.of(Instance)
    if instances.count({"account_id": account.id}) >= INSTANCES_MAX:
        raise faults.QuotaExceeded(limit="instances")
    created = Instance(
        f"kst-{context.gate.entropy.random(10).hex()}",
        account.id,
        account.ring,
        command.name,
        context.now_ms,
        UNINITIALIZED,
    )
    instances.add(created)
    charge = "prepaid" if command.expires_ms else "postpaid"
    _store_settings(context, InstanceSettings(created.id, account.id, expires_ms=command.expires_ms, charge=charge))
    return created


@use_case("instance:connect", writes=True)
def connect(context: Context, command: Connect) -> Instance:
    """Connect the instance. Raises ``ResourceNotFound``, ``ResourceInUse`` if it is connected already."""
    stored, settings = _find(context, command.instance_id, "instance:connect")
    if stored.state == CONNECTED:
        raise faults.ResourceInUse(resource=stored.id)
    changed = replace(stored, state=CONNECTED)
    context.uow.of(Instance).put(changed)
    attached = replace(
        settings,
        network_id=command.network_id,
        switch_ids=tuple(command.switch_ids),
        zone_ids=tuple(command.zone_ids),
        started_ms=context.now_ms,
    )
    _store_settings(context, attached)
    return changed


@use_case("instance:describe")
def describe(context: Context, command: InstanceById) -> InstanceView:
    """Everything about it. Raises ``ResourceNotFound``."""
    stored, settings = _find(context, command.instance_id, "instance:describe")
    networks = [BoundNetwork(**json.loads(text)) for text in settings.bound_networks]
    limits = [quotas.limit(context.uow, stored.id, name) for name in RESOURCES.values() if name]
    return InstanceView(stored, settings, networks, limits[0], limits[1], limits[2], _rate(context))


def _rate(context: Context) -> int:
    switches = context.uow.of(Switches).get("service")
    return int(RATES["symmetric"]) if switches is not None and switches.rates == "cloud" else quotas.CEILING


@use_case("instance:list")
def list_(context: Context, command: ListInstances) -> InstancePage:
    """The account's instances."""
    where = {**command.where, "account_id": context.principal.account_id}
    instances = context.uow.of(Instance)
    found = instances.find(where, order="created_ms", offset=command.offset, limit=command.limit)
    return InstancePage(found, instances.count(where))


@use_case("instance:default")
def describe_default(context: Context, command: NoInput) -> Instance:  # noqa: ARG001
    """The default instance. Raises ``ResourceNotFound`` (``kind`` instance) if there is none."""
    found = default_instance(context.uow, context.principal.account_id)
    if found is None:
        raise faults.ResourceNotFound(kind="instance", resource="default")
    return found


@use_case("instance:bind", writes=True)
def bind_networks(context: Context, command: BindNetworks) -> InstanceSettings:
    """Set the further networks. Raises ``ResourceNotFound``, ``InstanceNotConnected``, ``QuotaExceeded``."""
    stored, settings = _find(context, command.instance_id, "instance:bind")
    require_connected(context.uow, stored.account_id, stored.id)
    if 1 + len(command.networks) > quotas.limit(context.uow, stored.id, "instance_networks"):
        raise faults.QuotaExceeded(limit="instance_networks", resource=stored.id)
    texts = tuple(
        json.dumps({"network_id": n.network_id, "switch_id": n.switch_id, "region": n.region, "owner": n.owner})
        for n in command.networks
    )
    changed = replace(settings, bound_networks=texts)
    _store_settings(context, changed)
    return changed


@use_case("instance:protect", writes=True)
def set_protection(context: Context, command: SetProtection) -> InstanceSettings:
    """Whether it may be released. Raises ``ResourceNotFound``."""
    _, settings = _find(context, command.instance_id, "instance:protect")
    changed = replace(settings, protected=command.enabled, protection_note=command.note if command.enabled else "")
    _store_settings(context, changed)
    return changed


@use_case("instance:release", writes=True)
def release(context: Context, command: ReleaseInstance) -> Instance:
    """Delete the instance with every key and secret in it, at once.

    Raises ``ResourceNotFound``, ``InstanceProtected``, ``ResourceInUse`` if it is bought until later, holds what
    an operator has frozen, or holds keys or secrets and is not forced (there are no backups of single instances).
    """
    stored, settings = _find(context, command.instance_id, "instance:release")
    if settings.protected:
        raise faults.InstanceProtected(resource=stored.id)
    if settings.charge == "prepaid" and settings.expires_ms > context.now_ms:
        raise faults.ResourceInUse(resource=stored.id, reason="prepaid")
    if _frozen(context.uow, stored):
        raise faults.ResourceInUse(resource=stored.id, reason="frozen")
    if not command.force and (_keys(context.uow, stored) or _secrets(context.uow, stored)):
        raise faults.ResourceInUse(resource=stored.id, reason="backup")
    _expire_contents(context, stored)
    context.uow.of(InstanceSettings).remove(stored.id)
    context.uow.of(Instance).remove(stored.id)
    return stored


def _frozen(uow: UnitOfWork, instance: Instance) -> bool:
    """Whether an operator has frozen a key or secret of the instance: its owner cannot end that by deleting it."""
    where = {"ring": instance.ring, "instance_id": instance.id}
    return bool(
        uow.of(Key).count({**where, "state": KeyState.FROZEN})
        or uow.of(Secret).count({**where, "state": SecretState.FROZEN})
    )


def _expire_contents(context: Context, instance: Instance) -> None:
    """Make every deletion due now: the gate hides keys and secrets at once, background jobs delete them."""
    now, where = context.now_ms, {"ring": instance.ring, "instance_id": instance.id}
    keys, secrets = context.uow.of(Key), context.uow.of(Secret)
    while found := keys.find(where, limit=_BATCH):
        for key in found:
            state = KeyState.PENDING_DELETION
            keys.put(replace(key, state=state, instance_id="", deletion_scheduled_ms=now, deletion_due_ms=now))
    while stored := secrets.find(where, limit=_BATCH):
        for secret in stored:
            changed = replace(
                secret, state=SecretState.PENDING_DELETION, instance_id="", deletion_due_ms=now, updated_ms=now
            )
            secrets.put(replace(changed, revision=secret.revision + 1))


@use_case("instance:quotas")
def quota_uses(context: Context, command: ListInstanceQuotas) -> InstanceQuotas:
    """Limits and use. Raises ``ResourceNotFound``, ``InvalidParameter`` (resource)."""
    if command.resource and command.resource not in RESOURCES:
        raise faults.InvalidParameter(parameter="resource", reason="enum")
    instance_id = command.instance_id or describe_default.run(context, NoInput()).id
    stored, settings = _find(context, instance_id, "instance:quotas")
    wanted = (command.resource,) if command.resource else tuple(RESOURCES)
    return InstanceQuotas(
        stored.id,
        [
            InstanceQuota(
                name,
                quotas.limit(context.uow, stored.id, RESOURCES[name]) if RESOURCES[name] else _rate(context),
                _used(context, stored, settings, name),
            )
            for name in wanted
        ],
    )


def _used(context: Context, stored: Instance, settings: InstanceSettings, resource: str) -> int:
    if resource == "key":
        return _keys(context.uow, stored)
    if resource == "secret":
        return _secrets(context.uow, stored)
    if resource == "qps":
        return context.gate.throttle.used(stored.account_id, "symmetric")
    if resource == "vpc":
        return len(settings.bound_networks) + bool(settings.network_id)
    raise faults.InvalidParameter(parameter="resource", reason="enum")
