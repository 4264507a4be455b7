"""Every error row that can be met is met, and says exactly what the table says."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from alibaba_openapi.provoke_keys import KEYS
from alibaba_openapi.provoke_manage import MANAGE
from alibaba_openapi.signer import Signer
from alibaba_openapi.test_openapi_signature import add_key

from bitting.core import faults
from bitting.core.gate import RequestContext
from bitting.core.model.identity import AccessKey, Account, AccountState, User
from bitting.core.model.key import Key, KeyState
from bitting.core.usecases.iam.credentials import token_digest
from bitting.dialects.base.errors import Row, load
from bitting.dialects.base.http import Request

CATALOGUE = load("alibaba_openapi", "bitting.dialects.alibaba_openapi")
Scenario = Callable[[Any], tuple[Request, dict[str, str]]]
SCENARIOS: dict[str, Scenario] = {**MANAGE, **KEYS}


def scenario(*names: str) -> Callable[[Scenario], Scenario]:
    """Names are code/fault/probe as in a row's test id."""

    def keep(function: Scenario) -> Scenario:
        for name in names:
            SCENARIOS[f"alibaba_openapi/{name}"] = function
        return function

    return keep


def signed(
    door: Any, action: str, holes: dict[str, str] | None = None, **parameters: str
) -> tuple[Request, dict[str, str]]:
    return door.signer.v3(action, parameters), holes or {}


@scenario("InvalidAccessKeyId.NotFound/UnknownAccessKey/DescribeKey")
def unknown_access_key(door: Any) -> Any:
    return Signer("LTAInobody", "x", door.signer.now).v3("DescribeKey", {"KeyId": "a"}), {}


@scenario("Forbidden.KeyNotFound/KeyNotFound/DescribeKey")
def unknown_key(door: Any) -> Any:
    return signed(door, "DescribeKey", KeyId="00000000-0000-0000-0000-000000000000")


@scenario("Forbidden.AliasNotFound/KeyNotFound/Encrypt")
def unknown_alias_as_key(door: Any) -> Any:
    return signed(door, "Encrypt", KeyId="alias/none", Plaintext="eA==")


@scenario("Forbidden.AliasNotFound/AliasNotFound/UpdateAlias")
def unknown_alias(door: Any) -> Any:
    return signed(door, "UpdateAlias", KeyId=door.key(), AliasName="alias/none")


def stranger(door: Any) -> Signer:
    """A user of the account without any right."""
    user = replace(door.runtime.founded.user, id="0" * 32, name="stranger", admin=False)
    with door.runtime.store.begin(write=True) as uow:
        uow.of(User).add(user)
    add_key(door, "LTAIstranger", "secret", user_id=user.id)
    return Signer("LTAIstranger", "secret", door.signer.now)


@scenario("Forbidden.NoPermission/PermissionDenied/CreateKey")
def no_permission(door: Any) -> Any:
    return stranger(door).v3("CreateKey"), {}


@scenario("Forbidden.NoPermission/AccessFault/CreateKey")
def account_frozen(door: Any) -> Any:
    return account_state(door, AccountState.FROZEN, "CreateKey")


@scenario("AccessDeniedError/DryRunDenied/Encrypt")
def dry_run_without_permission(door: Any) -> Any:
    request = stranger(door).v3("Encrypt", {"KeyId": door.key(), "Plaintext": "eA==", "DryRun": "true"})
    return request, {"reason": "This operation is forbidden by permission system."}


@scenario("ValidationError/DryRunInvalid/Encrypt")
def dry_run_of_nothing(door: Any) -> Any:
    reason = 'The parameter "Plaintext" is needed but not provided.'
    return signed(door, "Encrypt", {"reason": reason}, KeyId=door.key(), DryRun="True")


@scenario("DryRunOperationError/DryRunPassed/Encrypt")
def dry_run(door: Any) -> Any:
    return signed(door, "Encrypt", KeyId=door.key(), Plaintext="eA==", DryRun="true")


