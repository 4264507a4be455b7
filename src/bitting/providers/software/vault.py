"""The software vault: small secrets under the root key, and primitives that need no stored key.

::

    wrap / unwrap / fingerprint      root key (wrap.py), under a label that keys do not use
    cipher                           a data key that no key owns, as a cipher
    key_pair / encrypt_to            pairs that no key owns
    unwrap_import / unwrap_kwp       the two layers of imported material
    verify_rsa                       somebody's public key, kept loaded (bounded)
    pkcs12                           a pair as a password-protected file (pkcs12.py)
    digest                           hashes by name
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap_with_padding
from cryptography.hazmat.primitives.serialization import load_der_public_key

from bitting.core.faults import (
    AlgorithmMismatch,
    AsymmetricDecryptionFailed,
    InvalidKeyMaterial,
    InvalidParameter,
    KeyMaterialLengthInvalid,
    ProviderFailed,
    UnsupportedKeySpec,
)
from bitting.core.material import KeyMaterial
from bitting.core.ports import CanEncrypt, KeyPair, Seal
from bitting.core.ports.certificates import Certificates, Pkcs12
from bitting.core.reveal import reveal
from bitting.core.specs import SPECS, Algorithm, KeySpec
from bitting.providers.software import digests, pkcs12, rsa, sm2
from bitting.providers.software.certificates import SoftwareCertificates
from bitting.providers.software.key_families import KeyFamilies
from bitting.providers.software.libcrypto import Libcrypto, NativeError
from bitting.providers.software.wrap import SECRET_LABEL, RootWrap

#: The one import algorithm that is not a key's algorithm (RFC 8017 section 7.2).
RSAES_PKCS1_V1_5 = "RSAES_PKCS1_V1_5"

_RSA_BITS_MIN, _RSA_BITS_MAX = 2048, 8192
_LOADED_MAX = 4096
_PKCS1, _SHA256 = PKCS1v15(), SHA256()


class SoftwareVault:
    """``Vault`` on libraries in this process. Thread-safe."""

    __slots__ = ("_kinds", "_loaded", "_wrap", "certificates")

    def __init__(self, wrap: RootWrap, kinds: KeyFamilies) -> None:
        self._wrap = wrap
        self._kinds = kinds
        self._loaded: dict[bytes, RSAPublicKey] = {}
        self.certificates: Certificates = SoftwareCertificates(kinds.sm2)

    @classmethod
    def without_provider(cls, seal: Seal, *, libcrypto: str | None = None) -> SoftwareVault:
        """A vault without a provider. Where there is one, its ``vault`` shares the 50 ms of set-up."""
        return cls(RootWrap(seal), KeyFamilies(Libcrypto.find(libcrypto)))

    def wrap(self, secret: KeyMaterial, binding: bytes) -> bytes:
        """AES-256-GCM under the root key; a key's material never opens as a secret, nor the reverse."""
        return self._wrap.wrap(SECRET_LABEL, secret, binding)

    def unwrap(self, wrapped: bytes, binding: bytes) -> KeyMaterial:
        """The secret back. Raises ``ProviderFailed`` if it was changed or the binding differs."""
        return self._wrap.unwrap(SECRET_LABEL, wrapped, binding)

    def wrap_token(self, text: str, binding: bytes) -> bytes:
        """A statement of our own, sealed; no key bytes are in it."""
        return self.wrap(KeyMaterial(text.encode()), binding)

    def unwrap_token(self, token: bytes, binding: bytes) -> str:
        """Its text. Raises ``ProviderFailed`` if it was changed or the binding differs."""
        return reveal(self.unwrap(token, binding)).decode()

    def fingerprint(self, secret: KeyMaterial, binding: bytes) -> bytes:
        """32 bytes: HMAC-SHA256 of binding and secret under a key derived from the root key.

        Equal secrets under equal bindings have equal fingerprints; compare them in constant time.
        """
        return self._wrap.fingerprint(secret, binding)

    def check_value(self, about: bytes) -> bytes:
        """32 bytes that tell this root key from another. Raises ``Unavailable`` while sealed."""
        return self._wrap.check_value(about)

    def record_code(self, text: bytes) -> bytes:
        """The authentication code of a stored record, 32 bytes. Raises ``Unavailable`` while sealed."""
        return self._wrap.record_code(text)

    def cipher(self, key: KeyMaterial) -> CanEncrypt:
        """AES-256-GCM under a data key of 32 bytes. Raises ``KeyMaterialLengthInvalid``."""
        spec = SPECS["AES_256"]
        if len(key) != spec.material_bytes:
            raise KeyMaterialLengthInvalid(spec=spec.name)
        handle = self._kinds.of(spec).open(spec, key)
        assert isinstance(handle, CanEncrypt)  # noqa: S101 - AES keys open as ciphers
        return handle

    def key_pair(self, spec: KeySpec) -> KeyPair:
        """A fresh asymmetric pair that no key owns. Raises ``UnsupportedKeySpec``."""
        if not spec.family.asymmetric:
            raise UnsupportedKeySpec(spec=spec.name)
        return self._kinds.of(spec).generate(spec)

    def encrypt_to(self, public_der: bytes, plaintext: bytes, algorithm: Algorithm) -> bytes:
        """Encrypt to somebody's public key: RSA_OAEP_SHA1, RSA_OAEP_SHA256 or SM2_ENCRYPT.

        Raises ``InvalidParameter`` if the key does not parse or fit (RSA: 2048 to 8192 bits),
        ``PlaintextTooLong``, ``AlgorithmMismatch`` for another algorithm, ``UnsupportedKeySpec`` for SM2
        where it is missing.
        """
        if algorithm is Algorithm.SM2_ENCRYPT:
            return self._encrypt_to_sm2(public_der, plaintext)
        if not rsa.is_oaep(algorithm):
            raise AlgorithmMismatch(algorithm=algorithm.value)
        public = _load_rsa(public_der)
        if public is None:
            raise InvalidParameter(parameter="public_key", reason="format")
        return rsa.oaep_encrypt(public, plaintext, algorithm)

    def verify_rsa(self, public_der: bytes, message: bytes, signature: bytes) -> bool:
        """Whether an RSASSA-PKCS1-v1_5 signature with SHA-256 fits (RFC 8017 section 8.2.2).

        Loading a key costs more than checking a signature, so the last 4096 keys stay loaded.
        """
        public = self._loaded.get(public_der)
        if public is None:
            found = _load_rsa(public_der)
            if found is None:
                return False
            if len(self._loaded) >= _LOADED_MAX:
                self._loaded.clear()
            public = self._loaded[public_der] = found
        try:
            public.verify(signature, message, _PKCS1, _SHA256)
        except InvalidSignature:
            return False
        return True

    def pkcs12(self, pair: KeyPair, name: str, password: str, not_before_ms: int, not_after_ms: int) -> Pkcs12:
        """A pair as a PKCS #12 file; see :func:`bitting.providers.software.pkcs12.write`."""
        return pkcs12.write(pair, name, password, not_before_ms, not_after_ms)

    def digest(self, name: str, message: bytes) -> bytes:
        """A hash: sha1, sha224, sha256, sha384, sha512, sm3. Raises ``InvalidParameter`` for another name."""
        return digests.digest(name, message)

    def unwrap_import(self, private: KeyMaterial, algorithm_name: str, ciphertext: bytes) -> KeyMaterial:
        """Imported material, decrypted with the wrapping key (PKCS #8 DER, from :meth:`key_pair`).

        ``algorithm_name``: RSA_OAEP_SHA256, RSA_OAEP_SHA1, SM2_ENCRYPT or RSAES_PKCS1_V1_5. Raises
        ``InvalidKeyMaterial`` whatever is wrong with the ciphertext, ``AlgorithmMismatch`` for another
        name, ``UnsupportedKeySpec`` for SM2 where it is missing, ``ProviderFailed`` if the private key
        does not parse.

        RSAES_PKCS1_V1_5 does not authenticate. A ciphertext with wrong padding does not fail: it yields
        random bytes of random length (implicit rejection, so that no oracle arises). Checking the length
        against the key's spec is the import's own step; random bytes that happen to pass it become the
        key. Offer it only to callers whose API demands it.
        """
        if algorithm_name == Algorithm.SM2_ENCRYPT.value:
            material = self._decrypt_import_sm2(private, ciphertext)
        else:
            material = _decrypt_import_rsa(private, algorithm_name, ciphertext)
        if not material:
            raise InvalidKeyMaterial
        return KeyMaterial(material)

    def unwrap_kwp(self, kek: KeyMaterial, wrapped: bytes) -> KeyMaterial:
        """AES key unwrap with padding (RFC 5649, id-aes256-wrap-pad and its shorter sisters).

        For private keys too long for the wrapping key: ``kek`` is a temporary AES key of 16, 24 or 32
        bytes that came through :meth:`unwrap_import`. Raises ``InvalidKeyMaterial`` whatever is wrong.
        """
        try:
            return KeyMaterial(aes_key_unwrap_with_padding(reveal(kek), wrapped))
        except (InvalidUnwrap, ValueError):
            raise InvalidKeyMaterial from None

    def _encrypt_to_sm2(self, public_der: bytes, plaintext: bytes) -> bytes:
        library = self._kinds.sm2.library()
        try:
            public = library.public_key(public_der, sm2.NAME)
        except NativeError:
            raise InvalidParameter(parameter="public_key", reason="format") from None
        try:
            return sm2.encrypt_to(library, public, plaintext)
        except NativeError:
            raise ProviderFailed(reason="SM2 encryption failed") from None

    def _decrypt_import_sm2(self, private: KeyMaterial, ciphertext: bytes) -> bytes:
        library = self._kinds.sm2.library()
        try:
            key = library.private_key(private, sm2.NAME)
        except NativeError:
            raise ProviderFailed(reason="the wrapping key does not parse") from None
        try:
            return sm2.decrypt_with(library, key, ciphertext)
        except AsymmetricDecryptionFailed:
            raise InvalidKeyMaterial from None


def _load_rsa(public_der: bytes) -> RSAPublicKey | None:
    try:
        public = load_der_public_key(public_der)
    except (ValueError, UnsupportedAlgorithm):
        return None
    if isinstance(public, RSAPublicKey) and _RSA_BITS_MIN <= public.key_size <= _RSA_BITS_MAX:
        return public
    return None


def _decrypt_import_rsa(private: KeyMaterial, algorithm_name: str, ciphertext: bytes) -> bytes:
    algorithm = None
    if algorithm_name != RSAES_PKCS1_V1_5:
        algorithm = Algorithm.__members__.get(algorithm_name)
        if algorithm is None or not rsa.is_oaep(algorithm):
            raise AlgorithmMismatch(algorithm=algorithm_name)
    try:
        key = rsa.open_private(private)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ProviderFailed(reason="the wrapping key does not parse") from None
    try:
        if algorithm is None:
            return rsa.pkcs1_decrypt(key, ciphertext)
        return rsa.oaep_decrypt(key, ciphertext, algorithm)
    except AsymmetricDecryptionFailed:
        raise InvalidKeyMaterial from None
