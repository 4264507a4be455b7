"""Access points and client keys: nobody makes a credential that is allowed more than its maker."""

from __future__ import annotations

from typing import Any

import pytest

from bitting.core import faults
from bitting.core.authz import roles
from bitting.core.authz.engine import EVERYTHING_OF, decide
from bitting.core.model.access import UserStatement
from bitting.core.model.identity import AccessKey, Principal, Reach, Statement, Token
from bitting.core.usecases.access import application_access_points as access
from bitting.core.usecases.access import client_keys
from bitting.core.usecases.iam import tokens, users
from bitting.core.usecases.secrets import account_users

ACCESS = ("access_policy:*", "access_point:*", "client_key:*")


def maker(session: Any, *actions: str, reach: Reach = Reach.ACCOUNT) -> Principal:
    """A user with these actions, as the request of a token would have it."""
    user = session.run(users.create_user, users.CreateUser(f"maker-{len(actions)}"))
    statement = UserStatement("s", user.account_id, user.id, True, (*ACCESS, *actions), ("*",), 0)
    with session.runtime.store.begin(write=True) as uow:
        uow.of(UserStatement).add(statement)
    held = Statement(statement.actions, statement.resources, reach=reach)
    return Principal(user.account_id, session.principal.ring, user.id, user.name, (held,))


def test_client_keys_and_policies_have_no_more_than_their_maker(session: Any) -> None:
    who = maker(session)
    order = client_keys.CreateClientKey("default", "a-Password-1")
    session.fails(faults.PermissionDenied, client_keys.create, order, who)
    policy = access.CreateAccessPolicy(
        "mine", permissions=["RbacPermission/Template/SecretUser"], resources=["secret/*"]
    )
    session.fails(faults.PermissionDenied, access.create_access_policy, policy, who)
    point = access.CreateAccessPoint("mine", policies=["default"])
    session.fails(faults.PermissionDenied, access.create_access_point, point, who)
    change = access.UpdateAccessPolicy("default", description="now mine")
    session.fails(faults.PermissionDenied, access.update_access_policy, change, who)


def test_whoever_has_it_may_give_it(session: Any) -> None:
    who = maker(session, "key:*", "secret:*")
    assert session.run(client_keys.create, client_keys.CreateClientKey("default", "a-Password-1"), who)


def test_a_project_says_nothing_about_the_account(session: Any) -> None:
    who = maker(session, "key:*", "secret:*", reach=Reach.PROJECT)
    with pytest.raises(faults.PermissionDenied):
        session.run(access.list_access_points, access.ListNamed(), who)


@pytest.mark.parametrize("name", ["KMS Administrator", "KMS CMKFullAccess", "DEW FullAccess"])
def test_capsule_access_points_are_no_application_access_points(name: str) -> None:
    who = Principal("1", "ring", "u", "n", (Statement(roles.BUILT_IN[name], reach=Reach.SERVICES),))
    assert decide(who, "capsule_access_point:create", EVERYTHING_OF).allowed
    for action in ("access_point:delete", "client_key:delete", "access_policy:update", "network_rule:update"):
        assert not decide(who, action, EVERYTHING_OF).allowed


def test_a_new_password_through_the_secrets_api_ends_sessions_too(session: Any) -> None:
    user, old = session.principal.user_id, session.runtime.founded.password
    session.run(tokens.issue, tokens.IssueToken(tokens.Scope(), ("password",)))
    session.run(tokens.create_temporary_key, tokens.CreateTemporaryKey())
    session.run(account_users.change_password, account_users.ChangePassword(old, "Another-pass-1"))
    assert session.all(Token, user_id=user) == []
    assert [key.token_digest for key in session.all(AccessKey, user_id=user)] == [""]
