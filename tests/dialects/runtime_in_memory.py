"""A whole server in memory: real gate, provider and cache; only clock and entropy are replaced.

``runtime.send(dialect, request)`` walks a request through every stop and gives back the response.
"""

from __future__ import annotations

import functools
import os
import uuid
from dataclasses import dataclass, field

import operations_seen
from wire import Wire

from bitting.core.gate import Gate, RequestContext
from bitting.core.key_cache import KeyCache
from bitting.core.model.audit_event import AuditEvent
from bitting.core.ports import Nonces, SpentProofs
from bitting.core.usecases.iam import accounts
from bitting.core.usecases.iam.accounts import CreatedAccount, create_first_account
from bitting.dialects.base.dialect import Dialect, Pipeline
from bitting.dialects.base.http import Request, Response
from bitting.dialects.base.replay import ReplayGuard
from bitting.providers.software.provider import SoftwareProvider
from bitting.seals.file import FileSeal
from bitting.stores.memory import MemoryStore

REGION = "cn-hangzhou"
#: Every runtime hashes a password when it is made: cheaply here, as the algorithm is what counts and not its cost.
accounts._SCRYPT_N = 16
#: A real listener in front of the runtime, if ``BITTING_WIRE`` asks for it.
WIRE = [Wire()] if os.environ.get("BITTING_WIRE") else []


@dataclass
class FakeClock:
    """Stands still until told otherwise. Starts at 2026-11-21T12:00:00Z."""

    ms: int = 1_795_262_400_000

    def now_ms(self) -> int:
        return self.ms

    def wall_ms(self) -> int:
        return self.ms

    def advance(self, *, days: float = 0, seconds: float = 0) -> None:
        self.ms += int((days * 86_400 + seconds) * 1000)


class SystemEntropy:
    """Real randomness: nothing here depends on its values."""

    def random(self, count: int) -> bytes:
        return os.urandom(count)

    def uuid(self) -> str:
        return str(uuid.uuid4())


@dataclass
class ListTrail:
    """Keeps audit events for the test to look at."""

    events: list[AuditEvent] = field(default_factory=list)

    def record(self, event: AuditEvent) -> None:
        self.events.append(event)


@functools.cache
def provider_of(seal: FileSeal) -> SoftwareProvider:
    """One provider a seal: looking for the system's libcrypto takes longer than most tests."""
    return SoftwareProvider(seal)


class Runtime:
    """Everything behind a dialect, with one founded account."""

    def __init__(self, seal: FileSeal) -> None:
        self.clock = FakeClock()
        self.entropy = SystemEntropy()
        self.trail = ListTrail()
        self.store = MemoryStore()
        provider = provider_of(seal)
        self.vault = provider.vault
        self.cache = KeyCache(self.store, {"software": provider})
        self.gate = Gate(
            self.store,
            self.cache,
            {"software": provider},
            self.vault,
            self.clock,
            self.entropy,
            self.trail,
            REGION,
        )
        with self.store.begin(write=True) as uow:
            self.founded: CreatedAccount = create_first_account(uow, self.vault, self.clock, self.entropy, REGION)
        self.broken: list[BaseException] = []
        self.pipeline = Pipeline(self.gate, lambda _id, error: self.broken.append(error))

    def guard(self, nonces: Nonces, store: SpentProofs | None = None, *, strict: bool = False) -> None:
        """From now on requests are good once."""
        guard = ReplayGuard(self.clock, nonces, store, strict=strict)
        self.pipeline = Pipeline(self.gate, lambda _id, error: self.broken.append(error), replay=guard)

    def request_context(self, dialect: str) -> RequestContext:
        return RequestContext(str(uuid.uuid4()), dialect, "", "127.0.0.1")

    def send(self, dialect: Dialect, request: Request, *, broken: bool = False) -> Response:
        """The response; fails the test if the pipeline met an unknown exception that was not expected."""
        request_context = self.request_context(dialect.name)
        response = WIRE[0].send(self.pipeline, dialect, request, request_context) if WIRE else None
        if response is not None:
            if self.broken and not broken:
                raise AssertionError("the pipeline hid an exception") from self.broken[-1]
            return response
        call = self.pipeline.prepare(dialect, request, request_context)
        response = call
        if not isinstance(call, Response):
            response = self.pipeline.finish(dialect, call, request_context, self.cache.loading)
            operations_seen.note(dialect.name, call, response)
        if self.broken and not broken:
            raise AssertionError("the pipeline hid an exception") from self.broken[-1]
        assert isinstance(response, Response)
        return response
