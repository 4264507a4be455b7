"""Values on command lines and in tests: durations, times, error codes."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from bitting.cli.client import CommandError

if TYPE_CHECKING:
    from bitting.dialects.base.errors import Row

_SPAN = re.compile(r"(-?\d+(?:\.\d+)?)(ms|s|m|h|d|w)")
_UNITS_MS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}


def span_ms(text: str) -> int:
    """Milliseconds of ``31d``, ``12h30m``, ``-1h``. Raises :class:`CommandError`."""
    parts = _SPAN.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        msg = f"{text!r} is no span of time; write for instance 31d, 12h30m or 90s"
        raise CommandError(msg)
    return round(sum(float(number) * _UNITS_MS[unit] for number, unit in parts))


def moment_ms(text: str) -> int:
    """Milliseconds since 1970 of an ISO 8601 time; UTC if it names no zone. Raises :class:`CommandError`."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        msg = f"{text!r} is no time; write for instance 2027-01-01T00:00:00Z"
        raise CommandError(msg) from None
    return round((moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp() * 1000)


def find_row(dialect: str, code: str, operation: str) -> Row:
    """The catalogue row a code means for an operation. Raises :class:`CommandError` with what there is."""
    from bitting.wiring import catalogues  # noqa: PLC0415 - half a second that other commands do not spend

    found = {catalogue.dialect: catalogue for catalogue in catalogues()}
    if dialect not in found:
        msg = f"there is no dialect {dialect!r}; the dialects are {', '.join(sorted(found))}"
        raise CommandError(msg)
    rows = [row for row in found[dialect] if row.code.lower() == code.lower()]
    if not rows:
        msg = f"{dialect} has no error code {code!r}; `bitting explain {code}` shows where it is known"
        raise CommandError(msg)
    return next((row for row in rows if operation in row.ops), rows[0])
