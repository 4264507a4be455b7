"""Identity tokens, temporary access keys, and projects.

::

    password -> by_password() -> Principal ── issue ──> Session (token text, shown once)
    token    -> credentials.token()        ── issue ──> another, for another project
                                           ── validate, revoke
                                           ── temporary_key ──> access key, secret, security token

A token is 384 random bits; only its SHA-256 is stored. What is made with a token, tokens and temporary access keys,
ends when it is revoked; tokens expire no later than it, temporary keys after their own duration.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bitting.core import faults
from bitting.core.authz import roles
from bitting.core.gate import Context, use_case
from bitting.core.key_cache import Reader, View
from bitting.core.material import KeyMaterial
from bitting.core.model.identity import AccessKey, Account, Principal, Project, Token, User
from bitting.core.ports import UnitOfWork
from bitting.core.usecases.iam.accounts import password_matches, random_alphanumeric
from bitting.core.usecases.iam.credentials import principal_of, secret_binding, token_digest

DAY_MS = 86_400_000
TOKEN_BYTES = 48
TOKENS_PER_USER = 1000
TEMPORARY_KEYS_PER_USER = 1000
_PURGED_AT_ONCE = 100

#: What every user may do about their own identity, independent of policies.
ACTIONS = ("token:*", "project:list", "access_key:temporary")

#: An scrypt record of no password: an unknown user takes as long as a wrong password.
_NOBODY = f"scrypt${base64.b64encode(bytes(16)).decode()}${base64.b64encode(bytes(32)).decode()}"


@dataclass(frozen=True, slots=True)
class UserClaim:
    """The claimed user: by ``user_id``, or by ``name`` in a domain (an account, by id or name)."""

    user_id: str = ""
    name: str = ""
    domain_id: str = ""
    domain_name: str = ""

    @property
    def label(self) -> str:
        """The user as claimed, in one text, to count by."""
        return f"{self.user_id}\0{self.name}\0{self.domain_id}\0{self.domain_name}"


@dataclass(slots=True)
class Scope:
    """The requested scope of a token. ``kind``: ``project``, ``domain`` or empty; named by id or by name."""

    kind: str = ""
    id: str = ""
    name: str = ""
    domain_id: str = ""
    domain_name: str = ""


@dataclass(slots=True)
class IssueToken:
    """``methods``: how the caller authenticated. ``not_after_ms``: an end the token must not outlive, or 0.

    ``parent``: the id of the token it is made with, if it is.
    """

    scope: Scope
    methods: tuple[str, ...]
    not_after_ms: int = 0
    parent: str = ""


@dataclass(slots=True)
class Session:
    """A token and its contents. ``text`` is the token itself, only where it was just issued.

    ``roles``: id and name of each role the user has there.
    """

    token: Token
    user: User
    account: Account
    project: Project | None
    text: str = field(default="", repr=False)
    roles: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class TokenByText:
    """Name a token by its text."""

    text: str = field(repr=False)


@dataclass(slots=True)
class CreateTemporaryKey:
    """``duration_s`` from now; ``project_id`` limits the key to one project.

    ``parent``: the id of the token it is made with.
    """

    duration_s: int = 900
    project_id: str = ""
    parent: str = ""


@dataclass(slots=True)
class IssuedTemporaryKey:
    """A temporary access key; ``secret`` and ``security_token`` are shown once."""

    access_key_id: str
    secret: str = field(repr=False)
    security_token: str = field(repr=False)
    expires_ms: int


@dataclass(slots=True)
class FindProjects:
    """The caller's account's projects, by exact id and name where given."""

    project_id: str = ""
    name: str = ""


@dataclass(slots=True)
class Projects:
    """Projects and the account they belong to."""

    account: Account
    projects: Sequence[Project]


def principal_by_password(view: View, claim: UserClaim, password: str) -> Principal:
    """The principal of a user, outside any project. Slow on purpose. Raises ``WrongPassword``."""
    found = view.get(("user", claim), _by_claim(claim))
    principal, record = found or (None, _NOBODY)
    if not password_matches(password, record) or principal is None:
        raise faults.WrongPassword
    return principal


def _by_claim(claim: UserClaim) -> Callable[[Reader], tuple[Principal, str] | None]:
    def build(reader: Reader) -> tuple[Principal, str] | None:
        user = reader.get(User, claim.user_id) if claim.user_id else _by_name(reader, claim)
        principal = principal_of(reader, user.account_id, user.id, "", "") if user else None
        return (principal, user.password) if user and principal else None

    return build


def _by_name(reader: Reader, claim: UserClaim) -> User | None:
    domain = {"domain_id": claim.domain_id} if claim.domain_id else {"domain_name": claim.domain_name}
    for account in reader.find(Account, domain, limit=2):
        for user in reader.find(User, {"account_id": account.id, "name": claim.name}, limit=1):
            return user
    return None


@use_case("token:issue", writes=True)
def issue(context: Context, command: IssueToken) -> Session:
    """A new token of the caller's. Raises ``ProjectMismatch`` for a scope that is not theirs."""
    user, account = _owner_of(context)
    _require_parent(context, command.parent)
    project = _scoped(context, account, command.scope)
    _evict_tokens(context, user.id)
    text = base64.urlsafe_b64encode(context.gate.entropy.random(TOKEN_BYTES)).decode()
    expires_ms = context.now_ms + DAY_MS
    token = Token(
        id=token_digest(text),
        account_id=account.id,
        user_id=user.id,
        project_id=project.id if project else "",
        methods=",".join(command.methods),
        issued_ms=context.now_ms,
        expires_ms=min(expires_ms, command.not_after_ms or expires_ms),
        audit_id=base64.urlsafe_b64encode(context.gate.entropy.random(16)).decode().rstrip("="),
        scope=command.scope.kind,
        restricted=_restricted(context, user, project),
        parent=command.parent,
    )
    context.uow.of(Token).add(token)
    return Session(token, user, account, project, text, _roles(context, user, project))


