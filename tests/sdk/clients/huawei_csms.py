"""huaweicloudsdkcsms: every operation of the secrets API, sync and async; and huaweicloud-csms-environ."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable
from typing import Any

import client_script
import csms as environ
from client_script import Exchange, Settings, expect, expect_true
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException
from huaweicloudsdkcsms.v1 import CsmsAsyncClient, CsmsClient, model
from plan import Client

#: Body classes that are not called as the operation is.
_BODIES = {
    "batch_import_secrets": "ImportSecretsRequest",
    "create_grants": "GrantSecretReqBody",
    "update_grant": "GrantSecretReqBody",
    "generate_random_password": "CreatePasswordRequestBody",
    "update_user_password": "ChangeUsersPassword",
}
_TARGET = {"target_type": "SMN", "target_id": "urn:smn:topic", "target_name": "topic"}
_DATABASE = '{"InstanceId":"db-1","SecretSubType":"SingleUser"}'


class Csms:
    """One run: a secret of its own, and everything that can be done with it."""

    def __init__(self, settings: Settings, *, is_async: bool) -> None:
        builder = (CsmsAsyncClient if is_async else CsmsClient).new_builder()
        keys = (settings["access_key_id"], settings["access_key_secret"], settings["project_id"])
        self._sdk = builder.with_credentials(BasicCredentials(*keys)).with_endpoint(settings["http"]).build()
        self._is_async = is_async
        self.name, self.event = f"sdk-{uuid.uuid4()}", f"event-{uuid.uuid4()}"
        self.held: dict[str, Any] = {}

    def call(self, name: str, body: dict[str, Any] | None = None, **where: Any) -> dict[str, Any]:
        camel = "".join(part.capitalize() for part in name.split("_"))
        if body is not None:
            where["body"] = getattr(model, _BODIES.get(name, f"{camel}RequestBody"))(**body)
        request = getattr(model, f"{camel}Request")(**where)
        if self._is_async:
            answer = getattr(self._sdk, f"{name}_async")(request).result()
        else:
            answer = getattr(self._sdk, name)(request)
        expect(answer.status_code, 204 if name in _SILENT else 200, f"status of {name}")
        told: dict[str, Any] = answer.to_dict()
        return told

    def take(self, step: str) -> str:
        """One operation."""
        return _STEPS[step](self)

    # each of these is a step; what later steps need is kept in ``held``

    def create_secret(self) -> str:
        body = {"name": self.name, "secret_string": '{"A": "1"}', "event_subscriptions": [self.event]}
        self.held = self.call("create_secret", body)["secret"]
        expect((self.held["name"], self.held["state"]), (self.name, "ENABLED"), "the secret")
        return str(self.held["id"])

    def show_secret_version(self) -> str:
        for version, wanted in (("latest", "two"), ("v1", '{"A": "1"}')):
            told = self.call("show_secret_version", secret_name=self.name, version_id=version)
            expect(told["version"]["secret_string"], wanted, version)
        return "latest and v1"

    def rotate_secret(self) -> str:
        self.fresh = f"rds-{uuid.uuid4()}"
        value = json.dumps({"username": "app", "password": "x"})
        body = {"name": self.fresh, "secret_type": "RDS-FG", "secret_string": value, "rotation_config": _DATABASE}
        self.call("create_secret", body)
        told = self.call("rotate_secret", secret_name=self.fresh)
        self.task = told["rotation_task_id"]
        return str(told["version_id"])

    def list_secret_task(self) -> str:
        (task,) = self.call("list_secret_task", task_id=self.task)["tasks"]
        expect(task["secret_name"], self.fresh, "the task's secret")
        return str(task["task_status"])

    def list_users(self) -> str:
        told = self.call("list_users", offset=0, limit=10)
        self.user = told["users"][0]["user_id"]
        return str(told["total"])

    def update_user_password(self) -> str:
        """With a wrong old one: the run's own password is needed by others."""
        try:
            self.call("update_user_password", {"password": "N3w-Passw0rd", "old_password": "wrong"})
        except ServiceResponseException as error:
            expect((error.status_code, error.error_code), (400, "CSMS.0002"), "the refusal")
            return "refused"
        message = "a wrong password was taken"
        raise AssertionError(message)

    def list_secrets(self) -> str:
        seen, marker = 0, None
        while True:
            page = (
                self.call("list_secrets", limit="2", marker=marker) if marker else self.call("list_secrets", limit="2")
            )
            seen += len(page["secrets"])
            marker = page["page_info"].get("next_marker")
            if not marker:
                return f"{seen} in pages of 2"

    def download_secret_blob(self) -> str:
        self.blob = self.call("download_secret_blob", secret_name=self.name)["secret_blob"]
        return f"{len(self.blob)} characters"


