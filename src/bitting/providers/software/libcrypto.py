"""The system's libcrypto, for what the bundled library does not offer: SM2 and Ed25519ph.

::

    Libcrypto.find() ──> Libcrypto | None        dlopen, version >= 3.0
      .private_key(der) .public_key(der) .generate(name) ──> Key   (freed with the Python object)
      .sign/.verify(key, digest)  .encrypt/.decrypt(key, bytes)    one EVP context a call, freed in any case

Everything goes through the EVP interface by cffi in ABI mode; no structure's layout is known here.
Calls release the interpreter lock. A key is only read after it is made, so threads may share it. The
error queue is per thread and shared with other users of the same library, so it is left empty.
Source: OpenSSL 3 manual pages EVP_PKEY_sign(3), EVP_PKEY_encrypt(3), EVP_SIGNATURE-ED25519(7), EVP_PKEY-SM2(7).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import cffi

from bitting.core.material import KeyMaterial
from bitting.core.reveal import reveal

_NAMES = ("libcrypto.so.4", "libcrypto.so.3", "libcrypto.3.dylib", "libcrypto.so")
_VERSION_MIN = 0x30000000

_DECLARATIONS = """
typedef struct evp_pkey_st EVP_PKEY;
typedef struct evp_pkey_ctx_st EVP_PKEY_CTX;
typedef struct evp_signature_st EVP_SIGNATURE;
typedef struct pkcs8_priv_key_info_st PKCS8_PRIV_KEY_INFO;

unsigned long OpenSSL_version_num(void);
const char *OpenSSL_version(int type);
void ERR_clear_error(void);
void CRYPTO_clear_free(void *memory, size_t size, const char *file, int line);

EVP_PKEY *d2i_AutoPrivateKey(EVP_PKEY **key, const unsigned char **from, long size);
EVP_PKEY *d2i_PUBKEY(EVP_PKEY **key, const unsigned char **from, long size);
int i2d_PUBKEY(const EVP_PKEY *key, unsigned char **to);
PKCS8_PRIV_KEY_INFO *EVP_PKEY2PKCS8(const EVP_PKEY *key);
int i2d_PKCS8_PRIV_KEY_INFO(const PKCS8_PRIV_KEY_INFO *info, unsigned char **to);
void PKCS8_PRIV_KEY_INFO_free(PKCS8_PRIV_KEY_INFO *info);
int EVP_PKEY_is_a(const EVP_PKEY *key, const char *name);
void EVP_PKEY_free(EVP_PKEY *key);

EVP_PKEY_CTX *EVP_PKEY_CTX_new_from_name(void *library, const char *name, const char *properties);
EVP_PKEY_CTX *EVP_PKEY_CTX_new_from_pkey(void *library, EVP_PKEY *key, const char *properties);
void EVP_PKEY_CTX_free(EVP_PKEY_CTX *context);
int EVP_PKEY_keygen_init(EVP_PKEY_CTX *context);
int EVP_PKEY_keygen(EVP_PKEY_CTX *context, EVP_PKEY **key);
int EVP_PKEY_check(EVP_PKEY_CTX *context);
int EVP_PKEY_sign_init(EVP_PKEY_CTX *context);
int EVP_PKEY_sign_init_ex2(EVP_PKEY_CTX *context, EVP_SIGNATURE *scheme, const void *parameters);
int EVP_PKEY_sign(EVP_PKEY_CTX *context, unsigned char *out, size_t *out_size, const unsigned char *in, size_t size);
int EVP_PKEY_verify_init(EVP_PKEY_CTX *context);
int EVP_PKEY_verify_init_ex2(EVP_PKEY_CTX *context, EVP_SIGNATURE *scheme, const void *parameters);
int EVP_PKEY_verify(EVP_PKEY_CTX *context, const unsigned char *signature, size_t signature_size,
                    const unsigned char *in, size_t size);
