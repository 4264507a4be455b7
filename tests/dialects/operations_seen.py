"""Which operations of which dialect the tests really called, and which of them nobody did.

::

    BITTING_OPERATIONS=DIR pytest ...         every process appends to DIR/<pid>: dialect, operation, status class
    python tests/dialects/operations_seen.py DIR    compares with every dialect's table; exits 1 if one was never called

Written where a response leaves the pipeline, so that a test cannot claim what it did not do: an operation counts as
called once it has answered a request of its own with success. Two kinds of rows differ: one that its table refuses to
everybody counts once it has refused, and a public one, answered before a project says whose profile is asked, counts
for every dialect that has it.
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


def seen(folder: Path) -> set[tuple[str, str, str]]:
    """Dialect, operation and outcome of every call."""
    lines = [line.split("\t") for path in folder.iterdir() for line in path.read_text().splitlines()]
    return {(dialect, operation, outcome) for dialect, operation, outcome in lines}


#: Operations of Huawei whose success the official client shows in another process: here it is enough that they were
#: asked (``tests/sdk/clients/huawei_every.py``).
BY_THE_CLIENT = frozenset({
    "delete-access-point", "delete-key-policy", "delete-keystore", "derive-shared-secret", "enable-access-point",
    "show-key-policy", "show-keystore",
})  # fmt: skip
#: Operations of Huawei that tests have met refused only: orders always are, the others have no test of a success yet.
REFUSED = frozenset({"create-order", "delete-tag/action", "register-notice", "show-job"})


def _called(dialect: str, row: Any, found: set[tuple[str, str, str]]) -> bool:
    """Whether the row has answered as its table says it does."""
    if dialect == "huawei" and row.name in BY_THE_CLIENT:
        return (dialect, row.name, "refused") in found
    refused = getattr(row, "refusal", None) is not None or (dialect == "huawei" and row.name in REFUSED)
    outcome = "refused" if refused else "ok"
    callers = {entry[0] for entry in found} if getattr(row, "public", False) else {dialect}
    return any((caller, row.name, outcome) in found for caller in callers)


def missing(folder: Path) -> dict[str, list[str]]:
    """Operations of each dialect's table that no test has called."""
    found = seen(folder)
    return {
        dialect: sorted({row.name for row in rows if not _called(dialect, row, found)})
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
