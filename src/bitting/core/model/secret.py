"""Secrets, their versions and stages, rotation tasks, event rules and notices.

::

    Secret 1 ──< SecretVersion (sealed value)     one Stage names one version
      1 ──< Stage                                 current, previous, pending, and custom names
      1 ──< SecretTask (a rotation)   ── uses ──> Target (database), Webhook (function)
    EventRule ──< Notice (one delivery)  ── to ─> Webhook

A version or stage never changes without its secret changing in the same unit of work: caches are invalidated by
secret, not by part.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

#: The stages that the service moves. Callers cannot name them so: every API has its own words for them.
CURRENT, PREVIOUS, PENDING = "*current", "*previous", "*pending"
SYSTEM_STAGES = (CURRENT, PREVIOUS, PENDING)


class SecretState(StrEnum):
    """The state of a secret."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    PENDING_DELETION = "pending_deletion"
    FROZEN = "frozen"


class SecretType(StrEnum):
    """What the value gives access to. All but GENERIC are rotated by the service."""

    GENERIC = "generic"
    DATABASE = "database"
    CLUSTER = "cluster"
    CACHE = "cache"
    ACCESS_KEY = "access_key"
    HOST = "host"


class SecretRotation(StrEnum):
    """Automatic rotation of a secret. ``INVALID``: the last one failed for good."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Secret:
    """One secret. ``ring`` bounds who can see it; ``name`` is unique in it.

    ``key_id``: the key that protects versions made from now on. ``config``: the caller's rotation configuration,
    unchanged; in it ``target`` names the server or host, ``paired`` means two users take turns, and ``fields`` are the
    names of user and password (or of the two halves) in a value that is JSON. ``function``: the webhook that
    rotates, if one does. ``tags``: key, value, key, value. ``events``: names of
    event rules it is subscribed to. ``revision`` grows with every change of the secret or its parts.
    """

    id: str
    number: int
    ring: str
    account_id: str
    project_id: str
    name: str
    description: str
    type: SecretType
    state: SecretState
    key_id: str
    created_ms: int
    updated_ms: int
    creator: str
    instance_id: str = ""
    enterprise_project_id: str = "0"
    deletion_due_ms: int = 0
    rotation: SecretRotation = SecretRotation.DISABLED
    rotation_interval_s: int = 0
    rotated_ms: int = 0
    rotation_due_ms: int = 0
    config: str = ""
    target: str = ""
    paired: bool = False
    fields: tuple[str, ...] = ()
    function: str = ""
    events: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    policy: str = ""
    versions_made: int = 0
    revision: int = 0


@dataclass(frozen=True, slots=True)
class SecretVersion:
    """A version of a secret's value. ``name`` is what callers call it, unique in the secret.

    ``data_key``: a data key under the key ``key_id``, as a framed ciphertext; ``sealed``: iv and value under that
    data key. Both are bound to account, secret and version. ``binary``: the caller's text stands for bytes.
    ``noted``: subscribers were notified of its expiry.
    """

    id: str
    secret_id: str
    name: str
    number: int
    created_ms: int
    key_id: str
    data_key: bytes
    sealed: bytes
    binary: bool = False
    expires_ms: int = 0
    noted: bool = False
    task_id: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """A version stage: a name for one version. ``id`` is ``<secret id>/<name>``."""

    id: str
    secret_id: str
    name: str
    version_id: str
    updated_ms: int


class TaskState(StrEnum):
    """The state of a rotation. ``RUNNING`` includes waiting for a retry."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SecretTask:
    """One rotation. ``version``: the name its version has or will have; ``by``: ``clock`` or ``caller``."""

    id: str
    number: int
    ring: str
    account_id: str
    secret_id: str
    secret_name: str
    version: str
    function: str
    by: str
    state: TaskState
    created_ms: int
    attempts: int = 0
    error: str = ""
    error_text: str = ""


@dataclass(frozen=True, slots=True)
class EventRule:
    """An event rule: which targets receive which events.

    ``id`` is ``<ring>/<name>``, ``uid`` a UUID; ``types`` are event words.
    """

    id: str
    uid: str
    ring: str
    account_id: str
    name: str
    types: tuple[str, ...]
    enabled: bool
    target_type: str
    target_id: str
    target_name: str
    created_ms: int
    updated_ms: int


class NoticeState(StrEnum):
    """The state of a delivery. ``INVALID``: its target is not one the operator has registered."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Notice:
    """One event for one target, delivered or to be delivered. ``content`` is the JSON that is sent."""

    id: str
    number: int
    ring: str
    account_id: str
    rule: str
    event: str
    secret_name: str
    secret_type: SecretType
    target_id: str
    target_name: str
    content: str
    state: NoticeState
    created_ms: int
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where the operator lets an account's events and rotations be sent. ``id`` is ``<account>/<name>``.

    ``sealed_secret`` signs what is sent. ``name`` is what callers put as target id or function URN.
    """

    id: str
    account_id: str
    name: str
    url: str
    sealed_secret: bytes
    created_ms: int


@dataclass(frozen=True, slots=True)
class Target:
    """A server whose passwords may be rotated. ``id`` is ``<account>/<name>``, the name an instance id.

    ``engine``: ``postgresql`` or ``mysql``. ``admin`` and ``sealed_password``: who may change the passwords of
    others; empty where users change their own. ``tls``: demand an encrypted connection. ``users``: whose passwords
    may be changed, names or beginnings with ``*``; none: nobody's.
    """

    id: str
    account_id: str
    name: str
    engine: str
    host: str
    port: int
    database: str
    admin: str
    sealed_password: bytes
    tls: bool
    created_ms: int
    users: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SecretGrant:
    """A user may read one secret until ``until_ms`` (0: for good). ``id`` is ``<secret id>/<grantee>``."""

    id: str
    uid: str
    secret_id: str
    secret_name: str
    account_id: str
    grantee: str
    grantee_kind: str
    created_ms: int
    updated_ms: int
    until_ms: int = 0


@dataclass(frozen=True, slots=True)
class SecretSetting:
    """Something an account has switched. ``id`` is ``<scope>/<name>``."""

    id: str
    scope: str
    name: str
    value: str
