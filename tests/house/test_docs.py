"""Documents say what the code says: generated pages, and every name that the other pages mention."""

from __future__ import annotations

import re
import subprocess
import tomllib
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import pytest
import typer.main
import yaml

from bitting.cli.app import _GROUPS as LAZY
from bitting.cli.app import cli
from bitting.cli.docs import BEGIN, END, documented, page
from bitting.dialects.base.operation import Operation
from bitting.dialects.registry import DIALECTS, operation_tables
from bitting.settings import Settings

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "dialects"
TABLES = operation_tables()
PAGES = {dialect.name: dialect.page for dialect in DIALECTS}
TEXTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
#: Where a path in a document may start.
STARTS = ("", "src/bitting", "src/bitting/core", "src/bitting/dialects", "src/bitting/core/usecases", "docs")
#: Files that a rehearsal makes, that a running server or a user makes, or that are another program's.
ELSEWHERE = {
    "stores/toy.py", "seals/environment.py",
    "changes/NNNN.TYPE.md",
    "bitting.toml", "credentials.json", "bitting-data/credentials.json", "seed.yaml", "head.json",
}  # fmt: skip
#: Environment variables that are no settings.
VARIABLES = {"BITTING_CONFIG", "BITTING_SDK_ENVS", "BITTING_WIRE"}
FILE = re.compile(r"(?<![\w/.<>:-])((?:[\w.-]+/)*[\w-][\w.-]*\.(?:py|tsv|md|proto|toml|txt|sh|yaml|in))(?![\w/*<])")
FOLDERS = re.compile(
    r"`((?:src|core|tests|dialects|stores|docs|providers|scripts|changes|requirements)(?:/[\w.-]+)*/?)`"
)


def text_id(path: Path) -> str:
    return str(path.relative_to(ROOT))


def every_text(test):
    return pytest.mark.parametrize("path", TEXTS, ids=text_id)(test)


def code(text: str) -> list[str]:
    """What stands between backticks and in code blocks."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
    return [line for block in blocks for line in block.splitlines()] + inline


@cache
def tracked() -> frozenset[str]:
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return frozenset(done.stdout.split())


def is_there(name: str, beside: Path) -> bool:
    """Whether a path in a document leads to something; a bare file name may be anywhere in the tree."""
    if name in ELSEWHERE or any((ROOT / start / name).exists() for start in STARTS) or (beside / name).exists():
        return True
    return "/" not in name and any(Path(file).name == name for file in tracked())


@every_text
def test_files_and_folders_exist(path: Path) -> None:
    spans = code(path.read_text())
    names = [name for span in spans for name in FILE.findall(span)]
    names += [name for span in spans for name in FOLDERS.findall(f"`{span}`")]
    assert not [name for name in names if not is_there(name, path.parent)]


@every_text
def test_links_and_their_anchors_exist(path: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text()):
        if target.startswith(("http:", "https:")):
            continue
        name, _, anchor = target.partition("#")
        aim = path.parent / name if name else path
        if not aim.exists() or (anchor and anchor not in anchors(aim)):
            broken.append(target)
    assert not broken


def anchors(path: Path) -> set[str]:
    """The anchors that a page's headings make."""
    titles = re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@every_text
def test_modules_exist(path: Path) -> None:
    names = set(re.findall(r"\bbitting(?:\.[a-z_0-9]+)+", "\n".join(code(path.read_text()))))
    missing = []
    for name in names - {"bitting.toml", "bitting.db"}:
        try:
            import_module(name)
        except ModuleNotFoundError:
            missing.append(name)
    assert not missing


