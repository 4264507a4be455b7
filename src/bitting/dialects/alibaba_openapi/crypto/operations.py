"""Cryptography, one row an operation.

Source: KMS API reference 2016-01-20, one page an operation, as the SDKs of 2026 carry it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable

from bitting.core.blob import Blob, body, framed
from bitting.core.pem import PUBLIC_KEY, armour
from bitting.core.texts import as_string
from bitting.core.usecases.crypto import data_key_export, data_keys, reencryption, signing
from bitting.core.usecases.crypto import encryption as crypto
from bitting.dialects.alibaba_openapi import enum_maps
from bitting.dialects.alibaba_openapi.codecs import PLAINTEXT_BYTES_MAX, AnyKey, EncryptionContext, Plaintext
from bitting.dialects.alibaba_openapi.crypto import adapters as crypto_adapters
from bitting.dialects.alibaba_openapi.crypto.codecs import RecipientOf, VersionId
from bitting.dialects.alibaba_openapi.fields import ANY_KEY, CONTEXT, DRY_RUN, TEXT
from bitting.dialects.alibaba_openapi.rows import Rpc, given
from bitting.dialects.base.codecs import Base64, Choice, EncodeOnly, Flag, Integer
from bitting.dialects.base.operation import Field

DATA_KEY_BYTES_MAX = 1024
_RECIPIENT = given("Recipient", RecipientOf())
_VERSION = given("KeyVersionId", VersionId(), "version", required=True)
#: Longest plaintext (SM2) and ciphertext of an asymmetric key.
_PLAINTEXT = Base64(1, 6047)
_CIPHERTEXT = Base64(1, 6300)


def shown_plaintext(decrypted: crypto.Decrypted) -> str:
    """The string that was given to Encrypt; bytes that another API encrypted in base64."""
    return as_string(decrypted.plaintext, text=decrypted.text)


def shown_blob(blob: Blob) -> str:
    """The bare body, base64: the transfer SDKs cut it at 36 and 48 bytes, or put 24 00 02 in front of it."""
    return b64encode(body(blob.version_id, blob.iv, blob.sealed)).decode()


def shown_frame(blob: Blob) -> str:
    """The blob of the Instance API's AdvanceEncrypt, base64."""
    return b64encode(framed(blob)).decode()


def _encrypted(prefix: str, shown: Callable[[Blob], str] = shown_blob) -> tuple[Field, ...]:
    return (
        Field("KeyId", TEXT, of=f"{prefix}key.id"),
        Field("KeyVersionId", TEXT, of=f"{prefix}blob.version_id"),
        Field("CiphertextBlob", EncodeOnly(shown), of=f"{prefix}blob"),
    )


#: Decrypt answers a string, so the text of a data key is what is sealed.
_AS_TEXT = {"as_text": True}
_DATA_KEY = (
    ANY_KEY,
    # Both set the length; the later row wins, as documented: NumberOfBytes overrides KeySpec.
    given("KeySpec", Choice({"AES_256": 32, "AES_128": 16}), "length"),
    given("NumberOfBytes", Integer(1, DATA_KEY_BYTES_MAX), "length"),
    CONTEXT,
    DRY_RUN,
)

CRYPTO = (
    Rpc(
        name="Encrypt",
        use=crypto.encrypt,
        given={"symmetric_only": True},
        request=(ANY_KEY, given("Plaintext", Plaintext(), "plaintext", required=True), CONTEXT, DRY_RUN),
        response=_encrypted(""),
    ),
    Rpc(
        name="Decrypt",
        use=crypto.decrypt,
        composite=crypto_adapters.for_recipient_or_caller,
        hot_composite=True,
        attested=True,
        request=(
            given("CiphertextBlob", Base64(1, 16384), "ciphertext", required=True),
            CONTEXT,
            DRY_RUN,
            _RECIPIENT,
        ),
        response=(
            Field("KeyId", TEXT, of="key.id"),
            Field("KeyVersionId", TEXT, of="version_id"),
            Field("Plaintext", EncodeOnly(shown_plaintext)),
        ),
    ),
    Rpc(
        name="GenerateDataKey",
        use=data_keys.generate_data_key,
        given=_AS_TEXT,
        composite=crypto_adapters.for_recipient_or_caller,
        hot_composite=True,
        attested=True,
        request=(*_DATA_KEY, _RECIPIENT),
        response=(*_encrypted("encrypted."), Field("Plaintext", Base64(), of="plaintext")),
    ),
    Rpc(
        name="GenerateDataKeyWithoutPlaintext",
        use=data_keys.generate_data_key,
        given=_AS_TEXT,
        request=_DATA_KEY,
        response=_encrypted("encrypted."),
    ),
)

_USED = (Field("KeyId", TEXT, of="key.id"), Field("KeyVersionId", TEXT, of="version_id"))


_WRAP = (
    given("PublicKeyBlob", Base64(1, 2048), "public", required=True),
    given("WrappingAlgorithm", enum_maps.export_wrapping, "wrapping", required=True),
    given("WrappingKeySpec", enum_maps.wrapping_spec, "public_spec", required=True),
)
_EXPORTED = Field("ExportedDataKey", Base64(), of="wrapped")

