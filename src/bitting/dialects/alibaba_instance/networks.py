"""Source networks: which statements of an access point hold for a caller's address.

::

    statements with networks ──within(source)?──> kept | dropped      no networks: always kept

A dropped statement allows nothing, so a caller outside meets the same refusal as one without permission (wire
contract, section 8, point 14).
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from bitting.core.model.identity import Principal

_KNOWN_MAX = 4096

Networks = tuple[IPv4Network | IPv6Network, ...]


class SourceFilter:
    """Keeps parsed networks and verdicts, at most 4096 of each."""

    __slots__ = ("_parsed", "_verdicts")

    def __init__(self) -> None:
        self._parsed: dict[tuple[str, ...], Networks] = {}
        self._verdicts: dict[tuple[tuple[str, ...], str], bool] = {}

    def admit(self, principal: Principal, source: str) -> Principal:
        """The principal with only the statements that hold for ``source`` (an IP address as text)."""
        for statement in principal.statements:
            if statement.networks:
                break
        else:
            return principal
        kept = tuple(item for item in principal.statements if not item.networks or self._within(item.networks, source))
        return replace(principal, statements=kept)

    def _within(self, networks: tuple[str, ...], source: str) -> bool:
        verdict = self._verdicts.get((networks, source))
        if verdict is None:
            verdict = _inside(self._parse(networks), source)
            if len(self._verdicts) >= _KNOWN_MAX:
                self._verdicts.clear()
            self._verdicts[networks, source] = verdict
        return verdict

    def _parse(self, networks: tuple[str, ...]) -> Networks:
        parsed = self._parsed.get(networks)
        if parsed is None:
            parsed = tuple(network for text in networks if (network := _network(text)) is not None)
            if len(self._parsed) >= _KNOWN_MAX:
                self._parsed.clear()
            self._parsed[networks] = parsed
        return parsed


def _network(text: str) -> IPv4Network | IPv6Network | None:
    """The network, or None for what is none: an unreadable rule admits nobody."""
    try:
        return ip_network(text.strip(), strict=False)
    except ValueError:
        return None


def _inside(networks: Networks, source: str) -> bool:
    try:
        address = ip_address(source)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return any(address in network for network in networks)
