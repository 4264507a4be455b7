"""otcextensions on openstacksdk: Open Telekom Cloud KMS with Keystone tokens.

The SDK's KMS proxy has no method for encrypt-data and decrypt-data; those two are posted through the same proxy,
which authenticates, finds the endpoint in the catalogue and speaks JSON.
"""

from __future__ import annotations

from typing import Any, ClassVar

import client_script
import openstack
from client_script import Exchange, MismatchError, Refusal, Settings, expect, expect_true
from huawei_steps import HuaweiSteps
from keystoneauth1.exceptions.http import Unauthorized
from openstack import exceptions
from openstack.connection import Connection
from otcextensions import sdk as otc
from plan import Client


def connect(
    settings: Settings, scheme: str = "http", auth_type: str = "password", version: str = "/v3", **auth: str
) -> Connection:
    """A connection as the SDK's documentation builds it; nothing is read from the machine's configuration."""
    given = {"auth_url": f"{settings[scheme]}{version}", "project_id": settings["otc_project_id"], **auth}
    connection: Connection = openstack.connect(
        auth=given,
        auth_type=auth_type,
        region_name=settings["region"],
        cacert=settings["ca_cert"],
        load_yaml_config=False,
        load_envvars=False,
    )
    otc.register_otc_extensions(connection)
    return connection


def password(settings: Settings) -> dict[str, str]:
    """The user's name, domain and password."""
    who = {"username": settings["user_name"], "password": settings["user_password"]}
    return {**who, "user_domain_name": settings["domain_name"]}


