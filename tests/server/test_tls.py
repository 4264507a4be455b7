"""The certificates: what clients trust, and installations from before there was an intermediate."""

from __future__ import annotations

import datetime as dt
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bitting.server import tls

DAY = dt.timedelta(days=1)


def pems(path: Path) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(path.read_bytes())


def shakes_hands(files: tls.TlsFiles, trusted: bytes, *, partial: bool = False) -> None:
    """A handshake in memory, with only ``trusted`` trusted. Raises ``ssl.SSLError`` if the client refuses."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(files.certificate, files.key)
    client = ssl.create_default_context(cadata=trusted.decode())
    if partial:
        client.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = (client.wrap_bio(down, up, server_hostname="localhost"), server.wrap_bio(up, down, server_side=True))
    for _ in range(4):
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
    assert ends[0].version()


def one_root(folder: Path) -> tls.TlsFiles:
    """What earlier versions made: a root that signs the server certificate itself."""
    folder.mkdir()
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Bitting Root CA")])
    now = dt.datetime.now(dt.UTC)
    root = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - DAY, now + 3650 * DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    (folder / "ca.pem").write_bytes(root.public_bytes(pem))
    (folder / "ca.key").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return tls.ensure(folder, [])


def test_the_file_that_clients_trust_has_a_root_and_an_intermediate(tmp_path: Path) -> None:
    """dkms-gcs for Java looks for a certificate whose issuer is not its subject."""
    files = tls.ensure(tmp_path / "tls", [])
    root, intermediate = pems(files.ca)
    assert root.issuer == root.subject == intermediate.issuer != intermediate.subject
    assert pems(files.certificate)[1:] == [intermediate, root]
    assert pems(files.certificate)[0].issuer == intermediate.subject


def test_clients_may_trust_both_or_either(tmp_path: Path) -> None:
    files = tls.ensure(tmp_path / "tls", [])
    root, intermediate = (each.public_bytes(serialization.Encoding.PEM) for each in pems(files.ca))
    shakes_hands(files, files.ca.read_bytes())
    shakes_hands(files, root)
    shakes_hands(files, intermediate, partial=True)
    other = tls.ensure(tmp_path / "other", [])
    with pytest.raises(ssl.SSLError):
        shakes_hands(files, other.ca.read_bytes())


def test_an_older_installation_renews_for_those_who_hold_its_root(tmp_path: Path) -> None:
    folder = tmp_path / "tls"
    files = one_root(folder)
    pinned = files.ca.read_bytes()
    shakes_hands(files, pinned)
    first = pems(files.certificate)
    again = tls.ensure(folder, ["kms.example"])
    assert (again.ca.read_bytes(), len(pems(again.certificate))) == (pinned, 1)
    assert pems(again.certificate) != first
    shakes_hands(again, pinned)


def test_new_names_renew_below_the_same_authorities(tmp_path: Path) -> None:
    folder = tmp_path / "tls"
    trusted = tls.ensure(folder, []).ca.read_bytes()
    files = tls.ensure(folder, ["kms.example"])
    assert files.ca.read_bytes() == trusted
    names = pems(files.certificate)[0].extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "kms.example" in names.get_values_for_type(x509.DNSName)
    shakes_hands(files, trusted)
    assert tls.ensure(folder, ["kms.example"]).certificate.read_bytes() == files.certificate.read_bytes()
