"""The file seal: one key, made once, whole and private, or a reason why not."""

from __future__ import annotations

import os
import pickle
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from bitting.core.faults import Unavailable
from bitting.core.reveal import reveal
from bitting.seals import file as file_seal
from bitting.seals.file import FileSeal


@pytest.fixture
def path(tmp_path):
    return tmp_path / "root.key"


def refusal(seal):
    with pytest.raises(Unavailable) as caught:
        seal.root_key()
    return caught.value.detail("reason")


def test_made_at_first_use_and_not_before(path):
    seal = FileSeal(path, create=True)
    assert not path.exists()
    key = seal.root_key()
    assert len(key) == 32
    assert path.read_bytes() == reveal(key)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == ["root.key"]


@pytest.mark.parametrize("umask", [0, 0o077, 0o777])
def test_private_whatever_the_umask(path, umask):
    before = os.umask(umask)
    try:
        FileSeal(path, create=True).root_key()
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_same_box_every_time_and_same_key_after_restart(path):
    seal = FileSeal(path, create=True)
    assert seal.root_key() is seal.root_key()
    for create in (True, False):
        assert reveal(FileSeal(path, create=create).root_key()) == reveal(seal.root_key())


def test_two_directories_two_keys(tmp_path):
    keys = {reveal(FileSeal(tmp_path / name, create=True).root_key()) for name in "ab"}
    assert len(keys) == 2


def test_missing_where_data_exists(path):
    assert "is missing" in refusal(FileSeal(path, create=False))
    assert not path.exists()


def test_missing_directory(tmp_path):
    assert "directory does not exist" in refusal(FileSeal(tmp_path / "no" / "root.key", create=True))


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o660, 0o644, 0o777])
@pytest.mark.parametrize("create", [True, False])
def test_open_to_others(path, mode, create):
    FileSeal(path, create=True).root_key()
    path.chmod(mode)
    assert f"open to others (mode {mode:04o})" in refusal(FileSeal(path, create=create))


@pytest.mark.parametrize("size", [0, 1, 31, 33, 64, 10_000])
@pytest.mark.parametrize("create", [True, False])
def test_wrong_size_is_refused_and_kept(path, size, create):
    path.write_bytes(b"x" * size)
    path.chmod(0o600)
    assert "exactly 32 bytes" in refusal(FileSeal(path, create=create))
    assert path.stat().st_size == size


def test_read_only_for_the_owner_is_fine(path):
    FileSeal(path, create=True).root_key()
    path.chmod(0o400)
    FileSeal(path, create=False).root_key()


def test_not_a_regular_file(path, tmp_path):
    path.mkdir(mode=0o700)
    assert "not a regular file" in refusal(FileSeal(path, create=True))
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    assert "not a regular file" in refusal(FileSeal(pipe, create=True))


def test_link_is_not_followed(path, tmp_path):
    real = tmp_path / "elsewhere"
    FileSeal(real, create=True).root_key()
    path.symlink_to(real)
    assert "cannot be used" in refusal(FileSeal(path, create=True))
    dangling = tmp_path / "dangling"
    dangling.symlink_to(tmp_path / "nowhere")
    assert "cannot be used" in refusal(FileSeal(dangling, create=True))
    assert not (tmp_path / "nowhere").exists()


def test_refusal_is_not_remembered(path):
    seal = FileSeal(path, create=False)
    refusal(seal)
    FileSeal(path, create=True).root_key()
    assert len(seal.root_key()) == 32


def test_starters_at_the_same_time_agree(path):
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: reveal(FileSeal(path, create=True).root_key()), range(32)))
    assert len(keys) == 1
    assert os.listdir(path.parent) == ["root.key"]


@pytest.mark.parametrize("step", ["fsync", "link"])
def test_failure_half_way_leaves_nothing(path, monkeypatch, step):
    def fail(*_args, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(file_seal.os, step, fail)
    assert "No space left" in refusal(FileSeal(path, create=True))
    assert os.listdir(path.parent) == []


def test_synced_before_it_has_its_name(path, monkeypatch):
    steps = []
    for name in ("fsync", "link"):
        real = getattr(os, name)
        monkeypatch.setattr(file_seal.os, name, lambda *args, n=name, r=real: (steps.append(n), r(*args))[1])  # type: ignore[func-returns-value]
    FileSeal(path, create=True).root_key()
    assert steps == ["fsync", "link", "fsync"]


def test_shows_its_path_and_nothing_else(path):
    seal = FileSeal(path, create=True)
    secret = reveal(seal.root_key())
    assert repr(seal) == f"<FileSeal {path}>"
    assert secret.hex() not in repr(seal)
    with pytest.raises(TypeError):
        pickle.dumps(seal)
