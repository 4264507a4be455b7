"""Attacks at the edges of the server: rows 9, 10 and 14."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path

import pytest
from alibaba_openapi import signer as acs
from huawei import sdk_signer
from live import Live
from target import Answer, Target, now_ms

from bitting.dialects.base.http import Request

MIB = 1 << 20


def address_policy(target: Target, name: str, effect: str, operator: str) -> str:
    who = {"RAM": [f"acs:ram::{target.account}:user/{name}"]}
    condition = {operator: {"acs:SourceIp": ["::1/128"]}}
    statement = {"Effect": effect, "Principal": who, "Action": ["kms:*"], "Resource": ["*"], "Condition": condition}
    return json.dumps({"Version": "1", "Statement": [statement]})


def test_09_a_denied_ipv6_source_is_denied(target: Target) -> None:
    key = target.admin.key()
    name, caller = target.ram_user((True, ["key:*"], [f"key/{key}"]))
    order = {"KeyId": key, "Plaintext": "eA=="}
    assert caller.openapi("Encrypt", order, secure=True).status == 200
    target.admin.ok("SetKeyPolicy", KeyId=key, Policy=address_policy(target, name, "Deny", "IpAddress"))
    assert caller.openapi("Encrypt", order, secure=True).status == 403
    assert caller.openapi("Encrypt", order).status == 200, "the denial is for ::1 only"


def test_09_an_ipv6_source_is_not_elsewhere(target: Target) -> None:
    key = target.admin.key()
    name, caller = target.ram_user((True, ["key:list"], ["*"]))
    order = {"KeyId": key, "Plaintext": "eA=="}
    target.admin.ok("SetKeyPolicy", KeyId=key, Policy=address_policy(target, name, "Allow", "NotIpAddress"))
    assert caller.openapi("Encrypt", order).status == 200, "127.0.0.1 is not ::1"
    assert caller.openapi("Encrypt", order, secure=True).status == 403


def test_09_a_forwarded_address_is_not_believed(target: Target) -> None:
    key = target.admin.key()
    name, caller = target.ram_user((True, ["key:*"], [f"key/{key}"]))
    policy = address_policy(target, name, "Deny", "IpAddress").replace("::1/128", "127.0.0.1/32")
    target.admin.ok("SetKeyPolicy", KeyId=key, Policy=policy)
    made = acs.Signer(caller.key_id, caller.secret, now_ms).v3(
        "Encrypt", form={"KeyId": key, "Plaintext": "eA=="}, change={"host": target.live.http}
    )
    made.headers |= {"x-forwarded-for": "10.1.1.1", "forwarded": "for=10.1.1.1", "x-real-ip": "10.1.1.1"}
    assert target.request(made).status == 403


def enabled(target: Target, key: str) -> bool:
    return bool(target.admin.ok("DescribeKey", KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled")


def replayed(target: Target, key: str, captured: Request) -> Answer:
    """A captured disabling is sent, undone by its owner, and sent again: the second answer."""
    assert target.request(captured).status == 200
    target.admin.ok("EnableKey", KeyId=key)
    time.sleep(2)  # what comes within a second and a half may be a second request of the same date: ADR 0012
    answer = target.request(captured)
    assert enabled(target, key), f"the replay disabled the key again: {answer}"
    return answer


def test_10_a_captured_huawei_request_is_spent(target: Target) -> None:
    key = target.admin.key()
    path = f"/v1.0/{target.project}/kms/disable-key"
    replayed(target, key, target.admin.signed("POST", path, {"key_id": key}))


def test_10_a_captured_v3_request_without_nonce_is_spent(target: Target) -> None:
    key, signer = target.admin.key(), acs.Signer(target.admin.key_id, target.admin.secret, now_ms)
    change = {"host": target.live.http, "x-acs-signature-nonce": None}
    replayed(target, key, signer.v3("DisableKey", form={"KeyId": key}, change=change))


def test_10_a_captured_v1_request_without_nonce_is_spent(target: Target) -> None:
    key, signer = target.admin.key(), acs.Signer(target.admin.key_id, target.admin.secret, now_ms)
    replayed(target, key, signer.v1("DisableKey", {"KeyId": key}, change={"SignatureNonce": None}))


def test_10_a_nonce_is_remembered_over_a_restart(production: Live) -> None:
    owner = Target(production)
    key = owner.admin.key()
    signer = acs.Signer(owner.admin.key_id, owner.admin.secret, now_ms)
    captured = signer.v3("DisableKey", form={"KeyId": key}, change={"host": production.http})
    assert owner.request(captured).status == 200
    owner.admin.ok("EnableKey", KeyId=key)
    assert production.stop() == 0
    production.start(120)
    assert owner.request(captured).status >= 400
    assert enabled(owner, key)


@pytest.mark.parametrize("left_out", ["host", "x-acs-date"])
def test_10_v3_signs_host_and_date(target: Target, left_out: str) -> None:
    signer = acs.Signer(target.admin.key_id, target.admin.secret, now_ms)
    made = signer.v3("ListKeys", change={"host": target.live.http}, unsigned=("user-agent", left_out))
    assert 400 <= target.request(made).status < 500


@pytest.mark.parametrize("left_out", ["host", "x-sdk-date"])
def test_10_sdk_hmac_signs_host_and_date(target: Target, left_out: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sdk_signer, "sorted", lambda names: [n for n in sorted(names) if n != left_out], raising=False)
    made = target.admin.signed("POST", f"/v1.0/{target.project}/kms/list-keys", {})
    assert left_out not in made.headers["authorization"]
    assert 400 <= target.request(made).status < 500


def test_14_a_doubled_json_key_is_refused(target: Target) -> None:
    one, two = target.admin.key(), target.admin.key()
    body = f'{{"key_id": "{one}", "key_id": "{two}"}}'.encode()
    assert 400 <= target.kms("describe-key", body, token=target.project_token).status < 500
    tags = '[{"TagKey":"a","TagKey":"b","TagValue":"c"}]'
    assert 400 <= target.admin.openapi("TagResource", {"KeyId": one, "Tags": tags}).status < 500


def test_14_no_echo_in_production(production: Live) -> None:
    mark = b"echo-mark-of-the-attack"
    host, _, port = production.http.partition(":")
    with socket.create_connection((host, int(port)), timeout=30) as wire:
        wire.sendall(b"POST /echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 23\r\n\r\n" + mark)
        answer = b"".join(iter(lambda: wire.recv(65536), b""))
    assert mark not in answer


@pytest.mark.parametrize("path", ["/v3/projects", "/v1.0/{project}/kms/list-keys", "/v3", "/"])
def test_14_a_host_header_does_not_break_out(target: Target, path: str) -> None:
    headers = {"host": 'evil"x', "x-auth-token": "none"}
    for method in ("GET", "POST"):
        answer = target.exchange(method, path.format(project=target.project), headers)
        assert 'evil"' not in json.dumps(dict(answer.headers)).replace('\\"', '"'), answer.headers
        assert b'evil"' not in answer.body.replace(b'\\"', b'"'), answer


def test_14_the_native_api_takes_no_foreign_host(target: Target) -> None:
    """A page in an operator's browser that rebinds its name reaches loopback under that name."""
    headers = {"host": "evil.example", "authorization": f"Bearer {target.native.token}"}
    assert target.exchange("GET", "/bitting/v1/accounts", headers).status >= 400


