"""Where a page of named things begins and ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PageMarkers:
    """``next``: the name after which the next page starts, None on the last page.

    ``previous``: the first name of this page, None on an empty one; ``count``: how many are on this page.
    """

    next: str | None
    previous: str | None
    count: int


def markers(names: Sequence[str], *, more: bool) -> PageMarkers:
    """The markers of a page of these names. ``more``: whether another page follows."""
    return PageMarkers(names[-1] if more and names else None, names[0] if names else None, len(names))
