"""The other signature schemes, written down independently; and what they do not forgive."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from huawei.conftest import ApiClient, read
from huawei.sdk_signer import HOST, python_uri

from bitting.dialects.base.http import Request

SM3_OF_NOTHING = "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"
Hash = Callable[[bytes], bytes]


def hmac_of(digest: Hash, key: bytes, text: str) -> str:
    key = (digest(key) if len(key) > 64 else key).ljust(64, b"\0")
    inner = digest(bytes(byte ^ 0x36 for byte in key) + text.encode())
    return digest(bytes(byte ^ 0x5C for byte in key) + inner).hex()


def hkdf(access_key: str, secret: str, info: str) -> str:
    extracted = hmac.new(access_key.encode(), secret.encode(), hashlib.sha256).digest()
    return hmac.new(extracted, info.encode() + b"\x01", hashlib.sha256).hexdigest()


def chain(secret: str, scope: str) -> bytes:
    """golangsdk's signing key: the day, region, service and last word, each signed with the one before."""
    key = ("SDK" + secret).encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


class Writer:
    """Signs with one of the schemes. ``SCOPED`` stands for SDK-HMAC-SHA256 with a scope."""

    def __init__(self, api: ApiClient, scheme: str, info: str = "cn-hangzhou/kms") -> None:
        self.api, self.scheme, self.info = api, scheme, info
        if scheme == SCOPED:
            self.scheme, self.info = "SDK-HMAC-SHA256", info.removesuffix("/sdk_request") + "/sdk_request"
        self.scoped = scheme == SCOPED
        self.digest: Hash = lambda data: api.runtime.vault.digest("sm3" if "SM3" in scheme else "sha256", data)

    def sign(self, verb: str, body: bytes, day: str = "") -> Request:
        date = datetime.fromtimestamp(self.api.runtime.clock.now_ms() / 1000, UTC).strftime("%Y%m%dT%H%M%SZ")
        headers = {"content-type": "application/json", "host": HOST, "x-sdk-date": date}
        names = ";".join(sorted(headers))
        path = self.api.path(verb)
        lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
        canonical = "\n".join(("POST", python_uri(path), "", lines, names, self.digest(body).hex()))
        hashed, access_key, secret = self.digest(canonical.encode()).hex(), *self.credentials()
        if self.scheme.startswith("V11"):
            info = f"{day or date[:8]}/{self.info}"
            text = f"{self.scheme}\n{date}\n{info}\n{hashed}"
            signature = hmac_of(self.digest, hkdf(access_key, secret, info).encode(), text)
            who = f"Credential={access_key}/{info}"
        elif self.scoped:
            info = f"{day or date[:8]}/{self.info}"
            text = f"{self.scheme}\n{date}\n{info}\n{hashed}"
            signature = hmac_of(self.digest, chain(secret, info), text)
            who = f"Credential={access_key}/{info}"
        else:
            signature = hmac_of(self.digest, secret.encode(), f"{self.scheme}\n{date}\n{hashed}")
            who = f"Access={access_key}"
        headers["authorization"] = f"{self.scheme} {who}, SignedHeaders={names}, Signature={signature}"
        return Request("POST", path, "", headers, body)

    def credentials(self) -> tuple[str, str]:
        return self.api.founded.access_key_id, self.api.founded.secret


SCOPED = "scoped"
SCHEMES = ("SDK-HMAC-SM3", "V11-HMAC-SHA256", SCOPED)
DERIVED = SCHEMES[1:]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("body", [b'{"random_data_length": "512"}', b""])
def test_accepted(api: ApiClient, scheme: str, body: bytes) -> None:
    verb = "gen-random" if body else "list-keys"
    assert read(api.send(Writer(api, scheme).sign(verb, body)))[0] == 200


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_changed_body_is_refused(api: ApiClient, scheme: str) -> None:
    request = Writer(api, scheme).sign("gen-random", b'{"random_data_length": "512"}')
    request.body = b'{"random_data_length": "520"}'
    assert code(read(api.send(request))) == "KMS.0302"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_an_old_date_is_refused(api: ApiClient, scheme: str) -> None:
    request = Writer(api, scheme).sign("list-keys", b"")
    api.runtime.clock.advance(seconds=901)
    assert code(read(api.send(request))) == "KMS.0302"


@pytest.mark.parametrize("scheme", DERIVED)
def test_a_key_of_another_day_is_refused(api: ApiClient, scheme: str) -> None:
    assert code(read(api.send(Writer(api, scheme).sign("list-keys", b"", day="20200101")))) == "KMS.0302"


@pytest.mark.parametrize("scheme", DERIVED)
@pytest.mark.parametrize("info", ["cn-hangzhou", "a/b/c"])
def test_a_credential_of_another_shape_is_refused(api: ApiClient, scheme: str, info: str) -> None:
    assert code(read(api.send(Writer(api, scheme, info).sign("list-keys", b"")))) == "KMS.0302"


@pytest.mark.parametrize("scope", ["/", "cn-hangzhou/", "/kms", "eu-de/kms"])
def test_region_and_service_of_a_scope_are_the_client_s_own(api: ApiClient, scope: str) -> None:
    """golangsdk leaves both empty: ``<id>/<day>///sdk_request``."""
    request = Writer(api, SCOPED, scope).sign("list-keys", b"")
    assert f"/{scope}/sdk_request, " in request.headers["authorization"]
    assert read(api.send(request))[0] == 200


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/cn-hangzhou/", "/cn-beijing/"),
        ("/kms/", "/csms/"),
        ("/sdk_request", "/aws4_request"),
        ("/sdk_request", ""),
        ("Credential=", "Access=x, Credential="),
    ],
)
def test_a_scope_that_was_not_signed_is_refused(api: ApiClient, old: str, new: str) -> None:
    request = Writer(api, SCOPED).sign("list-keys", b"")
    assert old in request.headers["authorization"]
    request.headers["authorization"] = request.headers["authorization"].replace(old, new)
    assert code(read(api.send(request))) in {"KMS.0302", "KMS.0303", "KMS.0304"}


@pytest.mark.parametrize("scheme", ["SDK-ECDSA-P256-SHA256", "SDK-SM2-SM3"])
def test_schemes_not_served(api: ApiClient, scheme: str) -> None:
    request = Writer(api, "SDK-HMAC-SM3").sign("list-keys", b"")
    request.headers["authorization"] = request.headers["authorization"].replace("SDK-HMAC-SM3", scheme)
    assert code(read(api.send(request))) == "KMS.0302"


def test_sm3_is_sm3(api: ApiClient) -> None:
    assert api.runtime.vault.digest("sm3", b"").hex() == SM3_OF_NOTHING


def code(answer: tuple[int, dict[str, Any]]) -> str:
    return str(answer[1]["error"]["error_code"])
