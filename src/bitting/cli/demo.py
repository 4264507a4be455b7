"""``bitting demo``: run the clouds' own clients against a new server and print a table of the results.

::

    find the checkout -> start a server -> make the client environments -> run the drivers -> table -> exit 0 or 1

The drivers and their environments are those of ``tests/sdk``; they come with a checkout, not with the package, so
the demo must be able to find one. Nothing but the package registry is contacted, and that only the first time.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

#: Where the checkout is, for a demo that is not started inside it.
CHECKOUT_VARIABLE = "BITTING_CHECKOUT"
_RIG = "bitting_demo_rig"
_OUTSIDE = f"""\
The demo runs the drivers in tests/sdk of a Bitting checkout, and there is none here.
Either change into a clone of the repository and run  make demo
or name the clone:                                    {CHECKOUT_VARIABLE}=/path/to/clone bitting demo"""


def demo(data_dir: Path | None = None) -> None:
    """Start a server, drive it with the official clients of every cloud, print what they saw.

    The server listens on free ports of 127.0.0.1 and keeps its data in ``data_dir``, by default in a temporary
    folder that is removed at the end. Exits with 1 when a single operation, documented error or crossing of a
    ciphertext failed, with 2 when there is no checkout.
    """
    console = Console()
    checkout = find_checkout()
    if checkout is None:
        console.print(_OUTSIDE, markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(2)
    started = time.monotonic()
    with _folder(data_dir) as folder:
        failures = _drive(checkout, folder, console)
    console.print(f"{time.monotonic() - started:.0f} s", highlight=False)
    if failures:
        console.print(f"[bold red]{failures} failed[/]")
        raise typer.Exit(1)
    console.print("[bold green]everything as promised[/]")


def find_checkout() -> Path | None:
    """The checkout named by ``$BITTING_CHECKOUT``, else the one around the current folder or around this file."""
    named = os.environ.get(CHECKOUT_VARIABLE)
    if named:
        candidates = [Path(named).resolve()]
    else:
        here, package = Path.cwd().resolve(), Path(__file__).resolve()
        candidates = [here, *here.parents, *package.parents]
    return next((each for each in candidates if (each / "tests" / "sdk" / "rig.py").is_file()), None)


@contextlib.contextmanager
def _folder(data_dir: Path | None) -> Iterator[Path]:
    """``data_dir``, made if need be, or a temporary folder."""
    if data_dir is None:
        with tempfile.TemporaryDirectory(prefix="bitting-demo-") as folder:
            yield Path(folder)
    else:
        data_dir.mkdir(parents=True, exist_ok=True)
        yield data_dir.resolve()


def _load(checkout: Path, module: str) -> ModuleType:
    """A module of the checkout's ``tests/sdk``, under a package name that collides with nothing."""
    if _RIG not in sys.modules:
        folder = checkout / "tests" / "sdk"
        spec = importlib.util.spec_from_file_location(
            _RIG, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        if spec is None or spec.loader is None:
            msg = f"{folder} is not a package"
            raise ImportError(msg)
        package = importlib.util.module_from_spec(spec)
        sys.modules[_RIG] = package
        spec.loader.exec_module(package)
    return importlib.import_module(f"{_RIG}.{module}")


def _drive(checkout: Path, folder: Path, console: Console) -> int:
    """Run everything against one server; the number of failures."""
    environments, server = _load(checkout, "environments"), _load(checkout, "server")
    rig, plan = _load(checkout, "rig"), _load(checkout, "clients.plan")

    def say(line: str) -> None:
        console.print(line, style="dim", markup=False, highlight=False, soft_wrap=True)

    try:
        made = environments.Environments(checkout, environments.default_cache(checkout), say)
        made.prepare()
        with server.running_server(folder) as running:
            say(f"server ready at {running.http} and {running.https}")
            driven = rig.Rig(running.credentials, folder / "exchange", made, say)
            failures = _operations(driven, plan, console)
            return failures + _crossing(driven, plan, console)
    except (environments.EnvironmentFailedError, server.ServerFailedError) as failure:
        console.print(str(failure), style="red", markup=False, highlight=False, soft_wrap=True)
        return 1


def _operations(driven: Any, plan: ModuleType, console: Console) -> int:
    """The table of every client's steps."""
    outcomes = {client.name: [driven.outcome(client, step) for step in client.steps] for client in plan.CLIENTS}
    table = Table("client", "operation", "result", title="Official clients")
    for name, steps in outcomes.items():
        for number, outcome in enumerate(steps):
            table.add_row(
                "" if number else name, escape(outcome.operation), _cell(outcome), end_section=number == len(steps) - 1
            )
    console.print(table)
    return sum(not outcome.ok for steps in outcomes.values() for outcome in steps)


def _crossing(driven: Any, plan: ModuleType, console: Console) -> int:
    """The ciphertext matrix: encrypting client by row, decrypting client by column."""
    clients = plan.CROSSING
    table = Table(
        "sealed by / opened by", *(client.crossing for client in clients), title="Ciphertexts across the APIs"
    )
    failed = []
    for sealer in clients:
        cells = []
        for opener in clients:
            if opener is sealer:
                cells.append("-")
                continue
            outcome = driven.crossing(sealer, opener)
            cells.append("[green]opened[/]" if outcome.ok else "[bold red]FAILED[/]")
            if not outcome.ok:
                failed.append(f"{sealer.crossing} to {opener.crossing}: {outcome.error}")
        table.add_row(sealer.crossing, *cells)
    console.print(table)
    for line in failed:
        console.print(line, style="red", markup=False, highlight=False, soft_wrap=True)
    return len(failed)


def _cell(outcome: Any) -> str:
    """``ok`` with what was seen, or the failure."""
    if outcome.ok:
        return f"[green]ok[/] {escape(outcome.detail)}"
    return f"[bold red]FAILED[/] {escape(outcome.error.strip())}"
