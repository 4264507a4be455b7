"""alibabacloud-kms-python-sdk, TransferClient: the OpenAPI SDK's interface over the Instance API, in both layouts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import client_script
from alibabacloud_kms20160120 import models
from alibabacloud_kms20160120.client import Client as OpenApi
from alibabacloud_kms_kms20160120.models import KmsConfig, KmsRuntimeOptions
from alibabacloud_kms_kms20160120.transfer_client import TransferClient
from alibabacloud_tea_openapi.models import Config
from client_script import Exchange, Refusal, Settings, expect
from openapi_names import snake
from plan import Client
from Tea.exceptions import TeaException
from transfer_steps import TEXT, TransferSteps
from unregistered_keys import private_key


class Transfer(TransferSteps):
    """One run through the SDK. ``low``: the layout without the Advance operations."""

    def __init__(
        self, settings: Settings, exchange: Exchange, scheme: str, *, low: bool = False, unknown_key: str = ""
    ):
        super().__init__(settings, exchange)
        self._scheme, self._low = scheme, low
        endpoint = urlsplit(settings[scheme]).netloc
        if unknown_key:
            who = {"client_key_id": unknown_key, "private_key": private_key()}
        else:
            who = {"client_key_file": settings["client_key_file"], "password": settings["client_key_password"]}
        config = KmsConfig(protocol=scheme, endpoint=endpoint, force_low_version_crypto_transfer=low, **who)
        # The constructor has no argument for it.
        config.ca_file_path = settings["ca_cert"] if scheme == "https" else None
        self._openapi: OpenApi | None = None
        # The layout can be chosen only where an OpenAPI configuration is given too.
        keys = {name: settings[name] for name in ("access_key_id", "access_key_secret")}
        openapi = Config(protocol="http", endpoint=urlsplit(settings["http"]).netloc, region_id="cn-hangzhou", **keys)
        self._sdk = TransferClient(config=openapi if low else None, kms_config=config)

    def openapi(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """The OpenAPI SDK that this one is built on."""
        if self._openapi is None:
            keys = {name: self.settings[name] for name in ("access_key_id", "access_key_secret")}
            endpoint = urlsplit(self.settings["http"]).netloc
            self._openapi = OpenApi(Config(protocol="http", endpoint=endpoint, region_id="cn-hangzhou", **keys))
        request = getattr(models, f"{operation}Request")(**{snake(name): value for name, value in parameters.items()})
        body: dict[str, Any] = getattr(self._openapi, snake(operation))(request).body.to_map()
        return body

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Call the SDK's method with its request model."""
        request = getattr(models, f"{operation}Request")(**{snake(name): value for name, value in parameters.items()})
        answer = getattr(self._sdk, f"{snake(operation)}_with_options")(request, KmsRuntimeOptions())
        body: dict[str, Any] = answer.body.to_map()
        return body

    def facts(self, error: Exception) -> Refusal:
        """Status, code and message of the SDK's exception."""
        if not isinstance(error, TeaException) or not error.data:
            raise error
        return Refusal(error.data["httpCode"], error.code, error.message)

    def unknown_key(self, client_key_id: str) -> Transfer:
        """The same client with another client key id and a fresh private key."""
        return Transfer(self.settings, self.exchange, self._scheme, unknown_key=client_key_id)

    def _other(self) -> Transfer:
        return Transfer(self.settings, self.exchange, self._scheme, low=not self._low)

    def old_ciphertext_opens_with_the_new_version(self) -> str:
        """Without a context; the two versions give contexts to the server in different forms."""
        made = self._other().call("Encrypt", KeyId=self.key(), Plaintext=TEXT)
        expect(self.opened(made["CiphertextBlob"]), TEXT, "Plaintext")
        return "Encrypt's ciphertext through AdvanceDecrypt"

    def new_ciphertext_opens_with_the_old(self) -> str:
        """And back, which the version id in the blob makes possible."""
        made = self.call("Encrypt", KeyId=self.key(), Plaintext=TEXT)
        expect(self._other().opened(made["CiphertextBlob"]), TEXT, "Plaintext")
        low = self._other()
        across = (low.openapi_ciphertexts_open_here, low.ciphertexts_open_through_the_openapi)
        alone = (low.encrypt, low.decrypt, low.generate_data_key, low.generate_data_key_without_plaintext)
        for step in (*alone, *across):
            step()
        return "AdvanceEncrypt's ciphertext through Decrypt"


def make(client: Client, settings: Settings, exchange: Exchange) -> Transfer:
    """The client script for one entry of the plan."""
    return Transfer(settings, exchange, client.options["scheme"])


if __name__ == "__main__":
    client_script.run(make)
