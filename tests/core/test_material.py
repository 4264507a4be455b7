"""Imported material through the gate: tokens, wrapping, the same again, expiry, private keys."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.keywrap import aes_key_wrap_with_padding
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_public_key,
)

from bitting.core import faults
from bitting.core.model.importing import ImportTicket
from bitting.core.model.key import Key, KeyRef, KeyState, KeyVersion, Origin
from bitting.core.scheduler import Scheduler
from bitting.core.specs import Algorithm
from bitting.core.usecases.crypto import encryption as crypto
from bitting.core.usecases.crypto import signing
from bitting.core.usecases.keys import deletion, material_import, pending_import
from bitting.core.usecases.keys import lifecycle as keys
from bitting.core.usecases.keys import sweeps as scheduled_keys

DAY_MS = 86_400_000
OAEP = {
    "RSA_OAEP_SHA256": padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None),
    "RSA_OAEP_SHA1": padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None),
    "RSAES_PKCS1_V1_5": padding.PKCS1v15(),
}


def make(session: Any, spec: str = "AES_256", usage: str = "") -> KeyRef:
    key = session.run(keys.create, keys.CreateKey(spec=spec, usage=usage, origin=Origin.EXTERNAL))
    return KeyRef.by_id(key.id)


def parameters(session: Any, key: KeyRef, algorithm: str = "RSA_OAEP_SHA256") -> material_import.Parameters:
    found: material_import.Parameters = session.run(
        material_import.parameters, material_import.GetParameters(key, algorithm)
    )
    return found


def wrap(session: Any, given: material_import.Parameters, algorithm: str, plain: bytes) -> bytes:
    if algorithm == "SM2_ENCRYPT":
        sealed: bytes = session.runtime.vault.encrypt_to(given.public, plain, Algorithm.SM2_ENCRYPT)
        return sealed
    public = load_der_public_key(given.public)
    assert isinstance(public, rsa.RSAPublicKey)
    return public.encrypt(plain, OAEP[algorithm])


def bring(session: Any, key: KeyRef, plain: bytes, algorithm: str = "RSA_OAEP_SHA256", **more: Any) -> Key:
    given = parameters(session, key, algorithm)
    command = material_import.Import(key, given.token, wrap(session, given, algorithm, plain), **more)
    taken: Key = session.run(material_import.import_, command)
    return taken


@pytest.mark.parametrize("algorithm", sorted(material_import.WRAPPERS))
def test_every_wrapping_brings_the_material_in(session: Any, algorithm: str) -> None:
    key = make(session)
    plain = os.urandom(32)
    assert bring(session, key, plain, algorithm).state is KeyState.ENABLED
    sealed = session.run(crypto.encrypt, crypto.Encrypt(key, b"hello"))
    assert (
        session.run(crypto.decrypt_parts, crypto.DecryptParts(sealed.blob.sealed, sealed.blob.iv, key)).plaintext
        == b"hello"
    )
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

    assert AESGCM(plain).decrypt(sealed.blob.iv, sealed.blob.sealed, b"") == b"hello"


@pytest.mark.parametrize(("spec", "size"), [("AES_128", 16), ("AES_192", 24), ("SM4", 16), ("HMAC_SHA512", 64)])
def test_other_specs_take_their_own_length_only(session: Any, spec: str, size: int) -> None:
    key = make(session, spec)
    for wrong in (size - 1, size + 1):
        with pytest.raises(faults.KeyMaterialLengthInvalid) as raised:
            bring(session, key, bytes(wrong))
        assert raised.value.detail("spec") == spec
    assert bring(session, key, bytes(size)).state is KeyState.ENABLED


def test_only_the_same_material_comes_back(session: Any) -> None:
    key, plain = make(session), os.urandom(32)
    bring(session, key, plain)
    sealed = session.run(crypto.encrypt, crypto.Encrypt(key, b"hello")).blob
    session.run(material_import.delete_material, material_import.DeleteMaterial(key))
    with pytest.raises(faults.KeyPendingImport):
        session.run(crypto.encrypt, crypto.Encrypt(key, b"hello"))
    assert [version.wrapped for version in session.all(KeyVersion)] == [b""]
    with pytest.raises(faults.KeyMaterialDiffers):
        bring(session, key, os.urandom(32))
    bring(session, key, plain)
    assert session.run(crypto.decrypt_parts, crypto.DecryptParts(sealed.sealed, sealed.iv, key)).plaintext == b"hello"


def test_again_moves_the_expiry_and_leaves_the_state(session: Any) -> None:
    key, plain = make(session), os.urandom(32)
    bring(session, key, plain, expires_ms=session.clock.now_ms() + DAY_MS)
    session.run(keys.disable, keys.KeyCommand(key))
    later = session.clock.now_ms() + 2 * DAY_MS
    changed = bring(session, key, plain, expires_ms=later)
    assert (changed.state, changed.material_expires_ms) == (KeyState.DISABLED, later)
    session.clock.advance(days=3)
    assert session.run(keys.describe, keys.KeyCommand(key)).state is KeyState.PENDING_IMPORT
    assert bring(session, key, plain).state is KeyState.ENABLED


def test_an_expiry_in_the_past_is_refused(session: Any) -> None:
    key = make(session)
    with pytest.raises(faults.InvalidParameter) as raised:
        bring(session, key, bytes(32), expires_ms=session.clock.now_ms())
    assert (raised.value.detail("parameter"), raised.value.detail("reason")) == ("expires_ms", "past")


def test_a_token_is_for_its_key_and_for_a_day(session: Any) -> None:
    key, other = make(session), make(session)
    given = parameters(session, key)
    assert given.expires_ms == session.clock.now_ms() + DAY_MS
    wrapped = wrap(session, given, "RSA_OAEP_SHA256", bytes(32))
    with pytest.raises(faults.ImportTokenKeyMismatch):
        session.run(material_import.import_, material_import.Import(other, given.token, wrapped))
    for token in (b"", b"nonsense", given.token[:-1], given.token[:-1] + bytes([given.token[-1] ^ 1])):
        with pytest.raises(faults.InvalidImportToken) as raised:
            session.run(material_import.import_, material_import.Import(key, token, wrapped))
        assert not isinstance(raised.value, faults.ImportTokenKeyMismatch)
    session.clock.advance(days=1)
    with pytest.raises(faults.ExpiredImportToken):
        session.run(material_import.import_, material_import.Import(key, given.token, wrapped))


def test_expired_tickets_are_swept_and_their_tokens_still_say_so(session: Any) -> None:
    key = make(session)
    given = parameters(session, key)
    gate = session.runtime.gate
    scheduler = Scheduler(gate, {}, scheduled_keys.SWEEPS, "w", lambda job, error: pytest.fail(f"{job}: {error}"))
    assert scheduler.run_due() == 0
    session.clock.advance(days=1)
    assert scheduler.run_due() == 1
    assert session.all(ImportTicket) == []
    with pytest.raises(faults.ExpiredImportToken):
        session.run(material_import.import_, material_import.Import(key, given.token, b"x"))


def test_tickets_are_bounded_the_oldest_goes(session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(material_import, "TICKETS_MAX", 2)
    key = make(session)
    first = parameters(session, key)
    for _ in range(2):
        session.clock.advance(seconds=1)
        parameters(session, key)
    assert len(session.all(ImportTicket)) == 2
    with pytest.raises(faults.InvalidImportToken):
        session.run(
            material_import.import_,
            material_import.Import(key, first.token, wrap(session, first, "RSA_OAEP_SHA256", bytes(32))),
        )


def test_the_wrapping_key_of_another_call_does_not_open_it(session: Any) -> None:
    key = make(session)
    one, two = parameters(session, key), parameters(session, key)
    assert one.public != two.public
    with pytest.raises(faults.InvalidKeyMaterial):
        session.run(
            material_import.import_,
            material_import.Import(key, one.token, wrap(session, two, "RSA_OAEP_SHA256", bytes(32))),
        )


def test_keys_of_our_own_make_and_of_services_take_nothing(session: Any) -> None:
    own = KeyRef.by_id(session.run(keys.create, keys.CreateKey()).id)
    service = KeyRef.by_id(session.run(keys.create, keys.CreateKey(origin=Origin.EXTERNAL, service="oss")).id)
    for key, fault in ((own, faults.UnsupportedOrigin), (service, faults.ServiceKeyProtected)):
        for use, command in (
            (material_import.parameters, material_import.GetParameters(key, "RSA_OAEP_SHA256")),
            (material_import.import_, material_import.Import(key, b"t", b"w")),
            (material_import.delete_material, material_import.DeleteMaterial(key)),
        ):
            with pytest.raises(fault):
                session.run(use, command)


@pytest.mark.parametrize(("algorithm", "spec"), [("RSA_OAEP_MD5", ""), ("RSA_OAEP_SHA256", "SM2")])
def test_wrappings_that_are_none(session: Any, algorithm: str, spec: str) -> None:
    with pytest.raises(faults.InvalidParameter):
        session.run(material_import.parameters, material_import.GetParameters(make(session), algorithm, spec))


def test_deleting_in_every_state(session: Any) -> None:
    waiting = make(session)
    assert (
        session.run(material_import.delete_material, material_import.DeleteMaterial(waiting)).state
        is KeyState.PENDING_IMPORT
    )
    dying = make(session)
    bring(session, dying, bytes(32))
    due = session.run(deletion.schedule_deletion, deletion.ScheduleDeletion(dying, 7)).deletion_due_ms
    key = session.run(material_import.delete_material, material_import.DeleteMaterial(dying))
    assert (key.state, key.deletion_due_ms) == (KeyState.PENDING_DELETION, due)
    assert session.run(deletion.cancel_deletion, deletion.CancelDeletion(dying)).state is KeyState.PENDING_IMPORT


def test_the_stricter_faces_of_the_same(session: Any) -> None:
    key = make(session)
    with pytest.raises(faults.KeyMaterialNotDeletable):
        session.run(material_import.delete_live_material, material_import.DeleteMaterial(key))
    given = session.run(pending_import.parameters, material_import.GetParameters(key, "RSA_OAEP_SHA256"))
    command = material_import.Import(key, given.token, wrap(session, given, "RSA_OAEP_SHA256", bytes(32)))
    session.run(pending_import.import_, command)
    for use, again in (
        (pending_import.import_, command),
        (pending_import.parameters, material_import.GetParameters(key, "RSA_OAEP_SHA256")),
    ):
        with pytest.raises(faults.KeyNotPendingImport):
            session.run(use, again)
    session.run(material_import.delete_live_material, material_import.DeleteMaterial(key))


def test_a_private_key_comes_under_a_temporary_key(session: Any) -> None:
    key = make(session, "EC_P256", "sign_verify")
    private = ec.generate_private_key(ec.SECP256R1())
    pkcs8 = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    for size in (16, 32):
        temporary = os.urandom(size)
        bring(session, key, temporary, private=aes_key_wrap_with_padding(temporary, pkcs8))
    spki = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert session.run(signing.public_key, signing.ExportPublic(key)).der == spki
    signed = session.run(signing.sign, signing.Sign(key, b"message"))
    private.public_key().verify(signed.signature, b"message", ec.ECDSA(hashes.SHA256()))
    other = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(faults.KeyMaterialDiffers):
        bring(session, key, bytes(32), private=aes_key_wrap_with_padding(bytes(32), other))
    with pytest.raises(faults.UnsupportedOperation) as raised:
        session.run(material_import.delete_live_material, material_import.DeleteMaterial(key))
    assert raised.value.detail("feature") == "delete_private_key"


def test_what_is_wrong_with_a_private_key(session: Any) -> None:
    key = make(session, "RSA_2048", "sign_verify")
    small = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(faults.MissingParameter):
        bring(session, key, bytes(32))
    with pytest.raises(faults.KeyMaterialLengthInvalid) as raised:
        bring(session, key, bytes(24), private=aes_key_wrap_with_padding(bytes(24), small))
    assert raised.value.detail("spec") == "temporary"
    for wrapped in (aes_key_wrap_with_padding(bytes(32), small), os.urandom(64), b"x"):
        with pytest.raises(faults.InvalidKeyMaterial):
            bring(session, key, bytes(32), private=wrapped)


def test_tickets_go_with_the_key(session: Any) -> None:
    key = make(session)
    parameters(session, key)
    with session.runtime.store.begin(write=True) as uow:
        deletion.delete_records(uow, replace(session.all(Key)[0]))
    assert session.all(ImportTicket) == []
