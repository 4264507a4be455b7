"""``bitting account | access-key | project | quota | key | switch``: running the service from the command line.

Every command is one call of the native API; answers are printed as a table, or as JSON with ``--json``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from bitting.cli.client import CommandError, Native, run_against_server, segment

account = typer.Typer(help="Accounts and their states.", no_args_is_help=True)
access_key = typer.Typer(help="Access keys.", no_args_is_help=True)
project = typer.Typer(help="Projects.", no_args_is_help=True)
quota = typer.Typer(help="Quotas.", no_args_is_help=True)
key = typer.Typer(help="Freeze and unfreeze keys.", no_args_is_help=True)
switch = typer.Typer(help="Switches of the whole service.", no_args_is_help=True)

DataDir = Annotated[str | None, typer.Option(help="The server's data directory. [./bitting-data]")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Account = Annotated[str, typer.Argument(help="Account id or domain id.")]


def _run(action: Callable[[Native], Any], data_dir: str | None, as_json: bool) -> None:
    def show(native: Native) -> None:
        (value,) = action(native).values()
        if as_json:
            print(json.dumps(value, indent=2))
        else:
            _table(value if isinstance(value, list) else [value])

    raise SystemExit(run_against_server(show, data_dir))


def _table(rows: Sequence[dict[str, Any]]) -> None:
    table = Table()
    columns = list(rows[0]) if rows else ["nothing"]
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(str(row[column]) for column in columns))
    Console().print(table)


@account.command("list")
def list_accounts(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Every account."""
    _run(lambda native: native.get("accounts"), data_dir, as_json)


@account.command("state")
def set_account_state(
    account_id: Account,
    state: Annotated[
        str, typer.Argument(help="active, in_debt, overdue, frozen, at_risk, not_enabled, unverified ...")
    ],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Change an account's state; takes effect with the next request."""
    _run(lambda native: native.put(f"accounts/{segment(account_id)}/state", {"state": state}), data_dir, as_json)


@project.command("list")
def list_projects(account_id: Account, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """An account's projects."""
    _run(lambda native: native.get(f"accounts/{segment(account_id)}/projects"), data_dir, as_json)


@project.command("create")
def create_project(
    account_id: Account,
    name: Annotated[str, typer.Argument(help="Unique in the account.")],
    profile: Annotated[str, typer.Option(help="huawei or otc.")] = "huawei",
    shared: Annotated[bool, typer.Option("--shared", help="Share the account's key ring.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """A project; with a key ring of its own unless --shared."""
    fields = {"name": name, "profile": profile, "shared": shared}
    _run(lambda native: native.post(f"accounts/{segment(account_id)}/projects", fields), data_dir, as_json)


@access_key.command("list")
def list_access_keys(account_id: Account, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """An account's access keys, without their secrets."""
    _run(lambda native: native.get(f"accounts/{segment(account_id)}/access-keys"), data_dir, as_json)


@access_key.command("create")
def create_access_key(
    account_id: Account,
    user: Annotated[str, typer.Option(help="User name. [the first administrator]")] = "",
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """A new access key; its secret is shown this once."""
    fields = {"user_name": user}
    _run(lambda native: native.post(f"accounts/{segment(account_id)}/access-keys", fields), data_dir, as_json)


@access_key.command("enable")
def enable_access_key(access_key_id: str, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Let an access key sign again."""
    _run(lambda native: native.put(f"access-keys/{segment(access_key_id)}", {"enabled": True}), data_dir, as_json)


@access_key.command("disable")
def disable_access_key(access_key_id: str, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Refuse an access key from the next request on."""
    _run(lambda native: native.put(f"access-keys/{segment(access_key_id)}", {"enabled": False}), data_dir, as_json)


@quota.command("set")
def set_quota(
    scope: Annotated[str, typer.Argument(help="A key ring, project or account id.")],
    name: Annotated[str, typer.Argument(help="keys, aliases, grants_per_key, grants, tags, secrets, versions, stages")],
    limit: Annotated[int, typer.Argument(help="How many.")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Limit how many of something a scope may hold."""
    path = f"quotas/{segment(scope)}/{segment(name)}"
    _run(lambda native: native.put(path, {"limit": limit}), data_dir, as_json)


@key.command("freeze")
def freeze_key(key_id: str, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Freeze a key, whatever its state."""
    _run(lambda native: native.post(f"keys/{segment(key_id)}/freeze"), data_dir, as_json)


@key.command("unfreeze")
def unfreeze_key(key_id: str, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Let a frozen key be used again."""
    _run(lambda native: native.post(f"keys/{segment(key_id)}/unfreeze"), data_dir, as_json)


@switch.command("list")
def list_switches(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """The switches in force."""
    _run(lambda native: native.get("switches"), data_dir, as_json)


@switch.command("set")
def set_switch(
    name: Annotated[str, typer.Argument(help="maintenance, replica, sm2, sm4, keystores, rotation, rates ...")],
    value: Annotated[str, typer.Argument(help="true, false or a text.")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Change a switch; takes effect with the next request."""

    def action(native: Native) -> dict[str, Any]:
        held = native.get("switches")["switches"]
        if name not in held:
            msg = f"there is no switch {name!r}; the switches are {', '.join(sorted(set(held) - {'id'}))}"
            raise CommandError(msg)
        wanted = value.lower() == "true" if isinstance(held[name], bool) else value
        return native.put("switches", {"values": {name: wanted}})

    _run(action, data_dir, as_json)
