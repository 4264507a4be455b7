"""Users as Huawei's own operations make and show them: what ``huaweicloud_identity_user`` sends and reads."""

from __future__ import annotations

from typing import Any

import pytest
from iam.conftest import Identity
from iam.test_iam_users import PASSWORD, Office

PATH = "/v3.0/OS-USER/users"


@pytest.fixture
def office(identity: Identity) -> Office:
    return Office(identity)


def make(office: Office, **more: Any) -> dict[str, Any]:
    body = {"name": "guest", "password": PASSWORD, "domain_id": office.founded.account.domain_id, **more}
    made: dict[str, Any] = office.ask("POST", PATH, {"user": body}, 201)["user"]
    return made


def test_everything_given_is_shown(office: Office) -> None:
    given = {
        "description": "tested", "email": "a@b.test", "areacode": "0086", "phone": "123", "access_mode": "programmatic",
        "enabled": True, "pwd_status": False, "xuser_id": "x", "xuser_type": "TenantIdp",
    }  # fmt: skip
    made = make(office, **given)
    assert {name: made[name] for name in given} == given
    assert "password" not in made
    assert office.ask("GET", f"{PATH}/{made['id']}")["user"] == made
    assert office.token()


def test_only_what_is_given_changes_and_an_empty_text_clears(office: Office) -> None:
    made = make(office, description="old", email="a@b.test")
    one = f"{PATH}/{made['id']}"
    changed = office.ask("PUT", one, {"user": {"description": ""}})["user"]
    assert changed == {**made, "description": ""}
    changed = office.ask("PUT", one, {"user": {"name": "other", "enabled": False}})["user"]
    assert (changed["name"], changed["enabled"], changed["email"]) == ("other", False, "a@b.test")
    office.ask("DELETE", f"/v3/users/{made['id']}", status=204)
    office.ask("GET", one, status=404)


def test_a_user_made_otherwise_has_the_defaults(office: Office) -> None:
    shown = office.ask("GET", f"{PATH}/{office.user()}")["user"]
    assert (shown["description"], shown["access_mode"], shown["pwd_status"]) == ("", "default", True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"domain_id": "0" * 32}, {"description": "x" * 256}, {"access_mode": "some"}, {"areacode": "0086"},
        {"email": 5}, {"pwd_status": "yes"}, {"name": ""},
    ],
)  # fmt: skip
def test_wrong_values_are_refused(office: Office, wrong: dict[str, Any]) -> None:
    body = {"name": "guest", "password": PASSWORD, **wrong}
    office.ask("POST", PATH, {"user": body}, 400)


def test_only_administrators_make_users(office: Office) -> None:
    make(office)
    answer = office.identity.ask("POST", PATH, {"user": {"name": "b"}}, x_auth_token=office.token())
    assert answer.status == 403
