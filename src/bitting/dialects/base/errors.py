"""The error catalogue: a dialect's ``errors.tsv``, joined to faults by class name.

::

    fault  when  surface  ops  status  code  message  reach  probe  note

``when``: ``attribute=value`` pairs (``;`` between, ``|`` for "or") that the fault must carry.
``surface``: ``*`` or one of the dialect's tables. ``ops``: ``*`` or operation names.
``message``: ``{name}`` is replaced by the fault's attribute. ``reach``: ``natural``, ``switch``, ``fault``,
or ``later:<capability>`` while the operation that meets it is not there yet. ``probe``: an operation that meets it.

Choice of a row: exact class before base class (nearest first); a row naming the operation before ``*``;
most ``when`` pairs before fewer; a surface before ``*``. A tie fails when the catalogue is loaded, and so does
a condition or a hole that names no field of the row's fault class.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

from bitting.core.faults import Fault, every_fault, field_names

COLUMNS = ("fault", "when", "surface", "ops", "status", "code", "message", "reach", "probe", "note")
_HOLE = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of ``errors.tsv``; ``line`` is its number in the file."""

    dialect: str
    line: int
    fault: str
    when: tuple[tuple[str, frozenset[str]], ...]
    surface: str
    ops: frozenset[str]
    status: int
    code: str
    message: str
    reach: str
    probe: str
    note: str

    @property
    def test_id(self) -> str:
        """The id of the test that provokes this row."""
        return f"{self.dialect}/{self.code or self.status}/{self.fault}/{self.probe}"

    def fits(self, fault: Fault, operation: str, surface: str) -> bool:
        """Whether this row may answer the fault in that place."""
        if self.surface not in {"*", surface} or not ("*" in self.ops or operation in self.ops):
            return False
        return all(fault.detail(name) in values for name, values in self.when)

    @property
    def holes(self) -> frozenset[str]:
        """The names of the attributes that the message shows."""
        return frozenset(_HOLE.findall(self.message))

    def rank(self) -> tuple[bool, int, bool]:
        """Order among rows of one class: greater is chosen."""
        return ("*" not in self.ops, len(self.when), self.surface != "*")

    def text(self, fault: Fault) -> str:
        """The message with the fault's attributes filled in."""
        return _HOLE.sub(lambda hole: fault.detail(hole.group(1)), self.message)


class Catalogue:
    """All rows of one dialect, chosen from by :meth:`row`."""

    def __init__(self, dialect: str, rows: list[Row]) -> None:
        self.dialect = dialect
        self.rows = rows
        self._by_fault: dict[str, list[Row]] = {}
        for row in rows:
            self._by_fault.setdefault(row.fault, []).append(row)
        for group in self._by_fault.values():
            group.sort(key=Row.rank, reverse=True)
            _refuse_ties(group)

    def row(self, fault: Fault, operation: str = "", surface: str = "*") -> Row:
        """The row that answers this fault. Every fault has one: ``Fault`` itself is the last base class.

        A fault that developer mode made names its row itself (``pinned``).
        """
        if isinstance(fault.pinned, Row):
            return fault.pinned
        for kind in type(fault).__mro__:
            for row in self._by_fault.get(kind.__name__, ()):
                if row.fits(fault, operation, surface):
                    return row
        msg = f"{self.dialect}: no row for {type(fault).__name__}"
        raise LookupError(msg)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)


def _refuse_ties(group: list[Row]) -> None:
    seen: dict[object, Row] = {}
    for row in group:
        for operation in row.ops:
            place = (operation, row.surface, row.when)
            if place in seen:
                msg = f"{row.dialect} errors.tsv: lines {seen[place].line} and {row.line} tie for {row.fault}"
                raise ValueError(msg)
            seen[place] = row


def _conditions(text: str) -> tuple[tuple[str, frozenset[str]], ...]:
    pairs = (part.split("=", 1) for part in text.split(";") if part)
    return tuple((name.strip(), frozenset(values.split("|"))) for name, values in pairs)


def _refuse_unknown_fields(row: Row, fields: frozenset[str]) -> None:
    """Raise ``ValueError`` for a condition that could never hold, or a hole that would always be empty."""
    place = f"{row.dialect} errors.tsv line {row.line}"
    for name, _ in row.when:
        if name not in fields:
            msg = f"{place}: the condition {name!r} is no field of {row.fault}; its fields are {_listed(fields)}"
            raise ValueError(msg)
    for name in sorted(row.holes - fields):
        msg = f"{place}: the hole {{{name}}} is no field of {row.fault}; its fields are {_listed(fields)}"
        raise ValueError(msg)


def _listed(fields: frozenset[str]) -> str:
    return ", ".join(sorted(fields)) or "none"


def load(dialect: str, package: str) -> Catalogue:
    """Read ``errors.tsv`` of a dialect's package.

    Raises ``ValueError``, with dialect, line and name, for an unknown fault class or field, and for a tie.
    """
    return parse(dialect, files(package).joinpath("errors.tsv").read_text(encoding="utf-8"))


def parse(dialect: str, text: str) -> Catalogue:
    """The catalogue that the text of an ``errors.tsv`` describes. Raises as :func:`load`."""
    known = every_fault()
    rows = []
    reader = csv.reader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    if tuple(next(reader)) != COLUMNS:
        msg = f"{dialect} errors.tsv: the first line must name {COLUMNS}"
        raise ValueError(msg)
    for line, cells in enumerate(reader, start=2):
        if not cells or cells[0].startswith("#"):
            continue
        fault, when, surface, ops, status, code, message, reach, probe, note = cells + [""] * (
            len(COLUMNS) - len(cells)
        )
        if fault not in known:
            msg = f"{dialect} errors.tsv line {line}: no fault class {fault}"
            raise ValueError(msg)
        place = (_conditions(when), surface, frozenset(ops.split(",")))
        row = Row(dialect, line, fault, *place, int(status), code, message, reach, probe, note)
        _refuse_unknown_fields(row, field_names(known[fault]) - {"pinned"})
        rows.append(row)
    return Catalogue(dialect, rows)
