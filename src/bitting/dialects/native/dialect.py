"""The native dialect: JSON, one bearer token, errors that say what to do.

::

    Authorization: Bearer <operator token>     its SHA-256 is an Operator record
    200 {"accounts": [...]}                    404 {"error": {"code", "message", "request_id"}}
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from bitting.core import faults
from bitting.core.gate import RequestContext
from bitting.core.key_cache import View
from bitting.core.model.identity import Principal
from bitting.core.usecases.iam.credentials import operator
from bitting.dialects.base import claims
from bitting.dialects.base.dialect import Call
from bitting.dialects.base.errors import load
from bitting.dialects.base.http import Request, Response
from bitting.dialects.base.operation import Operation
from bitting.dialects.native.operations import OPERATIONS
from bitting.wire import strict_json
from bitting.wire.rest import Router

BODY_MAX = 1 << 20
_JSON = ("content-type", "application/json")


class Native:
    """See the module's drawing. ``more``: rows that only developer mode has."""

    name = "native"

    def __init__(self, more: Sequence[Operation] = ()) -> None:
        self.catalogue = load("native", __package__ or "")
        self._router = Router((row.method, row.path, row) for row in (*OPERATIONS, *more))
        self._encode = msgspec.json.Encoder().encode
        self._decode = strict_json.Decoder[Any]().decode

    def claims(self, request: Request) -> bool:
        """Everything below ``/bitting/``."""
        return request.path.startswith("/bitting/")

    def body_limit(self, _request: Request) -> int:
        """1 MiB."""
        return BODY_MAX

    def decode(self, request: Request) -> Call:
        """Path and body to a row and its values. Raises ``UnknownOperation``, ``MalformedBody``, ``TooLarge``."""
        row, holes = self._router.find(request.method, request.path)
        if request.oversized:
            raise faults.TooLarge
        try:
            body = self._decode(request.body) if request.body else {}
        except msgspec.DecodeError:
            raise faults.MalformedBody from None
        if not isinstance(body, dict):
            raise faults.MalformedBody
        return Call(row, request, {**body, **holes}, path_values=holes)

    def identify(self, call: Call, view: View) -> Principal:
        """The operator whose token this is. Raises ``MissingCredentials`` or ``InvalidToken``."""
        scheme, _, token = call.request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise faults.MissingCredentials
        principal = operator(view, token.strip())
        if principal is None:
            raise faults.InvalidToken
        return principal

    def bind(self, call: Call) -> Any:
        """The command. Raises ``MissingParameter``, ``InvalidParameter``."""
        return call.operation.bind(call)

    def claimed(self, request: Request) -> str:
        """A digest of the bearer token."""
        return claims.token(request.headers.get("authorization", "").partition(" ")[2].strip())

    def encode(self, call: Call, result: Any, request_context: RequestContext) -> Response:
        """200 or 201 with the answer's fields."""
        return self._answer(call.operation.ok, call.operation.show(result, call), request_context)

    def refuse(
        self,
        call: Call | None,
        _request: Request,
        fault: faults.Fault,
        request_context: RequestContext,
    ) -> Response:
        """The catalogue's row as an ``error`` object."""
        row = self.catalogue.row(fault, call.operation.name if call else "")
        request_context.code = row.code
        error = {"code": row.code, "message": row.text(fault), "request_id": request_context.request_id}
        return self._answer(row.status, {"error": error}, request_context)

    def _answer(self, status: int, body: dict[str, Any], request_context: RequestContext) -> Response:
        return Response(status, (_JSON, ("x-request-id", request_context.request_id)), self._encode(body))
