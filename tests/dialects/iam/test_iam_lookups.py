"""What clients look up before they reach key management: versions, catalogue, projects, domains, temporary keys."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from huawei.sdk_signer import HOST, Signer
from iam.conftest import Identity

from bitting.core.model.identity import AccessKey, Project
from bitting.core.usecases.iam import tokens
from bitting.dialects.base.errors import load
from bitting.dialects.base.http import Request

UNAUTHORIZED = (401, "The request you have made requires authentication.")


@pytest.mark.parametrize("path", ["/v3", "/v3/"])
def test_the_version_document(identity: Identity, path: str) -> None:
    answer = identity.ask("GET", path)
    version = answer.body["version"]
    assert (answer.status, version["id"], version["status"]) == (200, "v3.6", "stable")
    assert version["links"] == [{"rel": "self", "href": "http://127.0.0.1:8750/v3/"}]


def test_urls_are_as_the_client_came(identity: Identity) -> None:
    request = Request("GET", "/v3", "", {"host": "kms.example:8743"}, b"", scheme="https")
    assert identity.send(request).body["version"]["links"][0]["href"] == "https://kms.example:8743/v3/"


class TestCatalogue:
    def endpoints(self, catalog: list[dict[str, Any]], kind: str) -> dict[str, str]:
        service = next(service for service in catalog if service["type"] == kind)
        assert all(found["interface"] == "public" for found in service["endpoints"])
        assert all(found["region"] == found["region_id"] for found in service["endpoints"])
        return {found["region"]: found["url"] for found in service["endpoints"]}

    def test_of_a_huawei_project(self, identity: Identity) -> None:
        catalog = identity.sign_in(identity.project_scope).body["token"]["catalog"]
        url = f"http://{HOST}/v1.0/{identity.founded.project.id}"
        # golangsdk appends the project to the type kms, and finds nothing if it is there already
        assert self.endpoints(catalog, "kms") == {"cn-hangzhou": f"http://{HOST}/v1.0"}
        assert self.endpoints(catalog, "kmsv1") == {"cn-hangzhou": url}
        assert self.endpoints(catalog, "identity") == {"cn-hangzhou": f"http://{HOST}/v3"}

    def test_of_an_otc_project_whose_name_is_no_region(self, identity: Identity) -> None:
        project = identity.founded.second_project
        catalog = identity.sign_in({"project": {"id": project.id}}).body["token"]["catalog"]
        url = f"http://{HOST}/v1.0/{project.id}"
        assert self.endpoints(catalog, "kmsv1") == {"cn-hangzhou": url, project.name: url}
        assert self.endpoints(catalog, "kms") == {"cn-hangzhou": url, project.name: url}

    def test_asked_for_by_itself(self, identity: Identity) -> None:
        token = identity.sign_in(identity.project_scope)
        answer = identity.ask("GET", "/v3/auth/catalog", x_auth_token=token.token)
        assert answer.body["catalog"] == token.body["token"]["catalog"]

    def test_asked_for_with_a_signature(self, identity: Identity) -> None:
        own, other = identity.founded.project, identity.founded.second_project
        found = identity.signed("/v3/auth/catalog").body["catalog"]
        assert self.endpoints(found, "kmsv1")["cn-hangzhou"].endswith(own.id)
        found = identity.signed("/v3/auth/catalog", x_project_id=other.id).body["catalog"]
        assert self.endpoints(found, "kms")["cn-hangzhou"].endswith(other.id)

    def test_ids_stay_the_same(self, identity: Identity) -> None:
        first, second = (identity.sign_in(identity.project_scope).body["token"]["catalog"] for _ in range(2))
        assert first == second
        ids = [found["id"] for service in first for found in (service, *service["endpoints"])]
        assert len(set(ids)) == len(ids)


class TestProjects:
    def test_exactly_one_by_the_region_s_name(self, identity: Identity) -> None:
        """Huawei's SDK gives up on none and on two."""
        found = identity.signed("/v3/projects?name=cn-hangzhou").body["projects"]
        assert [project["id"] for project in found] == [identity.founded.project.id]
        assert found[0]["domain_id"] == identity.founded.account.domain_id

    def test_none_by_another(self, identity: Identity) -> None:
        assert identity.signed("/v3/projects?name=cn-north-4").body["projects"] == []

    def test_another_account_s_is_not_there(self, identity: Identity) -> None:
        with identity.runtime.store.begin(write=True) as uow:
            uow.of(Project).add(Project("f" * 32, "other", "theirs", "huawei", "ring", 1))
        assert identity.signed("/v3/projects?name=theirs").body["projects"] == []
        assert identity.signed(f"/v3/projects/{'f' * 32}").refusal == (404, f"Could not find project: {'f' * 32}.")

    @pytest.mark.parametrize("path", ["/v3/projects", "/v3/auth/projects"])
    def test_all(self, identity: Identity, path: str) -> None:
        founded = identity.founded
        answer = identity.ask("GET", path, x_auth_token=identity.sign_in().token)
        assert {found["id"] for found in answer.body["projects"]} == {founded.project.id, founded.second_project.id}

    def test_by_domain(self, identity: Identity) -> None:
        own = identity.founded.account.domain_id
        assert len(identity.signed(f"/v3/projects?domain_id={own}").body["projects"]) == 2
        assert identity.signed("/v3/projects?domain_id=other").body["projects"] == []

    def test_in_pages(self, identity: Identity) -> None:
        pages = [identity.signed(f"/v3/projects?page={page}&per_page=1").body["projects"] for page in (1, 2, 3)]
        assert [len(page) for page in pages] == [1, 1, 0]

    def test_one(self, identity: Identity) -> None:
        project = identity.founded.project
        assert identity.signed(f"/v3/projects/{project.id}").body["project"]["name"] == project.name

    def test_nobody_is_told(self, identity: Identity) -> None:
        assert identity.ask("GET", "/v3/projects?name=cn-hangzhou").refusal == UNAUTHORIZED

    def test_a_wrong_signature_is_told_nothing(self, identity: Identity) -> None:
        identity.signer.secret = "wrong"
        assert identity.signed("/v3/projects?name=cn-hangzhou").refusal == UNAUTHORIZED

    def test_another_project_s_id(self, identity: Identity) -> None:
        assert identity.signed("/v3/projects", x_project_id="0" * 32).refusal == UNAUTHORIZED


