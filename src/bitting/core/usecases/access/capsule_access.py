"""Capsule access points and capsule policies: who may open the data key capsules of a key space.

A key space is a UUID that callers choose: it groups access points and policies of a project, and bounds what a policy
may name. Source: access-points and key-policies of Huawei Cloud DEW.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.material import KeyMaterial
from bitting.core.model.capsule import CapsuleAccessPoint, CapsulePolicy
from bitting.core.reveal import reveal
from bitting.core.specs import SPECS

CUSTOM, KINDS = "custom", ("ecs", "cce", "custom")
PER_SPACE_MAX = 1000
POLICY_CHARACTERS = 16384
_TIME = "%Y-%m-%dT%H:%M:%SZ"
T = TypeVar("T", CapsuleAccessPoint, CapsulePolicy)


@dataclass(frozen=True, slots=True)
class PolicyText:
    """A parsed capsule policy. Times in milliseconds, 0 for none."""

    text: str
    version: str
    start_ms: int
    end_ms: int
    points: tuple[str, ...]
    zones: tuple[str, ...]

    def allows(self, point: CapsuleAccessPoint, now_ms: int) -> bool:
        """Whether the access point may open capsules now."""
        return self.start_ms <= now_ms and (not self.end_ms or now_ms < self.end_ms) and point.id in self.points


@dataclass(slots=True)
class CreateCapsuleAccessPoint:
    """``identity``: the id of a machine or cluster; custom ones get a key pair instead."""

    space_id: str
    name: str
    kind: str
    identity: str = ""
    cluster_id: str = ""
    description: str = ""


@dataclass(slots=True)
class CapsuleAccessPointById:
    """By id."""

    point_id: str


@dataclass(slots=True)
class ListInKeySpace:
    """A page in the order of ids, after ``after``."""

    space_id: str
    limit: int = 50
    after: str = ""


@dataclass(slots=True)
class Page(Generic[T]):
    """``next``: what to give as ``after`` for more; empty if there is none."""

    items: Sequence[T]
    next: str = ""


@dataclass(slots=True)
class DownloadedPrivateKey:
    """The private key of a custom access point: PKCS #8 DER."""

    point: CapsuleAccessPoint
    der: bytes = field(repr=False)


@dataclass(slots=True)
class CreateCapsulePolicy:
    """``text``: JSON."""

    space_id: str
    name: str
    text: str
    description: str = ""


@dataclass(slots=True)
class CapsulePolicyById:
    """By id."""

    policy_id: str


@dataclass(slots=True)
class UpdateCapsulePolicy:
    """``description`` None: unchanged."""

    policy_id: str
    text: str
    description: str | None = None


def _timestamp_ms(found: Any) -> int:
    if not found:
        return 0
    try:
        return int(datetime.strptime(found, _TIME).replace(tzinfo=UTC).timestamp() * 1000)
    except (TypeError, ValueError):
        raise faults.InvalidParameter(parameter="policy", reason="format") from None


def _string_list(found: Any) -> tuple[str, ...]:
    if not isinstance(found, list) or not all(isinstance(word, str) for word in found):
        raise faults.InvalidParameter(parameter="policy", reason="type")
    return tuple(found)


