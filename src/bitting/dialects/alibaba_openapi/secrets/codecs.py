"""Codecs of secrets: names, stages, configurations, values, filters.

::

    ACSCurrent | ACSPrevious | a name of one's own   ->  stage
    '["ACSCurrent"]' | '{"VersionStage":[...]}'      ->  stages        terraform's spelling, and the documents'
    '[{"Key": .., "Values": [..]}]'                  ->  Wanted

Source: CreateSecret, PutSecretValue, ListSecrets, UpdateSecretVersionStage of the KMS API reference.
"""

from __future__ import annotations

import re
from typing import Any, NoReturn

import msgspec

from bitting.core.model.secret import CURRENT, PENDING, PREVIOUS, SecretRotation, SecretType
from bitting.core.usecases.secrets.listing import SecretFilter
from bitting.dialects.base.codecs import Choice, Flag, InvalidWireValue, Text, encode_refused
from bitting.wire import strict_json

VALUE_BYTES_MAX = 30_720
CONFIG_CHARACTERS = 1024
FILTERS_MAX = VALUES_MAX = 10
VERSIONS_MAX, STAGES_MAX = 10, 8

#: What may be asked for; new names have rules of their own by type.
NAME = Text(1, 192, re.compile(r"[A-Za-z0-9_/+=.@-]{1,192}"))
NEW_NAME = Text(1, 192, re.compile(r"[A-Za-z0-9_/+=.@-]{1,192}|\$Auto"))
VERSION = Text(1, 64)

TYPE_WORDS = {
    "Generic": SecretType.GENERIC,
    "Rds": SecretType.DATABASE,
    "Redis": SecretType.CACHE,
    "RAMCredentials": SecretType.ACCESS_KEY,
    "ECS": SecretType.HOST,
    "PolarDB": SecretType.CLUSTER,
}
TYPES = Choice(TYPE_WORDS)
ROTATIONS = Choice(
    {"Enabled": SecretRotation.ENABLED, "Disabled": SecretRotation.DISABLED, "Invalid": SecretRotation.INVALID}
)
_STAGES = {"ACSCurrent": CURRENT, "ACSPrevious": PREVIOUS, "ACSPending": PENDING}
_STAGES_SHOWN = {stage: word for word, stage in _STAGES.items()}
_STAGE = re.compile(r"[A-Za-z0-9_/+=.@-]{1,64}")


class StageName:
    """A stage. ACSPending is ours: rotation uses it, no document names it."""

    def decode(self, raw: Any) -> str:
        if not isinstance(raw, str) or not _STAGE.fullmatch(raw):
            raise InvalidWireValue("format")
        return _STAGES.get(raw, raw)

    def encode(self, value: str) -> str:
        return _STAGES_SHOWN.get(value, value)


class StageNames:
    """Stages as JSON: a list, or an object with a list, or one bare name."""

    def decode(self, raw: str) -> tuple[str, ...]:
        content = _json(raw) if raw[:1] in {"[", "{"} else [raw]
        if isinstance(content, dict):
            content = content.get("VersionStage")
        if not isinstance(content, list) or not content:
            raise InvalidWireValue("format")
        return tuple(StageName().decode(item) for item in content)

    def encode(self, value: Any) -> NoReturn:
        encode_refused(value)


class ValueText:
    """A secret's value: 1 to 30720 bytes of UTF-8."""

    def decode(self, raw: str) -> bytes:
        data = raw.encode()
        if not 0 < len(data) <= VALUE_BYTES_MAX:
            raise InvalidWireValue("length")
        return data

    def encode(self, value: bytes) -> str:
        return value.decode(errors="replace")


class Config:
    """An extended configuration: a JSON object of at most 1024 characters, with at most ten custom pairs."""

    def decode(self, raw: str) -> dict[str, Any]:
        if len(raw) > CONFIG_CHARACTERS:
            raise InvalidWireValue("length")
        content = _json(raw)
        if not isinstance(content, dict):
            raise InvalidWireValue("format")
        custom = content.get("CustomData", {})
        if isinstance(custom, str):
            custom = _json(custom) if custom else {}
        if not isinstance(custom, dict) or len(custom) > 10:
            raise InvalidWireValue("format")
        return content

    def encode(self, value: Any) -> NoReturn:
        encode_refused(value)


class InvertedFlag:
    """A flag that says what is left out, as what is there."""

    _flag = Flag()

    def decode(self, raw: Any) -> bool:
        return not self._flag.decode(raw)

    def encode(self, value: Any) -> NoReturn:
        encode_refused(value)


class JsonList:
    """A JSON list of 1 to ``most`` items, read by somebody else.

    Strings in it may hold lone surrogates: one item that is no text does not spoil the others.
    """

    def __init__(self, most: int) -> None:
        self._most = most

    def decode(self, raw: str) -> list[Any]:
        try:
            content = strict_json.read_any_text(raw)
        except msgspec.DecodeError:
            raise InvalidWireValue("format") from None
        if not isinstance(content, list):
            raise InvalidWireValue("format")
        if not 1 <= len(content) <= self._most:
            raise InvalidWireValue("length")
        return content

    def encode(self, value: Any) -> NoReturn:
        encode_refused(value)


class _Filter(msgspec.Struct, rename={"key": "Key", "values": "Values"}):
    key: str
    values: list[str] = []


_any = strict_json.Decoder[Any]()
_filters = strict_json.Decoder(list[_Filter])
_FILTERS = {
    "SecretName": "names",
    "Description": "descriptions",
    "TagKey": "tag_keys",
    "TagValue": "tag_values",
    "DKMSInstanceId": "instances",
    "SecretType": "types",
    "Creator": "creators",
}
#: ListSecrets spells one type otherwise than CreateSecret.
_FILTER_TYPES = TYPE_WORDS | {"RDS": SecretType.DATABASE}


class Filters:
    """What to look for. Values of one key are alternatives, different keys must all hold."""

    def decode(self, raw: str) -> SecretFilter:
        try:
            filters = _filters.decode(raw)
        except msgspec.DecodeError:
            raise InvalidWireValue("format") from None
        if len(filters) > FILTERS_MAX:
            raise InvalidWireValue("length")
        found: dict[str, Any] = {}
        for item in filters:
            if item.key not in _FILTERS:
                raise InvalidWireValue("enum")
            if len(item.values) > VALUES_MAX:
                raise InvalidWireValue("length")
            values: list[Any] = list(item.values)
            if item.key == "SecretType":
                values = [_type(word) for word in item.values]
            found.setdefault(_FILTERS[item.key], []).extend(values)
        return SecretFilter(**found)

    def encode(self, value: Any) -> NoReturn:
        encode_refused(value)


def _type(word: str) -> SecretType:
    if word not in _FILTER_TYPES:
        raise InvalidWireValue("enum")
    return _FILTER_TYPES[word]


def _json(raw: str) -> Any:
    try:
        return _any.decode(raw)
    except msgspec.DecodeError:
        raise InvalidWireValue("format") from None
