"""Conditions of users' statements; which token a token or temporary access key was made with; policies read again.

Revision 0007, after 0006.

Custom policies were kept with their text, but conditions and parts of resources were dropped from what was made of it.
An allowance made of such a text is removed here: it allowed more than its author wrote. The policy has to be saved
again; its denials stay. Actions of capsule access points have names of their own now, and are renamed.
"""

from __future__ import annotations

import json
import re
from typing import Any

from alembic import op
from sqlalchemy import Column, Text, text
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

TEXT = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
_PLAIN = re.compile(r"\*|(kms:\*:\*:keyid|csms:\*:\*:secretname):[^:*?]+", re.IGNORECASE)
_RENAMED = {"access_point:": "capsule_access_point:", "key_policy:": "capsule_policy:"}


def upgrade() -> None:
    op.add_column("user_statements", Column("conditions", TEXT, nullable=False, server_default="[]"))
    for table in ("tokens", "access_keys"):
        op.add_column(table, Column("parent", TEXT, nullable=False, server_default=""))
        op.create_index(f"{table}_parent", table, ["parent", "id"])
    _read_policies_again()


def _read_policies_again() -> None:
    connection = op.get_bind()
    for role_id, policy, rules in connection.execute(text("SELECT id, text, rules FROM roles")).fetchall():
        kept = [_renamed(rule) for rule in json.loads(rules) if _is_exact(policy) or not json.loads(rule)["allow"]]
        values = {"rules": json.dumps(kept), "id": role_id}
        connection.execute(text("UPDATE roles SET rules = :rules WHERE id = :id"), values)


def _is_exact(policy: str) -> bool:
    """Whether nothing of the text was dropped."""
    try:
        statements = json.loads(policy)["Statement"]
    except (ValueError, TypeError, KeyError):
        return True
    return all(not item.get("Condition") and all(map(_PLAIN.fullmatch, _texts(item))) for item in statements)


def _texts(statement: dict[str, Any]) -> list[str]:
    found = statement.get("Resource", [])
    return [found] if isinstance(found, str) else found


def _renamed(rule: str) -> str:
    found = json.loads(rule)
    for old, new in _RENAMED.items():
        found["actions"] = [new + a.removeprefix(old) if a.startswith(old) else a for a in found["actions"]]
    return json.dumps(found, separators=(",", ":"))
