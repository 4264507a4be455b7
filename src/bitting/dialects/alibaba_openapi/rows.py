"""What rows of every group are made of: the row itself, pages, common fields.

::

    Rpc(name, use case, request=(Field, ...), response=(Field, ...), page_size=..., one_of=..., repeated=...)
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from bitting.core import faults
from bitting.core.model.key import KeyRef
from bitting.core.usecases.crypto.attested_recipients import RecipientResult
from bitting.dialects.alibaba_openapi.codecs import EncryptionContext
from bitting.dialects.alibaba_openapi.lookalikes import gather_map, refuse_lookalikes
from bitting.dialects.base.codecs import Codec, Integer
from bitting.dialects.base.dialect import Call
from bitting.dialects.base.operation import Command, Field, Operation, Result

PAGE_SIZE = 10
PAGE_SIZE_ACCESS = 20
PAGES_MAX = 1_000_000_000
REPEATED_MAX = 51


@dataclass(frozen=True, kw_only=True)
class Rpc(Operation[Command, Result]):
    """A row.

    ``page_size``: the answer is a page of this many items by default; the command takes ``offset`` and ``limit``, and
    number and size are answered. ``one_of``: exactly one of these parameters names a resource; the command takes its
    word as ``kind`` and its value as ``names``. ``arns``: parameters that may hold the ARN of a key or alias.
    ``repeated``: parameters sent as ``Name.1``, ``Name.2`` (no parts) or ``Name.1.Part`` (the parts named).
    ``attested``: the plaintext may be for an attested recipient alone.
    """

    page_size: int = 0
    one_of: Mapping[str, str] = field(default_factory=dict)
    arns: tuple[str, ...] = ("KeyId",)
    repeated: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    attested: bool = False
    _maps: tuple[str, ...] = field(init=False, repr=False, compare=False)
    _known: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        maps = tuple(item.name for item in self.request if isinstance(item.kind, EncryptionContext))
        object.__setattr__(self, "_maps", maps)
        object.__setattr__(self, "_known", frozenset(item.name for item in self.request))

    def consumed(self) -> frozenset[str]:
        """Pages and the parameter that names the resource are read here."""
        return frozenset(("PageNumber", "PageSize") if self.page_size else ()) | frozenset(self.one_of)

    def answered(self) -> tuple[str, ...]:
        """The answer's fields, with what a page and an attested recipient add."""
        page = ("PageNumber", "PageSize") if self.page_size else ()
        return (*super().answered(), *page, *(("CiphertextForRecipient",) if self.attested else ()))

    def wire_name(self, attribute: str) -> str:
        """How this operation spells a command attribute, or a word that only differs in its case."""
        found = super().wire_name(attribute)
        return next((item.name for item in self.request if item.name.lower() == found.lower()), found)

    def read(self, call: Any) -> dict[str, Any]:
        """The use case's arguments. Raises ``MissingParameter``, ``InvalidParameter`` and what the codecs raise."""
        for name, parts in self.repeated.items():
            listed = _gathered(call.values, name, parts)
            _refuse_gaps(call.values, name, len(listed))
            if listed:
                call.values[name] = listed
        for name in self._maps:
            gather_map(call.values, name)
        refuse_lookalikes(call.values, self._known, self.repeated)
        arguments = self.decode(call.values)
        if self.page_size:
            number, size = arguments.pop("PageNumber", 1), arguments.pop("PageSize", self.page_size)
            arguments["offset"], arguments["limit"] = (number - 1) * size, size
            call.evidence.page = (number, size)
        if self.one_of:
            arguments["kind"], arguments["names"] = self._named(arguments)
        if self.adapt_request is not None:
            self.adapt_request(arguments, call)
        return arguments

    def _named(self, arguments: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
        """The resource that the arguments name, taken out of them."""
        named = {name: arguments.pop(name) for name in self.one_of if name in arguments}
        if not named:
            raise faults.MissingParameter(parameter=next(iter(self.one_of)))
        name, value = named.popitem()
        if named:
            raise faults.InvalidParameter(parameter=name, reason="unwanted")
        return self.one_of[name], (value.value if isinstance(value, KeyRef) else value,)

    def show(self, result: Any, call: Any) -> dict[str, Any]:
        """The answer's fields; number and size of a page; the plaintext for an attested recipient alone."""
        if isinstance(result, RecipientResult):
            content = super().show(result.answer, call)
            content.pop("Plaintext", None)
            content["CiphertextForRecipient"] = b64encode(result.for_recipient).decode()
        else:
            content = super().show(result, call)
        if self.page_size:
            content["PageNumber"], content["PageSize"] = call.evidence.page
        return content


#: A call of this dialect; ``evidence`` is its :class:`bitting.dialects.alibaba_openapi.bodies.Envelope`.
RpcCall: TypeAlias = Call[Rpc]


def _gathered(values: Mapping[str, Any], name: str, parts: tuple[str, ...]) -> list[Any]:
    """``Name.N`` in the order of N, until one is missing; one more than anybody may send tells of too many."""
    listed: list[Any] = []
    while len(listed) < REPEATED_MAX:
        stem = f"{name}.{len(listed) + 1}"
        found = {part: values[f"{stem}.{part}"] for part in parts if f"{stem}.{part}" in values}
        item: Any = found if parts else values.get(stem)
        if not item:
            break
        listed.append(item)
    return listed


def _refuse_gaps(values: Mapping[str, Any], name: str, listed: int) -> None:
    """Raise ``InvalidParameter`` where ``Name.N`` was sent and not read, because a smaller N is missing."""
    if listed >= REPEATED_MAX:
        return  # the codec refuses so many
    for key, value in values.items():
        if value and key.startswith(f"{name}."):
            number = key.removeprefix(f"{name}.").partition(".")[0]
            if not (number.isdecimal() and int(number) <= listed):
                raise faults.InvalidParameter(parameter=key, reason="unwanted")


def given(
    name: str, kind: Codec, to: str | tuple[str, ...] = "", *, required: bool = False, needed_with: str = ""
) -> Field:
    """A field of a request."""
    return Field(name, kind, to=to, required=required, needed_with=needed_with)


def checked(name: str, kind: Codec, *, required: bool = False) -> Field:
    """A field of a request that is checked and has no effect on the command."""
    return Field(name, kind, required=required, drop=True)


PAGE_NUMBER = given("PageNumber", Integer(1, PAGES_MAX))


def page_size(least: int, most: int) -> Field:
    """How many items a page holds."""
    return given("PageSize", Integer(least, most))


TOTAL = Field("TotalCount", Integer(0, PAGES_MAX), of="total")
