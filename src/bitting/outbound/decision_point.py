"""The external policy decision point over HTTP: one bounded request per decision."""

from __future__ import annotations

import json
from collections.abc import Mapping

from bitting.outbound.http_client import BoundedHttpClient


class HttpAuthorizer:
    """``Authorizer`` over an HTTP client."""

    def __init__(self, http_client: BoundedHttpClient) -> None:
        self._http_client = http_client

    def decide(self, url: str, question: Mapping[str, str]) -> tuple[int, bytes]:
        """See the protocol."""
        posted = self._http_client.post(url, {"content-type": "application/json"}, json.dumps(dict(question)).encode())
        return posted.status, posted.body
