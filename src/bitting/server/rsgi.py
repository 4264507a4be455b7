"""granian's RSGI to a neutral request and back.

Header values, query and body pass unaltered. The path arrives percent-decoded and the raw one is lost, which
every signature here survives (canonical paths are made again from the decoded form).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined]

from bitting.dialects.base.http import Request, Response
from bitting.server.addresses import Proxies, peer_of
from bitting.server.app import App
from bitting.server.body_budget import SMALL, BodyBudget
from bitting.server.body_deadline import BodyDeadlines
from bitting.server.native_door import PREFIX, NativeDoor

#: An oversized body is read up to this many bytes so that its sender gets to read the answer.
DRAIN_BYTES = 16 << 20
BODY_TIMEOUT_S = 60.0
BODIES_BYTES_MAX = 64 << 20


@dataclass(frozen=True, slots=True)
class Edge:
    """What one listener believes and bears. ``budget`` is shared by the listeners of a worker."""

    body_timeout_s: float = BODY_TIMEOUT_S
    proxies: Proxies = field(default_factory=Proxies)
    door: NativeDoor = field(default_factory=NativeDoor)
    budget: BodyBudget = field(default_factory=lambda: BodyBudget(BODIES_BYTES_MAX))


def adapter(app: App, edge: Edge | None = None) -> Callable[[Any, Any], Awaitable[None]]:
    """The RSGI application. A body that is not there in time is not waited for, one over the budget is not kept."""
    edge = edge or Edge()
    deadlines = BodyDeadlines(edge.body_timeout_s)
    budget = edge.budget

    async def serve(scope: Any, protocol: Any) -> None:
        request = neutral(scope, edge)
        dialect = app.dialect(request)
        headers = request.headers
        body = None
        if "content-length" in headers or "transfer-encoding" in headers:
            wait = deadlines.begin()
            body = _Body(budget, app.body_limit(dialect, request))
            try:
                await body.read(request, protocol)
            except asyncio.CancelledError:
                body.release()
                if not wait.late:
                    raise
                _send(protocol, app.turn_away(dialect, request, "the body did not come in time"))
                return
            except ProtocolClosed:
                body.release()
                return  # the caller hung up half way through: nobody is there to be answered
            finally:
                deadlines.end(wait)
            if body.refused:
                _send(protocol, app.turn_away(dialect, request, "too many bytes of bodies are held"))
                return
        try:
            response = await app.handle(dialect, request)
        finally:
            if body is not None and body.held:
                body.release()
        if response.effect:
            await _break(protocol, response)
            return
        _send(protocol, response)

    return serve


def _send(protocol: Any, response: Response) -> None:
    protocol.response_bytes(response.status, list(response.headers), response.body)


def neutral(scope: Any, edge: Edge) -> Request:
    """A request without its body."""
    headers: dict[str, str] = {}
    repeated: list[str] = []
    for name, value in scope.headers.items():
        if name in headers:
            repeated.append(name)
        headers[name] = value
    if "host" not in headers and scope.authority:
        headers["host"] = scope.authority
    peer, scheme, path = peer_of(scope.client), scope.scheme, scope.path
    source = peer
    if edge.proxies.trusted:
        origin = edge.proxies.origin(peer, scope.headers.items())
        source, scheme = origin.source, origin.scheme or scheme
    request = Request(scope.method, path, scope.query_string, headers, b"", source, scheme)
    if repeated:
        request.repeated = frozenset(repeated)
    if path.startswith(PREFIX):
        request.local = edge.door.admits(peer, headers)
    return request


async def _break(protocol: Any, response: Response) -> None:
    """Developer mode: promise the whole body and hang up at its start (``reset``) or half way through.

    One byte is always sent: a stream that ends before its first is an empty answer, not a broken one.
    """
    length = ("content-length", str(len(response.body) + 1))
    transport = protocol.response_stream(response.status, [*response.headers, length])
    sent = len(response.body) // 2 if response.effect == "truncate" else 1
    await transport.send_bytes(response.body[:sent] or b" ")


class _Body:
    """One body on its way in. ``held``: bytes of the budget it has. ``refused``: there was no room for it."""

    __slots__ = ("_budget", "_limit", "held", "refused")

    def __init__(self, budget: BodyBudget, limit: int) -> None:
        self._budget = budget
        self._limit = limit
        self.held = 0
        self.refused = False

    async def read(self, request: Request, protocol: Any) -> None:
        """Into the request, or ``oversized``, or ``refused``."""
        length = request.headers.get("content-length", "")
        if length.isdigit() and int(length) <= min(self._limit, SMALL) and "transfer-encoding" not in request.headers:
            request.body = await protocol()
            return
        parts: list[bytes] = []
        size = 0
        async for chunk in protocol:
            size += len(chunk)
            if size > self._limit or self.refused or not self._take(len(chunk)):
                parts.clear()
                self.release()
                if size > DRAIN_BYTES:
                    break
            else:
                parts.append(chunk)
        if size > self._limit:
            request.oversized, self.refused = True, False
        elif not self.refused:
            request.body = b"".join(parts)

    def release(self) -> None:
        """Give back what is held."""
        self._budget.release(self.held)
        self.held = 0

    def _take(self, count: int) -> bool:
        if not self._budget.take(count):
            self.refused = True
            return False
        self.held += count
        return True
