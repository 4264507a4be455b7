"""Users, groups, roles and custom policies: kept, and enforced by key management on the next request."""

from __future__ import annotations

from typing import Any

import pytest
from huawei.conftest import ApiClient

PASSWORD = "Guest-pass1"


class Office:
    """An administrator at the identity service, and a guest at key management."""

    def __init__(self, identity: Any) -> None:
        self.identity, self.founded = identity, identity.founded
        self.admin = identity.sign_in({"domain": {"id": self.founded.account.domain_id}}).token
        self.api = ApiClient(identity.runtime)

    def ask(self, method: str, target: str, body: Any = None, status: int = 200) -> Any:
        answer = self.identity.ask(method, target, body, x_auth_token=self.admin)
        assert answer.status == status, answer.body
        return answer.body

    def user(self, name: str = "guest") -> str:
        made = self.ask("POST", "/v3/users", {"user": {"name": name, "password": PASSWORD}}, 201)
        return str(made["user"]["id"])

    def group(self, *users: str) -> str:
        group = str(self.ask("POST", "/v3/groups", {"group": {"name": "readers"}}, 201)["group"]["id"])
        for user in users:
            self.ask("PUT", f"/v3/groups/{group}/users/{user}", status=204)
        return group

    def policy(self, *actions: str, effect: str = "Allow", resource: Any = None) -> str:
        statement: dict[str, Any] = {"Effect": effect, "Action": list(actions)}
        if resource is not None:
            statement["Resource"] = resource
        role = {"display_name": f"{effect} {actions[0]}", "policy": {"Version": "1.1", "Statement": [statement]}}
        return str(self.ask("POST", "/v3.0/OS-ROLE/roles", {"role": role}, 201)["role"]["id"])

    def give(self, group: str, role: str, place: str = "") -> None:
        where = place or f"projects/{self.founded.project.id}"
        self.ask("PUT", f"/v3/{where}/groups/{group}/roles/{role}", status=204)

    def token(self, name: str = "guest") -> str:
        answer = self.identity.sign_in({"project": {"id": self.founded.project.id}}, name=name, password=PASSWORD)
        assert answer.status == 201, answer.body
        return str(answer.token)

    def code(self, token: str, verb: str, **body: Any) -> str:
        status, answer = self.api.with_token(token, verb, body)
        return "ok" if status == 200 else str(answer["error"]["error_code"])


@pytest.fixture
def office(identity: Any) -> Office:
    return Office(identity)


def test_a_new_user_may_do_nothing(office: Office) -> None:
    office.user()
    assert office.code(office.token(), "list-keys") == "KMS.0307"


def test_a_role_counts_and_ends_with_the_next_request(office: Office) -> None:
    user = office.user()
    group, role = office.group(user), office.policy("kms:cmk:list", "kms:cmk:get")
    token, key = office.token(), office.api.key()
    office.give(group, role)
    assert office.code(token, "list-keys") == "ok"
    assert office.code(token, "describe-key", key_id=key) == "ok"
    assert office.code(token, "encrypt-data", key_id=key, plain_text="x") == "KMS.0307"
    office.ask("DELETE", f"/v3/groups/{group}/users/{user}", status=204)
    assert office.code(token, "list-keys") == "KMS.0307"


def test_a_policy_for_one_key(office: Office) -> None:
    key, other = office.api.key(), office.api.key()
    group = office.group(office.user())
    office.give(group, office.policy("kms:cmk:get", resource=[f"kms:*:*:KeyId:{key}"]))
    token = office.token()
    assert [office.code(token, "describe-key", key_id=one) for one in (key, other)] == ["ok", "KMS.0306"]


def test_a_denial_beats_an_allowance(office: Office) -> None:
    group, key = office.group(office.user()), office.api.key()
    office.give(group, office.policy("kms:*:*"))
    office.give(group, office.policy("kms:cmk:disable", effect="Deny"))
    token = office.token()
    assert office.code(token, "describe-key", key_id=key) == "ok"
    assert office.code(token, "disable-key", key_id=key) == "KMS.0326"


def test_a_role_in_another_project_is_no_role_here(office: Office) -> None:
    group = office.group(office.user())
    office.give(group, office.policy("kms:*:*"), f"projects/{office.founded.second_project.id}")
    assert office.code(office.token(), "list-keys") == "KMS.0307"


def test_an_enterprise_project_bounds_a_role(office: Office) -> None:
    group, key = office.group(office.user()), office.api.key(enterprise_project_id="one")
    role = office.policy("kms:*:*")
    office.ask("PUT", f"/v3.0/OS-PERMISSION/enterprise-projects/one/groups/{group}/roles/{role}", status=204)
    token = office.token()
    assert office.code(token, "describe-key", key_id=key) == "ok"
    assert office.code(token, "describe-key", key_id=office.api.key()) == "KMS.0306"
    assert office.code(token, "create-key", key_alias="a", enterprise_project_id="two") == "KMS.0330"


def test_tokens_name_the_roles_of_their_user(office: Office) -> None:
    group = office.group(office.user())
    office.give(group, office.policy("kms:cmk:get"))
    scope = {"project": {"id": office.founded.project.id}}
    shown = office.identity.sign_in(scope, name="guest", password=PASSWORD).body["token"]["roles"]
    assert [role["name"] for role in shown] == ["Allow kms:cmk:get"]


def test_tokens_of_the_restricted_are_for_themselves(office: Office) -> None:
    group = office.group(office.user())
    roles = {role["name"]: role["id"] for role in office.ask("GET", "/v3/roles")["roles"]}
    office.give(group, roles["KMS CMKFullAccess"])
    office.give(group, roles["op_restrict"])
    assert office.code(office.token(), "list-keys") == "KMS.0304"


@pytest.mark.parametrize("change", [{"enabled": False}, {"password": "Another-pass1"}])
def test_disabled_users_and_new_passwords_end_tokens(office: Office, change: dict[str, Any]) -> None:
    user = office.user()
    token = office.token()
    office.ask("PATCH", f"/v3/users/{user}", {"user": change})
    assert office.code(token, "list-keys") == "KMS.0302"


def test_only_administrators_manage_users(office: Office) -> None:
    office.user()
    answer = office.identity.ask("GET", "/v3/users", x_auth_token=office.token())
    assert answer.refusal == (403, "You are not authorized to perform the requested action.")


def test_permanent_access_keys(office: Office) -> None:
    user = office.user()
    made = office.ask("POST", "/v3.0/OS-CREDENTIAL/credentials", {"credential": {"user_id": user}}, 201)["credential"]
    listed = office.ask("GET", f"/v3.0/OS-CREDENTIAL/credentials?user_id={user}")["credentials"]
    assert [key["access"] for key in listed] == [made["access"]]
    assert "secret" not in listed[0]
    office.ask("DELETE", f"/v3.0/OS-CREDENTIAL/credentials/{made['access']}", status=204)
    assert office.ask("GET", f"/v3.0/OS-CREDENTIAL/credentials?user_id={user}")["credentials"] == []


@pytest.mark.parametrize(
    "policy",
    [None, {}, {"Statement": []}, {"Statement": [{"Effect": "Maybe", "Action": ["*"]}]},
     {"Statement": [{"Effect": "Allow", "Action": 5}]},
     {"Statement": [{"Effect": "Allow", "Action": ["*"], "Resource": ["volume"]}]}],
)  # fmt: skip
def test_policies_that_are_none(office: Office, policy: Any) -> None:
    office.ask("POST", "/v3.0/OS-ROLE/roles", {"role": {"display_name": "r", "policy": policy}}, 400)
