"""Bytes to wire values and back: JSON bodies, the two error envelopes, request ids.

::

    {"error": {"error_code": "KMS.0207", "error_msg": "..."}}      key management, and most of what is older
    {"error_code": "CSMS.0106", "error_msg": "..."}                secrets

Sources: Huawei Cloud DEW API reference "Status codes"; huaweicloudsdkcore reads either form, openstack and
terraform clients only the nested one where key management is concerned.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import msgspec

from bitting.core import faults
from bitting.dialects.base.dialect import Call
from bitting.dialects.base.http import Request, Response
from bitting.dialects.huawei.codecs import is_sequence
from bitting.dialects.huawei.rows import HuaweiCall
from bitting.wire import strict_json

CONTEXT_CHARACTERS = 4096
_decode = strict_json.Decoder[Any]().decode
_encode = msgspec.json.Encoder().encode
_JSON = ("content-type", "application/json;charset=UTF-8")
_JSON_TYPES = ("application/json", "text/json")


def body_values(request: Request) -> dict[str, Any]:
    """The fields of a JSON body; none for an empty body, which operations without parameters have.

    Raises ``UnsupportedMediaType``, ``MalformedBody`` or ``MisshapenBody``.
    """
    if not request.body:
        return {}
    media_type = request.headers.get("content-type")
    if media_type and media_type.partition(";")[0].strip().lower() not in _JSON_TYPES:
        raise faults.UnsupportedMediaType(media_type=media_type)
    try:
        values = _decode(request.body)
    except msgspec.DecodeError:
        raise faults.MalformedBody from None
    if not isinstance(values, dict):
        raise faults.MisshapenBody
    return values


def check_sequence(values: Mapping[str, Any], surface: str) -> None:
    """The message sequence number, where there is one: a UUID; any text for secrets, as the Terraform provider sends.

    Raises ``InvalidSequence``.
    """
    sequence = values.get("sequence")
    good = isinstance(sequence, str) if surface == "csms" else is_sequence(sequence)
    if sequence is not None and sequence != "" and not good:
        raise faults.InvalidSequence


def located_values(call: Call) -> dict[str, Any]:
    """Parameters wherever they are: query, then body, then path. Raises as :func:`body_values`."""
    body = body_values(call.request) if call.request.method in {"POST", "PUT"} else {}
    return {**call.values, **body, **call.path_values}


def read_parameters(call: HuaweiCall) -> None:
    """Fill the call's wire values from where its row has them. Raises as :func:`body_values`, ``InvalidSequence``."""
    if call.row.located:
        call.values = located_values(call)
    elif call.row.method != "GET":
        call.values = body_values(call.request)
    check_sequence(call.values, call.row.surface)


def policy_context(text: str) -> str:
    """The JSON object in a header for the policy decision point. Raises ``InvalidParameter`` (pdp_header)."""
    try:
        found = base64.b64decode(text, validate=True) if len(text) <= CONTEXT_CHARACTERS else b""
        if isinstance(_decode(found), dict):
            return found.decode()
    except (ValueError, msgspec.DecodeError):
        pass
    raise faults.InvalidParameter(parameter="pdp_header", reason="format")


def answer(status: int, content: Any, request_id: str) -> Response:
    """A response; where ``content`` is None it has no body at all."""
    ids = (("x-request-id", request_id), ("x-openstack-request-id", request_id))
    if content is None:
        return Response(status, ids, b"")
    return Response(status, (_JSON, *ids), _encode(content))


def error(status: int, code: str, message: str, request_id: str, *, flat: bool) -> Response:
    """A refusal in one of the two envelopes."""
    pair = {"error_code": code, "error_msg": message}
    return answer(status, pair if flat else {"error": pair}, request_id)
