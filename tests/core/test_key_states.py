"""The state table, row by row and state by state, against a table written out here by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bitting.core import faults
from bitting.core.key_states import TABLE, effective_state, is_deleted, require_state
from bitting.core.model.key import Key, KeyState
from bitting.core.usecases.keys import lifecycle as keys

STATES = (KeyState.ENABLED, KeyState.DISABLED, KeyState.PENDING_DELETION, KeyState.PENDING_IMPORT, KeyState.FROZEN)
OK = None
#: One column a state, in the order of STATES.
EXPECTED: dict[str, tuple[type[faults.Fault] | None, ...]] = {
    "use": (OK, faults.KeyDisabled, faults.KeyPendingDeletion, faults.KeyPendingImport, faults.KeyFrozen),
    "read": (OK, OK, OK, OK, OK),
    "edit": (OK, OK, faults.KeyPendingDeletion, OK, OK),
    "enable": (OK, OK, faults.KeyPendingDeletion, faults.KeyPendingImport, faults.KeyFrozen),
    "enable_disabled": (
        faults.KeyNotDisabled,
        OK,
        faults.KeyNotDisabled,
        faults.KeyNotDisabled,
        faults.KeyFrozen,
    ),
    "disable": (OK, OK, faults.KeyPendingDeletion, faults.KeyPendingImport, faults.KeyFrozen),
    "disable_enabled": (OK, faults.KeyNotEnabled, faults.KeyNotEnabled, faults.KeyNotEnabled, faults.KeyFrozen),
    "schedule_deletion": (OK, OK, faults.KeyAlreadyPendingDeletion, OK, faults.KeyFrozen),
    "cancel_deletion": (
        faults.KeyNotPendingDeletion,
        faults.KeyNotPendingDeletion,
        OK,
        faults.KeyNotPendingDeletion,
        faults.KeyNotPendingDeletion,
    ),
    "create_alias": (OK, OK, faults.KeyPendingDeletion, OK, OK),
    "import": (OK, OK, faults.KeyPendingDeletion, OK, faults.KeyFrozen),
    "import_pending": (
        faults.KeyNotPendingImport,
        faults.KeyNotPendingImport,
        faults.KeyPendingDeletion,
        OK,
        faults.KeyFrozen,
    ),
    "delete_any_material": (OK, OK, OK, OK, faults.KeyFrozen),
    "delete_material": (OK, OK, faults.KeyMaterialNotDeletable, faults.KeyMaterialNotDeletable, faults.KeyFrozen),
}
CASES = [(row, state, fault) for row, found in EXPECTED.items() for state, fault in zip(STATES, found, strict=True)]
NOW = 1_000_000


@pytest.fixture
def key(session: Any) -> Key:
    made: Key = session.run(keys.create, keys.CreateKey())
    return made


def test_every_row_and_every_state_is_written_down_here() -> None:
    assert set(TABLE) == set(EXPECTED)
    assert set(STATES) == set(KeyState)
    assert all(len(row) == len(STATES) for row in EXPECTED.values())


@pytest.mark.parametrize(("row", "state", "fault"), CASES, ids=lambda value: getattr(value, "__name__", str(value)))
def test_a_state_allows_or_refuses(key: Key, row: str, state: KeyState, fault: type[faults.Fault] | None) -> None:
    held = replace(key, state=state)
    if fault is None:
        require_state(row, held, NOW)
        return
    with pytest.raises(faults.KeyStateFault) as caught:
        require_state(row, held, NOW)
    assert type(caught.value) is fault
    assert (caught.value.state, caught.value.key_id) == (state.value, key.id)


@pytest.mark.parametrize(
    ("state", "expires_ms", "seen"),
    [
        (KeyState.ENABLED, 0, KeyState.ENABLED),
        (KeyState.ENABLED, NOW + 1, KeyState.ENABLED),
        (KeyState.ENABLED, NOW, KeyState.PENDING_IMPORT),
        (KeyState.DISABLED, NOW, KeyState.PENDING_IMPORT),
        (KeyState.PENDING_DELETION, NOW, KeyState.PENDING_DELETION),
        (KeyState.FROZEN, NOW, KeyState.FROZEN),
        (KeyState.PENDING_IMPORT, NOW, KeyState.PENDING_IMPORT),
    ],
)
def test_expired_material_counts_as_gone(key: Key, state: KeyState, expires_ms: int, seen: KeyState) -> None:
    assert effective_state(replace(key, state=state, material_expires_ms=expires_ms), NOW) is seen


@pytest.mark.parametrize(
    ("state", "due_ms", "gone"),
    [
        (KeyState.PENDING_DELETION, NOW - 1, True),
        (KeyState.PENDING_DELETION, NOW, True),
        (KeyState.PENDING_DELETION, NOW + 1, False),
        (KeyState.ENABLED, NOW - 1, False),
        (KeyState.DISABLED, 0, False),
    ],
)
def test_a_deletion_that_is_due_has_happened(key: Key, state: KeyState, due_ms: int, *, gone: bool) -> None:
    assert is_deleted(replace(key, state=state, deletion_due_ms=due_ms), NOW) is gone
