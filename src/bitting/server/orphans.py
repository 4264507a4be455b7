"""A worker ends when its parent is gone, however the parent ended.

::

    kernel (Linux): parent dies -> SIGTERM to the worker -> it drains as at any stop
    watch thread:   getppid() changed -> SIGTERM, once more after GRACE: the process ends as it stands

The kernel's signal comes at once where there is one; the watch is for other systems, for a parent that died before
the signal was asked for, and for a drain that takes too long to wait for with nobody in charge.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import threading
import time

LOOK_SECONDS = 0.25
GRACE_SECONDS = 1.0
_PR_SET_PDEATHSIG = 1


def end_with(parent: int) -> None:
    """Call in the worker, right after the fork. ``parent``: who forked it."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    threading.Thread(target=_watch, args=(parent,), name="parent watch", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)
