"""``bitting audit``: what it prints and how it ends."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import pytest
from click.testing import Result
from trail_setup import event, trail
from typer.testing import CliRunner

from bitting.audit.search import Query, follow
from bitting.cli.audit import audit


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("cli") / "data"
    held = trail(directory / "audit")
    held.record(event(1, changed=("key/k-1:state",), operation="DisableKey", status=200, user_agent="sdk/1"))
    held.record(event(2, outcome="KeyDisabled", status=400, code="KMS.0209"))
    held.record(event(3, key_id="", objects=("secret/db",), operation="get-secret", principal="AK2"))
    held.record(event(4, outcome="SignatureMismatch", principal="", claimed="AK9", status=401))
    held.record(event(5, kind="alarm", operation="new-network", outcome="alarm"))
    held.close()
    (directory / "credentials.json").write_text("{}")
    return directory


def bitting(data: Path, *words: str) -> Result:
    return CliRunner().invoke(audit, [words[0], "--data-dir", str(data), *words[1:]])


def found(data: Path, *words: str) -> list[dict]:
    done = bitting(data, *words)
    assert done.exit_code == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_verify_says_good_and_bad(data: Path, tmp_path: Path) -> None:
    done = bitting(data, "verify")
    assert done.exit_code == 0, done.stderr + done.stdout
    assert "as the server wrote them" in done.stdout
    (report,) = found(data, "verify", "--json")
    assert (report["good"], report["requests"], report["problems"]) == (True, 4, [])
    pem = tmp_path / "audit.pem"
    pem.write_text(bitting(data, "key").stdout)
    segment = data / "audit" / "00000001.jsonl"
    text = segment.read_bytes()
    segment.write_bytes(text.replace(b"10.0.0.1", b"10.0.0.2", 1))
    spoiled = bitting(data, "verify", "--public-key", str(pem))
    segment.write_bytes(text)
    assert spoiled.exit_code == 1
    assert "WRONG: 00000001.jsonl:3: does not follow" in spoiled.stdout


def test_verify_with_anchors(data: Path, tmp_path: Path) -> None:
    (tmp_path / "anchors").write_text('{"seq": 999, "digest": "00"}\n')
    done = bitting(data, "verify", "--anchors", str(tmp_path / "anchors"))
    assert done.exit_code == 1
    assert "anchor 999 speaks of line 999" in done.stdout


def test_search(data: Path) -> None:
    assert [each["seq"] for each in found(data, "search", "--json")] == [2, 3, 4, 5, 6]
    assert [each["seq"] for each in found(data, "search", "--json", "--object", "k-1", "--failed")] == [3, 5, 6]
    assert [each["seq"] for each in found(data, "search", "--json", "--object", "secret/db")] == [4]
    assert [each["seq"] for each in found(data, "search", "--json", "--where", "claimed=AK9")] == [5]
    assert found(data, "search", "--json", "--from", "2030-01-01") == []
    assert [each["seq"] for each in found(data, "search", "--json", "--limit", "1")] == [6]
    done = bitting(data, "search", "--where", "nonsense=1")
    assert done.exit_code == 2
    assert "write FIELD=VALUE" in done.stderr
    assert "KeyDisabled 400 KMS.0209" in bitting(data, "search").stdout


def test_alarms(data: Path) -> None:
    assert [each["operation"] for each in found(data, "alarms", "--json")] == ["new-network"]


def test_exports(data: Path) -> None:
    events = found(data, "export", "--format", "actiontrail")
    assert events[0]["eventName"] == "DisableKey"
    assert (events[0]["eventRW"], events[0]["eventTime"]) == ("Write", "2026-11-21T12:00:00Z")
    assert events[0]["userIdentity"]["accessKeyId"] == "AK1"
    assert events[0]["referencedResources"] == {"ACS::KMS::Key": ["k-1"]}
    assert "errorCode" not in events[0]
    assert events[1]["errorCode"] == "KMS.0209"
    traces = found(data, "export", "--format", "cts")
    assert (traces[1]["trace_rating"], traces[1]["code"], traces[1]["resource_id"]) == ("warning", "400", "k-1")
    assert (traces[2]["resource_type"], traces[2]["resource_id"]) == ("secret", "db")
    assert found(data, "export")[0]["seq"] == 2


def test_following_goes_through_rotation(tmp_path: Path) -> None:
    held = trail(tmp_path / "audit")
    held.record(event(1))
    held.flush()

    def write() -> None:
        time.sleep(0.5)
        held.record(event(2))
        held.flush()
        with held._segments.locked():
            held._segments.rotate(0)
        held.record(event(3))
        held.flush()

    writer = threading.Thread(target=write)
    writer.start()
    seen = [record["request_id"] for record in follow(tmp_path / "audit", Query(), seconds=1.5)]
    writer.join()
    held.close()
    assert seen == ["r-2", "r-3"]
