"""What the rows of the secrets API say of themselves."""

from __future__ import annotations

import pytest

from bitting.dialects.huawei.secrets.operations import rows

ROWS = rows()
HOOKED_MOST = 0.15
#: Succeeds with an empty object.
ANSWERS_NOTHING = {"delete-secret"}


@pytest.mark.parametrize("name", ROWS)
def test_every_row_declares_its_answer(name: str) -> None:
    row = ROWS[name]
    assert bool(row.response) == (row.ok != 204 and name not in ANSWERS_NOTHING)


def test_few_rows_need_a_function() -> None:
    hooked = sorted(name for name, row in ROWS.items() if row.hooks)
    assert len(hooked) <= HOOKED_MOST * len(ROWS), hooked
