"""SM2 keys: signature and encryption, over the system's libcrypto.

::

    sign(M)            e = SM3(Z | M),  Z = SM3(ENTL | ID | a | b | xG | yG | xA | yA),  ID 1234567812345678
    sign(e, digest)    e as the caller made it
    signature          ASN.1 DER SEQUENCE { r, s }
    ciphertext         ASN.1 DER SEQUENCE { x, y, C3, C2 }       C1 = (x, y), C3 = SM3(x2 | M | y2)

Sources: GB/T 32918.2 (signature; section 5.5 for Z), GB/T 32918.4 (encryption), GB/T 32918.5 (curve and
worked examples), GM/T 0009 sections 7.2 and 7.3 (encodings), GM/T 0010 and RFC 5480 (keys). Z is made
here, so that both ways to sign are one call to the library, which signs e as it is.
"""

from __future__ import annotations

from bitting.core.faults import (
    AsymmetricDecryptionFailed,
    DigestLengthMismatch,
    InvalidKeyMaterial,
    InvalidParameter,
    PlaintextTooLong,
    ProviderFailed,
    UnsupportedKeySpec,
)
from bitting.core.material import KeyMaterial
from bitting.core.ports import KeyPair
from bitting.core.specs import Algorithm, Family, KeySpec
from bitting.providers.software.digests import sm3
from bitting.providers.software.handle import Handle, mismatch
from bitting.providers.software.libcrypto import Key, Libcrypto, NativeError

NAME = "SM2"
USER_ID = b"1234567812345678"
DIGEST_BYTES = 32
#: Alibaba's bound for SM2PKE.
PLAINTEXT_BYTES_MAX = 6047

_CURVE = bytes.fromhex(  # a, b, xG, yG of GB/T 32918.5
    "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC"
    "28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93"
    "32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7"
    "BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0"
)
_POINT_BYTES = 64

