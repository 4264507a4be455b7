"""Key creation in a key store and an enterprise project, with tags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bitting.core import faults
from bitting.core.authz.statements import authorise
from bitting.core.gate import Context, use_case
from bitting.core.model.key import Key, Origin
from bitting.core.usecases.keys import keystores, tag_policy, tags
from bitting.core.usecases.keys import lifecycle as keys
from bitting.core.usecases.keys.display_names import require_name_free


@dataclass(slots=True)
class CreatePlacedKey(keys.CreateKey):
    """As ``CreateKey``. ``tags``: pairs of name and value."""

    tags: Sequence[tuple[str, str]] = ()


def _require_enterprise(context: Context, enterprise_project_id: str) -> None:
    """Raises ``EnterpriseProjectDenied`` for callers without permission in the enterprise project."""
    principal = context.principal
    if principal.admin:
        return
    try:
        authorise(principal, "key:create", "key/new", f"eps/{enterprise_project_id}/key/new")
    except faults.PermissionDenied:
        raise faults.EnterpriseProjectDenied(resource=enterprise_project_id) from None


@use_case("key:create", writes=True)
def create_placed_key(context: Context, command: CreatePlacedKey) -> Key:
    """A new key.

    Raises as ``keys.create_placed_key`` and ``keystores.require_place``, ``EnterpriseProjectDenied``, ``QuotaExceeded``
    (``limit`` tags), ``AccessFault`` (``policy`` tags).
    """
    _require_enterprise(context, command.enterprise_project_id)
    keystores.require_place(context, command.keystore_id, external=command.origin is Origin.EXTERNAL)
    if command.name:
        require_name_free(context.uow, context.principal.ring, command.name)
    key = keys.create.run(context, command)
    tags.set_tags(context, "key", key.id, command.tags)
    tag_policy.require_tags(context, {name for name, _ in command.tags})
    return key
