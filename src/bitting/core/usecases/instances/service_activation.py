"""Service activation: whether an account has enabled the service. For accounts in any state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.model.identity import Account, AccountState
from bitting.core.specs import SPECS, KeySpec
from bitting.core.use_case import NoInput as NoInput  # noqa: PLC0414 - named with the use cases here


@dataclass(slots=True)
class SupportedSpec:
    """A spec with the protection levels that keys of it can have."""

    spec: KeySpec
    levels: Sequence[str]


@dataclass(slots=True)
class SupportedSpecs:
    """What this server makes."""

    levels: Sequence[str]
    specs: Sequence[SupportedSpec]


def _account(context: Context) -> Account:
    found = context.uow.of(Account).get(context.principal.account_id)
    if found is None:
        raise faults.ResourceNotFound(resource=context.principal.account_id)
    return found


@use_case("service:enable", writes=True, any_account_state=True)
def enable(context: Context, command: NoInput) -> Account:  # noqa: ARG001
    """Enable the service for the account. Raises ``ServiceEnabled``, ``AccountUnverified``."""
    stored = _account(context)
    if stored.state is AccountState.UNVERIFIED:
        raise faults.AccountUnverified
    if stored.state is not AccountState.NOT_ENABLED:
        raise faults.ServiceEnabled(resource=stored.id)
    changed = replace(stored, state=AccountState.ACTIVE)
    context.uow.of(Account).put(changed)
    return changed


@use_case("service:describe", any_account_state=True)
def describe(context: Context, command: NoInput) -> Account:  # noqa: ARG001
    """The caller's account."""
    return _account(context)


@use_case("service:regions", any_account_state=True, no_permission=True)
def regions(context: Context, command: NoInput) -> Sequence[str]:  # noqa: ARG001
    """The region of the service: this server is one region. No permission is needed."""
    return [context.gate.region]


@use_case("service:offers")
def supported_specs(context: Context, command: NoInput) -> SupportedSpecs:  # noqa: ARG001
    """Which protection levels there are, and which of them keys of which spec can have."""
    gate = context.gate
    levels = gate.protection_levels()
    specs = [
        SupportedSpec(spec, found)
        for spec in SPECS.values()
        if (found := [level for level in levels if gate.provider_of(level).supports(spec)])
    ]
    return SupportedSpecs(levels, specs)
