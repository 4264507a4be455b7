"""Every documented error row is in the product, with exactly the documented status, code and message."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from bitting.dialects.registry import catalogues

DATA = Path(__file__).parents[1] / "data" / "errors"
TABLES = {
    "alibaba_openapi": "alibaba-openapi.tsv",
    "alibaba_instance": "alibaba-instance.tsv",
    "huawei": "huawei-dew.tsv",
    "otc": "otc-kms.tsv",
}
#: What a message leaves to be filled in: ``<value>`` in the documents, ``{attribute}`` in our rows.
HOLE = re.compile(r"<[^>]*>|\{[a-z_]+\}")


def documented(dialect: str) -> list[tuple[int, str, str]]:
    with (DATA / TABLES[dialect]).open(encoding="utf-8") as file:
        reader = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(reader)
        return [(int(row[0]), row[1], HOLE.sub("<>", row[2])) for row in reader]


ROWS = [(dialect, row) for dialect in TABLES for row in documented(dialect)]
OURS = {
    catalogue.dialect: {(row.status, row.code, HOLE.sub("<>", row.message)) for row in catalogue}
    for catalogue in catalogues()
}


def test_there_are_301_documented_rows() -> None:
    assert len(ROWS) == 301


@pytest.mark.parametrize(
    ("dialect", "row"), ROWS, ids=[f"{name}/{row[1]}/{index}" for index, (name, row) in enumerate(ROWS)]
)
def test_the_row_is_there_to_the_letter(dialect: str, row: tuple[int, str, str]) -> None:
    assert row in OURS[dialect]


@pytest.mark.parametrize("dialect", TABLES)
def test_no_row_contradicts_the_documents(dialect: str) -> None:
    """A documented code keeps its documented statuses and texts; codes of our own say so in their note."""
    known = documented(dialect)
    codes = {code for _, code, _ in known}
    catalogue = next(found for found in catalogues() if found.dialect == dialect)
    for row in catalogue:
        if row.code in codes:
            assert (row.status, row.code, HOLE.sub("<>", row.message)) in known or "not from the source" in row.note
        else:
            assert row.note, f"{row.code}: a row that no source table has must say why"
