"""AES and SM4: GCM on the hot path, CBC and ECB beside it.

::

    seal(plaintext, iv, aad) ── GCM ──> ciphertext | tag (16)      cached cipher object, one C call
                             ├─ CBC ──> ciphertext                 PKCS #7 unless padding=False
                             └─ ECB ──> ciphertext                 likewise, no iv

Sources: NIST SP 800-38A (ECB, CBC), SP 800-38D (GCM), GB/T 32907 and RFC 8998 (SM4), RFC 5652
section 6.3 (PKCS #7). Only GCM notices a changed ciphertext; CBC and ECB notice at most a broken
padding or length, and exist because the clouds' hardware keys offer them.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.padding import PKCS7

from bitting.core.faults import InvalidCiphertext, InvalidParameter, KeyMaterialLengthInvalid
from bitting.core.material import KeyMaterial
from bitting.core.ports import KeyPair
from bitting.core.reveal import reveal
from bitting.core.specs import Algorithm, Family, KeySpec
from bitting.providers.software.handle import Handle, mismatch

IV_BYTES = 12
TAG_BYTES = 16
BLOCK_BYTES = 16

_CBC = {Family.AES: Algorithm.AES_CBC, Family.SM4: Algorithm.SM4_CBC}
_ECB = {Family.AES: Algorithm.AES_ECB, Family.SM4: Algorithm.SM4_ECB}
_GCM = {Family.AES: Algorithm.AES_GCM, Family.SM4: Algorithm.SM4_GCM}


class Sm4Gcm:
    """SM4-GCM with the two calls of ``AESGCM``, which has no SM4 (RFC 8998 section 3.2)."""

    __slots__ = ("_block",)

    def __init__(self, key: bytes) -> None:
        self._block = algorithms.SM4(key)

    def encrypt(self, iv: bytes, plaintext: bytes, aad: bytes) -> bytes:
        """Ciphertext and tag."""
        encryptor = Cipher(self._block, modes.GCM(iv)).encryptor()
        encryptor.authenticate_additional_data(aad)
        return encryptor.update(plaintext) + encryptor.finalize() + encryptor.tag

    def decrypt(self, iv: bytes, sealed: bytes, aad: bytes) -> bytes:
        """The plaintext. Raises ``InvalidTag``."""
        if len(sealed) < TAG_BYTES:
            raise InvalidTag
        decryptor = Cipher(self._block, modes.GCM(iv, sealed[-TAG_BYTES:])).decryptor()
        decryptor.authenticate_additional_data(aad)
        return decryptor.update(sealed[:-TAG_BYTES]) + decryptor.finalize()


class SymmetricHandle(Handle):
    """An opened AES or SM4 key (``CanEncrypt``). Thread-safe: every call has its own cipher context."""

    __slots__ = ("_block", "_gcm", "_gcm_decrypt", "_gcm_encrypt")

    def __init__(self, spec: KeySpec, key: bytes) -> None:
        super().__init__(spec)
        self._gcm = _GCM[spec.family]
        self._block: algorithms.AES | algorithms.SM4
        self._gcm_encrypt: Callable[[bytes, bytes, bytes], bytes]
        self._gcm_decrypt: Callable[[bytes, bytes, bytes], bytes]
        if spec.family is Family.AES:
            aes = AESGCM(key)
            self._block, self._gcm_encrypt, self._gcm_decrypt = algorithms.AES(key), aes.encrypt, aes.decrypt
        else:
            sm4 = Sm4Gcm(key)
            self._block, self._gcm_encrypt, self._gcm_decrypt = algorithms.SM4(key), sm4.encrypt, sm4.decrypt

    def seal(
        self, plaintext: bytes, *, iv: bytes, aad: bytes = b"", algorithm: Algorithm | None = None, padding: bool = True
    ) -> bytes:
        """Encrypt; see :class:`bitting.core.ports.CanEncrypt`. ``padding`` means nothing to GCM."""
        if algorithm is None or algorithm is self._gcm:
            if len(iv) != IV_BYTES:
                raise InvalidParameter(parameter="iv", reason="length")
            return self._gcm_encrypt(iv, plaintext, aad)
        cipher = self._block_cipher(algorithm, iv, aad)
        if padding:
            padder = PKCS7(BLOCK_BYTES * 8).padder()
            plaintext = padder.update(plaintext) + padder.finalize()
        elif len(plaintext) % BLOCK_BYTES:
            raise InvalidParameter(parameter="plaintext", reason="multiple")
        encryptor = cipher.encryptor()
        return encryptor.update(plaintext) + encryptor.finalize()

    def unseal(
        self, sealed: bytes, *, iv: bytes, aad: bytes = b"", algorithm: Algorithm | None = None, padding: bool = True
    ) -> bytes:
        """Decrypt; see :class:`bitting.core.ports.CanEncrypt`. Raises ``InvalidParameter`` for a wrong ``iv``."""
        if algorithm is None or algorithm is self._gcm:
            if len(iv) != IV_BYTES:
                raise InvalidParameter(parameter="iv", reason="length")
            try:
                return self._gcm_decrypt(iv, sealed, aad)
            except InvalidTag:
                raise InvalidCiphertext from None
        cipher = self._block_cipher(algorithm, iv, aad)
        if len(sealed) % BLOCK_BYTES:
            raise InvalidCiphertext
        decryptor = cipher.decryptor()
        plaintext = decryptor.update(sealed) + decryptor.finalize()
        return _unpad(plaintext) if padding else plaintext

    def _block_cipher(self, algorithm: Algorithm, iv: bytes, aad: bytes) -> Cipher[modes.CBC] | Cipher[modes.ECB]:
        family = self._spec.family
        if algorithm is not _CBC[family] and algorithm is not _ECB[family]:
            raise mismatch(self._spec, algorithm)
        if aad:
            raise InvalidParameter(parameter="aad", reason="length")
        chained = algorithm is _CBC[family]
        if len(iv) != (BLOCK_BYTES if chained else 0):
            raise InvalidParameter(parameter="iv", reason="length")
        if chained:
            return Cipher(self._block, modes.CBC(iv))
        return Cipher(self._block, modes.ECB())  # noqa: S305 - the clouds' API offers it; the caller asked by name


def _unpad(plaintext: bytes) -> bytes:
    unpadder = PKCS7(BLOCK_BYTES * 8).unpadder()
    try:
        return unpadder.update(plaintext) + unpadder.finalize()
    except ValueError:
        raise InvalidCiphertext from None


class SymmetricFamily:
    """AES and SM4 keys: plain random bytes."""

    def supports(self, spec: KeySpec) -> bool:
        """Always."""
        return spec.family.symmetric

    def generate(self, spec: KeySpec) -> KeyPair:
        """As many random bytes as the spec says."""
        return KeyPair(KeyMaterial(os.urandom(spec.material_bytes)), b"")

    def accept(self, spec: KeySpec, material: KeyMaterial) -> KeyPair:
        """The bytes as they are. Raises ``KeyMaterialLengthInvalid``."""
        if len(material) != spec.material_bytes:
            raise KeyMaterialLengthInvalid(spec=spec.name)
        return KeyPair(material, b"")

    def open(self, spec: KeySpec, private: KeyMaterial) -> SymmetricHandle:
        """A handle. Raises ``ValueError`` for a wrong length."""
        if len(private) != spec.material_bytes:
            msg = "wrong length"
            raise ValueError(msg)
        return SymmetricHandle(spec, reveal(private))
