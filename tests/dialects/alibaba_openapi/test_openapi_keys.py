"""Keys and aliases: the state table, lists and filters, names."""

from __future__ import annotations

import json
from typing import Any

import pytest
from alibaba_openapi.minimal import readable
from alibaba_openapi.scenarios_manage import MANAGED
from alibaba_openapi.test_openapi_errors import unprivileged_user

from bitting.dialects.alibaba_openapi.lookalikes import BINDING

POLICY_STATEMENT = {
    "Effect": "Allow",
    "Principal": {"RAM": ["acs:ram::$:*"]},
    "Action": ["kms:*"],
    "Resource": ["*"],
}
CERTIFICATE_ALGORITHMS = {
    "CertificatePublicKeyEncrypt": "RSAES_OAEP_SHA_256",
    "CertificatePrivateKeyDecrypt": "RSAES_OAEP_SHA_256",
}

STATE_MODIFIED = (409, "Rejected.StateModifiedFailed")
DISABLED = (409, "Rejected.Disabled")
PENDING_DELETION = (409, "Rejected.PendingDeletion")
PENDING_IMPORT = (409, "Rejected.PendingImport")
OK = (200, "")
STATES = ("Enabled", "Disabled", "PendingDeletion", "PendingImport")

#: "Impact of key states on API calls": one line an operation, one column a state.
TABLE = {
    "DescribeKey": (OK, OK, OK, OK),
    "ListAliasesByKeyId": (OK, OK, OK, OK),
    "Encrypt": (OK, DISABLED, PENDING_DELETION, PENDING_IMPORT),
    "GenerateDataKey": (OK, DISABLED, PENDING_DELETION, PENDING_IMPORT),
    "GenerateDataKeyWithoutPlaintext": (OK, DISABLED, PENDING_DELETION, PENDING_IMPORT),
    "EnableKey": (OK, OK, STATE_MODIFIED, STATE_MODIFIED),
    "DisableKey": (OK, OK, STATE_MODIFIED, STATE_MODIFIED),
    "ScheduleKeyDeletion": (OK, OK, STATE_MODIFIED, OK),
    "CancelKeyDeletion": (STATE_MODIFIED, STATE_MODIFIED, OK, STATE_MODIFIED),
    "CreateAlias": (OK, OK, STATE_MODIFIED, OK),
    "UpdateAlias": (OK, OK, PENDING_DELETION, OK),
}


def key_in(api: Any, state: str) -> str:
    key_id: str = api.key(Origin="EXTERNAL") if state == "PendingImport" else api.key()
    if state == "Disabled":
        api.ok("DisableKey", {"KeyId": key_id})
    if state == "PendingDeletion":
        api.ok("ScheduleKeyDeletion", {"KeyId": key_id, "PendingWindowInDays": "7"})
    return key_id


def state_of(api: Any, key_id: str) -> str:
    return str(api.ok("DescribeKey", {"KeyId": key_id})["KeyMetadata"]["KeyState"])


@pytest.mark.parametrize(
    ("action", "state", "expected"),
    [(action, state, row[at]) for action, row in TABLE.items() for at, state in enumerate(STATES)],
)
def test_state_table(api: Any, action: str, state: str, expected: tuple[int, str]) -> None:
    api.ok("CreateAlias", {"KeyId": api.key(), "AliasName": "alias/moves"})
    key_id = key_in(api, state)
    alias = "alias/moves" if action == "UpdateAlias" else "alias/new"
    parameters = {"KeyId": key_id, "Plaintext": "eA==", "PendingWindowInDays": "7", "AliasName": alias}
    status, body = api.ask(action, parameters)
    assert (status, body.get("Code", "")) == expected
    if expected != OK:
        assert state_of(api, key_id) == state


@pytest.mark.parametrize(
    ("state", "action", "after"),
    [
        ("Enabled", "DisableKey", "Disabled"),
        ("Disabled", "EnableKey", "Enabled"),
        ("Enabled", "ScheduleKeyDeletion", "PendingDeletion"),
        ("PendingDeletion", "CancelKeyDeletion", "Enabled"),
    ],
)
def test_transitions(api: Any, state: str, action: str, after: str) -> None:
    key_id = key_in(api, state)
    api.ok(action, {"KeyId": key_id, "PendingWindowInDays": "7"})
    assert state_of(api, key_id) == after


def test_a_cancelled_deletion_of_an_empty_key_leaves_it_empty(api: Any) -> None:
    key_id = key_in(api, "PendingImport")
    api.ok("ScheduleKeyDeletion", {"KeyId": key_id, "PendingWindowInDays": "7"})
    api.ok("CancelKeyDeletion", {"KeyId": key_id})
    assert state_of(api, key_id) == "PendingImport"