NEW_SECRET = {"SecretName": "deep", "VersionId": "v1", "SecretData": "{}"}
#: Operation, the parameter that is JSON, and what else it needs.
DEEP: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("TagResource", "Tags", {"KeyId": "x"}),
    ("Encrypt", "EncryptionContext", {"KeyId": "x", "Plaintext": "eA=="}),
    ("Decrypt", "EncryptionContext", {"CiphertextBlob": "eA=="}),
    ("Decrypt", "Recipient", {"CiphertextBlob": "eA=="}),
    ("BatchGetSecretValue", "SecretsList", {}),
    ("ListKeys", "Filters", {}),
    ("ListSecrets", "Filters", {}),
    ("SetKeyPolicy", "Policy", {"KeyId": "x"}),
    ("SetSecretPolicy", "Policy", {"SecretName": "x"}),
    ("CreateSecret", "Tags", NEW_SECRET),
    ("CreateSecret", "ExtendedConfig", {**NEW_SECRET, "SecretType": "Rds"}),
    ("CreateSecret", "SecretData", {"SecretName": "$Auto", "VersionId": "v1", "SecretType": "RAMCredentials",
                                    "ExtendedConfig": '{"SecretSubType":"RamUserAccessKey","UserName":"a@b"}'}),
    ("UpdateSecret", "ExtendedConfig.CustomData", {"SecretName": "x"}),
    ("CreatePolicy", "Permissions", {"Name": "x", "Resources": '["key/*"]'}),
    ("CreatePolicy", "Resources", {"Name": "x", "Permissions": '["RbacPermission/Template/CryptoServiceKeyUser"]'}),
    ("CreateNetworkRule", "SourcePrivateIp", {"Name": "x", "Type": "Private"}),
    ("UpdateKmsInstanceBindVpc", "BindVpcs", {"KmsInstanceId": "x"}),
    ("CreateCertificate", "SubjectAlternativeNames", {"Subject": "CN=x", "KeySpec": "EC_P256"}),
)  # fmt: skip


