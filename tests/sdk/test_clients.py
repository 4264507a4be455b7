"""Every official client takes every step it promises: one test per client and operation."""

from __future__ import annotations

import pytest

from .clients.plan import CLIENTS, CROSSING, Client
from .rig import Rig

pytestmark = [pytest.mark.sdk, pytest.mark.xdist_group("sdk")]

STEPS = [pytest.param(client, step, id=f"{client.name}/{step}") for client in CLIENTS for step in client.steps]
PAIRS = [
    pytest.param(sealer, opener, id=f"{sealer.crossing} to {opener.crossing}")
    for sealer in CROSSING
    for opener in CROSSING
    if sealer is not opener
]


@pytest.mark.parametrize(("client", "step"), STEPS)
def test_official_client(rig: Rig, client: Client, step: str) -> None:
    outcome = rig.outcome(client, step)
    assert outcome.ok, outcome.error


@pytest.mark.parametrize(("sealer", "opener"), PAIRS)
def test_ciphertext_crosses(rig: Rig, sealer: Client, opener: Client) -> None:
    outcome = rig.crossing(sealer, opener)
    assert outcome.ok, outcome.error
