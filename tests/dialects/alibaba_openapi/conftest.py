"""A runtime in memory that serves this dialect only."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from alibaba_openapi.signer import Signer

from bitting.dialects.alibaba_openapi.dialect import AlibabaOpenApi
from bitting.dialects.base.http import Request, Response
from bitting.server.nonces import SharedNonces


class ApiClient:
    """Sends requests of one access key and reads what comes back."""

    def __init__(self, runtime: Any) -> None:
        self.runtime = runtime
        self.dialect = AlibabaOpenApi(runtime.vault, runtime.clock, runtime.gate.region, "-- chain --")
        runtime.guard(SharedNonces(64))
        founded = runtime.founded
        self.account = founded.account.id
        self.signer = Signer(founded.access_key_id, founded.secret, runtime.clock.now_ms)

    def send(self, request: Request, *, broken: bool = False) -> Response:
        return self.runtime.send(self.dialect, request, broken=broken)

    def ask(self, action: str, parameters: Mapping[str, str] | None = None) -> tuple[int, dict[str, Any]]:
        """Status and body of a V3 request with everything in the query."""
        response = self.send(self.signer.v3(action, parameters))
        return response.status, json.loads(response.body)

    def ok(self, action: str, parameters: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The body of a success."""
        status, body = self.ask(action, parameters)
        assert status == 200, body
        return body

    def code(self, action: str, parameters: Mapping[str, str] | None = None) -> tuple[int, str]:
        """Status and code of a refusal."""
        status, body = self.ask(action, parameters)
        assert status >= 400, body
        return status, body["Code"]

    def key(self, **parameters: str) -> str:
        """A new key's id."""
        created: str = self.ok("CreateKey", parameters)["KeyMetadata"]["KeyId"]
        return created

    def keys(self) -> int:
        """How many keys there are."""
        return int(self.ok("ListKeys")["TotalCount"])


@pytest.fixture
def api(runtime: Any) -> ApiClient:
    return ApiClient(runtime)


@pytest.fixture
def make_api(make_runtime: Callable[[], Any]) -> Callable[[], ApiClient]:
    return lambda: ApiClient(make_runtime())
