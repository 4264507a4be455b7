"""``bitting client-key`` against a live server: files that open, and refusals that say what to do."""

from __future__ import annotations

import base64
import json
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from typer.testing import CliRunner

from bitting.cli.app import cli


@pytest.fixture
def run(live):
    """Run a command of the live server's data directory: (exit code, output, errors)."""

    def call(*arguments: str) -> tuple[int, str, str]:
        result = CliRunner().invoke(cli, ["client-key", *arguments, "--data-dir", str(live.directory)])
        return result.exit_code, result.stdout, result.stderr

    return call


def made(folder: Path) -> tuple[dict[str, str], str]:
    files = sorted(folder.glob("clientKey_KAAP.*"))
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600, 0o600]
    held = {file.suffix: file.read_text() for file in files}
    return json.loads(held[".json"]), held[".txt"]


def test_create_list_delete(run, live, tmp_path):
    code, said, _ = run("create", "--out", str(tmp_path), "--days", "30")
    assert code == 0
    file, password = made(tmp_path)
    store = load_pkcs12(base64.b64decode(file["PrivateKeyData"]), password.encode())
    lifetime = store.cert.certificate.not_valid_after_utc - store.cert.certificate.not_valid_before_utc
    assert lifetime.days == 30
    assert file["KeyId"] in said
    assert password not in said
    assert file["KeyId"] in run("list")[1]
    assert run("list")[1].count("default") == 2, "the one of the first start and this one"
    assert run("delete", file["KeyId"])[0] == 0
    assert file["KeyId"] not in run("list")[1]
    code, _, errors = run("delete", file["KeyId"])
    assert code == 1
    assert "client-key list" in errors


def test_an_access_point_of_its_own(run, tmp_path):
    allow = ("--allow", "key/*", "--from", "10.0.0.0/8")
    code, said, errors = run("create", "--access-point", "billing", *allow, "--out", str(tmp_path))
    assert (code, errors) == (0, "")
    assert "billing" in said
    code, _, errors = run("create", "--access-point", "billing", *allow, "--out", str(tmp_path))
    assert code == 1
    assert "leave out --allow" in errors
    more = [run("create", "--access-point", "billing", "--out", str(tmp_path)) for _ in range(3)]
    assert [each[0] for each in more] == [0, 0, 1]
    assert "three client keys" in more[2][2]


def test_what_cannot_be_done_says_what_to_do(run, tmp_path):
    code, _, errors = run("create", "--access-point", "nobody", "--out", str(tmp_path))
    assert code == 1
    assert "there are: " in errors
    assert "default" in errors
    assert "--allow 'key/*'" in errors
    for wrong in ("keys/*", "key/", "key/*a", "*"):
        code, _, errors = run("create", "--access-point", "x", "--allow", wrong, "--out", str(tmp_path))
        assert (code, "--allow takes" in errors) == (1, True)
    code, _, errors = run("create", "--access-point", "x", "--allow", "key/*", "--from", "here", "--out", str(tmp_path))
    assert (code, "--from takes" in errors) == (1, True)
    code, _, errors = run("create", "--access-point", "a/b", "--allow", "key/*", "--out", str(tmp_path))
    assert (code, "--access-point takes" in errors) == (1, True)
    assert not list(tmp_path.iterdir())
    code, _, errors = run("create", "--out", str(tmp_path / "nowhere"))
    assert (code, "--out" in errors) == (1, True)
    code, _, errors = run("create", "--account", "1", "--out", str(tmp_path))
    assert (code, errors) == (1, "bitting: There is no account 1\n")
    code, _, errors = run("list", "--account", "1")
    assert (code, errors) == (1, "bitting: There is no account 1\n")


def test_a_password_of_ones_own(run, tmp_path):
    wanted = tmp_path / "password"
    wanted.write_text("correct-horse-1\n")
    folder = tmp_path / "out"
    folder.mkdir()
    allow = ("--access-point", "own", "--allow", "secret/app*", "--out", str(folder))
    assert run("create", *allow, "--password-file", str(wanted))[0] == 0
    file, password = made(folder)
    assert password == "correct-horse-1"
    assert load_pkcs12(base64.b64decode(file["PrivateKeyData"]), password.encode()).key is not None
    wanted.write_text("short")
    code, _, errors = run("create", "--out", str(folder), "--password-file", str(wanted))
    assert (code, "8 to 64" in errors) == (1, True)
    code, _, errors = run("create", "--out", str(folder), "--password-file", str(tmp_path / "nobody"))
    assert (code, "name a readable file" in errors) == (1, True)
