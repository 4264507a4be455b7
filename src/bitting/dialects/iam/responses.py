"""How results look on the wire: tokens, catalogues, projects, domains. Pure functions of result and base URL.

::

    catalogue   identity, kms, kmsv1      one endpoint a region name that clients may look for

The URL of ``kmsv1``, and in Open Telekom Cloud's projects of ``kms`` too, ends in the project id: openstack clients
append nothing then, and the Terraform provider of Open Telekom Cloud appends ``kms/...`` to exactly that. It looks for
the type ``kmsv1``; the SDK looks for ``kms``. In Huawei's projects the URL of ``kms`` ends in the version, as the
cloud's does: golangsdk appends the project by itself (openstack/client.go). A client's region is the server's, or its
project's name.

Sources: OpenStack Identity API v3; Huawei Cloud IAM "Obtaining a user token" and "Querying a service catalog".
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from bitting.core.model.identity import Account, Project
from bitting.core.usecases.iam.tokens import Session

VERSION = "v3.6"
_RELEASED = "2016-04-04T00:00:00Z"
_MEDIA_TYPE = "application/vnd.openstack.identity-v3+json"


def moment(ms: int) -> str:
    """UTC with six decimals, the one form every client's parser takes."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def version(base: str) -> dict[str, Any]:
    """The version document of v3."""
    return {
        "id": VERSION,
        "status": "stable",
        "updated": _RELEASED,
        "links": [{"rel": "self", "href": f"{base}/v3/"}],
        "media-types": [{"base": "application/json", "type": _MEDIA_TYPE}],
    }


def session(found: Session, base: str, region: str, *, with_catalog: bool) -> dict[str, Any]:
    """A token: who, for what, until when, and where the services are."""
    token, domain = found.token, _domain_name(found.account)
    shown: dict[str, Any] = {
        "methods": token.methods.split(","),
        "issued_at": moment(token.issued_ms),
        "expires_at": moment(token.expires_ms),
        "audit_ids": [token.audit_id],
        "user": {
            "id": found.user.id,
            "name": found.user.name,
            "domain": domain,
            "password_expires_at": "",
        },
    }
    if found.project is not None:
        shown["project"] = {"id": found.project.id, "name": found.project.name, "domain": domain}
    elif token.scope == "domain":
        shown["domain"] = domain
    if token.scope:
        shown["is_domain"] = False
        shown["roles"] = roles(found)
        if with_catalog:
            shown["catalog"] = catalog(base, region, found.project)
    return shown


def roles(found: Session) -> list[dict[str, str]]:
    """What the user may do, as role names: administrators hold Huawei's, those without any role a plain one."""
    held = [{"id": role_id, "name": name} for role_id, name in found.roles]
    if found.user.admin:
        return [{"id": _id("role", "te_admin"), "name": "te_admin"}, *held]
    return held or [{"id": _id("role", "member"), "name": "member"}]


def catalog(base: str, region: str, project: Project | None) -> list[dict[str, Any]]:
    """Every service with its endpoints; key management only inside a project."""
    regions = [region]
    if project is not None and project.profile == "otc" and project.name != region:
        regions.append(project.name)
    services = [_service("identity", "keystone", f"{base}/v3", regions)]
    if project is not None:
        with_project, version_only = f"{base}/v1.0/{project.id}", f"{base}/v1.0"
        kms = with_project if project.profile == "otc" else version_only
        services += [_service("kms", "kms", kms, regions), _service("kmsv1", "kmsv1", with_project, regions)]
    return services


def services(found: list[dict[str, Any]], base: str) -> list[dict[str, Any]]:
    """The services of a catalogue as ``/v3/services`` lists them."""
    return [
        {
            **{name: service[name] for name in ("id", "type", "name")},
            "enabled": True,
            "description": "",
            "links": {"self": f"{base}/v3/services/{service['id']}"},
        }
        for service in found
    ]


def endpoints(found: list[dict[str, Any]], base: str) -> list[dict[str, Any]]:
    """The endpoints of a catalogue as ``/v3/endpoints`` lists them."""
    return [
        {
            **endpoint,
            "service_id": service["id"],
            "enabled": True,
            "links": {"self": f"{base}/v3/endpoints/{endpoint['id']}"},
        }
        for service in found
        for endpoint in service["endpoints"]
    ]


def regions(found: list[dict[str, Any]], base: str) -> list[dict[str, Any]]:
    """The regions of a catalogue as ``/v3/regions`` lists them."""
    names = dict.fromkeys(endpoint["region"] for service in found for endpoint in service["endpoints"])
    return [
        {
            "id": name,
            "type": "public",
            "description": "",
            "parent_region_id": None,
            "links": {"self": f"{base}/v3/regions/{name}"},
        }
        for name in names
    ]


def _service(kind: str, name: str, url: str, regions: Iterable[str]) -> dict[str, Any]:
    endpoints = [
        {"id": _id(kind, region), "interface": "public", "region": region, "region_id": region, "url": url}
        for region in regions
    ]
    return {"id": _id("service", kind), "type": kind, "name": name, "endpoints": endpoints}


def _id(*parts: str) -> str:
    """32 hexadecimal digits that stay the same from one answer, and one start, to the next."""
    return sha256("/".join(parts).encode()).hexdigest()[:32]


def project(held: Project, domain_id: str, base: str) -> dict[str, Any]:
    """A project as clients list it."""
    return {
        "id": held.id,
        "name": held.name,
        "domain_id": domain_id,
        "parent_id": domain_id,
        "enabled": True,
        "is_domain": False,
        "description": "",
        "links": {"self": f"{base}/v3/projects/{held.id}"},
    }


def domain(account: Account, base: str) -> dict[str, Any]:
    """The account as a domain."""
    links = {"self": f"{base}/v3/domains/{account.domain_id}"}
    return {**_domain_name(account), "enabled": True, "description": "", "links": links}


def _domain_name(account: Account) -> dict[str, str]:
    return {"id": account.domain_id, "name": account.domain_name}
