"""A request and a response with no server in them.

Everything a signature covers is raw: header values, query and body are what the client sent. ``path``
is percent-decoded (granian's RSGI keeps no raw path; ``raw_path`` is empty there), ``query`` is not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bitting.dialects.base.replay import Proof

#: A host as RFC 3986 spells it, with or without a port: names, IPv4, IPv6 in brackets.
_HOST = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")


@dataclass(slots=True)
class Request:
    """``headers``: lower-case names, last value wins; ``repeated`` names were sent more than once.

    ``source``: the caller's address in its canonical form. ``local``: it may use the native API, because of where it
    came in. ``proof``: what was proved by a signature, from stop 3 on.
    """

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
    proof: Proof | None = None
    local: bool = True

    @property
    def base_url(self) -> str:
        """Scheme and host as the client used them; ``localhost`` where it sent no host or none that is well formed.

        This is what answers may repeat: a host that is copied as it came could end a header's quoted string.
        """
        host = self.headers.get("host", "")
        return f"{self.scheme}://{host if _HOST.fullmatch(host) else 'localhost'}"


@dataclass(slots=True)
class Response:
    """Status, header pairs, body. ``effect``: developer mode's ``reset`` or ``truncate``, else empty."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes
    effect: str = ""
