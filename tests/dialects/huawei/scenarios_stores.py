"""How the errors of key stores, regions, capsules, policy decisions and operators' operations are met."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from huawei.conftest import ApiClient
from huawei.scenarios import Refusal, meets
from huawei.scenarios_more import Importer, grant

from bitting.core.model.identity import Project
from bitting.core.model.key import Key
from bitting.core.model.keystore import Keystore
from bitting.core.model.service import Operator, Switches
from bitting.core.usecases.iam.credentials import token_digest

TOKEN = "an operator's token"


def stores(api: ApiClient, rest: str = "") -> str:
    return f"/v1.0/{api.project.id}/keystores{rest}"


def store(api: ApiClient, **more: Any) -> str:
    status, body = api.ask_at("POST", stores(api), {"keystore_alias": "own", "keystore_type": "DHSM", **more})
    assert status == 200, body
    return str(body["keystore"]["keystore_id"])


@meets("KMS.0317/KeyStateFault")
def _(api: ApiClient) -> Refusal:
    held = store(api)
    key = api.key(keystore_id=held)
    assert api.ask_at("POST", stores(api, f"/{held}/disable"))[0] == 200
    return api.refused("encrypt-data", {"key_id": key, "plain_text": "x"})


@meets("KMS.0318/ResourceExists")
def _(api: ApiClient) -> Refusal:
    store(api)
    return api.refused_at("POST", stores(api), {"keystore_alias": "own"})


@meets("KMS.0322/PartitionDenied")
def _(api: ApiClient) -> Refusal:
    held = store(api)
    key = api.key(keystore_id=held)
    with api.runtime.store.begin(write=True) as uow:
        uow.of(Keystore).put(replace(uow.of(Keystore).get(held), members=("somebody",)))
    return api.refused("encrypt-data", {"key_id": key, "plain_text": "x"})


@meets("KMS.0338/UnsupportedOperation")
def _(api: ApiClient) -> Refusal:
    return api.refused("enable-key-rotation", {"key_id": api.key(keystore_id=store(api))})


@meets("KMS.0339/UnsupportedOperation")
def _(api: ApiClient) -> Refusal:
    return api.refused("create-key", {"key_alias": "a", "origin": "external", "keystore_id": store(api)})


@meets("KMS.0340/UnsupportedOperation")
def _(api: ApiClient) -> Refusal:
    api.add(Switches(keystores=False))
    return api.refused_at("POST", stores(api), {"keystore_alias": "own"})


@meets("KMS.1603/InvalidParameter")
def _(api: ApiClient) -> Refusal:
    return api.refused_at("GET", stores(api), query="offset=-1")


@meets("KMS.2406/PartitionDenied")
def _(api: ApiClient) -> Refusal:
    return api.refused("create-grant", grant(api, api.key(keystore_id=store(api, keystore_type="DEFAULT"))))


@meets("KMS.0308/Conflict")
def _(api: ApiClient) -> Refusal:
    api.project = api.founded.project
    held = store(api)
    api.key(keystore_id=held)
    return api.refused_at("DELETE", stores(api, f"/{held}"))


# ── regions ───────────────────────────────────────────────────────────────────


def abroad(api: ApiClient) -> Project:
    """A project of the account in another region."""
    ring = api.runtime.entropy.uuid()
    project = Project(api.runtime.entropy.random(16).hex(), api.founded.account.id, "cn-far-1", "huawei", ring, 0)
    api.add(project)
    return project


def replicate(api: ApiClient, key: str, project: Project) -> tuple[int, dict[str, Any]]:
    body = {
        "key_id": key, "replica_region": project.name, "replica_project_id": project.id, "key_alias": "far",
    }  # fmt: skip
    return api.ask_at("POST", f"/v2/{api.project.id}/kms/keys/{key}/replicate", body)


def refused(answer: tuple[int, dict[str, Any]]) -> Refusal:
    status, body = answer
    return status, body["error"]["error_code"], body["error"]["error_msg"]


def replica(api: ApiClient, key: str) -> ApiClient:
    """The api of the other region, where a replica of the key is."""
    project = abroad(api)
    assert replicate(api, key, project)[0] == 200
    return ApiClient(api.runtime, project)


@meets("KMS.1404/UnsupportedOrigin")
def _(api: ApiClient) -> Refusal:
    importer = Importer(api)
    importer.done(bytes(32))
    far = replica(api, importer.key)
    return far.refused("import-key-material", importer.body(bytes(32)))


@meets("KMS.3801/ServerFault")
def _(api: ApiClient) -> Refusal:
    project, key = abroad(api), api.key()
    api.add(Switches(offline_regions=project.name))
    return refused(api.ask_broken("POST", f"/v2/{api.project.id}/kms/keys/{key}/replicate", {
        "replica_region": project.name, "replica_project_id": project.id, "key_alias": "far",
    }))  # fmt: skip


@meets("KMS.3802/ServerFault")
def _(api: ApiClient) -> Refusal:
    key = api.key()
    far = replica(api, key)
    api.add(Switches(offline_regions=api.project.name))
    return refused(far.ask_broken("POST", far.path("disable-key"), {"key_id": key}))


@meets("KMS.3803/ReadOnlyReplica")
def _(api: ApiClient) -> Refusal:
    key = api.key()
    far = replica(api, key)
    with api.runtime.store.begin(write=True) as uow:
        uow.of(Key).put(replace(uow.of(Key).get(key), sync=False))
    return far.refused("disable-key", {"key_id": key})


@meets("KMS.3901/ResourceNotFound")
def _(api: ApiClient) -> Refusal:
    return api.refused_at("GET", f"/v2/{api.project.id}/kms/jobs/none")


# ── capsules ──────────────────────────────────────────────────────────────────


@meets("KMS.2801/InvalidParameter")
def _(api: ApiClient) -> Refusal:
    period = {"startTime": "2026-01-02T00:00:00Z", "endTime": "2026-01-01T00:00:00Z"}
    policy = json.dumps({"version": "1.0", "validityPeriod": period, "allowedAccessPoint": []})
    body = {"keyspace_id": api.runtime.entropy.uuid(), "policy_name": "p", "policy": policy}
    return api.refused("key-policies", body)


# ── operators ─────────────────────────────────────────────────────────────────


def operated(method: str, path: str, body: dict[str, Any], *names: str, key: bool = False, **headers: str) -> None:
    """A scenario that is one request of an operator."""

    def scenario(api: ApiClient) -> Refusal:
        api.add(Operator(token_digest(TOKEN), "op", 0))
        if key:
            api.ok("create-grant", **grant(api, api.key()))
        sent = {"x-auth-token": TOKEN, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return refused(api.ask_broken(method, api.path(path), body, headers=sent))

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
        self.questions: list[dict[str, Any]] = []

    def decide(self, url: str, question: Mapping[str, str]) -> tuple[int, bytes]:
        self.questions.append(dict(question))
        return self.status, self.body


def decided(decisions: Decisions, *names: str, **headers: str) -> None:
    def scenario(api: ApiClient) -> Refusal:
        key = api.key()
        api.add(Switches(authorizer="http://127.0.0.1:9/decide"))
        api.runtime.gate.authorizer = decisions
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return refused(api.ask_broken("POST", api.path("describe-key"), {"key_id": key}, headers=sent))

    meets(*names)(scenario)


decided(Decisions(0), "KMS.5012/Unavailable")
decided(Decisions(500), "KMS.5021/ServerFault")
decided(Decisions(200, b'{"allow": true}'), "KMS.5023/InvalidParameter", x_pdp5_context="not base64")
