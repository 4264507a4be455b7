"""The house with this dialect, and the identity service beside it, as its doors."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from huawei.sdk_signer import HOST, Signer, post

from bitting.core.model.identity import Project
from bitting.core.usecases.iam.credentials import access_key
from bitting.core.usecases.keys import lifecycle as keys
from bitting.dialects.base.http import Request, Response
from bitting.dialects.huawei.dialect import Huawei
from bitting.dialects.iam.dialect import Iam
from bitting.dialects.otc.profile import profile

UNKNOWN = "0d0466b0-e727-4d9c-b35d-f84bb474a37f"


class Door:
    """Sends requests of one access key into one project and reads what comes back."""

    def __init__(self, runtime: Any, project: Project | None = None) -> None:
        self.runtime = runtime
        self.founded = runtime.founded
        self.project = project or runtime.founded.project
        self.dialect = Huawei(runtime.vault, runtime.clock, runtime.gate.region, profile())
        self.iam = Iam(runtime.vault, runtime.clock, runtime.gate.region)
        self.signer = Signer(self.founded.access_key_id, self.founded.secret, runtime.clock.now_ms)

    def path(self, verb: str) -> str:
        return f"/v1.0/{self.project.id}/kms/{verb}"

    def request(self, verb: str, body: Any = None) -> Request:
        """Unsigned. ``body``: bytes as they are, anything else as JSON."""
        data = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        return post(self.path(verb), data)

    def send(self, request: Request, *, broken: bool = False) -> Response:
        return self.runtime.send(self.dialect, request, broken=broken)

    def ask(self, verb: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        """Status and body of a signed request."""
        return read(self.send(self.signer.sign(self.request(verb, body))))

    def ask_at(
        self, method: str, path: str, body: Any = None, query: str = "", *, headers: Any = None, broken: bool = False
    ) -> tuple[int, dict[str, Any]]:
        """Status and body at any path; signed, unless the headers bring a token."""
        request = post(path, json.dumps(body).encode() if body is not None else b"")
        request.method, request.query = method, query
        for name, value in (headers or {}).items():
            request.headers[name] = value
        if "x-auth-token" not in request.headers:
            request = self.signer.sign(request)
        response = self.send(request, broken=broken)
        return read(response) if response.body else (response.status, {})

    def ask_broken(self, method: str, path: str, body: Any, headers: Any = None) -> tuple[int, dict[str, Any]]:
        """The same where the failure is ours."""
        return self.ask_at(method, path, body, headers=headers, broken=True)

    def refused_at(self, method: str, path: str, body: Any = None, query: str = "") -> tuple[int, str, str]:
        """Status, code and message of a refusal at any path."""
        return refusal(self.ask_at(method, path, body, query))

    def ok(self, verb: str, **body: Any) -> dict[str, Any]:
        """The body of a success."""
        status, answer = self.ask(verb, body)
        assert status == 200, answer
        return answer

    def refused(self, verb: str, body: Any = None) -> tuple[int, str, str]:
        """Status, code and message of a refusal."""
        return refusal(self.ask(verb, body))

    def key(self, alias: str = "", **more: Any) -> str:
        """A new key's id."""
        name = alias or f"key-{self.runtime.entropy.uuid()}"
        made: str = self.ok("create-key", key_alias=name, **more)["key_info"]["key_id"]
        return made

    def keys(self) -> int:
        """How many keys there are."""
        return int(self.ok("list-keys", key_spec="ALL")["total"])

    def run(self, use: Any, command: Any) -> Any:
        """A use case as the first user, past the dialect."""
        view = self.runtime.cache.loading
        view.refresh()
        found = access_key(view, self.runtime.vault, self.founded.access_key_id, self.project.id)
        assert found is not None
        return self.runtime.gate.run(use, found.principal, command, self.runtime.request_context("test"), view)

    def core_key(self, **fields: Any) -> str:
        """A key made past the dialect, for what the dialect does not make itself."""
        made: str = self.run(keys.create, keys.CreateKey(**fields)).id
        return made

    def put(self, record: Any) -> None:
        """Change a record as an operator would."""
        with self.runtime.store.begin(write=True) as uow:
            uow.of(type(record)).put(record)

    def add(self, record: Any) -> None:
        with self.runtime.store.begin(write=True) as uow:
            uow.of(type(record)).add(record)

    def sign_in(self, scope: Any = None) -> str:
        """A token by password."""
        user = {
            "name": self.founded.user.name,
            "domain": {"id": self.founded.account.domain_id},
            "password": self.founded.password,
        }
        auth: dict[str, Any] = {"identity": {"methods": ["password"], "password": {"user": user}}}
        auth["scope"] = {"project": {"id": self.project.id}} if scope is None else scope
        body = json.dumps({"auth": auth}).encode()
        request = Request("POST", "/v3/auth/tokens", "", {"host": HOST, "content-type": "application/json"}, body)
        response = self.runtime.send(self.iam, request)
        assert response.status == 201, response.body
        return dict(response.headers)["x-subject-token"]

    def with_token(self, token: str, verb: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        """Status and body of a request with a token."""
        request = self.request(verb, body)
        request.headers["x-auth-token"] = token
        return read(self.send(request))


def read(response: Response) -> tuple[int, dict[str, Any]]:
    """Status and JSON body; every answer carries its request id under both names."""
    headers = dict(response.headers)
    assert headers["x-request-id"] == headers["x-openstack-request-id"]
    assert headers["content-type"] == "application/json;charset=UTF-8"
    return response.status, json.loads(response.body)


def refusal(answer: tuple[int, dict[str, Any]]) -> tuple[int, str, str]:
    """Status, code and message, from the nested envelope and nothing else in it."""
    status, body = answer
    assert status >= 400, body
    assert list(body) == ["error"]
    assert list(body["error"]) == ["error_code", "error_msg"]
    return status, body["error"]["error_code"], body["error"]["error_msg"]


@pytest.fixture
def door(runtime: Any) -> Door:
    return Door(runtime)


@pytest.fixture
def otc_door(runtime: Any) -> Door:
    return Door(runtime, runtime.founded.second_project)


@pytest.fixture
def make_door(make_house: Callable[[], Any]) -> Callable[[], Door]:
    return lambda: Door(make_house())
