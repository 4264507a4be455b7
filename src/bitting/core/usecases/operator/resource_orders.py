"""Resource orders: always refused, since there is no billing. Used by: Huawei."""

from __future__ import annotations

from dataclasses import dataclass

from bitting.core import faults
from bitting.core.gate import Context, use_case

RESOURCES = ("CMK", "grant_per_CMK")


@dataclass(slots=True)
class PlaceOrder:
    """``resource``: what there is to be more of; ``count``: how many."""

    resource: str
    count: int = 1


@use_case("service:order", operator=True)
def place_order(context: Context, command: PlaceOrder) -> None:  # noqa: ARG001
    """Raises ``ServerFault``: ``during`` order for what cannot be ordered, else order_id: no billing is attached."""
    if command.resource not in RESOURCES:
        raise faults.ServerFault(during="order", reason=f"{command.resource} cannot be ordered")
    raise faults.ServerFault(during="order_id", reason="no billing system is attached")
