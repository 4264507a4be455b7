"""Instance API requests as bytes on a socket, signed with a live server's client key.

It shares no code with the dialect but the generated messages.
"""

from __future__ import annotations

import base64
import hashlib
import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from live import Live

from bitting.dialects.alibaba_instance import api_pb2

PROTOBUF = "application/x-protobuf"
LIMIT = 3 << 20


@dataclass(frozen=True)
class Answer:
    """What came back; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def error(self) -> tuple[int, str, str]:
        """(status, code, message) of a typed error or an empty one; fails for anything else."""
        if not self.body:
            return self.status, "", ""
        assert self.headers["content-type"] == PROTOBUF, (self.headers, self.body[:200])
        held = api_pb2.Error.FromString(self.body)
        assert held.StatusCode == self.status
        assert len(held.RequestId) == 36
        return self.status, held.ErrorCode, held.ErrorMessage


@dataclass
class Signer:
    """The client key of a data directory."""

    key_id: str
    private: RSAPrivateKey
    extra: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, live: Live) -> Signer:
        """The one made at the first start."""
        facts = live.credentials
        file = json.loads(Path(facts["client_key_file"]).read_text())
        store = load_pkcs12(base64.b64decode(file["PrivateKeyData"]), facts["client_key_password"].encode())
        assert isinstance(store.key, RSAPrivateKey)
        return cls(file["KeyId"], store.key)

    def headers(self, name: str, body: bytes, **others: str) -> dict[str, str]:
        """The headers of a signed request; ``others`` (with _ for -) are signed too."""
        headers = {
            "accept": PROTOBUF,
            "host": "127.0.0.1",
            "date": formatdate(usegmt=True),
            "x-kms-apiversion": "dkms-gcs-0.2",
            "x-kms-apiname": name,
            "x-kms-signaturemethod": "RSA_PKCS1_SHA_256",
            "x-kms-acccesskeyid": self.key_id,
            "content-type": PROTOBUF,
            "content-sha256": hashlib.sha256(body).hexdigest().upper(),
            **{key.replace("_", "-"): value for key, value in others.items()},
        }
        headers["authorization"] = "Bearer " + self.sign(headers)
        return headers

    def sign(self, headers: Mapping[str, str], method: str = "POST") -> str:
        """The signature in base64."""
        text = "".join(f"{headers.get(name, '')}\n" for name in ("content-sha256", "content-type", "date"))
        kms = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers) if name.startswith("x-kms-"))
        signed = f"{method}\n{text}{kms}/".encode()
        return base64.b64encode(self.private.sign(signed, PKCS1v15(), SHA256())).decode()


def head(headers: Mapping[str, str | bytes], line: str = "POST / HTTP/1.1") -> bytes:
    """Request line and headers as bytes."""
    lines = [line.encode()]
    for name, value in headers.items():
        lines.append(name.encode() + b": " + (value if isinstance(value, bytes) else value.encode()))
    return b"\r\n".join(lines) + b"\r\n\r\n"


def request(headers: Mapping[str, str | bytes], body: bytes, line: str = "POST / HTTP/1.1") -> bytes:
    """A whole request with its content-length."""
    return head({**headers, "content-length": str(len(body))}, line) + body


def connect(live: Live, seconds: float = 20) -> socket.socket:
    """A connection to the plain listener."""
    host, _, port = live.http.partition(":")
    return socket.create_connection((host, int(port)), timeout=seconds)


def read(wire: socket.socket) -> Answer:
    """One answer."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = wire.recv(65536)
        if not part:
            raise ConnectionResetError(data)
        data += part
    top, _, body = data.partition(b"\r\n\r\n")
    lines = top.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    wanted = int(headers.get("content-length", "0"))
    while len(body) < wanted:
        part = wire.recv(65536)
        if not part:
            raise ConnectionResetError(body)
        body += part
    return Answer(int(lines[0].split()[1]), headers, body[:wanted])


def send(live: Live, data: bytes) -> Answer:
    """The answer to ``data`` on a connection of its own."""
    with connect(live) as wire:
        wire.sendall(data)
        return read(wire)


def message(name: str, **fields: Any) -> bytes:
    """A request's body."""
    body: bytes = getattr(api_pb2, f"{name}Request")(**fields).SerializeToString()
    return body