class TestDomains:
    @pytest.mark.parametrize("path", ["/v3/auth/domains", "/v3/domains"])
    def test_the_account_is_one(self, identity: Identity, path: str) -> None:
        account = identity.founded.account
        found = identity.signed(path).body["domains"]
        assert [(domain["id"], domain["name"]) for domain in found] == [(account.domain_id, account.domain_name)]
        assert identity.signed(f"{path}?name={account.domain_name}").body["domains"] == found
        assert identity.signed(f"{path}?name=other").body["domains"] == []

    def test_the_caller(self, identity: Identity) -> None:
        founded = identity.founded
        assert identity.signed("/v5/caller-identity").body == {
            "account_id": founded.account.domain_id,
            "principal_id": founded.user.id,
            "principal_urn": f"iam::{founded.account.domain_id}:user:admin",
        }


class TestTemporaryKeys:
    PATH = "/v3.0/OS-CREDENTIAL/securitytokens"

    def make(self, identity: Identity, token: str, **more: Any) -> Any:
        auth = {"identity": {"methods": ["token"], "token": {"duration_seconds": 900, **more}}}
        return identity.ask("POST", self.PATH, {"auth": auth}, x_auth_token=token)

    def test_signs_with_its_security_token(self, identity: Identity) -> None:
        answer = self.make(identity, identity.sign_in().token)
        made = answer.body["credential"]
        assert answer.status == 201
        assert sorted(made) == ["access", "expires_at", "secret", "securitytoken"]
        assert made["expires_at"] == "2026-11-21T12:15:00.000000Z"
        identity.signer = Signer(made["access"], made["secret"], identity.runtime.clock.now_ms, made["securitytoken"])
        assert identity.signed("/v3/auth/projects").status == 200
        identity.signer.security_token = ""
        assert identity.signed("/v3/auth/projects").refusal == UNAUTHORIZED

    def test_ends(self, identity: Identity) -> None:
        made = self.make(identity, identity.sign_in().token).body["credential"]
        identity.signer = Signer(made["access"], made["secret"], identity.runtime.clock.now_ms, made["securitytoken"])
        identity.runtime.clock.advance(seconds=900)
        assert identity.signed("/v3/auth/projects").refusal == UNAUTHORIZED

    def test_inherits_the_project_of_its_token(self, identity: Identity) -> None:
        made = self.make(identity, identity.sign_in(identity.project_scope).token).body["credential"]
        with identity.runtime.store.begin(write=False) as uow:
            held = uow.of(AccessKey).get(made["access"])
        assert held.project_id == identity.founded.project.id
        assert made["secret"].encode() not in held.sealed_secret
        assert made["securitytoken"] not in repr(held)

    @pytest.mark.parametrize("duration", [900, "900", 86_400])
    def test_durations(self, identity: Identity, duration: Any) -> None:
        assert self.make(identity, identity.sign_in().token, duration_seconds=duration).status == 201

    @pytest.mark.parametrize("duration", [899, 86_401, -1, 0, "x", "", "9" * 40, "９００"])
    def test_no_other_durations(self, identity: Identity, duration: Any) -> None:
        answer = self.make(identity, identity.sign_in().token, duration_seconds=duration)
        assert answer.refusal == (400, "Invalid input for field 'duration_seconds'.")

    def test_the_token_may_be_in_the_body(self, identity: Identity) -> None:
        assert self.make(identity, "", id=identity.sign_in().token).status == 201

    def test_not_without_a_token(self, identity: Identity) -> None:
        assert self.make(identity, "").refusal == UNAUTHORIZED
        assert self.make(identity, "garbled").refusal == UNAUTHORIZED

    def test_not_more_than_there_may_be(self, identity: Identity, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tokens, "TEMPORARY_KEYS_PER_USER", 2)
        token = identity.sign_in().token
        assert [self.make(identity, token).status for _ in range(3)] == [201, 201, 403]
        identity.runtime.clock.advance(seconds=901)
        assert self.make(identity, token).status == 201, "expired ones are forgotten"
        with identity.runtime.store.begin(write=False) as uow:
            assert uow.of(AccessKey).count({"token_digest": ""}) == 1, "permanent ones are not"


def test_a_guest_s_lookups(identity: Identity) -> None:
    guest = identity.guest()
    with identity.runtime.store.begin(write=True) as uow:
        held = uow.of(AccessKey).get(identity.founded.access_key_id)
        uow.of(AccessKey).put(replace(held, user_id=guest.id))
    for target in ("/v3/projects", "/v3/auth/domains", "/v3/auth/catalog", "/v5/caller-identity"):
        assert identity.signed(target).status == 200


@pytest.mark.parametrize(
    ("path", "claimed"),
    [("/v3", True), ("/v3/", True), ("/v3/auth/tokens", True), ("/v3.0/OS-CREDENTIAL/x", True), ("/v5/x", True),
     ("/v30", False), ("/v1.0/x", False), ("/", True), ("/x", False)],
)  # fmt: skip
def test_claims(identity: Identity, path: str, claimed: bool) -> None:
    assert identity.dialect.claims(Request("GET", path, "", {}, b"")) is claimed


def test_what_refusals_are_called() -> None:
    titles = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed"}
    for row in load("iam", "bitting.dialects.iam"):
        assert titles.get(row.status, row.code) == row.code
