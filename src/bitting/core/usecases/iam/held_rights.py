"""What a user holds, everywhere, and the guard that lets nobody reach for more.

::

    with guarded(context, [user.id]): ...change...      before: the caller covers what these users hold
                                                        after:  and what they hold then, by what the caller held before

A user holds: own statements, roles in the account, in projects and in enterprise projects, grants on keys and secrets,
what key and secret policies say of the user's name, and memberships of key stores. Administrators cover everything;
nobody else covers an administrator. The check after the change is in the same transaction: a refusal undoes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from bitting.core import faults
from bitting.core.authz import roles
from bitting.core.authz.covers import Held, covers
from bitting.core.authz.resource_policies import as_statement, unpack
from bitting.core.authz.vocabulary import FREE
from bitting.core.gate import Context
from bitting.core.key_cache import Reader
from bitting.core.model.access import UserStatement
from bitting.core.model.iam import Assignment, Membership
from bitting.core.model.identity import AccessPolicy, Account, Instance, Project, Statement, User
from bitting.core.model.key import Key
from bitting.core.model.keystore import Keystore
from bitting.core.model.secret import Secret, SecretGrant
from bitting.core.ports import Except, UnitOfWork
from bitting.core.usecases.iam.credentials import GRANTED, statement_of, template_statements


def held_by(uow: UnitOfWork, user: User) -> list[Held]:
    """Everything the user holds. Reads every policy of the account's keys and secrets."""
    reader = Reader(uow)
    own = uow.of(UserStatement).find({"user_id": user.id}, limit=roles.MOST)
    found = [Held("", statement_of(stored)) for stored in own]
    for assigned in roles.every_assignment(reader, user.id):
        found += assigned_rights(uow, assigned)
    account = uow.of(Account).get(user.account_id)
    for key_id, grant in roles.key_grants(reader, user.id, account.domain_id if account else "").items():
        found.append(Held(grant.ring, Statement(tuple(sorted(grant.actions)), (f"key/{key_id}",))))
    for granted in uow.of(SecretGrant).find({"grantee": user.id, "grantee_kind": "user"}, limit=roles.MOST):
        secret = uow.of(Secret).get(granted.secret_id)
        if secret is not None:
            found.append(Held(secret.ring, Statement(GRANTED, (f"secret/{secret.name}",))))
    found += _by_policies(uow, user)
    stores = uow.of(Keystore).find({"account_id": user.account_id}, limit=roles.MOST)
    found += [Held("", Statement(("keystore:member",), (f"keystore/{s.id}",))) for s in stores if user.id in s.members]
    return found


def assigned_rights(uow: UnitOfWork, assigned: Assignment) -> list[Held]:
    """What one role assignment says, and in which key ring."""
    project = uow.of(Project).get(assigned.place_id) if assigned.place_kind == "project" else None
    ring = project.ring if project else ""
    if assigned.place_kind == "project" and project is None:
        return []
    return [Held(ring, statement) for statement in roles.assigned_statements(Reader(uow), assigned)]


def _by_policies(uow: UnitOfWork, user: User) -> Iterator[Held]:
    """What policies of keys and secrets say of the user's name: also that of a user who is yet to get it."""
    name = f"{user.account_id}/user/{user.name}"
    for kind, label in ((Key, "key"), (Secret, "secret")):
        for stored in _with_policy(uow, kind, user.account_id):
            resource = f"{label}/{stored.id if isinstance(stored, Key) else stored.name}"
            for rule in unpack(stored.policy).rules:
                if name in rule.users:
                    yield Held(stored.ring, as_statement(rule, resource))


def _with_policy(uow: UnitOfWork, kind: type[Key | Secret], account_id: str) -> Iterator[Key | Secret]:
    where: dict[str, object] = {"account_id": account_id, "policy": Except(("",))}
    after = None
    while page := uow.of(kind).find(where, after=after, limit=500):
        yield from page
        after = page[-1].id


def require_covered(context: Context, own: Sequence[Held], user_ids: Iterable[str]) -> None:
    """Return if ``own`` covers what each of the users holds. Raises ``PermissionDenied``."""
    for user_id in user_ids:
        user = context.uow.of(User).get(user_id)
        if user is not None and (user.admin or not covers(own, held_by(context.uow, user))):
            raise faults.PermissionDenied(resource=f"user/{user_id}", action="rights:cover")


@contextmanager
def guarded(context: Context, user_ids: Iterable[str], *given: Assignment) -> Iterator[None]:
    """Around a change that concerns these users' credentials or rights; ``given``: assignments that it hands out.

    Raises ``PermissionDenied`` if one of the users holds more than the caller, before or after it, or ``given`` does.
    """
    if context.principal.admin:
        yield
        return
    caller = context.uow.of(User).get(context.principal.user_id)
    own = held_by(context.uow, caller) if caller is not None else []
    users = sorted(set(user_ids))
    require_covered(context, own, users)
    yield
    require_covered(context, own, users)
    if not covers(own, [held for each in given for held in assigned_rights(context.uow, each)]):
        raise faults.PermissionDenied(resource="role", action="rights:cover")


def require_policies_covered(context: Context, policies: Iterable[AccessPolicy | None]) -> None:
    """Return if the caller has all that these access policies allow, from wherever: a client key would have it.

    What reads nothing of the account (random bytes, digests) may be given by anybody. Raises ``PermissionDenied``.
    """
    if context.principal.admin:
        return
    caller = context.uow.of(User).get(context.principal.user_id)
    own = held_by(context.uow, caller) if caller is not None else []
    for policy in policies:
        instance = context.uow.of(Instance).get(policy.instance_id) if policy else None
        if policy is None or instance is None:
            continue
        for statement in template_statements(policy.permissions, policy.resources, policy.name):
            actions = tuple(action for action in statement.actions if action not in FREE)
            if not covers(own, [Held(instance.ring, replace(statement, actions=actions))]):
                raise faults.PermissionDenied(resource=f"policy/{policy.name}", action="rights:cover")


def members(uow: UnitOfWork, group_id: str) -> list[str]:
    """The users of a group."""
    return [member.user_id for member in uow.of(Membership).find({"group_id": group_id}, limit=roles.MOST)]


def holders(uow: UnitOfWork, role_id: str) -> list[str]:
    """The users to whom a role is assigned, directly or as members of a group."""
    found: list[str] = []
    for assigned in uow.of(Assignment).find({"role_id": role_id}, limit=roles.MOST):
        is_user = assigned.holder_kind == "user"
        found += [assigned.holder_id] if is_user else members(uow, assigned.holder_id)
    return found


def assignments_of_group(uow: UnitOfWork, group_id: str) -> Sequence[Assignment]:
    """The role assignments of a group."""
    return uow.of(Assignment).find({"holder_kind": "group", "holder_id": group_id}, limit=roles.MOST)
