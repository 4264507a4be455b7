"""The seed file of developer mode: accounts, access keys, projects, keys with fixed ids and material, aliases.

::

    accounts:
      - id: "1000000000000001"          # 16 digits; leave out to add to the account of credentials.json
        users:        [{name: alice, password: ..., admin: true}]
        access_keys:  [{id: ..., secret: ..., user: alice}]
        projects:     [{id: ..., name: ..., profile: huawei, shared: true}]
        keys:         [{id: ..., spec: AES_256, material: <base64>, aliases: [alias/app]}]

Loading twice changes nothing: what is there by its id is left as it is. The whole file is loaded or nothing.
The fields and their defaults are the classes below; docs/development.md has a full example.
"""

from __future__ import annotations

import binascii
import hashlib
from pathlib import Path

import msgspec

from bitting.core.gate import Gate
from bitting.core.key_cache import binding
from bitting.core.material import KeyMaterial
from bitting.core.model.identity import AccessKey, Account, AccountState, Project, User
from bitting.core.model.key import Alias, Key, KeyState, KeyVersion, Origin
from bitting.core.ports import UnitOfWork
from bitting.core.specs import SPECS
from bitting.core.usecases.iam.accounts import hash_password
from bitting.core.usecases.iam.credentials import secret_binding


class SeedError(Exception):
    """The seed cannot be loaded; the text names the place."""


