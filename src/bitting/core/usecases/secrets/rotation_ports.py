"""Ports of rotation: database logins and webhooks.

::

    Steps     create_value, set, test, finish, ...     one kind of rotation (the *_rotation modules here)
    Rotator   works, set_password, ensure_user      a database server
    HttpClient   post                                  HTTP, bounded in time and size

The steps of every rotation are create, set, test, finish (:mod:`bitting.core.usecases.secrets.rotation`). Each may
run again after a crash, so each must be idempotent.
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
    """This step cannot be done. ``code`` is machine-readable, ``text`` one sentence; neither contains a password.

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
    """Where to log in. ``admin``: who may change the passwords of others, None if there is no such login.

    ``users``: whose passwords may be changed, as :class:`bitting.core.model.secret.Target` has them.
    """

    engine: str
    host: str
    port: int
    database: str
    tls: bool
    admin: Login | None
    users: tuple[str, ...] = ()


class Rotator(Protocol):
    """Changes passwords on one kind of server. Every call ends within ten seconds.

    Raises :class:`RotationRefused` when the server says no, or cannot be reached.
    """

    def login_works(self, server: DatabaseServer, login: Login) -> bool:
        """Whether this login works now. Raises if the server cannot be reached."""
        ...

    def is_privileged(self, server: DatabaseServer, by: Login, user: str) -> bool:
        """Whether ``user`` could administer the server or its users, logged in as ``by``. False if there is none."""
        ...

    def set_password(self, server: DatabaseServer, by: Login, login: Login) -> None:
        """Give ``login.user`` the password ``login.password``, logged in as ``by``."""
        ...

    def ensure_user(self, server: DatabaseServer, like: str, login: Login) -> None:
        """Make ``login.user`` if there is none, with the rights of ``like``; needs ``server.admin``."""
        ...


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """The answer of a webhook; status 0 if there was none."""

    status: int
    body: bytes = b""


class HttpClient(Protocol):
    """An HTTP client for webhooks."""

    def post(self, url: str, headers: dict[str, str], body: bytes) -> HttpResponse:
        """Post JSON; at most ten seconds and 64 KiB of answer. Never raises; follows no redirect."""
        ...


@dataclass(frozen=True, slots=True)
class RotationContext:
    """A rotation and its values, decrypted. ``pending`` is None before the version is made."""

    secret: Secret
    task: SecretTask
    current: bytes = field(repr=False)
    previous: bytes | None = field(default=None, repr=False)
    pending: bytes | None = field(default=None, repr=False)


class UncertainOutcome(StrEnum):
    """Which value works after a rotation that did not complete."""

    OLD_WORKS = "old_works"
    NEW_WORKS = "new_works"


class RotationSteps(Protocol):
    """One kind of rotation. Steps without a unit of work may call other servers, for ten seconds each.

    Raises :class:`RotationRefused`.
    """

    def create_value(self, rotation_context: RotationContext) -> bytes:
        """The new value. No other server may be changed yet."""
        ...

    def record(self, uow: UnitOfWork, rotation_context: RotationContext, value: bytes) -> None:
        """Inside the transaction that keeps the proposed value."""
        ...

    def set(self, rotation_context: RotationContext) -> None:
        """Put the pending value to use."""
        ...

    def test(self, rotation_context: RotationContext) -> None:
        """Return if the pending value works."""
        ...

    def notify_finished(self, rotation_context: RotationContext) -> None:
        """Notify other servers that the pending value becomes the current one."""
        ...

    def finish(self, uow: UnitOfWork, rotation_context: RotationContext) -> None:
        """Inside the transaction that makes the pending value the current one."""
        ...

    def determine_outcome(self, rotation_context: RotationContext) -> UncertainOutcome:
        """After the last try: which value works, once everything that can be rolled back is.

        Raises :class:`RotationRefused` if that cannot be determined: then nothing is dropped and the rotation is
        retried.
        """
        ...

    def abandon(self, uow: UnitOfWork, rotation_context: RotationContext) -> None:
        """Inside the transaction that drops the pending value."""
        ...


#: Finds the steps for a secret. Raises :class:`RotationRefused` if there are none.
Choose = Callable[[JobRun, Secret], RotationSteps]


def signed_headers(secret: bytes, body: bytes, now_ms: int, delivery: str) -> dict[str, str]:
    """Signature headers of a webhook request: sender, time and delivery id.

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