def _plain(
    name: str, body: Callable[[Csms], Any] | None = None, **where: Callable[[Csms], Any]
) -> Callable[[Csms], str]:
    def step(driver: Csms) -> str:
        found = {key: value(driver) for key, value in where.items()}
        told = driver.call(name, body(driver) if body else None, **found)
        expect_true(name in _SILENT or name == "delete_secret" or told, "an answer")
        return ", ".join(told) or "done"

    return step


def _secret(driver: Csms) -> str:
    return driver.name


def _id(driver: Csms) -> str:
    return str(driver.held["id"])


def _event(driver: Csms) -> str:
    return driver.event


def _grant(driver: Csms) -> dict[str, Any]:
    user = driver.call("list_users", offset=0, limit=10)["users"][0]["user_id"]
    return {"resource_id": _id(driver), "type": "SECRET", "grantee_type": "0", "grantee_target_id": user}


_SILENT = {
    "batch_create_or_delete_tags", "create_secret_tag", "delete_grant", "delete_secret_event", "delete_secret_stage",
    "delete_secret_tag",
}  # fmt: skip
_TAGS = {"tags": [{"key": "team", "value": "a"}, {"key": "tier", "value": "1"}], "action": "create"}
_STEPS: dict[str, Callable[[Csms], str]] = {
    "create_secret_event": _plain(
        "create_secret_event",
        lambda d: {"name": d.event, "event_types": ["SECRET_ROTATED"], "state": "ENABLED", "notification": _TARGET},
    ),
    "show_secret_event": _plain("show_secret_event", event_name=_event),
    "update_secret_event": _plain("update_secret_event", lambda _: {"state": "DISABLED"}, event_name=_event),
    "list_secret_events": _plain("list_secret_events"),
    "create_secret": Csms.create_secret,
    "show_secret": _plain("show_secret", secret_name=_secret),
    "update_secret": _plain("update_secret", lambda _: {"description": "b"}, secret_name=_secret),
    "list_secrets": Csms.list_secrets,
    "batch_import_secrets": _plain(
        "batch_import_secrets", lambda _: {"secrets": [{"name": f"i-{uuid.uuid4()}", "secret_string": "x"}]}
    ),
    "create_secret_version": _plain("create_secret_version", lambda _: {"secret_string": "two"}, secret_name=_secret),
    "show_secret_version": Csms.show_secret_version,
    "list_secret_versions": _plain("list_secret_versions", secret_name=_secret),
    "update_version": _plain(
        "update_version", lambda _: {"expire_time": 1_900_000_000_000}, secret_name=_secret, version_id=lambda _: "v1"
    ),
    "update_secret_stage": _plain(
        "update_secret_stage", lambda _: {"version_id": "v1"}, secret_name=_secret, stage_name=lambda _: "blue"
    ),
    "show_secret_stage": _plain("show_secret_stage", secret_name=_secret, stage_name=lambda _: "blue"),
    "delete_secret_stage": _plain("delete_secret_stage", secret_name=_secret, stage_name=lambda _: "blue"),
    "create_secret_tag": _plain("create_secret_tag", lambda _: {"tag": {"key": "k", "value": "v"}}, secret_id=_id),
    "batch_create_or_delete_tags": _plain("batch_create_or_delete_tags", lambda _: _TAGS, secret_id=_id),
    "list_secret_tags": _plain("list_secret_tags", secret_id=_id),
    "list_project_secrets_tags": _plain("list_project_secrets_tags"),
    "list_resource_instances": _plain(
        "list_resource_instances", lambda _: {"action": "filter"}, resource_instances=lambda _: "resource_instances"
    ),
    "delete_secret_tag": _plain("delete_secret_tag", secret_id=_id, key=lambda _: "k"),
    "create_grants": _plain("create_grants", _grant),
    "update_grant": _plain("update_grant", lambda d: {**_grant(d), "validity_time": "2036-01-01"}, resource_id=_id),
    "list_grants": _plain("list_grants", resource_id=_id),
    "delete_grant": _plain("delete_grant", resource_id=_id),
    "rotate_secret": Csms.rotate_secret,
    "list_secret_task": Csms.list_secret_task,
    "list_notification_records": _plain("list_notification_records"),
    "generate_random_password": _plain("generate_random_password", lambda _: {"length": 20}),
    "check_secrets": _plain("check_secrets", lambda _: {"type": "strength", "data": {"a": "b"}}),
    # off: once it is on, the weak values that the next client of this account stores would be refused
    "update_secrets_config": _plain("update_secrets_config", lambda _: {"checking_secret_strength": False}),
    "show_secrets_config": _plain("show_secrets_config"),
    "create_agency": _plain("create_agency", lambda _: {"secret_type": "RDS-FG"}),
    "show_agency": _plain("show_agency", secret_type=lambda _: "RDS-FG"),
    "show_secret_function_templates": _plain(
        "show_secret_function_templates",
        secret_type=lambda _: "RDS-FG",
        secret_sub_type=lambda _: "SingleUser",
        engine=lambda _: "postgresql",
    ),
    "list_users": Csms.list_users,
    "show_user_detail": _plain("show_user_detail", user_id=lambda d: d.user),
    "update_user_password": Csms.update_user_password,
    "delete_secret_for_schedule": _plain(
        "delete_secret_for_schedule", lambda _: {"recovery_window_in_days": 7}, secret_name=_secret
    ),
    "restore_secret": _plain("restore_secret", secret_name=_secret),
    "download_secret_blob": Csms.download_secret_blob,
    "delete_secret": _plain("delete_secret", secret_name=_secret),
    "upload_secret_blob": _plain("upload_secret_blob", lambda d: {"secret_blob": d.blob}),
    "delete_secret_event": _plain("delete_secret_event", event_name=_event),
}


