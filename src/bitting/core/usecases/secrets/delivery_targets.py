"""Delivery targets: the webhooks and database servers that rotations and events may reach, registered by operators.

::

    Webhook   target id of an event, URN of a rotation function  ->  URL and signing secret
    Target    instance id in a secret's configuration            ->  engine, address, administrator

For operators only: callers refer to a target by name, never by address.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from bitting.core import faults
from bitting.core.gate import Context, Gate, use_case
from bitting.core.material import KeyMaterial
from bitting.core.model.identity import Account
from bitting.core.model.secret import Target, Webhook
from bitting.core.reveal import reveal
from bitting.core.usecases.iam.accounts import random_alphanumeric
from bitting.core.usecases.secrets.rotation_ports import DatabaseServer, Login

ENGINES = ("postgresql", "mysql")
NAME_MAX = 256
SECRET_CHARACTERS = 40


@dataclass(slots=True)
class SetWebhook:
    """``secret`` empty: a new one. Replaces a webhook of the same name."""

    account_id: str
    name: str
    url: str
    secret: str = dataclasses.field(default="", repr=False)


@dataclass(slots=True)
class SetTarget:
    """``admin`` empty: users change their own passwords. Replaces a target of the same name.

    ``users``: whose passwords may be rotated, names or beginnings with ``*``; none: nobody's.
    """

    account_id: str
    name: str
    engine: str
    host: str
    port: int
    database: str = ""
    admin: str = ""
    password: str = dataclasses.field(default="", repr=False)
    tls: bool = False
    users: Sequence[str] = ()


@dataclass(slots=True)
class TargetByName:
    """A webhook's or target's name in an account."""

    account_id: str
    name: str


@dataclass(slots=True)
class AccountTargets:
    """All targets of an account."""

    account_id: str


@dataclass(slots=True)
class CreatedWebhook:
    """``secret`` is shown this once."""

    webhook: Webhook
    secret: str = dataclasses.field(repr=False)


def _binding(record_id: str) -> bytes:
    return b"secret-outlet\0" + record_id.encode()


def signing_secret(gate: Gate, webhook: Webhook) -> bytes:
    """The key that signs requests to this webhook."""
    return reveal(gate.vault.unwrap(webhook.sealed_secret, _binding(webhook.id)))


def server_of(gate: Gate, target: Target) -> DatabaseServer:
    """The target in the form that rotators take."""
    admin = None
    if target.admin:
        admin = Login(target.admin, reveal(gate.vault.unwrap(target.sealed_password, _binding(target.id))).decode())
    return DatabaseServer(target.engine, target.host, target.port, target.database, target.tls, admin, target.users)


def _account(context: Context, account_id: str) -> str:
    if context.uow.of(Account).get(account_id) is None:
        raise faults.ResourceNotFound(resource=account_id)
    return account_id


def _require_name(name: str) -> None:
    if not 0 < len(name) <= NAME_MAX:
        raise faults.InvalidParameter(parameter="name", reason="length")


@use_case("service:write", writes=True, operator=True)
def set_webhook(context: Context, command: SetWebhook) -> CreatedWebhook:
    """A webhook. Raises ``ResourceNotFound`` (account), ``InvalidParameter`` (name, url)."""
    _require_name(command.name)
    parts = urlsplit(command.url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise faults.InvalidParameter(parameter="url", reason="format")
    record_id = f"{_account(context, command.account_id)}/{command.name}"
    secret = command.secret or random_alphanumeric(SECRET_CHARACTERS)
    sealed = context.gate.vault.wrap(KeyMaterial(secret.encode()), _binding(record_id))
    webhook = Webhook(record_id, command.account_id, command.name, command.url, sealed, context.now_ms)
    stored = context.uow.of(Webhook)
    (stored.put if stored.get(record_id) else stored.add)(webhook)
    return CreatedWebhook(webhook, secret)


@use_case("service:write", writes=True, operator=True)
def set_target(context: Context, command: SetTarget) -> Target:
    """A database server. Raises ``ResourceNotFound`` (account), ``InvalidParameter`` (the field)."""
    _require_name(command.name)
    if command.engine not in ENGINES:
        raise faults.InvalidParameter(parameter="engine", reason="enum")
    if not command.host:
        raise faults.InvalidParameter(parameter="host", reason="length")
    if not 0 < command.port < 65536:
        raise faults.InvalidParameter(parameter="port", reason="range")
    if bool(command.admin) != bool(command.password):
        raise faults.InvalidParameter(parameter="password", reason="length")
    if not all(0 < len(user) <= NAME_MAX for user in command.users):
        raise faults.InvalidParameter(parameter="users", reason="length")
    record_id = f"{_account(context, command.account_id)}/{command.name}"
    sealed = b""
    if command.admin:
        sealed = context.gate.vault.wrap(KeyMaterial(command.password.encode()), _binding(record_id))
    target = Target(
        id=record_id,
        account_id=command.account_id,
        name=command.name,
        engine=command.engine,
        host=command.host,
        port=command.port,
        database=command.database,
        admin=command.admin,
        sealed_password=sealed,
        tls=command.tls,
        created_ms=context.now_ms,
        users=tuple(dict.fromkeys(command.users)),
    )
    stored = context.uow.of(Target)
    (stored.put if stored.get(record_id) else stored.add)(target)
    return target


@use_case("service:read", operator=True)
def list_webhooks(context: Context, command: AccountTargets) -> Sequence[Webhook]:
    """An account's webhooks, secrets still sealed."""
    return context.uow.of(Webhook).find({"account_id": command.account_id}, order="name")


@use_case("service:read", operator=True)
def list_targets(context: Context, command: AccountTargets) -> Sequence[Target]:
    """An account's database servers, passwords still sealed."""
    return context.uow.of(Target).find({"account_id": command.account_id}, order="name")


@use_case("service:write", writes=True, operator=True)
def delete_webhook(context: Context, command: TargetByName) -> Webhook:
    """Delete a webhook. Raises ``ResourceNotFound``."""
    found = context.uow.of(Webhook).get(f"{command.account_id}/{command.name}")
    if found is None:
        raise faults.ResourceNotFound(resource=command.name)
    context.uow.of(Webhook).remove(found.id)
    return found


@use_case("service:write", writes=True, operator=True)
def delete_target(context: Context, command: TargetByName) -> Target:
    """Delete a database server. Raises ``ResourceNotFound``."""
    found = context.uow.of(Target).get(f"{command.account_id}/{command.name}")
    if found is None:
        raise faults.ResourceNotFound(resource=command.name)
    context.uow.of(Target).remove(found.id)
    return found
