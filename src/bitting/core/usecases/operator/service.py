"""Operation of the service: switches, account states, access keys, projects, quotas. For operators only.

::

    operator (native API, CLI) -> these use cases -> records the gate reads on every request

All of it is enforced by the gate (:mod:`bitting.core.gate`), not here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.model.identity import AccessKey, Account, AccountState, Project, User
from bitting.core.model.key import Key, KeyState
from bitting.core.model.service import Quota, Switches
from bitting.core.quotas import CLOUD
from bitting.core.use_case import NoInput as NoInput  # noqa: PLC0414 - named with the use cases here
from bitting.core.usecases.iam.accounts import add_access_key

QUOTA_MAX = 1_000_000
DAY_MS = 86_400_000
WITHDRAWN, WITHDRAWABLE = -1, ("secrets", "versions", "stages")
QUOTAS = tuple(CLOUD)
_SERVICE = "service"


@dataclass(slots=True)
class SetSwitches:
    """Switches by name; names not given keep their value."""

    values: Mapping[str, object]


@dataclass(slots=True)
class SetAccountState:
    """``account_id`` may also be the account's domain id."""

    account_id: str
    state: str


@dataclass(slots=True)
class CreateProject:
    """A project with a key ring of its own, or sharing the account's if ``shared``."""

    account_id: str
    name: str
    profile: str = "huawei"
    shared: bool = False


@dataclass(slots=True)
class CreateAccessKey:
    """``user_name`` of the account; its first administrator if empty."""

    account_id: str
    user_name: str = ""


@dataclass(slots=True)
class SetAccessKey:
    """``expires_ms`` 0: never; None: as it is."""

    access_key_id: str
    enabled: bool | None = None
    expires_ms: int | None = None


@dataclass(slots=True)
class AccountById:
    """By account id or domain id."""

    account_id: str


@dataclass(slots=True)
class SetQuota:
    """``scope``: a key ring, project or account id."""

    scope: str
    name: str
    limit: int


@dataclass(slots=True)
class KeyById:
    """A key by its id, whatever ring it is in."""

    key_id: str


@dataclass(slots=True)
class NewAccessKey:
    """``secret`` is shown this once."""

    id: str
    account_id: str
    secret: str = dataclasses.field(repr=False)


@use_case("service:read", operator=True)
def switches(context: Context, command: NoInput) -> Switches:  # noqa: ARG001
    """The switches in force."""
    return context.uow.of(Switches).get(_SERVICE) or Switches()


@use_case("service:write", writes=True, operator=True)
def set_switches(context: Context, command: SetSwitches) -> Switches:
    """Change switches. Raises ``InvalidParameter`` for an unknown name or a value of the wrong type."""
    stored = context.uow.of(Switches).get(_SERVICE)
    known = {field.name: field.type for field in dataclasses.fields(Switches) if field.name != "id"}
    for name, value in command.values.items():
        if name not in known or type(value).__name__ != known[name]:
            raise faults.InvalidParameter(parameter=name, reason="type" if name in known else "enum")
    rates = command.values.get("rates", "off")
    if rates not in {"off", "cloud"} and not str(rates).isdigit():
        raise faults.InvalidParameter(parameter="rates", reason="enum")
    changed = replace(stored or Switches(), **command.values)  # type: ignore[arg-type]
    (context.uow.of(Switches).put if stored else context.uow.of(Switches).add)(changed)
    return changed


def _account(context: Context, account_id: str) -> Account:
    accounts = context.uow.of(Account)
    found = accounts.get(account_id) or next(iter(accounts.find({"domain_id": account_id}, limit=1)), None)
    if found is None:
        raise faults.ResourceNotFound(resource=account_id)
    return found


@use_case("service:read", operator=True)
def list_accounts(context: Context, command: NoInput) -> Sequence[Account]:  # noqa: ARG001
    """Every account (at most 1000)."""
    return context.uow.of(Account).find()


@use_case("service:write", writes=True, operator=True)
def set_account_state(context: Context, command: SetAccountState) -> Account:
    """Change an account's state. Raises ``ResourceNotFound``, ``InvalidParameter`` (state)."""
    try:
        state = AccountState(command.state)
    except ValueError:
        raise faults.InvalidParameter(parameter="state", reason="enum") from None
    account = replace(_account(context, command.account_id), state=state)
    context.uow.of(Account).put(account)
    return account


@use_case("service:read", operator=True)
def list_projects(context: Context, command: AccountById) -> Sequence[Project]:
    """An account's projects."""
    return context.uow.of(Project).find({"account_id": _account(context, command.account_id).id}, order="name")


