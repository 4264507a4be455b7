"""The composition root: the only module that names concrete stores, providers and seals.

::

    prepare(settings)   once, in the parent: directories, migration, root key, certificates, first account
    build(settings)     in every worker: store -> cache -> gate -> pipeline -> dialects -> app
"""

from __future__ import annotations

import hmac
import logging
import os
import socket
import sys
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bitting.audit.alarms import Alarms
from bitting.audit.policy import AuditPolicy
from bitting.audit.signer import Signer
from bitting.audit.usage import UsageCounter
from bitting.audit.writer import FileTrail, Observer
from bitting.core.attestation import TokenAttestation
from bitting.core.faults import Fault, ProviderFailed, Unavailable
from bitting.core.gate import Gate
from bitting.core.key_cache import KeyCache
from bitting.core.model.audit_event import AuditEvent
from bitting.core.model.identity import AccessKey
from bitting.core.pem import PUBLIC_KEY, blocks
from bitting.core.ports import Attestation, Clock, KeyProvider, OperatedSeal, Seal, Store, Vault
from bitting.core.scheduler import Handler, Scheduler
from bitting.core.throttle import Throttle
from bitting.core.usecases.iam.credentials import secret_binding
from bitting.core.usecases.keys.sweeps import SWEEPS
from bitting.core.usecases.secrets.rotation_ports import Rotator
from bitting.core.usecases.secrets.sweeps import SECRET_SWEEPS, secret_handlers
from bitting.dialects import registry
from bitting.dialects.base.dialect import Pipeline
from bitting.dialects.base.fault_injector import RuleFaultInjector
from bitting.dialects.base.replay import ReplayGuard
from bitting.dialects.native import developer
from bitting.outbound.decision_point import HttpAuthorizer
from bitting.outbound.http_client import BoundedHttpClient
from bitting.providers.software.provider import software
from bitting.providers.software.vault import SoftwareVault
from bitting.rotators.mysql import MysqlRotator
from bitting.rotators.postgresql import PostgresqlRotator
from bitting.seals.registry import SEALS
from bitting.server import bootstrap, seed, tls
from bitting.server.app import App
from bitting.server.nonces import SharedNonces
from bitting.server.scheduler import SchedulerThread
from bitting.settings import Settings, SettingsError
from bitting.stores.snapshot import Snapshot, delete_developer_state, restore, take
from bitting.stores.sql.facts import fact, set_once
from bitting.stores.sql.record_codes import RecordCodes
from bitting.stores.sql.schema import migrate
from bitting.stores.sql.spent import SqlSpentProofs
from bitting.stores.sql.store import SqlStore

#: The fact that tells the database's root key from others, and the file that says that there is one.
ROOT_CHECK, CODES_MARKER = "root_key_check", ".authenticated"
WRONG_ROOT_KEY = "the root key is not the one this database was made with; put the right one in place (root.key)"


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
    usage: UsageCounter
    gate: Gate
    app: App
    scheduler: SchedulerThread
    spent: SqlSpentProofs

    def close(self) -> None:
        """Finish what is under way and let go. Nothing acknowledged is lost even without it."""
        self.app.close()
        self.scheduler.stop()
        self.trail.close()
        self.spent.close()
        self.usage.close()
        self.store.close()


@dataclass(frozen=True, slots=True)
class PreparedDirectory:
    """What :func:`prepare` found or made."""

    credentials: Path
    tls: tls.TlsFiles
    seeded: Snapshot | None


def prepared_directory(settings: Settings) -> PreparedDirectory:
    """What :func:`prepare` found or made in another process."""
    directory = settings.directory
    files = _tls_files(settings) if settings.tls_cert else tls.files_in(directory / "tls")
    return PreparedDirectory(directory / "credentials.json", files, None)


def _tls_files(settings: Settings) -> tls.TlsFiles:
    """The operator's, or our own, made as needed. Raises :class:`SettingsError`."""
    if not settings.tls_cert:
        names = [name.strip() for name in settings.tls_server_names.split(",")]
        return tls.ensure(settings.directory / "tls", names)
    try:
        return tls.own(settings.tls_cert, settings.tls_key)
    except (OSError, ValueError, TypeError) as error:
        msg = f"tls_cert, tls_key: {error}"
        raise SettingsError(msg) from None


