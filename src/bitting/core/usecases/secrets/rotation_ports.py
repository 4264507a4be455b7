"""What rotation needs from the outside: somebody who changes passwords, and somebody who posts.

::

    Steps     propose, set, test, finish, doubt     one way of rotating (bitting.core.usecases.rotators_*)
    Rotator   works, set_password, ensure_user      a live database
    Outlet    post                                  HTTP, bounded in time and size

The steps of every rotation are create, set, test, finish (:mod:`bitting.core.usecases.secrets.rotation`). Each may be
asked again after a crash, so each must come to the same end whether or not it was done before.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from bitting.core.model.secret import Secret, SecretTask
from bitting.core.ports import UnitOfWork
from bitting.core.scheduler import JobRun

SIGNATURE_HEADER = "x-bitting-signature"
TIME_HEADER = "x-bitting-timestamp"
DELIVERY_HEADER = "x-bitting-delivery"


class RotationRefused(Exception):
    """This step cannot be done. ``code`` is a word, ``text`` one sentence for a person; neither holds a password.

    ``final``: trying again will not help.
    """

    def __init__(self, code: str, text: str, *, final: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.text = text
        self.final = final


@dataclass(frozen=True, slots=True)
class Login:
    """A user and a password."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DatabaseServer:
    """Where to log in. ``admin``: who may change the passwords of others, None where nobody may."""

    engine: str
    host: str
    port: int
    database: str
    tls: bool
    admin: Login | None


class Rotator(Protocol):
    """Changes passwords on one kind of server. Every call ends within ten seconds.

    Raises :class:`RotationRefused` when the server says no, or is not there.
    """

    def login_works(self, server: DatabaseServer, login: Login) -> bool:
        """Whether this login is let in now. A server that cannot be asked raises instead."""
        ...

    def set_password(self, server: DatabaseServer, by: Login, login: Login) -> None:
        """Give ``login.user`` the password ``login.password``, logged in as ``by``."""
        ...

    def ensure_user(self, server: DatabaseServer, like: str, login: Login) -> None:
        """Make ``login.user`` if there is none, with the rights of ``like``; needs ``server.admin``."""
        ...


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """What a webhook answered; status 0 if nobody did."""

    status: int
    body: bytes = b""


class HttpClient(Protocol):
    """The way out for webhooks."""

    def post(self, url: str, headers: dict[str, str], body: bytes) -> HttpResponse:
        """Post JSON; at most ten seconds and 64 KiB of answer. Never raises; follows no redirect."""
        ...


@dataclass(frozen=True, slots=True)
class RotationContext:
    """A rotation and the values it is about, opened. ``pending`` is None before the version is made."""

    secret: Secret
    task: SecretTask
    current: bytes = field(repr=False)
    previous: bytes | None = field(default=None, repr=False)
    pending: bytes | None = field(default=None, repr=False)


class UncertainOutcome(StrEnum):
    """What holds after a rotation that came to no end."""

    OLD_WORKS = "old_works"
    NEW_WORKS = "new_works"


class RotationSteps(Protocol):
    """One way of rotating. All but the three that get a unit of work may talk to the outside, for ten seconds each.

    Raises :class:`RotationRefused`.
    """

    def create_value(self, situation: RotationContext) -> bytes:
        """The new value. Nothing outside may change yet."""
        ...

    def record(self, uow: UnitOfWork, situation: RotationContext, value: bytes) -> None:
        """Inside the transaction that keeps the proposed value."""
        ...

    def set(self, situation: RotationContext) -> None:
        """Put the pending value to use."""
        ...

    def test(self, situation: RotationContext) -> None:
        """Return if the pending value works."""
        ...

    def notify_finished(self, situation: RotationContext) -> None:
        """Tell the outside that the pending value becomes the current one."""
        ...

    def finish(self, uow: UnitOfWork, situation: RotationContext) -> None:
        """Inside the transaction that makes the pending value the current one."""
        ...

    def determine_outcome(self, situation: RotationContext) -> UncertainOutcome:
        """After the last try: which value works, having put back what can be put back.

        Raises :class:`RotationRefused` if nobody can say now: then everything is kept and tried again.
        """
        ...

    def abandon(self, uow: UnitOfWork, situation: RotationContext) -> None:
        """Inside the transaction that drops the pending value."""
        ...


#: Finds the steps for a secret. Raises :class:`RotationRefused` if there is nobody to take them.
Choose = Callable[[JobRun, Secret], RotationSteps]


def signed_headers(secret: bytes, body: bytes, now_ms: int, delivery: str) -> dict[str, str]:
    """Headers by which a webhook knows that we sent this, now, and only once.

    ``v1=`` HMAC-SHA256 (hex) under the webhook's secret over ``<timestamp>.<delivery>.<body>``, the timestamp in
    seconds.
    """
    stamp = str(now_ms // 1000)
    signed = b".".join((stamp.encode(), delivery.encode(), body))
    digest = hmac.digest(secret, signed, hashlib.sha256).hex()
    return {
        "content-type": "application/json",
        TIME_HEADER: stamp,
        DELIVERY_HEADER: delivery,
        SIGNATURE_HEADER: f"v1={digest}",
    }
