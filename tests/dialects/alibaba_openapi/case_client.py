"""How wire cases speak to this dialect.

::

    key = CreateKey Description=x -> KeyMetadata.KeyId     an operation that must succeed, and a field of its answer
    clock +8d                                              time passes

Schemes: v1, v1-sha256, v3, v3-sm3, v4. V1 adds the common parameters to the query, or to the form if the
request has one and no query.
"""

from __future__ import annotations

import hashlib
import shlex
import uuid
from typing import Any
from urllib.parse import parse_qsl, quote, unquote_plus

from alibaba_openapi.signer import canonical, sha256_hmac, sm3_hmac, stamp, v1_signature

from bitting.dialects.base.http import Request, Response

HEADER_SCHEMES = {"v3": "ACS3-HMAC-SHA256", "v3-sm3": "ACS3-HMAC-SM3", "v4": "ACS4-HMAC-SHA256"}


class OpenApiCaseClient:
    def __init__(self, api: Any) -> None:
        self.api = api

    def step(self, line: str) -> object:
        if line.startswith("clock "):
            return self.api.runtime.clock.advance(days=float(line[6:].strip("+d")))
        call, _, path = line.partition(" -> ")
        action, *pairs = shlex.split(call)
        found: Any = self.api.ok(action, dict(pair.split("=", 1) for pair in pairs))
        for name in path.split(".") if path else ():
            found = found[int(name)] if isinstance(found, list) else found[name]
        return found

    def send(self, request: Request) -> Response:
        return self.api.send(request)

    def sign(self, request: Request, scheme: str) -> Request:
        if scheme in HEADER_SCHEMES:
            return self._sign_header(request, HEADER_SCHEMES[scheme])
        return self._sign_parameters(request, "sha256" if scheme == "v1-sha256" else "sha1")

    def _sign_parameters(self, request: Request, digest: str) -> Request:
        signer = self.api.signer
        common = {
            "AccessKeyId": signer.access_key_id,
            "SignatureMethod": f"HMAC-{digest.upper()}",
            "SignatureVersion": "1.0",
            "SignatureNonce": str(uuid.uuid4()),
            "Timestamp": stamp(signer.now()),
        }
        body = request.body.decode()
        everything = {**dict(parse_qsl(f"{request.query}&{body}", keep_blank_values=True)), **common}
        common["Signature"] = v1_signature(request.method, everything, signer.secret, digest)
        added = "&".join(f"{name}={quote(value, safe='')}" for name, value in common.items())
        if body and not request.query:
            return Request(request.method, request.path, "", request.headers, f"{body}&{added}".encode())
        return Request(request.method, request.path, f"{request.query}&{added}", request.headers, request.body)

    def _sign_header(self, request: Request, algorithm: str) -> Request:
        signer = self.api.signer
        digest, mac = ("sm3", sm3_hmac) if algorithm.endswith("SM3") else ("sha256", sha256_hmac)
        body_hash = hashlib.new(digest, request.body).hexdigest()
        headers = {"host": "kms.example", "x-acs-version": "2016-01-20", **request.headers}
        headers |= {"x-acs-date": stamp(signer.now()), "x-acs-content-sha256": body_hash}
        names = sorted(headers)
        pairs = [part.partition("=") for part in request.query.split("&") if part]
        query = canonical({unquote_plus(name): unquote_plus(value) for name, _, value in pairs})
        listed = "".join(f"{name}:{headers[name].strip()}\n" for name in names)
        text = f"{request.method}\n/\n{query}\n{listed}\n{';'.join(names)}\n{body_hash}"
        key, scope = signer.secret.encode(), ""
        if algorithm.startswith("ACS4"):
            parts = (headers["x-acs-date"][:10].replace("-", ""), "cn-hangzhou", "Kms", "aliyun_v4_request")
            key, scope = b"aliyun_v4" + key, "/" + "/".join(parts)
            for part in parts:
                key = mac(key, part.encode())
        signature = mac(key, f"{algorithm}\n{hashlib.new(digest, text.encode()).hexdigest()}".encode()).hex()
        headers["authorization"] = (
            f"{algorithm} Credential={signer.access_key_id}{scope},"
            f"SignedHeaders={';'.join(names)},Signature={signature}"
        )
        return Request(request.method, request.path, request.query, headers, request.body)
