"""The Instance API as a dialect: rows, header checks, client keys.

::

    decode    signature.Examiner      headers -> operation row + evidence
    identify  client key -> window -> RSA signature -> source networks -> Principal
    bind      codec.read              protobuf -> values -> command
    refuse    errors.tsv              fault -> protobuf Error

What a caller may learn about keys it has no right on: nothing. A key that is not there is answered "forbidden"
unless the access point's resources cover its name, so that whether it exists makes no difference; and a refusal
repeats the name that was asked for (an alias stays an alias). The wire contract leaves the order of these two
checks open and names this as the reason to choose it (section 8, points 13 and 14).
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from bitting.core import faults
from bitting.core.authz.engine import bind
from bitting.core.authz.statements import authorise
from bitting.core.gate import RequestContext
from bitting.core.key_cache import View
from bitting.core.model.identity import Principal
from bitting.core.ports import Clock, Vault
from bitting.core.usecases.iam.credentials import client_key
from bitting.dialects.alibaba_instance import codec, enum_maps, signature
from bitting.dialects.alibaba_instance.codec import InstanceCall
from bitting.dialects.alibaba_instance.operations import OPERATIONS
from bitting.dialects.alibaba_instance.signature import SignatureEvidence, SignatureVerifier
from bitting.dialects.base import claims
from bitting.dialects.base.dialect import Call
from bitting.dialects.base.errors import load
from bitting.dialects.base.http import Request, Response
from bitting.dialects.base.replay import Proof

_OURS = (enum_maps.CLIENT_KEY_HEADER, "x-kms-apiname", "x-kms-apiversion")


class AlibabaInstance:
    """``Dialect`` of Alibaba Cloud's KMS Instance API, version dkms-gcs-0.2. Its state is bounded caches."""

    name = "alibaba_instance"

    def __init__(self, vault: Vault, clock: Clock, region: str) -> None:
        self.catalogue = load(self.name, __package__ or "")
        self.operations = OPERATIONS
        self.region = region
        self._vault = vault
        self._clock = clock
        self._examiner = SignatureVerifier(OPERATIONS)

    def claims(self, request: Request) -> bool:
        """By the headers alone: method and path never vary, so a wrong one is still this dialect's to refuse."""
        headers = request.headers
        if any(name in headers for name in _OURS):
            return True
        return headers.get("content-type", "").partition(";")[0].strip().lower() == enum_maps.CONTENT_TYPE

    def body_limit(self, _request: Request) -> int:
        """3 MiB."""
        return enum_maps.BODY_BYTES_MAX

    def decode(self, request: Request) -> InstanceCall:
        """Size, method, path, then the nine header checks of :mod:`.signature`. The body stays unread."""
        if request.oversized or len(request.body) > enum_maps.BODY_BYTES_MAX:
            raise faults.TooLarge
        if request.method != "POST":
            raise faults.UnsupportedMethod(method=request.method, allowed="POST")
        if request.path not in {"/", ""}:
            raise faults.UnknownOperation(operation=request.path, reason="path")
        operation, evidence = self._examiner.examine(request, self._clock.wall_ms())
        return Call(operation, request, {}, evidence)

    def identify(self, call: InstanceCall, view: View) -> Principal:
        """Whose client key signed this. Raises ``UnknownAccessKey``, ``SignatureMismatch``.

        1. The client key exists, and so do its access point and account.
        2. Now is within its validity; outside it is as if it were not there.
        3. No signed header was sent twice.
        4. The signature is by its private key over these headers; the headers hold the body's digest.
        5. Policies limited to source networks count only for callers inside them.
        """
        evidence = call.evidence
        assert isinstance(evidence, SignatureEvidence)  # noqa: S101 - decode made it
        credential = client_key(view, evidence.client_key_id)
        now, wall = self._clock.now_ms(), self._clock.wall_ms()
        if credential is None or not credential.not_before_ms <= now < credential.not_after_ms:
            raise faults.UnknownAccessKey(access_key_id=evidence.client_key_id)
        if call.request.repeated and signature.ambiguous(call.request):
            raise faults.SignatureMismatch
        if not self._vault.verify_rsa(credential.public, evidence.signed, evidence.signature):
            raise faults.SignatureMismatch
        if call.request.proof is None:
            spent = sha256(evidence.signed).hexdigest()
            call.request.proof = Proof(evidence.client_key_id, spent, wall + signature.SKEW_MS_MAX * 2, nonce=False)
        evidence.principal = bind(credential.principal, call.request.source, now, self.region)
        return evidence.principal

    def bind(self, call: InstanceCall) -> Any:
        """The command. Raises ``MalformedBody``, ``MissingParameter``, ``InvalidParameter``."""
        codec.read(call)
        return call.operation.bind(call)

    def claimed(self, request: Request) -> str:
        """The client key named in its header."""
        return claims.name(request.headers.get(enum_maps.CLIENT_KEY_HEADER, ""))

    def encode(self, call: InstanceCall, result: Any, request_context: RequestContext) -> Response:
        """Status 200, the Response message, and the key version in its header."""
        return codec.answer(call, result, request_context.request_id)

    def refuse(
        self,
        call: InstanceCall | None,
        _request: Request,
        fault: faults.Fault,
        request_context: RequestContext,
    ) -> Response:
        """The catalogue's row as protobuf ``Error``."""
        operation = ""
        if call is not None:
            operation = call.operation.name
            fault = _discreet(call, fault)
        row = self.catalogue.row(fault, operation)
        request_context.code = row.code
        return codec.refusal(row, row.text(fault), request_context.request_id)


def _discreet(call: InstanceCall, fault: faults.Fault) -> faults.Fault:
    """The fault that may be shown: see the module's docstring."""
    if isinstance(fault, faults.KeyNotFound) and not _may_know(call):
        fault = faults.KeyPermissionDenied()
    if isinstance(fault, faults.AccessFault):
        refused, asked_for = fault.detail("resource"), call.values.get("KeyId")
        if not asked_for and not refused.startswith("key/"):
            asked_for = call.values.get("SecretName")  # but a missing right on the secret's key names that key
        fault = fault.replaced(resource=asked_for or refused.removeprefix("key/") or call.operation.name)
    return fault


def _may_know(call: InstanceCall) -> bool:
    """Whether the caller's resources cover the key it named; a version id is no name that can be guessed."""
    principal, operation, named = call.evidence.principal, call.operation, call.values.get("KeyId")
    if principal is None or not named or principal.admin:
        return True
    try:
        authorise(principal, operation.action, f"key/{named}")
    except faults.PermissionDenied:
        return False
    return True