class Otc(HuaweiSteps):
    """The steps through the KMS proxy of one connection."""

    bound: ClassVar[dict[str, Any]] = {"encryption_context": {"order": "4711"}}
    bound_otherwise: ClassVar[dict[str, Any]] = {"encryption_context": {"order": "4712"}}
    random_bits = (512,)
    data_key_bits = (512,)

    def __init__(self, settings: Settings, connection: Connection) -> None:
        super().__init__(settings)
        self._connection = connection
        self._kms = connection.kms

    def _post(self, verb: str, body: dict[str, Any]) -> Any:
        return self._kms.post(f"/kms/{verb}", json=body)

    def call(self, verb: str, **body: Any) -> dict[str, Any]:
        """Call the proxy's method where it has one."""
        kms, key_id = self._kms, body.get("key_id")
        if verb in {"encrypt-data", "decrypt-data"}:
            return self._answer(verb, self._post(verb, body))
        if verb == "create-key":
            return {"key_info": _known(kms.create_key(**body))}
        if verb == "describe-key":
            return {"key_info": _known(kms.get_key(key_id))}
        if verb == "schedule-key-deletion":
            return _known(kms.schedule_key_deletion(key_id, int(body["pending_days"])))
        if verb == "gen-random":
            return _known(kms.generate_random(int(body["random_data_length"])))
        if verb.startswith("create-datakey"):
            method = kms.create_datakey_wo_plain if verb.endswith("plaintext") else kms.create_datakey
            return _known(method(key_id, datakey_length=body["datakey_length"]))
        return _known(getattr(kms, verb.replace("-", "_"))(key_id))

    @staticmethod
    def _answer(verb: str, response: Any) -> dict[str, Any]:
        expect(response.status_code, 200, f"status of {verb} ({response.text[:200]})")
        answer: dict[str, Any] = response.json()
        return answer

    def all_keys(self) -> list[dict[str, Any]]:
        """Every key; the SDK walks the pages and would never end on a next_marker that stays."""
        return [_known(key) for key in self._kms.keys(limit=20)]

    def refuse(self, refusal: Refusal, verb: str, **body: Any) -> str:
        """Refused in the words of the SDK, which drops status and text of most, and exactly on the wire."""
        if verb not in {"encrypt-data", "decrypt-data"}:
            self._refused_by_sdk(refusal, verb, body)
        response = self._post(verb, body)
        error = response.json()["error"]
        seen = Refusal(response.status_code, error["error_code"], error["error_msg"])
        expect(seen, refusal, "the refusal on the wire")
        expect_true(response.headers.get("x-openstack-request-id"), "the answer has an x-openstack-request-id")
        return str(refusal)

    def _refused_by_sdk(self, refusal: Refusal, verb: str, body: dict[str, Any]) -> None:
        try:
            self.call(verb, **body)
        except exceptions.SDKException as error:
            if refusal.code == "KMS.1104":
                expect(type(error), exceptions.DuplicateResource, "the exception")
            elif refusal.code == "KMS.0205":
                expect(type(error), exceptions.NotFoundException, "the exception")
            elif refusal.status == 400:
                expect(str(error).rpartition("=")[2].strip(), refusal.code, "the code in the exception")
            else:
                expect(getattr(error, "status_code", None), refusal.status, "the status of the exception")
                expect_true(refusal.code in str(error), f"{refusal.code} is in {error}")
        else:
            msg = f"expected {refusal}, but the call succeeded"
            raise MismatchError(msg)

    def refuse_otherwise_bound(self) -> None:
        """Another encryption context is an error of the request, whatever its code."""
        response = self._post("decrypt-data", {"cipher_text": self.cipher_text, **self.bound_otherwise})
        expect(response.status_code, 400, "status under another context")

    # --- identity

    def password_token(self) -> str:
        """The password gives a token of the project, and the catalogue leads to this server's KMS."""
        access = self._connection.session.auth.get_access(self._connection.session)
        expect(access.project_id, self.settings["otc_project_id"], "project of the token")
        expect(access.project_name, self.settings["otc_project_name"], "name of the project")
        expect(access.user_domain_name, self.settings["domain_name"], "domain of the user")
        endpoint = self._kms.get_endpoint()
        expect_true(endpoint.startswith(self.settings["http"]), f"the endpoint {endpoint} is on this server")
        expect_true(not access.will_expire_soon(), "the token has time left")
        return endpoint

    def versions_at_the_root(self) -> str:
        """An address without a version is enough: the root names the versions, and their link is followed."""
        access = connect(self.settings, version="", **password(self.settings)).session.auth
        found = access.get_access(self._connection.session)
        expect(found.project_id, self.settings["otc_project_id"], "project of the token")
        return "discovered"

    def token_re_scoped(self) -> str:
        """A token gives another token of the same project, which works."""
        connection = connect(self.settings, auth_type="token", token=self._connection.auth_token)
        other = Otc(self.settings, connection)
        expect(_known(other._kms.get_key(self.own_key()))["key_alias"], self.alias, "key_alias")
        expect_true(connection.auth_token != self._connection.auth_token, "the second token is a new one")
        return "a new token, which works"

    def https_with_the_ca_file(self) -> str:
        """``cacert`` is enough to trust the server; the catalogue then leads to https."""
        other = Otc(self.settings, connect(self.settings, scheme="https", **password(self.settings)))
        expect(_known(other._kms.get_key(self.own_key()))["key_alias"], self.alias, "key_alias")
        endpoint = str(other._kms.get_endpoint())
        expect_true(endpoint.startswith(self.settings["https"]), f"the endpoint {endpoint} is on https")
        return endpoint

    def refused_401_wrong_password(self) -> str:
        """A wrong password gives no token."""
        wrong = {**password(self.settings), "password": "wrong-password"}
        try:
            connect(self.settings, **wrong).authorize()
        except (Unauthorized, exceptions.SDKException) as error:
            expect_true("401" in str(error), f"401 is in {error}")
            return "401 Unauthorized"
        raise MismatchError("expected 401, but there is a token")

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()


def _known(resource: Any) -> dict[str, Any]:
    """The fields of an SDK resource that have a value."""
    fields = resource.to_dict(computed=False, original_names=True)
    return {name: value for name, value in fields.items() if value is not None}


def make(_client: Client, settings: Settings, _exchange: Exchange) -> Otc:
    """The client script for one entry of the plan."""
    return Otc(settings, connect(settings, **password(settings)))


if __name__ == "__main__":
    client_script.run(make)
