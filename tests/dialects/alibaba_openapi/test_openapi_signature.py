"""Signatures: published vectors, requests captured from the official SDKs, and what must not pass."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alibaba_openapi.signer import Signer, sm3_hmac, stamp

from bitting.core.key_cache import NotResident
from bitting.core.material import KeyMaterial
from bitting.core.model.identity import AccessKey, Principal, User
from bitting.core.usecases.iam.credentials import Credential, secret_binding, token_digest
from bitting.dialects.alibaba_openapi import bodies, signature
from bitting.dialects.base.http import Request
from bitting.wire.sign import hmac_with

CAPTURED = sorted(Path(__file__).with_name("captured").glob("*.http"))
CAPTURED_AT_MS = 1_795_284_344_000  # 2026-11-21T18:05:44Z
CAPTURED_TOKEN = "captured+token/=="
SCHEMES = {
    "v1-sha1": lambda signer, *a, **k: signer.v1(*a, **k),
    "v1-sha256": lambda signer, *a, **k: signer.v1(*a, digest="sha256", **k),
    "v3": lambda signer, *a, **k: signer.v3(*a, **k),
    "v3-sm3": lambda signer, *a, **k: signer.v3(*a, algorithm="ACS3-HMAC-SM3", **k),
    "v4": lambda signer, *a, **k: signer.v3(*a, algorithm="ACS4-HMAC-SHA256", **k),
    "v4-sm3": lambda signer, *a, **k: signer.v3(*a, algorithm="ACS4-HMAC-SM3", **k),
}
each_scheme = pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
IN_HEADERS = {name: scheme for name, scheme in SCHEMES.items() if not name.startswith("v1")}


def add_key(door: Any, access_key_id: str, secret: str, **fields: Any) -> None:
    runtime = door.runtime
    user = fields.pop("user_id", runtime.founded.user.id)
    sealed = runtime.vault.wrap(KeyMaterial(secret.encode()), secret_binding(access_key_id))
    key = AccessKey(access_key_id, door.account, user, sealed, True, runtime.clock.now_ms(), **fields)
    with runtime.store.begin(write=True) as uow:
        uow.of(AccessKey).add(key)


def read_http(text: bytes) -> Request:
    head, _, body = text.partition(b"\r\n\r\n")
    line, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = line.split(" ")
    headers = dict(line.split(": ", 1) for line in lines)
    path, _, query = target.partition("?")
    return Request(method, path, query, {name.lower(): value for name, value in headers.items()}, body)


def status(door: Any, request: Request) -> tuple[int, str]:
    response = door.send(request)
    return response.status, json.loads(response.body).get("Code", "")


def test_v1_published_vector() -> None:
    """The final URL of the page "Signature" of the KMS API reference."""
    parameters = {
        "Action": "CreateKey",
        "SignatureVersion": "1.0",
        "Format": "json",
        "Version": "2016-01-20",
        "AccessKeyId": "testid",
        "SignatureMethod": "HMAC-SHA1",
        "Timestamp": "2016-03-28T03:13:08Z",
    }
    assert signature.rpc_signature("GET", parameters, b"testsecret", "sha1") == b"41wk2SSX1GJh7fwnc5eqOfiJPFg="


def test_v3_published_vector(door: Any) -> None:
    """The worked example of "Request syntax and signature method V3" (RunInstances)."""
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }
    published = "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    authorization = f"Credential=YourAccessKeyId,SignedHeaders={';'.join(headers)},Signature={published}"
    headers["authorization"] = f"ACS3-HMAC-SHA256 {authorization}"
    query = "ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai"
    request = Request("POST", "/", query, headers, b"")
    claim = signature.read(request, *bodies.read(request))
    checker = signature.Checker(door.runtime.vault, door.runtime.clock)
    credential = Credential(Principal("", "", "", "", ()), True, b"YourAccessKeySecret")
    assert checker._header_signature(claim, request, credential).decode() == published


def test_sm3_of_the_vault_makes_the_same_signature() -> None:
    """Where the interpreter's OpenSSL lacks SM3, HMAC is built over the vault's digest."""
    for key in (b"", b"secret", b"k" * 64, b"k" * 65, b"k" * 200):
        assert hmac_with(lambda data: hashlib.new("sm3", data).digest(), key, b"text") == sm3_hmac(key, b"text")


@pytest.mark.parametrize("path", CAPTURED, ids=lambda path: path.stem)
def test_captured_from_the_official_sdks(door: Any, path: Path) -> None:
    door.ok("CreateAlias", {"AliasName": "alias/captured", "KeyId": door.key()})
    door.runtime.clock.ms = CAPTURED_AT_MS
    token = token_digest(CAPTURED_TOKEN) if "sts" in path.stem else ""
    expires = CAPTURED_AT_MS + 1000 if token else 0
    add_key(door, "testid", "testsecret", token_digest=token, expires_ms=expires)
    response = door.send(read_http(path.read_bytes()))
    assert response.status == 200, response.body
    answer = json.loads(response.body)
    assert answer.keys() & {"CiphertextBlob", "Keys", "Aliases", "KeyMetadata"}


def test_there_are_captures_of_every_scheme() -> None:
    text = b"".join(path.read_bytes() for path in CAPTURED)
    for scheme in (b"ACS3-HMAC-SHA256", b"ACS3-HMAC-SM3", b"ACS4-HMAC-SHA256", b"HMAC-SHA1", b"SecurityToken="):
        assert scheme in text


@each_scheme
def test_good(door: Any, scheme: Any) -> None:
    assert status(door, scheme(door.signer, "ListAliases", {"PageSize": "5"})) == (200, "")


@each_scheme
def test_another_secret(door: Any, scheme: Any) -> None:
    signer = Signer(door.signer.access_key_id, "wrong", door.signer.now)
    assert status(door, scheme(signer, "ListAliases")) == (400, "IncompleteSignature")


@each_scheme
def test_unknown_access_key(door: Any, scheme: Any) -> None:
    signer = Signer("LTAInobody", door.signer.secret, door.signer.now)
    assert status(door, scheme(signer, "ListAliases")) == (404, "InvalidAccessKeyId.NotFound")


@each_scheme
@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (-901, (400, "InvalidTimeStamp.Expired")),
        (-900, (200, "")),
        (900, (200, "")),
        (901, (400, "InvalidTimeStamp.Expired")),
    ],
)
def test_fifteen_minutes_either_way(door: Any, scheme: Any, seconds: int, expected: tuple[int, str]) -> None:
    now = door.runtime.clock.now_ms()
    signer = Signer(door.signer.access_key_id, door.signer.secret, lambda: now + seconds * 1000)
    assert status(door, scheme(signer, "ListAliases")) == expected


@each_scheme
def test_a_parameter_changed_on_the_way(door: Any, scheme: Any) -> None:
    request = scheme(door.signer, "ListAliases", {"PageSize": "5"})
    changed = replace(request, query=request.query.replace("PageSize=5", "PageSize=6"))
    assert changed.query != request.query
    assert status(door, changed) == (400, "IncompleteSignature")


@each_scheme
def test_a_parameter_added_on_the_way(door: Any, scheme: Any) -> None:
    request = scheme(door.signer, "ListAliases")
    assert status(door, replace(request, query=f"{request.query}&PageSize=6".lstrip("&"))) == (
        400,
        "IncompleteSignature",
    )


@each_scheme
def test_another_method_than_signed(door: Any, scheme: Any) -> None:
    assert status(door, replace(scheme(door.signer, "ListAliases"), method="GET")) == (400, "IncompleteSignature")


@pytest.mark.parametrize("scheme", IN_HEADERS.values(), ids=IN_HEADERS)
@pytest.mark.parametrize(
    "after",
    [
        {"x-acs-action": "ListKeys"},
        {"x-acs-content-sha256": "00" * 32},
        {"x-acs-signature-nonce": "1"},
        {"host": "other"},
        {"accept": None},
    ],
    ids=lambda after: next(iter(after)),
)
def test_a_signed_header_changed_on_the_way(door: Any, scheme: Any, after: Any) -> None:
    assert status(door, scheme(door.signer, "ListAliases", after=after)) == (400, "IncompleteSignature")


@pytest.mark.parametrize("scheme", IN_HEADERS.values(), ids=IN_HEADERS)
def test_a_body_changed_on_the_way(door: Any, scheme: Any) -> None:
    request = scheme(door.signer, "ListAliases", None, {"PageSize": "5"})
    assert status(door, request) == (200, "")
    assert status(door, replace(request, body=b"PageSize=6")) == (400, "IncompleteSignature")


@pytest.mark.parametrize("name", ["x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce"])
def test_what_names_the_operation_and_the_time_must_be_signed(door: Any, name: str) -> None:
    request = door.signer.v3("ListAliases", unsigned=("user-agent", name))
    assert status(door, request) == (400, "IncompleteSignature")


def test_a_signed_header_sent_twice(door: Any) -> None:
    request = replace(door.signer.v3("ListAliases"), repeated=frozenset({"x-acs-action"}))
    assert status(door, request) == (400, "IncompleteSignature")


def test_an_unsigned_header_may_change(door: Any) -> None:
    assert status(door, door.signer.v3("ListAliases", after={"user-agent": "proxy"})) == (200, "")


def test_an_action_header_counts_only_where_it_is_signed(door: Any) -> None:
    """V1 clients send x-acs-action beside a signed Action; nothing signs the header."""
    request = door.signer.v1("ListAliases")
    request.headers["x-acs-action"] = "CreateKey"
    assert "Aliases" in json.loads(door.send(request).body)
    assert door.keys() == 0


def test_v4_takes_the_region_from_the_scope(door: Any) -> None:
    for region in ("center", "eu-central-1"):
        request = door.signer.v3("ListAliases", algorithm="ACS4-HMAC-SHA256", region=region)
        assert status(door, request) == (200, "")


def test_v4_scope_of_another_day(door: Any) -> None:
    request = door.signer.v3("ListAliases", algorithm="ACS4-HMAC-SHA256")
    day = stamp(door.signer.now())[:10].replace("-", "")
    request.headers["authorization"] = request.headers["authorization"].replace(day, "20200101")
    assert status(door, request) == (400, "IncompleteSignature")


def test_derived_keys_are_bounded(door: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signature, "DERIVED_KEYS_MAX", 3)
    for number in range(10):
        request = door.signer.v3("ListAliases", algorithm="ACS4-HMAC-SHA256", region=f"region-{number}")
        assert status(door, request) == (200, "")
    assert len(door.dialect._checker._derived) <= 3


@each_scheme
def test_temporary_access_key(door: Any, scheme: Any) -> None:
    expires = door.runtime.clock.now_ms() + 60_000
    add_key(door, "STS.temp", "secret", token_digest=token_digest("the token"), expires_ms=expires)
    signer = Signer("STS.temp", "secret", door.signer.now)
    assert status(door, scheme(signer, "ListAliases", token="the token")) == (200, "")
    assert status(door, scheme(signer, "ListAliases")) == (400, "MissingParameter")
    other = status(door, scheme(signer, "ListAliases", token="another"))
    assert other == (400, "InvalidSecurityToken.MismatchWithAccessKey")
    door.runtime.clock.advance(seconds=61)
    assert status(door, scheme(signer, "ListAliases", token="the token")) == (400, "InvalidSecurityToken.Expired")


def test_a_disabled_access_key_stops_at_once(door: Any) -> None:
    assert status(door, door.signer.v3("ListAliases")) == (200, "")
    with door.runtime.store.begin(write=True) as uow:
        keys = uow.of(AccessKey)
        keys.put(replace(keys.get(door.signer.access_key_id), enabled=False))
    assert status(door, door.signer.v3("ListAliases")) == (403, "Forbidden.AccessKey")


def test_a_disabled_user_is_unknown(door: Any) -> None:
    with door.runtime.store.begin(write=True) as uow:
        users = uow.of(User)
        users.put(replace(users.get(door.runtime.founded.user.id), enabled=False))
    assert status(door, door.signer.v3("ListAliases")) == (404, "InvalidAccessKeyId.NotFound")


@pytest.mark.parametrize("text", ["2026-11-21T12:00:00Z", "2026-11-21T12:00:00.914Z"])
def test_times_with_and_without_milliseconds(door: Any, text: str) -> None:
    assert status(door, door.signer.v1("ListAliases", change={"Timestamp": text})) == (200, "")


def test_no_nonce_is_needed(door: Any) -> None:
    """The legacy Node SDK sends none."""
    request = door.signer.v1("ListAliases", change={"SignatureNonce": None})
    assert status(door, request) == (200, "")


@each_scheme
def test_a_request_is_good_once(door: Any, scheme: Any) -> None:
    request = scheme(door.signer, "ListAliases", {})
    assert door.send(request).status == 200
    again = door.send(request)
    assert (again.status, json.loads(again.body)["Code"]) == (400, "SignatureNonceUsed")
    assert door.send(scheme(door.signer, "ListAliases", {})).status == 200


def test_a_nonce_is_not_spent_by_who_cannot_sign(door: Any) -> None:
    good = door.signer.v3("ListAliases", {})
    forged = replace(good, headers=good.headers | {"authorization": good.headers["authorization"][:-4] + "0000"})
    assert door.send(forged).status == 400
    assert door.send(good).status == 200


def test_a_request_that_moves_to_another_thread_is_the_same_request(door: Any) -> None:
    """On the event loop nothing is loaded: the first attempt ends there, after the nonce was spent."""
    key_id = door.key()
    door.ok("Encrypt", {"KeyId": key_id, "Plaintext": "eA=="})
    other = door.key()
    runtime = door.runtime
    request_context = runtime.request_context("alibaba_openapi")
    call = runtime.pipeline.prepare(
        door.dialect, door.signer.v3("Encrypt", {"KeyId": other, "Plaintext": "eA=="}), request_context
    )
    door.ok("Encrypt", {"KeyId": key_id, "Plaintext": "eA=="})  # the caller is in the cache, the key is not
    with pytest.raises(NotResident):
        runtime.pipeline.finish(door.dialect, call, request_context, runtime.cache.resident)
    assert runtime.pipeline.finish(door.dialect, call, request_context, runtime.cache.loading).status == 200


def test_an_unsigned_nonce_is_nobodys(door: Any) -> None:
    request = door.signer.v3("ListAliases", {}, change={"x-acs-signature-nonce": None})
    assert door.send(request).status == 200
    added = replace(request, headers=request.headers | {"x-acs-signature-nonce": "fresh"})
    assert json.loads(door.send(added).body)["Code"] == "IncompleteSignature"
