"""The composition root: the only module that names concrete stores, providers, seals and dialects.

::

    prepare(settings)   once, in the parent: directories, migration, root key, certificates, first account
    build(settings)     in every worker: store -> cache -> gate -> pipeline -> dialects -> app
"""

from __future__ import annotations

import logging
import os
import socket
import sys
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bitting.audit.writer import FileTrail
from bitting.core.attestation import TokenAttestation
from bitting.core.faults import Fault
from bitting.core.gate import Gate
from bitting.core.key_cache import KeyCache
from bitting.core.pem import PUBLIC_KEY, blocks
from bitting.core.ports import Attestation, Clock, KeyProvider, Store, Vault
from bitting.core.scheduler import Handler, Scheduler
from bitting.core.throttle import Throttle
from bitting.core.usecases.keys.sweeps import SWEEPS
from bitting.core.usecases.secrets.rotation_ports import Rotator
from bitting.core.usecases.secrets.sweeps import SECRET_SWEEPS, secret_handlers
from bitting.dialects.alibaba_instance import operations as instance
from bitting.dialects.alibaba_instance.dialect import AlibabaInstance
from bitting.dialects.alibaba_openapi import operations as openapi
from bitting.dialects.alibaba_openapi.dialect import AlibabaOpenApi
from bitting.dialects.base.dialect import Dialect, Pipeline
from bitting.dialects.base.errors import Catalogue, load
from bitting.dialects.base.fault_injector import RuleFaultInjector
from bitting.dialects.base.operation import Operation
from bitting.dialects.huawei.dialect import Huawei, huawei_profile
from bitting.dialects.iam import operations as iam
from bitting.dialects.iam.dialect import Iam
from bitting.dialects.native import developer
from bitting.dialects.native import operations as native
from bitting.dialects.native.dialect import Native
from bitting.dialects.otc import profile as otc
from bitting.outbound.decision_point import HttpAuthorizer
from bitting.outbound.http_client import BoundedHttpClient
from bitting.providers.software.provider import SoftwareProvider
from bitting.rotators.mysql import MysqlRotator
from bitting.rotators.postgresql import PostgresqlRotator
from bitting.seals.file import FileSeal
from bitting.server import bootstrap, seed, tls
from bitting.server.app import App
from bitting.server.nonces import SharedNonces
from bitting.server.scheduler import SchedulerThread
from bitting.settings import Settings, SettingsError
from bitting.stores.snapshot import Snapshot, delete_developer_state, restore, take
from bitting.stores.sql.schema import migrate
from bitting.stores.sql.store import SqlStore

CATALOGUES = ("alibaba_openapi", "alibaba_instance", "huawei", "otc", "iam", "native")
FIRST_FILES = ("bitting.db", "credentials.json")


class SystemClock:
    """The machine's clock; developer mode moves the service's time by ``offset_ms``."""

    def __init__(self) -> None:
        self.offset_ms = 0

    def now_ms(self) -> int:
        """The service's time: milliseconds since 1970, UTC."""
        return time.time_ns() // 1_000_000 + self.offset_ms

    def wall_ms(self) -> int:
        """The machine's time."""
        return time.time_ns() // 1_000_000

    def turn(self, offset_ms: int) -> None:
        """Be this far ahead from now on."""
        self.offset_ms = offset_ms


class SystemEntropy:
    """The operating system's random numbers."""

    def random(self, count: int) -> bytes:
        """``count`` bytes."""
        return os.urandom(count)

    def uuid(self) -> str:
        """A random UUID."""
        return str(uuid.uuid4())


@dataclass(slots=True)
class Runtime:
    """Everything a process holds open."""

    store: Store
    providers: Mapping[str, KeyProvider]
    trail: FileTrail
    gate: Gate
    app: App
    scheduler: SchedulerThread

    def close(self) -> None:
        """Finish what is under way and let go. Nothing acknowledged is lost even without it."""
        self.app.close()
        self.scheduler.stop()
        self.trail.close()
        self.store.close()


@dataclass(frozen=True, slots=True)
class PreparedDirectory:
    """What :func:`prepare` found or made."""

    credentials: Path
    tls: tls.TlsFiles
    seeded: Snapshot | None


def catalogues() -> list[Catalogue]:
    """Every dialect's error catalogue."""
    return [load(name, f"bitting.dialects.{name}") for name in CATALOGUES]


def operation_tables() -> dict[str, list[Operation]]:
    """Every dialect's operations, for the documentation."""
    return {
        "alibaba_openapi": list(
            openapi.table("", load("alibaba_openapi", "bitting.dialects.alibaba_openapi")).values()
        ),
        "alibaba_instance": list(instance.OPERATIONS.values()),
        "huawei": list(huawei_profile().rows.values()),
        "otc": list(otc.rows().values()),
        "iam": list(iam.ROWS),
        "native": list(native.OPERATIONS),
    }


