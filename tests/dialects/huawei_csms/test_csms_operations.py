"""Every operation of the secrets API: shapes, types, and what it does."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from huawei.sdk_signer import Signer
from huawei_csms.csms_api import DATABASE, ROWS, Csms

from bitting.core.model.identity import User
from bitting.core.scheduler import Scheduler
from bitting.core.usecases.iam.accounts import add_access_key, hash_password
from bitting.core.usecases.iam.credentials import access_key
from bitting.core.usecases.secrets import delivery_targets as secret_targets
from bitting.core.usecases.secrets.rotation_ports import HttpResponse
from bitting.core.usecases.secrets.sweeps import SECRET_SWEEPS, secret_handlers

SECRET_FIELDS = {
    "id": str, "name": str, "state": str, "kms_key_id": str, "description": str, "create_time": int,
    "update_time": int, "scheduled_delete_time": int, "secret_type": str, "auto_rotation": bool,
    "rotation_period": str, "rotation_config": str, "rotation_time": int, "next_rotation_time": int,
    "event_subscriptions": list, "enterprise_project_id": str, "rotation_func_urn": str,
}  # fmt: skip


class Server:
    def __init__(self) -> None:
        self.users = {"app": "old"}

    def login_works(self, server: Any, login: Any) -> bool:
        return self.users.get(login.user) == login.password

    def is_privileged(self, server: Any, by: Any, user: str) -> bool:
        return False

    def set_password(self, server: Any, by: Any, login: Any) -> None:
        self.users[login.user] = login.password

    def ensure_user(self, server: Any, like: str, login: Any) -> None:
        self.users.setdefault(login.user, "")


class HttpClient:
    def __init__(self) -> None:
        self.posted: list[Any] = []

    def post(self, url: str, headers: Any, body: bytes) -> HttpResponse:
        self.posted.append(json.loads(body))
        return HttpResponse(200)


@pytest.fixture
def worker(csms: Csms) -> Any:
    server, http_client = Server(), HttpClient()
    handlers = secret_handlers({"postgresql": server, "mysql": server}, http_client)

    def failed(where: str, error: BaseException) -> None:
        raise AssertionError(where) from error

    made = Scheduler(csms.runtime.gate, handlers, SECRET_SWEEPS, "w", failed)
    made.http_client = http_client
    return made


def operator(csms: Csms, use: Any, order: Any) -> Any:
    runtime = csms.runtime
    runtime.cache.refresh()
    found = access_key(runtime.cache.loading, runtime.vault, csms.api.founded.access_key_id)
    return runtime.gate.run(
        use, replace(found.principal, operator=True), order, runtime.request_context("t"), runtime.cache.loading
    )


def typed(secret: dict[str, Any]) -> None:
    assert set(secret) == set(SECRET_FIELDS)
    for name, kind in SECRET_FIELDS.items():
        assert secret[name] is None or isinstance(secret[name], kind), name


def test_there_are_45_and_14_of_them_are_nested() -> None:
    assert len(ROWS) == 45
    nested = {name for name, row in ROWS.items() if row.nested}
    assert nested == {
        "batch-create-or-delete-tags", "create-secret-event", "delete-secret-event", "show-secret-event",
        "update-secret-event", "list-secret-events", "create-secret-tag", "delete-secret-tag", "list-secret-tags",
        "list-project-secrets-tags", "list-resource-instances", "list-notification-records", "rotate-secret",
        "list-users",
    }  # fmt: skip


def test_a_secret_and_its_life(csms: Csms) -> None:
    made = csms.create(description="a", enterprise_project_id="0")
    typed(made)
    assert made["state"] == "ENABLED"
    assert made["create_time"] == csms.runtime.clock.now_ms()
    assert made["scheduled_delete_time"] is None
    assert csms.ok("show-secret", secret_name="db")["secret"] == made
    changed = csms.ok("update-secret", {"description": "b"}, secret_name="db")["secret"]
    assert changed["description"] == "b"
    doomed = csms.ok("delete-secret-for-schedule", {"recovery_window_in_days": 7}, secret_name="db")["secret"]
    assert doomed["state"] == "PENDING_DELETE"
    assert doomed["scheduled_delete_time"] == csms.runtime.clock.now_ms() + 7 * 86_400_000
    assert csms.ok("restore-secret", secret_name="db")["secret"]["state"] == "ENABLED"
    assert csms.ok("delete-secret", secret_name="db") == {}
    assert csms.refused("show-secret", secret_name="db")[1] == "CSMS.0106"


def test_versions_and_stages(csms: Csms) -> None:
    csms.create()
    binary = base64.b64encode(b"\0\xff").decode()
    body = {"secret_binary": binary, "expire_time": 1_900_000_000_000}
    made = csms.ok("create-secret-version", body, secret_name="db")["version_metadata"]
    assert made["id"] == "v2"
    assert made["version_stages"] == ["SYSCURRENT"]
    assert made["expire_time"] == 1_900_000_000_000
    latest = csms.ok("show-secret-version", secret_name="db", version_id="latest")["version"]
    assert (latest["secret_binary"], latest["secret_string"]) == (binary, None)
    assert latest["version_metadata"] == made
    first = csms.ok("show-secret-version", secret_name="db", version_id="v1")["version"]
    assert (first["secret_binary"], first["secret_string"]) == (None, "hunter2")
    assert first["version_metadata"]["version_stages"] == ["SYSPREVIOUS"]
    page = csms.ok("list-secret-versions", None, {"limit": "1"}, secret_name="db")
    assert [item["id"] for item in page["version_metadatas"]] == ["v1"]
    assert page["page_info"] == {"next_marker": "v1", "previous_marker": "v1", "current_count": 1}
    page = csms.ok("list-secret-versions", None, {"limit": "1", "marker": "v1"}, secret_name="db")
    assert page["page_info"] == {"next_marker": None, "previous_marker": "v2", "current_count": 1}
    changed = csms.ok("update-version", {"expire_time": 1_900_000_000_001}, secret_name="db", version_id="v1")
    assert changed["version_metadata"]["expire_time"] == 1_900_000_000_001
    stage = csms.ok("update-secret-stage", {"version_id": "v1"}, secret_name="db", stage_name="blue")["stage"]
    assert stage == {
        "name": "blue",
        "update_time": csms.runtime.clock.now_ms(),
        "secret_name": "db",
        "version_id": "v1",
    }
    assert csms.ok("show-secret-stage", secret_name="db", stage_name="SYSCURRENT")["stage"]["version_id"] == "v2"
    assert csms.ok("delete-secret-stage", secret_name="db", stage_name="blue") is None
    assert csms.refused("show-secret-stage", secret_name="db", stage_name="blue")[1] == "CSMS.0005"


def test_lists_page_by_name(csms: Csms) -> None:
    for name in ("a", "b", "c"):
        csms.create(name)
    page = csms.ok("list-secrets", None, {"limit": "2"})
    assert [secret["name"] for secret in page["secrets"]] == ["a", "b"]
    assert page["page_info"] == {"next_marker": "b", "previous_marker": "a", "current_count": 2}
    page = csms.ok("list-secrets", None, {"limit": "2", "marker": "b"})
    assert [secret["name"] for secret in page["secrets"]] == ["c"]
    assert page["page_info"]["next_marker"] is None


def test_a_key_of_ones_own_and_the_default_one(csms: Csms) -> None:
    key = csms.api.key()
    assert csms.create("own", kms_key_id=key)["kms_key_id"] == key
    default = csms.create("default")["kms_key_id"]
    assert csms.api.ok("describe-key", key_id=default)["key_info"]["default_key_flag"] == "1"
    assert csms.api.ok("describe-key", key_id=default)["key_info"]["key_alias"] == "csms/default"
    assert csms.ok("update-secret", {"kms_key_id": "csms/default"}, secret_name="own")["secret"]["kms_key_id"]


def test_batch_import_tells_what_failed(csms: Csms) -> None:
    csms.create("taken")
    items = [
        {"name": "one", "secret_string": "1"},
        {"name": "taken", "secret_string": "2"},
        {"name": "bad name", "secret_string": "3"},
        {"name": "two", "secret_binary": "AA=="},
    ]
    done = csms.ok("batch-import-secrets", {"secrets": items})
    assert (done["total"], done["success"], done["failed"]) == (4, 2, 2)
    assert done["error_list"] == [
        {"name": "taken", "error_msg": "CSMS.0101: The secret name already exists."},
        {"name": "bad name", "error_msg": "CSMS.0002: The value of parameter is invalid."},
    ]
    assert [secret["name"] for secret in csms.ok("list-secrets")["secrets"]] == ["one", "taken", "two"]


def test_passwords(csms: Csms) -> None:
    assert len(csms.ok("generate-random-password", {})["password"]) == 32
    body = {"length": 20, "exclude_lowercase": True, "exclude_uppercase": True, "exclude_punctuation": True}
    made = csms.ok("generate-random-password", body)["password"]
    assert (len(made), made.isdigit()) == (20, True)
    each = {"require_each_included_type": True, "include_space": True, "length": 8}
    assert " " in csms.ok("generate-random-password", each)["password"]


def test_an_empty_text_clears_and_an_absent_one_does_not(csms: Csms) -> None:
    made = csms.create("one", description="old", rotation_func_urn="urn")
    assert (made["description"], made["rotation_func_urn"]) == ("old", "urn")
    for change, left in (
        ({}, ("old", "urn")),
        ({"description": ""}, ("", "urn")),
        ({"rotation_func_urn": ""}, ("", None)),
    ):
        shown = csms.ok("update-secret", change, secret_name="one")["secret"]
        assert (shown["description"], shown["rotation_func_urn"]) == left
        assert csms.ok("show-secret", secret_name="one")["secret"]["description"] == left[0]


@pytest.mark.parametrize("past", ["seconds", "now"])
def test_a_version_does_not_expire_in_the_past(csms: Csms, past: str) -> None:
    """A time in seconds is one of 1970, and an event would be told at once."""
    now = csms.runtime.clock.now_ms()
    csms.create("one")
    body = {"expire_time": now // 1000 + 86_400 if past == "seconds" else now}
    version = {"secret_string": "x", **body}
    assert csms.refused("create-secret-version", version, secret_name="one")[1] == "CSMS.0002"
    assert csms.refused("update-version", body, secret_name="one", version_id="v1")[1] == "CSMS.0002"
    shown = csms.ok("update-version", {"expire_time": now + 1}, secret_name="one", version_id="v1")
    assert shown["version_metadata"]["expire_time"] == now + 1
    shown = csms.ok("update-version", {"expire_time": 0}, secret_name="one", version_id="v1")
    assert shown["version_metadata"]["expire_time"] is None


def test_a_sequence_is_any_text(csms: Csms) -> None:
    """``"sequence": "test_sequence"`` is in the Terraform provider's own tests; keys want a UUID."""
    found = csms.ok("list-resource-instances", {"action": "count", "sequence": "test_sequence"})
    assert found["total_count"] == 0


