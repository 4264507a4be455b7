"""``bitting policy explain`` and ``bitting operator-token rotate``."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from typing import Annotated, Any

import typer

from bitting.cli.client import CommandError, Native, run_against_server, segment

policy = typer.Typer(help="What is allowed, and why.", no_args_is_help=True)
operator_token = typer.Typer(help="The operator's token.", no_args_is_help=True)

DataDir = Annotated[str | None, typer.Option(help="The server's data directory. [./bitting-data]")]


@policy.callback()
def _policy() -> None:
    """What is allowed, and why."""


@policy.command("explain")
def explain(
    principal: Annotated[str, typer.Option(help="Access key id, client key id, user id or user name.")],
    action: Annotated[str, typer.Option(help="For instance key:encrypt.")],
    resource: Annotated[str, typer.Option(help="key/<id>, secret/<name>; left out: all of its kind.")] = "",
    context: Annotated[
        list[str] | None,
        typer.Option(help="source_address=..., current_time=..., operation=..., project_id=... Can be repeated."),
    ] = None,
    account: Annotated[str, typer.Option(help="Account id. [the first account]")] = "",
    data_dir: DataDir = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say whether it is allowed, and which statement decides. Exit status 0 if allowed, 2 if not."""
    outcome: list[bool] = []

    def show(native: Native) -> None:
        body = {"principal": principal, "action": action, "resource": resource, "context": _pairs(context or [])}
        account_id = account or native.facts.get("account_id", "")
        found = native.post(f"accounts/{segment(account_id)}/explain", body)["explanation"]
        outcome.append(found["allowed"])
        print(json.dumps(found, indent=2) if as_json else _sentence(found))

    status = run_against_server(show, data_dir)
    raise SystemExit(status or (0 if outcome == [True] else 2))


def _pairs(texts: list[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    if not all(sign for _, sign, _ in pairs):
        msg = "--context takes name=value"
        raise CommandError(msg)
    return {name: value for name, _, value in pairs}


def _sentence(found: dict[str, Any]) -> str:
    lines = [f"{'allowed' if found['allowed'] else 'not allowed'}: {found['why'].replace('_', ' ')}"]
    if found["effect"]:
        lines.append(f"  by      {found['origin']}")
        lines.append(f"  effect  {found['effect']}")
        lines += [
            f"  {label}  {', '.join(found[name])}" for label, name in (("action", "actions"), ("on    ", "resources"))
        ]
        lines += [f"  if      {condition}" for condition in found["conditions"]]
    return "\n".join(lines)


@operator_token.callback()
def _operator_token() -> None:
    """The operator's token."""


@operator_token.command("rotate")
def rotate(data_dir: DataDir = None) -> None:
    """Replace the operator's token; the old one ends at once. The new one is in operator.token."""

    def change(native: Native) -> None:
        token, path = f"bitting-{secrets.token_urlsafe(32)}", native.directory / "operator.token"
        draft = path.with_name("operator.token.new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(token + "\n")
            file.flush()
            os.fsync(file.fileno())  # before the server knows it: a crash in between leaves one of the two files right
        native.post("operator-token", {"digest": hashlib.sha256(token.encode()).hexdigest()})
        draft.replace(path)
        print(f"{path} has the new token")

    raise SystemExit(run_against_server(change, data_dir))
