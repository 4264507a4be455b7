"""Grants are enforced: a grantee may do what the grant lists with that one key, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from huawei.conftest import Door
from huawei.people import guest

from bitting.core.model.identity import Account, AccountState, Project, User
from bitting.core.usecases.iam.accounts import add_access_key
from bitting.dialects.huawei.grants.grants import ACTIONS

DATA = {"plain_text": "x"}
CALLS: dict[str, dict[str, Any]] = {
    "describe-key": {},
    "encrypt-data": DATA,
    "create-datakey": {"datakey_length": 256},
    "create-datakey-without-plaintext": {"datakey_length": 256},
    "disable-key": {},
    "enable-key-rotation": {},
    "schedule-key-deletion": {"pending_days": 7},
    "list-grants": {},
}


def entrance(door: Door, user: User, project: Project | None = None) -> Door:
    """The door as another user sees it."""
    other = Door(door.runtime, project or door.project)
    with door.runtime.store.begin(write=True) as uow:
        made = add_access_key(uow, door.runtime.vault, door.runtime.clock.now_ms(), user.account_id, user.id)
    other.signer.access_key_id, other.signer.secret = made
    return other


def stranger(door: Door) -> tuple[Door, User]:
    """An administrator of another account, at a project of theirs."""
    runtime = door.runtime
    account = Account("9" * 16, "9" * 32, "another", runtime.entropy.uuid(), AccountState.ACTIVE, 0)
    project = Project("8" * 32, account.id, "cn-hangzhou", "huawei", account.ring, 0)
    user = replace(door.founded.user, id="7" * 32, account_id=account.id)
    for record in (account, project, user):
        door.add(record)
    return entrance(door, user, project), user


def allowed(other: Door, key: str) -> set[str]:
    """Which of the calls go through."""
    return {verb for verb, body in CALLS.items() if other.ask(verb, {"key_id": key, **body})[0] == 200}


@pytest.mark.parametrize("verb", [verb for verb in CALLS if verb in ACTIONS])
def test_a_user_may_what_is_granted(door: Door, verb: str) -> None:
    key, user = door.key(), guest(door)
    with door.runtime.store.begin(write=False) as uow:
        other = entrance(door, uow.of(User).get(user))
    assert allowed(other, key) == set()
    made = door.ok("create-grant", key_id=key, grantee_principal=user, operations=[verb])
    assert allowed(other, key) == {verb}
    assert allowed(other, door.key()) == set(), "another key was not granted"
    door.ok("revoke-grant", key_id=key, grant_id=made["grant_id"])
    assert allowed(other, key) == set()


def test_a_domain_reaches_the_key_by_its_id(door: Door) -> None:
    key = door.key()
    other, _ = stranger(door)
    assert other.refused("describe-key", {"key_id": key})[1] == "KMS.0207"
    grantee = {"grantee_principal": "9" * 32, "grantee_principal_type": "domain"}
    door.ok("create-grant", key_id=key, operations=["encrypt-data", "decrypt-data"], **grantee)
    sealed = other.ok("encrypt-data", key_id=key, **DATA)["cipher_text"]
    assert other.ok("decrypt-data", cipher_text=sealed)["plain_text"] == "x"
    assert allowed(other, key) == {"encrypt-data"}, "an administrator at home is none here"
    assert other.refused("disable-key", {"key_id": key})[1] == "KMS.0306"
    assert other.ok("list-keys", key_spec="ALL")["keys"] == []


def test_passing_on_no_more_than_one_has(door: Door) -> None:
    key = door.key()
    other, user = stranger(door)
    door.ok("create-grant", key_id=key, grantee_principal=user.id, operations=["create-grant", "encrypt-data"])
    further = {"key_id": key, "grantee_principal": user.id}
    other.ok("create-grant", operations=["encrypt-data"], **further)
    assert other.refused("create-grant", {"operations": ["decrypt-data"], **further})[1] == "KMS.0306"


def test_retiring(door: Door) -> None:
    key = door.key()
    other, user = stranger(door)
    granted = {"key_id": key, "grantee_principal": user.id}
    kept = door.ok("create-grant", operations=["encrypt-data"], **granted)["grant_id"]
    ended = door.ok("create-grant", operations=["decrypt-data", "retire-grant"], **granted)["grant_id"]
    named = door.ok("create-grant", operations=["describe-key"], retiring_principal=user.id, **granted)["grant_id"]
    assert {grant["grant_id"] for grant in other.ok("list-retirable-grants")["grants"]} == {ended, named}
    assert other.refused("retire-grant", {"key_id": key, "grant_id": kept})[0] in {403, 404}
    for grant_id in (ended, named):
        other.ok("retire-grant", key_id=key, grant_id=grant_id)
    assert [grant["grant_id"] for grant in door.ok("list-grants", key_id=key)["grants"]] == [kept]


def test_pages_end(door: Door) -> None:
    key = door.key()
    for _ in range(5):
        door.ok("create-grant", key_id=key, grantee_principal=door.founded.user.id, operations=["describe-key"])
    seen, marker = [], ""
    while True:
        page = door.ok("list-grants", key_id=key, limit="2", marker=marker)
        seen += [grant["grant_id"] for grant in page["grants"]]
        marker = page["next_marker"]
        assert page["truncated"] == ("true" if marker else "false")
        if not marker:
            break
    assert (len(seen), len(set(seen)), page["total"]) == (5, 5, 5)
