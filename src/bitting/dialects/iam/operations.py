"""The identity operations, one row each.

``proof`` says what stop 3 asks for: ``none``, ``sign-in`` (the body proves it), ``token`` (a token, in header or
body) or ``caller`` (a token or a signature). Sources: OpenStack Identity API v3; Huawei Cloud IAM API reference;
`GET /v3/projects`, `/v3/auth/domains` and `/v5/caller-identity` as Huawei's SDKs call them.
"""

from __future__ import annotations

from typing import Any

from bitting.core import faults
from bitting.core.usecases.iam import tokens
from bitting.dialects.base.codecs import EncodeOnly
from bitting.dialects.base.dialect import UseCaseRunner
from bitting.dialects.base.operation import Field, Record
from bitting.dialects.iam import bodies, responses
from bitting.dialects.iam.rows import LIST_LINKS, TEXT, IamCall, Json, Row, Shown, read_by_function, text

Arguments = dict[str, Any]


def _issue(arguments: Arguments, call: IamCall) -> None:
    """A token made from a token ends when the first one does, and names both methods.

    By password and without any scope the user's domain is the scope, with its roles and catalogue: so answers Open
    Telekom Cloud, whose acceptance tests for golangsdk demand a role there. The scope ``unscoped`` is kept.
    """
    auth = call.auth_body
    method = bodies.method(auth)
    arguments["scope"], arguments["methods"] = bodies.scope(auth), (method,)
    if auth.scope is None and method == "password":
        arguments["scope"] = tokens.Scope("domain")
    before = call.credential.token if call.credential is not None else None
    if before is not None:
        arguments["methods"] = tuple(dict.fromkeys((*arguments["methods"], *before.methods.split(","))))
        arguments.update(not_after_ms=before.expires_ms, parent=before.id)


def _temporary(arguments: Arguments, call: IamCall) -> None:
    before = call.credential.token if call.credential is not None else None
    arguments.update(duration_s=bodies.duration_s(call.auth_body), project_id=call.caller.project_id)
    arguments["parent"] = before.id if before is not None else ""


def own_projects(arguments: Arguments, call: IamCall) -> None:
    """The caller's project; for one outside any, the region's."""
    own = call.caller.project_id
    arguments.update({"project_id": own} if own else {"name": call.region})


def _token(shown: Shown[tokens.Session]) -> dict[str, Any]:
    call = shown.call
    return responses.session(shown.held, call.base, call.region, with_catalog="nocatalog" not in call.values)


def _projects(shown: Shown[tokens.Projects]) -> list[dict[str, Any]]:
    found, values = shown.held, shown.call.values
    projects = [responses.project(held, found.account.domain_id, shown.call.base) for held in found.projects]
    if values.get("domain_id", found.account.domain_id) != found.account.domain_id:
        projects = []
    page, size = values.get("page", ""), values.get("per_page", "")
    if page.isdigit() and size.isdigit():
        start = (max(int(page), 1) - 1) * int(size)
        projects = projects[start : start + int(size)]
    return projects


def _found(found: tokens.Projects, call: IamCall) -> tokens.Projects:
    """The project asked for is there. Raises ``ResourceNotFound``."""
    if not found.projects:
        raise faults.ResourceNotFound(kind="project", resource=call.path_values["project_id"])
    return found


def _project(shown: Shown[tokens.Projects]) -> dict[str, Any]:
    found = shown.held
    return responses.project(found.projects[0], found.account.domain_id, shown.call.base)


def _domains(shown: Shown[tokens.Projects]) -> list[dict[str, Any]]:
    account = shown.held.account
    named = shown.call.values.get("name", account.domain_name) == account.domain_name
    return [responses.domain(account, shown.call.base)] if named else []


def _catalog(shown: Shown[tokens.Projects]) -> list[dict[str, Any]]:
    project = shown.held.projects[0] if shown.held.projects else None
    return responses.catalog(shown.call.base, shown.call.region, project)


def _urn(shown: Shown[tokens.Projects]) -> str:
    return f"iam::{shown.held.account.domain_id}:user:{shown.user_name}"


