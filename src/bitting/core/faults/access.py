"""What the caller may do, and what is there for them to do it to."""

from __future__ import annotations

from bitting.core.faults.base import Fault


class AccessFault(Fault):
    """The caller is known and may not do this. ``resource``: the key id or name it was about."""

    resource: str = ""
    action: str = ""
    policy: str = ""


class PermissionDenied(AccessFault):
    """The caller's policies do not allow the action."""


class KeyPermissionDenied(PermissionDenied):
    """The caller may act, but holds no right on this key."""


class ExplicitlyDenied(PermissionDenied):
    """A policy denies the action in so many words."""


class PartitionDenied(PermissionDenied):
    """The caller may not use this key store partition."""

    feature: str = ""


class EnterpriseProjectDenied(PermissionDenied):
    """The caller has no right in the enterprise project named."""


class AccountFault(AccessFault):
    """The account as a whole may not use the service."""


class ServiceNotEnabled(AccountFault):
    """The account has not enabled the service."""


class AccountInDebt(AccountFault):
    """The account owes money."""


class AccountOverdue(AccountFault):
    """The account owes money for too long."""


class AccountAtRisk(AccountFault):
    """The account is under risk control."""


class AccountInvalid(AccountFault):
    """The account's user is not valid for the service."""


class AccountPartnerInvalid(AccountFault):
    """The account's partner does not offer the service."""


class AccountFrozen(AccountFault):
    """The account is frozen."""


class AccountUnverified(AccountFault):
    """The account's real name is not verified."""


class ReadOnlyReplica(AccessFault):
    """This server answers reads only."""

    sync: str = ""


class NotFound(Fault):
    """The thing named is not there, or not for this caller. ``resource``: how it was named."""

    resource: str = ""


class KeyNotFound(NotFound):
    """No key by this id or alias."""

    named: str = ""


class KeyNotInInstance(KeyNotFound):
    """The key exists, but in another key store instance. ``instance``: the one asked."""

    instance: str = ""


class CiphertextKeyNotFound(KeyNotFound):
    """The key that a ciphertext names does not exist."""


class KeyVersionNotFound(NotFound):
    """The key has no such version."""


class AliasNotFound(NotFound):
    """No such alias."""


class ResourceNotFound(NotFound):
    """Something other than a key: secret, policy, access point, tag, grant, job."""

    kind: str = ""
