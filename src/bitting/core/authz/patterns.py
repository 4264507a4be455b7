"""Patterns of actions and resources: compiled once, compared often.

::

    *            everything                 any_
    key/*        this and all below         prefixes
    key/<id>     exactly this               equal
    k?y/*-prod   anything else              globs      ``*``: any text, ``?``: one character
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache


class Patterns:
    """Several patterns, of which one is enough."""

    __slots__ = ("any_", "equal", "globs", "prefixes")

    def __init__(self, patterns: Iterable[str]) -> None:
        self.any_ = False
        equal: set[str] = set()
        prefixes: list[str] = []
        globs: list[re.Pattern[str]] = []
        for pattern in patterns:
            head = pattern[:-1]
            if pattern == "*":
                self.any_ = True
            elif "*" in head or "?" in pattern:
                globs.append(glob(pattern))
            elif pattern.endswith("*"):
                prefixes.append(head)
            else:
                equal.add(pattern)
        self.equal, self.prefixes, self.globs = frozenset(equal), tuple(prefixes), tuple(globs)

    def match(self, value: str) -> bool:
        """Whether one of the patterns matches."""
        if self.any_ or value in self.equal or (self.prefixes and value.startswith(self.prefixes)):
            return True
        return bool(self.globs) and any(pattern.fullmatch(value) for pattern in self.globs)

    def whole(self, kind: str) -> bool:
        """Whether one of the patterns covers every resource of a kind (``key``), those to come included."""
        return self.any_ or any(f"{kind}/".startswith(prefix) for prefix in self.prefixes)


@lru_cache(maxsize=4096)
def glob(pattern: str) -> re.Pattern[str]:
    """A pattern with wildcards anywhere, for ``fullmatch``."""
    # Runs of stars are one star: a pattern is a caller's, and backtracking over each of them would be its cost.
    parts = {"*": ".*", "?": "."}
    return re.compile("".join(parts.get(char, re.escape(char)) for char in re.sub(r"\*+", "*", pattern)), re.DOTALL)


def matches(pattern: str, value: str) -> bool:
    """Whether one pattern matches."""
    if "*" not in pattern and "?" not in pattern:
        return pattern == value
    if pattern.endswith("*") and "*" not in pattern[:-1] and "?" not in pattern:
        return value.startswith(pattern[:-1])
    return glob(pattern).fullmatch(value) is not None


def pattern_covers(wide: str, narrow: str) -> bool:
    """Whether all that ``narrow`` matches is matched by ``wide``. Conservative: may say no, never a wrong yes."""
    if wide in ("*", narrow):
        return True
    if "*" not in narrow and "?" not in narrow:
        return matches(wide, narrow)
    if wide.endswith("*") and "*" not in wide[:-1] and "?" not in wide:
        head = re.split(r"[*?]", narrow, maxsplit=1)[0]
        return head.startswith(wide[:-1])
    return False


def patterns_overlap(one: str, other: str) -> bool:
    """Whether something may be matched by both. Conservative: may say yes wrongly, never a wrong no."""
    first, second = re.split(r"[*?]", one, maxsplit=1), re.split(r"[*?]", other, maxsplit=1)
    if len(first) == 1:
        return matches(other, one)
    if len(second) == 1:
        return matches(one, other)
    return first[0].startswith(second[0]) or second[0].startswith(first[0])
