"""Client keys: RSA pairs. The private key is handed out once, in a file; the public key is stored.

::

    issue   access point, password -> ClientKey record (public half) + Issued (file contents, shown once)
    describe, list_, delete
    file    {"KeyId": "KAAP...", "PrivateKeyData": base64 of a PKCS #12 file}

The clients' libraries read that file with the password. It cannot be made again: a lost one is replaced.
"""

from __future__ import annotations

import base64
import json
import string
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.model.access import ClientCertificate
from bitting.core.model.identity import ApplicationAccessPoint, ClientKey
from bitting.core.pem import PUBLIC_KEY, armour
from bitting.core.ports import Entropy, UnitOfWork, Vault
from bitting.core.specs import SPECS
from bitting.core.usecases.access.application_access_points import policies_of, require_permission
from bitting.core.usecases.iam.accounts import add_client_key
from bitting.core.usecases.iam.held_rights import require_policies_covered

KEYS_PER_POINT_MAX = 3
PASSWORD_MIN, PASSWORD_MAX = 8, 64
_MARKS = "~!@#$%^&*?_-"
_CLASSES = (string.ascii_letters, string.digits, _MARKS)
_SPEC = SPECS["RSA_2048"]


@dataclass(slots=True)
class CreateClientKey:
    """``access_point``: its name. Validity: both ends or neither (then: now and five years)."""

    access_point: str
    password: str = field(repr=False)
    not_before_ms: int = 0
    not_after_ms: int = 0


@dataclass(slots=True)
class IssuedClientKey:
    """``pkcs12`` holds the private key under the password and is not stored."""

    record: ClientKey
    pkcs12: bytes = field(repr=False)

    @property
    def private_key_data(self) -> str:
        """The PKCS #12 file in base64, as the API answers it."""
        return base64.b64encode(self.pkcs12).decode()

    def file(self) -> str:
        """The client key file: JSON text."""
        return json.dumps({"KeyId": self.record.id, "PrivateKeyData": self.private_key_data})


def require_file_password(password: str) -> None:
    """Return if the password is of 8 to 64 letters, digits and marks, at least two kinds of the three.

    Raises ``InvalidParameter`` (``password``). Source: Alibaba Cloud, CreateClientKey.
    """
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        raise faults.InvalidParameter(parameter="password", reason="length")
    kinds = [kind for kind in _CLASSES if any(letter in kind for letter in password)]
    if len(kinds) < 2 or not set("".join(_CLASSES)).issuperset(password):
        raise faults.InvalidParameter(parameter="password", reason="format")


def issue(
    uow: UnitOfWork,
    vault: Vault,
    entropy: Entropy,
    now_ms: int,
    point: ApplicationAccessPoint,
    command: CreateClientKey,
) -> IssuedClientKey:
    """A new client key of ``point``. Takes 50 ms to a second (RSA 2048).

    Raises ``InvalidParameter`` (password, validity), ``QuotaExceeded`` (three a point).
    """
    require_file_password(command.password)
    if bool(command.not_before_ms) != bool(command.not_after_ms):
        raise faults.InvalidParameter(parameter="not_after_ms", reason="format")
    if command.not_after_ms < command.not_before_ms or 0 < command.not_after_ms <= now_ms:
        raise faults.InvalidParameter(parameter="not_after_ms", reason="range")
    keys = uow.of(ClientKey)
    if keys.count({"account_id": point.account_id, "access_point": point.name}) >= KEYS_PER_POINT_MAX:
        raise faults.QuotaExceeded(limit="client_keys")
    pair = vault.key_pair(_SPEC)
    record = add_client_key(uow, now_ms, entropy, point, pair.public)
    if command.not_before_ms:
        record = replace(record, not_before_ms=command.not_before_ms, not_after_ms=command.not_after_ms)
        keys.put(record)
    created = vault.pkcs12(pair, record.id, command.password, record.not_before_ms, record.not_after_ms)
    uow.of(ClientCertificate).add(ClientCertificate(record.id, record.account_id, created.certificate))
    return IssuedClientKey(record, created.file)


@dataclass(slots=True)
class ClientKeyById:
    """By its id, ``KAAP.<uuid>``."""

    client_key_id: str


@dataclass(slots=True)
class ListClientKeys:
    """The client keys of one access point, or of all of the account's if empty."""

    access_point: str = ""


@dataclass(slots=True)
class ClientKeyView:
    """A client key and the text of its public half: its certificate, or for an old one the bare key (PEM)."""

    record: ClientKey
    public_text: str


@use_case("client_key:create", writes=True)
def create(context: Context, command: CreateClientKey) -> IssuedClientKey:
    """A new client key of one of the account's access points. Raises ``ResourceNotFound``, and as :func:`issue`."""
    require_permission(context, "client_key:create", f"applicationaccesspoint/{command.access_point}")
    point = context.uow.of(ApplicationAccessPoint).get(f"{context.principal.account_id}/{command.access_point}")
    if point is None:
        raise faults.ResourceNotFound(resource=command.access_point)
    require_policies_covered(context, policies_of(context, point))
    gate = context.gate
    return issue(context.uow, gate.vault, gate.entropy, context.now_ms, point, command)


def _view(context: Context, record: ClientKey) -> ClientKeyView:
    certificate = context.uow.of(ClientCertificate).get(record.id)
    return ClientKeyView(record, certificate.certificate if certificate else armour(PUBLIC_KEY, record.public).decode())


def _find(context: Context, client_key_id: str, action: str) -> ClientKey:
    record = context.uow.of(ClientKey).get(client_key_id)
    if record is None or record.account_id != context.principal.account_id:
        require_permission(context, action, f"applicationaccesspoint/{client_key_id}")
        raise faults.ResourceNotFound(resource=client_key_id)
    require_permission(context, action, f"applicationaccesspoint/{record.access_point}")
    return record


@use_case("client_key:describe")
def describe(context: Context, command: ClientKeyById) -> ClientKeyView:
    """The client key, without its private key, which is not stored. Raises ``ResourceNotFound``."""
    return _view(context, _find(context, command.client_key_id, "client_key:describe"))


@use_case("client_key:list")
def list_(context: Context, command: ListClientKeys) -> Sequence[ClientKeyView]:
    """The client keys, oldest first; at most 1000. Raises ``ResourceNotFound`` for an unknown access point."""
    account = context.principal.account_id
    where: dict[str, object] = {"account_id": account}
    if command.access_point:
        where["access_point"] = command.access_point
        if context.uow.of(ApplicationAccessPoint).get(f"{account}/{command.access_point}") is None:
            raise faults.ResourceNotFound(resource=command.access_point)
    return [_view(context, record) for record in context.uow.of(ClientKey).find(where, order="created_ms")]


@use_case("client_key:delete", writes=True)
def delete(context: Context, command: ClientKeyById) -> ClientKey:
    """Delete it: its signatures are refused from the next request on. Raises ``ResourceNotFound``."""
    record = _find(context, command.client_key_id, "client_key:delete")
    context.uow.of(ClientKey).remove(record.id)
    context.uow.of(ClientCertificate).remove(record.id)
    return record