@scenario("Forbidden.AccessKey/AccessKeyInactive/DescribeKey")
def inactive_access_key(door: Any) -> Any:
    with door.runtime.store.begin(write=True) as uow:
        keys = uow.of(AccessKey)
        keys.put(replace(keys.get(door.signer.access_key_id), enabled=False))
    return signed(door, "DescribeKey", KeyId="a")


@scenario("UnsupportedHTTPMethod/UnsupportedMethod/DescribeKey")
def method(door: Any) -> Any:
    return door.signer.v3("DescribeKey", {"KeyId": "a"}, method="PUT"), {}


def account_state(door: Any, state: AccountState, action: str = "DescribeKey") -> Any:
    key_id = door.key()
    with door.runtime.store.begin(write=True) as uow:
        accounts = uow.of(Account)
        accounts.put(replace(accounts.get(door.account), state=state))
    return signed(door, action, KeyId=key_id)


for state, name in {
    AccountState.INVALID_USER: "Forbidden.UbsmsInvalidUserid/AccountInvalid",
    AccountState.INVALID_PARTNER: "Forbidden.UbsmsInvalidBid/AccountPartnerInvalid",
    AccountState.NOT_ENABLED: "Forbidden.KmsServiceNotEnabled/ServiceNotEnabled",
    AccountState.AT_RISK: "Forbidden.ProhibitedByRiskControl/AccountAtRisk",
    AccountState.OVERDUE: "Forbidden.InDebtOverdue/AccountOverdue",
    AccountState.IN_DEBT: "Forbidden.InDebt/AccountInDebt",
}.items():
    scenario(f"{name}/DescribeKey")(lambda door, state=state: account_state(door, state))


@scenario("ParseRequestParameterException/MalformedBody/DescribeKey")
def malformed(door: Any) -> Any:
    return replace(door.signer.v3("DescribeKey"), query="KeyId=%G0"), {}


@scenario("ParseRequestParameterException/RequestFault/DescribeKey")
def oversized(door: Any) -> Any:
    return replace(door.signer.v3("DescribeKey", {"KeyId": "a"}), oversized=True), {}


@scenario("MissingParameter/MissingParameter/DescribeKey")
def missing(door: Any) -> Any:
    return signed(door, "DescribeKey", {"parameter": "KeyId"})


@scenario("MissingParameter/MissingCredentials/DescribeKey")
def anonymous(door: Any) -> Any:
    return Request("GET", "/", "Action=DescribeKey&Version=2016-01-20&KeyId=a", {}, b""), {}


@scenario("MissingParameter/MissingAccessKey/DescribeKey")
def nobody(door: Any) -> Any:
    return door.signer.v1("DescribeKey", change={"AccessKeyId": None}), {}


@scenario("InvalidParameter/InvalidParameter/ScheduleKeyDeletion")
def invalid(door: Any) -> Any:
    holes = {"parameter": "PendingWindowInDays"}
    return signed(door, "ScheduleKeyDeletion", holes, KeyId=door.key(), PendingWindowInDays="6")


@scenario("InvalidParameter/UnsupportedVersion/DescribeKey")
def version(door: Any) -> Any:
    return door.signer.v3("DescribeKey", change={"x-acs-version": "2014-05-26"}), {}


@scenario("InvalidParameter/UnsupportedSignatureMethod/DescribeKey")
def signature_method(door: Any) -> Any:
    request = door.signer.v1("DescribeKey", change={"SignatureMethod": "SHA256withRSA"})
    return request, {"parameter": "SignatureMethod"}


@scenario("InvalidParameter/KeyKindFault/Encrypt")
def unfit_key(door: Any) -> Any:
    return signed(door, "Encrypt", KeyId=door.key(KeySpec="EC_P256"), Plaintext="eA==")


@scenario("InvalidParameter/KeyKindFault/Decrypt")
def unfit_key_of_ciphertext(door: Any) -> Any:
    """A well-formed blob that names a version of a signing key."""
    key_id = door.key(KeySpec="EC_P256")
    version_id = door.ok("DescribeKey", {"KeyId": key_id})["KeyMetadata"]["PrimaryKeyVersion"]
    return signed(door, "Decrypt", CiphertextBlob=forged(version_id))