def _require_parent(context: Context, parent: str) -> None:
    """Return if the token still is valid: it may have been revoked since the caller was identified.

    Raises ``InvalidToken``.
    """
    if parent and context.uow.of(Token).get(parent) is None:
        raise faults.InvalidToken


def end_sessions(uow: UnitOfWork, user_id: str) -> None:
    """Remove every token and temporary access key of a user; permanent keys stay."""
    tokens, keys = uow.of(Token), uow.of(AccessKey)
    while found := tokens.find({"user_id": user_id}):
        for token in found:
            tokens.remove(token.id)
    after = None
    while stored := keys.find({"user_id": user_id}, after=after):
        after = stored[-1].id
        for key in stored:
            if key.token_digest:
                keys.remove(key.id)


def end_token(uow: UnitOfWork, token_id: str) -> None:
    """Remove a token and all that was made with it."""
    tokens, keys = uow.of(Token), uow.of(AccessKey)
    ending = [token_id]
    while ending:
        one = ending.pop()
        tokens.remove(one)
        while made := tokens.find({"parent": one}):
            for token in made:
                tokens.remove(token.id)
                ending.append(token.id)
        while held := keys.find({"parent": one}):
            for key in held:
                keys.remove(key.id)


def _restricted(context: Context, user: User, project: Project | None) -> bool:
    """Whether a role of the user makes the token invalid for services."""
    return not user.admin and roles.is_restricted(Reader(context.uow), user.id, project.id if project else "")


def _roles(context: Context, user: User, project: Project | None) -> tuple[tuple[str, str], ...]:
    return roles.role_names(Reader(context.uow), user.id, project.id if project else "")


def _owner_of(context: Context) -> tuple[User, Account]:
    user = context.uow.of(User).get(context.principal.user_id)
    account = context.uow.of(Account).get(context.principal.account_id)
    if user is None or account is None:
        raise faults.InvalidToken
    return user, account


def _scoped(context: Context, account: Account, scope: Scope) -> Project | None:
    if not scope.kind:
        return None
    if not _is_domain(account, scope):
        raise faults.ProjectMismatch
    if scope.kind == "domain":
        return None
    projects = context.uow.of(Project)
    by_name: dict[str, object] = {"account_id": account.id, "name": scope.name}
    found = [projects.get(scope.id)] if scope.id else projects.find(by_name, limit=1)
    for project in found:
        if project is not None and project.account_id == account.id:
            return project
    raise faults.ProjectMismatch


def _is_domain(account: Account, scope: Scope) -> bool:
    """Whether the domain a scope names is the account; one that is not named is the caller's own."""
    if scope.domain_id:
        return scope.domain_id == account.domain_id
    return not scope.domain_name or scope.domain_name == account.domain_name


