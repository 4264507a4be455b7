"""alibabacloud-dkms-gcs: the official SDK of the KMS Instance API, over https with the CA file and over http."""

from __future__ import annotations

import asyncio
import base64
import json
import uuid
from typing import Any
from urllib.parse import urlsplit

import client_script
from client_script import Bare, Exchange, Refusal, Sealed, Settings, bare, expect, expect_refusal, expect_true
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from openapi.models import Config
from openapi_util.models import RuntimeOptions
from plan import Client
from sdk import models
from sdk.client import Client as Sdk
from Tea.exceptions import TeaException

#: Names the key version an answer was made with; on a request it chooses the version to open with.
VERSION_HEADER = "x-kms-migrationkeyversionid"
PLAINTEXT = bytes(range(256)) * 8

BAD_SIGNATURE = Refusal(401, "SignatureNotMatch", "Signature is not matched.")
NO_KEY = Refusal(404, "Forbidden.KeyNotFound", "The Key ID or Alias does not exist in the system.")
DISABLED = Refusal(409, "Rejected.Disabled", "The request was rejected because the key state is Disabled.")
INTERNAL = Refusal(500, "InternalFailure", "Internal Failure.")


class Gcs:
    """One run of the Instance API's steps with keys made through the OpenAPI."""

    def __init__(self, settings: Settings, exchange: Exchange, scheme: str, mode: str, **who: str) -> None:
        self._settings, self._exchange, self._scheme, self._mode = settings, exchange, scheme, mode
        given: dict[str, Any] = {"protocol": scheme, "endpoint": urlsplit(settings[scheme]).netloc}
        given |= who or {
            "client_key_file": settings["client_key_file"],
            "password": settings["client_key_password"],
        }
        if scheme == "https":
            given["ca_file_path"] = settings["ca_cert"]
        self._sdk = Sdk(Config(**given))
        self._runner = asyncio.Runner()
        self._last: Bare | None = None

    def _call(self, method: str, request: Any) -> Any:
        """Call with runtime options that ask for the version header, as the transfer SDKs do."""
        runtime = RuntimeOptions(response_headers=[VERSION_HEADER])
        if self._mode == "async" and self._scheme == "https":
            runtime.ignore_ssl = True  # the SDK's async methods look at no CA file
        if self._mode == "async":
            answer = self._runner.run(getattr(self._sdk, f"{method}_with_options_async")(request, runtime))
        else:
            answer = getattr(self._sdk, f"{method}_with_options")(request, runtime)
        expect(str(uuid.UUID(answer.request_id)), answer.request_id, "the request id is a UUID in lower case")
        return answer

    def _key(self, kind: str = "enabled") -> str:
        return self._exchange.get("keys")[kind]

    def _encrypt(self, key_id: str, plaintext: bytes, aad: bytes | None = None) -> Bare:
        answer = self._call("encrypt", models.EncryptRequest(key_id=key_id, plaintext=plaintext, aad=aad))
        expect((answer.key_id, answer.algorithm), (self._key(), "AES_GCM"), "KeyId and Algorithm")
        expect((len(answer.iv), len(answer.ciphertext_blob)), (12, len(plaintext) + 16), "lengths of Iv and ciphertext")
        version = answer.response_headers.get(VERSION_HEADER, "")
        expect(len(version), 36, f"length of {VERSION_HEADER}")
        return Bare(version, answer.iv, answer.ciphertext_blob)

    def _decrypt(self, sealed: Bare, aad: bytes | None = None, algorithm: str = "AES_GCM") -> bytes:
        fields = {"key_id": self._key(), "ciphertext_blob": sealed.ciphertext, "iv": sealed.iv, "algorithm": algorithm}
        answer = self._call("decrypt", models.DecryptRequest(aad=aad, **fields))
        expect((answer.key_id, answer.algorithm), (self._key(), "AES_GCM"), "KeyId and Algorithm")
        plaintext: bytes = answer.plaintext
        return plaintext

    @staticmethod
    def facts(error: Exception) -> Refusal:
        """Status, code and message of the SDK's exception, which must know the request id."""
        if not isinstance(error, TeaException) or not error.data or "httpCode" not in error.data:
            raise error
        expect_true(error.data["requestId"], "the exception has a request id")
        return Refusal(error.data["httpCode"], error.code, error.message)

    # --- operations

    def encrypt(self) -> str:
        """Encrypt by key id and by alias."""
        self._last = self._encrypt(self._key(), PLAINTEXT)
        by_alias = self._encrypt(self._key("alias"), PLAINTEXT)
        expect_true(by_alias.iv != self._last.iv, "two calls use different Ivs")
        expect_true(PLAINTEXT[:64] not in self._last.ciphertext, "the ciphertext hides the plaintext")
        return f"{len(PLAINTEXT)} bytes, version {self._last.key_version_id}"

    def decrypt(self) -> str:
        """Decrypt gives the plaintext back, also where the algorithm is left to the key."""
        expect_true(self._last, "Encrypt made a ciphertext in an earlier step")
        assert self._last is not None
        expect(self._decrypt(self._last), PLAINTEXT, "Plaintext")
        expect(self._decrypt(self._last, algorithm=""), PLAINTEXT, "Plaintext without an algorithm")
        return "equal byte for byte"

    def encrypt_with_aad(self) -> str:
        """Additional data binds: with it the ciphertext opens, with other data it does not."""
        sealed = self._encrypt(self._key(), PLAINTEXT, aad=b"\x00order 4711\xff")
        expect(self._decrypt(sealed, aad=b"\x00order 4711\xff"), PLAINTEXT, "Plaintext")
        with expect_refusal(self.facts, INTERNAL):
            self._decrypt(sealed, aad=b"\x00order 4712\xff")
        return "opens with the same Aad only"

    def generate_data_key(self) -> str:
        """GenerateDataKey gives a key that Decrypt opens."""
        request = models.GenerateDataKeyRequest(key_id=self._key(), number_of_bytes=32)
        made = self._call("generate_data_key", request)
        expect((made.key_id, made.algorithm, len(made.plaintext)), (self._key(), "AES_GCM", 32), "the data key")
        expect(len(made.response_headers.get(VERSION_HEADER, "")), 36, f"length of {VERSION_HEADER}")
        expect(self._decrypt(Bare("", made.iv, made.ciphertext_blob)), made.plaintext, "the opened data key")
        return "32 bytes, opened by Decrypt"

    def generate_random(self) -> str:
        """GenerateRandom gives as many bytes as asked for, other ones each time."""
        drawn = [
            self._call("generate_random", models.GenerateRandomRequest(length=size)).random for size in (1, 64, 64)
        ]
        expect([len(each) for each in drawn], [1, 64, 64], "lengths")
        expect_true(drawn[1] != drawn[2], "two draws differ")
        return "1 and 64 bytes"

    # --- refusals: exact status, code and text

    def _with_unknown_key(self, client_key_id: str) -> Gcs:
        """The same client with a private key nobody registered."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pkcs8 = (serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        private_key = base64.b64encode(key.private_bytes(*pkcs8)).decode("ascii")
        who = {"access_key_id": client_key_id, "private_key": private_key}
        return Gcs(self._settings, self._exchange, self._scheme, self._mode, **who)

    def refused_401_signature_not_match(self) -> str:
        """The right client key id with another private key."""
        with open(self._settings["client_key_file"], encoding="utf-8") as file:
            key_id = json.load(file)["KeyId"]
        with expect_refusal(self.facts, BAD_SIGNATURE):
            self._with_unknown_key(key_id)._encrypt(self._key(), b"x")
        return str(BAD_SIGNATURE)

    def refused_404_unauthorized(self) -> str:
        """A client key id nobody has."""
        key_id = f"KAAP.{uuid.uuid4()}"
        refusal = Refusal(404, "Unauthorized", f'The AccessKey ID "{key_id}" does not exist in our records.')
        with expect_refusal(self.facts, refusal):
            self._with_unknown_key(key_id)._encrypt(self._key(), b"x")
        return str(refusal)

    def refused_404_forbidden_key_not_found(self) -> str:
        """A key id and an alias nobody has."""
        for key_id in (str(uuid.uuid4()), f"alias/sdk-{uuid.uuid4()}"):
            with expect_refusal(self.facts, NO_KEY):
                self._encrypt(key_id, b"x")
        return str(NO_KEY)

    def refused_409_rejected_disabled(self) -> str:
        """Encrypting under a disabled key."""
        with expect_refusal(self.facts, DISABLED):
            self._encrypt(self._key("disabled"), b"x")
        return str(DISABLED)

    def refused_500_internal_failure(self) -> str:
        """A changed ciphertext: the Instance API documents this very status for it."""
        sealed = self._encrypt(self._key(), PLAINTEXT)
        changed = Bare(sealed.key_version_id, sealed.iv, sealed.ciphertext[:-1] + bytes([sealed.ciphertext[-1] ^ 1]))
        with expect_refusal(self.facts, INTERNAL):
            self._decrypt(changed)
        return str(INTERNAL)

    # --- crossing

    def seal(self, plaintext: bytes) -> tuple[str, str]:
        """Encrypt ``plaintext``; version, Iv and ciphertext travel as one text."""
        return self._key(), self._encrypt(self._key(), plaintext).portable()

    def open(self, sealed: Sealed) -> bytes:
        """Decrypt what another client sealed, the key version in the request header, as the transfer SDKs do."""
        parts = bare(sealed.text)
        headers = {VERSION_HEADER: parts.key_version_id}
        fields = {"ciphertext_blob": parts.ciphertext, "iv": parts.iv, "algorithm": "AES_GCM"}
        if parts.aad:
            fields["aad"] = parts.aad
        answer = self._call("decrypt", models.DecryptRequest(request_headers=headers, **fields))
        expect(answer.key_id, sealed.key_id, "KeyId")
        expect(answer.response_headers.get(VERSION_HEADER), parts.key_version_id, VERSION_HEADER)
        plaintext: bytes = answer.plaintext
        return plaintext

    def close(self) -> None:
        """End the event loop."""
        self._runner.close()


def make(client: Client, settings: Settings, exchange: Exchange) -> Gcs:
    """The client script for one entry of the plan."""
    return Gcs(settings, exchange, client.options["scheme"], client.options["mode"])


if __name__ == "__main__":
    client_script.run(make)
