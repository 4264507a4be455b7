"""One call or more of every operation on keys, the same for both OpenAPI SDKs, all signatures and modes.

A step is an operation. ``full`` checks every answer against the fields that the reference documents for it
(``openapi_answers.json``): each is there and holds something, but for those that :data:`EMPTY` lists with the reason.
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from client_script import Refusal, expect, expect_refusal, expect_true
from openapi_names import snake
from openapi_steps import OpenApiSteps

ANSWERS: dict[str, list[str]] = json.loads(Path(__file__).with_name("openapi_answers.json").read_text())
#: Only for a recipient whose machine is attested; only where there is more; only in an instance; only when deleted.
EMPTY = {"CiphertextForRecipient", "NextToken", "DKMSInstanceId", "DeleteDate", "MaterialExpireTime"}
DIGEST = base64.b64encode(hashlib.sha256(b"message").digest()).decode()
TEXT = base64.b64encode(b"message").decode()
CONTEXT = {"order": "4711"}
RSA = {"WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}
DRY = Refusal(400, "DryRunOperationError", "The request would have succeeded without DryRun.")


def leaves(value: Any, path: str = "") -> Iterator[str]:
    """The paths of everything in an answer that holds something, list positions left out."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from leaves(item, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item, path)
    elif value not in (None, ""):
        yield path


