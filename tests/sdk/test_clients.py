"""Every official client takes every step it promises: one test per client and operation."""

from __future__ import annotations

import pytest

from .client_runner import ClientRunner
from .clients.plan import CLIENTS, CROSSING, Client, sealers_for

pytestmark = [pytest.mark.sdk, pytest.mark.xdist_group("sdk")]

STEPS = [pytest.param(client, step, id=f"{client.name}/{step}") for client in CLIENTS for step in client.steps]
PAIRS = [
    pytest.param(sealer, opener, id=f"{sealer.crossing} to {opener.crossing}")
    for opener in CROSSING
    for sealer in sealers_for(opener)
]


@pytest.mark.parametrize(("client", "step"), STEPS)
def test_official_client(client_runner: ClientRunner, client: Client, step: str) -> None:
    outcome = client_runner.outcome(client, step)
    assert outcome.ok, outcome.error


@pytest.mark.parametrize(("sealer", "opener"), PAIRS)
def test_ciphertext_crosses(client_runner: ClientRunner, sealer: Client, opener: Client) -> None:
    outcome = client_runner.crossing(sealer, opener)
    assert outcome.ok, outcome.error
