r"""Who sent this, for the APIs that take an access key signature or an X-Auth-Token.

::

    Authorization: SDK-HMAC-SHA256 Access=<id>, SignedHeaders=<h1;h2>, Signature=<hex>

    canonical request   METHOD \n URI \n QUERY \n HEADERS \n SIGNEDHEADERS \n BODYHASH
    string to sign      SDK-HMAC-SHA256 \n X-Sdk-Date \n hex(sha256(canonical request))
    signature           hex(hmac-sha256(secret, string to sign))

    SDK-HMAC-SM3        the same with SM3 in every place of SHA-256
    V11-HMAC-SHA256 Credential=<id>/<day>/<region>/<service>, ...
                        the day, region and service are the string's third line; the key is
                        hex(HKDF-SHA256(salt=id, secret, info=<day>/<region>/<service>, 32 bytes))
    SDK-HMAC-SHA256 Credential=<id>/<day>/<region>/<service>/sdk_request, ...
                        all after the id is the string's third line, region and service may be empty; the key is
                        HMAC-SHA256 in a chain from "SDK" + secret over day, region, service and "sdk_request"

What is proved, in order (the numbers are in the code):

1. The date is readable and within fifteen minutes of our clock, either way.
2. The body is the one that was signed, unless its sender signed UNSIGNED-PAYLOAD.
3. The access key exists, and its secret made the signature, compared in constant time.
4. The access key is enabled and in its time; a temporary one came with its own security token.
   The signature covers the host and the date.
5. The project asked for is one the access key may use.

Sources: Huawei Cloud "AK/SK signing and authentication algorithm", SDK core 3.1 (Python and Go); the scheme with
a scope as golangsdk (signer_helper.go) and with it older Terraform resources write it. Shared by the key management
and the identity dialect, which may not import each other.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256

from bitting.core import faults
from bitting.core.key_cache import View
from bitting.core.ports import Clock, Vault
from bitting.core.usecases.iam import credentials
from bitting.core.usecases.iam.credentials import Credential
from bitting.dialects.base.http import Request
from bitting.dialects.base.replay import Proof
from bitting.wire.form import pairs
from bitting.wire.sign import canonical_headers, canonical_query, hmac_with, parse_instant, quote

ALGORITHM = "SDK-HMAC-SHA256"
SKEW_MS = 15 * 60 * 1000
UNSIGNED = "UNSIGNED-PAYLOAD"
WITH_SM3 = "SDK-HMAC-SM3"
DERIVED = "V11-HMAC-SHA256"
SCOPE_END = "sdk_request"
_SCHEMES = frozenset((ALGORITHM, WITH_SM3, DERIVED))
_ONCE = frozenset(("authorization", "host", "x-auth-token", "x-sdk-date", "x-sdk-content-sha256", "x-security-token"))
#: What ties a signature to this server and to its time; a header that is not signed could be exchanged.
_SIGNED_ALWAYS = frozenset(("host", "x-sdk-date"))
_STARTS = ("SDK-HMAC-", "V11-HMAC-")
_EMPTY_DIGEST = sha256(b"").hexdigest()


class RequestAuthenticator:
    """Turns the evidence of a request into a credential. Stateless but for its ports."""

    __slots__ = ("_clock", "_vault")

    def __init__(self, vault: Vault, clock: Clock) -> None:
        self._vault = vault
        self._clock = clock

    def credential(self, request: Request, view: View, project_id: str = "", greedy: str = "") -> Credential:
        """The proved credential, scoped to ``project_id`` if one is given.

        A signature is preferred where a token came along as well. ``greedy``: the value of the path's last
        part if it may hold slashes. Raises ``IdentityFault``.
        """
        if request.repeated and not _ONCE.isdisjoint(request.repeated):
            raise faults.InvalidToken  # which of the two would be believed?
        authorization = request.headers.get("authorization", "")
        if authorization[:9] in _STARTS or (authorization and "x-auth-token" not in request.headers):
            return self._by_signature(request, view, authorization, project_id, greedy)
        token = request.headers.get("x-auth-token")
        if not token:
            raise faults.MissingCredentials
        return self.by_token(view, token)

    def by_token(self, view: View, text: str) -> Credential:
        """The credential of a token that is still good. Raises ``InvalidToken`` or ``ExpiredToken``."""
        found = credentials.token(view, text)
        if found is None:
            raise faults.InvalidToken
        found.admit(self._clock.now_ms())
        return found

    def _by_signature(
        self, request: Request, view: View, authorization: str, project_id: str, greedy: str
    ) -> Credential:
        sent = _parse(authorization)
        access_key_id = sent.access_key_id
        now_ms = self._clock.now_ms()
        date = request.headers.get("x-sdk-date", "")
        sent_ms = parse_instant(date)
        if sent_ms is None:  # 1
            raise faults.ClockMalformed(parameter="X-Sdk-Date")
        if abs(self._clock.wall_ms() - sent_ms) > SKEW_MS:
            raise faults.ClockSkewed
        if sent.info and sent.info.partition("/")[0] != date[:8]:
            raise faults.SignatureMismatch
        sm3 = partial(self._vault.digest, "sm3") if sent.scheme == WITH_SM3 else None
        digest = _body_digest(request, sm3)  # 2
        mismatch = None
        try:
            found = credentials.access_key(view, self._vault, access_key_id, project_id)
        except faults.ProjectMismatch as fault:  # 5, answered only to those who pass 3 and 4
            mismatch = fault
            found = credentials.access_key(view, self._vault, access_key_id)
        if found is None:  # 3
            raise faults.UnknownAccessKey(access_key_id=access_key_id)
        _check(request, _Key(found.secret, sent, sm3), date, digest, greedy)
        found.admit(now_ms, request.headers.get("x-security-token", ""))  # 4
        if request.proof is None:
            request.proof = Proof(access_key_id, sent.signature, sent_ms + SKEW_MS, nonce=False)
        if mismatch is not None:
            raise mismatch
        return found


@dataclass(frozen=True, slots=True)
class _Authorization:
    """An Authorization header, read. ``info``: the scope of a derived key, which starts with its day; or empty."""

    scheme: str
    access_key_id: str
    names: str
    signature: str
    info: str = ""


def _parse(authorization: str) -> _Authorization:
    """Raises ``IdentityFault``."""
    scheme, _, rest = authorization.partition(" ")
    if scheme not in _SCHEMES:
        raise faults.UnsupportedSignatureMethod(method=scheme)
    parts = {}
    for part in rest.split(","):
        name, _, value = part.strip().partition("=")
        parts[name] = value
    access_key_id, signature, info = parts.get("Access", ""), parts.get("Signature", ""), ""
    scoped = scheme == DERIVED or (scheme == ALGORITHM and "Access" not in parts and "Credential" in parts)
    if scoped:
        access_key_id, _, info = parts.get("Credential", "").partition("/")
    if not access_key_id:
        raise faults.MissingAccessKey
    if len(signature) != 64 or not signature.isascii() or (scoped and not _is_scope(scheme, info)):
        raise faults.MissingSignature
    if not _SIGNED_ALWAYS.issubset(parts.get("SignedHeaders", "").split(";")):
        raise faults.SignatureMismatch
    return _Authorization(scheme, access_key_id, parts.get("SignedHeaders", ""), signature, info)


def _is_scope(scheme: str, info: str) -> bool:
    """Whether a derived key's scope has the parts that its scheme wants."""
    parts = info.split("/")
    return len(parts) == 3 if scheme == DERIVED else len(parts) == 4 and parts[3] == SCOPE_END


