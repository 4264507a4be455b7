"""The software provider: keys made and used in this process, at rest only wrapped.

::

    create ──> KeyKind.generate ──> KeyPair ──> wrap(binding) ──> StoredMaterial
    open   <── KeyKind.open     <── material <── unwrap(binding) <──┘

Needs the seal open. SM2, and the second algorithm of Ed25519, come from the system's libcrypto and
are missing where it is missing; everything else is in the bundled library.
"""

from __future__ import annotations

from cryptography.exceptions import UnsupportedAlgorithm

from bitting.core.faults import ProviderFailed
from bitting.core.material import KeyMaterial
from bitting.core.ports import KeyHandle, KeyPair, Seal, StoredMaterial
from bitting.core.specs import KeySpec
from bitting.providers.software.key_families import KeyFamilies
from bitting.providers.software.libcrypto import Libcrypto
from bitting.providers.software.vault import SoftwareVault
from bitting.providers.software.wrap import KEY_LABEL, RootWrap


def software(seal: Seal) -> tuple[SoftwareProvider, SoftwareVault]:
    """The provider and the vault that share a seal, its root key and one set-up of the libraries."""
    provider = SoftwareProvider(seal)
    return provider, provider.vault


class SoftwareProvider:
    """``KeyProvider`` on libraries in this process. Thread-safe; make one a process (it takes 50 ms).

    ``libcrypto``: path of the library to use instead of the system's. The vault that shares its root
    key and libraries is :attr:`vault`.
    """

    name = "software"
    protection_levels = frozenset({"software"})
    may_block = False

    def __init__(self, seal: Seal, *, libcrypto: str | None = None) -> None:
        self._wrap = RootWrap(seal)
        self._kinds = KeyFamilies(Libcrypto.find(libcrypto))
        self.vault = SoftwareVault(self._wrap, self._kinds)

    @property
    def prehashes(self) -> bool:
        """Whether Ed25519 keys can do ED25519PH here."""
        return self._kinds.ed25519.prehashes

    def supports(self, spec: KeySpec) -> bool:
        """Every spec; SM2 only with a libcrypto that passes the standard's example."""
        return self._kinds.supports(spec)

    def create(self, spec: KeySpec, binding: bytes) -> StoredMaterial:
        """A new key. Raises ``UnsupportedKeySpec``, ``Unavailable`` while sealed."""
        return self._store(self._kinds.of(spec).generate(spec), binding)

    def import_material(self, spec: KeySpec, material: KeyMaterial, binding: bytes) -> StoredMaterial:
        """Take in outside material. Asymmetric material is checked and stored in our own encoding.

        Raises ``KeyMaterialLengthInvalid``, ``InvalidKeyMaterial``, ``UnsupportedKeySpec``.
        """
        return self._store(self._kinds.of(spec).accept(spec, material), binding)

    def open(self, spec: KeySpec, stored: StoredMaterial, binding: bytes) -> KeyHandle:
        """A handle. Raises ``ProviderFailed`` if the material does not unwrap, or is not of this spec.

        ``stored.public`` is not read: it is not authenticated, and the private half implies it.
        """
        kind = self._kinds.of(spec)
        private = self._wrap.unwrap(KEY_LABEL, stored.wrapped, binding)
        try:
            return kind.open(spec, private)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise ProviderFailed(reason="unwrapped material is not a key of its spec") from None

    def destroy(self, stored: StoredMaterial) -> None:
        """Nothing to do: the wrapped bytes are all there is, and the store erases them."""

    def status(self) -> None:
        """Return if the seal is open. Raises ``Unavailable`` otherwise."""
        self._wrap.ready()

    def _store(self, pair: KeyPair, binding: bytes) -> StoredMaterial:
        return StoredMaterial(self._wrap.wrap(KEY_LABEL, pair.private, binding), pair.public)
