"""The identity service: enough of OpenStack Keystone v3, and of Huawei Cloud IAM, for the clients of key management.

::

    decode    path -> row, JSON -> AuthBody
    identify  none | password or token in the body | token | token or signature
    bind      row                gate: use cases of core/usecases/iam
    encode    row                refusals: {"error": {"code": 401, "message": "...", "title": "Unauthorized"}}

Every user may ask about themselves, whatever their policies say about keys, and also while the account is
frozen: else nobody could learn that it is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from bitting.core import faults
from bitting.core.gate import RequestContext
from bitting.core.key_cache import View
from bitting.core.model.identity import AccountState, Principal, Statement
from bitting.core.ports import Clock, Vault
from bitting.core.throttle import PasswordGuesses
from bitting.core.usecases.iam import tokens
from bitting.core.usecases.iam.credentials import Credential
from bitting.dialects.base import claims
from bitting.dialects.base.errors import load
from bitting.dialects.base.http import Request, Response
from bitting.dialects.base.sdk_hmac import RequestAuthenticator
from bitting.dialects.iam import bodies, lookups, os_users, user_operations
from bitting.dialects.iam.operations import ROWS
from bitting.dialects.iam.rows import IamCall, Row, base_url
from bitting.wire.form import pairs, unique_pairs
from bitting.wire.rest import Router

BODY_MOST = 65_536
_ROOTS = ("/v3/", "/v3.0/", "/v5/")
ALL_ROWS: tuple[Row, ...] = (*ROWS, *lookups.ROWS, *user_operations.ROWS, *os_users.ROWS)
_encode = msgspec.json.Encoder().encode
_JSON = ("content-type", "application/json;charset=UTF-8")
_ANYBODY = Principal(account_id="", ring="", user_id="", name="", statements=())
_SELF = Statement(tokens.ACTIONS)


class Iam:
    """The dialect."""

    name = "iam"

    def __init__(self, vault: Vault, clock: Clock, region: str) -> None:
        self._proofs = RequestAuthenticator(vault, clock)
        self._clock = clock
        self._guesses = PasswordGuesses()
        self._region = region
        self._router: Router[Row] = Router((row.method, row.path, row) for row in ALL_ROWS)
        self.catalogue = load("iam", "bitting.dialects.iam")

    def claims(self, request: Request) -> bool:
        """Everything below ``/v3``, ``/v3.0`` and ``/v5``; and the root, asked by nobody in particular."""
        return request.path == "/v3" or request.path.startswith(_ROOTS) or _is_discovery(request)

    def body_limit(self, _request: Request) -> int:
        """64 KiB."""
        return BODY_MOST

    def decode(self, request: Request) -> IamCall:
        """Find the row and read the body. Raises ``RequestFault``."""
        row, path_values = self._router.find(request.method, request.path)
        if request.oversized or len(request.body) > row.max_body:
            raise faults.TooLarge
        values = unique_pairs(pairs(request.query, plus=False)) if request.query else {}
        auth = bodies.read(request.body) if row.has_body else None
        if row.has_json:
            values = {**values, **bodies.read_object(request.body)}
        if row.about_token:
            values["X-Subject-Token"] = request.headers.get("x-subject-token", "")
        values = {**values, **path_values}
        return IamCall(row, request, values, path_values=path_values, auth=auth, region=self._region)

    def identify(self, call: IamCall, view: View) -> Principal:
        """The caller, as far as the row wants one. Raises ``IdentityFault``."""
        proof = call.operation.proof
        if proof == "none":
            return _ANYBODY
        if proof == "sign-in" and bodies.method(call.auth_body) == "password":
            who, password = bodies.claim(call.auth_body)
            with self._guesses.attempt(who.label, call.request.source, self._clock.now_ms()):
                return _identity(tokens.principal_by_password(view, who, password))
        if proof == "caller":
            project_id = call.request.headers.get("x-project-id", "")
            call.credential = self._proofs.credential(call.request, view, project_id)
        else:
            call.credential = self._by_token(call, view)
        return _identity(call.credential.principal)

    def _by_token(self, call: IamCall, view: View) -> Credential:
        """A token in the body, or in the header. Raises ``RestrictedToken`` if it may not make others."""
        held = call.auth_body.identity.token
        text = (held.id if held else None) or call.request.headers.get("x-auth-token")
        if not text:
            raise faults.MissingCredentials
        found = self._proofs.by_token(view, text)
        if found.token is not None and found.token.restricted:
            raise faults.RestrictedToken
        return found

    def bind(self, call: IamCall) -> Any:
        """The command. Raises ``RequestFault``."""
        return call.operation.bind(call)

    def claimed(self, request: Request) -> str:
        """The user of the body's password method; else the access key, or a digest of the token."""
        headers = request.headers
        return (
            bodies.claimed_user(request.body)
            or claims.authorization(headers.get("authorization", ""))
            or claims.token(headers.get("x-auth-token", ""))
        )

    def encode(self, call: IamCall, result: Any, request_context: RequestContext) -> Response:
        """The answer; tokens travel in ``X-Subject-Token``."""
        row = call.operation
        content = row.show(result, call) if row.response else None
        headers = _headers(request_context)
        if isinstance(result, tokens.Session):
            text = result.text or call.request.headers.get("x-subject-token", "")
            headers.append(("x-subject-token", text))
        if content is None:
            return Response(row.ok, headers, b"")
        return Response(row.ok, [_JSON, *headers], _encode(content))

    def refuse(
        self, call: IamCall | None, request: Request, fault: faults.Fault, request_context: RequestContext
    ) -> Response:
        """The refusal in Keystone's shape."""
        row = self.catalogue.row(fault, call.operation.name if call else "")
        request_context.code = row.code
        error = {"code": row.status, "message": row.text(fault), "title": row.code}
        headers = [_JSON, *_headers(request_context)]
        if row.status == 401:
            headers.append(("www-authenticate", f'Keystone uri="{base_url(request)}/v3"'))
        return Response(row.status, headers, _encode({"error": error}))


def _is_discovery(request: Request) -> bool:
    """Whether a Keystone client asks which versions there are: ``GET /`` with nothing that another API would look at.

    Huawei's SDKs ask the same path of key management, but sign; Alibaba's name an action in query or header.
    """
    if request.path != "/" or request.method != "GET" or request.query or "authorization" in request.headers:
        return False
    return not any(name.startswith("x-acs-") for name in request.headers)


def _headers(request_context: RequestContext) -> list[tuple[str, str]]:
    """The request id under every name that some client reads."""
    names = ("x-request-id", "x-openstack-request-id", "x-iam-trace-id")
    return [*((name, request_context.request_id) for name in names), ("vary", "X-Auth-Token")]


def _identity(principal: Principal) -> Principal:
    """The principal, able to ask about itself."""
    return replace(principal, statements=(*principal.statements, _SELF), account_state=AccountState.ACTIVE)
