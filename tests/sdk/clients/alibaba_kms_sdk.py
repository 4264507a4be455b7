"""alibabacloud-kms-python-sdk, Client: one object for both APIs, keys through the OpenAPI and data through protobuf."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import client_script
from alibabacloud_kms20160120 import models as openapi
from alibabacloud_kms_kms20160120.client import Client as Sdk
from alibabacloud_tea_openapi.models import Config
from client_script import Exchange, Refusal, Settings, expect, expect_refusal
from openapi.models import Config as InstanceConfig
from plan import Client
from sdk import models
from Tea.exceptions import TeaException

PLAINTEXT = bytes(range(256))
PENDING = Refusal(409, "Rejected.PendingDeletion", "The request was rejected because the key state is PendingDeletion.")


class Both:
    """One run on a key that the same client object makes."""

    def __init__(self, settings: Settings, scheme: str) -> None:
        instance = InstanceConfig(
            protocol=scheme,
            endpoint=urlsplit(settings[scheme]).netloc,
            client_key_file=settings["client_key_file"],
            password=settings["client_key_password"],
            ca_file_path=settings["ca_cert"],
        )
        who = {name: settings[name] for name in ("access_key_id", "access_key_secret")}
        keys = Config(protocol="http", endpoint=urlsplit(settings["http"]).netloc, region_id="cn-hangzhou", **who)
        self._sdk = Sdk(kms_instance_config=instance, open_api_config=keys)
        self._key = ""

    @staticmethod
    def facts(error: Exception) -> Refusal:
        """Status, code and message of the SDK's exception."""
        if not isinstance(error, TeaException) or not error.data:
            raise error
        return Refusal(error.data["httpCode"], error.code, error.message)

    def create_key(self) -> str:
        """CreateKey goes to the OpenAPI."""
        self._key = self._sdk.create_key(openapi.CreateKeyRequest()).body.key_metadata.key_id
        return self._key

    def describe_key(self) -> str:
        """And DescribeKey."""
        found = self._sdk.describe_key(openapi.DescribeKeyRequest(key_id=self._key)).body.key_metadata
        expect((found.key_id, found.key_state), (self._key, "Enabled"), "KeyId and KeyState")
        return "Enabled"

    def encrypt_and_decrypt(self) -> str:
        """The key works at once over protobuf."""
        made = self._sdk.encrypt(models.EncryptRequest(key_id=self._key, plaintext=PLAINTEXT))
        fields: dict[str, Any] = {"key_id": self._key, "iv": made.iv, "algorithm": made.algorithm}
        opened = self._sdk.decrypt(models.DecryptRequest(ciphertext_blob=made.ciphertext_blob, **fields))
        expect(opened.plaintext, PLAINTEXT, "Plaintext")
        return made.algorithm

    def advance_encrypt_and_advance_decrypt(self) -> str:
        """With the Advance blob as well."""
        made = self._sdk.advance_encrypt(models.AdvanceEncryptRequest(key_id=self._key, plaintext=PLAINTEXT))
        opened = self._sdk.advance_decrypt(models.AdvanceDecryptRequest(ciphertext_blob=made.ciphertext_blob))
        expect((opened.plaintext, opened.key_version_id), (PLAINTEXT, made.key_version_id), "Plaintext and version")
        return made.key_version_id

    def schedule_key_deletion(self) -> str:
        """Deletion through the OpenAPI ..."""
        self._sdk.schedule_key_deletion(openapi.ScheduleKeyDeletionRequest(key_id=self._key, pending_window_in_days=7))
        return "7 days"

    def refused_409_rejected_pending_deletion(self) -> str:
        """... holds for the next request of the Instance API."""
        with expect_refusal(self.facts, PENDING):
            self._sdk.encrypt(models.EncryptRequest(key_id=self._key, plaintext=PLAINTEXT))
        return str(PENDING)


def make(client: Client, settings: Settings, _exchange: Exchange) -> Both:
    """The client script for one entry of the plan."""
    return Both(settings, client.options["scheme"])


if __name__ == "__main__":
    client_script.run(make)
