"""What openstack clients ask around tokens: root, domains, services, endpoints, regions, role assignments."""

from __future__ import annotations

from typing import Any

import pytest
from huawei.sdk_signer import HOST
from iam.conftest import Identity
from iam.test_iam_users import Office

from bitting.dialects.base.http import Request
from bitting.dialects.huawei.dialect import Huawei

BASE = f"http://{HOST}"
ABSENT = (404, "The resource could not be found.")


def root(**headers: str) -> Request:
    return Request(
        "GET", "/", "", {"host": HOST, **{name.replace("_", "-"): value for name, value in headers.items()}}, b""
    )


class TestTheRoot:
    def test_names_the_versions(self, identity: Identity) -> None:
        """300, as the documents of both clouds say; keystoneauth follows the link."""
        answer = identity.send(root())
        assert (answer.status, list(answer.body)) == (300, ["versions"])
        [version] = answer.body["versions"]["values"]
        assert (version["id"], version["status"]) == ("v3.6", "stable")
        assert version["links"] == [{"rel": "self", "href": f"{BASE}/v3/"}]

    @pytest.mark.parametrize("headers", [{}, {"accept": "application/json"}, {"x_auth_token": "any"}])
    def test_is_the_identity_service_s_for_nobody_in_particular(
        self, identity: Identity, headers: dict[str, str]
    ) -> None:
        assert identity.dialect.claims(root(**headers))

    @pytest.mark.parametrize(
        "headers",
        [
            {"x_acs_action": "ListKeys"},
            {"x_acs_date": "2026-11-25T00:00:00Z"},
            {"authorization": "ACS3-HMAC-SHA256 Credential=x"},
        ],
    )
    def test_is_another_api_s_where_that_is_meant(self, identity: Identity, headers: dict[str, str]) -> None:
        assert not identity.dialect.claims(root(**headers))

    def test_with_an_action_is_alibaba_s(self, identity: Identity) -> None:
        request = root()
        request.query = "Action=ListKeys"
        assert not identity.dialect.claims(request)

    def test_signed_by_huawei_s_sdk_is_key_management_s(self, identity: Identity) -> None:
        runtime = identity.runtime
        huawei = Huawei(runtime.vault, runtime.clock, runtime.gate.region)
        signed = identity.signer.sign(root())
        assert not identity.dialect.claims(signed)
        assert huawei.claims(signed)


def test_a_method_not_served_names_those_that_are(identity: Identity) -> None:
    answer = identity.ask("PATCH", "/v3/auth/tokens")
    assert answer.status == 405
    assert answer.headers["allow"] == "DELETE, GET, HEAD, POST"


class TestByPasswordWithoutScope:
    def test_the_scope_is_the_domain(self, identity: Identity) -> None:
        token = identity.sign_in().body["token"]
        account = identity.founded.account
        assert token["domain"] == {"id": account.domain_id, "name": account.domain_name}
        assert [role["name"] for role in token["roles"]] == ["te_admin"]
        assert [service["type"] for service in token["catalog"]] == ["identity"]
        assert "project" not in token

    @pytest.mark.parametrize("scope", ["unscoped", {}, {"unscoped": {}}])
    def test_unless_none_is_asked_for(self, identity: Identity, scope: Any) -> None:
        token = identity.sign_in(scope).body["token"]
        assert {"domain", "roles", "catalog"}.isdisjoint(token)

    def test_it_is_no_token_for_keys(self, identity: Identity) -> None:
        assert identity.kms(identity.sign_in().token, identity.founded.project.id) == 403

    def test_a_token_by_token_has_no_scope_of_its_own(self, identity: Identity) -> None:
        token = identity.again(identity.sign_in(identity.project_scope).token).body["token"]
        assert {"domain", "project", "roles"}.isdisjoint(token)


class TestDomains:
    def test_links_lead_to_it(self, identity: Identity) -> None:
        [listed] = identity.signed("/v3/domains").body["domains"]
        path = listed["links"]["self"].removeprefix(BASE)
        assert identity.signed(path).body == {"domain": listed}

    def test_others_are_not_there(self, identity: Identity) -> None:
        assert identity.signed("/v3/domains/" + "0" * 32).refusal == ABSENT


