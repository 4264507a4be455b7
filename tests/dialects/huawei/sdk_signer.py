"""SDK-HMAC-SHA256 as its documents describe it, written with nothing of the dialect's."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

from bitting.dialects.base.http import Request

HOST = "127.0.0.1:8750"


@dataclass
class Signer:
    """Signs as the Python SDK does: every header it sets, host included."""

    access_key_id: str
    secret: str
    now_ms: Callable[[], int]
    security_token: str = ""

    def sign(self, request: Request, *, uri: str | None = None, date: str | None = None) -> Request:
        """The request with date and signature. ``uri``: another canonical URI than the Python SDK's."""
        moment = datetime.fromtimestamp(self.now_ms() / 1000, UTC)
        headers = {"host": HOST, **request.headers, "x-sdk-date": date or moment.strftime("%Y%m%dT%H%M%SZ")}
        if self.security_token:
            headers["x-security-token"] = self.security_token
        names = sorted(name for name in headers if "_" not in name)
        payload = headers.get("x-sdk-content-sha256") if request.body else None
        canonical = "\n".join(
            (
                request.method,
                uri or python_uri(request.raw_path or request.path),
                "&".join(f"{quote(k, safe='~')}={quote(v, safe='~')}" for k, v in sorted(_pairs(request.query))),
                "".join(f"{name}:{headers[name].strip()}\n" for name in names),
                ";".join(names),
                payload or hashlib.sha256(request.body).hexdigest(),
            )
        )
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        to_sign = f"SDK-HMAC-SHA256\n{headers['x-sdk-date']}\n{digest}"
        signature = hmac.new(self.secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
        headers["authorization"] = (
            f"SDK-HMAC-SHA256 Access={self.access_key_id}, SignedHeaders={';'.join(names)}, Signature={signature}"
        )
        return Request(request.method, request.path, request.query, headers, request.body, raw_path=request.raw_path)


def python_uri(path: str) -> str:
    """The whole path unquoted, then each segment encoded."""
    encoded = "/".join(quote(segment, safe="~") for segment in unquote(path).split("/"))
    return encoded if encoded.endswith("/") else encoded + "/"


def _pairs(query: str) -> list[tuple[str, str]]:
    return parse_qsl(query, keep_blank_values=True)


def post(path: str, body: bytes, **headers: Any) -> Request:
    """A JSON request as the SDK makes it, unsigned."""
    given = {"content-type": "application/json;charset=UTF-8", "user-agent": "huaweicloud-usdk-python/3.0"}
    return Request("POST", path, "", {**given, **headers}, body)
