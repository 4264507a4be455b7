"""What rows about keys cannot say."""

from __future__ import annotations

from typing import Any

from bitting.core import faults
from bitting.core.usecases.instances import instances
from bitting.core.usecases.keys import attributes
from bitting.dialects.alibaba_openapi.rows import RpcCall
from bitting.dialects.base.dialect import UseCaseRunner

_RESOURCES = ("ProtectedResourceArn", "KeyId", "KmsInstanceId")


def set_deletion_protection(call: RpcCall, run: UseCaseRunner) -> object:
    """SetDeletionProtection: a key by its ARN or its id, or an instance; one of them.

    Source: SetDeletionProtection. Raises ``MissingParameter``, ``InvalidParameter`` for two of them.
    """
    given = call.operation.read(call)
    named = [name for name in _RESOURCES if name in given]
    if not named:
        raise faults.MissingParameter(parameter="ProtectedResourceArn")
    if len(named) > 1:
        raise faults.InvalidParameter(parameter=named[1], reason="unwanted")
    on: dict[str, Any] = {"enabled": given["enabled"], "note": given.get("note", "")}
    if named == ["KmsInstanceId"]:
        return run(instances.set_protection, instances.SetProtection(given["KmsInstanceId"], **on))
    return run(attributes.set_protection, attributes.SetProtection(given[named[0]], **on))