@pytest.mark.parametrize(
    ("spec", "usage", "shown"),
    [
        ("", "", "ENCRYPT/DECRYPT"),
        ("Aliyun_AES_128", "", "ENCRYPT/DECRYPT"),
        ("Aliyun_AES_192", "", "ENCRYPT/DECRYPT"),
        ("Aliyun_SM4", "", "ENCRYPT/DECRYPT"),
        ("RSA_2048", "", "SIGN/VERIFY"),
        ("RSA_2048", "ENCRYPT/DECRYPT", "ENCRYPT/DECRYPT"),
        ("RSA_3072", "", "SIGN/VERIFY"),
        ("EC_P256", "", "SIGN/VERIFY"),
        ("EC_P256K", "", "SIGN/VERIFY"),
        ("EC_SM2", "", "SIGN/VERIFY"),
        ("EC_SM2", "ENCRYPT/DECRYPT", "ENCRYPT/DECRYPT"),
    ],
)
def test_specs_and_usages(api: Any, spec: str, usage: str, shown: str) -> None:
    found = api.ok("CreateKey", {"KeySpec": spec, "KeyUsage": usage})["KeyMetadata"]
    assert (found["KeySpec"], found["KeyUsage"]) == (spec or "Aliyun_AES_256", shown)


def test_create_key_in_an_instance(api: Any) -> None:
    """A key that was asked for in hardware is not made in software."""
    instance = api.runtime.founded.instance.id
    found = api.ok("CreateKey", {"DKMSInstanceId": instance})["KeyMetadata"]
    assert (found["DKMSInstanceId"], found["ProtectionLevel"]) == (instance, "SOFTWARE")
    hardware = {"DKMSInstanceId": instance, "ProtectionLevel": "HSM"}
    assert api.code("CreateKey", hardware) == (400, "Unsupported.ProtectionLevel")


def test_create_key_accepts_all_it_documents(api: Any) -> None:
    found = api.ok(
        "CreateKey",
        {
            "Description": "x" * 8192,
            "ProtectionLevel": "SOFTWARE",
            "KeyStorageMechanism": "HsmEncryptedDatabase",
            "Policy": json.dumps({"Version": "1", "Statement": [POLICY_STATEMENT]}).replace("$", api.account),
            "Tags": '[{"TagKey":"a/\\\\_-.+=:@1","TagValue":""},{"TagKey":"b","TagValue":"2"}]',
            "EnableAutomaticRotation": "false",
            "RotationInterval": "8760h",
        },
    )["KeyMetadata"]
    assert found["AutomaticRotation"] == "Disabled"
    assert "RotationInterval" not in found


def test_a_disabled_key_suspends_its_rotation(api: Any) -> None:
    key_id = api.key(EnableAutomaticRotation="true", RotationInterval="365d")
    api.ok("DisableKey", {"KeyId": key_id})
    found = api.ok("DescribeKey", {"KeyId": key_id})["KeyMetadata"]
    assert (found["AutomaticRotation"], found["RotationInterval"]) == ("Suspended", "31536000s")


def listed(api: Any, *filters: tuple[str, list[str]], **parameters: str) -> list[str]:
    text = json.dumps([{"Key": key, "Values": values} for key, values in filters])
    found = api.ok("ListKeys", {"Filters": text, "PageSize": "100", **parameters})
    ids = [item["KeyId"] for item in found["Keys"]["Key"]]
    assert found["TotalCount"] >= len(ids)
    return ids


def test_filters(api: Any) -> None:
    plain, sm4, rsa = api.key(), api.key(KeySpec="Aliyun_SM4"), api.key(KeySpec="RSA_2048")
    instance = api.runtime.founded.instance.id
    inside = api.key(DKMSInstanceId=instance)
    api.ok("DisableKey", {"KeyId": sm4})
    api.ok("CreateAlias", {"KeyId": rsa, "AliasName": "alias/rsa"})
    everything = [plain, sm4, rsa, inside]
    assert listed(api) == everything
    assert listed(api, ("KeyState", [])) == everything
    assert listed(api, ("KeyState", ["Disabled"])) == [sm4]
    assert listed(api, ("KeyState", ["Disabled", "Enabled"])) == everything
    assert listed(api, ("KeyState", ["Disabled"]), ("KeyState", ["PendingDeletion", "Enabled"])) == everything
    assert listed(api, ("KeyState", ["Enabled"]), ("KeySpec", ["Aliyun_SM4", "RSA_2048"])) == [rsa]
    assert listed(api, ("KeyUsage", ["SIGN/VERIFY"])) == [rsa]
    assert listed(api, ("ProtectionLevel", ["HSM"])) == []
    assert listed(api, ("ProtectionLevel", ["SOFTWARE", "HSM"])) == everything
    assert listed(api, ("DKMSInstanceId", [instance])) == [inside]
    assert listed(api, ("keyId", [plain, rsa, "none"])) == [plain, rsa]
    assert listed(api, ("KeyId", [plain])) == [plain]
    assert listed(api, ("AliasName", ["alias/rsa", "alias/none"])) == [rsa]
    assert listed(api, ("AliasName", ["alias/rsa"]), ("keyId", [plain])) == []
    assert listed(api, ("AliasName", ["alias/rsa"]), ("keyId", [plain, rsa])) == [rsa]
    assert listed(api, ("Creator", [api.account])) == everything
    assert listed(api, ("Creator", ["somebody"])) == []
    assert listed(api, ("CreatorType", ["User"])) == everything
    assert listed(api, ("CreatorType", ["User", "Service"])) == everything
    assert listed(api, ("CreatorType", ["Service"])) == []
    assert listed(api, ("TagKey", ["a"]), ("TagValue", ["b"])) == []
    assert listed(api, ("keyId", ["\0", "\u6f22"])) == []


