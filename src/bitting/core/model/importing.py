"""Import tickets: the wrapping keys handed out for key material imports."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ImportTicket:
    """A wrapping pair made for one key. ``wrapped``: its private half under the root key.

    ``algorithm``: how material must be wrapped under it. Erased when it expires, and with its key.
    """

    id: str
    key_id: str
    algorithm: str
    wrapped: bytes
    created_ms: int
    expires_ms: int
