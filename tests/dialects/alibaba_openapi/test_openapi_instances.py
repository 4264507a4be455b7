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


def operate(api: Any, use: Any, command: Any) -> Any:
    """As an operator."""
    principal = Principal("", "", "", "op", (), operator=True)
    request_context = RequestContext("id", "test", "", "")
    return api.runtime.gate.run(use, principal, command, request_context, api.runtime.cache.loading)


def buy(api: Any, name: str = "second", **more: Any) -> str:
    api.runtime.clock.advance(seconds=1)
    made: str = operate(api, instances.create, instances.CreateInstance(api.account, name, **more)).id
    return made


def seen(api: Any, instance_id: str) -> dict[str, Any]:
    found: dict[str, Any] = api.ok("GetKmsInstance", {"KmsInstanceId": instance_id})["KmsInstance"]
    return found


def test_an_instance_from_buying_to_releasing(api: Any) -> None:
    instance_id = buy(api)
    bought = api.runtime.clock.now_ms()
    assert seen(api, instance_id)["Status"] == "Uninitialized"
    assert api.code("CreateKey", {"DKMSInstanceId": instance_id}) == (409, "Rejected.Uninitialized")
    api.runtime.clock.advance(seconds=60)
    api.ok("ConnectKmsInstance", {"KmsInstanceId": instance_id, **PLACE})
    assert api.code("ConnectKmsInstance", {"KmsInstanceId": instance_id, **PLACE}) == (409, "Rejected.ResourceInUse")
    assert seen(api, instance_id) == {
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
    key_id = api.key(DKMSInstanceId=instance_id)
    assert api.ok("DescribeKey", {"KeyId": key_id})["KeyMetadata"]["DKMSInstanceId"] == instance_id
    release = {"KmsInstanceId": instance_id}
    assert api.code("ReleaseKmsInstance", release) == (409, "Rejected.ResourceInUse")
    api.ok("ReleaseKmsInstance", release | {"ForceDeleteWithoutBackup": "true"})
    assert api.code("GetKmsInstance", release) == (404, "Forbidden.DKMSInstanceNotFound")
    assert api.code("DescribeKey", {"KeyId": key_id}) == (404, "Forbidden.KeyNotFound")


def test_the_first_instance_is_the_default_one(api: Any) -> None:
    first, second = api.runtime.founded.instance.id, buy(api)
    assert api.ok("GetDefaultKmsInstance")["DefaultKmsInstanceId"] == first
    listed = api.ok("ListKmsInstances")
    arn = f"acs:kms:cn-hangzhou:{api.account}:keystore/"
    assert listed["KmsInstances"]["KmsInstance"] == [
        {"KmsInstanceId": name, "KmsInstanceArn": arn + name} for name in (first, second)
    ]
    assert (listed["PageNumber"], listed["PageSize"], listed["TotalCount"]) == (1, 20, 2)
    api.ok("ReleaseKmsInstance", {"KmsInstanceId": first})
    assert api.ok("GetDefaultKmsInstance")["DefaultKmsInstanceId"] == second
    api.ok("ReleaseKmsInstance", {"KmsInstanceId": second})
    assert api.code("GetDefaultKmsInstance") == (404, "Forbidden.DKMSInstanceNotFound")


def test_instances_by_filter(api: Any) -> None:
    second = buy(api)
    filters = json.dumps([{"Key": "Status", "Values": ["Uninitialized"]}])
    listed = api.ok("ListKmsInstances", {"Filters": filters})["KmsInstances"]["KmsInstance"]
    assert [item["KmsInstanceId"] for item in listed] == [second]
    assert api.code("ListKmsInstances", {"Filters": '[{"Key":"Colour","Values":["red"]}]'}) == (
        400,
        "InvalidParameter",
    )


def test_further_networks(api: Any) -> None:
    instance_id = api.runtime.founded.instance.id
    network = {"VpcId": "vpc-2", "VSwitchId": "vsw-3", "RegionId": "cn-hangzhou", "VpcOwnerId": 123}
    api.ok("UpdateKmsInstanceBindVpc", {"KmsInstanceId": instance_id, "BindVpcs": json.dumps([network])})
    assert seen(api, instance_id)["BindVpcs"]["BindVpc"] == [network | {"VpcOwnerId": "123"}]
    operate(api, set_quota, SetQuota(instance_id, "instance_networks", 2))
    given = {"KmsInstanceId": instance_id, "BindVpcs": json.dumps([network, network])}
    assert api.code("UpdateKmsInstanceBindVpc", given) == (400, "Rejected.LimitExceeded")
    assert api.code("UpdateKmsInstanceBindVpc", given | {"BindVpcs": "[{}]"}) == (400, "InvalidParameter")
    api.ok("UpdateKmsInstanceBindVpc", given | {"BindVpcs": "[]"})
    assert seen(api, instance_id)["BindVpcs"]["BindVpc"] == []


def test_quotas_are_said_and_kept(api: Any) -> None:
    instance_id = api.runtime.founded.instance.id
    operate(api, set_quota, SetQuota(instance_id, "instance_keys", 1))
    api.key(DKMSInstanceId=instance_id)
    assert api.code("CreateKey", {"DKMSInstanceId": instance_id}) == (400, "Rejected.LimitExceeded")
    api.key()
    found = api.ok("GetKmsInstanceQuotaInfos", {"KmsInstanceId": instance_id, "ResourceType": "key"})
    assert found["KmsInstanceId"] == instance_id
    assert found["KmsInstanceQuotaInfos"] == [{"ResourceType": "key", "ResourceQuota": 1, "UsedQuantity": 1}]
    everything = api.ok("GetKmsInstanceQuotaInfos")["KmsInstanceQuotaInfos"]
    assert [item["ResourceType"] for item in everything] == ["key", "secret", "qps", "vpc"]
    assert seen(api, instance_id)["KeyNum"] == 1
    assert api.code("GetKmsInstanceQuotaInfos", {"ResourceType": "tea"}) == (400, "InvalidParameter")


def test_the_rate_is_the_one_in_force(api: Any) -> None:
    instance_id = api.runtime.founded.instance.id
    with api.runtime.store.begin(write=True) as uow:
        uow.of(Switches).add(Switches(rates="cloud"))
    assert seen(api, instance_id)["Spec"] == 1000
    key_id = api.key()
    for _ in range(5):
        api.ok("Encrypt", {"KeyId": key_id, "Plaintext": "eA=="})
    qps = api.ok("GetKmsInstanceQuotaInfos", {"ResourceType": "qps"})["KmsInstanceQuotaInfos"][0]
    assert qps["ResourceQuota"] == 1000
    assert 0 <= qps["UsedQuantity"] <= 5


def test_a_subscription_lasts_until_its_end(api: Any) -> None:
    end = api.runtime.clock.now_ms() + 10 * 86_400_000
    instance_id = buy(api, expires_ms=end)
    found = seen(api, instance_id)
    assert (found["ChargeType"], found["ProductType"], found["EndDate"]) == ("PREPAY", "kms_ddi_public_cn", stamp(end))
    given = {"KmsInstanceId": instance_id, "ForceDeleteWithoutBackup": "true"}
    assert api.code("ReleaseKmsInstance", given) == (409, "Rejected.ResourceInUse")
    api.runtime.clock.advance(days=11)
    api.ok("ReleaseKmsInstance", given)


def test_a_protected_instance_stays(api: Any) -> None:
    instance_id = api.runtime.founded.instance.id
    settings = InstanceSettings(instance_id, api.account, protected=True, protection_note="production")
    with api.runtime.store.begin(write=True) as uow:
        uow.of(InstanceSettings).add(settings)
    found = seen(api, instance_id)
    assert (found["DeletionProtection"], found["DeletionProtectionDescription"]) == (True, "production")
    assert api.code("ReleaseKmsInstance", {"KmsInstanceId": instance_id}) == (409, "Rejected.DeletionProtected")
    with api.runtime.store.begin(write=True) as uow:
        uow.of(InstanceSettings).put(replace(settings, protected=False))
    api.ok("ReleaseKmsInstance", {"KmsInstanceId": instance_id})


@pytest.mark.parametrize("missing", [*PLACE])
def test_connecting_needs_everything(api: Any, missing: str) -> None:
    given = {name: value for name, value in PLACE.items() if name != missing}
    status, body = api.ask("ConnectKmsInstance", {"KmsInstanceId": buy(api), **given})
    assert (status, body["Code"]) == (400, "MissingParameter")
    assert f'"{missing}"' in body["Message"]


def test_another_accounts_instance_is_not_there(api: Any) -> None:
    with api.runtime.store.begin(write=True) as uow:
        held = api.runtime.founded.instance
        uow.of(type(held)).put(replace(held, account_id="somebody"))
    for action in ("GetKmsInstance", "ReleaseKmsInstance"):
        assert api.code(action, {"KmsInstanceId": held.id}) == (404, "Forbidden.DKMSInstanceNotFound")
