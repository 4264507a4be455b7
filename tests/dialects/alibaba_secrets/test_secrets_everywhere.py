"""One secret through every cloud's door, stages under each one's names; and the instance API's two permissions."""

from __future__ import annotations

import json
from typing import Any

import pytest
from alibaba_secrets.conftest import Secrets
from huawei.conftest import Door as HuaweiDoor
from huawei_csms.csms_door import Csms


@pytest.fixture
def csms(runtime: Any) -> Csms:
    return Csms(HuaweiDoor(runtime))


def test_one_store_two_vocabularies(door: Secrets, csms: Csms) -> None:
    door.create()
    csms.ok("create-secret-version", {"secret_string": "two"}, secret_name="db")
    assert door.value()["SecretData"] == "two"
    assert door.value(VersionStage="ACSPrevious")["SecretData"] == "one"
    door.put("three", "mine")
    latest = csms.ok("show-secret-version", secret_name="db", version_id="latest")["version"]
    assert latest["secret_string"] == "three"
    assert latest["version_metadata"]["version_stages"] == ["SYSCURRENT"]
    assert csms.ok("show-secret-stage", secret_name="db", stage_name="SYSPREVIOUS")["stage"]["version_id"] == "v2"
    csms.ok("delete-secret-for-schedule", {"recovery_window_in_days": 7}, secret_name="db")
    assert door.code("GetSecretValue", {"SecretName": "db"}) == (409, "Rejected.ResourceInDeleteWindow")


def test_numbers_go_on_after_names_of_the_other_cloud(door: Secrets, csms: Csms) -> None:
    door.create(VersionId="first")
    made = csms.ok("create-secret-version", {"secret_string": "two"}, secret_name="db")["version_metadata"]
    assert made["id"] == "v2"


def test_types_of_the_other_cloud_look_common(door: Secrets, csms: Csms) -> None:
    config = {"SecretSubType": "Password", "RegionId": "x", "InstanceId": "i-1"}
    data = {"UserName": "root", "Password": "x"}
    door.create("acs/ecs/web", json.dumps(data), SecretType="ECS", ExtendedConfig=json.dumps(config))
    assert csms.ok("list-secrets")["secrets"][0]["secret_type"] == "COMMON"
