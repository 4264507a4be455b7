"""One server per data directory.

::

    parent: acquire(DIR) ── flock on DIR/server.lock, its process id in it ── fork ──> workers hold it as well
    a second start: locked, and the holder's parent lives -> refused at once
                    locked, and it is gone                -> its workers are ending: wait for them, 5 s at most

The kernel releases the lock when the last process that inherited it is gone, however it ended; the file stays.
Servers that share a PostgreSQL database have a directory each and do not meet here.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

LOCK_NAME = "server.lock"
WAIT_SECONDS = 5.0
_LOOK_SECONDS = 0.05
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW


class DirectoryInUse(Exception):
    """Another server runs on this data directory. The text says which and what to do."""


def acquire(directory: Path) -> int:
    """Lock the directory for this process and those it forks; the descriptor that holds the lock.

    Raises :class:`DirectoryInUse`, and ``OSError`` if the file cannot be made.
    """
    descriptor = os.open(directory / LOCK_NAME, _FLAGS, 0o600)
    deadline = time.monotonic() + WAIT_SECONDS
    while not _try(descriptor):
        holder = _holder(descriptor)
        if _alive(holder) or time.monotonic() > deadline:
            os.close(descriptor)
            who = f"the server with process id {holder}" if holder else "another server"
            msg = f"{directory}: {who} runs on this data directory; stop it, or choose another with --data-dir"
            raise DirectoryInUse(msg)
        time.sleep(_LOOK_SECONDS)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return descriptor


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(descriptor: int) -> int:
    text = os.pread(descriptor, 32, 0).strip()
    return int(text) if text.isdigit() else 0


def _alive(pid: int) -> bool:
    if not pid:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
