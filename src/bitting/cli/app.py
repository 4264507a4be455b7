"""The ``bitting`` command: collects the subcommands, imports each only when it is asked for."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from bitting.cli import client_key

cli = typer.Typer(
    name="bitting",
    help="A self-hosted KMS that speaks the clouds' own KMS APIs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
cli.add_typer(client_key.app, name="client-key")


@cli.command()
def serve(
    data_dir: Annotated[str | None, typer.Option(help="Where everything is kept. [./bitting-data]")] = None,
    http: Annotated[str | None, typer.Option(help="HOST:PORT of the plain listener. [127.0.0.1:8750]")] = None,
    https: Annotated[str | None, typer.Option(help="HOST:PORT of the TLS listener. [127.0.0.1:8743]")] = None,
    workers: Annotated[int | None, typer.Option(help="Worker processes. [one per core]")] = None,
    dev: Annotated[bool | None, typer.Option("--dev", help="Developer mode: faults, clock, reset.")] = None,
    seed: Annotated[str | None, typer.Option(help="Seed file (YAML) for developer mode.")] = None,
) -> None:
    """Start the service; Ctrl-C stops it."""
    from bitting.cli.serve import run  # noqa: PLC0415 - start-up time is counted in imports

    wanted = {"data_dir": data_dir, "http": http, "https": https, "workers": workers, "dev": dev, "seed": seed}
    raise SystemExit(run(wanted))


@cli.command()
def explain(code: Annotated[str, typer.Argument(help="An error code, for instance KMS.0209")]) -> None:
    """Say what an error code means, where it is raised and what to do about it."""
    from bitting.cli.explain import run  # noqa: PLC0415

    raise SystemExit(run(code))


@cli.command()
def docs(
    folder: Annotated[Path, typer.Option(help="Where the pages of the dialects are.")] = Path("docs/dialects"),
    check: Annotated[bool, typer.Option("--check", help="Only say which pages are out of date.")] = False,
) -> None:
    """Make the tables of operations in the documentation again, from the rows."""
    from bitting.cli.docs import run  # noqa: PLC0415

    raise SystemExit(run(folder, check=check))


@cli.command()
def demo(data_dir: Annotated[Path | None, typer.Option(help="Use this data directory.")] = None) -> None:
    """Drive a fresh server with the official clients and print what worked."""
    from bitting.cli.demo import demo as run  # noqa: PLC0415

    run(data_dir)


@cli.command()
def bench(
    seconds: Annotated[float, typer.Option(help="Seconds for each request and round.")] = 3.0,
    rounds: Annotated[int, typer.Option(help="How often to go round.")] = 3,
) -> None:
    """Measure hot requests against the echo route, side by side."""
    from bitting.bench.run import main as run  # noqa: PLC0415

    raise SystemExit(run(seconds, rounds))


#: Groups of commands, and where they are; imported only when one of their words is on the command line.
_GROUPS = {
    "faults": ("bitting.cli.developer", "faults"),
    "clock": ("bitting.cli.developer", "clock"),
    "account": ("bitting.cli.operator", "account"),
    "access-key": ("bitting.cli.operator", "access_key"),
    "project": ("bitting.cli.operator", "project"),
    "quota": ("bitting.cli.operator", "quota"),
    "key": ("bitting.cli.operator", "key"),
    "target": ("bitting.cli.targets", "target"),
    "switch": ("bitting.cli.operator", "switch"),
    "policy": ("bitting.cli.authority", "policy"),
    "operator-token": ("bitting.cli.authority", "operator_token"),
    "audit": ("bitting.cli.audit", "audit"),
}


@cli.command()
def reset(data_dir: Annotated[str | None, typer.Option(help="The server's data directory.")] = None) -> None:
    """Bring a server in developer mode back to its seed."""
    from bitting.cli.developer import reset as run  # noqa: PLC0415

    run(data_dir)


def main() -> None:
    """Entry point."""
    words = set(sys.argv[1:])
    for name, (module, attribute) in _GROUPS.items():
        if name in words or not words - {"--help"}:
            cli.add_typer(getattr(import_module(module), attribute), name=name)
    cli()
