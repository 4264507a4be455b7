"""Pre-signed requests, written independently of the dialects that verify them.

No nonce is sent (none of these signatures demands one), so that one request may be repeated.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from bitting.dialects.alibaba_instance.api_pb2 import EncryptRequest

Credentials = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request that is sent many times."""

    name: str
    path: str
    headers: Mapping[str, str]
    body: bytes


def _quote(text: str) -> str:
    return urllib.parse.quote(text, safe="-_.~")


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def echo(size: int) -> SignedRequest:
    """The same server's echo route."""
    return SignedRequest("echo", "/echo", {"Content-Type": "application/octet-stream"}, b"x" * size)


def huawei(credentials: Credentials, key_id: str, plaintext: bytes) -> SignedRequest:
    """encrypt-data with an AK/SK signature (SDK-HMAC-SHA256)."""
    body = {"key_id": key_id, "plain_text": plaintext.decode()}
    return sdk_hmac("huawei AK/SK", credentials, credentials["project_id"], "encrypt-data", body)


def otc(credentials: Credentials, key_id: str, plaintext: bytes) -> SignedRequest:
    """The same through the OTC project."""
    body = {"key_id": key_id, "plain_text": plaintext.decode()}
    return sdk_hmac("otc AK/SK", credentials, credentials["otc_project_id"], "encrypt-data", body)


def sdk_hmac(name: str, credentials: Credentials, project: str, verb: str, payload: Mapping[str, Any]) -> SignedRequest:
    """Any KMS operation of Huawei's dialect, signed with SDK-HMAC-SHA256."""
    host = credentials["http"].removeprefix("http://")
    path = f"/v1.0/{project}/kms/{verb}"
    body = json.dumps(payload).encode()
    date = _now().strftime("%Y%m%dT%H%M%SZ")
    headers = {
        "Content-Type": "application/json;charset=UTF-8",
        "Host": host,
        "X-Project-Id": project,
        "X-Sdk-Date": date,
    }
    signed = sorted(name.lower() for name in headers)
    lower = {name.lower(): value for name, value in headers.items()}
    lines = "".join(f"{name}:{lower[name]}\n" for name in signed)
    digest = hashlib.sha256(body).hexdigest()
    canonical = "\n".join(["POST", path + "/", "", lines, ";".join(signed), digest])
    to_sign = f"SDK-HMAC-SHA256\n{date}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(credentials["access_key_secret"].encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    headers["Authorization"] = (
        f"SDK-HMAC-SHA256 Access={credentials['access_key_id']}, "
        f"SignedHeaders={';'.join(signed)}, Signature={signature}"
    )
    return SignedRequest(name, path, headers, body)


def openapi_v3(credentials: Credentials, key_id: str, plaintext: bytes) -> SignedRequest:
    """Encrypt with ACS3-HMAC-SHA256, parameters in the form body."""
    form = {"KeyId": key_id, "Plaintext": base64.b64encode(plaintext).decode()}
    return acs3("alibaba openapi V3", credentials, "Encrypt", form)


def acs3(name: str, credentials: Credentials, action: str, form: Mapping[str, str]) -> SignedRequest:
    """Any operation of Alibaba's OpenAPI, signed with ACS3-HMAC-SHA256."""
    host = credentials["http"].removeprefix("http://")
    body = "&".join(f"{field}={_quote(value)}" for field, value in form.items()).encode()
    digest = hashlib.sha256(body).hexdigest()
    headers = {
        "Host": host,
        "Content-Type": "application/x-www-form-urlencoded",
        "x-acs-action": action,
        "x-acs-version": "2016-01-20",
        "x-acs-date": _now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-content-sha256": digest,
    }
    lower = {header.lower(): value for header, value in headers.items()}
    signed = ";".join(sorted(lower))
    lines = "".join(f"{header}:{lower[header]}\n" for header in sorted(lower))
    canonical = f"POST\n/\n\n{lines}\n{signed}\n{digest}"
    to_sign = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
    signature = hmac.new(credentials["access_key_secret"].encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    headers["Authorization"] = (
        f"ACS3-HMAC-SHA256 Credential={credentials['access_key_id']},SignedHeaders={signed},Signature={signature}"
    )
    return SignedRequest(name, "/", headers, body)


def openapi_v1(credentials: Credentials, key_id: str, plaintext: bytes) -> SignedRequest:
    """Encrypt with the RPC signature HMAC-SHA1, everything in the form body."""
    form: dict[str, str] = {
        "Action": "Encrypt",
        "Version": "2016-01-20",
        "Format": "JSON",
        "AccessKeyId": credentials["access_key_id"],
        "SignatureMethod": "HMAC-SHA1",
        "SignatureVersion": "1.0",
        "Timestamp": _now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "KeyId": key_id,
        "Plaintext": base64.b64encode(plaintext).decode(),
    }
    query = "&".join(f"{_quote(name)}={_quote(value)}" for name, value in sorted(form.items()))
    to_sign = f"POST&%2F&{_quote(query)}"
    secret = credentials["access_key_secret"].encode() + b"&"
    form["Signature"] = base64.b64encode(hmac.new(secret, to_sign.encode(), hashlib.sha1).digest()).decode()
    body = "&".join(f"{_quote(name)}={_quote(value)}" for name, value in form.items()).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return SignedRequest("alibaba openapi V1", "/", headers, body)


def instance(credentials: Credentials, key_id: str, plaintext: bytes) -> SignedRequest:
    """Encrypt of the protobuf Instance API with a client key (RSA 2048)."""
    file: dict[str, Any] = json.loads(Path(credentials["client_key_file"]).read_text())
    password = credentials["client_key_password"].encode()
    key = pkcs12.load_key_and_certificates(base64.b64decode(file["PrivateKeyData"]), password)[0]
    assert isinstance(key, rsa.RSAPrivateKey)  # noqa: S101 - it is what the server wrote
    body: bytes = EncryptRequest(KeyId=key_id, Plaintext=plaintext).SerializeToString()
    headers = {
        "Content-Type": "application/x-protobuf",
        "Date": format_datetime(_now(), usegmt=True),
        "Content-SHA256": hashlib.sha256(body).hexdigest().upper(),
        "x-kms-apiname": "Encrypt",
        "x-kms-apiversion": "dkms-gcs-0.2",
        "x-kms-signaturemethod": "RSA_PKCS1_SHA_256",
        "x-kms-acccesskeyid": file["KeyId"],
    }
    kms = "".join(f"{name}:{value}\n" for name, value in sorted(headers.items()) if name.startswith("x-kms-"))
    to_sign = f"POST\n{headers['Content-SHA256']}\n{headers['Content-Type']}\n{headers['Date']}\n{kms}/"
    signature = key.sign(to_sign.encode(), padding.PKCS1v15(), hashes.SHA256())
    headers["Authorization"] = "Bearer " + base64.b64encode(signature).decode()
    return SignedRequest("alibaba instance", "/", headers, body)
