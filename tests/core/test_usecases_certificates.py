"""Certificates: states, uses and refusals, through the gate in memory. What is issued is self-made by a test root."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from bitting.core import faults
from bitting.core.model.access import Certificate, CertificateState
from bitting.core.specs import Algorithm
from bitting.core.usecases.certificates import certificates

SUBJECT = "CN=example.com,C=DE,O=Example,OU=Unit"
START = datetime(2026, 1, 1, tzinfo=UTC)
NAMED = certificates.CertificateById


def issue(request: str) -> str:
    """What an authority makes of a request."""
    root = ec.generate_private_key(ec.SECP256R1())
    loaded = x509.load_pem_x509_csr(request.encode())
    assert loaded.is_signature_valid
    made = (
        x509.CertificateBuilder()
        .subject_name(loaded.subject)
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "root")]))
        .public_key(loaded.public_key())
        .serial_number(7)
        .not_valid_before(START)
        .not_valid_after(START + timedelta(days=365))
        .sign(root, hashes.SHA256())
    )
    return made.public_bytes(Encoding.PEM).decode()


def create(session: Any, spec: str = "RSA_2048", **more: Any) -> Certificate:
    made: Certificate = session.run(certificates.create, certificates.CreateCertificate(spec, SUBJECT, **more))
    return made


@pytest.fixture
def active(session: Any) -> Certificate:
    made = create(session)
    order = certificates.UploadCertificate(made.id, issue(made.request))
    found: Certificate = session.run(certificates.upload, order)
    return found


def test_pending_until_uploaded(session: Any) -> None:
    made = create(session, names=["example.com", "www.example.com"])
    assert (made.state, made.alternative_names) == (CertificateState.PENDING, ("example.com", "www.example.com"))
    request = x509.load_pem_x509_csr(made.request.encode())
    assert request.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "example.com"
    seen = session.run(certificates.describe, NAMED(made.id))
    assert (seen.facts, seen.tags) == (None, {})
    order = certificates.SetState(made.id, CertificateState.ACTIVE)
    assert session.fails(faults.CertificateNotActive, certificates.set_state, order).resource == made.id
    changed = session.run(certificates.upload, certificates.UploadCertificate(made.id, issue(made.request)))
    assert changed.state is CertificateState.ACTIVE
    assert session.run(certificates.describe, NAMED(made.id)).facts is not None
    assert session.run(certificates.get, NAMED(made.id)) == changed


def test_signed_encrypted_and_back(session: Any, active: Certificate) -> None:
    order = certificates.Sign(active.id, b"message", Algorithm.RSA_PKCS1_SHA256)
    signature = session.run(certificates.sign, order).data
    for message, fits in ((b"message", True), (b"other", False)):
        check = certificates.Verify(active.id, message, signature, Algorithm.RSA_PKCS1_SHA256)
        assert session.run(certificates.verify, check).fits is fits
    sealed = session.run(certificates.encrypt, certificates.Encrypt(active.id, b"x", Algorithm.RSA_OAEP_SHA256)).data
    opened = session.run(certificates.decrypt, certificates.Decrypt(active.id, sealed, Algorithm.RSA_OAEP_SHA256))
    assert opened.data == b"x"
    assert "data" not in repr(opened)


@pytest.mark.parametrize("state", [CertificateState.INACTIVE, CertificateState.REVOKED])
def test_what_is_not_active_signs_nothing(session: Any, active: Certificate, state: CertificateState) -> None:
    order = certificates.Sign(active.id, b"message", Algorithm.RSA_PKCS1_SHA256)
    signature = session.run(certificates.sign, order).data
    assert session.run(certificates.set_state, certificates.SetState(active.id, state)).state is state
    assert session.fails(faults.CertificateNotActive, certificates.sign, order).state == state.value
    check = certificates.Verify(active.id, b"message", signature, Algorithm.RSA_PKCS1_SHA256)
    if state is CertificateState.REVOKED:
        assert session.run(certificates.verify, check).fits, "signatures of before still verify"
        back = certificates.SetState(active.id, CertificateState.ACTIVE)
        session.fails(faults.CertificateNotActive, certificates.set_state, back)
        upload = certificates.UploadCertificate(active.id, active.certificate)
        session.fails(faults.CertificateNotActive, certificates.upload, upload)
    else:
        session.fails(faults.CertificateNotActive, certificates.verify, check)


@pytest.mark.parametrize("algorithm", [Algorithm.ECDSA_SHA256, Algorithm.RSA_OAEP_SHA256])
def test_algorithms_of_the_spec(session: Any, active: Certificate, algorithm: Algorithm) -> None:
    session.fails(faults.AlgorithmMismatch, certificates.sign, certificates.Sign(active.id, b"x", algorithm))


@pytest.mark.parametrize("spec", ["AES_256", "HMAC_SHA256", "none", ""])
def test_specs_that_certify_nothing(session: Any, spec: str) -> None:
    order = certificates.CreateCertificate(spec, SUBJECT)
    assert session.fails(faults.UnsupportedKeySpec, certificates.create, order).parameter == "spec"


def test_so_many_names_and_certificates(session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    order = certificates.CreateCertificate("EC_P256", SUBJECT, ["a.example.com"] * 11)
    assert session.fails(faults.InvalidParameter, certificates.create, order).parameter == "names"
    monkeypatch.setattr(certificates, "PER_ACCOUNT_MAX", 1)
    create(session, "EC_P256")
    order = certificates.CreateCertificate("EC_P256", SUBJECT)
    assert session.fails(faults.QuotaExceeded, certificates.create, order).limit == "certificates"


def test_a_certificate_of_another_key(session: Any) -> None:
    one, two = create(session, "EC_P256"), create(session, "EC_P256")
    order = certificates.UploadCertificate(one.id, issue(two.request))
    session.fails(faults.InvalidParameter, certificates.upload, order)
    assert session.run(certificates.get, NAMED(one.id)).state is CertificateState.PENDING


@pytest.mark.parametrize("use", [certificates.get, certificates.describe, certificates.delete])
def test_ones_own_while_it_is_there(session: Any, use: Any) -> None:
    made = create(session, "EC_P256")
    session.fails(faults.ResourceNotFound, use, NAMED(made.id), session.other_account())
    session.run(certificates.delete, NAMED(made.id))
    fault = session.fails(faults.ResourceNotFound, use, NAMED(made.id))
    assert (fault.kind, fault.resource) == ("certificate", made.id)
    assert session.all(Certificate) == []