@pytest.mark.parametrize("scope", ["own", "second"])
class TestTheCatalogueTurnedOver:
    def token(self, identity: Identity, scope: str) -> tuple[str, list[dict[str, Any]]]:
        founded = identity.founded
        project = founded.project if scope == "own" else founded.second_project
        issued = identity.sign_in({"project": {"id": project.id}})
        return issued.token, issued.body["token"]["catalog"]

    def get(self, identity: Identity, token: str, path: str) -> Any:
        answer = identity.ask("GET", path, x_auth_token=token)
        assert answer.status == 200, answer.body
        return answer.body

    def test_services(self, identity: Identity, scope: str) -> None:
        token, catalog = self.token(identity, scope)
        found = self.get(identity, token, "/v3/services")["services"]
        assert [(item["id"], item["type"]) for item in found] == [(item["id"], item["type"]) for item in catalog]
        assert all(item["enabled"] is True for item in found)
        assert self.get(identity, token, "/v3/services?type=kms")["services"] == [found[1]]
        assert self.get(identity, token, f"/v3/services/{found[1]['id']}") == {"service": found[1]}

    def test_endpoints(self, identity: Identity, scope: str) -> None:
        token, catalog = self.token(identity, scope)
        found = self.get(identity, token, "/v3/endpoints")["endpoints"]
        wanted = [{**one, "service_id": service["id"]} for service in catalog for one in service["endpoints"]]
        assert [{name: item[name] for name in wanted[0]} for item in found] == wanted
        kms = catalog[1]["id"]
        of_kms = self.get(identity, token, f"/v3/endpoints?service_id={kms}&interface=public")["endpoints"]
        assert of_kms == [item for item in found if item["service_id"] == kms]
        assert self.get(identity, token, "/v3/endpoints?interface=internal")["endpoints"] == []
        path = found[0]["links"]["self"].removeprefix(BASE)
        assert self.get(identity, token, path) == {"endpoint": found[0]}

    def test_regions(self, identity: Identity, scope: str) -> None:
        token, _ = self.token(identity, scope)
        names = ["cn-hangzhou"] if scope == "own" else ["cn-hangzhou", identity.founded.second_project.name]
        found = self.get(identity, token, "/v3/regions")["regions"]
        assert [item["id"] for item in found] == names
        assert self.get(identity, token, "/v3/regions/cn-hangzhou") == {"region": found[0]}

    @pytest.mark.parametrize("path", ["services/x", "endpoints/x", "regions/x"])
    def test_unknown_ones(self, identity: Identity, scope: str, path: str) -> None:
        token, _ = self.token(identity, scope)
        assert identity.ask("GET", f"/v3/{path}", x_auth_token=token).refusal == ABSENT


class TestRoleAssignments:
    @pytest.fixture
    def office(self, identity: Identity) -> Office:
        return Office(identity)

    def listed(self, office: Office, query: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = office.ask("GET", f"/v3/role_assignments{query}")["role_assignments"]
        return found

    def test_a_group_in_a_project(self, office: Office) -> None:
        group, role = office.group(office.user()), office.policy("kms:cmk:list")
        office.give(group, role)
        project = office.founded.project.id
        link = f"{BASE}/v3/projects/{project}/groups/{group}/roles/{role}"
        wanted = {
            "role": {"id": role},
            "group": {"id": group},
            "scope": {"project": {"id": project}},
            "links": {"assignment": link},
        }
        assert self.listed(office) == [wanted]
        for query in (f"group.id={group}", f"role.id={role}", f"scope.project.id={project}"):
            assert self.listed(office, "?" + query) == [wanted]
        for query in ("group.id=x", "role.id=x", f"user.id={group}", "scope.project.id=x", "scope.domain.id=x"):
            assert self.listed(office, "?" + query) == []

    def test_effective_and_by_name(self, office: Office) -> None:
        user = office.user()
        group, role = office.group(user), office.policy("kms:cmk:list")
        office.give(group, role)
        [found] = self.listed(office, f"?effective&include_names=True&user.id={user}")
        assert found["user"] == {"id": user, "name": "guest"}
        assert found["role"] == {"id": role, "name": "Allow kms:cmk:list"}
        assert found["links"]["membership"] == f"{BASE}/v3/groups/{group}/users/{user}"
        assert f"/groups/{group}/roles/" in found["links"]["assignment"]
        assert self.listed(office, f"?effective=0&user.id={user}") == []

    def test_an_enterprise_project(self, office: Office) -> None:
        group, role = office.group(office.user()), office.policy("kms:*:*")
        path = f"/v3.0/OS-PERMISSION/enterprise-projects/one/groups/{group}/roles/{role}"
        office.ask("PUT", path, status=204)
        [found] = self.listed(office, "?scope.enterprise_project.id=one")
        assert found["scope"] == {"enterprise_project": {"id": "one"}}
        assert found["links"]["assignment"] == BASE + path

    def test_two_places_are_refused(self, office: Office) -> None:
        office.ask("GET", "/v3/role_assignments?scope.project.id=a&scope.domain.id=b", status=400)

    def test_only_administrators_see_them(self, office: Office) -> None:
        office.user()
        answer = office.identity.ask("GET", "/v3/role_assignments", x_auth_token=office.token())
        assert answer.refusal == (403, "You are not authorized to perform the requested action.")
