"""What users hold, and that nobody reaches for more than they hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bitting.core import faults
from bitting.core.key_cache import Reader
from bitting.core.model.identity import Statement
from bitting.core.model.usage import Usage
from bitting.core.usecases.iam import credentials, held_rights, user_statements, users
from bitting.core.usecases.operator import audit_admin
from bitting.core.usecases.secrets import grants
from bitting.core.usecases.secrets import lifecycle as secrets


@pytest.fixture
def reader(session: Any) -> Any:
    created = session.run(users.create_user, users.CreateUser("reader"))
    order = user_statements.AddStatement(session.principal.account_id, "reader", ("key:encrypt",), ("key/one",))
    session.operate(user_statements.add_statement, order)
    return created


def test_statements_are_held(session: Any, reader: Any) -> None:
    with session.runtime.store.begin(write=False) as uow:
        held = held_rights.held_by(uow, reader)
    assert [(each.statement.actions, each.statement.resources) for each in held] == [(("key:encrypt",), ("key/one",))]


def test_nobody_covers_an_administrator(session: Any, reader: Any) -> None:
    context = session.context()
    with session.runtime.store.begin(write=True) as uow:
        limited = replace(context, _uow=uow, principal=replace(session.principal, user_id=reader.id, admin=False))
        with pytest.raises(faults.PermissionDenied), held_rights.guarded(limited, [session.principal.user_id]):
            pytest.fail("the change must not begin")
        with held_rights.guarded(limited, [reader.id]):
            pass


def test_uses_are_for_operators(session: Any) -> None:
    with session.runtime.store.begin(write=True) as uow:
        uow.of(Usage).add(Usage("u", "a", "key/k", "p", 1, 5, 2, 0, ()))
    by_object = session.operate(audit_admin.uses_of, audit_admin.UsesOf("key", "k"))
    by_principal = session.operate(audit_admin.uses_by, audit_admin.UsesBy("p"))
    assert [use.count for use in by_object] == [use.count for use in by_principal] == [2]
    assert session.operate(audit_admin.uses_of, audit_admin.UsesOf("secret", "k")) == []
    session.fails(faults.PermissionDenied, audit_admin.uses_of, audit_admin.UsesOf("key", "k"))


def test_nobody_grants_a_secret_that_they_may_not_read(session: Any, reader: Any) -> None:
    secret = session.run(secrets.create, secrets.CreateSecret("db", b"v")).secret
    order = grants.SetGrant(secret.id, reader.id)
    manager = session.limited(Statement(("secret:create_grant", "secret:update_grant"), ("*",)))
    session.fails(faults.PermissionDenied, grants.create, order, manager)
    session.run(grants.create, order)
    session.fails(faults.PermissionDenied, grants.update, order, manager)


def test_a_grant_counts_in_the_key_ring_of_its_secret(session: Any, reader: Any) -> None:
    secret = session.run(secrets.create, secrets.CreateSecret("db", b"v")).secret
    session.run(grants.create, grants.SetGrant(secret.id, reader.id))
    session.runtime.cache.refresh()
    with session.runtime.store.begin(write=False) as uow:
        found = [credentials._granted(Reader(uow), reader, ring) for ring in (secret.ring, "another")]
    assert [len(statements) for statements in found] == [2, 1]
