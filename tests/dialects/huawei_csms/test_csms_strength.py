"""The strength check: once it is switched on, weak values are refused and nothing else is."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

STRONG = "k8#Qz!m2Lx9$vN4pW7rT"
DATABASE = {
    "secret_type": "RDS-FG",
    "rotation_config": '{"InstanceId":"db-1","SecretSubType":"MultiUser"}',
    "secret_string": '{"username":"app","password":"old"}',
}
REFUSED = (400, "CSMS.0002", "The value of parameter is invalid.")


def check(csms: Any, *, on: bool) -> None:
    config = {"checking_secret_strength": on}
    assert csms.ok("update-secrets-config", config) == config


def test_weak_values_are_taken_until_the_check_is_on(csms: Any) -> None:
    csms.create("before")
    check(csms, on=True)
    assert csms.refused("create-secret", {"name": "weak", "secret_string": "hunter2"}) == REFUSED
    assert csms.refused("create-secret-version", {"secret_string": "hunter2"}, secret_name="before") == REFUSED
    assert [secret["name"] for secret in csms.ok("list-secrets")["secrets"]] == ["before"]
    assert [item["id"] for item in csms.ok("list-secret-versions", secret_name="before")["version_metadatas"]] == ["v1"]
    check(csms, on=False)
    csms.create("after")
    assert csms.ok("create-secret-version", {"secret_string": "hunter2"}, secret_name="before")


def test_strong_values_are_taken(csms: Any) -> None:
    check(csms, on=True)
    csms.create("text", secret_string=STRONG)
    csms.create("binary", secret_binary=base64.b64encode(bytes(range(32))).decode())
    assert csms.ok("create-secret-version", {"secret_string": STRONG + "2"}, secret_name="text")


@pytest.mark.parametrize(
    "value", ["a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "12345678", "Passw0rd", "\u00e9\u00e9\u00e9"]
)
def test_what_is_weak(csms: Any, value: str) -> None:
    check(csms, on=True)
    assert csms.refused("create-secret", {"name": "db", "secret_string": value}) == REFUSED
    found = csms.ok("check-secrets", {"type": "any", "data": {"value": value}})["data"]["value"]
    assert found["strength"] == "weak"


def test_of_a_managed_secret_the_password_is_examined(csms: Any) -> None:
    """The JSON around a weak password is long enough to look strong."""
    check(csms, on=True)
    assert csms.refused("create-secret", {"name": "db", **DATABASE}) == REFUSED
    strong = json.dumps({"username": "app", "password": STRONG})
    csms.create("db", **{**DATABASE, "secret_string": strong})
    weak = {"secret_string": json.dumps({"username": "app", "password": "old"})}
    assert csms.refused("create-secret-version", weak, secret_name="db") == REFUSED
    assert csms.refused("create-secret-version", {"secret_string": "no json"}, secret_name="db") == REFUSED


def test_batch_import_lists_weak_values_with_their_reason(csms: Any) -> None:
    check(csms, on=True)
    items = [{"name": "weak", "secret_string": "1"}, {"name": "strong", "secret_string": STRONG}]
    done = csms.ok("batch-import-secrets", {"secrets": items})
    assert done == {
        "error_list": [{"name": "weak", "error_msg": "CSMS.0002: The value of parameter is invalid."}],
        "total": 2,
        "success": 1,
        "failed": 1,
    }


def test_values_stored_before_stay_readable_and_come_back_from_backups(csms: Any) -> None:
    csms.create()
    check(csms, on=True)
    shown: dict[str, Any] = csms.ok("show-secret-version", secret_name="db", version_id="latest")["version"]
    assert shown["secret_string"] == "hunter2"
    blob = csms.ok("download-secret-blob", secret_name="db")
    csms.ok("delete-secret", secret_name="db")
    assert csms.ok("upload-secret-blob", blob)["secret"]["name"] == "db"
    assert csms.ok("update-secret", {"description": "still"}, secret_name="db")["secret"]["description"] == "still"


def test_a_refused_value_is_in_no_answer(csms: Any) -> None:
    check(csms, on=True)
    answer = csms.send("create-secret", {"name": "db", "secret_string": "hunter2"})
    assert b"hunter2" not in answer.body


def test_agencies_keep_their_ids_and_share_them_between_types(csms: Any) -> None:
    first = csms.ok("create-agency", {"secret_type": "RDS-FG"})["agencies"]
    assert all(len(agency["agency_id"]) == 32 for agency in first)
    assert csms.ok("create-agency", {"secret_type": "RDS-FG"})["agencies"] == first
    assert csms.ok("show-agency", None, {"secret_type": "GaussDB-FG"}) == {"agency_granted": "false"}
    assert csms.ok("create-agency", {"secret_type": "GaussDB-FG"})["agencies"] == first
    assert csms.ok("show-agency", None, {"secret_type": "GaussDB-FG"}) == {"agency_granted": "true"}
