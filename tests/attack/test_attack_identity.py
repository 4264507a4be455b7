"""Attacks on who may do what: rows 1, 2, 5a, 8, 11, 12 and 13."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

import pytest
from target import NEIGHBOUR, PASSWORD, Answer, Caller, Target

from bitting.cli.client import connect


def refused(answer: Answer) -> bool:
    """A refusal that the caller brought about, not a failure of the server."""
    return 400 <= answer.status < 500


def powerful(target: Target) -> str:
    """A user who may do everything in the account: the id."""
    victim, _name = target.user("victim")
    target.give(victim, target.role("te_admin"), f"domains/{target.facts['domain_id']}")
    return victim


def climbs(target: Target, token: str, victim: str) -> list[str]:
    """Ways to become somebody else that were open."""
    admin = target.user_id(target.facts["user_name"])
    wanted = {"credential": {"user_id": admin, "description": "x"}}
    attempts = {
        "a key of the administrator": target.iam("POST", "/v3.0/OS-CREDENTIAL/credentials", wanted, token=token),
        "a key of a stronger user": target.iam(
            "POST", "/v3.0/OS-CREDENTIAL/credentials", {"credential": {"user_id": victim}}, token=token
        ),
        "a stronger user's password": target.iam(
            "PATCH", f"/v3/users/{victim}", {"user": {"password": "Attacker-1!"}}, token=token
        ),
    }
    return [f"{what}: {answer}" for what, answer in attempts.items() if not refused(answer)]


@pytest.mark.parametrize(
    ("role", "place"),
    [("DEW FullAccess", ""), ("te_admin", ""), ("DEW FullAccess", "enterprise-projects/one")],
    ids=["DEW FullAccess", "te_admin", "enterprise project"],
)
def test_01_a_service_role_is_no_way_to_identity(target: Target, role: str, place: str) -> None:
    victim = powerful(target)
    user, name = target.user()
    target.give(user, target.role(role), place)
    assert climbs(target, target.sign_in(name), victim) == []


def test_01_a_policy_on_one_key_is_no_way_to_identity(target: Target) -> None:
    victim = powerful(target)
    user, name = target.user()
    resource = [f"kms:*:*:KeyId:{target.admin.key()}"]
    made = target.policy({"Effect": "Allow", "Action": ["*:*:*"], "Resource": resource})
    if made.status != 201:  # refusing such a policy closes the hole as well
        assert refused(made), made
        return
    target.give(user, made.json["role"]["id"])
    assert climbs(target, target.sign_in(name), victim) == []


def test_01_a_statement_on_one_key_is_no_way_to_identity(target: Target) -> None:
    _name, caller = target.ram_user((True, ["*"], [f"key/{target.admin.key()}"]))
    admin = target.user_id(target.facts["user_name"])
    body = {"credential": {"user_id": admin}}
    assert refused(caller.huawei("/v3.0/OS-CREDENTIAL/credentials", body))
    assert refused(caller.huawei("/v3/users", method="GET"))


def test_01_a_statement_on_one_key_reaches_nothing_else(target: Target) -> None:
    admin, project = target.admin, target.project
    other, alias, policy = admin.key(), target.name("alias/others"), target.name("rule")
    admin.ok("CreateAlias", AliasName=alias, KeyId=other)
    store = admin.huawei(f"/v1.0/{project}/keystores", {"keystore_alias": target.name("store")})
    store_id = store.json["keystore"]["keystore_id"]
    _name, caller = target.ram_user((True, ["*"], [f"key/{admin.key()}"]))
    event = {"name": policy, "event_types": ["SECRET_ROTATED"], "state": "ENABLED"}
    event["notification"] = {"target_type": "SMN", "target_id": "urn:x", "target_name": "t"}
    attempts = {
        "ListKeys": caller.openapi("ListKeys"),
        "ListSecrets": caller.openapi("ListSecrets"),
        "DeleteAlias": caller.openapi("DeleteAlias", {"AliasName": alias}),
        "CreateKey": caller.openapi("CreateKey"),
        "CreateCertificate": caller.openapi("CreateCertificate", {"Subject": "CN=x,O=y,C=CN", "KeySpec": "EC_P256"}),
        "list-keys": caller.huawei("list-keys", {}),
        "create-key": caller.huawei("create-key", {"key_alias": target.name("key")}),
        "list-secrets": caller.huawei(f"/v1/{project}/secrets", method="GET"),
        "disable-keystore": caller.huawei(f"/v1.0/{project}/keystores/{store_id}/disable"),
        "create-secret-event": caller.huawei(f"/v1/{project}/csms/events", event),
    }
    assert {what: str(answer) for what, answer in attempts.items() if not refused(answer)} == {}


def test_01_a_role_in_a_project_says_nothing_outside_it(target: Target) -> None:
    user, name = target.user()
    target.give(user, target.role("DEW FullAccess"))
    assert target.kms("list-keys", token=target.sign_in(name)).status == 200
    elsewhere = target.attempt(name, PASSWORD, project=target.facts["otc_project_id"])
    if elsewhere.status == 201:
        token = elsewhere.headers["x-subject-token"]
        assert refused(target.kms("list-keys", token=token, project=target.facts["otc_project_id"]))


def credentials(caller: Caller, name: str, *pairs: tuple[str, str]) -> Answer:
    """A secret that holds access keys, to be rotated by the server."""
    data = {"AccessKeys": [{"AccessKeyId": key_id, "AccessKeySecret": secret} for key_id, secret in pairs]}
    config = {"SecretSubType": "RamUserAccessKey", "UserName": f"{caller.target.facts['user_name']}@corp"}
    return caller.openapi(
        "CreateSecret",
        {
            "SecretName": "$Auto", "SecretType": "RAMCredentials", "VersionId": "v1", "SecretData": json.dumps(data),
            "ExtendedConfig": json.dumps(config),
        },
    )  # fmt: skip


def rotated(caller: Caller, made: Answer, seconds: float = 8) -> dict[str, str]:
    """What the secret holds after a rotation was asked for and had its time."""
    name = made.json["SecretName"]
    before = caller.openapi("GetSecretValue", {"SecretName": name}).json["SecretData"]
    asked = caller.openapi("RotateSecret", {"SecretName": name, "VersionId": "r1"})
    deadline = time.monotonic() + (seconds if asked.status == 200 else 0)
    held = before
    while time.monotonic() < deadline and held == before:
        time.sleep(0.3)
        held = caller.openapi("GetSecretValue", {"SecretName": name}).json["SecretData"]
    found: dict[str, str] = json.loads(held)
    return found


def test_02_a_guessed_credential_rotates_to_nothing(target: Target) -> None:
    _name, caller = target.ram_user((True, ["secret:*", "key:*"], ["*"]))
    made = credentials(caller, target.name(), (target.admin.key_id, "a guess"))
    if refused(made):
        return
    held = rotated(caller, made)
    if held["AccessKeyId"] != target.admin.key_id:
        taken = Caller(target, held["AccessKeyId"], held["AccessKeySecret"])
        assert taken.openapi("ListKeys").status != 200, "the rotation gave a working key of the administrator"


def test_02_another_accounts_key_is_not_deleted(target: Target) -> None:
    fresh = next(iter(target.native.post(f"accounts/{NEIGHBOUR}/access-keys", {}).values()))
    neighbour = Caller(target, fresh["id"], fresh["secret"])
    assert neighbour.openapi("ListKeys").status == 200
    own = next(iter(target.native.post(f"accounts/{target.account}/access-keys", {}).values()))
    made = credentials(target.admin, target.name(), (own["id"], own["secret"]), (neighbour.key_id, "a guess"))
    if not refused(made):
        rotated(target.admin, made)
        time.sleep(1)
    assert neighbour.openapi("ListKeys").status == 200


CONDITIONS: dict[str, Any] = {
    "IpAddress": {"IpAddress": {"g:SourceIp": ["10.9.9.9"]}},
    "StringEquals": {"StringEquals": {"g:UserName": ["nobody-at-all"]}},
    "DateLessThan": {"DateLessThan": {"g:CurrentTime": ["2001-01-01T00:00:00Z"]}},
    "unknown": {"NoSuchOperator": {"g:NoSuchKey": ["x"]}},
}


def may(target: Target, verb: str, body: Any, *statements: dict[str, Any]) -> bool:
    """Whether a user with just this policy may; a policy that is refused allows nothing."""
    made = target.policy(*statements)
    if made.status != 201:
        assert refused(made), made
        return False
    user, name = target.user()
    target.give(user, made.json["role"]["id"])
    return target.kms(verb, body, token=target.sign_in(name)).status == 200


@pytest.mark.parametrize("condition", CONDITIONS)
def test_05a_a_condition_is_not_dropped(target: Target, condition: str) -> None:
    statement = {"Effect": "Allow", "Action": ["kms:cmk:*"], "Condition": CONDITIONS[condition]}
    body = {"key_id": target.admin.key(), "pending_days": "7"}
    assert not may(target, "schedule-key-deletion", body, statement)


@pytest.mark.parametrize(
    "resource",
    ["csms:*:*:secretName:*", "obs:*:*:bucket:*", "kms:eu-de-99:{domain}:KeyId:{key}", "kms:*:f00:KeyId:{key}"],
)
def test_05a_all_parts_of_a_resource_count(target: Target, resource: str) -> None:
    key = target.admin.key()
    named = resource.format(domain=target.facts["domain_id"], key=key)
    statement = {"Effect": "Allow", "Action": ["kms:cmk:encrypt", "kms:cmk:crypto"], "Resource": [named]}
    assert not may(target, "encrypt-data", {"key_id": key, "plain_text": "x"}, statement)


def test_05a_a_mistyped_denial_is_refused(target: Target) -> None:
    made = target.policy({"Effect": "Allow", "Action": ["kms:*:*"]}, {"Effect": "Deny", "Action": ["kms:cmk:encyrpt"]})
    assert refused(made), made


def test_08_huaweis_access_points_are_not_alibabas(target: Target) -> None:
    admin, name = target.admin, target.name("point")
    permission = json.dumps(["RbacPermission/Template/CryptoServiceKeyUser"])
    admin.ok("CreatePolicy", Name=name, Permissions=permission, Resources='["key/*"]')
    admin.ok("CreateApplicationAccessPoint", Name=name, Policies=json.dumps([name]))
    client_key = admin.ok("CreateClientKey", AapName=name, Password="Password-1234")["ClientKeyId"]
    user, _name = target.user()
    for place in ("", f"domains/{target.facts['domain_id']}"):
        target.give(user, target.role("KMS Administrator"), place)
    made = target.iam("POST", "/v3.0/OS-CREDENTIAL/credentials", {"credential": {"user_id": user}})
    caller = Caller(target, made.json["credential"]["access"], made.json["credential"]["secret"])
    assert refused(caller.openapi("DeleteClientKey", {"ClientKeyId": client_key}))
    assert refused(caller.openapi("DeleteApplicationAccessPoint", {"Name": name}))
    assert admin.openapi("DescribeApplicationAccessPoint", {"Name": name}).status == 200
    assert admin.openapi("GetClientKey", {"ClientKeyId": client_key}).status == 200


def test_11_guessing_a_password_locks_out(target: Target) -> None:
    _user, name = target.user("guessed")
    for number in range(30):
        assert target.attempt(name, f"Wrong-guess-{number}!").status != 201
    assert target.attempt(name, PASSWORD).status != 201, "the 31st guess was let in"


def test_11_a_weak_password_is_refused(target: Target) -> None:
    made = target.iam("POST", "/v3/users", {"user": {"name": target.name("weak"), "password": "a"}})
    assert refused(made), made


def test_12_a_changed_password_ends_tokens(target: Target) -> None:
    user, name = target.user()
    target.give(user, target.role("CSMS FullAccess"))
    token = target.sign_in(name)
    body = {"old_password": PASSWORD, "password": "Another-pass-2!"}
    changed = target.kms("/v1/csms/users/change-password", body, token=token)
    assert changed.status == 200, changed
    listing = f"/v1/{target.project}/secrets"
    assert refused(target.kms(listing, token=token, method="GET"))


def test_12_a_changed_password_ends_temporary_keys(target: Target) -> None:
    user, name = target.user()
    target.give(user, target.role("KMS CMKFullAccess"))
    token = target.sign_in(name)
    auth = {"auth": {"identity": {"methods": ["token"], "token": {"id": token, "duration_seconds": 900}}}}
    made = target.iam("POST", "/v3.0/OS-CREDENTIAL/securitytokens", auth, token=token)
    assert made.status == 201, made
    held = made.json["credential"]
    assert temporary(target, held).status == 200
    assert target.iam("PATCH", f"/v3/users/{user}", {"user": {"password": "Another-pass-2!"}}).status == 200
    assert refused(temporary(target, held))


def temporary(target: Target, held: dict[str, str]) -> Answer:
    """list-keys with a temporary access key."""
    caller = Caller(target, held["access"], held["secret"])
    return target.request(caller.signed("POST", f"/v1.0/{target.project}/kms/list-keys", {}, held["securitytoken"]))


def test_12_a_token_ends_with_the_one_it_came_from(target: Target) -> None:
    user, name = target.user()
    target.give(user, target.role("KMS CMKFullAccess"))
    first = target.sign_in(name)
    identity = {"methods": ["token"], "token": {"id": first}}
    body = {"auth": {"identity": identity, "scope": {"project": {"id": target.project}}}}
    second = target.iam("POST", "/v3/auth/tokens", body, token=first).headers["x-subject-token"]
    assert target.kms("list-keys", token=second).status == 200
    headers = {"x-auth-token": first, "x-subject-token": first}
    assert target.exchange("DELETE", "/v3/auth/tokens", headers).status == 204
    assert refused(target.kms("list-keys", token=second))


def test_12_the_operator_token_can_be_replaced(production: Any) -> None:
    before = connect(str(production.directory))
    assert before.get("accounts")
    command = [sys.executable, "-m", "bitting", "operator-token", "rotate", "--data-dir", str(production.directory)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=production.environment)
    assert done.returncode == 0, done.stderr
    after = connect(str(production.directory))
    assert after.token != before.token
    assert after.get("accounts")
    with pytest.raises(Exception, match=r"40[13]|token"):
        before.get("accounts")


def test_13_another_key_looks_like_none(target: Target) -> None:
    own, other = target.admin.key(), target.admin.key()
    sealed = target.admin.ok("Encrypt", KeyId=other, Plaintext="eA==")["CiphertextBlob"]
    _name, caller = target.ram_user((True, ["*"], [f"key/{own}"]))
    missing = "0d0466b0-e727-4d9c-b35d-f84bb474a37f"
    answers = {}
    for what, verb, more in (
        ("describe", "describe-key", {}),
        ("encrypt", "encrypt-data", {"plain_text": "x"}),
        ("disable", "disable-key", {}),
        ("datakey", "create-datakey", {"datakey_length": "256"}),
    ):
        answers[f"huawei {what}"] = [caller.huawei(verb, {"key_id": key, **more}).template for key in (other, missing)]
    for action, more in (("DescribeKey", {}), ("Encrypt", {"Plaintext": "eA=="}), ("DisableKey", {})):
        answers[action] = [caller.openapi(action, {"KeyId": key, **more}).template for key in (other, missing)]
    alias = target.name("alias/known")
    target.admin.ok("CreateAlias", AliasName=alias, KeyId=other)
    answers["alias"] = [
        caller.openapi("DescribeKey", {"KeyId": name}).template for name in (alias, "alias/unknown-here")
    ]
    assert caller.openapi("Decrypt", {"CiphertextBlob": sealed}).status >= 400
    assert {what: found for what, found in answers.items() if found[0] != found[1]} == {}
