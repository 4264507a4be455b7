"""What every software handle shares, and what every kind of key must bring.

::

    KeyKind ── generate()/accept() ──> KeyPair (private box, public DER)
            └─ open(pair) ───────────> Handle  (+ the capability methods of its kind)

A handle shows its spec and nothing else: no secret in ``repr``, and no pickle.
"""

from __future__ import annotations

from typing import NoReturn, Protocol

from bitting.core.faults import AlgorithmMismatch
from bitting.core.material import KeyMaterial
from bitting.core.ports import KeyHandle, KeyPair
from bitting.core.specs import Algorithm, KeySpec


class Handle:
    """Base of the handles: the spec, a repr that is safe to log, and a refusal to be pickled."""

    __slots__ = ("_spec",)

    def __init__(self, spec: KeySpec) -> None:
        self._spec = spec

    @property
    def spec(self) -> KeySpec:
        """The key's spec."""
        return self._spec

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._spec.name}>"

    def __reduce__(self) -> NoReturn:
        msg = "an opened key is not pickled"
        raise TypeError(msg)


class KeyFamily(Protocol):
    """How one family of keys is made, taken in and opened."""

    def supports(self, spec: KeySpec) -> bool:
        """Whether keys of ``spec`` can be made here and now."""
        ...

    def generate(self, spec: KeySpec) -> KeyPair:
        """A fresh key; ``public`` is empty where the kind has no public half."""
        ...

    def accept(self, spec: KeySpec, material: KeyMaterial) -> KeyPair:
        """Outside material, checked and brought into our own encoding.

        Raises ``KeyMaterialLengthInvalid`` or ``InvalidKeyMaterial``.
        """
        ...

    def open(self, spec: KeySpec, private: KeyMaterial) -> KeyHandle:
        """A handle on material that :meth:`generate` or :meth:`accept` made.

        The public half is derived from the private one, never taken from the store. Raises ``ValueError``
        if the material does not parse or is not of this spec.
        """
        ...


def mismatch(spec: KeySpec, algorithm: Algorithm | None) -> AlgorithmMismatch:
    """The fault for an algorithm that a key of ``spec`` does not have, ready to raise."""
    return AlgorithmMismatch(spec=spec.name, algorithm=str(algorithm or ""))
