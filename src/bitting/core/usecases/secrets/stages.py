"""Version stages: names for versions of a secret.

::

    place         put stages on a version; moving ``current`` moves ``previous`` to where it was
    remove        remove a custom stage; the three of the service cannot be removed
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.model.secret import SYSTEM_STAGES, Secret, SecretVersion, Stage
from bitting.core.ports import UnitOfWork
from bitting.core.usecases.secrets.records import (
    STAGES_MAX,
    find,
    put_stage,
    quota,
    require_value_access,
    require_version,
    stages_of,
    touch,
)


@dataclass(slots=True)
class StageCommand:
    """A stage of a secret."""

    name: str
    stage: str


@dataclass(slots=True)
class MoveStage:
    """Put ``stage`` on the version named ``version``.

    ``away_from``: it must have been on that version. ``strict``: refuse if it is already on that version.
    """

    name: str
    stage: str
    version: str
    away_from: str = ""
    strict: bool = True
    stages_max: int = STAGES_MAX


@dataclass(slots=True)
class RemoveStage:
    """Remove ``stage``. ``version``: the version it must have been on, empty for any."""

    name: str
    stage: str
    version: str = ""


@dataclass(slots=True)
class NamedStage:
    """A stage with the names of its secret and version."""

    secret: Secret
    stage: Stage
    version: SecretVersion


def place_stages(
    uow: UnitOfWork, secret: Secret, version: SecretVersion, names: Sequence[str], now_ms: int, most: int
) -> None:
    """Put the stages on a version.

    Raises ``QuotaExceeded`` (``limit`` stages_in_request, stages), ``ResourceExists`` with ``kind`` stage for a
    name given twice, ``ResourceNotFound`` where the quota was withdrawn.
    """
    most = quota(uow, secret.ring, "stages", most)
    if len(names) > most:
        raise faults.QuotaExceeded(limit="stages_in_request", resource=secret.name)
    if len(set(names)) != len(names):
        raise faults.ResourceExists(kind="stage", resource=secret.name)
    stored = set(stages_of(uow, secret.id))
    if len(stored | set(names)) > max(most, len(stored)):
        raise faults.QuotaExceeded(limit="stages", resource=secret.name)
    for name in names:
        put_stage(uow, secret, name, version.id, now_ms)


def _require(uow: UnitOfWork, secret: Secret, name: str) -> Stage:
    stage = uow.of(Stage).get(f"{secret.id}/{name}")
    if stage is None:
        raise faults.ResourceNotFound(kind="stage", resource=name)
    return stage


def _version(uow: UnitOfWork, stage: Stage) -> SecretVersion:
    version = uow.of(SecretVersion).get(stage.version_id)
    if version is None:
        raise faults.ResourceNotFound(kind="version", resource=stage.version_id)
    return version


@use_case("secret:list_versions")
def describe_stage(context: Context, command: StageCommand) -> NamedStage:
    """Which version the stage is on. Raises ``ResourceNotFound`` (``kind`` secret, stage)."""
    secret = find(context, command.name, "secret:list_versions")
    stage = _require(context.uow, secret, command.stage)
    return NamedStage(secret, stage, _version(context.uow, stage))


@use_case("secret:update_stage", writes=True)
def move_stage(context: Context, command: MoveStage) -> NamedStage:
    """Put the stage on a version.

    Raises ``ResourceNotFound`` (``kind`` secret, version), the state's fault, ``ResourceExists`` (``kind`` stage)
    where ``strict``, ``InvalidParameter`` (``away_from``), and as :func:`place_stages`.
    """
    uow = context.uow
    secret = find(context, command.name, "secret:update_stage")
    require_value_access(secret)
    version = require_version(uow, secret, command.version)
    stored = uow.of(Stage).get(f"{secret.id}/{command.stage}")
    if stored is not None and stored.version_id == version.id and command.strict:
        raise faults.ResourceExists(kind="stage", resource=command.stage)
    if command.away_from:
        former = require_version(uow, secret, command.away_from)
        if stored is None or stored.version_id != former.id:
            raise faults.InvalidParameter(parameter="away_from", reason="stage")
    place_stages(uow, secret, version, (command.stage,), context.now_ms, command.stages_max)
    secret = touch(uow, secret, context.now_ms)
    return NamedStage(secret, _require(uow, secret, command.stage), version)


@use_case("secret:update_stage", writes=True)
def remove_stage(context: Context, command: RemoveStage) -> Secret:
    """Remove the stage.

    Raises ``ResourceInUse`` (``kind`` stage) for the service's own, ``ResourceNotFound``, the state's fault,
    ``InvalidParameter`` (``version``) if it is elsewhere.
    """
    uow = context.uow
    secret = find(context, command.name, "secret:update_stage")
    require_value_access(secret)
    if command.stage in SYSTEM_STAGES:
        raise faults.ResourceInUse(kind="stage", resource=command.stage)
    stage = _require(uow, secret, command.stage)
    if command.version and require_version(uow, secret, command.version).id != stage.version_id:
        raise faults.InvalidParameter(parameter="version", reason="stage")
    uow.of(Stage).remove(stage.id)
    return touch(uow, secret, context.now_ms)