def forged(version_id: str) -> str:
    return base64.b64encode(b"\x24\x00\x02" + version_id.encode() + bytes(12 + 16)).decode()


@scenario("InvalidParameter/CryptoFault/Decrypt")
def not_a_ciphertext(door: Any) -> Any:
    return signed(door, "Decrypt", CiphertextBlob="AAAA")


@scenario("IncompleteSignature/SignatureMismatch/DescribeKey")
def wrong_secret(door: Any) -> Any:
    return Signer(door.signer.access_key_id, "wrong", door.signer.now).v1("DescribeKey", {"KeyId": "a"}), {}


@scenario("IncompleteSignature/IdentityFault/DescribeKey")
def half_a_signature(door: Any) -> Any:
    return door.signer.v3("DescribeKey", after={"authorization": "ACS3-HMAC-SHA256 Credential=a"}), {}


@scenario("IllegalTimestamp/ClockMalformed/DescribeKey")
def no_time(door: Any) -> Any:
    return door.signer.v1("DescribeKey", change={"Timestamp": None}), {}


@scenario("InvalidTimeStamp.Format/ClockMalformed/DescribeKey")
def odd_time(door: Any) -> Any:
    return door.signer.v1("DescribeKey", change={"Timestamp": "yesterday"}), {}


@scenario("InvalidTimeStamp.Expired/ClockSkewed/DescribeKey")
def old_time(door: Any) -> Any:
    return door.signer.v1("DescribeKey", change={"Timestamp": "2016-03-28T03:13:08Z"}), {}


def temporary(door: Any, token: str, lifetime_s: int) -> Any:
    expires = door.runtime.clock.now_ms() + lifetime_s * 1000
    add_key(door, "STS.temp", "secret", token_digest=token_digest("right"), expires_ms=expires)
    return Signer("STS.temp", "secret", door.signer.now).v3("DescribeKey", {"KeyId": "a"}, token=token), {}


@scenario("InvalidSecurityToken.Expired/ExpiredToken/DescribeKey")
def expired_token(door: Any) -> Any:
    return temporary(door, "right", -1)


@scenario("InvalidSecurityToken.MismatchWithAccessKey/InvalidToken/DescribeKey")
def other_token(door: Any) -> Any:
    return temporary(door, "wrong", 60)


@scenario("InvalidAction.NotFound/UnknownOperation/")
def unknown_operation(door: Any) -> Any:
    return signed(door, "DescribeTea")


@scenario("AliasAlreadyExists/AliasExists/CreateAlias")
def alias_taken(door: Any) -> Any:
    key_id = door.key()
    door.ok("CreateAlias", {"AliasName": "alias/a", "KeyId": key_id})
    return signed(door, "CreateAlias", AliasName="alias/a", KeyId=key_id)


@scenario("Forbidden.DKMSInstanceNotFound/ResourceNotFound/CreateKey")
def no_instance(door: Any) -> Any:
    return signed(door, "CreateKey", DKMSInstanceId="kst-none")


@scenario("Unsupported.Alias/UnsupportedAlias/EnableKey")
def alias_where_an_id_belongs(door: Any) -> Any:
    door.ok("CreateAlias", {"AliasName": "alias/a", "KeyId": door.key()})
    return signed(door, "EnableKey", KeyId="alias/a")


@scenario("Unsupported.ProtectionLevel/UnsupportedProtectionLevel/CreateKey")
def no_hsm(door: Any) -> Any:
    return signed(door, "CreateKey", ProtectionLevel="HSM")


@scenario("Rejected.StateModifiedFailed/KeyStateFault/CancelKeyDeletion")
def nothing_to_cancel(door: Any) -> Any:
    return signed(door, "CancelKeyDeletion", KeyId=door.key())


def scheduled(door: Any) -> str:
    key_id: str = door.key()
    door.ok("ScheduleKeyDeletion", {"KeyId": key_id, "PendingWindowInDays": "7"})
    return key_id


@scenario("Rejected.StateModifiedFailed/KeyPendingDeletion/EnableKey")
def enable_scheduled(door: Any) -> Any:
    return signed(door, "EnableKey", KeyId=scheduled(door))


