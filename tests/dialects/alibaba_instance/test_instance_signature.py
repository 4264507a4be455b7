"""The headers and the signature: accepted spellings, refused ones, and the order in which they are looked at."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from bitting.core.faults import ClockMalformed
from bitting.dialects.alibaba_instance import api_pb2
from bitting.dialects.alibaba_instance.signature import parse_date, string_to_sign
from bitting.dialects.base.http import Request

RANDOM = api_pb2.GenerateRandomRequest(Length=8).SerializeToString()


def test_the_string_to_sign_to_the_byte():
    """Known answer, as the Python SDK 1.0.2 signs it: three x-kms headers and the key id, sorted, then a slash."""
    request = Request(
        "POST",
        "/",
        "",
        {
            "x-kms-signaturemethod": "RSA_PKCS1_SHA_256",
            "accept": "application/x-protobuf",
            "date": "Sat, 21 Nov 2026 16:08:26 GMT",
            "x-kms-apiversion": "dkms-gcs-0.2",
            "x-kms-apiname": " GenerateRandom ",
            "x-kms-acccesskeyid": "KAAP.9c84ad54-a55d-75bd-235d-7c26d5090000",
            "content-type": "application/x-protobuf",
            "content-sha256": "F02E7C1E4A4D0A5B2D5C3E8D8DCE1B0E6F2D3C4B5A69788796A5B4C3D2E1F000",
            "x-kms-migrationkeyversionid": "11111111-2222-4333-8444-555555555555",
        },
        b"",
    )
    assert string_to_sign(request) == (
        b"POST\n"
        b"F02E7C1E4A4D0A5B2D5C3E8D8DCE1B0E6F2D3C4B5A69788796A5B4C3D2E1F000\n"
        b"application/x-protobuf\n"
        b"Sat, 21 Nov 2026 16:08:26 GMT\n"
        b"x-kms-acccesskeyid:KAAP.9c84ad54-a55d-75bd-235d-7c26d5090000\n"
        b"x-kms-apiname:GenerateRandom\n"
        b"x-kms-apiversion:dkms-gcs-0.2\n"
        b"x-kms-migrationkeyversionid:11111111-2222-4333-8444-555555555555\n"
        b"x-kms-signaturemethod:RSA_PKCS1_SHA_256\n"
        b"/"
    )


def test_missing_headers_are_empty_lines():
    assert string_to_sign(Request("POST", "/", "", {}, b"")) == b"POST\n\n\n\n/"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Sat, 21 Nov 2026 16:08:26 GMT", 1795277306),
        ("Sat, 21 Nov 2026 16:08:26 UTC", 1795277306),
        ("Sat, 21 Nov 2026 16:08:26 +0000", 1795277306),
        ("Thu, 1 Jan 1970 00:00:00 GMT", 0),
        ("Thu, 01 Jan 1970 0:00:01 GMT", 1),
        ("Thu, 29 Feb 2024 23:59:59 GMT", 1709251199),
    ],
)
def test_dates_that_read(text, seconds):
    assert parse_date(text) == seconds * 1000


@pytest.mark.parametrize(
    "text",
    [
        "",
        "garbage",
        "2026-11-21T16:08:26Z",
        "Saturday, 21-Nov-26 16:08:26 GMT",
        "Sat Nov 21 16:08:26 2026",
        "Sat, 21 Nov 26 16:08:26 GMT",
        "Sat, 32 Nov 2026 16:08:26 GMT",
        "Sat, 29 Feb 2026 16:08:26 GMT",
        "Sat, 21 Nov 2026 24:08:26 GMT",
        "Sat, 21 Nov 2026 16:08:61 GMT",
        "Sat, 21 Nov 2026 16:08 GMT",
        "Sat, 21 Nov 2026 16:08:26 PST",
        "Sat, 21 Nov 2026 16:08:26 GMT extra",
        "Sat, ２１ Nov 2026 16:08:26 GMT",
        "Sat, -1 Nov 2026 16:08:26 GMT",
        "Sat, 21 Nov 0000 16:08:26 GMT",
        "Sat, 21 Nov 99999 16:08:26 GMT",
    ],
)
def test_dates_that_do_not(text):
    with pytest.raises(ClockMalformed):
        parse_date(text)


# ── accepted ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("scheme", ["Bearer", "TOKEN", "bearer"])
def test_the_word_before_the_signature(client, scheme):
    assert client.send(client.request("GenerateRandom", RANDOM, scheme=scheme)).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"content_type": "application/x-protobuf; charset=utf-8"},
        {"content_type": "Application/X-Protobuf"},
        {"host": "https://127.0.0.1:8743"},
        {"x_kms_something": "new"},
        {"x_kms_apiname": "  GenerateRandom"},
    ],
    ids=lambda headers: next(iter(headers.values())),
)
def test_what_real_clients_send_otherwise(client, headers):
    assert client.send(client.request("GenerateRandom", RANDOM, **headers)).status == 200


def test_content_type_may_be_absent(client):
    assert client.send(client.request("GenerateRandom", RANDOM, drop=("content-type",))).status == 200


def test_a_lower_case_digest_is_the_same_digest(client):
    request = client.request("GenerateRandom", RANDOM)
    lower = request.headers["content-sha256"].lower()
    assert client.send(client.request("GenerateRandom", RANDOM, content_sha256=lower)).status == 200


@pytest.mark.parametrize("seconds", [-900, 900, 0])
def test_fifteen_minutes_are_allowed(client, runtime, seconds):
    runtime.clock.advance(seconds=900)  # the client key is not valid before now
    request = client.request("GenerateRandom", RANDOM)
    runtime.clock.advance(seconds=seconds)
    assert client.send(request).status == 200


# ── refused ───────────────────────────────────────────────────────────────────

MISMATCH = (401, "SignatureNotMatch", "Signature is not matched.")


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("x-kms-migrationkeyversionid", "11111111-2222-4333-8444-555555555555"),
        ("x-kms-apiname", "Hash"),
        ("content-type", "application/x-protobuf;charset=utf-8"),
    ],
)
def test_a_header_changed_after_signing(client, header, value):
    assert client.error(client.send(client.request("GenerateRandom", RANDOM, after={header: value}))) == MISMATCH


def test_a_date_written_otherwise_after_signing(client):
    request = client.request("GenerateRandom", RANDOM)
    request.headers["date"] = request.headers["date"].replace("GMT", "UTC")
    assert client.error(client.send(request)) == MISMATCH


@pytest.mark.parametrize("signature", [b"x", bytes(256), bytes(255), bytes(4096)], ids=len)
def test_a_signature_of_nothing(client, signature):
    after = {"authorization": "Bearer " + base64.b64encode(signature).decode()}
    assert client.error(client.send(client.request("GenerateRandom", RANDOM, after=after))) == MISMATCH


def test_a_signature_by_another_hash(client):
    request = client.request("GenerateRandom", RANDOM)
    signature = client.key.private.sign(string_to_sign(request) + b"\n", PKCS1v15(), SHA256())
    request.headers["authorization"] = "Bearer " + base64.b64encode(signature).decode()
    assert client.error(client.send(request)) == MISMATCH


@pytest.mark.parametrize("header", ["x-kms-apiname", "x-kms-acccesskeyid", "date", "content-sha256", "authorization"])
def test_a_signed_header_sent_twice_proves_nothing(client, header):
    request = client.request("GenerateRandom", RANDOM)
    request.repeated = frozenset({header})
    assert client.error(client.send(request)) == MISMATCH


def test_another_header_may_be_sent_twice(client):
    request = client.request("GenerateRandom", RANDOM)
    request.repeated = frozenset({"accept"})
    assert client.send(request).status == 200


@pytest.mark.parametrize(
    "value", ["", "Bearer", "Bearer ", "Bearer ???", "Bearer a", "Basic eHg=", "eHg=", "Bearer eHg= eHg=", "\ud800"]
)
def test_authorization_that_is_none(client, value):
    request = client.request("GenerateRandom", RANDOM, after={"authorization": value})
    assert client.error(client.send(request)) == (400, "InvalidParam", "The Param Authorization is invalid.")


@pytest.mark.parametrize("value", ["", "00", "é" * 64, "\ud800"])
def test_a_digest_that_is_none(client, value):
    request = client.request("GenerateRandom", RANDOM, after={"content-sha256": value})
    assert client.error(client.send(request)) == (400, "InvalidParam", "The Param Content-SHA256 is invalid.")


#: Each line breaks one thing more, from the end of the wire contract's section 8 to its start: the earlier error wins.
BROKEN = [
    ({"authorization": "Bearer AAAA"}, "SignatureNotMatch"),
    ({"x-kms-acccesskeyid": "KAAP.nobody"}, "Unauthorized"),
    ({"content-sha256": "00"}, "The Param Content-SHA256 is invalid."),
    ({"authorization": ""}, "The Param Authorization is invalid."),
    ({"content-type": "application/json"}, "InvalidContentType"),
    ({"date": "Sat, 21 Nov 2020 16:08:26 GMT"}, "RequestTimeTooSkewed"),
    ({"date": ""}, "The Param Date is invalid."),
    ({"x-kms-signaturemethod": ""}, "The Param x-kms-signaturemethod is invalid."),
    ({"x-kms-apiname": ""}, "InvalidApiName"),
    ({"x-kms-apiversion": ""}, "InvalidApiVersion"),
    ({"x-kms-acccesskeyid": ""}, "MissingParameter"),
]


@pytest.mark.parametrize("depth", range(1, len(BROKEN) + 1), ids=lambda depth: BROKEN[depth - 1][1])
def test_the_first_broken_header_is_named(client, depth):
    after = {}
    for headers, _ in BROKEN[:depth]:
        after.update(headers)
    _, code, message = client.error(client.send(client.request("GenerateRandom", b"\xff", after=after)))
    assert BROKEN[depth - 1][1] in (code, message)


def test_an_openapi_sdk_pointed_here_learns_what_is_missing(client, dialect):
    request = Request("POST", "/", "", {"content-type": "application/x-protobuf"}, b"")
    assert dialect.claims(request)
    assert client.error(client.send(request))[1] == "MissingParameter"


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"x-kms-apiname": ""}, True),
        ({"x-kms-acccesskeyid": "k"}, True),
        ({"x-kms-apiversion": "1"}, True),
        ({"content-type": "application/x-protobuf; x=y"}, True),
        ({"content-type": "application/json"}, False),
        ({"x-acs-version": "2016-01-20"}, False),
        ({}, False),
    ],
)
def test_claims(dialect, headers, ours):
    assert dialect.claims(Request("GET", "/whatever", "", headers, b"")) is ours