def version(call: IamCall, _run: UseCaseRunner) -> dict[str, Any]:
    """``GET /v3``: what is served here. Asked by every openstack client before anything else."""
    return responses.version(call.base)


_TOKENS = "/v3/auth/tokens"
_VERSION = (Field("version", Json(), of="held"),)
_SESSION = (Field("token", EncodeOnly(_token)),)
_SUBJECT = Field("X-Subject-Token", TEXT, to="text", required=True)
_AUTH = read_by_function("auth")
_PROJECTS = (Field("projects", EncodeOnly(_projects)), LIST_LINKS)
_LISTED = (text("name"), *(read_by_function(name) for name in ("domain_id", "page", "per_page")))
_DOMAINS = (Field("domains", EncodeOnly(_domains)), LIST_LINKS)
_NAMED_DOMAIN = (read_by_function("name"),)
_TEMPORARY = Record(
    Field("access", TEXT, of="held.access_key_id"),
    Field("secret", TEXT, of="held.secret"),
    Field("securitytoken", TEXT, of="held.security_token"),
    Field("expires_at", EncodeOnly(responses.moment), of="held.expires_ms"),
)
_CALLER = (
    Field("account_id", TEXT, of="held.account.domain_id"),
    Field("principal_id", TEXT, of="user_id"),
    Field("principal_urn", EncodeOnly(_urn)),
)

ROWS: tuple[Row, ...] = (
    Row(name="version", method="GET", path="/v3", composite=version, proof="none", response=_VERSION),
    Row(name="version", method="GET", path="/v3/", composite=version, proof="none", response=_VERSION),
    Row(
        name="issue-token", path=_TOKENS, use=tokens.issue, proof="sign-in",
        hashes_password=True, adapt_request=_issue, has_body=True,
        request=(_AUTH, read_by_function("nocatalog")), response=_SESSION, ok=201,
    ),
    Row(
        name="validate-token", method="GET", path=_TOKENS, use=tokens.describe_token, about_token=True,
        request=(_SUBJECT, read_by_function("nocatalog")), response=_SESSION,
    ),
    Row(
        name="check-token", method="HEAD", path=_TOKENS, use=tokens.describe_token, about_token=True,
        request=(_SUBJECT,),
    ),
    Row(
        name="revoke-token", method="DELETE", path=_TOKENS, use=tokens.revoke, about_token=True, request=(_SUBJECT,),
        ok=204,
    ),
    Row(
        name="catalog", method="GET", path="/v3/auth/catalog", use=tokens.projects, adapt_request=own_projects,
        response=(Field("catalog", EncodeOnly(_catalog)), LIST_LINKS),
    ),
    Row(
        name="list-projects", method="GET", path="/v3/projects", use=tokens.projects, request=_LISTED,
        response=_PROJECTS,
    ),
    Row(
        name="list-own-projects", method="GET", path="/v3/auth/projects", use=tokens.projects, request=_LISTED,
        response=_PROJECTS,
    ),
    Row(
        name="show-project", method="GET", path="/v3/projects/{project_id}", use=tokens.projects,
        adapt_response=_found, request=(text("project_id"),), response=(Field("project", EncodeOnly(_project)),),
    ),
    Row(
        name="list-own-domains", method="GET", path="/v3/auth/domains", use=tokens.projects, request=_NAMED_DOMAIN,
        response=_DOMAINS,
    ),
    Row(
        name="list-domains", method="GET", path="/v3/domains", use=tokens.projects, request=_NAMED_DOMAIN,
        response=_DOMAINS,
    ),
    Row(
        name="create-temporary-access-key", path="/v3.0/OS-CREDENTIAL/securitytokens", use=tokens.create_temporary_key,
        proof="token", adapt_request=_temporary, has_body=True, request=(_AUTH,),
        response=(Field("credential", _TEMPORARY),), ok=201,
    ),
    Row(
        name="caller-identity", method="GET", path="/v5/caller-identity", use=tokens.projects, response=_CALLER,
    ),
)  # fmt: skip
