"""PINs: short random texts, in plaintext, or encrypted and valid in one key ring only.

Source: create-pin of Huawei Cloud DEW. Nothing is stored: an encrypted PIN is bound to its key ring.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.keystore_access import SHARED
from bitting.core.material import KeyMaterial
from bitting.core.ports import Vault
from bitting.core.usecases.keys import keystores

PIN_BYTES = 8


@dataclass(slots=True)
class CreatePin:
    """``plain``: give the PIN itself. A sealed one is for a key store: ``keystore_id``."""

    plain: bool = False
    keystore_id: str = ""


@dataclass(slots=True)
class Pin:
    """``text``: 16 hexadecimal digits, or those sealed, in base64."""

    text: str = field(repr=False)


def _binding(ring: str) -> bytes:
    return b"pin\0" + ring.encode()


def is_plain_pin(text: str) -> bool:
    """Whether a text has the form of a PIN. None is stored, so more cannot be told of one in the clear."""
    return re.fullmatch(f"[0-9a-f]{{{2 * PIN_BYTES}}}", text) is not None


def is_pin(vault: Vault, ring: str, text: str) -> bool:
    """Whether a sealed PIN is one of this key ring's."""
    try:
        vault.unwrap(base64.b64decode(text, validate=True), _binding(ring))
    except (binascii.Error, ValueError, faults.ProviderFailed):
        return False
    return True


@use_case("pin:create")
def create(context: Context, command: CreatePin) -> Pin:
    """A new PIN. Raises ``MissingParameter`` (keystore_id), ``ResourceNotFound`` (``kind`` partition)."""
    text = context.gate.entropy.random(PIN_BYTES).hex()
    if command.plain:
        return Pin(text)
    if not command.keystore_id:
        raise faults.MissingParameter(parameter="keystore_id")
    if command.keystore_id not in SHARED:
        keystores.find(context, command.keystore_id)
    sealed = context.gate.vault.wrap(KeyMaterial(text.encode()), _binding(context.principal.ring))
    return Pin(base64.b64encode(sealed).decode())
