"""Identities: accounts, projects, users, credentials, principals."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class AccountState(StrEnum):
    """Whether the account as a whole may use the service."""

    ACTIVE = "active"
    IN_DEBT = "in_debt"
    OVERDUE = "overdue"
    FROZEN = "frozen"
    AT_RISK = "at_risk"
    NOT_ENABLED = "not_enabled"
    UNVERIFIED = "unverified"
    INVALID_USER = "invalid_user"
    INVALID_PARTNER = "invalid_partner"


@dataclass(frozen=True, slots=True)
class Account:
    """A tenant. ``id``: 16 decimal digits; ``domain_id``: the same tenant as 32 hex digits.

    ``ring`` is the key ring of everything the account does outside a project of its own ring.
    """

    id: str
    domain_id: str
    domain_name: str
    ring: str
    state: AccountState
    created_ms: int


@dataclass(frozen=True, slots=True)
class Project:
    """A project of an account. ``profile``: ``huawei`` or ``otc``, the limits its callers meet.

    Projects that name the same ``ring`` share keys; all others are isolated.
    """

    id: str
    account_id: str
    name: str
    profile: str
    ring: str
    created_ms: int


@dataclass(frozen=True, slots=True)
class User:
    """A person or program of an account. ``password`` is an scrypt record, never the password.

    ``profile``: what a dialect keeps about the user for its own answers, as JSON; nothing else reads it.
    """

    id: str
    account_id: str
    name: str
    password: str
    enabled: bool
    admin: bool
    created_ms: int
    profile: str = ""


@dataclass(frozen=True, slots=True)
class AccessKey:
    """A key id and secret that sign requests.

    ``sealed_secret``: the secret under the root key (signatures need it back). Temporary access keys
    have ``expires_ms`` and the SHA-256 of the security token that must come with them.
    ``project_id`` limits the key to one project; empty for all. ``parent``: the id of the token that a temporary key
    was made with; it ends with that token.
    """

    id: str
    account_id: str
    user_id: str
    sealed_secret: bytes
    enabled: bool
    created_ms: int
    expires_ms: int = 0
    token_digest: str = ""
    project_id: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Token:
    """An issued identity token. ``id`` is the SHA-256 of the token in hex: the token is not stored.

    ``scope``: ``project`` (``project_id`` says which), ``domain`` for the whole account, empty for none.
    ``restricted``: the token is valid for queries about itself, not for services. ``parent``: the id of the token it
    was made with, and with which it ends.
    """

    id: str
    account_id: str
    user_id: str
    project_id: str
    methods: str
    issued_ms: int
    expires_ms: int
    audit_id: str
    restricted: bool = False
    scope: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Instance:
    """A logical dedicated key store (``kst-...``) of an account, with its own data-plane endpoint."""

    id: str
    account_id: str
    ring: str
    name: str
    created_ms: int
    state: str = "connected"


@dataclass(frozen=True, slots=True)
class NetworkRule:
    """Source networks from which an access point may be used. ``id`` is ``<account>/<name>``."""

    id: str
    account_id: str
    name: str
    kind: str
    sources: tuple[str, ...]
    description: str
    created_ms: int


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """What an application access point allows. ``id`` is ``<account>/<name>``.

    ``permissions``: templates such as ``CryptoServiceKeyUser``; ``resources``: ``key/<id>``, ``key/*``,
    ``secret/<name>``; ``network_rules``: names, none meaning anywhere.
    """

    id: str
    account_id: str
    name: str
    instance_id: str
    permissions: tuple[str, ...]
    resources: tuple[str, ...]
    network_rules: tuple[str, ...]
    description: str
    created_ms: int


@dataclass(frozen=True, slots=True)
class ApplicationAccessPoint:
    """An application access point. ``id`` is ``<account>/<name>``; ``policies`` are policy names."""

    id: str
    account_id: str
    name: str
    method: str
    policies: tuple[str, ...]
    description: str
    created_ms: int


@dataclass(frozen=True, slots=True)
class ClientKey:
    """A client key of an access point. ``id``: ``KAAP.<uuid>``; only the public half is kept (SPKI DER)."""

    id: str
    account_id: str
    access_point: str
    public: bytes
    not_before_ms: int
    not_after_ms: int
    created_ms: int


class Reach(StrEnum):
    """What a statement can be about, whatever its actions say.

    ``ACCOUNT``: everything. ``SERVICES``: everything but identities (users, groups, roles, credentials).
    ``PROJECT``: what is in the key ring of one project; neither identities nor what belongs to the account as a whole.
    """

    ACCOUNT = "account"
    SERVICES = "services"
    PROJECT = "project"


@dataclass(frozen=True, slots=True)
class Condition:
    """One test of a statement: :mod:`bitting.core.authz.conditions`. One of ``values`` is enough."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """One allowance or denial: of all ``actions`` on all ``resources``, while all ``conditions`` hold.

    A ``*`` in an action or resource stands for any text, a ``?`` for one character. ``origin`` says where the statement
    comes from, for explanations.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...] = ("*",)
    allow: bool = True
    conditions: tuple[Condition, ...] = ()
    origin: str = ""
    reach: Reach = Reach.ACCOUNT


@dataclass(frozen=True, slots=True)
class KeyGrants:
    """What grants allow on one key, and the ring that key is in."""

    ring: str
    actions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Principal:
    """The authenticated caller of a request.

    ``ring`` bounds every key it can name, but for keys of other rings that ``grants`` names by their id;
    ``account_state`` is checked by the gate on each request. ``bound``: ``statements`` are those whose conditions
    hold for the request under way (:func:`bitting.core.authz.engine.bind`). ``rights`` belongs to the engine.
    """

    account_id: str
    ring: str
    user_id: str
    name: str
    statements: tuple[Statement, ...]
    project_id: str = ""
    domain_id: str = ""
    instance_id: str = ""
    credential_id: str = ""
    account_state: AccountState = AccountState.ACTIVE
    admin: bool = False
    operator: bool = False
    facts: dict[str, str] = field(default_factory=dict)
    grants: dict[str, KeyGrants] = field(default_factory=dict)
    bound: bool = False
    rights: Any = field(default=None, init=False, repr=False, compare=False)


EVERYTHING = (Statement(("*",), origin="administrator"),)
