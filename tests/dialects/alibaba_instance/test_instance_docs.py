"""The page about this dialect names everything the dialect serves."""

from __future__ import annotations

from pathlib import Path

import pytest

from bitting.dialects.alibaba_instance.operations import OPERATIONS

PAGE = (Path(__file__).parents[3] / "docs" / "dialects" / "alibaba-instance.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_the_page_lists_the_operation(name):
    table = PAGE.partition("## Operations")[2].partition("## Limits")[0]
    words = table.replace(",", " ").replace("|", " ").split()
    assert name in words


def test_at_most_three_rows_in_twenty_are_composites():
    composites = [row for row in OPERATIONS.values() if row.composite is not None]
    assert len(composites) <= 0.15 * len(OPERATIONS)
