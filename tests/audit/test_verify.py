"""Verification: a good trail is good, and whatever is done to it is found."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import mutations
from trail_setup import SLOW, event, lines, signer, trail

from bitting.audit import heads
from bitting.audit.segments import segment_files
from bitting.audit.verify import Anchor, Report, verify

MUTATIONS = int(os.environ.get("BITTING_AUDIT_MUTATIONS", "500"))


def check(directory: Path, *anchors: Anchor) -> Report:
    public = signer(directory).public()
    assert public is not None
    return verify(directory, public, anchors=anchors)


def test_whatever_is_done_to_a_trail_is_found(tmp_path: Path) -> None:
    tried, missed = mutations.run(MUTATIONS, 11, tmp_path)
    print(f"{tried.total() - missed.total()} of {tried.total()} mutations found")
    assert set(tried) == set(mutations.MUTATIONS)
    assert +missed == {}


def test_a_good_trail(tmp_path: Path) -> None:
    held = trail(tmp_path / "audit", replace(SLOW, checkpoint_s=0))
    for number in range(30):
        held.record(event(number))
    held.close()
    report = check(tmp_path / "audit")
    assert (report.good, report.requests, report.checkpoints, report.segments) == (True, 30, 1, 1)
    assert report.signed_to == report.last_seq


def test_what_a_killed_server_left_unsigned_is_told_by_the_next(tmp_path: Path) -> None:
    held = trail(tmp_path / "audit")
    held.record(event(1))
    held.close()
    child = os.fork()
    if not child:
        killed = trail(tmp_path / "audit")
        killed.record(event(2))
        killed.settle(hot=False)
        os._exit(0)
    os.waitpid(child, 0)
    assert [problem.where for problem in check(tmp_path / "audit").problems] == ["end"]
    again = trail(tmp_path / "audit")
    again.resume()
    again.close()
    report = check(tmp_path / "audit")
    assert report.good
    assert "1 lines before it were signed only after a restart" in report.warnings[0]


def test_old_segments_go_and_the_chain_says_so(tmp_path: Path) -> None:
    held = trail(tmp_path / "audit", replace(SLOW, segment_bytes=5_000, keep_bytes=12_000, checkpoint_s=0))
    for number in range(60):
        held.record(event(number))
        held.flush()
    held.close()
    files = segment_files(tmp_path / "audit")
    assert int(files[0].stem) > 1
    assert sum(path.stat().st_size for path in files) < 15_000
    report = check(tmp_path / "audit")
    assert report.good, report.problems
    assert report.first_seq > 1
    files[0].unlink()
    assert "are missing, and the chain does not say why" in check(tmp_path / "audit").problems[0].what


def test_segments_go_by_age(tmp_path: Path) -> None:
    held = trail(tmp_path / "audit", replace(SLOW, segment_bytes=5_000, keep_days=2, checkpoint_s=0))
    for number in range(60):
        held.record(event(number))
        held.flush()
    old = segment_files(tmp_path / "audit")[0]
    os.utime(old, (1, 1))
    held.close()
    assert not old.exists()
    assert [line["dropped"] for line in lines(tmp_path / "audit") if line["kind"] == "retention"] == [1]
    assert check(tmp_path / "audit").good


def test_a_trail_put_back_to_an_older_state_is_found_with_an_anchor(tmp_path: Path) -> None:
    held = trail(tmp_path / "audit")
    held.record(event(1))
    held.close()
    old = {path.name: path.read_bytes() for path in (tmp_path / "audit").iterdir() if path.suffix != ".key"}
    again = trail(tmp_path / "audit")
    again.record(event(2))
    again.close()
    end = heads.read(tmp_path / "audit")
    assert end is not None
    anchor = Anchor(end.seq, end.digest)
    assert check(tmp_path / "audit", anchor).good
    for name, text in old.items():
        (tmp_path / "audit" / name).write_bytes(text)
    assert check(tmp_path / "audit").good
    assert "anchor" in check(tmp_path / "audit", anchor).problems[0].what


def test_another_key_does_not_pass(tmp_path: Path) -> None:
    held = trail(tmp_path / "a" / "audit")
    held.record(event(1))
    held.close()
    other = signer(tmp_path / "b" / "audit").public()
    assert other is not None
    assert not verify(tmp_path / "a" / "audit", other).good
