"""The external policy decision point (PDP) of switch ``authorizer``.

::

    question  {"account", "user", "credential", "action", "resource", "operation", "source", "context"}   JSON object
    answer    200 {"allow": true | false}                                       anything else is an error

Fail closed: while the decision point is down, every request but an operator's is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Protocol

from bitting.core import faults
from bitting.core.model.identity import Principal

_OK = 200


class Authorizer(Protocol):
    """An external policy decision point."""

    def decide(self, url: str, decision_request: Mapping[str, str]) -> tuple[int, bytes]:
        """Status and body of the answer; status 0 if it cannot be reached.

        Bounded in time; never called on the event loop.
        """
        ...


class RequestFacts(Protocol):
    """The facts of a request besides principal and action."""

    operation: str
    source: str
    context: str


def decision_request(principal: Principal, request_context: RequestFacts, action: str, resource: str) -> dict[str, str]:
    """The body of the request to the decision point."""
    return {
        "account": principal.account_id,
        "user": principal.user_id,
        "credential": principal.credential_id,
        "action": action,
        "resource": resource,
        "operation": request_context.operation,
        "source": request_context.source,
        "context": request_context.context,
    }


def require_permit(authorizer: Authorizer | None, url: str, request_context: dict[str, str]) -> None:
    """Return if the decision point permits the request.

    Raises ``PermissionDenied`` for a no, ``Unavailable`` (``during`` policy_decision) where it cannot be reached, and
    ``ServerFault`` (``during`` policy_decision) for an answer that is none.
    """
    if authorizer is None:
        raise faults.Unavailable(during="policy_decision", reason="no way to a policy decision point is wired")
    status, body = authorizer.decide(url, request_context)
    if status == 0:
        raise faults.Unavailable(during="policy_decision", reason="the policy decision point does not answer")
    try:
        allowed = json.loads(body)["allow"] if status == _OK else None
    except (ValueError, KeyError, TypeError, RecursionError):
        allowed = None
    if allowed is False:
        raise faults.PermissionDenied(resource="", action=request_context["action"])
    if allowed is not True:
        raise faults.ServerFault(during="policy_decision", reason=f"the policy decision point answered {status}")
