"""Attacks on keys and what lies under them: rows 3, 5, 5b, 6 and 7."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import database_servers as databases
import pytest
from alibaba_openapi.importing import wrapped
from instance_wire import Signer, message, request, send
from target import OTHER, Answer, Caller, Target

from bitting.dialects.alibaba_instance import api_pb2

SECRET = b"the plaintext of somebody else, 48 bytes long..."
ZEROS = bytes(len(SECRET))


def text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def overlaps(one: bytes, two: bytes) -> bool:
    """Whether the exclusive or of two ciphertexts shows the plaintext at any alignment of their ends."""
    for cut in range(64):
        first, second = one[: len(one) - cut], two[: len(two) - cut]
        found = bytes(a ^ b for a, b in zip(first[::-1], second[::-1], strict=False))[::-1]
        if SECRET in found:
            return True
    return False


def test_03_a_repeated_iv_gives_no_keystream_in_openapi(target: Target) -> None:
    key = target.admin.key()
    victim = target.admin.ok("AdvanceEncrypt", KeyId=key, Plaintext=text(SECRET), Algorithm="AES_GCM")
    _name, caller = target.ram_user((True, ["key:encrypt"], [f"key/{key}"]))
    order = {"KeyId": key, "Plaintext": text(ZEROS), "Algorithm": "AES_GCM", "Iv": victim["Iv"]}
    answer = caller.openapi("AdvanceEncrypt", order)
    if answer.status == 200:
        blobs = [base64.b64decode(held["CiphertextBlob"]) for held in (victim, answer.json)]
        assert not overlaps(*blobs), "the keystream of another ciphertext"


@pytest.mark.parametrize("name", ["Encrypt", "AdvanceEncrypt"])
def test_03_a_repeated_iv_gives_no_keystream_in_the_instance(target: Target, name: str) -> None:
    key = target.admin.key(DKMSInstanceId=target.admin.ok("GetDefaultKmsInstance").get("InstanceId", ""))
    signer = Signer.of(target.live)

    def encrypt(plaintext: bytes, **more: Any) -> Any:
        body = message(name, KeyId=key, Plaintext=plaintext, Algorithm="AES_GCM", **more)
        return send(target.live, request(signer.headers(name, body), body))

    victim = encrypt(SECRET)
    assert victim.status == 200, victim.error()
    read = getattr(api_pb2, f"{name}Response").FromString
    held = read(victim.body)
    answer = encrypt(ZEROS, Iv=held.Iv)
    if answer.status == 200:
        assert not overlaps(held.CiphertextBlob, read(answer.body).CiphertextBlob), "keystream"


def denial(target: Target, name: str, effect: str = "Deny", action: str = "kms:*") -> str:
    """A key policy about one user."""
    who = {"RAM": [f"acs:ram::{target.account}:user/{name}"]}
    statement = {"Effect": effect, "Principal": who, "Action": [action], "Resource": ["*"]}
    everybody = {"Effect": "Allow", "Principal": {"RAM": [f"acs:ram::{target.account}:*"]}}
    everybody |= {"Action": ["kms:*"], "Resource": ["*"]}
    return json.dumps({"Version": "1", "Statement": [everybody, statement]})


def test_05_a_key_policy_holds_for_secrets(target: Target) -> None:
    admin, secret = target.admin, target.name("secret")
    instance = target.admin.ok("GetDefaultKmsInstance").get("InstanceId", "")
    place = {"DKMSInstanceId": instance} if instance else {}
    key = admin.key(**place)
    made = {"SecretName": secret, "SecretData": "hidden", "VersionId": "v1", "EncryptionKeyId": key, **place}
    admin.ok("CreateSecret", **made)
    name, caller = target.ram_user((True, ["secret:*", "key:*"], ["*"]))
    admin.ok("SetKeyPolicy", KeyId=key, Policy=denial(target, name))
    assert caller.openapi("Encrypt", {"KeyId": key, "Plaintext": "eA=="}).status == 403
    attempts = {
        "GetSecretValue": caller.openapi("GetSecretValue", {"SecretName": secret}),
        "PutSecretValue": caller.openapi(
            "PutSecretValue", {"SecretName": secret, "VersionId": "v2", "SecretData": "x"}
        ),
        "CreateSecret": caller.openapi("CreateSecret", {**made, "SecretName": target.name("secret")}),
    }
    batch = caller.openapi("BatchGetSecretValue", {"SecretsList": json.dumps([{"SecretName": secret}])})
    open_ways = {what: str(answer) for what, answer in attempts.items() if answer.status < 400}
    if b"hidden" in batch.body:
        open_ways["BatchGetSecretValue"] = str(batch)
    assert open_ways == {}


def store_with_secret(target: Target) -> tuple[str, str]:
    """A key store's id and the name of a secret under a key of it."""
    admin, project = target.admin, target.project
    made = admin.huawei(f"/v1.0/{project}/keystores", {"keystore_alias": target.name("store")})
    store = made.json["keystore"]["keystore_id"]
    admin.huawei(f"/v1.0/{project}/keystores/{store}/enable")
    key = admin.huawei("create-key", {"key_alias": target.name("key"), "keystore_id": store})
    assert key.status == 200, key
    secret = target.name("secret")
    body = {"name": secret, "secret_string": "hidden", "kms_key_id": key.json["key_info"]["key_id"]}
    answer = admin.huawei(f"/v1/{project}/secrets", body)
    assert answer.status == 200, answer
    return store, secret