def test_14_deep_json_is_refused(target: Target) -> None:
    deep = "[" * 20_000 + "]" * 20_000
    found = {f"{action} {name}": target.admin.openapi(action, {**more, name: deep}) for action, name, more in DEEP}
    found["body"] = target.kms("describe-key", deep.encode(), token=target.project_token)
    found["identity"] = target.iam("POST", "/v3/users", raw=b'{"user":' + deep.encode() + b"}")
    rotation = {"name": target.name("s"), "secret_string": "{}", "secret_type": "RDS-FG", "rotation_config": deep}
    found["rotation_config"] = target.admin.huawei(f"/v1/{target.project}/secrets", rotation)
    assert {what: str(held) for what, held in found.items() if not 400 <= held.status < 500} == {}


def test_14_a_lone_surrogate_does_not_lose_the_batch(target: Target) -> None:
    name = target.name("secret")
    target.admin.ok("CreateSecret", SecretName=name, SecretData="hidden", VersionId="v1")
    for odd in ('"\\ud83d"', "5", "null", '{"a":1}', '["x"]'):
        listed = f'[{{"SecretName":"{name}"}},{{"SecretName":{odd}}}]'
        answer = target.admin.openapi("BatchGetSecretValue", {"SecretsList": listed})
        assert answer.status < 500, (odd, str(answer))
        if answer.status == 200:
            assert b"hidden" in answer.body, (odd, str(answer))


def resident(live: Live) -> int:
    """Bytes of memory that the server's processes hold."""
    assert live.process is not None
    total = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            facts = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
            group = Path(status.parent / "stat").read_text().rsplit(")", 1)[1].split()[2]
        except (OSError, ValueError):
            continue
        if int(group) == live.process.pid:
            total += int(facts.get("VmRSS", "0 kB").split()[0]) * 1024
    return total


@pytest.mark.slow
def test_14_held_bodies_have_a_budget(production: Live) -> None:
    host, _, port = production.http.partition(":")
    size, wires = 3 * MIB, []
    before = resident(production)
    try:
        for _ in range(60):
            wire = socket.create_connection((host, int(port)), timeout=30)
            wires.append(wire)
            head = "POST / HTTP/1.1\r\nhost: x\r\nx-kms-apiname: Encrypt\r\ncontent-type: application/x-protobuf\r\n"
            try:
                wire.sendall(head.encode() + f"content-length: {size}\r\n\r\n".encode() + bytes(size - 1))
            except OSError:
                continue  # refused half-way: that is a budget
        grown = resident(production) - before
    finally:
        for wire in wires:
            wire.close()
    assert grown < 100 * MIB, f"{grown / MIB:.0f} MiB for 60 bodies of 3 MiB"
