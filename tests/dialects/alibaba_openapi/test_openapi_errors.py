"""Every error row that can be met is met, and says exactly what the table says."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from alibaba_openapi.scenarios_keys import KEYS
from alibaba_openapi.scenarios_manage import MANAGE
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
    api: Any, action: str, holes: dict[str, str] | None = None, **parameters: str
) -> tuple[Request, dict[str, str]]:
    return api.signer.v3(action, parameters), holes or {}


@scenario("InvalidAccessKeyId.NotFound/UnknownAccessKey/DescribeKey")
def unknown_access_key(api: Any) -> Any:
    return Signer("LTAInobody", "x", api.signer.now).v3("DescribeKey", {"KeyId": "a"}), {}


@scenario("Forbidden.KeyNotFound/KeyNotFound/DescribeKey")
def unknown_key(api: Any) -> Any:
    return signed(api, "DescribeKey", KeyId="00000000-0000-0000-0000-000000000000")


@scenario("Forbidden.AliasNotFound/KeyNotFound/Encrypt")
def unknown_alias_as_key(api: Any) -> Any:
    return signed(api, "Encrypt", KeyId="alias/none", Plaintext="eA==")


@scenario("Forbidden.AliasNotFound/AliasNotFound/UpdateAlias")
def unknown_alias(api: Any) -> Any:
    return signed(api, "UpdateAlias", KeyId=api.key(), AliasName="alias/none")


def unprivileged_user(api: Any) -> Signer:
    """A user of the account without any right."""
    user = replace(api.runtime.founded.user, id="0" * 32, name="unprivileged_user", admin=False)
    with api.runtime.store.begin(write=True) as uow:
        uow.of(User).add(user)
    add_key(api, "LTAIstranger", "secret", user_id=user.id)
    return Signer("LTAIstranger", "secret", api.signer.now)


@scenario("Forbidden.NoPermission/PermissionDenied/CreateKey")
def no_permission(api: Any) -> Any:
    return unprivileged_user(api).v3("CreateKey"), {}


@scenario("Forbidden.NoPermission/AccessFault/CreateKey")
def account_frozen(api: Any) -> Any:
    return account_state(api, AccountState.FROZEN, "CreateKey")


@scenario("AccessDeniedError/DryRunDenied/Encrypt")
def dry_run_without_permission(api: Any) -> Any:
    request = unprivileged_user(api).v3("Encrypt", {"KeyId": api.key(), "Plaintext": "eA==", "DryRun": "true"})
    return request, {"reason": "This operation is forbidden by permission system."}


@scenario("ValidationError/DryRunInvalid/Encrypt")
def dry_run_of_nothing(api: Any) -> Any:
    reason = 'The parameter "Plaintext" is needed but not provided.'
    return signed(api, "Encrypt", {"reason": reason}, KeyId=api.key(), DryRun="True")


@scenario("DryRunOperationError/DryRunPassed/Encrypt")
def dry_run(api: Any) -> Any:
    return signed(api, "Encrypt", KeyId=api.key(), Plaintext="eA==", DryRun="true")


@scenario("Forbidden.AccessKey/AccessKeyInactive/DescribeKey")
def inactive_access_key(api: Any) -> Any:
    with api.runtime.store.begin(write=True) as uow:
        keys = uow.of(AccessKey)
        keys.put(replace(keys.get(api.signer.access_key_id), enabled=False))
    return signed(api, "DescribeKey", KeyId="a")


@scenario("UnsupportedHTTPMethod/UnsupportedMethod/DescribeKey")
def method(api: Any) -> Any:
    return api.signer.v3("DescribeKey", {"KeyId": "a"}, method="PUT"), {}


def account_state(api: Any, state: AccountState, action: str = "DescribeKey") -> Any:
    key_id = api.key()
    with api.runtime.store.begin(write=True) as uow:
        accounts = uow.of(Account)
        accounts.put(replace(accounts.get(api.account), state=state))
    return signed(api, action, KeyId=key_id)


for state, name in {
    AccountState.INVALID_USER: "Forbidden.UbsmsInvalidUserid/AccountInvalid",
    AccountState.INVALID_PARTNER: "Forbidden.UbsmsInvalidBid/AccountPartnerInvalid",
    AccountState.NOT_ENABLED: "Forbidden.KmsServiceNotEnabled/ServiceNotEnabled",
    AccountState.AT_RISK: "Forbidden.ProhibitedByRiskControl/AccountAtRisk",
    AccountState.OVERDUE: "Forbidden.InDebtOverdue/AccountOverdue",
    AccountState.IN_DEBT: "Forbidden.InDebt/AccountInDebt",
}.items():
    scenario(f"{name}/DescribeKey")(lambda api, state=state: account_state(api, state))


@scenario("ParseRequestParameterException/MalformedBody/DescribeKey")
def malformed(api: Any) -> Any:
    return replace(api.signer.v3("DescribeKey"), query="KeyId=%G0"), {}


@scenario("ParseRequestParameterException/RequestFault/DescribeKey")
def oversized(api: Any) -> Any:
    return replace(api.signer.v3("DescribeKey", {"KeyId": "a"}), oversized=True), {}


@scenario("MissingParameter/MissingParameter/DescribeKey")
def missing(api: Any) -> Any:
    return signed(api, "DescribeKey", {"parameter": "KeyId"})


@scenario("MissingParameter/MissingCredentials/DescribeKey")
def anonymous(api: Any) -> Any:
    return Request("GET", "/", "Action=DescribeKey&Version=2016-01-20&KeyId=a", {}, b""), {}


@scenario("MissingParameter/MissingAccessKey/DescribeKey")
def nobody(api: Any) -> Any:
    return api.signer.v1("DescribeKey", change={"AccessKeyId": None}), {}


@scenario("InvalidParameter/InvalidParameter/ScheduleKeyDeletion")
def invalid(api: Any) -> Any:
    holes = {"parameter": "PendingWindowInDays"}
    return signed(api, "ScheduleKeyDeletion", holes, KeyId=api.key(), PendingWindowInDays="6")


@scenario("InvalidParameter/UnsupportedVersion/DescribeKey")
def version(api: Any) -> Any:
    return api.signer.v3("DescribeKey", change={"x-acs-version": "2014-05-26"}), {}


@scenario("InvalidParameter/UnsupportedSignatureMethod/DescribeKey")
def signature_method(api: Any) -> Any:
    request = api.signer.v1("DescribeKey", change={"SignatureMethod": "SHA256withRSA"})
    return request, {"parameter": "SignatureMethod"}


@scenario("InvalidParameter/KeyKindFault/Encrypt")
def unfit_key(api: Any) -> Any:
    return signed(api, "Encrypt", KeyId=api.key(KeySpec="EC_P256"), Plaintext="eA==")


@scenario("InvalidParameter/KeyKindFault/Decrypt")
def unfit_key_of_ciphertext(api: Any) -> Any:
    """A well-formed blob that names a version of a signing key."""
    key_id = api.key(KeySpec="EC_P256")
    version_id = api.ok("DescribeKey", {"KeyId": key_id})["KeyMetadata"]["PrimaryKeyVersion"]
    return signed(api, "Decrypt", CiphertextBlob=forged(version_id))


def forged(version_id: str) -> str:
    return base64.b64encode(b"\x24\x00\x02" + version_id.encode() + bytes(12 + 16)).decode()


@scenario("InvalidParameter/CryptoFault/Decrypt")
def not_a_ciphertext(api: Any) -> Any:
    return signed(api, "Decrypt", CiphertextBlob="AAAA")


@scenario("IncompleteSignature/SignatureMismatch/DescribeKey")
def wrong_secret(api: Any) -> Any:
    return Signer(api.signer.access_key_id, "wrong", api.signer.now).v1("DescribeKey", {"KeyId": "a"}), {}


@scenario("IncompleteSignature/IdentityFault/DescribeKey")
def half_a_signature(api: Any) -> Any:
    return api.signer.v3("DescribeKey", after={"authorization": "ACS3-HMAC-SHA256 Credential=a"}), {}


@scenario("IllegalTimestamp/ClockMalformed/DescribeKey")
def no_time(api: Any) -> Any:
    return api.signer.v1("DescribeKey", change={"Timestamp": None}), {}


@scenario("InvalidTimeStamp.Format/ClockMalformed/DescribeKey")
def odd_time(api: Any) -> Any:
    return api.signer.v1("DescribeKey", change={"Timestamp": "yesterday"}), {}


@scenario("InvalidTimeStamp.Expired/ClockSkewed/DescribeKey")
def old_time(api: Any) -> Any:
    return api.signer.v1("DescribeKey", change={"Timestamp": "2016-03-28T03:13:08Z"}), {}


def temporary(api: Any, token: str, lifetime_s: int) -> Any:
    expires = api.runtime.clock.now_ms() + lifetime_s * 1000
    add_key(api, "STS.temp", "secret", token_digest=token_digest("right"), expires_ms=expires)
    return Signer("STS.temp", "secret", api.signer.now).v3("DescribeKey", {"KeyId": "a"}, token=token), {}


@scenario("InvalidSecurityToken.Expired/ExpiredToken/DescribeKey")
def expired_token(api: Any) -> Any:
    return temporary(api, "right", -1)


@scenario("InvalidSecurityToken.MismatchWithAccessKey/InvalidToken/DescribeKey")
def other_token(api: Any) -> Any:
    return temporary(api, "wrong", 60)


@scenario("InvalidAction.NotFound/UnknownOperation/")
def unknown_operation(api: Any) -> Any:
    return signed(api, "DescribeTea")


@scenario("AliasAlreadyExists/AliasExists/CreateAlias")
def alias_taken(api: Any) -> Any:
    key_id = api.key()
    api.ok("CreateAlias", {"AliasName": "alias/a", "KeyId": key_id})
    return signed(api, "CreateAlias", AliasName="alias/a", KeyId=key_id)


@scenario("Forbidden.DKMSInstanceNotFound/ResourceNotFound/CreateKey")
def no_instance(api: Any) -> Any:
    return signed(api, "CreateKey", DKMSInstanceId="kst-none")


@scenario("Unsupported.Alias/UnsupportedAlias/EnableKey")
def alias_where_an_id_belongs(api: Any) -> Any:
    api.ok("CreateAlias", {"AliasName": "alias/a", "KeyId": api.key()})
    return signed(api, "EnableKey", KeyId="alias/a")


@scenario("Unsupported.ProtectionLevel/UnsupportedProtectionLevel/CreateKey")
def no_hsm(api: Any) -> Any:
    return signed(api, "CreateKey", ProtectionLevel="HSM")


@scenario("Rejected.StateModifiedFailed/KeyStateFault/CancelKeyDeletion")
def nothing_to_cancel(api: Any) -> Any:
    return signed(api, "CancelKeyDeletion", KeyId=api.key())


def scheduled(api: Any) -> str:
    key_id: str = api.key()
    api.ok("ScheduleKeyDeletion", {"KeyId": key_id, "PendingWindowInDays": "7"})
    return key_id


@scenario("Rejected.StateModifiedFailed/KeyPendingDeletion/EnableKey")
def enable_scheduled(api: Any) -> Any:
    return signed(api, "EnableKey", KeyId=scheduled(api))


@scenario("Rejected.StateModifiedFailed/KeyPendingImport/EnableKey")
def enable_empty(api: Any) -> Any:
    return signed(api, "EnableKey", KeyId=api.key(Origin="EXTERNAL"))


@scenario("Rejected.Disabled/KeyDisabled/Encrypt")
def use_disabled(api: Any) -> Any:
    key_id = api.key()
    api.ok("DisableKey", {"KeyId": key_id})
    return signed(api, "Encrypt", KeyId=key_id, Plaintext="eA==")


@scenario("Rejected.Disabled/KeyFrozen/Encrypt")
def use_frozen(api: Any) -> Any:
    return use(api, state=KeyState.FROZEN)


@scenario("Forbidden.NoPermission/ServiceKeyProtected/DisableKey")
def change_a_service_key(api: Any) -> Any:
    request, _ = use(api, service="evs")
    key_id = request.query.split("=")[1].split("&")[0]
    return signed(api, "DisableKey", KeyId=key_id)


def use(api: Any, **fields: Any) -> Any:
    key_id = api.key()
    with api.runtime.store.begin(write=True) as uow:
        keys = uow.of(Key)
        keys.put(replace(keys.get(key_id), **fields))
    return signed(api, "Encrypt", KeyId=key_id, Plaintext="eA==")


@scenario("Rejected.PendingDeletion/KeyPendingDeletion/Encrypt")
def use_scheduled(api: Any) -> Any:
    return signed(api, "Encrypt", KeyId=scheduled(api), Plaintext="eA==")


@scenario("Rejected.PendingImport/KeyPendingImport/Encrypt")
def use_empty(api: Any) -> Any:
    return signed(api, "Encrypt", KeyId=api.key(Origin="EXTERNAL"), Plaintext="eA==")


#: alibaba_secrets has these.
OF_SECRETS = {"CreateSecret", "RotateSecret", "DescribeSecret", "GetSecretValue", "RestoreSecret"}
CATALOGUE_HERE = [row for row in CATALOGUE if row.probe not in OF_SECRETS]
REACHABLE = [row for row in CATALOGUE_HERE if row.reach in {"natural", "switch"} or row.test_id in SCENARIOS]


@pytest.mark.parametrize("row", REACHABLE, ids=lambda row: row.test_id)
def test_row(row: Row, api: Any) -> None:
    request, holes = SCENARIOS[row.test_id](api)
    response = api.send(request)
    message = row.message
    for hole, value in holes.items():
        message = message.replace(f"{{{hole}}}", value)
    body = json.loads(response.body)
    request_id = dict(response.headers)["x-acs-request-id"]
    assert "{" not in message
    assert response.status == row.status
    assert body == {"HttpStatus": row.status, "Code": row.code, "Message": message, "RequestId": request_id}


@pytest.mark.parametrize("row", [row for row in CATALOGUE_HERE if row not in REACHABLE], ids=lambda row: row.test_id)
def test_row_that_needs_a_failure(row: Row, api: Any) -> None:
    """What no request can cause yet is rendered from its fault."""
    fault = faults.every_fault()[row.fault]()
    for name, values in row.when:
        fault.__dict__[name] = next(iter(values))
    request = api.signer.v3(row.probe, {"KeyId": "a"})
    response = api.dialect.refuse(None, request, fault, RequestContext("id", "alibaba_openapi", row.probe, ""))
    wanted = {"HttpStatus": row.status, "Code": row.code, "Message": row.message, "RequestId": "id"}
    assert (response.status, json.loads(response.body)) == (row.status, wanted)


def test_an_unknown_failure_says_nothing(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    key_id = api.key()

    def burst(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(api.dialect, "bind", burst)
    response = api.send(api.signer.v3("Encrypt", {"KeyId": key_id, "Plaintext": "eA=="}), broken=True)
    body = json.loads(response.body)
    assert (response.status, body["Code"], body["Message"]) == (500, "InternalFailure", "Internal Failure.")
    assert b"secret" not in response.body
    assert isinstance(api.runtime.broken[0], RuntimeError)
