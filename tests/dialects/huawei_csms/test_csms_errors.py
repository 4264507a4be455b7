"""All rows of the secrets table, caused over the API and compared byte for byte."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from huawei_csms.csms_api import DATABASE, VALUE, Csms, refusal

from bitting.core import faults
from bitting.core.model.identity import AccountState, User
from bitting.core.model.secret import Secret, SecretState, SecretVersion
from bitting.core.model.service import Quota, Switches
from bitting.core.throttle import Throttle
from bitting.dialects.base.errors import Row, load
from bitting.dialects.base.http import Request

Refusal = tuple[int, str, str]
ROWS = [row for row in load("huawei", "bitting.dialects.huawei") if row.surface == "csms"]
SCENARIOS: dict[str, Callable[[Csms], Refusal]] = {}
UNKNOWN = "0d0466b0-e727-4d9c-b35d-f84bb474a37f"


def meets(*names: str) -> Callable[[Callable[[Csms], Refusal]], Callable[[Csms], Refusal]]:
    def register(scenario: Callable[[Csms], Refusal]) -> Callable[[Csms], Refusal]:
        for name in names:
            assert name not in SCENARIOS
            SCENARIOS[name] = scenario
        return scenario

    return register


def name_of(row: Row) -> str:
    when = ";".join(f"{name}={'|'.join(sorted(values))}" for name, values in row.when)
    return f"{row.code}/{row.fault}/{when}" if when else f"{row.code}/{row.fault}"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.test_id)
def test_row(csms: Csms, row: Row) -> None:
    scenario = SCENARIOS.get(name_of(row))
    assert scenario is not None, f"line {row.line} of errors.tsv ({name_of(row)}) has no scenario"
    assert scenario(csms) == (row.status, row.code, row.message)


def test_every_scenario_is_of_a_row() -> None:
    assert set(SCENARIOS) == {name_of(row) for row in ROWS}


def quota(csms: Csms, name: str, limit: int) -> None:
    ring = csms.runtime.founded.account.ring
    csms.api.add(Quota(f"{ring}/{name}", ring, name, limit))


def secret(csms: Csms, name: str = "db") -> Any:
    with csms.runtime.store.begin(write=False) as uow:
        return uow.of(Secret).find({"name": name})[0]


def doomed(csms: Csms) -> None:
    csms.create()
    csms.ok("delete-secret-for-schedule", {"recovery_window_in_days": 7}, secret_name="db")


def breaking(csms: Csms, fault: type[faults.Fault | Exception], name: str, *given: Any, **holes: str) -> Refusal:
    """The entropy source breaks under a request."""
    entropy = csms.runtime.gate.entropy

    class Broken:
        def random(self, count: int) -> bytes:
            raise fault

        def uuid(self) -> str:
            return str(entropy.uuid())

    csms.runtime.gate.entropy = Broken()
    answer = csms.send(name, *given, broken=True, **holes)
    return refusal(answer, nested=False)


@meets("CSMS.0002/InvalidParameter")
def _(csms: Csms) -> Refusal:
    return csms.refused("create-secret", {"name": "no spaces", **VALUE})


@meets("CSMS.0004/InvalidParameter/reason=type")
def _(csms: Csms) -> Refusal:
    return csms.refused("create-secret", {"name": 5, **VALUE})


@meets("CSMS.0002/InvalidSequence")
def _(csms: Csms) -> Refusal:
    made = csms.create()
    body = {"tags": [{"key": "k"}], "action": "create", "sequence": 5}
    return csms.refused("batch-create-or-delete-tags", body, secret_id=made["id"])


@meets("CSMS.0002/Conflict")
def _(csms: Csms) -> Refusal:
    csms.event()
    csms.create(event_subscriptions=["watch"])
    return csms.refused("delete-secret-event", event_name="watch")


@meets("CSMS.0002/LimitFault")
def _(csms: Csms) -> Refusal:
    made = csms.create()
    tags = [{"key": f"k{n}"} for n in range(20)]
    csms.ok("batch-create-or-delete-tags", {"tags": tags, "action": "create"}, secret_id=made["id"])
    return csms.refused("create-secret-tag", {"tag": {"key": "more"}}, secret_id=made["id"])


@meets("CSMS.0002/CryptoFault")
def _(csms: Csms) -> Refusal:
    return breaking(csms, faults.CryptoFault, "create-secret", {"name": "db", **VALUE})


@meets("CSMS.0003/UnknownOperation")
def _(csms: Csms) -> Refusal:
    path = f"/v1/{csms.api.project.id}/csms/no-such-thing"
    return refusal(csms.api.send(csms.api.signer.sign(Request("GET", path, "", {}, b""))), nested=False)


@meets("CSMS.0003/UnsupportedMethod")
def _(csms: Csms) -> Refusal:
    path = f"/v1/{csms.api.project.id}/secrets"
    return refusal(csms.api.send(csms.api.signer.sign(Request("PATCH", path, "", {}, b""))), nested=False)


@meets("CSMS.0004/MalformedBody")
def _(csms: Csms) -> Refusal:
    return csms.refused("create-secret", b'{"name":')


@meets("CSMS.0004/MissingParameter")
def _(csms: Csms) -> Refusal:
    return csms.refused("create-secret", VALUE)


@meets("CSMS.0004/RequestFault")
def _(csms: Csms) -> Refusal:
    return csms.refused("create-secret", b"x" * ((1 << 20) + 1))


@meets("CSMS.0005/ResourceNotFound")
def _(csms: Csms) -> Refusal:
    csms.create()
    return csms.refused("show-secret-version", secret_name="db", version_id="v2")


@meets("CSMS.0005/NotFound")
def _(csms: Csms) -> Refusal:
    return breaking(csms, faults.KeyVersionNotFound, "create-secret", {"name": "db", **VALUE})


@meets("CSMS.0103/SecretPendingDeletion/use=value")
def _(csms: Csms) -> Refusal:
    doomed(csms)
    return csms.refused("show-secret-version", secret_name="db", version_id="v1")


@meets("CSMS.0105/ResourceInUse/kind=stage")
def _(csms: Csms) -> Refusal:
    csms.create()
    return csms.refused("delete-secret-stage", secret_name="db", stage_name="SYSCURRENT")


@meets("CSMS.0106/ResourceNotFound/kind=secret")
def _(csms: Csms) -> Refusal:
    return csms.refused("show-secret", secret_name="nobody")


@meets("CSMS.0107/SecretPendingDeletion")
def _(csms: Csms) -> Refusal:
    doomed(csms)
    return csms.refused("update-secret", {"description": "x"}, secret_name="db")


@meets("CSMS.0108/SecretNotPendingDeletion")
def _(csms: Csms) -> Refusal:
    csms.create()
    return csms.refused("restore-secret", secret_name="db")


@meets("CSMS.0202/QuotaExceeded/limit=secrets")
def _(csms: Csms) -> Refusal:
    quota(csms, "secrets", 0)
    return csms.refused("create-secret", {"name": "db", **VALUE})


@meets("CSMS.0203/QuotaExceeded/limit=stages")
def _(csms: Csms) -> Refusal:
    csms.create()
    for number in range(11):
        csms.ok("update-secret-stage", {"version_id": "v1"}, secret_name="db", stage_name=f"s{number}")
    return csms.refused("update-secret-stage", {"version_id": "v1"}, secret_name="db", stage_name="one-more")


@meets("CSMS.0204/QuotaExceeded/limit=stages_in_request")
def _(csms: Csms) -> Refusal:
    csms.create()
    stages = [f"s{number}" for number in range(13)]
    return csms.refused("create-secret-version", {**VALUE, "version_stages": stages}, secret_name="db")


@meets("CSMS.0301/IdentityFault")
def _(csms: Csms) -> Refusal:
    request = csms.request("list-secrets")
    request.headers["x-auth-token"] = "no token of ours"
    return refusal(csms.api.send(request), nested=False)


@meets("CSMS.0401/KeyStateFault")
def _(csms: Csms) -> Refusal:
    key = csms.api.key()
    csms.api.ok("disable-key", key_id=key)
    return csms.refused("create-secret", {"name": "db", "kms_key_id": key, **VALUE})


@meets("CSMS.0401/KeyNotFound")
def _(csms: Csms) -> Refusal:
    return csms.refused("create-secret", {"name": "db", "kms_key_id": UNKNOWN, **VALUE})


@meets("CSMS.0401/KeyKindFault")
def _(csms: Csms) -> Refusal:
    key = csms.api.key(key_spec="RSA_2048", key_usage="ENCRYPT_DECRYPT")
    return csms.refused("create-secret", {"name": "db", "kms_key_id": key, **VALUE})


@meets("CSMS.0109/SecretNotEnabled")
def _(csms: Csms) -> Refusal:
    csms.create()
    csms.api.put(replace(secret(csms), state=SecretState.FROZEN))
    return csms.refused("show-secret-version", secret_name="db", version_id="latest")


@meets("CSMS.0302/PermissionDenied")
def _(csms: Csms) -> Refusal:
    csms.api.put(replace(csms.runtime.founded.user, admin=False))
    return csms.refused("list-secrets")


@meets("CSMS.0302/AccessFault")
def _(csms: Csms) -> Refusal:
    csms.api.put(replace(csms.runtime.founded.account, state=AccountState.FROZEN))
    return csms.refused("list-secrets")


@meets("CSMS.0205/ResourceNotFound/kind=version_quota")
def _(csms: Csms) -> Refusal:
    csms.create()
    quota(csms, "versions", -1)
    return csms.refused("create-secret-version", VALUE, secret_name="db")


@meets("CSMS.0206/ResourceNotFound/kind=stage_quota")
def _(csms: Csms) -> Refusal:
    csms.create()
    quota(csms, "stages", -1)
    return csms.refused("update-secret-stage", {"version_id": "v1"}, secret_name="db", stage_name="x")


@meets("CSMS.0207/ResourceNotFound/kind=secret_quota")
def _(csms: Csms) -> Refusal:
    quota(csms, "secrets", -1)
    return csms.refused("create-secret", {"name": "db", **VALUE})


@meets("CSMS.0101/ResourceExists/kind=secret")
def _(csms: Csms) -> Refusal:
    csms.create()
    return csms.refused("create-secret", {"name": "db", **VALUE})


@meets("CSMS.0102/ResourceExists/kind=version")
def _(csms: Csms) -> Refusal:
    csms.create()
    blob = csms.ok("download-secret-blob", secret_name="db")["secret_blob"]
    return csms.refused("upload-secret-blob", {"secret_blob": blob})


@meets("CSMS.0104/ResourceExists/kind=stage")
def _(csms: Csms) -> Refusal:
    csms.create()
    return csms.refused("update-secret-stage", {"version_id": "v1"}, secret_name="db", stage_name="SYSCURRENT")


@meets("CSMS.0001/InternalFault")
def _(csms: Csms) -> Refusal:
    return breaking(csms, faults.InternalFault, "create-secret", {"name": "db", **VALUE})


@meets("CSMS.0001/Fault")
def _(csms: Csms) -> Refusal:
    return breaking(csms, faults.StoreFailed, "create-secret", {"name": "db", **VALUE})


@meets("CSMS.0006/ProviderFailed")
def _(csms: Csms) -> Refusal:
    """A value that was tampered with at rest does not open."""
    csms.create()
    with csms.runtime.store.begin(write=True) as uow:
        (version,) = uow.of(SecretVersion).find()
        uow.of(SecretVersion).put(replace(version, sealed=version.sealed[:-1] + bytes([version.sealed[-1] ^ 1])))
        held = uow.of(Secret).find()[0]
        uow.of(Secret).put(replace(held, revision=held.revision + 1))
    answer = csms.send("show-secret-version", secret_name="db", version_id="v1", broken=True)
    return refusal(answer, nested=False)


@meets("CSMS.0201/QuotaExceeded/limit=secrets_at_commit")
def _(csms: Csms) -> Refusal:
    class Racing(faults.QuotaExceeded):
        def __init__(self) -> None:
            super().__init__(limit="secrets_at_commit")

    return breaking(csms, Racing, "create-secret", {"name": "db", **VALUE})


@meets("APIGW.0308/RateExceeded")
def _(csms: Csms) -> Refusal:
    csms.runtime.gate.throttle = Throttle(share=0.0, now=lambda: 0.0)
    csms.api.add(Switches(rates="cloud"))
    csms.ok("list-secrets")
    return csms.refused("list-secrets")


class TestBadInput:
    @pytest.mark.parametrize(
        "more",
        [
            {"name": ""},
            {"name": "x" * 65},
            {"name": "a/b"},
            {"secret_binary": "x", "secret_string": None},
            {"secret_binary": base64.b64encode(b"x").decode()},
            {"secret_string": "x" * 32_769},
            {"secret_string": None},
            {"description": "é" * 1025},
            {"secret_type": "RDS"},
            {"secret_type": "RDS-FG"},
            {**DATABASE, "rotation_config": "{}"},
            {**DATABASE, "secret_string": "no json"},
            {"auto_rotation": True},
            {"auto_rotation": True, "rotation_period": "24h"},
            {**DATABASE, "auto_rotation": True, "rotation_period": "5h"},
            {**DATABASE, "auto_rotation": True, "rotation_period": "8761h"},
            {**DATABASE, "auto_rotation": True, "rotation_period": "1w"},
            {"kms_key_id": "x"},
            {"event_subscriptions": ["a", "b"]},
            {"rotation_config": "x" * 1025},
        ],
    )
    def test_of_create_secret(self, csms: Csms, more: dict[str, Any]) -> None:
        answer = csms.refused("create-secret", {"name": "db", **VALUE, **more})
        assert answer[:2] in {(400, "CSMS.0002"), (400, "CSMS.0004")}
        assert csms.ok("list-secrets")["secrets"] == []
        assert csms.ok("list-secrets")["page_info"]["current_count"] == 0

    @pytest.mark.parametrize(
        ("name", "body", "holes"),
        [
            ("delete-secret-for-schedule", {"recovery_window_in_days": 6}, {"secret_name": "db"}),
            ("delete-secret-for-schedule", {"recovery_window_in_days": 31}, {"secret_name": "db"}),
            ("create-secret-version", {**VALUE, "version_stages": []}, {"secret_name": "db"}),
            ("create-secret-version", {**VALUE, "version_stages": ["a b"]}, {"secret_name": "db"}),
            ("create-secret-version", {**VALUE, "expire_time": 10**13}, {"secret_name": "db"}),
            ("create-secret-version", {**VALUE, "expire_time": -1}, {"secret_name": "db"}),
            ("update-secret", {"auto_rotation": True}, {"secret_name": "db"}),
            ("generate-random-password", {"length": 7}, {}),
            ("generate-random-password", {"length": 129}, {}),
            ("upload-secret-blob", {"secret_blob": "not ours"}, {}),
            ("create-secret-event", {"name": "e", "event_types": [], "state": "ENABLED", "notification": {}}, {}),
        ],
    )
    def test_of_others(self, csms: Csms, name: str, body: Any, holes: dict[str, str]) -> None:
        csms.create()
        status, code, _ = csms.refused(name, body, **holes)
        assert (status, code) in {(400, "CSMS.0002"), (400, "CSMS.0004")}

    @pytest.mark.parametrize("query", [{"limit": "x"}, {"limit": "0"}, {"limit": "1001"}, {"marker": "a!b"}])
    def test_of_lists(self, csms: Csms, query: dict[str, str]) -> None:
        assert csms.refused("list-secrets", None, query)[1] == "CSMS.0002"

    @pytest.mark.parametrize(
        "tag", [{"key": "_sys_x"}, {"key": " x"}, {"key": "a*b"}, {"key": "x" * 129}, {"key": "k", "value": "v" * 256}]
    )
    def test_of_tags(self, csms: Csms, tag: dict[str, str]) -> None:
        made = csms.create()
        assert csms.refused("create-secret-tag", {"tag": tag}, secret_id=made["id"])[1] == "CSMS.0002"

    def test_a_blob_with_one_changed_bit(self, csms: Csms) -> None:
        csms.create()
        blob = bytearray(base64.b64decode(csms.ok("download-secret-blob", secret_name="db")["secret_blob"]))
        csms.ok("delete-secret", secret_name="db")
        for at in (0, 10, 60, 150, len(blob) - 1):
            changed = bytes(blob[:at]) + bytes((blob[at] ^ 1,)) + bytes(blob[at + 1 :])
            body = {"secret_blob": base64.b64encode(changed).decode()}
            assert csms.refused("upload-secret-blob", body)[1] in {"CSMS.0002", "CSMS.0401", "CSMS.0005"}
        assert csms.ok("list-secrets")["secrets"] == []


def test_refusals_of_strangers_name_no_secret(csms: Csms) -> None:
    csms.create()
    csms.api.put(User(**{**{f: getattr(csms.runtime.founded.user, f) for f in User.__slots__}, "admin": False}))
    assert csms.refused("show-secret", secret_name="db") == csms.refused("show-secret", secret_name="nobody")
