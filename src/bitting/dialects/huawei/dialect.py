"""Huawei Cloud key management, and every cloud that has the same API with limits of its own.

::

    decode    path -> route           KMS.0201, 0215, 0203
    identify  signature or token      KMS.0301 to 0305, 0321     then the project's profile, and its row of the route
    bind      (tenant, role)          KMS.0328, 0314, 0307       before any error of a parameter
              body -> command         KMS.0202, 0214, 0206, 0204, 0205, then field by field
    gate      key, right, state       KMS.0207, 0306, 0211, 0320, 0210, ...
    encode    profile's row           nested envelope, request ids

That is the order of errors when several apply. The body is read at bind, not at decode: nobody unknown learns
anything about parameters.

The profile comes before the row. It is a fact of the project, which only a proven caller may learn; so decode finds
what the path means in every profile (a route), and no row until the profile is known.
"""

from __future__ import annotations

from typing import Any

from bitting.core import faults
from bitting.core.gate import RequestContext, admit
from bitting.core.key_cache import View
from bitting.core.model.identity import Principal
from bitting.core.ports import Clock, Vault
from bitting.core.usecases.iam.credentials import Credential, operator
from bitting.dialects.base import claims
from bitting.dialects.base.errors import load
from bitting.dialects.base.http import Request, Response
from bitting.dialects.base.sdk_hmac import RequestAuthenticator
from bitting.dialects.huawei import bodies, kms_operations
from bitting.dialects.huawei.fields import CRYPTO_BODY
from bitting.dialects.huawei.rows import HuaweiCall, Profile, Route, route
from bitting.dialects.huawei.secrets import operations as secret_operations
from bitting.dialects.huawei.versions import ANYBODY
from bitting.wire.form import pairs
from bitting.wire.rest import Router

_ROOTS = ("/v1.0/", "/v2/", "/v1/")
_BARE_ROOTS = ("/v1.0", "/v2", "/v1")
_SECRETS = "/v1/"
NO_CONTENT = 204
#: Context for the external policy decision point: a JSON object in base64. The error table knows such a header, no
#: document names it.
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
        self._router: Router[Route] = Router(
            (row.method, row.path, route(row, self._profiles)) for row in self._own.rows.values()
        )
        self.catalogue = self._own.catalogue

    def claims(self, request: Request) -> bool:
        """The API's own roots; other paths only if signed as its SDKs sign (they ask ``GET /`` for versions)."""
        if request.path.startswith(_ROOTS) or request.path in _BARE_ROOTS:
            return True
        headers = request.headers
        return request.method == "GET" and "x-sdk-date" in headers and "authorization" in headers

    def body_limit(self, request: Request) -> int:  # noqa: ARG002 - rows have their own limit, checked at decode
        """The largest limit of any row."""
        return CRYPTO_BODY

    def decode(self, request: Request) -> HuaweiCall:
        """Find the route. Raises ``UnknownOperation``, ``UnsupportedMethod``, ``TooLarge``."""
        found, path_values = self._router.find(request.method, request.path)
        values: dict[str, Any] = {}
        if request.query:
            try:
                values.update(pairs(request.query, plus=False))
            except faults.MalformedBody:
                raise faults.UnknownOperation(operation=request.path) from None
        if request.oversized or len(request.body) > found.max_body:
            raise faults.TooLarge
        greedy = next(reversed(path_values.values())) if found.path.endswith("*}") else ""
        return HuaweiCall(
            found, request, values, path_values=path_values,
            route=found, vault=self._vault, region=self._region, greedy=greedy,
        )  # fmt: skip

    def identify(self, call: HuaweiCall, view: View) -> Principal:
        """The caller, inside the project of the path; then the row of their profile. Raises ``IdentityFault``."""
        if call.route.public:
            return self._choose_row(call, ANYBODY, self._own)
        if call.route.operators:
            return self._choose_row(call, self._operator(call, view), self._own)
        project_id = call.path_values.get("project_id", "")
        credential = self._proofs.credential(call.request, view, project_id, call.greedy)
        _check_scope(credential, project_id)
        principal = credential.principal
        self._choose_row(call, principal, self._profiles.get(principal.facts.get("profile", ""), self._own))
        if _CONTEXT_HEADER in call.request.headers:
            call.context = bodies.policy_context(call.request.headers[_CONTEXT_HEADER])
        return principal

    def _choose_row(self, call: HuaweiCall, principal: Principal, profile: Profile) -> Principal:
        """From here on the call is the profile's. Raises ``UnknownOperation`` if the profile has no such operation."""
        call.principal, call.profile = principal, profile
        row = call.route.rows.get(profile.name)
        if row is None:
            raise faults.UnknownOperation(operation=call.request.path)
        call.operation = call.row = row
        return principal

    def _operator(self, call: HuaweiCall, view: View) -> Principal:
        """Somebody who runs the service; others are who they are, and the gate refuses them."""
        token = call.request.headers.get("x-auth-token", "")
        principal = operator(view, token) if token else None
        if principal is None:
            principal = self._proofs.credential(call.request, view, call.path_values["project_id"]).principal
        return principal

    def bind(self, call: HuaweiCall) -> Any:
        """The command. Raises ``RequestFault``; ``AccountFault`` or ``PermissionDenied`` where those come first."""
        if call.row.refusal is not None:
            raise call.row.refusal.fault()
        try:
            bodies.read_parameters(call)
            return call.row.bind(call)
        except faults.Fault:
            use = call.row.use
            assert use is not None  # noqa: S101 - only rows with a use case are bound
            if not use.operator:
                admit(use, call.caller)
            elif not call.caller.operator:
                raise faults.PermissionDenied(action=use.action, resource="") from None
            raise

    def claimed(self, request: Request) -> str:
        """The access key of the signature header, else the token's digest."""
        headers = request.headers
        return claims.authorization(headers.get("authorization", "")) or claims.token(headers.get("x-auth-token", ""))

    def encode(self, call: HuaweiCall, result: Any, request_context: RequestContext) -> Response:
        """The answer of the row."""
        body = None if call.row.ok == NO_CONTENT else call.row.show(result, call)
        return bodies.answer(call.row.ok, body, request_context.request_id)

    def refuse(
        self, call: HuaweiCall | None, request: Request, fault: faults.Fault, request_context: RequestContext
    ) -> Response:
        """The row of the profile's own table; of Huawei's while the caller is unknown."""
        profile, operation, nested = self._own, "", False
        surface = "csms" if request.path.startswith(_SECRETS) else "kms"
        if call is not None:
            found = call.route
            profile, operation, surface, nested = call.profile or profile, found.name, found.surface, found.nested
        row = profile.catalogue.row(fault, operation, surface)
        request_context.code = row.code
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
