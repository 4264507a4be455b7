"""Both OpenAPI SDKs on instances, access points, key policies and the account."""

from __future__ import annotations

import inspect
from typing import Any

import client_script
from alibaba_openapi_legacy import Legacy
from alibaba_openapi_tea import Tea, models
from openapi_manage_steps import CertificateSteps, ManageSteps
from plan import Client


class ManagedTea(ManageSteps, Tea):
    """alibabacloud-kms20160120, with one signature."""

    _body: Any = None

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """As Tea, for all spellings of its models, and for the methods that take no request."""
        method = next(name for name in dir(self._sdk) if _squashed(name) == operation.lower())
        response = getattr(self._sdk, method)(*_request(operation, parameters))
        client_script.expect(response.status_code, 200, f"status of {operation}")
        self._body = response.body
        answer: dict[str, Any] = response.body.to_map()
        client_script.expect(bool(answer.get("RequestId")), True, f"{operation} answers a RequestId")
        return answer

    def blanks(self) -> list[str]:
        """The attributes of the last response body that hold nothing."""
        names = inspect.signature(type(self._body)).parameters
        return [name for name in names if getattr(self._body, name) in (None, "", [], {})]

    def unknown_key(self, access_key_id: str, access_key_secret: str) -> Tea:
        """The same client with other credentials."""
        who = {"access_key_id": access_key_id, "access_key_secret": access_key_secret}
        return ManagedTea(self.settings, self._signature, self._mode, **who)


def _request(operation: str, parameters: dict[str, Any]) -> list[Any]:
    """The request model, or nothing for operations that have none."""
    model = getattr(models, f"{operation}Request", None)
    if model is None:
        return []
    known = {_squashed(name): name for name in inspect.signature(model).parameters}
    return [model(**{known[name.lower()]: value for name, value in parameters.items()})]


class ManagedLegacy(CertificateSteps, Legacy):
    """aliyun-python-sdk-kms, which has no response models."""

    def blanks(self) -> list[str]:
        """None."""
        return []


def _squashed(name: str) -> str:
    return name.replace("_", "").lower()


def make(client: Client, settings: client_script.Settings, _exchange: client_script.Exchange) -> ManageSteps:
    """The client script for one entry of the plan."""
    if client.options["sdk"] == "legacy":
        return ManagedLegacy(settings)
    return ManagedTea(settings, client.options["sdk"], "sync")


if __name__ == "__main__":
    client_script.run(make)
