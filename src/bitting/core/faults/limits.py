"""Conflicts, quotas, rates, and how a dry run would have ended."""

from __future__ import annotations

from bitting.core.faults.base import Fault


class Conflict(Fault):
    """It is there already, or in use."""

    resource: str = ""


class AliasExists(Conflict):
    """The alias is taken."""


class NameExists(Conflict):
    """The key name is taken."""


class ResourceExists(Conflict):
    """Something else by that name is there already. ``resource``."""

    kind: str = ""
    state: str = ""


class ResourceInUse(Conflict):
    """It cannot go while it is used. ``resource``."""

    kind: str = ""
    reason: str = ""


class ServiceEnabled(Conflict):
    """The account has enabled the service already. ``resource``: the account."""


class InstanceNotConnected(Conflict):
    """The key store instance is there but has not been connected yet. ``resource``."""


class InstanceProtected(Conflict):
    """The key store instance is protected from being released. ``resource``."""


class CertificateNotActive(Conflict):
    """The certificate's state forbids this: none uploaded yet, disabled, or revoked. ``resource``, ``state``."""

    state: str = ""


class LimitFault(Fault):
    """A quota or rate is used up. ``limit``: which one."""

    limit: str = ""
    resource: str = ""
    retry_after_ms: int | None = None


class QuotaExceeded(LimitFault):
    """The account or project holds as many as it may. ``limit``: keys, aliases, ..."""


class RateExceeded(LimitFault):
    """Too many requests. ``retry_after_ms`` where known."""


class ConcurrencyExceeded(LimitFault):
    """Too many at the same time."""


class DryRunOutcome(Fault):
    """A dry run never succeeds; it says how the request would have ended. ``reason``: what the caller is told."""

    reason: str = ""


class DryRunPassed(DryRunOutcome):
    """Without the dry run it would have succeeded."""


class DryRunInvalid(DryRunOutcome):
    """What was asked for cannot be done."""


class DryRunDenied(DryRunOutcome):
    """The caller may not do it."""
