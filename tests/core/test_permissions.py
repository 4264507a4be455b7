"""Who may not: every use case there is, asked by somebody without any right, by name and through the gate."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import pytest

import bitting.core.usecases
from bitting.core import faults
from bitting.core.gate import UseCase
from bitting.core.model.identity import AccountState
from bitting.core.model.key import KeyRef
from bitting.core.usecases.operator import service


def every_use_case() -> dict[str, UseCase[Any, Any]]:
    found = {}
    path, prefix = bitting.core.usecases.__path__, bitting.core.usecases.__name__ + "."
    for module in pkgutil.walk_packages(path, prefix):
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, UseCase) and value.run.__module__ == module.name:
                found[f"{module.name.removeprefix(prefix)}.{name}"] = value
    return found


USE_CASES = every_use_case()
OPERATOR_ONLY = {name: use for name, use in USE_CASES.items() if use.operator}
NO_PERMISSION = {name: use for name, use in USE_CASES.items() if use.no_permission}
PLAIN = {
    name: use
    for name, use in USE_CASES.items()
    if not use.operator and not use.no_permission and use.key is None and not use.action.startswith("secret:")
}
STATES = [state for state in AccountState if state is not AccountState.ACTIVE]


def by_name(uses: dict[str, UseCase[Any, Any]]) -> Any:
    return pytest.mark.parametrize("use", uses.values(), ids=uses)


def test_there_are_many_and_each_names_its_action() -> None:
    assert len(USE_CASES) > 250
    assert all(":" in use.action for use in USE_CASES.values())


def test_hot_use_cases_write_nothing() -> None:
    assert [name for name, use in USE_CASES.items() if use.hot and use.writes] == []


def test_what_needs_no_permission_is_listed() -> None:
    assert {use.action for use in NO_PERMISSION.values()} == {
        "service:regions",
        "grant:retire",
        "grant:list_retirable",
    }


@by_name(OPERATOR_ONLY)
def test_operators_only_and_not_even_administrators(session: Any, use: UseCase[Any, Any]) -> None:
    with pytest.raises(faults.PermissionDenied) as caught:
        session.run(use, None)
    assert type(caught.value) is faults.PermissionDenied
    assert caught.value.action == use.action
    assert session.runtime.trail.events[-1].outcome == "PermissionDenied"


@by_name(PLAIN)
def test_without_a_statement_nothing_is_allowed(session: Any, use: UseCase[Any, Any]) -> None:
    with pytest.raises(faults.PermissionDenied) as caught:
        session.run(use, None, session.limited())
    assert type(caught.value) is faults.PermissionDenied
    assert caught.value.action == use.action


@by_name({name: use for name, use in PLAIN.items() if use.writes})
def test_a_replica_writes_nothing(session: Any, use: UseCase[Any, Any]) -> None:
    session.operate(service.set_switches, service.SetSwitches({"replica": True}))
    with pytest.raises(faults.ReadOnlyReplica):
        session.run(use, None)


@by_name({name: use for name, use in USE_CASES.items() if not use.operator and use.key is None})
def test_in_maintenance_nothing_is_served(session: Any, use: UseCase[Any, Any]) -> None:
    session.operate(service.set_switches, service.SetSwitches({"maintenance": "until noon"}))
    with pytest.raises(faults.Unavailable) as caught:
        session.run(use, None)
    assert caught.value.reason == "until noon"


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.value)
def test_an_account_in_no_good_state_is_served_nothing_but_its_own_state(session: Any, state: AccountState) -> None:
    who = session.with_account_state(state)
    for use in PLAIN.values():
        if not use.any_account_state:
            with pytest.raises(faults.AccountFault):
                session.run(use, None, who)


KEYED = {name: use for name, use in USE_CASES.items() if use.key is not None and not use.operator}


@by_name(KEYED)
def test_a_key_that_is_not_there_is_not_found_and_not_even_that_is_told_to_everybody(
    session: Any, use: UseCase[Any, Any]
) -> None:
    ref = KeyRef.by_id("00000000-0000-4000-8000-000000000000")
    named = session.naming(use, ref)
    with pytest.raises(faults.NotFound):
        session.run(named, None)
    if not use.no_permission:
        with pytest.raises(faults.PermissionDenied):
            session.run(named, None, session.limited())
