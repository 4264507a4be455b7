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

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from google.protobuf.message import Message

from bitting.core import faults
from bitting.core.blob import VERSION_ID_BYTES, framed
from bitting.core.gate import UseCase
from bitting.core.pem import PUBLIC_KEY, armour
from bitting.core.usecases.crypto import data_key_pairs, data_keys, signing
from bitting.core.usecases.crypto import encryption as crypto
from bitting.core.usecases.secrets import versions as secret_versions
from bitting.dialects.alibaba_instance import adapters, api_pb2, enum_maps
from bitting.dialects.alibaba_instance.codec import InstanceOperation
from bitting.dialects.alibaba_instance.enum_maps import ByteField, KeyName, SelfDescribing
from bitting.dialects.base.codecs import Choice, Codec, EncodeOnly, Integer, Items, Moment, Text
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


def said(name: str, of: str, kind: Codec = _OCTETS) -> Field:
    """A field of an answer."""
    return Field(name, kind, of=of)


def named(of: str, kind: Choice = enum_maps.CIPHERS) -> tuple[Field, ...]:
    """KeyId and Algorithm of an answer; ``of``: where in the result they are, with its dot."""
    return (said("KeyId", f"{of}key.id", _TEXT), said("Algorithm", f"{of}algorithm", kind))


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
    reader: Callable[[Any], str] | None = attrgetter(version_of) if version_of else None
    return InstanceOperation(
        name=name,
        use=use,
        request=request,
        response=response,
        asks=asks,
        answers=answers,
        action=use.action if use is not None else action,
        version_of=reader,
        max_body=enum_maps.BODY_BYTES_MAX,
        path="/",
        **rest,
    )


def _fold_digest(values: dict[str, Any]) -> None:
    """The Digest field is older than Message and MessageType; no current SDK sends it, old ones do."""
    digest = values.pop("Digest", None)
    if digest is not None and "Message" not in values:
        values["Message"], values["MessageType"] = digest, "DIGEST"


def _some_key(values: dict[str, Any]) -> None:
    """Decrypt needs KeyId or, as the transfer SDKs have it, the version header alone."""
    if "KeyId" not in values and enum_maps.VERSION_HEADER not in values:
        raise faults.MissingParameter(parameter="KeyId")


ENCRYPTED = (*named(""), said("Iv", "blob.iv"))
DATA_KEY = (*named("encrypted."), said("Iv", "encrypted.blob.iv"), said("Plaintext", "plaintext"))
PAIR = (
    *named("encrypted."),
    said("Iv", "encrypted.blob.iv"),
    said("KeyPairSpec", "spec", enum_maps.PAIR_SPECS),
    said("PublicKey", "public"),
)
PRIVATE = said("PrivateKeyPlaintext", "private")
BARE_PAIR = said("PrivateKeyCiphertextBlob", "encrypted.blob.sealed")
FRAMED_PAIR = said("PrivateKeyCiphertextBlob", "encrypted.blob", FRAMED)
PAIR_VERSION = "encrypted.blob.version_id"
SIGNED = (*named("", enum_maps.SIGNATURES), said("MessageType", "digest", enum_maps.MESSAGE_TYPES))

_STAMP = Moment()
_SPAN = EncodeOnly(lambda seconds: f"{seconds}s" if seconds else "")
#: RotationInterval and its kin are said where the secret rotates by the clock; the empty string is "not there".
SECRET = (
    said("SecretName", "secret.name", _TEXT),
    said("SecretType", "secret.type", enum_maps.SECRET_TYPES),
    said("SecretData", "value", EncodeOnly(bytes.decode)),
    said("SecretDataType", "version.binary", EncodeOnly(lambda binary: "binary" if binary else "text")),
    said("VersionStages", "stages", Items(enum_maps.StageName())),
    said("VersionId", "version.name", _TEXT),
    said("CreateTime", "version.created_ms", _STAMP),
    said("LastRotationDate", "secret.rotated_ms", _STAMP),
    said("NextRotationDate", "secret.rotation_due_ms", _STAMP),
    said("RotationInterval", "secret.rotation_interval_s", _SPAN),
    said("AutomaticRotation", "secret", EncodeOnly(enum_maps.automatic)),
    said("ExtendedConfig", "secret.config", _TEXT),
)


def _fit_config(request_context: dict[str, Any], said_: dict[str, Any]) -> None:
    """ExtendedConfig only for those who ask for it: proto3 knows no other default than false."""
    if not request_context.get("FetchExtendedConfig"):
        said_.pop("ExtendedConfig", None)


