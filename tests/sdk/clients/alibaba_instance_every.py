"""alibabacloud-dkms-gcs: every operation the SDK has, and what it does about throttling.

The steps of ``alibaba_instance_gcs`` are about one AES key; these are about the rest: the Advance operations and their
blob, keys that sign, keys of other families, pairs, public keys, secrets.
"""

from __future__ import annotations

import base64
import hashlib
import threading
import uuid
from typing import Any

import client_script
from alibaba_instance_gcs import INTERNAL, PLAINTEXT, VERSION_HEADER, Gcs
from client_script import Exchange, Refusal, Sealed, Settings, expect, expect_refusal, expect_true, from_base64
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils
from openapi_util.models import RuntimeOptions
from plan import Client
from sdk import models
from Tea.exceptions import TeaException, UnretryableException

#: What the transfer SDKs cut off a blob and put back on.
HEAD = b"\x24\x00\x02"
NO_SECRET = Refusal(404, "Forbidden.ResourceNotFound", "The specified Resource is not found.")
INVALID = Refusal(400, "InvalidParameter", "The specified parameter is not valid.")
UNSUPPORTED = Refusal(400, "UnsupportedOperation", "Rejected.UnsupportedOperation")
BUSY = Refusal(429, "Rejected.Throttling", "Concurrency Limit Exceeded.")


