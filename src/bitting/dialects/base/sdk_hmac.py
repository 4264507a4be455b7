r"""Who sent this, for the APIs that take an access key signature or an X-Auth-Token.

::

    Authorization: SDK-HMAC-SHA256 Access=<id>, SignedHeaders=<h1;h2>, Signature=<hex>

    canonical request   METHOD \n URI \n QUERY \n HEADERS \n SIGNEDHEADERS \n BODYHASH
    string to sign      SDK-HMAC-SHA256 \n X-Sdk-Date \n hex(sha256(canonical request))
    signature           hex(hmac-sha256(secret, string to sign))

What is proved, in order (the numbers are in the code):

1. The date is readable and within fifteen minutes of our clock, either way.
2. The body is the one that was signed, unless its sender signed UNSIGNED-PAYLOAD.
3. The access key exists, and its secret made the signature, compared in constant time.
4. The access key is enabled and in its time; a temporary one came with its own security token.
5. The project asked for is one the access key may use.

Sources: Huawei Cloud "AK/SK signing and authentication algorithm", SDK core 3.1 (Python and Go). Shared by
the key management and the identity dialect, which may not import each other.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from hashlib import sha256

from bitting.core import faults
from bitting.core.key_cache import View
from bitting.core.ports import Clock, Vault
from bitting.core.usecases import credentials
from bitting.core.usecases.credentials import Credential
from bitting.dialects.base.http import Request
from bitting.wire.form import pairs
from bitting.wire.sign import canonical_headers, canonical_query, instant, quote

ALGORITHM = "SDK-HMAC-SHA256"
SKEW_MS = 15 * 60 * 1000
UNSIGNED = "UNSIGNED-PAYLOAD"
_PREFIX = ALGORITHM + " "
_ONCE = frozenset(("authorization", "host", "x-auth-token", "x-sdk-date", "x-sdk-content-sha256", "x-security-token"))
_EMPTY_DIGEST = sha256(b"").hexdigest()


class Proofs:
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
        if authorization[:9] == "SDK-HMAC-" or (authorization and "x-auth-token" not in request.headers):
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
        access_key_id, names, signature = _parse(authorization)
        now_ms = self._clock.now_ms()
        date = request.headers.get("x-sdk-date", "")
        sent_ms = instant(date)
        if sent_ms is None:  # 1
            raise faults.ClockMalformed(parameter="X-Sdk-Date")
        if abs(self._clock.wall_ms() - sent_ms) > SKEW_MS:
            raise faults.ClockSkewed
        digest = _body_digest(request)  # 2
        mismatch = None
        try:
            found = credentials.access_key(view, self._vault, access_key_id, project_id)
        except faults.ProjectMismatch as fault:  # 5, told only to those who pass 3 and 4
            mismatch = fault
            found = credentials.access_key(view, self._vault, access_key_id)
        if found is None:  # 3
            raise faults.UnknownAccessKey(access_key_id=access_key_id)
        _check(request, found.secret, names, date, digest, signature, greedy)
        found.admit(now_ms, request.headers.get("x-security-token", ""))  # 4
        if mismatch is not None:
            raise mismatch
        return found


def _parse(authorization: str) -> tuple[str, str, str]:
    """Access key id, signed header names and signature. Raises ``IdentityFault``."""
    if authorization[: len(_PREFIX)] != _PREFIX:
        raise faults.UnsupportedSignatureMethod(method=authorization.partition(" ")[0])
    parts = {}
    for part in authorization[len(_PREFIX) :].split(","):
        name, _, value = part.strip().partition("=")
        parts[name] = value
    access_key_id, signature = parts.get("Access", ""), parts.get("Signature", "")
    if not access_key_id:
        raise faults.MissingAccessKey
    if len(signature) != 64 or not signature.isascii():
        raise faults.MissingSignature
    return access_key_id, parts.get("SignedHeaders", ""), signature


def _body_digest(request: Request) -> str:
    """What the canonical request says of the body. Raises ``BodyDigestMismatch``."""
    if not request.body:
        return _EMPTY_DIGEST
    announced = request.headers.get("x-sdk-content-sha256")
    if announced == UNSIGNED:
        return UNSIGNED
    digest = sha256(request.body).hexdigest()
    if announced and announced.lower() != digest:
        raise faults.BodyDigestMismatch
    return announced or digest


def _check(request: Request, secret: bytes, names: str, date: str, digest: str, signature: str, greedy: str) -> None:
    """Raises ``SignatureMismatch`` unless one way to write the request down gives the signature."""
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
            to_sign = f"{ALGORITHM}\n{date}\n{sha256(canonical).hexdigest()}"
            if hmac.compare_digest(hmac.digest(secret, to_sign.encode(), "sha256").hex(), signature):
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
