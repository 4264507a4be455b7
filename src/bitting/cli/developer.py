"""``bitting faults`` and ``bitting clock``: developer mode from the command line.

::

    bitting faults add --dialect huawei --operation encrypt-data --code KMS.0104 --count 3
    bitting faults list | clear
    bitting clock advance 31d | set 2027-01-01T00:00:00Z | reset | show
    bitting reset
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from bitting.cli.client import CommandError, Native, run_against_server
from bitting.cli.values import find_row, moment_ms, span_ms

faults = typer.Typer(help="Make requests fail on purpose (developer mode).", no_args_is_help=True)
clock = typer.Typer(help="Move the service's clock (developer mode).", no_args_is_help=True)

DataDir = Annotated[str | None, typer.Option(help="The server's data directory. [./bitting-data]")]


def _run(action: Callable[[Native], None], data_dir: str | None) -> None:
    raise SystemExit(run_against_server(action, data_dir))


@faults.command("add")
def add_fault(
    dialect: Annotated[str, typer.Option(help="alibaba_openapi, alibaba_instance, huawei, otc or iam.")],
    operation: Annotated[str, typer.Option(help="Operation name as the API spells it. [any]")] = "",
    code: Annotated[str, typer.Option(help="Error code to answer with, for instance KMS.0104.")] = "",
    probability: Annotated[float, typer.Option(help="Share of matching requests, 0 to 1.")] = 1.0,
    count: Annotated[int, typer.Option(help="How many requests to strike. [until cleared]")] = 0,
    latency: Annotated[int, typer.Option(help="Milliseconds to wait before the answer.")] = 0,
    account: Annotated[str, typer.Option(help="Only this account or domain id. [any]")] = "",
    effect: Annotated[str, typer.Option(help="reset or truncate the connection instead of an error.")] = "",
    data_dir: DataDir = None,
) -> None:
    """Inject an error, a delay or a broken connection into matching requests."""

    def action(native: Native) -> None:
        if not (code or latency or effect):
            raise CommandError("say what should happen: --code, --latency or --effect")
        row = find_row(dialect, code, operation) if code else None
        fields: dict[str, Any] = {
            "dialect": dialect,
            "operation": operation,
            "account_id": account,
            "code": code,
            "line": row.line if row else 0,
            "percent": max(1, round(probability * 100)),
            "count": count,
            "latency_ms": latency,
            "effect": effect,
        }
        rule = native.post("dev/faults", fields)["fault"]
        what = f"{row.status} {row.code}" if row else effect or f"{latency} ms later"
        Console().print(f"{rule['id']}: {dialect} {operation or 'any operation'} -> {what}", highlight=False)

    _run(action, data_dir)


@faults.command("list")
def list_faults(data_dir: DataDir = None) -> None:
    """Show the rules in force."""

    def action(native: Native) -> None:
        table = Table()
        columns = ("id", "dialect", "operation", "account_id", "code", "percent", "left", "latency_ms", "effect")
        for column in columns:
            table.add_column(column)
        for rule in native.get("dev/faults")["faults"]:
            table.add_row(*(str(rule[column]) for column in columns))
        Console().print(table)

    _run(action, data_dir)


@faults.command("clear")
def clear_faults(data_dir: DataDir = None) -> None:
    """Delete every rule."""

    def action(native: Native) -> None:
        Console().print(f"{len(native.delete('dev/faults')['faults'])} rule(s) cleared", highlight=False)

    _run(action, data_dir)


def _show(answer: dict[str, Any]) -> None:
    state = answer["clock"]
    moment = dt.datetime.fromtimestamp(state["now_ms"] / 1000, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    ahead = dt.timedelta(milliseconds=state["offset_ms"])
    Console().print(f"{moment}   ({ahead} ahead of the machine)", highlight=False)


@clock.command("advance")
def advance(span: Annotated[str, typer.Argument(help="31d, 12h30m, 90s")], data_dir: DataDir = None) -> None:
    """Move the clock forward; waiting periods end, rotations run, tokens and imports expire."""
    _run(lambda native: _show(native.post("dev/clock", {"by_ms": span_ms(span)})), data_dir)


@clock.command("set")
def set_clock(moment: Annotated[str, typer.Argument(help="2027-01-01T00:00:00Z")], data_dir: DataDir = None) -> None:
    """Set the clock to a time."""
    _run(lambda native: _show(native.post("dev/clock", {"to_ms": moment_ms(moment)})), data_dir)


@clock.command("reset")
def reset_clock(data_dir: DataDir = None) -> None:
    """Reset the clock to the machine's time."""
    _run(lambda native: _show(native.delete("dev/clock")), data_dir)


@clock.command("show")
def show_clock(data_dir: DataDir = None) -> None:
    """Show the service's time."""
    _run(lambda native: _show(native.get("dev/clock")), data_dir)


def reset(data_dir: DataDir = None) -> None:
    """Bring a server in developer mode back to its seed."""
    _run(lambda native: Console().print("back to the seed" if native.post("dev/reset") else ""), data_dir)
