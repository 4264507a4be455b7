"""The operator's tag policy: tag names that every resource must carry.

It is asked of every write of tags, and of new resources where an API lets them have tags from the start.
"""

from __future__ import annotations

from collections.abc import Collection

from bitting.core import faults
from bitting.core.gate import Context


def require_tags(context: Context, names: Collection[str]) -> None:
    """Return if the names are enough. Raises ``AccessFault`` (``policy`` tags)."""
    policy = context.gate.switches(context.view).tag_policy
    wanted = {name.strip() for name in policy.split(",") if name.strip()}
    if not wanted <= set(names):
        raise faults.AccessFault(policy="tags")
