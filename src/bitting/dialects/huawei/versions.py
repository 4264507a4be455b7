"""Operations that no use case describes: the version documents. They name no key and need no caller.

Source: Huawei Cloud DEW API reference, "Querying the API version"; Open Telekom Cloud has the same two.
"""

from __future__ import annotations

from typing import Any

from bitting.core import faults
from bitting.core.model.identity import Principal
from bitting.dialects.base.dialect import Call, UseCaseRunner
from bitting.dialects.base.http import Request

VERSION = "v1.0"
_RELEASED = "2018-09-05T08:18:05Z"  # as the clouds say of the same document

#: Who a public operation speaks for: nobody, with no right at all.
ANYBODY = Principal(account_id="", ring="", user_id="", name="", statements=())


def base_url(request: Request) -> str:
    """How the client itself reached this server."""
    return f"{request.scheme}://{request.headers.get('host', 'localhost')}"


def _document(request: Request) -> dict[str, Any]:
    return {
        "id": VERSION,
        "links": [{"href": f"{base_url(request)}/{VERSION}/", "rel": "self"}],
        "version": "",
        "status": "CURRENT",
        "updated": _RELEASED,
        "min_version": "",
    }


def versions(call: Call, run: UseCaseRunner) -> dict[str, Any]:  # noqa: ARG001 - a quirk's signature
    """``GET /``: every version there is."""
    return {"versions": [_document(call.request)]}


def version(call: Call, run: UseCaseRunner) -> dict[str, Any]:  # noqa: ARG001 - a quirk's signature
    """``GET /{version_id}``: one version. Raises ``UnknownOperation`` for another than v1.0."""
    if call.path_values["version_id"] != VERSION:
        raise faults.UnknownOperation(operation=call.request.path)
    return {"version": _document(call.request)}


def wrong_resource_type(call: Call, run: UseCaseRunner) -> dict[str, Any]:  # noqa: ARG001 - a quirk's signature
    """Tags of something else than keys. Raises ``InvalidParameter`` (resource_type)."""
    raise faults.InvalidParameter(parameter="resource_type", reason="enum")


def no_keystores(call: Call, run: UseCaseRunner) -> dict[str, Any]:  # noqa: ARG001 - a quirk's signature
    """A cloud without key stores. Raises ``UnsupportedOperation`` (``feature`` keystores)."""
    raise faults.UnsupportedOperation(feature="keystores")
