"""The steps of the transfer clients: the OpenAPI's methods, answered by the Instance API.

Both SDKs take the OpenAPI's request and answer types and speak protobuf underneath. They send a plaintext as it is, so
what their OpenAPI twin takes in base64 may be any text here. A client script supplies ``call`` and ``facts``, as for
``openapi_steps``.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from typing import Any

from client_script import (
    Exchange,
    Refusal,
    Sealed,
    Settings,
    expect,
    expect_refusal,
    expect_true,
    from_base64,
    make_secret,
)

TEXT = "Grüße, 你好, \u0000 and more: " + "x" * 2000
CONTEXT = {"order": "4711", "klasse": "ü"}

NO_KEY = Refusal(404, "Forbidden.KeyNotFound", "The specified Key is not found.")
DISABLED = Refusal(409, "Rejected.Disabled", "The request was rejected because the key state is Disabled.")
INTERNAL = Refusal(500, "InternalFailure", "Internal Failure")
#: The clients turn the 404 Unauthorized of the Instance API into what the OpenAPI would say.
NO_CLIENT_KEY = Refusal(404, "InvalidAccessKeyId.NotFound", "The Access Key ID provided does not exist in our records.")
NO_SECRET = Refusal(404, "Forbidden.ResourceNotFound", "The specified Resource is not found.")


class TransferSteps:
    """One run of the steps of a transfer client."""

    def __init__(self, settings: Settings, exchange: Exchange) -> None:
        self.settings, self.exchange = settings, exchange
        self.blob = ""

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Call the operation through the SDK; the answer as a dict with the names of the wire."""
        raise NotImplementedError

    def facts(self, error: Exception) -> Refusal:
        """What the SDK's exception tells a program."""
        raise NotImplementedError

    def openapi(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Call the same operation through the OpenAPI's own SDK, with an access key."""
        raise NotImplementedError

    def unknown_key(self, client_key_id: str) -> TransferSteps:
        """The same client with another client key id."""
        raise NotImplementedError

    def key(self, kind: str = "enabled") -> str:
        """A key made for the clients of the Instance API."""
        return self.exchange.get("keys")[kind]

    def opened(self, blob: str, context: dict[str, str] | None = None, key_id: str = "") -> str:
        """Decrypt; the plaintext. The answer must name the key, by default the one for the Instance API's clients."""
        given = {"EncryptionContext": context} if context else {}
        answer = self.call("Decrypt", CiphertextBlob=blob, **given)
        expect(answer["KeyId"], key_id or self.key(), "KeyId")
        plaintext: str = answer["Plaintext"]
        return plaintext

    # --- steps

    def encrypt(self) -> str:
        """Encrypt with a context; the blob starts with the key version."""
        made = self.call("Encrypt", KeyId=self.key("alias"), Plaintext=TEXT, EncryptionContext=CONTEXT)
        self.blob = made["CiphertextBlob"]
        data = from_base64(self.blob)
        expect(data[:36].decode("ascii"), made["KeyVersionId"], "the version in the blob")
        expect(len(data), 36 + 12 + len(TEXT.encode()) + 16, "length of the blob")
        expect(made["KeyId"], self.key(), "KeyId")
        return f"{len(data)} bytes"

    def decrypt(self) -> str:
        """Decrypt with the same context, and not with another one."""
        expect(self.opened(self.blob, CONTEXT), TEXT, "Plaintext")
        with expect_refusal(self.facts, INTERNAL):
            self.opened(self.blob, {"order": "4712"})
        return "opens with the same context only"

    def generate_data_key(self) -> str:
        """The data key is what its blob decrypts to."""
        made = self.call("GenerateDataKey", KeyId=self.key(), KeySpec="AES_256", EncryptionContext=CONTEXT)
        expect(len(from_base64(made["Plaintext"])), 32, "length")
        expect(self.opened(made["CiphertextBlob"], CONTEXT), made["Plaintext"], "the opened data key")
        return "32 bytes"

    def generate_data_key_without_plaintext(self) -> str:
        """Only the blob comes; it opens to as many bytes as asked for."""
        made = self.call("GenerateDataKeyWithoutPlaintext", KeyId=self.key(), NumberOfBytes=48)
        expect_true(not made.get("Plaintext"), "there is no plaintext")
        expect(len(from_base64(self.opened(made["CiphertextBlob"]))), 48, "length")
        return "48 bytes"

    def asymmetric_encrypt_and_asymmetric_decrypt(self) -> str:
        """RSA-OAEP and SM2; the key version is the one of DescribeKey's primary version."""
        kinds = {"rsa encrypt": "RSAES_OAEP_SHA_256", "sm2 encrypt": "SM2PKE"}
        for kind, algorithm in kinds.items():
            fields = {"KeyId": self.key(kind), "Algorithm": algorithm}
            secret = base64.b64encode(b"secret").decode()
            fields["KeyVersionId"] = self.version(kind)
            made = self.call("AsymmetricEncrypt", Plaintext=secret, **fields)
            expect(made["KeyVersionId"], fields["KeyVersionId"], "KeyVersionId")
            opened = self.call("AsymmetricDecrypt", CiphertextBlob=made["CiphertextBlob"], **fields)
            expect(opened["Plaintext"], secret, f"Plaintext of {algorithm}")
        return ", ".join(kinds.values())

    def version(self, kind: str) -> str:
        """The version of a key that its public key is of."""
        version = self.call("GetPublicKey", KeyId=self.key(kind), KeyVersionId="")["KeyVersionId"]
        expect(len(version), 36, "length of the version id")
        text: str = version
        return text

    def asymmetric_sign_and_asymmetric_verify(self) -> str:
        """Digests are signed and verified; another digest does not fit."""
        kinds = {"rsa sign": "RSA_PSS_SHA_256", "ec sign": "ECDSA_SHA_256", "sm2 sign": "SM2DSA"}
        for kind, algorithm in kinds.items():
            fields = {"KeyId": self.key(kind), "Algorithm": algorithm, "KeyVersionId": self.version(kind)}
            digests = [base64.b64encode(hashlib.sha256(text).digest()).decode() for text in (b"a", b"b")]
            made = self.call("AsymmetricSign", Digest=digests[0], **fields)
            seen = [self.call("AsymmetricVerify", Digest=each, Value=made["Value"], **fields) for each in digests]
            expect([str(each["Value"]).lower() for each in seen], ["true", "false"], f"verdicts of {algorithm}")
        return ", ".join(kinds.values())

    def get_public_key(self) -> str:
        """The public key in PEM."""
        answer = self.call("GetPublicKey", KeyId=self.key("ec sign"), KeyVersionId=self.version("ec sign"))
        expect_true(answer["PublicKey"].startswith("-----BEGIN PUBLIC KEY-----"), "PEM")
        return "EC"

    def get_secret_value(self) -> str:
        """A secret that another API made."""
        name = make_secret(self.settings, f"sdk-{uuid.uuid4()}", "geheim, 机密")
        answer = self.call("GetSecretValue", SecretName=name)
        expect((answer["SecretName"], answer["SecretData"]), (name, "geheim, 机密"), "the secret")
        return "made through Huawei Cloud's API"

    # --- the OpenAPI's own SDK, no byte touched in between

    def openapi_ciphertexts_open_here(self) -> str:
        """Text, text that looks like base64, and data keys: what programs move with these clients."""
        for text in (TEXT, "aGVsbG8=", "abcd"):
            made = self.openapi("Encrypt", KeyId=self.key(), Plaintext=text)
            expect(self.opened(made["CiphertextBlob"]), text, "Plaintext")
        made = self.openapi("GenerateDataKey", KeyId=self.key())
        expect(self.opened(made["CiphertextBlob"]), made["Plaintext"], "the data key")
        return "text and data keys"

    def ciphertexts_open_through_the_openapi(self) -> str:
        """And back."""
        for text in (TEXT, "aGVsbG8=", "abcd"):
            made = self.call("Encrypt", KeyId=self.key(), Plaintext=text)
            opened = self.openapi("Decrypt", CiphertextBlob=made["CiphertextBlob"])
            expect((opened["KeyId"], opened["Plaintext"]), (self.key(), text), "KeyId and Plaintext")
        made = self.call("GenerateDataKey", KeyId=self.key(), KeySpec="AES_256")
        expect(
            self.openapi("Decrypt", CiphertextBlob=made["CiphertextBlob"])["Plaintext"], made["Plaintext"], "data key"
        )
        return "text and data keys"

    # --- refusals

    def refused_404_secret_not_found(self) -> str:
        """A secret nobody has."""
        with expect_refusal(self.facts, NO_SECRET):
            self.call("GetSecretValue", SecretName="sdk-nobody")
        return str(NO_SECRET)

    def refused_404_forbidden_key_not_found(self) -> str:
        """A key nobody has."""
        with expect_refusal(self.facts, NO_KEY):
            self.call("Encrypt", KeyId=str(uuid.uuid4()), Plaintext="x")
        return str(NO_KEY)

    def refused_409_rejected_disabled(self) -> str:
        """A disabled key."""
        with expect_refusal(self.facts, DISABLED):
            self.call("Encrypt", KeyId=self.key("disabled"), Plaintext="x")
        return str(DISABLED)

    def refused_404_invalid_access_key_id_not_found(self) -> str:
        """A client key nobody has."""
        with expect_refusal(self.facts, NO_CLIENT_KEY):
            self.unknown_key(f"KAAP.{uuid.uuid4()}").call("Encrypt", KeyId=self.key(), Plaintext="x")
        return str(NO_CLIENT_KEY)

    # --- crossing

    def seal(self, plaintext: bytes) -> tuple[str, str]:
        """Encrypt the text as it is."""
        return self.key(), self.call("Encrypt", KeyId=self.key(), Plaintext=plaintext.decode())["CiphertextBlob"]

    def open(self, sealed: Sealed) -> bytes:
        """Decrypt what another API made, as it is. AdvanceEncrypt takes bytes, which string APIs show in base64."""
        text = self.opened(sealed.text, key_id=sealed.key_id)
        return from_base64(text) if sealed.sealer == "Alibaba Instance Advance" else text.encode()
