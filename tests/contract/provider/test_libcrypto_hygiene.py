"""The system's libcrypto behind SM2: nothing leaks, no error stays queued, an unknown library is refused."""

from __future__ import annotations

import gc

import cffi
import pytest

from bitting.core.faults import AsymmetricDecryptionFailed, InvalidKeyMaterial
from bitting.core.material import KeyMaterial
from bitting.core.specs import SPECS, Algorithm
from bitting.providers.software.libcrypto import _NAMES, Libcrypto, NativeError
from bitting.providers.software.sm2 import encrypt_to

SM2 = SPECS["SM2"]
ROUNDS = 200


@pytest.fixture(scope="module")
def library():
    found = Libcrypto.find()
    if found is None:
        pytest.skip("no libcrypto on this machine")
    return found


def queued_error():
    """The calling thread's oldest queued error in the same library; 0 if there is none."""
    ffi = cffi.FFI()
    ffi.cdef("unsigned long ERR_peek_error(void);")
    for name in _NAMES:
        try:
            return ffi.dlopen(name).ERR_peek_error()
        except OSError:
            continue
    return 0


@pytest.fixture(scope="module")
def bytes_in_use():
    """Bytes handed out by the C heap and not given back, to the byte. Python's small objects are not in it."""
    ffi = cffi.FFI()
    ffi.cdef("""
        struct mallinfo2 {
            size_t arena, ordblks, smblks, hblks, hblkhd, usmblks, fsmblks, uordblks, fordblks, keepcost;
        };
        struct mallinfo2 mallinfo2(void);
    """)
    try:
        libc = ffi.dlopen("libc.so.6")
        count = libc.mallinfo2
    except (OSError, AttributeError):
        pytest.skip("needs glibc 2.33 or later")
    return lambda: count().uordblks


def everything(backend, handle):
    """One of each call, the failing ones too."""
    signature = handle.sign(bytes(32), Algorithm.SM2_SM3, digest=True)
    assert not handle.verify(b"\x01" * 32, signature, Algorithm.SM2_SM3, digest=True)
    assert not handle.verify(bytes(32), b"\x30\x00", Algorithm.SM2_SM3, digest=True)
    ciphertext = handle.encrypt(bytes(5000), Algorithm.SM2_ENCRYPT)
    handle.decrypt(ciphertext, Algorithm.SM2_ENCRYPT)
    with pytest.raises(AsymmetricDecryptionFailed):
        handle.decrypt(ciphertext[:-1] + bytes((ciphertext[-1] ^ 1,)), Algorithm.SM2_ENCRYPT)
    with pytest.raises(InvalidKeyMaterial):
        backend.provider.import_material(SM2, KeyMaterial(b"\x30\x00"), b"")
    backend.provider.import_material(SM2, backend.material(SM2), b"")
    backend.provider.open(SM2, backend.provider.create(SM2, b""), b"").public_der()


def test_no_error_stays_queued(backend):
    """After each refusal, before anything else could clear it."""
    handle = backend.key(SM2).handle
    ciphertext = handle.encrypt(b"message", Algorithm.SM2_ENCRYPT)
    with pytest.raises(AsymmetricDecryptionFailed):
        handle.decrypt(ciphertext[:-1] + bytes((ciphertext[-1] ^ 1,)), Algorithm.SM2_ENCRYPT)
    assert queued_error() == 0
    assert not handle.verify(bytes(32), b"\x30\x00", Algorithm.SM2_SM3, digest=True)
    assert queued_error() == 0
    with pytest.raises(InvalidKeyMaterial):
        backend.provider.import_material(SM2, KeyMaterial(b"\x30\x00"), b"")
    assert queued_error() == 0
    everything(backend, handle)
    assert queued_error() == 0


def test_memory_does_not_grow(backend, bytes_in_use):
    """Every object that the library gave is given back: the heap stands still over many rounds."""
    handle = backend.key(SM2).handle
    for _ in range(20):
        everything(backend, handle)
    gc.collect()
    before = bytes_in_use()
    for _ in range(ROUNDS):
        everything(backend, handle)
    gc.collect()
    # The smallest thing that can be left behind is more than 100 bytes a round; the interpreter's own noise is less.
    assert bytes_in_use() - before < ROUNDS * 64


def test_plaintext_never_goes_out_as_it_is():
    """GB/T 32918.4 section 6.1 step A5, where the library leaves it out: an all-zero stream is drawn again."""

    class Careless:
        answers = iter((b"head" + b"m", b"head" + b"m", b"head" + b"x"))

        def encrypt(self, _key, _plaintext):
            return next(self.answers)

    assert encrypt_to(Careless(), None, b"m") == b"headx"


@pytest.mark.parametrize("path", ["/nonexistent", __file__, "libc.so.6"])
def test_what_is_no_libcrypto_is_not_taken(path):
    assert Libcrypto.find(path) is None


def test_unknown_types_are_refused(library):
    with pytest.raises(NativeError):
        library.generate("NO-SUCH-TYPE")
    with pytest.raises(NativeError):
        library.private_key(KeyMaterial(b""), "SM2")
    with pytest.raises(NativeError):
        library.public_key(b"", "SM2")
    assert library.scheme("NO-SUCH-SCHEME") is None
    assert queued_error() == 0


def test_error_says_nothing(library):
    with pytest.raises(NativeError) as caught:
        library.private_key(KeyMaterial(b"\x30\x03\x02\x01\x00"), "SM2")
    assert str(caught.value) == ""
    assert caught.value.args == ()


def test_version_is_readable(library):
    assert "SSL" in library.version()
