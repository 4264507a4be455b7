"""aliyun-secret-manager-client: the caching client for secrets, with a client key, over the Instance API."""

from __future__ import annotations

import json
import logging
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import client_script
from alibaba_cloud_secretsmanager_client.model.dkms_config import DKmsConfig
from alibaba_cloud_secretsmanager_client.secret_manager_cache_client_builder import SecretManagerCacheClientBuilder
from alibaba_cloud_secretsmanager_client.service.default_secret_manager_client_builder import (
    DefaultSecretManagerClientBuilder,
)
from aliyunsdkcore.acs_exception.exceptions import ServerException
from client_script import Exchange, Refusal, Settings, expect, expect_refusal, expect_true, make_secret
from plan import Client
from transfer_steps import NO_CLIENT_KEY, NO_SECRET

# The client logs every refused call with its traceback; here refusals are wanted.
logging.disable(logging.CRITICAL)


class Secrets:
    """One run with a cache client of its own."""

    def __init__(self, settings: Settings, scheme: str) -> None:
        self._settings, self._scheme = settings, scheme
        self._opened = []

    def _client(self, client_key_file: str = "") -> Any:
        config = DKmsConfig()
        config.region_id, config.protocol = "cn-hangzhou", self._scheme
        config.endpoint = urlsplit(self._settings[self._scheme]).netloc
        config.client_key_file = client_key_file or self._settings["client_key_file"]
        config.password = self._settings["client_key_password"]
        config.ca_file_path = self._settings["ca_cert"] if self._scheme == "https" else None
        builder = DefaultSecretManagerClientBuilder.standard().add_dkms_config(config)
        client = SecretManagerCacheClientBuilder.new_cache_client_builder(builder.build()).build()
        self._opened.append(client)
        return client

    @staticmethod
    def facts(error: Exception) -> Refusal:
        """Status, code and message of the SDK's exception, which must know the request id."""
        if not isinstance(error, ServerException):
            raise error
        expect_true(error.request_id, "the exception has a request id")
        return Refusal(error.http_status, error.error_code, error.message)

    def get_secret_value(self) -> str:
        """A secret that another API made; the second read comes from the client's cache, a refresh does not."""
        name = make_secret(self._settings, f"sdk-{uuid.uuid4()}", "geheim, 机密")
        client = self._client()
        for _ in range(2):
            expect(client.get_secret_value(name), "geheim, 机密", "the value")
        info = client.get_secret_info(name)
        expect((info.secret_data_type, info.version_id), ("text", "v1"), "type and version")
        expect(client.refresh_now(name), True, "the refresh")
        return "made through Huawei Cloud's API"

    def refused_404_secret_not_found(self) -> str:
        """A secret nobody has."""
        with expect_refusal(self.facts, NO_SECRET):
            self._client().get_secret_value("sdk-nobody")
        return str(NO_SECRET)

    def refused_404_invalid_access_key_id_not_found(self) -> str:
        """A client key file whose id nobody has."""
        held = json.loads(Path(self._settings["client_key_file"]).read_text())
        file = Path(f"clientKey_{uuid.uuid4()}.json")
        file.write_text(json.dumps({**held, "KeyId": f"KAAP.{uuid.uuid4()}"}))
        with expect_refusal(self.facts, NO_CLIENT_KEY):
            self._client(str(file)).get_secret_value("sdk-nobody")
        return str(NO_CLIENT_KEY)

    def close(self) -> None:
        """End the clients' threads."""
        for client in self._opened:
            client.close()


def make(client: Client, settings: Settings, _exchange: Exchange) -> Secrets:
    """The client script for one entry of the plan."""
    return Secrets(settings, client.options["scheme"])


if __name__ == "__main__":
    client_script.run(make)
