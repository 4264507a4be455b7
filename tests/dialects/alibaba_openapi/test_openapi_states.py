"""The whole table "impact of key states on API calls", cell by cell, for every operation that names a key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from alibaba_openapi import importing
from alibaba_openapi.scenarios_keys import DIGEST, wrapper

DISABLED = (409, "Rejected.Disabled")
PENDING_DELETION = (409, "Rejected.PendingDeletion")
PENDING_IMPORT = (409, "Rejected.PendingImport")
MODIFIED = (409, "Rejected.StateModifiedFailed")
OK = (200, "")
STATES = ("Enabled", "Disabled", "PendingDeletion", "PendingImport")
READ = (OK, OK, OK, OK)
USE = (OK, DISABLED, PENDING_DELETION, PENDING_IMPORT)
EDIT = (OK, OK, PENDING_DELETION, OK)

Ask = Callable[[Any, str], dict[str, str]]
Material = bytes(range(32))


def of_key(**parameters: str) -> Ask:
    return lambda _api, key_id: {"KeyId": key_id, **parameters}


def with_version(**parameters: str) -> Ask:
    def ask(api: Any, key_id: str) -> dict[str, str]:
        return {"KeyId": key_id, "KeyVersionId": version_of(api, key_id), **parameters}

    return ask


def version_of(api: Any, key_id: str) -> str:
    return str(api.ok("DescribeKey", {"KeyId": key_id})["KeyMetadata"]["PrimaryKeyVersion"])


def blob(api: Any, key_id: str) -> str:
    """A ciphertext the key might have made."""
    import base64  # noqa: PLC0415

    return base64.b64encode(b"\x24\x00\x02" + version_of(api, key_id).encode() + bytes(40)).decode()


def import_(api: Any, key_id: str) -> dict[str, str]:
    found: dict[str, str] = importing.request(api, key_id, Material)
    return found


def moved_to(api: Any, key_id: str) -> dict[str, str]:
    ciphertext = api.ok("Encrypt", {"KeyId": api.key(), "Plaintext": "eA=="})["CiphertextBlob"]
    return {"CiphertextBlob": ciphertext, "DestinationKeyId": key_id}


def alias_moved(api: Any, key_id: str) -> dict[str, str]:
    api.ok("CreateAlias", {"KeyId": api.key(), "AliasName": "alias/moves"})
    return {"KeyId": key_id, "AliasName": "alias/moves"}


def alias_deleted(api: Any, key_id: str) -> dict[str, str]:
    with api.runtime.store.begin(write=True) as uow:
        from bitting.core.model.key import Alias  # noqa: PLC0415

        ring = api.runtime.founded.account.ring
        uow.of(Alias).add(Alias(f"{ring}/alias/gone", ring, api.account, "alias/gone", key_id, 1, 1))
    return {"AliasName": "alias/gone"}


AES, RSA, EC, MAC, EXTERNAL = "Aliyun_AES_256", "RSA_2048", "EC_P256", "HMAC_SHA_256", "external"
IMPORT = {"WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}
REGION = {"RegionId": "cn-hangzhou", "ResourceType": "key"}
TAGS = '[{"TagKey":"a","TagValue":"b"}]'

#: (operation, kind of key, parameters, one outcome a state).
TABLE: tuple[tuple[str, str, Ask, tuple[tuple[int, str], ...]], ...] = (
    ("DescribeKey", AES, of_key(), READ),
    ("ListAliasesByKeyId", AES, of_key(), READ),
    ("DeleteAlias", AES, alias_deleted, READ),
    ("ListResourceTags", AES, of_key(), READ),
    ("DescribeKeyVersion", AES, with_version(), READ),
    ("ListKeyVersions", AES, of_key(), READ),
    ("GetParametersForImport", EXTERNAL, of_key(**IMPORT), READ),
    ("DeleteKeyMaterial", EXTERNAL, of_key(), READ),
    ("Encrypt", AES, of_key(Plaintext="eA=="), USE),
    ("GenerateDataKey", AES, of_key(), USE),
    ("GenerateDataKeyWithoutPlaintext", AES, of_key(), USE),
    ("GenerateAndExportDataKey", AES, lambda api, key_id: {"KeyId": key_id, **wrapper(api)}, USE),
    ("ReEncrypt", AES, moved_to, USE),
    ("AdvanceEncrypt", AES, of_key(Plaintext="eA=="), USE),
    ("AsymmetricEncrypt", RSA, with_version(Algorithm="RSAES_OAEP_SHA_1", Plaintext="eA=="), USE),
    ("AsymmetricSign", EC, with_version(Algorithm="ECDSA_SHA_256", Digest=DIGEST), USE),
    ("AsymmetricVerify", EC, with_version(Algorithm="ECDSA_SHA_256", Digest=DIGEST, Value="AAAA"), USE),
    ("GetPublicKey", EC, with_version(), USE),
    ("GenerateMac", MAC, of_key(Algorithm="HMAC_SHA_256", Message="eA=="), USE),
    ("VerifyMac", MAC, of_key(Algorithm="HMAC_SHA_256", Message="eA==", Mac="eA=="), USE),
    ("UpdateRotationPolicy", AES, of_key(EnableAutomaticRotation="false"), USE),
    ("CreateKeyVersion", EC, of_key(), USE),
    ("UpdateKeyDescription", AES, of_key(Description="x"), EDIT),
    ("TagResource", AES, of_key(Tags=TAGS), EDIT),
    ("UntagResource", AES, of_key(TagKeys="a"), EDIT),
    ("TagResources", AES, lambda _d, k: {**REGION, "ResourceId.1": k, "Tag.1.Key": "a"}, EDIT),
    ("UntagResources", AES, lambda _d, k: {**REGION, "ResourceId.1": k, "All": "true"}, EDIT),
    ("ListTagResources", AES, lambda _d, k: {**REGION, "ResourceId.1": k}, READ),
    ("SetDeletionProtection", AES, of_key(EnableDeletionProtection="true"), EDIT),
    ("UpdateAlias", AES, alias_moved, EDIT),
    ("EnableKey", AES, of_key(), (OK, OK, MODIFIED, MODIFIED)),
    ("DisableKey", AES, of_key(), (OK, OK, MODIFIED, MODIFIED)),
    ("ScheduleKeyDeletion", AES, of_key(PendingWindowInDays="7"), (OK, OK, MODIFIED, OK)),
    ("CancelKeyDeletion", AES, of_key(), (MODIFIED, MODIFIED, OK, MODIFIED)),
    ("CreateAlias", AES, of_key(AliasName="alias/new"), (OK, OK, MODIFIED, OK)),
    ("ImportKeyMaterial", EXTERNAL, import_, (OK, OK, MODIFIED, OK)),
)
USAGES = {RSA: "ENCRYPT/DECRYPT"}


def key_in(api: Any, state: str, kind: str) -> str:
    """A key of that kind in that state; all but those waiting for material are a month old."""
    origin = "EXTERNAL" if state == "PendingImport" or kind == EXTERNAL else ""
    spec = AES if kind == EXTERNAL else kind
    key_id: str = api.key(Origin=origin, KeySpec=spec, KeyUsage=USAGES.get(kind, ""))
    if kind == EXTERNAL and state != "PendingImport":
        api.ok("ImportKeyMaterial", import_(api, key_id))
    api.runtime.clock.advance(days=30)
    if state == "Disabled":
        api.ok("DisableKey", {"KeyId": key_id})
    if state == "PendingDeletion":
        api.ok("ScheduleKeyDeletion", {"KeyId": key_id, "PendingWindowInDays": "7"})
    return key_id


def state_of(api: Any, key_id: str) -> str:
    return str(api.ok("DescribeKey", {"KeyId": key_id})["KeyMetadata"]["KeyState"])


CELLS = [
    pytest.param(action, kind, ask, state, row[at], id=f"{action}-{state}")
    for action, kind, ask, row in TABLE
    for at, state in enumerate(STATES)
]


@pytest.mark.parametrize(("action", "kind", "ask", "state", "expected"), CELLS)
def test_cell(api: Any, action: str, kind: str, ask: Ask, state: str, expected: tuple[int, str]) -> None:
    key_id = key_in(api, state, kind)
    assert state_of(api, key_id) == state
    status, body = api.ask(action, ask(api, key_id))
    assert (status, body.get("Code", "")) == expected
    if expected != OK:
        assert state_of(api, key_id) == state


@pytest.mark.parametrize(("action", "kind"), [("Decrypt", AES), ("ReEncrypt", AES), ("ExportDataKey", AES)])
@pytest.mark.parametrize("state", STATES)
def test_the_key_a_ciphertext_names(api: Any, action: str, kind: str, state: str) -> None:
    """The state is looked at before the ciphertext: this one would not open."""
    key_id = key_in(api, state, kind)
    given = {"CiphertextBlob": blob(api, key_id), "DestinationKeyId": api.key(), **wrapper(api)}
    expected = dict(zip(STATES, USE, strict=True))[state]
    if expected == OK:
        expected = (400, "InvalidParameter")
    assert api.code(action, given) == expected


def test_every_operation_that_names_a_key_has_a_line(api: Any) -> None:
    listed = {action for action, *_ in TABLE} | {"Decrypt", "ExportDataKey", "AsymmetricDecrypt", "GetKeyPolicy"}
    named = {name for name, row in api.dialect.operations.items() if row.use is not None and row.use.key is not None}
    assert named <= listed | {"SetKeyPolicy"}


@pytest.mark.parametrize(
    ("kind", "state", "action", "after"),
    [
        (AES, "Enabled", "DisableKey", "Disabled"),
        (AES, "Disabled", "EnableKey", "Enabled"),
        (AES, "Disabled", "ScheduleKeyDeletion", "PendingDeletion"),
        (AES, "PendingDeletion", "CancelKeyDeletion", "Enabled"),
        (EXTERNAL, "PendingImport", "ImportKeyMaterial", "Enabled"),
        (EXTERNAL, "Enabled", "ImportKeyMaterial", "Enabled"),
        (EXTERNAL, "Disabled", "ImportKeyMaterial", "Disabled"),
        (EXTERNAL, "Enabled", "DeleteKeyMaterial", "PendingImport"),
        (EXTERNAL, "Disabled", "DeleteKeyMaterial", "PendingImport"),
        (EXTERNAL, "PendingImport", "DeleteKeyMaterial", "PendingImport"),
        (EXTERNAL, "PendingDeletion", "DeleteKeyMaterial", "PendingDeletion"),
    ],
)
def test_transitions(api: Any, kind: str, state: str, action: str, after: str) -> None:
    key_id = key_in(api, state, kind)
    ask = import_(api, key_id) if action == "ImportKeyMaterial" else {"KeyId": key_id, "PendingWindowInDays": "7"}
    api.ok(action, ask)
    assert state_of(api, key_id) == after


def test_expired_material_leaves_the_key_waiting(api: Any) -> None:
    key_id = api.key(Origin="EXTERNAL")
    expires = api.runtime.clock.now_ms() // 1000 + 86_400
    api.ok("ImportKeyMaterial", importing.request(api, key_id, Material, expires))
    shown = api.ok("DescribeKey", {"KeyId": key_id})["KeyMetadata"]
    assert (shown["KeyState"], shown["MaterialExpireTime"]) == ("Enabled", "2026-11-22T12:00:00Z")
    api.runtime.clock.advance(days=1)
    assert state_of(api, key_id) == "PendingImport"
    assert api.code("Encrypt", {"KeyId": key_id, "Plaintext": "eA=="}) == PENDING_IMPORT
    api.ok("ImportKeyMaterial", importing.request(api, key_id, Material))
    assert state_of(api, key_id) == "Enabled"


def test_a_deletion_that_is_due_has_happened(api: Any) -> None:
    """Before anybody has swept it away: not described, not listed, not counted, not named by its alias."""
    stays, goes = api.key(), key_in(api, "Enabled", AES)
    api.ok("CreateAlias", {"KeyId": goes, "AliasName": "alias/goes"})
    api.ok("ScheduleKeyDeletion", {"KeyId": goes, "PendingWindowInDays": "7"})
    assert api.keys() == 2
    api.runtime.clock.advance(days=7)
    listed = api.ok("ListKeys")
    assert ([key["KeyId"] for key in listed["Keys"]["Key"]], listed["TotalCount"]) == ([stays], 1)
    assert api.code("DescribeKey", {"KeyId": goes}) == (404, "Forbidden.KeyNotFound")
    assert api.code("Encrypt", {"KeyId": "alias/goes", "Plaintext": "eA=="})[0] == 404
