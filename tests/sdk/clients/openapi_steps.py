"""The steps of the Alibaba Cloud KMS OpenAPI, the same for both of its SDKs.

A client script supplies ``call(operation, **parameters) -> dict`` with the names of the wire (``KeyId``,
``Plaintext``), and ``facts(error) -> Refusal``; what is promised is written here once.
"""

from __future__ import annotations

import base64
import calendar
import json
import re
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from client_script import Refusal, Sealed, Settings, expect, expect_refusal, expect_true, from_base64

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_TIME = "%Y-%m-%dT%H:%M:%SZ"
#: The API takes and gives plaintext in base64.
PLAINTEXT = base64.b64encode(bytes(range(256)) * 4).decode("ascii")
#: Keys of other families: name, KeySpec, KeyUsage.
OTHER_KEYS = {
    "rsa sign": ("RSA_2048", "SIGN/VERIFY"),
    "rsa encrypt": ("RSA_2048", "ENCRYPT/DECRYPT"),
    "ec sign": ("EC_P256", "SIGN/VERIFY"),
    "ec encrypt": ("EC_P256", "ENCRYPT/DECRYPT"),
    "sm2 sign": ("EC_SM2", "SIGN/VERIFY"),
    "sm2 encrypt": ("EC_SM2", "ENCRYPT/DECRYPT"),
}
CONTEXT = {"order": "4711", "klasse": "ü"}

ALIAS_EXISTS = Refusal(400, "AliasAlreadyExists", "AliasName Already Exists.")
BAD_SIGNATURE = Refusal(
    400, "IncompleteSignature", "The request signature does not conform to Alibaba Cloud standards."
)
NO_KEY = Refusal(404, "Forbidden.KeyNotFound", "The specified Key is not found.")
NO_ALIAS = Refusal(404, "Forbidden.AliasNotFound", "The specified Alias is not found.")
NO_ACCESS_KEY = Refusal(404, "InvalidAccessKeyId.NotFound", "The AccessKey ID provided does not exist in our records.")
_REJECTED = "The request was rejected because the key state is {}."
DISABLED = Refusal(409, "Rejected.Disabled", _REJECTED.format("Disabled"))
PENDING = Refusal(409, "Rejected.PendingDeletion", _REJECTED.format("PendingDeletion"))
NOT_THIS_STATE = Refusal(409, "Rejected.StateModifiedFailed", "Keystate modified failed.")


def _seconds(text: str) -> int:
    return calendar.timegm(time.strptime(text, _TIME))


