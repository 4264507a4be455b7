"""Client of a running server: the native API, found through the data directory.

::

    DIR/credentials.json  admin_http, http, https, ca_cert   where it listens
    DIR/operator.token                           the operator token
    connect(data_dir) -> Native.get | post | put | delete (path, fields) -> answer as a dict

Loopback and plain ``http.client``: no proxies, no redirects, no retries. Every failure
is a :class:`CommandError` whose text ends with what to do next; :func:`run_against_server` prints it.
"""

from __future__ import annotations

import http.client
import json
import ssl
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from bitting.settings import SettingsError, load

PREFIX = "/bitting/v1/"
TIMEOUT_SECONDS = 60.0
ANSWER_BYTES_MAX = 64 << 20
#: Wildcard addresses of a listener, which a client cannot connect to.
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - read, never bound

_NEXT = {
    401: "operator.token is of another data directory; name the right one with --data-dir",
    403: "operator.token is of another data directory; name the right one with --data-dir",
    429: "delete what is not needed, or raise the limit",
    500: "look up the request id in the server's log",
    503: "see GET /readyz for the reason, and try again",
}


class CommandError(Exception):
    """A command cannot be done. The text says why and what to do next; ``status`` and ``code`` are the server's."""

    def __init__(self, text: str, status: int = 0, code: str = "") -> None:
        super().__init__(text)
        self.status = status
        self.code = code


def segment(value: str) -> str:
    """``value`` as one segment of a path."""
    return quote(value, safe="")


@dataclass(frozen=True, slots=True)
class Native:
    """A running server's native API. ``facts``: the ``credentials.json`` of its data ``directory``.

    One connection per call.
    """

    origin: str
    token: str = field(repr=False)
    facts: Mapping[str, str] = field(repr=False)
    directory: Path

    def get(self, path: str) -> dict[str, Any]:
        """``path`` below ``/bitting/v1/``. Raises :class:`CommandError`."""
        return self.call("GET", path)

    def post(self, path: str, fields: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """As :meth:`get`, with ``fields`` as the JSON body."""
        return self.call("POST", path, fields or {})

    def put(self, path: str, fields: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """As :meth:`get`, with ``fields`` as the JSON body."""
        return self.call("PUT", path, fields or {})

    def delete(self, path: str) -> dict[str, Any]:
        """As :meth:`get`."""
        return self.call("DELETE", path)

    def call(self, method: str, path: str, fields: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The answer of a 2xx. Raises :class:`CommandError` for everything else."""
        body = b"" if fields is None else json.dumps(fields).encode()
        status, content = self._exchange(method, PREFIX + path, body)
        try:
            answer = json.loads(content) if content else {}
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            text = f"{self.origin} did not answer as a bitting server does; is another program at that address?"
            raise CommandError(text, status)
        if not 200 <= status <= 299:
            raise _refusal(status, answer)
        return answer

    def _exchange(self, method: str, target: str, body: bytes) -> tuple[int, bytes]:
        connection = self._connection()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        try:
            connection.request(method, target, body or None, headers)
            response = connection.getresponse()
            content = response.read(ANSWER_BYTES_MAX + 1)
        except ssl.SSLError as error:
            text = (
                f"{self.origin} has a certificate that {self.facts.get('ca_cert')} does not vouch for ({error.reason})"
            )
            msg = f"{text}; is it another server?"
            raise CommandError(msg) from None
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "strerror", None) or error or type(error).__name__
            text = f"no server answers at {self.origin} ({reason}); start it with `bitting serve`"
            raise CommandError(text) from None
        finally:
            connection.close()
        if len(content) > ANSWER_BYTES_MAX:
            msg = f"the answer is over {ANSWER_BYTES_MAX >> 20} MiB; ask for less at a time"
            raise CommandError(msg)
        return response.status, content

    def _connection(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.origin)
        host = parts.hostname or ""
        host = _EVERYWHERE.get(host, host)
        if parts.scheme == "http":
            return http.client.HTTPConnection(host, parts.port, timeout=TIMEOUT_SECONDS)
        context = ssl.create_default_context(cafile=self.facts.get("ca_cert"))
        return http.client.HTTPSConnection(host, parts.port, timeout=TIMEOUT_SECONDS, context=context)


def _refusal(status: int, answer: Mapping[str, Any]) -> CommandError:
    error = answer.get("error")
    details = error if isinstance(error, dict) else {}
    text = str(details.get("message") or f"the server answered {status}").rstrip(".")
    advice = _NEXT.get(status, "")
    if details.get("request_id") and status >= 500:
        text += f" (request {details['request_id']})"
    return CommandError(f"{text}; {advice}" if advice else text, status, str(details.get("code", "")))


def connect(data_dir: str | None = None) -> Native:
    """The server whose data directory this is (default: the setting ``data_dir``). Raises :class:`CommandError`.

    Opens no connection yet.
    """
    try:
        directory = load({"data_dir": data_dir}).directory
    except SettingsError as error:
        raise CommandError(str(error)) from None
    facts = _facts(directory)
    origin = facts.get("admin_http") or facts.get("http") or facts.get("https") or ""
    if not origin:
        msg = f"{directory / 'credentials.json'} names no listener; start the server with --http or --https"
        raise CommandError(msg)
    return Native(origin, _read(directory / "operator.token").strip(), facts, directory)


def _facts(directory: Path) -> dict[str, str]:
    path = directory / "credentials.json"
    try:
        facts = json.loads(_read(path))
    except ValueError:
        msg = f"{path} is not JSON; restore it from a backup"
        raise CommandError(msg) from None
    return {str(name): str(value) for name, value in facts.items()} if isinstance(facts, dict) else {}


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        text = (
            f"{path} is not there; name the server's data directory with --data-dir, or start one with `bitting serve`"
        )
        raise CommandError(text) from None
    except OSError as error:
        msg = f"{path}: {error.strerror}; run this as the user who runs the server"
        raise CommandError(msg) from None


def run_against_server(action: Callable[[Native], None], data_dir: str | None = None) -> int:
    """Run ``action`` against the server of a data directory. 0, or 1 with one line on standard error."""
    try:
        action(connect(data_dir))
    except CommandError as error:
        sys.stderr.write(f"bitting: {error}\n")
        return 1
    return 0