def test_tags(csms: Csms) -> None:
    first, second = csms.create("one"), csms.create("two")
    assert csms.ok("create-secret-tag", {"tag": {"key": "env", "value": "prod"}}, secret_id=first["id"]) is None
    tags = {"tags": [{"key": "env", "value": "test"}, {"key": "team", "value": ""}], "action": "create"}
    csms.ok("batch-create-or-delete-tags", tags, secret_id=second["id"])
    held = csms.ok("list-secret-tags", secret_id=second["id"])
    assert held == {"tags": [{"key": "env", "value": "test"}, {"key": "team", "value": ""}], "sys_tags": []}
    assert csms.ok("list-project-secrets-tags") == {
        "tags": [{"key": "env", "values": ["prod", "test"]}, {"key": "team", "values": [""]}]
    }
    wanted = {"action": "filter", "tags": [{"key": "env", "values": ["prod", "stage"]}]}
    found = csms.ok("list-resource-instances", wanted)
    assert [item["resource_name"] for item in found["resources"]] == ["one"]
    assert found["total_count"] == 1
    typed(found["resources"][0]["resource_detail"])
    counted = csms.ok(
        "list-resource-instances", {"action": "count", "matches": [{"key": "resource_name", "value": "o"}]}
    )
    assert (counted["resources"], counted["total_count"]) == ([], 2)
    for parts, number in ((("n", "e"), 1), (("one", "two"), 0)):
        matches = [{"key": "resource_name", "value": part} for part in parts]
        # the Terraform provider's own test gives a name that is there and one that is not, and expects nothing
        assert csms.ok("list-resource-instances", {"action": "count", "matches": matches})["total_count"] == number
    csms.ok("delete-secret-tag", secret_id=second["id"], key="team")
    assert csms.refused("delete-secret-tag", secret_id=second["id"], key="team")[1] == "CSMS.0005"
    csms.ok("batch-create-or-delete-tags", {"tags": [{"key": "env"}], "action": "delete"}, secret_id=second["id"])
    assert csms.ok("list-secret-tags", secret_id=second["id"])["tags"] == []