class Environ:
    """huaweicloud-csms-environ: a secret's JSON into the environment of the process."""

    def __init__(self, settings: Settings) -> None:
        name = settings["region"].replace("-", "_").upper()
        os.environ[f"HUAWEICLOUD_SDK_REGION_CSMS_{name}"] = settings["http"]
        self._given = {
            "access_key": settings["access_key_id"],
            "secret_key": settings["access_key_secret"],
            "project_id": settings["project_id"],
            "region": settings["region"],
        }
        self._name = client_script.make_secret(settings, f"sdk-{uuid.uuid4()}", '{"SDK_WORD": "geheim"}')

    def get(self) -> str:
        """The value as it is."""
        expect(environ.get(self._name, **self._given), '{"SDK_WORD": "geheim"}', "the value")
        return self._name

    def get_json(self) -> str:
        """The value read."""
        expect(environ.get_json(self._name, **self._given), {"SDK_WORD": "geheim"}, "the value")
        return self._name

    def load_env(self) -> str:
        """The value in the environment."""
        environ.load_env(self._name, **self._given)
        expect(os.environ["SDK_WORD"], "geheim", "the variable")
        return "SDK_WORD"


def make(client: Client, settings: Settings, _exchange: Exchange) -> Csms | Environ:
    """The client script for one entry of the plan."""
    if client.options["mode"] == "environ":
        return Environ(settings)
    return Csms(settings, is_async=client.options["mode"] == "async")


if __name__ == "__main__":
    client_script.run(make)
