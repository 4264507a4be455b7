"""Credentials: from a key id or token to the principal it stands for. Used by every dialect to authenticate requests.

::

    access key id -> AccessKey, User, Account (, Project) -> Credential   secret for HMAC signatures
    client key id -> ClientKey, AccessPoint, AccessPolicy -> ClientCredential   public key for RSA signatures
    token text    -> Token, User, Account, Project         -> Credential

All reads go through a :class:`~bitting.core.key_cache.View`, so a change to any of these records takes
effect on the next request of every process. Secrets are compared by the dialects, in constant time.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from bitting.core import faults
from bitting.core.authz import roles
from bitting.core.key_cache import Reader, View
from bitting.core.model.access import UserStatement
from bitting.core.model.identity import (
    EVERYTHING,
    AccessKey,
    AccessPolicy,
    Account,
    AccountState,
    ApplicationAccessPoint,
    ClientKey,
    Condition,
    Instance,
    NetworkRule,
    Principal,
    Project,
    Statement,
    Token,
    User,
)
from bitting.core.model.secret import Secret, SecretGrant
from bitting.core.model.service import Operator
from bitting.core.ports import Vault
from bitting.core.reveal import reveal

#: What the access point templates of Alibaba's instance API allow, as domain actions.
TEMPLATES = {
    "CryptoServiceKeyUser": (
        "key:encrypt",
        "key:decrypt",
        "key:generate_data_key",
        "key:sign",
        "key:verify",
        "key:mac",
        "key:public_key",
        "random:generate",
        "digest:compute",
    ),
    "CryptoServiceSecretUser": ("secret:get_value",),
    "SecretUser": ("secret:get_value",),
}

#: The state in which an instance answers.
CONNECTED = "connected"
#: The scope of access policies for the gateway that all accounts share, instead of an instance's own.
SHARED = "shared"


#: The actions that a grant on a secret allows.
GRANTED = ("secret:get_value", "secret:describe", "secret:list_versions")


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential and its principal, before the proof is checked. ``secret`` is used for that check only."""

    principal: Principal
    enabled: bool
    secret: bytes = field(default=b"", repr=False)
    expires_ms: int = 0
    token_digest: str = ""
    token: Token | None = None

    def admit(self, now_ms: int, security_token: str = "") -> None:
        """Return if usable now. Raises ``AccessKeyInactive``, ``ExpiredToken`` or ``InvalidToken``."""
        if not self.enabled:
            raise faults.AccessKeyInactive(access_key_id=self.principal.credential_id)
        if self.expires_ms and self.expires_ms <= now_ms:
            raise faults.ExpiredToken
        if self.token_digest and not hmac.compare_digest(self.token_digest, token_digest(security_token)):
            raise faults.InvalidToken


@dataclass(frozen=True, slots=True)
class ClientCredential:
    """A client key: ``public`` (SubjectPublicKeyInfo DER) checks its signatures."""

    principal: Principal
    public: bytes
    not_before_ms: int
    not_after_ms: int


def token_digest(token: str) -> str:
    """How a token is stored and looked up: SHA-256, hex."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def secret_binding(access_key_id: str) -> bytes:
    """The binding of a stored access key secret."""
    return b"access-key\0" + access_key_id.encode()


def access_key(view: View, vault: Vault, access_key_id: str, project_id: str = "") -> Credential | None:
    """The credential of an access key, scoped to a project if one is given.

    None if the key, or its user or account, does not exist. Raises ``ProjectMismatch`` if the project is
    not one of the account's or not one the key may use.
    """
    return view.get(("access_key", access_key_id, project_id), _by_access_key(vault, access_key_id, project_id))


def _by_access_key(vault: Vault, access_key_id: str, project_id: str) -> Callable[[Reader], Credential | None]:
    def build(reader: Reader) -> Credential | None:
        stored = reader.get(AccessKey, access_key_id)
        if stored is None:
            return None
        principal = principal_of(reader, stored.account_id, stored.user_id, stored.id, project_id or stored.project_id)
        if principal is None:
            return None
        if stored.project_id and principal.project_id != stored.project_id:
            raise faults.ProjectMismatch
        secret = reveal(vault.unwrap(stored.sealed_secret, secret_binding(stored.id)))
        return Credential(principal, stored.enabled, secret, stored.expires_ms, stored.token_digest)

    return build


def principal_of(
    reader: Reader, account_id: str, user_id: str, credential_id: str, project_id: str
) -> Principal | None:
    """The principal of a user, inside a project if one is given. None if the user or account is deleted or disabled.

    Raises ``ProjectMismatch`` if the project is not one of the account's.
    """
    account = reader.get(Account, account_id)
    user = reader.get(User, user_id)
    if account is None or user is None or not user.enabled:
        return None
    ring, facts = account.ring, {"domain_name": account.domain_name}
    if project_id:
        project = reader.get(Project, project_id)
        if project is None or project.account_id != account.id:
            raise faults.ProjectMismatch
        ring = project.ring
        facts.update(profile=project.profile, project_name=project.name)
    return Principal(
        account_id=account.id,
        ring=ring,
        user_id=user.id,
        name=user.name,
        statements=EVERYTHING
        if user.admin
        else (*_granted(reader, user, ring), *roles.statements(reader, user.id, project_id)),
        project_id=project_id,
        domain_id=account.domain_id,
        credential_id=credential_id,
        account_state=AccountState(account.state),
        admin=user.admin,
        facts=facts,
        grants=roles.key_grants(reader, user.id, account.domain_id),
    )


def _granted(reader: Reader, user: User, ring: str) -> tuple[Statement, ...]:
    """The user's own statements, and what grants on secrets of this key ring allow.

    Expired grants are removed at most a second late. Elsewhere another secret may have the same name.
    """
    stored = reader.find(UserStatement, {"user_id": user.id})
    grants = reader.find(SecretGrant, {"grantee": user.id, "grantee_kind": "user"})
    own = tuple(statement_of(item) for item in stored)
    return own + tuple(
        Statement(GRANTED, (f"secret/{grant.secret_name}",), origin=f"grant on secret {grant.secret_id}")
        for grant in grants
        if (secret := reader.get(Secret, grant.secret_id)) is not None and secret.ring == ring
    )


def statement_of(stored: UserStatement) -> Statement:
    """A user's own statement."""
    conditions = tuple(roles.read_condition(json.loads(text)) for text in stored.conditions)
    origin = f"statement {stored.id} of the user"
    return Statement(stored.actions, stored.resources, stored.allow, conditions, origin)


