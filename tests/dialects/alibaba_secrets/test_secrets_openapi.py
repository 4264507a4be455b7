"""Alibaba's secrets operations through the OpenAPI."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from alibaba_openapi.signer import Signer
from alibaba_openapi.test_openapi_account import NO, OK, document, statement, status_and_code, user
from alibaba_secrets.conftest import RDS, Secrets

from bitting.core.material import KeyMaterial
from bitting.core.model.identity import AccessKey, User
from bitting.core.model.secret import Secret, SecretState, Target
from bitting.core.model.service import Quota, Switches
from bitting.dialects.base.errors import Row, load

OPERATIONS = {
    "BatchGetSecretValue", "CreateSecret", "DeleteSecret", "DescribeSecret", "GetRandomPassword", "GetSecretPolicy",
    "GetSecretValue", "ListSecretVersionIds", "ListSecrets", "PutSecretValue", "RestoreSecret", "RotateSecret",
    "SetSecretPolicy", "UpdateSecret", "UpdateSecretRotationPolicy", "UpdateSecretVersionStage",
}  # fmt: skip


def test_all_sixteen_are_served(api: Secrets) -> None:
    assert set(api.dialect.operations) >= OPERATIONS
    assert len(OPERATIONS) == 16


def test_a_generic_secret_and_its_life(api: Secrets) -> None:
    made = api.create(Description="a", Tags='[{"TagKey":"env","TagValue":"prod"}]')
    made.pop("RequestId")
    arn = f"acs:kms:cn-hangzhou:{api.account}:secret/db"
    assert made == {"Arn": arn, "SecretName": "db", "SecretType": "Generic", "VersionId": "v1", "DKMSInstanceId": ""}
    read = api.value()
    read.pop("RequestId")
    assert read == {
        "SecretName": "db",
        "SecretType": "Generic",
        "SecretData": "one",
        "SecretDataType": "text",
        "VersionId": "v1",
        "VersionStages": {"VersionStage": ["ACSCurrent"]},
        "CreateTime": "2026-11-21T12:00:00Z",
    }
    assert api.value(arn)["SecretData"] == "one"
    described = api.ok("DescribeSecret", {"SecretName": "db", "FetchTags": "true"})
    assert described["Tags"] == {"Tag": [{"TagKey": "env", "TagValue": "prod"}]}
    assert "EncryptionKeyId" not in described
    assert described["PlannedDeleteTime"] == ""
    assert "Tags" not in api.ok("DescribeSecret", {"SecretName": "db"})
    api.ok("UpdateSecret", {"SecretName": "db", "Description": "b"})
    assert api.ok("DescribeSecret", {"SecretName": "db"})["Description"] == "b"
    gone = api.ok("DeleteSecret", {"SecretName": "db", "RecoveryWindowInDays": "7"})
    assert gone["PlannedDeleteTime"] == "2026-11-28T12:00:00Z"
    assert api.ok("RestoreSecret", {"SecretName": "db"})["SecretName"] == "db"
    assert api.ok("DeleteSecret", {"SecretName": "db", "ForceDeleteWithoutRecovery": "true"})["PlannedDeleteTime"] == ""
    assert api.code("DescribeSecret", {"SecretName": "db"}) == (404, "Forbidden.ResourceNotFound")


def test_put_is_idempotent_and_moves_the_stages(api: Secrets) -> None:
    api.create()
    assert api.put("two", "v2")["VersionStages"] == {"VersionStage": ["ACSCurrent"]}
    assert api.put("two", "v2")["VersionId"] == "v2"
    assert api.code("PutSecretValue", {"SecretName": "db", "SecretData": "other", "VersionId": "v2"}) == (
        409,
        "Rejected.ResourceExist",
    )
    assert api.value(VersionStage="ACSPrevious")["SecretData"] == "one"
    assert api.value(VersionId="v1")["VersionStages"] == {"VersionStage": ["ACSPrevious"]}
    assert api.code("GetSecretValue", {"SecretName": "db", "VersionId": "v1", "VersionStage": "ACSCurrent"})[0] == 400


@pytest.mark.parametrize("spelt", ['["blue"]', '{"VersionStage":["blue"]}', "blue"])
def test_stages_in_every_spelling_in_sight(api: Secrets, spelt: str) -> None:
    api.create()
    assert api.put("two", "v2", VersionStages=spelt)["VersionStages"] == {"VersionStage": ["blue"]}
    assert api.value()["SecretData"] == "one"


def test_ten_versions_eight_stages(api: Secrets) -> None:
    api.create()
    for number in range(2, 15):
        api.put(str(number), f"v{number}")
    listed = api.ok("ListSecretVersionIds", {"SecretName": "db", "IncludeDeprecated": "true"})
    assert (listed["TotalCount"], listed["PageSize"], listed["PageNumber"]) == (10, 20, 1)
    named = api.ok("ListSecretVersionIds", {"SecretName": "db"})["VersionIds"]["VersionId"]
    assert [item["VersionId"] for item in named] == ["v13", "v14"]
    for number in range(6):
        api.ok("UpdateSecretVersionStage", {"SecretName": "db", "VersionStage": f"s{number}", "MoveToVersion": "v14"})
    last = {"SecretName": "db", "VersionStage": "more", "MoveToVersion": "v14"}
    assert api.code("UpdateSecretVersionStage", last) == (400, "Rejected.LimitExceeded")


def test_stages_move_and_go_but_not_the_systems(api: Secrets) -> None:
    api.create()
    api.put("two", "v2")
    move = {"SecretName": "db", "VersionStage": "ACSCurrent", "MoveToVersion": "v1", "RemoveFromVersion": "v2"}
    api.ok("UpdateSecretVersionStage", move)
    assert api.value()["SecretData"] == "one"
    assert api.value(VersionStage="ACSPrevious")["SecretData"] == "two"
    assert api.code("UpdateSecretVersionStage", move) == (400, "InvalidParameter")
    away = {"SecretName": "db", "VersionStage": "ACSCurrent", "RemoveFromVersion": "v1"}
    assert api.code("UpdateSecretVersionStage", away) == (400, "MissingParameter")
    api.ok("UpdateSecretVersionStage", {"SecretName": "db", "VersionStage": "x", "MoveToVersion": "v1"})
    api.ok("UpdateSecretVersionStage", {"SecretName": "db", "VersionStage": "x", "RemoveFromVersion": "v1"})
    assert api.code("GetSecretValue", {"SecretName": "db", "VersionStage": "x"}) == (404, "Forbidden.ResourceNotFound")


def test_lists_filter(api: Secrets) -> None:
    api.create("apple", Tags='[{"TagKey":"k","TagValue":"v"}]')
    api.create("banana")
    api.create("rds", **RDS)

    def listed(*filters: tuple[str, list[str]], **more: str) -> list[str]:
        parameters = json.dumps([{"Key": key, "Values": values} for key, values in filters])
        page = api.ok("ListSecrets", {"Filters": parameters, **more})
        assert page["TotalCount"] == len(page["SecretList"]["Secret"])
        return [item["SecretName"] for item in page["SecretList"]["Secret"]]

    assert listed() == ["apple", "banana", "rds"]
    assert listed(("SecretName", ["an"])) == ["banana"]
    assert listed(("SecretType", ["RDS"])) == ["rds"]
    assert listed(("TagKey", ["k"]), ("TagValue", ["v"])) == ["apple"]
    page = api.ok("ListSecrets", {"PageSize": "2", "PageNumber": "2", "FetchTags": "true"})
    assert [item["SecretName"] for item in page["SecretList"]["Secret"]] == ["rds"]
    assert page["SecretList"]["Secret"][0]["Tags"] == {"Tag": []}
    assert (page["PageNumber"], page["PageSize"], page["TotalCount"]) == (2, 2, 3)


def test_items_that_are_no_names_do_not_spoil_a_batch(api: Secrets) -> None:
    """Lone surrogates, other types, deep and ambiguous JSON: an error entry or a refusal, never a failure of ours."""
    api.create()
    items = r'[{"SecretName":"db"},{"SecretName":"\ud83d"},{"SecretName":7},{"SecretName":{"a":1}},7,null,'
    items += r'{"SecretName":"db","VersionId":"\udc00"},{"SecretName":"db","VersionStage":["x"]}]'
    body = api.ok("BatchGetSecretValue", {"SecretsList": items.replace("\\\\", "\\")})
    assert [value["SecretData"] for value in body["SecretValues"]] == ["one"]
    assert [error["SecretName"] for error in body["Errors"]] == ["?", "", "", "", "", "db", "db"]
    assert all(400 <= error["HttpStatus"] < 500 for error in body["Errors"])
    for bad in ('[{"SecretName":"db","SecretName":"x"}]', "[" * 20_000 + "]" * 20_000, "[NaN]"):
        assert api.code("BatchGetSecretValue", {"SecretsList": bad}) == (400, "InvalidParameter")


def test_many_values_at_once_and_what_went_wrong(api: Secrets) -> None:
    api.create()
    parameters = json.dumps([{"SecretName": "db"}, {"SecretName": "nobody"}, {"SecretName": "db", "VersionId": "v9"}])
    body = api.ok("BatchGetSecretValue", {"SecretsList": parameters})
    assert [value["SecretData"] for value in body["SecretValues"]] == ["one"]
    assert body["SecretValues"][0]["RequestId"] == body["RequestId"]
    assert [(error["SecretName"], error["HttpStatus"], error["Code"]) for error in body["Errors"]] == [
        ("nobody", 404, "Forbidden.ResourceNotFound"),
        ("db", 404, "Forbidden.ResourceNotFound"),
    ]
    many = json.dumps([{"SecretName": "db"}] * 21)
    assert api.code("BatchGetSecretValue", {"SecretsList": many}) == (400, "InvalidParameter")


def test_a_database_secret_rotates_between_two_users(api: Secrets) -> None:
    account = api.account
    with api.runtime.store.begin(write=True) as uow:
        uow.of(Target).add(
            Target(f"{account}/rm-1", account, "rm-1", "mysql", "h", 3306, "", "", b"", False, 1, ("*",))
        )
    made = api.create("rds", **RDS, EnableAutomaticRotation="true", RotationInterval="7d")
    assert (made["AutomaticRotation"], made["RotationInterval"]) == ("Enabled", "604800s")
    assert made["NextRotationDate"] == "2026-11-28T12:00:00Z"
    assert json.loads(api.value("rds")["SecretData"]) == {"AccountName": "app", "AccountPassword": "one"}
    previous = api.value("rds", VersionStage="ACSPrevious", VersionId="not looked at")
    assert json.loads(previous["SecretData"])["AccountName"] == "app2"
    rotated = api.ok("RotateSecret", {"SecretName": "rds", "VersionId": "r1"})
    assert (rotated["VersionId"], rotated["Arn"][-11:]) == ("r1", ":secret/rds")
    api.work()
    read = api.value("rds", FetchExtendedConfig="true")
    assert json.loads(read["SecretData"])["AccountName"] == "app2"
    assert read["VersionId"] == "r1"
    assert read["LastRotationDate"] == "2026-11-21T12:00:00Z"
    assert json.loads(read["ExtendedConfig"])["DBInstanceId"] == "rm-1"
    assert api.ok("RotateSecret", {"SecretName": "rds", "VersionId": "r1"})["VersionId"] == "r1"
    api.ok("UpdateSecretRotationPolicy", {"SecretName": "rds", "EnableAutomaticRotation": "false"})
    assert api.ok("DescribeSecret", {"SecretName": "rds"})["AutomaticRotation"] == "Disabled"
    api.ok("UpdateSecret", {"SecretName": "rds", "ExtendedConfig.CustomData": '{"c":"d"}'})
    assert json.loads(api.ok("DescribeSecret", {"SecretName": "rds"})["ExtendedConfig"])["CustomData"] == {"c": "d"}


def test_ram_credentials_are_our_own_access_keys(api: Secrets) -> None:
    founded = api.runtime.founded
    data = {"AccessKeys": [{"AccessKeyId": founded.access_key_id, "AccessKeySecret": founded.secret}]}
    config = {"SecretSubType": "RamUserAccessKey", "UserName": "admin"}
    made = api.create("$Auto", json.dumps(data), SecretType="RAMCredentials", ExtendedConfig=json.dumps(config))
    assert made["SecretName"] == "acs/ram/user/admin"
    api.ok("RotateSecret", {"SecretName": made["SecretName"], "VersionId": "r1"})
    api.work()
    value = json.loads(api.value(made["SecretName"])["SecretData"])
    assert set(value) == {"AccessKeyId", "AccessKeySecret", "GenerateTimestamp"}
    api.signer = Signer(value["AccessKeyId"], value["AccessKeySecret"], api.runtime.clock.now_ms)
    assert api.keys() >= 0
    with api.runtime.store.begin(write=False) as uow:
        assert uow.of(AccessKey).count() == 2


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        (
            "Redis",
            {"SecretSubType": "DoubleUsers", "AccountName": "a", "CloneAccountName": "a_clone", "InstanceId": "r-1"},
        ),
        (
            "PolarDB",
            {
                "SecretSubType": "DoubleUsers",
                "AccountName": "a",
                "DBClusterId": "pc-1",
                "DBType": "MySQL",
                "RegionId": "x",
            },
        ),
    ],
)
def test_accounts_the_service_makes_itself(api: Secrets, kind: str, config: dict[str, str]) -> None:
    instance = config.get("InstanceId") or config["DBClusterId"]
    with api.runtime.store.begin(write=True) as uow:
        uow.of(Target).add(
            Target(f"{api.account}/{instance}", api.account, instance, "mysql", "h", 1, "", "", b"", False, 1, ("*",))
        )
    api.create("auto", "$Auto", SecretType=kind, ExtendedConfig=json.dumps(config))
    assert json.loads(api.value("auto")["SecretData"])["AccountName"] == "a"
    with api.runtime.store.begin(write=True) as uow:
        held = uow.of(Target).get(f"{api.account}/{instance}")
        sealed = api.runtime.vault.wrap(KeyMaterial(b"pw"), b"secret-outlet\0" + held.id.encode())
        uow.of(Target).put(replace(held, admin="root", sealed_password=sealed))
    api.work()
    assert json.loads(api.value("auto")["SecretData"])["AccountName"] == "a_clone"


@pytest.mark.parametrize(
    ("sub", "data"),
    [
        ("Password", {"UserName": "root", "Password": "x"}),
        ("SSHKey", {"UserName": "root", "PublicKey": "ssh-rsa A", "PrivateKey": "p"}),
    ],
)
def test_hosts(api: Secrets, sub: str, data: dict[str, str]) -> None:
    config = {"SecretSubType": sub, "RegionId": "x", "InstanceId": "i-1"}
    api.create("acs/ecs/web", json.dumps(data), SecretType="ECS", ExtendedConfig=json.dumps(config))
    assert json.loads(api.value("acs/ecs/web")["SecretData"]) == data


def test_policies(api: Secrets) -> None:
    api.create()
    default = json.loads(api.ok("GetSecretPolicy", {"SecretName": "db"})["Policy"])
    assert default["Statement"][0]["Principal"] == {"RAM": [f"acs:ram::{api.account}:*"]}
    own = document(statement(api, "kms:*"))
    api.ok("SetSecretPolicy", {"SecretName": "db", "Policy": own, "PolicyName": "default"})
    assert api.ok("GetSecretPolicy", {"SecretName": "db", "PolicyName": "default"})["Policy"] == own
    assert api.code("GetSecretPolicy", {"SecretName": "db", "PolicyName": "x"}) == (404, "Forbidden.ResourceNotFound")


def test_a_policy_lets_a_user_read_this_secret_and_no_other(api: Secrets) -> None:
    api.create()
    api.create("other")
    reader = user(api, "reader", (True, "key:decrypt", "key/*"))
    allowed = document(statement(api, "kms:GetSecretValue", "kms:Describe*"))
    assert status_and_code(api, reader, "GetSecretValue", SecretName="db") == NO
    api.ok("SetSecretPolicy", {"SecretName": "db", "Policy": allowed})
    assert status_and_code(api, reader, "GetSecretValue", SecretName="db") == OK
    assert status_and_code(api, reader, "DescribeSecret", SecretName="db") == OK
    assert status_and_code(api, reader, "PutSecretValue", SecretName="db", SecretData="x", VersionId="v9") == NO
    assert status_and_code(api, reader, "GetSecretValue", SecretName="other") == NO
    assert status_and_code(api, reader, "GetSecretValue", SecretName="nothing") == NO
    assert status_and_code(api, reader, "ListSecrets") == NO
    assert status_and_code(api, user(api, "unprivileged_user"), "GetSecretValue", SecretName="db") == NO


def test_a_policy_that_denies_wins(api: Secrets) -> None:
    api.create()
    rights = ((True, "key:decrypt", "key/*"), (True, "secret:get_value", "secret/*"))
    reader = user(api, "reader", *rights)
    assert status_and_code(api, reader, "GetSecretValue", SecretName="db") == OK
    denied = document(statement(api, "kms:GetSecretValue", effect="Deny"))
    api.ok("SetSecretPolicy", {"SecretName": "db", "Policy": denied})
    assert status_and_code(api, reader, "GetSecretValue", SecretName="db") == NO


def test_passwords(api: Secrets) -> None:
    assert len(api.ok("GetRandomPassword")["RandomPassword"]) == 32
    parameters = {
        "PasswordLength": "8",
        "ExcludeLowercase": "true",
        "ExcludePunctuation": "true",
        "ExcludeUppercase": "true",
    }
    assert api.ok("GetRandomPassword", parameters)["RandomPassword"].isdigit()
    assert api.code("GetRandomPassword", {"PasswordLength": "7"}) == (400, "InvalidParameter")


@pytest.mark.parametrize(
    ("more", "parameter"),
    [
        ({"SecretName": "acs/x"}, "SecretName"),
        ({"SecretName": "a b"}, "SecretName"),
        ({"SecretName": "x" * 193}, "SecretName"),
        ({"SecretData": "x" * 30_721}, "SecretData"),
        ({"VersionId": "x" * 65}, "VersionId"),
        ({"SecretType": "Certificate"}, "SecretType"),
        ({"SecretDataType": "json"}, "SecretDataType"),
        ({"SecretType": "Rds"}, "ExtendedConfig"),
        ({"SecretType": "Rds", "ExtendedConfig": "{}"}, "ExtendedConfig"),
        ({"SecretType": "Rds", "ExtendedConfig": '{"SecretSubType":"SingleUser","DBInstanceId":"x"}'}, "SecretData"),
        ({"SecretType": "RAMCredentials", "ExtendedConfig": '{"a":"b"}'}, "SecretName"),
        ({"ExtendedConfig": "x" * 1025}, "ExtendedConfig"),
        ({"ExtendedConfig": "no json"}, "ExtendedConfig"),
        ({"Tags": '[{"TagKey":"aliyun"}]'}, "Tags"),
        ({"RotationInterval": "5h"}, "RotationInterval"),
        ({"Policy": "[]"}, "Policy"),
    ],
)
def test_bad_input_is_named_and_writes_nothing(api: Secrets, more: dict[str, str], parameter: str) -> None:
    status, body = api.ask("CreateSecret", {"SecretName": "db", "SecretData": "one", "VersionId": "v1", **more})
    assert status == 400
    assert f'"{parameter}"' in body["Message"]
    assert api.ok("ListSecrets")["TotalCount"] == 0


def test_what_only_generic_or_only_managed_secrets_do(api: Secrets) -> None:
    api.create()
    api.create("rds", **RDS)
    refused = (400, "InvalidParameter")
    assert api.code("RotateSecret", {"SecretName": "db", "VersionId": "x"}) == refused
    assert api.code("UpdateSecretRotationPolicy", {"SecretName": "db", "EnableAutomaticRotation": "false"}) == refused
    assert api.code("PutSecretValue", {"SecretName": "rds", "SecretData": "x", "VersionId": "x"}) == refused
    move = {"SecretName": "rds", "VersionStage": "x", "MoveToVersion": "v1"}
    assert api.code("UpdateSecretVersionStage", move) == refused


def test_a_dry_run_never_shows_the_value(api: Secrets) -> None:
    api.create()
    status, body = api.ask("GetSecretValue", {"SecretName": "db", "DryRun": "true"})
    assert (status, body["Code"]) == (400, "DryRunOperationError")
    assert api.code("GetSecretValue", {"SecretName": "no", "DryRun": "true"}) == (400, "ValidationError")


# ── the error rows ────────────────────────────────────────────────────────────

SCENARIOS: dict[str, Any] = {}
ROWS = [
    row
    for row in load("alibaba_openapi", "bitting.dialects.alibaba_openapi")
    if row.probe in {"CreateSecret", "RotateSecret", "DescribeSecret", "GetSecretValue", "RestoreSecret"}
]


def meets(name: str) -> Any:
    def register(function: Any) -> Any:
        SCENARIOS[name] = function
        return function

    return register


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.test_id)
def test_row(api: Secrets, row: Row) -> None:
    when = ";".join(f"{name}={'|'.join(sorted(values))}" for name, values in row.when)
    action, parameters = SCENARIOS[f"{row.fault}/{when}"](api)
    status, body = api.ask(action, parameters)
    assert (status, body["Code"], body["Message"]) == (row.status, row.code, row.message)


CREATE = ("CreateSecret", {"SecretName": "db", "SecretData": "x", "VersionId": "v1"})


@meets("Conflict/")
def _(api: Secrets) -> Any:
    api.create()
    return CREATE


@meets("NotFound/")
def _(api: Secrets) -> Any:
    return "DescribeSecret", {"SecretName": "nobody"}


@meets("ResourceInUse/")
def _(api: Secrets) -> Any:
    api.create("rds", **RDS)
    api.ok("RotateSecret", {"SecretName": "rds", "VersionId": "r1"})
    return "RotateSecret", {"SecretName": "rds", "VersionId": "r2"}


def doomed(api: Secrets) -> None:
    api.create()
    api.ok("DeleteSecret", {"SecretName": "db"})


@meets("ResourceExists/kind=secret;state=pending_deletion")
def _(api: Secrets) -> Any:
    doomed(api)
    return CREATE


@meets("SecretPendingDeletion/")
def _(api: Secrets) -> Any:
    doomed(api)
    return "GetSecretValue", {"SecretName": "db"}


@meets("SecretNotPendingDeletion/")
def _(api: Secrets) -> Any:
    api.create()
    return "RestoreSecret", {"SecretName": "db"}


@meets("SecretNotEnabled/")
def _(api: Secrets) -> Any:
    api.create()
    with api.runtime.store.begin(write=True) as uow:
        uow.of(Secret).put(replace(uow.of(Secret).find()[0], state=SecretState.DISABLED))
    return "GetSecretValue", {"SecretName": "db"}


class TestTriggersOfCommonRows:
    def test_quota(self, api: Secrets) -> None:
        ring = api.runtime.founded.account.ring
        with api.runtime.store.begin(write=True) as uow:
            uow.of(Quota).add(Quota(f"{ring}/secrets", ring, "secrets", 0))
        assert api.code(*CREATE) == (400, "Rejected.LimitExceeded")

    def test_permission(self, api: Secrets) -> None:
        api.create()
        user: User = api.runtime.founded.user
        with api.runtime.store.begin(write=True) as uow:
            uow.of(User).put(replace(user, admin=False))
        assert api.code("GetSecretValue", {"SecretName": "db"}) == (403, "Forbidden.NoPermission")

    def test_the_wrapping_keys_states(self, api: Secrets) -> None:
        key = api.key()
        api.create(EncryptionKeyId=key)
        api.ok("DisableKey", {"KeyId": key})
        assert api.code("GetSecretValue", {"SecretName": "db"}) == (409, "Rejected.Disabled")
        api.ok("ScheduleKeyDeletion", {"KeyId": key, "PendingWindowInDays": "7"})
        assert api.code("GetSecretValue", {"SecretName": "db"}) == (409, "Rejected.PendingDeletion")
        api.runtime.clock.advance(days=7)
        assert api.code("GetSecretValue", {"SecretName": "db"}) == (404, "Forbidden.KeyNotFound")

    def test_fifty_rotations_an_hour(self, api: Secrets) -> None:
        with api.runtime.store.begin(write=True) as uow:
            uow.of(Switches).add(Switches(quotas="cloud"))
            account = api.account
            uow.of(Target).add(
                Target(f"{account}/rm-1", account, "rm-1", "mysql", "h", 1, "", "", b"", False, 1, ("*",))
            )
        api.create("rds", **RDS)
        for number in range(50):
            api.ok("RotateSecret", {"SecretName": "rds", "VersionId": f"r{number}"})
            api.work()
        assert api.code("RotateSecret", {"SecretName": "rds", "VersionId": "r50"}) == (429, "Rejected.Throttling")
