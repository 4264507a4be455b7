"""Wire forms that only the secrets API has: names, stages, periods, tags, nested objects.

Sources: Huawei Cloud CSMS API reference; patterns and limits from the OpenAPI files its own tools carry. Times are
numbers of milliseconds, null where there is none.
"""

from __future__ import annotations

import binascii
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bitting.core.model.key import KeyRef
from bitting.core.model.secret import (
    CURRENT,
    PENDING,
    PREVIOUS,
    NoticeState,
    SecretRotation,
    SecretState,
    SecretType,
    TaskState,
)
from bitting.core.usecases.secrets import events as secret_events
from bitting.core.usecases.secrets.listing import SecretFilter
from bitting.core.usecases.secrets.values import DEFAULT_KEY
from bitting.dialects.base.codecs import Choice, Codec, InvalidWireValue, Text, encode_refused

VALUE_CHARACTERS = 32_768
DESCRIPTION_BYTES = 2048
TAG_KEY_CHARACTERS, TAG_VALUE_CHARACTERS, TAGS_MAX = 128, 255, 20
EXPIRY_MAX_MS = 9_999_999_999_999
PERIOD_MIN_S, PERIOD_MAX_S = 6 * 3600, 8760 * 3600

_KEY_ID = re.compile(r"[0-9a-z]{8}-(?:[0-9a-z]{4}-){3}[0-9a-z]{12}")
_UNITS = {"d": 86_400, "h": 3600, "m": 60, "s": 1}