def prepare(settings: Settings) -> PreparedDirectory:
    """Make the data directory fit to serve. Idempotent; safe when two processes start at once."""
    directory = settings.directory
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    migrate(settings.database)
    files = tls.ensure(directory / "tls", [name.strip() for name in settings.names.split(",")])
    runtime = build(settings)
    places = {
        "ca_cert": str(files.ca),
        "http": f"http://{settings.http}" if settings.http else "",
        "https": f"https://{settings.https}" if settings.https else "",
    }
    credentials = bootstrap.ensure_credentials(directory, runtime.gate, settings.region, places)
    delete_developer_state(runtime.store)
    if settings.seed:
        seed.load(runtime.gate, seed.read(Path(settings.seed)))
    seeded = take(runtime.store) if settings.dev else None
    runtime.close()
    return PreparedDirectory(credentials, files, seeded)


def build(settings: Settings, seeded: Snapshot | None = None, nonces: SharedNonces | None = None) -> Runtime:
    """A house over the settings' store. Raises ``Unavailable`` if the root key cannot be had.

    ``seeded``: what developer mode's reset comes back to; without it nothing of developer mode is wired.
    ``nonces``: what the workers share, made before they were forked.
    """
    directory = settings.directory
    seal = FileSeal(directory / "root.key", create=not (directory / "credentials.json").exists())
    provider = SoftwareProvider(seal)
    providers: dict[str, KeyProvider] = {provider.name: provider}
    provider.status()
    store = SqlStore(settings.database)
    cache = KeyCache(store, providers)
    trail = FileTrail(directory / "audit.jsonl", settings.audit_flush_ms)
    clock, entropy, vault = SystemClock(), SystemEntropy(), provider.vault
    throttle = Throttle(1 / settings.worker_count)
    gate = Gate(store, cache, providers, vault, clock, entropy, trail, settings.region, throttle)
    gate.attestation = _attestation(settings, vault, clock)
    gate.authorizer = HttpAuthorizer(BoundedHttpClient())
    region = settings.region
    dialects: list[Dialect] = [
        Native(developer.rows(partial(restore, store, seeded)) if seeded is not None else ()),
        Iam(vault, clock, region),
        Huawei(vault, clock, region, otc.profile()),
        AlibabaInstance(vault, clock, region),
        AlibabaOpenApi(vault, clock, region, _text(directory / "tls" / "ca.pem"), nonces),
    ]
    reporter = FailureLogger(settings.log_level, "dev" if settings.dev else "")
    injector = RuleFaultInjector(gate, clock.turn, catalogues()) if seeded is not None else None
    pipeline = Pipeline(gate, reporter.failure, injector)

    def ready() -> str:
        try:
            provider.status()
            cache.refresh()
        except Fault as fault:
            return fault.detail("reason") or type(fault).__name__
        return ""

    owner = f"{socket.gethostname()}/{os.getpid()}/{entropy.uuid()[:8]}"
    refresh = partial(_refresh, cache, injector) if injector is not None else None
    jobs = Scheduler(gate, _handlers(), (*SWEEPS, *SECRET_SWEEPS), owner, reporter.failure)
    scheduler = SchedulerThread(jobs, reporter.failure, refresh)
    app = App(dialects, pipeline, cache, ready, settings.threads, settings.pending_max, dev=seeded is not None)
    return Runtime(store, providers, trail, gate, app, scheduler)


def _attestation(settings: Settings, vault: Vault, clock: Clock) -> Attestation | None:
    """Who is believed about machines. Raises :class:`SettingsError`."""
    if not settings.attestation_roots:
        return None
    try:
        roots = blocks(PUBLIC_KEY, Path(settings.attestation_roots).read_text())
    except (OSError, ValueError) as error:
        msg = f"attestation_roots: {settings.attestation_roots} cannot be read: {error}"
        raise SettingsError(msg) from None
    return TokenAttestation(roots, vault, clock)


def _handlers() -> dict[str, Handler]:
    """Who does what comes due, by kind of job."""
    rotators: dict[str, Rotator] = {"postgresql": PostgresqlRotator(), "mysql": MysqlRotator()}
    return secret_handlers(rotators, BoundedHttpClient())


def _refresh(cache: KeyCache, injector: RuleFaultInjector) -> None:
    cache.refresh()
    injector.refresh(cache.loading)


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


class FailureLogger:
    """The log for what no caller may see: JSON lines on standard error. ``mode`` is in every line if given."""

    def __init__(self, level: str, mode: str = "") -> None:
        self._level = level
        self._facts = {"mode": mode} if mode else {}
        self._log: Any = None

    def failure(self, request_id: str, error: BaseException) -> None:
        """An unknown exception, or a failure of ours, with the request id its caller was given."""
        if self._log is None:
            self._log = self._open()
        reason = getattr(error, "reason", "")
        self._log.error("request failed", request_id=request_id, exc_info=error, reason=reason, **self._facts)

    def _open(self) -> Any:
        import structlog  # noqa: PLC0415 - a tenth of a second that a start without failures does not spend

        return structlog.wrap_logger(
            structlog.PrintLogger(file=sys.stderr),
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso"),
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
            wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, self._level.upper(), logging.INFO)),
        )
