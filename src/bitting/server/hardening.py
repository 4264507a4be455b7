"""What the process asks of the system so that its memory stays its own."""

from __future__ import annotations

import contextlib
import ctypes
import resource
import sys

_PR_SET_DUMPABLE = 4


def forbid_core_dumps() -> None:
    """No core file of this process and those it forks, and no debugger of the same user. As far as the system goes.

    ``PR_SET_DUMPABLE`` also keeps ``/proc/PID/mem`` and ``environ`` from other processes of the user (Linux).
    """
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
