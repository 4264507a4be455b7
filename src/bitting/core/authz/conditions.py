"""Conditions of statements, in one vocabulary: each dialect translates the names of its documents to these keys.

::

    source_address   IpAddress NotIpAddress                         addresses and networks
    current_time     Date{Equals NotEquals LessThan LessThanEquals GreaterThan GreaterThanEquals}    milliseconds
    mfa_present      Bool                                           there is no second factor here: always false
    user_name user_id domain_name domain_id project_name project_id region
                     String{Equals NotEquals EqualsIgnoreCase NotEqualsIgnoreCase Like NotLike}, and Huawei's
                     StringStartWith, StringEndWith with their negations; IsNullOrEmpty; Number*

Of ``values`` one is enough; of a negated operator none may match. A source that is no address is neither inside nor
outside a network: the test is undecided. An allowance needs every condition to hold; a denial holds unless one of its
conditions surely does not. So what cannot be decided allows nothing and denies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from bitting.core.authz.patterns import matches
from bitting.core.model.identity import Condition, Statement

_ADDRESS, _TIME, _FLAG = "source_address", "current_time", "mfa_present"
TEXT_KEYS = ("user_name", "user_id", "domain_name", "domain_id", "project_name", "project_id", "region")
KEYS = (_ADDRESS, _TIME, _FLAG, *TEXT_KEYS)
_Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Facts:
    """What conditions look at. ``texts``: the keys of :data:`TEXT_KEYS`; one that is not there is the empty text."""

    source: str
    now_ms: int
    texts: Mapping[str, str]
    mfa_present: bool = False


def address_of(source: str) -> _Address | None:
    """A peer's address: brackets and a zone are dropped, an IPv4 address written as IPv6 is the IPv4 address."""
    try:
        address = ip_address(source.strip().removeprefix("[").partition("]")[0].partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


@lru_cache(maxsize=4096)
def _network(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text.strip(), strict=False)
    except ValueError:
        return None


def in_networks(networks: tuple[str, ...], source: str) -> bool | None:
    """Whether the source is in one of them; None if it is no address. A network that is none holds nobody."""
    address = address_of(source)
    if address is None:
        return None
    return any(network is not None and address in network for network in map(_network, networks))


_STRINGS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda value, held: value == held,
    "StringEqualsIgnoreCase": lambda value, held: value.casefold() == held.casefold(),
    "StringLike": matches,
    "StringMatch": matches,
    "StringStartWith": lambda value, held: held.startswith(value),
    "StringEndWith": lambda value, held: held.endswith(value),
}
_ORDER: dict[str, Callable[[float, float], bool]] = {
    "Equals": lambda value, held: held == value,
    "LessThan": lambda value, held: held < value,
    "LessThanEquals": lambda value, held: held <= value,
    "GreaterThan": lambda value, held: held > value,
    "GreaterThanEquals": lambda value, held: held >= value,
}
_NEGATED = {"NotIpAddress": "IpAddress", "DateNotEquals": "DateEquals", "NumberNotEquals": "NumberEquals"} | {
    name.replace("String", "StringNot", 1): name for name in _STRINGS
}


def positive(operator: str) -> str:
    """The operator without its negation, if it is one."""
    return _NEGATED.get(operator, operator)


def read_moment(text: str) -> int | None:
    """ISO 8601 or a number of milliseconds, in milliseconds; None for neither. Without a zone: UTC."""
    if text.isascii() and text.isdigit() and len(text) < 16:
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if found == found and abs(found) != float("inf") else None  # noqa: PLR0124 - not a number


def _fits(operator: str, key: str) -> bool:
    """Whether there is such an operator, and it is one for this key. ``operator``: without its negation."""
    if operator == "IpAddress":
        return key == _ADDRESS
    if operator == "Bool":
        return key == _FLAG
    if operator.startswith("Date"):
        return key == _TIME and operator.removeprefix("Date") in _ORDER
    known = operator in _STRINGS or operator == "IsNullOrEmpty"
    known = known or (operator.startswith("Number") and operator.removeprefix("Number") in _ORDER)
    return known and key in TEXT_KEYS


def is_understood(condition: Condition) -> bool:
    """Whether the operator is one, fits the key, and every value can be read. Only such conditions are stored."""
    operator, values = positive(condition.operator), condition.values
    if not values or not _fits(operator, condition.key):
        return False
    if operator in ("Bool", "IsNullOrEmpty"):
        return all(value.lower() in ("true", "false") for value in values)
    read: dict[str, Callable[[str], object]] = {"IpAddress": _network, "Date": read_moment, "Number": _number}
    reader = next((each for prefix, each in read.items() if operator.startswith(prefix)), None)
    return reader is None or all(reader(value) is not None for value in values)


def holds(condition: Condition, facts: Facts) -> bool | None:
    """Whether the condition holds; None if that cannot be decided."""
    plain = positive(condition.operator)
    found = _holds(plain, condition, facts) if _fits(plain, condition.key) and condition.values else None
    return found if found is None or plain == condition.operator else not found


def _holds(operator: str, condition: Condition, facts: Facts) -> bool | None:
    values, held = condition.values, facts.texts.get(condition.key, "")
    if operator == "IpAddress":
        return in_networks(values, facts.source)
    if operator in ("Bool", "IsNullOrEmpty"):
        is_so = facts.mfa_present if operator == "Bool" else not held
        return any(value.lower() == str(is_so).lower() for value in values)
    if operator in _STRINGS:
        return any(_STRINGS[operator](value, held) for value in values)
    if operator.startswith("Date"):
        order = _ORDER[operator.removeprefix("Date")]
        return any(order(read_moment(value) or 0, facts.now_ms) for value in values)
    order, number = _ORDER[operator.removeprefix("Number")], _number(held)
    return None if number is None else any(order(_number(value) or 0, number) for value in values)


def in_force(statement: Statement, facts: Facts) -> bool:
    """Whether a statement counts: an allowance if all its conditions hold, a denial unless one surely does not."""
    if statement.allow:
        return all(holds(condition, facts) is True for condition in statement.conditions)
    return all(holds(condition, facts) is not False for condition in statement.conditions)
