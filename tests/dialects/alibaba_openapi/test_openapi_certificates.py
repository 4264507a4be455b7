"""The certificates manager, against a certificate authority made by an independent library and by OpenSSL."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from bitting.core.model.access import Certificate

SUBJECT = "CN=app.example.com,C=CN,ST=Zhejiang,L=Hangzhou,O=Example\\, Inc.,OU=IT"
START = datetime(2026, 1, 1, tzinfo=UTC)


class Authority:
    """A root that signs requests."""

    def __init__(self, name: str = "root") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.certificate = self._sign(self.name, self.key.public_key())

    def _sign(self, subject: x509.Name, public: Any) -> x509.Certificate:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(public)
            .serial_number(0xC0FFEE)
            .not_valid_before(START)
            .not_valid_after(START + timedelta(days=365))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .sign(self.key, hashes.SHA256())
        )

    def issue(self, request: str) -> str:
        loaded = x509.load_pem_x509_csr(request.encode())
        assert loaded.is_signature_valid
        return pem(self._sign(loaded.subject, loaded.public_key()))


def pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


def create(api: Any, spec: str = "EC_P256", **more: str) -> dict[str, Any]:
    return api.ok("CreateCertificate", {"KeySpec": spec, "Subject": SUBJECT, **more})


def active(api: Any, authority: Authority, spec: str = "EC_P256") -> str:
    made = create(api, spec)
    issued, chain = authority.issue(made["Csr"]), pem(authority.certificate)
    given = {"CertificateId": made["CertificateId"], "Certificate": issued, "CertificateChain": chain}
    api.ok("UploadCertificate", given)
    return str(made["CertificateId"])


@pytest.mark.parametrize("spec", ["RSA_2048", "EC_P256"])
def test_a_request_says_what_was_asked_for(api: Any, spec: str) -> None:
    made = create(api, spec, SubjectAlternativeNames='["app.example.com","*.example.com"]')
    request = x509.load_pem_x509_csr(made["Csr"].encode())
    assert request.is_signature_valid
    assert request.subject == x509.Name.from_rfc4514_string(SUBJECT)
    names = request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["app.example.com", "*.example.com"]
    assert made["Arn"] == f"acs:kms:cn-hangzhou:{api.account}:certificate/{made['CertificateId']}"


def test_openssl_verifies_an_sm2_request(api: Any, tmp_path: Path) -> None:
    made = create(api, "EC_SM2", SubjectAlternativeNames='["a.example"]')
    (tmp_path / "csr.pem").write_text(made["Csr"])
    command = [
        "openssl",
        "req",
        "-in",
        "csr.pem",
        "-noout",
        "-verify",
        "-subject",
        "-vfyopt",
        "distid:1234567812345678",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "verify OK" in done.stdout + done.stderr
    assert "app.example.com" in done.stdout


def test_an_sm2_certificate_of_openssls_making(api: Any, tmp_path: Path) -> None:
    """An SM2 root signs the request; the chain is checked by SM2 over SM3."""
    made = create(api, "EC_SM2")
    (tmp_path / "csr.pem").write_text(made["Csr"])
    distinct = ["-sigopt", "distid:1234567812345678"]
    check = ["-vfyopt", "distid:1234567812345678"]
    for command in (
        ["genpkey", "-algorithm", "SM2", "-out", "ca.key"],
        ["req", "-new", "-x509", "-sm3", "-key", "ca.key", "-subj", "/CN=sm root", "-out", "ca.pem", *distinct],
        [
            "x509",
            "-req",
            "-in",
            "csr.pem",
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-sm3",
            "-out",
            "leaf.pem",
            *distinct,
            *check,
        ],
        ["genpkey", "-algorithm", "SM2", "-out", "other.key"],
        ["req", "-new", "-x509", "-sm3", "-key", "other.key", "-subj", "/CN=sm root", "-out", "other.pem", *distinct],
    ):
        subprocess.run(["openssl", *command], cwd=tmp_path, capture_output=True, check=True)
    texts = {name: (tmp_path / f"{name}.pem").read_text() for name in ("leaf", "ca", "other")}
    given = {"CertificateId": made["CertificateId"], "Certificate": texts["leaf"]}
    assert api.code("UploadCertificate", given | {"CertificateChain": texts["other"]}) == (400, "InvalidParameter")
    api.ok("UploadCertificate", given | {"CertificateChain": texts["ca"]})
    found = api.ok("DescribeCertificate", {"CertificateId": made["CertificateId"]})
    assert (found["SignatureAlgorithm"], found["Issuer"], found["Status"]) == ("SM3WITHSM2", "CN=sm root", "ACTIVE")
    sealed = work(api, "CertificatePublicKeyEncrypt", made["CertificateId"], Plaintext="eA==", Algorithm="SM2PKE")
    opened = work(
        api,
        "CertificatePrivateKeyDecrypt",
        made["CertificateId"],
        CiphertextBlob=sealed["CiphertextBlob"],
        Algorithm="SM2PKE",
    )
    assert opened["Plaintext"] == "eA=="


def work(api: Any, action: str, certificate_id: str, **parameters: str) -> dict[str, Any]:
    return api.ok(action, {"CertificateId": certificate_id, **parameters})


def test_a_certificate_from_request_to_deletion(api: Any, authority: Authority) -> None:
    made = create(api, SubjectAlternativeNames='["app.example.com"]', ExportablePrivateKey="false")
    one = {"CertificateId": made["CertificateId"]}
    before = api.ok("DescribeCertificate", one)
    assert (before["Status"], before["Issuer"], before["Serial"], before["NotAfter"]) == ("INACTIVE", "", "", "")
    assert api.ok("GetCertificate", one)["Certificate"] == ""
    issued, chain = authority.issue(made["Csr"]), pem(authority.certificate)
    api.runtime.clock.advance(seconds=60)
    api.ok("UploadCertificate", {**one, "Certificate": issued, "CertificateChain": chain})
    got = api.ok("GetCertificate", one)
    assert (got["Csr"], got["Certificate"], got["CertificateChain"]) == (made["Csr"], issued, chain)
    loaded = x509.load_pem_x509_certificate(issued.encode())
    found = api.ok("DescribeCertificate", one)
    del found["RequestId"]
    public = loaded.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    assert found == {
        **one,
        "Arn": made["Arn"],
        "Status": "ACTIVE",
        "KeySpec": "EC_P256",
        "ExportablePrivateKey": False,
        "Subject": loaded.subject.rfc4514_string(),
        "SubjectAlternativeNames": ["app.example.com"],
        "SubjectPublicKey": public,
        "SubjectKeyIdentifier": x509.SubjectKeyIdentifier.from_public_key(loaded.public_key()).digest.hex(),
        "Issuer": "CN=root",
        "Serial": "c0ffee",
        "SignatureAlgorithm": "SHA256WITHECDSA",
        "NotBefore": "2026-01-01T00:00:00Z",
        "NotAfter": "2027-01-01T00:00:00Z",
        "CreatedAt": "2026-11-21T12:00:00Z",
        "UpdatedAt": "2026-11-21T12:01:00Z",
        "Tags": {},
    }
    assert before["SubjectKeyIdentifier"] == found["SubjectKeyIdentifier"]
    api.ok("DeleteCertificate", one)
    assert api.code("GetCertificate", one) == (404, "Certificate.NotFound")


def sign_with(api: Any, certificate_id: str, algorithm: str, kind: str, message: bytes) -> bytes:
    given = {"MessageType": kind, "Message": base64.b64encode(message).decode(), "Algorithm": algorithm}
    return base64.b64decode(work(api, "CertificatePrivateKeySign", certificate_id, **given)["SignatureValue"])


@pytest.mark.parametrize("kind", ["RAW", "DIGEST"])
@pytest.mark.parametrize("algorithm", ["RSA_PKCS1_SHA_256", "RSA_PSS_SHA_256", "ECDSA_SHA_256"])
def test_signatures_fit_the_certificate(api: Any, authority: Authority, algorithm: str, kind: str) -> None:
    certificate_id = active(api, authority, "EC_P256" if algorithm.startswith("EC") else "RSA_2048")
    message = b"a message"
    given = message if kind == "RAW" else hashlib.sha256(message).digest()
    signature = sign_with(api, certificate_id, algorithm, kind, given)
    public: Any = x509.load_pem_x509_certificate(
        api.ok("GetCertificate", {"CertificateId": certificate_id})["Certificate"].encode()
    ).public_key()
    if isinstance(public, rsa.RSAPublicKey):
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        public.verify(signature, message, pss if "PSS" in algorithm else padding.PKCS1v15(), hashes.SHA256())
    else:
        public.verify(signature, message, ec.ECDSA(hashes.SHA256()))
    for other, valid in ((given, True), (hashlib.sha256(b"other").digest(), False)):
        check = {
            "MessageType": kind,
            "Message": base64.b64encode(other).decode(),
            "SignatureValue": base64.b64encode(signature).decode(),
            "Algorithm": algorithm,
        }
        assert work(api, "CertificatePublicKeyVerify", certificate_id, **check)["SignatureValid"] is valid


@pytest.mark.parametrize("algorithm", ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"])
def test_what_is_encrypted_opens(api: Any, authority: Authority, algorithm: str) -> None:
    certificate_id = active(api, authority, "RSA_2048")
    given = {"Plaintext": "aGVsbG8=", "Algorithm": algorithm}
    sealed = work(api, "CertificatePublicKeyEncrypt", certificate_id, **given)["CiphertextBlob"]
    given = {"CiphertextBlob": sealed, "Algorithm": algorithm}
    assert work(api, "CertificatePrivateKeyDecrypt", certificate_id, **given)["Plaintext"] == "aGVsbG8="
    given["CiphertextBlob"] = base64.b64encode(bytes(256)).decode()
    one = {"CertificateId": certificate_id}
    assert api.code("CertificatePrivateKeyDecrypt", one | given) == (400, "InvalidParameter")


def test_what_a_status_allows(api: Any, authority: Authority) -> None:
    certificate_id = active(api, authority)
    one = {"CertificateId": certificate_id}
    message = {"MessageType": "RAW", "Message": "eA==", "Algorithm": "ECDSA_SHA_256"}
    signed = api.ok("CertificatePrivateKeySign", one | message)["SignatureValue"]
    check = {**one, **message, "SignatureValue": signed}
    no = (409, "Rejected.CertificateNotActive")
    for word in ("DISABLE", "DISABLED"):
        api.ok("UpdateCertificateStatus", {**one, "Status": word})
        assert api.ok("DescribeCertificate", one)["Status"] == "DISABLED"
        assert api.code("CertificatePrivateKeySign", one | message) == no
        assert api.code("CertificatePublicKeyVerify", check) == no
        api.ok("UpdateCertificateStatus", {**one, "Status": "ACTIVE"})
    api.ok("UpdateCertificateStatus", {**one, "Status": "REVOKED"})
    assert api.code("CertificatePrivateKeySign", one | message) == no
    assert api.ok("CertificatePublicKeyVerify", check)["SignatureValid"] is True
    assert api.code("UpdateCertificateStatus", {**one, "Status": "ACTIVE"}) == no
    assert api.code("UpdateCertificateStatus", {**one, "Status": "GONE"}) == (400, "InvalidParameter")
    pending = {"CertificateId": create(api)["CertificateId"], "Status": "ACTIVE"}
    assert api.code("UpdateCertificateStatus", pending) == no


def test_only_a_certificate_of_the_key_with_its_chain_is_taken(api: Any, authority: Authority) -> None:
    mine, other = create(api), create(api)
    one = {"CertificateId": mine["CertificateId"]}
    issued, foreign = authority.issue(mine["Csr"]), authority.issue(other["Csr"])
    unrelated_root = pem(Authority("root").certificate)
    for wrong in (
        {"Certificate": foreign},
        {"Certificate": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"},
        {"Certificate": issued + issued},
        {"Certificate": issued, "CertificateChain": unrelated_root},
        {"Certificate": issued, "CertificateChain": "chain"},
        {"Certificate": issued, "CertificateChain": pem(authority.certificate) * 11},
    ):
        status, body = api.ask("UploadCertificate", one | wrong)
        assert (status, body["Code"]) == (400, "InvalidParameter"), wrong
    assert api.ok("DescribeCertificate", one)["Status"] == "INACTIVE"
    api.ok("UploadCertificate", {**one, "Certificate": issued})


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("Subject", "CN=a,C=CN,O=b"),
        ("Subject", "CN"),
        ("Subject", "CN=a,C=China,O=b,OU=c"),
        ("KeySpec", "Aliyun_AES_256"),
        ("SubjectAlternativeNames", json.dumps(["a.example"] * 11)),
        ("SubjectAlternativeNames", '["a b"]'),
        ("SubjectAlternativeNames", "a.example"),
        ("ExportablePrivateKey", "perhaps"),
    ],
)
def test_what_is_no_certificate_request(api: Any, parameter: str, value: str) -> None:
    status, body = api.ask("CreateCertificate", {"KeySpec": "EC_P256", "Subject": SUBJECT, parameter: value})
    assert (status, body["Code"]) == (400, "InvalidParameter")
    assert f'"{parameter}"' in body["Message"]


def test_an_algorithm_of_another_kind_of_key(api: Any, authority: Authority) -> None:
    certificate_id = active(api, authority)
    message = {"MessageType": "RAW", "Message": "eA==", "Algorithm": "RSA_PKCS1_SHA_256"}
    status, body = api.ask("CertificatePrivateKeySign", {"CertificateId": certificate_id, **message})
    assert (status, body["Code"]) == (400, "InvalidParameter")
    assert '"Algorithm"' in body["Message"]


def test_the_private_key_is_only_stored_wrapped(api: Any, authority: Authority) -> None:
    certificate_id = active(api, authority)
    with api.runtime.store.begin(write=False) as uow:
        held = uow.of(Certificate).get(certificate_id)
    assert b"\x02\x01\x01\x04\x20" not in held.wrapped  # how an EC private key begins in DER
    assert len(held.wrapped) > 32


def test_a_certificate_carries_tags(api: Any) -> None:
    one = {"CertificateId": create(api)["CertificateId"]}
    api.ok("TagResource", {**one, "Tags": '[{"TagKey":"a","TagValue":"1"}]'})
    assert api.ok("DescribeCertificate", one)["Tags"] == {"a": "1"}
    api.ok("UntagResource", {**one, "TagKeys": '["a"]'})
    assert api.ok("DescribeCertificate", one)["Tags"] == {}
