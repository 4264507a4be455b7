"""What rows of every group are made of: the row itself, pages, common fields.

::

    Rpc(name, use case, request=(Field, ...), response=(Field, ...), settle=...)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bitting.dialects.alibaba_openapi.codec import Said
from bitting.dialects.base.kinds import Integer, Kind
from bitting.dialects.base.operation import Field, Operation

PAGE_SIZE = 10
PAGE_SIZE_ACCESS = 20
PAGES_MAX = 1_000_000_000

Settle = Callable[[dict[str, Any], Said], None]


@dataclass(frozen=True, kw_only=True)
class Rpc(Operation):
    """A row. ``settle(arguments, said)`` runs after the fields are read."""

    settle: Settle | None = None


def paged_by(default: int) -> Settle:
    """Number and size (default 1 and ``default``) become offset and limit; both are said back."""

    def settle(arguments: dict[str, Any], said: Said) -> None:
        number, size = arguments.pop("PageNumber", 1), arguments.pop("PageSize", default)
        arguments["offset"], arguments["limit"] = (number - 1) * size, size
        said.page = (number, size)

    return settle


paged = paged_by(PAGE_SIZE)


def given(name: str, kind: Kind, to: str = "", *, required: bool = False) -> Field:
    """A field of a request."""
    return Field(name, kind, to=to, required=required)


PAGE_NUMBER = given("PageNumber", Integer(1, PAGES_MAX))


def page_size(least: int, most: int) -> Field:
    """How many items a page holds."""
    return given("PageSize", Integer(least, most))


TOTAL = Field("TotalCount", Integer(0, PAGES_MAX), of="total")
