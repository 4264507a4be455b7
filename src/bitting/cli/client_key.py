"""``bitting client-key``: client keys of the Instance API, without the four OpenAPI calls.

::

    create   -> DIR/clientKey_<id>.json and DIR/clientKey_<id>_Password.txt, readable by the owner only
    list     -> a table
    delete   -> refused from the next request on
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from bitting.cli.client import Native

app = typer.Typer(help="Client keys of Alibaba's Instance API.", no_args_is_help=True)

DataDir = Annotated[str | None, typer.Option(help="The server's data directory. [./bitting-data]")]
Account = Annotated[str, typer.Option(help="Account id. [the first account]")]
_DAY_MS = 86_400_000


@app.command()
def create(
    access_point: Annotated[str, typer.Option(help="Application access point.")] = "default",
    allow: Annotated[
        list[str] | None,
        typer.Option(help="key/ID, key/*, secret/NAME, secret/*: make the access point, and let it use these."),
    ] = None,
    source: Annotated[
        list[str] | None, typer.Option("--from", help="With --allow: only from this network, 10.0.0.0/8.")
    ] = None,
    days: Annotated[int, typer.Option(help="Valid for so many days.", min=1, max=36_500)] = 1825,
    password_file: Annotated[
        Path | None, typer.Option(help="File with the password to use; without it one is made up.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write both files. [the data directory]")] = None,
    account: Account = "",
    data_dir: DataDir = None,
) -> None:
    """Make a client key: its file for the SDKs, and its password."""
    from bitting.cli.client import run_against_server  # noqa: PLC0415 - start-up time is counted in imports

    def act(api: Native) -> None:
        fields: dict[str, Any] = {"access_point": access_point, "resources": allow or [], "networks": source or []}
        _create(api, account, fields, days, password_file, out)

    raise SystemExit(run_against_server(act, data_dir))


@app.command("list")
def list_(account: Account = "", data_dir: DataDir = None) -> None:
    """List an account's client keys."""
    from bitting.cli.client import run_against_server  # noqa: PLC0415

    raise SystemExit(run_against_server(lambda api: _list(api, account), data_dir))


@app.command()
def delete(
    client_key_id: Annotated[str, typer.Argument(help="KAAP.<uuid>; see bitting client-key list")],
    data_dir: DataDir = None,
) -> None:
    """Delete a client key: the next request it signs is refused."""
    from bitting.cli.client import CommandError, run_against_server, segment  # noqa: PLC0415

    def act(api: Native) -> None:
        try:
            deleted = api.delete(f"client-keys/{segment(client_key_id)}")["client_key"]
        except CommandError as error:
            raise _advised(error, 404, "`bitting client-key list` shows those there are") from None
        print(f"deleted {deleted['id']} of access point {deleted['access_point']}")

    raise SystemExit(run_against_server(act, data_dir))


def _create(
    api: Native, account: str, fields: dict[str, Any], days: int, password_file: Path | None, out: Path | None
) -> None:
    from bitting.cli.client import CommandError, segment  # noqa: PLC0415

    folder = (out or api.directory).absolute()
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        text = f"{folder} is not a directory that can be written to; make it, or name another with --out"
        raise CommandError(text)
    password = _password(password_file)
    now = int(time.time() * 1000)
    # A minute ago, so that a client whose clock is behind can use it at once.
    validity = {"not_before_ms": now - 60_000, "not_after_ms": now + days * _DAY_MS}
    path = f"accounts/{segment(_account(api, account))}/client-keys"
    try:
        created = api.post(path, {**fields, **validity, "password": password})["client_key"]
    except CommandError as error:
        raise _explained(error, api, account, fields) from None
    file = folder / f"clientKey_{created['id']}.json"
    secret = folder / f"clientKey_{created['id']}_Password.txt"
    try:
        from json import dumps  # noqa: PLC0415

        _write(file, dumps({"KeyId": created["id"], "PrivateKeyData": created["private_key_data"]}))
        _write(secret, password)
    except OSError as error:
        api.delete(f"client-keys/{segment(created['id'])}")
        text = f"{error.filename}: {error.strerror}; the client key was deleted again, name another place with --out"
        raise CommandError(text) from None
    until = _day(created["not_after_ms"])
    print(f"client key    {created['id']}, access point {created['access_point']}, valid until {until}")
    print(f"file          {file}")
    print(f"password      in {secret}")
    print("Keep both: the server has only the public half and cannot make the file again.")


def _explained(error: Exception, api: Native, account: str, fields: dict[str, Any]) -> Exception:
    """The refusal of a create with what to do about it."""
    from bitting.cli.client import CommandError, segment  # noqa: PLC0415

    point, status = fields["access_point"], getattr(error, "status", 0)
    if status == 404 and "access point" in str(error):
        points = api.get(f"accounts/{segment(_account(api, account))}/access-points")["access_points"]
        names = ", ".join(each["name"] for each in points) or "none"
        return CommandError(f"{error}; there are: {names}. To make it, add --allow 'key/*'")
    if status == 409:
        return CommandError(f"{error}; leave out --allow and --from, or choose another --access-point", status)
    if status == 429:
        text = f"access point {point} has its three client keys"
        return CommandError(f"{text}; delete one (bitting client-key list), or make another access point with --allow")
    if status == 400 and "password" in str(error):
        text = "the password must be of 8 to 64 letters, digits and ~!@#$%^&*?_-, at least two kinds of the three"
        return CommandError(f"{text}; write another one into the --password-file, or leave that out")
    if status == 400:
        text = "--allow takes key/ID, key/*, secret/NAME, secret/*; --from takes 10.0.0.0/8"
        return CommandError(f"{error}; {text}; --access-point takes letters, digits, - and _")
    return error


def _advised(error: Exception, status: int, advice: str) -> Exception:
    from bitting.cli.client import CommandError  # noqa: PLC0415

    return CommandError(f"{error}; {advice}", status) if getattr(error, "status", 0) == status else error


def _list(api: Native, account: str) -> None:
    from bitting.cli.client import segment  # noqa: PLC0415

    keys = api.get(f"accounts/{segment(_account(api, account))}/client-keys")["client_keys"]
    now = int(time.time() * 1000)
    print(f"{'client key':41}  {'access point':20}  {'valid from':10}  {'until':10}  now")
    for key in keys:
        valid = key["not_before_ms"] <= now < key["not_after_ms"]
        span = f"{_day(key['not_before_ms'])}  {_day(key['not_after_ms'])}"
        print(f"{key['id']:41}  {key['access_point']:20}  {span}  {'valid' if valid else 'not valid'}")


def _account(api: Native, account: str) -> str:
    return account or api.facts.get("account_id", "")


def _day(ms: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(ms / 1000))


def _password(file: Path | None) -> str:
    """The file's first line, or a fresh one. Never an option's value: everybody sees those in a process list."""
    from bitting.cli.client import CommandError  # noqa: PLC0415

    if file is None:
        from bitting.core.usecases.iam.accounts import password  # noqa: PLC0415

        return password()
    try:
        return file.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as error:
        text = f"{file}: {getattr(error, 'strerror', None) or 'is not text'}; name a readable file"
        raise CommandError(text) from None


def _write(path: Path, text: str) -> None:
    """A new file for its owner only. Raises ``OSError``."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
