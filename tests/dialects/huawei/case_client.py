"""How wire cases speak to this dialect.

::

    key = create-key {"key_alias": "a"} -> key_info.key_id     an operation that must succeed, and a field of its answer
    token = sign-in                                            a token of the project
    clock +8d                                                  time passes

Scheme: aksk. A token is a header that the case writes itself, and needs none.
"""

from __future__ import annotations

import json
from typing import Any

from bitting.dialects.base.http import Request, Response


class HuaweiCaseClient:
    def __init__(self, api: Any) -> None:
        self.api = api

    def step(self, line: str) -> object:
        if line.startswith("clock "):
            return self.api.runtime.clock.advance(days=float(line[6:].strip("+d")))
        if line == "sign-in":
            return self.api.sign_in()
        if line in {"project", "domain"}:
            return self.api.project.id if line == "project" else self.api.founded.account.domain_id
        call, _, path = line.partition(" -> ")
        verb, _, body = call.partition(" ")
        found: Any = self.api.ok(verb, **json.loads(body or "{}"))
        for name in path.split(".") if path else ():
            found = found[int(name)] if isinstance(found, list) else found[name]
        return found

    def sign(self, request: Request, scheme: str) -> Request:
        assert scheme == "aksk"
        return self.api.signer.sign(request)

    def send(self, request: Request) -> Response:
        return self.api.send(request)