def test_05_a_disabled_key_store_holds_for_secrets(target: Target) -> None:
    store, secret = store_with_secret(target)
    path = f"/v1/{target.project}/secrets/{secret}/versions"
    assert b"hidden" in target.admin.huawei(f"{path}/latest", method="GET").body
    disabled = target.admin.huawei(f"/v1.0/{target.project}/keystores/{store}/disable")
    assert disabled.status == 200, disabled
    read = target.admin.huawei(f"{path}/latest", method="GET")
    written = target.admin.huawei(path, {"secret_string": "more"})
    assert (read.status >= 400, written.status >= 400) == (True, True), (str(read), str(written))


def test_05_a_grantee_seals_nothing_under_the_owners_key(target: Target) -> None:
    key = target.admin.key()
    neighbour, project = Caller(target, OTHER["id"], OTHER["secret"]), "f" * 32
    domain = neighbour.huawei("/v3/auth/domains", method="GET").json["domains"][0]["id"]
    grant = {"key_id": key, "grantee_principal": domain, "grantee_principal_type": "domain"}
    made = target.admin.huawei("create-grant", {**grant, "operations": ["describe-key"]})
    assert made.status == 200, made
    assert neighbour.huawei(f"/v1.0/{project}/kms/describe-key", {"key_id": key}).status == 200
    body = {"name": target.name("secret"), "secret_string": "x", "kms_key_id": key}
    assert 400 <= neighbour.huawei(f"/v1/{project}/secrets", body).status < 500


def new_instance(target: Target) -> str:
    made = target.native.post(f"accounts/{target.account}/instances", {"name": target.name("instance")})
    instance = str(next(iter(made.values()))["id"])
    place = {"VpcId": "vpc-1", "VSwitchIds": "vsw-1", "ZoneIds": "cn-hangzhou-k,cn-hangzhou-j"}
    target.admin.ok("ConnectKmsInstance", KmsInstanceId=instance, KMProvider="Aliyun", **place)
    return instance


def test_05b_a_secret_and_its_key_are_in_one_instance(target: Target) -> None:
    one, two = new_instance(target), new_instance(target)
    key = target.admin.key(DKMSInstanceId=one)
    order = {"SecretName": target.name("secret"), "SecretData": "x", "VersionId": "v1", "EncryptionKeyId": key}
    assert 400 <= target.admin.openapi("CreateSecret", {**order, "DKMSInstanceId": two}).status < 500


def test_05b_a_rule_in_use_does_not_come_back_by_name(target: Target) -> None:
    admin, name = target.admin, target.name("rule")
    rule = {"Name": name, "Type": "Private", "SourcePrivateIp": '["10.0.0.0/8"]'}
    admin.ok("CreateNetworkRule", **rule)
    permission = json.dumps(["RbacPermission/Template/CryptoServiceKeyUser"])
    admin.ok("CreatePolicy", Name=name, Permissions=permission, Resources='["key/*"]', AccessControlRules=rules(name))
    if admin.openapi("DeleteNetworkRule", {"Name": name}).status == 200:
        admin.ok("CreateNetworkRule", **{**rule, "SourcePrivateIp": '["0.0.0.0/0"]'})
        shown = json.loads(admin.ok("DescribePolicy", Name=name)["AccessControlRules"])
        assert name not in shown["NetworkRules"]


