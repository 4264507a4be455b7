"""Resource policies as this API writes them, compiled to the rules the gate reads.

::

    {"Version": "1", "Statement": [{"Effect": "Allow", "Principal": {"RAM": ["acs:ram::<account>:user/<name>"]},
      "Action": ["kms:Decrypt"], "Resource": ["*"], "Condition": {"IpAddress": {"acs:SourceIp": ["10.0.0.0/8"]}}}]}
    -> Rule(allow, ("<account>/user/<name>",), ("key:decrypt/Decrypt",), networks=("10.0.0.0/8",))

* Principals: ``user/<name>``, ``role/<name>`` (there are none here, so nobody is meant), ``*`` or ``root`` for the
  account itself.
* Actions: ``kms:<Operation>`` with ``*`` and ``?``. Several operations are one domain action; an allowance holds for
  the operations named only, a denial for the whole action. Operations that no key is the resource of are let through
  and have no effect, as documented.
* Conditions: ``IpAddress`` and ``NotIpAddress`` of ``acs:SourceIp``, ``DateLessThan`` and ``DateGreaterThan`` of
  ``acs:CurrentTime``. Any other is refused: a condition that nobody checks would be a hole.

Sources: SetKeyPolicy; "overview of key policies"; "policy condition keys".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from ipaddress import ip_network
from typing import Any

import msgspec

from bitting.core.authz.resource_policies import Policy, Rule, pack, unpack
from bitting.dialects.base.codecs import InvalidWireValue, Moment
from bitting.wire import strict_json

POLICY_BYTES_MAX = 32768
STATEMENTS_MAX = 100
ITEMS_MAX = 500
_SID = re.compile(r"[A-Za-z0-9_/+=.@ -]{0,128}", re.ASCII)
_PRINCIPAL = re.compile(
    r"acs:ram::([0-9]{1,32}):(\*|root|user/[A-Za-z0-9_.@-]{1,64}|role/[A-Za-z0-9_.@-]{1,64})", re.ASCII
)
_ACTION = re.compile(r"kms:[A-Za-z*?]{1,64}", re.ASCII)
_moment = Moment()

Texts = str | list[str]


class _Principal(msgspec.Struct, rename={"ram": "RAM"}, forbid_unknown_fields=True):
    ram: Texts


class _Statement(msgspec.Struct, rename="pascal", forbid_unknown_fields=True):
    effect: str
    principal: _Principal
    action: Texts
    resource: Texts
    sid: str = ""
    condition: dict[str, dict[str, Texts]] = {}


class _Document(msgspec.Struct, rename="pascal", forbid_unknown_fields=True):
    version: str
    statement: list[_Statement]


_documents = strict_json.Decoder(_Document)


class ResourcePolicy:
    """The codec of a ``Policy`` parameter. ``actions``: domain action by operation, for one sort of resource.

    At most 32768 bytes, 100 statements, 500 principals or actions in each.
    """

    def __init__(self, actions: Mapping[str, str]) -> None:
        self._actions = actions

    def decode(self, raw: str) -> str:
        """The policy as it is stored."""
        if len(raw.encode()) > POLICY_BYTES_MAX:
            raise InvalidWireValue("length")
        try:
            document = _documents.decode(raw)
        except msgspec.DecodeError:
            raise InvalidWireValue("format") from None
        if document.version != "1" or not 1 <= len(document.statement) <= STATEMENTS_MAX:
            raise InvalidWireValue("format")
        return pack(Policy(raw, tuple(self._rule(statement) for statement in document.statement)))

    def encode(self, value: str) -> str:
        """The policy as its owner wrote it."""
        return unpack(value).text

    def _rule(self, statement: _Statement) -> Rule:
        if statement.effect not in {"Allow", "Deny"} or not _SID.fullmatch(statement.sid):
            raise InvalidWireValue("format")
        if _several(statement.resource) != ["*"]:
            raise InvalidWireValue("format")
        allow = statement.effect == "Allow"
        return Rule(
            allow,
            tuple(_user(text) for text in _several(statement.principal.ram)),
            tuple(sorted(self._compiled(_several(statement.action), allow=allow))),
            **_conditions(statement.condition),
        )

    def _compiled(self, patterns: Sequence[str], *, allow: bool) -> Iterable[str]:
        if not all(_ACTION.fullmatch(pattern) for pattern in patterns):
            raise InvalidWireValue("format")
        wanted = [pattern.removeprefix("kms:") for pattern in patterns]
        named = {name for name in self._actions if any(fnmatchcase(name, pattern) for pattern in wanted)}
        for action in {self._actions[name] for name in named}:
            whole = {name for name, other in self._actions.items() if other == action}
            if whole <= named or not allow:
                yield action
            else:
                yield from (f"{action}/{name}" for name in whole & named)


def _several(texts: Texts) -> list[str]:
    found = [texts] if isinstance(texts, str) else texts
    if not 1 <= len(found) <= ITEMS_MAX:
        raise InvalidWireValue("length")
    return found


def _user(text: str) -> str:
    found = _PRINCIPAL.fullmatch(text)
    if found is None:
        raise InvalidWireValue("format")
    return f"{found[1]}/{'*' if found[2] == 'root' else found[2]}"


def _conditions(condition: Mapping[str, Mapping[str, Texts]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for operator, tests in condition.items():
        for key, values in tests.items():
            texts = _several(values)
            if key == "acs:SourceIp" and operator in _NETWORKS:
                found[_NETWORKS[operator]] = tuple(_network(text) for text in texts)
            elif key == "acs:CurrentTime" and operator in _MOMENTS and len(texts) == 1:
                found[_MOMENTS[operator]] = _moment.decode(texts[0])
            else:
                raise InvalidWireValue("unserved")
    return found


_NETWORKS = {"IpAddress": "networks", "NotIpAddress": "elsewhere"}
_MOMENTS = {"DateGreaterThan": "after_ms", "DateLessThan": "before_ms"}


def _network(text: str) -> str:
    try:
        return str(ip_network(text, strict=False))
    except ValueError:
        raise InvalidWireValue("format") from None


def default_text(account_id: str) -> str:
    """What is answered where nobody has set a policy: the account and whom it allows elsewhere, nobody else."""
    statement = {
        "Action": ["kms:*"],
        "Effect": "Allow",
        "Principal": {"RAM": [f"acs:ram::{account_id}:*"]},
        "Resource": ["*"],
        "Sid": "kms default key policy",
    }
    return msgspec.json.encode({"Statement": [statement], "Version": "1"}).decode()
