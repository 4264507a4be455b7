"""Users, groups, roles and assignments from birth to end: every operation that the stories elsewhere pass by."""

from __future__ import annotations

from typing import Any

import pytest
from iam.test_iam_users import Office

ENTERPRISE = "/v3.0/OS-PERMISSION/enterprise-projects/one"


@pytest.fixture
def office(identity: Any) -> Office:
    return Office(identity)


def ids(answer: dict[str, Any], plural: str) -> set[str]:
    return {held["id"] for held in answer[plural]}


def test_a_user(office: Office) -> None:
    user = office.user()
    assert office.ask("GET", f"/v3/users/{user}")["user"]["name"] == "guest"
    assert office.ask("PATCH", f"/v3/users/{user}", {"user": {"name": "visitor"}})["user"]["name"] == "visitor"
    assert ids(office.ask("GET", "/v3/users?name=visitor"), "users") == {user}
    office.ask("DELETE", f"/v3/users/{user}", status=204)
    assert office.ask("GET", "/v3/users?name=visitor")["users"] == []
    office.ask("GET", f"/v3/users/{user}", status=404)


def test_a_group_and_its_members(office: Office) -> None:
    user = office.user()
    group = office.group()
    path, member = f"/v3/groups/{group}", f"/v3/groups/{group}/users/{user}"
    assert office.ask("GET", path)["group"]["name"] == "readers"
    assert office.ask("PATCH", path, {"group": {"description": "who reads"}})["group"]["description"] == "who reads"
    assert group in ids(office.ask("GET", "/v3/groups"), "groups")
    office.ask("HEAD", member, status=404)
    office.ask("PUT", member, status=204)
    office.ask("HEAD", member, status=204)
    assert ids(office.ask("GET", f"{path}/users"), "users") == {user}
    assert ids(office.ask("GET", f"/v3/users/{user}/groups"), "groups") == {group}
    office.ask("DELETE", member, status=204)
    assert office.ask("GET", f"{path}/users")["users"] == []
    office.ask("DELETE", path, status=204)
    office.ask("GET", path, status=404)


def test_a_custom_role(office: Office) -> None:
    role, policy = office.policy("kms:cmk:get"), {"Version": "1.1"}
    policy["Statement"] = [{"Effect": "Allow", "Action": ["kms:cmk:list"]}]  # type: ignore[assignment]
    path = f"/v3.0/OS-ROLE/roles/{role}"
    for one in (path, f"/v3/roles/{role}"):
        assert office.ask("GET", one)["role"]["policy"]["Statement"][0]["Action"] == ["kms:cmk:get"]
    changed = office.ask("PATCH", path, {"role": {"display_name": "lists", "policy": policy}})["role"]
    assert (changed["id"], changed["display_name"], changed["policy"]) == (role, "lists", policy)
    for several in ("/v3.0/OS-ROLE/roles", "/v3/roles"):
        assert role in ids(office.ask("GET", several), "roles")
    office.ask("DELETE", path)
    office.ask("GET", path, status=404)


@pytest.mark.parametrize("who", ["groups", "users"])
@pytest.mark.parametrize("place", ["domain", "project", "enterprise"])
def test_an_assignment(office: Office, place: str, who: str) -> None:
    founded, role = office.founded, office.policy("kms:cmk:get")
    places = {
        "domain": f"/v3/domains/{founded.account.domain_id}",
        "project": f"/v3/projects/{founded.project.id}",
        "enterprise": ENTERPRISE,
    }
    held = f"{places[place]}/{who}/{office.user() if who == 'users' else office.group()}/roles"
    office.ask("HEAD", f"{held}/{role}", status=404)
    office.ask("PUT", f"{held}/{role}", status=204)
    office.ask("HEAD", f"{held}/{role}", status=204)
    assert ids(office.ask("GET", held), "roles") == {role}
    office.ask("DELETE", f"{held}/{role}", status=204)
    assert office.ask("GET", held)["roles"] == []


def test_a_token_is_checked_and_revoked(office: Office) -> None:
    office.user()
    ask, token = office.identity.ask, office.token()
    about = {"x_auth_token": office.admin, "x_subject_token": token}
    assert ask("HEAD", "/v3/auth/tokens", **about).status == 200
    assert ask("DELETE", "/v3/auth/tokens", **about).status == 204
    assert ask("HEAD", "/v3/auth/tokens", **about).status == 404
    assert office.code(token, "list-keys") == "KMS.0302"
