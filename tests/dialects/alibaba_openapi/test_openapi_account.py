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


def bar(door: Any, state: AccountState) -> None:
    with door.runtime.store.begin(write=True) as uow:
        accounts = uow.of(Account)
        accounts.put(replace(accounts.get(door.account), state=state))


def test_an_account_enables_the_service_once(door: Any) -> None:
    bar(door, AccountState.NOT_ENABLED)
    assert door.code("ListKeys") == (403, "Forbidden.KmsServiceNotEnabled")
    assert door.ok("DescribeAccountKmsStatus")["AccountStatus"] == "NotEnabled"
    door.ok("OpenKmsService")
    assert door.ok("DescribeAccountKmsStatus")["AccountStatus"] == "Enabled"
    door.ok("ListKeys")
    assert door.code("OpenKmsService") == (400, "Forbidden.Opened")


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
def test_the_accounts_status(door: Any, state: AccountState, word: str) -> None:
    bar(door, state)
    assert door.ok("DescribeAccountKmsStatus")["AccountStatus"] == word


def test_this_server_is_one_region(door: Any) -> None:
    assert door.ok("DescribeRegions")["Regions"] == {"Region": [{"RegionId": "cn-hangzhou"}]}
    assert request_context(door, user(door), "DescribeRegions") == (200, "")


def test_what_the_service_makes(door: Any) -> None:
    found = door.ok("DescribeService")
    assert found["ProtectionLevels"] == {"ProtectionLevel": [{"Type": "SOFTWARE"}]}
    specs = {item["Name"]: item for item in found["KeySpecs"]["KeySpec"]}
    assert specs["Aliyun_AES_256"]["SupportedProtectionLevels"] == {"SupportedProtectionLevel": ["SOFTWARE"]}
    assert specs["RSA_2048"]["Usages"] == {"Usage": ["ENCRYPT/DECRYPT", "SIGN/VERIFY"]}


# ── key policies ──────────────────────────────────────────────────────────────


def user(door: Any, name: str = "reader", *statements: tuple[bool, str, str]) -> Signer:
    """A user without rights but those given: (allow, action, resource)."""
    held = replace(door.runtime.founded.user, id=f"user-{name}", name=name, admin=False)
    with door.runtime.store.begin(write=True) as uow:
        uow.of(User).add(held)
        for number, (allow, action, resource) in enumerate(statements):
            uow.of(UserStatement).add(
                UserStatement(f"{name}-{number}", door.account, held.id, allow, (action,), (resource,), 0)
            )
    add_key(door, f"LTAI{name}", "secret", user_id=held.id)
    return Signer(f"LTAI{name}", "secret", door.signer.now)


def request_context(door: Any, signer: Signer, action: str, **parameters: str) -> tuple[int, str]:
    response = door.send(signer.v3(action, parameters))
    return response.status, json.loads(response.body).get("Code", "")


def statement(door: Any, *actions: str, effect: str = "Allow", who: str = "user/reader", **more: Any) -> dict[str, Any]:
    principal = {"RAM": [f"acs:ram::{door.account}:{who}"]}
    return {"Effect": effect, "Principal": principal, "Action": list(actions), "Resource": ["*"], **more}


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "1", "Statement": list(statements)})


def encrypt(door: Any, signer: Signer, key_id: str) -> tuple[int, str]:
    return request_context(door, signer, "Encrypt", KeyId=key_id, Plaintext="eA==")


OK, NO = (200, ""), (403, "Forbidden.NoPermission")


def test_a_key_without_a_policy_says_the_default_one(door: Any) -> None:
    found = json.loads(door.ok("GetKeyPolicy", {"KeyId": door.key(), "PolicyName": "default"})["Policy"])
    assert found["Statement"][0]["Principal"] == {"RAM": [f"acs:ram::{door.account}:*"]}
    assert found["Version"] == "1"
    assert door.code("GetKeyPolicy", {"KeyId": door.key(), "PolicyName": "mine"}) == (404, "Forbidden.ResourceNotFound")


def test_a_policy_comes_back_as_it_was_written(door: Any) -> None:
    text = document(statement(door, "kms:*", Sid="mine")).replace(", ", ",   ")
    key_id = door.key()
    door.ok("SetKeyPolicy", {"KeyId": key_id, "Policy": text})
    assert door.ok("GetKeyPolicy", {"KeyId": key_id})["Policy"] == text
    assert door.ok("GetKeyPolicy", {"KeyId": door.key(Policy=text)})["Policy"] == text


def test_a_policy_lets_a_user_use_this_key_and_no_other(door: Any) -> None:
    reader, key_id, other = user(door), door.key(), door.key()
    assert encrypt(door, reader, key_id) == NO
    door.ok("SetKeyPolicy", {"KeyId": key_id, "Policy": document(statement(door, "kms:Encrypt", "kms:Describe*"))})
    assert encrypt(door, reader, key_id) == OK
    assert request_context(door, reader, "DescribeKey", KeyId=key_id) == OK
    assert request_context(door, reader, "DisableKey", KeyId=key_id) == NO
    assert encrypt(door, reader, other) == NO
    assert request_context(door, reader, "ListKeys") == NO
    assert encrypt(door, user(door, "stranger"), key_id) == NO
    door.ok("SetKeyPolicy", {"KeyId": key_id, "Policy": document(statement(door, "kms:Decrypt"))})
    assert encrypt(door, reader, key_id) == NO


