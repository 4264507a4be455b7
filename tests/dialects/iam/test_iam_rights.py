"""Nobody gets more than was given: rights on services are none on identities, and one key is not all keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from iam.test_iam_users import PASSWORD, Office

from bitting.core.authz import roles
from bitting.core.authz.resource_policies import Policy, Rule, pack
from bitting.core.model.access import UserStatement
from bitting.core.model.identity import AccessKey, Project, Token, User
from bitting.core.model.key import Key

KEYS = "/v3.0/OS-CREDENTIAL/credentials"


@pytest.fixture
def office(identity: Any) -> Office:
    return Office(identity)


def walled(office: Office) -> str:
    """A project with a key ring of its own."""
    project = Project("7" * 32, office.founded.account.id, "walled", "huawei", "ring-of-its-own", 0)
    with office.identity.runtime.store.begin(write=True) as uow:
        uow.of(Project).add(project)
    return project.id


def own(office: Office, user: str, *actions: str, resources: tuple[str, ...] = ("*",), allow: bool = True) -> None:
    statement = UserStatement(
        f"s-{user}-{actions[0]}-{allow}", office.founded.account.id, user, allow, actions, resources, 0
    )
    with office.identity.runtime.store.begin(write=True) as uow:
        uow.of(UserStatement).add(statement)


def assign(office: Office, user: str, role: str, place: str) -> None:
    office.ask("PUT", f"/v3/{place}/users/{user}/roles/{role}", status=204)


def in_project(role: str) -> Callable[[Office, str], None]:
    return lambda office, user: assign(office, user, roles.built_in_id(role), f"projects/{walled(office)}")


def in_domain(role: str) -> Callable[[Office, str], None]:
    where = "domains/{}"
    return lambda office, user: assign(
        office, user, roles.built_in_id(role), where.format(office.founded.account.domain_id)
    )


def in_enterprise(office: Office, user: str) -> None:
    path = f"/v3.0/OS-PERMISSION/enterprise-projects/one/users/{user}/roles/{roles.built_in_id('te_admin')}"
    office.ask("PUT", path, status=204)


def on_one_key(office: Office, user: str) -> None:
    own(office, user, "*", resources=(f"key/{office.api.key()}",))


def policy_on_one_key(office: Office, user: str) -> None:
    role = office.policy("*:*:*", resource=[f"kms:*:*:KeyId:{office.api.key()}"])
    assign(office, user, role, f"domains/{office.founded.account.domain_id}")


RIGHTS = {
    "DEW FullAccess in one project": in_project("DEW FullAccess"),
    "te_admin in one project": in_project("te_admin"),
    "te_admin": in_domain("te_admin"),
    "te_admin in an enterprise project": in_enterprise,
    "everything with one key": on_one_key,
    "a policy of everything with one key": policy_on_one_key,
}


@pytest.mark.parametrize("give", RIGHTS.values(), ids=RIGHTS)
def test_rights_on_services_give_no_right_on_identities(office: Office, give: Callable[[Office, str], None]) -> None:
    user, admin = office.user(), office.founded.user.id
    give(office, user)
    mine = f"/v3/domains/{office.founded.account.domain_id}/users/{user}/roles/{roles.built_in_id('te_admin')}"
    for scope in (None, {"project": {"id": office.founded.project.id}}, {"domain": {}}, {"project": {"id": "7" * 32}}):
        answer = office.identity.sign_in(scope, name="guest", password=PASSWORD)
        if answer.status != 201:
            continue
        for method, target, body in (
            ("POST", KEYS, {"credential": {"user_id": admin}}),
            ("POST", KEYS, {"credential": {"user_id": user}}),
            ("PATCH", f"/v3/users/{admin}", {"user": {"password": "Mine-now-1"}}),
            ("GET", "/v3/users", None),
            ("POST", "/v3/users", {"user": {"name": "other"}}),
            ("PUT", mine, None),
        ):
            assert office.identity.ask(method, target, body, x_auth_token=answer.token).status == 403, (method, target)


def test_one_key_is_not_all_keys(office: Office) -> None:
    user, key, other = office.user(), office.api.key(), office.api.key()
    own(office, user, "*", resources=(f"key/{key}",))
    token = office.token()
    assert office.code(token, "encrypt-data", key_id=key, plain_text="x") == "ok"
    assert office.code(token, "encrypt-data", key_id=other, plain_text="x") == "KMS.0306"
    for verb, body in (
        ("list-keys", {}),
        ("create-key", {"key_alias": "mine"}),
        ("gen-random", {"random_data_length": "512"}),
    ):
        assert (office.code(token, verb, **body) == "ok") is (verb == "gen-random"), verb


def test_a_role_in_a_project_says_nothing_outside_it(office: Office) -> None:
    user, place = office.user(), walled(office)
    assign(office, user, roles.built_in_id("KMS Administrator"), f"projects/{place}")
    inside = office.identity.sign_in({"project": {"id": place}}, name="guest", password=PASSWORD).token
    assert office.identity.kms(inside, place) == 200
    for scope in (None, office.identity.project_scope, {"domain": {}}):
        token = office.identity.sign_in(scope, name="guest", password=PASSWORD).token
        assert office.identity.kms(token, office.founded.project.id) == 403


def security(office: Office, name: str = "guest") -> str:
    user = office.user(name)
    in_domain(roles.SECURITY)(office, user)
    return user


def test_the_security_administrator_manages_those_with_no_more_rights(office: Office) -> None:
    security(office)
    token, domain = office.token(), office.founded.account.domain_id

    def ask(method: str, target: str, body: Any = None) -> int:
        return int(office.identity.ask(method, target, body, x_auth_token=token).status)

    made = office.identity.ask("POST", "/v3/users", {"user": {"name": "new"}}, x_auth_token=token)
    assert made.status == 201
    new, strong = made.body["user"]["id"], office.user("strong")
    own(office, strong, "key:decrypt")
    assert ask("POST", KEYS, {"credential": {"user_id": new}}) == 201
    assert ask("PATCH", f"/v3/users/{new}", {"user": {"password": "Another-pass1"}}) == 200
    keys_admin = roles.built_in_id("KMS Administrator")
    for user in (strong, office.founded.user.id):
        assert ask("POST", KEYS, {"credential": {"user_id": user}}) == 403
        assert ask("PATCH", f"/v3/users/{user}", {"user": {"password": "Another-pass1"}}) == 403
        assert ask("DELETE", f"/v3/users/{user}") == 403
        assert ask("PUT", f"/v3/domains/{domain}/users/{user}/roles/{roles.built_in_id(roles.SECURITY)}") == 403
    assert ask("PUT", f"/v3/domains/{domain}/users/{new}/roles/{keys_admin}") == 403
    assert ask("PUT", f"/v3/domains/{domain}/users/{new}/roles/{roles.built_in_id(roles.SECURITY)}") == 204
    policy = {"Version": "1.1", "Statement": [{"Effect": "Allow", "Action": ["kms:cmk:decrypt"]}]}
    assert ask("POST", "/v3.0/OS-ROLE/roles", {"role": {"display_name": "r", "policy": policy}}) == 403


def test_nobody_joins_or_leaves_a_group_to_have_more(office: Office) -> None:
    user = security(office)
    token = office.token()
    group = office.group()
    office.give(group, office.policy("kms:*:*"))
    joining = office.identity.ask("PUT", f"/v3/groups/{group}/users/{user}", x_auth_token=token)
    assert joining.status == 403
    own(office, user, "key:*")
    denying = str(office.ask("POST", "/v3/groups", {"group": {"name": "denied"}}, 201)["group"]["id"])
    office.give(denying, office.policy("kms:cmk:decrypt", effect="Deny"))
    office.ask("PUT", f"/v3/groups/{denying}/users/{user}", status=204)
    for target in (f"/v3/groups/{denying}/users/{user}", f"/v3/groups/{denying}"):
        assert office.identity.ask("DELETE", target, x_auth_token=token).status == 403


def test_a_name_that_a_policy_knows_is_not_taken(office: Office) -> None:
    security(office)
    token, key_id = office.token(), office.api.key()
    account = office.founded.account.id
    rule = Rule(True, (f"{account}/user/ghost",), ("key:decrypt",))
    with office.identity.runtime.store.begin(write=True) as uow:
        key = uow.of(Key).get(key_id)
        uow.of(Key).put(replace(key, policy=pack(Policy("", (rule,)))))
    body = {"user": {"name": "ghost"}}
    assert office.identity.ask("POST", "/v3/users", body, x_auth_token=token).status == 403
    other = office.identity.ask("POST", "/v3/users", {"user": {"name": "other"}}, x_auth_token=token)
    renamed = office.identity.ask("PATCH", f"/v3/users/{other.body['user']['id']}", body, x_auth_token=token)
    assert renamed.status == 403


# ── sessions end with what they came from ─────────────────────────────────────


def counted(office: Office, user: str) -> tuple[int, int]:
    """Tokens and temporary access keys of a user."""
    with office.identity.runtime.store.begin(write=False) as uow:
        keys = uow.of(AccessKey).find({"user_id": user})
        return uow.of(Token).count({"user_id": user}), sum(bool(key.token_digest) for key in keys)


def temporary(office: Office, token: str) -> None:
    auth = {"identity": {"methods": ["token"], "token": {"id": token, "duration_seconds": 900}}}
    made = office.identity.ask("POST", "/v3.0/OS-CREDENTIAL/securitytokens", {"auth": auth}, x_auth_token=token)
    assert made.status == 201, made.body


def test_what_was_made_with_a_token_ends_with_it(office: Office) -> None:
    user = office.user()
    first, other = office.token(), office.token()
    second = office.identity.again(first).token
    third = office.identity.again(second).token
    temporary(office, third)
    temporary(office, other)
    assert counted(office, user) == (4, 2)
    answer = office.identity.ask("DELETE", "/v3/auth/tokens", x_auth_token=first, x_subject_token=first)
    assert answer.status == 204
    assert counted(office, user) == (1, 1)
    assert office.identity.again(third).status == 401


@pytest.mark.parametrize("change", [{"enabled": False}, {"password": "Another-pass1"}])
def test_a_new_password_ends_tokens_and_temporary_keys(office: Office, change: dict[str, Any]) -> None:
    user = office.user()
    temporary(office, office.token())
    office.ask("POST", KEYS, {"credential": {"user_id": user}}, 201)
    office.ask("PATCH", f"/v3/users/{user}", {"user": change})
    assert counted(office, user) == (0, 0)
    assert len(office.ask("GET", f"{KEYS}?user_id={user}")["credentials"]) == 1


def test_the_administrator_is_nobodys_to_delete_but_an_administrators(office: Office) -> None:
    security(office)
    assert (
        office.identity.ask("DELETE", f"/v3/users/{office.founded.user.id}", x_auth_token=office.token()).status == 403
    )
    with office.identity.runtime.store.begin(write=False) as uow:
        assert uow.of(User).get(office.founded.user.id) is not None
