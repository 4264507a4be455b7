"""What clients post to the identity service, as types; and how those types become commands.

::

    {"auth": {"identity": {"methods": ["password"], "password": {"user": {...}}}, "scope": {...}}}

Sources: OpenStack Identity API v3 "Authentication and token management", Huawei Cloud IAM "Obtaining a user
token" and "Obtaining a temporary access key and security token through a token".
"""

from __future__ import annotations

from typing import Any

import msgspec

from bitting.core import faults
from bitting.core.usecases.iam.tokens import Scope, UserClaim
from bitting.dialects.base import claims
from bitting.wire import strict_json

DURATION_LEAST_S, DURATION_MOST_S = 900, 86_400


class DomainBody(msgspec.Struct):
    """A domain by id or by name."""

    id: str | None = None
    name: str | None = None


class UserBody(msgspec.Struct):
    """A user by id, or by name and domain, with the password."""

    id: str | None = None
    name: str | None = None
    domain: DomainBody | None = None
    password: str | None = None


class PasswordBody(msgspec.Struct):
    """The password method."""

    user: UserBody


class TokenBody(msgspec.Struct):
    """The token method; ``duration_seconds`` only where temporary access keys are asked for."""

    id: str | None = None
    duration_seconds: int | str = DURATION_LEAST_S


class IdentityBody(msgspec.Struct):
    """How the caller proves who they are."""

    methods: list[str]
    password: PasswordBody | None = None
    token: TokenBody | None = None


class ProjectBody(msgspec.Struct):
    """A project by id, or by name and domain."""

    id: str | None = None
    name: str | None = None
    domain: DomainBody | None = None


class ScopeBody(msgspec.Struct):
    """What the token is to be good for."""

    project: ProjectBody | None = None
    domain: DomainBody | None = None


class AuthBody(msgspec.Struct):
    """Identity and scope; the text ``unscoped`` is a scope as well."""

    identity: IdentityBody
    scope: ScopeBody | str | None = None


class Body(msgspec.Struct):
    """The whole body."""

    auth: AuthBody


_decoder = strict_json.Decoder(Body)
_objects = strict_json.Decoder[Any]()


def read(body: bytes) -> AuthBody:
    """The ``auth`` object. Raises ``MalformedBody`` or ``MisshapenBody``."""
    try:
        return _decoder.decode(body).auth
    except msgspec.ValidationError:
        raise faults.MisshapenBody from None
    except msgspec.DecodeError:
        raise faults.MalformedBody from None


def claimed_user(body: bytes) -> str:
    """``domain/name``, or the id, of who the password method names; empty where a body names nobody."""
    if b'"password"' not in body:
        return ""
    try:
        identity = _decoder.decode(body).auth.identity
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    user = identity.password.user if identity.password else None
    if user is None:
        return ""
    domain = (user.domain.name or user.domain.id or "") if user.domain else ""
    return claims.name("/".join(part for part in (domain, user.name or user.id or "") if part))


def read_object(body: bytes) -> dict[str, Any]:
    """A JSON object. Raises ``MalformedBody`` or ``MisshapenBody``."""
    try:
        found = _objects.decode(body)
    except msgspec.DecodeError:
        raise faults.MalformedBody from None
    if not isinstance(found, dict):
        raise faults.MisshapenBody
    return found


def method(auth: AuthBody) -> str:
    """``password`` or ``token``. Raises ``UnsupportedSignatureMethod``."""
    if auth.identity.methods not in (["password"], ["token"]):
        raise faults.UnsupportedSignatureMethod(method=",".join(auth.identity.methods))
    return auth.identity.methods[0]


def claim(auth: AuthBody) -> tuple[UserClaim, str]:
    """Who the caller says they are, and the password. Raises ``MissingParameter``."""
    if auth.identity.password is None:
        raise faults.MissingParameter(parameter="password")
    user = auth.identity.password.user
    domain = user.domain or DomainBody()
    if user.password is None:
        raise faults.MissingParameter(parameter="password")
    if not user.id and not user.name:
        raise faults.MissingParameter(parameter="user")
    if not user.id and not (domain.id or domain.name):
        raise faults.MissingParameter(parameter="domain")
    return UserClaim(user.id or "", user.name or "", domain.id or "", domain.name or ""), user.password


def scope(auth: AuthBody) -> Scope:
    """What the token is to be good for. Raises ``MissingParameter`` for a project without a name."""
    wanted = auth.scope
    if wanted is None or isinstance(wanted, str):
        return Scope()
    if wanted.project is not None:
        project, domain = wanted.project, wanted.project.domain or DomainBody()
        if not project.id and not project.name:
            raise faults.MissingParameter(parameter="project")
        return Scope("project", project.id or "", project.name or "", domain.id or "", domain.name or "")
    if wanted.domain is not None:
        return Scope("domain", domain_id=wanted.domain.id or "", domain_name=wanted.domain.name or "")
    return Scope()


def duration_s(auth: AuthBody) -> int:
    """How long a temporary access key is to last. Raises ``InvalidParameter`` outside 900 to 86400 seconds."""
    wanted = auth.identity.token.duration_seconds if auth.identity.token else DURATION_LEAST_S
    digits = str(wanted)
    seconds = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 9 else 0
    if not DURATION_LEAST_S <= seconds <= DURATION_MOST_S:
        raise faults.InvalidParameter(parameter="duration_seconds", reason="range")
    return seconds
