"""Our own certificate authority: one root that directly signs the server certificate.

::

    DIR/tls/ca.pem      root certificate, the file that clients trust          (0644)
    DIR/tls/ca.key      its key                                                (0600)
    DIR/tls/server.pem  server certificate: localhost, 127.0.0.1, ::1, names   (0644)
    DIR/tls/server.key  its key                                                (0600)

A single root and no intermediate, because Alibaba's Java client drops the first of several certificates and
its C# client compares the chain's last element with the file. Keys are RSA-2048: the oldest TLS stacks among
the clients read nothing else. Client certificates are never requested (they break Alibaba's Go client).
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
    if not files.ca.exists() or not ca_key_file.exists():
        _make_root(files.ca, ca_key_file)
        files.certificate.unlink(missing_ok=True)
    if not files.certificate.exists() or _stale(files.certificate, wanted):
        _make_server(files, ca_key_file, wanted)
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


def _make_root(certificate_file: Path, key_file: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = _name("Bitting Root CA")
    usage = x509.KeyUsage(
        digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    builder = (
        _builder(name, name, key.public_key(), ROOT_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
    )
    _write_key(key_file, key)
    write_whole(certificate_file, builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM), 0o644)


def _make_server(files: TlsFiles, ca_key_file: Path, names: list[str]) -> None:
    ca_key = serialization.load_pem_private_key(ca_key_file.read_bytes(), None)
    assert isinstance(ca_key, rsa.RSAPrivateKey)  # noqa: S101 - we wrote it
    root = x509.load_pem_x509_certificate(files.ca.read_bytes())
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    builder = (
        _builder(_name("Bitting server"), root.subject, key.public_key(), SERVER_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
    )
    _write_key(files.key, key)
    certificate = builder.sign(ca_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    write_whole(files.certificate, certificate, 0o644)


def _write_key(path: Path, key: rsa.RSAPrivateKey) -> None:
    plain = serialization.NoEncryption()
    write_whole(path, key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain), 0o600)
