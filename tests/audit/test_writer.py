"""What is recorded is kept, whatever happens to the file."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from trail_setup import SLOW, event, lines, requests, trail

from bitting.audit.chain import FIRST
from bitting.audit.segments import Segments, segment_files
from bitting.core.faults import Unavailable


def test_settled_records_are_in_the_file_and_chained(tmp_path: Path) -> None:
    held = trail(tmp_path / "audit")
    held.record(event(1))
    held.record(event(2, changed=("key/k-1:state",)))
    assert held.settle(hot=False)
    found = lines(tmp_path / "audit")
    assert [line["seq"] for line in found] == [1, 2, 3]
    assert found[0]["prev"] == FIRST
    assert requests(tmp_path / "audit") == ["r-1", "r-2"]
    assert found[2]["changed"] == ["key/k-1:state"]
    held.close()


def test_every_thread_finds_its_record_in_the_file(tmp_path: Path) -> None:
    held = trail(tmp_path / "audit")
    missing: list[str] = []

    def work(number: int) -> None:
        for each in range(50):
            held.record(event(number * 1000 + each))
            held.settle(hot=False)
            if f'"r-{number * 1000 + each}"' not in segment_files(tmp_path / "audit")[-1].read_text():
                missing.append(f"{number}/{each}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    held.close()
    assert missing == []
    assert len(requests(tmp_path / "audit")) == len(set(requests(tmp_path / "audit"))) == 200


def test_two_processes_write_one_chain(tmp_path: Path) -> None:
    child = os.fork()
    held = trail(tmp_path / "audit", replace(SLOW, segment_bytes=20_000))
    for number in range(100):
        held.record(event(number + (0 if child else 1000)))
        held.settle(hot=False)
    held.close()
    if not child:
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    found = lines(tmp_path / "audit")
    assert [line["seq"] for line in found] == list(range(1, len(found) + 1))
    assert len(requests(tmp_path / "audit")) == 200
    assert len(segment_files(tmp_path / "audit")) > 2


def test_a_full_disk_is_told_and_heals_and_nothing_is_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = trail(tmp_path / "audit")
    held.record(event(1))
    assert held.settle(hot=False)
    real = os.write

    def full(descriptor: int, text: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bitting.audit.segments.os.write", full)
    held.record(event(2))
    assert not held.settle(hot=False)
    with pytest.raises(Unavailable) as refused:
        held.admit()
    assert refused.value.reason == "audit: No space left on device"
    assert (held.failing, held.status()["waiting"], held.status()["failures"]) == ("No space left on device", 1, 1)
    monkeypatch.setattr("bitting.audit.segments.os.write", real)
    assert held.settle(hot=False)
    held.admit()
    held.close()
    assert requests(tmp_path / "audit") == ["r-1", "r-2"]


def test_what_is_under_way_is_recorded_on_the_reserve_and_more_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = trail(tmp_path / "audit")
    held.record(event(1))
    held.settle(hot=False)
    reserve, real = tmp_path / "audit" / "reserve", os.write
    assert reserve.stat().st_size == 1 << 20

    def full_but_for_the_reserve(descriptor: int, text: bytes) -> int:
        if reserve.exists():
            raise OSError(28, "No space left on device")
        return real(descriptor, text)

    def no_room(*_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bitting.audit.segments.os.write", full_but_for_the_reserve)
    monkeypatch.setattr("bitting.audit.segments.os.posix_fallocate", no_room)
    held.record(event(2))
    assert held.settle(hot=False)
    with pytest.raises(Unavailable):
        held.admit()
    assert requests(tmp_path / "audit") == ["r-1", "r-2"]
    monkeypatch.undo()
    held.record(event(3))
    assert held.settle(hot=False)
    held.admit()
    held.close()


def test_a_write_in_part_is_undone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = trail(tmp_path / "audit")
    held.record(event(1))
    held.settle(hot=False)
    real, calls = os.write, []

    def half(descriptor: int, text: bytes) -> int:
        calls.append(len(text))
        if len(calls) > 1:
            raise OSError(27, "File too large")
        return real(descriptor, bytes(text)[: len(text) // 2])

    monkeypatch.setattr("bitting.audit.segments.os.write", half)
    held.record(event(2))
    assert not held.settle(hot=False)
    monkeypatch.undo()
    assert requests(tmp_path / "audit") == ["r-1"]
    held.close()
    assert requests(tmp_path / "audit") == ["r-1", "r-2"]


def test_going_on_without_a_trail_is_a_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = trail(tmp_path / "audit", replace(SLOW, on_failure="continue"))
    monkeypatch.setattr(Segments, "append", lambda *_: (_ for _ in ()).throw(OSError(5, "Input/output error")))
    held.record(event(1))
    assert held.settle(hot=False)
    held.admit()
    assert (held.failing, held.status()["failing"]) == ("", "Input/output error")
    monkeypatch.undo()
    held.close()
    assert requests(tmp_path / "audit") == ["r-1"]


def test_more_than_can_be_kept_is_counted_in_the_chain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bitting.audit.writer.KEPT_MAX", 10)
    held = trail(tmp_path / "audit")
    for number in range(15):
        held.record(event(number))
    held.close()
    assert [line["count"] for line in lines(tmp_path / "audit") if line["kind"] == "lost"] == [5]
    assert len(requests(tmp_path / "audit")) == 10


def test_a_moved_file_is_noticed_and_the_chain_goes_on(tmp_path: Path) -> None:
    held, other = trail(tmp_path / "audit"), trail(tmp_path / "audit")
    for writer, number in ((held, 1), (other, 2)):
        writer.record(event(number))
        writer.settle(hot=False)
    first = segment_files(tmp_path / "audit")[0]
    first.rename(tmp_path / "away")
    for writer, number in ((held, 3), (other, 4)):
        writer.record(event(number))
        writer.settle(hot=False)
    held.close()
    other.close()
    assert requests(tmp_path / "audit") == ["r-3", "r-4"]
    assert lines(tmp_path / "audit")[0]["reason"] == "moved"
    (tmp_path / "away").rename(first)
    found = lines(tmp_path / "audit")
    assert [line["seq"] for line in found] == list(range(1, len(found) + 1))


def test_a_torn_line_is_cut_off_and_told(tmp_path: Path) -> None:
    held = trail(tmp_path / "audit")
    held.record(event(1))
    held.close()
    path = segment_files(tmp_path / "audit")[0]
    with path.open("ab") as file:
        file.write(b'{"seq":99,"pre')
    again = trail(tmp_path / "audit")
    again.record(event(2))
    again.close()
    found = lines(tmp_path / "audit")
    assert [line["seq"] for line in found] == list(range(1, len(found) + 1))
    assert [line["bytes"] for line in found if line["kind"] == "torn"] == [14]
    assert requests(tmp_path / "audit") == ["r-1", "r-2"]


def test_text_that_is_no_unicode_is_recorded_all_the_same(tmp_path: Path) -> None:
    held = trail(tmp_path / "audit")
    held.record(event(1, user_agent="odd \ud83d agent"))
    assert held.settle(hot=False)
    held.close()
    assert lines(tmp_path / "audit")[1]["user_agent"] == "odd \\ud83d agent"
