"""Where the root key comes from, and the life of a seal.

::

    sealed ── unseal(share), once or more often ──> unsealed ── seal() ──> sealed

A seal that opens by itself (a file) has :class:`Seal` alone. One that waits for people or a device is an
:class:`OperatedSeal`: a server starts with it sealed, answers every request as unavailable, and serves from the
moment any of its processes was given enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from bitting.core.material import KeyMaterial


@dataclass(frozen=True, slots=True)
class SealStatus:
    """``reason``: for the operator, why it is sealed and what is missing; empty if it is not."""

    sealed: bool
    reason: str = ""


UNSEALED = SealStatus(sealed=False)


class Seal(Protocol):
    """Where the root key comes from."""

    def root_key(self) -> KeyMaterial:
        """32 bytes; the same box until the root key changes. Raises ``Unavailable`` while sealed."""
        ...

    def status(self) -> SealStatus:
        """Whether it is sealed. Asked for every request: costs microseconds and never waits."""
        ...


@runtime_checkable
class OperatedSeal(Seal, Protocol):
    """A seal that is opened while the server runs. All processes of a server see one state."""

    def unseal(self, share: KeyMaterial) -> SealStatus:
        """Take a passphrase or a share, and say what is still missing. Raises ``InvalidParameter`` (``share``)."""
        ...

    def seal(self) -> None:
        """Forget the root key and every share, in all processes."""
        ...
