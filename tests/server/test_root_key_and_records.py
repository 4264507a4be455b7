"""The root key belongs to its data, and records that say who may do what were written by this service."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from bitting.core import faults
from bitting.core.material import KeyMaterial
from bitting.core.model.identity import AccessPolicy, Account, ClientKey, Project, User
from bitting.core.model.service import Operator, Quota
from bitting.core.reveal import reveal
from bitting.core.usecases.iam.credentials import operator
from bitting.providers.software.wrap import KEY_LABEL, SECRET_LABEL, RootWrap
from bitting.settings import Settings
from bitting.stores.sql.driver_errors import translate_errors
from bitting.wiring import WRONG_ROOT_KEY, Runtime, build, prepare


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(data_dir=str(tmp_path / "data"), http="", https="")
    prepare(made)
    return made


def execute(settings: Settings, *statement: object) -> None:
    with sqlite3.connect(settings.directory / "bitting.db") as connection:
        connection.execute(*statement)


def reason_of(settings: Settings) -> str:
    with pytest.raises(faults.Unavailable) as caught:
        prepare(settings)
    return caught.value.detail("reason")


def test_another_root_key_is_refused_at_start_and_when_asked(settings: Settings) -> None:
    prepare(settings)
    root_key = settings.directory / "root.key"
    right = root_key.read_bytes()
    runtime = build(settings)
    assert runtime.app._ready() == ""
    root_key.write_bytes(os.urandom(32))
    assert reason_of(settings) == WRONG_ROOT_KEY
    root_key.write_bytes(right)
    execute(settings, "update meta set value = 'another' where name = 'root_key_check'")
    assert runtime.app._ready() == WRONG_ROOT_KEY
    runtime.close()


def test_no_root_key_is_made_over_data_whose_files_are_lost(settings: Settings) -> None:
    for name in ("root.key", "credentials.json"):
        (settings.directory / name).unlink()
    assert "root.key" in reason_of(settings)
    assert not (settings.directory / "root.key").exists()


def test_a_database_from_before_is_tied_to_the_key_that_opens_it(settings: Settings) -> None:
    for statement in ("delete from meta where name = 'root_key_check'", "delete from record_codes"):
        execute(settings, statement)
    assert "lost its check values" in reason_of(settings)
    (settings.directory / ".authenticated").unlink()
    right = (settings.directory / "root.key").read_bytes()
    (settings.directory / "root.key").write_bytes(os.urandom(32))
    assert reason_of(settings) == WRONG_ROOT_KEY
    (settings.directory / "root.key").write_bytes(right)
    prepare(settings)
    with opened(settings).store.begin(write=False) as uow:
        assert [user.name for user in uow.of(User).find()] == ["admin"]


def opened(settings: Settings) -> Runtime:
    return build(settings)


def test_a_forged_operator_does_nothing(settings: Settings) -> None:
    digest = hashlib.sha256(b"mine").hexdigest()
    execute(settings, "insert into operators (id, name, created_ms) values (?, 'me', 1)", (digest,))
    runtime = build(settings)
    with pytest.raises(faults.StoreFailed):
        operator(runtime.gate.cache.loading, "mine")
    token = (settings.directory / "operator.token").read_text().strip()
    assert operator(runtime.gate.cache.loading, token) is not None
    runtime.close()


@pytest.mark.parametrize(
    "forged",
    [
        "update users set admin = 1 - admin",
        "update users set password = 'x'",
        "update accounts set ring = 'another'",
        "update projects set account_id = 'another'",
        'update access_policies set resources = \'["key/*","key/x"]\'',
        "update client_keys set public = x'00'",
        "update record_codes set code = x'00'",
        "delete from record_codes",
        "update record_codes set id = id || 'x'",
    ],
)
def test_a_changed_record_is_not_read(settings: Settings, forged: str) -> None:
    execute(settings, forged)
    runtime = build(settings)
    with pytest.raises(faults.StoreFailed):
        read_all(runtime)
    runtime.close()


def read_all(runtime: Runtime) -> None:
    with runtime.store.begin(write=False) as uow:
        for kind in (User, Account, Project, AccessPolicy, ClientKey):
            uow.of(kind).find()


def test_codes_follow_their_records(settings: Settings) -> None:
    runtime = build(settings)
    record = Operator("a" * 64, "one", 1)
    with runtime.store.begin(write=True) as uow:
        uow.of(Operator).add(record)
        uow.of(Operator).put(Operator("a" * 64, "two", 1))
    with runtime.store.begin(write=True) as uow:
        found = uow.of(Operator).get("a" * 64)
        assert found is not None
        assert found.name == "two"
        assert uow.of(Operator).remove("a" * 64)
        uow.of(Operator).add(record)
    runtime.close()


def test_a_full_disk_is_unavailable_and_not_a_failure(settings: Settings) -> None:
    runtime = build(settings)
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL
    with pytest.raises(faults.Unavailable), translate_errors():
        raise OperationalError("insert", {}, full)
    broken = sqlite3.OperationalError("disk I/O error")
    with pytest.raises(faults.StoreFailed), translate_errors():
        raise OperationalError("insert", {}, broken)
    runtime.close()


def test_a_database_that_may_not_grow_answers_the_row_for_unavailable(settings: Settings) -> None:
    """SQLite's own limit of pages stands in for a full disk: it is the same error."""
    runtime = build(settings)
    with pytest.raises(faults.Unavailable):
        fill(runtime)
    runtime.close()


def fill(runtime: Runtime) -> None:
    with runtime.store.begin(write=True) as uow:
        uow.read(text("pragma max_page_count = 1"))
        for number in range(100):
            uow.of(Quota).add(Quota(f"{number}/{'x' * 2000}", "s", "n", 1))


def test_former_wraps_still_open_and_new_ones_have_a_key_for_each_purpose() -> None:
    root = KeyMaterial(os.urandom(32))
    wrap = RootWrap(Fixed(root))
    secret = KeyMaterial(b"secret")
    iv = os.urandom(12)
    former = b"\x01" + iv + AESGCM(reveal(root)).encrypt(iv, b"secret", SECRET_LABEL + b"b")
    assert reveal(wrap.unwrap(SECRET_LABEL, former, b"b")) == b"secret"
    made = wrap.wrap(SECRET_LABEL, secret, b"b")
    assert made[:1] == b"\x02"
    assert reveal(wrap.unwrap(SECRET_LABEL, made, b"b")) == b"secret"
    for label, wrapped in ((KEY_LABEL, made), (SECRET_LABEL, b"\x01" + made[1:]), (SECRET_LABEL, b"\x03" + made[1:])):
        with pytest.raises(faults.ProviderFailed):
            wrap.unwrap(label, wrapped, b"b")
    with pytest.raises(InvalidTag):
        AESGCM(reveal(root)).decrypt(made[1:13], made[13:], SECRET_LABEL + b"b")


class Fixed:
    """A seal that is open."""

    def __init__(self, key: KeyMaterial) -> None:
        self._key = key

    def root_key(self) -> KeyMaterial:
        return self._key