class SeedUser(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A user; ``password`` may be left out for users that only sign."""

    name: str
    password: str = ""
    admin: bool = True


class SeedAccessKey(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An access key of ``user`` (default: the account's first user)."""

    id: str
    secret: str
    user: str = ""
    enabled: bool = True


class SeedProject(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A project; ``shared`` false gives it a key ring of its own."""

    id: str
    name: str
    profile: str = "huawei"
    shared: bool = True


class SeedKey(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A key; ``material`` is base64 of the raw key, or of PKCS #8 DER; left out, it is made at random."""

    id: str
    version_id: str = ""
    spec: str = "AES_256"
    usage: str = ""
    name: str = ""
    description: str = ""
    state: str = "enabled"
    material: str = ""
    aliases: list[str] = []
    project: str = ""


class SeedAccount(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An account and all that is in it."""

    id: str = ""
    domain_id: str = ""
    domain_name: str = ""
    state: str = "active"
    users: list[SeedUser] = []
    access_keys: list[SeedAccessKey] = []
    projects: list[SeedProject] = []
    keys: list[SeedKey] = []


class Seed(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    accounts: list[SeedAccount] = []


def read(path: Path) -> Seed:
    """Parse a seed file. Raises :class:`SeedError`."""
    try:
        return msgspec.yaml.decode(path.read_bytes(), type=Seed)
    except OSError as error:
        msg = f"{path}: {error.strerror}"
        raise SeedError(msg) from None
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        msg = f"{path}: {error}"
        raise SeedError(msg) from None


def load(gate: Gate, seed: Seed) -> None:
    """Add what is missing, in one unit of work. Raises :class:`SeedError` or a fault; then nothing was added."""
    with gate.store.begin(write=True) as uow:
        planter = _Planter(gate, uow)
        for account in seed.accounts:
            planter.account(account)


def _derived(*parts: str) -> str:
    """32 hex digits that are the same for the same words: ids the seed leaves out must not change on reload."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _uuid(text: str) -> str:
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:32]}"


class _Planter:
    def __init__(self, gate: Gate, uow: UnitOfWork) -> None:
        self._gate = gate
        self._uow = uow
        self._now = gate.clock.now_ms()

    def account(self, seed: SeedAccount) -> None:
        account = self._find_account(seed)
        for user in seed.users:
            self._user(account, user)
        for project in seed.projects:
            self._project(account, project)
        for access_key in seed.access_keys:
            self._access_key(account, access_key)
        for key in seed.keys:
            self._key(account, key)

    def _find_account(self, seed: SeedAccount) -> Account:
        accounts = self._uow.of(Account)
        if not seed.id:
            return accounts.find(order="created_ms", limit=1)[0]
        held = accounts.get(seed.id)
        if held is None:
            domain_id = seed.domain_id or _derived("domain", seed.id)
            name = seed.domain_name or f"domain-{seed.id}"
            ring = _uuid(_derived("ring", seed.id))
            held = Account(seed.id, domain_id, name, ring, AccountState(seed.state), self._now)
            accounts.add(held)
        return held

    def _user(self, account: Account, seed: SeedUser) -> None:
        users = self._uow.of(User)
        if not users.count({"account_id": account.id, "name": seed.name}):
            record = hash_password(seed.password) if seed.password else ""
            user_id = _derived("user", account.id, seed.name)
            users.add(User(user_id, account.id, seed.name, record, True, seed.admin, self._now))

    def _project(self, account: Account, seed: SeedProject) -> None:
        if self._uow.of(Project).get(seed.id) is None:
            ring = account.ring if seed.shared else _uuid(_derived("ring", seed.id))
            self._uow.of(Project).add(Project(seed.id, account.id, seed.name, seed.profile, ring, self._now))

    def _access_key(self, account: Account, seed: SeedAccessKey) -> None:
        if self._uow.of(AccessKey).get(seed.id) is not None:
            return
        where = {"account_id": account.id, **({"name": seed.user} if seed.user else {})}
        users = self._uow.of(User).find(where, order="created_ms", limit=1)
        if not users:
            msg = f"access key {seed.id}: account {account.id} has no user {seed.user or 'at all'}"
            raise SeedError(msg)
        sealed = self._gate.vault.wrap(KeyMaterial(seed.secret.encode()), secret_binding(seed.id))
        self._uow.of(AccessKey).add(AccessKey(seed.id, account.id, users[0].id, sealed, seed.enabled, self._now))

    def _key(self, account: Account, seed: SeedKey) -> None:
        if self._uow.of(Key).get(seed.id) is not None:
            return
        spec = SPECS.get(seed.spec)
        if spec is None:
            msg = f"key {seed.id}: no spec {seed.spec}; the specs are {', '.join(SPECS)}"
            raise SeedError(msg)
        project = self._uow.of(Project).get(seed.project) if seed.project else None
        version_id = seed.version_id or _uuid(_derived("version", seed.id))
        key = Key(
            id=seed.id,
            number=self._uow.next_number("keys"),
            ring=project.ring if project else account.ring,
            account_id=account.id,
            project_id=seed.project,
            name=seed.name,
            description=seed.description,
            spec=spec.name,
            usage=seed.usage or spec.default_usage,
            origin=Origin.INTERNAL,
            state=KeyState(seed.state),
            protection="software",
            provider="software",
            created_ms=self._now,
            creator=account.id,
            primary_version=version_id,
            initial_version=version_id,
            rotated_ms=self._now,
            region=self._gate.region,
            primary_region=self._gate.region,
        )
        self._uow.of(Key).add(key)
        self._version(key, seed, version_id)
        for name in seed.aliases:
            alias_id = f"{key.ring}/{name}"
            self._uow.of(Alias).add(Alias(alias_id, key.ring, key.account_id, name, key.id, self._now, self._now))

    def _version(self, key: Key, seed: SeedKey, version_id: str) -> None:
        provider, spec = self._gate.providers["software"], SPECS[key.spec]
        if seed.material:
            try:
                material = KeyMaterial(binascii.a2b_base64(seed.material, strict_mode=True))
            except binascii.Error:
                msg = f"key {seed.id}: material is not base64"
                raise SeedError(msg) from None
            stored = provider.import_material(spec, material, binding(key, version_id))
        else:
            stored = provider.create(spec, binding(key, version_id))
        self._uow.of(KeyVersion).add(KeyVersion(version_id, key.id, 1, self._now, stored.wrapped, stored.public))
