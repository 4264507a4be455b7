"""The service's own records: switches, quotas, operators, and what developer mode keeps."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Switches:
    """The switches of the service. One record, id ``service``; absent means all defaults.

    ``maintenance``: a reason, while key operations are refused as temporarily unavailable. ``replica``: only reads are
    answered. ``sm2`` ... ``rotation``: the features of this region. ``rates``: ``off``, ``cloud`` or a number.
    ``offline_regions``: names, comma separated, of logical regions that answer nothing. ``authorizer``: URL of an
    external policy decision point, empty for none. ``tag_policy``: tag keys every resource must carry, comma separated.
    ``quotas``: ``off`` (generous) or ``cloud`` (the documented defaults).
    """

    id: str = "service"
    maintenance: str = ""
    replica: bool = False
    sm2: bool = True
    sm4: bool = True
    keystores: bool = True
    rotation: bool = True
    rates: str = "off"
    authorizer: str = ""
    tag_policy: str = ""
    quotas: str = "off"
    offline_regions: str = ""


@dataclass(frozen=True, slots=True)
class Quota:
    """A quota set by an operator. ``id`` is ``<scope>/<name>``, the scope a key ring or a key id."""

    id: str
    scope: str
    name: str
    limit: int


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator of the service. ``id`` is the SHA-256 of the operator's token, hex."""

    id: str
    name: str
    created_ms: int


@dataclass(frozen=True, slots=True)
class FaultRule:
    """Developer mode: answer matching requests with a fault. ``operation``, ``account_id`` empty: any.

    ``line`` pins one row of the dialect's catalogue (0: none, only ``latency_ms`` or ``effect``). ``left`` counts
    down to 0 (-1: forever). ``percent`` of matching requests are affected. ``effect``: ``reset``, ``truncate`` or
    empty.
    """

    id: str
    dialect: str
    operation: str
    account_id: str
    line: int
    code: str
    percent: int
    left: int
    latency_ms: int
    effect: str
    created_ms: int


@dataclass(frozen=True, slots=True)
class DevClock:
    """Developer mode: how far the service's clock is ahead of the machine's. One record, id ``clock``."""

    id: str
    offset_ms: int
