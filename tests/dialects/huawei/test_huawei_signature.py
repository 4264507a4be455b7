"""SDK-HMAC-SHA256: what the official SDK signs is believed, what differs in one place is not."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from huawei.conftest import Door, read, refusal
from huawei.sdk_signer import Signer

from bitting.core import faults
from bitting.core.material import KeyMaterial
from bitting.core.model.identity import AccessKey
from bitting.core.usecases.iam.credentials import secret_binding
from bitting.core.usecases.iam.tokens import CreateTemporaryKey, create_temporary_key
from bitting.dialects.base.http import Request
from bitting.dialects.base.sdk_hmac import RequestAuthenticator

#: Made with huaweicloudsdkcore 3.1.219 for one access key at 2026-11-21T12:00:00Z.
VECTORS = json.loads((Path(__file__).parent / "sdk_vectors.json").read_text())
ACCESS_KEY_ID, SECRET = "AKEXAMPLE0000000TEST", "SKexample/secret+key0000000000000000TEST"
BAD_TOKEN = (403, "KMS.0302", "Invalid X-Auth-Token.")


def captured(vector: dict[str, Any]) -> Request:
    path, _, query = vector["target"].partition("?")
    return Request(vector["method"], unquote(path), query, dict(vector["headers"]), vector["body"].encode())


def greedy(request: Request) -> str:
    return request.path.partition("/tags/")[2]


@pytest.fixture
def proofs(runtime: Any) -> RequestAuthenticator:
    founded = runtime.founded
    sealed = runtime.vault.wrap(KeyMaterial(SECRET.encode()), secret_binding(ACCESS_KEY_ID))
    with runtime.store.begin(write=True) as uow:
        uow.of(AccessKey).add(AccessKey(ACCESS_KEY_ID, founded.account.id, founded.user.id, sealed, True, 1))
    return RequestAuthenticator(runtime.vault, runtime.clock)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_the_official_sdk_is_believed(runtime: Any, proofs: RequestAuthenticator, vector: dict[str, Any]) -> None:
    request = captured(vector)
    found = proofs.credential(request, runtime.cache.loading, greedy=greedy(request))
    assert found.principal.credential_id == ACCESS_KEY_ID


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
@pytest.mark.parametrize("part", ["method", "path", "query", "body", "host", "date", "signature", "access key"])
def test_one_change_anywhere_is_noticed(
    runtime: Any, proofs: RequestAuthenticator, vector: dict[str, Any], part: str
) -> None:
    request = captured(vector)
    authorization = request.headers["authorization"]
    if part == "method":
        request.method = "PUT"
    elif part == "path":
        request.path += "x"
    elif part == "query":
        request.query = f"{request.query}&a=1".strip("&")
    elif part == "body":
        if "unsigned" in vector["name"]:
            pytest.skip("its sender chose not to sign the body")
        request.body += b" "
    elif part == "host":
        request.headers["host"] = "127.0.0.1:8751"
    elif part == "date":
        request.headers["x-sdk-date"] = "20261121T120001Z"
    elif part == "signature":
        last = "0" if authorization[-1] != "0" else "1"
        request.headers["authorization"] = authorization[:-1] + last
    else:
        request.headers["authorization"] = authorization.replace("AKEXAMPLE", "AKEXAMPLF")
    with pytest.raises(faults.IdentityFault):
        proofs.credential(request, runtime.cache.loading, greedy=greedy(request))


@pytest.mark.parametrize("offset_s", [-899, 899])
def test_a_clock_fifteen_minutes_off_will_do(door: Door, offset_s: int) -> None:
    door.signer.now_ms = lambda: door.runtime.clock.now_ms() + offset_s * 1000
    assert door.ask("gen-random", {"random_data_length": "8"})[0] == 200


@pytest.mark.parametrize("offset_s", [-902, 902])
def test_more_than_fifteen_minutes_off_will_not(door: Door, offset_s: int) -> None:
    door.signer.now_ms = lambda: door.runtime.clock.now_ms() + offset_s * 1000
    assert door.refused("gen-random", {"random_data_length": "8"}) == BAD_TOKEN


@pytest.mark.parametrize(
    "date", ["", "yesterday", "20261121T120000", "20261121T250000Z", "1795262400", "２0261121T120000Z"]
)
def test_an_unreadable_date_is_refused(door: Door, date: str) -> None:
    request = door.signer.sign(door.request("gen-random", {"random_data_length": "8"}), date=date or "x")
    if not date:
        del request.headers["x-sdk-date"]
    assert refusal(read(door.send(request))) == BAD_TOKEN


@pytest.mark.parametrize(
    "authorization",
    [
        "SDK-HMAC-SHA256",
        "SDK-HMAC-SHA256 ",
        "SDK-HMAC-SHA256 Access=, SignedHeaders=host, Signature=" + "0" * 64,
        "SDK-HMAC-SHA256 Access={ak}",
        "SDK-HMAC-SHA256 Access={ak}, SignedHeaders=, Signature=" + "0" * 64,
        "SDK-HMAC-SHA256 Access={ak}, SignedHeaders=host;x-not-there, Signature=" + "0" * 64,
        "SDK-HMAC-SHA256 Access={ak}, SignedHeaders=host, Signature=short",
        "SDK-HMAC-SHA256 Access={ak}, SignedHeaders=host, Signature=" + "é" * 64,
        "SDK-HMAC-SM3 Access={ak}, SignedHeaders=host, Signature=" + "0" * 64,
        "V11-HMAC-SHA256 Credential={ak}/20261121/r/kms, SignedHeaders=host, Signature=" + "0" * 64,
        "Basic dXNlcjpwYXNz",
        "=,=,=",
    ],
)
def test_a_broken_authorization_is_refused(door: Door, authorization: str) -> None:
    request = door.signer.sign(door.request("gen-random", {"random_data_length": "8"}))
    request.headers["authorization"] = authorization.replace("{ak}", door.founded.access_key_id)
    assert refusal(read(door.send(request))) == BAD_TOKEN


def test_a_wrong_secret_is_refused(door: Door) -> None:
    door.signer.secret = "wrong"
    assert door.refused("describe-key", {"key_id": door.founded.project.id}) == BAD_TOKEN


def test_a_disabled_access_key_is_refused(door: Door) -> None:
    with door.runtime.store.begin(write=True) as uow:
        held = uow.of(AccessKey).get(door.founded.access_key_id)
        uow.of(AccessKey).put(replace(held, enabled=False))
    assert door.refused("gen-random", {"random_data_length": "8"}) == BAD_TOKEN


@pytest.mark.parametrize("name", ["authorization", "x-sdk-date", "host", "x-auth-token"])
def test_a_header_sent_twice_is_refused(door: Door, name: str) -> None:
    request = door.signer.sign(door.request("gen-random", {"random_data_length": "8"}))
    request.repeated = frozenset({name})
    assert refusal(read(door.send(request))) == BAD_TOKEN


def test_another_project_is_told_only_to_those_who_can_sign(door: Door) -> None:
    request = door.request("list-keys")
    request.path = f"/v1.0/{'0' * 32}/kms/list-keys"
    signed = door.signer.sign(request)
    assert refusal(read(door.send(signed)))[:2] == (403, "KMS.0321")
    signed.headers["authorization"] = signed.headers["authorization"][:-64] + "0" * 64
    assert refusal(read(door.send(signed))) == BAD_TOKEN


def test_a_signature_beats_a_token_that_came_along(door: Door) -> None:
    request = door.request("gen-random", {"random_data_length": "8"})
    request.headers["x-auth-token"] = "garbled"
    assert read(door.send(door.signer.sign(request)))[0] == 200


def test_an_announced_digest_must_be_the_body_s(door: Door) -> None:
    request = door.request("gen-random", {"random_data_length": "8"})
    request.headers["x-sdk-content-sha256"] = hashlib.sha256(request.body).hexdigest()
    signed = door.signer.sign(request)
    assert read(door.send(signed))[0] == 200
    signed.body = signed.body.replace(b"8", b"16")
    assert refusal(read(door.send(signed))) == BAD_TOKEN


RAW = "/v1.0/p/kms/k/tags/a%20b%2Fc"


@pytest.mark.parametrize(
    "uri",
    [
        "/v1.0/p/kms/k/tags/a%20b/c/",  # Python: unquoted, split, encoded
        "/v1.0/p/kms/k/tags/a%2520b%252Fc/",  # Go: what is sent, encoded once more
        "/v1.0/p/kms/k/tags/a%20b%2Fc/",  # as sent
    ],
)
@pytest.mark.parametrize("raw", [RAW, ""], ids=["raw path kept", "raw path lost"])
def test_every_way_to_write_the_path_down(runtime: Any, proofs: RequestAuthenticator, uri: str, raw: str) -> None:
    request = Request("DELETE", unquote(RAW), "", {}, b"", raw_path=raw)
    signed = Signer(ACCESS_KEY_ID, SECRET, runtime.clock.now_ms).sign(request, uri=uri)
    assert proofs.credential(signed, runtime.cache.loading, greedy="a b/c").enabled


def test_another_path_is_no_way_to_write_it_down(runtime: Any, proofs: RequestAuthenticator) -> None:
    request = Request("DELETE", unquote(RAW), "", {}, b"")
    signed = Signer(ACCESS_KEY_ID, SECRET, runtime.clock.now_ms).sign(request, uri=quote("/v1.0/p/kms/k/tags/a b/d/"))
    with pytest.raises(faults.SignatureMismatch):
        proofs.credential(signed, runtime.cache.loading, greedy="a b/c")


@pytest.mark.parametrize("charset", ["latin-1", "utf-8"])
def test_header_bytes_beyond_ascii_as_either_server_reads_them(door: Door, charset: str) -> None:
    request = door.request("gen-random", {"random_data_length": "8"})
    request.headers["user-agent"] = "größe"
    signed = door.signer.sign(request)
    signed.headers["user-agent"] = "größe".encode().decode(charset)
    assert read(door.send(signed))[0] == 200


class TestTemporaryKeys:
    """Access keys that come with a security token and an end."""

    @pytest.fixture
    def temporary(self, door: Door) -> Door:
        issued = door.run(create_temporary_key, CreateTemporaryKey(duration_s=900))
        door.signer = Signer(issued.access_key_id, issued.secret, door.runtime.clock.now_ms, issued.security_token)
        return door

    def test_works_until_its_end(self, temporary: Door) -> None:
        assert temporary.ask("gen-random", {"random_data_length": "8"})[0] == 200
        temporary.runtime.clock.advance(seconds=901)
        refused = temporary.refused("gen-random", {"random_data_length": "8"})
        assert refused == (403, "KMS.0303", "X-Auth-Token expired.")

    @pytest.mark.parametrize("token", ["", "another"])
    def test_not_without_its_security_token(self, temporary: Door, token: str) -> None:
        temporary.signer.security_token = token
        assert temporary.refused("gen-random", {"random_data_length": "8"}) == BAD_TOKEN

    def test_limited_to_the_project_it_was_made_in(self, door: Door) -> None:
        issued = door.run(create_temporary_key, CreateTemporaryKey(project_id=door.founded.second_project.id))
        door.signer = Signer(issued.access_key_id, issued.secret, door.runtime.clock.now_ms, issued.security_token)
        assert door.refused("gen-random", {"random_data_length": "8"})[1] == "KMS.0321"