def _chained(secret: bytes, info: str) -> bytes:
    """The key of a scope: each of its parts signed with what the one before gave."""
    key = b"SDK" + secret
    for part in info.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def _derived(access_key_id: str, secret: bytes, info: str) -> bytes:
    """HKDF (RFC 5869) of one block, written in hexadecimal: that text is the key."""
    extracted = hmac.digest(access_key_id.encode(), secret, "sha256")
    return hmac.digest(extracted, info.encode() + b"\x01", "sha256").hex().encode()


def _body_digest(request: Request, sm3: Callable[[bytes], bytes] | None) -> str:
    """What the canonical request says of the body. Raises ``BodyDigestMismatch``."""
    if not request.body:
        return sm3(b"").hex() if sm3 else _EMPTY_DIGEST
    announced = request.headers.get("x-sdk-content-sha256")
    if announced == UNSIGNED:
        return UNSIGNED
    digest = sm3(request.body).hex() if sm3 else sha256(request.body).hexdigest()
    if announced and announced.lower() != digest:
        raise faults.BodyDigestMismatch
    return announced or digest


@dataclass(frozen=True, slots=True)
class _Key:
    """A secret and how it signs. ``sm3``: the hash, where it is not SHA-256."""

    secret: bytes = field(repr=False)
    sent: _Authorization
    sm3: Callable[[bytes], bytes] | None

    def sign(self, canonical: bytes, date: str) -> str:
        """The signature of a canonical request."""
        if self.sm3 is not None:
            text = f"{WITH_SM3}\n{date}\n{self.sm3(canonical).hex()}"
            return hmac_with(self.sm3, self.secret, text.encode()).hex()
        hashed, sent = sha256(canonical).hexdigest(), self.sent
        if sent.info:
            hkdf = sent.scheme == DERIVED
            key = _derived(sent.access_key_id, self.secret, sent.info) if hkdf else _chained(self.secret, sent.info)
            return hmac.digest(key, f"{sent.scheme}\n{date}\n{sent.info}\n{hashed}".encode(), "sha256").hex()
        return hmac.digest(self.secret, f"{ALGORITHM}\n{date}\n{hashed}".encode(), "sha256").hex()


