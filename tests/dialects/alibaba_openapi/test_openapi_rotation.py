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
def sweep(door: Any) -> Callable[[], int]:
    def failed(job: str, error: BaseException) -> None:
        raise AssertionError(job) from error

    return Scheduler(door.runtime.gate, {}, scheduled_keys.SWEEPS, "worker", failed).run_due


def shown(door: Any, key_id: str) -> dict[str, Any]:
    found: dict[str, Any] = door.ok("DescribeKey", {"KeyId": key_id})["KeyMetadata"]
    return found


def test_a_key_rotates_on_time_and_old_ciphertexts_open(door: Any, sweep: Callable[[], int]) -> None:
    key_id = door.key()
    old = door.ok("Encrypt", {"KeyId": key_id, "Plaintext": "eA=="})
    request_context = {"KeyId": key_id, "EnableAutomaticRotation": "true", "RotationInterval": "604800s"}
    door.ok("UpdateRotationPolicy", request_context)
    found = shown(door, key_id)
    assert (found["AutomaticRotation"], found["RotationInterval"]) == ("Enabled", "604800s")
    assert found["NextRotationDate"] == "2026-11-28T12:00:00Z"
    door.runtime.clock.advance(days=6.9)
    assert sweep() == 0
    door.runtime.clock.advance(days=0.2)
    assert sweep() == 1
    after = shown(door, key_id)
    assert after["PrimaryKeyVersion"] != found["PrimaryKeyVersion"]
    new = door.ok("Encrypt", {"KeyId": key_id, "Plaintext": "eA=="})
    assert new["KeyVersionId"] == after["PrimaryKeyVersion"] != old["KeyVersionId"]
    assert door.ok("Decrypt", {"CiphertextBlob": old["CiphertextBlob"]})["KeyVersionId"] == old["KeyVersionId"]
    assert door.ok("ListKeyVersions", {"KeyId": key_id})["TotalCount"] == 2


def test_suspended_while_disabled_and_going_on_afterwards(door: Any, sweep: Callable[[], int]) -> None:
    key_id = door.key(EnableAutomaticRotation="true", RotationInterval="7d")
    door.ok("DisableKey", {"KeyId": key_id})
    assert shown(door, key_id)["AutomaticRotation"] == "Suspended"
    door.runtime.clock.advance(days=30)
    assert sweep() == 0
    door.ok("EnableKey", {"KeyId": key_id})
    assert shown(door, key_id)["AutomaticRotation"] == "Enabled"
    assert sweep() == 1
    assert door.ok("ListKeyVersions", {"KeyId": key_id})["TotalCount"] == 2


def test_off_shows_neither_interval_nor_date(door: Any) -> None:
    key_id = door.key(EnableAutomaticRotation="true", RotationInterval="365d")
    door.ok("UpdateRotationPolicy", {"KeyId": key_id, "EnableAutomaticRotation": "false"})
    found = shown(door, key_id)
    assert found["AutomaticRotation"] == "Disabled"
    assert not {"RotationInterval", "NextRotationDate"} & set(found)


@pytest.mark.parametrize(
    ("interval", "fits"), [("6d", False), ("7d", True), ("730d", True), ("731d", False), ("1y", False)]
)
def test_intervals(door: Any, interval: str, *, fits: bool) -> None:
    request_context = {"KeyId": door.key(), "EnableAutomaticRotation": "true", "RotationInterval": interval}
    status, body = door.ask("UpdateRotationPolicy", request_context)
    assert (status, body.get("Code", "")) == ((200, "") if fits else (400, "InvalidParameter"))


def test_what_never_rotates(door: Any) -> None:
    request_context = {"EnableAutomaticRotation": "true", "RotationInterval": "7d"}
    external = door.key(Origin="EXTERNAL")
    assert door.code("UpdateRotationPolicy", {"KeyId": door.key(KeySpec="EC_P256"), **request_context}) == (
        400,
        "InvalidParameter",
    )
    assert door.code("UpdateRotationPolicy", {"KeyId": external, **request_context}) == (409, "Rejected.PendingImport")
    service = door.key()
    with door.runtime.store.begin(write=True) as uow:
        uow.of(Key).put(replace(uow.of(Key).get(service), service="oss"))
    refused = (403, "Forbidden.NoPermission")
    assert door.code("UpdateRotationPolicy", {"KeyId": service, **request_context}) == refused
    for action, more in (
        ("UpdateKeyDescription", {"Description": "x"}),
        ("SetDeletionProtection", {"EnableDeletionProtection": "true"}),
        ("TagResource", {"Tags": '[{"TagKey":"a"}]'}),
        ("ScheduleKeyDeletion", {"PendingWindowInDays": "7"}),
        ("DisableKey", {}),
    ):
        assert door.code(action, {"KeyId": service, **more}) == refused, action
    door.ok("Encrypt", {"KeyId": service, "Plaintext": "eA=="})


