"""Tokens: made by password and by token, for a project, a domain or nothing; looked at, ended, counted."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from iam.conftest import Identity

from bitting.core.model.identity import Account, AccountState, Token, User
from bitting.core.usecases.iam import tokens
from bitting.core.usecases.iam.credentials import token_digest

UNAUTHORIZED = (401, "The request you have made requires authentication.")
ISSUED, EXPIRES = "2026-11-21T12:00:00.000000Z", "2026-11-22T12:00:00.000000Z"


class TestPassword:
    def test_for_a_project(self, identity: Identity) -> None:
        answer = identity.sign_in(identity.project_scope)
        founded = identity.founded
        domain = {"id": founded.account.domain_id, "name": founded.account.domain_name}
        token = answer.body["token"]
        assert answer.status == 201
        assert len(answer.token) >= 43, "at least 256 bits"
        assert re.fullmatch(r"[A-Za-z0-9_-]+", answer.token)
        assert {name: token[name] for name in ("methods", "issued_at", "expires_at", "project")} == {
            "methods": ["password"],
            "issued_at": ISSUED,
            "expires_at": EXPIRES,
            "project": {"id": founded.project.id, "name": founded.project.name, "domain": domain},
        }
        assert (token["user"]["id"], token["user"]["name"]) == (founded.user.id, founded.user.name)
        assert token["user"]["domain"] == domain
        assert [role["name"] for role in token["roles"]] == ["te_admin"]
        assert len(token["audit_ids"]) == 1

    @pytest.mark.parametrize("by", ["id", "name", "name and domain id", "name and domain name"])
    def test_every_way_to_name_a_project(self, identity: Identity, by: str) -> None:
        project, account = identity.founded.second_project, identity.founded.account
        by_id, by_name = {"id": account.domain_id}, {"name": account.domain_name}
        domains = {"name and domain id": by_id, "name and domain name": by_name}
        named: dict[str, Any] = {"id": project.id} if by == "id" else {"name": project.name}
        if by in domains:
            named["domain"] = domains[by]
        assert identity.sign_in({"project": named}).body["token"]["project"]["id"] == project.id

    @pytest.mark.parametrize("by", ["id", "domain id", "domain name"])
    def test_every_way_to_name_a_user(self, identity: Identity, by: str) -> None:
        founded = identity.founded
        user = {
            "id": {"id": founded.user.id, "name": None, "domain": None},
            "domain id": {"domain": {"id": founded.account.domain_id}},
            "domain name": {"domain": {"name": founded.account.domain_name}},
        }[by]
        assert identity.sign_in(**user).body["token"]["user"]["id"] == founded.user.id

    @pytest.mark.parametrize("by", ["id", "name"])
    def test_for_a_domain(self, identity: Identity, by: str) -> None:
        account = identity.founded.account
        domain = {"id": account.domain_id} if by == "id" else {"name": account.domain_name}
        answer = identity.sign_in({"domain": domain})
        token = answer.body["token"]
        assert token["domain"] == {"id": account.domain_id, "name": account.domain_name}
        assert "project" not in token
        assert [service["type"] for service in token["catalog"]] == ["identity"]
        again = identity.ask("GET", "/v3/auth/tokens", x_auth_token=answer.token, x_subject_token=answer.token)
        assert again.body == answer.body

    @pytest.mark.parametrize("scope", ["unscoped", {}])
    def test_for_nothing(self, identity: Identity, scope: Any) -> None:
        token = identity.sign_in(scope).body["token"]
        assert not {"project", "domain", "catalog", "roles"} & set(token)

    def test_the_token_is_stored_nowhere(self, identity: Identity) -> None:
        text = identity.sign_in(identity.project_scope).token
        with identity.runtime.store.begin(write=False) as uow:
            held = uow.of(Token).get(token_digest(text))
        assert held is not None
        assert text not in repr(held)

    @pytest.mark.parametrize(
        "user",
        [
            {"password": "wrong"},
            {"password": ""},
            {"name": "nobody"},
            {"domain": {"id": "0" * 32}},
            {"domain": {"name": "elsewhere"}},
            {"id": "0" * 32},
            {"name": "admin' OR '1'='1"},
        ],
        ids=str,
    )
    def test_not_the_user_s(self, identity: Identity, user: dict[str, Any]) -> None:
        answer = identity.sign_in(identity.project_scope, **user)
        assert answer.refusal == UNAUTHORIZED
        assert answer.body["error"]["title"] == "Unauthorized"
        assert answer.headers["www-authenticate"] == 'Keystone uri="http://127.0.0.1:8750/v3"'

    def test_a_disabled_user(self, identity: Identity) -> None:
        guest = identity.guest(enabled=False)
        assert identity.sign_in(name=guest.name, password="guest-pw").refusal == UNAUTHORIZED

    def test_a_changed_password_counts_at_once(self, identity: Identity) -> None:
        assert identity.sign_in().status == 201
        with identity.runtime.store.begin(write=True) as uow:
            uow.of(User).put(replace(identity.founded.user, password="scrypt$AAAA$AAAA"))
        assert identity.sign_in().refusal == UNAUTHORIZED

    @pytest.mark.parametrize(
        "scope",
        [
            {"project": {"id": "0" * 32}},
            {"project": {"name": "nowhere"}},
            {"project": {"name": "cn-hangzhou", "domain": {"name": "elsewhere"}}},
            {"domain": {"id": "0" * 32}},
            {"domain": {"name": "elsewhere"}},
        ],
        ids=str,
    )
    def test_not_the_user_s_scope(self, identity: Identity, scope: dict[str, Any]) -> None:
        assert identity.sign_in(scope).refusal == UNAUTHORIZED

    def test_a_user_without_rights_gets_a_token_all_the_same(self, identity: Identity) -> None:
        guest = identity.guest()
        answer = identity.sign_in(identity.project_scope, name=guest.name, password="guest-pw")
        assert answer.status == 201
        assert [role["name"] for role in answer.body["token"]["roles"]] == ["member"]
        assert identity.kms(answer.token, identity.founded.project.id) == 403

    def test_a_frozen_account_can_sign_in_to_hear_that_it_is_frozen(self, identity: Identity) -> None:
        with identity.runtime.store.begin(write=True) as uow:
            uow.of(Account).put(replace(identity.founded.account, state=AccountState.FROZEN))
        token = identity.sign_in(identity.project_scope).token
        assert identity.kms(token, identity.founded.project.id) == 403


class TestToken:
    def test_gives_another_of_the_same_end(self, identity: Identity) -> None:
        first = identity.sign_in()
        identity.runtime.clock.advance(seconds=3600)
        second = identity.again(first.token, identity.project_scope)
        assert second.status == 201
        assert second.token != first.token
        assert second.body["token"]["expires_at"] == first.body["token"]["expires_at"]
        assert second.body["token"]["methods"] == ["token", "password"]
        assert identity.kms(second.token, identity.founded.project.id) == 200

    def test_the_header_alone_will_do(self, identity: Identity) -> None:
        auth = {"identity": {"methods": ["token"]}}
        first = identity.sign_in()
        assert identity.ask("POST", "/v3/auth/tokens", {"auth": auth}, x_auth_token=first.token).status == 201

    def test_not_once_expired(self, identity: Identity) -> None:
        first = identity.sign_in()
        identity.runtime.clock.advance(days=1)
        assert identity.again(first.token).refusal == UNAUTHORIZED

    @pytest.mark.parametrize("token", ["", "garbled", "é", "x" * 10_000], ids=len)
    def test_not_a_token(self, identity: Identity, token: str) -> None:
        assert identity.again(token).refusal == UNAUTHORIZED

    def test_a_restricted_token_makes_no_others(self, identity: Identity) -> None:
        token = identity.sign_in(identity.project_scope).token
        with identity.runtime.store.begin(write=True) as uow:
            held = uow.of(Token).get(token_digest(token))
            uow.of(Token).put(replace(held, restricted=True))
        assert identity.again(token, identity.project_scope).status == 403


class TestLookingAt:
    def test_shows_what_it_was_issued_with(self, identity: Identity) -> None:
        issued = identity.sign_in(identity.project_scope)
        answer = identity.ask("GET", "/v3/auth/tokens", x_auth_token=issued.token, x_subject_token=issued.token)
        assert (answer.status, answer.body, answer.token) == (200, issued.body, issued.token)

    def test_head_shows_that_it_is_good(self, identity: Identity) -> None:
        token = identity.sign_in().token
        answer = identity.ask("HEAD", "/v3/auth/tokens", x_auth_token=token, x_subject_token=token)
        assert (answer.status, answer.body) == (200, None)

    @pytest.mark.parametrize("target", ["/v3/auth/tokens?nocatalog", "/v3/auth/tokens?nocatalog=1"])
    def test_without_a_catalogue(self, identity: Identity, target: str) -> None:
        assert "catalog" not in identity.sign_in(identity.project_scope, target).body["token"]

    def test_one_that_is_none(self, identity: Identity) -> None:
        token = identity.sign_in().token
        answer = identity.ask("GET", "/v3/auth/tokens", x_auth_token=token, x_subject_token="garbled")
        assert answer.refusal == (404, "Could not find token.")

    def test_nobody_is_told(self, identity: Identity) -> None:
        token = identity.sign_in().token
        assert identity.ask("GET", "/v3/auth/tokens", x_subject_token=token).refusal == UNAUTHORIZED

    def test_without_a_subject(self, identity: Identity) -> None:
        answer = identity.ask("GET", "/v3/auth/tokens", x_auth_token=identity.sign_in().token)
        assert answer.refusal[0] == 400
        assert "X-Subject-Token" in answer.refusal[1]

    def test_a_guest_sees_only_their_own(self, identity: Identity) -> None:
        guest = identity.guest()
        own = identity.sign_in(name=guest.name, password="guest-pw").token
        admins = identity.sign_in().token
        assert identity.ask("GET", "/v3/auth/tokens", x_auth_token=own, x_subject_token=own).status == 200
        assert identity.ask("GET", "/v3/auth/tokens", x_auth_token=own, x_subject_token=admins).status == 403
        assert identity.ask("DELETE", "/v3/auth/tokens", x_auth_token=own, x_subject_token=admins).status == 403
        assert identity.ask("GET", "/v3/auth/tokens", x_auth_token=admins, x_subject_token=own).status == 200

    def test_another_account_s_is_none(self, identity: Identity) -> None:
        token = identity.sign_in().token
        with identity.runtime.store.begin(write=True) as uow:
            uow.of(Token).add(Token(token_digest("theirs"), "other", "someone", "", "password", 1, 1 << 50, "a"))
        answer = identity.ask("GET", "/v3/auth/tokens", x_auth_token=token, x_subject_token="theirs")
        assert answer.status == 404


class TestEnding:
    def test_a_revoked_token_is_none(self, identity: Identity) -> None:
        token = identity.sign_in(identity.project_scope).token
        project = identity.founded.project.id
        assert identity.kms(token, project) == 200
        answer = identity.ask("DELETE", "/v3/auth/tokens", x_auth_token=token, x_subject_token=token)
        assert (answer.status, answer.body) == (204, None)
        assert identity.kms(token, project) == 403
        assert identity.ask("DELETE", "/v3/auth/tokens", x_auth_token=token, x_subject_token=token).status == 401

    def test_expired_ones_are_forgotten(self, identity: Identity) -> None:
        for _ in range(3):
            identity.sign_in()
        identity.runtime.clock.advance(days=1, seconds=1)
        identity.sign_in()
        with identity.runtime.store.begin(write=False) as uow:
            assert uow.of(Token).count() == 1

    def test_at_the_limit_the_oldest_goes(self, identity: Identity, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tokens, "TOKENS_PER_USER", 3)
        made = []
        for _ in range(4):
            identity.runtime.clock.advance(seconds=1)
            made.append(identity.sign_in(identity.project_scope).token)
        project = identity.founded.project.id
        assert [identity.kms(token, project) for token in made] == [403, 200, 200, 200]


class TestBadInput:
    @pytest.mark.parametrize(
        ("body", "status"),
        [
            (b"", 400),
            (b"{", 400),
            (b"[]", 400),
            (b"null", 400),
            (b"{}", 400),
            (b'{"auth": null}', 400),
            (b'{"auth": {"identity": {}}}', 400),
            (b'{"auth": {"identity": {"methods": "password"}}}', 400),
            (b'{"auth": {"identity": {"methods": ["password"]}}}', 400),
            (b'{"auth": {"identity": {"methods": ["password"], "password": {"user": {}}}}}', 400),
            (b'{"auth": {"identity": {"methods": ["password"], "password": {"user": {"name": 1}}}}}', 400),
            (b'{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"a","password":"b"}}}}}', 400),
            (b'{"auth": {"identity": {"methods": []}}}', 401),
            (b'{"auth": {"identity": {"methods": ["totp"]}}}', 401),
            (b'{"auth": {"identity": {"methods": ["password", "totp"]}}}', 401),
            (b'{"auth": {"identity": {"methods": ["token"]}}}', 401),
            (b"[" * 30_000, 400),
            (b'{"auth": "\xff"}', 400),
            (b"x" * 65_537, 413),
        ],
        ids=lambda value: str(value)[:60],
    )
    def test_bodies(self, identity: Identity, body: bytes, status: int) -> None:
        answer = identity.ask("POST", "/v3/auth/tokens", body)
        assert answer.refusal[0] == status
        with identity.runtime.store.begin(write=False) as uow:
            assert uow.of(Token).count() == 0

    @pytest.mark.parametrize("scope", [{"project": {}}, {"project": {"domain": {"id": "x"}}}])
    def test_a_project_without_a_name(self, identity: Identity, scope: Any) -> None:
        assert identity.sign_in(scope).refusal[0] == 400

    @pytest.mark.parametrize("query", ["a=%zz", "name=a&name=b"])
    def test_malformed_queries(self, identity: Identity, query: str) -> None:
        answer = identity.ask("GET", f"/v3/projects?{query}", x_auth_token=identity.sign_in().token)
        assert answer.refusal[0] == 400

    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [
            ("GET", "/v3/no-such-thing", 404),
            ("GET", "/v5/", 404),
            ("POST", "/v3.0/OS-AUTH/id-token/tokens", 404),
            ("PUT", "/v3/auth/tokens", 405),
            ("POST", "/v3", 405),
        ],
    )
    def test_routes(self, identity: Identity, method: str, path: str, status: int) -> None:
        assert identity.ask(method, path, {}).refusal[0] == status

    def test_a_password_is_in_no_answer_and_no_audit_record(self, identity: Identity) -> None:
        answer = identity.sign_in(identity.project_scope)
        refused = identity.sign_in(password="hunter2-hunter2")
        seen = json.dumps([answer.body, refused.body, repr(identity.runtime.trail.events)])
        assert identity.founded.password not in seen
        assert "hunter2" not in seen
        assert answer.token not in seen


def test_wrong_passwords_lock_the_user_for_their_source(identity: Identity) -> None:
    """The right one is refused too, in the same words; after a quarter of an hour it is good again."""
    refused = [identity.sign_in(password="wrong").refusal for _ in range(6)]
    assert [*refused, identity.sign_in().refusal] == [UNAUTHORIZED] * 7
    identity.runtime.clock.advance(seconds=15 * 60)
    assert identity.sign_in().status == 201
