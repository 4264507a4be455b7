"""One worker process: an event loop with both listeners, and nothing else.

granian's embedded server runs both listeners in this process, so that plain and TLS requests share one key
cache. SIGTERM drains: listeners stop accepting, requests under way finish, then the process ends.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable
from typing import Any

import uvloop
from granian.constants import HTTPModes, Interfaces, SSLProtocols
from granian.http import HTTP1Settings, HTTP2Settings
from granian.server.embed import Server

from bitting.server.tls import TlsFiles

HEADERS_BYTES_MAX = 128 << 10
BACKLOG = 1024


def listener(target: Any, address: tuple[str, int], tls: TlsFiles | None) -> Server:
    """A configured listener. ``tls`` None for plain HTTP."""
    return Server(
        target,
        address=address[0],
        port=address[1],
        interface=Interfaces.RSGI,
        http=HTTPModes.auto,
        websockets=False,
        backlog=BACKLOG,
        http1_settings=HTTP1Settings(max_buffer_size=HEADERS_BYTES_MAX),
        http2_settings=HTTP2Settings(max_headers_size=HEADERS_BYTES_MAX),
        log_enabled=False,
        ssl_protocol_min=SSLProtocols.tls12,
        ssl_cert=tls.certificate if tls else None,
        ssl_key=tls.key if tls else None,
    )


def run(servers: list[Server], started: Callable[[], None], stopped: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT. ``started`` is called once both listeners accept."""
    logging.getLogger("_granian").setLevel(logging.ERROR)
    uvloop.run(_serve(servers, started))
    stopped()


async def _serve(servers: list[Server], started: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()

    def stop() -> None:
        for server in servers:
            server.stop()  # type: ignore[no-untyped-call]

    loop.add_signal_handler(signal.SIGTERM, stop)
    loop.add_signal_handler(signal.SIGINT, stop)
    running = [asyncio.ensure_future(server.serve()) for server in servers]
    loop.call_later(0.02, started)
    await asyncio.gather(*running)
