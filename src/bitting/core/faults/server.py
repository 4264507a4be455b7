"""Our side failed. The caller learns only that, and a request id."""

from __future__ import annotations

from bitting.core.faults.base import Fault


class ServerFault(Fault):
    """Our side failed. Nothing about it reaches the caller but a request id."""

    reason: str = ""
    during: str = ""
    blame: str = ""


class InternalFault(ServerFault):
    """Unknown failure: a bug, until shown otherwise."""


class Unavailable(ServerFault):
    """Sealed, starting, draining, or unable to confirm that its keys are fresh. ``reason`` is for the log."""

    missing: str = ""


class StoreFailed(ServerFault):
    """The store could not read or write."""


class ProviderFailed(ServerFault):
    """The cryptographic provider failed."""