def rules(name: str) -> str:
    return json.dumps({"NetworkRules": [name]})


def imported(target: Target, key: str, material: bytes) -> Answer:
    """Material for a key."""
    order = {"KeyId": key, "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}
    answer = target.admin.openapi("GetParametersForImport", order)
    if answer.status != 200:
        return answer
    given = {"KeyId": key, "ImportToken": answer.json["ImportToken"], "KeyMaterialExpireUnix": "0"}
    given["EncryptedKeyMaterial"] = wrapped(answer.json["PublicKey"], material)
    return target.admin.openapi("ImportKeyMaterial", given)


def test_06_new_material_does_not_undo_a_freeze(target: Target) -> None:
    key, material = target.admin.key(Origin="EXTERNAL"), bytes(range(32))
    assert imported(target, key, material).status == 200
    target.native.post(f"keys/{key}/freeze")
    target.admin.openapi("DeleteKeyMaterial", {"KeyId": key})
    imported(target, key, material)
    target.admin.openapi("EnableKey", {"KeyId": key})
    answer = target.admin.openapi("Encrypt", {"KeyId": key, "Plaintext": "eA=="})
    assert 400 <= answer.status < 500, "the operator's freeze is gone"


def test_07_a_secret_backup_does_not_open_as_a_ciphertext(target: Target) -> None:
    admin, project, secret = target.admin, target.project, target.name("secret")
    key = admin.huawei("create-key", {"key_alias": target.name("key")}).json["key_info"]["key_id"]
    body = {"name": secret, "secret_string": "hidden", "kms_key_id": key}
    assert admin.huawei(f"/v1/{project}/secrets", body).status == 200
    saved = admin.huawei(f"/v1/{project}/secrets/{secret}/backup")
    assert saved.status == 200, saved
    blob = base64.b64decode(saved.json["secret_blob"])
    length, start = int.from_bytes(blob[4:8], "big"), 9 + blob[8]
    inner = text(blob[start : start + length])
    found = {}
    for name in ("secret-backup/1", "secret-backup"):
        order = {"key_id": key, "cipher_text": inner, "additional_authenticated_data": name}
        found[name] = admin.huawei("decrypt-data", order).status
    assert all(400 <= status < 500 for status in found.values()), found


def test_04_the_current_login_must_work_first(target: Target) -> None:
    """A rotation that starts from a false password never ends with a true one."""
    if not databases.PostgresqlServer.there():
        pytest.skip("no programs of postgresql here")
    server = databases.PostgresqlServer()
    try:
        assert taken_over(target, server) == []
    finally:
        server.remove()


def taken_over(target: Target, server: Any) -> list[str]:
    """Users of the database whose password came out of a rotation that began with a false one."""
    user, password = ("root_admin", "root-pw")
    server.user("boss", "boss-pw")
    server.admin("ALTER ROLE boss SUPERUSER")
    name = target.name("db")
    order = {"name": name, "engine": "postgresql", "host": "127.0.0.1", "port": server.port, "database": "postgres"}
    target.native.put(f"accounts/{target.account}/targets", {**order, "admin": user, "password": password})
    _name, caller = target.ram_user((True, ["secret:*", "key:*"], ["*"]))
    lost = []
    for victim in ("boss", user):
        data = json.dumps({"Accounts": [{"AccountName": victim, "AccountPassword": "a guess"}]})
        config = json.dumps({"SecretSubType": "SingleUser", "DBInstanceId": name, "CustomData": {}})
        secret = target.name("rds")
        made = caller.openapi(
            "CreateSecret",
            {
                "SecretName": secret, "SecretType": "Rds", "VersionId": "v1", "SecretData": data,
                "ExtendedConfig": config,
            },
        )  # fmt: skip
        if (
            made.status != 200
            or caller.openapi("RotateSecret", {"SecretName": secret, "VersionId": "r1"}).status != 200
        ):
            continue
        deadline = time.monotonic() + 8
        while time.monotonic() < deadline:
            held = caller.openapi("GetSecretValue", {"SecretName": secret}).json["SecretData"]
            if "a guess" not in held:
                lost.append(victim)
                break
            time.sleep(0.3)
    return lost
