"""``bitting serve``: prepare in the parent, then let the workers serve."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bitting.core.faults import Fault
from bitting.core.ports import Seal
from bitting.server import rsgi, worker
from bitting.server.addresses import Proxies, trusted_proxies
from bitting.server.body_budget import BodyBudget
from bitting.server.hardening import forbid_core_dumps
from bitting.server.lock import DirectoryInUse, acquire
from bitting.server.native_door import NativeDoor, door_names
from bitting.server.nonces import SharedNonces
from bitting.server.rsgi import Edge
from bitting.server.seed import SeedError
from bitting.server.supervisor import Supervisor
from bitting.server.tls import TlsFiles
from bitting.settings import Settings, SettingsError, load, split_address
from bitting.wiring import PreparedDirectory, build, open_seal, prepare, prepared_directory

_STOPPERS = (SettingsError, SeedError, DirectoryInUse, Fault, OSError)


def run(overrides: Mapping[str, Any]) -> int:
    """Serve until told to stop. 0, or 1 with one line that says what to do."""
    try:
        settings = load(overrides)
        forbid_core_dumps()
        settings.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        acquire(settings.directory)  # held until this process and its workers are gone
        listeners, proxies = _wanted(settings), _proxies(settings)
        for listener in listeners:
            require_free(listener.address)
        seal = open_seal(settings)
        prepared = prepare(settings, seal) if settings.dev else _prepared_by_a_child(settings, seal)
        if prepared is None:
            return 1
    except _STOPPERS as error:
        return _fail(f"cannot start: {_reason(error)}")

    nonces = SharedNonces()

    def work(started: Callable[[], None]) -> None:
        runtime = build(settings, prepared.seeded, nonces, seal)
        budget = BodyBudget(settings.bodies_max_mib << 20)
        servers = [
            worker.listener(
                rsgi.adapter(runtime.app, Edge(settings.body_timeout_s, proxies, listener.door, budget)),
                listener.address,
                prepared.tls if listener.tls else None,
            )
            for listener in listeners
        ]
        runtime.scheduler.start()
        worker.run(servers, started, runtime.close)

    def ready() -> None:
        print(banner(settings, prepared.credentials, prepared.tls), flush=True)

    code = Supervisor(work, settings.worker_count).run(ready)
    return _fail(f"no worker started; are {settings.http} and {settings.https} free?") if code else 0


def _prepared_by_a_child(settings: Settings, seal: Seal) -> PreparedDirectory | None:
    """Prepare in a process of its own; None if that failed and said why.

    The parent lives as long as the server and needs neither the root key nor the passwords that are made at the first
    start: so it never has them. (Developer mode's parent keeps the seed, and prepares by itself.)
    """
    child = os.fork()
    if not child:
        code = 1
        try:
            prepare(settings, seal)
            code = 0
        except _STOPPERS as error:
            _fail(f"cannot start: {_reason(error)}")
        except Exception as error:  # noqa: BLE001 - the last frame of a forked child
            _fail(f"cannot start: {type(error).__name__}: {error}")
        finally:
            sys.stderr.flush()
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if status:
        return None
    return prepared_directory(settings)


def _reason(error: BaseException) -> str:
    if isinstance(error, Fault):
        return error.detail("reason") or type(error).__name__
    if isinstance(error, OSError):
        return f"{error.filename or 'the data directory'}: {error.strerror}; check --data-dir"
    return str(error)


@dataclass(frozen=True, slots=True)
class _Listener:
    address: tuple[str, int]
    tls: bool
    door: NativeDoor


def _wanted(settings: Settings) -> list[_Listener]:
    names = door_names(settings.tls_server_names.split(","))
    door = NativeDoor(elsewhere=bool(settings.admin_http), names=names)
    wanted = [(settings.http, False, door), (settings.https, True, door)]
    wanted.append((settings.admin_http, False, NativeDoor(admin=True)))
    return [_Listener(split_address(address), tls, door) for address, tls, door in wanted if address]


def _proxies(settings: Settings) -> Proxies:
    try:
        return trusted_proxies(settings.trusted_proxies, settings.forwarded_header)
    except ValueError as error:
        msg = f"trusted_proxies: {error}"
        raise SettingsError(msg) from None


def require_free(address: tuple[str, int]) -> None:
    """Return if nobody listens there. Raises :class:`SettingsError`.

    The workers share their ports with SO_REUSEPORT, which would let a second server share them too.
    """
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            msg = f"{address[0]}:{address[1]}: {error.strerror}; choose another with --http or --https"
            raise SettingsError(msg) from None


def _fail(text: str) -> int:
    sys.stderr.write(f"bitting: {text}\n")
    return 1


def banner(settings: Settings, credentials: Path, tls: TlsFiles) -> str:
    """What a person wants to see first: where it listens, where the credentials are, and a line for each SDK."""
    from bitting.cli.snippets import SNIPPETS  # noqa: PLC0415

    filled = SNIPPETS.format(credentials=credentials, ca=tls.ca, http=settings.http, https=settings.https)
    head = [
        "Bitting serves every API on both listeners:",
        f"  http         {'http://' + settings.http if settings.http else 'off'}",
        *([f"  operators    http://{settings.admin_http}"] if settings.admin_http else []),
        f"  https        {'https://' + settings.https if settings.https else 'off'}   (CA file {tls.ca})",
        f"  credentials  {credentials}",
        f"  workers      {settings.worker_count}",
        *(["  mode         DEVELOPER: faults, clock and reset can be used; never expose this"] if settings.dev else []),
    ]
    return "\n".join(head) + "\n" + filled + "\nReady. Ctrl-C stops.\n"
