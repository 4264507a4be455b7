"""Every operation of the native API over its wire: status, what is answered, and that it took effect."""

from __future__ import annotations

import json
from typing import Any

import pytest
from huawei.conftest import ApiClient

from bitting.core.model.service import Operator
from bitting.core.model.usage import Usage
from bitting.core.usecases.iam.credentials import token_digest
from bitting.core.usecases.keys import keystores
from bitting.core.usecases.secrets import lifecycle as secrets
from bitting.dialects.base.http import Request
from bitting.dialects.native.dialect import Native

TOKEN = "operator-token-of-the-tests"
TARGET = {"name": "db", "engine": "postgresql", "host": "db.example", "port": 5432, "admin": "root"}


class NativeClient:
    """Sends requests with an operator's token."""

    def __init__(self, runtime: Any) -> None:
        self.runtime, self.dialect = runtime, Native()
        self.account = runtime.founded.account.id
        with runtime.store.begin(write=True) as uow:
            uow.of(Operator).add(Operator(token_digest(TOKEN), "operator", runtime.clock.now_ms()))

    def ask(self, method: str, path: str, body: Any = None, token: str = TOKEN) -> tuple[int, Any]:
        """Status and body."""
        data = b"" if body is None else json.dumps(body).encode()
        headers = {"host": "localhost", "authorization": f"Bearer {token}"}
        response = self.runtime.send(self.dialect, Request(method, f"/bitting/v1/{path}", "", headers, data))
        return response.status, json.loads(response.body)

    def ok(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        """The answer of a success: its one field, or an empty object."""
        found, answer = self.ask(method, path, body)
        assert found == status, answer
        return next(iter(answer.values())) if answer else answer

    def of_account(self, noun: str) -> str:
        return f"accounts/{self.account}/{noun}"


@pytest.fixture
def native(runtime: Any) -> NativeClient:
    return NativeClient(runtime)


@pytest.fixture
def api(runtime: Any) -> ApiClient:
    return ApiClient(runtime)


def test_no_other_token(native: NativeClient) -> None:
    status, answer = native.ask("GET", "accounts", token="another")
    assert (status, list(answer)) == (401, ["error"])


def test_switches(native: NativeClient) -> None:
    assert native.ok("PUT", "switches", {"values": {"sm2": False}})["sm2"] is False
    assert native.ok("GET", "switches")["sm2"] is False


def test_accounts(native: NativeClient) -> None:
    assert native.ok("PUT", native.of_account("state"), {"state": "frozen"})["state"] == "frozen"
    assert [(held["id"], held["state"]) for held in native.ok("GET", "accounts")] == [(native.account, "frozen")]


def test_projects(native: NativeClient) -> None:
    made = native.ok("POST", native.of_account("projects"), {"name": "new", "profile": "otc"}, 201)
    assert (made["name"], made["profile"]) == ("new", "otc")
    assert made["id"] in {held["id"] for held in native.ok("GET", native.of_account("projects"))}


def test_access_keys(native: NativeClient) -> None:
    made = native.ok("POST", native.of_account("access-keys"), {}, 201)
    assert made["secret"]
    assert native.ok("PUT", f"access-keys/{made['id']}", {"enabled": False})["enabled"] is False
    listed = {held["id"]: held for held in native.ok("GET", native.of_account("access-keys"))}
    assert listed[made["id"]]["enabled"] is False
    assert "secret" not in listed[made["id"]]
    assert "sealed_secret" not in listed[made["id"]]


def test_quotas(native: NativeClient) -> None:
    assert native.ok("PUT", f"quotas/{native.account}/keys", {"limit": 5})["limit"] == 5


def test_keys_are_frozen(native: NativeClient, api: ApiClient) -> None:
    key = api.key()
    native.ok("POST", f"keys/{key}/freeze")
    assert api.ask("encrypt-data", {"key_id": key, "plain_text": "x"})[0] == 400
    native.ok("POST", f"keys/{key}/unfreeze")
    assert api.ask("encrypt-data", {"key_id": key, "plain_text": "x"})[0] == 200


def test_replicas_pass_changes_on_or_not(native: NativeClient, api: ApiClient) -> None:
    assert native.ok("PUT", f"keys/{api.key()}/sync", {"on": False})["sync"] is False


def test_members_of_a_keystore(native: NativeClient, api: ApiClient) -> None:
    stored = api.run(keystores.create, keystores.CreateKeystore("own", "cluster"))
    path = f"keystores/{stored.id}/members"
    assert native.ok("PUT", path, {"members": ["somebody"]})["members"] == ["somebody"]


def test_access_points_and_client_keys(native: NativeClient) -> None:
    point = native.runtime.founded.access_point.name
    made = native.ok("POST", native.of_account("client-keys"), {"password": "Pass-word1234"}, 201)
    assert made["private_key_data"]
    assert point in {held["name"] for held in native.ok("GET", native.of_account("access-points"))}
    listed = native.ok("GET", native.of_account("client-keys"))
    assert [(held["id"], "private_key_data" in held) for held in listed] == [(made["id"], False)]
    assert native.ok("DELETE", f"client-keys/{made['id']}")["id"] == made["id"]
    assert native.ok("GET", native.of_account("client-keys")) == []


def test_webhooks(native: NativeClient) -> None:
    path = native.of_account("webhooks")
    made = native.ok("PUT", path, {"name": "hook", "url": "https://hook.example/"})
    assert (made["name"], made["url"], bool(made["secret"])) == ("hook", "https://hook.example/", True)
    assert [(held["name"], "secret" in held) for held in native.ok("GET", path)] == [("hook", False)]
    native.ok("DELETE", path, {"name": "hook"})
    assert native.ok("GET", path) == []


def test_targets(native: NativeClient) -> None:
    path = native.of_account("targets")
    made = native.ok("PUT", path, {**TARGET, "password": "pw-of-root"})
    assert (made["name"], made["port"], "password" in made) == ("db", 5432, False)
    assert [held["host"] for held in native.ok("GET", path)] == ["db.example"]
    assert "pw-of-root" not in json.dumps(native.ok("GET", path))
    native.ok("DELETE", path, {"name": "db"})
    assert native.ok("GET", path) == []


def test_secrets_are_frozen(native: NativeClient, api: ApiClient) -> None:
    made = api.run(secrets.create, secrets.CreateSecret(name="frozen", value=b"value"))
    assert native.ok("POST", f"secrets/{made.secret.id}/freeze")["id"] == made.secret.id


def test_users_and_statements(native: NativeClient) -> None:
    assert native.ok("POST", native.of_account("users"), {"name": "guest"}, 201)["name"] == "guest"
    path = native.of_account("users/guest/statements")
    made = native.ok("POST", path, {"actions": ["key:list"]}, 201)
    assert [held["id"] for held in native.ok("GET", path)] == [made["id"]]
    native.ok("DELETE", f"statements/{made['id']}")
    assert native.ok("GET", path) == []


def test_what_was_used_by_whom(native: NativeClient) -> None:
    assert native.ok("GET", "audit") == {}
    used = Usage("1/key/k-1/AK1", "1", "key/k-1", "AK1", 1, 2, 3, 0, ())
    other = Usage("1/*/AK1", "1", "*", "AK1", 1, 9, 3, 1, ("10.0.0.0/24",))
    with native.runtime.store.begin(write=True) as uow:
        for each in (used, other):
            uow.of(Usage).add(each)
    (found,) = native.ok("GET", "usage/of/key/k-1")
    assert (found["principal"], found["last_ms"], found["count"]) == ("AK1", 2, 3)
    assert [each["object"] for each in native.ok("GET", "usage/by/AK1")] == ["*", "key/k-1"]
    assert native.ok("GET", "usage/of/secret/none") == []


def test_instances(native: NativeClient) -> None:
    assert native.ok("POST", native.of_account("instances"), {"name": "second"}, 201)["name"] == "second"


def test_managed_data_keys(native: NativeClient, api: ApiClient) -> None:
    key = api.key()
    made = native.ok("POST", native.of_account("data-keys"), {"name": "disk", "key_id": key}, 201)
    assert (made["name"], made["number"], made["key_id"]) == ("disk", 1, key)
    assert sorted(made) == ["id", "key_id", "name", "number"]


def test_the_operator_token_is_rotated(native: NativeClient) -> None:
    new = "operator-token-that-is-new"
    shown = native.ok("POST", "operator-token", {"digest": token_digest(new)})
    assert list(shown) == ["name", "created_ms"]
    assert native.ask("GET", "accounts")[0] == 401
    assert native.ask("GET", "accounts", token=new)[0] == 200
    for digest in ("", "A" * 64, token_digest(new)):
        assert native.ask("POST", "operator-token", {"digest": digest}, new)[0] == 400


def test_why_something_is_allowed(native: NativeClient, api: ApiClient) -> None:
    key = api.key()
    native.ok("POST", native.of_account("users"), {"name": "reader"}, 201)
    held = native.of_account("users/reader/statements")
    made = native.ok("POST", held, {"actions": ["key:*"], "resources": [f"key/{key}"]}, 201)
    native.ok("POST", held, {"actions": ["key:sign"], "deny": True}, 201)

    def why(action: str, resource: str = f"key/{key}", **context: str) -> tuple[bool, str, str]:
        order = {"principal": "reader", "action": action, "resource": resource, "context": context}
        found = native.ok("POST", native.of_account("explain"), order)
        return found["allowed"], found["why"], found["origin"]

    assert why("key:encrypt") == (True, "allowed", f"statement {made['id']} of the user")
    assert why("key:sign")[:2] == (False, "denied")
    assert why("key:list", "") == (False, "none", "")
    assert why("key:encrypt", "key/other") == (False, "elsewhere", "")
    order = {"principal": native.runtime.founded.access_key_id, "action": "user:create"}
    assert native.ok("POST", native.of_account("explain"), order)["why"] == "administrator"
    for wrong in ({"action": "kms:Encrypt"}, {"context": {"weather": "fair"}}, {"context": {"current_time": "soon"}}):
        assert native.ask("POST", native.of_account("explain"), {**order, **wrong})[0] == 400
    assert native.ask("POST", native.of_account("explain"), {**order, "principal": "nobody"})[0] == 404
