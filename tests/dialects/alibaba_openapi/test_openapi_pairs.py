"""Asymmetric keys, MACs, exports and moves, checked by independent implementations: openssl and hmac."""

from __future__ import annotations

import base64
import hashlib
import hmac
import subprocess
from pathlib import Path
from typing import Any

import pytest
from alibaba_openapi.importing import OPENSSL, openssl
from alibaba_openapi.scenarios_keys import pair

from bitting.core.blob import parse
from bitting.providers.software.sm2 import z_value

needs_openssl = pytest.mark.skipif(OPENSSL is None, reason="no openssl command")
MESSAGE = b"the message that both sides read"
SPECS_ENC = {
    "RSA_2048": ("RSAES_OAEP_SHA_256", "RSAES_OAEP_SHA_1"),
    "RSA_3072": ("RSAES_OAEP_SHA_1",),
    "EC_SM2": ("SM2PKE",),
}
LONGEST = {
    ("RSA_2048", "RSAES_OAEP_SHA_256"): (190, 256),
    ("RSA_2048", "RSAES_OAEP_SHA_1"): (214, 256),
    ("RSA_3072", "RSAES_OAEP_SHA_256"): (318, 384),
    ("RSA_3072", "RSAES_OAEP_SHA_1"): (342, 384),
}
SIGNING = [
    (
        "RSA_2048",
        "RSA_PSS_SHA_256",
        ["-pkeyopt", "digest:sha256", "-pkeyopt", "rsa_padding_mode:pss", "-pkeyopt", "rsa_pss_saltlen:32"],
    ),
    ("RSA_3072", "RSA_PKCS1_SHA_256", ["-pkeyopt", "digest:sha256", "-pkeyopt", "rsa_padding_mode:pkcs1"]),
    ("EC_P256", "ECDSA_SHA_256", []),
    ("EC_P256K", "ECDSA_SHA_256", []),
]
OAEP = {
    "RSAES_OAEP_SHA_256": [
        "-pkeyopt",
        "rsa_padding_mode:oaep",
        "-pkeyopt",
        "rsa_oaep_md:sha256",
        "-pkeyopt",
        "rsa_mgf1_md:sha256",
    ],
    "RSAES_OAEP_SHA_1": ["-pkeyopt", "rsa_padding_mode:oaep"],
    "SM2PKE": ["-pkeyopt", "digest:sm3"],
}


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def public_of(api: Any, made: dict[str, str], directory: Path) -> Path:
    path = directory / "public.pem"
    path.write_text(api.ok("GetPublicKey", made)["PublicKey"])
    return path


def verifies(public: Path, directory: Path, signature: bytes, digest: bytes, options: list[str]) -> bool:
    (directory / "sig").write_bytes(signature)
    (directory / "digest").write_bytes(digest)
    assert OPENSSL is not None
    command = [OPENSSL, "pkeyutl", "-verify", "-pubin", "-inkey", str(public), *options]
    command += ["-in", str(directory / "digest"), "-sigfile", str(directory / "sig")]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@needs_openssl
@pytest.mark.parametrize(("spec", "algorithm", "options"), SIGNING)
def test_openssl_verifies_what_is_signed(
    api: Any, tmp_path: Path, spec: str, algorithm: str, options: list[str]
) -> None:
    made = pair(api, spec)
    digest = hashlib.sha256(MESSAGE).digest()
    parameters = {**made, "Algorithm": algorithm, "Digest": b64(digest)}
    signed = api.ok("AsymmetricSign", parameters)
    assert {"KeyId": signed["KeyId"], "KeyVersionId": signed["KeyVersionId"]} == made
    public = public_of(api, made, tmp_path)
    signature = base64.b64decode(signed["Value"])
    assert verifies(public, tmp_path, signature, digest, options)
    assert not verifies(public, tmp_path, signature, hashlib.sha256(b"x").digest(), options)
    assert api.ok("AsymmetricVerify", {**parameters, "Value": signed["Value"]})["Value"] is True
    other = {**parameters, "Digest": b64(hashlib.sha256(b"x").digest()), "Value": signed["Value"]}
    assert api.ok("AsymmetricVerify", other)["Value"] is False