def token(view: View, text: str) -> Credential | None:
    """The credential of an issued token, expired or not. None if it was never issued, or was revoked."""
    digest = token_digest(text)
    return view.get(("token", digest), _by_token(digest))


def _by_token(digest: str) -> Callable[[Reader], Credential | None]:
    def build(reader: Reader) -> Credential | None:
        stored = reader.get(Token, digest)
        if stored is None:
            return None
        principal = principal_of(reader, stored.account_id, stored.user_id, "", stored.project_id)
        if principal is None:
            return None
        return Credential(principal, enabled=True, expires_ms=stored.expires_ms, token=stored)

    return build


def operator(view: View, text: str) -> Principal | None:
    """The operator with this token, or None."""
    digest = token_digest(text)
    return view.get(("operator", digest), _by_operator(digest))


def _by_operator(digest: str) -> Callable[[Reader], Principal | None]:
    def build(reader: Reader) -> Principal | None:
        stored = reader.get(Operator, digest)
        if stored is None:
            return None
        return Principal("", "", "", stored.name, (), credential_id=f"operator:{stored.name}", operator=True)

    return build


def client_key(view: View, client_key_id: str) -> ClientCredential | None:
    """The credential of a client key with what its access point allows on its instance. None if unknown.

    Which instance: the first that the access point's policies name. Only policies of that very instance count;
    one that names another instance, one that was deleted, or the shared gateway, allows nothing here.
    """
    return view.get(("client_key", client_key_id), _by_client_key(client_key_id))


def _by_client_key(client_key_id: str) -> Callable[[Reader], ClientCredential | None]:
    def build(reader: Reader) -> ClientCredential | None:
        stored = reader.get(ClientKey, client_key_id)
        point = reader.get(ApplicationAccessPoint, f"{stored.account_id}/{stored.access_point}") if stored else None
        account = reader.get(Account, stored.account_id) if stored else None
        if stored is None or point is None or account is None:
            return None
        policies = [reader.get(AccessPolicy, f"{account.id}/{name}") for name in point.policies]
        instance = _instance(reader, account, policies)
        instance_id = instance.id if instance else ""
        counted = [policy for policy in policies if policy is not None and policy.instance_id == instance_id]
        principal = Principal(
            account_id=account.id,
            ring=instance.ring if instance else account.ring,
            user_id="",
            name=point.name,
            statements=tuple(item for policy in counted for item in _statements(reader, policy)) if instance else (),
            domain_id=account.domain_id,
            instance_id=instance_id,
            credential_id=stored.id,
            account_state=AccountState(account.state),
        )
        return ClientCredential(principal, stored.public, stored.not_before_ms, stored.not_after_ms)

    return build


def _instance(reader: Reader, account: Account, policies: Sequence[AccessPolicy | None]) -> Instance | None:
    """The first instance of the account that a policy names and that exists and is connected."""
    for policy in policies:
        found = reader.get(Instance, policy.instance_id) if policy else None
        if found is not None and found.account_id == account.id and found.state == CONNECTED:
            return found
    return None


def _statements(reader: Reader, policy: AccessPolicy) -> list[Statement]:
    """One statement a template, from the source networks of the policy's rules if it has any."""
    networks: list[str] = []
    for name in policy.network_rules:
        rule = reader.get(NetworkRule, f"{policy.account_id}/{name}")
        networks.extend(rule.sources if rule else ())
    if policy.network_rules and not networks:
        return []
    limited = (Condition("IpAddress", "source_address", tuple(networks)),) if networks else ()
    return [
        replace(statement, conditions=limited)
        for statement in template_statements(policy.permissions, policy.resources, policy.name)
    ]


def template_statements(permissions: Sequence[str], resources: tuple[str, ...], name: str) -> list[Statement]:
    """What an access policy's permissions mean, from anywhere."""
    templates = (permission.rsplit("/", 1)[-1] for permission in permissions)
    return [
        Statement(TEMPLATES[template], resources, origin=f"access policy {name}, {template}")
        for template in templates
        if template in TEMPLATES
    ]
