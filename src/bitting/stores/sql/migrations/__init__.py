"""Alembic revisions of the tables; run by :func:`bitting.stores.sql.schema.migrate`."""
