"""The threat model and the tests are the same list: every test it names is there, every attack stands in it."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "SECURITY.md", ROOT / "docs" / "threat-model.md")
TEST = re.compile(r"`(tests/[\w/.-]+\.py)::(test_\w*)(\*?)`")
ATTACKS = sorted((ROOT / "tests" / "attack").glob("test_*.py"))


@cache
def functions_of(path: Path) -> frozenset[str]:
    """Names of the test functions of a module."""
    if not path.is_file():
        return frozenset()
    nodes = ast.walk(ast.parse(path.read_text()))
    found = (node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(node.name for node in found if node.name.startswith("test_"))


def named(page: Path) -> list[tuple[str, set[str]]]:
    """Every mention of tests on a page, and the tests that it means."""
    return [
        (
            f"{path}::{name}{star}",
            {test for test in functions_of(ROOT / path) if test == name or (star and test.startswith(name))},
        )
        for path, name, star in TEST.findall(page.read_text())
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_named_is_there(page: Path) -> None:
    assert [mention for mention, tests in named(page) if not tests] == []


def test_every_promise_names_a_test() -> None:
    text = PAGES[1].read_text()
    promises = text[text.index("## Promises") : text.index("## Not promised")]
    rows = [line for line in promises.splitlines() if line.startswith("| ") and not line.startswith("| promise")]
    assert len(rows) > 20
    assert [row for row in rows if not TEST.search(row)] == []


def test_every_attack_stands_for_a_promise() -> None:
    text = PAGES[1].read_text()
    missing = []
    for path in ATTACKS:
        relative = str(path.relative_to(ROOT))
        mentions = [(name, star) for place, name, star in TEST.findall(text) if place == relative]
        missing += [
            f"{relative}::{test}"
            for test in sorted(functions_of(path))
            if not any(test == name or (star and test.startswith(name)) for name, star in mentions)
        ]
    assert ATTACKS
    assert missing == []