@every_text
def test_make_targets_exist(path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    wanted = {name for span in code(path.read_text()) for name in re.findall(r"^make ([a-z-]+)", span.strip())}
    assert wanted <= targets


@every_text
def test_environment_variables_are_settings(path: Path) -> None:
    known = {f"BITTING_{field.upper()}" for field in Settings.__struct_fields__} | VARIABLES
    assert set(re.findall(r"\bBITTING_[A-Z_]+\b", path.read_text())) <= known


def test_the_page_of_settings_lists_them_all_and_no_others() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \|", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE)
    assert sorted(rows) == sorted((name, f"BITTING_{name.upper()}") for name in Settings.__struct_fields__)


@cache
def command_tree() -> dict[str, object]:
    """Every ``bitting`` command: words to its options, or to the commands below."""

    def below(command: click.Command) -> dict[str, object]:
        inner = getattr(command, "commands", {})
        if inner:
            return {name: below(each) for name, each in inner.items()}
        return {"": {option for item in command.params for option in item.opts}}

    tree = below(typer.main.get_command(cli))
    groups = {name: getattr(import_module(module), attribute) for name, (module, attribute) in LAZY.items()}
    return tree | {name: below(typer.main.get_command(group)) for name, group in groups.items()}


@every_text
def test_commands_and_their_options_exist(path: Path) -> None:
    wrong = [line for line in map(str.strip, code(path.read_text())) if line.startswith("bitting ") and not runs(line)]
    assert not wrong


def runs(line: str) -> bool:
    """Whether the command line names a command and options that are there."""
    words = line.split("#", maxsplit=1)[0].split()[1:]
    tree: Any = command_tree()
    while words and words[0] in tree:
        tree = tree[words.pop(0)]
    options = {word.split("=")[0].strip("[],`|") for word in words if word.strip("[").startswith("--")}
    if "" not in tree:
        return "--help" in options or (bool(words) and set("".join(words).split("|")) <= set(tree))
    return options <= tree[""] | {"--help"}


def test_the_readme_counts_as_the_conformance_report_does() -> None:
    report = (ROOT / "docs" / "conformance.md").read_text()
    rows, natural, switch, fault, missing = map(
        int, re.search(r"(\d+) rows: (\d+) natural, (\d+) by switch, (\d+) by fault, (\d+) missing", report).groups()
    )
    assert (natural + switch + fault, missing) == (rows, 0)
    assert (
        f"All {rows} documented error rows are answered over the wire, {fault} of them"
        in (ROOT / "README.md").read_text()
    )


def test_the_clients_page_names_the_pinned_openstacksdk_and_no_other_page_does() -> None:
    pinned = re.search(r"^openstacksdk==(\S+)$", (ROOT / "requirements" / "sdk-otc.in").read_text(), re.MULTILINE)[1]
    assert f"`openstacksdk` {pinned}" in (ROOT / "docs" / "clients.md").read_text()
    others = [path for path in TEXTS if path.name != "clients.md"]
    assert not [path for path in others if re.search(r"openstacksdk`?[^\n]{0,20}\d+\.\d+", path.read_text())]


def change_types() -> set[str]:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["towncrier"]
    return {kind["directory"] for kind in config["type"]}


@pytest.mark.parametrize("path", sorted((ROOT / "changes").iterdir()), ids=lambda path: path.name)
def test_a_change_has_a_number_a_known_type_and_a_text(path: Path) -> None:
    if path.name == "template.md.jinja":
        return
    number, kind, ending = path.name.split(".")
    assert re.fullmatch(r"\d{4}", number)
    assert kind in change_types()
    assert ending == "md"
    assert path.read_text().strip()


def test_contributing_lists_the_types_of_changes() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    assert not [kind for kind in change_types() if f"`{kind}`" not in text]


def test_hooks_before_a_commit_fetch_nothing() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    assert {repository["repo"] for repository in config["repos"]} == {"local"}
    hooks = [hook for repository in config["repos"] for hook in repository["hooks"]]
    assert {hook["language"] for hook in hooks} == {"system"}
    assert {hook["entry"].split()[0] for hook in hooks} == {
        f".venv/bin/{tool}" for tool in ("ruff", "mypy", "lint-imports")
    }


@pytest.mark.parametrize("dialect", TABLES)
def test_the_page_is_up_to_date(dialect: str) -> None:
    path = FOLDER / PAGES[dialect]
    if not path.is_file():
        pytest.skip("no page yet")
    text = path.read_text()
    assert page(text, dialect, TABLES[dialect]) == text, "run: make docs"


def test_every_dialect_has_a_page() -> None:
    assert not [page for page in PAGES.values() if not (FOLDER / page).is_file()]


def test_every_documented_operation_of_the_openapi_is_served() -> None:
    names = [name for name, _ in documented("alibaba_openapi")]
    assert (len(names), len(set(names))) == (103, 103)
    assert set(names) <= {row.name for row in TABLES["alibaba_openapi"]}


def test_what_is_not_served_is_told() -> None:
    made = page(f"a\n{BEGIN}\nold\n{END}\nb", "alibaba_openapi", [Operation(name="Encrypt"), Operation(name="Other")])
    assert "1 of 103 operations" in made
    assert "| Encrypt | served |" in made
    assert "| Decrypt | **not yet** |" in made
    assert "### Beyond the reference" in made
    assert made.startswith("a\n")
    assert made.endswith("\nb")


def test_a_page_without_marks_is_left_alone() -> None:
    assert page("text", "alibaba_openapi", []) == "text"