#: What this API's callers may name a secret. The dot is in the documents and not in the SDK's text.
NEW_NAME = Text(1, 64, re.compile(r"[a-zA-Z0-9._-]{1,64}"))
#: Secrets made through another API have longer names with more characters; they can be read here all the same.
ANY_NAME = Text(1, 192, re.compile(r"[a-zA-Z0-9._/+=@-]{1,192}"))
EVENT_NAME = Text(1, 64, re.compile(r"[a-zA-Z0-9_-]{1,64}"))
VERSION_ID = Text(1, 64, re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{0,63}"))
SECRET_ID = Text(1, 64)
FUNCTION = Text(0, 255)

STATES = Choice(
    {
        "ENABLED": SecretState.ENABLED,
        "DISABLED": SecretState.DISABLED,
        "PENDING_DELETE": SecretState.PENDING_DELETION,
        "FROZEN": SecretState.FROZEN,
    }
)
#: RDS is documented as retired in favour of RDS-FG, and refused.
TYPES = Choice({"COMMON": SecretType.GENERIC, "RDS-FG": SecretType.DATABASE, "GaussDB-FG": SecretType.CLUSTER})
EVENT_TYPES = Choice(
    {
        "SECRET_VERSION_CREATED": secret_events.CREATED,
        "SECRET_VERSION_EXPIRED": secret_events.EXPIRED,
        "SECRET_ROTATED": secret_events.ROTATED,
        "SECRET_ROTATED_FAILED": secret_events.ROTATION_FAILED,
        "SECRET_DELETED": secret_events.DELETED,
    }
)
SWITCH = Choice({"ENABLED": True, "DISABLED": False})
NOTICE_STATES = Choice(
    {
        "SUCCESS": NoticeState.DELIVERED,
        "INVALID": NoticeState.INVALID,
        "FAIL": NoticeState.FAILED,
    }
)
TASK_STATES = Choice({"SUCCESS": TaskState.SUCCEEDED, "FAILED": TaskState.FAILED, "RUNNING": TaskState.RUNNING})
#: Whether the tags of a batch are taken away.
TAG_ACTIONS = Choice({"create": False, "delete": True})
_STAGE_WORDS = {"SYSCURRENT": CURRENT, "SYSPREVIOUS": PREVIOUS, "SYSPENDING": PENDING}
_STAGE_SHOWN = {name: word for word, name in _STAGE_WORDS.items()}
_STAGE = re.compile(r"[a-zA-Z0-9_-]{1,64}")


class StageName:
    """A stage: the three that start with SYS are the service's own."""

    def decode(self, raw: Any) -> str:
        if not isinstance(raw, str):
            raise InvalidWireValue("type")
        if not _STAGE.fullmatch(raw):
            raise InvalidWireValue("format")
        return _STAGE_WORDS.get(raw, raw)

    def encode(self, value: str) -> str:
        return _STAGE_SHOWN.get(value, value)


class QueryInteger:
    """A whole number in a query, ``least`` to ``most``. Anything else is a wrong value, not a wrong type."""

    def __init__(self, least: int, most: int) -> None:
        self._least, self._most = least, most

    def decode(self, raw: Any) -> int:
        text = str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw
        if not isinstance(text, str) or not re.fullmatch(r"[0-9]{1,9}", text, re.ASCII):
            raise InvalidWireValue("format")
        if not self._least <= int(text) <= self._most:
            raise InvalidWireValue("range")
        return int(text)

    def encode(self, value: int) -> int:
        return value


class WrappingKey:
    """A key id, or the name of the service's own key (None)."""

    def decode(self, raw: Any) -> KeyRef | None:
        if not isinstance(raw, str):
            raise InvalidWireValue("type")
        if raw == DEFAULT_KEY:
            return None
        if not _KEY_ID.fullmatch(raw):
            raise InvalidWireValue("format")
        return KeyRef.by_id(raw)

    def encode(self, value: str) -> str:
        return value


class Period:
    """Seconds as ``<number><unit>``, 6 hours to 365 days; shown in the greatest unit that divides it."""

    def decode(self, raw: Any) -> int:
        if not isinstance(raw, str):
            raise InvalidWireValue("type")
        if not re.fullmatch(r"[0-9]{1,9}[dhms]", raw, re.ASCII):
            raise InvalidWireValue("format")
        seconds = int(raw[:-1]) * _UNITS[raw[-1]]
        if not PERIOD_MIN_S <= seconds <= PERIOD_MAX_S:
            raise InvalidWireValue("range")
        return seconds

    def encode(self, value: int) -> str | None:
        if not value:
            return None
        unit = next(unit for unit, seconds in _UNITS.items() if value % seconds == 0)
        return f"{value // _UNITS[unit]}{unit}"


@dataclass(frozen=True, slots=True)
class LimitedUtf8:
    """Text of at most ``most`` bytes of UTF-8."""

    most: int

    def decode(self, raw: Any) -> str:
        if not isinstance(raw, str):
            raise InvalidWireValue("type")
        try:
            if len(raw.encode()) > self.most:
                raise InvalidWireValue("length")
        except UnicodeEncodeError:
            raise InvalidWireValue("format") from None
        return raw

    def encode(self, value: str) -> str:
        return value


@dataclass(frozen=True, slots=True)
class ValueText:
    """A secret's value: text, or base64 that is checked and kept as it came. 1 to 32768 characters."""

    binary: bool

    def decode(self, raw: Any) -> bytes:
        if not isinstance(raw, str):
            raise InvalidWireValue("type")
        if not 0 < len(raw) <= VALUE_CHARACTERS:
            raise InvalidWireValue("length")
        try:
            if self.binary:
                binascii.a2b_base64(raw, strict_mode=True)
            return raw.encode()
        except (ValueError, UnicodeEncodeError):
            raise InvalidWireValue("format") from None

    def encode(self, value: bytes) -> str:
        return value.decode(errors="replace")


class Milliseconds:
    """A time in milliseconds, 13 digits at most; null where there is none."""

    def decode(self, raw: Any) -> int:
        if not isinstance(raw, int) or isinstance(raw, bool):
            raise InvalidWireValue("type")
        if not 0 <= raw <= EXPIRY_MAX_MS:
            raise InvalidWireValue("range")
        return raw

    def encode(self, value: int) -> int | None:
        return value or None


class Day:
    """Until when: a date, a time, or milliseconds. A date lasts until its end (UTC).

    The SDK says ``date`` and sends whatever it was given as text.
    """

    def decode(self, raw: Any) -> int:
        if isinstance(raw, int) and not isinstance(raw, bool):
            return Milliseconds().decode(raw)
        if not isinstance(raw, str):
            raise InvalidWireValue("type")
        try:
            moment = datetime.fromisoformat(raw)
        except ValueError:
            raise InvalidWireValue("format") from None
        whole_day = 86_400_000 if len(raw) == 10 else 0
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return int(moment.timestamp() * 1000) + whole_day

    def encode(self, value: int) -> int | None:
        return value or None


def _tag_text(text: str, extra: str) -> bool:
    return all(char in extra or unicodedata.category(char)[0] in "LZN" for char in text)


class Tag:
    """``{"key", "value"}`` as (key, value)."""

    def decode(self, raw: Any) -> tuple[str, str]:
        if not isinstance(raw, dict):
            raise InvalidWireValue("type")
        key, value = raw.get("key"), raw.get("value")
        value = "" if value is None else value
        if not isinstance(key, str) or not isinstance(value, str):
            raise InvalidWireValue("type")
        if not 1 <= len(key) <= TAG_KEY_CHARACTERS or len(value) > TAG_VALUE_CHARACTERS:
            raise InvalidWireValue("length")
        if key != key.strip() or key.startswith("_sys_") or not _tag_text(key, "_.:=+-@"):
            raise InvalidWireValue("format")
        if not _tag_text(value, "_.:/=+-@"):
            raise InvalidWireValue("format")
        return key, value

    def encode(self, value: tuple[str, str]) -> dict[str, str]:
        return {"key": value[0], "value": value[1]}


class ObjectCodec:
    """A nested object of a request: each field through its codec, all of ``required`` present.

    The fields are passed by name to ``build``; without it they come out as a dictionary.
    """

    def __init__(self, required: Sequence[str], build: Callable[..., Any] = dict, **fields: Codec) -> None:
        self._required, self._build, self._fields = required, build, fields

    def decode(self, raw: Any) -> Any:
        if not isinstance(raw, dict) or any(raw.get(name) in (None, "") for name in self._required):
            raise InvalidWireValue("type")
        present = {name: codec for name, codec in self._fields.items() if raw.get(name) is not None}
        return self._build(**{name: codec.decode(raw[name]) for name, codec in present.items()})

    def encode(self, value: Any) -> Any:
        encode_refused(value)


class UniqueItems:
    """A list of equal items, ``least`` to ``most`` of them, none twice."""

    def __init__(self, item: Codec, least: int, most: int) -> None:
        self._item, self._least, self._most = item, least, most

    def decode(self, raw: Any) -> list[Any]:
        if not isinstance(raw, list):
            raise InvalidWireValue("type")
        if not self._least <= len(raw) <= self._most:
            raise InvalidWireValue("length")
        items = [self._item.decode(item) for item in raw]
        if len(set(items)) != len(items):
            raise InvalidWireValue("twice")
        return items

    def encode(self, value: Sequence[Any]) -> list[Any]:
        return [self._item.encode(item) for item in value]


class RotationSwitch:
    """Whether rotation is on; one that failed last time is."""

    def decode(self, raw: Any) -> Any:  # noqa: ARG002 - an answer field
        raise InvalidWireValue("type")

    def encode(self, value: SecretRotation) -> bool:
        return value is not SecretRotation.DISABLED


class VersionSelector:
    """The id of a version, or ``latest``, which is the version on the stage SYSCURRENT (no name inside).

    The document of show-secret-version says "the latest version", and that of create-secret-version which one that is:
    by default the latest is on SYSCURRENT and the one before it on SYSPREVIOUS, unless stages are given. The newest may
    be one that rotation has not tried yet, or one put aside under another stage on purpose: no reader wants either.
    """

    def decode(self, raw: Any) -> str:
        return "" if raw == "latest" else VERSION_ID.decode(raw)

    def encode(self, value: str) -> str:
        return value or "latest"


class EventFilter:
    """The name of an event, as the filter for secrets subscribed to it."""

    def decode(self, raw: Any) -> SecretFilter:
        return SecretFilter(events=(Text(1, 64).decode(raw),))

    def encode(self, value: SecretFilter) -> str:
        return value.events[0]


class ListOfOne:
    """One value on the wire, a list of that one inside."""

    def __init__(self, item: Codec) -> None:
        self._item = item

    def decode(self, raw: Any) -> list[Any]:
        return [self._item.decode(raw)]

    def encode(self, value: Sequence[Any]) -> Any:
        return self._item.encode(value[0])


class StoredTags:
    """The tags of a secret, kept as key, value, key, value: a list of ``{"key", "value"}``."""

    def decode(self, raw: Any) -> tuple[str, ...]:  # noqa: ARG002 - an answer field
        raise InvalidWireValue("type")

    def encode(self, value: Sequence[str]) -> list[dict[str, str]]:
        return [Tag().encode(pair) for pair in zip(value[::2], value[1::2], strict=True)]


class TagValues:
    """Values by tag key: a list of ``{"key", "values"}``."""

    def decode(self, raw: Any) -> Mapping[str, Sequence[str]]:  # noqa: ARG002 - an answer field
        raise InvalidWireValue("type")

    def encode(self, value: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
        return [{"key": key, "values": list(values)} for key, values in value.items()]
