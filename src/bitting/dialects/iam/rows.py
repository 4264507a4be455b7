"""What the rows of the identity service are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bitting.core.model.identity import Principal
from bitting.core.usecases.iam.credentials import Credential
from bitting.dialects.base.dialect import Call
from bitting.dialects.base.http import Request
from bitting.dialects.base.operation import Operation
from bitting.dialects.iam import bodies


@dataclass(slots=True)
class IamCall(Call):
    """A call, what its body says, and what stop 3 finds out about it."""

    auth: bodies.AuthBody | None = None
    region: str = ""
    credential: Credential | None = None

    @property
    def base(self) -> str:
        """How the client itself reached this server."""
        return base_url(self.request)

    def said(self) -> bodies.AuthBody:
        """The body of an operation that has one."""
        assert self.auth is not None  # noqa: S101 - decode has read it
        return self.auth


@dataclass(frozen=True, kw_only=True)
class Row(Operation):
    """One operation. ``order``: call and caller -> command. ``face``: result and call -> body.

    ``has_body``: a sign-in; ``has_json``: an object whose fields become the call's values.
    """

    proof: str = "caller"
    order: Callable[[IamCall, Principal], Any] | None = None
    face: Callable[[Any, IamCall], dict[str, Any] | None] | None = None
    has_body: bool = False
    has_json: bool = False


def base_url(request: Request) -> str:
    """Scheme and host as the client used them."""
    return f"{request.scheme}://{request.headers.get('host', 'localhost')}"