def test_events(csms: Csms) -> None:
    made = csms.event()
    assert set(made) == {"name", "event_id", "event_types", "state", "create_time", "update_time", "notification"}
    assert csms.ok("show-secret-event", event_name="watch")["event"] == made
    changed = csms.ok("update-secret-event", {"state": "DISABLED"}, event_name="watch")["event"]
    assert (changed["state"], changed["event_types"]) == ("DISABLED", ["SECRET_ROTATED"])
    target = {"target_type": "SMN", "target_id": "other", "target_name": "o"}
    changed = csms.ok(
        "update-secret-event", {"notification": target, "event_types": ["SECRET_DELETED"]}, event_name="watch"
    )
    assert changed["event"]["notification"] == target
    csms.event("zwei")
    page = csms.ok("list-secret-events", None, {"limit": "1"})
    assert [event["name"] for event in page["events"]] == ["watch"]
    assert page["page_info"]["next_marker"] == "watch"
    csms.create(event_subscriptions=["zwei"])
    assert csms.ok("list-secrets", None, {"event_name": "zwei"})["secrets"][0]["name"] == "db"
    assert csms.ok("list-secrets", None, {"event_name": "watch"})["secrets"] == []
    assert csms.ok("delete-secret-event", event_name="watch") is None


def test_rotation_its_task_its_event_and_its_record(csms: Csms, worker: Any) -> None:
    account = csms.api.founded.account.id
    operator(
        csms,
        secret_targets.set_target,
        secret_targets.SetTarget(account, "db-1", "mysql", "h", 3306, "", "root", "p", users=("app*",)),
    )
    operator(csms, secret_targets.set_webhook, secret_targets.SetWebhook(account, "urn:smn:topic", "https://a.test/"))
    csms.event()
    made = csms.create(**DATABASE, event_subscriptions=["watch"], auto_rotation=True, rotation_period="24h")
    assert (made["auto_rotation"], made["rotation_period"]) == (True, "1d")
    assert made["next_rotation_time"] == csms.runtime.clock.now_ms() + 86_400_000
    begun = csms.ok("rotate-secret", secret_name="db")
    assert (begun["secret_name"], begun["version_id"]) == ("db", "v2")
    while worker.run_due():
        pass
    page = csms.ok("list-secret-task", None, {"secret_name": "db"})
    (task,) = page["tasks"]
    assert (task["task_id"], task["task_status"], task["operate_type"]) == (
        begun["rotation_task_id"],
        "SUCCESS",
        "MANUAL",
    )
    assert page["total"] == 1
    assert csms.ok("list-secret-task", None, {"task_id": task["task_id"]})["tasks"] == [task]
    value = csms.ok("show-secret-version", secret_name="db", version_id="latest")["version"]["secret_string"]
    assert json.loads(value)["username"] == "app_clone"
    assert csms.ok("show-secret", secret_name="db")["secret"]["rotation_time"] == csms.runtime.clock.now_ms()
    (record,) = csms.ok("list-notification-records")["records"]
    assert (record["trigger_event_type"], record["notification_status"]) == ("SECRET_ROTATED", "SUCCESS")
    assert record["secret_type"] == "RDS-FG"
    assert worker.http_client.posted[0]["event"] == "rotated"