def _evict_tokens(context: Context, user_id: str) -> None:
    """Delete the user's expired tokens, and at the limit also the oldest valid one with what was made with it."""
    tokens = context.uow.of(Token)
    for token in tokens.find({"user_id": user_id}, order="expires_ms", limit=_PURGED_AT_ONCE):
        if token.expires_ms <= context.now_ms:
            tokens.remove(token.id)
    if tokens.count({"user_id": user_id}) >= TOKENS_PER_USER:
        for token in tokens.find({"user_id": user_id}, order="issued_ms", limit=1):
            end_token(context.uow, token.id)


def _token(context: Context, text: str) -> Token:
    """A valid token the caller may read: their own, or as an administrator any of the account's.

    Raises ``ResourceNotFound`` or ``PermissionDenied``.
    """
    token = context.uow.of(Token).get(token_digest(text))
    if token is None or token.account_id != context.principal.account_id or token.expires_ms <= context.now_ms:
        raise faults.ResourceNotFound(kind="token")
    if token.user_id != context.principal.user_id and not context.principal.admin:
        raise faults.PermissionDenied
    return token


@use_case("token:validate")
def describe_token(context: Context, command: TokenByText) -> Session:
    """The contents of a token. Raises ``ResourceNotFound`` if it is not valid, ``PermissionDenied``."""
    token = _token(context, command.text)
    user = context.uow.of(User).get(token.user_id)
    account = context.uow.of(Account).get(token.account_id)
    if user is None or account is None or not user.enabled:
        raise faults.ResourceNotFound(kind="token")
    project = context.uow.of(Project).get(token.project_id) if token.project_id else None
    return Session(token, user, account, project, roles=_roles(context, user, project))


@use_case("token:revoke", writes=True)
def revoke(context: Context, command: TokenByText) -> Token:
    """Revoke a token and all that was made with it, at once and in every process.

    Raises ``ResourceNotFound``, ``PermissionDenied``.
    """
    token = _token(context, command.text)
    end_token(context.uow, token.id)
    return token


@use_case("access_key:temporary", writes=True)
def create_temporary_key(context: Context, command: CreateTemporaryKey) -> IssuedTemporaryKey:
    """A temporary access key with the permissions of the caller. Raises ``InvalidToken``, ``QuotaExceeded``."""
    user, account = _owner_of(context)
    _require_parent(context, command.parent)
    _evict_key(context, user.id)
    access_key_id, secret = "BTT" + random_alphanumeric(21), random_alphanumeric(40)
    security_token = base64.urlsafe_b64encode(context.gate.entropy.random(TOKEN_BYTES)).decode()
    expires_ms = context.now_ms + command.duration_s * 1000
    key = AccessKey(
        id=access_key_id,
        account_id=account.id,
        user_id=user.id,
        sealed_secret=context.gate.vault.wrap(KeyMaterial(secret.encode()), secret_binding(access_key_id)),
        enabled=True,
        created_ms=context.now_ms,
        expires_ms=expires_ms,
        token_digest=token_digest(security_token),
        project_id=command.project_id,
        parent=command.parent,
    )
    context.uow.of(AccessKey).add(key)
    return IssuedTemporaryKey(access_key_id, secret, security_token, expires_ms)


def _evict_key(context: Context, user_id: str) -> None:
    """Delete the user's expired temporary keys. Raises ``QuotaExceeded`` if too many are still valid."""
    keys = context.uow.of(AccessKey)
    stored = keys.find({"user_id": user_id}, order="created_ms", limit=TEMPORARY_KEYS_PER_USER + _PURGED_AT_ONCE)
    good = 0
    for key in stored:
        if key.expires_ms and key.expires_ms <= context.now_ms:
            keys.remove(key.id)
        else:
            good += bool(key.expires_ms)
    if good >= TEMPORARY_KEYS_PER_USER:
        raise faults.QuotaExceeded(limit="temporary access keys")


@use_case("project:list")
def projects(context: Context, command: FindProjects) -> Projects:
    """The caller's account and those of its projects that match, by name."""
    _, account = _owner_of(context)
    where: dict[str, object] = {"account_id": account.id}
    if command.project_id:
        where["id"] = command.project_id
    if command.name:
        where["name"] = command.name
    return Projects(account, context.uow.of(Project).find(where, order="name"))
