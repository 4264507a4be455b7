"""A process that rotates one secret on a live server and may be told to kill itself on the way.

Run with JSON: folder, engine, port, database, paired, stop_at (-1: carry on to the end, print what was seen).
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import sys
import time
import uuid
from contextlib import contextmanager
from pathlib import Path

from database_servers import ROOT

from bitting.core.gate import Gate, RequestContext
from bitting.core.key_cache import KeyCache
from bitting.core.material import KeyMaterial
from bitting.core.model.identity import EVERYTHING, Principal
from bitting.core.model.secret import SecretTask, SecretType, Target
from bitting.core.scheduler import LEASE_MS, Scheduler
from bitting.core.usecases.secrets import lifecycle as secrets
from bitting.core.usecases.secrets import rotation as secret_rotation
from bitting.core.usecases.secrets import versions as secret_versions
from bitting.core.usecases.secrets.sweeps import SECRET_SWEEPS, secret_handlers
from bitting.outbound.http_client import BoundedHttpClient
from bitting.providers.software.provider import SoftwareProvider
from bitting.rotators.mysql import MysqlRotator
from bitting.rotators.postgresql import PostgresqlRotator
from bitting.seals.file import FileSeal
from bitting.stores.sql.schema import migrate
from bitting.stores.sql.store import SqlStore

given = json.loads(sys.argv[1])
count = itertools.count()


def tick():
    if next(count) == given["stop_at"]:
        os.kill(os.getpid(), signal.SIGKILL)


class Clock:
    def now_ms(self):
        return time.time_ns() // 1_000_000


class Entropy:
    random = staticmethod(os.urandom)

    def uuid(self):
        return str(uuid.uuid4())


class Trail:
    def record(self, event):
        pass


class Ticking:
    """The store, with a tick before each write and after its commit."""

    def __init__(self, store):
        self._store = store

    def __getattr__(self, name):
        return getattr(self._store, name)

    @contextmanager
    def begin(self, *, write):
        if write:
            tick()
        with self._store.begin(write=write) as uow:
            yield uow
        if write:
            tick()


def ticking(rotator):
    change = rotator.set_password

    def set_password(*args):
        tick()
        change(*args)
        tick()

    rotator.set_password = set_password
    return rotator


folder = Path(given["folder"])
first = not (folder / "db").exists()
url = f"sqlite:///{folder}/db"
migrate(url)
store = SqlStore(url)
provider = SoftwareProvider(FileSeal(folder / "root.key", create=first))
cache = KeyCache(store, {"software": provider})
gate = Gate(store, cache, {"software": provider}, provider.vault, Clock(), Entropy(), Trail(), "r")
who = Principal("1" * 16, "ring", "u", "admin", EVERYTHING, admin=True)


def run(use, order):
    cache.refresh()
    return gate.run(use, who, order, RequestContext("r", "t", "o", ""), cache.loading)


def value(user, password):
    return json.dumps({"username": user, "password": password}).encode()


def login():
    content = json.loads(run(secret_versions.get_value, secret_versions.GetValue("db")).value)
    return content["username"], content["password"]


if first:
    target_id = f"{who.account_id}/server"
    sealed = provider.vault.wrap(KeyMaterial(ROOT[1].encode()), b"secret-outlet\0" + target_id.encode())
    where = ("127.0.0.1", given["port"], given["database"])
    with store.begin(write=True) as uow:
        uow.of(Target).add(
            Target(target_id, who.account_id, "server", given["engine"], *where, ROOT[0], sealed, False, 1, ("app*",))
        )
    second = value("app2", "old") if given["paired"] else b""
    order = secrets.CreateSecret(
        "db", value("app", "old"), second, type=SecretType.DATABASE, target="server", paired=given["paired"]
    )
    run(secrets.create, order)
    run(secret_rotation.rotate, secret_rotation.RotateSecret("db"))

before = login()
gate.store = Ticking(store)
rotators = {"postgresql": ticking(PostgresqlRotator()), "mysql": ticking(MysqlRotator())}
later = LEASE_MS if given["stop_at"] < 0 else 0
worker = Scheduler(
    gate,
    secret_handlers(rotators, BoundedHttpClient()),
    SECRET_SWEEPS,
    f"w{os.getpid()}",
    lambda where, error: sys.exit(repr(error)),
    machine=lambda: time.time_ns() // 1_000_000 + later,
)
deadline = time.monotonic() + 20
while time.monotonic() < deadline:
    worker.run_due()
    with store.begin(write=False) as uow:
        (task,) = uow.of(SecretTask).find()
    if task.state != "running":
        break
    time.sleep(0.05)
sys.stdout.write(json.dumps({"before": before, "after": login(), "state": task.state.value}))
