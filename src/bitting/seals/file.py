"""The root key in a file beside the data: 32 raw bytes, readable by its owner alone.

::

    FileSeal(path, create=True)    first start: make the file if it is not there
    FileSeal(path, create=False)   the data directory is initialised: a missing file is a lost key
    root_key() ──> the same box every time, from memory

Protects a copied database, not a copied directory: whoever reads the file reads every key.
"""

from __future__ import annotations

import contextlib
import os
import stat
import threading
from pathlib import Path
from typing import NoReturn

from bitting.core.faults import Unavailable
from bitting.core.material import KeyMaterial
from bitting.core.ports import UNSEALED, SealStatus

ROOT_KEY_BYTES = 32

_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW


class FileSeal:
    """``Seal`` on a file. Thread-safe; processes that start together agree on one key.

    The file is read (and made) at the first :meth:`root_key`. Raises nothing before that.
    """

    __slots__ = ("_create", "_key", "_lock", "_path")

    def __init__(self, path: Path | str, *, create: bool) -> None:
        self._path = Path(path)
        self._create = create
        self._key: KeyMaterial | None = None
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"<FileSeal {self._path}>"

    def __reduce__(self) -> NoReturn:
        msg = "a seal is not pickled"
        raise TypeError(msg)

    def root_key(self) -> KeyMaterial:
        """32 bytes. Raises ``Unavailable`` with a ``reason`` for the operator, which names the path.

        Reasons: the file is missing and may not be made, is no regular file, has another size, can be read
        or written by others than its owner, or the system refuses.
        """
        key = self._key
        if key is None:
            with self._lock:
                key = self._key
                if key is None:
                    key = self._key = self._obtain()
        return key

    def status(self) -> SealStatus:
        """Open as soon as the file can be read; sealed with the reason of :meth:`root_key` until then."""
        if self._key is None:
            try:
                self.root_key()
            except Unavailable as fault:
                return SealStatus(sealed=True, reason=fault.reason)
        return UNSEALED

    def _obtain(self) -> KeyMaterial:
        try:
            if self._create and not self._path.exists():
                _make(self._path)
            return self._read()
        except FileNotFoundError:
            if self._create:
                self._refuse("cannot be made: its directory does not exist")
            self._refuse("is missing; the data cannot be read without it, restore it from a backup")
        except OSError as error:
            self._refuse(f"cannot be used: {error.strerror}")

    def _read(self) -> KeyMaterial:
        """The file's bytes.

        1. Opened without following a link, and checked on the open descriptor, not on the name.
        2. A regular file with no permission for group or others.
        3. Exactly 32 bytes.
        """
        descriptor = os.open(self._path, _READ)  # 1
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):  # 2
                self._refuse("is not a regular file")
            if found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                self._refuse(f"is open to others (mode {stat.S_IMODE(found.st_mode):04o}); set it to 0600")
            content = os.read(descriptor, ROOT_KEY_BYTES + 1)
        finally:
            os.close(descriptor)
        if len(content) != ROOT_KEY_BYTES:  # 3
            self._refuse("does not hold exactly 32 bytes")
        return KeyMaterial(content)

    def _refuse(self, why: str) -> NoReturn:
        raise Unavailable(reason=f"root key file {self._path} {why}") from None


def _make(path: Path) -> None:
    """A fresh key at ``path``, whole and durable or not at all; an existing file is left alone.

    Written and synced under another name first, then linked: a link fails where a file is already, so of
    two processes one wins and both then read the winner's key.
    """
    draft = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
    try:
        descriptor = os.open(draft, _WRITE, 0o600)
        try:
            os.fchmod(descriptor, 0o600)
            with os.fdopen(os.dup(descriptor), "wb") as file:
                file.write(os.urandom(ROOT_KEY_BYTES))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    _sync_directory(path.parent)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