def test_whose_keys_are_listed(door: Any) -> None:
    service, own = door.key(), door.key()
    with door.runtime.store.begin(write=True) as uow:
        uow.of(Key).put(replace(uow.of(Key).get(service), service="oss"))

    def listed(*kinds: str) -> set[str]:
        words = ",".join(f'"{kind}"' for kind in kinds)
        page = door.ok("ListKeys", {"Filters": f'[{{"Key":"CreatorType","Values":[{words}]}}]'})
        assert page["TotalCount"] == len(page["Keys"]["Key"])
        return {key["KeyId"] for key in page["Keys"]["Key"]}

    assert (listed("Service"), listed("User"), listed("Service", "User")) == ({service}, {own}, {service, own})


def test_protected_from_deletion(door: Any) -> None:
    made = door.ok("CreateKey")["KeyMetadata"]
    key_id = made["KeyId"]
    request_context = {"ProtectedResourceArn": made["Arn"], "EnableDeletionProtection": "true"}
    door.ok("SetDeletionProtection", request_context | {"DeletionProtectionDescription": "in use"})
    found = shown(door, key_id)
    assert (found["DeletionProtection"], found["DeletionProtectionDescription"]) == ("Enabled", "in use")
    scheduled = {"KeyId": key_id, "PendingWindowInDays": "7"}
    assert door.code("ScheduleKeyDeletion", scheduled) == (409, "Rejected.StateModifiedFailed")
    door.ok("SetDeletionProtection", {"KeyId": key_id, "EnableDeletionProtection": "false"})
    assert shown(door, key_id)["DeletionProtection"] == "Disabled"
    door.ok("ScheduleKeyDeletion", scheduled)
    assert door.code("SetDeletionProtection", {"EnableDeletionProtection": "true"}) == (400, "MissingParameter")
    both = {"KeyId": key_id, "KmsInstanceId": "kst-1", "EnableDeletionProtection": "true"}
    assert door.code("SetDeletionProtection", both) == (400, "InvalidParameter")
    elsewhere = made["Arn"].replace("cn-hangzhou", "cn-beijing")
    gone = {"ProtectedResourceArn": elsewhere, "EnableDeletionProtection": "true"}
    assert door.code("SetDeletionProtection", gone) == (404, "Forbidden.KeyNotFound")


def test_an_instance_is_protected_too(door: Any) -> None:
    instance = door.runtime.founded.instance.id
    request_context = {
        "KmsInstanceId": instance,
        "EnableDeletionProtection": "true",
        "DeletionProtectionDescription": "why",
    }
    door.ok("SetDeletionProtection", request_context)
    assert door.code("ReleaseKmsInstance", {"KmsInstanceId": instance}) == (409, "Rejected.DeletionProtected")
    shown_as = door.ok("GetKmsInstance", {"KmsInstanceId": instance})["KmsInstance"]
    assert (shown_as["DeletionProtection"], shown_as["DeletionProtectionDescription"]) == (True, "why")


def test_descriptions(door: Any) -> None:
    key_id = door.key(Description="old")
    door.ok("UpdateKeyDescription", {"KeyId": key_id, "Description": "new"})
    assert shown(door, key_id)["Description"] == "new"
    door.ok("UpdateKeyDescription", {"KeyId": key_id, "Description": ""})
    assert shown(door, key_id)["Description"] == ""
    assert door.code("UpdateKeyDescription", {"KeyId": key_id}) == (400, "MissingParameter")
    assert door.code("UpdateKeyDescription", {"KeyId": "alias/a", "Description": "x"}) == (400, "Unsupported.Alias")
