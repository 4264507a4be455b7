"""Generated pages say what the rows say."""

from __future__ import annotations

from pathlib import Path

import pytest

from bitting.cli.docs import BEGIN, END, documented, page
from bitting.dialects.base.operation import Operation
from bitting.dialects.registry import DIALECTS, operation_tables

FOLDER = Path(__file__).parents[2] / "docs" / "dialects"
TABLES = operation_tables()
PAGES = {dialect.name: dialect.page for dialect in DIALECTS}


@pytest.mark.parametrize("dialect", TABLES)
def test_the_page_is_up_to_date(dialect: str) -> None:
    path = FOLDER / PAGES[dialect]
    if not path.is_file():
        pytest.skip("no page yet")
    text = path.read_text()
    assert page(text, dialect, TABLES[dialect]) == text, "run: make docs"


def test_every_dialect_has_a_page() -> None:
    assert not [page for page in PAGES.values() if not (FOLDER / page).is_file()]


def test_every_documented_operation_of_the_openapi_is_served() -> None:
    names = [name for name, _ in documented("alibaba_openapi")]
    assert (len(names), len(set(names))) == (103, 103)
    assert set(names) <= {row.name for row in TABLES["alibaba_openapi"]}


def test_what_is_not_served_is_told() -> None:
    made = page(f"a\n{BEGIN}\nold\n{END}\nb", "alibaba_openapi", [Operation(name="Encrypt"), Operation(name="Other")])
    assert "1 of 103 operations" in made
    assert "| Encrypt | served |" in made
    assert "| Decrypt | **not yet** |" in made
    assert "### Beyond the reference" in made
    assert made.startswith("a\n")
    assert made.endswith("\nb")


def test_a_page_without_marks_is_left_alone() -> None:
    assert page("text", "alibaba_openapi", []) == "text"