def read_policy(text: str) -> PolicyText:
    """A policy from its JSON; both spellings of names that the documents show are read.

    Raises ``InvalidParameter``: ``policy`` for text that is none, ``end_time`` for an end before its start.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or len(text) > POLICY_CHARACTERS:
        raise faults.InvalidParameter(parameter="policy", reason="format")
    period = found.get("validityPeriod", found.get("validity_period")) or {}
    if not isinstance(period, dict):
        raise faults.InvalidParameter(parameter="policy", reason="type")
    start = _timestamp_ms(period.get("startTime", period.get("start_time")))
    end = _timestamp_ms(period.get("endTime", period.get("end_time")))
    if end and end <= start:
        raise faults.InvalidParameter(parameter="end_time", reason="order")
    points = _string_list(found.get("allowedAccessPoint", found.get("allowed_access_point", [])))
    zones = _string_list(found.get("allowedDataSecurityZone", found.get("allowed_data_security_zone", [])))
    return PolicyText(text, str(found.get("version", "1.0")), start, end, points, zones)


def find_capsule_access_point(context: Context, point_id: str) -> CapsuleAccessPoint:
    """Raises ``ResourceNotFound`` (``kind`` access_point)."""
    stored = context.uow.of(CapsuleAccessPoint).get(point_id)
    if stored is None or stored.ring != context.principal.ring:
        raise faults.ResourceNotFound(kind="access_point", resource=point_id)
    return stored


def find_capsule_policy(context: Context, policy_id: str) -> CapsulePolicy:
    """Raises ``ResourceNotFound`` (``kind`` key_policy)."""
    stored = context.uow.of(CapsulePolicy).get(policy_id)
    if stored is None or stored.ring != context.principal.ring:
        raise faults.ResourceNotFound(kind="key_policy", resource=policy_id)
    return stored


def _require_room(context: Context, kind: type[CapsuleAccessPoint | CapsulePolicy], space_id: str, name: str) -> None:
    where: dict[str, object] = {"ring": context.principal.ring, "space_id": space_id}
    stored = context.uow.of(kind)
    if stored.count({**where, "name": name}):
        raise faults.ResourceExists(kind="space", resource=name)
    if stored.count(where) >= PER_SPACE_MAX:
        raise faults.QuotaExceeded(limit="key space", resource=space_id)


@use_case("capsule_access_point:create", writes=True)
def create_capsule_access_point(context: Context, command: CreateCapsuleAccessPoint) -> CapsuleAccessPoint:
    """A new access point, enabled. Raises ``ResourceExists``, ``QuotaExceeded``, ``MissingParameter`` (identity)."""
    _require_room(context, CapsuleAccessPoint, command.space_id, command.name)
    if command.kind != CUSTOM and not command.identity:
        raise faults.MissingParameter(parameter="identity")
    public, wrapped, point_id = b"", b"", context.gate.entropy.uuid()
    if command.kind == CUSTOM:
        pair = context.gate.vault.key_pair(SPECS["RSA_2048"])
        public, wrapped = pair.public, context.gate.vault.wrap(pair.private, _binding(point_id))
    point = CapsuleAccessPoint(
        id=point_id,
        ring=context.principal.ring,
        space_id=command.space_id,
        name=command.name,
        kind=command.kind,
        identity=command.identity,
        cluster_id=command.cluster_id,
        description=command.description,
        creator=context.principal.user_id,
        enabled=True,
        created_ms=context.now_ms,
        updated_ms=context.now_ms,
        public=public,
        wrapped=wrapped,
    )
    context.uow.of(CapsuleAccessPoint).add(point)
    return point


def _binding(point_id: str) -> bytes:
    return b"key-point\0" + point_id.encode()


@use_case("capsule_access_point:delete", writes=True)
def delete_capsule_access_point(context: Context, command: CapsuleAccessPointById) -> None:
    """Remove an access point. Raises ``ResourceNotFound``."""
    context.uow.of(CapsuleAccessPoint).remove(find_capsule_access_point(context, command.point_id).id)


def _switch(context: Context, point_id: str, *, on: bool) -> CapsuleAccessPoint:
    changed = replace(find_capsule_access_point(context, point_id), enabled=on, updated_ms=context.now_ms)
    context.uow.of(CapsuleAccessPoint).put(changed)
    return changed


@use_case("capsule_access_point:enable", writes=True)
def enable_capsule_access_point(context: Context, command: CapsuleAccessPointById) -> CapsuleAccessPoint:
    """Allow it to open capsules. Raises ``ResourceNotFound``."""
    return _switch(context, command.point_id, on=True)


@use_case("capsule_access_point:disable", writes=True)
def disable_capsule_access_point(context: Context, command: CapsuleAccessPointById) -> CapsuleAccessPoint:
    """Forbid it to open capsules. Raises ``ResourceNotFound``."""
    return _switch(context, command.point_id, on=False)


@use_case("capsule_access_point:private_key", writes=True)
def private_key(context: Context, command: CapsuleAccessPointById) -> DownloadedPrivateKey:
    """The private half of a custom access point, once: it is not kept after that.

    Raises ``ResourceNotFound``, and ``UnsupportedOperation`` where there is none, or none any more.
    """
    point = find_capsule_access_point(context, command.point_id)
    if point.kind != CUSTOM or not point.wrapped:
        raise faults.UnsupportedOperation(feature="private_key")
    private: KeyMaterial = context.gate.vault.unwrap(point.wrapped, _binding(point.id))
    context.uow.of(CapsuleAccessPoint).put(replace(point, wrapped=b""))
    return DownloadedPrivateKey(point, reveal(private))


def _page(context: Context, kind: type[T], command: ListInKeySpace) -> Page[T]:
    where = {"ring": context.principal.ring, "space_id": command.space_id}
    found = context.uow.of(kind).find(where, limit=command.limit + 1, after=command.after or None)
    shown = list(found[: command.limit])
    return Page(shown, shown[-1].id if len(found) > command.limit else "")


@use_case("capsule_access_point:list")
def list_capsule_access_points(context: Context, command: ListInKeySpace) -> Page[CapsuleAccessPoint]:
    """One page of a space's access points."""
    return _page(context, CapsuleAccessPoint, command)


@use_case("capsule_policy:create", writes=True)
def create_capsule_policy(context: Context, command: CreateCapsulePolicy) -> CapsulePolicy:
    """A new policy. Raises as :func:`read_policy`, ``ResourceExists``, ``QuotaExceeded``."""
    read_policy(command.text)
    _require_room(context, CapsulePolicy, command.space_id, command.name)
    now, principal = context.now_ms, context.principal
    policy = CapsulePolicy(
        id=context.gate.entropy.uuid(),
        ring=principal.ring,
        space_id=command.space_id,
        name=command.name,
        text=command.text,
        description=command.description,
        creator=principal.user_id,
        created_ms=now,
        updated_ms=now,
    )
    context.uow.of(CapsulePolicy).add(policy)
    return policy


@use_case("capsule_policy:update", writes=True)
def update_capsule_policy(context: Context, command: UpdateCapsulePolicy) -> CapsulePolicy:
    """Replace the text; takes effect with the next opening. Raises as :func:`read_policy`, ``ResourceNotFound``."""
    read_policy(command.text)
    stored = find_capsule_policy(context, command.policy_id)
    description = stored.description if command.description is None else command.description
    changed = replace(stored, text=command.text, description=description, updated_ms=context.now_ms)
    context.uow.of(CapsulePolicy).put(changed)
    return changed


@use_case("capsule_policy:describe")
def describe_capsule_policy(context: Context, command: CapsulePolicyById) -> CapsulePolicy:
    """One policy. Raises ``ResourceNotFound``."""
    return find_capsule_policy(context, command.policy_id)


@use_case("capsule_policy:list")
def list_capsule_policies(context: Context, command: ListInKeySpace) -> Page[CapsulePolicy]:
    """One page of a space's policies."""
    return _page(context, CapsulePolicy, command)


@use_case("capsule_policy:delete", writes=True)
def delete_capsule_policy(context: Context, command: CapsulePolicyById) -> None:
    """Delete a policy; nobody can open capsules that name it afterwards. Raises ``ResourceNotFound``."""
    context.uow.of(CapsulePolicy).remove(find_capsule_policy(context, command.policy_id).id)
