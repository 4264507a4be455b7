"""Whose address a request has: the peer's, or the one that a trusted proxy names.

::

    peer "[::ffff:192.0.2.7]:4711" ── canonical ──> 192.0.2.7
    peer a trusted proxy?  forwarded header, read from the right: the first address that is no trusted proxy
    anybody else           the header is not looked at

Addresses are canonical: no brackets, no zone (``fe80::1%eth0`` is ``fe80::1``), IPv4-mapped ones are IPv4. Policies
compare them with networks, so a spelling that parses to no address must not get there: an entry of the header that is
none ends the search at the proxy that sent it.

One header is read, the one the setting ``forwarded_header`` names. Were both read, a caller could send the one that the
proxy does not overwrite.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

X_FORWARDED_FOR, FORWARDED = "x-forwarded-for", "forwarded"
HEADERS = (X_FORWARDED_FOR, FORWARDED)
_PROTO = "x-forwarded-proto"
_SCHEMES = frozenset({"http", "https"})
_FOR = re.compile(r'(?:^|;)\s*for\s*=\s*(?:"([^"]*)"|([^;\s"]*))', re.IGNORECASE)
_PROTO_PART = re.compile(r'(?:^|;)\s*proto\s*=\s*"?([A-Za-z]+)"?', re.IGNORECASE)


def parse(text: str) -> IpAddress | None:
    """The address in ``text``: with or without brackets, zone and port. None if there is none."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:  # IPv4 with a port
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, ipaddress.IPv6Address) else found


def peer_of(client: str) -> str:
    """The canonical address of ``HOST:PORT`` as the listener says it; the host as it came if it is no address."""
    host = client.rpartition(":")[0]
    if host.isascii() and host.replace(".", "").isdigit():
        return host  # IPv4 from the kernel is canonical already
    found = parse(host if host.startswith("[") or "%" in host else f"[{host}]")
    return str(found) if found is not None else host


def is_loopback(address: str) -> bool:
    """Whether an address is this machine's own."""
    found = parse(address)
    return found is not None and found.is_loopback


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from. ``scheme``: what the proxy's caller used, empty for what the listener has."""

    source: str
    scheme: str = ""


@dataclass(frozen=True, slots=True)
class Proxies:
    """The proxies that are trusted, and the header they write."""

    trusted: tuple[IpNetwork, ...] = ()
    header: str = X_FORWARDED_FOR

    def origin(self, peer: str, headers: Iterable[tuple[str, str]]) -> Origin:
        """Who sent the request that ``peer`` brought. ``headers``: all of them, in order, names in lower case."""
        if not self._trusts(peer):
            return Origin(peer)
        held = list(headers)
        source = peer
        for entry in reversed(list(self._entries(held))):
            found = parse(entry)
            if found is None:
                break
            source = str(found)
            if not self._trusts(source):
                break
        return Origin(source, self._scheme(held))

    def _trusts(self, address: str) -> bool:
        found = parse(address) if self.trusted else None
        return found is not None and any(found.version == net.version and found in net for net in self.trusted)

    def _entries(self, headers: list[tuple[str, str]]) -> Iterator[str]:
        for name, value in headers:
            if name == self.header:
                for part in value.split(","):
                    yield part if self.header == X_FORWARDED_FOR else _for_of(part)

    def _scheme(self, headers: list[tuple[str, str]]) -> str:
        scheme = ""
        for name, value in headers:  # the last one: the proxy nearest to us wrote it
            if self.header == FORWARDED and name == FORWARDED:
                found = _PROTO_PART.search(value.rpartition(",")[2])
                scheme = found.group(1).lower() if found else scheme
            elif self.header == X_FORWARDED_FOR and name == _PROTO:
                scheme = value.rpartition(",")[2].strip().lower()
        return scheme if scheme in _SCHEMES else ""


def trusted_proxies(networks: str, header: str) -> Proxies:
    """The proxies in these networks (comma separated, an address means itself). Raises ``ValueError``."""
    if header not in HEADERS:
        msg = f"the forwarded header is one of {', '.join(HEADERS)}, not {header!r}"
        raise ValueError(msg)
    parts = [part.strip() for part in networks.split(",")]
    return Proxies(tuple(ipaddress.ip_network(part) for part in parts if part), header)


def _for_of(element: str) -> str:
    found = _FOR.search(element)
    return (found.group(1) or found.group(2) or "") if found else ""
