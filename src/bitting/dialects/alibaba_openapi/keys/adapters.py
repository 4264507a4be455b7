"""What rows about keys cannot say."""

from __future__ import annotations

from typing import Any

from bitting.core import faults
from bitting.core.usecases.instances import instances
from bitting.core.usecases.keys import attributes
from bitting.dialects.alibaba_openapi.rows import bound
from bitting.dialects.base.dialect import Call, UseCaseRunner

_RESOURCES = ("ProtectedResourceArn", "KeyId", "KmsInstanceId")


def update_description(call: Call, run: UseCaseRunner) -> object:
    """UpdateKeyDescription: the one parameter that says something when it is empty: no description any more.

    Source: UpdateKeyDescription ("add, modify, or delete"). Raises ``MissingParameter`` where it is absent.
    """
    given = bound(call)
    if "Description" not in call.values:
        raise faults.MissingParameter(parameter="Description")
    return run(attributes.set_description, attributes.SetDescription(given["key"], given.get("description", "")))


def set_deletion_protection(call: Call, run: UseCaseRunner) -> object:
    """SetDeletionProtection: a key by its ARN or its id, or an instance; one of them.

    Source: SetDeletionProtection. Raises ``MissingParameter``, ``InvalidParameter`` for two of them.
    """
    given = bound(call)
    named = [name for name in _RESOURCES if name in given]
    if not named:
        raise faults.MissingParameter(parameter="ProtectedResourceArn")
    if len(named) > 1:
        raise faults.InvalidParameter(parameter=named[1], reason="unwanted")
    on: dict[str, Any] = {"enabled": given["enabled"], "note": given.get("note", "")}
    if named == ["KmsInstanceId"]:
        return run(instances.set_protection, instances.SetProtection(given["KmsInstanceId"], **on))
    return run(attributes.set_protection, attributes.SetProtection(given[named[0]], **on))
