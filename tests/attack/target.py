"""A server under attack: a real process, and requests as anybody on the network could send them.

Everything goes over a socket. Only operators' preparations (users, statements, access keys) go through the native API,
as the command line sends them.
"""

from __future__ import annotations

import http.client
import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from alibaba_openapi import signer as acs
from huawei import sdk_signer
from live import Live

from bitting.cli.client import Native, connect
from bitting.dialects.base.http import Request

PASSWORD = "Guest-pass-1!"
OTHER = {"id": "OTHERACCOUNTKEY00001", "secret": "other-account-secret-0000000000000001"}
NEIGHBOUR = "2000000000000002"
SEED = {
    "accounts": [
        {
            "id": NEIGHBOUR,
            "domain_name": "neighbour",
            "users": [{"name": "neighbour", "password": PASSWORD, "admin": True}],
            "access_keys": [{**OTHER, "user": "neighbour"}],
            "projects": [{"id": "f" * 32, "name": "cn-hangzhou", "shared": True}],
        }
    ]
}


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass
class Answer:
    """A response; ``json`` is None where the body is none."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def code(self) -> str:
        """Whichever name the dialect has for it."""
        held = self.json if isinstance(self.json, dict) else {}
        inner = held.get("error", held)
        return str(inner.get("error_code") or inner.get("Code") or inner.get("code") or "")

    @property
    def template(self) -> tuple[int, str]:
        """What may be compared between two answers: never ids or times."""
        return self.status, self.code

    def __str__(self) -> str:
        return f"{self.status} {self.body[:300]!r}"


@dataclass
class Target:
    """One running server and its founder, the administrator of the first account."""

    live: Live
    native: Native = field(init=False)
    facts: Mapping[str, str] = field(init=False)
    count: int = 0

    def __post_init__(self) -> None:
        self.native = connect(str(self.live.directory))
        self.facts = self.live.credentials
        self.admin = Caller(self, self.facts["access_key_id"], self.facts["access_key_secret"])
        accounts = self.native.get("accounts")["accounts"]
        self.account = next(held["id"] for held in accounts if held["id"] != NEIGHBOUR)
        self.project = self.facts["project_id"]
        self.token = self.sign_in(self.facts["user_name"], self.facts["user_password"], domain=True)
        self.project_token = self.sign_in(self.facts["user_name"], self.facts["user_password"])

    def name(self, stem: str = "x") -> str:
        """A name that no other test has."""
        self.count += 1
        return f"{stem}{self.count}"

    def exchange(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes = b"", *, secure: bool = False
    ) -> Answer:
        """One request on a connection of its own, with exactly these headers."""
        where = self.live.https if secure else self.live.http
        host, _, port = where.rpartition(":")
        host = host.strip("[]")
        if secure:
            context = ssl.create_default_context(cafile=self.facts["ca_cert"])
            context.check_hostname = False
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                host, int(port), timeout=60, context=context
            )
        else:
            connection = http.client.HTTPConnection(host, int(port), timeout=60)
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for header, value in {"content-length": str(len(body)), "host": self.live.http, **headers}.items():
                connection.putheader(header, value)
            connection.endheaders(body or None)
            response = connection.getresponse()
            held = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, held, response.read())
        finally:
            connection.close()

    def request(self, request: Request, *, secure: bool = False) -> Answer:
        """What a test signer made."""
        target = request.path + (f"?{request.query}" if request.query else "")
        return self.exchange(request.method, target, request.headers, request.body, secure=secure)

    def iam(self, method: str, path: str, body: Any = None, *, token: str = "", raw: bytes = b"") -> Answer:
        """The identity service; as the administrator unless another token is given."""
        headers = {"content-type": "application/json", "x-auth-token": token or self.token}
        data = raw or (b"" if body is None else json.dumps(body).encode())
        return self.exchange(method, path, headers, data)

    def attempt(self, name: str, password: str, *, domain: bool = False, project: str = "") -> Answer:
        """A sign-in by password."""
        who = {"name": name, "password": password, "domain": {"name": self.facts["domain_name"]}}
        scope = {"domain": {"name": self.facts["domain_name"]}} if domain else {"project": {"id": project}}
        if not domain and not project:
            scope = {"project": {"id": self.project}}
        auth = {"identity": {"methods": ["password"], "password": {"user": who}}, "scope": scope}
        body = json.dumps({"auth": auth}).encode()
        return self.exchange("POST", "/v3/auth/tokens", {"content-type": "application/json"}, body)

    def sign_in(self, name: str, password: str = PASSWORD, *, domain: bool = False, project: str = "") -> str:
        """A token."""
        answer = self.attempt(name, password, domain=domain, project=project)
        assert answer.status == 201, answer
        return answer.headers["x-subject-token"]

    def user(self, stem: str = "guest") -> tuple[str, str]:
        """A new user of the identity service without any right: id and name."""
        name = self.name(stem)
        made = self.iam("POST", "/v3/users", {"user": {"name": name, "password": PASSWORD}})
        assert made.status == 201, made
        return made.json["user"]["id"], name

    def role(self, name: str) -> str:
        """The id of a built-in role."""
        return next(
            r["id"] for r in self.iam("GET", "/v3/roles").json["roles"] if name in (r["name"], r.get("display_name"))
        )

    def policy(self, *statements: Mapping[str, Any]) -> Answer:
        """A custom policy is asked for."""
        role = {"display_name": self.name("policy"), "policy": {"Version": "1.1", "Statement": list(statements)}}
        return self.iam("POST", "/v3.0/OS-ROLE/roles", {"role": {**role, "type": "XA", "description": "x"}})

    def give(self, user_id: str, role_id: str, place: str = "") -> None:
        """A role for a user, in the first project unless another place is named."""
        where = place or f"projects/{self.project}"
        group = self.iam("POST", "/v3/groups", {"group": {"name": self.name("group")}}).json["group"]["id"]
        assert self.iam("PUT", f"/v3/groups/{group}/users/{user_id}").status == 204
        prefix = "/v3.0/OS-PERMISSION" if where.startswith("enterprise-projects") else "/v3"
        given = self.iam("PUT", f"{prefix}/{where}/groups/{group}/roles/{role_id}")
        assert given.status == 204, given

    def kms(self, verb: str, body: Any = None, *, token: str, method: str = "POST", project: str = "") -> Answer:
        """Huawei's key management with a token."""
        path = verb if verb.startswith("/") else f"/v1.0/{project or self.project}/kms/{verb}"
        headers = {"content-type": "application/json", "x-auth-token": token}
        data = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        return self.exchange(method, path, headers, data)

    def ram_user(self, *rules: tuple[bool, list[str], list[str]]) -> tuple[str, Caller]:
        """A user with an access key and these statements (allow, actions, resources): name and caller."""
        name = self.name("ram")
        self.native.post(f"accounts/{self.account}/users", {"name": name})
        for allow, actions, resources in rules:
            rule = {"actions": actions, "resources": resources, "deny": not allow}
            self.native.post(f"accounts/{self.account}/users/{name}/statements", rule)
        made = self.native.post(f"accounts/{self.account}/access-keys", {"user_name": name})
        key = next(iter(made.values()))
        return name, Caller(self, key["id"], key["secret"])

    def user_id(self, name: str) -> str:
        """By name, as the administrator sees it."""
        return str(self.iam("GET", f"/v3/users?name={name}").json["users"][0]["id"])


