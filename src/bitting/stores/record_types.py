"""The kinds of records that are stored: one line each, read by every store.

::

    Kind(record class, name of its table, what must be unique besides the id)

Adding a kind: the dataclass in ``core/model``, its ``Table`` in ``sql/tables.py``, a migration, a line here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bitting.core.model.access import Certificate, ClientCertificate, InstanceSettings, ManagedDataKey, UserStatement
from bitting.core.model.capsule import KeyPoint, KeyPolicy
from bitting.core.model.grant import Grant
from bitting.core.model.identity import (
    AccessKey,
    AccessPoint,
    AccessPolicy,
    Account,
    ClientKey,
    Instance,
    NetworkRule,
    Project,
    Token,
    User,
)
from bitting.core.model.importing import ImportTicket
from bitting.core.model.job import Job
from bitting.core.model.key import Alias, Key, KeyVersion
from bitting.core.model.keystore import Keystore
from bitting.core.model.people import Assignment, Group, Membership, Role
from bitting.core.model.region import Replica
from bitting.core.model.secret import (
    EventRule,
    Notice,
    Secret,
    SecretGrant,
    SecretSetting,
    SecretTask,
    SecretVersion,
    Stage,
    Target,
    Webhook,
)
from bitting.core.model.service import DevClock, FaultRule, Operator, Quota, Switches
from bitting.core.model.tag import Tag
from bitting.stores.fields import FieldType, field_types


@dataclass(frozen=True, slots=True)
class Unique:
    """No two records agree in all ``fields``; records whose ``unless_empty`` field is ``""`` are exempt."""

    fields: tuple[str, ...]
    unless_empty: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record: its class, the name of its table, its uniqueness rules besides the id."""

    record: type[Any]
    table: str
    unique: tuple[Unique, ...] = ()


KINDS = (
    Kind(Key, "keys", (Unique(("ring", "name"), unless_empty="name"),)),
    Kind(KeyVersion, "key_versions"),
    Kind(Alias, "aliases"),
    Kind(Account, "accounts"),
    Kind(Project, "projects", (Unique(("account_id", "name")),)),
    Kind(User, "users", (Unique(("account_id", "name")),)),
    Kind(AccessKey, "access_keys"),
    Kind(Token, "tokens"),
    Kind(Instance, "instances"),
    Kind(NetworkRule, "network_rules"),
    Kind(AccessPolicy, "access_policies"),
    Kind(AccessPoint, "access_points"),
    Kind(ClientKey, "client_keys"),
    Kind(Switches, "switches"),
    Kind(Quota, "quotas"),
    Kind(Operator, "operators"),
    Kind(FaultRule, "fault_rules"),
    Kind(DevClock, "dev_clock"),
    Kind(Job, "jobs"),
    Kind(UserStatement, "user_statements"),
    Kind(InstanceSettings, "instance_settings"),
    Kind(ClientCertificate, "client_certificates"),
    Kind(Certificate, "certificates"),
    Kind(ManagedDataKey, "managed_data_keys"),
    Kind(Secret, "secrets", (Unique(("ring", "name")),)),
    Kind(SecretVersion, "secret_versions", (Unique(("secret_id", "name")),)),
    Kind(Stage, "secret_stages"),
    Kind(SecretTask, "secret_tasks"),
    Kind(EventRule, "event_rules"),
    Kind(Notice, "notices"),
    Kind(Webhook, "webhooks"),
    Kind(Target, "targets"),
    Kind(SecretGrant, "secret_grants"),
    Kind(SecretSetting, "secret_settings"),
    Kind(Tag, "tags"),
    Kind(ImportTicket, "import_tickets"),
    Kind(Grant, "grants"),
    Kind(Keystore, "keystores", (Unique(("ring", "name")),)),
    Kind(Group, "groups", (Unique(("account_id", "name")),)),
    Kind(Membership, "memberships"),
    Kind(Role, "roles", (Unique(("account_id", "name")),)),
    Kind(Assignment, "assignments"),
    Kind(Replica, "replicas"),
    Kind(KeyPoint, "key_points"),
    Kind(KeyPolicy, "key_policies"),
)


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind with the types of its fields. ``id_field`` is the name of the first."""

    kind: Kind
    fields: Mapping[str, FieldType]
    id_field: str

    @property
    def name(self) -> str:
        """The record class's name: what the change log calls the kind."""
        return self.kind.record.__name__

    def check(self, record: object) -> None:
        """Raise ``TypeError`` or ``InvalidParameter`` if a field's value cannot be stored."""
        if type(record) is not self.kind.record:
            message = f"a collection of {self.name} takes no {type(record).__name__}"
            raise TypeError(message)
        for name, field in self.fields.items():
            field.check(getattr(record, name))


def shapes() -> Mapping[type[Any], Shape]:
    """The shape of every kind, by record class."""
    found = {}
    for kind in KINDS:
        types = field_types(kind.record)
        found[kind.record] = Shape(kind, types, next(iter(types)))
    return found
