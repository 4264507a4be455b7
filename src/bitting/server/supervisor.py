"""The parent process: forks workers, replaces those that die, passes signals on.

::

    parent ── fork ──> worker 1..N     each: own event loop, own key cache, same sockets (SO_REUSEPORT)
       │ SIGTERM/SIGINT -> SIGTERM to all, wait for them to drain
       ├ a worker that ends by itself is replaced, at most one a second
       └ gone without a word (SIGKILL)? the workers end by themselves (:mod:`bitting.server.orphans`)
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from collections.abc import Callable

from bitting.server.orphans import end_with

_RESPAWN_SECONDS = 1.0
_LOOK_SECONDS = 0.1
DRAIN_SECONDS = 30.0

Work = Callable[[Callable[[], None]], None]


class Supervisor:
    """Keeps ``count`` processes running ``work``; ``work`` is given a function to call once it serves."""

    def __init__(self, work: Work, count: int) -> None:
        self._work = work
        self._count = count
        self._children: set[int] = set()
        self._stopping = False
        self._ready_read, self._ready_write = os.pipe()

    def run(self, ready: Callable[[], None]) -> int:
        """Serve until told to stop; ``ready`` is called when every worker serves. 0, or 1 if none would start."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        for _ in range(self._count):
            self._spawn()
        if not self._wait_ready():
            told_to = self._stopping
            self._stop()
            self._drain()
            return 0 if told_to else 1
        ready()
        while not self._stopping:
            time.sleep(_LOOK_SECONDS)
            self._replace_the_dead()
        self._drain()
        return 0

    def _spawn(self) -> None:
        parent = os.getpid()
        pid = os.fork()
        if pid:
            self._children.add(pid)
            return
        code = 1
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            end_with(parent)
            os.close(self._ready_read)
            self._work(self._announce)
            code = 0
        except BaseException as error:  # noqa: BLE001 - the last frame of a forked child
            sys.stderr.write(f"worker failed: {type(error).__name__}: {error}\n")
        finally:
            sys.stdout.flush()
            os._exit(code)

    def _announce(self) -> None:
        os.write(self._ready_write, b".")

    def _wait_ready(self) -> bool:
        seen = 0
        while seen < self._count and not self._stopping:
            readable, _, _ = select.select([self._ready_read], [], [], 0.1)
            if readable:
                seen += len(os.read(self._ready_read, self._count))
            elif not self._replace_the_dead():
                return False
        return not self._stopping

    def _reap(self) -> tuple[int, int]:
        """How many children ended since the last look, and how many of those by an error of their own."""
        ended = failed = 0
        while self._children:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                self._children.clear()
                break
            if not pid:
                break
            self._children.discard(pid)
            ended += 1
            failed += os.WIFEXITED(status)
        return ended, failed

    def _replace_the_dead(self) -> bool:
        """Start a worker for each that ended. False if one could not work at all (its error is on stderr)."""
        dead, failed = self._reap()
        if dead and not self._stopping:
            sys.stderr.write(f"{dead} worker(s) ended unexpectedly; starting new ones\n")
            time.sleep(_RESPAWN_SECONDS)
            for _ in range(dead):
                self._spawn()
        return not failed

    def _stop(self, *_: object) -> None:
        if not self._stopping:
            self._stopping = True
            for pid in self._children:
                os.kill(pid, signal.SIGTERM)

    def _drain(self) -> None:
        deadline = time.monotonic() + DRAIN_SECONDS
        while self._children and time.monotonic() < deadline:
            self._reap()
            time.sleep(0.02)
        for pid in self._children:
            os.kill(pid, signal.SIGKILL)