@use_case("service:write", writes=True, operator=True)
def create_project(context: Context, command: CreateProject) -> Project:
    """A new project. Raises ``ResourceExists`` (name), ``InvalidParameter`` (profile)."""
    if command.profile not in {"huawei", "otc"}:
        raise faults.InvalidParameter(parameter="profile", reason="enum")
    account = _account(context, command.account_id)
    entropy = context.gate.entropy
    ring = account.ring if command.shared else entropy.uuid()
    project = Project(entropy.random(16).hex(), account.id, command.name, command.profile, ring, context.now_ms)
    context.uow.of(Project).add(project)
    return project


@use_case("service:read", operator=True)
def list_access_keys(context: Context, command: AccountById) -> Sequence[AccessKey]:
    """An account's access keys, secrets still sealed."""
    return context.uow.of(AccessKey).find({"account_id": _account(context, command.account_id).id})


@use_case("service:write", writes=True, operator=True)
def create_access_key(context: Context, command: CreateAccessKey) -> NewAccessKey:
    """A new permanent access key. Raises ``ResourceNotFound`` (account or user)."""
    account = _account(context, command.account_id)
    where: dict[str, object] = {"account_id": account.id}
    where.update({"name": command.user_name} if command.user_name else {"admin": True})
    user = next(iter(context.uow.of(User).find(where, order="created_ms", limit=1)), None)
    if user is None:
        raise faults.ResourceNotFound(resource=command.user_name or account.id)
    created = add_access_key(context.uow, context.gate.vault, context.now_ms, account.id, user.id)
    return NewAccessKey(created[0], account.id, created[1])


@use_case("service:write", writes=True, operator=True)
def set_access_key(context: Context, command: SetAccessKey) -> AccessKey:
    """Enable or disable it, or set its expiry. Raises ``ResourceNotFound``."""
    stored = context.uow.of(AccessKey).get(command.access_key_id)
    if stored is None:
        raise faults.ResourceNotFound(resource=command.access_key_id)
    changed = replace(
        stored,
        enabled=stored.enabled if command.enabled is None else command.enabled,
        expires_ms=stored.expires_ms if command.expires_ms is None else command.expires_ms,
    )
    context.uow.of(AccessKey).put(changed)
    return changed


@use_case("service:write", writes=True, operator=True)
def set_quota(context: Context, command: SetQuota) -> Quota:
    """Set a quota of a scope; -1 withdraws the quota of secrets, versions or stages.

    Where a quota is withdrawn, creation is refused. Raises ``InvalidParameter`` (name, limit).
    """
    if command.name not in QUOTAS:
        raise faults.InvalidParameter(parameter="name", reason="enum")
    least = WITHDRAWN if command.name in WITHDRAWABLE else 0
    if not least <= command.limit <= QUOTA_MAX:
        raise faults.InvalidParameter(parameter="limit", reason="range")
    quota = Quota(f"{command.scope}/{command.name}", command.scope, command.name, command.limit)
    quotas = context.uow.of(Quota)
    (quotas.put if quotas.get(quota.id) else quotas.add)(quota)
    return quota


@use_case("service:write", writes=True, operator=True)
def freeze_key(context: Context, command: KeyById) -> Key:
    """Freeze a key whatever its state. Raises ``KeyNotFound``."""
    keys, stored = context.uow.of(Key), _key(context, command.key_id)
    if stored.state is KeyState.FROZEN:
        return stored
    changed = replace(stored, state=KeyState.FROZEN, state_before_freeze=stored.state.value)
    keys.put(changed)
    return changed


@use_case("service:write", writes=True, operator=True)
def unfreeze_key(context: Context, command: KeyById) -> Key:
    """Let a frozen key be what it was before. Raises ``KeyNotFound``.

    A deletion that fell due meanwhile is put off for a day, so that it can still be cancelled. A key that is not frozen
    stays as it is.
    """
    keys, stored = context.uow.of(Key), _key(context, command.key_id)
    if stored.state is not KeyState.FROZEN:
        return stored
    state = KeyState(stored.state_before_freeze or KeyState.ENABLED)
    due = stored.deletion_due_ms
    if state is KeyState.PENDING_DELETION:
        due = max(due, context.now_ms + DAY_MS)
    changed = replace(stored, state=state, state_before_freeze="", deletion_due_ms=due)
    keys.put(changed)
    return changed


def _key(context: Context, key_id: str) -> Key:
    stored = context.uow.of(Key).get(key_id)
    if stored is None:
        raise faults.KeyNotFound(resource=key_id, named="id")
    return stored
