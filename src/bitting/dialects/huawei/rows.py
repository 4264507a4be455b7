"""What this dialect's rows have that others' have not: profiles, shapes, and answers that know their owner.

::

    Profile   huawei | otc: the same operations with own limits and an own error table
    Row       an operation, with ``shape`` between wire values and command where they do not match one to one
    Answer    result and principal, so that rows can show the domain beside the key
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from bitting.core.model.identity import Principal
from bitting.core.ports import Vault
from bitting.dialects.base.dialect import Call
from bitting.dialects.base.errors import Catalogue
from bitting.dialects.base.operation import Operation

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Profile:
    """One cloud's edition of the API. ``without``: key specs its regions do not offer."""

    name: str
    catalogue: Catalogue
    rows: Mapping[str, Row]
    without: frozenset[str] = frozenset()


@dataclass(slots=True)
class HuaweiCall(Call):
    """A call and what stop 3 finds out about it. ``greedy``: the path's last value if it may hold slashes."""

    region: str = ""
    profile: Profile | None = None
    principal: Principal | None = None
    greedy: str = ""
    vault: Vault | None = None


#: Turns converted wire values into the command's attributes, in place. Raises ``RequestFault``.
Shape = Callable[[dict[str, Any], HuaweiCall], None]


@dataclass(frozen=True, kw_only=True)
class Row(Operation):
    """One operation.

    ``public``: answered to anybody, without signature or token. ``located``: parameters are in path, query and
    body alike. ``nested``: errors come in the envelope of key management although the surface is another.
    ``face``: what the response fields read from, out of the result and what the caller said; ``content``: the
    whole answer likewise, in place of response fields. ``operators``: for those who run the service, by their token.
    """

    public: bool = False
    located: bool = False
    nested: bool = False
    content: Callable[[Any, HuaweiCall], Any] | None = None
    operators: bool = False

    @classmethod
    def answer_type(cls, kind: Any) -> Any:
        """Response fields read from an :class:`Answer` around what a use case or adapter gives."""
        return Answer[kind]


@dataclass(slots=True)
class Answer(Generic[R]):
    """What the response fields of a row read from."""

    result: R
    principal: Principal
    region: str

    @property
    def itself(self) -> Answer[Any]:
        """For nested objects that read from the whole answer."""
        return self

    @property
    def each(self) -> list[Answer[Any]]:
        """The keys of a page, one answer a key."""
        page: Any = self.result
        return [Answer(key, self.principal, self.region) for key in page.keys]
