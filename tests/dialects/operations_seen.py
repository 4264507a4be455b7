"""Which operations of which dialect the tests really called, and which of them nobody did.

::

    BITTING_OPERATIONS=DIR pytest ...         every process appends to DIR/<pid>: dialect, operation, status class
    python tests/dialects/operations_seen.py DIR    compares with every dialect's table; exits 1 if one was never called

Written where a response leaves the pipeline, so that a test cannot claim what it did not do: an operation counts as
called once it has answered a request of its own with success.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from bitting.dialects.registry import operation_tables

FOLDER = os.environ.get("BITTING_OPERATIONS", "")
_NOTED: set[tuple[str, str, str]] = set()


def note(dialect: str, call: Any, response: Any) -> None:
    """Remember an operation that has been answered. Does nothing unless ``BITTING_OPERATIONS`` is set."""
    if not FOLDER:
        return
    profile = getattr(getattr(call, "profile", None), "name", "") or dialect
    entry = (profile, call.operation.name, "ok" if response.status < 400 else "refused")
    if entry in _NOTED:
        return
    _NOTED.add(entry)
    folder = Path(FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / str(os.getpid())).open("a") as file:
        file.write("\t".join(entry) + "\n")


def seen(folder: Path) -> set[tuple[str, str]]:
    """Dialect and operation of every call that succeeded."""
    lines = [line.split("\t") for path in folder.iterdir() for line in path.read_text().splitlines()]
    return {(dialect, operation) for dialect, operation, outcome in lines if outcome == "ok"}


def missing(folder: Path) -> dict[str, list[str]]:
    """Operations of each dialect's table that no test has called with success."""
    found = seen(folder)
    return {
        dialect: sorted({row.name for row in rows if (dialect, row.name) not in found})
        for dialect, rows in operation_tables().items()
    }


def main(folder: str) -> int:
    """Print what is missing; 1 if anything is."""
    tables, absent = operation_tables(), missing(Path(folder))
    for dialect, names in absent.items():
        total = len({row.name for row in tables[dialect]})
        print(f"{dialect}: {total - len(names)} of {total} operations called", *names, sep="\n    never: ")
    return 1 if any(absent.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
