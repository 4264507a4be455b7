"""The tables of users' statements, instances' settings, certificates and managed data keys.

:mod:`bitting.stores.sql.tables` has the rest and the rules.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Table

from bitting.stores.sql.columns import TEXT, flags, identity, integers, octets, text
from bitting.stores.sql.tables import METADATA

user_statements = Table(
    "user_statements",
    METADATA,
    identity(),
    *text("account_id", "user_id"),
    *flags("allow"),
    *text("actions", "resources"),
    *integers("created_ms"),
    Column("conditions", TEXT, nullable=False, server_default="[]"),
)
Index("user_statements_user", user_statements.c.user_id, user_statements.c.id)

instance_settings = Table(
    "instance_settings",
    METADATA,
    identity(),
    *text("account_id", "network_id", "switch_ids", "zone_ids", "bound_networks"),
    *integers("started_ms", "expires_ms"),
    *text("charge"),
    *flags("protected"),
    *text("protection_note"),
)

client_certificates = Table("client_certificates", METADATA, identity(), *text("account_id", "certificate"))

certificates = Table(
    "certificates",
    METADATA,
    identity(),
    *text("account_id", "ring", "spec", "subject", "alternative_names"),
    *flags("exportable"),
    *text("state"),
    *octets("wrapped", "public"),
    *text("request", "certificate", "chain"),
    *integers("created_ms", "updated_ms"),
)
Index("certificates_account", certificates.c.account_id, certificates.c.id)

managed_data_keys = Table(
    "managed_data_keys",
    METADATA,
    identity(),
    *text("account_id", "ring", "name"),
    *integers("number"),
    *text("key_id"),
    *octets("sealed"),
    *integers("created_ms"),
)
Index("managed_data_keys_name", managed_data_keys.c.account_id, managed_data_keys.c.name, managed_data_keys.c.number)
