"""Codecs of cryptography and imports: versions, recipients, values whose own fault says they are wrong."""

from __future__ import annotations

from typing import Any, NoReturn

import msgspec

from bitting.core import faults
from bitting.core.specs import Algorithm
from bitting.core.usecases.crypto.attested_recipients import Recipient
from bitting.core.usecases.crypto.encryption import INITIAL
from bitting.dialects.base.codecs import Base64, Codec, Integer, InvalidWireValue, Text, encode_refused
from bitting.wire import strict_json

RECIPIENT_MAX = 65536


class VersionId:
    """A key version, by its id and nothing else."""

    _text = Text(1, 64)

    def decode(self, raw: Any) -> str:
        text = self._text.decode(raw)
        if text == INITIAL:
            raise faults.KeyVersionNotFound(resource=text)
        return text

    def encode(self, value: str) -> str:
        return value


class WithFault:
    """A codec whose unreadable values have a fault of their own."""

    def __init__(self, kind: Codec, fault: type[faults.Fault]) -> None:
        self._kind, self._fault = kind, fault

    def decode(self, raw: Any) -> Any:
        try:
            return self._kind.decode(raw)
        except InvalidWireValue:
            raise self._fault from None

    def encode(self, value: Any) -> Any:
        return self._kind.encode(value)


class UnixTime:
    """Seconds since 1970 outside, milliseconds inside; 0 is never."""

    _number = Integer(0, 10**12)

    def decode(self, raw: Any) -> int:
        return self._number.decode(raw) * 1000

    def encode(self, value: int) -> int:
        return value // 1000


class _Recipient(
    msgspec.Struct,
    rename={"document": "AttestationDocument", "token": "ChallengeToken", "algorithm": "KeyEncryptionAlgorithm"},
):
    document: str
    token: str
    algorithm: str = "RSAES_OAEP_SHA_256"


_recipients = strict_json.Decoder(_Recipient)
_ALGORITHMS = {"RSAES_OAEP_SHA_256": Algorithm.RSA_OAEP_SHA256, "SM2PKE": Algorithm.SM2_ENCRYPT}


class RecipientOf:
    """``{"AttestationDocument": .., "ChallengeToken": .., "KeyEncryptionAlgorithm": ..}``.

    The reference names the parameter and GetChallenge, not what is in it. The members are called as in the
    other KMS that has a parameter of this name, and as GetChallenge calls its token.
    """

    def decode(self, raw: str) -> Recipient:
        if len(raw) > RECIPIENT_MAX:
            raise InvalidWireValue("length")
        try:
            given = _recipients.decode(raw)
        except msgspec.DecodeError:
            raise InvalidWireValue("format") from None
        if given.algorithm not in _ALGORITHMS:
            raise InvalidWireValue("enum")
        token = Base64(1, RECIPIENT_MAX).decode(given.token)
        return Recipient(given.document.encode(), token, _ALGORITHMS[given.algorithm])

    def encode(self, value: Any) -> NoReturn:
        encode_refused(value)
