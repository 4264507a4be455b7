"""Codecs of access points, policies, network rules and instances: lists as JSON text inside a parameter.

::

    '["10.0.0.0/8"]' | "10.0.0.0/8,10.1.2.3"     <-> ("10.0.0.0/8", ...)      answered as JSON text
    '{"NetworkRules":["office"]}' | ""           <-> ("office",)

The reference speaks of commas, the SDKs' samples and terraform send JSON lists; both are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from ipaddress import ip_network
from typing import Any, NoReturn

import msgspec

from bitting.core.usecases.iam.credentials import TEMPLATES
from bitting.core.usecases.instances.instances import BoundNetwork
from bitting.dialects.base.codecs import InvalidWireValue, Text, encode_refused
from bitting.wire import strict_json

LIST_MAX = 100
PREFIX = "RbacPermission/Template/"
_NAME = re.compile(r"[A-Za-z0-9_.+=@/-]{1,192}", re.ASCII)
_RESOURCE = re.compile(r"(key|secret)/[A-Za-z0-9_.+=@/$-]{0,192}\*?", re.ASCII)
_INSTANCE = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9._-]{1,128}", re.ASCII)

_lists = strict_json.Decoder(list[str])
_json = msgspec.json.Encoder()

name = Text(1, 192, _NAME)
description = Text(0, 256)
instance_id = Text(1, 64, _INSTANCE)
plain_id = Text(1, 128, _ID)


def _parse(raw: str) -> list[str]:
    if not raw.startswith("["):
        return [part.strip() for part in raw.split(",") if part.strip()]
    try:
        return _lists.decode(raw)
    except msgspec.DecodeError:
        raise InvalidWireValue("format") from None


class StringList:
    """A list of strings that all pass ``check``; at most 100, and at least ``least``."""

    def __init__(self, check: Callable[[str], bool], least: int = 1) -> None:
        self._check = check
        self._least = least

    def decode(self, raw: str) -> tuple[str, ...]:
        found = _parse(raw)
        if not self._least <= len(found) <= LIST_MAX:
            raise InvalidWireValue("length")
        if not all(self._check(item) for item in found):
            raise InvalidWireValue("format")
        return tuple(found)

    def encode(self, value: Sequence[str]) -> str:
        return _json.encode(list(value)).decode()


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


names = StringList(lambda text: _NAME.fullmatch(text) is not None)
ids = StringList(lambda text: _ID.fullmatch(text) is not None)
sources = StringList(_is_network, least=0)
#: An update may take everything away; a policy is made with something.
no_permissions = StringList(lambda text: text.startswith(PREFIX) and text.removeprefix(PREFIX) in TEMPLATES, least=0)
permissions = StringList(lambda text: text.startswith(PREFIX) and text.removeprefix(PREFIX) in TEMPLATES)
resources = StringList(lambda text: _RESOURCE.fullmatch(text) is not None and text not in {"key/", "secret/"})


class _Rules(msgspec.Struct, rename={"network_rules": "NetworkRules"}):
    network_rules: list[str] = []


_rules = strict_json.Decoder(_Rules)


class AccessControlRules:
    """The network rules of a policy. None are answered as the empty string, as they were given."""

    def decode(self, raw: str) -> tuple[str, ...]:
        if not raw:
            return ()
        try:
            found = _rules.decode(raw).network_rules
        except msgspec.DecodeError:
            raise InvalidWireValue("format") from None
        if len(found) > LIST_MAX:
            raise InvalidWireValue("length")
        if not all(_NAME.fullmatch(item) for item in found):
            raise InvalidWireValue("format")
        return tuple(found)

    def encode(self, value: Sequence[str]) -> str:
        return _json.encode({"NetworkRules": list(value)}).decode() if value else ""


_NETWORK = {"network_id": "VpcId", "switch_id": "VSwitchId", "region": "RegionId", "owner": "VpcOwnerId"}


class _Network(msgspec.Struct, rename=_NETWORK):
    network_id: str
    switch_id: str
    region: str
    owner: str | int


_networks = strict_json.Decoder(list[_Network])


class BindVpcs:
    """``[{"VpcId":..,"VSwitchId":..,"RegionId":..,"VpcOwnerId":..}]``; the owner may be a number."""

    def decode(self, raw: str) -> tuple[BoundNetwork, ...]:
        try:
            found = _networks.decode(raw)
        except msgspec.DecodeError:
            raise InvalidWireValue("format") from None
        if len(found) > LIST_MAX:
            raise InvalidWireValue("length")
        made = tuple(BoundNetwork(item.network_id, item.switch_id, item.region, str(item.owner)) for item in found)
        for item in made:
            if not all(_ID.fullmatch(text) for text in (item.network_id, item.switch_id, item.region, item.owner)):
                raise InvalidWireValue("format")
        return made

    def encode(self, value: Any) -> NoReturn:
        encode_refused(value)
