"""Users who are no administrators, and what they may do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bitting.core.authz.roles import write_rule
from bitting.core.model.iam import Assignment, Role, assignment_id
from bitting.core.model.identity import Statement

Rule = tuple[bool, tuple[str, ...], tuple[str, ...]]


def guest(door: Any, *rules: Rule, name: str = "guest") -> str:
    """A new user with one role of these rules; the user's id."""
    runtime, founded = door.runtime, door.founded
    user = replace(founded.user, id=runtime.entropy.random(16).hex(), name=name, admin=False)
    role_id = runtime.entropy.random(16).hex()
    texts = tuple(write_rule(Statement(actions, resources, allow=allow)) for allow, actions, resources in rules)
    role = Role(role_id, founded.account.id, f"role of {name}", "", "domain", "{}", texts, 0, 0)
    held = assignment_id(role_id, "user", user.id, "domain", founded.account.domain_id)
    assignment = Assignment(held, founded.account.id, role_id, "user", user.id, "domain", founded.account.domain_id)
    for record in (user, role, assignment):
        door.add(record)
    return str(user.id)
