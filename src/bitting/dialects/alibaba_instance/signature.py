r"""Stop 3 of the Instance API: what the headers must say, and what the client key must have signed.

::

    headers ──examine()──> Evidence(client key id, signed bytes, signature)      no key needed yet
    POST \n content-sha256 \n content-type \n date \n x-kms-*: ... \n /     RSASSA-PKCS1-v1_5, SHA-256

Checks, in the order of the wire contract (section 8), each with its own error row:

1. ``x-kms-acccesskeyid`` is there.            5. ``date`` reads as RFC 1123.
2. ``x-kms-apiversion`` is ours.               6. It is within 15 minutes of our clock, either way.
3. ``x-kms-apiname`` is an operation.          7. ``content-type`` is protobuf, if present.
4. ``x-kms-signaturemethod`` is ours.          8. ``authorization`` is a word and base64.
                                               9. ``content-sha256`` is the body's.

Header values are taken as they came: the signature covers their text, not their meaning. Sources: Alibaba Cloud
"KMS Instance API: sign requests", the shipped SDKs (which say ``Bearer`` where the document says ``TOKEN``).
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
from calendar import timegm
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bitting.core import faults
from bitting.core.model.identity import Principal
from bitting.dialects.alibaba_instance.codec import InstanceOperation
from bitting.dialects.alibaba_instance.enum_maps import API_VERSION, CLIENT_KEY_HEADER, CONTENT_TYPE, SIGNATURE_METHOD
from bitting.dialects.base.http import Request

SKEW_MS_MAX = 15 * 60 * 1000
_SIGNED = frozenset({"content-sha256", "content-type", "date", "authorization"})
_SCHEMES = frozenset({"bearer", "token"})
_DAYS = frozenset({"Mon,", "Tue,", "Wed,", "Thu,", "Fri,", "Sat,", "Sun,"})
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = {name: number for number, name in enumerate(_NAMES, start=1)}
_ZONES = frozenset({"GMT", "UTC", "+0000"})
_DATES_MAX = 64


@dataclass(slots=True)
class SignatureEvidence:
    """What stop 3 needs to prove who asks; ``principal`` once it has."""

    client_key_id: str
    signed: bytes
    signature: bytes
    principal: Principal | None = None


def string_to_sign(request: Request) -> bytes:
    """The bytes a client key signs. A missing header is an empty line."""
    headers = request.headers
    lines = [
        request.method,
        headers.get("content-sha256", ""),
        headers.get("content-type", ""),
        headers.get("date", ""),
        *sorted(f"{name}:{value.strip()}" for name, value in headers.items() if name.startswith("x-kms-")),
        "/",
    ]
    # Header text that is no Unicode cannot have been signed as UTF-8: any bytes will do, so long as nothing breaks.
    return "\n".join(lines).encode(errors="backslashreplace")


def ambiguous(request: Request) -> bool:
    """Whether a header that the signature covers was sent twice: then it is not known which one was signed."""
    return any(name in _SIGNED or name.startswith("x-kms-") for name in request.repeated)


def parse_date(value: str) -> int:
    """Milliseconds since 1970 of an RFC 1123 date; one-digit days and ``UTC`` are served too.

    Raises ``ClockMalformed``.
    """
    parts = value.split()
    clock = parts[4].split(":") if len(parts) == 6 else []
    if len(clock) != 3 or parts[0] not in _DAYS or parts[2] not in _MONTHS or parts[5] not in _ZONES:
        raise faults.ClockMalformed(parameter="Date")
    numbers = (parts[3], parts[1], *clock)
    if len(parts[3]) != 4 or not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in numbers):
        raise faults.ClockMalformed(parameter="Date")
    year, day, hour, minute, second = map(int, numbers)
    try:
        moment = datetime(year, _MONTHS[parts[2]], day, hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError:
        raise faults.ClockMalformed(parameter="Date") from None
    if second > 60:
        raise faults.ClockMalformed(parameter="Date")
    return timegm(moment.timetuple()) * 1000


class SignatureVerifier:
    """Checks 1 to 9. Remembers the dates of the last few seconds: every request of a second sends the same text."""

    __slots__ = ("_dates", "_operations")

    def __init__(self, operations: Mapping[str, InstanceOperation]) -> None:
        self._operations = operations
        self._dates: dict[str, int] = {}

    def examine(self, request: Request, now_ms: int) -> tuple[InstanceOperation, SignatureEvidence]:
        """The row asked for and the evidence. Raises the fault of the first check that fails."""
        headers = request.headers
        client_key_id = headers.get(CLIENT_KEY_HEADER, "").strip()
        if not client_key_id:  # 1
            raise faults.MissingAccessKey
        version = headers.get("x-kms-apiversion", "").strip()
        if version != API_VERSION:  # 2
            raise faults.UnsupportedVersion(version=version)
        name = headers.get("x-kms-apiname", "").strip()
        operation = self._operations.get(name)
        if operation is None:  # 3
            raise faults.UnknownOperation(operation=name)
        method = headers.get("x-kms-signaturemethod", "").strip()
        if method != SIGNATURE_METHOD:  # 4
            raise faults.UnsupportedSignatureMethod(method=method)
        if abs(self._date(headers.get("date", "")) - now_ms) > SKEW_MS_MAX:  # 5, 6
            raise faults.ClockSkewed
        _check_type(headers.get("content-type"))  # 7
        signature = _signature(headers.get("authorization", ""))  # 8
        digest = hashlib.sha256(request.body).hexdigest().upper()
        claimed = headers.get("content-sha256", "").strip().upper()
        if not hmac.compare_digest(digest.encode(), claimed.encode(errors="replace")):  # 9
            raise faults.BodyDigestMismatch
        return operation, SignatureEvidence(client_key_id, string_to_sign(request), signature)

    def _date(self, value: str) -> int:
        known = self._dates.get(value)
        if known is None:
            known = parse_date(value)
            if len(self._dates) >= _DATES_MAX:
                self._dates.clear()
            self._dates[value] = known
        return known


def _check_type(value: str | None) -> None:
    if value is None or value == CONTENT_TYPE:
        return
    if value.partition(";")[0].strip().lower() != CONTENT_TYPE:
        raise faults.UnsupportedMediaType(media_type=value)


def _signature(value: str) -> bytes:
    scheme, _, encoded = value.strip().partition(" ")
    if scheme.lower() not in _SCHEMES:
        raise faults.MissingSignature
    try:
        signature = binascii.a2b_base64(encoded.strip(), strict_mode=True)
    except ValueError:
        raise faults.MissingSignature from None
    if not signature:
        raise faults.MissingSignature
    return signature