def test_a_common_secret_is_not_rotated(csms: Csms) -> None:
    csms.create()
    assert csms.refused("rotate-secret", secret_name="db")[1] == "CSMS.0002"


def test_backup_comes_back_with_every_version_and_stage(csms: Csms) -> None:
    csms.create(description="kept")
    csms.ok(
        "create-secret-version", {"secret_string": "two", "version_stages": ["SYSCURRENT", "blue"]}, secret_name="db"
    )
    blob = csms.ok("download-secret-blob", secret_name="db")["secret_blob"]
    assert b"hunter2" not in base64.b64decode(blob)
    csms.ok("delete-secret", secret_name="db")
    back = csms.ok("upload-secret-blob", {"secret_blob": blob})["secret"]
    assert back["description"] == "kept"
    versions = csms.ok("list-secret-versions", secret_name="db")["version_metadatas"]
    assert [(v["id"], v["version_stages"]) for v in versions] == [
        ("v1", ["SYSPREVIOUS"]),
        ("v2", ["SYSCURRENT", "blue"]),
    ]
    assert csms.ok("show-secret-version", secret_name="db", version_id="v1")["version"]["secret_string"] == "hunter2"
    csms.ok("delete-secret", secret_name="db")
    csms.create()
    assert csms.refused("upload-secret-blob", {"secret_blob": blob})[1] == "CSMS.0101"


