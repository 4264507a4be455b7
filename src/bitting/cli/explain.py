"""``bitting explain KMS.0209``: from a code on the wire to meaning, place, test and next step."""

from __future__ import annotations

import inspect
import sys

from rich.console import Console
from rich.table import Table

from bitting.cli.advice import next_step
from bitting.core.faults import every_fault
from bitting.core.key_states import TABLE
from bitting.dialects.base.errors import Row
from bitting.dialects.registry import catalogues


def run(code: str) -> int:
    """Print every row with this code. 1 if there is none, with the nearest codes."""
    rows = [row for catalogue in catalogues() for row in catalogue]
    found = [row for row in rows if row.code.lower() == code.lower()]
    if not found:
        near = sorted({row.code for row in rows if code.lower() in row.code.lower()})
        hint = f"; did you mean {', '.join(near[:8])}?" if near else "; codes look like KMS.0209 or Rejected.Disabled"
        sys.stderr.write(f"bitting: no error code {code}{hint}\n")
        return 1
    console = Console()
    for row in found:
        console.print(_table(row))
    return 0


def _table(row: Row) -> Table:
    table = Table(title=f"{row.code} in {row.dialect}", show_header=False, title_justify="left", expand=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    kind = every_fault()[row.fault]
    when = "; ".join(f"{name} is {' or '.join(sorted(values))}" for name, values in row.when)
    cells = [
        ("status", str(row.status)),
        ("message", row.message),
        ("meaning", (inspect.getdoc(kind) or "").split("\n")[0]),
        ("only when", when),
        ("operations", "all" if "*" in row.ops else ", ".join(sorted(row.ops))),
        ("raised", _raised(row.fault)),
        ("met by", row.reach + (f", for instance {row.probe}" if row.probe else "")),
        ("test", row.test_id),
        ("next step", next_step(kind)),
        ("note", row.note),
    ]
    for name, text in cells:
        if text:
            table.add_row(name, text)
    return table


def _raised(fault: str) -> str:
    cells = [
        f"{name} x {state}" for name, row in TABLE.items() for state, kind in row.items() if kind.__name__ == fault
    ]
    place = f"key_states.py: {', '.join(cells)}" if cells else f"grep -rn {fault} src/bitting"
    return f"{fault} ({place})"