@scenario("Rejected.StateModifiedFailed/KeyPendingImport/EnableKey")
def enable_empty(door: Any) -> Any:
    return signed(door, "EnableKey", KeyId=door.key(Origin="EXTERNAL"))


@scenario("Rejected.Disabled/KeyDisabled/Encrypt")
def use_disabled(door: Any) -> Any:
    key_id = door.key()
    door.ok("DisableKey", {"KeyId": key_id})
    return signed(door, "Encrypt", KeyId=key_id, Plaintext="eA==")


@scenario("Rejected.Disabled/KeyFrozen/Encrypt")
def use_frozen(door: Any) -> Any:
    return use(door, state=KeyState.FROZEN)


@scenario("Forbidden.NoPermission/ServiceKeyProtected/DisableKey")
def change_a_service_key(door: Any) -> Any:
    request, _ = use(door, service="evs")
    key_id = request.query.split("=")[1].split("&")[0]
    return signed(door, "DisableKey", KeyId=key_id)


def use(door: Any, **fields: Any) -> Any:
    key_id = door.key()
    with door.runtime.store.begin(write=True) as uow:
        keys = uow.of(Key)
        keys.put(replace(keys.get(key_id), **fields))
    return signed(door, "Encrypt", KeyId=key_id, Plaintext="eA==")


@scenario("Rejected.PendingDeletion/KeyPendingDeletion/Encrypt")
def use_scheduled(door: Any) -> Any:
    return signed(door, "Encrypt", KeyId=scheduled(door), Plaintext="eA==")


@scenario("Rejected.PendingImport/KeyPendingImport/Encrypt")
def use_empty(door: Any) -> Any:
    return signed(door, "Encrypt", KeyId=door.key(Origin="EXTERNAL"), Plaintext="eA==")


#: alibaba_secrets has these.
OF_SECRETS = {"CreateSecret", "RotateSecret", "DescribeSecret", "GetSecretValue", "RestoreSecret"}
CATALOGUE_HERE = [row for row in CATALOGUE if row.probe not in OF_SECRETS]
REACHABLE = [row for row in CATALOGUE_HERE if row.reach in {"natural", "switch"} or row.test_id in SCENARIOS]


@pytest.mark.parametrize("row", REACHABLE, ids=lambda row: row.test_id)
def test_row(row: Row, door: Any) -> None:
    request, holes = SCENARIOS[row.test_id](door)
    response = door.send(request)
    message = row.message
    for hole, value in holes.items():
        message = message.replace(f"{{{hole}}}", value)
    body = json.loads(response.body)
    request_id = dict(response.headers)["x-acs-request-id"]
    assert "{" not in message
    assert response.status == row.status
    assert body == {"HttpStatus": row.status, "Code": row.code, "Message": message, "RequestId": request_id}


@pytest.mark.parametrize("row", [row for row in CATALOGUE_HERE if row not in REACHABLE], ids=lambda row: row.test_id)
def test_row_that_needs_a_failure(row: Row, door: Any) -> None:
    """What nobody can provoke through the door yet is rendered from its fault."""
    fault = faults.every_fault()[row.fault](**{name: next(iter(values)) for name, values in row.when})
    request = door.signer.v3(row.probe, {"KeyId": "a"})
    response = door.dialect.refuse(None, request, fault, RequestContext("id", "alibaba_openapi", row.probe, ""))
    wanted = {"HttpStatus": row.status, "Code": row.code, "Message": row.message, "RequestId": "id"}
    assert (response.status, json.loads(response.body)) == (row.status, wanted)


def test_an_unknown_failure_says_nothing(door: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    key_id = door.key()

    def burst(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(door.dialect, "bind", burst)
    response = door.send(door.signer.v3("Encrypt", {"KeyId": key_id, "Plaintext": "eA=="}), broken=True)
    body = json.loads(response.body)
    assert (response.status, body["Code"], body["Message"]) == (500, "InternalFailure", "Internal Failure.")
    assert b"secret" not in response.body
    assert isinstance(door.runtime.broken[0], RuntimeError)