def test_who_may_nothing_does_not_learn_what_is_there(door: Any) -> None:
    assert encrypt(door, user(door), "00000000-0000-0000-0000-000000000000") == NO
    assert encrypt(door, user(door, "other", (True, "key:encrypt", "key/a")), "nothing") == (
        404,
        "Forbidden.KeyNotFound",
    )


def test_one_operation_of_an_action_is_not_the_other(door: Any) -> None:
    """A data key without its plaintext is allowed; with its plaintext it is not."""
    reader, key_id = user(door), door.key()
    allowed = document(statement(door, "kms:GenerateDataKeyWithoutPlaintext"))
    door.ok("SetKeyPolicy", {"KeyId": key_id, "Policy": allowed})
    assert request_context(door, reader, "GenerateDataKeyWithoutPlaintext", KeyId=key_id) == OK
    assert request_context(door, reader, "GenerateDataKey", KeyId=key_id) == NO


def test_a_denial_wins_over_everything_a_user_has(door: Any) -> None:
    reader, key_id = user(door, "reader", (True, "*", "*")), door.key()
    assert encrypt(door, reader, key_id) == OK
    for who in ("user/reader", "*"):
        denied = document(statement(door, "kms:*"), statement(door, "kms:Encrypt", effect="Deny", who=who))
        door.ok("SetKeyPolicy", {"KeyId": key_id, "Policy": denied})
        assert encrypt(door, reader, key_id) == NO
        assert request_context(door, reader, "DescribeKey", KeyId=key_id) == OK
    door.ok("Encrypt", {"KeyId": key_id, "Plaintext": "eA=="})  # the owner is not bound
    other = user(door, "denied", (True, "key:*", "*"), (False, "key:encrypt", "*"))
    allowed = document(statement(door, "kms:*", who="user/denied"))
    door.ok("SetKeyPolicy", {"KeyId": key_id, "Policy": allowed})
    assert encrypt(door, other, key_id) == NO


def test_the_account_as_principal_allows_no_user_anything_new(door: Any) -> None:
    key_id = door.key()
    door.ok("SetKeyPolicy", {"KeyId": key_id, "Policy": document(statement(door, "kms:*", who="*"))})
    assert encrypt(door, user(door), key_id) == NO


@pytest.mark.parametrize(
    ("condition", "allowed"),
    [
        ({"IpAddress": {"acs:SourceIp": ["127.0.0.0/8"]}}, True),
        ({"IpAddress": {"acs:SourceIp": "10.0.0.0/8"}}, False),
        ({"NotIpAddress": {"acs:SourceIp": ["10.0.0.0/8"]}}, True),
        ({"NotIpAddress": {"acs:SourceIp": ["127.0.0.1"]}}, False),
    ],
)
def test_conditions_on_where(door: Any, condition: dict[str, Any], allowed: bool) -> None:
    reader, key_id = user(door), door.key()
    text = document(statement(door, "kms:Encrypt", Condition=condition))
    door.ok("SetKeyPolicy", {"KeyId": key_id, "Policy": text})
    assert encrypt(door, reader, key_id) == (OK if allowed else NO)


def test_conditions_on_when(door: Any) -> None:
    reader, key_id, now = user(door), door.key(), door.runtime.clock.now_ms()
    when = {
        "DateGreaterThan": {"acs:CurrentTime": stamp(now + 1000)},
        "DateLessThan": {"acs:CurrentTime": stamp(now + 3000)},
    }
    door.ok("SetKeyPolicy", {"KeyId": key_id, "Policy": document(statement(door, "kms:Encrypt", Condition=when))})
    seen = []
    for _ in range(4):
        seen.append(encrypt(door, reader, key_id))
        door.runtime.clock.advance(seconds=1)
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
def test_what_is_no_policy(door: Any, text: str) -> None:
    fields = statement(door, "kms:Encrypt")
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
    key_id = door.key()
    before = door.ok("GetKeyPolicy", {"KeyId": key_id})["Policy"]
    status, body = door.ask("SetKeyPolicy", {"KeyId": key_id, "Policy": text})
    assert (status, body["Code"]) == (400, "InvalidParameter" if text else "MissingParameter")
    assert '"Policy"' in body["Message"]
    assert door.ok("GetKeyPolicy", {"KeyId": key_id})["Policy"] == before


def test_key_actions_are_what_the_rows_do(door: Any) -> None:
    """Every operation that names a key is in the table, under the action its row asks for."""
    rows = door.dialect.operations
    named = {name: row.use.action for name, row in rows.items() if row.use is not None and row.use.key is not None}
    assert {name: KEY_ACTIONS.get(name) for name in named} == named
