"""The dialect: stops 2, 3 and 6 of a request, put together from rows, codec and signature.

It is the last one asked, so it claims whatever no other dialect has claimed; what is not on ``/`` is an
operation it does not know.
"""

from __future__ import annotations

from bitting.core import faults
from bitting.core.gate import RequestContext
from bitting.core.key_cache import View
from bitting.core.model.identity import Principal
from bitting.core.ports import Clock, Vault
from bitting.dialects.alibaba_openapi import bodies, operations, signature
from bitting.dialects.alibaba_openapi.bodies import Envelope
from bitting.dialects.alibaba_openapi.rows import Rpc, RpcCall
from bitting.dialects.base import claims
from bitting.dialects.base.dialect import Call
from bitting.dialects.base.errors import load
from bitting.dialects.base.http import Request, Response

VERSION = "2016-01-20"
BODY_BYTES_MAX = 256 * 1024
_METHODS = {"GET", "POST"}
#: What a dry run leaves as it is: who asks is not proved, the account is barred, we failed, we are busy.
_BEYOND_DRY_RUN = (
    faults.IdentityFault,
    faults.AccountFault,
    faults.ServerFault,
    faults.LimitFault,
    faults.DryRunOutcome,
)


class AlibabaOpenApi:
    """Alibaba Cloud KMS OpenAPI 2016-01-20. ``region``: the one in the ARNs it says and takes.

    ``chain``: the certificate authority of the instances' door (PEM), which GetKmsInstance hands out.
    """

    name = "alibaba_openapi"

    def __init__(self, vault: Vault, clock: Clock, region: str, chain: str = "") -> None:
        self.catalogue = load(self.name, __package__)
        self.operations = operations.table(region, self.catalogue, chain)
        self._checker = signature.Checker(vault, clock)
        self._region = region

    def claims(self, _request: Request) -> bool:
        """Everything: no other dialect wanted it."""
        return True

    def body_limit(self, _request: Request) -> int:
        """256 KiB: the longest parameter, a 32 KiB policy, with every byte percent-encoded, and room."""
        return BODY_BYTES_MAX

    def decode(self, request: Request) -> RpcCall:
        """Stop 2. Action and version come with the signature: as headers in V3 and V4, else as parameters.

        Raises ``UnsupportedMethod``, ``UnknownOperation``, ``UnsupportedVersion``, ``MissingParameter``,
        ``MalformedBody`` and its kin, and what :func:`bitting.dialects.alibaba_openapi.signature.read` raises.
        """
        if request.method not in _METHODS:
            raise faults.UnsupportedMethod
        query, values = bodies.read(request)
        action, version = values.get("Action"), values.get("Version")
        if signature.in_headers(request):
            action = request.headers.get("x-acs-action") or action
            version = request.headers.get("x-acs-version") or version
        operation = self._operation(request, action, version)
        claim = signature.read(request, query, values)
        return Call(operation, request, values, Envelope(claim, values.get("Format", "").lower() == "xml"))

    def _operation(self, request: Request, action: str | None, version: str | None) -> Rpc:
        if request.path != "/":
            raise faults.UnknownOperation(operation=request.path)
        if not action:
            raise faults.MissingParameter(parameter="Action")
        if not version:
            raise faults.MissingParameter(parameter="Version")
        if version != VERSION:
            raise faults.UnsupportedVersion(version=version)
        operation = self.operations.get(action)
        if operation is None:
            raise faults.UnknownOperation(operation=action)
        return operation

    def identify(self, call: RpcCall, view: View) -> Principal:
        """Stop 3. Raises as :meth:`bitting.dialects.alibaba_openapi.signature.Checker.prove`."""
        principal = self._checker.prove(call.evidence.claim, call.request, view)
        values = call.values
        for name in call.operation.arns:
            if values.get(name, "").startswith("acs:"):
                values[name] = self._local(values[name], principal)
        if values.get("SecretName", "").startswith("acs:"):
            values["SecretName"] = self._local_secret(values["SecretName"], principal)
        return principal

    def _local(self, arn: str, principal: Principal) -> str:
        """The key id or alias of an ARN. Nothing exists for the caller in other regions and accounts."""
        scheme, _, rest = arn.partition(f":kms:{self._region}:{principal.account_id}:")
        if scheme != "acs" or not rest.startswith(("key/", "alias/")):
            raise faults.KeyNotFound(resource=arn, named="arn")
        return rest.removeprefix("key/")

    def _local_secret(self, arn: str, principal: Principal) -> str:
        """The name in a secret's ARN, likewise."""
        head = f"acs:kms:{self._region}:{principal.account_id}:secret/"
        if not arn.startswith(head):
            raise faults.ResourceNotFound(kind="secret", resource=arn)
        return arn.removeprefix(head)

    def bind(self, call: RpcCall) -> object:
        """The command. Raises ``MissingParameter``, ``InvalidParameter``, ``UnsupportedAlias``."""
        return call.operation.bind(call)

    def claimed(self, request: Request) -> str:
        """The access key of the signature header, or of the parameters."""
        found = claims.authorization(request.headers.get("authorization", ""))
        return found or claims.name(bodies.parameter(request, "AccessKeyId"))

    def encode(self, call: RpcCall, result: object, request_context: RequestContext) -> Response:
        """Stop 6. Raises ``DryRunPassed`` where the caller wanted to know only whether it would work."""
        if _dry(call):
            raise faults.DryRunPassed
        operation, envelope = call.operation, call.evidence
        content = operation.show(result, call)
        return bodies.answer(operation.name, content, request_context.request_id, as_xml=envelope.xml)

    def refuse(
        self, call: RpcCall | None, request: Request, fault: faults.Fault, request_context: RequestContext
    ) -> Response:
        """Stop 6 for a fault: the row's status, code and message."""
        name = call.operation.name if call else ""
        row = self.catalogue.row(fault, name)
        if call is not None and _dry(call) and not isinstance(fault, _BEYOND_DRY_RUN):
            denied = isinstance(fault, faults.AccessFault)
            fault = (faults.DryRunDenied if denied else faults.DryRunInvalid)(reason=row.text(fault))
            row = self.catalogue.row(fault, name)
        request_context.code = row.code
        return bodies.refusal(
            row.status,
            row.code,
            row.text(fault),
            request_context.request_id,
            as_xml=bodies.wants_xml(request),
            retry_after_ms=fault.detail("retry_after_ms"),
        )


def _dry(call: RpcCall) -> bool:
    """Whether the caller asked for a dry run of an operation that has them."""
    dry_run = call.values.get("DryRun")
    return (
        dry_run is not None
        and dry_run.lower() == "true"
        and any(row.name == "DryRun" for row in call.operation.request)
    )