_ENCRYPTION = (
    row(
        "KmsEncrypt",
        crypto.encrypt,
        (KEY, PLAINTEXT, AAD, VERSION),
        (said("KeyId", "key.id", _TEXT), said("CiphertextBlob", "blob", FRAMED)),
        given={"symmetric_only": True},
        version_of="blob.version_id",
    ),
    row(
        "KmsDecrypt",
        crypto.decrypt,
        (Field("CiphertextBlob", SelfDescribing(), to="ciphertext", required=True), AAD),
        (said("KeyId", "key.id", _TEXT), said("Plaintext", "plaintext")),
        version_of="version_id",
    ),
    row(
        "Encrypt",
        crypto.encrypt,
        (KEY, PLAINTEXT, algorithm(enum_maps.CIPHERS), AAD, IV, PADDING, VERSION),
        (*ENCRYPTED, said("CiphertextBlob", "blob.sealed")),
        given={"version": crypto.INITIAL},
        version_of="blob.version_id",
        pads=True,
    ),
    row(
        "Decrypt",
        crypto.decrypt_parts,
        (SEALED, MAYBE_KEY, algorithm(enum_maps.CIPHERS), AAD, IV, PADDING, VERSION),
        (*named(""), said("Plaintext", "plaintext")),
        given={"version": crypto.INITIAL},
        adjust=_some_key,
        version_of="version_id",
        pads=True,
    ),
    row(
        "AdvanceEncrypt",
        crypto.encrypt,
        (KEY, PLAINTEXT, algorithm(enum_maps.GCM), AAD, IV, PADDING, VERSION),
        (*ENCRYPTED, said("CiphertextBlob", "blob", FRAMED), said("KeyVersionId", "blob.version_id", _TEXT)),
        given={"symmetric_only": True},
        version_of="blob.version_id",
    ),
    row(
        "AdvanceDecrypt",
        None,
        (SEALED, MAYBE_KEY, algorithm(enum_maps.CIPHERS), AAD, IV, PADDING, VERSION),
        (*named(""), said("Plaintext", "plaintext"), said("KeyVersionId", "version_id", _TEXT)),
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
        (*DATA_KEY, said("CiphertextBlob", "encrypted.blob.sealed")),
        given={"version": crypto.INITIAL},
        version_of=PAIR_VERSION,
    ),
    row(
        "AdvanceGenerateDataKey",
        data_keys.generate_data_key,
        (KEY, BYTES, AAD, VERSION),
        (
            *DATA_KEY,
            said("CiphertextBlob", "encrypted.blob", FRAMED),
            said("KeyVersionId", PAIR_VERSION, _TEXT),
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
        (*PAIR, PRIVATE, FRAMED_PAIR, said("KeyVersionId", PAIR_VERSION, _TEXT)),
        version_of=PAIR_VERSION,
    ),
    row(
        "AdvanceGenerateDataKeyPairWithoutPlaintext",
        data_key_pairs.generate_data_key_pair,
        (KEY, PAIR_SPEC, KEY_FORMAT, AAD, VERSION),
        (*PAIR, FRAMED_PAIR, said("KeyVersionId", PAIR_VERSION, _TEXT)),
        version_of=PAIR_VERSION,
    ),
)
_SIGNING = (
    row(
        "Sign",
        signing.sign,
        (KEY, MESSAGE, MESSAGE_TYPE, algorithm(enum_maps.SIGNATURES), VERSION),
        (*SIGNED, said("Signature", "signature")),
        given={"version": crypto.INITIAL},
        adjust=_fold_digest,
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
        (*SIGNED, said("Value", "fits", EncodeOnly(bool))),
        given={"version": crypto.INITIAL},
        adjust=_fold_digest,
        version_of="version_id",
    ),
    row(
        "GetPublicKey",
        signing.public_key,
        (KEY, VERSION),
        (said("KeyId", "key.id", _TEXT), said("PublicKey", "der", PEM)),
        given={"version": crypto.INITIAL},
        version_of="version_id",
    ),
    row(
        "Hmac",
        signing.mac,
        (KEY, MESSAGE, VERSION),
        (said("KeyId", "key.id", _TEXT), said("Signature", "mac")),
        given={"version": crypto.INITIAL},
        version_of="version_id",
    ),
)
_KEYLESS = (
    row(
        "GenerateRandom",
        data_keys.generate_random,
        (Field("Length", Integer(1, 64), to="length", required=True),),
        (said("Random", "value"),),
    ),
    row(
        "Hash",
        signing.digest,
        (MESSAGE, Field("Algorithm", enum_maps.HASHES, to="name")),
        (said("Digest", "value"),),
    ),
    row(
        "GetSecretValue",
        secret_versions.get_value,
        (
            Field("SecretName", Text(1, 64), to="name", required=True),
            Field("VersionStage", enum_maps.StageName(), to="stage"),
            Field("VersionId", Text(1, 64), to="version"),
        ),
        SECRET,
        given={"system_only": True},
        adjust_answer=_fit_config,
    ),
)

OPERATIONS = {item.name: item for item in (*_ENCRYPTION, *_DATA_KEYS, *_SIGNING, *_KEYLESS)}