@dataclass
class Caller:
    """Somebody with an access key."""

    target: Target
    key_id: str
    secret: str

    def openapi(self, action: str, parameters: Mapping[str, str] | None = None, *, secure: bool = False) -> Answer:
        """Alibaba's OpenAPI, parameters in the form."""
        host = self.target.live.https if secure else self.target.live.http
        made = acs.Signer(self.key_id, self.secret, now_ms).v3(action, form=parameters, change={"host": host})
        return self.target.request(made, secure=secure)

    def ok(self, action: str, **parameters: str) -> Any:
        """The body of a success."""
        answer = self.openapi(action, parameters)
        assert answer.status == 200, (action, str(answer))
        return answer.json

    def key(self, **parameters: str) -> str:
        """A new key's id."""
        return str(self.ok("CreateKey", **parameters)["KeyMetadata"]["KeyId"])

    def signed(self, method: str, path: str, body: Any = None, token: str = "") -> Request:
        """A request to one of Huawei's services, signed; ``token``: of a temporary access key."""
        data = b"" if body is None else json.dumps(body).encode()
        headers = {"host": self.target.live.http, "content-type": "application/json"}
        return sdk_signer.Signer(self.key_id, self.secret, now_ms, token).sign(Request(method, path, "", headers, data))

    def huawei(self, verb: str, body: Any = None, *, method: str = "POST") -> Answer:
        """Huawei's key management in the first project."""
        path = verb if verb.startswith("/") else f"/v1.0/{self.target.project}/kms/{verb}"
        return self.target.request(self.signed(method, path, body))
