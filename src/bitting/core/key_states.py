"""The state table: which use of a key each state allows.

::

    row (what the use case needs)   x   key state   ->   nothing (allowed) | the fault to raise

A use case names its row. Where clouds disagree on the same transition there are two rows, and each
dialect picks the use case it means: ``enable`` is idempotent (Alibaba), ``enable_disabled`` is not
(Huawei, KMS.1201). A freeze is the operator's: no row lets the owner of a frozen key change its state or its
material, and what the state was before is kept beside it (``Key.state_before_freeze``). Sources: Alibaba "impact of
key states on API calls"; Huawei DEW error table.
"""

from __future__ import annotations

from bitting.core import faults
from bitting.core.model.key import Key, KeyState

_DISABLED, _DELETION, _IMPORT = KeyState.DISABLED, KeyState.PENDING_DELETION, KeyState.PENDING_IMPORT
_ENABLED, _FROZEN = KeyState.ENABLED, KeyState.FROZEN

Row = dict[KeyState, type[faults.KeyStateFault]]

TABLE: dict[str, Row] = {
    # cryptography, rotation, new versions: the key must be live
    "use": {
        _DISABLED: faults.KeyDisabled,
        _DELETION: faults.KeyPendingDeletion,
        _IMPORT: faults.KeyPendingImport,
        _FROZEN: faults.KeyFrozen,
    },
    # looking at it
    "read": {},
    # describing, naming, tagging it
    "edit": {_DELETION: faults.KeyPendingDeletion},
    "enable": {_DELETION: faults.KeyPendingDeletion, _IMPORT: faults.KeyPendingImport, _FROZEN: faults.KeyFrozen},
    "enable_disabled": {
        _ENABLED: faults.KeyNotDisabled,
        _DELETION: faults.KeyNotDisabled,
        _IMPORT: faults.KeyNotDisabled,
        _FROZEN: faults.KeyFrozen,
    },
    "disable": {_DELETION: faults.KeyPendingDeletion, _IMPORT: faults.KeyPendingImport, _FROZEN: faults.KeyFrozen},
    "disable_enabled": {
        _DISABLED: faults.KeyNotEnabled,
        _DELETION: faults.KeyNotEnabled,
        _IMPORT: faults.KeyNotEnabled,
        _FROZEN: faults.KeyFrozen,
    },
    "schedule_deletion": {_DELETION: faults.KeyAlreadyPendingDeletion, _FROZEN: faults.KeyFrozen},
    "cancel_deletion": {
        _ENABLED: faults.KeyNotPendingDeletion,
        _DISABLED: faults.KeyNotPendingDeletion,
        _IMPORT: faults.KeyNotPendingDeletion,
        _FROZEN: faults.KeyNotPendingDeletion,
    },
    "create_alias": {_DELETION: faults.KeyPendingDeletion},
    "import": {_DELETION: faults.KeyPendingDeletion, _FROZEN: faults.KeyFrozen},
    "import_pending": {
        _ENABLED: faults.KeyNotPendingImport,
        _DISABLED: faults.KeyNotPendingImport,
        _DELETION: faults.KeyPendingDeletion,
        _FROZEN: faults.KeyFrozen,
    },
    "delete_any_material": {_FROZEN: faults.KeyFrozen},
    "delete_material": {
        _DELETION: faults.KeyMaterialNotDeletable,
        _IMPORT: faults.KeyMaterialNotDeletable,
        _FROZEN: faults.KeyFrozen,
    },
}


def effective_state(key: Key, now_ms: int) -> KeyState:
    """The state as of now: material past its expiry counts as deleted before the background job has deleted it."""
    if key.material_expires_ms and key.material_expires_ms <= now_ms and key.state in {_ENABLED, _DISABLED}:
        return _IMPORT
    return key.state


def is_deleted(key: Key, now_ms: int) -> bool:
    """Whether a scheduled deletion is due: from then on the key does not exist for anyone."""
    return key.state is _DELETION and key.deletion_due_ms <= now_ms


def require_state(row: str, key: Key, now_ms: int) -> None:
    """Raise the table's fault for this row and the key's effective state, or return."""
    state = effective_state(key, now_ms)
    fault = TABLE[row].get(state)
    if fault is not None:
        raise fault(state=state.value, key_id=key.id)
