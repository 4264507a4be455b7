"""``bitting docs``: the tables of operations in ``docs/dialects``, made from the rows.

::

    rows of a dialect (+ documented.tsv: every operation its cloud documents)
        -> | operation | status | parameters | answer |
        -> between the two marks of the dialect's page; a page without marks is left alone
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path

from bitting.dialects.base.codecs import Base64, Choice, Integer
from bitting.dialects.base.operation import Field, Operation
from bitting.dialects.registry import DIALECTS

BEGIN = "<!-- operations: made by `bitting docs`, do not edit -->"
END = "<!-- end of operations -->"
_WORDS_MAX = 60
_SERVED, _NOT_YET = "served", "**not yet**"


def documented(dialect: str) -> list[tuple[str, str]]:
    """(operation, group) of everything the cloud documents; nothing where no list is kept."""
    file = files(f"bitting.dialects.{dialect}").joinpath("documented.tsv")
    if not file.is_file():
        return []
    reader = csv.reader(file.read_text(encoding="utf-8").splitlines(), delimiter="\t")
    next(reader)
    return [(row[0], row[1]) for row in reader]


def table(rows: Iterable[Operation], listed: Sequence[tuple[str, str]]) -> str:
    """The page's part between the marks."""
    held = {row.name: row for row in rows}
    names = dict(listed) or dict.fromkeys(held, "")
    extra = {name: "beyond the reference" for name in held if name not in names}
    groups: dict[str, list[str]] = {}
    for name, group in {**names, **extra}.items():
        groups.setdefault(group, []).append(name)
    served = sum(name in held for name in names)
    lines = [f"{served} of {len(names)} operations are served. **Bold** parameters are required.", ""]
    for group, members in groups.items():
        lines += [f"### {group[0].upper()}{group[1:]}", ""] if group else []
        lines += ["| operation | status | parameters | answer |", "|---|---|---|---|"]
        lines += [_line(name, held.get(name)) for name in sorted(members)]
        lines.append("")
    return "\n".join(lines)


def _line(name: str, row: Operation | None) -> str:
    if row is None:
        return f"| {name} | {_NOT_YET} | | |"
    requested = ", ".join(_parameter(item, row) for item in row.request)
    answered = ", ".join(row.answered())
    place = f" `{row.method} {row.path}`" if row.path else ""
    return f"| {name}{place} | {_SERVED} | {requested} | {answered} |"


def _parameter(item: Field, row: Operation) -> str:
    name = f"{item.name}.N" if item.name in getattr(row, "repeated", ()) else item.name
    shown = f"**{name}**" if item.required else name
    limits = _limits(item.kind)
    return f"{shown} ({limits})" if limits else shown


def _limits(kind: object) -> str:
    """What a value may be, in few words; empty where that takes more."""
    if isinstance(kind, Integer):
        return f"{kind.least} to {kind.most}"
    if isinstance(kind, Base64):
        return "base64"
    if isinstance(kind, Choice):
        words = " ".join(kind.words)
        return words if len(words) <= _WORDS_MAX else ""
    return ""


def page(text: str, dialect: str, rows: Iterable[Operation]) -> str:
    """The page with its table made again; as it is where it has no marks."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        return text
    return f"{before}{BEGIN}\n{table(rows, documented(dialect))}\n{END}{after}"


def run(folder: Path, *, check: bool) -> int:
    """Make every page in ``folder`` again, or only ``check`` them: 1 if one is out of date or there is none."""
    stale = []
    for dialect in DIALECTS:
        path = folder / dialect.page
        if not path.is_file():
            continue
        former = path.read_text(encoding="utf-8")
        new = page(former, dialect.name, dialect.rows())
        if new != former:
            stale.append(path.name)
            if not check:
                path.write_text(new, encoding="utf-8")
    if not folder.is_dir():
        sys.stderr.write(f"bitting: {folder} is not there; run this in a checkout\n")
        return 1
    for name in stale:
        print(f"{name}: {'out of date' if check else 'made again'}")
    return 1 if check and stale else 0
