"""KMS instances: their life, what they hold, what they answer."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from alibaba_openapi.signer import stamp

from bitting.core.gate import RequestContext
from bitting.core.model.access import InstanceSettings
from bitting.core.model.identity import Principal
from bitting.core.model.service import Switches
from bitting.core.usecases.instances import instances
from bitting.core.usecases.operator.service import SetQuota, set_quota

PLACE = {"KMProvider": "Aliyun", "VpcId": "vpc-1", "VSwitchIds": '["vsw-1","vsw-2"]', "ZoneIds": "zone-a,zone-b"}


def operate(door: Any, use: Any, command: Any) -> Any:
    """As an operator."""
    principal = Principal("", "", "", "op", (), operator=True)
    request_context = RequestContext("id", "test", "", "")
    return door.runtime.gate.run(use, principal, command, request_context, door.runtime.cache.loading)


def buy(door: Any, name: str = "second", **more: Any) -> str:
    door.runtime.clock.advance(seconds=1)
    made: str = operate(door, instances.create, instances.CreateInstance(door.account, name, **more)).id
    return made


def seen(door: Any, instance_id: str) -> dict[str, Any]:
    found: dict[str, Any] = door.ok("GetKmsInstance", {"KmsInstanceId": instance_id})["KmsInstance"]
    return found


def test_an_instance_from_buying_to_releasing(door: Any) -> None:
    instance_id = buy(door)
    bought = door.runtime.clock.now_ms()
    assert seen(door, instance_id)["Status"] == "Uninitialized"
    assert door.code("CreateKey", {"DKMSInstanceId": instance_id}) == (409, "Rejected.Uninitialized")
    door.runtime.clock.advance(seconds=60)
    door.ok("ConnectKmsInstance", {"KmsInstanceId": instance_id, **PLACE})
    assert door.code("ConnectKmsInstance", {"KmsInstanceId": instance_id, **PLACE}) == (409, "Rejected.ResourceInUse")
    assert seen(door, instance_id) == {
        "InstanceId": instance_id,
        "InstanceName": "second",
        "Status": "Connected",
        "CreateTime": stamp(bought),
        "StartDate": stamp(bought + 60_000),
        "ChargeType": "POSTPAY",
        "ProductType": "kms_ppi_public_cn",
        "ProductVersion": "3",
        "SaleStatus": "normal",
        "KeyNum": 1_000_000,
        "SecretNum": "1000000",
        "VpcNum": 1_000_000,
        "Spec": 1_000_000,
        "Log": 1,
        "LogStorage": 0,
        "VpcId": "vpc-1",
        "VswitchIds": ["vsw-1", "vsw-2"],
        "ZoneIds": ["zone-a", "zone-b"],
        "BindVpcs": {"BindVpc": []},
        "DeletionProtection": False,
        "DeletionProtectionDescription": "",
        "CaCertificateChainPem": "-- chain --",
    }
    key_id = door.key(DKMSInstanceId=instance_id)
    assert door.ok("DescribeKey", {"KeyId": key_id})["KeyMetadata"]["DKMSInstanceId"] == instance_id
    release = {"KmsInstanceId": instance_id}
    assert door.code("ReleaseKmsInstance", release) == (409, "Rejected.ResourceInUse")
    door.ok("ReleaseKmsInstance", release | {"ForceDeleteWithoutBackup": "true"})
    assert door.code("GetKmsInstance", release) == (404, "Forbidden.DKMSInstanceNotFound")
    assert door.code("DescribeKey", {"KeyId": key_id}) == (404, "Forbidden.KeyNotFound")


def test_the_first_instance_is_the_default_one(door: Any) -> None:
    first, second = door.runtime.founded.instance.id, buy(door)
    assert door.ok("GetDefaultKmsInstance")["DefaultKmsInstanceId"] == first
    listed = door.ok("ListKmsInstances")
    arn = f"acs:kms:cn-hangzhou:{door.account}:keystore/"
    assert listed["KmsInstances"]["KmsInstance"] == [
        {"KmsInstanceId": name, "KmsInstanceArn": arn + name} for name in (first, second)
    ]
    assert (listed["PageNumber"], listed["PageSize"], listed["TotalCount"]) == (1, 20, 2)
    door.ok("ReleaseKmsInstance", {"KmsInstanceId": first})
    assert door.ok("GetDefaultKmsInstance")["DefaultKmsInstanceId"] == second
    door.ok("ReleaseKmsInstance", {"KmsInstanceId": second})
    assert door.code("GetDefaultKmsInstance") == (404, "Forbidden.DKMSInstanceNotFound")


def test_instances_by_filter(door: Any) -> None:
    second = buy(door)
    filters = json.dumps([{"Key": "Status", "Values": ["Uninitialized"]}])
    listed = door.ok("ListKmsInstances", {"Filters": filters})["KmsInstances"]["KmsInstance"]
    assert [item["KmsInstanceId"] for item in listed] == [second]
    assert door.code("ListKmsInstances", {"Filters": '[{"Key":"Colour","Values":["red"]}]'}) == (
        400,
        "InvalidParameter",
    )


def test_further_networks(door: Any) -> None:
    instance_id = door.runtime.founded.instance.id
    network = {"VpcId": "vpc-2", "VSwitchId": "vsw-3", "RegionId": "cn-hangzhou", "VpcOwnerId": 123}
    door.ok("UpdateKmsInstanceBindVpc", {"KmsInstanceId": instance_id, "BindVpcs": json.dumps([network])})
    assert seen(door, instance_id)["BindVpcs"]["BindVpc"] == [network | {"VpcOwnerId": "123"}]
    operate(door, set_quota, SetQuota(instance_id, "instance_networks", 2))
    given = {"KmsInstanceId": instance_id, "BindVpcs": json.dumps([network, network])}
    assert door.code("UpdateKmsInstanceBindVpc", given) == (400, "Rejected.LimitExceeded")
    assert door.code("UpdateKmsInstanceBindVpc", given | {"BindVpcs": "[{}]"}) == (400, "InvalidParameter")
    door.ok("UpdateKmsInstanceBindVpc", given | {"BindVpcs": "[]"})
    assert seen(door, instance_id)["BindVpcs"]["BindVpc"] == []


def test_quotas_are_said_and_kept(door: Any) -> None:
    instance_id = door.runtime.founded.instance.id
    operate(door, set_quota, SetQuota(instance_id, "instance_keys", 1))
    door.key(DKMSInstanceId=instance_id)
    assert door.code("CreateKey", {"DKMSInstanceId": instance_id}) == (400, "Rejected.LimitExceeded")
    door.key()
    found = door.ok("GetKmsInstanceQuotaInfos", {"KmsInstanceId": instance_id, "ResourceType": "key"})
    assert found["KmsInstanceId"] == instance_id
    assert found["KmsInstanceQuotaInfos"] == [{"ResourceType": "key", "ResourceQuota": 1, "UsedQuantity": 1}]
    everything = door.ok("GetKmsInstanceQuotaInfos")["KmsInstanceQuotaInfos"]
    assert [item["ResourceType"] for item in everything] == ["key", "secret", "qps", "vpc"]
    assert seen(door, instance_id)["KeyNum"] == 1
    assert door.code("GetKmsInstanceQuotaInfos", {"ResourceType": "tea"}) == (400, "InvalidParameter")


def test_the_rate_is_the_one_in_force(door: Any) -> None:
    instance_id = door.runtime.founded.instance.id
    with door.runtime.store.begin(write=True) as uow:
        uow.of(Switches).add(Switches(rates="cloud"))
    assert seen(door, instance_id)["Spec"] == 1000
    key_id = door.key()
    for _ in range(5):
        door.ok("Encrypt", {"KeyId": key_id, "Plaintext": "eA=="})
    qps = door.ok("GetKmsInstanceQuotaInfos", {"ResourceType": "qps"})["KmsInstanceQuotaInfos"][0]
    assert qps["ResourceQuota"] == 1000
    assert 0 <= qps["UsedQuantity"] <= 5


def test_a_subscription_lasts_until_its_end(door: Any) -> None:
    end = door.runtime.clock.now_ms() + 10 * 86_400_000
    instance_id = buy(door, expires_ms=end)
    found = seen(door, instance_id)
    assert (found["ChargeType"], found["ProductType"], found["EndDate"]) == ("PREPAY", "kms_ddi_public_cn", stamp(end))
    given = {"KmsInstanceId": instance_id, "ForceDeleteWithoutBackup": "true"}
    assert door.code("ReleaseKmsInstance", given) == (409, "Rejected.ResourceInUse")
    door.runtime.clock.advance(days=11)
    door.ok("ReleaseKmsInstance", given)


def test_a_protected_instance_stays(door: Any) -> None:
    instance_id = door.runtime.founded.instance.id
    settings = InstanceSettings(instance_id, door.account, protected=True, protection_note="production")
    with door.runtime.store.begin(write=True) as uow:
        uow.of(InstanceSettings).add(settings)
    found = seen(door, instance_id)
    assert (found["DeletionProtection"], found["DeletionProtectionDescription"]) == (True, "production")
    assert door.code("ReleaseKmsInstance", {"KmsInstanceId": instance_id}) == (409, "Rejected.DeletionProtected")
    with door.runtime.store.begin(write=True) as uow:
        uow.of(InstanceSettings).put(replace(settings, protected=False))
    door.ok("ReleaseKmsInstance", {"KmsInstanceId": instance_id})


@pytest.mark.parametrize("missing", [*PLACE])
def test_connecting_needs_everything(door: Any, missing: str) -> None:
    given = {name: value for name, value in PLACE.items() if name != missing}
    status, body = door.ask("ConnectKmsInstance", {"KmsInstanceId": buy(door), **given})
    assert (status, body["Code"]) == (400, "MissingParameter")
    assert f'"{missing}"' in body["Message"]


def test_another_accounts_instance_is_not_there(door: Any) -> None:
    with door.runtime.store.begin(write=True) as uow:
        held = door.runtime.founded.instance
        uow.of(type(held)).put(replace(held, account_id="somebody"))
    for action in ("GetKmsInstance", "ReleaseKmsInstance"):
        assert door.code(action, {"KmsInstanceId": held.id}) == (404, "Forbidden.DKMSInstanceNotFound")
