"""alibabacloud-dkms-transfer-python: the legacy OpenAPI SDK's interface over the Instance API."""

from __future__ import annotations

import importlib
import json
import logging
from typing import Any
from urllib.parse import urlsplit

import client_script
from alibabacloud_dkms_transfer.kms_transfer_acs_client import KmsTransferAcsClient
from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.client import AcsClient
from client_script import Exchange, Refusal, Settings, expect_true
from openapi.models import Config
from plan import Client
from transfer_steps import TransferSteps
from unregistered_keys import private_key

# The SDK writes every refused call to standard error; here refusals are wanted.
logging.getLogger("aliyunsdkcore").setLevel(logging.CRITICAL)


class Legacy(TransferSteps):
    """One run through KmsTransferAcsClient and the legacy request classes."""

    def __init__(self, settings: Settings, exchange: Exchange, scheme: str, unknown_key: str = "") -> None:
        super().__init__(settings, exchange)
        self._scheme = scheme
        who = {"client_key_file": settings["client_key_file"], "password": settings["client_key_password"]}
        if unknown_key:
            who = {"access_key_id": unknown_key, "private_key": private_key()}
        config = Config(protocol=scheme, endpoint=urlsplit(settings[scheme]).netloc, **who)
        verify = settings["ca_cert"] if scheme == "https" else None
        self._sdk = KmsTransferAcsClient(config=config, ak="unused", secret="unused", verify=verify)

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Call through ``do_action_with_exception``."""
        return self._ask(self._sdk, operation, parameters)

    def openapi(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """The legacy SDK's own client."""
        settings = self.settings
        client = AcsClient(settings["access_key_id"], settings["access_key_secret"], settings["region"])
        return self._ask(client, operation, parameters, urlsplit(settings["http"]).netloc)

    def _ask(self, sdk: Any, operation: str, parameters: dict[str, Any], endpoint: str = "") -> dict[str, Any]:
        module = importlib.import_module(f"aliyunsdkkms.request.v20160120.{operation}Request")
        request = getattr(module, f"{operation}Request")()
        request.set_accept_format("JSON")
        if endpoint:
            request.set_endpoint(endpoint)
            request.set_protocol_type("http")
        for name, value in parameters.items():
            text = json.dumps(value) if isinstance(value, dict) else value
            if text != "":
                getattr(request, f"set_{name}")(text)
        answer: dict[str, Any] = json.loads(sdk.do_action_with_exception(request))
        return answer

    def facts(self, error: Exception) -> Refusal:
        """Status, code and message of the SDK's exception, which must know the request id."""
        if not isinstance(error, ServerException):
            raise error
        expect_true(error.request_id, "the exception has a request id")
        return Refusal(error.http_status, error.error_code, error.message)

    def unknown_key(self, client_key_id: str) -> Legacy:
        """The same client with another client key id and a fresh private key."""
        return Legacy(self.settings, self.exchange, self._scheme, client_key_id)


def make(client: Client, settings: Settings, exchange: Exchange) -> Legacy:
    """The client script for one entry of the plan."""
    return Legacy(settings, exchange, client.options["scheme"])


if __name__ == "__main__":
    client_script.run(make)
