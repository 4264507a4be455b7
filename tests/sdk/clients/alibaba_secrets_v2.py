"""alibabacloud-secretsmanager-client-v2: the caching client of the second generation, over the OpenAPI."""

from __future__ import annotations

import logging
import uuid
from typing import Any
from urllib.parse import urlsplit

import client_script
from alibabacloud_kms20160120 import models
from alibabacloud_kms20160120.client import Client as Kms
from alibabacloud_secretsmanager_client_v2.secret_manager_cache_client_builder import SecretManagerCacheClientBuilder
from alibabacloud_secretsmanager_client_v2.service.default_secret_manager_client_builder import (
    DefaultSecretManagerClientBuilder,
)
from alibabacloud_tea_openapi.models import Config
from client_script import Exchange, Settings, expect
from plan import Client
from Tea.exceptions import TeaException

logging.disable(logging.CRITICAL)


class Secrets:
    """One cache client, and the plain SDK beside it to change what is behind the cache."""

    def __init__(self, settings: Settings) -> None:
        self._kms = Kms(self._config(settings))
        builder = DefaultSecretManagerClientBuilder.standard()
        builder.with_access_key(settings["access_key_id"], settings["access_key_secret"])
        builder.add_config(self._config(settings))
        self._cache: Any = SecretManagerCacheClientBuilder.new_cache_client_builder(builder.build()).build()
        self._name = f"sdk-{uuid.uuid4()}"

    @staticmethod
    def _config(settings: Settings) -> Config:
        return Config(
            access_key_id=settings["access_key_id"],
            access_key_secret=settings["access_key_secret"],
            region_id=settings["region"],
            endpoint=urlsplit(settings["http"]).netloc,
            protocol="http",
        )

    def get_secret_value(self) -> str:
        """A secret read twice: from the server, then from the cache."""
        made = models.CreateSecretRequest(secret_name=self._name, secret_data="one", version_id="v1")
        self._kms.create_secret(made)
        for _ in range(2):
            expect(self._cache.get_secret_info(self._name).secret_value, "one", "the value")
        return self._name

    def refresh_after_a_new_version(self) -> str:
        """The cache keeps the old value until it is told to look."""
        put = models.PutSecretValueRequest(secret_name=self._name, secret_data="two", version_id="v2")
        self._kms.put_secret_value(put)
        expect(self._cache.get_secret_info(self._name).secret_value, "one", "what is cached")
        expect(self._cache.refresh_now(self._name), True, "the refresh")
        expect(self._cache.get_secret_info(self._name).secret_value, "two", "the value now")
        return "one, then two"

    def refused_404_forbidden_resource_not_found(self) -> str:
        """A secret nobody has."""
        try:
            self._cache.get_secret_info("sdk-nobody")
        except TeaException as error:
            expect(error.code, "Forbidden.ResourceNotFound", "the code")
            return str(error.code)
        message = "a secret nobody has was read"
        raise AssertionError(message)

    def close(self) -> None:
        """End the client's threads."""
        self._cache.close()


def make(_client: Client, settings: Settings, _exchange: Exchange) -> Secrets:
    """The client script for one entry of the plan."""
    return Secrets(settings)


if __name__ == "__main__":
    client_script.run(make)
