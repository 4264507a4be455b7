"""Stop 1: from neutral request to dialect, and where it runs.

::

    handle ─ /healthz /readyz, and /echo where it is asked for
           └ dialect.claims? -> pipeline.prepare
                ├ hot row:  finish here, on the event loop, from the cache
                └ cold row, or something not in the cache: finish on a thread

``handle`` knows no server: the RSGI adapter beside it does.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from bitting.core.faults import Fault, Unavailable, UnknownOperation
from bitting.core.gate import RequestContext
from bitting.core.key_cache import KeyCache, NotResident
from bitting.dialects.base.dialect import Call, Dialect, Pipeline
from bitting.dialects.base.http import Request, Response
from bitting.server.settling import Settling

ECHO_LIMIT = 65536
#: Threads of a worker that hash passwords, and requests that may wait for them.
HASHERS, HASHES_PENDING_MAX = 2, 64
_PLAIN = (("content-type", "text/plain; charset=utf-8"),)
_HEX = "0123456789abcdef"


def request_id() -> str:
    """A fresh random UUID (version 4), as text.

    It names a request and guards nothing, so it need not come from the operating system, whose call would let
    go of the interpreter lock in every request. Python seeds the generator anew after a fork.
    """
    digits = f"{random.getrandbits(128):032x}"
    return (
        f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{_HEX[int(digits[16], 16) & 3 | 8]}{digits[17:20]}-{digits[20:]}"
    )


def _step_back() -> None:
    """Let the event loop go first. Linux gives threads priorities of their own; elsewhere nothing is changed."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


class App:
    """One per worker process. ``ready``: returns the reason why not, or the empty string.

    ``echo``: answer ``/echo`` with the body, for measurements. Nobody is asked who they are there.
    """

    def __init__(
        self,
        dialects: Sequence[Dialect],
        pipeline: Pipeline,
        cache: KeyCache,
        ready: Callable[[], str],
        threads: int,
        pending_max: int,
        *,
        dev: bool = False,
        echo: bool = False,
    ) -> None:
        self._dialects = dialects
        self._pipeline = pipeline
        self._cache = cache
        self._ready = ready
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="cold")
        self._room = threads + pending_max
        self._hashers = ThreadPoolExecutor(HASHERS, thread_name_prefix="hash", initializer=_step_back)
        self._hash_room = HASHES_PENDING_MAX
        self._dev = dev
        self._own_paths = frozenset({"/healthz", "/readyz", *(["/echo"] if echo or dev else [])})
        self._settling = Settling(self._settle, ThreadPoolExecutor(1, thread_name_prefix="settle"))

    def dialect(self, request: Request) -> Dialect | None:
        """Whose request it is; None for the shell's own paths."""
        if request.path in self._own_paths:
            return None
        return next(dialect for dialect in self._dialects if dialect.claims(request))

    def body_limit(self, dialect: Dialect | None, request: Request) -> int:
        """How many bytes of body to read."""
        return ECHO_LIMIT if dialect is None else dialect.body_limit(request)

    async def handle(self, dialect: Dialect | None, request: Request) -> Response:
        """The answer. Never raises."""
        if dialect is None:
            return await self._own(request)
        if not request.local:
            return self._refused(dialect, request, UnknownOperation(operation=request.path))
        request_context = RequestContext(request_id(), dialect.name, "", request.source)
        response = await self._answer(dialect, request, request_context)
        return await self._developed(response, request_context) if self._dev else response

    def turn_away(self, dialect: Dialect | None, request: Request, reason: str) -> Response:
        """The answer to a request whose body is not there (late, or no room), in the words of its dialect."""
        if dialect is None:
            return Response(503, _PLAIN, f"{reason}\n".encode())
        return self._refused(dialect, request, Unavailable(reason=reason))

    def _refused(self, dialect: Dialect, request: Request, fault: Fault) -> Response:
        request_context = RequestContext(request_id(), dialect.name, "", request.source)
        request_context.deferred = True
        return self._pipeline.refuse(dialect, None, request, fault, request_context)

    async def _answer(self, dialect: Dialect, request: Request, request_context: RequestContext) -> Response:
        call = self._pipeline.prepare(dialect, request, request_context)
        if isinstance(call, Response):
            return call
        if call.operation.hot:
            try:
                response = self._pipeline.finish(dialect, call, request_context, self._cache.resident)
            except NotResident:
                pass
            else:
                return await self._settled(dialect, call, request_context, response)
        if call.operation.hashes_password:
            return await self._hash(dialect, call, request_context)
        if self._room <= 0:
            return self._busy(dialect, call, request_context)
        self._room -= 1
        try:
            loop = asyncio.get_running_loop()
            view = self._cache.loading
            return await loop.run_in_executor(self._pool, self._pipeline.finish, dialect, call, request_context, view)
        finally:
            self._room += 1

    async def _settled(
        self, dialect: Dialect, call: Call, request_context: RequestContext, response: Response
    ) -> Response:
        """The answer once its record is kept, where the settings want that of hot requests too."""
        if not request_context.unsettled or await self._settling.wait():
            return response
        return self._pipeline.unrecorded(dialect, call, request_context, response)

    async def _hash(self, dialect: Dialect, call: Call, request_context: RequestContext) -> Response:
        """On threads of its own: a password costs a fifth of a second of a core, on purpose."""
        if self._hash_room <= 0:
            return self._busy(dialect, call, request_context)
        self._hash_room -= 1
        try:
            loop, view = asyncio.get_running_loop(), self._cache.loading
            return await loop.run_in_executor(
                self._hashers, self._pipeline.finish, dialect, call, request_context, view
            )
        finally:
            self._hash_room += 1

    def _busy(self, dialect: Dialect, call: Call, request_context: RequestContext) -> Response:
        fault = Unavailable(reason="too many requests wait for a thread")
        return self._pipeline.refuse(dialect, call, call.request, fault, request_context)

    @staticmethod
    async def _developed(response: Response, request_context: RequestContext) -> Response:
        """Developer mode: visible in every response, late or broken on demand."""
        if request_context.delay_ms:
            await asyncio.sleep(request_context.delay_ms / 1000)
        return Response(
            response.status, (*response.headers, ("x-bitting-mode", "dev")), response.body, request_context.effect
        )

    async def _own(self, request: Request) -> Response:
        if request.path == "/echo":
            return Response(200, (("content-type", "application/octet-stream"),), request.body)
        if request.path == "/healthz":
            return Response(200, _PLAIN, b"alive\n")
        reason = await asyncio.get_running_loop().run_in_executor(self._pool, self._ready)
        return Response(503 if reason else 200, _PLAIN, f"{reason or 'ready'}\n".encode())

    def _settle(self) -> bool:
        guard = self._pipeline.gate.guard
        return guard is None or guard.settle(hot=True)

    def close(self) -> None:
        """Wait for the threads."""
        self._hashers.shutdown(wait=True)
        self._pool.shutdown(wait=True)
