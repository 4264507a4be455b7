"""A request and a response with no server in them.

Everything a signature covers is raw: header values, query and body are what the client sent. ``path``
is percent-decoded (granian's RSGI keeps no raw path; ``raw_path`` is empty there), ``query`` is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(slots=True)
class Request:
    """``headers``: lower-case names, last value wins; ``repeated`` names were sent more than once."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    source: str = "127.0.0.1"
    scheme: str = "http"
    raw_path: str = ""
    repeated: frozenset[str] = frozenset()
    oversized: bool = False


@dataclass(slots=True)
class Response:
    """Status, header pairs, body. ``effect``: developer mode's ``reset`` or ``truncate``, else empty."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes
    effect: str = ""
