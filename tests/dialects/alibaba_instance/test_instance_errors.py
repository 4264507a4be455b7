"""Every row of errors.tsv that this software can meet, caused through the pipeline and compared to the letter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bitting.core import faults
from bitting.core.model.identity import AccountState
from bitting.core.model.key import KeyRef, Origin
from bitting.core.model.secret import SecretState
from bitting.core.model.service import Switches
from bitting.core.usecases.keys import deletion
from bitting.core.usecases.keys import lifecycle as keys
from bitting.core.usecases.secrets import lifecycle as secrets
from bitting.dialects.alibaba_instance import api_pb2
from bitting.dialects.base.errors import Row, load

RANDOM = api_pb2.GenerateRandomRequest(Length=8).SerializeToString()
CATALOGUE = load("alibaba_instance", "bitting.dialects.alibaba_instance")
NOBODY = "00000000-0000-4000-8000-00000000dead"


class Stage:
    """What a scenario may use. Every scenario returns the response and the filled-in message it expects."""

    def __init__(self, client, owner, make_client):
        self.client, self.owner, self.make_client = client, owner, make_client
        self.runtime = client.runtime

    def header(self, **after):
        renamed = {name.replace("_", "-"): value for name, value in after.items()}
        return self.client.send(self.client.request("GenerateRandom", RANDOM, after=renamed))

    def without(self, name):
        return self.client.send(self.client.request("GenerateRandom", RANDOM, drop=(name,)))

    def encrypt(self, key_id, **fields):
        return self.client.call("Encrypt", KeyId=key_id, Plaintext=b"x", **fields)


def unknown_name(stage):
    return stage.header(x_kms_apiname="encrypt"), 'The ApiName "encrypt" is invalid.'


def unknown_path(stage):
    request = stage.client.request("GenerateRandom", RANDOM)
    request.path = "/api"
    return stage.client.send(request), 'The ApiName "/api" is invalid.'


def old_version(stage):
    assert stage.client.error(stage.without("x-kms-apiversion"))[2] == 'The ApiVersion "" is invalid.'
    return stage.header(x_kms_apiversion="dkms-gcs-0.1"), 'The ApiVersion "dkms-gcs-0.1" is invalid.'


def no_date(stage):
    assert stage.client.error(stage.without("date"))[2] == "The Param Date is invalid."
    return stage.header(date="2026-11-21T12:00:00Z"), "The Param Date is invalid."


def no_method(stage):
    return stage.without("x-kms-signaturemethod"), "The Param x-kms-signaturemethod is invalid."


def other_method(stage):
    text = 'The Param x-kms-signaturemethod is invalid. message:"RSA_PSS_SHA_256".'
    return stage.header(x_kms_signaturemethod="RSA_PSS_SHA_256"), text


def no_client_key(stage):
    text = "Parameter x-kms-acccesskeyid does not exist in http header or body."
    return stage.without("x-kms-acccesskeyid"), text


def skewed(stage):
    text = "Request time exceeds server time more than 15 minutes."
    late = stage.client.request("GenerateRandom", RANDOM)
    stage.runtime.clock.advance(seconds=901)
    assert stage.client.error(stage.client.send(late)) == (400, "RequestTimeTooSkewed", text)
    early = stage.client.request("GenerateRandom", RANDOM)
    stage.runtime.clock.advance(seconds=-901)
    return stage.client.send(early), text


def bad_value(stage):
    return stage.client.call("GenerateRandom", Length=65), "The specified parameter is not valid."


def bad_body(stage):
    return stage.client.raw("GenerateRandom", b"\xff"), "The specified parameter is not valid."


def data_key_of_rsa(stage):
    key = stage.owner.key("RSA_2048", usage="encrypt_decrypt")
    return stage.client.call("GenerateDataKey", KeyId=key.id, NumberOfBytes=32), "Rejected.UnsupportedOperation"


def wrong_signature(stage):
    return stage.header(authorization="Bearer AAAA"), "Signature is not matched."


def forbidden(stage):
    key = stage.owner.key()
    stage.client = stage.make_client(resources=("key/other",))
    return stage.encrypt(key.id), f'This operation for "{key.id}" is forbidden by permission system.'


def no_key(stage):
    text = "The Key ID or Alias does not exist in the system."
    assert stage.client.error(stage.encrypt("alias/nobody")) == (404, "Forbidden.KeyNotFound", text)
    return stage.encrypt(NOBODY), text


def elsewhere(stage):
    key = stage.owner.key(instance_id="kst-elsewhere")
    ours = stage.runtime.founded.instance.id
    return stage.encrypt(key.id), f'The Key ID or Alias does not exist in the key store "{ours}".'


def no_key_of_ciphertext(stage):
    response = stage.client.call("Decrypt", version=NOBODY, CiphertextBlob=bytes(32), Iv=bytes(12))
    return response, "The specified key does not exist."


def no_version(stage):
    key, other = stage.owner.key(), stage.owner.key()
    response = stage.encrypt(key.id, version=other.primary_version)
    return response, "The specified key does not exist."


def unknown_client_key(stage):
    text = 'The AccessKey ID "KAAP.nobody" does not exist in our records.'
    return stage.header(x_kms_acccesskeyid="KAAP.nobody"), text


def pending_deletion(stage):
    key = stage.owner.key()
    stage.owner.run(deletion.schedule_deletion, deletion.ScheduleDeletion(KeyRef.by_id(key.id), 7))
    return stage.encrypt(key.id), "The request was rejected because the key state is PendingDeletion."


def disabled(stage):
    key = stage.owner.key()
    stage.owner.run(keys.disable, keys.KeyCommand(KeyRef.by_id(key.id)))
    return stage.encrypt(key.id), "The request was rejected because the key state is Disabled."


def pending_import(stage):
    key = stage.owner.key(origin=Origin.EXTERNAL)
    return stage.encrypt(key.id), "The request was rejected because the key state is PendingImport."


def too_large(stage):
    request = stage.client.request("GenerateRandom", RANDOM)
    request.body, request.oversized = b"", True
    return stage.client.send(request), ""


def other_type(stage):
    return stage.header(content_type="text/html"), 'Content-Type "text/html" is unsupported.'


def damaged(stage):
    key = stage.owner.key()
    order = {"KeyId": key.id, "CiphertextBlob": bytes(32), "Iv": bytes(12)}
    return stage.client.call("Decrypt", **order), "Internal Failure."


def maintenance(stage):
    stage.owner.add(Switches(maintenance="upgrade"))
    request = stage.client.request("GenerateRandom", RANDOM)
    return stage.runtime.send(stage.client.dialect, request, broken=True), "Service Unavailable Temporary."


def other_verb(stage):
    request = stage.client.request("GenerateRandom", RANDOM)
    request.method = "GET"
    return stage.client.send(request), "This http method is not supported."


def no_signature(stage):
    return stage.without("authorization"), "The Param Authorization is invalid."


def other_body(stage):
    request = stage.client.request("GenerateRandom", RANDOM)
    request.body += b"\x08\x09"
    return stage.client.send(request), "The Param Content-SHA256 is invalid."


def advance_with_rsa(stage):
    key = stage.owner.key("RSA_2048", usage="encrypt_decrypt")
    text = f"The key {key.id} is not a symmetric key. The API only supports symmetric keys."
    code = (404, "Forbidden.OnlySymmetricKeySupported", text)
    assert stage.client.refused("AdvanceGenerateDataKey", KeyId=key.id, NumberOfBytes=32) == code
    return stage.client.call("AdvanceEncrypt", KeyId=key.id, Plaintext=b"x"), text


def wrong_algorithm(stage):
    key = stage.owner.key()
    assert stage.client.error(stage.encrypt(key.id, Algorithm="AES_CBC"))[1] == "InvalidParameter"
    return stage.encrypt(key.id, Algorithm="RSAES_OAEP_SHA_256"), "The specified parameter is not valid."


def no_secret(stage):
    return stage.client.call("GetSecretValue", SecretName="nobody"), "The specified Resource is not found."


def doomed_secret(stage):
    stage.owner.run(secrets.create, secrets.CreateSecret("db", b"one"))
    stage.owner.run(secrets.schedule_deletion, secrets.ScheduleDeletion("db", 7))
    text = "The request was rejected because the key state is PendingDeletion."
    return stage.client.call("GetSecretValue", SecretName="db"), text


def frozen_secret(stage):
    made = stage.owner.run(secrets.create, secrets.CreateSecret("db", b"one")).secret
    stage.owner.put(replace(made, state=SecretState.FROZEN))
    text = "The request was rejected because the key state is Disabled."
    return stage.client.call("GetSecretValue", SecretName="db"), text


def short_digest(stage):
    key = stage.owner.key("EC_P256")
    order = {"KeyId": key.id, "Message": b"short", "MessageType": "DIGEST"}
    return stage.client.call("Sign", **order), "The specified parameter is not valid."


def in_debt(stage):
    account = stage.runtime.founded.account
    stage.owner.put(replace(account, state=AccountState.IN_DEBT))
    text = 'This operation for "GenerateRandom" is forbidden by permission system.'
    return stage.client.call("GenerateRandom", Length=8), text


def throttled(stage):
    stage.owner.add(Switches(rates="cloud"))
    stage.runtime.gate.throttle._share = 0.001  # one request a second
    assert stage.client.call("GenerateRandom", Length=8).status == 200
    return stage.client.call("GenerateRandom", Length=8), "QPS Limit Exceeded"


class Meanwhile:
    """A vault that has something else done while it makes its first pair."""

    def __init__(self, vault, act):
        self._vault, self._act, self.seen = vault, act, None

    def key_pair(self, spec):
        if self.seen is None:
            self.seen = False
            self.seen = self._act()
        return self._vault.key_pair(spec)

    def __getattr__(self, name):
        return getattr(self._vault, name)


def two_pairs_at_once(stage):
    order = {"KeyId": stage.owner.key().id, "KeyPairSpec": "EC_P256", "KeyFormat": "PEM"}
    vault = Meanwhile(stage.runtime.vault, lambda: stage.client.call("GenerateDataKeyPairWithoutPlaintext", **order))
    stage.runtime.gate.vault = vault
    assert stage.client.call("GenerateDataKeyPair", **order).status == 200
    assert stage.client.call("AdvanceGenerateDataKeyPair", **order).status == 200
    return vault.seen, "Concurrency Limit Exceeded."


def service_key(stage):
    key = stage.owner.key()
    stage.owner.put(replace(key, service="ecs"))
    stage.client.refused("GenerateDataKey", KeyId=key.id, NumberOfBytes=32)
    return stage.encrypt(key.id), "Rejected.UnsupportedOperation"


SCENARIOS: dict[tuple[str, str], Callable[[Stage], tuple[object, str]]] = {
    ("UnknownOperation", ""): unknown_name,
    ("UnknownOperation", "reason"): unknown_path,
    ("UnsupportedVersion", ""): old_version,
    ("ClockMalformed", ""): no_date,
    ("UnsupportedSignatureMethod", "method"): no_method,
    ("UnsupportedSignatureMethod", ""): other_method,
    ("MissingAccessKey", ""): no_client_key,
    ("ClockSkewed", ""): skewed,
    ("InvalidParameter", ""): bad_value,
    ("RequestFault", ""): bad_body,
    ("UnsupportedOperation", ""): data_key_of_rsa,
    ("SignatureMismatch", ""): wrong_signature,
    ("PermissionDenied", ""): forbidden,
    ("KeyNotFound", ""): no_key,
    ("KeyNotInInstance", ""): elsewhere,
    ("CiphertextKeyNotFound", ""): no_key_of_ciphertext,
    ("KeyVersionNotFound", ""): no_version,
    ("UnknownAccessKey", ""): unknown_client_key,
    ("KeyPendingDeletion", ""): pending_deletion,
    ("KeyDisabled", ""): disabled,
    ("KeyPendingImport", ""): pending_import,
    ("TooLarge", ""): too_large,
    ("UnsupportedMediaType", ""): other_type,
    ("InvalidCiphertext", ""): damaged,
    ("Unavailable", ""): maintenance,
    ("UnsupportedMethod", ""): other_verb,
    ("MissingSignature", ""): no_signature,
    ("BodyDigestMismatch", ""): other_body,
    ("SymmetricKeyRequired", ""): advance_with_rsa,
    ("AlgorithmMismatch", ""): wrong_algorithm,
    ("NotFound", ""): no_secret,
    ("SecretPendingDeletion", ""): doomed_secret,
    ("SecretStateFault", ""): frozen_secret,
    ("CryptoFault", ""): short_digest,
    ("AccessFault", ""): in_debt,
    ("LimitFault", ""): throttled,
    ("ConcurrencyExceeded", ""): two_pairs_at_once,
    ("ServiceKeyProtected", ""): service_key,
}


def scenario_of(row: Row) -> Callable[[Stage], tuple[object, str]] | None:
    return SCENARIOS.get((row.fault, row.when[0][0] if row.when else ""))


REACHABLE = [row for row in CATALOGUE if scenario_of(row)]


@pytest.mark.parametrize("row", REACHABLE, ids=lambda row: row.test_id)
def test_row(row, client, owner, make_client):
    before = len(client.runtime.trail.events)
    response, text = scenario_of(row)(Stage(client, owner, make_client))
    assert client.error(response) == (row.status, row.code, text)
    if row.code:
        allow = (("allow", "POST"),) if row.status == 405 else ()
        assert response.headers == (("content-type", "application/x-protobuf"), *allow)
    else:
        assert response.body == b""
    assert len(client.runtime.trail.events) > before, "refusals reach the audit trail too"


def test_every_natural_row_has_a_scenario():
    assert {row.fault for row in CATALOGUE if row.reach in {"natural", "switch"}} - {"KeyStateFault"} <= {
        row.fault for row in REACHABLE
    }


@pytest.mark.parametrize("row", [row for row in CATALOGUE if row not in REACHABLE], ids=lambda row: row.test_id)
def test_rows_for_failures_of_ours_render(row, client, dialect, runtime):
    """No plain request meets these; the fault itself must still come out as its row."""
    request = client.request("GenerateRandom", RANDOM)
    call = dialect.decode(request)
    fault = faults.every_fault()[row.fault]()
    response = dialect.refuse(call, request, fault, runtime.request_context("alibaba_instance"))
    assert client.error(response) == (row.status, row.code, row.message)


def test_a_bug_is_answered_as_internal_failure_and_no_more(client, runtime, dialect, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(dialect, "identify", broken)
    request = client.request("GenerateRandom", RANDOM)
    response = runtime.send(dialect, request, broken=True)
    assert client.error(response) == (500, "InternalFailure", "Internal Failure.")
    assert str(runtime.broken.pop()) == "secret detail"


#: The Japanese document of the same table, in its order; where a translator took a code for text, the code it was.
JAPANESE = """\
400 InvalidApiName
400 InvalidApiVersion
400 InvalidParam
400 InvalidParam
400 InvalidParam
400 MissingParameter
400 RequestTimeTooSkewed
400 InvalidParameter
400 UnsupportedOperation
401 SignatureNotMatch
403 Forbidden.NoPermission
404 Forbidden.KeyNotFound
404 Forbidden.KeyNotFound
404 Forbidden.KeyNotFound
404 権限が付与されていません
409 Rejected.PendingDeletion
409 Rejected.Disabled
409 Rejected.PendingImport
413 なし。
415 InvalidContentType
500 InternalFailure
503 ServiceUnavailableTemporary
"""
TRANSLATED = {"権限が付与されていません": "Unauthorized", "なし。": ""}


def test_the_japanese_table_is_the_same_table():
    lines = (line.split(" ", 1) for line in JAPANESE.splitlines())
    japanese = [(int(status), TRANSLATED.get(code, code)) for status, code in lines]
    ours = [(row.status, row.code) for row in CATALOGUE if not row.note.startswith("not from the source")]
    assert sorted(japanese) == sorted(ours)
