"""Access points and client keys: nobody makes a credential that is allowed more than its maker."""

from __future__ import annotations

from typing import Any

import pytest

from bitting.core import faults
from bitting.core.model.access import UserStatement
from bitting.core.model.identity import Principal, Reach, Statement
from bitting.core.usecases.access import application_access_points as access
from bitting.core.usecases.access import client_keys
from bitting.core.usecases.iam import users

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
