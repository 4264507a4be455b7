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
from typing import Any, Protocol

from bitting.core import faults
from bitting.core.gate import Asked, Gate, UseCase
from bitting.core.key_cache import NotResident, View
from bitting.core.model.identity import Principal
from bitting.dialects.base.errors import Catalogue
from bitting.dialects.base.http import Request, Response
from bitting.dialects.base.operation import Operation


@dataclass(slots=True)
class Call:
    """A decoded request: the row it means, its wire values, and what the signature check needs.

    ``context``: what the caller says to an external policy decision point.
    """

    operation: Operation
    request: Request
    values: dict[str, Any]
    evidence: Any = None
    path_values: dict[str, str] = field(default_factory=dict)
    context: str = ""


@dataclass(slots=True)
class Run:
    """How a quirk reaches use cases: as this principal, inside this request."""

    gate: Gate
    principal: Principal
    asked: Asked
    view: View

    def __call__(self, use: UseCase[Any, Any], command: Any) -> Any:
        """Run one use case through the gate."""
        return self.gate.run(use, self.principal, command, self.asked, self.view)


class Dialect(Protocol):
    """One API. Stateless but for its tables and the ports it was built with."""

    name: str
    catalogue: Catalogue

    def claims(self, request: Request) -> bool:
        """Whether the request is in this dialect, from method, path and headers alone."""
        ...

    def body_limit(self, request: Request) -> int:
        """How many bytes of body this request may have."""
        ...

    def decode(self, request: Request) -> Call:
        """Stop 2. Raises ``RequestFault`` or ``IdentityFault``."""
        ...

    def identify(self, call: Call, view: View) -> Principal:
        """Stop 3. Raises ``IdentityFault``, or ``NotResident`` through the view."""
        ...

    def bind(self, call: Call, principal: Principal) -> Any:
        """The command of the operation's use case. Raises ``RequestFault``."""
        ...

    def encode(self, call: Call, result: Any, asked: Asked) -> Response:
        """Stop 6 for a result."""
        ...

    def refuse(self, call: Call | None, request: Request, fault: faults.Fault, asked: Asked) -> Response:
        """Stop 6 for a fault; ``call`` is None if stop 2 already failed."""
        ...


class Meddler(Protocol):
    """Developer mode's hand in the pipeline (:mod:`bitting.dialects.base.fault_injector`)."""

    def follow(self, view: View) -> None:
        """Before anything else."""
        ...

    def strike(self, dialect: Dialect, call: Call, principal: Principal, asked: Asked, view: View) -> None:
        """Once the caller is known. May raise any fault."""
        ...


class Pipeline:
    """Walks requests through stops 2 to 6. ``report`` takes (request id, exception) for the log.

    ``meddler`` is None on every server that is not in developer mode.
    """

    def __init__(
        self, gate: Gate, report: Callable[[str, BaseException], None], meddler: Meddler | None = None
    ) -> None:
        self.gate = gate
        self._report = report
        self._meddler = meddler

    def prepare(self, dialect: Dialect, request: Request, asked: Asked) -> Call | Response:
        """Stop 2: the call, or the refusal."""
        try:
            call = dialect.decode(request)
        except faults.Fault as fault:
            self.gate.refuse(asked, fault)
            return self._refuse(dialect, None, request, fault, asked)
        except Exception as error:  # noqa: BLE001 - closed default: nothing escapes as a stack trace
            return self._broken(dialect, None, request, error, asked)
        asked.operation = call.operation.name
        return call

    def finish(self, dialect: Dialect, call: Call, asked: Asked, view: View) -> Response:
        """Stops 3 to 6. Raises only ``NotResident``, and only on the event loop's view."""
        principal = None
        try:
            view.freshen()
            if self._meddler is not None:
                self._meddler.follow(view)
            principal = dialect.identify(call, view)
            asked.context = call.context
            if self._meddler is not None:
                self._meddler.strike(dialect, call, principal, asked, view)
            operation = call.operation
            if operation.via is not None:
                result = operation.via(call, Run(self.gate, principal, asked, view))
            else:
                assert operation.use is not None  # noqa: S101 - a row has a use case or a quirk
                command = dialect.bind(call, principal)
                result = self.gate.run(operation.use, principal, command, asked, view)
            return dialect.encode(call, result, asked)
        except NotResident:
            raise
        except faults.Fault as fault:
            self.gate.refuse(asked, fault, principal)
            return self._refuse(dialect, call, call.request, fault, asked)
        except Exception as error:  # noqa: BLE001 - closed default
            return self._broken(dialect, call, call.request, error, asked)

    def _refuse(
        self, dialect: Dialect, call: Call | None, request: Request, fault: faults.Fault, asked: Asked
    ) -> Response:
        if isinstance(fault, faults.ServerFault):
            self._report(asked.request_id, fault)
        parameter = fault.detail("parameter")
        if call is not None and parameter:
            fault.__dict__["parameter"] = call.operation.wire_name(parameter)
        return dialect.refuse(call, request, fault, asked)

    def _broken(
        self, dialect: Dialect, call: Call | None, request: Request, error: BaseException, asked: Asked
    ) -> Response:
        self._report(asked.request_id, error)
        return dialect.refuse(call, request, faults.InternalFault(), asked)
