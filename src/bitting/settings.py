"""Settings: one frozen record. Every field has a default and a line that says what it does.

::

    defaults  <  bitting.toml (./ or BITTING_CONFIG)  <  BITTING_<FIELD> environment  <  command line
"""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

DEV_SEAL = "file"


#: Former names, still read; a warning on standard error names the new one.
RENAMED = {"names": "tls_server_names", "body_seconds": "body_timeout_s"}


class SettingsError(Exception):
    """A setting cannot be read. The text says which and what to write instead."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How this server runs. Nothing here changes while it does."""

    data_dir: str = "./bitting-data"
    """Where the database, the root key, the certificates and credentials.json live."""
    http: str = "127.0.0.1:8750"
    """HOST:PORT of the plain listener; empty for none."""
    https: str = "127.0.0.1:8743"
    """HOST:PORT of the TLS listener; empty for none."""
    workers: int = 0
    """Worker processes; 0 for one per core."""
    database_url: str = ""
    """SQLAlchemy URL; empty for SQLite in the data directory."""
    region: str = "cn-hangzhou"
    """The region id this server answers for."""
    tls_server_names: str = ""
    """More host names or addresses for the server certificate, comma separated."""
    tls_cert: str = ""
    """PEM file with your own server certificate and what leads to its root; empty for one that the server makes."""
    tls_key: str = ""
    """PEM file with the key of ``tls_cert``, without a password."""
    threads: int = 8
    """Threads per worker for requests that read or write the store."""
    pending_max: int = 512
    """Requests per worker that may wait for a thread; more are answered as temporarily unavailable."""
    replay_protection: str = "relaxed"
    """``relaxed``: changes are good once, reads without a nonce may be repeated; ``strict``: every request once."""
    bodies_max_mib: int = 64
    """MiB of request bodies that a worker holds at a time; more are answered as temporarily unavailable."""
    admin_http: str = ""
    """HOST:PORT of a listener for the native API alone; empty: the other listeners serve it to this machine."""
    trusted_proxies: str = ""
    """Networks of reverse proxies, comma separated, whose forwarded header is believed; empty for none."""
    forwarded_header: str = "x-forwarded-for"
    """The header those proxies write: ``x-forwarded-for`` (with ``x-forwarded-proto``) or ``forwarded``."""
    echo: bool = False
    """Serve ``/echo``, which the benchmark compares with. Never in production."""
    body_timeout_s: int = 60
    """How long a request's body may take to arrive; later ones are answered as temporarily unavailable."""
    audit_flush_ms: int = 50
    """How long a buffered audit record may wait in memory; what a killed process can lose of its trail."""
    audit_durability: Literal["sync", "written", "buffered"] = "written"
    """Whether answers wait for their audit record: until it is on the disk, in the file, or not at all."""
    audit_durability_hot: Literal["sync", "written", "buffered"] = "buffered"
    """The same for hot requests: encrypt, decrypt, data keys, signatures, random, secret values."""
    audit_on_failure: Literal["refuse", "continue"] = "refuse"
    """What happens to requests while audit records cannot be written: refused as unavailable, or served."""
    audit_segment_mb: int = 64
    """Size at which a new file of the audit trail is begun."""
    audit_keep_mb: int = 0
    """The oldest files of the trail are deleted when all are larger together; 0 to keep them."""
    audit_keep_days: int = 0
    """Files of the trail older than this are deleted; 0 to keep them."""
    audit_checkpoint_s: int = 60
    """How often a signed checkpoint is written into the trail, if there is anything new."""
    attestation_roots: str = ""
    """PEM file with the public keys of the attestation verifiers to believe; empty for none."""
    dev: bool = False
    """Developer mode: faults on demand, a clock that can be moved, reset to the seed. Never in production."""
    seed: str = ""
    """Seed file (YAML) of developer mode."""
    seal: str = "file"
    """Where the root key comes from: ``file``. Developer mode is refused with any other."""
    log_level: str = "info"
    """debug, info, warning or error."""

    @property
    def directory(self) -> Path:
        """The data directory, absolute."""
        return Path(self.data_dir).expanduser().absolute()

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.database_url or f"sqlite:///{self.directory / 'bitting.db'}"

    @property
    def worker_count(self) -> int:
        """Worker processes in force."""
        return self.workers or os.cpu_count() or 1


def load(overrides: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from file, environment and command line. Raises :class:`SettingsError`."""
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = _current(_from_file(environ.get("BITTING_CONFIG", "")), str)
    given = {
        name: text
        for name in (*Settings.__struct_fields__, *RENAMED)
        if (text := environ.get(_variable(name))) is not None
    }
    values.update(_current(given, _variable))
    values.update({name: value for name, value in (overrides or {}).items() if value is not None})
    unknown = sorted(set(values) - set(Settings.__struct_fields__))
    if unknown:
        msg = f"unknown setting {', '.join(unknown)}; the settings are {', '.join(Settings.__struct_fields__)}"
        raise SettingsError(msg)
    try:
        settings = msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(str(error)) from None
    return _checked(settings)


def _variable(name: str) -> str:
    return f"BITTING_{name.upper()}"


def _current(values: Mapping[str, Any], spelled: Callable[[str], str]) -> dict[str, Any]:
    """The values under their present names; a present name given beside its former one stands."""
    for old in RENAMED.keys() & values.keys():
        sys.stderr.write(f"bitting: the setting {spelled(old)} is now called {spelled(RENAMED[old])}\n")
    former = {RENAMED[name]: value for name, value in values.items() if name in RENAMED}
    return {**former, **{name: value for name, value in values.items() if name not in RENAMED}}


def _checked(settings: Settings) -> Settings:
    if settings.dev and settings.seal != DEV_SEAL:
        msg = f"developer mode is refused with the production seal {settings.seal!r}; leave out --dev"
        raise SettingsError(msg)
    if settings.seed and not settings.dev:
        raise SettingsError("a seed file is for developer mode; add --dev")
    if bool(settings.tls_cert) != bool(settings.tls_key):
        raise SettingsError("tls_cert and tls_key go together; set both or neither")
    if settings.replay_protection not in {"relaxed", "strict"}:
        msg = f"replay_protection is relaxed or strict, not {settings.replay_protection!r}"
        raise SettingsError(msg)
    return settings


def _from_file(named: str) -> dict[str, Any]:
    path = Path(named or "bitting.toml")
    if not path.is_file():
        if named:
            msg = f"BITTING_CONFIG names {named}, which is not a file"
            raise SettingsError(msg)
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        msg = f"{path}: {error}"
        raise SettingsError(msg) from None


def split_address(address: str) -> tuple[str, int]:
    """HOST and PORT of ``HOST:PORT`` (``[::1]:8750`` for IPv6). Raises :class:`SettingsError`."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        msg = f"{address!r} is not HOST:PORT, for instance 127.0.0.1:8750"
        raise SettingsError(msg)
    return host.strip("[]"), int(port)
