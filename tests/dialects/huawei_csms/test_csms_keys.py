"""The key of a secret is used through the gate: key stores, grants and states hold for secrets as for encrypt-data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from huawei.limited_users import guest
from huawei.test_huawei_grants import entrance, other_account
from huawei_csms.csms_api import Csms

from bitting.core.model.identity import User
from bitting.core.model.key import Key
from bitting.core.model.keystore import Keystore, KeystoreState

NEW = {"name": "db2", "secret_string": "x"}


def in_store(csms: Csms, **fields: Any) -> str:
    """The secret ``db`` under a key that is then put into a key store."""
    key_id = csms.api.key()
    csms.create(kms_key_id=key_id)
    founded = csms.api.founded
    base = Keystore("s-1", 1, founded.account.ring, founded.account.id, "store", "DHSM", "", KeystoreState.ENABLED, 1)
    csms.api.add(replace(base, **fields))
    with csms.runtime.store.begin(write=True) as uow:
        key = uow.of(Key).get(key_id)
        assert key is not None
        uow.of(Key).put(replace(key, keystore_id="s-1"))
    return key_id


def calls(csms: Csms, key_id: str) -> dict[str, Any]:
    """Every way to use the key for a secret, by name: what is answered."""
    return {
        "show-secret-version": csms.send("show-secret-version", secret_name="db", version_id="latest"),
        "create-secret-version": csms.send("create-secret-version", {"secret_string": "two"}, secret_name="db"),
        "create-secret": csms.send("create-secret", {**NEW, "kms_key_id": key_id}),
        "update-secret": csms.send("update-secret", {"kms_key_id": key_id}, secret_name="db"),
        "download-secret-blob": csms.send("download-secret-blob", secret_name="db"),
    }


def test_a_disabled_key_store_serves_no_secret(csms: Csms) -> None:
    key_id = in_store(csms, state=KeystoreState.DISABLED)
    assert {name: answer.status for name, answer in calls(csms, key_id).items() if answer.status < 400} == {}


def test_who_is_no_member_of_the_store(csms: Csms) -> None:
    key_id = in_store(csms, members=("somebody",))
    assert {name: answer.status for name, answer in calls(csms, key_id).items() if answer.status < 400} == {}


def test_a_member_goes_on(csms: Csms) -> None:
    key_id = in_store(csms, members=(csms.api.founded.user.id,))
    assert {name: answer.status for name, answer in calls(csms, key_id).items() if answer.status >= 400} == {}


@pytest.mark.parametrize(
    ("granted", "status"), [("describe-key", 403), ("create-datakey", 200)], ids=["describe only", "seal"]
)
def test_a_granted_key_seals_if_the_grant_says_so(csms: Csms, granted: str, status: int) -> None:
    key_id = csms.api.key()
    other, user = other_account(csms.api)
    csms.api.ok("create-grant", key_id=key_id, grantee_principal=user.id, operations=[granted])
    theirs = Csms(other)
    answer = theirs.send("create-secret", {**NEW, "kms_key_id": key_id})
    assert answer.status == status
    if status == 200:
        assert theirs.send("show-secret-version", secret_name="db2", version_id="latest").status == 403


def test_whom_no_right_lets_use_the_key(csms: Csms) -> None:
    key_id = csms.api.key()
    csms.create(kms_key_id=key_id)
    reader_id = guest(csms.api, (True, ("secret:*",), ("*",)))
    with csms.runtime.store.begin(write=False) as uow:
        reader = uow.of(User).get(reader_id)
    assert reader is not None
    theirs = Csms(entrance(csms.api, reader))
    assert {name: answer.status for name, answer in calls(theirs, key_id).items() if answer.status != 403} == {}
