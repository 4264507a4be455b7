"""Rotation by the clock: set here, done by the scheduler, seen here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bitting.core.model.key import Key
from bitting.core.scheduler import Scheduler
from bitting.core.usecases.keys import sweeps as scheduled_keys


@pytest.fixture
def sweep(api: Any) -> Callable[[], int]:
    def failed(job: str, error: BaseException) -> None:
        raise AssertionError(job) from error

    return Scheduler(api.runtime.gate, {}, scheduled_keys.SWEEPS, "worker", failed).run_due


def shown(api: Any, key_id: str) -> dict[str, Any]:
    found: dict[str, Any] = api.ok("DescribeKey", {"KeyId": key_id})["KeyMetadata"]
    return found


def test_a_key_rotates_on_time_and_old_ciphertexts_open(api: Any, sweep: Callable[[], int]) -> None:
    key_id = api.key()
    old = api.ok("Encrypt", {"KeyId": key_id, "Plaintext": "eA=="})
    parameters = {"KeyId": key_id, "EnableAutomaticRotation": "true", "RotationInterval": "604800s"}
    api.ok("UpdateRotationPolicy", parameters)
    found = shown(api, key_id)
    assert (found["AutomaticRotation"], found["RotationInterval"]) == ("Enabled", "604800s")
    assert found["NextRotationDate"] == "2026-11-28T12:00:00Z"
    api.runtime.clock.advance(days=6.9)
    assert sweep() == 0
    api.runtime.clock.advance(days=0.2)
    assert sweep() == 1
    after = shown(api, key_id)
    assert after["PrimaryKeyVersion"] != found["PrimaryKeyVersion"]
    new = api.ok("Encrypt", {"KeyId": key_id, "Plaintext": "eA=="})
    assert new["KeyVersionId"] == after["PrimaryKeyVersion"] != old["KeyVersionId"]
    assert api.ok("Decrypt", {"CiphertextBlob": old["CiphertextBlob"]})["KeyVersionId"] == old["KeyVersionId"]
    assert api.ok("ListKeyVersions", {"KeyId": key_id})["TotalCount"] == 2


def test_suspended_while_disabled_and_going_on_afterwards(api: Any, sweep: Callable[[], int]) -> None:
    key_id = api.key(EnableAutomaticRotation="true", RotationInterval="7d")
    api.ok("DisableKey", {"KeyId": key_id})
    assert shown(api, key_id)["AutomaticRotation"] == "Suspended"
    api.runtime.clock.advance(days=30)
    assert sweep() == 0
    api.ok("EnableKey", {"KeyId": key_id})
    assert shown(api, key_id)["AutomaticRotation"] == "Enabled"
    assert sweep() == 1
    assert api.ok("ListKeyVersions", {"KeyId": key_id})["TotalCount"] == 2


def test_off_shows_neither_interval_nor_date(api: Any) -> None:
    key_id = api.key(EnableAutomaticRotation="true", RotationInterval="365d")
    api.ok("UpdateRotationPolicy", {"KeyId": key_id, "EnableAutomaticRotation": "false"})
    found = shown(api, key_id)
    assert found["AutomaticRotation"] == "Disabled"
    assert not {"RotationInterval", "NextRotationDate"} & set(found)


@pytest.mark.parametrize(
    ("interval", "fits"), [("6d", False), ("7d", True), ("730d", True), ("731d", False), ("1y", False)]
)
def test_intervals(api: Any, interval: str, *, fits: bool) -> None:
    parameters = {"KeyId": api.key(), "EnableAutomaticRotation": "true", "RotationInterval": interval}
    status, body = api.ask("UpdateRotationPolicy", parameters)
    assert (status, body.get("Code", "")) == ((200, "") if fits else (400, "InvalidParameter"))


def test_what_never_rotates(api: Any) -> None:
    parameters = {"EnableAutomaticRotation": "true", "RotationInterval": "7d"}
    external = api.key(Origin="EXTERNAL")
    assert api.code("UpdateRotationPolicy", {"KeyId": api.key(KeySpec="EC_P256"), **parameters}) == (
        400,
        "InvalidParameter",
    )
    assert api.code("UpdateRotationPolicy", {"KeyId": external, **parameters}) == (409, "Rejected.PendingImport")
    service = api.key()
    with api.runtime.store.begin(write=True) as uow:
        uow.of(Key).put(replace(uow.of(Key).get(service), service="oss"))
    refused = (403, "Forbidden.NoPermission")
    assert api.code("UpdateRotationPolicy", {"KeyId": service, **parameters}) == refused
    for action, more in (
        ("UpdateKeyDescription", {"Description": "x"}),
        ("SetDeletionProtection", {"EnableDeletionProtection": "true"}),
        ("TagResource", {"Tags": '[{"TagKey":"a"}]'}),
        ("ScheduleKeyDeletion", {"PendingWindowInDays": "7"}),
        ("DisableKey", {}),
    ):
        assert api.code(action, {"KeyId": service, **more}) == refused, action
    api.ok("Encrypt", {"KeyId": service, "Plaintext": "eA=="})


def test_whose_keys_are_listed(api: Any) -> None:
    service, own = api.key(), api.key()
    with api.runtime.store.begin(write=True) as uow:
        uow.of(Key).put(replace(uow.of(Key).get(service), service="oss"))

    def listed(*kinds: str) -> set[str]:
        words = ",".join(f'"{kind}"' for kind in kinds)
        page = api.ok("ListKeys", {"Filters": f'[{{"Key":"CreatorType","Values":[{words}]}}]'})
        assert page["TotalCount"] == len(page["Keys"]["Key"])
        return {key["KeyId"] for key in page["Keys"]["Key"]}

    assert (listed("Service"), listed("User"), listed("Service", "User")) == ({service}, {own}, {service, own})


def test_protected_from_deletion(api: Any) -> None:
    made = api.ok("CreateKey")["KeyMetadata"]
    key_id = made["KeyId"]
    parameters = {"ProtectedResourceArn": made["Arn"], "EnableDeletionProtection": "true"}
    api.ok("SetDeletionProtection", parameters | {"DeletionProtectionDescription": "in use"})
    found = shown(api, key_id)
    assert (found["DeletionProtection"], found["DeletionProtectionDescription"]) == ("Enabled", "in use")
    scheduled = {"KeyId": key_id, "PendingWindowInDays": "7"}
    assert api.code("ScheduleKeyDeletion", scheduled) == (409, "Rejected.StateModifiedFailed")
    api.ok("SetDeletionProtection", {"KeyId": key_id, "EnableDeletionProtection": "false"})
    assert shown(api, key_id)["DeletionProtection"] == "Disabled"
    api.ok("ScheduleKeyDeletion", scheduled)
    assert api.code("SetDeletionProtection", {"EnableDeletionProtection": "true"}) == (400, "MissingParameter")
    both = {"KeyId": key_id, "KmsInstanceId": "kst-1", "EnableDeletionProtection": "true"}
    assert api.code("SetDeletionProtection", both) == (400, "InvalidParameter")
    elsewhere = made["Arn"].replace("cn-hangzhou", "cn-beijing")
    gone = {"ProtectedResourceArn": elsewhere, "EnableDeletionProtection": "true"}
    assert api.code("SetDeletionProtection", gone) == (404, "Forbidden.KeyNotFound")


def test_an_instance_is_protected_too(api: Any) -> None:
    instance = api.runtime.founded.instance.id
    parameters = {
        "KmsInstanceId": instance,
        "EnableDeletionProtection": "true",
        "DeletionProtectionDescription": "why",
    }
    api.ok("SetDeletionProtection", parameters)
    assert api.code("ReleaseKmsInstance", {"KmsInstanceId": instance}) == (409, "Rejected.DeletionProtected")
    shown_as = api.ok("GetKmsInstance", {"KmsInstanceId": instance})["KmsInstance"]
    assert (shown_as["DeletionProtection"], shown_as["DeletionProtectionDescription"]) == (True, "why")


def test_descriptions(api: Any) -> None:
    key_id = api.key(Description="old")
    api.ok("UpdateKeyDescription", {"KeyId": key_id, "Description": "new"})
    assert shown(api, key_id)["Description"] == "new"
    api.ok("UpdateKeyDescription", {"KeyId": key_id, "Description": ""})
    assert shown(api, key_id)["Description"] == ""
    assert api.code("UpdateKeyDescription", {"KeyId": key_id}) == (400, "MissingParameter")
    assert api.code("UpdateKeyDescription", {"KeyId": "alias/a", "Description": "x"}) == (400, "Unsupported.Alias")
