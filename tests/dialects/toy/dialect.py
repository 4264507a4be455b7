"""``POST /toy/make {"spec"}`` and ``POST /toy/look {"key"}``: JSON, and everybody is the account's owner."""

from __future__ import annotations

import json
from typing import Any

from bitting.core.faults import Fault, UnknownOperation
from bitting.core.gate import RequestContext
from bitting.core.key_cache import View
from bitting.core.model.identity import Principal
from bitting.core.model.key import KeyRef
from bitting.core.usecases.keys import lifecycle
from bitting.dialects.base.codecs import Text
from bitting.dialects.base.dialect import Call
from bitting.dialects.base.errors import load
from bitting.dialects.base.http import Request, Response
from bitting.dialects.base.operation import Field, Operation


class KeyId:
    """A key by its id."""

    def decode(self, raw: str) -> KeyRef:
        return KeyRef("id", raw)

    def encode(self, value: KeyRef) -> str:
        return value.value


KEY = (Field("key", Text(), of="id"), Field("spec", Text(), of="spec"))
ROWS = (
    Operation(name="make", use=lifecycle.create, request=(Field("spec", Text(), to="spec"),), response=KEY),
    Operation(
        name="look", use=lifecycle.describe, request=(Field("key", KeyId(), to="key", required=True),), response=KEY
    ),
)


class Toy:
    """See the module's docstring."""

    name = "toy"

    def __init__(self, owner: Principal) -> None:
        self.catalogue = load(self.name, "toy")
        self._owner = owner
        self._rows = {f"/toy/{row.name}": row for row in ROWS}

    def claims(self, request: Request) -> bool:
        return request.path.startswith("/toy/")

    def body_limit(self, _request: Request) -> int:
        return 1024

    def decode(self, request: Request) -> Call:
        row = self._rows.get(request.path)
        if row is None:
            raise UnknownOperation(operation=request.path)
        return Call(row, request, json.loads(request.body))

    def identify(self, _call: Call, _view: View) -> Principal:
        return self._owner

    def bind(self, call: Call) -> Any:
        return call.operation.bind(call)

    def claimed(self, _request: Request) -> str:
        return ""

    def encode(self, call: Call, result: Any, _request_context: RequestContext) -> Response:
        return Response(200, (), json.dumps(call.operation.show(result, call)).encode())

    def refuse(self, call: Call | None, _request: Request, fault: Fault, _request_context: RequestContext) -> Response:
        row = self.catalogue.row(fault, call.operation.name if call else "")
        return Response(row.status, (), json.dumps({row.code: row.text(fault)}).encode())
