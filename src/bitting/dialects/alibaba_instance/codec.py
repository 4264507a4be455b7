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
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, TypeAlias

from google.protobuf.message import Message

from bitting.core import faults
from bitting.dialects.alibaba_instance import api_pb2
from bitting.dialects.alibaba_instance.enum_maps import BLOCK_MODES, CONTENT_TYPE, PKCS7, VERSION_HEADER
from bitting.dialects.base.dialect import Call
from bitting.dialects.base.errors import Row
from bitting.dialects.base.http import Response
from bitting.dialects.base.operation import Command, Operation, Result
from bitting.wire.protobuf import fields, pack, text

_TYPE = ("content-type", CONTENT_TYPE)
_PROTOBUF = (_TYPE,)


@dataclass(frozen=True, kw_only=True)
class InstanceOperation(Operation[Command, Result]):
    """A row with its two messages.

    ``action``: what policies call it. ``version_of``: where the result holds the key version id, for the response
    header. ``pads``: the answer has a PaddingMode, filled for block modes only. ``old_digest``: old clients send the
    field Digest for Message and MessageType. ``key_or_version``: KeyId or the version header must be there, as the
    transfer SDKs have it.
    """

    asks: type[Message]
    answers: type[Message]
    action: str = ""
    version_of: str = ""
    pads: bool = False
    old_digest: bool = False
    key_or_version: bool = False
    read_version: Callable[[Any], str] | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "read_version", attrgetter(self.version_of) if self.version_of else None)

    def answered(self) -> tuple[str, ...]:
        """The answer's fields, with the PaddingMode of block modes."""
        return (*super().answered(), *(("PaddingMode",) if self.pads else ()))


#: A call of this dialect; ``evidence`` is what the signature check found.
InstanceCall: TypeAlias = Call[InstanceOperation]


def read(call: InstanceCall) -> None:
    """The request's fields become the call's values. Raises ``MalformedBody``, ``MissingParameter`` (KeyId)."""
    operation = call.operation
    values = fields(operation.asks, call.request.body)
    version = call.request.headers.get(VERSION_HEADER, "").strip()
    if version:
        values[VERSION_HEADER] = version
    if operation.old_digest:
        digest = values.pop("Digest", None)
        if digest is not None and "Message" not in values:
            values["Message"], values["MessageType"] = digest, "DIGEST"
    if operation.key_or_version and "KeyId" not in values and not version:
        raise faults.MissingParameter(parameter="KeyId")
    call.values = values


def answer(call: InstanceCall, result: Any, request_id: str) -> Response:
    """A result as status 200."""
    operation = call.operation
    values = operation.show(result, call)
    values["RequestId"] = request_id
    if operation.pads and result.algorithm in BLOCK_MODES:
        values["PaddingMode"] = call.values.get("PaddingMode", PKCS7)
    body = pack(operation.answers, values)
    if operation.read_version is None:
        return Response(200, _PROTOBUF, body)
    return Response(200, (_TYPE, (VERSION_HEADER, operation.read_version(result))), body)


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
