"""The key of a secret is used through the gate: whom its policy denies reads and writes no secret under it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from alibaba_openapi.test_openapi_account import document, statement, user
from alibaba_secrets.conftest import Secrets

from bitting.core.model.identity import Instance
from bitting.core.model.key import Key

DENIED = (403, "Forbidden.NoPermission")
RIGHTS = ((True, "secret:*", "*"), (True, "key:*", "*"))

READS: dict[str, dict[str, str]] = {"GetSecretValue": {"SecretName": "db"}}
WRITES: dict[str, dict[str, str]] = {
    "PutSecretValue": {"SecretName": "db", "SecretData": "two", "VersionId": "v2"},
    "CreateSecret": {"SecretName": "db2", "SecretData": "one", "VersionId": "v1"},
}


def protected(api: Secrets) -> str:
    """A key and the secret ``db`` under it."""
    key_id = api.key()
    api.create("db", EncryptionKeyId=key_id)
    WRITES["CreateSecret"]["EncryptionKeyId"] = key_id
    return key_id


def policy(api: Secrets, key_id: str, *actions: str, effect: str = "Allow") -> None:
    text = document(statement(api, "kms:Describe*"), statement(api, *actions, effect=effect))
    api.ok("SetKeyPolicy", {"KeyId": key_id, "Policy": text})


def batch(api: Secrets) -> tuple[int, str] | str:
    """The value read in a batch, or the refusal in it."""
    body = api.ok("BatchGetSecretValue", {"SecretsList": json.dumps([{"SecretName": "db"}])})
    if body["SecretValues"]:
        return str(body["SecretValues"][0]["SecretData"])
    return int(body["Errors"][0]["HttpStatus"]), str(body["Errors"][0]["Code"])


@pytest.mark.parametrize("actions", [("kms:*",), ("kms:Decrypt", "kms:GenerateDataKey")])
def test_whom_the_keys_policy_denies(api: Secrets, actions: tuple[str, ...]) -> None:
    key_id = protected(api)
    policy(api, key_id, *actions, effect="Deny")
    owner, api.signer = api.signer, user(api, "reader", *RIGHTS)
    for action, order in (READS | WRITES).items():
        assert api.code(action, order) == DENIED, action
    assert batch(api) == DENIED
    api.signer = owner
    assert api.value()["SecretData"] == "one"
    assert api.ok("ListSecrets")["TotalCount"] == 1


def test_reading_and_writing_are_denied_apart(api: Secrets) -> None:
    key_id = protected(api)
    policy(api, key_id, "kms:Decrypt", effect="Deny")
    api.signer = user(api, "reader", *RIGHTS)
    assert api.code("GetSecretValue", READS["GetSecretValue"]) == DENIED
    api.ok("PutSecretValue", WRITES["PutSecretValue"])


@pytest.mark.parametrize("by", ["secret", "statement"])
def test_whom_the_keys_policy_allows_though_no_statement_does(api: Secrets, by: str) -> None:
    """Both ways to hold the secret's right: its policy, or the user's own statement."""
    key_id = protected(api)
    rights = () if by == "secret" else ((True, "secret:*", "*"),)
    owner, api.signer = api.signer, user(api, "reader", *rights)
    if by == "secret":
        api.signer, reader = owner, api.signer
        api.ok("SetSecretPolicy", {"SecretName": "db", "Policy": document(statement(api, "kms:*"))})
        api.signer = reader
    assert api.code("GetSecretValue", READS["GetSecretValue"]) == DENIED
    reader, api.signer = api.signer, owner
    policy(api, key_id, "kms:Decrypt", "kms:GenerateDataKey")
    api.signer = reader
    assert api.value()["SecretData"] == "one"
    assert batch(api) == "one"
    api.ok("PutSecretValue", WRITES["PutSecretValue"])


def test_a_new_key_must_be_usable(api: Secrets) -> None:
    denied = api.key()
    policy(api, denied, "kms:GenerateDataKey", effect="Deny")
    order = {"SecretName": "db3", "SecretData": "one", "VersionId": "v1", "EncryptionKeyId": denied}
    owner, api.signer = api.signer, user(api, "reader", *RIGHTS)
    assert api.code("CreateSecret", order) == DENIED
    api.signer = owner
    api.ok("CreateSecret", order)


@pytest.mark.parametrize("action", [*READS, *WRITES])
def test_a_disabled_key_serves_no_secret(api: Secrets, action: str) -> None:
    key_id = protected(api)
    api.ok("DisableKey", {"KeyId": key_id})
    assert api.code(action, (READS | WRITES)[action]) == (409, "Rejected.Disabled")


def test_the_trail_names_the_key(api: Secrets) -> None:
    key_id = protected(api)
    api.value()
    event: Any = api.runtime.trail.events[-1]
    assert (event.operation, event.key_id) == ("GetSecretValue", key_id)


def test_rotation_is_begun_by_whom_the_key_lets_seal(api: Secrets) -> None:
    key_id = api.key()
    data = {"Accounts": [{"AccountName": "app", "AccountPassword": "one"}]}
    config = json.dumps({"SecretSubType": "SingleUser", "DBInstanceId": "rm-1"})
    api.create("rds", json.dumps(data), SecretType="Rds", ExtendedConfig=config, EncryptionKeyId=key_id)
    policy(api, key_id, "kms:GenerateDataKey", effect="Deny")
    api.signer = user(api, "reader", *RIGHTS)
    assert api.code("RotateSecret", {"SecretName": "rds", "VersionId": "r1"}) == DENIED


def instance_key(api: Secrets, instance_id: str) -> str:
    key_id = api.key()
    with api.runtime.store.begin(write=True) as uow:
        held = uow.of(Key).get(key_id)
        assert held is not None
        uow.of(Key).put(replace(held, instance_id=instance_id))
    return key_id


def test_a_secret_and_its_key_are_in_the_same_instance(api: Secrets) -> None:
    with api.runtime.store.begin(write=True) as uow:
        for name in ("kst-1", "kst-2"):
            uow.of(Instance).add(Instance(name, api.account, api.runtime.founded.account.ring, name, 1))
    order = {"SecretName": "db", "SecretData": "one", "VersionId": "v1", "DKMSInstanceId": "kst-1"}
    refused = (400, "InvalidParameter")
    for wrong in (instance_key(api, "kst-2"), instance_key(api, "")):
        assert api.code("CreateSecret", {**order, "EncryptionKeyId": wrong}) == refused
    right = instance_key(api, "kst-1")
    assert api.code("CreateSecret", {**order, "EncryptionKeyId": right, "DKMSInstanceId": "kst-2"}) == refused
    api.ok("CreateSecret", {**order, "EncryptionKeyId": right})
    api.ok("CreateSecret", {**order, "SecretName": "db2"})
