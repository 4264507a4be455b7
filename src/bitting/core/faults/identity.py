"""Who asks: missing, unknown or not proved."""

from __future__ import annotations

from bitting.core.faults.base import Fault


class IdentityFault(Fault):
    """The caller's identity is missing, unknown or not proved."""


class MissingCredentials(IdentityFault):
    """No signature, no token: nothing to check."""


class MissingAccessKey(IdentityFault):
    """A signature without the name of the key that made it."""


class MissingSignature(IdentityFault):
    """An access key is named, but there is no signature, or it is not of the agreed form."""


class UnsupportedSignatureMethod(IdentityFault):
    """The signature method is not served. ``method``: what was asked for."""

    method: str = ""
    parameter: str = ""


class UnknownAccessKey(IdentityFault):
    """No such access key, client key or security token. ``access_key_id``."""

    access_key_id: str = ""


class AccessKeyInactive(IdentityFault):
    """The access key exists but is disabled."""

    access_key_id: str = ""


class SignatureMismatch(IdentityFault):
    """The signature does not fit the request. ``string_to_sign`` where a dialect echoes it."""


class BodyDigestMismatch(SignatureMismatch):
    """The signed digest header is not the digest of the body."""


class ClockMalformed(IdentityFault):
    """The request's date is missing or unreadable. ``parameter``: where it was expected."""

    parameter: str = ""
    reason: str = ""


class ClockSkewed(IdentityFault):
    """The request's date is more than the allowed skew away from ours, either way."""


class NonceReused(IdentityFault):
    """The signature nonce was seen before within its window."""


class InvalidToken(IdentityFault):
    """The token is unknown, garbled or revoked."""


class ExpiredToken(IdentityFault):
    """The token was good once."""


class TokenOutOfScope(IdentityFault):
    """The token is not scoped to a project of this region."""


class ProjectMismatch(IdentityFault):
    """The project in the URL is not the project of the token or access key."""


class WrongPassword(IdentityFault):
    """No such user, a disabled one, or not their password. Says no more, on purpose."""


class AccountLocked(WrongPassword):
    """Too many wrong passwords: none is looked at for a while, the right one neither. Callers are told no more."""


class RestrictedToken(IdentityFault):
    """The token carries a restriction that keeps it from services (open beta flag)."""
