"""Rotation of RAM credentials: who may, of whose keys, and what a value proves."""

from __future__ import annotations

import json
from typing import Any

import pytest
from alibaba_openapi.signer import Signer
from alibaba_openapi.test_openapi_account import user
from alibaba_openapi.test_openapi_signature import add_key
from alibaba_secrets.conftest import Secrets

from bitting.core.model.identity import AccessKey
from bitting.core.model.secret import SecretTask, Stage
from bitting.core.usecases.iam.accounts import create_first_account

DENIED = (403, "Forbidden.NoPermission")
SECRETS = ((True, "secret:*", "*"), (True, "key:*", "*"))


def held(api: Secrets) -> set[str]:
    with api.runtime.store.begin(write=False) as uow:
        return {key.id for key in uow.of(AccessKey).find({})}


def credentials(api: Secrets, *pairs: tuple[str, str], owner: str = "admin", **more: str) -> str:
    data = {"AccessKeys": [{"AccessKeyId": key_id, "AccessKeySecret": secret} for key_id, secret in pairs]}
    config = json.dumps({"SecretSubType": "RamUserAccessKey", "UserName": f"{owner}@corp"})
    made = api.create("$Auto", json.dumps(data), SecretType="RAMCredentials", ExtendedConfig=config, **more)
    return str(made["SecretName"])


def key(api: Secrets, key_id: str, secret: str, **fields: Any) -> tuple[str, str]:
    """A further access key of the administrator's."""
    add_key(api, key_id, secret, **fields)
    return key_id, secret


def rotate(api: Secrets, name: str, version: str = "r1") -> SecretTask:
    """Start a rotation as whoever ``api`` is, let the clock do the rest, and look at the task."""
    api.ok("RotateSecret", {"SecretName": name, "VersionId": version})
    api.work()
    with api.runtime.store.begin(write=False) as uow:
        where = {"secret_name": name, "version": version}
        (task,) = uow.of(SecretTask).find(where, order="number", descending=True, limit=1)
    return task


