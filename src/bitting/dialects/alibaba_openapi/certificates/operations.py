"""Rows of the certificates manager: ten operations that only the older SDKs still have.

Source: KMS API reference 2016-01-20 as of July 2021. A certificate is ``INACTIVE`` until one was uploaded; the
reference spells the disabled state in two ways, and both are read.
"""

from __future__ import annotations

from typing import Any

import msgspec

from bitting.core.model.access import CertificateState
from bitting.core.pem import PUBLIC_KEY, armour
from bitting.core.specs import Algorithm
from bitting.core.usecases.certificates import certificates
from bitting.core.usecases.certificates.certificates import CertificateView
from bitting.dialects.alibaba_openapi import enum_maps
from bitting.dialects.alibaba_openapi.access.codecs import plain_id
from bitting.dialects.alibaba_openapi.rows import Rpc, given
from bitting.dialects.base.codecs import Base64, Choice, EncodeOnly, Flag, InvalidWireValue, Items, Moment, Text
from bitting.dialects.base.operation import Field
from bitting.wire import strict_json

MESSAGE_BYTES_MAX = 4096
PEM_MAX = 65536
_TEXT, _MOMENT, _FLAG = Text(), Moment(), Flag()
_SPECS = Choice({"RSA_2048": "RSA_2048", "EC_P256": "EC_P256", "EC_SM2": "SM2"})
_SIGNING = Choice(
    {
        "RSA_PKCS1_SHA_256": Algorithm.RSA_PKCS1_SHA256,
        "RSA_PSS_SHA_256": Algorithm.RSA_PSS_SHA256,
        "ECDSA_SHA_256": Algorithm.ECDSA_SHA256,
        "SM2DSA": Algorithm.SM2_SM3,
    }
)
_ENCRYPTION = Choice(
    {
        "RSAES_OAEP_SHA_1": Algorithm.RSA_OAEP_SHA1,
        "RSAES_OAEP_SHA_256": Algorithm.RSA_OAEP_SHA256,
        "SM2PKE": Algorithm.SM2_ENCRYPT,
    }
)
_STATES = {
    "ACTIVE": CertificateState.ACTIVE,
    "DISABLED": CertificateState.INACTIVE,
    "DISABLE": CertificateState.INACTIVE,
    "REVOKED": CertificateState.REVOKED,
}
_STATE = Choice(_STATES)
_STATE_SHOWN = Choice({"INACTIVE": CertificateState.PENDING, **_STATES})
#: Signature algorithms by their object identifiers; any other is answered as its identifier.
_SIGNATURES = {
    "1.2.840.113549.1.1.11": "SHA256WITHRSA",
    "1.2.840.113549.1.1.12": "SHA384WITHRSA",
    "1.2.840.113549.1.1.13": "SHA512WITHRSA",
    "1.2.840.10045.4.3.2": "SHA256WITHECDSA",
    "1.2.840.10045.4.3.3": "SHA384WITHECDSA",
    "1.2.156.10197.1.501": "SM3WITHSM2",
}
_names: strict_json.Decoder[Any] = strict_json.Decoder(list[str] | dict[str, list[str] | str])  # type: ignore[arg-type]


class DnsNames:
    """A JSON list of at most ten DNS names, of which the first label may be a star.

    The Tea SDK for Java types the parameter as an object, ``{"DNS": ["a.example"]}``: the values are taken, one or a
    list each.
    """

    def decode(self, raw: str) -> tuple[str, ...]:
        try:
            given_names = _names.decode(raw)
        except msgspec.DecodeError:
            raise InvalidWireValue("format") from None
        found = given_names if isinstance(given_names, list) else _flat(given_names)
        if len(found) > certificates.NAMES_MAX:
            raise InvalidWireValue("length")
        if not all(_is_dns(name) for name in found):
            raise InvalidWireValue("format")
        return tuple(found)

    def encode(self, value: Any) -> list[str]:
        return list(value)


def _flat(kinds: dict[str, list[str] | str]) -> list[str]:
    return [name for each in kinds.values() for name in (each if isinstance(each, list) else [each])]


def _is_dns(name: str) -> bool:
    labels = name.removeprefix("*.").split(".")
    return len(name) <= 253 and all(
        1 <= len(label) <= 63 and label.isascii() and label.replace("-", "").isalnum() for label in labels
    )


def _fact(name: str, attribute: str) -> Field:
    """A fact of the certificate; the empty string until there is one."""

    def show(seen: CertificateView) -> str:
        return str(getattr(seen.facts, attribute)) if seen.facts else ""

    return Field(name, EncodeOnly(show))


def _moment_of(name: str, attribute: str) -> Field:
    def show(seen: CertificateView) -> str:
        return _MOMENT.encode(getattr(seen.facts, attribute)) if seen.facts else ""

    return Field(name, EncodeOnly(show))


def _signature(seen: CertificateView) -> str:
    found = seen.facts.signature_algorithm if seen.facts else ""
    return _SIGNATURES.get(found, found)


