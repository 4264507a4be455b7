"""``bitting target``: what it sends, and where the administrator's password comes from."""

from __future__ import annotations

import json
from http.server import HTTPServer
from pathlib import Path

import pytest
from test_cli_client import directory, server
from typer.testing import CliRunner

from bitting.cli.targets import PASSWORD, target

__all__ = ["directory", "server"]  # fixtures

ANSWER = {"target": {"name": "rm-1", "users": ["app", "app_*"]}}


def run(directory: Path, *arguments: str) -> str:
    done = CliRunner().invoke(target, [*arguments, "--data-dir", str(directory), "--json"])
    assert done.exit_code == 0, done.output
    return str(done.output)


def test_set(directory: Path, server: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.answer = (200, json.dumps(ANSWER).encode())
    monkeypatch.setenv(PASSWORD, "pw")
    words = ("set", "1", "rm-1", "postgresql", "db", "5432", "--user", "app", "--user", "app_*", "--admin", "root")
    assert json.loads(run(directory, *words)) == ANSWER["target"]
    method, path, _, body = server.seen[0]
    assert (method, path) == ("PUT", "/bitting/v1/accounts/1/targets")
    sent = json.loads(body)
    assert (sent["users"], sent["admin"], sent["password"], sent["port"]) == (["app", "app_*"], "root", "pw", 5432)


def test_without_users_and_without_administrator(directory: Path, server: HTTPServer) -> None:
    server.answer = (200, json.dumps(ANSWER).encode())
    run(directory, "set", "1", "rm-1", "mysql", "db", "3306")
    sent = json.loads(server.seen[0][3])
    assert (sent["users"], sent["admin"], sent["password"]) == ([], "", "")


def test_list(directory: Path, server: HTTPServer) -> None:
    server.answer = (200, json.dumps({"targets": [ANSWER["target"]]}).encode())
    assert json.loads(run(directory, "list", "1")) == [ANSWER["target"]]