@needs_openssl
def test_openssl_verifies_sm2_over_z_and_message(api: Any, tmp_path: Path) -> None:
    """The digest given is SM3(Z || M), which openssl makes for itself out of the message."""
    made = pair(api, "EC_SM2")
    public = public_of(api, made, tmp_path)
    spki = openssl("pkey", "-pubin", "-in", public, "-outform", "DER")
    e = hashlib.new("sm3", z_value(spki) + MESSAGE).digest()
    value = api.ok("AsymmetricSign", {**made, "Algorithm": "SM2DSA", "Digest": b64(e)})["Value"]
    options = ["-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678"]
    assert verifies(public, tmp_path, base64.b64decode(value), MESSAGE, options)
    assert api.ok("AsymmetricVerify", {**made, "Algorithm": "SM2DSA", "Digest": b64(e), "Value": value})["Value"]


@needs_openssl
@pytest.mark.parametrize("spec", sorted(SPECS_ENC))
def test_what_openssl_encrypts_is_decrypted(api: Any, tmp_path: Path, spec: str) -> None:
    made = pair(api, spec, "ENCRYPT/DECRYPT")
    public = public_of(api, made, tmp_path)
    for algorithm in SPECS_ENC[spec]:
        sealed = openssl("pkeyutl", "-encrypt", "-pubin", "-inkey", public, *OAEP[algorithm], stdin=MESSAGE)
        parameters = {**made, "Algorithm": algorithm, "CiphertextBlob": b64(sealed)}
        found = api.ok("AsymmetricDecrypt", parameters)
        assert found == {**made, "Plaintext": b64(MESSAGE), "RequestId": found["RequestId"]}
        again = api.ok("AsymmetricEncrypt", {**made, "Algorithm": algorithm, "Plaintext": b64(MESSAGE)})
        back = {**made, "Algorithm": algorithm, "CiphertextBlob": again["CiphertextBlob"]}
        assert api.ok("AsymmetricDecrypt", back)["Plaintext"] == b64(MESSAGE)


@pytest.mark.parametrize(("spec", "algorithm"), sorted(LONGEST))
def test_longest_plaintexts(api: Any, spec: str, algorithm: str) -> None:
    most, size = LONGEST[spec, algorithm]
    made = pair(api, spec, "ENCRYPT/DECRYPT")
    parameters = {**made, "Algorithm": algorithm}
    found = api.ok("AsymmetricEncrypt", {**parameters, "Plaintext": b64(bytes(most))})
    assert len(base64.b64decode(found["CiphertextBlob"])) == size
    assert api.code("AsymmetricEncrypt", {**parameters, "Plaintext": b64(bytes(most + 1))}) == (
        400,
        "InvalidParameter",
    )


def test_sm2_takes_6047_bytes(api: Any) -> None:
    made = pair(api, "EC_SM2", "ENCRYPT/DECRYPT")
    found = api.ok("AsymmetricEncrypt", {**made, "Algorithm": "SM2PKE", "Plaintext": b64(bytes(6047))})
    back = {**made, "Algorithm": "SM2PKE", "CiphertextBlob": found["CiphertextBlob"]}
    assert api.ok("AsymmetricDecrypt", back)["Plaintext"] == b64(bytes(6047))
    refused = api.code("AsymmetricEncrypt", {**made, "Algorithm": "SM2PKE", "Plaintext": b64(bytes(6048))})
    assert refused == (400, "InvalidParameter")


