"""The operator's own credential. For operators.

::

    rotate_token   digest of the new token -> the old token is nobody's from the next request on

The new token is made by the one who will use it, so that it never crosses the wire in an answer.
"""

from __future__ import annotations

from dataclasses import dataclass

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.model.service import Operator

_DIGEST_LENGTH = 64


@dataclass(slots=True)
class RotateToken:
    """``digest``: SHA-256 of the new token, 64 hexadecimal digits."""

    digest: str


@use_case("service:write", writes=True, operator=True)
def rotate_token(context: Context, command: RotateToken) -> Operator:
    """Replace every token of the calling operator by the new one. Raises ``InvalidParameter`` (digest)."""
    digest = command.digest
    if len(digest) != _DIGEST_LENGTH or not set(digest) <= set("0123456789abcdef"):
        raise faults.InvalidParameter(parameter="digest", reason="format")
    operators, name = context.uow.of(Operator), context.principal.name
    if operators.get(digest) is not None:
        raise faults.InvalidParameter(parameter="digest", reason="unchanged")
    for stored in operators.find({"name": name}):
        operators.remove(stored.id)
    made = Operator(digest, name, context.now_ms)
    operators.add(made)
    return made