class OpenApiSteps:
    """One run of all OpenAPI steps on a key of its own, which stays behind scheduled for deletion."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.key_id = ""
        self.blob = ""
        self.alias = f"alias/sdk-{uuid.uuid4()}"

    # --- what the SDK's client script supplies

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Call the operation through the SDK; the answer as a dict with the names of the wire."""
        raise NotImplementedError

    def facts(self, error: Exception) -> Refusal:
        """What the SDK's exception tells a program."""
        raise NotImplementedError

    def unknown_key(self, access_key_id: str, access_key_secret: str) -> OpenApiSteps:
        """The same client with other credentials."""
        raise NotImplementedError

    # --- helpers

    @contextmanager
    def refused(self, refusal: Refusal) -> Iterator[None]:
        """The block must be refused with exactly that status, code and message."""
        with expect_refusal(self.facts, refusal):
            yield

    def own_key(self) -> str:
        """The key of this run."""
        expect_true(self.key_id, "CreateKey made a key in an earlier step")
        return self.key_id

    def new_key(self, description: str = "made by tests/sdk") -> str:
        """A further enabled key."""
        made: str = self.call("CreateKey", Description=description)["KeyMetadata"]["KeyId"]
        return made

    def metadata(self, key: str) -> dict[str, Any]:
        """DescribeKey's answer."""
        found: dict[str, Any] = self.call("DescribeKey", KeyId=key)["KeyMetadata"]
        return found

    def expect_state(self, state: str) -> str:
        """DescribeKey must show ``state``."""
        expect(self.metadata(self.own_key())["KeyState"], state, "KeyState")
        return f"KeyState is {state}"

    def _pages(self, operation: str, list_name: str, item_name: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        """All items of a listing, page by page; the pages must hold together what TotalCount says."""
        seen, page, total = 0, 1, 1
        while seen < total:
            answer = self.call(operation, PageNumber=page, PageSize=100, **parameters)
            items = answer[list_name][item_name]
            total = answer["TotalCount"]
            expect((answer["PageNumber"], answer["PageSize"]), (page, 100), "page")
            expect_true(items or seen >= total, f"{operation} gives all {total} items, got {seen}")
            yield from items
            seen, page = seen + len(items), page + 1

    # --- keys

    def create_key(self) -> str:
        """CreateKey answers the whole metadata of an enabled AES key."""
        made = self.call("CreateKey", Description="tests/sdk")["KeyMetadata"]
        expect_true(_UUID.fullmatch(made["KeyId"]), f"the key id {made['KeyId']} is a UUID")
        self.key_id = made["KeyId"]
        arn = f"acs:kms:{self.settings['region']}:{self.settings['account_id']}:key/{self.key_id}"
        promised = {
            "Arn": arn,
            "Description": "tests/sdk",
            "KeySpec": "Aliyun_AES_256",
            "KeyState": "Enabled",
            "KeyUsage": "ENCRYPT/DECRYPT",
            "Origin": "Aliyun_KMS",
        }
        expect({name: made.get(name) for name in promised}, promised, "KeyMetadata")
        age = time.time() - _seconds(made["CreationDate"])
        expect_true(-5 < age < 60, f"CreationDate {made['CreationDate']} is now")
        return self.key_id

    def describe_key(self) -> str:
        """DescribeKey finds the key by id and by ARN."""
        by_id = self.metadata(self.own_key())
        expect(by_id["KeyId"], self.key_id, "KeyId")
        expect(self.metadata(by_id["Arn"]), by_id, "DescribeKey by ARN")
        return str(by_id["Arn"])

    def list_keys(self) -> str:
        """ListKeys holds the key exactly once, with its ARN."""
        listed = [key for key in self._pages("ListKeys", "Keys", "Key") if key["KeyId"] == self.own_key()]
        expect(listed, [{"KeyId": self.key_id, "KeyArn": self.metadata(self.key_id)["Arn"]}], "the key in the list")
        return "listed once"

    def disable_key(self) -> str:
        """DisableKey is visible at once."""
        self.call("DisableKey", KeyId=self.own_key())
        return self.expect_state("Disabled")

    def enable_key(self) -> str:
        """EnableKey is visible at once."""
        self.call("EnableKey", KeyId=self.own_key())
        return self.expect_state("Enabled")

    # --- cryptography

    def encrypt(self) -> str:
        """Encrypt names the key and its version and gives a ciphertext that is not the plaintext."""
        answer = self.call("Encrypt", KeyId=self.own_key(), Plaintext=PLAINTEXT, EncryptionContext=CONTEXT)
        expect(answer["KeyId"], self.key_id, "KeyId")
        expect_true(_UUID.fullmatch(answer["KeyVersionId"]), "KeyVersionId is a UUID")
        self.blob = answer["CiphertextBlob"]
        clear = base64.b64decode(PLAINTEXT)
        expect_true(clear[:64] not in base64.b64decode(self.blob), "the ciphertext hides the plaintext")
        again = self.call("Encrypt", KeyId=self.key_id, Plaintext=PLAINTEXT, EncryptionContext=CONTEXT)
        expect_true(again["CiphertextBlob"] != self.blob, "two ciphertexts of one plaintext differ")
        return f"{len(clear)} bytes to {len(self.blob)} characters"

    def decrypt(self) -> str:
        """Decrypt gives the plaintext back under the same context in any order, and refuses another one."""
        turned = dict(reversed(CONTEXT.items()))
        answer = self.call("Decrypt", CiphertextBlob=self.blob, EncryptionContext=turned)
        expect((answer["Plaintext"], answer["KeyId"]), (PLAINTEXT, self.key_id), "Plaintext and KeyId")
        try:
            self.call("Decrypt", CiphertextBlob=self.blob, EncryptionContext={"order": "4712"})
        except Exception as error:  # noqa: BLE001 - each SDK raises its own
            expect(self.facts(error).status, 400, "status under another context")
        else:
            expect("a plaintext", "a refusal", "Decrypt under another context")
        text = "plain text, no base64: ü"
        blob = self.call("Encrypt", KeyId=self.key_id, Plaintext=text)["CiphertextBlob"]
        expect(self.call("Decrypt", CiphertextBlob=blob)["Plaintext"], text, "a plaintext that is not base64")
        return "equal, also for text that is not base64; refused under another context"

    def generate_data_key(self) -> str:
        """GenerateDataKey gives keys of the length asked for, which Decrypt opens."""
        for length, asked in (
            (32, {}),
            (32, {"KeySpec": "AES_256"}),
            (16, {"KeySpec": "AES_128"}),
            (64, {"NumberOfBytes": 64}),
        ):
            made = self.call("GenerateDataKey", KeyId=self.own_key(), **asked)
            expect(len(from_base64(made["Plaintext"])), length, f"length for {asked}")
            opened = self.call("Decrypt", CiphertextBlob=made["CiphertextBlob"])
            expect(opened["Plaintext"], made["Plaintext"], "the opened data key")
        return "16, 32 and 64 bytes, each opened by Decrypt"

    def generate_data_key_without_plaintext(self) -> str:
        """GenerateDataKeyWithoutPlaintext gives a sealed key only."""
        made = self.call("GenerateDataKeyWithoutPlaintext", KeyId=self.own_key(), KeySpec="AES_128")
        expect_true(not made.get("Plaintext"), "there is no Plaintext")
        opened = self.call("Decrypt", CiphertextBlob=made["CiphertextBlob"])
        expect(len(from_base64(opened["Plaintext"])), 16, "length of the opened data key")
        return "opened by Decrypt to 16 bytes"

    # --- aliases

    def create_alias(self) -> str:
        """CreateAlias makes a name that DescribeKey and Encrypt take."""
        self.call("CreateAlias", AliasName=self.alias, KeyId=self.own_key())
        expect(self.metadata(self.alias)["KeyId"], self.key_id, "DescribeKey by alias")
        expect(self.call("Encrypt", KeyId=self.alias, Plaintext="eA==")["KeyId"], self.key_id, "Encrypt by alias")
        return self.alias

    def update_alias(self) -> str:
        """UpdateAlias moves the name to another key, and back."""
        other = self.new_key()
        self.call("UpdateAlias", AliasName=self.alias, KeyId=other)
        expect(self.metadata(self.alias)["KeyId"], other, "the alias after UpdateAlias")
        self.call("UpdateAlias", AliasName=self.alias, KeyId=self.own_key())
        expect(self.metadata(self.alias)["KeyId"], self.key_id, "the alias after the second UpdateAlias")
        return "moved to another key and back"

    def _alias_row(self) -> dict[str, str]:
        arn = f"acs:kms:{self.settings['region']}:{self.settings['account_id']}:{self.alias}"
        return {"AliasName": self.alias, "AliasArn": arn, "KeyId": self.own_key()}

    def list_aliases(self) -> str:
        """ListAliases holds the alias exactly once."""
        rows = [row for row in self._pages("ListAliases", "Aliases", "Alias") if row["AliasName"] == self.alias]
        expect(rows, [self._alias_row()], "the alias in the list")
        return "listed once"

    def list_aliases_by_key_id(self) -> str:
        """ListAliasesByKeyId holds this key's alias and nothing else."""
        rows = list(self._pages("ListAliasesByKeyId", "Aliases", "Alias", KeyId=self.own_key()))
        expect(rows, [self._alias_row()], "the aliases of the key")
        return "exactly one alias"

    def delete_alias(self) -> str:
        """DeleteAlias removes the name and leaves the key."""
        self.call("DeleteAlias", AliasName=self.alias)
        expect(list(self._pages("ListAliasesByKeyId", "Aliases", "Alias", KeyId=self.own_key())), [], "aliases left")
        return self.expect_state("Enabled")

    # --- deletion

    def schedule_key_deletion(self) -> str:
        """ScheduleKeyDeletion sets the state and the date."""
        self.call("ScheduleKeyDeletion", KeyId=self.own_key(), PendingWindowInDays=7)
        found = self.metadata(self.key_id)
        expect(found["KeyState"], "PendingDeletion", "KeyState")
        days = (_seconds(found["DeleteDate"]) - time.time()) / 86400
        expect_true(6.9 < days < 7.1, f"DeleteDate {found['DeleteDate']} is in seven days")
        return f"PendingDeletion until {found['DeleteDate']}"

    def cancel_key_deletion(self) -> str:
        """CancelKeyDeletion makes the key usable again."""
        self.call("CancelKeyDeletion", KeyId=self.own_key())
        self.call("Encrypt", KeyId=self.key_id, Plaintext="eA==")
        return self.expect_state("Enabled")

    # --- refusals: exact status, code and text

    def refused_400_alias_already_exists(self) -> str:
        """A second alias of the same name."""
        alias = f"alias/sdk-{uuid.uuid4()}"
        self.call("CreateAlias", AliasName=alias, KeyId=self.own_key())
        with self.refused(ALIAS_EXISTS):
            self.call("CreateAlias", AliasName=alias, KeyId=self.key_id)
        return str(ALIAS_EXISTS)

    def refused_400_incomplete_signature(self) -> str:
        """The right access key id with a wrong secret."""
        with self.refused(BAD_SIGNATURE):
            self.unknown_key(self.settings["access_key_id"], "wrong-secret").call("DescribeKey", KeyId=self.own_key())
        return str(BAD_SIGNATURE)

    def refused_404_invalid_access_key_id_not_found(self) -> str:
        """An access key id nobody has."""
        with self.refused(NO_ACCESS_KEY):
            self.unknown_key("LTAI5tNobodyHasThisOne0", "wrong-secret").call("DescribeKey", KeyId=self.own_key())
        return str(NO_ACCESS_KEY)

    def refused_404_forbidden_key_not_found(self) -> str:
        """A key id nobody has."""
        with self.refused(NO_KEY):
            self.call("DescribeKey", KeyId=str(uuid.uuid4()))
        return str(NO_KEY)

    def refused_404_forbidden_alias_not_found(self) -> str:
        """An alias nobody has."""
        with self.refused(NO_ALIAS):
            self.call("DeleteAlias", AliasName=f"alias/sdk-{uuid.uuid4()}")
        return str(NO_ALIAS)

    def refused_409_rejected_disabled(self) -> str:
        """Encrypting under a disabled key."""
        self.call("DisableKey", KeyId=self.own_key())
        with self.refused(DISABLED):
            self.call("Encrypt", KeyId=self.key_id, Plaintext="eA==")
        with self.refused(DISABLED):
            self.call("Decrypt", CiphertextBlob=self.blob, EncryptionContext=CONTEXT)
        return str(DISABLED)

    def refused_409_rejected_pending_deletion(self) -> str:
        """Data keys under a key that waits for its deletion."""
        self.call("ScheduleKeyDeletion", KeyId=self.own_key(), PendingWindowInDays=7)
        with self.refused(PENDING):
            self.call("GenerateDataKey", KeyId=self.key_id)
        return str(PENDING)

    def refused_409_rejected_state_modified_failed(self) -> str:
        """Cancelling a deletion that is not scheduled."""
        with self.refused(NOT_THIS_STATE):
            self.call("CancelKeyDeletion", KeyId=self.new_key())
        return str(NOT_THIS_STATE)

    # --- crossing and keys for others

    def seal(self, plaintext: bytes) -> tuple[str, str]:
        """Encrypt ``plaintext`` under a key of its own."""
        key = self.new_key("crossing")
        return key, self.call("Encrypt", KeyId=key, Plaintext=plaintext.decode())["CiphertextBlob"]

    def open(self, sealed: Sealed) -> bytes:
        """Decrypt what another client sealed."""
        answer = self.call("Decrypt", CiphertextBlob=sealed.text)
        expect(answer["KeyId"], sealed.key_id, "KeyId")
        text: str = answer["Plaintext"]
        # AdvanceEncrypt takes bytes, and this API shows bytes in base64.
        return from_base64(text) if sealed.sealer == "Alibaba Instance Advance" else text.encode()

    def make_keys(self) -> dict[str, str]:
        """An enabled key with an alias, a disabled one, and one of each other kind, for clients without CreateKey."""
        enabled, disabled = self.new_key("enabled"), self.new_key("disabled")
        alias = f"alias/sdk-{uuid.uuid4()}"
        self.call("CreateAlias", AliasName=alias, KeyId=enabled)
        self.call("DisableKey", KeyId=disabled)
        others = {name: self.key_of(*kind) for name, kind in OTHER_KEYS.items()}
        return {"enabled": enabled, "disabled": disabled, "alias": alias, **others}

    def key_of(self, spec: str, usage: str) -> str:
        """A further key of another kind."""
        made: str = self.call("CreateKey", KeySpec=spec, KeyUsage=usage)["KeyMetadata"]["KeyId"]
        return made


def wire(parameters: dict[str, Any]) -> dict[str, Any]:
    """Parameters as SDKs without models take them: maps as JSON text."""
    return {name: json.dumps(value) if isinstance(value, dict) else value for name, value in parameters.items()}
