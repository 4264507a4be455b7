"""What a dialect must offer, and the pipeline that walks a request through its six stops.

::

    1 shell    server/app.py                 limits, request id, which dialect
    2 decode   dialect.decode(request)    -> Call(operation row, wire values, evidence)
    3 identify dialect.identify(call)     -> Principal
      bind     dialect.bind(call)         -> command
    4-5 gate   gate.run(use case, ...)    -> result
    6 encode   dialect.encode / .refuse   -> Response
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Protocol

from bitting.core import faults
from bitting.core.gate import Gate, RequestContext, UseCase
from bitting.core.key_cache import NotResident, View
from bitting.core.model.audit_event import AuditNote
from bitting.core.model.identity import Principal
from bitting.dialects.base.errors import Catalogue
from bitting.dialects.base.http import Request, Response
from bitting.dialects.base.operation import Operation
from bitting.dialects.base.replay import ReplayGuard

if TYPE_CHECKING:  # type variables with defaults are in ``typing`` from Python 3.13 on only
    from typing_extensions import TypeVar

    Row = TypeVar("Row", bound=Operation, default=Operation)
    DialectCall = TypeVar("DialectCall", bound="Call[Any]", default=Any)
else:
    from typing import TypeVar

    Row, DialectCall = TypeVar("Row", bound=Operation), TypeVar("DialectCall")

METHOD_NOT_ALLOWED = 405


USER_AGENT_MAX = 256
CLAIMED_MAX = 128
ERROR_STATUS = 400


@dataclass(slots=True)
class Call(Generic[Row]):
    """A decoded request: the row it means, its wire values, and what the signature check needs.

    ``context``: what the caller says to an external policy decision point. ``principal``: who calls, from stop 3 on.
    """

    operation: Row
    request: Request
    values: dict[str, Any]
    evidence: Any = None
    path_values: dict[str, str] = field(default_factory=dict)
    context: str = ""
    principal: Principal | None = None

    @property
    def caller(self) -> Principal:
        """Who calls; there from stop 3 on."""
        assert self.principal is not None  # noqa: S101 - only hooks and stops after identify ask
        return self.principal


@dataclass(slots=True)
class UseCaseRunner:
    """How a composite reaches use cases: as this principal, inside this request."""

    gate: Gate
    principal: Principal
    request_context: RequestContext
    view: View

    def __call__(self, use: UseCase[Any, Any], command: Any) -> Any:
        """Run one use case through the gate."""
        return self.gate.run(use, self.principal, command, self.request_context, self.view)


class Dialect(Protocol[DialectCall]):
    """One API, with its own kind of calls. Stateless but for its tables and the ports it was built with."""

    name: str
    catalogue: Catalogue

    def claims(self, request: Request) -> bool:
        """Whether the request is in this dialect, from method, path and headers alone."""
        ...

    def body_limit(self, request: Request) -> int:
        """How many bytes of body this request may have."""
        ...

    def decode(self, request: Request) -> DialectCall:
        """Stop 2. Raises ``RequestFault`` or ``IdentityFault``."""
        ...

    def identify(self, call: DialectCall, view: View) -> Principal:
        """Stop 3. Raises ``IdentityFault``, or ``NotResident`` through the view."""
        ...

    def bind(self, call: DialectCall) -> Any:
        """The command of the operation's use case. Raises ``RequestFault``."""
        ...

    def encode(self, call: DialectCall, result: Any, request_context: RequestContext) -> Response:
        """Stop 6 for a result."""
        ...

    def refuse(
        self, call: DialectCall | None, request: Request, fault: faults.Fault, request_context: RequestContext
    ) -> Response:
        """Stop 6 for a fault; ``call`` is None if stop 2 already failed."""
        ...

    def claimed(self, request: Request) -> str:
        """Who an unproved caller says to be, for the audit trail: a name or a digest, never a secret or a token."""
        ...


class FaultInjector(Protocol):
    """Developer mode's hand in the pipeline (:mod:`bitting.dialects.base.fault_injector`)."""

    def refresh(self, view: View) -> None:
        """Before anything else."""
        ...

    def inject(
        self, dialect: Dialect, call: Call, principal: Principal, request_context: RequestContext, view: View
    ) -> None:
        """Once the caller is known. May raise any fault."""
        ...


