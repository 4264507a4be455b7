"""What rows of every group are made of: the row itself, pages, common fields.

::

    Rpc(name, use case, request=(Field, ...), response=(Field, ...), settle=...)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bitting.dialects.alibaba_openapi.bodies import Envelope
from bitting.dialects.base.codecs import Codec, Integer
from bitting.dialects.base.dialect import Call
from bitting.dialects.base.operation import Field, Operation

PAGE_SIZE = 10
PAGE_SIZE_ACCESS = 20
PAGES_MAX = 1_000_000_000
REPEATED_MAX = 51

Settle = Callable[[dict[str, Any], Envelope], None]


@dataclass(frozen=True, kw_only=True)
class Rpc(Operation):
    """A row. ``settle(arguments, said)`` runs after the fields are read.

    ``arns``: parameters that may hold the ARN of a key or alias. ``repeated``: parameters that are sent as
    ``Name.1``, ``Name.2`` (no parts) or ``Name.1.Part`` (the parts named).
    """

    settle: Settle | None = None
    arns: tuple[str, ...] = ("KeyId",)
    repeated: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def consumed(self) -> frozenset[str]:
        """A dry run is no business of the command; what has no target is for ``settle``."""
        return frozenset(item.name for item in self.request if not item.to and (self.settle or item.name == "DryRun"))

    def wire_name(self, attribute: str) -> str:
        """How this operation spells a command attribute, or a word that only differs in its case."""
        found = super().wire_name(attribute)
        return next((item.name for item in self.request if item.name.lower() == found.lower()), found)


def bound(call: Call) -> dict[str, Any]:
    """The use case's arguments: fields read, lists gathered, settled, without what is no business of it.

    Raises ``MissingParameter``, ``InvalidParameter`` and what the kinds raise.
    """
    operation = call.operation
    assert isinstance(operation, Rpc)  # noqa: S101 - the table holds nothing else
    for name, parts in operation.repeated.items():
        listed = _gathered(call.values, name, parts)
        if listed:
            call.values[name] = listed
    arguments = operation.arguments(call.values)
    arguments.pop("DryRun", None)
    if operation.settle is not None:
        operation.settle(arguments, call.evidence)
    return arguments


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


def paged_by(default: int) -> Settle:
    """Number and size (default 1 and ``default``) become offset and limit; both are said back."""

    def settle(arguments: dict[str, Any], said: Envelope) -> None:
        number, size = arguments.pop("PageNumber", 1), arguments.pop("PageSize", default)
        arguments["offset"], arguments["limit"] = (number - 1) * size, size
        said.page = (number, size)

    return settle


paged = paged_by(PAGE_SIZE)


def given(name: str, kind: Codec, to: str = "", *, required: bool = False) -> Field:
    """A field of a request."""
    return Field(name, kind, to=to, required=required)


PAGE_NUMBER = given("PageNumber", Integer(1, PAGES_MAX))


def page_size(least: int, most: int) -> Field:
    """How many items a page holds."""
    return given("PageSize", Integer(least, most))


TOTAL = Field("TotalCount", Integer(0, PAGES_MAX), of="total")