class EverySteps(OpenApiSteps):
    """One run on keys of its own."""

    def take(self, step: str) -> str:
        """One operation, by its name."""
        action: Callable[[], str | None] = getattr(self, f"every_{snake(step)}")
        return action() or "as promised"

    def full(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Call; every field that the reference documents is filled."""
        answer = self.call(operation, **parameters)
        found = set(leaves(answer))
        missing = [path for path in ANSWERS[operation] if path not in found and path.rpartition(".")[2] not in EMPTY]
        expect(missing, [], f"empty fields of {operation}")
        return answer

    def made(self, **parameters: Any) -> dict[str, str]:
        """A new key and its version."""
        metadata = self.call("CreateKey", **parameters)["KeyMetadata"]
        return {"KeyId": metadata["KeyId"], "KeyVersionId": metadata["PrimaryKeyVersion"]}

    def prepared(self) -> None:
        """Keys of every family, made once."""
        if not hasattr(self, "rsa"):
            self.rsa = self.made(KeySpec="RSA_2048", KeyUsage="ENCRYPT/DECRYPT")
            self.ec = self.made(KeySpec="EC_P256")
            self.mac = self.made(KeySpec="HMAC_SHA_256", KeyUsage="GENERATE/VERIFY_MAC")["KeyId"]
            self.external = self.made(Origin="EXTERNAL")["KeyId"]

    # --- keys

    def every_create_key(self) -> str:
        """With everything that can be said of an AES key."""
        tags = json.dumps([{"TagKey": "step", "TagValue": "every"}])
        rotation = {"EnableAutomaticRotation": True, "RotationInterval": "30d"}
        spec = {"KeySpec": "Aliyun_AES_256", "KeyUsage": "ENCRYPT/DECRYPT", "Origin": "Aliyun_KMS"}
        given = {"Description": "every", "ProtectionLevel": "SOFTWARE", "Tags": tags, **rotation, **spec}
        shown = self.full("CreateKey", **given)["KeyMetadata"]
        expect(shown["RotationInterval"], "2592000s", "RotationInterval")
        self.key_id = shown["KeyId"]
        return self.key_id

    def every_describe_key(self) -> None:
        """Protected from deletion for once, so that the reason shows."""
        self.call("SetDeletionProtection", **self._protection(on=True))
        self.full("DescribeKey", KeyId=self.own_key())
        self.call("SetDeletionProtection", **self._protection(on=False))

    def _protection(self, *, on: bool) -> dict[str, Any]:
        arn = f"acs:kms:{self.settings['region']}:{self.settings['account_id']}:key/{self.own_key()}"
        return {"ProtectedResourceArn": arn, "EnableDeletionProtection": on, "DeletionProtectionDescription": "steps"}

    def every_list_keys(self) -> None:
        """Filtered by the tag's key and this very id."""
        filters = [{"Key": "TagKey", "Values": ["step"]}, {"Key": "keyId", "Values": [self.own_key()]}]
        page = self.full("ListKeys", Filters=json.dumps(filters), PageNumber=1, PageSize=10)
        expect([key["KeyId"] for key in page["Keys"]["Key"]], [self.key_id], "keys")

    def every_update_key_description(self) -> None:
        self.full("UpdateKeyDescription", KeyId=self.own_key(), Description="new")
        expect(self.metadata(self.key_id)["Description"], "new", "Description")

    def every_set_deletion_protection(self) -> None:
        self.full("SetDeletionProtection", **self._protection(on=True))
        expect(self.metadata(self.key_id)["DeletionProtection"], "Enabled", "DeletionProtection")
        self.full("SetDeletionProtection", **self._protection(on=False))

    def every_disable_key(self) -> None:
        self.full("DisableKey", KeyId=self.own_key())
        expect(self.metadata(self.key_id)["AutomaticRotation"], "Suspended", "AutomaticRotation")

    def every_enable_key(self) -> None:
        self.full("EnableKey", KeyId=self.own_key())

    def every_schedule_key_deletion(self) -> None:
        self.full("ScheduleKeyDeletion", KeyId=self.own_key(), PendingWindowInDays=7)
        expect_true(self.metadata(self.key_id)["DeleteDate"], "there is a DeleteDate")

    def every_cancel_key_deletion(self) -> None:
        self.full("CancelKeyDeletion", KeyId=self.own_key())

    def every_get_public_key(self) -> None:
        self.prepared()
        pem = self.full("GetPublicKey", **self.ec)["PublicKey"]
        expect_true(pem.startswith("-----BEGIN PUBLIC KEY-----\n"), "the public key is PEM")

    # --- versions and rotation

    def every_create_key_version(self) -> str:
        """A new key's second version has to wait for a week."""
        self.prepared()
        limit = "The request was rejected because user create resource limit was exceeded."
        with expect_refusal(self.facts, Refusal(400, "Rejected.LimitExceeded", limit)):
            self.call("CreateKeyVersion", KeyId=self.ec["KeyId"])
        return "refused within seven days"

    def every_describe_key_version(self) -> None:
        self.prepared()
        shown = self.full("DescribeKeyVersion", **self.ec)["KeyVersion"]
        expect(shown["KeyVersionId"], self.ec["KeyVersionId"], "KeyVersionId")

    def every_list_key_versions(self) -> None:
        page = self.full("ListKeyVersions", KeyId=self.own_key(), PageNumber=1, PageSize=10)
        expect(page["TotalCount"], 1, "TotalCount")

    def every_update_rotation_policy(self) -> None:
        given = {"EnableAutomaticRotation": True, "RotationInterval": "365d"}
        self.full("UpdateRotationPolicy", KeyId=self.own_key(), **given)
        expect(self.metadata(self.key_id)["RotationInterval"], "31536000s", "RotationInterval")

    # --- aliases

    def every_create_alias(self) -> None:
        self.full("CreateAlias", KeyId=self.own_key(), AliasName=self.alias)

    def every_update_alias(self) -> None:
        self.full("UpdateAlias", KeyId=self.own_key(), AliasName=self.alias)

    def every_list_aliases(self) -> None:
        self.full("ListAliases", PageNumber=1, PageSize=100)

    def every_list_aliases_by_key_id(self) -> None:
        page = self.full("ListAliasesByKeyId", KeyId=self.own_key(), PageNumber=1, PageSize=10)
        expect([item["AliasName"] for item in page["Aliases"]["Alias"]], [self.alias], "aliases")

    def every_delete_alias(self) -> None:
        self.full("DeleteAlias", AliasName=self.alias)

    # --- tags

    def every_tag_resource(self) -> None:
        tags = json.dumps([{"TagKey": "a", "TagValue": "1"}])
        self.full("TagResource", KeyId=self.own_key(), Tags=tags)

    def every_list_resource_tags(self) -> None:
        found = self.full("ListResourceTags", KeyId=self.own_key())["Tags"]["Tag"]
        expect({tag["TagKey"]: tag["TagValue"] for tag in found}, {"a": "1", "step": "every"}, "tags")

    def every_untag_resource(self) -> None:
        self.full("UntagResource", KeyId=self.own_key(), TagKeys="a,none")

    def _listed(self, **more: Any) -> dict[str, Any]:
        return {"RegionId": self.settings["region"], "ResourceType": "key", "ResourceId": [self.own_key()], **more}

    def every_tag_resources(self) -> None:
        pairs = [{"Key": "b", "Value": "2"}, {"Key": "c", "Value": "3"}]
        self.full("TagResources", **self._listed(Tag=pairs))

    def every_list_tag_resources(self) -> None:
        found = self.full("ListTagResources", **self._listed(Tag=[{"Key": "b", "Value": "2"}]))
        rows = [(row["TagKey"], row["TagValue"]) for row in found["TagResources"]["TagResource"]]
        expect(rows, [("b", "2"), ("c", "3"), ("step", "every")], "tags")

    def every_untag_resources(self) -> None:
        self.full("UntagResources", **self._listed(TagKey=["b", "c"]))

    # --- cryptography

    def every_encrypt(self) -> None:
        given = {"KeyId": self.own_key(), "Plaintext": TEXT, "EncryptionContext": CONTEXT}
        self.blob = self.full("Encrypt", **given)["CiphertextBlob"]
        with expect_refusal(self.facts, DRY):
            self.call("Encrypt", DryRun="true", **given)

    def every_decrypt(self) -> None:
        found = self.full("Decrypt", CiphertextBlob=self.blob, EncryptionContext=CONTEXT)
        expect(found["Plaintext"], TEXT, "Plaintext")

    def every_re_encrypt(self) -> None:
        given = {"SourceEncryptionContext": CONTEXT, "DestinationEncryptionContext": {"b": "2"}}
        moved = self.full("ReEncrypt", CiphertextBlob=self.blob, DestinationKeyId=self.own_key(), **given)
        back = self.call("Decrypt", CiphertextBlob=moved["CiphertextBlob"], EncryptionContext={"b": "2"})
        expect(back["Plaintext"], TEXT, "Plaintext")

    def every_generate_data_key(self) -> None:
        found = self.full("GenerateDataKey", KeyId=self.own_key(), KeySpec="AES_256", EncryptionContext=CONTEXT)
        expect(len(base64.b64decode(found["Plaintext"])), 32, "bytes")

    def every_generate_data_key_without_plaintext(self) -> None:
        self.full("GenerateDataKeyWithoutPlaintext", KeyId=self.own_key(), NumberOfBytes=24)

    def every_export_data_key(self) -> str:
        blob = self.call("GenerateDataKeyWithoutPlaintext", KeyId=self.own_key())["CiphertextBlob"]
        with theirs() as (private, public):
            found = self.full("ExportDataKey", CiphertextBlob=blob, PublicKeyBlob=public, **RSA)
            opened = decrypted(private, found["ExportedDataKey"])
        expect(base64.b64encode(opened).decode(), self.call("Decrypt", CiphertextBlob=blob)["Plaintext"], "data key")
        return "opened by openssl"

    def every_generate_and_export_data_key(self) -> str:
        with theirs() as (private, public):
            found = self.full("GenerateAndExportDataKey", KeyId=self.own_key(), PublicKeyBlob=public, **RSA)
            opened = decrypted(private, found["ExportedDataKey"])
        plain = self.call("Decrypt", CiphertextBlob=found["CiphertextBlob"])["Plaintext"]
        expect(base64.b64encode(opened).decode(), plain, "data key")
        return "opened by openssl"

    def every_asymmetric_encrypt(self) -> None:
        self.prepared()
        given = {**self.rsa, "Algorithm": "RSAES_OAEP_SHA_256", "Plaintext": TEXT}
        self.sealed = self.full("AsymmetricEncrypt", **given)["CiphertextBlob"]

    def every_asymmetric_decrypt(self) -> None:
        given = {**self.rsa, "Algorithm": "RSAES_OAEP_SHA_256", "CiphertextBlob": self.sealed}
        expect(self.full("AsymmetricDecrypt", **given)["Plaintext"], TEXT, "Plaintext")

    def every_asymmetric_sign(self) -> None:
        self.prepared()
        self.signature = self.full("AsymmetricSign", **self.ec, Algorithm="ECDSA_SHA_256", Digest=DIGEST)["Value"]

    def every_asymmetric_verify(self) -> None:
        given = {**self.ec, "Algorithm": "ECDSA_SHA_256", "Digest": DIGEST, "Value": self.signature}
        expect(self.full("AsymmetricVerify", **given)["Value"], True, "Value")

    def every_generate_mac(self) -> None:
        self.prepared()
        self.code = self.full("GenerateMac", KeyId=self.mac, Algorithm="HMAC_SHA_256", Message=TEXT)["Mac"]

    def every_verify_mac(self) -> None:
        found = self.full("VerifyMac", KeyId=self.mac, Algorithm="HMAC_SHA_256", Message=TEXT, Mac=self.code)
        expect(found["Value"], True, "Value")

    def every_advance_encrypt(self) -> None:
        given = {"KeyId": self.own_key(), "Plaintext": TEXT, "Algorithm": "AES_GCM"}
        blob = self.call("AdvanceEncrypt", **given)["CiphertextBlob"]
        expect(self.call("Decrypt", CiphertextBlob=blob)["Plaintext"], TEXT, "Plaintext")

    # --- one's own material

    def every_get_parameters_for_import(self) -> None:
        self.prepared()
        self.wrapping = self.full("GetParametersForImport", KeyId=self.external, **RSA)

    def every_import_key_material(self) -> str:
        sealed = encrypted(self.wrapping["PublicKey"], bytes(range(32)))
        token = self.wrapping["ImportToken"]
        given = {"EncryptedKeyMaterial": sealed, "ImportToken": token, "KeyMaterialExpireUnix": 0}
        self.full("ImportKeyMaterial", KeyId=self.external, **given)
        expect(self.metadata(self.external)["KeyState"], "Enabled", "KeyState")
        return "wrapped by openssl"

    def every_delete_key_material(self) -> None:
        self.full("DeleteKeyMaterial", KeyId=self.external)
        expect(self.metadata(self.external)["KeyState"], "PendingImport", "KeyState")


_OAEP = ("-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", "rsa_oaep_md:sha256", "-pkeyopt", "rsa_mgf1_md:sha256")


def _openssl(*arguments: str, stdin: bytes = b"") -> bytes:
    return subprocess.run(["openssl", *arguments], input=stdin, capture_output=True, check=True).stdout


class theirs:  # noqa: N801 - reads as a word in "with theirs() as (private, public)"
    """A key pair of somebody else's: the private file and the public half in base64."""

    def __enter__(self) -> tuple[str, str]:
        self._folder = tempfile.TemporaryDirectory()
        private = str(Path(self._folder.name) / f"{uuid.uuid4()}.pem")
        _openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", private)
        public = _openssl("pkey", "-in", private, "-pubout", "-outform", "DER")
        return private, base64.b64encode(public).decode()

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()


def decrypted(private: str, sealed: str) -> bytes:
    """What openssl makes of it with the private key."""
    return _openssl("pkeyutl", "-decrypt", "-inkey", private, *_OAEP, stdin=base64.b64decode(sealed))


def encrypted(public: str, material: bytes) -> str:
    """Material under a wrapping key, by openssl."""
    with tempfile.NamedTemporaryFile(suffix=".der") as file:
        file.write(base64.b64decode(public))
        file.flush()
        options = ("pkeyutl", "-encrypt", "-pubin", "-keyform", "DER", "-inkey", file.name, *_OAEP)
        return base64.b64encode(_openssl(*options, stdin=material)).decode()
