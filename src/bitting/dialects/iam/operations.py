"""The identity operations: one row each, with how its command is made and how its result looks.

``proof`` says what stop 3 asks for: ``none``, ``sign-in`` (the body proves it), ``token`` (a token, in header or
body) or ``caller`` (a token or a signature). Sources: OpenStack Identity API v3; Huawei Cloud IAM API reference;
`GET /v3/projects`, `/v3/auth/domains` and `/v5/caller-identity` as Huawei's SDKs call them.
"""

from __future__ import annotations

from typing import Any

from bitting.core import faults
from bitting.core.model.identity import Principal
from bitting.core.usecases.iam import tokens
from bitting.dialects.base.dialect import Call, UseCaseRunner
from bitting.dialects.iam import bodies, responses
from bitting.dialects.iam.rows import IamCall, Row, base_url


def _issue(call: IamCall, principal: Principal) -> tokens.IssueToken:  # noqa: ARG001 - an order's signature
    auth = call.said()
    methods: tuple[str, ...] = (bodies.method(auth),)
    not_after_ms = 0
    credential = call.credential
    if credential is not None and credential.token is not None:
        before = credential.token.methods.split(",")
        methods = tuple(dict.fromkeys((*methods, *before)))
        not_after_ms = credential.token.expires_ms
    return tokens.IssueToken(bodies.scope(auth), methods, not_after_ms)


def _subject(call: IamCall, principal: Principal) -> tokens.TokenByText:  # noqa: ARG001 - an order's signature
    text = call.request.headers.get("x-subject-token")
    if not text:
        raise faults.MissingParameter(parameter="X-Subject-Token")
    return tokens.TokenByText(text)


def _temporary(call: IamCall, principal: Principal) -> tokens.CreateTemporaryKey:
    return tokens.CreateTemporaryKey(bodies.duration_s(call.said()), principal.project_id)


def _named_projects(call: IamCall, principal: Principal) -> tokens.FindProjects:  # noqa: ARG001 - as above
    return tokens.FindProjects(name=call.values.get("name", ""))


def _one_project(call: IamCall, principal: Principal) -> tokens.FindProjects:  # noqa: ARG001 - as above
    return tokens.FindProjects(project_id=call.path_values["project_id"])


def _own_projects(call: IamCall, principal: Principal) -> tokens.FindProjects:
    """The caller's project; for one outside any, the region's."""
    if principal.project_id:
        return tokens.FindProjects(project_id=principal.project_id)
    return tokens.FindProjects(name=call.region)


def _everything(call: IamCall, principal: Principal) -> tokens.FindProjects:  # noqa: ARG001 - as above
    return tokens.FindProjects()


def _show_session(found: tokens.Session, call: IamCall) -> dict[str, Any]:
    return responses.session(found, call.base, call.region, with_catalog="nocatalog" not in call.values)


def _show_nothing(_result: Any, _call: IamCall) -> None:
    return None


def _links(call: IamCall) -> dict[str, str | None]:
    return {"self": f"{call.base}{call.request.path}", "previous": None, "next": None}


def _show_projects(found: tokens.Projects, call: IamCall) -> dict[str, Any]:
    shown = responses.projects(found, call.base)
    if call.values.get("domain_id", found.account.domain_id) != found.account.domain_id:
        shown = []
    page, size = call.values.get("page", ""), call.values.get("per_page", "")
    if page.isdigit() and size.isdigit():
        start = (max(int(page), 1) - 1) * int(size)
        shown = shown[start : start + int(size)]
    return {"projects": shown, "links": _links(call)}


def _show_project(found: tokens.Projects, call: IamCall) -> dict[str, Any]:
    if not found.projects:
        raise faults.ResourceNotFound(kind="project", resource=call.path_values["project_id"])
    return {"project": responses.projects(found, call.base)[0]}


def _show_domains(found: tokens.Projects, call: IamCall) -> dict[str, Any]:
    named = call.values.get("name", found.account.domain_name) == found.account.domain_name
    return {"domains": [responses.domain(found.account, call.base)] if named else [], "links": _links(call)}


def _show_catalog(found: tokens.Projects, call: IamCall) -> dict[str, Any]:
    project = found.projects[0] if found.projects else None
    return {"catalog": responses.catalog(call.base, call.region, project), "links": _links(call)}


def _show_caller(found: tokens.Projects, call: IamCall) -> dict[str, Any]:
    credential = call.credential
    user_id = credential.principal.user_id if credential else ""
    name = credential.principal.name if credential else ""
    domain_id = found.account.domain_id
    return {
        "account_id": domain_id,
        "principal_id": user_id,
        "principal_urn": f"iam::{domain_id}:user:{name}",
    }


def _show_temporary(key: tokens.IssuedTemporaryKey, call: IamCall) -> dict[str, Any]:  # noqa: ARG001 - a face's signature
    return responses.temporary(key)


def version(call: Call, run: UseCaseRunner) -> dict[str, Any]:  # noqa: ARG001 - a quirk's signature
    """``GET /v3``: what is served here. Asked by every openstack client before anything else."""
    return responses.version(base_url(call.request))


_TOKENS = "/v3/auth/tokens"

ROWS = (
    Row(name="version", method="GET", path="/v3", composite=version, proof="none"),
    Row(name="version", method="GET", path="/v3/", composite=version, proof="none"),
    Row(
        name="issue-token",
        path=_TOKENS,
        use=tokens.issue,
        proof="sign-in",
        order=_issue,
        face=_show_session,
        has_body=True,
        ok=201,
    ),
    Row(
        name="validate-token", method="GET", path=_TOKENS, use=tokens.describe_token, order=_subject, face=_show_session
    ),
    Row(name="check-token", method="HEAD", path=_TOKENS, use=tokens.describe_token, order=_subject, face=_show_nothing),
    Row(
        name="revoke-token",
        method="DELETE",
        path=_TOKENS,
        use=tokens.revoke,
        order=_subject,
        face=_show_nothing,
        ok=204,
    ),
    Row(
        name="catalog",
        method="GET",
        path="/v3/auth/catalog",
        use=tokens.projects,
        order=_own_projects,
        face=_show_catalog,
    ),
    Row(
        name="list-projects",
        method="GET",
        path="/v3/projects",
        use=tokens.projects,
        order=_named_projects,
        face=_show_projects,
    ),
    Row(
        name="list-own-projects",
        method="GET",
        path="/v3/auth/projects",
        use=tokens.projects,
        order=_named_projects,
        face=_show_projects,
    ),
    Row(
        name="show-project",
        method="GET",
        path="/v3/projects/{project_id}",
        use=tokens.projects,
        order=_one_project,
        face=_show_project,
    ),
    Row(
        name="list-own-domains",
        method="GET",
        path="/v3/auth/domains",
        use=tokens.projects,
        order=_everything,
        face=_show_domains,
    ),
    Row(
        name="list-domains",
        method="GET",
        path="/v3/domains",
        use=tokens.projects,
        order=_everything,
        face=_show_domains,
    ),
    Row(
        name="create-temporary-access-key",
        path="/v3.0/OS-CREDENTIAL/securitytokens",
        use=tokens.create_temporary_key,
        proof="token",
        order=_temporary,
        face=_show_temporary,
        has_body=True,
        ok=201,
    ),
    Row(
        name="caller-identity",
        method="GET",
        path="/v5/caller-identity",
        use=tokens.projects,
        order=_everything,
        face=_show_caller,
    ),
)
