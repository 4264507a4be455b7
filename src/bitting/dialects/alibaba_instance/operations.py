"""The 19 operations of the Instance API as rows, in the order of api.proto.

::

    symmetric, bare      Encrypt Decrypt GenerateDataKey               initial version; Iv beside the ciphertext
    symmetric, framed    AdvanceEncrypt AdvanceDecrypt AdvanceGen...   primary version; one blob
    self-describing      KmsEncrypt KmsDecrypt                         in the descriptors, in no SDK
    data key pairs       4 of them
    asymmetric, codes    Sign Verify GetPublicKey Hmac
    no key               GenerateRandom Hash GetSecretValue

Which version: Alibaba documents the initial one for Encrypt and the primary one for AdvanceEncrypt. Sign, Verify,
GetPublicKey, Hmac are not documented; the initial one too, so that what was signed before a rotation still
verifies after it. The header x-kms-migrationkeyversionid overrides either.

Limits: Aad 8192 bytes, NumberOfBytes 1 to 1024, Length 1 to 64 (Alibaba Cloud KMS Instance API pages).
An empty Plaintext or Message cannot be told from an absent one (proto3), and is refused as absent.
"""

from __future__ import annotations

from typing import Any

from google.protobuf.message import Message

from bitting.core.blob import VERSION_ID_BYTES, framed
from bitting.core.gate import UseCase
from bitting.core.pem import PUBLIC_KEY, armour
from bitting.core.usecases.crypto import data_key_pairs, data_keys, signing
from bitting.core.usecases.crypto import encryption as crypto
from bitting.core.usecases.secrets import versions as secret_versions
from bitting.dialects.alibaba_instance import adapters, api_pb2, enum_maps
from bitting.dialects.alibaba_instance.codec import InstanceOperation
from bitting.dialects.alibaba_instance.enum_maps import ByteField, KeyName, SelfDescribing
from bitting.dialects.base.codecs import Choice, Codec, EncodeOnly, Flag, Integer, Items, Moment, Text
from bitting.dialects.base.operation import Field

_OCTETS = ByteField()
_TEXT = Text()

KEY = Field("KeyId", KeyName(), to="key", required=True)
MAYBE_KEY = Field("KeyId", KeyName(), to="key")
VERSION = Field(enum_maps.VERSION_HEADER, Text(VERSION_ID_BYTES, VERSION_ID_BYTES), to="version")
PLAINTEXT = Field("Plaintext", ByteField(1), to="plaintext", required=True)
AAD = Field("Aad", ByteField(0, 8192), to="aad")
IV = Field("Iv", ByteField(0, 16), to="iv")
PADDING = Field("PaddingMode", enum_maps.PADDINGS, to="padding")
SEALED = Field("CiphertextBlob", ByteField(1), to="sealed", required=True)
BYTES = Field("NumberOfBytes", Integer(1, 1024), to="length", required=True)
MESSAGE = Field("Message", ByteField(1), to="message", required=True)
MESSAGE_TYPE = Field("MessageType", enum_maps.MESSAGE_TYPES, to="digest")
PAIR_SPEC = Field("KeyPairSpec", enum_maps.PAIR_SPECS, to="spec", required=True)
KEY_FORMAT = Field("KeyFormat", enum_maps.KEY_FORMATS, to="pem", required=True)

FRAMED = EncodeOnly(framed)
PEM = EncodeOnly(lambda der: armour(PUBLIC_KEY, der).decode())


def algorithm(kind: Choice) -> Field:
    """The Algorithm of a request."""
    return Field("Algorithm", kind, to="algorithm")


def answered(name: str, of: str, kind: Codec = _OCTETS) -> Field:
    """A field of an answer."""
    return Field(name, kind, of=of)


def named(of: str, kind: Choice = enum_maps.CIPHERS) -> tuple[Field, ...]:
    """KeyId and Algorithm of an answer; ``of``: where in the result they are, with its dot."""
    return (answered("KeyId", f"{of}key.id", _TEXT), answered("Algorithm", f"{of}algorithm", kind))


def row(
    name: str,
    use: UseCase[Any, Any] | None,
    request: tuple[Field, ...],
    response: tuple[Field, ...],
    *,
    version_of: str = "",
    action: str = "",
    **rest: Any,
) -> InstanceOperation:
    """A row; its messages are found by its name. ``version_of``: where in the result the version id is."""
    asks: type[Message] = getattr(api_pb2, f"{name}Request")
    answers: type[Message] = getattr(api_pb2, f"{name}Response")
    return InstanceOperation(
        name=name,
        use=use,
        request=request,
        response=response,
        asks=asks,
        answers=answers,
        action=use.action if use is not None else action,
        version_of=version_of,
        max_body=enum_maps.BODY_BYTES_MAX,
        path="/",
        **rest,
    )


