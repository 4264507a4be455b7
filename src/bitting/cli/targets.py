"""``bitting target``: the database servers whose passwords may be rotated, and whose passwords those are."""

from __future__ import annotations

import os
from typing import Annotated, Any

import typer

from bitting.cli.client import segment
from bitting.cli.operator import Account, AsJson, DataDir, _run

target = typer.Typer(help="Database servers that rotation may reach.", no_args_is_help=True)

#: The administrator's password is read from here: arguments are seen by every user of the machine.
PASSWORD = "BITTING_TARGET_PASSWORD"
Name = Annotated[str, typer.Argument(help="The instance id that secrets name.")]


def _path(account: str) -> str:
    return f"accounts/{segment(account)}/targets"


@target.command("list")
def list_targets(account_id: Account, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """The servers of an account, and which users each one lists."""
    _run(lambda native: native.get(_path(account_id)), data_dir, as_json)


@target.command("set")
def set_target(
    account_id: Account,
    name: Name,
    engine: Annotated[str, typer.Argument(help="postgresql or mysql.")],
    host: str,
    port: int,
    user: Annotated[
        list[str] | None, typer.Option(help="A user whose password may be rotated, or a beginning with *. Repeat it.")
    ] = None,
    database: str = "",
    admin: Annotated[
        str, typer.Option(help=f"Who changes the passwords of others; its password is in ${PASSWORD}.")
    ] = "",
    tls: bool = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Register a server, or replace the one of that name. Without --user nobody's password is rotated."""
    body: dict[str, Any] = {"name": name, "engine": engine, "host": host, "port": port, "users": user or []}
    body.update(database=database, admin=admin, tls=tls, password=os.environ.get(PASSWORD, "") if admin else "")
    _run(lambda native: native.put(_path(account_id), body), data_dir, as_json)
