"""Huawei Cloud key management, and every cloud that speaks it with limits of its own.

::

    decode    path -> row             KMS.0201, 0215, 0203
    identify  signature or token      KMS.0301 to 0305, 0321     and the project's profile
    bind      (tenant, role)          KMS.0328, 0314, 0307       before any word about parameters
              body -> command         KMS.0202, 0214, 0206, 0204, 0205, then field by field
    gate      key, right, state       KMS.0207, 0306, 0211, 0320, 0210, ...
    encode    profile's row           nested envelope, request ids

That is the order in which errors are told when several apply. The body is read at bind, not at decode:
nobody unknown gets to hear about their parameters.
"""

from __future__ import annotations

from typing import Any

from bitting.core import faults
from bitting.core.gate import RequestContext, admit
from bitting.core.key_cache import View
from bitting.core.model.identity import Principal
from bitting.core.ports import Clock, Vault
from bitting.core.usecases.iam.credentials import Credential, operator
from bitting.dialects.base.dialect import Call
from bitting.dialects.base.errors import load
from bitting.dialects.base.http import Request, Response
from bitting.dialects.base.sdk_hmac import RequestAuthenticator
from bitting.dialects.huawei import bodies, kms_operations
from bitting.dialects.huawei.codecs import URN, alias_of_urn
from bitting.dialects.huawei.keys import operations as key_operations
from bitting.dialects.huawei.rows import Answer, HuaweiCall, Profile, Row
from bitting.dialects.huawei.secrets import operations as secret_operations
from bitting.dialects.huawei.versions import ANYBODY
from bitting.wire.form import pairs
from bitting.wire.rest import Router

BODY_MOST = key_operations.CRYPTO_BODY
_ROOTS = ("/v1.0/", "/v2/", "/v1/")
_BARE_ROOTS = ("/v1.0", "/v2", "/v1")
_SECRETS = "/v1/"
NO_CONTENT = 204
#: What a caller wants the external policy decision point to know: a JSON object in base64. The error table knows such
#: a header, no document names it.
_CONTEXT_HEADER = "x-pdp5-context"


def huawei_profile() -> Profile:
    """The profile whose rows every other profile starts from."""
    return Profile(
        "huawei", load("huawei", "bitting.dialects.huawei"), {**kms_operations.rows(), **secret_operations.rows()}
    )