def _check(request: Request, key: _Key, date: str, digest: str, greedy: str) -> None:
    """Raises ``SignatureMismatch`` unless one way to write the request down gives the signature."""
    names = key.sent.names
    try:
        headers = canonical_headers(names.split(";"), request.headers)
    except KeyError:
        raise faults.SignatureMismatch from None
    query = canonical_query(pairs(request.query, plus=False)) if request.query else ""
    tail = f"\n{query}\n{headers}\n{names}\n{digest}"
    charsets = ("utf-8",) if tail.isascii() else ("latin-1", "utf-8")
    for uri in _canonical_uris(request, greedy):
        for charset in charsets:
            # A server may have read header bytes as Latin-1 or as UTF-8; clients sign UTF-8.
            canonical = f"{request.method}\n{uri}{tail}".encode(charset, errors="replace")
            if hmac.compare_digest(key.sign(canonical, date), key.sent.signature):
                return
    raise faults.SignatureMismatch


def _canonical_uris(request: Request, greedy: str) -> Iterator[str]:
    """The ways a client may have written the path down, likeliest first, each once.

    The Python SDK unquotes the whole path and encodes each segment; the Go SDK encodes what it sends, escapes
    included; others sign the path as sent. A slash inside the last part may have been an escape.
    """
    plain = _slashed(_encoded(request.path))
    yield plain
    if request.raw_path in {"", request.path} and "%" not in plain and not greedy:
        return  # nothing was escaped: every way gives the same
    seen = {plain}
    for uri in _rarer_uris(request, greedy):
        if uri not in seen:
            seen.add(uri)
            yield uri


def _rarer_uris(request: Request, greedy: str) -> Iterator[str]:
    if request.raw_path:
        yield _slashed(request.raw_path)
        yield _slashed(_encoded(request.raw_path))
    yield _slashed(_encoded(_encoded(request.path)))
    if greedy and request.path.endswith(greedy):
        head = _encoded(request.path[: -len(greedy)])
        yield _slashed(head + quote(greedy))
        yield _slashed(head + quote(quote(greedy)))


def _encoded(path: str) -> str:
    """Each segment encoded."""
    joined = path.replace("/", "~")  # which needs no escape itself
    if quote(joined) == joined:
        return path
    return "/".join([quote(segment) for segment in path.split("/")])


def _slashed(path: str) -> str:
    return path if path.endswith("/") else path + "/"
