"""A client of the Instance API written from its documents alone: headers, string to sign, protobuf.

It shares no code with the dialect but the generated messages.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from bitting.core.gate import RequestContext
from bitting.core.model.identity import (
    EVERYTHING,
    AccessPolicy,
    ApplicationAccessPoint,
    Instance,
    NetworkRule,
    Principal,
)
from bitting.core.model.key import Key, KeyRef
from bitting.core.usecases.access import client_keys
from bitting.core.usecases.iam.accounts import add_client_key
from bitting.core.usecases.keys import aliases, versions
from bitting.core.usecases.keys import lifecycle as keys
from bitting.core.usecases.keys.aliases import SetAlias
from bitting.dialects.alibaba_instance import api_pb2
from bitting.dialects.alibaba_instance.dialect import AlibabaInstance
from bitting.dialects.base.http import Request, Response

PASSWORD = "correct-horse-1"
VERSION_HEADER = "x-kms-migrationkeyversionid"


@dataclass
class ClientKeyFile:
    """What a real client has: the file's id and the private key its password opens."""

    id: str
    private: RSAPrivateKey

    @classmethod
    def load(cls, text: str, password: str) -> ClientKeyFile:
        held = json.loads(text)
        store = load_pkcs12(base64.b64decode(held["PrivateKeyData"]), password.encode())
        assert isinstance(store.key, RSAPrivateKey)
        return cls(held["KeyId"], store.key)


@dataclass
class Client:
    """Builds requests as the SDKs do, and sends them through the whole pipeline."""

    runtime: Any
    dialect: AlibabaInstance
    key: ClientKeyFile
    source: str = "127.0.0.1"
    extra: dict[str, str] = field(default_factory=dict)

    def request(
        self,
        name: str,
        body: bytes = b"",
        *,
        scheme: str = "Bearer",
        drop: tuple[str, ...] = (),
        after: dict[str, str] | None = None,
        **headers: str,
    ) -> Request:
        """``headers`` (with _ for -) replace or add before signing, ``after`` after it; ``drop`` goes before it."""
        now = datetime.fromtimestamp(self.runtime.clock.now_ms() / 1000, UTC)
        sent = {
            "accept": "application/x-protobuf",
            "host": "127.0.0.1:8743",
            "date": now.strftime("%a, %d %b %Y %H:%M:%S GMT"),
            "user-agent": "AlibabaCloud (Linux; x86_64) Python/3.11.7 kms-gcs-python-sdk-version/1.0.2",
            "x-kms-apiversion": "dkms-gcs-0.2",
            "x-kms-apiname": name,
            "x-kms-signaturemethod": "RSA_PKCS1_SHA_256",
            "x-kms-acccesskeyid": self.key.id,
            "content-type": "application/x-protobuf",
            "content-length": str(len(body)),
            "content-sha256": hashlib.sha256(body).hexdigest().upper(),
            **self.extra,
            **{header.replace("_", "-"): value for header, value in headers.items()},
        }
        for header in drop:
            sent.pop(header, None)
        if "authorization" not in drop:
            sent["authorization"] = f"{scheme} {self.sign('POST', sent)}"
        return Request("POST", "/", "", {**sent, **(after or {})}, body, source=self.source)

    def sign(self, method: str, sent: dict[str, str]) -> str:
        text = method + "\n"
        for header in ("content-sha256", "content-type", "date"):
            text += sent.get(header, "") + "\n"
        for header in sorted(sent):
            if header.startswith("x-kms-"):
                text += header + ":" + sent[header].strip() + "\n"
        text += "/"
        return base64.b64encode(self.key.private.sign(text.encode(), PKCS1v15(), SHA256())).decode()

    def send(self, request: Request) -> Response:
        response: Response = self.runtime.send(self.dialect, request)
        return response

    def raw(self, name: str, body: bytes, **headers: str) -> Response:
        return self.send(self.request(name, body, **headers))

    def call(self, name: str, *, version: str = "", **fields: Any) -> Response:
        body = getattr(api_pb2, f"{name}Request")(**fields).SerializeToString()
        headers = {VERSION_HEADER.replace("-", "_"): version} if version else {}
        return self.raw(name, body, **headers)

    def refused(self, name: str, *, version: str = "", **fields: Any) -> tuple[int, str, str]:
        return self.error(self.call(name, version=version, **fields))

    @staticmethod
    def error(response: Response) -> tuple[int, str, str]:
        """(status, code, message) as an SDK sees them, with everything else about an Error checked on the way."""
        if not response.body:
            return (response.status, "", "")
        assert dict(response.headers)["content-type"] == "application/x-protobuf"
        message = api_pb2.Error.FromString(response.body)
        assert message.StatusCode == response.status
        assert len(message.RequestId) == 36
        return (response.status, message.ErrorCode, message.ErrorMessage)

    def ok(self, name: str, *, version: str = "", **fields: Any) -> Any:
        """The Response message; the version header is put on it as ``version`` in ``self.version``."""
        response = self.call(name, version=version, **fields)
        assert response.status == 200, self.error(response)
        self.version = dict(response.headers).get(VERSION_HEADER, "")
        message = getattr(api_pb2, f"{name}Response").FromString(response.body)
        assert len(message.RequestId) == 36
        return message


