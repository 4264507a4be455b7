"""What openstack clients look up beside tokens: versions, domains, services, endpoints, regions, role assignments.

Services, endpoints and regions are the caller's catalogue, turned over: what a token for the project (without one, for
the region's project) would show. Sources: OpenStack Identity API v3; Huawei Cloud IAM "Service Management", "Region
Management", "Querying the version"; Open Telekom Cloud IAM API reference, likewise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bitting.core import faults
from bitting.core.usecases.iam import assignment_list, tokens
from bitting.core.usecases.iam.assignment_list import AssignmentView
from bitting.dialects.base.codecs import EncodeOnly
from bitting.dialects.base.dialect import UseCaseRunner
from bitting.dialects.base.operation import Field
from bitting.dialects.iam import responses
from bitting.dialects.iam.operations import own_projects
from bitting.dialects.iam.rows import LIST_LINKS, IamCall, Json, Row, Shown, read_by_function, text

Items = list[dict[str, Any]]
#: Several choices: every version document of Keystone's root comes so.
MULTIPLE_CHOICES = 300
_FILTERS = {
    "services": ("type", "name"),
    "endpoints": ("interface", "service_id", "region", "region_id"),
    "regions": ("parent_region_id",),
}
_SINGULAR = {"services": "service", "endpoints": "endpoint", "regions": "region"}
_PLACES = {"scope.domain.id": "domain", "scope.project.id": "project", "scope.enterprise_project.id": "enterprise"}
_FALSE = ("0", "false", "False", "no")


def versions(call: IamCall, _run: UseCaseRunner) -> dict[str, Any]:
    """``GET /``: every version there is, which is one."""
    return {"values": [responses.version(call.base)]}


def _catalogued(plural: str) -> Callable[[Shown[tokens.Projects]], Items]:
    """The items of the caller's catalogue of one kind that the query asks for."""
    read = {
        "services": responses.services,
        "endpoints": responses.endpoints,
        "regions": responses.regions,
    }[plural]

    def items(shown: Shown[tokens.Projects]) -> Items:
        call = shown.call
        project = shown.held.projects[0] if shown.held.projects else None
        found = read(responses.catalog(call.base, call.region, project), call.base)
        wanted = {name: call.values[name] for name in _FILTERS[plural] if call.values.get(name)}
        return [item for item in found if all(item[name] == value for name, value in wanted.items())]

    return items


def _one(plural: str) -> Callable[[Shown[tokens.Projects]], dict[str, Any]]:
    """The one item of the path's id. Raises ``ResourceNotFound``."""
    items = _catalogued(plural)

    def item(shown: Shown[tokens.Projects]) -> dict[str, Any]:
        wanted = shown.call.path_values["id"]
        for found in items(shown):
            if found["id"] == wanted:
                return found
        raise faults.ResourceNotFound(kind=_SINGULAR[plural], resource=wanted)

    return item


def _rows_of(plural: str) -> tuple[Row, Row]:
    """List and show of one kind of thing in the catalogue."""
    singular, path = _SINGULAR[plural], f"/v3/{plural}"
    return (
        Row(
            name=f"list-{plural}", method="GET", path=path, use=tokens.projects, adapt_request=own_projects,
            request=tuple(read_by_function(name) for name in _FILTERS[plural]),
            response=(Field(plural, EncodeOnly(_catalogued(plural))), LIST_LINKS),
        ),
        Row(
            name=f"show-{singular}", method="GET", path=path + "/{id}", use=tokens.projects,
            adapt_request=own_projects, request=(read_by_function("id"),),
            response=(Field(singular, EncodeOnly(_one(plural))),),
        ),
    )  # fmt: skip


def _own_domain(found: tokens.Projects, call: IamCall) -> tokens.Projects:
    """The caller's domain is the one asked for. Raises ``ResourceNotFound``: others are not there."""
    if call.path_values["domain_id"] != found.account.domain_id:
        raise faults.ResourceNotFound(kind="domain", resource=call.path_values["domain_id"])
    return found


def _domain(shown: Shown[tokens.Projects]) -> dict[str, Any]:
    return responses.domain(shown.held.account, shown.call.base)


def _flag(call: IamCall, name: str) -> bool:
    """A query flag as Keystone reads it: given, and no word for false."""
    return name in call.values and call.values[name] not in _FALSE


def _assignment_filter(arguments: dict[str, Any], call: IamCall) -> None:
    """Where, by one of three names. Raises ``InvalidParameter`` for two places at once."""
    given = [name for name in _PLACES if call.values.get(name)]
    if len(given) > 1:
        raise faults.InvalidParameter(parameter=given[1], reason="both")
    if given:
        arguments.update(place_kind=_PLACES[given[0]], place_id=call.values[given[0]])
    arguments["effective"] = _flag(call, "effective")


def _assignments(shown: Shown[list[AssignmentView]]) -> Items:
    return [_assignment(view, shown) for view in shown.held]


def _assignment(view: AssignmentView, shown: Shown[Any]) -> dict[str, Any]:
    call, names = shown.call, _flag(shown.call, "include_names")
    place = {"enterprise": "enterprise_project"}.get(view.place_kind, view.place_kind)
    path = f"{view.place_kind}s/{view.place_id}/{view.holder_kind}s/{view.holder_id}/roles/{view.role_id}"
    root = f"{call.base}/v3.0/OS-PERMISSION/enterprise-projects" if view.place_kind == "enterprise" else ""
    holder, role = {"id": view.holder_id}, {"id": view.role_id}
    if names:
        holder, role = {**holder, "name": view.holder_name}, {**role, "name": view.role_name}
    links = {"assignment": f"{root}/{path.partition('/')[2]}" if root else f"{call.base}/v3/{path}"}
    if view.through:
        links = {
            "assignment": links["assignment"].replace(f"users/{view.holder_id}", f"groups/{view.through}"),
            "membership": f"{call.base}/v3/groups/{view.through}/users/{view.holder_id}",
        }
    return {"role": role, view.holder_kind: holder, "scope": {place: {"id": view.place_id}}, "links": links}


_READ = ("effective", "include_names", "scope.domain.id", "scope.project.id", "scope.enterprise_project.id")

ROWS: tuple[Row, ...] = (
    Row(
        name="versions", method="GET", path="/", composite=versions, proof="none", ok=MULTIPLE_CHOICES,
        response=(Field("versions", Json(), of="held"),),
    ),
    Row(
        name="show-domain", method="GET", path="/v3/domains/{domain_id}", use=tokens.projects,
        request=(read_by_function("domain_id"),), adapt_response=_own_domain,
        response=(Field("domain", EncodeOnly(_domain)),),
    ),
    *(row for plural in _SINGULAR for row in _rows_of(plural)),
    Row(
        name="list-role-assignments", method="GET", path="/v3/role_assignments",
        use=assignment_list.list_assignments, adapt_request=_assignment_filter,
        request=(
            text("user.id", "user_id"), text("group.id", "group_id"), text("role.id", "role_id"),
            *(read_by_function(name) for name in _READ),
        ),
        response=(Field("role_assignments", EncodeOnly(_assignments)), LIST_LINKS),
    ),
)  # fmt: skip
