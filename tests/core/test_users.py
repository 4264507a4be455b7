"""Users who are no administrators: what operators give them, and how soon it holds."""

from __future__ import annotations

import pytest

from bitting.core import faults
from bitting.core.authz.resource_policies import Policy, Rule, pack, require_same_account, unpack
from bitting.core.gate import RequestContext
from bitting.core.model.identity import Principal
from bitting.core.model.key import KeyRef
from bitting.core.usecases.crypto import encryption as crypto
from bitting.core.usecases.iam import accounts, credentials, user_statements
from bitting.core.usecases.keys import lifecycle as keys

OPERATOR = Principal("", "", "", "op", (), operator=True)


def run(runtime, use, command, principal=OPERATOR):
    return runtime.gate.run(
        use, principal, command, RequestContext("id", "test", "", "127.0.0.1"), runtime.cache.loading
    )


@pytest.fixture
def runtime(desk):
    return desk.runtime


@pytest.fixture
def own(runtime):
    with runtime.store.begin(write=True) as uow:
        return accounts.create_first_account(uow, runtime.gate.vault, runtime.gate.clock, runtime.gate.entropy, "r")


def principal_of(runtime, own, user):
    with runtime.store.begin(write=True) as uow:
        key_id, _ = accounts.add_access_key(uow, runtime.gate.vault, 0, own.account.id, user.id)

    def look():
        runtime.cache.refresh()
        return credentials.access_key(runtime.cache.loading, runtime.gate.vault, key_id).principal

    return look


def test_a_statement_holds_at_once_and_ends_at_once(runtime, own):
    account_id = own.account.id
    user = run(runtime, user_statements.create_user, user_statements.CreateUser(account_id, "reader"))
    look = principal_of(runtime, own, user)
    assert look().statements == ()
    assert not look().admin
    order = user_statements.AddStatement(account_id, "reader", ("key:create", "key:encrypt"), ("*",))
    statement = run(runtime, user_statements.add_statement, order)
    key = run(runtime, keys.create, keys.CreateKey(), look())
    run(runtime, crypto.encrypt, crypto.Encrypt(KeyRef.by_id(key.id), b"x"), look())
    run(
        runtime,
        user_statements.add_statement,
        user_statements.AddStatement(account_id, "reader", ("key:encrypt",), (f"key/{key.id}",), deny=True),
    )
    with pytest.raises(faults.ExplicitlyDenied):
        run(runtime, crypto.encrypt, crypto.Encrypt(KeyRef.by_id(key.id), b"x"), look())
    listed = run(runtime, user_statements.statements_of, user_statements.StatementsOf(account_id, "reader"))
    assert [item.allow for item in sorted(listed, key=lambda item: not item.allow)] == [True, False]
    run(runtime, user_statements.delete_statement, user_statements.StatementById(statement.id))
    with pytest.raises(faults.PermissionDenied):
        run(runtime, keys.create, keys.CreateKey(), look())


def test_users_are_made_by_operators_for_accounts_that_are_there(runtime, own):
    account_id = own.account.id
    run(runtime, user_statements.create_user, user_statements.CreateUser(account_id, "a"))
    with pytest.raises(faults.ResourceExists):
        run(runtime, user_statements.create_user, user_statements.CreateUser(account_id, "a"))
    for use, command in (
        (user_statements.create_user, user_statements.CreateUser("none", "b")),
        (user_statements.add_statement, user_statements.AddStatement(account_id, "none", ("*",))),
        (user_statements.delete_statement, user_statements.StatementById("none")),
    ):
        with pytest.raises(faults.ResourceNotFound):
            run(runtime, use, command)
    somebody = Principal(account_id, own.account.ring, "u", "u", (), admin=True)
    with pytest.raises(faults.PermissionDenied):
        run(runtime, user_statements.create_user, user_statements.CreateUser(account_id, "c"), somebody)


def test_a_policy_is_stored_with_its_rules():
    policy = Policy('{"as": "written"}', (Rule(True, ("1/user/a",), ("key:encrypt",), networks=("10.0.0.0/8",)),))
    assert unpack(pack(policy)) == policy
    assert unpack("something older") == Policy("something older", ())
    require_same_account(pack(policy), "1")
    with pytest.raises(faults.InvalidParameter):
        require_same_account(pack(policy), "2")
