"""HTTP client for webhooks: one request, bounded in time and size, no redirects, no proxies."""

from __future__ import annotations

import http.client
import ssl
from urllib.parse import urlsplit

from bitting.core.usecases.secrets.rotation_ports import HttpResponse

SECONDS = 10
ANSWER_BYTES_MAX = 65536


class BoundedHttpClient:
    """``HttpClient`` over http.client. ``context``: the TLS trust store; the system's by default."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self._context = context

    def post(self, url: str, headers: dict[str, str], body: bytes) -> HttpResponse:
        """See the protocol: an answer, or status 0."""
        parts = urlsplit(url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection = self._open(parts.scheme, parts.hostname or "", parts.port)
        try:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            return HttpResponse(answer.status, answer.read(ANSWER_BYTES_MAX))
        except (OSError, http.client.HTTPException, ValueError):
            return HttpResponse(0)
        finally:
            connection.close()

    def _open(self, scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
        if scheme == "https":
            context = self._context or ssl.create_default_context()
            return http.client.HTTPSConnection(host, port, timeout=SECONDS, context=context)
        return http.client.HTTPConnection(host, port, timeout=SECONDS)
