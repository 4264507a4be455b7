"""Columns by the type of a record's field. Text compares byte by byte in both databases."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, Text
from sqlalchemy.types import TypeEngine

TEXT = Text().with_variant(Text(collation="C"), "postgresql")
SEQUENCE = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up INTEGER primary keys only


def identity() -> Column[str]:
    """The id of a record."""
    return Column("id", TEXT, primary_key=True)


def text(*names: str) -> list[Column[Any]]:
    """Strings, enumerations, and tuples as JSON arrays."""
    return _columns(TEXT, names)


def integers(*names: str) -> list[Column[Any]]:
    """Integers of 64 bits."""
    return _columns(BigInteger(), names)


def flags(*names: str) -> list[Column[Any]]:
    """Booleans."""
    return _columns(Boolean(), names)


def octets(*names: str) -> list[Column[Any]]:
    """Bytes."""
    return _columns(LargeBinary(), names)


def _columns(kind: TypeEngine[Any], names: tuple[str, ...]) -> list[Column[Any]]:
    return [Column(name, kind, nullable=False) for name in names]
