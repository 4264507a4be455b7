"""Keys, their versions and aliases."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class KeyState(StrEnum):
    """The state of a key. What each state allows: :mod:`bitting.core.key_states`."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    PENDING_IMPORT = "pending_import"
    PENDING_DELETION = "pending_deletion"
    FROZEN = "frozen"


class Origin(StrEnum):
    """Where the key material comes from."""

    INTERNAL = "internal"
    EXTERNAL = "external"


class RotationState(StrEnum):
    """Automatic rotation. ``SUSPENDED``: on, but the key's state keeps it from running."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Key:
    """One key. ``ring``: the key ring that bounds who can see it; ``number`` orders keys by creation.

    ``name`` is the display name (unique per ring where not empty), ``service`` the service that owns
    the key, empty for a user's own. ``rotation_interval_s`` is 0 where rotation was never set.
    """

    id: str
    number: int
    ring: str
    account_id: str
    project_id: str
    name: str
    description: str
    spec: str
    usage: str
    origin: str
    state: KeyState
    protection: str
    provider: str
    created_ms: int
    creator: str
    primary_version: str
    initial_version: str
    instance_id: str = ""
    keystore_id: str = ""
    enterprise_project_id: str = "0"
    service: str = ""
    deletion_due_ms: int = 0
    deletion_scheduled_ms: int = 0
    material_expires_ms: int = 0
    material_fingerprint: bytes = b""
    state_before_deletion: str = ""
    state_before_freeze: str = ""
    rotation: RotationState = RotationState.DISABLED
    rotation_interval_s: int = 0
    rotated_ms: int = 0
    rotation_due_ms: int = 0
    rotations: int = 0
    deletion_protection: bool = False
    deletion_protection_note: str = ""
    policy: str = ""
    region: str = ""
    primary_region: str = ""
    sync: bool = True


@dataclass(frozen=True, slots=True)
class KeyVersion:
    """A version of a key's material. ``id``: a UUID of 36 ASCII characters, unique in the store.

    ``wrapped`` is the material under the root key (empty while there is none), ``public`` the
    SubjectPublicKeyInfo in DER for asymmetric keys. A version never changes without its key changing
    in the same unit of work: caches are invalidated by key, not by version.
    """

    id: str
    key_id: str
    number: int
    created_ms: int
    wrapped: bytes
    public: bytes = b""
    staged: bool = False


@dataclass(frozen=True, slots=True)
class Alias:
    """A second name for a key. ``id`` is ``<ring>/<name>``; ``name`` includes the ``alias/`` prefix."""

    id: str
    ring: str
    account_id: str
    name: str
    key_id: str
    created_ms: int
    updated_ms: int


@dataclass(frozen=True, slots=True)
class KeyRef:
    """How a caller names a key: by id, by alias, or by the version a ciphertext carries."""

    kind: str
    value: str

    @staticmethod
    def by_id(key_id: str) -> KeyRef:
        """Name a key by its id."""
        return KeyRef("id", key_id)

    @staticmethod
    def by_alias(name: str) -> KeyRef:
        """Name a key by an alias, ``alias/`` included."""
        return KeyRef("alias", name)

    @staticmethod
    def by_version(version_id: str) -> KeyRef:
        """Name a key by one of its versions."""
        return KeyRef("version", version_id)
