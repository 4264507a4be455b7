"""aliyun-python-sdk-kms: the legacy OpenAPI SDK (signature V1), JSON and XML."""

from __future__ import annotations

import importlib
import json
import logging
import uuid
import xml.etree.ElementTree as ET
from typing import Any
from urllib.parse import urlsplit

import client_script
from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.client import AcsClient
from client_script import Exchange, Refusal, Settings, expect, expect_true
from openapi_steps import NO_KEY, OpenApiSteps, wire
from plan import Client

# The SDK writes every refused call to standard error; here refusals are wanted.
logging.getLogger("aliyunsdkcore").setLevel(logging.CRITICAL)


class Legacy(OpenApiSteps):
    """The steps through AcsClient and the request classes."""

    def __init__(self, settings: Settings, *, secure: bool = False, **who: str) -> None:
        super().__init__(settings)
        self._protocol = "https" if secure else "http"
        verify = {"verify": settings["ca_cert"]} if secure else {}
        key = who.get("access_key_id", settings["access_key_id"])
        secret = who.get("access_key_secret", settings["access_key_secret"])
        self._sdk = AcsClient(key, secret, settings["region"], **verify)

    def _request(self, operation: str, parameters: dict[str, Any]) -> Any:
        module = importlib.import_module(f"aliyunsdkkms.request.v20160120.{operation}Request")
        request = getattr(module, f"{operation}Request")()
        request.set_endpoint(urlsplit(self.settings[self._protocol]).netloc)
        request.set_protocol_type(self._protocol)
        for name, value in wire(parameters).items():
            getattr(request, f"set_{name}")(value)
        return request

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Call through ``do_action_with_exception``, which asks for JSON."""
        body = self._sdk.do_action_with_exception(self._request(operation, parameters))
        answer: dict[str, Any] = json.loads(body)
        expect_true(answer.get("RequestId"), f"{operation} answers a RequestId")
        return answer

    def facts(self, error: Exception) -> Refusal:
        """Status, code and message of the SDK's exception, which must know the request id."""
        if not isinstance(error, ServerException):
            raise error
        expect_true(error.request_id, "the exception has a request id")
        return Refusal(error.http_status, error.error_code, error.message)

    def unknown_key(self, access_key_id: str, access_key_secret: str) -> Legacy:
        """The same client with other credentials."""
        return Legacy(self.settings, access_key_id=access_key_id, access_key_secret=access_key_secret)

    def _xml(self, operation: str, **parameters: Any) -> tuple[int, ET.Element]:
        """Status and root element of the answer in XML, which the SDK hands over unparsed."""
        request = self._request(operation, parameters)
        request.set_accept_format("XML")
        status, headers, body = self._sdk.get_response(request)
        kind = {name.lower(): value for name, value in headers.items()}["content-type"]
        expect_true("xml" in kind, f"the content type {kind} is XML")
        return status, ET.fromstring(body)

    def xml_describe_key(self) -> str:
        """``Format=XML`` answers ``<DescribeKeyResponse>`` with the same metadata."""
        status, root = self._xml("DescribeKey", KeyId=self.own_key())
        expect((status, root.tag), (200, "DescribeKeyResponse"), "status and root")
        expect(root.findtext("KeyMetadata/KeyId"), self.key_id, "KeyId")
        expect(root.findtext("KeyMetadata/KeyState"), self.metadata(self.key_id)["KeyState"], "KeyState")
        expect_true(root.findtext("RequestId"), "there is a RequestId")
        return "<DescribeKeyResponse>"

    def xml_404_forbidden_key_not_found(self) -> str:
        """``Format=XML`` answers errors as ``<KMS>``."""
        status, root = self._xml("DescribeKey", KeyId=str(uuid.uuid4()))
        seen = (root.tag, root.findtext("HttpStatus"), root.findtext("Code"), root.findtext("Message"))
        expect((status, *seen), (404, "KMS", "404", NO_KEY.code, NO_KEY.text), "status, root and fields")
        expect_true(root.findtext("RequestId"), "there is a RequestId")
        return f"<KMS> {NO_KEY}"

    def https_with_the_ca_file(self) -> str:
        """``AcsClient(verify=<CA file>)`` is enough to trust the server."""
        over_tls = Legacy(self.settings, secure=True)
        expect(over_tls.metadata(self.own_key())["KeyId"], self.key_id, "DescribeKey over TLS")
        return self.settings["https"]


def make(_client: Client, settings: Settings, _exchange: Exchange) -> Legacy:
    """The client script for one entry of the plan."""
    return Legacy(settings)


if __name__ == "__main__":
    client_script.run(make)