@pytest.mark.parametrize(
    ("spec", "usage", "action", "more"),
    [
        ("RSA_2048", "SIGN/VERIFY", "AsymmetricEncrypt", {"Algorithm": "RSAES_OAEP_SHA_256", "Plaintext": "eA=="}),
        ("RSA_2048", "ENCRYPT/DECRYPT", "AsymmetricSign", {"Algorithm": "RSA_PSS_SHA_256", "Digest": b64(bytes(32))}),
        ("Aliyun_AES_256", "", "AsymmetricSign", {"Algorithm": "RSA_PSS_SHA_256", "Digest": b64(bytes(32))}),
        ("Aliyun_AES_256", "", "AsymmetricEncrypt", {"Algorithm": "RSAES_OAEP_SHA_256", "Plaintext": "eA=="}),
        ("Aliyun_AES_256", "", "GetPublicKey", {}),
        ("EC_P256", "", "GenerateMac", {"Algorithm": "HMAC_SHA_256", "Message": "eA=="}),
        ("RSA_2048", "", "Encrypt", {"Plaintext": "eA=="}),
        ("RSA_2048", "", "GenerateDataKey", {}),
        ("HMAC_SM3", "", "Encrypt", {"Plaintext": "eA=="}),
    ],
)
def test_keys_do_what_they_were_made_for(api: Any, spec: str, usage: str, action: str, more: dict[str, str]) -> None:
    assert api.code(action, {**pair(api, spec, usage), **more}) == (400, "InvalidParameter")


def test_versions_of_a_pair_and_their_limits(api: Any) -> None:
    made = pair(api, "EC_P256")
    digest = b64(hashlib.sha256(MESSAGE).digest())
    old = api.ok("AsymmetricSign", {**made, "Algorithm": "ECDSA_SHA_256", "Digest": digest})["Value"]
    soon = {"KeyId": made["KeyId"]}
    assert api.code("CreateKeyVersion", soon) == (400, "Rejected.LimitExceeded")
    api.runtime.clock.advance(days=7)
    new = api.ok("CreateKeyVersion", soon)["KeyVersion"]
    shown = api.ok("DescribeKey", soon)["KeyMetadata"]
    assert (shown["PrimaryKeyVersion"], shown["LastRotationDate"]) == (new["KeyVersionId"], "2026-11-28T12:00:00Z")
    listed = api.ok("ListKeyVersions", soon)
    assert [item["KeyVersionId"] for item in listed["KeyVersions"]["KeyVersion"]] == [
        new["KeyVersionId"],
        made["KeyVersionId"],
    ]
    parameters = {**made, "Algorithm": "ECDSA_SHA_256", "Digest": digest, "Value": old}
    assert api.ok("AsymmetricVerify", parameters)["Value"] is True
    assert api.ok("AsymmetricVerify", {**parameters, "KeyVersionId": new["KeyVersionId"]})["Value"] is False
    other = {**parameters, "KeyVersionId": pair(api, "EC_P256")["KeyVersionId"]}
    assert api.code("AsymmetricVerify", other) == (404, "Forbidden.KeyVersionNotFound")
    assert api.code("AsymmetricVerify", {**parameters, "KeyVersionId": "initial"}) == (
        404,
        "Forbidden.KeyVersionNotFound",
    )


def test_fifty_versions_and_no_more(api: Any) -> None:
    made = pair(api, "EC_P256")
    for _ in range(49):
        api.runtime.clock.advance(days=7)
        api.ok("CreateKeyVersion", {"KeyId": made["KeyId"]})
    api.runtime.clock.advance(days=7)
    assert api.code("CreateKeyVersion", {"KeyId": made["KeyId"]}) == (400, "Rejected.LimitExceeded")
    page = api.ok("ListKeyVersions", {"KeyId": made["KeyId"], "PageSize": "20", "PageNumber": "3"})
    assert (len(page["KeyVersions"]["KeyVersion"]), page["TotalCount"]) == (10, 50)


def test_no_version_of_symmetric_keys_and_of_instances(api: Any) -> None:
    api.runtime.clock.advance(days=30)
    inside = api.key(KeySpec="RSA_2048", DKMSInstanceId=api.runtime.founded.instance.id)
    api.runtime.clock.advance(days=30)
    for key_id in (api.key(), inside):
        api.runtime.clock.advance(days=8)
        assert api.code("CreateKeyVersion", {"KeyId": key_id}) == (400, "InvalidParameter")


MACS = {"HMAC_SHA_224": "sha224", "HMAC_SHA_256": "sha256", "HMAC_SHA_384": "sha384", "HMAC_SHA_512": "sha512"}


