"""What this dialect's rows have that others' have not: profiles, rules, and answers that know their caller.

::

    Profile   huawei | otc: one cloud's rows and error table
    Route     what a method and a path mean, before the caller's profile is known -> the row of each profile
    Row       an operation of one profile
    Answer    what response fields read from: result, command, caller and region
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from bitting.core import faults
from bitting.core.model.identity import Principal
from bitting.core.ports import Vault
from bitting.dialects.base.dialect import Call
from bitting.dialects.base.errors import Catalogue
from bitting.dialects.base.operation import Operation
from bitting.dialects.huawei.codecs import URN, alias_of_urn
from bitting.dialects.huawei.rules import Rule

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Profile:
    """One cloud's edition of the API: its rows by name, and its error table."""

    name: str
    catalogue: Catalogue
    rows: Mapping[str, Row]


@dataclass(slots=True)
class Answer(Generic[Result]):
    """What the response fields of a row read from. ``command`` is None for operations of no single use case."""

    result: Result
    command: Any
    principal: Principal
    region: str

    def about(self, item: Any) -> Answer[Any]:
        """The same of one item of the result, for nested objects that name the caller or the region."""
        return Answer(item, self.command, self.principal, self.region)


@dataclass(slots=True)
class HuaweiCall(Call[Operation]):
    """A call and what stop 3 finds out about it.

    ``greedy``: the path's last value if it may hold slashes. ``row`` is there once the caller is identified,
    ``command`` once it is bound; ``profile`` stays None for a caller who is not known.
    """

    route: Route = field(kw_only=True)
    vault: Vault = field(kw_only=True)
    region: str = field(kw_only=True)
    greedy: str = ""
    profile: Profile | None = None
    row: Row = field(init=False, repr=False, compare=False)
    command: Any = None

    def answer(self, result: Any) -> Answer[Any]:
        """A result as response fields read it."""
        return Answer(result, self.command, self.caller, self.region)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What an operation answers to everybody: this fault, whatever the parameters are."""

    kind: type[faults.Fault]
    details: Mapping[str, str]

    def fault(self) -> faults.Fault:
        """A new one: exceptions keep their tracebacks."""
        return self.kind(**self.details)


@dataclass(frozen=True, kw_only=True)
class Row(Operation):
    """One operation of one profile.

    ``public``: answered to anybody, without signature or token. ``located``: parameters are in path, query and
    body alike. ``nested``: errors come in the envelope of key management although the surface is another.
    ``operators``: for those who run the service, by their token. ``rules``: conditions that span several parameters,
    checked in their order once each parameter is converted. ``refusal``: what the operation answers in place of a
    result. ``in_list_for``: clients whose user agent begins so get a list of the one object.
    """

    public: bool = False
    located: bool = False
    nested: bool = False
    operators: bool = False
    rules: tuple[Rule, ...] = ()
    refusal: Refusal | None = None
    in_list_for: str = ""

    def consumed(self) -> frozenset[str]:
        """Parameters that only rules read."""
        return frozenset().union(*(rule.reads for rule in self.rules))

    @classmethod
    def answer_type(cls, kind: Any) -> Any:
        """Response fields read from the answer around the result."""
        return Answer[kind]

    def bind(self, call: HuaweiCall) -> Any:
        """The command. Raises ``RequestFault``."""
        arguments = self.arguments(call.values)
        _resolve_urn(arguments, call)
        for rule in self.rules:
            rule.apply(arguments, call)
        if self.adapt_request is not None:
            self.adapt_request(arguments, call)
        assert self.use is not None  # noqa: S101 - the pipeline binds rows with a use case only
        call.command = self.use.command(**arguments)
        return call.command

    def show(self, result: Any, call: HuaweiCall) -> Any:
        """The answer's body. Composites without response fields give it themselves."""
        if self.composite is not None and not self.response:
            return result
        adapted = result if self.adapt_response is None else self.adapt_response(result, call)
        body = self.encode(call.answer(adapted))
        agent = call.request.headers.get("user-agent", "")
        return [body] if self.in_list_for and agent.startswith(self.in_list_for) else body


@dataclass(frozen=True, kw_only=True)
class Route(Operation):
    """What every profile's row at one method and path has in common. ``rows``: the row by name of the profile."""

    rows: Mapping[str, Row]
    public: bool
    nested: bool
    operators: bool


_SHARED = ("method", "path", "surface", "max_body", "ok", "use", "composite", "public", "nested", "operators")


def route(row: Row, profiles: Mapping[str, Profile]) -> Route:
    """The route of a row of the first profile, with the rows that others have under its name.

    Raises ``ValueError`` if one of them differs in what is decided before the profile is known.
    """
    rows = {profile.name: profile.rows[row.name] for profile in profiles.values() if row.name in profile.rows}
    shared = {name: getattr(row, name) for name in _SHARED}
    for profile, other in rows.items():
        different = [name for name in _SHARED if getattr(other, name) != shared[name]]
        if different:
            msg = f"{row.name} of {profile} has another {', '.join(different)}"
            raise ValueError(msg)
    return Route(
        name=row.name, hot_composite=row.hot_composite, hashes_password=row.hashes_password, rows=rows, **shared
    )


def _resolve_urn(arguments: dict[str, Any], call: HuaweiCall) -> None:
    ref = arguments.get("key")
    if ref is None or ref.kind != URN:
        return
    alias = alias_of_urn(ref.value, call.region, call.caller.domain_id)
    if alias is None:
        raise faults.InvalidParameter(parameter="key_id", reason="urn")
    arguments["key"] = alias
