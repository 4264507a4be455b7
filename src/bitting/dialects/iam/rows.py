"""What the rows of the identity service are made of.

More than half of them have ``adapt_request``, more than in any other dialect: this API nests what it takes in objects
of its own (``{"user": {...}}``, ``{"auth": {"identity": ..., "scope": ...}}``), tells places apart by path, and makes a
token out of the token it was asked with. Each such function turns one of these objects into a command's attributes.
Answers need none, but for one that is an error: they read from :class:`Shown`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from bitting.core.usecases.iam.credentials import Credential
from bitting.dialects.base.codecs import EncodeOnly, Text
from bitting.dialects.base.dialect import Call
from bitting.dialects.base.http import Request
from bitting.dialects.base.operation import Command, Field, Operation, Result
from bitting.dialects.iam import bodies

Held = TypeVar("Held")
TEXT = Text()
_ANY_TEXT = Text(0, 1 << 20)


class Json:
    """A JSON value that a function of the row, or a sub-field, reads."""

    def decode(self, raw: Any) -> Any:
        """The value itself."""
        return raw

    def encode(self, value: Any) -> Any:
        """The value itself."""
        return value


@dataclass(frozen=True, kw_only=True)
class Row(Operation[Command, Result]):
    """One operation. ``proof``: what stop 3 asks for.

    ``has_body``: a sign-in; ``has_json``: an object whose fields become the call's values; ``about_token``: the header
    ``X-Subject-Token`` becomes one. An answer without response fields has no body.
    """

    proof: str = "caller"
    has_body: bool = False
    has_json: bool = False
    about_token: bool = False

    @classmethod
    def answer_type(cls, kind: Any) -> Any:
        """Response fields read from :class:`Shown`."""
        return Shown[kind]

    def show(self, result: Any, call: IamCall) -> dict[str, Any]:
        """The answer's fields."""
        held = result if self.adapt_response is None else self.adapt_response(result, call)
        return self.encode(Shown(held, call))


@dataclass(slots=True)
class IamCall(Call[Row]):
    """A call, what its body says, and what stop 3 finds out about it."""

    auth: bodies.AuthBody | None = None
    region: str = ""
    credential: Credential | None = None

    @property
    def base(self) -> str:
        """How the client itself reached this server."""
        return base_url(self.request)

    @property
    def auth_body(self) -> bodies.AuthBody:
        """The body of an operation that has one."""
        assert self.auth is not None  # noqa: S101 - decode has read it
        return self.auth


@dataclass(slots=True)
class Shown(Generic[Held]):
    """What response fields read from: the result and the call that it answers."""

    held: Held
    call: IamCall

    @property
    def each(self) -> list[Shown[Any]]:
        """The items of a list."""
        items: Any = self.held
        return [Shown(item, self.call) for item in items]

    @property
    def domain_id(self) -> str:
        """The caller's domain."""
        return self.call.credential.principal.domain_id if self.call.credential else ""

    @property
    def user_id(self) -> str:
        """The caller's user."""
        return self.call.credential.principal.user_id if self.call.credential else ""

    @property
    def user_name(self) -> str:
        """The caller's name."""
        return self.call.credential.principal.name if self.call.credential else ""


def base_url(request: Request) -> str:
    """Scheme and host as the client used them."""
    return request.base_url


def text(name: str, to: str = "") -> Field:
    """A value of path or query, as it is."""
    return Field(name, _ANY_TEXT, to=to or name, empty=True)


def read_by_function(name: str, *, required: bool = False) -> Field:
    """An object that ``adapt_request`` reads."""
    return Field(name, Json(), required=required, drop=True)


def link(plural: str) -> Field:
    """Where the object itself is."""
    return Field("links", EncodeOnly(lambda shown: {"self": f"{shown.call.base}/v3/{plural}/{shown.held.id}"}))


def _list_links(shown: Shown[Any]) -> dict[str, str | None]:
    return {"self": f"{shown.call.base}{shown.call.request.path}", "previous": None, "next": None}


LIST_LINKS = Field("links", EncodeOnly(_list_links))