class Every(Gcs):
    """One run of all the other steps."""

    def advance_encrypt(self) -> str:
        """AdvanceEncrypt gives one blob with version and Iv inside."""
        request = models.AdvanceEncryptRequest(key_id=self._key("alias"), plaintext=PLAINTEXT, aad=b"a")
        made = self._call("advance_encrypt", request)
        expect((made.key_id, made.algorithm), (self._key(), "AES_GCM"), "KeyId and Algorithm")
        blob = made.ciphertext_blob
        expect(blob[:3], HEAD, "the first three bytes")
        expect(blob[3:39].decode(), made.key_version_id, "the version in the blob")
        expect(blob[39:51], made.iv, "the Iv in the blob")
        expect(len(blob), 51 + len(PLAINTEXT) + 16, "length of the blob")
        self._blob = blob
        return f"{len(blob)} bytes, version {made.key_version_id}"

    def advance_decrypt(self) -> str:
        """AdvanceDecrypt opens the blob, and what Encrypt made; with other data neither."""
        answer = self._call("advance_decrypt", models.AdvanceDecryptRequest(ciphertext_blob=self._blob, aad=b"a"))
        expect((answer.plaintext, answer.key_id), (PLAINTEXT, self._key()), "Plaintext and KeyId")
        expect(answer.key_version_id, self._blob[3:39].decode(), "KeyVersionId")
        parts = self._encrypt(self._key(), PLAINTEXT)
        fields = {"key_id": self._key(), "algorithm": "AES_GCM", "iv": parts.iv, "ciphertext_blob": parts.ciphertext}
        expect(self._call("advance_decrypt", models.AdvanceDecryptRequest(**fields)).plaintext, PLAINTEXT, "Plaintext")
        with expect_refusal(self.facts, INTERNAL):
            self._call("advance_decrypt", models.AdvanceDecryptRequest(ciphertext_blob=self._blob, aad=b"b"))
        return "blobs and bare ciphertexts"

    def advance_generate_data_key(self) -> str:
        """The blob of an Advance data key opens to the key."""
        request = models.AdvanceGenerateDataKeyRequest(key_id=self._key(), number_of_bytes=24, aad=b"c")
        made = self._call("advance_generate_data_key", request)
        expect((len(made.plaintext), made.ciphertext_blob[:3]), (24, HEAD), "length and head")
        opened = models.AdvanceDecryptRequest(ciphertext_blob=made.ciphertext_blob, aad=b"c")
        expect(self._call("advance_decrypt", opened).plaintext, made.plaintext, "the data key")
        return "24 bytes"

    # --- pairs

    def _pair(self, name: str, key_format: str, **fields: Any) -> Any:
        model = getattr(models, "".join(word.title() for word in name.split("_")) + "Request")
        request = model(key_id=self._key(), key_pair_spec="EC_P256", key_format=key_format, aad=b"p", **fields)
        made = self._call(name, request)
        expect(made.key_pair_spec, "EC_P256", "KeyPairSpec")
        return made

    def _check_pair(self, private: bytes, public: bytes, key_format: str) -> None:
        load = serialization.load_pem_private_key if key_format == "PEM" else serialization.load_der_private_key
        encoding = serialization.Encoding[key_format]
        half = load(private, None).public_key().public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo)
        expect(half, public, "the public half of the opened private key")

    def _open_pair(self, made: Any, *, advance: bool) -> bytes:
        if advance:
            request = models.AdvanceDecryptRequest(ciphertext_blob=made.private_key_ciphertext_blob, aad=b"p")
            opened: bytes = self._call("advance_decrypt", request).plaintext
            return opened
        return self._decrypt(client_script.Bare("", made.iv, made.private_key_ciphertext_blob), aad=b"p")

    def generate_data_key_pair(self) -> str:
        """A pair in PEM; its sealed private half is the one in the clear."""
        made = self._pair("generate_data_key_pair", "PEM", algorithm="AES_GCM")
        expect(self._open_pair(made, advance=False), made.private_key_plaintext, "the opened private key")
        self._check_pair(made.private_key_plaintext, made.public_key, "PEM")
        return "PEM"

    def generate_data_key_pair_without_plaintext(self) -> str:
        """A pair in DER whose private half comes sealed only."""
        made = self._pair("generate_data_key_pair_without_plaintext", "DER")
        self._check_pair(self._open_pair(made, advance=False), made.public_key, "DER")
        return "DER"

    def advance_generate_data_key_pair(self) -> str:
        """The same with an Advance blob."""
        made = self._pair("advance_generate_data_key_pair", "DER")
        expect(self._open_pair(made, advance=True), made.private_key_plaintext, "the opened private key")
        expect(made.private_key_ciphertext_blob[3:39].decode(), made.key_version_id, "KeyVersionId")
        self._check_pair(made.private_key_plaintext, made.public_key, "DER")
        return "DER"

    def advance_generate_data_key_pair_without_plaintext(self) -> str:
        """And without the private half in the clear."""
        made = self._pair("advance_generate_data_key_pair_without_plaintext", "PEM")
        self._check_pair(self._open_pair(made, advance=True), made.public_key, "PEM")
        return "PEM"

    # --- other families

    def _public(self, kind: str) -> Any:
        answer = self._call("get_public_key", models.GetPublicKeyRequest(key_id=self._key(kind)))
        expect(len(answer.response_headers.get(VERSION_HEADER, "")), 36, f"length of {VERSION_HEADER}")
        return serialization.load_pem_public_key(answer.public_key.encode())

    def get_public_key(self) -> str:
        """Public keys in PEM that outside libraries read; an AES key has none."""
        sizes = [self._public("rsa sign").key_size, self._public("ec sign").key_size]
        expect(sizes, [2048, 256], "sizes")
        with expect_refusal(self.facts, UNSUPPORTED):
            self._public("enabled")
        return "RSA and EC"

    def _sign(self, kind: str, algorithm: str, message: bytes, message_type: str = "RAW") -> bytes:
        fields = {"key_id": self._key(kind), "algorithm": algorithm, "message_type": message_type}
        made = self._call("sign", models.SignRequest(message=message, **fields))
        expect((made.algorithm, made.message_type), (algorithm, message_type), "Algorithm and MessageType")
        signature: bytes = made.signature
        return signature

    def sign(self) -> str:
        """Signatures of messages and digests that outside libraries accept."""
        rsa, digest = self._public("rsa sign"), hashlib.sha256(PLAINTEXT).digest()
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        rsa.verify(self._sign("rsa sign", "RSA_PSS_SHA_256", PLAINTEXT), PLAINTEXT, pss, hashes.SHA256())
        pkcs1 = self._sign("rsa sign", "RSA_PKCS1_SHA_256", digest, "DIGEST")
        rsa.verify(pkcs1, digest, padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))
        signature = self._sign("ec sign", "ECDSA_SHA_256", PLAINTEXT)
        self._public("ec sign").verify(signature, PLAINTEXT, ec.ECDSA(hashes.SHA256()))
        expect_true(self._sign("sm2 sign", "SM2DSA", PLAINTEXT), "SM2 signs")
        with expect_refusal(self.facts, UNSUPPORTED):
            self._sign("enabled", "ECDSA_SHA_256", PLAINTEXT)
        return "RSA-PSS, RSA-PKCS1, ECDSA, SM2"

    def verify(self) -> str:
        """What Sign made is verified; a signature of something else is answered with false, not refused."""
        kinds = {"rsa sign": "RSA_PSS_SHA_256", "ec sign": "ECDSA_SHA_256", "sm2 sign": "SM2DSA"}
        for kind, algorithm in kinds.items():
            signature = self._sign(kind, algorithm, PLAINTEXT)
            seen = []
            for message in (PLAINTEXT, PLAINTEXT + b"!"):
                fields = {"key_id": self._key(kind), "algorithm": algorithm, "message_type": "RAW"}
                request = models.VerifyRequest(message=message, signature=signature, **fields)
                seen.append(self._call("verify", request).value)
            expect([bool(value) for value in seen], [True, False], f"verdicts of {algorithm}")
        return "true and false"

    def encrypt_for_keys_of_other_families(self) -> str:
        """RSA, EC and SM2 keys encrypt and decrypt with the algorithms of their family."""
        kinds = {
            "rsa encrypt": "RSAES_OAEP_SHA_256",
            "ec encrypt": "ECIES_DH_SHA_1_XOR_HMAC",
            "sm2 encrypt": "SM2PKE",
        }
        for kind, algorithm in kinds.items():
            fields = {"key_id": self._key(kind), "algorithm": algorithm}
            made = self._call("encrypt", models.EncryptRequest(plaintext=b"secret", **fields))
            expect(made.algorithm, algorithm, "Algorithm")
            opened = self._call("decrypt", models.DecryptRequest(ciphertext_blob=made.ciphertext_blob, **fields))
            expect(opened.plaintext, b"secret", f"Plaintext of {algorithm}")
        outside = self._public("rsa encrypt").encrypt(
            b"from outside", padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
        )
        fields = {"key_id": self._key("rsa encrypt"), "algorithm": "RSAES_OAEP_SHA_256"}
        opened = self._call("decrypt", models.DecryptRequest(ciphertext_blob=outside, **fields))
        expect(opened.plaintext, b"from outside", "what an outside library encrypted")
        return ", ".join(kinds.values())

    def get_secret_value(self) -> str:
        """A secret that another API made: its value, version and stage."""
        name = client_script.make_secret(self._settings, f"sdk-{uuid.uuid4()}", "geheim, 机密")
        answer = self._call("get_secret_value", models.GetSecretValueRequest(secret_name=name))
        seen = (answer.secret_name, answer.secret_data, answer.secret_data_type, answer.secret_type)
        expect(seen, (name, "geheim, 机密", "text", "Generic"), "the secret")
        expect((answer.version_id, list(answer.version_stages)), ("v1", ["ACSCurrent"]), "version and stages")
        return "made through Huawei Cloud's API"

    # --- refusals

    def refused_404_secret_not_found(self) -> str:
        """A secret nobody has."""
        with expect_refusal(self.facts, NO_SECRET):
            self._call("get_secret_value", models.GetSecretValueRequest(secret_name="sdk-nobody"))
        return str(NO_SECRET)

    def refused_400_invalid_parameter(self) -> str:
        """Values that are not documented: too many random bytes, an unknown algorithm, a wrong Iv."""
        requests = {
            "generate_random": models.GenerateRandomRequest(length=65),
            "encrypt": models.EncryptRequest(key_id=self._key(), plaintext=b"x", algorithm="ROT13"),
            "advance_encrypt": models.AdvanceEncryptRequest(key_id=self._key(), plaintext=b"x", iv=b"short"),
        }
        for name, request in requests.items():
            with expect_refusal(self.facts, INVALID):
                self._call(name, request)
        return str(INVALID)

    def refused_413_too_large(self) -> str:
        """A body over 3 MiB: an empty answer, which the SDK shows as status 413 without a code."""
        request = models.EncryptRequest(key_id=self._key(), plaintext=bytes(3 << 20))
        try:
            self._call("encrypt", request)
        except TeaException as error:
            expect((error.data["httpCode"], error.code or ""), (413, ""), "status and code")
            return "413, empty"
        expect_true(False, "the call is refused")
        return ""

    def _pairs_at_once(self, **options: Any) -> list[Exception | None]:
        """Four threads ask for an RSA pair each; what each of them met."""
        met: list[Exception | None] = [None] * 4
        fields = {"key_id": self._key(), "key_pair_spec": "RSA_3072", "key_format": "DER"}

        def ask(number: int) -> None:
            request = models.GenerateDataKeyPairWithoutPlaintextRequest(**fields)
            runtime = RuntimeOptions(read_timeout=30_000, **options)
            try:
                self._sdk.generate_data_key_pair_without_plaintext_with_options(request, runtime)
            except Exception as error:  # noqa: BLE001 - looked at by the caller
                met[number] = error

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(len(met))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return met

    def refused_429_rejected_throttling(self) -> str:
        """Pairs are made one at a time: a client that does not retry sees the documented refusal."""
        for _ in range(10):
            met = [error for error in self._pairs_at_once(autoretry=False) if error is not None]
            if met:
                break
        expect_true(met, "four requests at once meet the limit of one")
        for error in met:
            inner = error.inner_exception if isinstance(error, UnretryableException) else error
            expect(self.facts(inner), BUSY, "the refusal")
        return f"{BUSY}: {len(met)} of 4"

    def throttling_is_retried(self) -> str:
        """The SDK's own retries get every one of four pairs through."""
        met = [error for error in self._pairs_at_once(autoretry=True, max_attempts=10) if error is not None]
        expect(met, [], "failures")
        return "4 of 4"

    # --- crossing

    def seal(self, plaintext: bytes) -> tuple[str, str]:
        """AdvanceEncrypt's blob in base64."""
        made = self._call("advance_encrypt", models.AdvanceEncryptRequest(key_id=self._key(), plaintext=plaintext))
        return self._key(), base64.b64encode(made.ciphertext_blob).decode("ascii")

    def open(self, sealed: Sealed) -> bytes:
        """AdvanceDecrypt of whatever another API made, as it is."""
        request = models.AdvanceDecryptRequest(ciphertext_blob=from_base64(sealed.text))
        answer = self._call("advance_decrypt", request)
        expect(answer.key_id, sealed.key_id, "KeyId")
        plaintext: bytes = answer.plaintext
        return plaintext


def make(client: Client, settings: Settings, exchange: Exchange) -> Every:
    """The client script for one entry of the plan."""
    return Every(settings, exchange, client.options["scheme"], client.options["mode"])


if __name__ == "__main__":
    client_script.run(make)
