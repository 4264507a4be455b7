"""Both OpenAPI SDKs on every operation about keys: each signature, sync and async, with and without a token."""

from __future__ import annotations

from typing import Any

import client_script
from alibaba_openapi_legacy import Legacy
from alibaba_openapi_tea import Tea, models
from client_script import Settings, expect, expect_true, temporary_credential
from openapi_every_steps import EverySteps
from openapi_names import snake
from plan import Client


class EveryTea(EverySteps, Tea):
    """alibabacloud-kms20160120."""

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """As Tea, with models inside lists."""
        inner = getattr(models, f"{operation}RequestTag", None)
        if inner is not None and "Tag" in parameters:
            parameters["Tag"] = [inner(key=pair["Key"], value=pair["Value"]) for pair in parameters["Tag"]]
        request = getattr(models, f"{operation}Request")(**{snake(name): value for name, value in parameters.items()})
        if self._mode == "async":
            response = self._runner.run(getattr(self._sdk, f"{snake(operation)}_async")(request))
        else:
            response = getattr(self._sdk, snake(operation))(request)
        expect(response.status_code, 200, f"status of {operation}")
        answer: dict[str, Any] = response.body.to_map()
        expect_true(answer.get("RequestId"), f"{operation} answers a RequestId")
        return answer


#: How the old SDK calls the parameters that are lists; the region it sends by itself.
_LISTS = {"ResourceId": "ResourceIds", "Tag": "Tags", "TagKey": "TagKeys"}


class EveryLegacy(EverySteps, Legacy):
    """aliyun-python-sdk-kms."""

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """As Legacy, with its own names for lists."""
        named = {name: value for name, value in parameters.items() if name != "RegionId"}
        for name, other in _LISTS.items():
            if isinstance(named.get(name), list):
                named[other] = named.pop(name)
        return super().call(operation, **named)


def make(client: Client, settings: Settings, _exchange: client_script.Exchange) -> EverySteps:
    """The client script for one entry of the plan."""
    options = client.options
    if options["sdk"] == "legacy":
        return EveryLegacy(settings)
    if options["who"] == "AK":
        return EveryTea(settings, options["sdk"], options["mode"])
    credential = temporary_credential(settings)
    who = {"access_key_id": credential["access"], "access_key_secret": credential["secret"]}
    return EveryTea(settings, options["sdk"], options["mode"], security_token=credential["securitytoken"], **who)


if __name__ == "__main__":
    client_script.run(make)