_ID = given("CertificateId", plain_id, "certificate_id", required=True)
_PEM = Text(1, PEM_MAX)
_MESSAGE = given("Message", Base64(1, MESSAGE_BYTES_MAX), "message", required=True)
_TYPE = given("MessageType", Choice({"RAW": False, "DIGEST": True}), "digest", required=True)
_SIGNED_WITH = given("Algorithm", _SIGNING, "algorithm", required=True)
_ENCRYPTED_WITH = given("Algorithm", _ENCRYPTION, "algorithm", required=True)
_WORKED_ID = Field("CertificateId", _TEXT, of="certificate_id")

_WORK = (
    Rpc(
        name="CertificatePrivateKeySign",
        use=certificates.sign,
        request=(_ID, _TYPE, _MESSAGE, _SIGNED_WITH),
        response=(_WORKED_ID, Field("SignatureValue", Base64(), of="data")),
    ),
    Rpc(
        name="CertificatePublicKeyVerify",
        use=certificates.verify,
        request=(
            _ID,
            _TYPE,
            _MESSAGE,
            given("SignatureValue", Base64(1, 4096), "signature", required=True),
            _SIGNED_WITH,
        ),
        response=(_WORKED_ID, Field("SignatureValid", _FLAG, of="fits")),
    ),
    Rpc(
        name="CertificatePublicKeyEncrypt",
        use=certificates.encrypt,
        request=(_ID, given("Plaintext", Base64(1, 6144), "plaintext", required=True), _ENCRYPTED_WITH),
        response=(_WORKED_ID, Field("CiphertextBlob", Base64(), of="data")),
    ),
    Rpc(
        name="CertificatePrivateKeyDecrypt",
        use=certificates.decrypt,
        request=(_ID, given("CiphertextBlob", Base64(1, 8192), "ciphertext", required=True), _ENCRYPTED_WITH),
        response=(_WORKED_ID, Field("Plaintext", Base64(), of="data")),
    ),
)

_DESCRIBED = (
    Field("CertificateId", _TEXT, of="record.id"),
    Field("Status", _STATE_SHOWN, of="record.state"),
    Field("KeySpec", enum_maps.spec, of="record.spec"),
    Field("ExportablePrivateKey", _FLAG, of="record.exportable"),
    Field("Subject", _TEXT, of="record.subject"),
    Field("SubjectAlternativeNames", Items(_TEXT), of="record.alternative_names"),
    Field("SubjectPublicKey", EncodeOnly(lambda der: armour(PUBLIC_KEY, der).decode()), of="record.public"),
    Field("SubjectKeyIdentifier", _TEXT, of="key_identifier"),
    _fact("Issuer", "issuer"),
    _fact("Serial", "serial"),
    Field("SignatureAlgorithm", EncodeOnly(_signature)),
    _moment_of("NotBefore", "not_before_ms"),
    _moment_of("NotAfter", "not_after_ms"),
    Field("CreatedAt", _MOMENT, of="record.created_ms"),
    Field("UpdatedAt", _MOMENT, of="record.updated_ms"),
    Field("Tags", EncodeOnly(dict), of="tags"),
)
_CHANGES = (
    Rpc(
        name="UploadCertificate",
        use=certificates.upload,
        request=(
            _ID,
            given("Certificate", _PEM, "certificate", required=True),
            given("CertificateChain", _PEM, "chain"),
        ),
    ),
    Rpc(
        name="UpdateCertificateStatus",
        use=certificates.set_state,
        request=(_ID, given("Status", _STATE, "state", required=True)),
    ),
    Rpc(name="DeleteCertificate", use=certificates.delete, request=(_ID,)),
)


def rows(region: str) -> tuple[Rpc, ...]:
    """The group's rows; ``region`` is in the ARNs."""

    def arn(certificate: Any) -> str:
        return f"acs:kms:{region}:{certificate.account_id}:certificate/{certificate.id}"

    return (
        Rpc(
            name="CreateCertificate",
            use=certificates.create,
            request=(
                given("Subject", Text(1, 1024), "subject", required=True),
                given("KeySpec", _SPECS, "spec", required=True),
                given("ExportablePrivateKey", _FLAG, "exportable"),
                given("SubjectAlternativeNames", DnsNames(), "names"),
            ),
            response=(
                Field("CertificateId", _TEXT, of="id"),
                Field("Arn", EncodeOnly(arn)),
                Field("Csr", _TEXT, of="request"),
            ),
        ),
        Rpc(
            name="GetCertificate",
            use=certificates.get,
            request=(_ID,),
            response=(
                Field("CertificateId", _TEXT, of="id"),
                Field("Csr", _TEXT, of="request"),
                Field("Certificate", _TEXT, of="certificate"),
                Field("CertificateChain", _TEXT, of="chain"),
            ),
        ),
        Rpc(
            name="DescribeCertificate",
            use=certificates.describe,
            request=(_ID,),
            response=(Field("Arn", EncodeOnly(arn), of="record"), *_DESCRIBED),
        ),
        *_CHANGES,
        *_WORK,
    )
