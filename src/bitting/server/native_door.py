"""Where the native API is let in.

::

    admin_http set      on that listener, and on no other
    admin_http empty    on the ordinary listeners, for callers on this machine that came without a proxy and asked for
                        this machine (Host: localhost, a loopback address, or a name of ``tls_server_names``)

The Host is asked so that a proxy that runs on this machine and is not among ``trusted_proxies`` does not open the API
to all its callers, and so that no web page can reach it through a name that its author lets point here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bitting.server.addresses import HEADERS, is_loopback, parse

PREFIX = "/bitting/"


@dataclass(frozen=True, slots=True)
class NativeDoor:
    """Of one listener. ``admin``: it is the native API's own. ``elsewhere``: there is such a listener."""

    admin: bool = False
    elsewhere: bool = False
    names: frozenset[str] = frozenset()

    def admits(self, peer: str, headers: Mapping[str, str]) -> bool:
        """Whether a request for the native API may come in here."""
        if self.admin or self.elsewhere:
            return self.admin
        if not is_loopback(peer) or any(name in headers for name in HEADERS):
            return False
        return self._names_us(headers.get("host", ""))

    def _names_us(self, host: str) -> bool:
        name = host if host.startswith("[") else host.partition(":")[0]
        address = parse(name)
        if address is not None:
            return address.is_loopback or address.is_unspecified or str(address) in self.names
        return name.lower() == "localhost" or name.lower() in self.names


def door_names(names: Iterable[str]) -> frozenset[str]:
    """The names a caller may ask for, as they are compared."""
    return frozenset(name.strip().lower() for name in names if name.strip())
