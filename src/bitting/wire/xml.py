"""XML responses: dictionaries become elements, lists repeat their element.

::

    {"Keys": {"Key": [{"KeyId": "a"}, {"KeyId": "b"}]}, "TotalCount": 2}
    <Keys><Key><KeyId>a</KeyId></Key><Key><KeyId>b</KeyId></Key></Keys><TotalCount>2</TotalCount>

Output only: no API here accepts XML.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
#: Characters that XML 1.0 cannot hold in any spelling.
_UNSPEAKABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def document(root: str, content: Mapping[str, Any], *, declare: bool = True) -> bytes:
    """The whole document, UTF-8. Names are the caller's own: they are not escaped."""
    text = element(root, content)
    return (_DECLARATION + text if declare else text).encode()


def element(name: str, value: Any) -> str:
    """One element, or for a list one element an item."""
    if isinstance(value, list | tuple):
        return "".join([element(name, item) for item in value])
    if isinstance(value, Mapping):
        inner = "".join([element(child, held) for child, held in value.items()])
    else:
        inner = escape(_text(value))
    return f"<{name}>{inner}</{name}>"


def escape(text: str) -> str:
    """Text for between tags. Characters XML cannot hold become U+FFFD; a carriage return is spelled out."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
    return _UNSPEAKABLE.sub("\ufffd", text)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