def open_seal(settings: Settings) -> Seal:
    """The seal that the settings name. Made once, before the workers are forked. Raises :class:`SettingsError`."""
    factory = SEALS.get(settings.seal)
    if factory is None:
        msg = f"there is no seal {settings.seal!r}; the seals are {', '.join(sorted(SEALS))}"
        raise SettingsError(msg)
    # A root key is made with the first account and never again: without it existing data is lost, with another it would
    # be lost unnoticed.
    first = not (settings.directory / "credentials.json").exists() and not fact(settings.database, ROOT_CHECK)
    return factory(settings.directory, first)


def root_key_reason(database: str, vault: SoftwareVault) -> str:
    """Why the root key in use is not the database's; empty if it is. Raises ``Unavailable`` while sealed."""
    held = fact(database, ROOT_CHECK)
    if not held or hmac.compare_digest(held, _check_of(database, vault)):
        return ""
    return WRONG_ROOT_KEY


def _check_of(database: str, vault: SoftwareVault) -> str:
    return vault.check_value(fact(database, "store_id").encode()).hex()


def _tie_root_key(settings: Settings, seal: Seal, store: SqlStore, vault: SoftwareVault) -> None:
    """The database and the root key belong together from the first start on. Raises ``Unavailable`` if they do not.

    A database from before there were check values is proved by a secret in it, and its records get their codes.
    """
    if isinstance(seal, OperatedSeal) and seal.status().sealed:
        return  # asked again by ready()
    database = settings.database
    if not fact(database, ROOT_CHECK):
        marker = settings.directory / CODES_MARKER
        if marker.exists():
            raise Unavailable(reason=f"the database has lost its check values; restore it, or remove {marker}")
        plain = SqlStore(database)
        with plain.begin(write=False) as uow:
            proofs = uow.of(AccessKey).find(limit=1)
        plain.close()
        try:
            for key in proofs:
                vault.unwrap(key.sealed_secret, secret_binding(key.id))
        except ProviderFailed:
            raise Unavailable(reason=WRONG_ROOT_KEY) from None
        store.write_codes()
        set_once(database, ROOT_CHECK, _check_of(database, vault))
    reason = root_key_reason(database, vault)
    if reason:
        raise Unavailable(reason=reason)
    (settings.directory / CODES_MARKER).touch(mode=0o600)


def prepare(settings: Settings, seal: Seal | None = None) -> PreparedDirectory:
    """Make the data directory fit to serve. Idempotent; safe when two processes start at once.

    ``seal``: the one the workers will have; the settings' own without it. A sealed one is enough for a directory
    that has its first account. Raises ``Unavailable`` otherwise.
    """
    directory = settings.directory
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    migrate(settings.database)
    files = _tls_files(settings)
    runtime = build(settings, seal=seal)
    runtime.trail.resume()
    places = {
        "ca_cert": str(files.ca),
        "http": f"http://{settings.http}" if settings.http else "",
        "https": f"https://{settings.https}" if settings.https else "",
        "admin_http": f"http://{settings.admin_http}" if settings.admin_http else "",
    }
    credentials = bootstrap.ensure_credentials(directory, runtime.gate, settings.region, places)
    delete_developer_state(runtime.store)
    if settings.seed:
        seed.load(runtime.gate, seed.read(Path(settings.seed)))
    seeded = take(runtime.store) if settings.dev else None
    runtime.close()
    return PreparedDirectory(credentials, files, seeded)


