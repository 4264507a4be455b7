"""Fields that access points, key policies and capsules share.

Source: Huawei Cloud SDK 3.1.219; the public documents name fields and no more.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from bitting.core.usecases.access.capsule_access import POLICY_CHARACTERS
from bitting.dialects.base.codecs import EncodeOnly, Integer, InvalidWireValue, Text
from bitting.dialects.base.operation import Field, Record
from bitting.wire import strict_json

_UUID = Text(36, 36, re.compile("[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"))
NAME = Text(1, 255, re.compile("[a-zA-Z0-9:/_-]{1,255}"))
ID = Text(1, 64)


class _PolicyText(Text):
    """A policy: JSON that says everything once. What it says is for the use case to read."""

    def decode(self, raw: Any) -> str:
        text = Text.decode(self, raw)
        try:
            _any.decode(text)
        except msgspec.DecodeError:
            raise InvalidWireValue("format") from None
        return text


_any = strict_json.Decoder[Any]()
POLICY_TEXT = _PolicyText(1, POLICY_CHARACTERS)
DESCRIPTION = Field("description", Text(0, 255), to="description")
SPACE = Field("keyspace_id", _UUID, to="space_id", required=True)
SPACE_PAGE = (SPACE, Field("limit", Integer(1, 100), to="limit"), Field("marker", _UUID, to="after"))
#: The marker is empty at the end.
PAGE_INFO = Field(
    "page_info",
    Record(Field("next_marker", Text(), of="next"), Field("current_count", EncodeOnly(len), of="items")),
    of="result",
)