def value(api: Secrets, name: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(api.value(name)["SecretData"])
    return found


def test_an_id_without_its_secret_is_no_way_to_a_new_key(api: Secrets) -> None:
    """A user of secrets names the administrator's key; what comes back must not be a key that works."""
    founded, before = api.runtime.founded, held(api)
    api.signer = user(api, "reader", *SECRETS)
    known = held(api)
    name = credentials(api, (founded.access_key_id, "a guess"))
    task = rotate(api, name)
    assert (task.state, task.error) == ("failed", "AccessKeyUnknown")
    assert value(api, name)["AccessKeyId"] == founded.access_key_id
    assert held(api) == known >= before


def test_who_knows_the_secret_still_needs_the_right_on_its_user(api: Secrets) -> None:
    founded = api.runtime.founded
    name = credentials(api, (founded.access_key_id, founded.secret))
    before = held(api)
    api.signer = user(api, "reader", *SECRETS, (True, "access_key:*", "*"))
    assert api.code("RotateSecret", {"SecretName": name, "VersionId": "r1"}) == DENIED
    policy = {"SecretName": name, "EnableAutomaticRotation": "true", "RotationInterval": "7d"}
    assert api.code("UpdateSecretRotationPolicy", policy) == DENIED
    api.work()
    assert held(api) >= before
    assert value(api, name)["AccessKeyId"] == founded.access_key_id


@pytest.mark.parametrize(
    ("rights", "allowed"),
    [
        ((), False),
        (((True, "access_key:rotate", "user/user-clerk"),), True),
        (((True, "access_key:rotate", "user/user-other"),), False),
        (((True, "access_key:rotate", "*"), (False, "access_key:rotate", "user/user-clerk")), False),
    ],
    ids=["none", "this user", "another user", "denied"],
)
def test_the_right_to_rotate_a_colleagues_key(api: Secrets, rights: tuple[Any, ...], allowed: bool) -> None:
    clerk = user(api, "clerk")
    name = credentials(api, (clerk.access_key_id, clerk.secret), owner="clerk")
    api.signer = user(api, "reader", *SECRETS, *rights)
    if allowed:
        assert rotate(api, name).state == "succeeded"
        assert value(api, name)["AccessKeyId"] != clerk.access_key_id
    else:
        assert api.code("RotateSecret", {"SecretName": name, "VersionId": "r1"}) == DENIED


def test_a_user_rotates_its_own_key(api: Secrets) -> None:
    clerk = user(api, "clerk", *SECRETS)
    api.signer = clerk
    name = credentials(api, (clerk.access_key_id, clerk.secret), owner="clerk")
    for version in ("r1", "r2", "r3"):
        assert rotate(api, name, version).state == "succeeded"
        found = value(api, name)
        api.signer = Signer(found["AccessKeyId"], found["AccessKeySecret"], api.runtime.clock.now_ms)
    assert api.value(name)["VersionId"] == "r3"
    assert clerk.access_key_id not in held(api)


def test_a_key_of_another_user_than_the_secret_names_is_not_rotated(api: Secrets) -> None:
    clerk = user(api, "clerk")
    name = credentials(api, (clerk.access_key_id, clerk.secret), owner="somebody")
    assert rotate(api, name).error == "AccessKeyUnknown"


def test_another_accounts_key_is_never_touched(api: Secrets) -> None:
    """Named as the previous version's, which finishing deletes; with its true secret or a false one."""
    runtime = api.runtime
    with runtime.store.begin(write=True) as uow:
        other = create_first_account(uow, runtime.vault, runtime.clock, runtime.entropy, "other")
    founded = runtime.founded
    for number, secret in enumerate((other.secret, "a guess")):
        name = credentials(api, key(api, f"AK{number}", "own secret"), (other.access_key_id, secret))
        assert rotate(api, name).state == "succeeded"
        assert {other.access_key_id, founded.access_key_id} <= held(api)
        api.ok("DeleteSecret", {"SecretName": name, "ForceDeleteWithoutRecovery": "true"})
    stolen = credentials(api, (other.access_key_id, other.secret))
    assert rotate(api, stolen).error == "AccessKeyUnknown"
    assert other.access_key_id in held(api)


def test_a_colleagues_key_named_as_the_previous_one_is_not_deleted(api: Secrets) -> None:
    clerk = user(api, "clerk")
    founded = api.runtime.founded
    for previous in ((clerk.access_key_id, clerk.secret), (clerk.access_key_id, "a guess")):
        name = credentials(api, key(api, f"AK-{previous[1]}", "own secret"), previous)
        assert rotate(api, name).state == "succeeded"
        assert {clerk.access_key_id, founded.access_key_id} <= held(api)
        api.ok("DeleteSecret", {"SecretName": name, "ForceDeleteWithoutRecovery": "true"})


def test_a_temporary_key_does_not_become_a_lasting_one(api: Secrets) -> None:
    ends = api.runtime.clock.now_ms() + 60_000
    temporary = key(api, "STS.1", "temporary", token_digest="d", expires_ms=ends)
    assert rotate(api, credentials(api, temporary)).error == "AccessKeyUnknown"


def test_a_key_that_ends_is_replaced_by_one_that_ends_then_too(api: Secrets) -> None:
    ends = api.runtime.clock.now_ms() + 60_000
    name = credentials(api, key(api, "AK1", "ending", expires_ms=ends))
    assert rotate(api, name).state == "succeeded"
    with api.runtime.store.begin(write=False) as uow:
        made = uow.of(AccessKey).get(value(api, name)["AccessKeyId"])
    assert made is not None
    assert made.expires_ms == ends


def test_automatic_rotation_is_not_begun_for_others(api: Secrets) -> None:
    clerk = user(api, "clerk")
    api.signer = user(api, "reader", *SECRETS)
    data = {"AccessKeys": [{"AccessKeyId": clerk.access_key_id, "AccessKeySecret": clerk.secret}]}
    config = json.dumps({"SecretSubType": "RamUserAccessKey", "UserName": "clerk"})
    order = {"SecretName": "$Auto", "SecretData": json.dumps(data), "SecretType": "RAMCredentials", "VersionId": "v1"}
    more = {"ExtendedConfig": config, "EnableAutomaticRotation": "true", "RotationInterval": "7d"}
    assert api.code("CreateSecret", {**order, **more}) == DENIED
    with api.runtime.store.begin(write=False) as uow:
        assert uow.of(Stage).count() == 0