ENCRYPTED = (*named(""), answered("Iv", "blob.iv"))
DATA_KEY = (*named("encrypted."), answered("Iv", "encrypted.blob.iv"), answered("Plaintext", "plaintext"))
PAIR = (
    *named("encrypted."),
    answered("Iv", "encrypted.blob.iv"),
    answered("KeyPairSpec", "spec", enum_maps.PAIR_SPECS),
    answered("PublicKey", "public"),
)
PRIVATE = answered("PrivateKeyPlaintext", "private")
BARE_PAIR = answered("PrivateKeyCiphertextBlob", "encrypted.blob.sealed")
FRAMED_PAIR = answered("PrivateKeyCiphertextBlob", "encrypted.blob", FRAMED)
PAIR_VERSION = "encrypted.blob.version_id"
SIGNED = (*named("", enum_maps.SIGNATURES), answered("MessageType", "digest", enum_maps.MESSAGE_TYPES))

_STAMP = Moment()
_SPAN = EncodeOnly(lambda seconds: f"{seconds}s" if seconds else "")
#: RotationInterval and what goes with it are there where a secret rotates by the clock; empty is "not there".
SECRET = (
    answered("SecretName", "secret.name", _TEXT),
    answered("SecretType", "secret.type", enum_maps.SECRET_TYPES),
    answered("SecretData", "value", EncodeOnly(bytes.decode)),
    answered("SecretDataType", "version.binary", EncodeOnly(lambda binary: "binary" if binary else "text")),
    answered("VersionStages", "stages", Items(enum_maps.StageName())),
    answered("VersionId", "version.name", _TEXT),
    answered("CreateTime", "version.created_ms", _STAMP),
    answered("LastRotationDate", "secret.rotated_ms", _STAMP),
    answered("NextRotationDate", "secret.rotation_due_ms", _STAMP),
    answered("RotationInterval", "secret.rotation_interval_s", _SPAN),
    answered("AutomaticRotation", "secret", EncodeOnly(enum_maps.automatic)),
    # only for those who ask for it: proto3 knows no other default than false
    Field("ExtendedConfig", _TEXT, of="secret.config", asked_by="FetchExtendedConfig"),
)


