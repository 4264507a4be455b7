"""The operator's tag policy: tag names that every resource must carry.

It is checked on every write of tags, and on creation where an API takes tags then.
"""

from __future__ import annotations

from collections.abc import Collection

from bitting.core import faults
from bitting.core.gate import Context


def require_tags(context: Context, names: Collection[str]) -> None:
    """Return if all required names are among ``names``. Raises ``AccessFault`` (``policy`` tags)."""
    policy = context.gate.switches(context.view).tag_policy
    wanted = {name.strip() for name in policy.split(",") if name.strip()}
    if not wanted <= set(names):
        raise faults.AccessFault(policy="tags")
