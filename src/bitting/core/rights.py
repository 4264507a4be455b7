"""What a principal may do: its statements, and grants on single keys.

::

    a statement that forbids it   >   a statement that allows it   >   a grant that names the action   >   no
"""

from __future__ import annotations

from bitting.core import faults
from bitting.core.model.identity import Principal, Statement


def matches(pattern: str, value: str) -> bool:
    """Whether a policy pattern covers a value: equal, or equal up to a final ``*``."""
    if pattern.endswith("*"):
        return value.startswith(pattern[:-1])
    return pattern == value


def _covers(statement: Statement, action: str, resources: tuple[str, ...]) -> bool:
    # Plain loops: this runs four times in a hot request, and generators would be a third of the gate's time.
    for pattern in statement.actions:
        if pattern == action or matches(pattern, action):
            break
    else:
        return False
    if not resources:
        return True
    for pattern in statement.resources:
        for name in resources:
            if matches(pattern, name):
                return True
    return False


def authorise(principal: Principal, action: str, resource: str | None, *more: str) -> None:
    """Return if allowed; ``resource`` None asks "anywhere at all?". ``more``: what else the resource is called.

    Raises ``ExplicitlyDenied`` if a statement forbids it, ``PermissionDenied`` if none allows it.
    """
    names = () if resource is None else (resource, *more)
    allowed = False
    for statement in principal.statements:
        if not _covers(statement, action, names):
            continue
        if statement.allow:
            allowed = True
        elif resource is not None or "*" in statement.resources:
            raise faults.ExplicitlyDenied(resource=resource or "", action=action)
    if not allowed and not granted(principal, action, resource):
        raise faults.PermissionDenied(resource=resource or "", action=action)


def granted(principal: Principal, action: str, resource: str | None) -> bool:
    """Whether a grant allows it: on the key that the resource is, or on any."""
    if resource is None:
        return any(action in held.actions for held in principal.grants.values())
    held = principal.grants.get(resource.partition("/")[2])
    return held is not None and action in held.actions
