"""alibabacloud-kms20160120: the official OpenAPI SDK with signatures V3, V1 and V4, sync and async."""

from __future__ import annotations

import asyncio
import re
from typing import Any
from urllib.parse import urlsplit

import client_script
from alibabacloud_kms20160120 import models
from alibabacloud_kms20160120.client import Client as Sdk
from alibabacloud_tea_openapi.utils_models import Config
from client_script import Refusal, Settings, expect
from openapi_steps import OpenApiSteps
from plan import Client

#: How a program chooses the signature: V3 is the default, V1 is called "v2" and V4 is a signature version.
SIGNATURES = {"V3": {}, "V1": {"signature_algorithm": "v2"}, "V4": {"signature_version": "v4"}}


class Tea(OpenApiSteps):
    """The steps with one signature and one mode."""

    def __init__(self, settings: Settings, signature: str, mode: str, **config: Any) -> None:
        super().__init__(settings)
        self._signature, self._mode = signature, mode
        self._runner = asyncio.Runner()
        plain = {"protocol": "http", "endpoint": urlsplit(settings["http"]).netloc}
        who = {name: settings[name] for name in ("access_key_id", "access_key_secret")}
        given = {**plain, **who, **SIGNATURES[signature], "region_id": settings["region"], **config}
        self._sdk = Sdk(Config(**given))

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Call the SDK's method with its request model; the answer is its response model as a map."""
        request = getattr(models, f"{operation}Request")(**{_snake(name): value for name, value in parameters.items()})
        if self._mode == "async":
            response = self._runner.run(getattr(self._sdk, f"{_snake(operation)}_async")(request))
        else:
            response = getattr(self._sdk, _snake(operation))(request)
        expect(response.status_code, 200, f"status of {operation}")
        answer: dict[str, Any] = response.body.to_map()
        expect(bool(answer.get("RequestId")), True, f"{operation} answers a RequestId")
        return answer

    def facts(self, error: Exception) -> Refusal:
        """Status, code and text; the SDK puts status and request id around the text."""
        inner = getattr(error, "inner_exception", None) or error
        if not hasattr(inner, "data") or not hasattr(inner, "code"):
            raise error
        data = inner.data or {}
        status, request_id = data.get("statusCode"), data.get("RequestId")
        found = re.fullmatch(r"code: (\d+), (.*) request id: (\S+)", str(inner.message), re.DOTALL)
        if found is None or (int(found[1]), found[3]) != (status, request_id):
            raise error
        return Refusal(status, inner.code, found[2])

    def unknown_key(self, access_key_id: str, access_key_secret: str) -> Tea:
        """The same client with other credentials."""
        who = {"access_key_id": access_key_id, "access_key_secret": access_key_secret}
        return Tea(self.settings, self._signature, self._mode, **who)

    def https_with_the_ca_file(self) -> str:
        """``Config(ca=...)`` is enough to trust the server."""
        tls = {"protocol": "https", "endpoint": urlsplit(self.settings["https"]).netloc, "ca": self.settings["ca_cert"]}
        over_tls = Tea(self.settings, self._signature, self._mode, **tls)
        expect(over_tls.metadata(self.own_key())["KeyId"], self.key_id, "DescribeKey over TLS")
        return self.settings["https"]

    def close(self) -> None:
        """End the event loop."""
        self._runner.close()


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def make(client: Client, settings: Settings, _exchange: client_script.Exchange) -> Tea:
    """The client script for one entry of the plan."""
    return Tea(settings, client.options["signature"], client.options["mode"])


if __name__ == "__main__":
    client_script.run(make)
