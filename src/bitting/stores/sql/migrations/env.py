"""Alembic's entry: run the revisions on the connection that ``schema.py`` opened, inside its transaction."""

from __future__ import annotations

from alembic import context

from bitting.stores.sql import tables_access, tables_grants, tables_imports, tables_secrets, tables_usage  # noqa: F401 - their tables are part of METADATA
from bitting.stores.sql.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
