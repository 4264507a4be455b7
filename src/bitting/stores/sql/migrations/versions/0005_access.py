"""What users may do, instances' settings, client certificates, certificates, managed data keys.

Revision 0005, after 0004.
"""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, LargeBinary, Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

revision = "0005"
down_revision = "0004"

TEXT = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    _users()
    _instances()
    _certificates()
    _managed_data_keys()


def _users() -> None:
    op.create_table(
        "user_statements",
        _id(),
        *_columns(TEXT, "account_id", "user_id"),
        *_columns(Boolean(), "allow"),
        *_columns(TEXT, "actions", "resources"),
        *_columns(BigInteger(), "created_ms"),
    )
    op.create_index("user_statements_user", "user_statements", ["user_id", "id"])


def _instances() -> None:
    op.create_table(
        "instance_settings",
        _id(),
        *_columns(TEXT, "account_id", "network_id", "switch_ids", "zone_ids", "bound_networks"),
        *_columns(BigInteger(), "started_ms", "expires_ms"),
        *_columns(TEXT, "charge"),
        *_columns(Boolean(), "protected"),
        *_columns(TEXT, "protection_note"),
    )
    op.create_table("client_certificates", _id(), *_columns(TEXT, "account_id", "certificate"))


def _certificates() -> None:
    op.create_table(
        "certificates",
        _id(),
        *_columns(TEXT, "account_id", "ring", "spec", "subject", "alternative_names"),
        *_columns(Boolean(), "exportable"),
        *_columns(TEXT, "state"),
        *_columns(LargeBinary(), "wrapped", "public"),
        *_columns(TEXT, "request", "certificate", "chain"),
        *_columns(BigInteger(), "created_ms", "updated_ms"),
    )
    op.create_index("certificates_account", "certificates", ["account_id", "id"])


def _managed_data_keys() -> None:
    op.create_table(
        "managed_data_keys",
        _id(),
        *_columns(TEXT, "account_id", "ring", "name"),
        *_columns(BigInteger(), "number"),
        *_columns(TEXT, "key_id"),
        *_columns(LargeBinary(), "sealed"),
        *_columns(BigInteger(), "created_ms"),
    )
    op.create_index("managed_data_keys_name", "managed_data_keys", ["account_id", "name", "number"])


def _id() -> Column[str]:
    return Column("id", TEXT, primary_key=True)


def _columns(kind: TypeEngine[Any], *names: str) -> list[Column[Any]]:
    return [Column(name, kind, nullable=False) for name in names]
