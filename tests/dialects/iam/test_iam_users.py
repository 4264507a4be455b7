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


ALLOW = {"Effect": "Allow", "Action": ["kms:cmk:get"]}


@pytest.mark.parametrize(
    "statement",
    [
        {"Effect": "Maybe"},
        {"Action": 5},
        {"Action": []},
        {"Action": ["key encrypt"]},
        {"Action": ["kms"]},
        {"Action": ["kms:cmk:encypt"]},
        {"Action": ["kms:cmk:encypt"], "Effect": "Deny"},
        {"Action": ["kms:cmk"]},
        {"Action": ["csms:secrt:*"]},
        {"Action": ["iam:users:resetPasswords"]},
        {"NotAction": ["kms:cmk:get"]},
        {"Resource": ["volume"]},
        {"Resource": []},
        {"Resource": ["kms:*:*:KeyId"]},
        {"Resource": ["kms:*:*::*"]},
        {"Resource": ["kms:*:*:secretName:a"]},
        {"Resource": ["kms:*:*:bucket:a"]},
        {"Condition": []},
        {"Condition": {"IpAddress": {}}},
        {"Condition": {"IpAddress": {"g:SourceIp": ["here"]}}},
        {"Condition": {"IpAddress": {"g:UserName": ["10.0.0.0/8"]}}},
        {"Condition": {"StringEquals": {"g:Weather": ["fair"]}}},
        {"Condition": {"StringResembles": {"g:UserName": ["guest"]}}},
        {"Condition": {"DateLessThan": {"g:CurrentTime": ["soon"]}}},
        {"Condition": {"StringLike": {"g:UserName": ["*a*a*a*a*a*a*a*a*a"]}}},
    ],
)
def test_nothing_of_a_policy_is_ignored(office: Office, statement: Any) -> None:
    policy = {"Version": "1.1", "Statement": [{**ALLOW, **statement}]}
    office.ask("POST", "/v3.0/OS-ROLE/roles", {"role": {"display_name": "r", "policy": policy}}, 400)


@pytest.mark.parametrize(
    "policy",
    [None, {}, [], {"Version": "1.1"}, {"Version": "1.1", "Statement": []}, {"Version": "2.0", "Statement": [ALLOW]},
     {"Statement": [ALLOW]}, {"Version": "1.1", "Statement": [ALLOW], "Depends": []},
     {"Version": "1.1", "Statement": [ALLOW] * 9}],
)  # fmt: skip
def test_policies_that_are_none(office: Office, policy: Any) -> None:
    office.ask("POST", "/v3.0/OS-ROLE/roles", {"role": {"display_name": "r", "policy": policy}}, 400)


def limited(office: Office, statement: dict[str, Any]) -> str:
    """A token of a guest with this one statement."""
    policy = {"Version": "1.1", "Statement": [{**ALLOW, **statement}]}
    role = office.ask("POST", "/v3.0/OS-ROLE/roles", {"role": {"display_name": "r", "policy": policy}}, 201)["role"]
    assert role["policy"] == policy
    office.give(office.group(office.user()), str(role["id"]))
    return office.token()


CONDITIONS = [
    ({"IpAddress": {"g:SourceIp": ["127.0.0.0/8"]}}, True),
    ({"IpAddress": {"g:SourceIp": "10.9.9.9"}}, False),
    ({"NotIpAddress": {"g:SourceIp": ["10.9.9.9"]}}, True),
    ({"NotIpAddress": {"g:SourceIp": ["127.0.0.1"]}}, False),
    ({"StringEquals": {"g:UserName": ["guest", "other"]}}, True),
    ({"StringEquals": {"g:UserName": ["other"]}}, False),
    ({"StringEqualsIfExists": {"g:UserName": ["other"]}}, False),
    ({"ForAnyValue:StringLike": {"g:UserName": ["gu*"]}}, True),
    ({"StringNotEquals": {"g:UserName": ["guest"]}}, False),
    ({"DateLessThan": {"g:CurrentTime": ["2020-01-01T00:00:00Z"]}}, False),
    ({"DateGreaterThan": {"g:CurrentTime": ["2020-01-01T00:00:00Z"]}}, True),
    ({"Bool": {"g:MFAPresent": ["true"]}}, False),
    ({"Bool": {"g:MFAPresent": ["false"]}}, True),
    ({"IpAddress": {"g:SourceIp": ["127.0.0.1"]}, "StringEquals": {"g:UserName": ["other"]}}, False),
]


@pytest.mark.parametrize(("condition", "holds"), CONDITIONS)
def test_conditions_of_an_allowance(office: Office, condition: Any, *, holds: bool) -> None:
    token, key = limited(office, {"Action": ["kms:*:*"], "Condition": condition}), office.api.key()
    refusal = "KMS.0307"
    assert office.code(token, "describe-key", key_id=key) == ("ok" if holds else refusal)
    assert office.code(token, "schedule-key-deletion", key_id=key, pending_days="7") == ("ok" if holds else refusal)


@pytest.mark.parametrize(("condition", "holds"), CONDITIONS)
def test_conditions_of_a_denial(office: Office, condition: Any, *, holds: bool) -> None:
    group, key = office.group(office.user()), office.api.key()
    office.give(group, office.policy("kms:*:*"))
    policy = {"Version": "1.1", "Statement": [{"Effect": "Deny", "Action": ["kms:cmk:get"], "Condition": condition}]}
    role = office.ask("POST", "/v3.0/OS-ROLE/roles", {"role": {"display_name": "d", "policy": policy}}, 201)["role"]
    office.give(group, str(role["id"]))
    assert (office.code(office.token(), "describe-key", key_id=key) == "ok") is not holds


@pytest.mark.parametrize(
    ("resource", "holds"),
    [
        ("*", True),
        ("kms:*:*:KeyId:*", True),
        ("KMS:*:*:keyid:{key}", True),
        ("kms:cn-hangzhou:{domain}:KeyId:{key}", True),
        ("kms:cn-*:*:*:*", True),
        ("*:*:*:*:*", True),
        ("kms:*:*:KeyId:other", False),
        ("csms:*:*:secretName:*", False),
        ("csms:*:*:*:*", False),
        ("obs:*:*:bucket:*", False),
        ("kms:eu-de-99:*:KeyId:{key}", False),
        ("kms:*:otherdomain:KeyId:{key}", False),
        ("kms:eu-de-99:otherdomain:KeyId:{key}", False),
    ],
)
def test_all_five_parts_of_a_resource_count(office: Office, resource: str, *, holds: bool) -> None:
    key = office.api.key()
    word = resource.format(key=key, domain=office.founded.account.domain_id)
    token = limited(office, {"Action": ["kms:*:*"], "Resource": [word]})
    assert (office.code(token, "encrypt-data", key_id=key, plain_text="x") == "ok") is holds


def test_other_services_are_kept_and_match_nothing(office: Office) -> None:
    key = office.api.key()
    token = limited(office, {"Action": ["obs:object:GetObject", "kms:cmk:get", "key:encrypt"]})
    assert office.code(token, "describe-key", key_id=key) == "ok"
    assert office.code(token, "encrypt-data", key_id=key, plain_text="x") == "KMS.0307"
