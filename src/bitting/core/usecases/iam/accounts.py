"""Accounts: creation of the first one, passwords, access keys, client keys.

Bootstrapping creates one of everything, so that the clients of every cloud work with a new server.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import string
from dataclasses import dataclass, field

from bitting.core import faults
from bitting.core.material import KeyMaterial
from bitting.core.model.identity import (
    AccessKey,
    AccessPolicy,
    Account,
    AccountState,
    ApplicationAccessPoint,
    ClientKey,
    Instance,
    Project,
    User,
)
from bitting.core.ports import Clock, Entropy, UnitOfWork, Vault
from bitting.core.usecases.iam.credentials import secret_binding

_ALPHANUMERIC = string.ascii_letters + string.digits
_SCRYPT_N, _SCRYPT_R, _SCRYPT_P = 1 << 14, 8, 1
YEAR_MS = 365 * 86_400_000
CLIENT_KEY_YEARS = 5


@dataclass(slots=True)
class CreatedAccount:
    """What :func:`create_first_account` made. ``secret`` and ``password`` are shown once, in the credentials file."""

    account: Account
    project: Project
    second_project: Project
    user: User
    instance: Instance
    access_point: ApplicationAccessPoint
    access_key_id: str
    secret: str = field(repr=False)
    password: str = field(repr=False)


def hash_password(password: str) -> str:
    """An scrypt record (RFC 7914; N=16384, r=8, p=1, 16-byte salt), text."""
    salt = secrets.token_bytes(16)
    digest = _scrypt(password, salt)
    return "$".join(("scrypt", base64.b64encode(salt).decode(), base64.b64encode(digest).decode()))


def password_matches(password: str, record: str) -> bool:
    """Whether the password matches the record; the digests are compared in constant time.

    A record that no password matches costs as much as one that some does.
    """
    try:
        _, salt, digest = record.split("$")
        held, expected = base64.b64decode(salt), base64.b64decode(digest)
    except ValueError:
        held, expected = bytes(16), b""
    return hmac.compare_digest(_scrypt(password, held), expected)


def require_policy(password: str, name: str) -> None:
    """Return if a password may be taken: at least two of upper case, lower case, digits and marks, not the name.

    Nor the name backwards. How long it must be is the API's matter. Raises ``InvalidParameter`` (password).
    """
    kinds = (str.isupper, str.islower, str.isdigit, lambda character: not character.isalnum())
    if sum(any(map(kind, password)) for kind in kinds) < 2:
        raise faults.InvalidParameter(parameter="password", reason="format")
    if name and password.casefold() in {name.casefold(), name.casefold()[::-1]}:
        raise faults.InvalidParameter(parameter="password", reason="format")


def _scrypt(password: str, salt: bytes) -> bytes:
    data = password.encode(errors="surrogatepass")
    return hashlib.scrypt(data, salt=salt, n=_SCRYPT_N, r=_SCRYPT_R, p=_SCRYPT_P, maxmem=64 << 20, dklen=32)


def random_alphanumeric(length: int) -> str:
    """Random letters and digits."""
    return "".join(secrets.choice(_ALPHANUMERIC) for _ in range(length))


def password(length: int = 24) -> str:
    """A random password that meets the usual rules: letters, digits and a mark."""
    return random_alphanumeric(length - 3) + secrets.choice("!@#$%") + secrets.choice(string.digits) + "a"


def _digits(count: int) -> str:
    return secrets.choice("123456789") + "".join(secrets.choice(string.digits) for _ in range(count - 1))


def create_first_account(uow: UnitOfWork, vault: Vault, clock: Clock, entropy: Entropy, region: str) -> CreatedAccount:
    """The first account with a Huawei project, an OTC project (same key ring), an admin, and an instance."""
    now = clock.now_ms()
    account_id, ring = _digits(16), entropy.uuid()
    account = Account(account_id, entropy.random(16).hex(), f"domain-{account_id}", ring, AccountState.ACTIVE, now)
    # The two projects share the key ring of the account: the same keys through every API. Projects added later
    # get a key ring of their own, which isolates them.
    project = Project(entropy.random(16).hex(), account_id, region, "huawei", ring, now)
    second = Project(entropy.random(16).hex(), account_id, f"{region}_otc", "otc", ring, now)
    secret_password = password()
    user = User(entropy.random(16).hex(), account_id, "admin", hash_password(secret_password), True, True, now)
    instance = Instance(f"kst-{entropy.random(10).hex()}", account_id, ring, "default", now)
    policy = AccessPolicy(
        f"{account_id}/default",
        account_id,
        "default",
        instance.id,
        ("RbacPermission/Template/CryptoServiceKeyUser", "RbacPermission/Template/CryptoServiceSecretUser"),
        ("key/*", "secret/*"),
        (),
        "Made at first start",
        now,
    )
    point = ApplicationAccessPoint(
        f"{account_id}/default", account_id, "default", "ClientKey", ("default",), "Made at first start", now
    )
    for record in (account, project, second, user, instance, policy, point):
        uow.of(type(record)).add(record)
    access_key_id, secret = add_access_key(uow, vault, now, account_id, user.id)
    return CreatedAccount(account, project, second, user, instance, point, access_key_id, secret, secret_password)


def add_access_key(uow: UnitOfWork, vault: Vault, now_ms: int, account_id: str, user_id: str) -> tuple[str, str]:
    """A new permanent access key: (id, secret). The secret is stored under the root key only."""
    access_key_id, secret = "BTT" + random_alphanumeric(21), random_alphanumeric(40)
    sealed = vault.wrap(KeyMaterial(secret.encode()), secret_binding(access_key_id))
    uow.of(AccessKey).add(AccessKey(access_key_id, account_id, user_id, sealed, True, now_ms))
    return access_key_id, secret


def add_client_key(
    uow: UnitOfWork, now_ms: int, entropy: Entropy, point: ApplicationAccessPoint, public: bytes
) -> ClientKey:
    """A new client key of an access point, valid for five years. ``public``: SubjectPublicKeyInfo DER."""
    key = ClientKey(
        id=f"KAAP.{entropy.uuid()}",
        account_id=point.account_id,
        access_point=point.name,
        public=public,
        not_before_ms=now_ms,
        not_after_ms=now_ms + CLIENT_KEY_YEARS * YEAR_MS,
        created_ms=now_ms,
    )
    uow.of(ClientKey).add(key)
    return key
