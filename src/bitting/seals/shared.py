"""A root key that all processes of one server share, for seals that are opened while it runs.

::

    parent: SharedRootKey() ── fork ──> every worker (and every one started later) sees the same page
    publish(key) | clear() in any process ──> current() in all of them, from their next request on

    page: generation (8) | open (1) | key (32)        generation is odd while somebody writes

1. Writers exclude each other by a lock on the page's file; the kernel takes it from a process that dies.
2. A reader that meets a writer, or the rest of one that died, waits for the lock and reads again.
3. The page has no name in any file system and is left out of core dumps where the system can do that. It is plain
   memory otherwise: without encrypted swap it may be swapped.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
import tempfile
import threading
from typing import NoReturn

from bitting.core.faults import Unavailable
from bitting.core.material import KeyMaterial
from bitting.core.reveal import reveal

ROOT_KEY_BYTES = 32
_PAGE = struct.Struct(f"<Q?{ROOT_KEY_BYTES}s")
_GENERATION = struct.Struct("<Q")
_NOTHING = bytes(ROOT_KEY_BYTES)


class SharedRootKey:
    """Make it before the workers are forked. Thread-safe, and safe between the processes that share it."""

    __slots__ = ("_file", "_held", "_lock", "_page", "_seen")

    def __init__(self) -> None:
        self._file = _nameless_file(_PAGE.size)
        self._page = mmap.mmap(self._file, _PAGE.size)
        if hasattr(mmap, "MADV_DONTDUMP"):
            self._page.madvise(mmap.MADV_DONTDUMP)
        self._lock = threading.Lock()
        self._seen = 0
        self._held: KeyMaterial | None = None

    def __reduce__(self) -> NoReturn:
        msg = "the root key is not pickled"
        raise TypeError(msg)

    def publish(self, root_key: KeyMaterial) -> None:
        """From now this is the root key everywhere. Raises ``Unavailable`` if it is not 32 bytes."""
        if len(root_key) != ROOT_KEY_BYTES:
            raise Unavailable(reason="the root key is not 32 bytes")
        self._write(True, reveal(root_key))

    def clear(self) -> None:
        """From now there is no root key anywhere."""
        self._write(False, _NOTHING)

    def current(self) -> KeyMaterial | None:
        """The root key, the same box until it changes; None while sealed. Costs a microsecond."""
        if _GENERATION.unpack_from(self._page)[0] == self._seen:
            return self._held
        with self._lock:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                generation, is_open, key = _PAGE.unpack_from(self._page)
                if generation % 2:  # whoever wrote died half way: nothing of it is trusted
                    generation, is_open, key = generation + 1, False, _NOTHING
                    _PAGE.pack_into(self._page, 0, generation, is_open, key)
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)
            self._held = KeyMaterial(key) if is_open else None
            self._seen = generation
            return self._held

    def _write(self, is_open: bool, key: bytes) -> None:  # noqa: FBT001 - the page's own flag
        with self._lock:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                generation = _GENERATION.unpack_from(self._page)[0] | 1
                _GENERATION.pack_into(self._page, 0, generation)
                _PAGE.pack_into(self._page, 0, generation, is_open, key)
                _GENERATION.pack_into(self._page, 0, generation + 1)
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)


def _nameless_file(size: int) -> int:
    if hasattr(os, "memfd_create"):
        file = os.memfd_create("seal")
    else:
        with tempfile.TemporaryFile() as made:
            file = os.dup(made.fileno())
    os.ftruncate(file, size)
    return file