def test_pages(api: Any) -> None:
    keys = [api.key() for _ in range(12)]
    first = api.ok("ListKeys")
    assert [item["KeyId"] for item in first["Keys"]["Key"]] == keys[:10]
    assert (first["TotalCount"], first["PageNumber"], first["PageSize"]) == (12, 1, 10)
    assert listed(api, PageNumber="2", PageSize="5") == keys[5:10]
    assert listed(api, PageNumber="1000000000", PageSize="100") == []


def test_aliases(api: Any) -> None:
    one, two = api.key(), api.key()
    for name, key_id in (("alias/b", one), ("alias/a", one), ("alias/c", two)):
        api.ok("CreateAlias", {"AliasName": name, "KeyId": key_id})
    assert names(api.ok("ListAliases")) == ["alias/a", "alias/b", "alias/c"]
    assert names(api.ok("ListAliases", {"PageSize": "2", "PageNumber": "2"})) == ["alias/c"]
    counted = api.ok("ListAliases", {"PageSize": "0"})
    assert (names(counted), counted["TotalCount"]) == ([], 3)
    assert names(api.ok("ListAliasesByKeyId", {"KeyId": one, "PageSize": "101"})) == ["alias/a", "alias/b"]
    api.ok("UpdateAlias", {"AliasName": "alias/a", "KeyId": two})
    assert names(api.ok("ListAliasesByKeyId", {"KeyId": two})) == ["alias/a", "alias/c"]
    api.ok("DeleteAlias", {"AliasName": "alias/a"})
    assert api.code("DescribeKey", {"KeyId": "alias/a"}) == (404, "Forbidden.AliasNotFound")
    assert api.code("DeleteAlias", {"AliasName": "alias/a"}) == (404, "Forbidden.AliasNotFound")


def names(page: dict[str, Any]) -> list[str]:
    return [item["AliasName"] for item in page["Aliases"]["Alias"]]


def test_an_alias_is_followed_at_once(api: Any) -> None:
    one, two = api.key(), api.key()
    api.ok("CreateAlias", {"AliasName": "alias/a", "KeyId": one})
    for key_id in (one, two, one):
        api.ok("UpdateAlias", {"AliasName": "alias/a", "KeyId": key_id})
        assert api.ok("Encrypt", {"KeyId": "alias/a", "Plaintext": "eA=="})["KeyId"] == key_id


@pytest.mark.parametrize("name", ["alias/a", "alias/" + "x" * 249, "alias/a-b_c/d/9", "alias/Acs"])
def test_alias_names(api: Any, name: str) -> None:
    api.ok("CreateAlias", {"AliasName": name, "KeyId": api.key()})
    assert names(api.ok("ListAliases")) == [name]


SECRETS = {
    "SecretName": "s",
    "SecretData": "x",
    "VersionId": "v1",
    "VersionStage": "x",
    "MoveToVersion": "v1",
    "EnableAutomaticRotation": "false",
    "SecretsList": '[{"SecretName":"s"}]',
}


def test_a_stranger_sees_and_changes_nothing(api: Any) -> None:
    key_id = api.key()
    signer = unprivileged_user(api)
    for action, row in api.dialect.operations.items():
        if row.use is not None and row.use.no_permission:
            continue
        parameters = {**SECRETS, **MANAGED, **readable(action, key_id)}
        if action.startswith("Certificate"):
            parameters |= {**MANAGED, "Algorithm": CERTIFICATE_ALGORITHMS.get(action, MANAGED["Algorithm"])}
        if action in {"TagResource", "UntagResource"}:
            parameters.pop("CertificateId")
            parameters.pop("SecretName", None)
        if action == "SetDeletionProtection":
            del parameters["KmsInstanceId"]
        if action == "CreateCertificate":
            parameters["KeySpec"] = "RSA_2048"
        for name in set(BINDING) - {field.name for field in row.request}:
            parameters.pop(name, None)
        response = api.send(signer.v3(action, parameters))
        body = json.loads(response.body)
        told = body["Errors"][0] if action == "BatchGetSecretValue" else body
        assert told["Code"] == "Forbidden.NoPermission", action
    assert state_of(api, key_id) == "Enabled"
