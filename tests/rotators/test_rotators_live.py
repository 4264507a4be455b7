"""Rotators against live servers, and whole rotations killed for real."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from database_servers import ROOT, free_port

from bitting.core.usecases.secrets.rotation_ports import DatabaseServer, Login, RotationRefused
from bitting.outbound.http_client import BoundedHttpClient
from bitting.rotators.mysql import MysqlRotator
from bitting.rotators.postgresql import PostgresqlRotator

ROTATORS = {"postgresql": PostgresqlRotator(), "mysql": MysqlRotator()}
AWKWARD = "p'\"\\%s;--ü€ {}"


def where(server: Any, *, admin: bool = True) -> DatabaseServer:
    return DatabaseServer(
        server.engine, "127.0.0.1", server.port, server.database, False, Login(*ROOT) if admin else None
    )


def rotator(server: Any) -> Any:
    return ROTATORS[server.engine]


def test_who_is_let_in(server: Any) -> None:
    server.user("app", "old")
    assert rotator(server).login_works(where(server), Login("app", "old"))
    assert not rotator(server).login_works(where(server), Login("app", "wrong"))
    assert not rotator(server).login_works(where(server), Login("nobody", "old"))


def test_a_server_that_is_not_there_says_nothing_about_passwords(server: Any) -> None:
    nowhere = DatabaseServer(server.engine, "127.0.0.1", free_port(), server.database, False, None)
    with pytest.raises(RotationRefused) as refused:
        rotator(server).login_works(nowhere, Login("app", "old"))
    assert (refused.value.code, refused.value.final) == ("ServerUnreachable", False)


@pytest.mark.parametrize("by_admin", [True, False])
def test_passwords_change(server: Any, by_admin: bool) -> None:
    server.user("app", "old")
    by = Login(*ROOT) if by_admin else Login("app", "old")
    rotator(server).set_password(where(server), by, Login("app", "fresh"))
    assert server.lets_in("app", "fresh")
    assert not server.lets_in("app", "old")


def test_awkward_passwords_are_no_statements(server: Any) -> None:
    server.user("app", "old")
    rotator(server).set_password(where(server), Login(*ROOT), Login("app", AWKWARD))
    assert server.lets_in("app", AWKWARD)


def test_nobody_changes_what_they_may_not(server: Any) -> None:
    server.user("app", "old")
    server.user("other", "x")
    with pytest.raises(RotationRefused):
        rotator(server).set_password(where(server), Login("other", "x"), Login("app", "stolen"))
    with pytest.raises(RotationRefused):
        rotator(server).set_password(where(server), Login("app", "wrong"), Login("app", "stolen"))
    assert server.lets_in("app", "old")


def test_a_second_user_like_the_first(server: Any) -> None:
    server.user("app", "old")
    second = Login("app_clone", "fresh")
    for _ in range(2):
        rotator(server).ensure_user(where(server), "app", second)
        rotator(server).set_password(where(server), Login(*ROOT), second)
    assert server.lets_in("app_clone", "fresh")
    with pytest.raises(RotationRefused):
        rotator(server).ensure_user(where(server, admin=False), "app", second)


def test_who_is_privileged(server: Any) -> None:
    for name in ("app", "boss", "member"):
        server.user(name, "old")
    if server.engine == "postgresql":
        server.admin("ALTER ROLE boss CREATEROLE", "GRANT pg_write_server_files TO member")
    else:
        server.admin("GRANT CREATE USER ON *.* TO boss@'%'", "GRANT UPDATE ON mysql.* TO member@'%'")
    found = {
        name: rotator(server).is_privileged(where(server), Login(*ROOT), name)
        for name in (ROOT[0], "boss", "member", "app", "nobody")
    }
    assert found == {ROOT[0]: True, "boss": True, "member": True, "app": False, "nobody": False}
    assert rotator(server).is_privileged(where(server, admin=False), Login("boss", "old"), "boss")
    assert not rotator(server).is_privileged(where(server, admin=False), Login("app", "old"), "app")


def test_a_webhook_nobody_listens_at() -> None:
    assert BoundedHttpClient().post(f"http://127.0.0.1:{free_port()}/x", {}, b"{}").status == 0


@pytest.mark.slow
@pytest.mark.parametrize("paired", [True, False], ids=["two users", "one user"])
def test_killed_for_real_at_every_step(server: Any, paired: bool, tmp_path: Path) -> None:
    """A process that rotates is killed at its nth commit or call; another one carries on; the value logs in."""
    script = Path(__file__).with_name("rotation_setup.py")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    killed = 0
    for step in range(0, 20, 2):
        for user in ("app", "app2"):
            server.user(user, "old")
        folder = tmp_path / str(step)
        folder.mkdir()
        given = {"folder": str(folder), "engine": server.engine, "port": server.port, "paired": paired}
        given["database"] = server.database

        def run(stop_at: int, given: dict[str, Any] = given) -> subprocess.CompletedProcess[str]:
            command = [sys.executable, str(script), json.dumps({**given, "stop_at": stop_at})]
            return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)

        first = run(step)
        killed += first.returncode == -9
        assert first.returncode in {0, -9}, first.stderr
        then = run(-1)
        assert then.returncode == 0, then.stderr
        seen = json.loads(then.stdout)
        if paired:
            assert server.lets_in(*seen["before"]) or seen["after"][0] == seen["before"][0]
        assert server.lets_in(*seen["after"])
        assert seen["state"] == "succeeded"
        assert seen["after"][1] != "old"
    assert killed >= 6