@dataclass
class Owner:
    """The account's owner: makes what the Instance API itself cannot."""

    runtime: Any

    def run(self, use: Any, command: Any) -> Any:
        founded = self.runtime.founded
        principal = Principal(
            founded.account.id, founded.account.ring, founded.user.id, "admin", EVERYTHING, admin=True
        )
        request_context = RequestContext("00000000-0000-4000-8000-000000000000", "test", "", "127.0.0.1")
        return self.runtime.gate.run(use, principal, command, request_context, self.runtime.cache.loading)

    def key(self, spec: str = "AES_256", **fields: Any) -> Key:
        instance_id = fields.get("instance_id", "")
        with self.runtime.store.begin(write=True) as uow:
            if instance_id and uow.of(Instance).get(instance_id) is None:
                account = self.runtime.founded.account
                uow.of(Instance).add(Instance(instance_id, account.id, account.ring, instance_id, 0))
        made: Key = self.run(keys.create, keys.CreateKey(spec, **fields))
        return made

    def alias(self, name: str, key: Key) -> None:
        self.run(aliases.create, SetAlias(KeyRef.by_id(key.id), name))

    def put(self, *records: Any) -> None:
        with self.runtime.store.begin(write=True) as uow:
            for record in records:
                uow.of(type(record)).put(record)

    def add(self, *records: Any) -> None:
        with self.runtime.store.begin(write=True) as uow:
            for record in records:
                uow.of(type(record)).add(record)

    def client_key(self, point: Any = None, **fields: Any) -> client_keys.IssuedClientKey:
        runtime = self.runtime
        point = point or runtime.founded.access_point
        with runtime.store.begin(write=True) as uow:
            order = client_keys.CreateClientKey(point.name, PASSWORD, **fields)
            return client_keys.issue(uow, runtime.vault, runtime.entropy, runtime.clock.now_ms(), point, order)

    def rotate(self, key: Key) -> str:
        """A new primary version; its id."""
        version: str = self.run(versions.create_version, versions.CreateVersion(KeyRef.by_id(key.id))).id
        return version


@pytest.fixture
def owner(runtime: Any) -> Owner:
    return Owner(runtime)


@pytest.fixture
def dialect(runtime: Any) -> AlibabaInstance:
    return AlibabaInstance(runtime.vault, runtime.clock, "cn-hangzhou")


@pytest.fixture(scope="session")
def rsa_key() -> RSAPrivateKey:

    return generate_private_key(65537, 2048)


@pytest.fixture
def client(runtime: Any, owner: Owner, dialect: AlibabaInstance, rsa_key: RSAPrivateKey) -> Client:
    """A client of the first access point. Its pair is shared by the session: making one takes 50 ms and more."""

    public = rsa_key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    with runtime.store.begin(write=True) as uow:
        record = add_client_key(uow, runtime.clock.now_ms(), runtime.entropy, runtime.founded.access_point, public)
    return Client(runtime, dialect, ClientKeyFile(record.id, rsa_key))


@pytest.fixture
def make_client(runtime: Any, dialect: AlibabaInstance, rsa_key: RSAPrivateKey, owner: Owner) -> Callable[..., Client]:
    """A client whose access point has just these permissions, resources and network rules."""

    public = rsa_key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    count = iter(range(1000))

    def make(
        permissions: tuple[str, ...] = ("RbacPermission/Template/CryptoServiceKeyUser",),
        resources: tuple[str, ...] = ("key/*",),
        networks: tuple[str, ...] = (),
        source: str = "127.0.0.1",
    ) -> Client:
        account, now, name = runtime.founded.account.id, runtime.clock.now_ms(), f"point{next(count)}"
        rules = (name,) if networks else ()
        point = ApplicationAccessPoint(f"{account}/{name}", account, name, "ClientKey", (name,), "", now)
        owner.add(
            AccessPolicy(
                f"{account}/{name}", account, name, runtime.founded.instance.id, permissions, resources, rules, "", now
            ),
            point,
        )
        if networks:
            owner.add(NetworkRule(f"{account}/{name}", account, name, "Private", networks, "", now))
        with runtime.store.begin(write=True) as uow:
            record = add_client_key(uow, now, runtime.entropy, point, public)
        return Client(runtime, dialect, ClientKeyFile(record.id, rsa_key), source=source)

    return make
