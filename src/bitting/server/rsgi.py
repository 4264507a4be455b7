"""granian's RSGI to a neutral request and back.

Header values, query and body pass unaltered. The path arrives percent-decoded and the raw one is lost, which
every signature here survives (canonical paths are made again from the decoded form).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Awaitable, Callable
from typing import Any

from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined]

from bitting.dialects.base.http import Request, Response
from bitting.server.app import App
from bitting.server.body_deadline import BodyDeadlines

#: An oversized body is read up to this many bytes so that its sender gets to read the answer.
DRAIN_BYTES = 16 << 20
BODY_TIMEOUT_S = 60.0


def adapter(app: App, body_timeout_s: float = BODY_TIMEOUT_S) -> Callable[[Any, Any], Awaitable[None]]:
    """The RSGI application. A body that is not there after ``body_timeout_s`` is not waited for."""
    deadlines = BodyDeadlines(body_timeout_s)

    async def serve(scope: Any, protocol: Any) -> None:
        request = neutral(scope)
        dialect = app.dialect(request)
        headers = request.headers
        if "content-length" in headers or "transfer-encoding" in headers:
            wait = deadlines.begin()
            try:
                await _read_body(request, protocol, app.body_limit(dialect, request))
            except asyncio.CancelledError:
                if not wait.late:
                    raise
                late = app.overdue(dialect, request)
                protocol.response_bytes(late.status, list(late.headers), late.body)
                return
            except ProtocolClosed:
                return  # the caller hung up half way through: nobody is there to be answered
            finally:
                deadlines.end(wait)
        response = await app.handle(dialect, request)
        if response.effect:
            await _break(protocol, response)
            return
        protocol.response_bytes(response.status, list(response.headers), response.body)

    return serve


def neutral(scope: Any) -> Request:
    """A request without its body."""
    headers: dict[str, str] = {}
    repeated: list[str] = []
    for name, value in scope.headers.items():
        if name in headers:
            repeated.append(name)
        headers[name] = value
    if "host" not in headers and scope.authority:
        headers["host"] = scope.authority
    return Request(
        scope.method,
        scope.path,
        scope.query_string,
        headers,
        b"",
        scope.client.rpartition(":")[0],
        scope.scheme,
        repeated=frozenset(repeated),
    )


async def _break(protocol: Any, response: Response) -> None:
    """Developer mode: promise the whole body and hang up at its start (``reset``) or half way through.

    One byte is always sent: a stream that ends before its first is an empty answer, not a broken one.
    """
    length = ("content-length", str(len(response.body) + 1))
    transport = protocol.response_stream(response.status, [*response.headers, length])
    sent = len(response.body) // 2 if response.effect == "truncate" else 1
    await transport.send_bytes(response.body[:sent] or b" ")


async def _read_body(request: Request, protocol: Any, limit: int) -> None:
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) <= limit and "transfer-encoding" not in request.headers:
        request.body = await protocol()
        return
    body = await _read_bounded(protocol, limit)
    if body is None:
        request.oversized = True
    else:
        request.body = body


async def _read_bounded(chunks: AsyncIterable[bytes], limit: int) -> bytes | None:
    """The body, or None if it is longer than ``limit``. Holds at most ``limit`` bytes."""
    parts: list[bytes] = []
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size <= limit:
            parts.append(chunk)
        else:
            parts.clear()
            if size > DRAIN_BYTES:
                break
    return b"".join(parts) if size <= limit else None
