"""Encryption contexts: a map of strings as the additional authenticated data (AAD) of an AEAD cipher.

::

    {"purpose": "test", "app": "billing"}  ->  b'{"app":"billing","purpose":"test"}'    compact JSON, UTF-8, keys sorted
    {}                                     ->  b""                                      the same as no context

Equal maps give equal bytes, whatever the order and spacing in which a client wrote them. Every dialect that takes a
context as a map uses this form, and clients of an API that takes raw AAD can build the same bytes, so that a ciphertext
made through one API can be decrypted through another.
"""

from __future__ import annotations

from collections.abc import Mapping
from json.encoder import encode_basestring as _quote  # a JSON string that keeps non-ASCII characters; written in C


def canonicalise(context: Mapping[str, str]) -> bytes:
    """The AAD of an encryption context; empty for an empty context.

    Keys are ordered by code point. Raises ``UnicodeEncodeError`` for a lone surrogate.
    """
    if not context:
        return b""
    return ("{" + ",".join([f"{_quote(name)}:{_quote(context[name])}" for name in sorted(context)]) + "}").encode()
