"""The signed end of a chain: where it was when somebody with the audit key last looked.

::

    DIR/head.json   {"seq":..,"digest":"..","time_ms":..,"checkpoint_ms":..,"signature":"<hex>"}

Replaced in one step. It may be behind the chain by what was written since (``audit_flush_ms`` at most while the server
runs, or what a killed process had no time to sign), never ahead of it: a chain that ends before it was truncated.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from bitting.audit.chain import Head, signed_text
from bitting.audit.signer import Signer

NAME = "head.json"


class SignedHead(msgspec.Struct, frozen=True):
    """See the module's docstring. ``checkpoint_ms``: when the last checkpoint was written."""

    seq: int
    digest: str
    time_ms: int
    checkpoint_ms: int
    signature: str

    @property
    def head(self) -> Head:
        """The end it speaks of."""
        return Head(self.seq, self.digest)

    @property
    def message(self) -> bytes:
        """What is signed."""
        return _message(self.head, self.time_ms, self.checkpoint_ms)


def _message(head: Head, time_ms: int, checkpoint_ms: int) -> bytes:
    return signed_text("head", head, time_ms) + f"{checkpoint_ms}\n".encode()


def read(directory: Path) -> SignedHead | None:
    """The signed head; None if there is none. Raises ``ValueError`` for what is none."""
    try:
        text = (directory / NAME).read_bytes()
    except FileNotFoundError:
        return None
    try:
        found = msgspec.json.decode(text, type=SignedHead)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        msg = f"{NAME} is not a signed head"
        raise ValueError(msg) from error
    if msgspec.json.encode(found) != text:
        msg = f"{NAME} was not written by the server"
        raise ValueError(msg)
    return found


def write(directory: Path, head: Head, time_ms: int, checkpoint_ms: int, signer: Signer) -> bool:
    """Sign and replace. False while the audit key is sealed away. Raises ``OSError``."""
    signature = signer.sign(_message(head, time_ms, checkpoint_ms))
    if not signature:
        return False
    made = SignedHead(head.seq, head.digest, time_ms, checkpoint_ms, signature)
    beside = directory / f"{NAME}.new"
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, msgspec.json.encode(made))
    finally:
        os.close(descriptor)
    beside.replace(directory / NAME)
    return True