int EVP_PKEY_encrypt_init(EVP_PKEY_CTX *context);
int EVP_PKEY_encrypt(EVP_PKEY_CTX *context, unsigned char *out, size_t *out_size, const unsigned char *in, size_t size);
int EVP_PKEY_decrypt_init(EVP_PKEY_CTX *context);
int EVP_PKEY_decrypt(EVP_PKEY_CTX *context, unsigned char *out, size_t *out_size, const unsigned char *in, size_t size);
EVP_SIGNATURE *EVP_SIGNATURE_fetch(void *library, const char *name, const char *properties);
void EVP_SIGNATURE_free(EVP_SIGNATURE *scheme);
"""


class NativeError(Exception):
    """The library refused. Carries nothing: its words may describe secrets, and the caller has its own."""


class Key:
    """A key inside the library, freed with this object. Safe to share between threads."""

    __slots__ = ("pointer",)

    def __init__(self, pointer: Any) -> None:
        self.pointer = pointer

    def __repr__(self) -> str:
        return "<Key in libcrypto>"

    def __reduce__(self) -> NoReturn:
        msg = "a key is not pickled"
        raise TypeError(msg)


class Scheme(Key):
    """A signature scheme fetched by name, for keys that have more than one."""

    __slots__ = ()


class Libcrypto:
    """The loaded library. Thread-safe; all methods raise ``NativeError`` and leave no error queued."""

    __slots__ = ("_ffi", "_lib")

    def __init__(self, ffi: Any, lib: Any) -> None:
        self._ffi = ffi
        self._lib = lib

    @classmethod
    def find(cls, path: str | None = None) -> Libcrypto | None:
        """The library at ``path``, or else the system's; None if there is none of version 3.0 or later.

        Takes some 50 ms, most of it parsing the declarations: keep what it returns.
        """
        ffi = cffi.FFI()
        ffi.cdef(_DECLARATIONS)
        for name in (path,) if path else _NAMES:
            try:
                lib = ffi.dlopen(name)
                if lib.OpenSSL_version_num() >= _VERSION_MIN:
                    return cls(ffi, lib)
            except (OSError, AttributeError):
                continue  # not there, or something else by that name
        return None

    def version(self) -> str:
        """The library's own words, for the log."""
        return str(self._ffi.string(self._lib.OpenSSL_version(0)).decode("ascii", "replace"))

    def generate(self, name: str) -> Key:
        """A fresh key of the named type."""
        found = self._ffi.new("EVP_PKEY **")
        context = self._lib.EVP_PKEY_CTX_new_from_name(self._ffi.NULL, name.encode("ascii"), self._ffi.NULL)
        with self._freeing(context):
            self._require(self._lib.EVP_PKEY_keygen_init(context))
            self._require(self._lib.EVP_PKEY_keygen(context, found))
            return Key(self._ffi.gc(found[0], self._lib.EVP_PKEY_free))

    def private_key(self, material: KeyMaterial, name: str) -> Key:
        """A private key of the named type from PKCS #8 DER; nothing may follow it."""
        return self._parse(self._lib.d2i_AutoPrivateKey, reveal(material), name)

    def public_key(self, der: bytes, name: str) -> Key:
        """A public key of the named type from SubjectPublicKeyInfo DER; nothing may follow it."""
        return self._parse(self._lib.d2i_PUBKEY, der, name)

    def check(self, key: Key) -> None:
        """Return if the private and public halves are in range and belong together."""
        with self._context(key) as context:
            self._require(self._lib.EVP_PKEY_check(context))

    def pkcs8(self, key: Key) -> KeyMaterial:
        """The private key as PKCS #8 DER. The library's copy is overwritten before it is freed."""
        info = self._lib.EVP_PKEY2PKCS8(key.pointer)
        if info == self._ffi.NULL:
            self._refuse()
        try:
            return KeyMaterial(self._encode(self._lib.i2d_PKCS8_PRIV_KEY_INFO, info))
        finally:
            self._lib.PKCS8_PRIV_KEY_INFO_free(info)

    def spki(self, key: Key) -> bytes:
        """The public key as SubjectPublicKeyInfo DER."""
        return self._encode(self._lib.i2d_PUBKEY, key.pointer)

    def scheme(self, name: str) -> Scheme | None:
        """A signature scheme by name, or None if the library has none, or cannot sign digests with it."""
        try:
            _ = self._lib.EVP_PKEY_sign_init_ex2
        except AttributeError:
            return None
        found = self._lib.EVP_SIGNATURE_fetch(self._ffi.NULL, name.encode("ascii"), self._ffi.NULL)
        if found == self._ffi.NULL:
            self._lib.ERR_clear_error()
            return None
        return Scheme(self._ffi.gc(found, self._lib.EVP_SIGNATURE_free))

    def sign(self, key: Key, digest: bytes, scheme: Scheme | None = None) -> bytes:
        """A signature of the digest itself: nothing is hashed or prefixed here."""
        with self._context(key) as context:
            if scheme is None:
                self._require(self._lib.EVP_PKEY_sign_init(context))
            else:
                self._require(self._lib.EVP_PKEY_sign_init_ex2(context, scheme.pointer, self._ffi.NULL))
            return self._output(self._lib.EVP_PKEY_sign, context, digest)

    def verify(self, key: Key, signature: bytes, digest: bytes, scheme: Scheme | None = None) -> bool:
        """Whether the signature fits the digest. A malformed one does not."""
        with self._context(key) as context:
            if scheme is None:
                self._require(self._lib.EVP_PKEY_verify_init(context))
            else:
                self._require(self._lib.EVP_PKEY_verify_init_ex2(context, scheme.pointer, self._ffi.NULL))
            return bool(self._lib.EVP_PKEY_verify(context, signature, len(signature), digest, len(digest)) == 1)

    def encrypt(self, key: Key, plaintext: bytes) -> bytes:
        """Encrypt under the type's only scheme."""
        with self._context(key) as context:
            self._require(self._lib.EVP_PKEY_encrypt_init(context))
            return self._output(self._lib.EVP_PKEY_encrypt, context, plaintext)

    def decrypt(self, key: Key, ciphertext: bytes) -> bytes:
        """Decrypt under the type's only scheme."""
        with self._context(key) as context:
            self._require(self._lib.EVP_PKEY_decrypt_init(context))
            return self._output(self._lib.EVP_PKEY_decrypt, context, ciphertext)

    # ── inside ────────────────────────────────────────────────────────────────

    def _parse(self, parser: Any, der: bytes, name: str) -> Key:
        start = self._ffi.from_buffer("unsigned char[]", der)
        position = self._ffi.new("const unsigned char **", start)
        pointer = parser(self._ffi.NULL, position, len(der))
        # Decoders queue errors of those that did not fit even when one did.
        self._lib.ERR_clear_error()
        if pointer == self._ffi.NULL:
            raise NativeError
        key = Key(self._ffi.gc(pointer, self._lib.EVP_PKEY_free))
        if position[0] != start + len(der) or self._lib.EVP_PKEY_is_a(pointer, name.encode("ascii")) != 1:
            raise NativeError
        return key

    def _encode(self, encoder: Any, pointer: Any) -> bytes:
        out = self._ffi.new("unsigned char **")
        size = encoder(pointer, out)
        if size <= 0:
            self._refuse()
        try:
            return bytes(self._ffi.buffer(out[0], size))
        finally:
            self._lib.CRYPTO_clear_free(out[0], size, self._ffi.NULL, 0)

    def _output(self, operation: Any, context: Any, given: bytes) -> bytes:
        """Ask for the size, then for the bytes. The size asked for first is an upper bound."""
        size = self._ffi.new("size_t *")
        self._require(operation(context, self._ffi.NULL, size, given, len(given)))
        out = self._ffi.new("unsigned char[]", size[0])
        self._require(operation(context, out, size, given, len(given)))
        return bytes(self._ffi.buffer(out, size[0]))

    @contextmanager
    def _context(self, key: Key) -> Iterator[Any]:
        context = self._lib.EVP_PKEY_CTX_new_from_pkey(self._ffi.NULL, key.pointer, self._ffi.NULL)
        with self._freeing(context):
            yield context

    @contextmanager
    def _freeing(self, context: Any) -> Iterator[None]:
        if context == self._ffi.NULL:
            self._refuse()
        try:
            yield
        finally:
            self._lib.EVP_PKEY_CTX_free(context)
            self._lib.ERR_clear_error()

    def _require(self, result: int) -> None:
        if result != 1:
            raise NativeError

    def _refuse(self) -> NoReturn:
        self._lib.ERR_clear_error()
        raise NativeError