class Pipeline:
    """Walks requests through stops 2 to 6. ``report`` takes (request id, exception) for the log.

    ``fault_injector`` is None on every server that is not in developer mode. ``replay`` None: signed requests may be
    repeated (no process but this one could know).
    """

    def __init__(
        self,
        gate: Gate,
        report: Callable[[str, BaseException], None],
        fault_injector: FaultInjector | None = None,
        replay: ReplayGuard | None = None,
    ) -> None:
        self.gate = gate
        self._report = report
        self._fault_injector = fault_injector
        self._replay = replay

    def prepare(self, dialect: Dialect, request: Request, request_context: RequestContext) -> Call | Response:
        """Stop 2: the call, or the refusal."""
        request_context.deferred = True
        request_context.user_agent = request.headers.get("user-agent", "")[:USER_AGENT_MAX]
        request.proof = None
        try:
            call: Call = dialect.decode(request)
        except faults.Fault as fault:
            return self.refuse(dialect, None, request, fault, request_context)
        except Exception as error:  # noqa: BLE001 - closed default: nothing escapes as a stack trace
            return self._broken(dialect, None, request, error, request_context)
        request_context.operation = call.operation.name
        return call

    def finish(self, dialect: Dialect, call: Call, request_context: RequestContext, view: View) -> Response:
        """Stops 3 to 6. Raises only ``NotResident``, and only on the event loop's view.

        On a thread it returns when the request's record is kept as the settings say; on the event loop it sets
        ``request_context.unsettled`` for the caller to wait.
        """
        request_context.note = AuditNote()
        try:
            response = self._walk(dialect, call, request_context, view)
        except NotResident:
            raise
        except faults.Fault as fault:
            response = self.refuse(dialect, call, call.request, self._released(call, fault), request_context)
        except Exception as error:  # noqa: BLE001 - closed default
            response = self._broken(dialect, call, call.request, error, request_context)
        else:
            self.gate.conclude(request_context, "ok", call.principal, response.status)
        return self._settled(dialect, call, request_context, view, response)

    def _released(self, call: Call, fault: faults.Fault) -> faults.Fault:
        """The fault that is answered: a signature that must be good again is given back first."""
        proof = call.request.proof
        if self._replay is None or proof is None:
            return fault
        try:
            self._replay.release(proof, fault)
        except faults.Fault as error:
            return error
        return fault

    def _walk(self, dialect: Dialect, call: Call, request_context: RequestContext, view: View) -> Response:
        self.gate.require_unsealed()
        view.refresh()
        if self._fault_injector is not None:
            self._fault_injector.refresh(view)
        principal = call.principal = self.gate.bound(dialect.identify(call, view), request_context)
        request_context.context = call.context
        if self.gate.guard is not None and not principal.operator:
            self.gate.guard.admit()
        if self._fault_injector is not None:
            self._fault_injector.inject(dialect, call, principal, request_context, view)
        # After all that may ask the client to come again, or the same request could not.
        if self._replay is not None and call.request.proof is not None:
            self._replay.admit(call.request.proof, call.operation, call.request.method, may_wait=view.may_load)
        operation = call.operation
        if operation.composite is not None:
            result = operation.composite(call, UseCaseRunner(self.gate, principal, request_context, view))
        else:
            assert operation.use is not None  # noqa: S101 - a row has a use case or a composite
            command = dialect.bind(call)
            result = self.gate.run(operation.use, principal, command, request_context, view)
        return dialect.encode(call, result, request_context)

    def _settled(
        self, dialect: Dialect, call: Call, request_context: RequestContext, view: View, response: Response
    ) -> Response:
        guard, hot = self.gate.guard, call.operation.hot
        if guard is None or not guard.waits(hot=hot):
            return response
        if not view.may_load:
            request_context.unsettled = True
            return response
        return response if guard.settle(hot=hot) else self.unrecorded(dialect, call, request_context, response)

    def unrecorded(self, dialect: Dialect, call: Call, request_context: RequestContext, response: Response) -> Response:
        """The answer where the record could not be kept: a change that is made is never answered as an error."""
        if request_context.note.changed or response.status >= ERROR_STATUS:
            return response
        return dialect.refuse(call, call.request, faults.Unavailable(reason="audit: not recorded"), request_context)

    def refuse(
        self,
        dialect: Dialect,
        call: Call | None,
        request: Request,
        fault: faults.Fault,
        request_context: RequestContext,
    ) -> Response:
        """Stop 6 for a fault, recorded; ``call`` is None if stop 2 was not passed. Never raises."""
        if isinstance(fault, faults.ServerFault):
            self._report(request_context.request_id, fault)
        shown = fault
        parameter = fault.detail("parameter")
        if call is not None and parameter:
            # The core names its own attribute; the wire's name for it is the dialect's, and put into a copy.
            shown = fault.replaced(parameter=call.operation.wire_name(parameter))
        response = dialect.refuse(call, request, shown, request_context)
        if response.status == METHOD_NOT_ALLOWED and fault.detail("allowed"):
            response.headers = (*response.headers, ("allow", fault.detail("allowed")))  # RFC 9110, 15.5.6
        self._conclude(dialect, call, request, fault, request_context, response)
        return response

    def _conclude(
        self,
        dialect: Dialect,
        call: Call | None,
        request: Request,
        fault: faults.Fault,
        request_context: RequestContext,
        response: Response,
    ) -> None:
        principal = call.principal if call is not None else None
        claimed = ""
        if principal is None or not principal.user_id + principal.credential_id:
            try:
                claimed = dialect.claimed(request)[:CLAIMED_MAX]
            except Exception as error:  # noqa: BLE001 - what cannot even be read names nobody
                self._report(request_context.request_id, error)
        self.gate.conclude(request_context, type(fault).__name__, principal, response.status, claimed)

    def _broken(
        self,
        dialect: Dialect,
        call: Call | None,
        request: Request,
        error: BaseException,
        request_context: RequestContext,
    ) -> Response:
        self._report(request_context.request_id, error)
        fault = faults.InternalFault()
        response = dialect.refuse(call, request, fault, request_context)
        self._conclude(dialect, call, request, fault, request_context, response)
        return response
