"""``bitting audit verify | search | tail | export | alarms | key``: reading the audit trail of a data directory.

The files are read, whether the server runs or not. ``verify`` takes the public key from the sealed audit key if the
root key can be had, else from ``--public-key``; the ``public.pem`` beside the trail proves nothing by itself.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bitting.audit import export as shapes
from bitting.audit import search as reading
from bitting.audit.search import FIELDS, Query
from bitting.audit.signer import PRIVATE_NAME, Signer, read_public
from bitting.audit.verify import Anchor, Report, verify
from bitting.cli.client import Native, run_against_server, segment
from bitting.core.faults import Fault
from bitting.settings import SettingsError, load

audit = typer.Typer(help="The audit trail: verify, search, follow, export.", no_args_is_help=True)

DataDir = Annotated[str | None, typer.Option(help="The server's data directory. [./bitting-data]")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]
Where = Annotated[
    list[str] | None,
    typer.Option("--where", help=f"FIELD=VALUE, any number of times; fields: {', '.join(FIELDS)}."),
]
Object = Annotated[str, typer.Option("--object", help="A key id, or kind/id as in secret/db.")]
Since = Annotated[str, typer.Option("--from", help="2026-11-25 or 2026-11-25T14:00:00, UTC.")]
Until = Annotated[str, typer.Option("--to", help="The same; not included.")]
Failed = Annotated[bool, typer.Option("--failed", help="Refusals and failures only.")]


def _fail(text: str) -> SystemExit:
    sys.stderr.write(f"bitting: {text}\n")
    return SystemExit(2)


def _directory(data_dir: str | None) -> Path:
    try:
        directory = load({"data_dir": data_dir}).directory / "audit"
    except SettingsError as error:
        raise _fail(str(error)) from None
    if not directory.is_dir():
        msg = f"{directory} is not there; name the server's data directory with --data-dir"
        raise _fail(msg)
    return directory


def _moment(text: str, default: int) -> int:
    if not text:
        return default
    try:
        return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)
    except ValueError:
        msg = f"{text!r} is no time; write 2026-11-25 or 2026-11-25T14:00:00"
        raise _fail(msg) from None


def _query(where: Iterable[str] | None, object_: str, since: str, until: str, *, failed: bool) -> Query:
    equal = {}
    for each in where or ():
        name, sign, value = each.partition("=")
        if not sign or name not in FIELDS:
            msg = f"--where {each}: write FIELD=VALUE with a field of {', '.join(FIELDS)}"
            raise _fail(msg)
        equal[name] = value
    return Query(equal, object_, _moment(since, 0), _moment(until, 1 << 62), failed)


def _text(record: Mapping[str, Any]) -> str:
    moment = datetime.fromtimestamp(record.get("time_ms", 0) / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    who = record.get("principal") or (f"({record['claimed']})" if record.get("claimed") else "-")
    about = " ".join((record.get("key_id", ""), *record.get("objects", ()))).strip() or "-"
    told = f"{record.get('outcome', '')} {record.get('status') or ''} {record.get('code', '')}".strip()
    changed = " ".join(record.get("changed", ()))
    parts = (moment, record.get("source") or "-", who, record.get("operation", ""), about, told, changed)
    return "  ".join(part for part in parts if part)


def _print(records: Iterable[Mapping[str, Any]], *, as_json: bool) -> None:
    with suppress(BrokenPipeError, KeyboardInterrupt):
        for record in records:
            print(json.dumps(record) if as_json else _text(record), flush=True)


@audit.command("verify")
def verify_trail(
    data_dir: DataDir = None,
    public_key: Annotated[Path | None, typer.Option(help="PEM file with the audit key's public half.")] = None,
    anchors: Annotated[Path | None, typer.Option(help="JSON lines of {seq, digest} that were kept elsewhere.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check the whole trail. Ends with 0 if it is what the server wrote, 1 if not."""
    directory = _directory(data_dir)
    public = _public(directory, public_key)
    try:
        kept = [msgspec.json.decode(line, type=Anchor) for line in anchors.read_bytes().splitlines()] if anchors else []
        report = verify(directory, public, anchors=kept, progress=None if as_json else _progress())
    except (OSError, msgspec.DecodeError) as error:
        raise _fail(str(error)) from None
    _show(report, as_json=as_json)
    raise SystemExit(0 if report.good else 1)


