"""Programs that call Alibaba Cloud KMS on their own: OSS client-side encryption, Nacos configuration encryption.

Both insist on HTTPS and take the server's certificate authority from the environment only.
"""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import client_script
from client_script import Exchange, Settings, expect, expect_true
from plan import Client


class Apps:
    """One key, used by both."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._address = urlsplit(settings["https"]).netloc
        os.environ["ALIBABA_CLOUD_CA_BUNDLE"] = settings["ca_cert"]
        os.environ["SSL_CERT_FILE"] = settings["ca_cert"]
        self._key_id = self._new_key()

    def _who(self) -> tuple[str, str]:
        return self._settings["access_key_id"], self._settings["access_key_secret"]

    def _new_key(self) -> str:
        """A key, by the newest SDK that Nacos brings along."""
        from alibabacloud_kms20160120 import models  # noqa: PLC0415 - reads SSL_CERT_FILE when it is imported

        made = self._nacos().client.create_key(models.CreateKeyRequest(description="for programs"))
        key_id: str = made.body.key_metadata.key_id
        return key_id

    def _nacos(self) -> Any:
        from v2.nacos.common.client_config import KMSConfig  # noqa: PLC0415
        from v2.nacos.config.encryption.kms_client import KmsClient  # noqa: PLC0415

        access_key, secret_key = self._who()
        config = KMSConfig(enabled=True, endpoint=self._address, access_key=access_key, secret_key=secret_key)
        return KmsClient.create_kms_client(config)

    def _provider(self, passphrase: str | None = None) -> Any:
        from oss2.crypto import AliKMSProvider  # noqa: PLC0415

        provider = AliKMSProvider(*self._who(), self._settings["region"], self._key_id, passphrase=passphrase)
        provider.kms_client.add_endpoint(self._settings["region"], "Kms", self._address)
        return provider

    def _envelope(self, passphrase: str | None) -> str:
        """Encrypt an object's content, keep what OSS keeps beside it, decrypt with that alone."""
        plain = b"an object" * 1000
        material = self._provider(passphrase).create_content_material()
        sealed = material.cipher.encrypt(plain)
        expect_true(sealed != plain, "the content is encrypted")
        beside = json.dumps({"key": material.encrypted_key, "iv": material.encrypted_iv})
        kept = json.loads(beside)
        provider = self._provider(passphrase)
        key, iv = provider.decrypt_encrypted_key(kept["key"]), provider.decrypt_encrypted_iv(kept["iv"])
        cipher = provider.cipher
        cipher.initialize(key, iv)
        expect(cipher.decrypt(sealed), plain, "the object")
        return f"{len(plain)} bytes"

    def oss_object_envelope(self) -> str:
        """GenerateDataKey and Encrypt, then Decrypt twice."""
        return self._envelope(None)

    def oss_object_envelope_with_a_passphrase(self) -> str:
        """The passphrase is the encryption context."""
        return self._envelope("secret words")

    def nacos_encrypts_raw_text(self) -> str:
        """What it calls plaintext is any text, and comes back as it was."""
        nacos = self._nacos()
        for text in ("spring.datasource.password=geheim!", "schlüssel: 钥匙", "abcd", "YWJjZA=="):
            expect(nacos.decrypt(nacos.encrypt(text, self._key_id)), text, "the text")
        return "as it was"

    def nacos_data_key(self) -> str:
        """The key of a configuration item, and its ciphertext."""
        nacos = self._nacos()
        plain, sealed = nacos.generate_secret_key(self._key_id, "AES_256")
        expect(len(base64.b64decode(plain)), 32, "bytes")
        expect(nacos.decrypt(sealed), plain, "data key")
        return "32 bytes"


def make(_client: Client, settings: Settings, _exchange: Exchange) -> Apps:
    """The driver."""
    expect_true(Path(settings["ca_cert"]).exists(), "there is a CA file")
    return Apps(settings)


if __name__ == "__main__":
    client_script.run(make)
