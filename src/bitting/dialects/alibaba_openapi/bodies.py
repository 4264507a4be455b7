"""Bytes to parameters, answers to bytes.

::

    query + form body --> one dictionary of parameters        (a name given twice is refused)
    {"KeyId": ...}    --> {"KeyId": ..., "RequestId": ...}     JSON
                          <EncryptResponse>...</EncryptResponse>   XML, only where Format=XML was asked
    fault             --> {"HttpStatus", "Code", "Message", "RequestId"} | <KMS>...</KMS>

Sources: "Request syntax", "Common parameters" and "Sample responses" of the KMS API reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

import msgspec

from bitting.core import faults
from bitting.dialects.alibaba_openapi.signature import Claim
from bitting.dialects.base.http import Request, Response
from bitting.wire import form, xml

_FORM = {"", "application/x-www-form-urlencoded"}
_JSON_TYPE = "application/json;charset=utf-8"
# Not text/xml: the V3 client parses exactly that type, and its parser breaks on the documented <KMS> root.
_XML_TYPE = "application/xml;charset=utf-8"
_json = msgspec.json.Encoder()


@dataclass(slots=True)
class Envelope:
    """What a request says beside its operation's parameters. ``page``: (number, size) of a list asked for."""

    claim: Claim
    xml: bool = False
    page: tuple[int, int] | None = None


def read(request: Request) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """The query's pairs and all parameters by name, wherever they were sent.

    Raises ``MalformedBody``, ``UnsupportedMediaType``, ``TooLarge``.
    """
    if request.oversized:
        raise faults.TooLarge
    query = form.pairs(request.query)
    if not request.body:
        return query, form.unique_pairs(query)
    # Clients announce a type for empty bodies too (aiohttp: octet-stream), so the type counts from here on.
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in _FORM:
        raise faults.UnsupportedMediaType(media_type=media_type)
    return query, form.unique_pairs(query + form.body_pairs(request.body))


def wants_xml(request: Request) -> bool:
    """Whether ``Format=XML`` is anywhere, found without trusting that the rest can be read.

    The old SDK sends ``Format=None`` when nobody chose; whatever is not XML is JSON.
    """
    for text in (request.query, request.body.decode("latin-1")):
        if "Format=" in text:
            for part in text.split("&"):
                if part.startswith("Format="):
                    return part[7:].lower() == "xml"
    return False


def parameter(request: Request, name: str) -> str:
    """The first value of a parameter, found without trusting that the rest can be read; empty for none."""
    for text in (request.query, request.body.decode("latin-1")):
        for part in text.split("&"):
            if part.startswith(f"{name}="):
                return unquote_plus(part.partition("=")[2])
    return ""


def answer(name: str, content: dict[str, Any], request_id: str, *, as_xml: bool) -> Response:
    """A success: always 200 with a body, also where there is nothing to say (SDKs cannot read an empty one)."""
    content["RequestId"] = request_id
    if as_xml:
        return _response(200, xml.document(f"{name}Response", content), _XML_TYPE, request_id)
    return _response(200, _json.encode(content), _JSON_TYPE, request_id)


def refusal(
    status: int, code: str, message: str, request_id: str, *, as_xml: bool, retry_after_ms: str = ""
) -> Response:
    """An error in the shape every SDK parses. ``retry_after_ms`` makes it a ThrottlingException in the newest."""
    content: Mapping[str, Any] = {"HttpStatus": status, "Code": code, "Message": message, "RequestId": request_id}
    if as_xml:
        response = _response(status, xml.document("KMS", content), _XML_TYPE, request_id)
    else:
        response = _response(status, _json.encode(content), _JSON_TYPE, request_id)
    if retry_after_ms:
        response.headers = (*response.headers, ("x-acs-retry-after", retry_after_ms))
    return response


def _response(status: int, body: bytes, media_type: str, request_id: str) -> Response:
    return Response(status, (("content-type", media_type), ("x-acs-request-id", request_id)), body)