def _public(directory: Path, given: Path | None) -> Ed25519PublicKey:
    if given is not None:
        try:
            return read_public(given)
        except (OSError, ValueError) as error:
            msg = f"--public-key: {error}"
            raise _fail(msg) from None
    from bitting.providers.software.provider import software  # noqa: PLC0415 - start-up time is counted in imports
    from bitting.wiring import open_seal  # noqa: PLC0415

    try:
        if not (directory / PRIVATE_NAME).exists():
            msg = f"{directory / PRIVATE_NAME} is not there; name the public key with --public-key"
            raise _fail(msg)
        _, vault = software(open_seal(load({"data_dir": str(directory.parent)})))
        public = Signer(directory, vault).public()
    except (Fault, SettingsError, OSError):
        public = None
    if public is None:
        raise _fail("the root key cannot be had here; name the audit key's public half with --public-key")
    return public


def _progress() -> Any:
    if not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        sys.stderr.write(f"\r{done / (1 << 20):.0f} of {total / (1 << 20):.0f} MiB{chr(10) if done == total else ''}")

    return show


def _show(report: Report, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"good": report.good, **msgspec.to_builtins(report)}))
        return
    for warning in report.warnings:
        print(f"note: {warning}")
    for problem in report.problems:
        print(f"WRONG: {problem.where}: {problem.what}")
    print(
        f"{report.lines} lines ({report.first_seq} to {report.last_seq}) in {report.segments} segments, "
        f"{report.requests} requests, {report.checkpoints} checkpoints, signed to line {report.signed_to}: "
        f"{'as the server wrote them' if report.good else 'NOT as the server wrote them'}"
    )


@audit.command("search")
def search_trail(
    where: Where = None,
    object_: Object = "",
    since: Since = "",
    until: Until = "",
    failed: Failed = False,
    limit: Annotated[int, typer.Option(help="At most this many, the newest; 0 for all.")] = 0,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Records by field, object and time, oldest first."""
    from collections import deque  # noqa: PLC0415

    found: Iterable[Mapping[str, Any]] = reading.search(
        _directory(data_dir), _query(where, object_, since, until, failed=failed)
    )
    _print(deque(found, maxlen=limit) if limit else found, as_json=as_json)


@audit.command("tail")
def tail_trail(
    where: Where = None,
    object_: Object = "",
    failed: Failed = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Records as they are written, until Ctrl-C."""
    query = _query(where, object_, "", "", failed=failed)
    _print(reading.follow(_directory(data_dir), query), as_json=as_json)


@audit.command("export")
def export_trail(
    form: Annotated[str, typer.Option("--format", help=f"{', '.join(shapes.FORMATS)}.")] = "lines",
    where: Where = None,
    object_: Object = "",
    since: Since = "",
    until: Until = "",
    data_dir: DataDir = None,
) -> None:
    """Records as JSON lines: as they are, as ActionTrail events, or as CTS traces."""
    shape = shapes.FORMATS.get(form)
    if shape is None:
        msg = f"--format {form}: the formats are {', '.join(shapes.FORMATS)}"
        raise _fail(msg)
    query = _query(where, object_, since, until, failed=False)
    _print(map(shape, reading.search(_directory(data_dir), query)), as_json=True)


@audit.command("alarms")
def alarms_of_trail(since: Since = "", until: Until = "", data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """What the server thought worth an alarm."""
    query = _query(["kind=alarm"], "", since, until, failed=False)
    _print(reading.search(_directory(data_dir), query), as_json=as_json)


@audit.command("status")
def trail_status(data_dir: DataDir = None) -> None:
    """How the trail of the running server is: state and counters of one worker, as JSON."""
    raise SystemExit(run_against_server(lambda native: print(json.dumps(native.get("audit")["audit"])), data_dir))


@audit.command("usage")
def usage(
    of: Annotated[str, typer.Option(help="Who used this: a key id, key/ID or secret/NAME.")] = "",
    by: Annotated[str, typer.Option(help="What this access key, client key or user used.")] = "",
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """When keys and secrets were last used, how often and by whom; counts are at most half a minute old."""
    if bool(of) == bool(by):
        text = "give one of --of and --by"
        raise _fail(text)
    kind, _, name = of.partition("/") if "/" in of else ("key", "", of)
    path = f"usage/by/{segment(by)}" if by else f"usage/of/{segment(kind)}/{segment(name)}"

    def show(native: Native) -> None:
        for each in native.get(path)["usage"]:
            last = datetime.fromtimestamp(each["last_ms"] / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
            text = f"{last}  {each['object']}  {each['principal']}  {each['count']} uses, {each['failed']} failed"
            print(json.dumps(each) if as_json else text)

    raise SystemExit(run_against_server(show, data_dir))


@audit.command("key")
def public_key(data_dir: DataDir = None) -> None:
    """The audit key's public half, as PEM; keep it elsewhere."""
    public = _public(_directory(data_dir), None)
    print(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(), end="")
