"""Who signed this request: RPC signatures (V1) and header signatures (V3, V4).

::

    V1  Signature=base64(HMAC(secret + "&", METHOD & %2F & pe(canonical query of ALL parameters)))
    V3  Authorization: ACS3-HMAC-SHA256 Credential=AK,SignedHeaders=a;b,Signature=hex
        HMAC(secret, algorithm LF hex(hash(METHOD LF / LF query LF headers LF a;b LF hex(hash(body)))))
    V4  the same with Credential=AK/date/region/product/aliyun_v4_request and a key derived from these

1. The request says who signed, how, and when; everything we act on is under the signature.
2. The time is within 15 minutes of ours, either way.
3. The access key exists.
4. The signature is the one its secret makes (constant time); the body is the one that was hashed.
5. The access key may be used now, with the security token that belongs to it if it is temporary.
6. The request says what of it is good once within the window of point 2: its nonce, which is under the signature, or
   it would be nobody's; the signature itself where there is none (several shipped clients send none).
   :mod:`bitting.dialects.base.replay` does the spending.
Sources: "Request signatures" V1 and "Request syntax and signature method V3" of Alibaba Cloud's SDK
documentation; V4 as the SDKs' gateway module makes it.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bitting.core import faults
from bitting.core.key_cache import View
from bitting.core.model.identity import Principal
from bitting.core.ports import Clock, Vault
from bitting.core.usecases.iam import credentials
from bitting.core.usecases.iam.credentials import Credential
from bitting.dialects.base.http import Request
from bitting.dialects.base.replay import Proof
from bitting.wire import sign

SKEW_MS = 15 * 60 * 1000
DERIVED_KEYS_MAX = 1024
_SCOPE_END = "aliyun_v4_request"
_RPC_METHODS = {"HMAC-SHA1": "sha1", "HMAC-SHA256": "sha256"}
_HEADER_METHODS = frozenset({"ACS3-HMAC-SHA256", "ACS3-HMAC-SM3", "ACS4-HMAC-SHA256", "ACS4-HMAC-SM3"})
_EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()


@dataclass(slots=True)
class RpcClaim:
    """V1: every parameter is signed. ``digest``: ``sha1`` or ``sha256``."""

    access_key_id: str
    time: str
    token: str
    digest: str
    signature: str
    parameters: dict[str, str]
    nonce: str = ""


@dataclass(slots=True)
class HeaderClaim:
    """V3 and V4. ``scope``: (date, region, product) of V4, empty for V3."""

    access_key_id: str
    time: str
    token: str
    algorithm: str
    scope: tuple[str, ...]
    signed: Sequence[str]
    signature: str
    query: list[tuple[str, str]]
    nonce: str = ""


Claim = RpcClaim | HeaderClaim


def in_headers(request: Request) -> bool:
    """Whether the signature is a header's (V3, V4) and the common parameters are headers with it."""
    return request.headers.get("authorization", "").startswith("ACS")


def read(request: Request, query: list[tuple[str, str]], parameters: dict[str, str]) -> Claim:
    """Point 1. Raises ``MissingCredentials``, ``MissingAccessKey``, ``MissingParameter``, ``MissingSignature``,
    ``UnsupportedSignatureMethod`` or ``SignatureMismatch`` (something we act on is not signed).
    """  # noqa: D205 - the list of faults is the summary
    if in_headers(request):
        return _read_header(request, query)
    if parameters.get("SignatureType") or "bearer" in request.headers.get("authorization", "").lower():
        raise faults.UnsupportedSignatureMethod(method="bearer", parameter="SignatureType")
    access_key_id, signature = parameters.get("AccessKeyId"), parameters.get("Signature")
    if not access_key_id:
        raise faults.MissingAccessKey if signature else faults.MissingCredentials
    if not signature:
        raise faults.MissingParameter(parameter="Signature")
    method = parameters.get("SignatureMethod")
    if not method:
        raise faults.MissingParameter(parameter="SignatureMethod")
    if method not in _RPC_METHODS:
        raise faults.UnsupportedSignatureMethod(method=method, parameter="SignatureMethod")
    if parameters.get("SignatureVersion", "1.0") != "1.0":
        raise faults.UnsupportedSignatureMethod(method=method, parameter="SignatureVersion")
    time, token = parameters.get("Timestamp", ""), parameters.get("SecurityToken", "")
    nonce = parameters.get("SignatureNonce", "")
    return RpcClaim(access_key_id, time, token, _RPC_METHODS[method], signature, parameters, nonce)


