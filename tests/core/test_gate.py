"""The gate's six points, each on hot and cold use cases, and one audit record for every outcome."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from bitting.core import faults
from bitting.core.gate import Context, Gate, RequestContext, UseCase, use_case
from bitting.core.key_cache import KeyCache, NotResident, View
from bitting.core.material import KeyMaterial
from bitting.core.model.audit_event import AuditEvent
from bitting.core.model.identity import EVERYTHING, AccountState, Principal, Statement
from bitting.core.model.key import Key, KeyRef, KeyState
from bitting.core.model.service import Switches
from bitting.core.ports import UNSEALED, SealStatus
from bitting.core.usecases.keys import lifecycle
from bitting.providers.software.provider import software
from bitting.seals.file import FileSeal
from bitting.stores.memory import MemoryStore


class Clock:
    ms = 1_795_262_400_000

    def now_ms(self) -> int:
        return self.ms

    wall_ms = now_ms


class Entropy:
    def random(self, count: int) -> bytes:
        return os.urandom(count)

    def uuid(self) -> str:
        return str(uuid.uuid4())


@dataclass
class Trail:
    events: list[AuditEvent] = field(default_factory=list)

    def record(self, event: AuditEvent) -> None:
        self.events.append(event)

    @property
    def outcomes(self) -> list[str]:
        return [event.outcome for event in self.events]


class SwitchableSeal:
    """A seal that a test opens and closes."""

    def __init__(self, inner: FileSeal) -> None:
        self._inner = inner
        self.closed = ""

    def root_key(self) -> KeyMaterial:
        if self.closed:
            raise faults.Unavailable(reason=self.closed)
        return self._inner.root_key()

    def status(self) -> SealStatus:
        return SealStatus(sealed=True, reason=self.closed) if self.closed else UNSEALED


ADMIN = Principal("1" * 16, "ring-1", "u-1", "admin", EVERYTHING, admin=True)


class Bench:
    """A gate over a memory store, one key, and a request on the event loop or on a thread."""

    def __init__(self, seal: FileSeal) -> None:
        self.seal = SwitchableSeal(seal)
        self.provider, vault = software(self.seal)
        self.providers = {"software": self.provider}
        self.store, self.trail = MemoryStore(), Trail()
        self.cache = KeyCache(self.store, self.providers)
        self.gate = Gate(
            self.store, self.cache, self.providers, vault, Clock(), Entropy(), self.trail, "r", seal=self.seal
        )
        self.key: Key = self.run(lifecycle.create, lifecycle.CreateKey())
        self.trail.events.clear()

    def run(self, use: UseCase[Any, Any], command: Any, who: Principal = ADMIN, view: View | None = None) -> Any:
        self.cache.refresh()
        request_context = RequestContext("r-1", "test", use.name, "127.0.0.1")
        return self.gate.run(use, who, command, request_context, view or self.cache.loading)

    def put(self, record: Any) -> None:
        with self.store.begin(write=True) as uow:
            collection = uow.of(type(record))
            (collection.put if collection.get(getattr(record, "id", "")) else collection.add)(record)


@dataclass(slots=True)
class Touch:
    key: KeyRef
    crash: bool = False


def _touch(context: Context, command: Touch) -> str:
    if command.crash:
        raise ZeroDivisionError
    context.handle()
    return context.key.id


def of_key(command: Touch) -> KeyRef:
    return command.key


@use_case("key:touch", key=of_key, states="use", hot=True)
def hot(context: Context, command: Touch) -> str:
    """Use the key, from the cache."""
    return _touch(context, command)


@use_case("key:touch", key=of_key, states="use")
def cold(context: Context, command: Touch) -> str:
    """Use the key, from the store."""
    return _touch(context, command)


@use_case("key:touch", key=of_key, writes=True, states="edit")
def change(context: Context, command: Touch) -> None:
    """Change the key, then fail if told to."""
    context.uow.of(Key).put(replace(context.key, description="changed"))
    if command.crash:
        raise ZeroDivisionError


@pytest.fixture(scope="module")
def seal_file(tmp_path_factory: pytest.TempPathFactory) -> FileSeal:
    return FileSeal(Path(tmp_path_factory.mktemp("seal")) / "root.key", create=True)


@pytest.fixture
def bench(seal_file: FileSeal) -> Bench:
    return Bench(seal_file)


@pytest.fixture(params=[hot, cold], ids=["hot", "cold"])
def use(request: pytest.FixtureRequest) -> UseCase[Any, Any]:
    return request.param


def limited(*statements: Statement, **more: Any) -> Principal:
    return Principal(ADMIN.account_id, ADMIN.ring, "u-2", "limited", statements, **more)


MAY = Statement(("key:touch",), ("*",))


@pytest.mark.parametrize(
    ("state", "fault"),
    [(AccountState.IN_DEBT, faults.AccountInDebt), (AccountState.NOT_ENABLED, faults.ServiceNotEnabled)],
)
def test_1_an_account_that_may_not_use_the_service(bench: Bench, use: Any, state: Any, fault: Any) -> None:
    with pytest.raises(fault):
        bench.run(use, Touch(KeyRef.by_id(bench.key.id)), replace(ADMIN, account_state=state))
    assert bench.trail.outcomes == [fault.__name__]


def test_2_the_action_is_allowed_somewhere_and_not_denied(bench: Bench, use: Any) -> None:
    command = Touch(KeyRef.by_id(bench.key.id))
    assert bench.run(use, command, limited(MAY)) == bench.key.id
    with pytest.raises(faults.PermissionDenied):
        bench.run(use, command, limited(Statement(("key:other",), ("*",))))
    with pytest.raises(faults.ExplicitlyDenied):
        bench.run(use, command, limited(MAY, Statement(("key:touch",), ("*",), allow=False)))
    assert bench.trail.outcomes == ["ok", "PermissionDenied", "ExplicitlyDenied"]


def test_3_outside_the_ring_and_the_instance_nothing_exists(bench: Bench, use: Any) -> None:
    command = Touch(KeyRef.by_id(bench.key.id))
    with pytest.raises(faults.KeyNotFound):
        bench.run(use, command, replace(ADMIN, ring="ring-2"))
    bench.put(replace(bench.key, instance_id="kst-1"))
    assert bench.run(use, command, replace(ADMIN, instance_id="kst-1")) == bench.key.id
    with pytest.raises(faults.KeyNotInInstance):
        bench.run(use, command, replace(ADMIN, instance_id="kst-2"))
    assert bench.trail.outcomes == ["KeyNotFound", "ok", "KeyNotInInstance"]


def test_3_who_may_nothing_anywhere_does_not_learn_that_a_key_is_missing(bench: Bench, use: Any) -> None:
    with pytest.raises(faults.PermissionDenied):
        bench.run(use, Touch(KeyRef.by_id("nobody")), limited(Statement(("key:other",), ("*",))))
    with pytest.raises(faults.KeyNotFound):
        bench.run(use, Touch(KeyRef.by_id("nobody")), limited(MAY))


def test_4_the_action_is_allowed_on_this_very_key(bench: Bench, use: Any) -> None:
    command = Touch(KeyRef.by_id(bench.key.id))
    mine = Statement(("key:touch",), (f"key/{bench.key.id}",))
    assert bench.run(use, command, limited(mine)) == bench.key.id
    with pytest.raises(faults.PermissionDenied):
        bench.run(use, command, limited(Statement(("key:touch",), ("key/other",))))
    with pytest.raises(faults.ExplicitlyDenied):
        bench.run(use, command, limited(MAY, replace(mine, allow=False)))


def test_5_the_state_allows_the_use(bench: Bench, use: Any) -> None:
    bench.put(replace(bench.key, state=KeyState.DISABLED))
    with pytest.raises(faults.KeyDisabled) as refused:
        bench.run(use, Touch(KeyRef.by_id(bench.key.id)))
    assert (refused.value.state, refused.value.key_id) == ("disabled", bench.key.id)
    assert [(event.outcome, event.key_id) for event in bench.trail.events] == [("KeyDisabled", bench.key.id)]


def test_6_a_crash_is_recorded_once_wherever_it_happens(bench: Bench, use: Any) -> None:
    command = Touch(KeyRef.by_id(bench.key.id))
    bench.run(use, command)
    bench.trail.events.clear()
    for view in (bench.cache.resident, bench.cache.loading):
        with pytest.raises(ZeroDivisionError):
            bench.run(use, replace(command, crash=True), view=view)
    assert bench.trail.outcomes == ["InternalFault", "InternalFault"]
    assert {event.principal for event in bench.trail.events} == {"u-1"}


def test_6_a_retry_on_a_thread_is_no_outcome(bench: Bench) -> None:
    command = Touch(KeyRef.by_id(bench.key.id))
    with pytest.raises(NotResident):
        bench.run(hot, command, view=bench.cache.resident)
    assert bench.trail.outcomes == []
    bench.run(hot, command)
    bench.run(hot, command, view=bench.cache.resident)
    assert bench.trail.outcomes == ["ok", "ok"]


def test_6_a_refusal_that_no_use_case_saw_is_recorded_once(bench: Bench) -> None:
    request_context = RequestContext("r-1", "test", "Encrypt", "127.0.0.1")
    for _ in range(2):
        bench.gate.conclude(request_context, "SignatureMismatch")
    assert bench.trail.outcomes == ["SignatureMismatch"]


def test_6_what_fails_leaves_nothing_behind(bench: Bench) -> None:
    command = Touch(KeyRef.by_id(bench.key.id), crash=True)
    with pytest.raises(ZeroDivisionError):
        bench.run(change, command)
    with bench.store.begin(write=False) as uow:
        held = uow.of(Key).get(bench.key.id)
    assert held is not None
    assert held.description == ""
    bench.run(change, replace(command, crash=False))
    assert bench.trail.outcomes == ["InternalFault", "ok"]


def test_maintenance_stops_everybody_but_operators(bench: Bench, use: Any) -> None:
    bench.put(Switches(maintenance="moving"))
    with pytest.raises(faults.Unavailable) as refused:
        bench.run(use, Touch(KeyRef.by_id(bench.key.id)))
    assert refused.value.reason == "moving"


def test_a_key_whose_provider_may_block_never_runs_on_the_event_loop(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(bench.provider), "may_block", True)
    command = Touch(KeyRef.by_id(bench.key.id))
    bench.run(hot, command)  # in memory from here on
    opened: list[str] = []
    open_: Callable[..., Any] = bench.provider.open
    monkeypatch.setattr(bench.provider, "open", lambda *given: opened.append("now") or open_(*given))
    for _ in range(2):
        with pytest.raises(NotResident):
            bench.run(hot, command, view=bench.cache.resident)
    assert opened == []
    assert bench.run(hot, command, view=bench.cache.loading) == bench.key.id
    assert bench.trail.outcomes == ["ok", "ok"]


def test_a_protection_level_that_nobody_serves_is_refused(bench: Bench) -> None:
    with pytest.raises(faults.UnsupportedProtectionLevel) as refused:
        bench.run(lifecycle.create, lifecycle.CreateKey(protection="hsm"))
    assert refused.value.level == "hsm"
    assert bench.gate.protection_levels() == ["software"]
    assert bench.gate.provider_of("software") is bench.provider


def test_a_key_gets_the_provider_of_its_protection_level(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    class Device(type(bench.provider)):  # type: ignore[misc]
        name = "device"
        protection_levels = frozenset({"hsm"})

    monkeypatch.setitem(bench.gate.providers, "device", Device(bench.seal))
    made = bench.run(lifecycle.create, lifecycle.CreateKey(protection="hsm"))
    assert (made.protection, made.provider) == ("hsm", "device")
    assert bench.gate.protection_levels() == ["software", "hsm"]


def test_a_sealed_server_forgets_what_it_had_opened(bench: Bench) -> None:
    command = Touch(KeyRef.by_id(bench.key.id))
    bench.run(hot, command)
    bench.gate.require_unsealed()
    bench.seal.closed = "two shares are missing"
    with pytest.raises(faults.Unavailable) as refused:
        bench.gate.require_unsealed()
    assert refused.value.reason == "sealed: two shares are missing"
    with pytest.raises(NotResident):
        bench.run(hot, command, view=bench.cache.resident)
    bench.seal.closed = ""
    bench.gate.require_unsealed()
    assert bench.run(hot, command) == bench.key.id
