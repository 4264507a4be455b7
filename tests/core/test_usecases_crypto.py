"""PINs, data keys, export, re-encryption, agreement, managed data keys and attested recipients, through the gate."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from bitting.core import faults
from bitting.core.blob import framed
from bitting.core.model.identity import Statement
from bitting.core.model.key import KeyRef
from bitting.core.specs import Algorithm
from bitting.core.usecases.crypto import (
    attested_recipients,
    data_key_digests,
    data_key_export,
    data_keys,
    encryption,
    key_agreement,
    managed_data_keys,
    pins,
    reencryption,
    signing,
)
from bitting.core.usecases.keys import creation, keystores
from bitting.core.usecases.keys import lifecycle as keys

by_id = KeyRef.by_id
UNKNOWN = by_id("00000000-0000-4000-8000-000000000000")


def der(public: Any) -> bytes:
    found: bytes = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return found


@pytest.fixture(scope="module")
def pair() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def unwrapped(pair: rsa.RSAPrivateKey, data: bytes) -> bytes:
    return pair.decrypt(data, OAEP(MGF1(SHA256()), SHA256(), None))


def opened(session: Any, blob: Any, ref: KeyRef, aad: bytes = b"") -> bytes:
    found: bytes = session.run(encryption.decrypt, encryption.Decrypt(framed(blob), ref, aad)).plaintext
    return found


class TestPins:
    def test_plain_ones_are_sixteen_digits(self, session: Any) -> None:
        made = {session.run(pins.create, pins.CreatePin(plain=True)).text for _ in range(5)}
        assert len(made) == 5
        assert all(len(text) == 16 and int(text, 16) >= 0 for text in made)

    def test_a_sealed_one_is_of_its_ring(self, session: Any) -> None:
        text = session.run(pins.create, pins.CreatePin(keystore_id="1")).text
        vault, ring = session.runtime.vault, session.principal.ring
        assert pins.is_pin(vault, ring, text)
        assert not pins.is_pin(vault, "another", text)
        bent = base64.b64encode(base64.b64decode(text)[:-1] + b"\0").decode()
        assert [pins.is_pin(vault, ring, other) for other in ("", "!", "AAAA", bent)] == [False] * 4

    def test_for_a_store_that_is_there(self, session: Any) -> None:
        assert session.fails(faults.MissingParameter, pins.create, pins.CreatePin()).parameter == "keystore_id"
        fault = session.fails(faults.ResourceNotFound, pins.create, pins.CreatePin(keystore_id="none"))
        assert fault.kind == "partition"
        store = session.run(keystores.create, keystores.CreateKeystore("one"))
        assert session.run(pins.create, pins.CreatePin(keystore_id=store.id)).text


class TestDataKeys:
    @pytest.mark.parametrize("length", [1, 16, 32, 1024])
    def test_the_same_in_the_clear_and_under_the_key(self, session: Any, length: int) -> None:
        ref = by_id(session.key().id)
        made = session.run(data_keys.generate_data_key, data_keys.GenerateDataKey(ref, length, b"aad"))
        assert len(made.plaintext) == length
        assert opened(session, made.encrypted.blob, ref, b"aad") == made.plaintext
        session.fails(
            faults.InvalidCiphertext,
            encryption.decrypt,
            encryption.Decrypt(framed(made.encrypted.blob), ref, b"other"),
        )

    @pytest.mark.parametrize("use", [data_keys.generate_data_key, data_key_digests.generate_without_plaintext])
    def test_not_under_what_cannot(self, session: Any, use: Any) -> None:
        order = data_keys.GenerateDataKey(by_id(session.key(spec="RSA_2048", usage="encrypt_decrypt").id))
        session.fails(faults.SymmetricKeyRequired, use, order)
        assert len(session.run(use, replace(order, rsa_most=64)).plaintext) == 32
        session.fails(faults.PlaintextTooLong, use, replace(order, rsa_most=31))
        session.fails(faults.KeyNotFound, use, replace(order, key=UNKNOWN))
        key = session.key()
        session.run(keys.disable, keys.KeyCommand(by_id(key.id)))
        session.fails(faults.KeyDisabled, use, replace(order, key=by_id(key.id)))

    @pytest.mark.parametrize("length", [0, 1, 64])
    def test_randomness(self, session: Any, length: int) -> None:
        assert len(session.run(data_keys.generate_random, data_keys.GenerateRandom(length)).value) == length

    def test_a_right_of_its_own_for_sealed_ones(self, session: Any) -> None:
        key = session.key()
        who = session.limited(Statement(("key:generate_data_key_sealed",), ("*",)))
        order = data_keys.GenerateDataKey(by_id(key.id))
        session.run(data_key_digests.generate_without_plaintext, order, who)
        session.fails(faults.PermissionDenied, data_keys.generate_data_key, order, who)


class TestDigests:
    @pytest.mark.parametrize(("spec", "name"), [("AES_256", "sha256"), ("SM4", "sm3")])
    def test_wrapped_and_opened(self, session: Any, spec: str, name: str) -> None:
        ref = by_id(session.key(spec=spec).id)
        digest = hashlib.new(name, b"k" * 32).digest()
        order = data_key_digests.Wrap(ref, b"k" * 32 + digest, 32)
        wrapped = session.run(data_key_digests.wrap, order)
        assert wrapped.length == 32
        blob = framed(wrapped.encrypted.blob)
        found = session.run(data_key_digests.unwrap, data_key_digests.Unwrap(ref, blob, 32))
        assert (found.plaintext, found.digest) == (b"k" * 32, digest)
        session.fails(faults.DataKeyLengthMismatch, data_key_digests.unwrap, data_key_digests.Unwrap(ref, blob, 16))

    def test_a_digest_that_does_not_fit(self, session: Any) -> None:
        ref = by_id(session.key().id)
        order = data_key_digests.Wrap(ref, bytes(64), 32)
        session.fails(faults.DataKeyDigestMismatch, data_key_digests.wrap, order)
        session.fails(faults.DataKeyLengthMismatch, data_key_digests.wrap, replace(order, length=31))
        rsa_key = by_id(session.key(spec="RSA_2048", usage="encrypt_decrypt").id)
        session.fails(faults.SymmetricKeyRequired, data_key_digests.wrap, replace(order, key=rsa_key))

    def test_a_plaintext_that_carries_its_digest(self, session: Any) -> None:
        ref = by_id(session.key().id)
        content = b"k" * 16 + hashlib.sha256(b"k" * 16).digest()
        sealed = session.run(encryption.encrypt, encryption.Encrypt(ref, content))
        order = data_key_digests.Unwrap(ref, framed(sealed.blob), 16)
        assert session.run(data_key_digests.unwrap, order).plaintext == b"k" * 16

    def test_under_another_key(self, session: Any) -> None:
        one, two = by_id(session.key().id), by_id(session.key().id)
        sealed = framed(session.run(encryption.encrypt, encryption.Encrypt(one, b"x" * 32, b"a")).blob)
        order = data_key_digests.ReEncrypt(two, sealed, source_aad=b"a", aad=b"b")
        moved = session.run(data_key_digests.re_encrypt, order)
        assert moved.source.id == one.value
        assert opened(session, moved.encrypted.blob, two, b"b") == b"x" * 32
        session.run(data_key_digests.re_encrypt, replace(order, source=one, length=32))
        session.fails(faults.DataKeyLengthMismatch, data_key_digests.re_encrypt, replace(order, length=16))
        session.fails(faults.InvalidCiphertext, data_key_digests.re_encrypt, replace(order, source_aad=b"z"))
        who = session.limited(Statement(("key:encrypt",), (f"key/{two.value}",)))
        session.fails(faults.PermissionDenied, data_key_digests.re_encrypt, order, who)


class TestReEncryption:
    def test_source_and_destination_each_need_a_right(self, session: Any) -> None:
        one, two = by_id(session.key().id), by_id(session.key().id)
        sealed = framed(session.run(encryption.encrypt, encryption.Encrypt(one, b"x", b"a")).blob)
        order = reencryption.ReEncrypt(sealed, two, source_aad=b"a", destination_aad=b"b")
        moved = session.run(reencryption.re_encrypt, order)
        assert moved.source.key.id == one.value
        assert opened(session, moved.encrypted.blob, two, b"b") == b"eA=="  # bytes become their base64 text
        session.fails(faults.InvalidCiphertext, reencryption.re_encrypt, replace(order, source_aad=b""))
        source = Statement(("key:re_encrypt_from",), (f"key/{one.value}",))
        session.fails(faults.PermissionDenied, reencryption.re_encrypt, order, session.limited(source))
        both = session.limited(source, Statement(("key:re_encrypt_to",), (f"key/{two.value}",)))
        session.run(reencryption.re_encrypt, order, both)

    def test_the_destination_is_symmetric_live_and_there(self, session: Any) -> None:
        one = by_id(session.key().id)
        sealed = framed(session.run(encryption.encrypt, encryption.Encrypt(one, b"x")).blob)
        pair = by_id(session.key(spec="RSA_2048", usage="encrypt_decrypt").id)
        order = reencryption.ReEncrypt(sealed, pair)
        assert session.fails(faults.SymmetricKeyRequired, reencryption.re_encrypt, order).side == "destination"
        session.fails(faults.KeyNotFound, reencryption.re_encrypt, replace(order, destination=UNKNOWN))
        two = by_id(session.key().id)
        session.run(keys.disable, keys.KeyCommand(two))
        session.fails(faults.KeyDisabled, reencryption.re_encrypt, replace(order, destination=two))

    def test_from_an_asymmetric_key(self, session: Any) -> None:
        source, to = session.key(spec="RSA_2048", usage="encrypt_decrypt"), by_id(session.key().id)
        asked = encryption.Encrypt(by_id(source.id), b"x", algorithm=Algorithm.RSA_OAEP_SHA256)
        sealed = session.run(encryption.encrypt, asked)
        order = reencryption.ReEncrypt(
            sealed.blob.sealed, to, by_id(source.id), sealed.blob.version_id, Algorithm.RSA_OAEP_SHA256
        )
        moved = session.run(reencryption.re_encrypt, order)
        assert opened(session, moved.encrypted.blob, to) == b"eA=="


class TestExport:
    def test_under_the_callers_key(self, session: Any, pair: rsa.RSAPrivateKey) -> None:
        ref = by_id(session.key().id)
        made = session.run(data_keys.generate_data_key, data_keys.GenerateDataKey(ref, 32, b"a"))
        order = data_key_export.Export(
            framed(made.encrypted.blob), der(pair.public_key()), "RSA_2048", Algorithm.RSA_OAEP_SHA256, b"a"
        )
        found = session.run(data_key_export.export, order)
        assert unwrapped(pair, found.wrapped) == made.plaintext
        session.fails(faults.InvalidCiphertext, data_key_export.export, replace(order, aad=b""))

    def test_a_fresh_one_under_both(self, session: Any, pair: rsa.RSAPrivateKey) -> None:
        ref = by_id(session.key().id)
        order = data_key_export.GenerateAndExport(
            ref, der(pair.public_key()), "RSA_2048", Algorithm.RSA_OAEP_SHA256, 24, b"a"
        )
        made = session.run(data_key_export.generate_and_export, order)
        plain = unwrapped(pair, made.wrapped)
        assert len(plain) == 24
        assert opened(session, made.data_key.encrypted.blob, ref, b"a") == plain

    @pytest.mark.parametrize(
        ("change", "parameter"),
        [
            ({"public_spec": "SM2"}, "wrapping"),
            ({"wrapping": Algorithm.SM2_ENCRYPT}, "wrapping"),
            ({"public": b"none"}, "public"),
            ({"public_spec": "RSA_4096"}, "public"),
        ],
    )
    def test_keys_that_do_not_fit(
        self, session: Any, pair: rsa.RSAPrivateKey, change: dict[str, Any], parameter: str
    ) -> None:
        order = data_key_export.GenerateAndExport(
            by_id(session.key().id), der(pair.public_key()), "RSA_2048", Algorithm.RSA_OAEP_SHA256
        )
        use = data_key_export.generate_and_export
        assert session.fails(faults.InvalidParameter, use, replace(order, **change)).parameter == parameter


class TestAgreement:
    def test_both_sides_agree(self, session: Any) -> None:
        ref = by_id(session.key(spec="EC_P256", usage="key_agreement").id)
        public: Any = load_der_public_key(session.run(signing.public_key, signing.ExportPublic(ref)).der)
        mine = ec.generate_private_key(ec.SECP256R1())
        found = session.run(key_agreement.derive, key_agreement.Derive(ref, der(mine.public_key())))
        assert found.secret == mine.exchange(ec.ECDH(), public)
        assert found.secret.hex() not in repr(found)

    @pytest.mark.parametrize(
        ("fields", "fault"),
        [
            ({}, faults.AsymmetricKeyRequired),
            ({"spec": "EC_P256", "usage": "sign_verify"}, faults.UsageMismatch),
        ],
    )
    def test_keys_that_do_not_agree(self, session: Any, fields: dict[str, str], fault: Any) -> None:
        ref = by_id(session.key(**fields).id)
        session.fails(fault, key_agreement.derive, key_agreement.Derive(ref, b"x"))

    @pytest.mark.parametrize("document", [b"x", b"\x84", b"\x84\x40", b"\xd2\x84\x30aaaa", b"\x83\x44aaaa"])
    def test_documents_that_are_no_attestation(self, document: bytes) -> None:
        with pytest.raises(faults.InvalidParameter) as caught:
            key_agreement.refuse_attestation(document)
        assert caught.value.parameter == "attestation"

    @pytest.mark.parametrize("document", [b"\x84\x44aaaa", b"\xd2\x84\x5baaaa"])
    def test_an_attestation_nobody_can_check(self, document: bytes) -> None:
        with pytest.raises(faults.Unavailable) as caught:
            key_agreement.refuse_attestation(document)
        assert caught.value.missing == "enclave_root"


class TestManagedDataKeys:
    def keep(self, session: Any, key_id: str, name: str = "orders") -> Any:
        order = managed_data_keys.StoreDataKey(session.principal.account_id, name, key_id)
        return session.operate(managed_data_keys.store_version, order)

    def test_versions_count_up(self, session: Any) -> None:
        key = session.key()
        made = [self.keep(session, key.id) for _ in range(3)]
        assert [record.number for record in made] == [1, 2, 3]
        first = session.run(managed_data_keys.get, managed_data_keys.GetDataKey("orders"))
        last = session.run(managed_data_keys.get, managed_data_keys.GetDataKey("orders", latest=True))
        second = session.run(managed_data_keys.get, managed_data_keys.GetDataKey("orders", "2"))
        assert [found.record.number for found in (first, second, last)] == [1, 2, 3]
        assert len({found.plaintext for found in (first, second, last)}) == 3
        assert all(len(found.plaintext) == 32 for found in (first, second, last))
        page = session.run(managed_data_keys.list_versions, managed_data_keys.ListVersions("orders", 1, 1))
        assert ([record.number for record in page.versions], page.total) == ([2], 3)

    @pytest.mark.parametrize("version", ["0", "4", "x", "99999999999"])
    def test_versions_that_are_not_there(self, session: Any, version: str) -> None:
        self.keep(session, session.key().id)
        order = managed_data_keys.GetDataKey("orders", version)
        assert session.fails(faults.ResourceNotFound, managed_data_keys.get, order).kind == "managed_data_key"

    def test_names_that_are_not_there(self, session: Any) -> None:
        session.fails(faults.ResourceNotFound, managed_data_keys.list_versions, managed_data_keys.ListVersions("x"))
        self.keep(session, session.key().id)
        other = session.other_account()
        session.fails(faults.ResourceNotFound, managed_data_keys.get, managed_data_keys.GetDataKey("orders"), other)

    def test_a_right_to_the_name_and_to_the_key(self, session: Any) -> None:
        key = session.key()
        self.keep(session, key.id)
        order = managed_data_keys.GetDataKey("orders")
        name = Statement(("managed_data_key:get",), ("datakey/orders",))
        with pytest.raises(faults.PermissionDenied):
            session.run(managed_data_keys.get, order, session.limited(name))
        both = session.limited(name, Statement(("key:decrypt",), (f"key/{key.id}",)))
        session.run(managed_data_keys.get, order, both)
        session.run(keys.disable, keys.KeyCommand(by_id(key.id)))
        session.fails(faults.KeyDisabled, managed_data_keys.get, order)

    def test_kept_under_a_live_key_of_the_account(self, session: Any) -> None:
        with pytest.raises(faults.KeyNotFound):
            self.keep(session, UNKNOWN.value)
        with pytest.raises(faults.ResourceNotFound):
            session.operate(managed_data_keys.store_version, managed_data_keys.StoreDataKey("none", "x", UNKNOWN.value))
        key = session.key()
        session.run(keys.disable, keys.KeyCommand(by_id(key.id)))
        with pytest.raises(faults.KeyDisabled):
            self.keep(session, key.id)

    def test_no_more_versions_than_fit(self, session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(managed_data_keys, "VERSIONS_MAX", 1)
        key = session.key()
        self.keep(session, key.id)
        with pytest.raises(faults.QuotaExceeded):
            self.keep(session, key.id)


class Believing:
    """Takes every document for that of the machine with this public key."""

    def __init__(self, public: bytes) -> None:
        self.public, self.seen = public, b""

    def attest(self, document: bytes, nonce: bytes) -> bytes:
        self.seen = nonce
        return self.public


class TestRecipients:
    use: Any = attested_recipients.for_recipient(data_keys.generate_data_key)

    def order(self, session: Any, token: bytes) -> attested_recipients.ForRecipient:
        ref = by_id(session.run(creation.create_placed_key, creation.CreatePlacedKey()).id)
        return attested_recipients.ForRecipient(
            data_keys.GenerateDataKey(ref), attested_recipients.Recipient(b"doc", token)
        )

    def test_the_answer_is_for_the_machine_alone(self, session: Any, pair: rsa.RSAPrivateKey) -> None:
        believing = session.runtime.gate.attestation = Believing(der(pair.public_key()))
        challenge = session.run(attested_recipients.challenge, attested_recipients.CreateChallenge())
        order = self.order(session, challenge.token)
        found = session.run(self.use, order)
        assert believing.seen == challenge.nonce
        assert found.answer.plaintext == b""
        plain = unwrapped(pair, found.for_recipient)
        assert opened(session, found.answer.encrypted.blob, order.command.key) == plain

    def test_nobody_is_believed_without_a_root(self, session: Any) -> None:
        fault = session.fails(faults.InvalidParameter, self.use, self.order(session, b""))
        assert (fault.parameter, fault.reason) == ("recipient", "unserved")

    def test_tokens_end_and_are_the_accounts_own(self, session: Any, pair: rsa.RSAPrivateKey) -> None:
        session.runtime.gate.attestation = Believing(der(pair.public_key()))
        foreign = session.run(
            attested_recipients.challenge, attested_recipients.CreateChallenge(), session.other_account()
        )
        order = self.order(session, foreign.token)
        assert session.fails(faults.InvalidParameter, self.use, order).reason == "range"
        own = session.run(attested_recipients.challenge, attested_recipients.CreateChallenge())
        order = self.order(session, own.token)
        session.run(self.use, order)
        session.clock.advance(seconds=300)
        assert session.fails(faults.InvalidParameter, self.use, order).reason == "range"
        assert session.fails(faults.InvalidParameter, self.use, self.order(session, b"x")).reason == "format"
