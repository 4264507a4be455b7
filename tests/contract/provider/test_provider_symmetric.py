"""AES and SM4 handles: every algorithm round-trips, every change is noticed where it can be."""

from __future__ import annotations

import os

import pytest

from bitting.core.faults import AlgorithmMismatch, InvalidCiphertext, InvalidParameter
from bitting.core.specs import SPECS, Algorithm, Usage

CIPHERS = [
    pytest.param(spec, algorithm, id=f"{spec.name}-{algorithm.value[4:]}")
    for spec in SPECS.values()
    if spec.family.symmetric
    for algorithm in spec.algorithms[Usage.ENCRYPT]
]
GCM = [case for case in CIPHERS if case.id.endswith("GCM")]
BLOCK = [case for case in CIPHERS if not case.id.endswith("GCM")]
SIZES = (0, 1, 15, 16, 17, 1024, 6144)


def iv_for(algorithm):
    return bytes(range({"GCM": 12, "CBC": 16, "ECB": 0}[algorithm.value[4:]]))


@pytest.mark.parametrize(("spec", "algorithm"), CIPHERS)
def test_round_trip(backend, spec, algorithm):
    handle, iv = backend.key(spec).handle, iv_for(algorithm)
    for size in SIZES:
        plaintext = os.urandom(size)
        sealed = handle.seal(plaintext, iv=iv, algorithm=algorithm)
        assert plaintext not in sealed or size < 2
        assert handle.unseal(sealed, iv=iv, algorithm=algorithm) == plaintext


@pytest.mark.parametrize(("spec", "algorithm"), GCM)
def test_gcm_is_the_default_and_ignores_padding(backend, spec, algorithm):
    handle, iv = backend.key(spec).handle, iv_for(algorithm)
    sealed = handle.seal(b"abc", iv=iv, aad=b"context", padding=True)
    assert sealed == handle.seal(b"abc", iv=iv, aad=b"context", algorithm=algorithm, padding=False)
    assert len(sealed) == 3 + 16


@pytest.mark.parametrize(("spec", "algorithm"), GCM)
def test_gcm_notices_every_changed_byte(backend, spec, algorithm):
    handle, iv = backend.key(spec).handle, iv_for(algorithm)
    sealed = handle.seal(b"plaintext", iv=iv, aad=b"context")
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 0x80
        with pytest.raises(InvalidCiphertext):
            handle.unseal(bytes(changed), iv=iv, aad=b"context", algorithm=algorithm)
    for cut in (b"", sealed[:15], sealed[:-1], sealed[1:], sealed + b"\x00"):
        with pytest.raises(InvalidCiphertext):
            handle.unseal(cut, iv=iv, aad=b"context")
    for wrong in (b"", b"Context", b"context "):
        with pytest.raises(InvalidCiphertext):
            handle.unseal(sealed, iv=iv, aad=wrong)
    with pytest.raises(InvalidCiphertext):
        handle.unseal(sealed, iv=bytes(12), aad=b"context")


@pytest.mark.parametrize(("spec", "algorithm"), BLOCK)
def test_unpadded_takes_whole_blocks_only(backend, spec, algorithm):
    handle, iv = backend.key(spec).handle, iv_for(algorithm)
    sealed = handle.seal(bytes(48), iv=iv, algorithm=algorithm, padding=False)
    assert len(sealed) == 48
    assert handle.unseal(sealed, iv=iv, algorithm=algorithm, padding=False) == bytes(48)
    with pytest.raises(InvalidParameter) as caught:
        handle.seal(bytes(47), iv=iv, algorithm=algorithm, padding=False)
    assert (caught.value.detail("parameter"), caught.value.detail("reason")) == ("plaintext", "multiple")
    with pytest.raises(InvalidCiphertext):
        handle.unseal(sealed[:-1], iv=iv, algorithm=algorithm, padding=False)


@pytest.mark.parametrize(("spec", "algorithm"), BLOCK)
def test_broken_padding_is_an_invalid_ciphertext(backend, spec, algorithm):
    handle, iv = backend.key(spec).handle, iv_for(algorithm)
    for last in (b"\x00", b"\x11", b"\xff"):
        sealed = handle.seal(bytes(15) + last, iv=iv, algorithm=algorithm, padding=False)
        with pytest.raises(InvalidCiphertext):
            handle.unseal(sealed, iv=iv, algorithm=algorithm)
    for wrong in (b"", sealed[:8], sealed + b"\x00"):
        with pytest.raises(InvalidCiphertext):
            handle.unseal(wrong, iv=iv, algorithm=algorithm)


@pytest.mark.parametrize(("spec", "algorithm"), BLOCK)
def test_modes_without_a_tag_refuse_additional_data(backend, spec, algorithm):
    handle, iv = backend.key(spec).handle, iv_for(algorithm)
    for call in (handle.seal, handle.unseal):
        with pytest.raises(InvalidParameter) as caught:
            call(bytes(16), iv=iv, aad=b"x", algorithm=algorithm)
        assert caught.value.detail("parameter") == "aad"


@pytest.mark.parametrize(("spec", "algorithm"), CIPHERS)
def test_iv_of_another_length_is_refused(backend, spec, algorithm):
    handle, right = backend.key(spec).handle, len(iv_for(algorithm))
    for size in {0, 8, 11, 12, 13, 16, 17} - {right}:
        for call in (handle.seal, handle.unseal):
            with pytest.raises(InvalidParameter) as caught:
                call(bytes(32), iv=bytes(size), algorithm=algorithm)
            assert (caught.value.detail("parameter"), caught.value.detail("reason")) == ("iv", "length")


@pytest.mark.parametrize(("spec", "algorithm"), GCM)
def test_every_other_algorithm_is_refused(backend, spec, algorithm):
    handle = backend.key(spec).handle
    for other in set(Algorithm) - set(spec.algorithms[Usage.ENCRYPT]):
        for call in (handle.seal, handle.unseal):
            with pytest.raises(AlgorithmMismatch):
                call(bytes(32), iv=iv_for(algorithm), algorithm=other)
