"""The house rules that a machine can check: sizes, layers, docstrings, rows, what the docs must mention."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from bitting.core.faults import Fault, every_fault
from bitting.dialects.base.errors import Catalogue
from bitting.dialects.registry import DIALECTS, catalogues
from bitting.settings import Settings

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "bitting"
FILES = sorted(path for path in SOURCE.rglob("*.py") if not path.name.endswith("_pb2.py"))
FILE_LINES, FUNCTION_LINES = 400, 60


def name(path: Path) -> str:
    return str(path.relative_to(SOURCE))


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_file_fits_on_a_few_screens(path: Path) -> None:
    assert path.read_text().count("\n") <= FILE_LINES


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_function_fits_on_one_screen(path: Path) -> None:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    tree = ast.parse(path.read_text())
    long = [
        f"{node.name}:{node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, functions)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno > FUNCTION_LINES
    ]
    assert not long


def public_without_docstring(tree: ast.Module) -> list[str]:
    nodes = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)]
    return [node.name for node in nodes if not node.name.startswith("_") and not ast.get_docstring(node)]


@pytest.mark.parametrize("path", FILES, ids=name)
def test_everything_public_says_what_it_promises(path: Path) -> None:
    tree = ast.parse(path.read_text())
    if not tree.body or path.parent.name == "versions":  # a revision is told by its module docstring alone
        return
    assert ast.get_docstring(tree), "the module draws its shape first"
    assert not public_without_docstring(tree)


def test_layers_and_walls_hold() -> None:
    tool = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([tool], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", sorted((SOURCE / "core").rglob("*.py")), ids=name)
def test_no_vendor_word_names_anything_in_the_core(path: Path) -> None:
    vendors = re.compile(r"alibaba|aliyun|huawei|telekom|_otc", re.IGNORECASE)
    named = [
        node.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and vendors.search(node.name)
    ]
    assert not named


@pytest.mark.parametrize("catalogue", catalogues(), ids=lambda catalogue: catalogue.dialect)
@pytest.mark.parametrize("kind", every_fault().values(), ids=lambda kind: kind.__name__)
def test_every_fault_has_an_answer_in_every_dialect(catalogue: Catalogue, kind: type[Fault]) -> None:
    row = catalogue.row(kind())
    assert 400 <= row.status <= 599


def test_only_one_module_names_backends() -> None:
    wanted = re.compile(r"^(from|import) bitting\.(stores|providers|seals)\b", re.MULTILINE)
    inside = ("wiring.py", "stores/", "providers/", "seals/")
    offenders = [name(path) for path in FILES if wanted.search(path.read_text()) and not name(path).startswith(inside)]
    assert not offenders


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "settings.md").read_text()
    missing = [field for field in Settings.__struct_fields__ if f"`{field}`" not in text]
    assert not missing


def test_no_sql_is_pasted_together() -> None:
    pasted = re.compile(r"f\"\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|PRAGMA)\b", re.IGNORECASE)
    assert not [name(path) for path in FILES if pasted.search(path.read_text())]


def test_nothing_is_called_utils() -> None:
    assert not [name(path) for path in FILES if path.stem in {"utils", "helpers", "common", "misc"}]


def test_catalogues_are_all_loaded() -> None:
    found = sorted(path.parent.name for path in SOURCE.glob("dialects/*/errors.tsv"))
    assert found == sorted(dialect.name for dialect in DIALECTS)


def test_the_contract_between_dialects_names_every_one() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    named = next(
        set(item["modules"]) for item in contracts if item["name"].startswith("Dialects do not know each other")
    )
    assert named == {dialect.package for dialect in DIALECTS}
