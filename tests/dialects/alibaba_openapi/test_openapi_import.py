"""Imports: every wrapping, done by the openssl command where there is one; tokens; the same material again."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

import pytest
from alibaba_openapi import importing
from alibaba_openapi.importing import OPENSSL, openssl_wrapped, parameters, request
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

BAD_MATERIAL = (400, "InvalidKeyMaterial")
BAD_TOKEN = (400, "InvalidImportToken")
OPTIONS = {
    "RSAES_OAEP_SHA_256": [
        "-pkeyopt",
        "rsa_padding_mode:oaep",
        "-pkeyopt",
        "rsa_oaep_md:sha256",
        "-pkeyopt",
        "rsa_mgf1_md:sha256",
    ],
    "RSAES_OAEP_SHA_1": ["-pkeyopt", "rsa_padding_mode:oaep"],
    "RSAES_PKCS1_V1_5": ["-pkeyopt", "rsa_padding_mode:pkcs1"],
    "SM2PKE": ["-pkeyopt", "digest:sm3"],
}


@pytest.mark.skipif(OPENSSL is None, reason="no openssl command")
@pytest.mark.parametrize(("spec", "size"), [("Aliyun_AES_256", 32), ("Aliyun_SM4", 16), ("Aliyun_AES_128", 16)])
@pytest.mark.parametrize("algorithm", sorted(OPTIONS))
def test_what_openssl_wraps_becomes_the_key(door: Any, tmp_path: Path, algorithm: str, spec: str, size: int) -> None:
    key_id = door.key(Origin="EXTERNAL", KeySpec=spec)
    assert door.ok("DescribeKey", {"KeyId": key_id})["KeyMetadata"]["KeyState"] == "PendingImport"
    material = os.urandom(size)
    given = parameters(door, key_id, algorithm)
    sealed = openssl_wrapped(tmp_path, given["PublicKey"], material, OPTIONS[algorithm])
    more = {"ImportToken": given["ImportToken"], "EncryptedKeyMaterial": sealed, "KeyMaterialExpireUnix": "0"}
    door.ok("ImportKeyMaterial", {"KeyId": key_id, **more})
    shown = door.ok("DescribeKey", {"KeyId": key_id})["KeyMetadata"]
    assert (shown["KeyState"], shown["Origin"], shown["MaterialExpireTime"]) == ("Enabled", "EXTERNAL", "")
    blob = base64.b64decode(door.ok("Encrypt", {"KeyId": key_id, "Plaintext": "aGVsbG8="})["CiphertextBlob"])
    if spec != "Aliyun_SM4":
        assert AESGCM(material).decrypt(blob[39:51], blob[51:], None) == b"hello"


def test_material_of_another_length_and_other_material(door: Any) -> None:
    key_id = door.key(Origin="EXTERNAL")
    for size in (16, 31, 33):
        assert door.code("ImportKeyMaterial", request(door, key_id, bytes(size))) == BAD_MATERIAL
    door.ok("ImportKeyMaterial", request(door, key_id, bytes(32)))
    assert door.code("ImportKeyMaterial", request(door, key_id, b"\x01" * 32)) == BAD_MATERIAL
    door.ok("DeleteKeyMaterial", {"KeyId": key_id})
    assert door.code("ImportKeyMaterial", request(door, key_id, b"\x01" * 32)) == BAD_MATERIAL
    door.ok("ImportKeyMaterial", request(door, key_id, bytes(32)))


def test_the_same_material_in_two_keys_opens_only_its_own(door: Any) -> None:
    one, two = door.key(Origin="EXTERNAL"), door.key(Origin="EXTERNAL")
    for key_id in (one, two):
        door.ok("ImportKeyMaterial", request(door, key_id, bytes(32)))
    blob = base64.b64decode(door.ok("Encrypt", {"KeyId": one, "Plaintext": "eA=="})["CiphertextBlob"])
    version = door.ok("DescribeKey", {"KeyId": two})["KeyMetadata"]["PrimaryKeyVersion"]
    assert door.ok("Decrypt", {"CiphertextBlob": base64.b64encode(blob).decode()})["KeyId"] == one
    # The material is the same, so moving the version would open it: what keeps keys apart is whose version it names.
    assert version.encode() not in blob


def test_tokens(door: Any) -> None:
    key_id, other = door.key(Origin="EXTERNAL"), door.key(Origin="EXTERNAL")
    given = request(door, key_id, bytes(32))
    assert door.code("ImportKeyMaterial", given | {"KeyId": other}) == BAD_TOKEN
    assert door.code("ImportKeyMaterial", given | {"ImportToken": "AAAA"}) == BAD_TOKEN
    assert door.code("ImportKeyMaterial", given | {"EncryptedKeyMaterial": "!"}) == BAD_MATERIAL
    door.runtime.clock.advance(seconds=86_399)
    door.ok("ImportKeyMaterial", given)
    door.runtime.clock.advance(seconds=1)
    assert door.code("ImportKeyMaterial", given) == (400, "ExpiredImportToken")


def test_an_expiry_in_the_past(door: Any) -> None:
    key_id = door.key(Origin="EXTERNAL")
    now = door.runtime.clock.now_ms() // 1000
    status, body = door.ask("ImportKeyMaterial", request(door, key_id, bytes(32), expires=now))
    message = 'The specified parameter "KeyMaterialExpireUnix" is not valid.'
    assert (status, body["Message"]) == (400, message)
    door.ok("ImportKeyMaterial", request(door, key_id, bytes(32), expires=now + 1))


@pytest.mark.parametrize(
    ("algorithm", "spec", "parameter"),
    [
        ("RSA_2048", "RSA_2048", "WrappingAlgorithm"),
        ("RSAES_OAEP_SHA_1", "RSA_4096", "WrappingKeySpec"),
        ("RSAES_OAEP_SHA_1", "EC_SM2", "WrappingKeySpec"),
        ("SM2PKE", "RSA_2048", "WrappingKeySpec"),
    ],
)
def test_wrappings_that_are_none(door: Any, algorithm: str, spec: str, parameter: str) -> None:
    key_id = door.key(Origin="EXTERNAL")
    given = {"KeyId": key_id, "WrappingAlgorithm": algorithm, "WrappingKeySpec": spec}
    status, body = door.ask("GetParametersForImport", given)
    assert (status, body["Message"]) == (400, f'The specified parameter "{parameter}" is not valid.')


def test_parameters_differ_each_time(door: Any) -> None:
    key_id = door.key(Origin="EXTERNAL")
    one, two = parameters(door, key_id), parameters(door, key_id)
    assert one["PublicKey"] != two["PublicKey"]
    assert one["ImportToken"] != two["ImportToken"]
    mixed = {"ImportToken": one["ImportToken"], "EncryptedKeyMaterial": importing.wrapped(two["PublicKey"], bytes(32))}
    assert door.code("ImportKeyMaterial", {"KeyId": key_id, "KeyMaterialExpireUnix": "0", **mixed}) == BAD_MATERIAL
