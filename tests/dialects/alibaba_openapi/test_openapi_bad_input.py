"""Bad input gets a documented row in a shape the SDK can parse, and writes nothing."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bitting.core import faults
from bitting.core.gate import RequestContext
from bitting.core.model.key import Alias, Key
from bitting.dialects.base.http import Request

PARSE = (400, "ParseRequestParameterException")
FORM = {"content-type": "application/x-www-form-urlencoded"}


def code(api: Any, request: Request) -> tuple[int, str]:
    response = api.send(request)
    body = json.loads(response.body)
    assert body["HttpStatus"] == response.status
    assert body.keys() == {"HttpStatus", "Code", "Message", "RequestId"}
    return response.status, body["Code"]


def parameter(api: Any, action: str, **parameters: str) -> str:
    """The parameter that is called invalid."""
    status, body = api.ask(action, parameters)
    assert (status, body["Code"]) == (400, "InvalidParameter")
    return str(body["Message"]).split('"')[1]


def written(api: Any) -> int:
    with api.runtime.store.begin(write=False) as uow:
        return uow.of(Key).count() + uow.of(Alias).count()


@pytest.mark.parametrize(
    "query",
    [
        "a=%",
        "a=%4",
        "a=%zz",
        "%G1=a",
        "a=%C3",
        "a=%ff",
        "a=%2%41",
        "a=%ED%A0%80",
        "&".join(f"p{n}=1" for n in range(1001)),
    ],
    ids=["bare", "short", "letters", "name", "cut", "latin", "nested", "surrogate", "thousand"],
)
def test_queries_that_cannot_be_read(api: Any, query: str) -> None:
    assert code(api, Request("POST", "/", query, {}, b"")) == PARSE
    assert code(api, Request("POST", "/", "", FORM, query.encode())) == PARSE


@pytest.mark.parametrize("body", [b"\xff\xfe=1", b"a=\xc3"], ids=["name", "value"])
def test_bodies_that_are_no_text(api: Any, body: bytes) -> None:
    assert code(api, Request("POST", "/", "", FORM, body)) == PARSE


def test_a_parameter_given_twice(api: Any) -> None:
    """One of the two would be ignored: which one is not for a guess to say."""
    request = api.signer.v3("CreateKey", {"Description": "a"})
    assert code(api, replace(request, query="Description=a&Description=b")) == PARSE
    assert code(api, replace(request, body=b"Description=b", headers={**request.headers, **FORM})) == PARSE
    assert written(api) == 0


@pytest.mark.parametrize("media_type", ["application/json", "text/xml", "multipart/form-data; boundary=x", "a/b/c"])
def test_bodies_of_another_type(api: Any, media_type: str) -> None:
    request = api.signer.v3("CreateKey")
    request = replace(request, body=b'{"Description":"a"}', headers={**request.headers, "content-type": media_type})
    assert code(api, request) == PARSE


def test_a_form_type_with_a_charset(api: Any) -> None:
    request = api.signer.v3(
        "CreateKey",
        None,
        {"Description": "a"},
        change={"content-type": "application/x-www-form-urlencoded; charset=UTF-8"},
    )
    assert api.send(request).status == 200


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"Action": None}, (400, "MissingParameter")),
        ({"Action": ""}, (400, "MissingParameter")),
        ({"Action": "createkey"}, (404, "InvalidAction.NotFound")),
        ({"Version": None}, (400, "MissingParameter")),
        ({"Version": "2016-01-21"}, (400, "InvalidParameter")),
        ({"AccessKeyId": None}, (400, "MissingParameter")),
        ({"AccessKeyId": "nobody\u6f22"}, (404, "InvalidAccessKeyId.NotFound")),
        ({"SignatureMethod": None}, (400, "MissingParameter")),
        ({"SignatureMethod": "HMAC-MD5"}, (400, "InvalidParameter")),
        ({"SignatureVersion": "2.0"}, (400, "InvalidParameter")),
        ({"SignatureType": "BEARERTOKEN"}, (400, "InvalidParameter")),
        ({"Timestamp": None}, (400, "IllegalTimestamp")),
        ({"Timestamp": ""}, (400, "IllegalTimestamp")),
        ({"Timestamp": "2026-11-21 12:00:00"}, (400, "InvalidTimeStamp.Format")),
        ({"Timestamp": "2026-13-41T12:00:00Z"}, (400, "InvalidTimeStamp.Format")),
        ({"Timestamp": "2026-11-21T12:00:00+08:00"}, (400, "InvalidTimeStamp.Format")),
        ({"Timestamp": "1795262400"}, (400, "InvalidTimeStamp.Format")),
        ({"Timestamp": "0001-01-01T00:00:00Z"}, (400, "InvalidTimeStamp.Expired")),
    ],
    ids=lambda value: "-".join(f"{k}={v}" for k, v in value.items()) if isinstance(value, dict) else None,
)
def test_common_parameters_of_v1(api: Any, change: Any, expected: tuple[int, str]) -> None:
    assert code(api, api.signer.v1("CreateKey", change=change)) == expected
    assert written(api) == 0


@pytest.mark.parametrize("signature", [None, "", "x", "\u6f22", "A" * 5000])
def test_odd_signatures_of_v1(api: Any, signature: str | None) -> None:
    missing = (400, "IncompleteSignature") if signature else (400, "MissingParameter")
    assert code(api, api.signer.v1("CreateKey", after={"Signature": signature})) == missing


@pytest.mark.parametrize(
    "authorization",
    [
        "ACS3-HMAC-SHA256",
        "ACS3-HMAC-SHA256 ",
        "ACS3-HMAC-SHA256 Credential=,SignedHeaders=,Signature=",
        "ACS3-HMAC-SHA256 Credential=a,SignedHeaders=host",
        "ACS3-HMAC-SHA256 Credential=a/b,SignedHeaders=x-acs-action;x-acs-version;x-acs-date,Signature=00",
        "ACS3-HMAC-SHA256 Credential=a,SignedHeaders=x-acs-action;x-acs-version;x-acs-date;x-acs-date,Signature=0",
        "ACS4-HMAC-SHA256 Credential=a/b/c,SignedHeaders=x-acs-action;x-acs-version;x-acs-date,Signature=00",
        "ACS4-HMAC-SHA256 Credential=a/b/c/d/e,SignedHeaders=x-acs-action;x-acs-version;x-acs-date,Signature=00",
    ],
)
def test_odd_authorization_headers(api: Any, authorization: str) -> None:
    request = api.signer.v3("CreateKey", after={"authorization": authorization})
    assert code(api, request) == (400, "IncompleteSignature")


@pytest.mark.parametrize("authorization", ["ACS3-RSA-SHA256 x", "ACS9 x", "ACS"])
def test_signature_methods_that_are_not_served(api: Any, authorization: str) -> None:
    request = api.signer.v3("CreateKey", after={"authorization": authorization})
    assert code(api, request) == (400, "InvalidParameter")


@pytest.mark.parametrize("authorization", ["Basic YTpi", "SDK-HMAC-SHA256 Access=a", "", None])
def test_other_authorization_is_no_signature(api: Any, authorization: str | None) -> None:
    request = api.signer.v3("CreateKey", {"Action": "CreateKey", "Version": "2016-01-20"})
    request.headers["authorization"] = authorization or ""
    assert code(api, request) == (400, "MissingParameter")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"x-acs-date": None}, (400, "IllegalTimestamp")),
        ({"x-acs-date": "now"}, (400, "InvalidTimeStamp.Format")),
        ({"x-acs-action": None}, (400, "MissingParameter")),
        ({"x-acs-version": None}, (400, "MissingParameter")),
        ({"x-acs-content-sha256": None}, (400, "MissingParameter")),
        ({"x-acs-content-sha256": "\u6f22"}, (400, "IncompleteSignature")),
    ],
    ids=str,
)
def test_common_headers_of_v3(api: Any, change: Any, expected: tuple[int, str]) -> None:
    assert code(api, api.signer.v3("CreateKey", change=change)) == expected
    assert written(api) == 0


def test_a_signed_header_that_is_not_there(api: Any) -> None:
    request = api.signer.v3("CreateKey", after={"accept": None})
    assert code(api, request) == (400, "IncompleteSignature")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "get", "BREW"])
def test_other_methods(api: Any, method: str) -> None:
    assert code(api, api.signer.v3("CreateKey", method=method)) == (403, "UnsupportedHTTPMethod")


BAD = [
    ("CreateKey", {"KeySpec": "AES_256"}, "KeySpec"),
    ("CreateKey", {"KeyUsage": "SIGN"}, "KeyUsage"),
    ("CreateKey", {"KeyUsage": "SIGN/VERIFY"}, "KeyUsage"),
    ("CreateKey", {"Origin": "external"}, "Origin"),
    ("CreateKey", {"ProtectionLevel": "software"}, "ProtectionLevel"),
    ("CreateKey", {"Description": "x" * 8193}, "Description"),
    ("CreateKey", {"EnableAutomaticRotation": "yes"}, "EnableAutomaticRotation"),
    ("CreateKey", {"EnableAutomaticRotation": "true", "RotationInterval": "6d"}, "RotationInterval"),
    ("CreateKey", {"EnableAutomaticRotation": "true", "RotationInterval": "366d"}, "RotationInterval"),
    ("CreateKey", {"RotationInterval": "7 d"}, "RotationInterval"),
    ("CreateKey", {"RotationInterval": "9999999999999999d"}, "RotationInterval"),
    (
        "CreateKey",
        {"EnableAutomaticRotation": "true", "RotationInterval": "7d", "KeySpec": "RSA_2048"},
        "EnableAutomaticRotation",
    ),
    (
        "CreateKey",
        {"EnableAutomaticRotation": "true", "RotationInterval": "7d", "Origin": "EXTERNAL"},
        "EnableAutomaticRotation",
    ),
    ("CreateKey", {"KeyStorageMechanism": "Cloud"}, "KeyStorageMechanism"),
    ("CreateKey", {"Policy": "{"}, "Policy"),
    ("CreateKey", {"Policy": '{"Version":"2","Statement":[{}]}'}, "Policy"),
    ("CreateKey", {"Policy": '{"Version":"1","Statement":[]}'}, "Policy"),
    ("CreateKey", {"Policy": '{"Version":"1","Statement":' + "[" * 5000}, "Policy"),
    ("CreateKey", {"Policy": '{"Version":"1","Statement":[{"a":"' + "x" * 32768 + '"}]}'}, "Policy"),
    ("CreateKey", {"Tags": "[]]"}, "Tags"),
    ("CreateKey", {"Tags": '[{"TagKey":"aliyun-x","TagValue":"v"}]'}, "Tags"),
    ("CreateKey", {"Tags": '[{"TagKey":"acs:x","TagValue":"v"}]'}, "Tags"),
    ("CreateKey", {"Tags": '[{"TagKey":"a b","TagValue":"v"}]'}, "Tags"),
    ("CreateKey", {"Tags": '[{"TagKey":"' + "k" * 129 + '","TagValue":"v"}]'}, "Tags"),
    ("CreateKey", {"Tags": json.dumps([{"TagKey": f"k{n}", "TagValue": ""} for n in range(21)])}, "Tags"),
    ("CreateKey", {"Tags": '[{"TagKey":"a","TagValue":"1"},{"TagKey":"a","TagValue":"2"}]'}, "Tags"),
    ("ListKeys", {"PageNumber": "0"}, "PageNumber"),
    ("ListKeys", {"PageNumber": "9" * 30}, "PageNumber"),
    ("ListKeys", {"PageSize": "0"}, "PageSize"),
    ("ListKeys", {"PageSize": "101"}, "PageSize"),
    ("ListKeys", {"PageSize": "ten"}, "PageSize"),
    ("ListKeys", {"Filters": "{}"}, "Filters"),
    ("ListKeys", {"Filters": '[{"Key":"Colour","Values":["red"]}]'}, "Filters"),
    ("ListKeys", {"Filters": '[{"Key":"KeyState","Values":["enabled"]}]'}, "Filters"),
    ("ListKeys", {"Filters": '[{"Key":"KeyState","Values":"Enabled"}]'}, "Filters"),
    ("ListKeys", {"Filters": '[{"Key":"CreatorType","Values":["Robot"]}]'}, "Filters"),
    ("ListKeys", {"Filters": json.dumps([{"Key": "keyId", "Values": ["x"]}] * 11)}, "Filters"),
    ("ListKeys", {"Filters": json.dumps([{"Key": "keyId", "Values": ["x"] * 11}])}, "Filters"),
    ("ListAliases", {"PageSize": "101"}, "PageSize"),
    ("CreateAlias", {"KeyId": "$key", "AliasName": "a"}, "AliasName"),
    ("CreateAlias", {"KeyId": "$key", "AliasName": "alias/"}, "AliasName"),
    ("CreateAlias", {"KeyId": "$key", "AliasName": "alias/a b"}, "AliasName"),
    ("CreateAlias", {"KeyId": "$key", "AliasName": "alias/\u6f22"}, "AliasName"),
    ("CreateAlias", {"KeyId": "$key", "AliasName": "alias/acs/kms"}, "AliasName"),
    ("CreateAlias", {"KeyId": "$key", "AliasName": "alias/" + "x" * 250}, "AliasName"),
    ("ScheduleKeyDeletion", {"KeyId": "$key", "PendingWindowInDays": "367"}, "PendingWindowInDays"),
    ("ScheduleKeyDeletion", {"KeyId": "$key", "PendingWindowInDays": "7.5"}, "PendingWindowInDays"),
    ("DescribeKey", {"KeyId": "x" * 257}, "KeyId"),
    ("DescribeKey", {"KeyId": "a\0b"}, "KeyId"),
    ("DescribeKey", {"KeyId": "\u6f22"}, "KeyId"),
    ("Encrypt", {"KeyId": "$key", "Plaintext": "x" * 6145}, "Plaintext"),
    ("Encrypt", {"KeyId": "$key", "Plaintext": "eA==", "DryRun": "maybe"}, "DryRun"),
    *(
        ("Encrypt", {"KeyId": "$key", "Plaintext": "eA==", "EncryptionContext": context}, "EncryptionContext")
        for context in (
            "x",
            "[]",
            '"a"',
            '{"a":1}',
            '{"a":null}',
            '{"a":{"b":"c"}}',
            '{"a":"b"',
            '{"a":"' + "x" * 8192 + '"}',
        )
    ),
    ("Decrypt", {"CiphertextBlob": "not base64!"}, "CiphertextBlob"),
    ("Decrypt", {"CiphertextBlob": "AAA"}, "CiphertextBlob"),
    ("Decrypt", {"CiphertextBlob": "AAAA", "Recipient": "x"}, "Recipient"),
    ("GenerateDataKey", {"KeyId": "$key", "KeySpec": "AES_192"}, "KeySpec"),
    ("GenerateDataKey", {"KeyId": "$key", "NumberOfBytes": "0"}, "NumberOfBytes"),
    ("GenerateDataKey", {"KeyId": "$key", "NumberOfBytes": "1025"}, "NumberOfBytes"),
    ("GenerateDataKey", {"KeyId": "$key", "Recipient": "x"}, "Recipient"),
]


@pytest.mark.parametrize(
    ("action", "parameters", "wrong"), BAD, ids=[f"{a}-{w}-{n}" for n, (a, _, w) in enumerate(BAD)]
)
def test_values_outside_what_is_documented(api: Any, action: str, parameters: dict[str, str], wrong: str) -> None:
    key_id = api.key() if "$key" in parameters.values() else ""
    before = written(api)
    filled = {name: key_id if value == "$key" else value for name, value in parameters.items()}
    request = api.signer.v3(action, None, filled)
    body = json.loads(api.send(request).body)
    assert (body.get("Code"), body.get("Message")) == (
        "InvalidParameter",
        f'The specified parameter "{wrong}" is not valid.',
    )
    assert written(api) == before


REQUIRED = [
    ("DescribeKey", "KeyId"),
    ("EnableKey", "KeyId"),
    ("DisableKey", "KeyId"),
    ("ScheduleKeyDeletion", "KeyId"),
    ("CancelKeyDeletion", "KeyId"),
    ("CreateAlias", "AliasName"),
    ("UpdateAlias", "AliasName"),
    ("DeleteAlias", "AliasName"),
    ("ListAliasesByKeyId", "KeyId"),
    ("Encrypt", "KeyId"),
    ("Decrypt", "CiphertextBlob"),
    ("GenerateDataKey", "KeyId"),
    ("GenerateDataKeyWithoutPlaintext", "KeyId"),
]


@pytest.mark.parametrize(("action", "name"), REQUIRED)
@pytest.mark.parametrize("sent", [False, True], ids=["absent", "empty"])
def test_required_parameters(api: Any, action: str, name: str, sent: bool) -> None:
    status, body = api.ask(action, {name: ""} if sent else {})
    assert (status, body["Message"]) == (400, f'The parameter "{name}" is needed but not provided.')


def test_rotation_without_its_interval(api: Any) -> None:
    status, body = api.ask("CreateKey", {"EnableAutomaticRotation": "true"})
    assert (status, body["Message"]) == (400, 'The parameter "RotationInterval" is needed but not provided.')
    assert written(api) == 0


@pytest.mark.parametrize(
    "action",
    [
        "EnableKey",
        "DisableKey",
        "ScheduleKeyDeletion",
        "CancelKeyDeletion",
        "CreateAlias",
        "UpdateAlias",
        "ListAliasesByKeyId",
    ],
)
@pytest.mark.parametrize("as_arn", [False, True], ids=["name", "arn"])
def test_an_alias_where_only_ids_go(api: Any, action: str, as_arn: bool) -> None:
    api.ok("CreateAlias", {"KeyId": api.key(), "AliasName": "alias/a"})
    ref = f"acs:kms:cn-hangzhou:{api.account}:alias/a" if as_arn else "alias/a"
    parameters = {"KeyId": ref, "PendingWindowInDays": "7", "AliasName": "alias/b"}
    assert api.code(action, parameters) == (400, "Unsupported.Alias")


@pytest.mark.parametrize(
    "arn",
    [
        "acs:kms:cn-beijing:{account}:key/{key}",
        "acs:kms:cn-hangzhou:1234567890123456:key/{key}",
        "acs:ecs:cn-hangzhou:{account}:key/{key}",
        "acs:kms:cn-hangzhou:{account}:secret/{key}",
        "acs:kms:cn-hangzhou:{account}:{key}",
        "acs:",
    ],
)
def test_arns_of_what_is_not_here(api: Any, arn: str) -> None:
    text = arn.format(account=api.account, key=api.key())
    assert api.code("DescribeKey", {"KeyId": text}) == (404, "Forbidden.KeyNotFound")


def test_another_accounts_key_does_not_exist(api: Any, make_api: Any) -> None:
    other = make_api()
    key_id = other.key()
    assert api.code("DescribeKey", {"KeyId": key_id}) == (404, "Forbidden.KeyNotFound")


def test_throttling_says_when_to_come_back(api: Any) -> None:
    fault = faults.RateExceeded(retry_after_ms="250")
    response = api.dialect.refuse(None, api.signer.v3("Encrypt"), fault, RequestContext("id", "", "", ""))
    assert response.status == 429
    assert dict(response.headers)["x-acs-retry-after"] == "250"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=80), body=st.binary(max_size=80), path=st.sampled_from(["/", "/x"]))
def test_noise_is_refused_in_json(api: Any, query: str, body: bytes, path: str) -> None:
    if "Format=" in query or b"Format=" in body:
        return
    response = api.send(Request("POST", path, query, dict(FORM), body))
    assert 400 <= response.status < 500
    assert json.loads(response.body)["HttpStatus"] == response.status


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=300))
def test_noise_as_ciphertext(api: Any, data: bytes) -> None:
    request = api.signer.v3("Decrypt", {"CiphertextBlob": base64.b64encode(b"\x24" + data).decode()})
    assert code(api, request)[0] in {400, 404}
