"""The commands' way to a server: finds it through the data directory, and says what to do when it cannot."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from bitting.cli.client import CommandError, connect, run_against_server, segment

TOKEN = "bitting-example"


class Handler(BaseHTTPRequestHandler):
    """Answers what the test put into the server; keeps what came."""

    def _serve(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length)
        self.server.seen.append((self.command, self.path, self.headers["authorization"], body))
        status, content = self.server.answer
        self.send_response(status)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 - the names the standard library calls

    def log_message(self, *_args: object) -> None:
        """Silence."""


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.seen, server.answer = [], (200, b"{}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def directory(tmp_path: Path, server: HTTPServer) -> Path:
    facts = {"http": f"http://0.0.0.0:{server.server_port}", "account_id": "1"}
    (tmp_path / "credentials.json").write_text(json.dumps(facts))
    (tmp_path / "operator.token").write_text(TOKEN + "\n")
    return tmp_path


def error(directory: Path, method: str = "GET") -> CommandError:
    with pytest.raises(CommandError) as raised:
        connect(str(directory)).call(method, "accounts")
    return raised.value


def test_it_sends_the_token_and_reads_json(directory: Path, server: HTTPServer) -> None:
    server.answer = (201, b'{"made": {"id": 1}}')
    api = connect(str(directory))
    assert api.post(f"accounts/{segment('a/b c')}", {"name": "ü"}) == {"made": {"id": 1}}
    assert server.seen == [("POST", "/bitting/v1/accounts/a%2Fb%20c", f"Bearer {TOKEN}", b'{"name": "\\u00fc"}')]
    assert TOKEN not in repr(api)
    api.get("x"), api.put("x"), api.delete("x")
    assert [(each[0], each[3]) for each in server.seen[1:]] == [("GET", b""), ("PUT", b"{}"), ("DELETE", b"")]


def test_the_data_directory_is_a_setting(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BITTING_DATA_DIR", str(directory))
    assert connect().facts["account_id"] == "1"


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        ((404, b'{"error": {"code": "not_found", "message": "There is no x."}}'), "There is no x"),
        ((401, b'{"error": {"code": "not_an_operator", "message": "No."}}'), "--data-dir"),
        ((429, b'{"error": {"code": "limit", "message": "Full."}}'), "Full; delete"),
        ((500, b'{"error": {"message": "Oh.", "request_id": "r-1"}}'), "(request r-1); look up"),
        ((503, b'{"error": {"message": "Later."}}'), "Later; see GET /readyz"),
        ((502, b"{}"), "answered 502"),
        ((502, b"<html>"), "another program"),
        ((200, b"[]"), "another program"),
        ((200, b"\xff"), "another program"),
    ],
)
def test_a_refusal_says_what_to_do(directory: Path, server: HTTPServer, answer, wanted: str) -> None:
    server.answer = answer
    raised = error(directory)
    assert wanted in str(raised)
    assert raised.status == answer[0]
    assert TOKEN not in str(raised)


def test_no_server(directory: Path, server: HTTPServer) -> None:
    facts = {"http": "http://127.0.0.1:1"}
    (directory / "credentials.json").write_text(json.dumps(facts))
    assert "bitting serve" in str(error(directory))


def test_nothing_to_go_by(tmp_path: Path) -> None:
    assert "--data-dir" in str(error(tmp_path))
    (tmp_path / "credentials.json").write_text("{")
    assert "not JSON" in str(error(tmp_path))
    (tmp_path / "credentials.json").write_text("{}")
    assert "--http" in str(error(tmp_path))
    (tmp_path / "credentials.json").write_text('{"http": "http://127.0.0.1:1"}')
    assert "operator.token" in str(error(tmp_path))


def test_a_command_ends_with_0_or_with_one_line_and_1(directory: Path, server: HTTPServer, capsys) -> None:
    assert run_against_server(lambda api: print(api.get("x")), str(directory)) == 0
    assert capsys.readouterr().out == "{}\n"
    server.answer = (404, b'{"error": {"message": "There is no x."}}')
    assert run_against_server(lambda api: print(api.get("x"), file=sys.stdout), str(directory)) == 1
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err == "bitting: There is no x\n"