def build(
    settings: Settings,
    seeded: Snapshot | None = None,
    nonces: SharedNonces | None = None,
    seal: Seal | None = None,
) -> Runtime:
    """A runtime over the settings' store. Raises ``Unavailable`` if a seal that opens by itself does not.

    ``seeded``: what developer mode's reset comes back to; without it nothing of developer mode is wired.
    ``nonces``, ``seal``: what the workers share, made before they were forked; an :class:`OperatedSeal` may be sealed.
    """
    directory = settings.directory
    seal = seal or open_seal(settings)
    provider, vault = software(seal)
    providers: dict[str, KeyProvider] = {provider.name: provider}
    if not isinstance(seal, OperatedSeal):
        provider.status()
    store = SqlStore(settings.database, codes=RecordCodes(vault.record_code))
    _tie_root_key(settings, seal, store, vault)
    cache = KeyCache(store, providers)
    reporter = FailureLogger(settings.log_level, "dev" if settings.dev else "")
    usage = UsageCounter(store, reporter.failure)
    trail = open_trail(settings, vault, partial(_observe, usage, _alarms(store, reporter)))
    clock, entropy = SystemClock(), SystemEntropy()
    throttle = Throttle(1 / settings.worker_count)
    gate = Gate(
        store, cache, providers, vault, clock, entropy, trail, settings.region, throttle, seal=seal, guard=trail
    )
    gate.attestation = _attestation(settings, vault, clock)
    gate.authorizer = HttpAuthorizer(BoundedHttpClient())
    developer_rows = developer.rows(partial(restore, store, seeded)) if seeded is not None else ()
    chain = _text(directory / "tls" / "ca.pem")
    dialects = registry.build(registry.DialectPorts(vault, clock, settings.region, chain, developer_rows))
    injector = RuleFaultInjector(gate, clock.turn, registry.catalogues()) if seeded is not None else None
    spent = SqlSpentProofs(settings.database)
    strict = settings.replay_protection == "strict"
    replay = ReplayGuard(clock, nonces, spent, strict=strict) if nonces is not None else None
    pipeline = Pipeline(gate, reporter.failure, injector, replay)

    def ready() -> str:
        try:
            if isinstance(seal, OperatedSeal):
                gate.require_unsealed()
            for each in providers.values():
                each.status()
            if reason := root_key_reason(settings.database, vault):
                return reason
            cache.refresh()
        except Fault as fault:
            return fault.detail("reason") or type(fault).__name__
        return f"audit: {trail.failing}" if trail.failing else ""

    scheduler = _scheduler(gate, cache, injector, reporter)
    dev = seeded is not None
    app = App(dialects, pipeline, cache, ready, settings.threads, settings.pending_max, dev=dev, echo=settings.echo)
    return Runtime(store, providers, trail, usage, gate, app, scheduler, spent)


def _scheduler(
    gate: Gate, cache: KeyCache, injector: RuleFaultInjector | None, reporter: FailureLogger
) -> SchedulerThread:
    owner = f"{socket.gethostname()}/{os.getpid()}/{gate.entropy.uuid()[:8]}"
    refresh = partial(_refresh, cache, injector) if injector is not None else None
    jobs = Scheduler(gate, _handlers(), (*SWEEPS, *SECRET_SWEEPS), owner, reporter.failure)
    return SchedulerThread(jobs, reporter.failure, refresh)


def _alarms(store: Store, reporter: FailureLogger) -> Alarms:
    """Alarms that know what is known; a store that cannot be read now is no reason not to start."""
    alarms = Alarms()
    try:
        alarms.know(store)
    except Fault as fault:
        reporter.failure("alarms", fault)
    return alarms


def _observe(usage: UsageCounter, alarms: Alarms, batch: Sequence[AuditEvent]) -> Sequence[AuditEvent]:
    usage.observe(batch)
    return alarms.observe(batch)


def open_trail(settings: Settings, vault: Vault, observer: Observer | None = None) -> FileTrail:
    """The audit trail in the data directory. Raises ``OSError``."""
    directory = settings.directory / "audit"
    policy = AuditPolicy(
        settings.audit_durability,
        settings.audit_durability_hot,
        settings.audit_flush_ms,
        settings.audit_on_failure,
        settings.audit_segment_mb << 20,
        settings.audit_keep_mb << 20,
        settings.audit_keep_days,
        settings.audit_checkpoint_s,
    )
    directory.mkdir(mode=0o700, exist_ok=True)
    return FileTrail(directory, policy, Signer(directory, vault), observer)


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