# The worked example of GB/T 32918.5 annex A: the signature of "message digest" under this public key.
_EXAMPLE_KEY = bytes.fromhex(
    "3059301306072A8648CE3D020106082A811CCF5501822D03420004"
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
_EXAMPLE_SIGNATURE = bytes.fromhex(
    "3046022100F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "022100B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)


def z_value(public_der: bytes) -> bytes:
    """Z for the default user id: what is hashed in front of every message (GB/T 32918.2 section 5.5)."""
    entl = (8 * len(USER_ID)).to_bytes(2, "big")
    return sm3(entl, USER_ID, _CURVE, public_der[-_POINT_BYTES:])


def works(library: Libcrypto) -> bool:
    """Whether the library has SM2 and agrees with the standard's example (some builds leave it out)."""
    try:
        key = library.public_key(_EXAMPLE_KEY, NAME)
        e = sm3(z_value(_EXAMPLE_KEY), b"message digest")
        if not library.verify(key, _EXAMPLE_SIGNATURE, e):
            return False
        fresh = library.generate(NAME)
        return library.decrypt(fresh, encrypt_to(library, fresh, e)) == e
    except NativeError:
        return False


def encrypt_to(library: Libcrypto, public: Key, plaintext: bytes) -> bytes:
    """Ciphertext to a public key. Raises ``PlaintextTooLong``, and ``InvalidParameter`` for no plaintext.

    GB/T 32918.4 section 6.1 step A5 starts again if the derived stream is all zeros: a one-byte plaintext
    would else be sent as it is once in 256 times. Done here too, so as not to rest on the library's age.
    """
    if len(plaintext) > PLAINTEXT_BYTES_MAX:
        raise PlaintextTooLong
    if not plaintext:
        raise InvalidParameter(parameter="plaintext", reason="length")
    while True:
        ciphertext = library.encrypt(public, plaintext)
        if not ciphertext.endswith(plaintext):  # C2 comes last; it equals the plaintext if the stream is zero
            return ciphertext


def decrypt_with(library: Libcrypto, private: Key, ciphertext: bytes) -> bytes:
    """The plaintext. Whatever is wrong, the fault is the same ``AsymmetricDecryptionFailed``.

    The library ignores what follows the ASN.1 structure; here a ciphertext with a tail is another ciphertext.
    """
    if not _is_one_sequence(ciphertext):
        raise AsymmetricDecryptionFailed
    try:
        return library.decrypt(private, ciphertext)
    except NativeError:
        raise AsymmetricDecryptionFailed from None


def _is_one_sequence(der: bytes) -> bool:
    """Whether ``der`` is one DER SEQUENCE by its outer tag and length, and nothing after it."""
    if len(der) < 2 or der[0] != 0x30:
        return False
    if der[1] < 0x80:
        return len(der) == 2 + der[1]
    size_end = 2 + (der[1] & 0x7F)
    return len(der) == size_end + int.from_bytes(der[2:size_end], "big")


class Sm2Handle(Handle):
    """An opened SM2 key (``CanEncryptAsymmetric``, ``CanSign``, ``CanExportPublic``). Thread-safe."""

    __slots__ = ("_key", "_library", "_public_der", "_z")

    def __init__(self, spec: KeySpec, library: Libcrypto, key: Key) -> None:
        super().__init__(spec)
        self._library = library
        self._key = key
        self._public_der = library.spki(key)
        self._z = z_value(self._public_der)

    def encrypt(self, plaintext: bytes, algorithm: Algorithm) -> bytes:
        """SM2 encryption, 1 to 6047 bytes. Raises ``PlaintextTooLong``, ``AlgorithmMismatch``."""
        if algorithm is not Algorithm.SM2_ENCRYPT:
            raise mismatch(self._spec, algorithm)
        try:
            return encrypt_to(self._library, self._key, plaintext)
        except NativeError:
            raise ProviderFailed(reason="SM2 encryption failed") from None

    def decrypt(self, ciphertext: bytes, algorithm: Algorithm) -> bytes:
        """SM2 decryption. Raises ``AsymmetricDecryptionFailed``, ``AlgorithmMismatch``."""
        if algorithm is not Algorithm.SM2_ENCRYPT:
            raise mismatch(self._spec, algorithm)
        return decrypt_with(self._library, self._key, ciphertext)

    def sign(self, message: bytes, algorithm: Algorithm, *, digest: bool) -> bytes:
        """SM2 signature. Raises ``AlgorithmMismatch``, ``DigestLengthMismatch``."""
        e = self._e(message, algorithm, digest=digest)
        try:
            return self._library.sign(self._key, e)
        except NativeError:
            raise ProviderFailed(reason="SM2 signing failed") from None

    def verify(self, message: bytes, signature: bytes, algorithm: Algorithm, *, digest: bool) -> bool:
        """Whether the signature fits."""
        e = self._e(message, algorithm, digest=digest)
        try:
            return self._library.verify(self._key, signature, e)
        except NativeError:
            raise ProviderFailed(reason="SM2 verification failed") from None

    def public_der(self) -> bytes:
        """SubjectPublicKeyInfo: id-ecPublicKey on curve 1.2.156.10197.1.301."""
        return self._public_der

    def _e(self, message: bytes, algorithm: Algorithm, *, digest: bool) -> bytes:
        if algorithm is not Algorithm.SM2_SM3:
            raise mismatch(self._spec, algorithm)
        if not digest:
            return sm3(self._z, message)
        if len(message) != DIGEST_BYTES:
            raise DigestLengthMismatch(algorithm=algorithm.value)
        return message


class Sm2Family:
    """SM2 keys: PKCS #8 DER. ``library`` is None where no libcrypto with a working SM2 was found."""

    __slots__ = ("_library",)

    def __init__(self, library: Libcrypto | None) -> None:
        self._library = library if library is not None and works(library) else None

    def supports(self, spec: KeySpec) -> bool:
        """Where the library was found and passed the standard's example."""
        return spec.family is Family.SM2 and self._library is not None

    def generate(self, spec: KeySpec) -> KeyPair:
        """A fresh key. Raises ``UnsupportedKeySpec``, ``ProviderFailed``."""
        library = self.library(spec.name)
        try:
            key = library.generate(NAME)
            return KeyPair(library.pkcs8(key), library.spki(key))
        except NativeError:
            raise ProviderFailed(reason="SM2 key generation failed") from None

    def accept(self, spec: KeySpec, material: KeyMaterial) -> KeyPair:
        """PKCS #8 DER of an SM2 key, its halves checked against each other. Raises ``InvalidKeyMaterial``."""
        library = self.library(spec.name)
        try:
            key = library.private_key(material, NAME)
            library.check(key)
            return KeyPair(library.pkcs8(key), library.spki(key))
        except NativeError:
            raise InvalidKeyMaterial(spec=spec.name) from None

    def open(self, spec: KeySpec, private: KeyMaterial) -> Sm2Handle:
        """A handle. Raises ``ValueError`` if it does not parse, ``UnsupportedKeySpec`` without the library."""
        library = self.library(spec.name)
        try:
            return Sm2Handle(spec, library, library.private_key(private, NAME))
        except NativeError:
            msg = "not an SM2 key"
            raise ValueError(msg) from None

    def library(self, spec_name: str = NAME) -> Libcrypto:
        """The library. Raises ``UnsupportedKeySpec`` where there is none."""
        if self._library is None:
            raise UnsupportedKeySpec(spec=spec_name)
        return self._library
