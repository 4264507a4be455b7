"""What the clock does to keys: erases, expires, rotates; and rotation on demand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bitting.core import faults
from bitting.core.model.job import Job
from bitting.core.model.key import Alias, Key, KeyRef, KeyState, KeyVersion, Origin, RotationState
from bitting.core.scheduler import Scheduler
from bitting.core.usecases.crypto import encryption as crypto
from bitting.core.usecases.keys import aliases, deletion, due_keys, versions
from bitting.core.usecases.keys import lifecycle as keys
from bitting.core.usecases.keys.sweeps import FROZEN_WAIT_MS, SWEEPS

DAY_S = 86_400


@pytest.fixture
def sweeper(session):
    def failed(where, error):
        raise AssertionError(where) from error

    return Scheduler(session.runtime.gate, {}, SWEEPS, "w", failed)


def make(session, **given):
    return session.run(keys.create, keys.CreateKey(**given))


def by_id(key):
    return KeyRef.by_id(key.id)


def test_keys_and_what_hangs_on_them_go_when_their_deletion_is_due(session, sweeper):
    doomed = [make(session) for _ in range(25)]
    kept = make(session)
    for number, key in enumerate(doomed):
        session.run(aliases.create, aliases.SetAlias(by_id(key), f"alias/a{number}"))
        session.run(deletion.schedule_deletion, deletion.ScheduleDeletion(by_id(key), 7))
    assert sweeper.run_due() == 0
    session.clock.advance(days=7)
    assert sweeper.run_due() + sweeper.run_due() == 2
    assert sweeper.run_due() == 0
    assert [key.id for key in session.all(Key)] == [kept.id]
    assert [version.key_id for version in session.all(KeyVersion)] == [kept.id]
    assert session.all(Alias) == []
    assert session.all(Job) == []
    assert {event.operation for event in session.runtime.trail.events if event.dialect == "scheduler"} == {"keys.erase"}


def test_a_cancelled_deletion_is_no_deletion(session, sweeper):
    key = make(session)
    session.run(deletion.schedule_deletion, deletion.ScheduleDeletion(by_id(key), 7))
    session.run(deletion.cancel_deletion, deletion.CancelDeletion(by_id(key)))
    session.clock.advance(days=8)
    assert sweeper.run_due() == 0
    assert session.run(keys.describe, keys.KeyCommand(by_id(key))).state is KeyState.ENABLED


def test_expired_material_is_erased_and_its_fingerprint_kept(session, sweeper):
    key = make(session)
    with session.runtime.store.begin(write=True) as uow:
        held = replace(key, material_expires_ms=session.clock.now_ms() + 1000, material_fingerprint=b"f" * 32)
        uow.of(Key).put(held)
    session.clock.advance(seconds=1)
    assert sweeper.run_due() == 1
    (held,) = session.all(Key)
    assert (held.state, held.material_expires_ms) == (KeyState.PENDING_IMPORT, 0)
    assert held.material_fingerprint == b"f" * 32
    assert [version.wrapped for version in session.all(KeyVersion)] == [b""]


def test_a_key_rotates_every_interval_and_old_ciphertexts_open(session, sweeper):
    key = make(session, rotation_interval_s=7 * DAY_S)
    old = session.run(crypto.encrypt, crypto.Encrypt(by_id(key), b"before"))
    session.clock.advance(days=7)
    assert sweeper.run_due() == 1
    assert sweeper.run_due() == 0
    session.clock.advance(days=20)
    assert sweeper.run_due() == 1
    (held,) = session.all(Key)
    assert (held.rotations, held.rotated_ms) == (2, session.clock.now_ms())
    assert held.rotation_due_ms == session.clock.now_ms() + 7 * DAY_S * 1000
    new = session.run(crypto.encrypt, crypto.Encrypt(by_id(key), b"after"))
    assert new.blob.version_id == held.primary_version != old.blob.version_id
    assert held.initial_version == old.blob.version_id
    unseal = crypto.DecryptParts(old.blob.sealed, old.blob.iv, by_id(key), old.blob.version_id)
    assert session.run(crypto.decrypt_parts, unseal).plaintext == b"before"


def test_a_disabled_key_waits_and_rotates_when_it_is_enabled(session, sweeper):
    key = make(session, rotation_interval_s=7 * DAY_S)
    session.run(keys.disable, keys.KeyCommand(by_id(key)))
    session.clock.advance(days=9)
    assert sweeper.run_due() == 0
    session.run(keys.enable, keys.KeyCommand(by_id(key)))
    assert sweeper.run_due() == 1
    assert session.all(Key)[0].rotations == 1


def test_a_frozen_key_is_looked_at_a_day_later(session, sweeper):
    key = make(session, rotation_interval_s=7 * DAY_S)
    with session.runtime.store.begin(write=True) as uow:
        uow.of(Key).put(replace(key, state=KeyState.FROZEN))
    session.clock.advance(days=7)
    assert sweeper.run_due() == 1
    (held,) = session.all(Key)
    assert (held.rotations, held.rotation_due_ms) == (0, session.clock.now_ms() + FROZEN_WAIT_MS)


def test_a_version_on_demand_is_primary_and_listed_first(session):
    key = make(session)
    made = session.run(versions.create_version, versions.CreateVersion(by_id(key)))
    page = session.run(versions.list_versions, versions.ListVersions(by_id(key)))
    assert [version.number for version in page.versions] == [2, 1]
    assert page.key.primary_version == made.id
    assert page.total == 2
    one = versions.KeyVersionCommand(by_id(key), key.primary_version)
    assert session.run(versions.describe_version, one).number == 1
    with pytest.raises(faults.KeyVersionNotFound):
        session.run(versions.describe_version, versions.KeyVersionCommand(by_id(make(session)), made.id))


def test_limits_on_versions(session):
    key = by_id(make(session))
    order = versions.CreateVersion(key, most=2, interval_ms=7 * DAY_S * 1000)
    with pytest.raises(faults.QuotaExceeded) as early:
        session.run(versions.create_version, order)
    assert early.value.detail("limit") == "key_version_interval"
    session.clock.advance(days=7)
    session.run(versions.create_version, order)
    session.clock.advance(days=7)
    with pytest.raises(faults.QuotaExceeded) as full:
        session.run(versions.create_version, order)
    assert full.value.detail("limit") == "key_versions"


@pytest.mark.parametrize(
    ("given", "family", "fault"),
    [
        ({}, "asymmetric", faults.AsymmetricKeyRequired),
        ({"spec": "RSA_2048"}, "symmetric", faults.SymmetricKeyRequired),
        ({"service": "csms"}, "", faults.ServiceKeyProtected),
    ],
)
def test_keys_that_get_no_version(session, given, family, fault):
    key = make(session, **given)
    with pytest.raises(fault):
        session.run(versions.create_version, versions.CreateVersion(by_id(key), family))


def test_outside_material_is_not_rotated(session):
    key = make(session, origin=Origin.EXTERNAL)
    with session.runtime.store.begin(write=True) as uow:
        uow.of(Key).put(replace(key, state=KeyState.ENABLED))
    for use, order in [
        (versions.create_version, versions.CreateVersion(by_id(key))),
        (versions.set_rotation, versions.SetRotation(by_id(key), enabled=True)),
    ]:
        with pytest.raises(faults.UnsupportedOrigin):
            session.run(use, order)


def test_rotation_is_switched_on_and_off(session):
    key = by_id(make(session))

    def turn(*, enabled, expect="", interval_s=0):
        return session.run(versions.set_rotation, versions.SetRotation(key, enabled, interval_s, expect=expect))

    with pytest.raises(faults.RotationDisabled):
        turn(enabled=False, expect="on")
    on = turn(enabled=True, expect="off", interval_s=30 * DAY_S)
    assert on.rotation is RotationState.ENABLED
    assert on.rotation_due_ms == session.clock.now_ms() + 30 * DAY_S * 1000
    with pytest.raises(faults.RotationEnabled):
        turn(enabled=True, expect="off")
    off = turn(enabled=False, expect="on")
    assert (off.rotation, off.rotation_interval_s, off.rotation_due_ms) == (RotationState.DISABLED, 30 * DAY_S, 0)
    assert turn(enabled=True).rotation_interval_s == 30 * DAY_S


def test_the_earliest_moment_among_keys_that_match(session):
    earliest = due_keys.earliest({"state": KeyState.PENDING_DELETION}, "deletion_due_ms")
    with session.runtime.store.begin(write=False) as uow:
        assert earliest(uow) is None
    for days in (9, 7, 8):
        session.run(deletion.schedule_deletion, deletion.ScheduleDeletion(by_id(make(session)), days))
    with session.runtime.store.begin(write=False) as uow:
        assert earliest(uow) == session.clock.now_ms() + 7 * DAY_S * 1000
