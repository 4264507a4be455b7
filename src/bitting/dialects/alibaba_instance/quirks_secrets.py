"""GetSecretValue of the instance API: the one operation on secrets here, and it needs two permissions.

::

    CryptoServiceSecretUser on the secret      403 names the secret
    CryptoServiceKeyUser on the key behind it  403 names the key; the service's own key needs none

All answers are strings, ``ExtendedConfig`` too. Source: GetSecretValue of the KMS Instance API; the FAQ on access
points for the second permission.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bitting.core.model.secret import CURRENT, PENDING, PREVIOUS, SecretRotation, SecretType
from bitting.core.usecases import secret_versions
from bitting.core.usecases.secret_versions import Value
from bitting.dialects.alibaba_instance.codec import InstanceOperation, read
from bitting.dialects.base.dialect import Call, Run
from bitting.dialects.base.kinds import Choice, Unreadable

TYPES = Choice(
    {
        "Generic": SecretType.GENERIC,
        "Rds": SecretType.DATABASE,
        "Redis": SecretType.CACHE,
        "RAMCredentials": SecretType.ACCESS_KEY,
        "ECS": SecretType.HOST,
        "PolarDB": SecretType.CLUSTER,
    }
)
_ROTATIONS = {
    SecretRotation.ENABLED: "Enabled",
    SecretRotation.DISABLED: "Disabled",
    SecretRotation.INVALID: "Invalid",
}
_STAGES = {"ACSCurrent": CURRENT, "ACSPrevious": PREVIOUS, "ACSPending": PENDING}
_SHOWN = {stage: word for word, stage in _STAGES.items()}


class StageName:
    """A stage, 1 to 64 characters."""

    def decode(self, raw: Any) -> str:
        if not 0 < len(raw) <= 64:
            raise Unreadable("length")
        return str(_STAGES.get(raw, raw))

    def encode(self, value: str) -> str:
        return _SHOWN.get(value, value)


@dataclass(frozen=True, kw_only=True)
class SecretOperation(InstanceOperation):
    """The row: its answer has fields that are there or not, so the quirk's dictionary is it."""

    def show(self, result: Any) -> dict[str, Any]:
        """The answer's fields."""
        return dict(result)


def get_secret_value(call: Call, run: Run) -> dict[str, Any]:
    """The value and what belongs to it.

    ``FetchExtendedConfig`` counts as false where it is not sent: the documents of 2023 and of 2026 disagree on the
    default, and protobuf cannot tell a false that was sent from one that was not.
    """
    given = call.operation.arguments(read(call))
    config = given.pop("FetchExtendedConfig", False)
    value: Value = run(secret_versions.get_value, secret_versions.GetValue(system_only=True, **given))
    secret, version = value.secret, value.version
    said = {
        "SecretName": secret.name,
        "SecretType": TYPES.encode(secret.type),
        "SecretData": _data(value),
        "SecretDataType": "binary" if version.binary else "text",
        "VersionStages": [_SHOWN.get(stage, stage) for stage in value.stages],
        "VersionId": version.name,
        "CreateTime": _moment(version.created_ms),
    }
    if secret.type is SecretType.GENERIC:
        return said
    said["AutomaticRotation"] = _ROTATIONS[secret.rotation]
    if secret.rotated_ms:
        said["LastRotationDate"] = _moment(secret.rotated_ms)
    if secret.rotation_due_ms:
        said["NextRotationDate"] = _moment(secret.rotation_due_ms)
        said["RotationInterval"] = f"{secret.rotation_interval_s}s"
    return {**said, "ExtendedConfig": secret.config} if config else said


def _data(value: Value) -> str:
    """The value; access keys say when they were made."""
    text = value.value.decode(errors="replace")
    if value.secret.type is not SecretType.ACCESS_KEY:
        return text
    return json.dumps({**json.loads(text), "GenerateTimestamp": _moment(value.version.created_ms)})


def _moment(ms: int) -> str:
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
