"""What a use case is declared as, and what the gate is told of a request besides who asks for what.

::

    @use_case("key:encrypt", key=..., states="use", hot=True)      the declaration
    def encrypt(context, command): ...                             run by :class:`bitting.core.gate.Gate` alone
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, get_type_hints

from bitting.core.model.audit_event import AuditNote
from bitting.core.model.key import KeyRef

C = TypeVar("C")
R = TypeVar("R")


@dataclass(slots=True)
class NoInput:
    """The command of use cases that need no input."""


@dataclass(slots=True)
class RequestContext:
    """What the gate wants to know of a request besides who and what.

    ``context``: what the caller wants an external policy decision point to know, JSON. ``note``: what the audit
    record will say; with ``deferred`` it is written when the answer is known (:meth:`Gate.conclude`), once for all
    use cases of the request, else after each. ``code``: the error code the dialect answered with.
    """

    request_id: str
    dialect: str
    operation: str
    source: str
    delay_ms: int = 0
    effect: str = ""
    recorded: bool = False
    context: str = ""
    user_agent: str = ""
    deferred: bool = False
    code: str = ""
    unsettled: bool = False
    note: AuditNote = field(default_factory=AuditNote)


@dataclass(frozen=True, slots=True)
class UseCase(Generic[C, R]):
    """One thing that can be done. ``command``: its dataclass; ``states``: its row of the state table."""

    name: str
    run: Callable[[Any, C], R]
    command: type[C]
    action: str
    states: str
    hot: bool
    writes: bool
    key: Callable[[C], KeyRef] | None
    operator: bool = False
    any_account_state: bool = False
    no_permission: bool = False


def use_case(
    action: str,
    *,
    key: Callable[[Any], KeyRef] | None = None,
    states: str = "read",
    hot: bool = False,
    writes: bool = False,
    name: str = "",
    operator: bool = False,
    any_account_state: bool = False,
    no_permission: bool = False,
) -> Callable[[Callable[[Any, C], R]], UseCase[C, R]]:
    """Declare a use case. ``action`` is what policies allow or deny, for instance ``key:encrypt``.

    ``operator``: for those who run the service; works in maintenance and on replicas, and for nobody else.
    ``any_account_state``: for accounts in any state, those that have not enabled the service included.
    ``no_permission``: whoever is known may ask, without any right.
    """

    def declare(function: Callable[[Any, C], R]) -> UseCase[C, R]:
        command = get_type_hints(function)["command"]
        return UseCase(
            name or function.__name__,
            function,
            command,
            action,
            states,
            hot,
            writes,
            key,
            operator,
            any_account_state,
            no_permission,
        )

    return declare
