"""A runtime in memory that serves the identity service."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

import pytest
from huawei.sdk_signer import HOST, Signer

from bitting.core.model.identity import User
from bitting.core.usecases.iam.accounts import hash_password
from bitting.dialects.base.http import Request, Response
from bitting.dialects.huawei.dialect import Huawei
from bitting.dialects.iam.dialect import Iam
from bitting.dialects.otc.profile import profile


@dataclass
class Answer:
    """A response, read."""

    status: int
    body: Any
    headers: dict[str, str]

    @property
    def token(self) -> str:
        return self.headers["x-subject-token"]

    @property
    def refusal(self) -> tuple[int, str]:
        """Status and message, from Keystone's shape and nothing else in it."""
        assert list(self.body) == ["error"]
        assert sorted(self.body["error"]) == ["code", "message", "title"]
        assert self.body["error"]["code"] == self.status
        return self.status, self.body["error"]["message"]


class Identity:
    """Sends identity requests and reads what comes back."""

    def __init__(self, runtime: Any) -> None:
        self.runtime = runtime
        self.founded = runtime.founded
        self.dialect = Iam(runtime.vault, runtime.clock, runtime.gate.region)
        self.signer = Signer(self.founded.access_key_id, self.founded.secret, runtime.clock.now_ms)

    def send(self, request: Request) -> Answer:
        response: Response = self.runtime.send(self.dialect, request)
        headers = dict(response.headers)
        assert headers["x-request-id"] == headers["x-openstack-request-id"] == headers["x-iam-trace-id"]
        return Answer(response.status, json.loads(response.body) if response.body else None, headers)

    def ask(self, method: str, target: str, body: Any = None, **headers: str) -> Answer:
        """``headers``: underscores stand for dashes."""
        path, _, query = target.partition("?")
        given = {"host": HOST, **{name.replace("_", "-"): value for name, value in headers.items()}}
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return self.send(Request(method, path, query, given, data))

    def signed(self, target: str, **headers: str) -> Answer:
        """A GET with an access key signature."""
        path, _, query = target.partition("?")
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send(self.signer.sign(Request("GET", path, query, {"host": HOST, **given}, b"")))

    def user(self, **more: Any) -> dict[str, Any]:
        """The first user, by name and domain, with the password."""
        domain = {"name": self.founded.account.domain_name}
        return {"name": self.founded.user.name, "domain": domain, "password": self.founded.password, **more}

    def sign_in(self, scope: Any = None, target: str = "/v3/auth/tokens", **user: Any) -> Answer:
        """A token by password."""
        auth: dict[str, Any] = {"identity": {"methods": ["password"], "password": {"user": self.user(**user)}}}
        if scope is not None:
            auth["scope"] = scope
        return self.ask("POST", target, {"auth": auth})

    def again(self, token: str, scope: Any = None) -> Answer:
        """A token by token, as keystoneauth asks for it."""
        auth: dict[str, Any] = {"identity": {"methods": ["token"], "token": {"id": token}}}
        if scope is not None:
            auth["scope"] = scope
        return self.ask("POST", "/v3/auth/tokens", {"auth": auth}, x_auth_token=token)

    @property
    def project_scope(self) -> dict[str, Any]:
        return {"project": {"id": self.founded.project.id}}

    def guest(self, **fields: Any) -> User:
        """Another user of the account, without any right."""
        user = replace(self.founded.user, id="9" * 32, name="guest", admin=False, password=hash_password("guest-pw"))
        user = replace(user, **fields)
        with self.runtime.store.begin(write=True) as uow:
            uow.of(User).add(user)
        return user

    def kms(self, token: str, project_id: str, verb: str = "list-keys") -> int:
        """The status of a key management request with a token."""
        dialect = Huawei(self.runtime.vault, self.runtime.clock, self.runtime.gate.region, profile())
        headers = {"host": HOST, "x-auth-token": token, "content-type": "application/json"}
        request = Request("POST", f"/v1.0/{project_id}/kms/{verb}", "", headers, b"{}")
        status: int = self.runtime.send(dialect, request).status
        return status


@pytest.fixture
def identity(runtime: Any) -> Identity:
    return Identity(runtime)
