"""How the errors of key stores, regions, capsules, policy decisions and operators' operations are met."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from huawei.conftest import Door
from huawei.provoke import Refusal, meets
from huawei.provoke_more import Importer, grant

from bitting.core.model.identity import Project
from bitting.core.model.key import Key
from bitting.core.model.keystore import Keystore
from bitting.core.model.service import Operator, Switches
from bitting.core.usecases.iam.credentials import token_digest

TOKEN = "an operator's token"


def stores(door: Door, rest: str = "") -> str:
    return f"/v1.0/{door.project.id}/keystores{rest}"


def store(door: Door, **more: Any) -> str:
    status, body = door.ask_at("POST", stores(door), {"keystore_alias": "own", "keystore_type": "DHSM", **more})
    assert status == 200, body
    return str(body["keystore"]["keystore_id"])


@meets("KMS.0317/KeyStateFault")
def _(door: Door) -> Refusal:
    held = store(door)
    key = door.key(keystore_id=held)
    assert door.ask_at("POST", stores(door, f"/{held}/disable"))[0] == 200
    return door.refused("encrypt-data", {"key_id": key, "plain_text": "x"})


@meets("KMS.0318/ResourceExists")
def _(door: Door) -> Refusal:
    store(door)
    return door.refused_at("POST", stores(door), {"keystore_alias": "own"})


@meets("KMS.0322/PartitionDenied")
def _(door: Door) -> Refusal:
    held = store(door)
    key = door.key(keystore_id=held)
    with door.runtime.store.begin(write=True) as uow:
        uow.of(Keystore).put(replace(uow.of(Keystore).get(held), members=("somebody",)))
    return door.refused("encrypt-data", {"key_id": key, "plain_text": "x"})


@meets("KMS.0338/UnsupportedOperation")
def _(door: Door) -> Refusal:
    return door.refused("enable-key-rotation", {"key_id": door.key(keystore_id=store(door))})


@meets("KMS.0339/UnsupportedOperation")
def _(door: Door) -> Refusal:
    return door.refused("create-key", {"key_alias": "a", "origin": "external", "keystore_id": store(door)})


@meets("KMS.0340/UnsupportedOperation")
def _(door: Door) -> Refusal:
    door.add(Switches(keystores=False))
    return door.refused_at("POST", stores(door), {"keystore_alias": "own"})


@meets("KMS.1603/InvalidParameter")
def _(door: Door) -> Refusal:
    return door.refused_at("GET", stores(door), query="offset=-1")


@meets("KMS.2406/PartitionDenied")
def _(door: Door) -> Refusal:
    return door.refused("create-grant", grant(door, door.key(keystore_id=store(door, keystore_type="DEFAULT"))))


@meets("KMS.0308/Conflict")
def _(door: Door) -> Refusal:
    door.project = door.founded.project
    held = store(door)
    door.key(keystore_id=held)
    return door.refused_at("DELETE", stores(door, f"/{held}"))


# ── regions ───────────────────────────────────────────────────────────────────


def abroad(door: Door) -> Project:
    """A project of the account in another region."""
    ring = door.runtime.entropy.uuid()
    project = Project(door.runtime.entropy.random(16).hex(), door.founded.account.id, "cn-far-1", "huawei", ring, 0)
    door.add(project)
    return project


def replicate(door: Door, key: str, project: Project) -> tuple[int, dict[str, Any]]:
    body = {
        "key_id": key, "replica_region": project.name, "replica_project_id": project.id, "key_alias": "far",
    }  # fmt: skip
    return door.ask_at("POST", f"/v2/{door.project.id}/kms/keys/{key}/replicate", body)


def refused(answer: tuple[int, dict[str, Any]]) -> Refusal:
    status, body = answer
    return status, body["error"]["error_code"], body["error"]["error_msg"]


def replica(door: Door, key: str) -> Door:
    """The door of the other region, where a replica of the key is."""
    project = abroad(door)
    assert replicate(door, key, project)[0] == 200
    return Door(door.runtime, project)


@meets("KMS.1404/UnsupportedOrigin")
def _(door: Door) -> Refusal:
    importer = Importer(door)
    importer.done(bytes(32))
    far = replica(door, importer.key)
    return far.refused("import-key-material", importer.body(bytes(32)))


@meets("KMS.3801/ServerFault")
def _(door: Door) -> Refusal:
    project, key = abroad(door), door.key()
    door.add(Switches(offline_regions=project.name))
    return refused(door.ask_broken("POST", f"/v2/{door.project.id}/kms/keys/{key}/replicate", {
        "replica_region": project.name, "replica_project_id": project.id, "key_alias": "far",
    }))  # fmt: skip


@meets("KMS.3802/ServerFault")
def _(door: Door) -> Refusal:
    key = door.key()
    far = replica(door, key)
    door.add(Switches(offline_regions=door.project.name))
    return refused(far.ask_broken("POST", far.path("disable-key"), {"key_id": key}))


@meets("KMS.3803/ReadOnlyReplica")
def _(door: Door) -> Refusal:
    key = door.key()
    far = replica(door, key)
    with door.runtime.store.begin(write=True) as uow:
        uow.of(Key).put(replace(uow.of(Key).get(key), sync=False))
    return far.refused("disable-key", {"key_id": key})


@meets("KMS.3901/ResourceNotFound")
def _(door: Door) -> Refusal:
    return door.refused_at("GET", f"/v2/{door.project.id}/kms/jobs/none")


# ── capsules ──────────────────────────────────────────────────────────────────


@meets("KMS.2801/InvalidParameter")
def _(door: Door) -> Refusal:
    period = {"startTime": "2026-01-02T00:00:00Z", "endTime": "2026-01-01T00:00:00Z"}
    policy = json.dumps({"version": "1.0", "validityPeriod": period, "allowedAccessPoint": []})
    body = {"keyspace_id": door.runtime.entropy.uuid(), "policy_name": "p", "policy": policy}
    return door.refused("key-policies", body)


# ── operators ─────────────────────────────────────────────────────────────────


def operated(method: str, path: str, body: dict[str, Any], *names: str, key: bool = False, **headers: str) -> None:
    """A scenario that is one request of an operator."""

    def scenario(door: Door) -> Refusal:
        door.add(Operator(token_digest(TOKEN), "op", 0))
        if key:
            door.ok("create-grant", **grant(door, door.key()))
        sent = {"x-auth-token": TOKEN, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return refused(door.ask_broken(method, door.path(path), body, headers=sent))

    meets(*names)(scenario)


ID = {"service_transaction_id": "0d0466b0-e727-4d9c-b35d-f84bb474a37f"}
TENANT = "0" * 32
operated("PUT", "user-quotas", {"quota_type": "CMK", "quota": 1_000_001}, "KMS.2301/InvalidParameter", key=True)
operated("PUT", "user-quotas", {"quota_type": "CMK", "quota": 99}, "KMS.2302/InvalidParameter", key=True)
operated("PUT", "user-quotas", {"quota_type": "disks", "quota": 200}, "KMS.2303/InvalidParameter")
operated("PUT", "user-quotas", {"quota_type": "grant_per_CMK", "quota": 200}, "KMS.2304/UnsupportedOperation")
operated("PUT", "user-quotas", {"quota_type": "CMK", "quota": 200}, "KMS.2305/UnsupportedOperation")
operated("PUT", "tenants/nobody", {"kms_status": "frozen"}, "KMS.3103/InvalidParameter")
operated("PUT", f"tenants/{TENANT}", {"kms_status": "frozen"}, "KMS.3103/ResourceNotFound")
operated("PUT", f"tenants/{TENANT}", {"kms_status": "cold"}, "KMS.3702/InvalidParameter")
operated("POST", "orders", {"resource_type": "CMK"}, "KMS.3201/ServerFault", **ID)
operated("POST", "orders", {"resource_type": "disks"}, "KMS.3202/ServerFault", **ID)
operated("POST", "orders", {"resource_type": "CMK"}, "KMS.3902/InvalidParameter", service_transaction_id="7")
operated("POST", "orders", {"resource_type": "CMK"}, "KMS.3903/MissingParameter")
NOTICE = {"tenant_id": TENANT, "service_name": "events", "service_url": "https://example.org/"}
operated("POST", "notifications", {**NOTICE, "service_name": "?"}, "KMS.4001/InvalidParameter", **ID)
operated("POST", "notifications", {**NOTICE, "service_url": "ftp://x"}, "KMS.4002/InvalidParameter", **ID)


# ── an external policy decision point ─────────────────────────────────────────


class Decisions:
    """A policy decision point that answers, or does not."""

    def __init__(self, status: int, body: bytes = b"") -> None:
        self.status, self.body = status, body
        self.request_context: list[dict[str, Any]] = []

    def decide(self, url: str, question: Mapping[str, str]) -> tuple[int, bytes]:
        self.request_context.append(dict(question))
        return self.status, self.body


def decided(decisions: Decisions, *names: str, **headers: str) -> None:
    def scenario(door: Door) -> Refusal:
        key = door.key()
        door.add(Switches(authorizer="http://127.0.0.1:9/decide"))
        door.runtime.gate.authorizer = decisions
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return refused(door.ask_broken("POST", door.path("describe-key"), {"key_id": key}, headers=sent))

    meets(*names)(scenario)


decided(Decisions(0), "KMS.5012/Unavailable")
decided(Decisions(500), "KMS.5021/ServerFault")
decided(Decisions(200, b'{"allow": true}'), "KMS.5023/InvalidParameter", x_pdp5_context="not base64")
