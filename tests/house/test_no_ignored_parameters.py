"""Every parameter that a row reads has an effect: something in the product looks at the value.

Static, over all dialects: it finds a parameter that nothing names, not one that is read and then dropped by a branch. A
field must go to an attribute that the use case's code reads, or to a function of the row
that names it, or be checked only (``drop``) and stand in ``WITHOUT_EFFECT`` with its reason.
"""

from __future__ import annotations

import ast
import inspect
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

from bitting.dialects.registry import operation_tables

SOURCES = Path(__file__).parents[2] / "src" / "bitting"
ROWS = [(dialect, row) for dialect, rows in operation_tables().items() for row in rows]
#: Checked and without effect, on purpose: parameter -> why.
WITHOUT_EFFECT = {
    "auth": "iam: read by the decoder of the whole body, not by its name",
    "hsm_ca_cert": "huawei, create-keystore: for a connection to a device of the caller's, and there is none",
    "password_policy_name": "huawei, generate-random-password: no operation makes policies; there is one",
    "KeyStorageMechanism": "alibaba_openapi, CreateKey: where hardware keeps keys; software has one place",
    "KMProvider": "alibaba_openapi, ConnectKmsInstance: one value is documented",
}


@cache
def read_names(path: Path | str) -> frozenset[str]:
    """Attributes that the file reads (``x.name``), and names that it unpacks or matches as keywords of records."""
    tree = ast.parse(Path(path).read_text("utf-8"))
    return frozenset(
        node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    )


@cache
def occurrences(folder: Path, text: str) -> int:
    """How often the string stands in the code of the folder."""
    count = 0
    for path in sorted(folder.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        count += sum(isinstance(node, ast.Constant) and node.value == text for node in ast.walk(tree))
    return count


def file_of(function: Any) -> str:
    while isinstance(function, partial):
        function = function.func
    found = inspect.getsourcefile(inspect.unwrap(function))
    assert found
    return found


@cache
def read_by_core(attribute: str) -> bool:
    return any(attribute in read_names(path) for path in (SOURCES / "core").rglob("*.py"))


def used_by_core(row: Any, attribute: str) -> bool:
    """Whether the code of the row's use case reads the attribute; of any, where the row has several or none."""
    if row.use is None or row.composite is not None:
        return read_by_core(attribute)
    functions = (row.use.run, row.use.command, *((row.use.key,) if row.use.key else ()))
    return any(attribute in read_names(file_of(each)) for each in functions) or read_by_core(attribute)


def ignored() -> list[str]:
    found = []
    for dialect, row in ROWS:
        folder = SOURCES / "dialects" / ("huawei" if dialect == "otc" else dialect)
        for field in row.request:
            if field.drop:
                if not (named_elsewhere(folder, field) or field.name in WITHOUT_EFFECT):
                    found.append(f"{dialect} {row.name} {field.name}: dropped")
                continue
            for target in field.targets:
                if field.to and used_by_core(row, target):
                    continue
                if field.name in row.consumed() or occurrences(folder, target) > 1:
                    continue
                found.append(f"{dialect} {row.name} {field.name}: nothing reads {target}")
    return found


def named_elsewhere(folder: Path, field: Any) -> bool:
    """Whether the dialect's code names the parameter besides in its rows, or refuses any value of it."""
    return occurrences(folder, field.name) > 1 or type(field.kind).__name__ == "RefusedParameter"


def test_no_parameter_is_ignored() -> None:
    assert ignored() == []


@pytest.mark.parametrize("name", sorted(WITHOUT_EFFECT))
def test_the_list_of_parameters_without_effect_is_current(name: str) -> None:
    assert any(field.name == name and field.drop for _, row in ROWS for field in row.request), "no row has it any more"
