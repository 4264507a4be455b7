"""Key store partitions: whether keys in one can be used now, and by which users."""

from __future__ import annotations

from bitting.core import faults
from bitting.core.model.identity import Principal
from bitting.core.model.keystore import Keystore, KeystoreState

#: Partitions that always exist, by their documented ids.
SHARED = ("", "0", "1", "2")


def require_keystore_usable(store: Keystore | None, principal: Principal) -> None:
    """Return if keys in the store may be used by this principal.

    Raises ``PartitionDenied``, and as :func:`require_keystore_enabled`.
    """
    if store is not None and store.members and principal.user_id not in store.members:
        raise faults.PartitionDenied(resource=store.id)
    require_keystore_enabled(store)


def require_keystore_enabled(store: Keystore | None) -> None:
    """Return if keys in the store may be used at all.

    Raises ``KeyStateFault`` (``partition`` disabled), and ``ServerFault`` (``during`` partition) if the store is
    not there.
    """
    if store is None:
        raise faults.ServerFault(during="partition", reason="a key's key store is missing")
    if store.state is not KeystoreState.ENABLED:
        raise faults.KeyStateFault(partition="disabled", state=store.state.value)
