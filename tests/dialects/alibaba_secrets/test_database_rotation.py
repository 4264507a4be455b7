"""Whose password a user of secrets can have changed on a database server: what the target lists, and what logs in."""

from __future__ import annotations

import json
from typing import Any

import pytest
from alibaba_openapi.test_openapi_account import user
from alibaba_secrets.conftest import Secrets

from bitting.core.material import KeyMaterial
from bitting.core.model.secret import SecretTask, Target

SECRETS = (True, "secret:*", "*")


class Database:
    """Users and passwords; ``root`` is the administrator, ``boss`` one more, ``other`` somebody else's application."""

    def __init__(self) -> None:
        self.users = {"root": "root-pw", "boss": "boss-pw", "app": "one", "app2": "two", "other": "its-pw"}
        self.before = dict(self.users)

    def login_works(self, server: Any, login: Any) -> bool:
        return self.users.get(login.user) == login.password

    def is_privileged(self, server: Any, by: Any, user: str) -> bool:
        assert self.login_works(server, by)
        return user in {"root", "boss"}

    def set_password(self, server: Any, by: Any, login: Any) -> None:
        assert self.login_works(server, by)
        self.users[login.user] = login.password

    def ensure_user(self, server: Any, like: str, login: Any) -> None:
        self.users.setdefault(login.user, "")


def target(api: Secrets, *users: str, admin: str = "root") -> None:
    record_id = f"{api.account}/rm-1"
    sealed = api.runtime.vault.wrap(KeyMaterial(b"root-pw"), b"secret-outlet\0" + record_id.encode()) if admin else b""
    with api.runtime.store.begin(write=True) as uow:
        uow.of(Target).add(
            Target(record_id, api.account, "rm-1", "postgresql", "h", 1, "", admin, sealed, False, 1, users)
        )


def rotate(api: Secrets, database: Database, *pairs: tuple[str, str]) -> SecretTask:
    """A database secret of these logins, rotated by somebody who may only use secrets."""
    api.signer = user(api, "reader", SECRETS)
    accounts = [{"AccountName": name, "AccountPassword": password} for name, password in pairs]
    sub = "DoubleUsers" if len(pairs) == 2 else "SingleUser"
    config = json.dumps({"SecretSubType": sub, "DBInstanceId": "rm-1"})
    api.create("rds", json.dumps({"Accounts": accounts}), SecretType="Rds", ExtendedConfig=config)
    api.ok("RotateSecret", {"SecretName": "rds", "VersionId": "r1"})
    for _ in range(12):
        api.work(database)
        api.runtime.clock.advance(seconds=60)
    with api.runtime.store.begin(write=False) as uow:
        (task,) = uow.of(SecretTask).find({})
    return task


@pytest.mark.parametrize(
    ("pairs", "error"),
    [
        ([("root", "a guess")], "UserNotAllowed"),
        ([("root", "root-pw")], "UserNotAllowed"),
        ([("ROOT", "root-pw")], "UserNotAllowed"),
        ([("boss", "a guess")], "CurrentLoginRefused"),
        ([("boss", "boss-pw")], "UserPrivileged"),
        ([("other", "a guess")], "CurrentLoginRefused"),
        ([("app", "one"), ("boss", "a guess")], "PreviousLoginRefused"),
        ([("app", "one"), ("boss", "boss-pw")], "UserPrivileged"),
        ([("app", "one"), ("other", "a guess")], "PreviousLoginRefused"),
        ([("app", "one"), ("root", "a guess")], "UserNotAllowed"),
        ([("boss", "a guess"), ("app", "one")], "CurrentLoginRefused"),
    ],
)
def test_a_user_who_is_merely_named_keeps_the_password(api: Secrets, pairs: list[tuple[str, str]], error: str) -> None:
    """With a target that lists everybody, as targets of before do."""
    target(api, "*")
    database = Database()
    task = rotate(api, database, *pairs)
    assert (task.state, task.error) == ("failed", error)
    assert database.users == database.before


@pytest.mark.parametrize(
    ("users", "allowed"),
    [(("app",), True), (("ap*",), True), (("*",), True), ((), False), (("app2",), False), (("APP",), False)],
)
def test_the_target_lists_who_is_rotated(api: Secrets, users: tuple[str, ...], allowed: bool) -> None:
    target(api, *users)
    database = Database()
    task = rotate(api, database, ("app", "one"))
    assert task.state == ("succeeded" if allowed else "failed")
    assert (database.users == database.before) is not allowed
    if not allowed:
        assert task.error == "UserNotAllowed"


def test_both_users_of_a_pair_are_listed(api: Secrets) -> None:
    target(api, "app")
    database = Database()
    assert rotate(api, database, ("app", "one"), ("app2", "two")).error == "UserNotAllowed"
    assert database.users == database.before


@pytest.mark.parametrize("admin", ["root", ""])
def test_a_pair_that_logs_in_is_rotated(api: Secrets, admin: str) -> None:
    target(api, "app", "app2", admin=admin)
    database = Database()
    assert rotate(api, database, ("app", "one"), ("app2", "two")).state == "succeeded"
    assert database.users["app"] == "one"
    assert json.loads(api.value("rds")["SecretData"]) == {
        "AccountName": "app2",
        "AccountPassword": database.users["app2"],
    }
