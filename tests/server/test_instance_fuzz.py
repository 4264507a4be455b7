"""A short fuzz of the Instance API; ``make fuzz`` is the long one."""

from __future__ import annotations

from pathlib import Path

from instance_fuzz import Fuzzer
from live import Live


def test_two_thousand_bent_requests_leave_the_server_healthy(tmp_path: Path) -> None:
    live = Live(tmp_path / "data")
    live.start()
    try:
        report = Fuzzer(live, seed=20160120).run(2000, seconds=60)
    finally:
        code = live.stop()
    assert report.failures == []
    assert report.answers["200"] > 200, report.line()
    assert code == 0
