"""The OpenAPI api, with secrets in mind."""

from __future__ import annotations

import json
from typing import Any

import pytest
from alibaba_openapi.conftest import ApiClient

from bitting.core.scheduler import Scheduler
from bitting.core.usecases.secrets.rotation_ports import HttpResponse
from bitting.core.usecases.secrets.sweeps import SECRET_SWEEPS, secret_handlers


class Secrets(ApiClient):
    """``create`` and ``value`` for short; ``work`` does what is due."""

    def create(self, name: str = "db", data: str = "one", **more: str) -> dict[str, Any]:
        return self.ok("CreateSecret", {"SecretName": name, "SecretData": data, "VersionId": "v1", **more})

    def value(self, name: str = "db", **more: str) -> dict[str, Any]:
        return self.ok("GetSecretValue", {"SecretName": name, **more})

    def put(self, data: str, version: str, name: str = "db", **more: str) -> dict[str, Any]:
        return self.ok("PutSecretValue", {"SecretName": name, "SecretData": data, "VersionId": version, **more})

    def work(self, server: Any = None) -> None:
        server = server or Server()

        def failed(where: str, error: BaseException) -> None:
            raise AssertionError(where) from error

        handlers = secret_handlers({"postgresql": server, "mysql": server}, HttpClient())
        worker = Scheduler(self.runtime.gate, handlers, SECRET_SWEEPS, "w", failed)
        while worker.run_due():
            pass


class Server:
    """Takes every password there is."""

    def login_works(self, server: Any, login: Any) -> bool:
        return True

    def is_privileged(self, server: Any, by: Any, user: str) -> bool:
        return False

    def set_password(self, server: Any, by: Any, login: Any) -> None:
        pass

    def ensure_user(self, server: Any, like: str, login: Any) -> None:
        pass


class HttpClient:
    def post(self, url: str, headers: Any, body: bytes) -> HttpResponse:
        return HttpResponse(200)


RDS = {
    "SecretType": "Rds",
    "data": json.dumps(
        {
            "Accounts": [
                {"AccountName": "app", "AccountPassword": "one"},
                {"AccountName": "app2", "AccountPassword": "two"},
            ]
        }
    ),
    "ExtendedConfig": json.dumps({"SecretSubType": "DoubleUsers", "DBInstanceId": "rm-1", "CustomData": {"a": "b"}}),
}


@pytest.fixture
def api(runtime: Any) -> Secrets:
    return Secrets(runtime)
