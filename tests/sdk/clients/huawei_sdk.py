"""huaweicloudsdkkms: the official Huawei Cloud SDK with AK/SK, sync and async."""

from __future__ import annotations

from typing import Any

import client_script
from client_script import Exchange, Refusal, Settings, expect, expect_refusal, expect_true
from huawei_steps import BAD_TOKEN, HuaweiSteps
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkkms.v2 import KmsAsyncClient, KmsClient, model
from plan import Client

#: Where the SDK's method or body class is not called as the operation is.
_METHODS = {"describe-key": "list_key_detail", "schedule-key-deletion": "delete_key", "gen-random": "create_random"}
_BODIES = {
    "describe-key": "OperateKey",
    "enable-key": "OperateKey",
    "disable-key": "OperateKey",
    "cancel-key-deletion": "OperateKey",
    "create-datakey-without-plaintext": "CreateDatakey",
}


class Huawei(HuaweiSteps):
    """The steps through one client object."""

    def __init__(self, settings: Settings, sdk: Any, *, is_async: bool = False) -> None:
        super().__init__(settings)
        self._sdk, self._is_async = sdk, is_async

    def call(self, verb: str, **body: Any) -> dict[str, Any]:
        """Call the SDK's method with its request and body models; the answer is its response model as a dict."""
        method = _METHODS.get(verb, verb.replace("-", "_"))
        body_class = getattr(model, f"{_BODIES.get(verb) or _camel(verb)}RequestBody")
        request = getattr(model, f"{_camel(method)}Request")(body=body_class(**body))
        if self._is_async:
            response = getattr(self._sdk, f"{method}_async")(request).result()
        else:
            response = getattr(self._sdk, method)(request)
        expect(response.status_code, 200, f"status of {verb}")
        answer: dict[str, Any] = response.to_dict()
        return answer

    def all_keys(self) -> list[dict[str, Any]]:
        """Every key, in pages of 20, until the answer says that it is the last."""
        found: list[dict[str, Any]] = []
        marker = ""
        while True:
            page = self.call("list-keys", limit="20", marker=marker or "0", key_spec="ALL")
            expect([key["key_id"] for key in page["key_details"]], page["keys"], "keys and key_details")
            found += page["key_details"]
            if page["truncated"] == "false":
                expect((page["next_marker"] or "", page["total"]), ("", len(found)), "next_marker and total at the end")
                return found
            marker = page["next_marker"]
            expect_true(marker, "a truncated page has a next_marker")

    @staticmethod
    def facts(error: Exception) -> Refusal:
        """Status, code and message of the SDK's exception, which must know the request id."""
        if not isinstance(error, ServiceResponseException):
            raise error
        expect_true(error.request_id, "the exception has a request id")
        return Refusal(error.status_code, error.error_code, error.error_msg)

    def refuse(self, refusal: Refusal, verb: str, **body: Any) -> str:
        """The call must be refused with exactly that status, code and message."""
        with expect_refusal(self.facts, refusal):
            self.call(verb, **body)
        return str(refusal)

    def refuse_otherwise_bound(self) -> None:
        """Other additional data is an error of the request, whatever its code."""
        try:
            self.call("decrypt-data", cipher_text=self.cipher_text, **self.bound_otherwise)
        except ServiceResponseException as error:
            expect(self.facts(error).status, 400, "status with other additional data")
        else:
            expect("a plaintext", "a refusal", "decrypt-data with other additional data")

    def refused_403_kms_0302(self) -> str:
        """The right access key with a wrong secret key."""
        unknown_key = BasicCredentials(self.settings["access_key_id"], "wrong-secret", self.settings["project_id"])
        return Huawei(self.settings, build(self.settings, unknown_key)).refuse(
            BAD_TOKEN, "describe-key", key_id=self.own_key()
        )


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.replace("-", "_").split("_"))


def build(
    settings: Settings, credentials: BasicCredentials, client_class: Any = KmsClient, scheme: str = "http"
) -> Any:
    """A client as the SDK's documentation builds it, pointed at the server; https trusts the CA file."""
    config = HttpConfig.get_default_config()
    config.ssl_ca_cert = settings["ca_cert"]
    builder = client_class.new_builder().with_http_config(config).with_credentials(credentials)
    return builder.with_endpoint(settings[scheme]).build()


def own_credentials(settings: Settings) -> BasicCredentials:
    """AK/SK with the project id, so that nothing has to be looked up."""
    return BasicCredentials(settings["access_key_id"], settings["access_key_secret"], settings["project_id"])


def make(client: Client, settings: Settings, _exchange: Exchange) -> Huawei:
    """The client script for one entry of the plan."""
    is_async = client.options["mode"] == "async"
    client_class = KmsAsyncClient if is_async else KmsClient
    return Huawei(settings, build(settings, own_credentials(settings), client_class), is_async=is_async)


if __name__ == "__main__":
    client_script.run(make)
