"""The version documents. They name no key and need no caller.

Source: Huawei Cloud DEW API reference, "Querying the API version"; Open Telekom Cloud has the same two.
"""

from __future__ import annotations

from dataclasses import dataclass

from bitting.core import faults
from bitting.core.model.identity import Principal
from bitting.dialects.base.codecs import EncodeOnly, Items, Text
from bitting.dialects.base.dialect import UseCaseRunner
from bitting.dialects.base.http import Request
from bitting.dialects.base.operation import Field, Record
from bitting.dialects.huawei.rows import HuaweiCall, Row

VERSION = "v1.0"
_RELEASED = "2018-09-05T08:18:05Z"  # the clouds' own value for the same document

#: The principal of a public operation: nobody, with no rights.
ANYBODY = Principal(account_id="", ring="", user_id="", name="", statements=())


@dataclass(frozen=True, slots=True)
class Version:
    """The one version of the API. ``base_url``: where the client reached it."""

    base_url: str
    id: str = VERSION
    status: str = "CURRENT"
    updated: str = _RELEASED

    @property
    def links(self) -> list[dict[str, str]]:
        """Where it is."""
        return [{"href": f"{self.base_url}/{self.id}/", "rel": "self"}]


def base_url(request: Request) -> str:
    """How the client itself reached this server."""
    return request.base_url


def _versions(call: HuaweiCall, run: UseCaseRunner) -> list[Version]:  # noqa: ARG001 - as every composite
    """``GET /``: every version there is."""
    return [Version(base_url(call.request))]


def _version(call: HuaweiCall, run: UseCaseRunner) -> Version:  # noqa: ARG001 - as every composite
    """``GET /{version_id}``: one version. Raises ``UnknownOperation`` for another than v1.0."""
    if call.path_values["version_id"] != VERSION:
        raise faults.UnknownOperation(operation=call.request.path)
    return Version(base_url(call.request))


_TEXT = Text()
_EMPTY = EncodeOnly(lambda _: "")
_DOCUMENT = Record(
    Field("id", _TEXT, of="id"),
    Field("links", EncodeOnly(list), of="links"),
    Field("version", _EMPTY, of="id"),
    Field("status", _TEXT, of="status"),
    Field("updated", _TEXT, of="updated"),
    Field("min_version", _EMPTY, of="id"),
)
_ONE = (Field("version", _DOCUMENT, of="result"),)


def rows() -> tuple[Row, ...]:
    """All of them."""
    return (
        Row(
            name="versions", method="GET", path="/", surface="kms", composite=_versions, public=True,
            response=(Field("versions", Items(_DOCUMENT), of="result"),),
        ),
        Row(
            name="version", method="GET", path="/{version_id}", surface="kms", composite=_version, public=True,
            response=_ONE,
        ),
        Row(
            name="version/", method="GET", path="/{version_id}/", surface="kms", composite=_version, public=True,
            response=_ONE,
        ),
    )  # fmt: skip