def _read_header(request: Request, query: list[tuple[str, str]]) -> HeaderClaim:
    headers = request.headers
    algorithm, _, rest = headers["authorization"].partition(" ")
    if algorithm not in _HEADER_METHODS:
        raise faults.UnsupportedSignatureMethod(method=algorithm, parameter="Authorization")
    fields = {}
    for part in rest.split(","):
        name, _, value = part.partition("=")
        fields[name.strip()] = value.strip()
    credential, signature = fields.get("Credential"), fields.get("Signature")
    if not credential or not signature or not fields.get("SignedHeaders"):
        raise faults.MissingSignature
    signed = fields["SignedHeaders"].split(";")
    _require_signed(request, signed)
    access_key_id, *scope = credential.split("/")
    if algorithm.startswith("ACS4"):
        if len(scope) != 4 or scope.pop() != _SCOPE_END:
            raise faults.MissingSignature
    elif scope:
        raise faults.MissingSignature
    if not access_key_id:
        raise faults.MissingAccessKey
    time, token = headers.get("x-acs-date", ""), headers.get("x-acs-security-token", "")
    nonce = headers.get("x-acs-signature-nonce", "")
    return HeaderClaim(access_key_id, time, token, algorithm, tuple(scope), signed, signature, query, nonce)


def _require_signed(request: Request, signed: Sequence[str]) -> None:
    """What names operation, time and nonce must be signed, each header once: else it could be swapped."""
    for name in ("x-acs-action", "x-acs-version", "x-acs-signature-nonce"):
        if name in request.headers and name not in signed:
            raise faults.SignatureMismatch
    dated = "x-acs-date" in signed or "x-acs-date" not in request.headers  # a missing date has a row of its own
    if "host" not in signed or not dated:
        raise faults.SignatureMismatch
    if len(set(signed)) != len(signed) or not request.repeated.isdisjoint(signed):
        raise faults.SignatureMismatch


