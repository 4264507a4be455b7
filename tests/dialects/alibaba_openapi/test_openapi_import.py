"""Imports: every wrapping, done by the openssl command where there is one; tokens; the same material again."""

from __future__ import annotations

import base64
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alibaba_openapi import importing
from alibaba_openapi.importing import OPENSSL, openssl_wrapped, parameters, request
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bitting.core.model.key import Key, KeyState

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
def test_what_openssl_wraps_becomes_the_key(api: Any, tmp_path: Path, algorithm: str, spec: str, size: int) -> None:
    key_id = api.key(Origin="EXTERNAL", KeySpec=spec)
    assert api.ok("DescribeKey", {"KeyId": key_id})["KeyMetadata"]["KeyState"] == "PendingImport"
    material = os.urandom(size)
    given = parameters(api, key_id, algorithm)
    sealed = openssl_wrapped(tmp_path, given["PublicKey"], material, OPTIONS[algorithm])
    more = {"ImportToken": given["ImportToken"], "EncryptedKeyMaterial": sealed, "KeyMaterialExpireUnix": "0"}
    api.ok("ImportKeyMaterial", {"KeyId": key_id, **more})
    shown = api.ok("DescribeKey", {"KeyId": key_id})["KeyMetadata"]
    assert (shown["KeyState"], shown["Origin"], shown["MaterialExpireTime"]) == ("Enabled", "EXTERNAL", "")
    blob = base64.b64decode(api.ok("Encrypt", {"KeyId": key_id, "Plaintext": "aGVsbG8="})["CiphertextBlob"])
    if spec != "Aliyun_SM4":
        assert AESGCM(material).decrypt(blob[36:48], blob[48:], None) == b"aGVsbG8="


def test_material_of_another_length_and_other_material(api: Any) -> None:
    key_id = api.key(Origin="EXTERNAL")
    for size in (16, 31, 33):
        assert api.code("ImportKeyMaterial", request(api, key_id, bytes(size))) == BAD_MATERIAL
    api.ok("ImportKeyMaterial", request(api, key_id, bytes(32)))
    assert api.code("ImportKeyMaterial", request(api, key_id, b"\x01" * 32)) == BAD_MATERIAL
    api.ok("DeleteKeyMaterial", {"KeyId": key_id})
    assert api.code("ImportKeyMaterial", request(api, key_id, b"\x01" * 32)) == BAD_MATERIAL
    api.ok("ImportKeyMaterial", request(api, key_id, bytes(32)))


def test_the_same_material_in_two_keys_opens_only_its_own(api: Any) -> None:
    one, two = api.key(Origin="EXTERNAL"), api.key(Origin="EXTERNAL")
    for key_id in (one, two):
        api.ok("ImportKeyMaterial", request(api, key_id, bytes(32)))
    blob = base64.b64decode(api.ok("Encrypt", {"KeyId": one, "Plaintext": "eA=="})["CiphertextBlob"])
    version = api.ok("DescribeKey", {"KeyId": two})["KeyMetadata"]["PrimaryKeyVersion"]
    assert api.ok("Decrypt", {"CiphertextBlob": base64.b64encode(blob).decode()})["KeyId"] == one
    # The material is the same, so moving the version would open it: what keeps keys apart is whose version it names.
    assert version.encode() not in blob


def test_tokens(api: Any) -> None:
    key_id, other = api.key(Origin="EXTERNAL"), api.key(Origin="EXTERNAL")
    given = request(api, key_id, bytes(32))
    assert api.code("ImportKeyMaterial", given | {"KeyId": other}) == BAD_TOKEN
    assert api.code("ImportKeyMaterial", given | {"ImportToken": "AAAA"}) == BAD_TOKEN
    assert api.code("ImportKeyMaterial", given | {"EncryptedKeyMaterial": "!"}) == BAD_MATERIAL
    api.runtime.clock.advance(seconds=86_399)
    api.ok("ImportKeyMaterial", given)
    api.runtime.clock.advance(seconds=1)
    assert api.code("ImportKeyMaterial", given) == (400, "ExpiredImportToken")


def test_an_expiry_in_the_past(api: Any) -> None:
    key_id = api.key(Origin="EXTERNAL")
    now = api.runtime.clock.now_ms() // 1000
    status, body = api.ask("ImportKeyMaterial", request(api, key_id, bytes(32), expires=now))
    message = 'The specified parameter "KeyMaterialExpireUnix" is not valid.'
    assert (status, body["Message"]) == (400, message)
    api.ok("ImportKeyMaterial", request(api, key_id, bytes(32), expires=now + 1))


@pytest.mark.parametrize(
    ("algorithm", "spec", "parameter"),
    [
        ("RSA_2048", "RSA_2048", "WrappingAlgorithm"),
        ("RSAES_OAEP_SHA_1", "RSA_4096", "WrappingKeySpec"),
        ("RSAES_OAEP_SHA_1", "EC_SM2", "WrappingKeySpec"),
        ("SM2PKE", "RSA_2048", "WrappingKeySpec"),
    ],
)
def test_wrappings_that_are_none(api: Any, algorithm: str, spec: str, parameter: str) -> None:
    key_id = api.key(Origin="EXTERNAL")
    given = {"KeyId": key_id, "WrappingAlgorithm": algorithm, "WrappingKeySpec": spec}
    status, body = api.ask("GetParametersForImport", given)
    assert (status, body["Message"]) == (400, f'The specified parameter "{parameter}" is not valid.')


def test_parameters_differ_each_time(api: Any) -> None:
    key_id = api.key(Origin="EXTERNAL")
    one, two = parameters(api, key_id), parameters(api, key_id)
    assert one["PublicKey"] != two["PublicKey"]
    assert one["ImportToken"] != two["ImportToken"]
    mixed = {"ImportToken": one["ImportToken"], "EncryptedKeyMaterial": importing.wrapped(two["PublicKey"], bytes(32))}
    assert api.code("ImportKeyMaterial", {"KeyId": key_id, "KeyMaterialExpireUnix": "0", **mixed}) == BAD_MATERIAL


def test_the_owner_does_not_undo_an_operators_freeze(api: Any) -> None:
    """Deleting the material and importing it again, scheduling a deletion and cancelling it: a frozen key stays so."""
    key_id = api.key(Origin="EXTERNAL")
    api.ok("ImportKeyMaterial", request(api, key_id, bytes(32)))
    prepared = request(api, key_id, bytes(32))
    with api.runtime.store.begin(write=True) as uow:
        uow.of(Key).put(replace(uow.of(Key).get(key_id), state=KeyState.FROZEN, state_before_freeze="enabled"))
    named = {"KeyId": key_id}
    tries = {
        "DeleteKeyMaterial": named,
        "ImportKeyMaterial": prepared,
        "EnableKey": named,
        "DisableKey": named,
        "ScheduleKeyDeletion": {**named, "PendingWindowInDays": "7"},
        "CancelKeyDeletion": named,
    }
    for action, order in tries.items():
        assert api.ask(action, order)[0] == 409, action
    with api.runtime.store.begin(write=False) as uow:
        assert uow.of(Key).get(key_id).state is KeyState.FROZEN
    assert api.ask("Encrypt", {**named, "Plaintext": "eA=="})[0] == 409
