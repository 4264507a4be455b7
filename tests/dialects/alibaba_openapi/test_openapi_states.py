"""The whole table "impact of key states on API calls", cell by cell, for every operation that names a key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from alibaba_openapi import importing
from alibaba_openapi.provoke_keys import DIGEST, wrapper

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
    return lambda _door, key_id: {"KeyId": key_id, **parameters}


def with_version(**parameters: str) -> Ask:
    def ask(door: Any, key_id: str) -> dict[str, str]:
        return {"KeyId": key_id, "KeyVersionId": version_of(door, key_id), **parameters}

    return ask


def version_of(door: Any, key_id: str) -> str:
    return str(door.ok("DescribeKey", {"KeyId": key_id})["KeyMetadata"]["PrimaryKeyVersion"])


def blob(door: Any, key_id: str) -> str:
    """A ciphertext the key might have made."""
    import base64  # noqa: PLC0415

    return base64.b64encode(b"\x24\x00\x02" + version_of(door, key_id).encode() + bytes(40)).decode()


def import_(door: Any, key_id: str) -> dict[str, str]:
    found: dict[str, str] = importing.request(door, key_id, Material)
    return found


def moved_to(door: Any, key_id: str) -> dict[str, str]:
    ciphertext = door.ok("Encrypt", {"KeyId": door.key(), "Plaintext": "eA=="})["CiphertextBlob"]
    return {"CiphertextBlob": ciphertext, "DestinationKeyId": key_id}


def alias_moved(door: Any, key_id: str) -> dict[str, str]:
    door.ok("CreateAlias", {"KeyId": door.key(), "AliasName": "alias/moves"})
    return {"KeyId": key_id, "AliasName": "alias/moves"}


def alias_deleted(door: Any, key_id: str) -> dict[str, str]:
    with door.runtime.store.begin(write=True) as uow:
        from bitting.core.model.key import Alias  # noqa: PLC0415

        ring = door.runtime.founded.account.ring
        uow.of(Alias).add(Alias(f"{ring}/alias/gone", ring, door.account, "alias/gone", key_id, 1, 1))
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
    ("GenerateAndExportDataKey", AES, lambda door, key_id: {"KeyId": key_id, **wrapper(door)}, USE),
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


def key_in(door: Any, state: str, kind: str) -> str:
    """A key of that kind in that state; all but those waiting for material are a month old."""
    origin = "EXTERNAL" if state == "PendingImport" or kind == EXTERNAL else ""
    spec = AES if kind == EXTERNAL else kind
    key_id: str = door.key(Origin=origin, KeySpec=spec, KeyUsage=USAGES.get(kind, ""))
    if kind == EXTERNAL and state != "PendingImport":
        door.ok("ImportKeyMaterial", import_(door, key_id))
    door.runtime.clock.advance(days=30)
    if state == "Disabled":
        door.ok("DisableKey", {"KeyId": key_id})
    if state == "PendingDeletion":
        door.ok("ScheduleKeyDeletion", {"KeyId": key_id, "PendingWindowInDays": "7"})
    return key_id


def state_of(door: Any, key_id: str) -> str:
    return str(door.ok("DescribeKey", {"KeyId": key_id})["KeyMetadata"]["KeyState"])


CELLS = [
    pytest.param(action, kind, ask, state, row[at], id=f"{action}-{state}")
    for action, kind, ask, row in TABLE
    for at, state in enumerate(STATES)
]


@pytest.mark.parametrize(("action", "kind", "ask", "state", "expected"), CELLS)
def test_cell(door: Any, action: str, kind: str, ask: Ask, state: str, expected: tuple[int, str]) -> None:
    key_id = key_in(door, state, kind)
    assert state_of(door, key_id) == state
    status, body = door.ask(action, ask(door, key_id))
    assert (status, body.get("Code", "")) == expected
    if expected != OK:
        assert state_of(door, key_id) == state


@pytest.mark.parametrize(("action", "kind"), [("Decrypt", AES), ("ReEncrypt", AES), ("ExportDataKey", AES)])
@pytest.mark.parametrize("state", STATES)
def test_the_key_a_ciphertext_names(door: Any, action: str, kind: str, state: str) -> None:
    """The state is looked at before the ciphertext: this one would not open."""
    key_id = key_in(door, state, kind)
    given = {"CiphertextBlob": blob(door, key_id), "DestinationKeyId": door.key(), **wrapper(door)}
    expected = dict(zip(STATES, USE, strict=True))[state]
    if expected == OK:
        expected = (400, "InvalidParameter")
    assert door.code(action, given) == expected


def test_every_operation_that_names_a_key_has_a_line(door: Any) -> None:
    listed = {action for action, *_ in TABLE} | {"Decrypt", "ExportDataKey", "AsymmetricDecrypt", "GetKeyPolicy"}
    named = {name for name, row in door.dialect.operations.items() if row.use is not None and row.use.key is not None}
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
def test_transitions(door: Any, kind: str, state: str, action: str, after: str) -> None:
    key_id = key_in(door, state, kind)
    ask = import_(door, key_id) if action == "ImportKeyMaterial" else {"KeyId": key_id, "PendingWindowInDays": "7"}
    door.ok(action, ask)
    assert state_of(door, key_id) == after


def test_expired_material_leaves_the_key_waiting(door: Any) -> None:
    key_id = door.key(Origin="EXTERNAL")
    expires = door.runtime.clock.now_ms() // 1000 + 86_400
    door.ok("ImportKeyMaterial", importing.request(door, key_id, Material, expires))
    shown = door.ok("DescribeKey", {"KeyId": key_id})["KeyMetadata"]
    assert (shown["KeyState"], shown["MaterialExpireTime"]) == ("Enabled", "2026-11-22T12:00:00Z")
    door.runtime.clock.advance(days=1)
    assert state_of(door, key_id) == "PendingImport"
    assert door.code("Encrypt", {"KeyId": key_id, "Plaintext": "eA=="}) == PENDING_IMPORT
    door.ok("ImportKeyMaterial", importing.request(door, key_id, Material))
    assert state_of(door, key_id) == "Enabled"


def test_a_deletion_that_is_due_has_happened(door: Any) -> None:
    """Before anybody has swept it away: not described, not listed, not counted, not named by its alias."""
    stays, goes = door.key(), key_in(door, "Enabled", AES)
    door.ok("CreateAlias", {"KeyId": goes, "AliasName": "alias/goes"})
    door.ok("ScheduleKeyDeletion", {"KeyId": goes, "PendingWindowInDays": "7"})
    assert door.keys() == 2
    door.runtime.clock.advance(days=7)
    listed = door.ok("ListKeys")
    assert ([key["KeyId"] for key in listed["Keys"]["Key"]], listed["TotalCount"]) == ([stays], 1)
    assert door.code("DescribeKey", {"KeyId": goes}) == (404, "Forbidden.KeyNotFound")
    assert door.code("Encrypt", {"KeyId": "alias/goes", "Plaintext": "eA=="})[0] == 404