class Checker:
    """Proves claims. Keeps derived V4 signing keys, at most ``DERIVED_KEYS_MAX`` of them."""

    def __init__(self, vault: Vault, clock: Clock) -> None:
        self._vault = vault
        self._clock = clock
        self._derived: dict[tuple[bytes, tuple[str, ...]], bytes] = {}
        self._sm3 = _sm3(vault)

    def prove(self, claim: Claim, request: Request, view: View) -> Principal:
        """Points 2 to 6. May be asked again of the same claim: a request may move on to another thread.

        Raises ``ClockMalformed``, ``ClockSkewed``, ``UnknownAccessKey``, ``SignatureMismatch``,
        ``BodyDigestMismatch``, ``AccessKeyInactive``, ``ExpiredToken``, ``InvalidToken``,
        or ``MissingParameter`` (the security token).
        """
        now_ms, wall_ms = self._clock.now_ms(), self._clock.wall_ms()
        moment = _check_time(claim, wall_ms)
        credential = credentials.access_key(view, self._vault, claim.access_key_id)
        if credential is None:
            raise faults.UnknownAccessKey(access_key_id=claim.access_key_id)
        if isinstance(claim, RpcClaim):
            expected = rpc_signature(request.method, claim.parameters, credential.secret, claim.digest)
        else:
            expected = self._header_signature(claim, request, credential)
        if not hmac.compare_digest(expected, claim.signature.encode(errors="surrogatepass")):
            raise faults.SignatureMismatch
        if credential.token_digest and not claim.token:
            raise faults.MissingParameter(parameter="SecurityToken")
        credential.admit(now_ms, claim.token)
        if request.proof is None:
            spent, is_nonce = claim.nonce or claim.signature, bool(claim.nonce)
            request.proof = Proof(claim.access_key_id, spent, moment + SKEW_MS, is_nonce)
        return credential.principal

    def _header_signature(self, claim: HeaderClaim, request: Request, credential: Credential) -> bytes:
        algorithm, key = claim.algorithm, credential.secret
        if algorithm.endswith("SM3"):
            digest, mac = self._sm3, self._mac_sm3
        else:
            digest, mac = _sha256, _mac_sha256
        body_hash = _body_hash(claim, request, digest)
        if claim.scope:
            if claim.scope[0] != claim.time[:10].replace("-", ""):
                raise faults.SignatureMismatch
            key = self._signing_key(key, (algorithm, *claim.scope), mac)
        try:
            headers = sign.canonical_headers(claim.signed, request.headers)
        except KeyError:
            raise faults.SignatureMismatch from None
        signed = ";".join(claim.signed)
        query = sign.canonical_query(claim.query)
        canonical = f"{request.method}\n/\n{query}\n{headers}\n{signed}\n{body_hash}"
        hashed = digest(canonical.encode(errors="surrogatepass")).hex()
        return binascii.hexlify(mac(key, f"{algorithm}\n{hashed}".encode()))

    def _mac_sm3(self, key: bytes, message: bytes) -> bytes:
        return sign.hmac_with(self._sm3, key, message)

    def _signing_key(self, secret: bytes, scope: tuple[str, ...], mac: Callable[[bytes, bytes], bytes]) -> bytes:
        """The V4 key of a secret for (algorithm, date, region, product)."""
        found = self._derived.get((secret, scope))
        if found is None:
            found = b"aliyun_v4" + secret
            for part in (*scope[1:], _SCOPE_END):
                found = mac(found, part.encode(errors="surrogatepass"))
            if len(self._derived) >= DERIVED_KEYS_MAX:
                self._derived.clear()
            self._derived[secret, scope] = found
        return found


def rpc_signature(method: str, parameters: dict[str, str], secret: bytes, digest: str) -> bytes:
    """The V1 signature in base64. ``parameters``: all of them, decoded; ``Signature`` itself does not count."""
    query = sign.canonical_query((name, value) for name, value in parameters.items() if name != "Signature")
    # The canonical query holds unreserved characters and these three only.
    again = query.replace("%", "%25").replace("&", "%26").replace("=", "%3D")
    return binascii.b2a_base64(hmac.digest(secret + b"&", f"{method}&%2F&{again}".encode(), digest), newline=False)


def _check_time(claim: Claim, now_ms: int) -> int:
    """Point 2: when it was signed, in milliseconds."""
    if not claim.time:
        raise faults.ClockMalformed(parameter="Timestamp")
    moment = sign.parse_instant(claim.time)
    if moment is None:
        raise faults.ClockMalformed(parameter="Timestamp", reason="format")
    if abs(now_ms - moment) > SKEW_MS:
        raise faults.ClockSkewed
    return moment


def _body_hash(claim: HeaderClaim, request: Request, digest: Callable[[bytes], bytes]) -> str:
    """The hash of the body, which the announced one must equal. SDKs differ in the header's name for SM3."""
    headers = request.headers
    announced = headers.get("x-acs-content-sha256")
    if announced is None and claim.algorithm.endswith("SM3"):
        announced = headers.get("x-acs-content-sm3")
    if announced is None:
        raise faults.MissingParameter(parameter="x-acs-content-sha256")
    actual = _EMPTY_SHA256 if not request.body and digest is _sha256 else digest(request.body).hex()
    if not hmac.compare_digest(actual.encode(), announced.lower().encode(errors="surrogatepass")):
        raise faults.BodyDigestMismatch
    return actual


def _sha256(message: bytes) -> bytes:
    return hashlib.sha256(message).digest()


def _mac_sha256(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def _sm3(vault: Vault) -> Callable[[bytes], bytes]:
    """SM3 from the interpreter where its OpenSSL has it, else from the vault."""
    try:
        hashlib.new("sm3")
    except ValueError:
        return lambda message: vault.digest("sm3", message)
    return lambda message: hashlib.new("sm3", message).digest()