def test_grants_let_one_user_read_one_secret_until_a_day(csms: Csms) -> None:
    runtime = csms.runtime
    made = csms.create()
    csms.create("other")
    user = User("u" * 32, runtime.founded.account.id, "reader", hash_password("Passw0rd"), True, False, 1)
    with runtime.store.begin(write=True) as uow:
        uow.of(User).add(user)
        key_id, secret = add_access_key(uow, runtime.vault, 1, user.account_id, user.id)
    admin, reader = csms.api.signer, Signer(key_id, secret, runtime.clock.now_ms)
    order = {"resource_id": made["id"], "type": "SECRET", "grantee_type": "0", "grantee_target_id": user.id}
    grant = csms.ok("create-grants", {**order, "validity_time": "2026-12-01"})["data"]
    assert (grant["resourceId"], grant["granteeUser"], grant["type"]) == (made["id"], user.id, "SECRET")
    listed = csms.ok("list-grants", None, {"resource_id": made["id"]})["data"]
    assert [(item["user_id"], item["user_name"]) for item in listed["grantee_user"]] == [(user.id, "reader")]
    csms.api.signer = reader
    assert csms.ok("show-secret-version", secret_name="db", version_id="latest")["version"]["secret_string"]
    assert csms.refused("show-secret-version", secret_name="other", version_id="latest")[1] == "CSMS.0302"
    assert csms.refused("create-secret-version", {"secret_string": "x"}, secret_name="db")[1] == "CSMS.0302"
    csms.api.signer = admin
    changed = csms.ok("update-grant", {**order, "validity_time": "2026-11-30"}, {"resource_id": made["id"]})["data"]
    assert changed["validityTime"] < grant["validityTime"]
    csms.ok("delete-grant", None, {"resource_id": made["id"], "grantee_user": user.id})
    csms.api.signer = reader
    assert csms.refused("show-secret-version", secret_name="db", version_id="latest")[1] == "CSMS.0302"


def test_a_grant_is_over_when_its_day_is(csms: Csms, worker: Any) -> None:
    made, user = csms.create(), csms.runtime.founded.user
    order = {"resource_id": made["id"], "type": "SECRET", "grantee_type": "0", "grantee_target_id": user.id}
    csms.ok("create-grants", {**order, "validity_time": "2026-11-21"})
    csms.runtime.clock.advance(days=1)
    assert worker.run_due() == 1
    assert csms.ok("list-grants", None, {"resource_id": made["id"]})["data"]["grantee_user"] == []


def test_users(csms: Csms) -> None:
    user = csms.runtime.founded.user
    page = csms.ok("list-users", None, {"offset": "0", "limit": "10"})
    assert (page["total"], page["users"][0]["user_id"]) == (1, user.id)
    assert page["users"][0]["disabled"] == "false"
    assert csms.ok("list-users", None, {"offset": "1", "limit": "10"})["users"] == []
    assert csms.ok("list-users", None, {"offset": "0", "limit": "10", "user_info": "zzz"})["total"] == 0
    found = csms.ok("show-user-detail", user_id=user.id)
    assert (found["disabled"], found["domain_id"]) == (False, csms.runtime.founded.account.domain_id)
    words = {"old_password": csms.runtime.founded.password, "password": "N3w-Passw0rd"}
    assert csms.ok("update-user-password", words) == {"user_id": user.id}
    assert csms.refused("update-user-password", words)[1] == "CSMS.0002"


def test_agencies_templates_and_the_checker(csms: Csms) -> None:
    assert csms.ok("show-agency", None, {"secret_type": "RDS-FG"}) == {"agency_granted": "false"}
    assert csms.ok("create-agency", {"secret_type": "RDS-FG"})["agencies"][0]["agency_name"]
    assert csms.ok("show-agency", None, {"secret_type": "RDS-FG"}) == {"agency_granted": "true"}
    template_type = {"secret_type": "RDS-FG", "secret_sub_type": "SingleUser", "engine": "mysql"}
    compile(csms.ok("show-secret-function-templates", None, template_type)["function_templates"], "template", "exec")
    assert csms.ok("show-secrets-config") == {"checking_secret_strength": False}
    assert csms.ok("update-secrets-config", {"checking_secret_strength": True}) == {"checking_secret_strength": True}
    assert csms.ok("show-secrets-config") == {"checking_secret_strength": True}
    done = csms.ok("check-secrets", {"type": "strength", "data": {"weak": "aaaa", "strong": "k8#Qz!m2Lx9$vN4pW7rT"}})
    assert {name: item["strength"] for name, item in done["data"].items()} == {"weak": "weak", "strong": "strong"}
