"""Every spec: made, wrapped, opened; refused under anything but its own binding."""

from __future__ import annotations

import copy
import pickle

import pytest

from bitting.core import ports
from bitting.core.faults import ProviderFailed, Unavailable, UnsupportedKeySpec
from bitting.core.reveal import reveal
from bitting.core.specs import SPECS, Family
from bitting.providers.software.provider import SoftwareProvider

CAPABILITIES = {
    ports.CanEncrypt: {Family.AES, Family.SM4},
    ports.CanEncryptAsymmetric: {Family.RSA, Family.EC, Family.SM2},
    ports.CanSign: {Family.RSA, Family.EC, Family.SM2, Family.ED25519},
    ports.CanMac: {Family.HMAC},
    ports.CanExportPublic: {Family.RSA, Family.EC, Family.SM2, Family.ED25519},
    ports.CanAgree: {Family.EC},
}

# What the bytes at some offset are: format, first and last of the iv, ciphertext, tag.
REGIONS = {"format": 0, "iv first": 1, "iv last": 12, "ciphertext": 13, "tag first": -16, "tag last": -1}


def test_stored_material_shows_no_secret(backend, made):
    material = reveal(backend.material(made.spec))
    assert material not in made.stored.wrapped
    assert bool(made.stored.public) == made.spec.family.asymmetric
    assert len(made.stored.wrapped) == len(material) + 29


@pytest.mark.parametrize("name", [name for name in SPECS if name not in {"RSA_3072", "RSA_4096"}])  # slow to make
def test_two_keys_differ_even_in_their_wrapping(backend, name):
    backend.key(SPECS[name])
    first, second = (backend.provider.create(SPECS[name], backend.binding) for _ in range(2))
    assert first.wrapped != second.wrapped
    assert first.public != second.public or not first.public


def test_opens_again_and_says_its_spec(backend, made):
    handle = backend.provider.open(made.spec, made.stored, backend.binding)
    assert handle.spec is made.spec


def test_capabilities_are_exactly_the_specs(made):
    has = {protocol for protocol in CAPABILITIES if isinstance(made.handle, protocol)}
    assert has == {protocol for protocol, families in CAPABILITIES.items() if made.spec.family in families}


@pytest.mark.parametrize("binding", [b"", b"account/key/version/spe", b"account/key/version/specs"])
def test_wrong_binding_does_not_open(backend, made, binding):
    with pytest.raises(ProviderFailed):
        backend.provider.open(made.spec, made.stored, binding)


@pytest.mark.parametrize("offset", REGIONS.values(), ids=REGIONS.keys())
def test_changed_byte_does_not_open(backend, made, offset):
    changed = bytearray(made.stored.wrapped)
    changed[offset] ^= 1
    with pytest.raises(ProviderFailed):
        backend.provider.open(made.spec, ports.StoredMaterial(bytes(changed), made.stored.public), backend.binding)


@pytest.mark.parametrize("cut", [slice(0, 0), slice(0, 28), slice(0, -1), slice(1, None)])
def test_cut_material_does_not_open(backend, made, cut):
    with pytest.raises(ProviderFailed):
        backend.provider.open(made.spec, ports.StoredMaterial(made.stored.wrapped[cut]), backend.binding)


def test_longer_material_does_not_open(backend, made):
    with pytest.raises(ProviderFailed):
        backend.provider.open(made.spec, ports.StoredMaterial(made.stored.wrapped + b"\x00"), backend.binding)


def test_material_of_another_spec_does_not_open(backend, made):
    """The caller's binding holds the spec; even without that, what cannot be a key of the spec is refused.

    Plain bytes of the right number can be a key of any spec that takes so many.
    """
    size = len(backend.material(made.spec))
    for other in SPECS.values():
        if other is made.spec or other.material_bytes == size or not backend.provider.supports(other):
            continue
        with pytest.raises(ProviderFailed):
            backend.provider.open(other, made.stored, backend.binding)


def test_public_part_in_the_store_is_not_trusted(backend, made):
    swapped = ports.StoredMaterial(made.stored.wrapped, b"somebody else's")
    handle = backend.provider.open(made.spec, swapped, backend.binding)
    if isinstance(handle, ports.CanExportPublic):
        assert handle.public_der() == made.stored.public


def test_handle_leaks_nothing(backend, made):
    material = reveal(backend.material(made.spec))
    for shown in (repr(made.handle), str(made.handle), f"{made.handle}", repr(made.stored)):
        assert material.hex() not in shown
        assert repr(material)[2:-1] not in shown
    assert repr(made.handle).endswith(f" {made.spec.name}>")
    assert not hasattr(made.handle, "__dict__")


@pytest.mark.parametrize("duplicate", [pickle.dumps, copy.copy, copy.deepcopy])
def test_handle_is_not_pickled_or_copied(made, duplicate):
    with pytest.raises(TypeError):
        duplicate(made.handle)


def test_fault_carries_no_secret(backend, made):
    material = reveal(backend.material(made.spec))
    with pytest.raises(ProviderFailed) as caught:
        backend.provider.open(made.spec, made.stored, b"other")
    assert material.hex() not in repr(caught.value.__dict__)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_destroy_and_status(backend, made):
    assert backend.provider.destroy(made.stored) is None
    assert backend.provider.status() is None


def test_another_root_key_opens_nothing(backend, made):
    other = type(backend.seal)(b"\x55" * 32)
    with pytest.raises(ProviderFailed):
        SoftwareProvider(other).open(made.spec, made.stored, backend.binding)


class Sealed:
    def root_key(self):
        raise Unavailable(reason="sealed")


def test_while_sealed_nothing_is_made_or_opened(backend):
    provider = SoftwareProvider(Sealed())
    spec = SPECS["AES_256"]
    for call in (
        provider.status,
        lambda: provider.create(spec, b""),
        lambda: provider.open(spec, backend.key(spec).stored, backend.binding),
        lambda: provider.vault.unwrap(bytes(40), b""),
    ):
        with pytest.raises(Unavailable):
            call()


def test_root_key_of_another_length_is_refused(backend):
    with pytest.raises(Unavailable):
        SoftwareProvider(type(backend.seal)(bytes(16))).status()


def test_without_libcrypto_sm2_is_missing_and_all_else_works(backend):
    provider = SoftwareProvider(backend.seal, libcrypto="/nonexistent/libcrypto.so")
    assert {name for name, spec in SPECS.items() if not provider.supports(spec)} == {"SM2"}
    with pytest.raises(UnsupportedKeySpec) as caught:
        provider.create(SPECS["SM2"], b"")
    assert caught.value.detail("spec") == "SM2"
    assert not provider.prehashes


def test_seal_that_changes_its_key_takes_effect_at_once(backend):
    seal = type(backend.seal)()
    provider = SoftwareProvider(seal, libcrypto="/nonexistent")
    stored = provider.create(SPECS["AES_256"], b"b")
    seal.key = type(backend.seal)(b"\x01" * 32).key
    with pytest.raises(ProviderFailed):
        provider.open(SPECS["AES_256"], stored, b"b")
