"""Our own certificate authority: a root, an intermediate that it signs, and the server certificate of that.

::

    DIR/tls/ca.pem            root and intermediate, the file that clients trust             (0644)
    DIR/tls/ca.key            the root's key                                                 (0600)
    DIR/tls/intermediate.key  the intermediate's key                                         (0600)
    DIR/tls/server.pem        server certificate (localhost, 127.0.0.1, ::1, names), intermediate, root  (0644)
    DIR/tls/server.key        its key                                                        (0600)

Two certificates in the file, because Alibaba's dkms-gcs 0.2.8 for Java (in the Nacos MSE extension 1.0.6) trusts the
one whose issuer is not its subject and fails without it. The root comes first and ends the chain that is sent, because
the C# client compares the chain's last element with the file. An installation from before this has a root that allows
nothing between it and the server certificate, and clients that hold it: it goes on as it is, renewals included,
until its ``ca.pem`` is removed.
Keys are RSA-2048: the oldest TLS stacks among the clients read nothing else. Client certificates are never requested
(they break Alibaba's Go client).
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from bitting.server.files import write_whole

_DAY = dt.timedelta(days=1)
ROOT_DAYS, SERVER_DAYS, RENEW_DAYS = 3650, 825, 30


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Where the certificates are."""

    ca: Path
    certificate: Path
    key: Path


def ensure(directory: Path, names: list[str]) -> TlsFiles:
    """The files, made or renewed as needed: first start, new names, or less than 30 days to run."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = files_in(directory)
    wanted = ["localhost", "127.0.0.1", "::1", *(name for name in names if name)]
    ca_key_file = directory / "ca.key"
    intermediate_key_file = directory / "intermediate.key"
    if not files.ca.exists() or not ca_key_file.exists():
        _make_authorities(files.ca, ca_key_file, intermediate_key_file)
        files.certificate.unlink(missing_ok=True)
    issuer_key_file = intermediate_key_file if len(_certificates(files.ca)) > 1 else ca_key_file
    if not files.certificate.exists() or _stale(files.certificate, wanted):
        _make_server(files, issuer_key_file, wanted)
    return files


def own(certificate: str, key: str) -> TlsFiles:
    """Files of the operator's, which are read and never written. Clients are told to trust the certificate file.

    Raises ``OSError`` if one cannot be read, ``ValueError`` if they are no pair.
    """
    files = TlsFiles(Path(certificate).absolute(), Path(certificate).absolute(), Path(key).absolute())
    held = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    secret = serialization.load_pem_private_key(files.key.read_bytes(), None)
    if secret.public_key() != held.public_key():
        raise ValueError("the key is not the certificate's")
    return files


def _certificates(path: Path) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(path.read_bytes())


def _pem(certificates: list[x509.Certificate]) -> bytes:
    return b"".join(each.public_bytes(serialization.Encoding.PEM) for each in certificates)


def files_in(directory: Path) -> TlsFiles:
    """Where they are in a directory."""
    return TlsFiles(directory / "ca.pem", directory / "server.pem", directory / "server.key")


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _stale(path: Path, wanted: list[str]) -> bool:
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    held = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    soon = dt.datetime.now(dt.UTC) + RENEW_DAYS * _DAY
    return certificate.not_valid_after_utc < soon or any(_general_name(name) not in held for name in wanted)


def _builder(subject: x509.Name, issuer: x509.Name, public: rsa.RSAPublicKey, days: int) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + days * _DAY)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Bitting"), x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    )


def _make_authorities(certificate_file: Path, root_key_file: Path, intermediate_key_file: Path) -> None:
    """A root for one intermediate, and that; their keys are written before what needs them."""
    root_key, key = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
    root_name, name = _name("Bitting Root CA"), _name("Bitting Intermediate CA")
    root = _authority(_builder(root_name, root_name, root_key.public_key(), ROOT_DAYS), 1, root_key)
    intermediate = _authority(_builder(name, root_name, key.public_key(), ROOT_DAYS), 0, root_key)
    _write_key(root_key_file, root_key)
    _write_key(intermediate_key_file, key)
    write_whole(certificate_file, _pem([root, intermediate]), 0o644)


def _authority(builder: x509.CertificateBuilder, below: int, issuer: rsa.RSAPrivateKey) -> x509.Certificate:
    """A certificate that may sign certificates, with ``below`` authorities between it and a server."""
    usage = x509.KeyUsage(
        digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    return (
        builder.add_extension(x509.BasicConstraints(ca=True, path_length=below), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()), critical=False)
        .sign(issuer, hashes.SHA256())
    )


def _make_server(files: TlsFiles, issuer_key_file: Path, names: list[str]) -> None:
    issuer_key = serialization.load_pem_private_key(issuer_key_file.read_bytes(), None)
    assert isinstance(issuer_key, rsa.RSAPrivateKey)  # noqa: S101 - we wrote it
    authorities = _certificates(files.ca)
    issuer = authorities[-1]
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    builder = (
        _builder(_name("Bitting server"), issuer.subject, key.public_key(), SERVER_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    _write_key(files.key, key)
    sent = [builder.sign(issuer_key, hashes.SHA256())]
    if len(authorities) > 1:
        sent += reversed(authorities)
    write_whole(files.certificate, _pem(sent), 0o644)


def _write_key(path: Path, key: rsa.RSAPrivateKey) -> None:
    plain = serialization.NoEncryption()
    write_whole(path, key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain), 0o600)