@pytest.mark.parametrize("spec", [*MACS, "HMAC_SM3"])
def test_macs(api: Any, spec: str) -> None:
    """The key comes from outside, so that anybody can compute the same code."""
    from alibaba_openapi import importing  # noqa: PLC0415

    name = MACS.get(spec, "sm3")
    secret = bytes(range(hashlib.new(name).digest_size))
    key_id = api.key(KeySpec=spec, Origin="EXTERNAL", KeyUsage="GENERATE/VERIFY_MAC")
    api.ok("ImportKeyMaterial", importing.request(api, key_id, secret))
    parameters = {"KeyId": key_id, "Algorithm": spec, "Message": b64(MESSAGE)}
    found = api.ok("GenerateMac", parameters)
    assert found == {
        "KeyId": key_id,
        "Algorithm": spec,
        "Mac": b64(hmac.new(secret, MESSAGE, name).digest()),
        "RequestId": found["RequestId"],
    }
    assert api.ok("VerifyMac", {**parameters, "Mac": found["Mac"]})["Value"] is True
    assert api.ok("VerifyMac", {**parameters, "Mac": b64(b"x")})["Value"] is False
    wrong = "HMAC_SM3" if spec != "HMAC_SM3" else "HMAC_SHA_256"
    assert api.code("GenerateMac", {**parameters, "Algorithm": wrong}) == (400, "InvalidParameter")


def recipient(directory: Path, spec: str) -> tuple[Path, str]:
    """A key pair of somebody else's, made by openssl: its private file, its public half."""
    kind = (
        ["-algorithm", "SM2"] if spec == "EC_SM2" else ["-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{spec[4:]}"]
    )
    private = directory / "theirs.pem"
    openssl("genpkey", *kind, "-out", private)
    return private, b64(openssl("pkey", "-in", private, "-pubout", "-outform", "DER"))


@needs_openssl
@pytest.mark.parametrize(
    ("spec", "algorithm"),
    [("RSA_2048", "RSAES_OAEP_SHA_256"), ("RSA_2048", "RSAES_OAEP_SHA_1"), ("EC_SM2", "SM2PKE")],
)
def test_openssl_opens_what_is_exported(api: Any, tmp_path: Path, spec: str, algorithm: str) -> None:
    private, public = recipient(tmp_path, spec)
    theirs = {"PublicKeyBlob": public, "WrappingAlgorithm": algorithm, "WrappingKeySpec": spec}
    key_id, context = api.key(), '{"for":"export"}'
    made = api.ok("GenerateDataKey", {"KeyId": key_id, "EncryptionContext": context})
    blob = made["CiphertextBlob"]
    found = api.ok("ExportDataKey", {"CiphertextBlob": blob, "EncryptionContext": context, **theirs})
    assert (found["KeyId"], found["KeyVersionId"]) == (key_id, made["KeyVersionId"])

    def opened(sealed: str) -> bytes:
        return openssl("pkeyutl", "-decrypt", "-inkey", private, *OAEP[algorithm], stdin=base64.b64decode(sealed))

    assert b64(opened(found["ExportedDataKey"])) == made["Plaintext"]
    assert api.code("ExportDataKey", {"CiphertextBlob": blob, **theirs}) == (400, "InvalidParameter")
    both = api.ok("GenerateAndExportDataKey", {"KeyId": key_id, "NumberOfBytes": "24", **theirs})
    plain = api.ok("Decrypt", {"CiphertextBlob": both["CiphertextBlob"]})["Plaintext"]
    assert b64(opened(both["ExportedDataKey"])) == plain
    assert len(base64.b64decode(plain)) == 24


