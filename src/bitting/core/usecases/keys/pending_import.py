"""Import of key material only while the key is pending import, and only in the key's own region.

::

    external origin? -> pending import? -> own region? -> as material_import.py

Source: get-parameters-for-import and import-key-material of Huawei Cloud DEW.
"""

from __future__ import annotations

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.key_states import require_state
from bitting.core.model.key import Key, KeyRef, Origin
from bitting.core.specs import SPECS
from bitting.core.usecases.keys import keystores, material_import
from bitting.core.usecases.keys.material_import import GetParameters, Import, Parameters


def _key(command: GetParameters | Import) -> KeyRef:
    return command.key


def _require_waiting(context: Context) -> None:
    """Raises ``UnsupportedOrigin`` (``region`` replica), ``KeyNotPendingImport``, ``UnsupportedOperation``."""
    key = context.key
    if key.ring != context.principal.ring:
        raise faults.UnsupportedOrigin(region="replica", key_id=key.id)
    keystores.require_shared(key, "import")
    if key.origin == Origin.EXTERNAL:
        require_state("import_pending", key, context.now_ms)


@use_case("key:import", key=_key, states="import", writes=True)
def parameters(context: Context, command: GetParameters) -> Parameters:
    """What an import needs. Raises as ``material_import.parameters``, ``KeyNotPendingImport``."""
    _require_waiting(context)
    return material_import.parameters.run(context, command)


@use_case("key:import", key=_key, states="import", writes=True)
def import_(context: Context, command: Import) -> Key:
    """Import key material.

    Raises as ``material_import.import_``, ``KeyNotPendingImport``, and ``AsymmetricDecryptionFailed`` where the
    material of a symmetric key does not decrypt under the wrapping key.
    """
    _require_waiting(context)
    try:
        return material_import.import_.run(context, command)
    except faults.InvalidKeyMaterial as fault:
        if type(fault) is faults.InvalidKeyMaterial and not SPECS[context.key.spec].family.asymmetric:
            raise faults.AsymmetricDecryptionFailed from None
        raise
