"""``make conformance``: cause every documented error row over the wire and write ``docs/conformance.md``.

::

    BITTING_WIRE=1 pytest test_row, test_injected_row   ->  which rows were met, by which test
    documented tables (tests/data/errors)               ->  every row, met or missing
    docs/conformance.md                                 ->  the report; also the memory of what passed before

Exits with 1 if a row that the report said was met no longer is. ``--check`` writes nothing.
"""

from __future__ import annotations

import csv
import os
import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from bitting.dialects.base.errors import Catalogue, Row
from bitting.dialects.registry import catalogues, operation_tables

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data" / "errors"
REPORT = ROOT / "docs" / "conformance.md"
TABLES = {
    "alibaba_openapi": ("alibaba-openapi.tsv", "Alibaba Cloud KMS OpenAPI"),
    "alibaba_instance": ("alibaba-instance.tsv", "Alibaba Cloud KMS Instance API"),
    "huawei": ("huawei-dew.tsv", "Huawei Cloud DEW (KMS and CSMS)"),
    "otc": ("otc-kms.tsv", "Open Telekom Cloud KMS"),
}
HOLE = re.compile(r"<[^>]*>|\{[a-z_]+\}")
MADE_BY = (
    "Made by `make conformance`: every documented error row, provoked over the wire with a real listener and a "
    "signed request, and compared with the documents byte for byte.\n"
)
#: Operations that only those who run the service may call: the rows say so.
OPERATORS = {"operator"} | {
    row.name for rows in operation_tables().values() for row in rows if getattr(row, "operators", False)
}
HOW = {"natural": "natural", "switch": "by switch", "fault": "by injected fault"}


class Watcher:
    """A pytest plugin that remembers how each test of an error row ended."""

    def __init__(self) -> None:
        self.passed: dict[tuple[str, int], str] = {}
        self.failed: dict[tuple[str, int], str] = {}
        self.rows: dict[str, Row] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            row = getattr(item, "callspec", None) and item.callspec.params.get("row")  # type: ignore[attr-defined]
            if isinstance(row, Row):
                self.rows[item.nodeid] = row

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        row = self.rows.get(report.nodeid)
        if row is None or (report.when != "call" and report.passed):
            return
        (self.passed if report.passed else self.failed)[row.dialect, row.line] = report.nodeid


@dataclass(frozen=True, slots=True)
class Line:
    """One documented row and what became of it."""

    dialect: str
    status: str
    code: str
    message: str
    how: str
    operation: str
    test: str


def documented(dialect: str) -> list[tuple[str, str, str]]:
    with (DATA / TABLES[dialect][0]).open(encoding="utf-8") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(rows)
        return [(row[0], row[1], row[2]) for row in rows]


def lines(catalogue: Catalogue, watcher: Watcher) -> list[Line]:
    found = []
    for status, code, message in documented(catalogue.dialect):
        ours = [
            row
            for row in catalogue
            if (str(row.status), row.code, HOLE.sub("<>", row.message)) == (status, code, HOLE.sub("<>", message))
        ]
        met = [row for row in ours if (row.dialect, row.line) in watcher.passed]
        row = min(met or ours, key=lambda row: list(HOW).index(row.reach) if row.reach in HOW else 9)
        test = watcher.passed.get((row.dialect, row.line), "")
        how = HOW[row.reach] if test and row.reach in HOW else f"missing ({row.reach})"
        if test and row.probe in OPERATORS:
            how += ", operators only"
        found.append(Line(catalogue.dialect, status, code, message, how, row.probe, test.split("::", 1)[-1]))
    return found


def render(found: list[Line]) -> str:
    counts = Counter(line.how.split(" (")[0].removesuffix(", operators only") for line in found)
    summary = (
        f"{len(found)} rows: {counts['natural']} natural, {counts['by switch']} by switch, "
        f"{counts['by injected fault']} by fault, {counts['missing']} missing"
    )
    parts = [
        "# Conformance\n",
        MADE_BY,
        f"**{summary}**\n",
    ]
    for dialect, (_, title) in TABLES.items():
        own = [line for line in found if line.dialect == dialect]
        met = sum(not line.how.startswith("missing") for line in own)
        parts.append(f"## {title}: {met} of {len(own)}\n")
        parts.append("| status | code | message | provoked | operation | test |\n|---|---|---|---|---|---|")
        for line in own:
            message = line.message.replace("|", "\\|")
            parts.append(
                f"| {line.status} | {line.code} | {message} | {line.how} | {line.operation} | `{line.test}` |"
                if line.test
                else f"| {line.status} | {line.code} | {message} | {line.how} | {line.operation} | |"
            )
        parts.append("")
    return "\n".join(parts)


def met_before() -> set[tuple[str, ...]]:
    """The rows the report in the tree says were met."""
    if not REPORT.exists():
        return set()
    found, title = set(), ""
    for text in REPORT.read_text().splitlines():
        if text.startswith("## "):
            title = text[3:].partition(":")[0]
        elif text.startswith("| ") and "missing" not in text.split(" | ")[3] and text[2].isdigit():
            found.add((title, *text.split(" | ")[:3]))
    return found


def main(check: bool) -> int:
    os.environ["BITTING_WIRE"] = "1"
    watcher = Watcher()
    before = met_before()
    choice = ["-q", "-p", "no:cacheprovider", "-k", "test_row or test_injected_row", "--no-header"]
    pytest.main([*choice, str(ROOT / "tests" / "dialects")], plugins=[watcher])
    found = [line for catalogue in catalogues() if catalogue.dialect in TABLES for line in lines(catalogue, watcher)]
    found.sort(key=lambda line: list(TABLES).index(line.dialect))
    text = render(found)
    if not check:
        REPORT.write_text(text)
    print(text.split("**")[1])
    after = set()
    for line in found:
        if not line.how.startswith("missing"):
            message = line.message.replace("|", "\\|")
            after.add((TABLES[line.dialect][1], f"| {line.status}", line.code, message))
    lost = before - after
    for row in sorted(lost):
        print("no longer met:", *row)
    for test in watcher.failed.values():
        print("failed:", test)
    return 1 if lost or watcher.failed else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
