"""An independent signer, written from the documents with the standard library: none of the product's code."""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from bitting.dialects.base.http import Request

HOST = "kms.cn-hangzhou.aliyuncs.com"


def pe(text: str) -> str:
    return quote(text, safe="~")


def stamp(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def canonical(parameters: Mapping[str, str]) -> str:
    return "&".join(f"{pe(name)}={pe(parameters[name])}" for name in sorted(parameters))


def v1_signature(method: str, parameters: Mapping[str, str], secret: str, digest: str = "sha1") -> str:
    text = f"{method}&{pe('/')}&{pe(canonical(parameters))}"
    return base64.b64encode(hmac.new(f"{secret}&".encode(), text.encode(), digest).digest()).decode()


def sm3_hmac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, lambda data=b"": hashlib.new("sm3", data)).digest()


def sha256_hmac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


class Signer:
    """Builds requests the way clients do. ``now``: milliseconds since 1970."""

    def __init__(self, access_key_id: str, secret: str, now: Callable[[], int]) -> None:
        self.access_key_id = access_key_id
        self.secret = secret
        self.now = now

    def v1(
        self,
        action: str,
        parameters: Mapping[str, str] | None = None,
        *,
        method: str = "POST",
        in_form: bool = False,
        digest: str = "sha1",
        token: str = "",
        change: Mapping[str, str | None] | None = None,
        after: Mapping[str, str | None] | None = None,
    ) -> Request:
        """``change``: common parameters other than usual (None: left out). ``after``: changed once signed."""
        everything: dict[str, str | None] = {
            "Action": action,
            "Version": "2016-01-20",
            "Format": "JSON",
            "AccessKeyId": self.access_key_id,
            "SignatureMethod": f"HMAC-{digest.upper()}",
            "SignatureVersion": "1.0",
            "SignatureNonce": str(uuid.uuid4()),
            "Timestamp": stamp(self.now()),
            "SecurityToken": token or None,
            **(parameters or {}),
            **(change or {}),
        }
        signed = {name: value for name, value in everything.items() if value is not None}
        sent: dict[str, str | None] = {**signed, "Signature": v1_signature(method, signed, self.secret, digest)}
        sent.update(after or {})
        text = urlencode({name: value for name, value in sent.items() if value is not None})
        headers = {"host": HOST}
        if in_form:
            headers["content-type"] = "application/x-www-form-urlencoded"
            return Request(method, "/", "", headers, text.encode())
        return Request(method, "/", text, headers, b"")

    def v3(
        self,
        action: str,
        query: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        *,
        method: str = "POST",
        algorithm: str = "ACS3-HMAC-SHA256",
        token: str = "",
        region: str = "cn-hangzhou",
        change: Mapping[str, str | None] | None = None,
        unsigned: tuple[str, ...] = ("user-agent",),
        after: Mapping[str, str | None] | None = None,
    ) -> Request:
        """V3, or V4 by ``algorithm``. ``change``: headers other than usual; ``after``: changed once signed."""
        query, body = query or {}, urlencode(form or {}).encode()
        sm3 = algorithm.endswith("SM3")
        digest, mac = ("sm3", sm3_hmac) if sm3 else ("sha256", sha256_hmac)
        body_hash = hashlib.new(digest, body).hexdigest()
        headers: dict[str, str | None] = {
            "host": HOST,
            "accept": "application/json",
            "user-agent": "tests",
            "x-acs-action": action,
            "x-acs-version": "2016-01-20",
            "x-acs-date": stamp(self.now()),
            "x-acs-signature-nonce": uuid.uuid4().hex,
            "x-acs-content-sha256": body_hash,
            "content-type": "application/x-www-form-urlencoded" if form else None,
            "x-acs-security-token": token or None,
            **(change or {}),
        }
        sent = {name: value for name, value in headers.items() if value is not None}
        names = sorted(name for name in sent if name not in unsigned)
        listed = "".join(f"{name}:{sent[name].strip()}\n" for name in names)
        text = f"{method}\n/\n{canonical(query)}\n{listed}\n{';'.join(names)}\n{body_hash}"
        key, scope = self.secret.encode(), ""
        if algorithm.startswith("ACS4"):
            date = (sent.get("x-acs-date") or "")[:10].replace("-", "")
            key = b"aliyun_v4" + key
            for part in (date, region, "Kms", "aliyun_v4_request"):
                key = mac(key, part.encode())
            scope = f"/{date}/{region}/Kms/aliyun_v4_request"
        to_sign = f"{algorithm}\n{hashlib.new(digest, text.encode()).hexdigest()}"
        signature = mac(key, to_sign.encode()).hex()
        sent["authorization"] = (
            f"{algorithm} Credential={self.access_key_id}{scope},SignedHeaders={';'.join(names)},Signature={signature}"
        )
        for name, value in (after or {}).items():
            if value is None:
                sent.pop(name, None)
            else:
                sent[name] = value
        return Request(method, "/", urlencode(query, quote_via=quote), sent, body)
