"""Backups: back again here, and at another house that has the same key; nowhere else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bitting.core import faults
from bitting.core.key_cache import binding
from bitting.core.material import KeyMaterial
from bitting.core.model.key import Key, KeyRef, KeyState, KeyVersion, Origin
from bitting.core.specs import SPECS
from bitting.core.usecases.keys import lifecycle as keys
from bitting.core.usecases.secrets import backup as secret_backup
from bitting.core.usecases.secrets import lifecycle as secrets
from bitting.core.usecases.secrets import versions as secret_versions


def imported(desk, material):
    """A key whose material came from outside."""
    key = desk.run(keys.create, keys.CreateKey(origin=Origin.EXTERNAL))
    stored = desk.runtime.gate.providers["software"].import_material(
        SPECS["AES_256"], KeyMaterial(material), binding(key, key.primary_version)
    )
    with desk.runtime.store.begin(write=True) as uow:
        version = uow.of(KeyVersion).get(key.primary_version) or KeyVersion(key.primary_version, key.id, 1, 1, b"")
        (uow.of(KeyVersion).put if uow.of(KeyVersion).get(version.id) else uow.of(KeyVersion).add)(
            replace(version, wrapped=stored.wrapped)
        )
        uow.of(Key).put(replace(key, state=KeyState.ENABLED))
    return KeyRef.by_id(key.id)


def backed_up(desk, key=None):
    desk.run(secrets.create, secrets.CreateSecret("db", b"one", key=key, description="kept"))
    desk.run(secret_versions.put_value, secret_versions.PutValue("db", b"two"))
    return desk.run(secret_backup.back_up, secrets.SecretCommand("db"))


def bring(desk, blob):
    return desk.run(secret_backup.restore_backup, secret_backup.RestoreBackup(blob))


def value(desk, **given):
    return desk.run(secret_versions.get_value, secret_versions.GetValue("db", **given)).value


def test_another_house_with_the_same_material(make_desk):
    here, there = make_desk(), make_desk()
    blob = backed_up(here, imported(here, b"k" * 32))
    imported(there, b"x" * 32)
    imported(there, b"k" * 32)
    assert bring(there, blob).description == "kept"
    assert value(there) == b"two"
    assert value(there, version="v1") == b"one"


def test_another_house_without_it(make_desk):
    here, there = make_desk(), make_desk()
    blob = backed_up(here, imported(here, b"k" * 32))
    imported(there, b"x" * 32)
    with pytest.raises(faults.KeyNotFound):
        bring(there, blob)


def test_back_again_here_under_the_service_key(desk):
    blob = backed_up(desk)
    with pytest.raises(faults.ResourceExists) as still:
        bring(desk, blob)
    assert still.value.detail("kind") == "version"
    desk.run(secrets.delete, secrets.SecretCommand("db"))
    bring(desk, blob)
    assert value(desk) == b"two"


@pytest.mark.parametrize("blob", ["", "!!", "AAAA", "QlNCMQ==", "QlNCMQAAAAkA"])
def test_what_is_no_backup(desk, blob):
    with pytest.raises(faults.InvalidParameter):
        bring(desk, blob)
