"""Network rules, policies, access points, client keys: fields, limits, and what the instance API makes of them."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from alibaba_openapi.signer import stamp
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from bitting.core.model.identity import AccessPolicy
from bitting.core.usecases.iam.credentials import client_key

KEY_USER = "RbacPermission/Template/CryptoServiceKeyUser"
SECRET_USER = "RbacPermission/Template/CryptoServiceSecretUser"
PASSWORD = "Passw0rd-1"


def rule(api: Any, name: str = "office", **more: str) -> dict[str, Any]:
    return api.ok("CreateNetworkRule", {"Name": name, "Type": "Private", "SourcePrivateIp": '["10.0.0.0/8"]', **more})


def policy(api: Any, name: str = "reader", **more: str) -> dict[str, Any]:
    given = {"Name": name, "Permissions": json.dumps([KEY_USER]), "Resources": '["key/*"]', **more}
    return api.ok("CreatePolicy", given)


def point(api: Any, name: str = "app", policies: str = '["reader"]', **more: str) -> dict[str, Any]:
    return api.ok("CreateApplicationAccessPoint", {"Name": name, "Policies": policies, **more})


def client(api: Any, name: str = "app", **more: str) -> dict[str, Any]:
    return api.ok("CreateClientKey", {"AapName": name, "Password": PASSWORD, **more})


def plain(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "RequestId"}


# ── network rules ─────────────────────────────────────────────────────────────


def test_a_network_rule_from_making_to_taking_away(api: Any) -> None:
    arn = f"acs:kms:cn-hangzhou:{api.account}:network/office"
    shown = {"Arn": arn, "Description": "d", "SourcePrivateIp": '["10.0.0.0/8"]', "Type": "Private"}
    assert plain(rule(api, Description="d")) == {"Name": "office", **shown}
    assert plain(api.ok("DescribeNetworkRule", {"Name": "office"})) == shown
    api.ok("UpdateNetworkRule", {"Name": "office", "SourcePrivateIp": "192.168.0.0/16, 10.1.2.3"})
    assert api.ok("DescribeNetworkRule", {"Name": "office"})["SourcePrivateIp"] == '["192.168.0.0/16","10.1.2.3"]'
    assert api.ok("DescribeNetworkRule", {"Name": "office"})["Description"] == "d"
    listed = api.ok("ListNetworkRules")
    assert listed["NetworkRules"] == {"NetworkRule": [{"Name": "office", "Type": "Private"}]}
    assert (listed["PageNumber"], listed["PageSize"], listed["TotalCount"]) == (1, 20, 1)
    api.ok("DeleteNetworkRule", {"Name": "office"})
    assert api.code("DescribeNetworkRule", {"Name": "office"}) == (404, "Forbidden.ResourceNotFound")
    assert api.code("DeleteNetworkRule", {"Name": "office"}) == (404, "Forbidden.ResourceNotFound")


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("SourcePrivateIp", '["office"]'),
        ("SourcePrivateIp", '["10.0.0.0/8"'),
        ("SourcePrivateIp", json.dumps(["10.0.0.1"] * 101)),
        ("Type", "Public"),
        ("Name", "a b"),
        ("Name", "a" * 193),
        ("Description", "d" * 257),
    ],
)
def test_what_is_no_network_rule(api: Any, parameter: str, value: str) -> None:
    given = {"Name": "office", "Type": "Private", "SourcePrivateIp": '["10.0.0.0/8"]', parameter: value}
    status, body = api.ask("CreateNetworkRule", given)
    assert (status, body["Code"]) == (400, "InvalidParameter")
    assert f'"{parameter}"' in body["Message"]
    assert api.ok("ListNetworkRules")["TotalCount"] == 0


# ── policies ──────────────────────────────────────────────────────────────────


def test_a_policy_from_making_to_taking_away(api: Any) -> None:
    instance = api.runtime.founded.instance.id
    rule(api)
    rules = '{"NetworkRules":["office"]}'
    made = plain(policy(api, AccessControlRules=rules, Description="d", KmsInstance=instance))
    arn = f"acs:kms:cn-hangzhou:{api.account}:policy/reader"
    shown = {"Name": "reader", "Arn": arn, "KmsInstance": instance, "AccessControlRules": rules, "Description": "d"}
    assert made == {**shown, "Permissions": json.dumps([KEY_USER]), "Resources": '["key/*"]'}
    assert plain(api.ok("DescribePolicy", {"Name": "reader"})) == {
        **shown,
        "Permissions": [KEY_USER],
        "Resources": ["key/*"],
    }
    both = json.dumps([KEY_USER, SECRET_USER])
    api.ok("UpdatePolicy", {"Name": "reader", "Permissions": both, "Resources": '["key/a","secret/b*"]'})
    found = api.ok("DescribePolicy", {"Name": "reader"})
    assert (found["Permissions"], found["Resources"]) == ([KEY_USER, SECRET_USER], ["key/a", "secret/b*"])
    assert found["AccessControlRules"] == rules
    api.ok("UpdatePolicy", {"Name": "reader", "AccessControlRules": '{"NetworkRules":[]}'})
    assert api.ok("DescribePolicy", {"Name": "reader"})["AccessControlRules"] == ""
    assert api.ok("ListPolicies", {"PageSize": "100"})["Policies"]["Policy"] == [
        {"Name": "default"},
        {"Name": "reader"},
    ]
    api.ok("DeletePolicy", {"Name": "reader"})
    assert api.code("UpdatePolicy", {"Name": "reader"}) == (404, "Forbidden.ResourceNotFound")


def test_a_policy_without_an_instance_is_of_the_default_one(api: Any) -> None:
    assert policy(api)["KmsInstance"] == api.ok("GetDefaultKmsInstance")["DefaultKmsInstanceId"]
    assert policy(api, "other", KmsInstance="shared")["KmsInstance"] == "shared"


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("Permissions", '["RbacPermission/Template/Everything"]'),
        ("Permissions", "[]"),
        ("Permissions", '["CryptoServiceKeyUser"]'),
        ("Resources", '["*"]'),
        ("Resources", '["key/"]'),
        ("Resources", '["key/a*b"]'),
        ("Resources", '{"key":"a"}'),
        ("AccessControlRules", '["office"]'),
        ("KmsInstance", "kst none"),
    ],
)
def test_what_is_no_policy(api: Any, parameter: str, value: str) -> None:
    given = {"Name": "p", "Permissions": json.dumps([KEY_USER]), "Resources": '["key/*"]', parameter: value}
    status, body = api.ask("CreatePolicy", given)
    assert (status, body["Code"]) == (400, "InvalidParameter")
    assert f'"{parameter}"' in body["Message"]


def test_a_policy_is_of_an_instance_that_is_there(api: Any) -> None:
    given = {"Name": "p", "Permissions": json.dumps([KEY_USER]), "Resources": '["key/*"]'}
    instance = {"KmsInstance": "kst-none"}
    assert api.code("CreatePolicy", given | instance) == (404, "Forbidden.DKMSInstanceNotFound")


# ── access points ─────────────────────────────────────────────────────────────


def test_an_access_point_from_making_to_taking_away(api: Any) -> None:
    policy(api)
    policy(api, "writer")
    arn = f"acs:kms:cn-hangzhou:{api.account}:applicationaccesspoint/app"
    shown = {"Name": "app", "Arn": arn, "AuthenticationMethod": "ClientKey", "Policies": '["reader"]'}
    assert plain(point(api, Description="d")) == {**shown, "Description": "d"}
    api.ok("UpdateApplicationAccessPoint", {"Name": "app", "Policies": '["reader","writer"]', "Description": "e"})
    found = plain(api.ok("DescribeApplicationAccessPoint", {"Name": "app"}))
    assert found == {**shown, "Policies": '["reader","writer"]', "Description": "e"}
    listed = api.ok("ListApplicationAccessPoints")["ApplicationAccessPoints"]["ApplicationAccessPoint"]
    assert listed == [{"Name": name, "AuthenticationMethod": "ClientKey"} for name in ("app", "default")]
    client(api)
    api.ok("DeleteApplicationAccessPoint", {"Name": "app"})
    assert api.code("DescribeApplicationAccessPoint", {"Name": "app"}) == (404, "Forbidden.ResourceNotFound")
    point(api)
    assert api.ok("ListClientKeys", {"AapName": "app"})["ClientKeys"] == []


def test_an_access_point_has_one_to_three_policies(api: Any) -> None:
    for name in ("a", "b", "c", "d"):
        policy(api, name)
    four = {"Name": "app", "Policies": '["a","b","c","d"]'}
    assert api.code("CreateApplicationAccessPoint", four) == (400, "InvalidParameter")
    assert api.code("CreateApplicationAccessPoint", {"Name": "app"}) == (400, "MissingParameter")
    point(api, policies='["a","b","c"]')


def test_lists_go_by_pages(api: Any) -> None:
    for number in range(25):
        rule(api, f"rule{number:02}")
    page = api.ok("ListNetworkRules", {"PageNumber": "2"})
    assert [item["Name"] for item in page["NetworkRules"]["NetworkRule"]] == [f"rule{n}" for n in range(20, 25)]
    assert (page["PageNumber"], page["PageSize"], page["TotalCount"]) == (2, 20, 25)
    assert api.code("ListNetworkRules", {"PageSize": "101"}) == (400, "InvalidParameter")


# ── client keys ───────────────────────────────────────────────────────────────


def test_a_client_key_opens_with_its_password_and_signs(api: Any) -> None:
    policy(api)
    point(api)
    made = client(api)
    store = load_pkcs12(base64.b64decode(made["PrivateKeyData"]), PASSWORD.encode())
    assert store.key is not None
    assert store.cert is not None
    assert made["KeyAlgorithm"] == "RSA_2048"
    now = api.runtime.clock.now_ms()
    assert (made["NotBefore"], made["NotAfter"]) == (stamp(now), stamp(now + 5 * 365 * 86_400_000))
    found = plain(api.ok("GetClientKey", {"ClientKeyId": made["ClientKeyId"]}))
    certificate = x509.load_pem_x509_certificate(found.pop("PublicKeyData").encode())
    signature = store.key.sign(b"m", PKCS1v15(), SHA256())
    certificate.public_key().verify(signature, b"m", PKCS1v15(), SHA256())
    assert found == {
        "ClientKeyId": made["ClientKeyId"],
        "AapName": "app",
        "CreateTime": stamp(now),
        "KeyAlgorithm": "RSA_2048",
        "KeyOrigin": "KMS_PROVIDED",
        "NotBefore": made["NotBefore"],
        "NotAfter": made["NotAfter"],
    }
    listed = api.ok("ListClientKeys", {"AapName": "app"})["ClientKeys"]
    assert [item["ClientKeyId"] for item in listed] == [made["ClientKeyId"]]
    api.ok("DeleteClientKey", {"ClientKeyId": made["ClientKeyId"]})
    assert api.code("GetClientKey", {"ClientKeyId": made["ClientKeyId"]}) == (404, "Forbidden.ResourceNotFound")
    api.runtime.cache.refresh()
    assert client_key(api.runtime.cache.loading, made["ClientKeyId"]) is None


def test_a_client_keys_validity_has_both_ends_or_neither(api: Any) -> None:
    policy(api)
    point(api)
    now = api.runtime.clock.now_ms()
    both = {"NotBefore": stamp(now + 1000), "NotAfter": stamp(now + 86_400_000)}
    made = client(api, **both)
    assert {name: made[name] for name in both} == both
    given = {"AapName": "app", "Password": PASSWORD}
    for wrong in ({"NotBefore": both["NotBefore"]}, {"NotAfter": both["NotAfter"]}, {"NotBefore": "soon"}):
        assert api.code("CreateClientKey", given | wrong) == (400, "InvalidParameter")
    past = {"NotBefore": stamp(now - 2000), "NotAfter": stamp(now - 1000)}
    assert api.code("CreateClientKey", given | past) == (400, "InvalidParameter")


@pytest.mark.parametrize("password", ["Short1-", "onlyletters", "12345678", "Passw0rd with space", "a1" * 33])
def test_a_client_keys_password(api: Any, password: str) -> None:
    status, body = api.ask("CreateClientKey", {"AapName": "default", "Password": password})
    assert (status, body["Code"]) == (400, "InvalidParameter")
    assert '"Password"' in body["Message"]
    assert password not in body["Message"]


def test_an_access_point_has_three_client_keys(api: Any) -> None:
    policy(api)
    point(api)
    for _ in range(3):
        client(api)
    given = {"AapName": "app", "Password": PASSWORD}
    assert api.code("CreateClientKey", given) == (400, "Rejected.LimitExceeded")
    assert api.code("CreateClientKey", given | {"AapName": "none"}) == (404, "Forbidden.ResourceNotFound")
    assert api.code("ListClientKeys", {"AapName": "none"}) == (404, "Forbidden.ResourceNotFound")


def test_what_a_client_key_may_follows_its_policies(api: Any) -> None:
    """The instance API reads the same records: a policy or rule that goes takes its allowance with it."""
    rule(api)
    policy(api, AccessControlRules='{"NetworkRules":["office"]}')
    point(api)
    made = client(api)

    def statements() -> Any:
        api.runtime.cache.refresh()
        credential = client_key(api.runtime.cache.loading, made["ClientKeyId"])
        held = credential.principal.statements
        return [(item.resources, tuple(test.values for test in item.conditions)) for item in held]

    assert statements() == [(("key/*",), (("10.0.0.0/8",),))]
    api.ok("UpdateNetworkRule", {"Name": "office", "SourcePrivateIp": '["10.1.0.0/16"]'})
    assert statements() == [(("key/*",), (("10.1.0.0/16",),))]
    api.ok("DeleteNetworkRule", {"Name": "office"})
    assert statements() == []
    api.ok("UpdatePolicy", {"Name": "reader", "AccessControlRules": '{"NetworkRules":[]}', "Resources": '["key/a"]'})
    assert statements() == [(("key/a",), ())]
    api.ok("DeletePolicy", {"Name": "reader"})
    assert statements() == []


def test_what_is_deleted_in_use_does_not_come_back_by_its_name(api: Any) -> None:
    """A network rule of its policies, a policy of its access points; and a policy without its last rule stays shut."""
    for name in ("office", "home"):
        api.ok("CreateNetworkRule", {"Name": name, "Type": "Private", "SourcePrivateIp": '["10.0.0.0/8"]'})
    fields = {"KmsInstance": "shared", "Permissions": '["RbacPermission/Template/CryptoServiceKeyUser"]'}
    for name, rules in (("one", '["office"]'), ("two", '["office","home"]')):
        access = f'{{"NetworkRules":{rules}}}'
        api.ok("CreatePolicy", {"Name": name, **fields, "Resources": '["key/*"]', "AccessControlRules": access})
    api.ok("DeleteNetworkRule", {"Name": "office"})
    api.ok("CreateNetworkRule", {"Name": "office", "Type": "Private", "SourcePrivateIp": '["0.0.0.0/0"]'})
    with api.runtime.store.begin(write=False) as uow:
        rules = {policy.name: policy.network_rules for policy in uow.of(AccessPolicy).find({})}
    assert (rules["one"], rules["two"]) == (("office (deleted)",), ("home",))
    point = {"Name": "app", "AuthenticationMethod": "ClientKey", "Policies": '["one","two"]'}
    api.ok("CreateApplicationAccessPoint", point)
    api.ok("DeletePolicy", {"Name": "one"})
    again = {"Name": "one", **fields, "Resources": '["key/*"]'}
    api.ok("CreatePolicy", again)
    assert json.loads(api.ok("DescribeApplicationAccessPoint", {"Name": "app"})["Policies"]) == ["two"]
