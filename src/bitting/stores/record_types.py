"""Record types: one line each, read by every store.

::

    RecordType(record class, name of its table, what must be unique besides the id)

Adding a record type: the dataclass in ``core/model``, its ``Table`` in ``sql/tables.py``, a migration, a line here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bitting.core.model.access import Certificate, ClientCertificate, InstanceSettings, ManagedDataKey, UserStatement
from bitting.core.model.capsule import CapsuleAccessPoint, CapsulePolicy
from bitting.core.model.grant import Grant
from bitting.core.model.iam import Assignment, Group, Membership, Role
from bitting.core.model.identity import (
    AccessKey,
    AccessPolicy,
    Account,
    ApplicationAccessPoint,
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
from bitting.core.model.usage import Usage
from bitting.stores.fields import FieldType, field_types


@dataclass(frozen=True, slots=True)
class UniqueRule:
    """No two records agree in all ``fields``; records whose ``unless_empty`` field is ``""`` are exempt."""

    fields: tuple[str, ...]
    unless_empty: str = ""


@dataclass(frozen=True, slots=True)
class RecordType:
    """A record type: its class, the name of its table, its uniqueness rules besides the id."""

    record: type[Any]
    table: str
    unique: tuple[UniqueRule, ...] = ()


KINDS = (
    RecordType(Key, "keys", (UniqueRule(("ring", "name"), unless_empty="name"),)),
    RecordType(KeyVersion, "key_versions"),
    RecordType(Alias, "aliases"),
    RecordType(Account, "accounts"),
    RecordType(Project, "projects", (UniqueRule(("account_id", "name")),)),
    RecordType(User, "users", (UniqueRule(("account_id", "name")),)),
    RecordType(AccessKey, "access_keys"),
    RecordType(Token, "tokens"),
    RecordType(Instance, "instances"),
    RecordType(NetworkRule, "network_rules"),
    RecordType(AccessPolicy, "access_policies"),
    RecordType(ApplicationAccessPoint, "access_points"),
    RecordType(ClientKey, "client_keys"),
    RecordType(Switches, "switches"),
    RecordType(Quota, "quotas"),
    RecordType(Operator, "operators"),
    RecordType(FaultRule, "fault_rules"),
    RecordType(DevClock, "dev_clock"),
    RecordType(Job, "jobs"),
    RecordType(UserStatement, "user_statements"),
    RecordType(InstanceSettings, "instance_settings"),
    RecordType(ClientCertificate, "client_certificates"),
    RecordType(Certificate, "certificates"),
    RecordType(ManagedDataKey, "managed_data_keys"),
    RecordType(Secret, "secrets", (UniqueRule(("ring", "name")),)),
    RecordType(SecretVersion, "secret_versions", (UniqueRule(("secret_id", "name")),)),
    RecordType(Stage, "secret_stages"),
    RecordType(SecretTask, "secret_tasks"),
    RecordType(EventRule, "event_rules"),
    RecordType(Notice, "notices"),
    RecordType(Webhook, "webhooks"),
    RecordType(Target, "targets"),
    RecordType(SecretGrant, "secret_grants"),
    RecordType(SecretSetting, "secret_settings"),
    RecordType(Tag, "tags"),
    RecordType(ImportTicket, "import_tickets"),
    RecordType(Grant, "grants"),
    RecordType(Keystore, "keystores", (UniqueRule(("ring", "name")),)),
    RecordType(Group, "groups", (UniqueRule(("account_id", "name")),)),
    RecordType(Membership, "memberships"),
    RecordType(Role, "roles", (UniqueRule(("account_id", "name")),)),
    RecordType(Assignment, "assignments"),
    RecordType(Replica, "replicas"),
    RecordType(CapsuleAccessPoint, "key_points"),
    RecordType(CapsulePolicy, "key_policies"),
    RecordType(Usage, "usages"),
)


@dataclass(frozen=True, slots=True)
class RecordShape:
    """A record type with the types of its fields. ``id_field`` is the name of the first."""

    kind: RecordType
    fields: Mapping[str, FieldType]
    id_field: str

    @property
    def name(self) -> str:
        """The record class's name: its name in the change log."""
        return self.kind.record.__name__

    def require_valid(self, record: object) -> None:
        """Raise ``TypeError`` or ``InvalidParameter`` if a field's value cannot be stored."""
        if type(record) is not self.kind.record:
            message = f"a collection of {self.name} takes no {type(record).__name__}"
            raise TypeError(message)
        for name, field in self.fields.items():
            field.require_valid(getattr(record, name))


def shapes() -> Mapping[type[Any], RecordShape]:
    """The shape of every record type, by record class."""
    found = {}
    for kind in KINDS:
        types = field_types(kind.record)
        found[kind.record] = RecordShape(kind, types, next(iter(types)))
    return found
