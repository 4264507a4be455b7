"""Stops 2 and 6 of the Instance API: headers and a protobuf body in, a protobuf body (and one header) out.

::

    POST /   x-kms-apiname: Encrypt ...      body EncryptRequest  ──read()──> values by field name
    200      x-kms-migrationkeyversionid     body EncryptResponse <─answer()─ result
    4xx/5xx                                  body Error           <─refusal()─ row of errors.tsv

The operation is a header, not a path. The migration header is one more field of the request, by its own name.
The body is read only after the signature has been checked (wire contract, section 8).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message

from bitting.dialects.alibaba_instance import api_pb2
from bitting.dialects.alibaba_instance.enum_maps import BLOCK_MODES, CONTENT_TYPE, PKCS7, VERSION_HEADER
from bitting.dialects.base.dialect import Call
from bitting.dialects.base.errors import Row
from bitting.dialects.base.http import Response
from bitting.dialects.base.operation import Operation
from bitting.wire.protobuf import fields, pack, text

_TYPE = ("content-type", CONTENT_TYPE)
_PROTOBUF = (_TYPE,)


@dataclass(frozen=True, kw_only=True)
class InstanceOperation(Operation):
    """A row with its two messages.

    ``action``: what policies call it. ``version_of``: the key version id of the result, for the response
    header. ``pads``: the answer has a PaddingMode, filled for block modes only. ``adjust``: rewrites legacy
    fields of the request in place, or refuses combinations; ``adjust_answer``: what the answer owes to the request.
    """

    asks: type[Message]
    answers: type[Message]
    action: str = ""
    version_of: Callable[[Any], str] | None = None
    pads: bool = False
    adjust: Callable[[dict[str, Any]], None] | None = None
    adjust_answer: Callable[[dict[str, Any], dict[str, Any]], None] | None = None


def read(call: Call) -> dict[str, Any]:
    """The request's fields, kept in ``call.values`` too. Raises ``MalformedBody``."""
    operation = call.operation
    assert isinstance(operation, InstanceOperation)  # noqa: S101 - every row of this dialect is one
    values = fields(operation.asks, call.request.body)
    version = call.request.headers.get(VERSION_HEADER, "").strip()
    if version:
        values[VERSION_HEADER] = version
    if operation.adjust is not None:
        operation.adjust(values)
    call.values = values
    return values


def answer(call: Call, result: Any, request_id: str) -> Response:
    """A result as status 200."""
    operation = call.operation
    assert isinstance(operation, InstanceOperation)  # noqa: S101 - every row of this dialect is one
    values = operation.show(result, call)
    values["RequestId"] = request_id
    if operation.pads and result.algorithm in BLOCK_MODES:
        values["PaddingMode"] = call.values.get("PaddingMode", PKCS7)
    if operation.adjust_answer is not None:
        operation.adjust_answer(call.values, values)
    body = pack(operation.answers, values)
    if operation.version_of is None:
        return Response(200, _PROTOBUF, body)
    return Response(200, (_TYPE, (VERSION_HEADER, operation.version_of(result))), body)


def refusal(row: Row, message: str, request_id: str) -> Response:
    """An error row on the wire; a row without a code has no body (the 413 of the source document)."""
    if not row.code:
        return Response(row.status, (), b"")
    values = {
        "StatusCode": row.status,
        "ErrorCode": row.code,
        "ErrorMessage": text(message),
        "RequestId": request_id,
    }
    return Response(row.status, _PROTOBUF, pack(api_pb2.Error, values))
