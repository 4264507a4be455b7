"""The way to an external policy decision point: one HTTP request a question, bounded as webhooks are."""

from __future__ import annotations

import json
from collections.abc import Mapping

from bitting.outbound.http_client import HttpOutlet


class HttpAuthorizer:
    """``Authorizer`` over an outlet."""

    def __init__(self, outlet: HttpOutlet) -> None:
        self._outlet = outlet

    def decide(self, url: str, question: Mapping[str, str]) -> tuple[int, bytes]:
        """See the protocol."""
        posted = self._outlet.post(url, {"content-type": "application/json"}, json.dumps(dict(question)).encode())
        return posted.status, posted.body
