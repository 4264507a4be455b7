"""Statements of users who are not administrators. For operators.

::

    create_user   account, name              -> user without any right
    add           user, actions, resources   -> statement       allow or deny
    delete        statement                  -> no longer in force from the next request on

An action is a domain action (``key:encrypt``, ``secret:*``), a resource ``key/<id>``, ``secret/<name>`` and the like;
``*`` and ``?`` are wildcards. Conditions are those of :mod:`bitting.core.authz.conditions`. A user
without statements may do nothing but what keys' own policies allow.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from bitting.core import faults
from bitting.core.authz.conditions import is_understood
from bitting.core.authz.roles import write_condition
from bitting.core.authz.vocabulary import is_known
from bitting.core.gate import Context, use_case
from bitting.core.model.access import UserStatement
from bitting.core.model.identity import Account, Condition, User
from bitting.core.usecases.iam.accounts import hash_password, password

USERS_MAX = 1000
STATEMENTS_MAX = 100


@dataclass(slots=True)
class CreateUser:
    """``name``: unique in the account."""

    account_id: str
    name: str


@dataclass(slots=True)
class AddStatement:
    """``deny``: the actions are denied, whatever else allows them. ``conditions``: all of them must hold."""

    account_id: str
    user_name: str
    actions: Sequence[str]
    resources: Sequence[str] = ("*",)
    deny: bool = False
    conditions: Sequence[Condition] = ()


@dataclass(slots=True)
class StatementsOf:
    """By account and name."""

    account_id: str
    user_name: str


@dataclass(slots=True)
class StatementById:
    """By its id."""

    statement_id: str


@use_case("service:write", writes=True, operator=True)
def create_user(context: Context, command: CreateUser) -> User:
    """A new user with an unknown password. Raises ``ResourceNotFound``, ``ResourceExists``, ``QuotaExceeded``."""
    if context.uow.of(Account).get(command.account_id) is None:
        raise faults.ResourceNotFound(resource=f"account {command.account_id}")
    users = context.uow.of(User)
    if users.count({"account_id": command.account_id}) >= USERS_MAX:
        raise faults.QuotaExceeded(limit="users")
    user_id = context.gate.entropy.random(16).hex()
    user = User(user_id, command.account_id, command.name, hash_password(password()), True, False, context.now_ms)
    users.add(user)
    return user


def _user(context: Context, account_id: str, name: str) -> User:
    found = context.uow.of(User).find({"account_id": account_id, "name": name}, limit=1)
    if not found:
        raise faults.ResourceNotFound(resource=f"user {name}")
    return found[0]


@use_case("service:write", writes=True, operator=True)
def add_statement(context: Context, command: AddStatement) -> UserStatement:
    """Add a statement.

    Raises ``InvalidParameter`` (actions, conditions) for what means nothing here, ``ResourceNotFound``,
    ``QuotaExceeded``.
    """
    if not all(is_known(action) for action in command.actions):
        raise faults.InvalidParameter(parameter="actions", reason="enum")
    if not all(is_understood(condition) for condition in command.conditions):
        raise faults.InvalidParameter(parameter="conditions", reason="format")
    user = _user(context, command.account_id, command.user_name)
    statements = context.uow.of(UserStatement)
    if statements.count({"user_id": user.id}) >= STATEMENTS_MAX:
        raise faults.QuotaExceeded(limit="statements")
    created = UserStatement(
        context.gate.entropy.uuid(),
        user.account_id,
        user.id,
        not command.deny,
        tuple(command.actions),
        tuple(command.resources),
        context.now_ms,
        tuple(json.dumps(write_condition(condition)) for condition in command.conditions),
    )
    statements.add(created)
    return created


@use_case("service:read", operator=True)
def statements_of(context: Context, command: StatementsOf) -> Sequence[UserStatement]:
    """A user's statements. Raises ``ResourceNotFound``."""
    user = _user(context, command.account_id, command.user_name)
    return context.uow.of(UserStatement).find({"user_id": user.id}, order="id")


@use_case("service:write", writes=True, operator=True)
def delete_statement(context: Context, command: StatementById) -> UserStatement:
    """Delete a statement. Raises ``ResourceNotFound``."""
    stored = context.uow.of(UserStatement).get(command.statement_id)
    if stored is None:
        raise faults.ResourceNotFound(resource=f"statement {command.statement_id}")
    context.uow.of(UserStatement).remove(stored.id)
    return stored
