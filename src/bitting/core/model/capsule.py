"""Capsule access points and capsule policies: who may open a data key capsule."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CapsuleAccessPoint:
    """An access point of a key space; no application access point. ``kind``: ``ecs``, ``cce`` or ``custom``.

    A custom one has a key pair: ``public`` (SubjectPublicKeyInfo) checks its signatures, ``wrapped`` is the private
    half under the root key, until it is downloaded.
    """

    id: str
    ring: str
    space_id: str
    name: str
    kind: str
    identity: str
    cluster_id: str
    description: str
    creator: str
    enabled: bool
    created_ms: int
    updated_ms: int
    public: bytes = b""
    wrapped: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class CapsulePolicy:
    """Which access points may open capsules, and when. ``text``: the policy, JSON."""

    id: str
    ring: str
    space_id: str
    name: str
    text: str
    description: str
    creator: str
    created_ms: int
    updated_ms: int
    used_ms: int = 0
