"""Last use, use counts and alarms, from the records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from trail_setup import event, lines, trail

from bitting.audit.alarms import FAILURES, Alarms
from bitting.audit.usage import UsageCounter, network_of
from bitting.core.model.usage import Usage
from bitting.stores.memory import MemoryStore


def counted(store: MemoryStore) -> dict[str, Usage]:
    with store.begin(write=False) as uow:
        return {each.id.partition("/")[2]: each for each in uow.of(Usage).find()}


def counter(store: MemoryStore, reported: list[Any] | None = None) -> UsageCounter:
    return UsageCounter(store, lambda where, error: (reported if reported is not None else []).append((where, error)))


def test_uses_are_counted_for_each_object_and_principal() -> None:
    store = MemoryStore()
    usage = counter(store)
    usage.observe([event(1), event(5), event(3, outcome="KeyDisabled")])
    usage.observe([event(7, key_id="", objects=("secret/db", "user/x"), principal="AK2", source="192.0.2.9")])
    usage.observe([event(9, principal="", claimed="AK1"), event(9, kind="alarm")])
    usage.flush()
    usage.observe([event(20)])
    usage.close()
    found = counted(store)
    assert set(found) == {"*/AK1", "key/k-1/AK1", "*/AK2", "secret/db/AK2"}
    key = found["key/k-1/AK1"]
    assert (key.count, key.failed, key.last_ms - key.first_ms) == (3, 1, 19)
    assert found["*/AK1"].networks == ("10.0.0.0/24",)
    assert found["*/AK2"].networks == ("192.0.2.0/24",)


def test_counts_are_kept_while_the_store_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    store, reported = MemoryStore(), []
    usage = counter(store, reported)
    usage.observe([event(1)])
    with monkeypatch.context() as away:
        away.setattr(store, "begin", lambda **_: (_ for _ in ()).throw(RuntimeError("away")))
        with pytest.raises(RuntimeError):
            usage.flush()
    usage.observe([event(2)])
    usage.close()
    assert counted(store)["key/k-1/AK1"].count == 2


def test_networks() -> None:
    assert network_of("10.1.2.3") == "10.1.2.0/24"
    assert network_of("[2001:db8:1:2::3]") == "2001:db8:1::/48"
    assert network_of("") == ""


def test_a_new_network_is_an_alarm_but_the_first_is_not(tmp_path: Path) -> None:
    alarms = Alarms()
    held = trail(tmp_path / "audit", observer=alarms.observe)
    for source in ("10.0.0.1", "10.0.0.2", "203.0.113.7", "203.0.113.8"):
        held.record(event(1, source=source))
        held.flush()
    held.close()
    raised = [line for line in lines(tmp_path / "audit") if line["kind"] == "alarm"]
    assert [(line["operation"], line["source"], line["principal"]) for line in raised] == [
        ("new-network", "203.0.113.7", "AK1")
    ]


def test_networks_are_known_from_before() -> None:
    store = MemoryStore()
    usage = counter(store)
    usage.observe([event(1), event(2, source="203.0.113.7")])
    usage.close()
    alarms = Alarms()
    alarms.know(store)
    assert alarms.observe([event(3, source="203.0.113.9")]) == []
    assert [each.operation for each in alarms.observe([event(3, source="198.51.100.1")])] == ["new-network"]


def test_a_burst_of_failed_proofs_is_one_alarm() -> None:
    alarms = Alarms()
    slow = [event(1000 * 61 * number, outcome="WrongPassword", principal="") for number in range(FAILURES)]
    assert alarms.observe(slow) == []
    fast = [event(number, outcome="WrongPassword", principal="", source="10.2.2.2") for number in range(FAILURES + 5)]
    assert [each.operation for each in alarms.observe(fast)] == ["failed-proofs"]


def test_the_use_of_a_key_in_deletion_is_an_alarm() -> None:
    (raised,) = Alarms().observe([event(1, outcome="KeyPendingDeletion")])
    assert (raised.kind, raised.operation, raised.key_id, raised.request_id) == (
        "alarm",
        "key-in-deletion",
        "k-1",
        "r-1",
    )
