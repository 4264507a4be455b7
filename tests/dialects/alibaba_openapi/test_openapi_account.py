"""The account and the service; key policies and what they do to users who are no administrators."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from alibaba_openapi.signer import Signer, stamp
from alibaba_openapi.test_openapi_signature import add_key

from bitting.core.model.access import UserStatement
from bitting.core.model.identity import Account, AccountState, User
from bitting.dialects.alibaba_openapi.account.operations import KEY_ACTIONS

# ── the account ───────────────────────────────────────────────────────────────


def bar(api: Any, state: AccountState) -> None:
    with api.runtime.store.begin(write=True) as uow:
        accounts = uow.of(Account)
        accounts.put(replace(accounts.get(api.account), state=state))


def test_an_account_enables_the_service_once(api: Any) -> None:
    bar(api, AccountState.NOT_ENABLED)
    assert api.code("ListKeys") == (403, "Forbidden.KmsServiceNotEnabled")
    assert api.ok("DescribeAccountKmsStatus")["AccountStatus"] == "NotEnabled"
    api.ok("OpenKmsService")
    assert api.ok("DescribeAccountKmsStatus")["AccountStatus"] == "Enabled"
    api.ok("ListKeys")
    assert api.code("OpenKmsService") == (400, "Forbidden.Opened")


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (AccountState.ACTIVE, "Enabled"),
        (AccountState.NOT_ENABLED, "NotEnabled"),
        (AccountState.IN_DEBT, "InDebt"),
        (AccountState.OVERDUE, "InDebt"),
        (AccountState.FROZEN, "Suspended"),
        (AccountState.AT_RISK, "Suspended"),
    ],
)
def test_the_accounts_status(api: Any, state: AccountState, word: str) -> None:
    bar(api, state)
    assert api.ok("DescribeAccountKmsStatus")["AccountStatus"] == word


def test_this_server_is_one_region(api: Any) -> None:
    assert api.ok("DescribeRegions")["Regions"] == {"Region": [{"RegionId": "cn-hangzhou"}]}
    assert status_and_code(api, user(api), "DescribeRegions") == (200, "")


def test_what_the_service_makes(api: Any) -> None:
    found = api.ok("DescribeService")
    assert found["ProtectionLevels"] == {"ProtectionLevel": [{"Type": "SOFTWARE"}]}
    specs = {item["Name"]: item for item in found["KeySpecs"]["KeySpec"]}
    assert specs["Aliyun_AES_256"]["SupportedProtectionLevels"] == {"SupportedProtectionLevel": ["SOFTWARE"]}
    assert specs["RSA_2048"]["Usages"] == {"Usage": ["ENCRYPT/DECRYPT", "SIGN/VERIFY"]}


# ── key policies ──────────────────────────────────────────────────────────────


def user(api: Any, name: str = "reader", *statements: tuple[bool, str, str]) -> Signer:
    """A user without rights but those given: (allow, action, resource)."""
    held = replace(api.runtime.founded.user, id=f"user-{name}", name=name, admin=False)
    with api.runtime.store.begin(write=True) as uow:
        uow.of(User).add(held)
        for number, (allow, action, resource) in enumerate(statements):
            uow.of(UserStatement).add(
                UserStatement(f"{name}-{number}", api.account, held.id, allow, (action,), (resource,), 0)
            )
    add_key(api, f"LTAI{name}", "secret", user_id=held.id)
    return Signer(f"LTAI{name}", "secret", api.signer.now)


def status_and_code(api: Any, signer: Signer, action: str, **parameters: str) -> tuple[int, str]:
    response = api.send(signer.v3(action, parameters))
    return response.status, json.loads(response.body).get("Code", "")


def statement(api: Any, *actions: str, effect: str = "Allow", who: str = "user/reader", **more: Any) -> dict[str, Any]:
    principal = {"RAM": [f"acs:ram::{api.account}:{who}"]}
    return {"Effect": effect, "Principal": principal, "Action": list(actions), "Resource": ["*"], **more}


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "1", "Statement": list(statements)})


def encrypt(api: Any, signer: Signer, key_id: str) -> tuple[int, str]:
    return status_and_code(api, signer, "Encrypt", KeyId=key_id, Plaintext="eA==")


OK, NO = (200, ""), (403, "Forbidden.NoPermission")


def test_a_key_without_a_policy_says_the_default_one(api: Any) -> None:
    found = json.loads(api.ok("GetKeyPolicy", {"KeyId": api.key(), "PolicyName": "default"})["Policy"])
    assert found["Statement"][0]["Principal"] == {"RAM": [f"acs:ram::{api.account}:*"]}
    assert found["Version"] == "1"
    assert api.code("GetKeyPolicy", {"KeyId": api.key(), "PolicyName": "mine"}) == (404, "Forbidden.ResourceNotFound")


def test_a_policy_comes_back_as_it_was_written(api: Any) -> None:
    text = document(statement(api, "kms:*", Sid="mine")).replace(", ", ",   ")
    key_id = api.key()
    api.ok("SetKeyPolicy", {"KeyId": key_id, "Policy": text})
    assert api.ok("GetKeyPolicy", {"KeyId": key_id})["Policy"] == text
    assert api.ok("GetKeyPolicy", {"KeyId": api.key(Policy=text)})["Policy"] == text


def test_a_policy_lets_a_user_use_this_key_and_no_other(api: Any) -> None:
    reader, key_id, other = user(api), api.key(), api.key()
    assert encrypt(api, reader, key_id) == NO
    api.ok("SetKeyPolicy", {"KeyId": key_id, "Policy": document(statement(api, "kms:Encrypt", "kms:Describe*"))})
    assert encrypt(api, reader, key_id) == OK
    assert status_and_code(api, reader, "DescribeKey", KeyId=key_id) == OK
    assert status_and_code(api, reader, "DisableKey", KeyId=key_id) == NO
    assert encrypt(api, reader, other) == NO
    assert status_and_code(api, reader, "ListKeys") == NO
    assert encrypt(api, user(api, "unprivileged_user"), key_id) == NO
    api.ok("SetKeyPolicy", {"KeyId": key_id, "Policy": document(statement(api, "kms:Decrypt"))})
    assert encrypt(api, reader, key_id) == NO


def test_who_may_nothing_does_not_learn_what_is_there(api: Any) -> None:
    assert encrypt(api, user(api), "00000000-0000-0000-0000-000000000000") == NO
    assert encrypt(api, user(api, "other", (True, "key:encrypt", "key/a")), "nothing") == NO


def test_one_operation_of_an_action_is_not_the_other(api: Any) -> None:
    """A data key without its plaintext is allowed; with its plaintext it is not."""
    reader, key_id = user(api), api.key()
    allowed = document(statement(api, "kms:GenerateDataKeyWithoutPlaintext"))
    api.ok("SetKeyPolicy", {"KeyId": key_id, "Policy": allowed})
    assert status_and_code(api, reader, "GenerateDataKeyWithoutPlaintext", KeyId=key_id) == OK
    assert status_and_code(api, reader, "GenerateDataKey", KeyId=key_id) == NO


def test_a_denial_wins_over_everything_a_user_has(api: Any) -> None:
    reader, key_id = user(api, "reader", (True, "*", "*")), api.key()
    assert encrypt(api, reader, key_id) == OK
    for who in ("user/reader", "*"):
        denied = document(statement(api, "kms:*"), statement(api, "kms:Encrypt", effect="Deny", who=who))
        api.ok("SetKeyPolicy", {"KeyId": key_id, "Policy": denied})
        assert encrypt(api, reader, key_id) == NO
        assert status_and_code(api, reader, "DescribeKey", KeyId=key_id) == OK
    api.ok("Encrypt", {"KeyId": key_id, "Plaintext": "eA=="})  # the owner is not bound
    other = user(api, "denied", (True, "key:*", "*"), (False, "key:encrypt", "*"))
    allowed = document(statement(api, "kms:*", who="user/denied"))
    api.ok("SetKeyPolicy", {"KeyId": key_id, "Policy": allowed})
    assert encrypt(api, other, key_id) == NO


def test_the_account_as_principal_allows_no_user_anything_new(api: Any) -> None:
    key_id = api.key()
    api.ok("SetKeyPolicy", {"KeyId": key_id, "Policy": document(statement(api, "kms:*", who="*"))})
    assert encrypt(api, user(api), key_id) == NO


@pytest.mark.parametrize(
    ("condition", "allowed"),
    [
        ({"IpAddress": {"acs:SourceIp": ["127.0.0.0/8"]}}, True),
        ({"IpAddress": {"acs:SourceIp": "10.0.0.0/8"}}, False),
        ({"NotIpAddress": {"acs:SourceIp": ["10.0.0.0/8"]}}, True),
        ({"NotIpAddress": {"acs:SourceIp": ["127.0.0.1"]}}, False),
    ],
)
def test_conditions_on_where(api: Any, condition: dict[str, Any], allowed: bool) -> None:
    reader, key_id = user(api), api.key()
    text = document(statement(api, "kms:Encrypt", Condition=condition))
    api.ok("SetKeyPolicy", {"KeyId": key_id, "Policy": text})
    assert encrypt(api, reader, key_id) == (OK if allowed else NO)


def test_conditions_on_when(api: Any) -> None:
    reader, key_id, now = user(api), api.key(), api.runtime.clock.now_ms()
    when = {
        "DateGreaterThan": {"acs:CurrentTime": stamp(now + 1000)},
        "DateLessThan": {"acs:CurrentTime": stamp(now + 3000)},
    }
    api.ok("SetKeyPolicy", {"KeyId": key_id, "Policy": document(statement(api, "kms:Encrypt", Condition=when))})
    seen = []
    for _ in range(4):
        seen.append(encrypt(api, reader, key_id))
        api.runtime.clock.advance(seconds=1)
    assert seen == [NO, OK, OK, NO]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        '{"Version":"1","Statement":[]}',
        '{"Version":"2","Statement":[$]}',
        '{"Version":"1","Statement":[$],"Id":"x"}',
        '{"Version":"1","Statement":[{"Effect":"Maybe"}]}',
        "action:s3:Get",
        "resource:acs:kms:*",
        "principal:acs:ram::1:user/a b",
        "principal:*",
        "principal:acs:ram::999:user/them",
        'condition:{"StringEquals":{"kms:tag/a":"b"}}',
        'condition:{"IpAddress":{"acs:SourceIp":"nowhere"}}',
        'condition:{"DateLessThan":{"acs:CurrentTime":"later"}}',
        "long:",
    ],
)
def test_what_is_no_policy(api: Any, text: str) -> None:
    fields = statement(api, "kms:Encrypt")
    kind, _, value = text.partition(":")
    if kind == "action":
        text = document({**fields, "Action": [value]})
    elif kind == "resource":
        text = document({**fields, "Resource": [value]})
    elif kind == "principal":
        text = document({**fields, "Principal": {"RAM": [value]}})
    elif kind == "condition":
        text = document({**fields, "Condition": json.loads(value)})
    elif kind == "long":
        text = document({**fields, "Sid": "x"}) + " " * 32768
    text = text.replace("$", json.dumps(fields))
    key_id = api.key()
    before = api.ok("GetKeyPolicy", {"KeyId": key_id})["Policy"]
    status, body = api.ask("SetKeyPolicy", {"KeyId": key_id, "Policy": text})
    assert (status, body["Code"]) == (400, "InvalidParameter" if text else "MissingParameter")
    assert '"Policy"' in body["Message"]
    assert api.ok("GetKeyPolicy", {"KeyId": key_id})["Policy"] == before


def test_key_actions_are_what_the_rows_do(api: Any) -> None:
    """Every operation that names a key is in the table, under the action its row asks for."""
    rows = api.dialect.operations
    named = {name: row.use.action for name, row in rows.items() if row.use is not None and row.use.key is not None}
    assert {name: KEY_ACTIONS.get(name) for name in named} == named