@needs_openssl
@pytest.mark.parametrize(
    ("algorithm", "spec", "theirs", "parameter"),
    [
        ("SM2PKE", "RSA_2048", "RSA_2048", "WrappingAlgorithm"),
        ("RSAES_OAEP_SHA_256", "EC_SM2", "EC_SM2", "WrappingAlgorithm"),
        ("RSAES_OAEP_SHA_256", "RSA_2048", "RSA_3072", "PublicKeyBlob"),
        ("RSAES_OAEP_SHA_256", "RSA_2048", "EC_SM2", "PublicKeyBlob"),
    ],
)
def test_exports_to_the_key_that_was_announced(
    api: Any, tmp_path: Path, algorithm: str, spec: str, theirs: str, parameter: str
) -> None:
    _, public = recipient(tmp_path, theirs)
    given = {"PublicKeyBlob": public, "WrappingAlgorithm": algorithm, "WrappingKeySpec": spec}
    status, body = api.ask("GenerateAndExportDataKey", {"KeyId": api.key(), **given})
    assert (status, body["Message"]) == (400, f'The specified parameter "{parameter}" is not valid.')


def test_moving_a_ciphertext(api: Any) -> None:
    one, two = api.key(), api.key(KeySpec="Aliyun_SM4")
    old = api.ok("Encrypt", {"KeyId": one, "Plaintext": "not base64!", "EncryptionContext": '{"a":"1"}'})
    parameters = {
        "CiphertextBlob": old["CiphertextBlob"],
        "SourceEncryptionContext": '{"a":"1"}',
        "DestinationEncryptionContext": '{"b":"2"}',
        "DestinationKeyId": f"acs:kms:cn-hangzhou:{api.account}:key/{two}",
    }
    moved = api.ok("ReEncrypt", parameters)
    assert (moved["KeyId"], moved["KeyVersionId"]) == (one, old["KeyVersionId"])
    found = api.ok("Decrypt", {"CiphertextBlob": moved["CiphertextBlob"], "EncryptionContext": '{"b":"2"}'})
    assert (found["KeyId"], found["Plaintext"]) == (two, "not base64!")
    for change in ({"SourceEncryptionContext": '{"a":"2"}'}, {"CiphertextBlob": "AAAA"}):
        assert api.code("ReEncrypt", parameters | change) == (400, "InvalidParameter")
    assert api.code("ReEncrypt", parameters | {"DestinationKeyId": "alias/none"}) == (
        404,
        "Forbidden.AliasNotFound",
    )
    named = api.ok("ReEncrypt", parameters | {"SourceKeyId": one})
    assert named["KeyId"] == one
    assert api.code("ReEncrypt", parameters | {"SourceKeyId": api.key()}) == (400, "InvalidParameter")


@pytest.mark.parametrize("spec", sorted(SPECS_ENC))
def test_moving_out_from_under_a_pair(api: Any, spec: str) -> None:
    made, to = pair(api, spec, "ENCRYPT/DECRYPT"), api.key()
    for algorithm in SPECS_ENC[spec]:
        sealed = api.ok("AsymmetricEncrypt", {**made, "Algorithm": algorithm, "Plaintext": b64(MESSAGE)})
        source = {"SourceKeyId": made["KeyId"], "SourceKeyVersionId": made["KeyVersionId"]}
        parameters = {"CiphertextBlob": sealed["CiphertextBlob"], "SourceEncryptionAlgorithm": algorithm, **source}
        moved = api.ok("ReEncrypt", {**parameters, "DestinationKeyId": to})
        assert (moved["KeyId"], moved["KeyVersionId"]) == (made["KeyId"], made["KeyVersionId"])
        assert api.ok("Decrypt", {"CiphertextBlob": moved["CiphertextBlob"]})["Plaintext"] == b64(MESSAGE)


def test_advance_encrypt(api: Any) -> None:
    key_id = api.key()
    found = api.ok("AdvanceEncrypt", {"KeyId": key_id, "Plaintext": b64(MESSAGE)})
    assert (found["Algorithm"], len(base64.b64decode(found["Iv"]))) == ("AES_GCM", 12)
    assert api.ok("Decrypt", {"CiphertextBlob": found["CiphertextBlob"]})["Plaintext"] == b64(MESSAGE)
    for more in ({"Algorithm": "AES_CBC"}, {"Algorithm": "SM4_GCM"}, {"Iv": b64(bytes(16))}, {"PaddingMode": "NONE"}):
        assert api.code("AdvanceEncrypt", {"KeyId": key_id, "Plaintext": "eA==", **more}) == (400, "InvalidParameter")


