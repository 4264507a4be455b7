"""The key or the secret is there; its state or its kind forbids the use."""

from __future__ import annotations

from bitting.core.faults.base import Fault


class KeyStateFault(Fault):
    """The key's state forbids this use. ``state``: the state as the domain names it."""

    state: str = ""
    key_id: str = ""
    partition: str = ""


class KeyDisabled(KeyStateFault):
    """The key is disabled."""


class KeyPendingDeletion(KeyStateFault):
    """The key waits for its deletion."""


class KeyPendingImport(KeyStateFault):
    """The key has no material yet, or no more."""


class KeyFrozen(KeyStateFault):
    """The key is frozen by the operator."""


class KeyNotEnabled(KeyStateFault):
    """The use needs an enabled key, whatever else it is."""


class KeyNotDisabled(KeyStateFault):
    """The use needs a disabled key."""


class KeyNotPendingDeletion(KeyStateFault):
    """There is no deletion to cancel."""


class KeyAlreadyPendingDeletion(KeyStateFault):
    """The deletion is scheduled already."""


class KeyNotPendingImport(KeyStateFault):
    """The key does not wait for material."""


class KeyMaterialNotDeletable(KeyStateFault):
    """There is no material that could be deleted in this state."""


class KeyDeletionProtected(KeyStateFault):
    """Deletion protection is on."""


class RotationEnabled(KeyStateFault):
    """Automatic rotation is on already."""


class RotationDisabled(KeyStateFault):
    """Automatic rotation is not on."""


class SecretStateFault(Fault):
    """The secret's state forbids this use. ``state``, ``resource``: its state and its name."""

    state: str = ""
    resource: str = ""


class SecretPendingDeletion(SecretStateFault):
    """The secret waits for its deletion. ``use``: ``value`` if its values were asked for."""

    use: str = ""


class SecretNotEnabled(SecretStateFault):
    """The secret's values are out of use, for another reason than its deletion."""


class SecretNotPendingDeletion(SecretStateFault):
    """There is no deletion of the secret to cancel."""


class KeyKindFault(Fault):
    """The key's spec, usage or origin does not fit. ``key_id``, ``spec``, ``algorithm`` where known."""

    key_id: str = ""
    spec: str = ""
    algorithm: str = ""
    family: str = ""
    usage: str = ""
    side: str = ""


class UnsupportedKeySpec(KeyKindFault):
    """No provider here makes keys of this spec."""

    parameter: str = ""


class UnsupportedOperation(KeyKindFault):
    """The operation does not fit this key."""

    feature: str = ""
    keystore: str = ""


class AlgorithmMismatch(UnsupportedOperation):
    """The key is of the right kind, the algorithm is not one of its algorithms."""


class UsageMismatch(UnsupportedOperation):
    """The key was made for another usage. ``usage``: what it was made for."""


class SymmetricKeyRequired(UnsupportedOperation):
    """Only symmetric keys do this. ``family``: what the key is instead."""


class AsymmetricKeyRequired(UnsupportedOperation):
    """Only asymmetric keys do this. ``family``: what the key is instead."""


class UnsupportedOrigin(KeyKindFault):
    """The key's material has the wrong origin for this. ``origin``."""

    origin: str = ""
    region: str = ""


class UnsupportedAlias(KeyKindFault):
    """This operation takes a key id, not an alias."""

    resource: str = ""


class UnsupportedProtectionLevel(KeyKindFault):
    """The protection level is not offered here."""

    level: str = ""


class ServiceKeyProtected(KeyKindFault):
    """The key belongs to a service; its owner may use it, not change it."""
