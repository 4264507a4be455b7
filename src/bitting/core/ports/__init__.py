"""Ports: what the core needs from outside, as small protocols that backends implement.

::

    store         Store ── begin() ──> UnitOfWork ──> Collection[T]  (one per record type)
    key_provider  KeyProvider ── create()/open() ──> key_handle.KeyHandle (CanEncrypt, CanSign, CanMac, ...)
    vault, seal   small secrets under the root key; the source of the root key
    admission     used nonces, attested machines
    system        Clock, Entropy, Trail, TrailGuard (time, randomness, audit)

A backend translates its own errors at its edge into :mod:`bitting.core.faults`.
"""

from __future__ import annotations

from bitting.core.ports.admission import Attestation as Attestation
from bitting.core.ports.admission import Nonces as Nonces
from bitting.core.ports.admission import SpentProofs as SpentProofs
from bitting.core.ports.certificates import Certificates as Certificates
from bitting.core.ports.certificates import Pkcs12 as Pkcs12
from bitting.core.ports.key_handle import CanAgree as CanAgree
from bitting.core.ports.key_handle import CanEncrypt as CanEncrypt
from bitting.core.ports.key_handle import CanEncryptAsymmetric as CanEncryptAsymmetric
from bitting.core.ports.key_handle import CanExportPublic as CanExportPublic
from bitting.core.ports.key_handle import CanMac as CanMac
from bitting.core.ports.key_handle import CanSign as CanSign
from bitting.core.ports.key_handle import KeyHandle as KeyHandle
from bitting.core.ports.key_handle import can_encrypt as can_encrypt
from bitting.core.ports.key_handle import can_encrypt_asymmetric as can_encrypt_asymmetric
from bitting.core.ports.key_provider import KeyProvider as KeyProvider
from bitting.core.ports.key_provider import StoredMaterial as StoredMaterial
from bitting.core.ports.seal import UNSEALED as UNSEALED
from bitting.core.ports.seal import OperatedSeal as OperatedSeal
from bitting.core.ports.seal import Seal as Seal
from bitting.core.ports.seal import SealStatus as SealStatus
from bitting.core.ports.store import Change as Change
from bitting.core.ports.store import Collection as Collection
from bitting.core.ports.store import Except as Except
from bitting.core.ports.store import Store as Store
from bitting.core.ports.store import UnitOfWork as UnitOfWork
from bitting.core.ports.system import Clock as Clock
from bitting.core.ports.system import Entropy as Entropy
from bitting.core.ports.system import Trail as Trail
from bitting.core.ports.system import TrailGuard as TrailGuard
from bitting.core.ports.vault import KeyPair as KeyPair
from bitting.core.ports.vault import Vault as Vault