REENCRYPTION = (
    Rpc(
        name="ReEncrypt",
        use=reencryption.re_encrypt,
        arns=("DestinationKeyId", "SourceKeyId"),
        request=(
            given("CiphertextBlob", Base64(1, 16384), "ciphertext", required=True),
            given("DestinationKeyId", AnyKey(), "destination", required=True),
            # an algorithm means an asymmetric source, which must be named with its version
            given("SourceKeyId", AnyKey(), "source", needed_with="source_algorithm"),
            given("SourceKeyVersionId", VersionId(), "source_version", needed_with="source_algorithm"),
            given("SourceEncryptionAlgorithm", enum_maps.encryption, "source_algorithm"),
            given("SourceEncryptionContext", EncryptionContext(), "source_aad"),
            given("DestinationEncryptionContext", EncryptionContext(), "destination_aad"),
            DRY_RUN,
        ),
        response=(
            # Of the key that opened the old ciphertext, as the reference has it.
            Field("KeyId", TEXT, of="source.key.id"),
            Field("KeyVersionId", TEXT, of="source.version_id"),
            Field("CiphertextBlob", EncodeOnly(shown_blob), of="encrypted.blob"),
        ),
    ),
    Rpc(
        name="ExportDataKey",
        use=data_key_export.export,
        request=(given("CiphertextBlob", Base64(1, 16384), "ciphertext", required=True), *_WRAP, CONTEXT, DRY_RUN),
        response=(
            Field("KeyId", TEXT, of="opened.key.id"),
            Field("KeyVersionId", TEXT, of="opened.version_id"),
            _EXPORTED,
        ),
    ),
    Rpc(
        name="GenerateAndExportDataKey",
        use=data_key_export.generate_and_export,
        given=_AS_TEXT,
        request=(*_DATA_KEY, *_WRAP),
        response=(*_encrypted("data_key.encrypted."), _EXPORTED),
    ),
)

_ENCRYPTION = given("Algorithm", enum_maps.encryption, "algorithm", required=True)
_SIGNING = given("Algorithm", enum_maps.signing, "algorithm", required=True)
_DIGEST = given("Digest", Base64(1, 64), "message", required=True)
_MAC = given("Algorithm", enum_maps.mac, "algorithm", required=True)
_MESSAGE = given("Message", Base64(1, 65536), "message", required=True)
_MAC_ANSWER = (Field("KeyId", TEXT, of="key.id"), Field("Algorithm", enum_maps.mac, of="algorithm"))

PAIRS = (
    Rpc(
        name="AsymmetricEncrypt",
        use=crypto.encrypt,
        request=(ANY_KEY, _VERSION, _ENCRYPTION, given("Plaintext", _PLAINTEXT, "plaintext", required=True), DRY_RUN),
        response=(
            Field("KeyId", TEXT, of="key.id"),
            Field("KeyVersionId", TEXT, of="blob.version_id"),
            Field("CiphertextBlob", Base64(), of="blob.sealed"),
        ),
    ),
    Rpc(
        name="AsymmetricDecrypt",
        use=crypto.decrypt_parts,
        composite=crypto_adapters.for_recipient_or_caller,
        hot_composite=True,
        attested=True,
        request=(
            ANY_KEY,
            _VERSION,
            _ENCRYPTION,
            given("CiphertextBlob", _CIPHERTEXT, "sealed", required=True),
            DRY_RUN,
            _RECIPIENT,
        ),
        response=(*_USED, Field("Plaintext", Base64(), of="plaintext")),
    ),
    Rpc(
        name="AsymmetricSign",
        use=signing.sign,
        given={"digest": True},
        request=(ANY_KEY, _VERSION, _SIGNING, _DIGEST, DRY_RUN),
        response=(*_USED, Field("Value", Base64(), of="signature")),
    ),
    Rpc(
        name="AsymmetricVerify",
        use=signing.verify,
        given={"digest": True},
        request=(
            ANY_KEY,
            _VERSION,
            _SIGNING,
            _DIGEST,
            given("Value", Base64(1, 1024), "signature", required=True),
            DRY_RUN,
        ),
        response=(*_USED, Field("Value", Flag(), of="fits")),
    ),
    Rpc(
        name="GetPublicKey",
        use=signing.public_key,
        request=(ANY_KEY, _VERSION, DRY_RUN),
        response=(*_USED, Field("PublicKey", EncodeOnly(lambda der: armour(PUBLIC_KEY, der).decode()), of="der")),
    ),
    Rpc(
        name="GenerateMac",
        use=signing.mac,
        request=(ANY_KEY, _MAC, _MESSAGE, DRY_RUN),
        response=(*_MAC_ANSWER, Field("Mac", Base64(), of="mac")),
    ),
    Rpc(
        name="VerifyMac",
        use=signing.verify_mac,
        request=(ANY_KEY, _MAC, _MESSAGE, given("Mac", Base64(1, 64), "mac", required=True), DRY_RUN),
        response=(*_MAC_ANSWER, Field("Value", Flag(), of="fits")),
    ),
    Rpc(
        name="AdvanceEncrypt",
        use=crypto.encrypt,
        given={"symmetric_only": True},
        request=(
            ANY_KEY,
            given("Plaintext", Base64(1, PLAINTEXT_BYTES_MAX), "plaintext", required=True),
            given("Algorithm", enum_maps.cipher, "algorithm"),
            given("PaddingMode", enum_maps.padding, "padding"),
            given("Iv", Base64(12, 16), "iv"),
            given("Aad", Base64(0, 8192), "aad"),
        ),
        response=(
            # Nothing is documented but the parameters: the fields of the Instance API's operation of this name.
            *_encrypted("", shown_frame),
            Field("Iv", Base64(), of="blob.iv"),
            Field("Algorithm", enum_maps.cipher, of="algorithm"),
        ),
    ),
)
