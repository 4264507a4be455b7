"""User statements, instance settings, certificates, managed data keys."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class UserStatement:
    """One allow or deny statement of a user who is not an administrator. ``id``: a UUID.

    ``actions`` and ``resources`` as in :class:`bitting.core.model.identity.Statement`; ``conditions``: JSON lists
    ``[operator, key, [value, ...]]``, one a condition.
    """

    id: str
    account_id: str
    user_id: str
    allow: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    created_ms: int
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InstanceSettings:
    """Settings of a key store instance. ``id``: the instance's; absent means all defaults.

    ``bound_networks``: JSON objects, one a further network. ``charge``: ``postpaid`` or ``prepaid``.
    """

    id: str
    account_id: str
    network_id: str = ""
    switch_ids: tuple[str, ...] = ()
    zone_ids: tuple[str, ...] = ()
    bound_networks: tuple[str, ...] = ()
    started_ms: int = 0
    expires_ms: int = 0
    charge: str = "postpaid"
    protected: bool = False
    protection_note: str = ""


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """The certificate in a client key's file. ``id``: the client key's; ``certificate``: PEM."""

    id: str
    account_id: str
    certificate: str


class CertificateState(StrEnum):
    """What may be done with a certificate. ``PENDING``: its request waits for a certificate authority."""

    PENDING = "pending"
    ACTIVE = "active"
    INACTIVE = "inactive"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A key pair with its certificate request and, once uploaded, its certificate and chain (all PEM).

    ``wrapped``: the private key under the root key. ``alternative_names``: DNS names. ``spec``: the key's spec.
    """

    id: str
    account_id: str
    ring: str
    spec: str
    subject: str
    alternative_names: tuple[str, ...]
    exportable: bool
    state: CertificateState
    wrapped: bytes
    public: bytes
    request: str
    certificate: str
    chain: str
    created_ms: int
    updated_ms: int


@dataclass(frozen=True, slots=True)
class ManagedDataKey:
    """One version of a data key that the service keeps. ``id``: ``<account>/<name>/<number>``.

    ``sealed``: the data key as a framed ciphertext under the key ``key_id``.
    """

    id: str
    account_id: str
    ring: str
    name: str
    number: int
    key_id: str
    sealed: bytes
    created_ms: int
