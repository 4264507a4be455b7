"""Managed data keys and challenges."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from alibaba_openapi.test_openapi_account import document, request_context, statement, user
from alibaba_openapi.test_openapi_instances import operate

from bitting.core import faults
from bitting.core.model.access import ManagedDataKey
from bitting.core.usecases.crypto import managed_data_keys


def keep(door: Any, key_id: str, name: str = "orders") -> Any:
    return operate(door, managed_data_keys.store_version, managed_data_keys.StoreDataKey(door.account, name, key_id))


def get(door: Any, **more: str) -> dict[str, Any]:
    return door.ok("GetManagedDataKey", {"DataKeyName": "orders", **more})


def test_a_data_key_in_versions(door: Any) -> None:
    key_id = door.key()
    for _ in range(3):
        keep(door, key_id)
    first, latest, second = get(door), get(door, UseLatest="True"), get(door, DataKeyVersionId="2")
    assert [found["DataKeyVersionId"] for found in (first, latest, second)] == ["1", "3", "2"]
    assert second["DataKeyVersionName"] == "acs/datakey/orders/2"
    assert second["DataKeyName"] == "orders"
    plain = {found["Plaintext"] for found in (first, latest, second)}
    assert [len(base64.b64decode(text)) for text in plain] == [32, 32, 32]
    assert get(door) | {"RequestId": ""} == first | {"RequestId": ""}
    page = door.ok("ListManagedDataKeyVersions", {"DataKeyName": "orders", "PageSize": "2", "PageNumber": "2"})
    assert page["ManagedDataKeyVersions"] == {
        "ManagedDataKeyVersion": [{"DataKeyVersionId": "3", "DataKeyVersionName": "acs/datakey/orders/3"}]
    }
    assert (page["DataKeyName"], page["TotalCount"], page["PageNumber"], page["PageSize"]) == ("orders", 3, 2, 2)


def test_what_is_not_there(door: Any) -> None:
    keep(door, door.key())
    no = (404, "Forbidden.ResourceNotFound")
    assert door.code("GetManagedDataKey", {"DataKeyName": "none"}) == no
    assert door.code("ListManagedDataKeyVersions", {"DataKeyName": "none"}) == no
    for version in ("2", "0", "one", "-1", "9" * 20):
        assert door.code("GetManagedDataKey", {"DataKeyName": "orders", "DataKeyVersionId": version}) == no


def test_its_key_must_be_usable(door: Any) -> None:
    key_id = door.key()
    keep(door, key_id)
    door.ok("DisableKey", {"KeyId": key_id})
    assert door.code("GetManagedDataKey", {"DataKeyName": "orders"}) == (409, "Rejected.Disabled")
    with pytest.raises(faults.KeyDisabled):
        keep(door, key_id)
    door.ok("EnableKey", {"KeyId": key_id})
    get(door)
    with pytest.raises(faults.SymmetricKeyRequired):
        keep(door, door.key(KeySpec="RSA_2048", KeyUsage="ENCRYPT/DECRYPT"))


def test_a_user_needs_the_data_key_and_its_key(door: Any) -> None:
    key_id = door.key()
    keep(door, key_id)
    reader = user(door, "reader", (True, "managed_data_key:*", "datakey/orders"))
    no = (403, "Forbidden.NoPermission")
    assert request_context(door, reader, "GetManagedDataKey", DataKeyName="orders") == no
    door.ok("SetKeyPolicy", {"KeyId": key_id, "Policy": document(statement(door, "kms:*"))})
    assert request_context(door, reader, "GetManagedDataKey", DataKeyName="orders") == (200, "")
    assert request_context(door, reader, "GetManagedDataKey", DataKeyName="others") == no


def test_a_version_opens_as_itself_only(door: Any) -> None:
    """The ciphertext is bound to account, name and number: a swapped record does not open."""
    key_id = door.key()
    one, two = keep(door, key_id), keep(door, key_id)
    with door.runtime.store.begin(write=True) as uow:
        records = uow.of(ManagedDataKey)
        records.remove(one.id)
        records.add(ManagedDataKey(one.id, one.account_id, one.ring, one.name, 1, key_id, two.sealed, 0))
    assert door.code("GetManagedDataKey", {"DataKeyName": "orders"})[0] == 400


def test_a_challenge_is_new_each_time(door: Any) -> None:
    first, second = door.ok("GetChallenge"), door.ok("GetChallenge")
    assert len(base64.b64decode(first["Nonce"])) >= 16
    assert first["Nonce"] != second["Nonce"]
    assert first["Nonce"] not in first["ChallengeToken"]
