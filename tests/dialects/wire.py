"""The same house behind a real listener: set ``BITTING_WIRE=1`` and every test of a dialect goes over the wire.

One listener a process; each request is handed to the house whose test is running.
"""

from __future__ import annotations

import asyncio
import http.client
import threading
from collections.abc import Callable
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server

from bitting.core.gate import RequestContext
from bitting.core.key_cache import NotResident
from bitting.dialects.base.dialect import Dialect, Pipeline
from bitting.dialects.base.http import Request, Response
from bitting.server import rsgi
from bitting.testing.server import free_port

_HOP = {"content-length", "date", "server", "transfer-encoding", "connection"}


class OneDialect:
    """An :class:`bitting.server.app.App` for one dialect, and every cold request on a thread."""

    def __init__(self, pipeline: Pipeline, dialect: Dialect, request_context: RequestContext) -> None:
        self._pipeline, self._dialect, self._asked = pipeline, dialect, request_context

    def dialect(self, request: Request) -> Dialect:
        return self._dialect

    def body_limit(self, dialect: Dialect, request: Request) -> int:
        return dialect.body_limit(request)

    async def handle(self, dialect: Dialect, request: Request) -> Response:
        call = self._pipeline.prepare(dialect, request, self._asked)
        if isinstance(call, Response):
            return call
        cache = self._pipeline.gate.cache
        if call.operation.hot:
            try:
                return self._pipeline.finish(dialect, call, self._asked, cache.resident)
            except NotResident:
                pass
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(None, self._pipeline.finish, dialect, call, self._asked, cache.loading)


class Wire:
    """A granian listener on a thread of its own. Started with the first request, ended with the process."""

    def __init__(self) -> None:
        self.port = free_port()
        self._serve: Callable[[Any, Any], Any] | None = None
        self._up = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True).start()
        self._up.wait(10)

    async def _run(self) -> None:
        async def target(scope: Any, protocol: Any) -> None:
            assert self._serve is not None
            await self._serve(scope, protocol)

        server = Server(
            target,
            address="127.0.0.1",
            port=self.port,
            interface=Interfaces.RSGI,
            http=HTTPModes.http1,
            websockets=False,
            log_enabled=False,
        )
        asyncio.get_running_loop().call_later(0.1, self._up.set)
        await server.serve()

    def send(
        self, pipeline: Pipeline, dialect: Dialect, request: Request, request_context: RequestContext
    ) -> Response | None:
        """The response, or None if no HTTP client could send such a request (then it cannot happen there)."""
        if request.oversized or request.repeated or request.source != "127.0.0.1":
            return None
        self._serve = rsgi.adapter(OneDialect(pipeline, dialect, request_context), rsgi.Edge(20))  # type: ignore[arg-type]
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        target = request.raw_path or request.path
        try:
            connection.putrequest(
                request.method,
                f"{target}?{request.query}" if request.query else target,
                skip_host=True,
                skip_accept_encoding=True,
            )
            headers = dict(request.headers)
            if "transfer-encoding" not in headers and (request.body or request.method in {"POST", "PUT"}):
                headers["content-length"] = str(len(request.body))
            headers.setdefault("host", f"127.0.0.1:{self.port}")
            for name, value in headers.items():
                if value != value.strip():
                    return None
                connection.putheader(name, value)
            connection.endheaders(request.body or None)
            answer = connection.getresponse()
            kept = [(name.lower(), value) for name, value in answer.getheaders() if name.lower() not in _HOP]
            return Response(answer.status, tuple(kept), answer.read())
        except (ValueError, UnicodeError, http.client.InvalidURL):
            return None
        finally:
            connection.close()