class Huawei:
    """The dialect. ``others``: further profiles; a project of an unknown one is served as Huawei's."""

    name = "huawei"

    def __init__(self, vault: Vault, clock: Clock, region: str, *others: Profile) -> None:
        self._own = huawei_profile()
        self._profiles = {profile.name: profile for profile in (self._own, *others)}
        self._proofs = RequestAuthenticator(vault, clock)
        self._vault = vault
        self._region = region
        self._router: Router[Row] = Router((row.method, row.path, row) for row in self._own.rows.values())
        self.catalogue = self._own.catalogue

    def claims(self, request: Request) -> bool:
        """The API's own roots; other paths only if signed as its SDKs sign (they ask ``GET /`` for versions)."""
        if request.path.startswith(_ROOTS) or request.path in _BARE_ROOTS:
            return True
        headers = request.headers
        return request.method == "GET" and "x-sdk-date" in headers and "authorization" in headers

    def body_limit(self, request: Request) -> int:  # noqa: ARG002 - rows have their own limit, told at decode
        """The largest limit of any row."""
        return BODY_MOST

    def decode(self, request: Request) -> HuaweiCall:
        """Find the row. Raises ``UnknownOperation``, ``UnsupportedMethod``, ``TooLarge``."""
        row, path_values = self._router.find(request.method, request.path)
        values: dict[str, Any] = {}
        if request.query:
            try:
                values.update(pairs(request.query, plus=False))
            except faults.MalformedBody:
                raise faults.UnknownOperation(operation=request.path) from None
        if request.oversized or len(request.body) > row.max_body:
            raise faults.TooLarge
        greedy = next(reversed(path_values.values())) if row.path.endswith("*}") else ""
        call = HuaweiCall(row, request, values, path_values=path_values, region=self._region, greedy=greedy)
        call.vault = self._vault
        return call

    def identify(self, call: Call, view: View) -> Principal:
        """The caller, inside the project of the path. Raises ``IdentityFault``."""
        assert isinstance(call, HuaweiCall)  # noqa: S101 - it was made by decode
        row = call.operation
        assert isinstance(row, Row)  # noqa: S101 - it was found by decode
        if row.public:
            call.principal = ANYBODY
            return ANYBODY
        if row.operators:
            return self._operator(call, view)
        project_id = call.path_values.get("project_id", "")
        credential = self._proofs.credential(call.request, view, project_id, call.greedy)
        _check_scope(credential, project_id)
        principal = credential.principal
        profile = self._profiles.get(principal.facts.get("profile", ""), self._own)
        call.principal, call.profile = principal, profile
        own_row = profile.rows.get(row.name)
        if own_row is None:
            raise faults.UnknownOperation(operation=call.request.path)
        call.operation = own_row
        if _CONTEXT_HEADER in call.request.headers:
            call.context = bodies.policy_context(call.request.headers[_CONTEXT_HEADER])
        return principal

    def _operator(self, call: HuaweiCall, view: View) -> Principal:
        """Somebody who runs the service; others are who they are, and are told at the gate that they may not."""
        token = call.request.headers.get("x-auth-token", "")
        principal = operator(view, token) if token else None
        if principal is None:
            principal = self._proofs.credential(call.request, view, call.path_values["project_id"]).principal
        call.principal, call.profile = principal, self._own
        return principal

    def bind(self, call: Call) -> Any:
        """The command. Raises ``RequestFault``; ``AccountFault`` or ``PermissionDenied`` where those come first."""
        assert isinstance(call, HuaweiCall)  # noqa: S101 - it was made by decode
        principal = call.caller
        try:
            return self._command(call, principal)
        except faults.Fault:
            assert call.operation.use is not None  # noqa: S101 - only rows with a use case are bound
            if not call.operation.use.operator:
                admit(call.operation.use, principal)
            elif not principal.operator:
                raise faults.PermissionDenied(action=call.operation.use.action, resource="") from None
            raise

    def _command(self, call: HuaweiCall, principal: Principal) -> Any:
        row = call.operation
        assert isinstance(row, Row)  # noqa: S101
        assert row.use is not None  # noqa: S101
        if row.located:
            call.values = bodies.located_values(call)
        elif row.method != "GET":
            call.values = bodies.body_values(call.request)
        values = call.values
        bodies.check_sequence(values)
        arguments = row.arguments(values)
        ref = arguments.get("key")
        if ref is not None and ref.kind == URN:
            ref = alias_of_urn(ref.value, self._region, principal.domain_id)
            if ref is None:
                raise faults.InvalidParameter(parameter="key_id", reason="urn")
            arguments["key"] = ref
        if row.adapt_request is not None:
            row.adapt_request(arguments, call)
        return row.use.command(**arguments)

    def encode(self, call: Call, result: Any, request_context: RequestContext) -> Response:
        """The answer of the row."""
        row = call.operation
        assert isinstance(call, HuaweiCall)  # noqa: S101 - it was made by decode
        assert isinstance(row, Row)  # noqa: S101 - it was found by decode
        return bodies.answer(row.ok, self._content(row, call, result), request_context.request_id)

    def _content(self, row: Row, call: HuaweiCall, result: Any) -> Any:
        if row.ok == NO_CONTENT:
            return None
        if row.composite is not None:
            return result
        if row.content is not None:
            return row.content(result, call)
        assert call.principal is not None  # noqa: S101 - identify has run
        shown = row.adapt_response(result, call) if row.adapt_response is not None else result
        return row.encode(Answer(shown, call.principal, call.region))

    def refuse(
        self, call: Call | None, request: Request, fault: faults.Fault, request_context: RequestContext
    ) -> Response:
        """The row of the profile's own table; of Huawei's while the caller is unknown."""
        profile, operation, nested = self._own, "", False
        surface = "csms" if request.path.startswith(_SECRETS) else "kms"
        if isinstance(call, HuaweiCall):
            profile, operation, surface = call.profile or profile, call.operation.name, call.operation.surface
            nested = isinstance(call.operation, Row) and call.operation.nested
        row = profile.catalogue.row(fault, operation, surface)
        return bodies.error(
            row.status, row.code, row.text(fault), request_context.request_id, flat=surface == "csms" and not nested
        )


def _check_scope(credential: Credential, project_id: str) -> None:
    """A token must be for services, for a project, and for this one; access keys were scoped already."""
    token = credential.token
    if token is None:
        return
    if token.restricted:
        raise faults.RestrictedToken
    if not token.project_id:
        raise faults.TokenOutOfScope
    if project_id and token.project_id != project_id:
        raise faults.ProjectMismatch