_ENCRYPTION = (
    row(
        "KmsEncrypt",
        crypto.encrypt,
        (KEY, PLAINTEXT, AAD, VERSION),
        (answered("KeyId", "key.id", _TEXT), answered("CiphertextBlob", "blob", FRAMED)),
        given={"symmetric_only": True},
        version_of="blob.version_id",
    ),
    row(
        "KmsDecrypt",
        crypto.decrypt,
        (Field("CiphertextBlob", SelfDescribing(), to="ciphertext", required=True), AAD),
        (answered("KeyId", "key.id", _TEXT), answered("Plaintext", "plaintext")),
        version_of="version_id",
    ),
    row(
        "Encrypt",
        crypto.encrypt,
        (KEY, PLAINTEXT, algorithm(enum_maps.CIPHERS), AAD, IV, PADDING, VERSION),
        (*ENCRYPTED, answered("CiphertextBlob", "blob.sealed")),
        given={"version": crypto.INITIAL},
        version_of="blob.version_id",
        pads=True,
    ),
    row(
        "Decrypt",
        crypto.decrypt_parts,
        (SEALED, MAYBE_KEY, algorithm(enum_maps.CIPHERS), AAD, IV, PADDING, VERSION),
        (*named(""), answered("Plaintext", "plaintext")),
        given={"version": crypto.INITIAL},
        key_or_version=True,
        version_of="version_id",
        pads=True,
    ),
    row(
        "AdvanceEncrypt",
        crypto.encrypt,
        (KEY, PLAINTEXT, algorithm(enum_maps.GCM), AAD, IV, PADDING, VERSION),
        (*ENCRYPTED, answered("CiphertextBlob", "blob", FRAMED), answered("KeyVersionId", "blob.version_id", _TEXT)),
        given={"symmetric_only": True},
        version_of="blob.version_id",
    ),
    row(
        "AdvanceDecrypt",
        None,
        (SEALED, MAYBE_KEY, algorithm(enum_maps.CIPHERS), AAD, IV, PADDING, VERSION),
        (*named(""), answered("Plaintext", "plaintext"), answered("KeyVersionId", "version_id", _TEXT)),
        composite=adapters.advance_decrypt,
        hot_composite=True,
        action="key:decrypt",
        version_of="version_id",
        pads=True,
    ),
)
_DATA_KEYS = (
    row(
        "GenerateDataKey",
        data_keys.generate_data_key,
        (KEY, BYTES, algorithm(enum_maps.GCM), AAD, VERSION),
        (*DATA_KEY, answered("CiphertextBlob", "encrypted.blob.sealed")),
        given={"version": crypto.INITIAL},
        version_of=PAIR_VERSION,
    ),
    row(
        "AdvanceGenerateDataKey",
        data_keys.generate_data_key,
        (KEY, BYTES, AAD, VERSION),
        (
            *DATA_KEY,
            answered("CiphertextBlob", "encrypted.blob", FRAMED),
            answered("KeyVersionId", PAIR_VERSION, _TEXT),
        ),
        version_of=PAIR_VERSION,
    ),
    row(
        "GenerateDataKeyPair",
        data_key_pairs.generate_data_key_pair,
        (KEY, PAIR_SPEC, KEY_FORMAT, algorithm(enum_maps.GCM), AAD, VERSION),
        (*PAIR, PRIVATE, BARE_PAIR),
        given={"version": crypto.INITIAL},
        version_of=PAIR_VERSION,
    ),
    row(
        "GenerateDataKeyPairWithoutPlaintext",
        data_key_pairs.generate_data_key_pair,
        (KEY, PAIR_SPEC, KEY_FORMAT, algorithm(enum_maps.GCM), AAD, VERSION),
        (*PAIR, BARE_PAIR),
        given={"version": crypto.INITIAL},
        version_of=PAIR_VERSION,
    ),
    row(
        "AdvanceGenerateDataKeyPair",
        data_key_pairs.generate_data_key_pair,
        (KEY, PAIR_SPEC, KEY_FORMAT, AAD, VERSION),
        (*PAIR, PRIVATE, FRAMED_PAIR, answered("KeyVersionId", PAIR_VERSION, _TEXT)),
        version_of=PAIR_VERSION,
    ),
    row(
        "AdvanceGenerateDataKeyPairWithoutPlaintext",
        data_key_pairs.generate_data_key_pair,
        (KEY, PAIR_SPEC, KEY_FORMAT, AAD, VERSION),
        (*PAIR, FRAMED_PAIR, answered("KeyVersionId", PAIR_VERSION, _TEXT)),
        version_of=PAIR_VERSION,
    ),
)
_SIGNING = (
    row(
        "Sign",
        signing.sign,
        (KEY, MESSAGE, MESSAGE_TYPE, algorithm(enum_maps.SIGNATURES), VERSION),
        (*SIGNED, answered("Signature", "signature")),
        given={"version": crypto.INITIAL},
        old_digest=True,
        version_of="version_id",
    ),
    row(
        "Verify",
        signing.verify,
        (
            KEY,
            MESSAGE,
            Field("Signature", ByteField(1), to="signature", required=True),
            MESSAGE_TYPE,
            algorithm(enum_maps.SIGNATURES),
            VERSION,
        ),
        (*SIGNED, answered("Value", "fits", EncodeOnly(bool))),
        given={"version": crypto.INITIAL},
        old_digest=True,
        version_of="version_id",
    ),
    row(
        "GetPublicKey",
        signing.public_key,
        (KEY, VERSION),
        (answered("KeyId", "key.id", _TEXT), answered("PublicKey", "der", PEM)),
        given={"version": crypto.INITIAL},
        version_of="version_id",
    ),
    row(
        "Hmac",
        signing.mac,
        (KEY, MESSAGE, VERSION),
        (answered("KeyId", "key.id", _TEXT), answered("Signature", "mac")),
        given={"version": crypto.INITIAL},
        version_of="version_id",
    ),
)
_KEYLESS = (
    row(
        "GenerateRandom",
        data_keys.generate_random,
        (Field("Length", Integer(1, 64), to="length", required=True),),
        (answered("Random", "value"),),
    ),
    row(
        "Hash",
        signing.digest,
        (MESSAGE, Field("Algorithm", enum_maps.HASHES, to="name")),
        (answered("Digest", "value"),),
    ),
    row(
        "GetSecretValue",
        secret_versions.get_value,
        (
            Field("SecretName", Text(1, 64), to="name", required=True),
            Field("VersionStage", enum_maps.StageName(), to="stage"),
            Field("VersionId", Text(1, 64), to="version"),
            Field("FetchExtendedConfig", Flag(), drop=True),
        ),
        SECRET,
        given={"system_only": True},
    ),
)

OPERATIONS = {item.name: item for item in (*_ENCRYPTION, *_DATA_KEYS, *_SIGNING, *_KEYLESS)}
