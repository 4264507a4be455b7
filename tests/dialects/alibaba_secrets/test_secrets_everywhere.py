"""One secret through every cloud's API, stages under each one's names; and the instance API's two permissions."""

from __future__ import annotations

import json
from typing import Any

import pytest
from alibaba_secrets.conftest import Secrets
from huawei.conftest import ApiClient as HuaweiClient
from huawei_csms.csms_api import Csms


@pytest.fixture
def csms(runtime: Any) -> Csms:
    return Csms(HuaweiClient(runtime))


def test_one_store_two_vocabularies(api: Secrets, csms: Csms) -> None:
    api.create()
    csms.ok("create-secret-version", {"secret_string": "two"}, secret_name="db")
    assert api.value()["SecretData"] == "two"
    assert api.value(VersionStage="ACSPrevious")["SecretData"] == "one"
    api.put("three", "mine")
    latest = csms.ok("show-secret-version", secret_name="db", version_id="latest")["version"]
    assert latest["secret_string"] == "three"
    assert latest["version_metadata"]["version_stages"] == ["SYSCURRENT"]
    assert csms.ok("show-secret-stage", secret_name="db", stage_name="SYSPREVIOUS")["stage"]["version_id"] == "v2"
    csms.ok("delete-secret-for-schedule", {"recovery_window_in_days": 7}, secret_name="db")
    assert api.code("GetSecretValue", {"SecretName": "db"}) == (409, "Rejected.ResourceInDeleteWindow")


def test_numbers_go_on_after_names_of_the_other_cloud(api: Secrets, csms: Csms) -> None:
    api.create(VersionId="first")
    made = csms.ok("create-secret-version", {"secret_string": "two"}, secret_name="db")["version_metadata"]
    assert made["id"] == "v2"


def test_types_of_the_other_cloud_look_common(api: Secrets, csms: Csms) -> None:
    config = {"SecretSubType": "Password", "RegionId": "x", "InstanceId": "i-1"}
    data = {"UserName": "root", "Password": "x"}
    api.create("acs/ecs/web", json.dumps(data), SecretType="ECS", ExtendedConfig=json.dumps(config))
    assert csms.ok("list-secrets")["secrets"][0]["secret_type"] == "COMMON"
