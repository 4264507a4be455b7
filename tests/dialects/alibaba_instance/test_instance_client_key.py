"""The client key file: what is in it, in which order, and that old readers and OpenSSL agree."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from bitting.core import faults
from bitting.core.model.identity import ClientKey
from bitting.core.usecases.access.client_keys import CreateClientKey, create, make_client_key, require_file_password

PASSWORD = "correct-horse-1"
OPENSSL = shutil.which("openssl")


@pytest.fixture
def issued(owner):
    return owner.client_key()


def test_the_file_is_the_consoles(issued):
    held = json.loads(issued.file())
    assert set(held) == {"KeyId", "PrivateKeyData"}
    assert held["KeyId"] == issued.record.id
    assert held["KeyId"].startswith("KAAP.")
    assert len(held["KeyId"]) == 5 + 36
    assert "\n" not in held["PrivateKeyData"]
    assert base64.b64decode(held["PrivateKeyData"], validate=True) == issued.pkcs12


def test_the_pair_fits_the_record_and_the_certificate(issued):
    store = load_pkcs12(issued.pkcs12, PASSWORD.encode())
    public = store.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert public == issued.record.public
    assert store.key.key_size == 2048
    assert store.additional_certs == []
    certificate = store.cert.certificate
    certificate.verify_directly_issued_by(certificate)
    assert certificate.public_key().public_numbers() == store.key.public_key().public_numbers()
    assert certificate.not_valid_before_utc.timestamp() * 1000 == issued.record.not_before_ms
    assert certificate.not_valid_after_utc.timestamp() * 1000 == issued.record.not_after_ms


@pytest.mark.skipif(OPENSSL is None, reason="the openssl command is not installed")
def test_openssl_sees_the_certificate_first_and_the_old_algorithms(issued, tmp_path):
    path = tmp_path / "key.p12"
    path.write_bytes(issued.pkcs12)
    command = [OPENSSL, "pkcs12", "-info", "-legacy", "-nodes", "-in", str(path), "-passin", f"pass:{PASSWORD}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    said = done.stderr
    assert "MAC: sha1" in said
    assert said.count("pbeWithSHA1And3-KeyTripleDES-CBC") == 2
    assert said.index("Certificate bag") < said.index("Shrouded Keybag")
    assert done.stdout.count("BEGIN CERTIFICATE") == 1
    assert done.stdout.index("BEGIN CERTIFICATE") < done.stdout.index("BEGIN PRIVATE KEY")
    wrong = subprocess.run([*command[:-1], "pass:wrong"], capture_output=True, check=False)
    assert wrong.returncode != 0


def test_the_private_key_is_not_kept(issued, runtime):
    with runtime.store.begin(write=False) as uow:
        record = uow.of(ClientKey).get(issued.record.id)
    assert record == issued.record
    assert PASSWORD not in repr(issued)
    assert "pkcs12" not in repr(issued)


def test_it_signs_requests_that_are_answered(client, issued):
    file = type(client.key).load(issued.file(), PASSWORD)
    client.key = file
    assert len(client.ok("GenerateRandom", Length=8).Random) == 8


def test_bootstrapping_gets_record_and_file(runtime):
    with runtime.store.begin(write=True) as uow:
        record, file = make_client_key(
            uow, runtime.vault, runtime.entropy, runtime.clock.now_ms(), runtime.founded.access_point, PASSWORD
        )
    assert json.loads(file)["KeyId"] == record.id
    assert record.not_after_ms - record.not_before_ms == 5 * 365 * 86_400_000


def test_three_keys_a_point(owner, runtime):
    for _ in range(3):
        owner.client_key()
    with pytest.raises(faults.QuotaExceeded) as refused:
        owner.client_key()
    assert refused.value.detail("limit") == "client_keys"
    with runtime.store.begin(write=False) as uow:
        assert uow.of(ClientKey).count() == 3


def test_validity_is_both_ends_or_neither(owner, runtime):
    now = runtime.clock.now_ms()
    record = owner.client_key(not_before_ms=now + 1000, not_after_ms=now + 9000).record
    assert (record.not_before_ms, record.not_after_ms) == (now + 1000, now + 9000)
    for wrong in (
        {"not_before_ms": now},
        {"not_after_ms": now + 1000},
        {"not_before_ms": now + 2, "not_after_ms": now + 1},
        {"not_before_ms": now - 2, "not_after_ms": now - 1},
    ):
        with pytest.raises(faults.InvalidParameter):
            owner.client_key(**wrong)
    with runtime.store.begin(write=False) as uow:
        assert uow.of(ClientKey).count() == 1


@pytest.mark.parametrize("password", ["abcdefg1", "1234567!", "~!@#$%^&*?_-aaaa", "a1" * 32])
def test_passwords_that_do(password):
    require_file_password(password)


@pytest.mark.parametrize(
    "password", ["", "abcdef1", "abcdefgh", "12345678", "!!!!!!!!", "a1" * 33, "abc def1", "pässwort1"]
)
def test_passwords_that_do_not(password):
    with pytest.raises(faults.InvalidParameter):
        require_file_password(password)


def test_only_for_access_points_that_are(owner):
    with pytest.raises(faults.ResourceNotFound):
        owner.run(create, CreateClientKey("nobody", PASSWORD))
    assert owner.run(create, CreateClientKey("default", PASSWORD)).record.access_point == "default"


def test_the_vault_checks_outside_signatures(runtime, client):
    signed, public = b"message", None
    with runtime.store.begin(write=False) as uow:
        public = uow.of(ClientKey).get(client.key.id).public
    signature = base64.b64decode(client.sign("POST", {}))
    assert runtime.vault.verify_rsa(public, b"POST\n\n\n\n/", signature)
    assert not runtime.vault.verify_rsa(public, signed, signature)
    assert not runtime.vault.verify_rsa(b"garbage", signed, signature)
    assert not runtime.vault.verify_rsa(b"", signed, b"")
    assert not runtime.vault.verify_rsa(public, hashlib.sha256(signed).digest(), b"")
