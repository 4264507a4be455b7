"""What rows cannot say."""

from __future__ import annotations

from bitting.core import faults
from bitting.core.model.identity import Instance
from bitting.core.model.key import Key, Origin
from bitting.core.specs import SPECS
from bitting.core.usecases.keys import lifecycle as keys
from bitting.dialects.alibaba_openapi.rows import RpcCall
from bitting.dialects.base.dialect import UseCaseRunner


def create_key(call: RpcCall, run: UseCaseRunner) -> Key:
    """CreateKey: rotation is two parameters, protection depends on the instance.

    * Rotation needs its interval, and a symmetric key whose material is made here. An interval without
      rotation is checked and means nothing.
    * HSM needs an HSM here, in an instance as well: a key that was asked for in hardware is not made in software.
    * The storage mechanism is checked and means nothing where there is no hardware.

    Source: CreateKey. Raises ``MissingParameter``, ``InvalidParameter``, ``UnsupportedProtectionLevel``,
    ``ResourceNotFound`` (``kind`` instance) and what :func:`bitting.core.usecases.keys.lifecycle.create` raises.
    """
    given = call.operation.read(call)
    if not given.pop("EnableAutomaticRotation", False):
        given.pop("rotation_interval_s", None)
    elif "rotation_interval_s" not in given:
        raise faults.MissingParameter(parameter="RotationInterval")
    elif given.get("origin") is Origin.EXTERNAL or not SPECS[given.get("spec", "AES_256")].family.symmetric:
        raise faults.InvalidParameter(parameter="EnableAutomaticRotation", reason="enum")
    if "instance_id" in given:
        _require_instance(run, given["instance_id"])
    run.gate.provider_of(given.get("protection", "software"))  # before what the key itself may be refused for
    key: Key = run(keys.create, keys.CreateKey(**given))
    return key


def _require_instance(run: UseCaseRunner, instance_id: str) -> None:
    found = run.view.get(("openapi.instance", instance_id), lambda reader: reader.get(Instance, instance_id))
    if found is None or found.account_id != run.principal.account_id:
        raise faults.ResourceNotFound(kind="instance", resource=instance_id)
