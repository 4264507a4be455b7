"""How the error rows of instances, access, account and certificates are met: request and filled holes by test id."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bitting.core.model.access import InstanceSettings
from bitting.core.model.identity import Account, AccountState, Instance

Scenario = Callable[[Any], tuple[Any, dict[str, str]]]
RULE = {"Name": "office", "Type": "Private", "SourcePrivateIp": '["10.0.0.0/8"]'}
POLICY = {"Name": "p", "Permissions": '["RbacPermission/Template/CryptoServiceKeyUser"]', "Resources": '["key/*"]'}
PLACE = {"KMProvider": "Aliyun", "VpcId": "vpc-1", "VSwitchIds": '["vsw-1"]', "ZoneIds": '["zone-a"]'}

#: Parameters that make every operation of these groups readable, for tests that ask all of them.
MANAGED = {
    **RULE,
    **POLICY,
    **PLACE,
    "Policies": '["p"]',
    "AapName": "default",
    "Password": "Passw0rd-1",
    "ClientKeyId": "KAAP.none",
    "KmsInstanceId": "kst-none",
    "BindVpcs": "[]",
    "Policy": '{"Version":"1","Statement":[{"Effect":"Allow","Principal":{"RAM":"acs:ram::1:*"},'
    '"Action":"kms:*","Resource":"*"}]}',
    "Subject": "CN=a,C=CN,O=b,OU=c",
    "CertificateId": "00000000-0000-4000-8000-000000000000",
    "Certificate": "-----BEGIN CERTIFICATE-----",
    "Status": "ACTIVE",
    "MessageType": "RAW",
    "Message": "eA==",
    "SignatureValue": "eA==",
    "Algorithm": "RSA_PKCS1_SHA_256",
    "DataKeyName": "dk",
}


def signed(api: Any, action: str, **parameters: str) -> tuple[Any, dict[str, str]]:
    return api.signer.v3(action, parameters), {}


def taken(api: Any) -> Any:
    api.ok("CreatePolicy", POLICY)
    return signed(api, "CreatePolicy", **POLICY)


def unknown(api: Any) -> Any:
    return signed(api, "DescribePolicy", Name="none")


def connected(api: Any) -> Any:
    return signed(api, "ConnectKmsInstance", KmsInstanceId=api.runtime.founded.instance.id, **PLACE)


def not_connected(api: Any) -> Any:
    held = api.runtime.founded.instance
    with api.runtime.store.begin(write=True) as uow:
        uow.of(Instance).put(replace(held, state="uninitialized"))
    return signed(api, "CreateKey", DKMSInstanceId=held.id)


def protected(api: Any) -> Any:
    held = api.runtime.founded.instance
    with api.runtime.store.begin(write=True) as uow:
        uow.of(InstanceSettings).add(InstanceSettings(held.id, api.account, protected=True))
    return signed(api, "ReleaseKmsInstance", KmsInstanceId=held.id)


def opened(api: Any) -> Any:
    return signed(api, "OpenKmsService")


def unverified(api: Any) -> Any:
    with api.runtime.store.begin(write=True) as uow:
        accounts = uow.of(Account)
        accounts.put(replace(accounts.get(api.account), state=AccountState.UNVERIFIED))
    return signed(api, "OpenKmsService")


def no_certificate(api: Any) -> Any:
    return signed(api, "DescribeCertificate", CertificateId="none")


def not_active(api: Any) -> Any:
    given = {"Subject": MANAGED["Subject"], "KeySpec": "EC_P256"}
    made = api.ok("CreateCertificate", given)["CertificateId"]
    work = {"MessageType": "RAW", "Message": "eA==", "Algorithm": "ECDSA_SHA_256"}
    return signed(api, "CertificatePrivateKeySign", CertificateId=made, **work)


MANAGE: dict[str, Scenario] = {
    "alibaba_openapi/Certificate.NotFound/ResourceNotFound/DescribeCertificate": no_certificate,
    "alibaba_openapi/Rejected.CertificateNotActive/CertificateNotActive/CertificatePrivateKeySign": not_active,
    "alibaba_openapi/Rejected.ResourceExist/Conflict/CreatePolicy": taken,
    "alibaba_openapi/Forbidden.ResourceNotFound/NotFound/DescribePolicy": unknown,
    "alibaba_openapi/Rejected.ResourceInUse/ResourceInUse/ConnectKmsInstance": connected,
    "alibaba_openapi/Rejected.Uninitialized/InstanceNotConnected/CreateKey": not_connected,
    "alibaba_openapi/Rejected.DeletionProtected/InstanceProtected/ReleaseKmsInstance": protected,
    "alibaba_openapi/Forbidden.Opened/ServiceEnabled/OpenKmsService": opened,
    "alibaba_openapi/Forbidden.NoRealNameAuthentication/AccountUnverified/OpenKmsService": unverified,
}