@pytest.mark.parametrize(("spec", "algorithm"), [("Aliyun_AES_256", "AES_GCM"), ("Aliyun_SM4", "SM4_GCM")])
def test_a_callers_iv_gives_no_keystream(api: Any, spec: str, algorithm: str) -> None:
    """The iv of somebody else's ciphertext, and zeros to encrypt: the answer added to it would be the plaintext."""
    key_id = api.key(KeySpec=spec)
    other = api.ok("Encrypt", {"KeyId": key_id, "Plaintext": b64(MESSAGE)})
    iv = parse(base64.b64decode(other["CiphertextBlob"])).iv
    order = {"KeyId": key_id, "Plaintext": b64(bytes(len(MESSAGE))), "Algorithm": algorithm}
    for chosen in (iv, bytes(12)):
        status, body = api.ask("AdvanceEncrypt", {**order, "Iv": b64(chosen)})
        assert (status, body["Code"]) == (400, "InvalidParameter")
        assert '"Iv"' in body["Message"]
    assert len({api.ok("AdvanceEncrypt", order)["Iv"] for _ in range(3)} | {b64(iv)}) == 4


DRY = {
    "Encrypt": ("Aliyun_AES_256", "", {"Plaintext": "eA=="}),
    "GenerateDataKey": ("Aliyun_AES_256", "", {}),
    "GenerateDataKeyWithoutPlaintext": ("Aliyun_AES_256", "", {}),
    "AsymmetricEncrypt": ("RSA_2048", "ENCRYPT/DECRYPT", {"Algorithm": "RSAES_OAEP_SHA_1", "Plaintext": "eA=="}),
    "AsymmetricSign": ("EC_P256", "", {"Algorithm": "ECDSA_SHA_256", "Digest": b64(bytes(32))}),
    "AsymmetricVerify": ("EC_P256", "", {"Algorithm": "ECDSA_SHA_256", "Digest": b64(bytes(32)), "Value": "AAAA"}),
    "GetPublicKey": ("EC_P256", "", {}),
    "GenerateMac": ("HMAC_SM3", "GENERATE/VERIFY_MAC", {"Algorithm": "HMAC_SM3", "Message": "eA=="}),
    "VerifyMac": ("HMAC_SM3", "GENERATE/VERIFY_MAC", {"Algorithm": "HMAC_SM3", "Message": "eA==", "Mac": "eA=="}),
}


@pytest.mark.parametrize("action", sorted(DRY))
def test_dry_runs_three_answers(api: Any, action: str) -> None:
    from alibaba_openapi.test_openapi_errors import unprivileged_user  # noqa: PLC0415

    spec, usage, more = DRY[action]
    made = pair(api, spec, usage)
    parameters = {**made, **more, "DryRun": "true"}
    assert api.code(action, parameters) == (400, "DryRunOperationError")
    api.ok("DisableKey", {"KeyId": made["KeyId"]})
    assert api.code(action, parameters) == (400, "ValidationError")
    refused = api.send(unprivileged_user(api).v3(action, parameters))
    assert (refused.status, b"AccessDeniedError" in refused.body) == (403, True)


def test_dry_runs_where_a_ciphertext_names_the_key(api: Any) -> None:
    blob = api.ok("Encrypt", {"KeyId": api.key(), "Plaintext": "eA=="})["CiphertextBlob"]
    from alibaba_openapi.scenarios_keys import wrapper  # noqa: PLC0415

    more = {"ExportDataKey": wrapper(api), "ReEncrypt": {"DestinationKeyId": api.key()}, "Decrypt": {}}
    for action, given in more.items():
        parameters = {"CiphertextBlob": blob, "DryRun": "True", **given}
        assert api.code(action, parameters) == (400, "DryRunOperationError"), action
        assert api.code(action, parameters | {"CiphertextBlob": "AAAA"}) == (400, "ValidationError"), action
    exported = {"KeyId": api.key(), "DryRun": "true", **wrapper(api)}
    assert api.code("GenerateAndExportDataKey", exported) == (400, "DryRunOperationError")
