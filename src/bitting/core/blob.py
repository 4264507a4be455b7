"""The ciphertext blob: one content in a few encodings, so that every API decrypts what any other encrypted.

::

    body      version id (36 ASCII) | iv (12) | ciphertext | tag (16)                     n + 64
    framed    24 | 00 | algorithm | body                                                  n + 67
    padded    02 00 | framed | key id (36 ASCII) | 35 x 00                                n + 140
    enclosed  24 00 02 | framed or padded                                                 3 more; read, never made

``body`` is what Alibaba Cloud's OpenAPI returns, so that its transfer SDKs can cut it at 36 and 48 bytes, or put
24 00 02 in front of all of it. ``framed``: its first byte is the format, the high nibble of the second the format
version (0), the low nibble the padding mode (0, none). Its GCM form (algorithm 02) is byte for byte what the Instance
API's AdvanceEncrypt returns. ``padded`` meets the length bounds that Huawei Cloud (128 to 5648 base64 characters) and
Open Telekom Cloud (188 to 5648) document for 1 to 4096 bytes of plaintext: exactly 140 bytes over. ``enclosed`` is
what the transfer SDKs make of a blob that is no body: their 24 00 02 goes in front of whatever they are given.

The additional authenticated data (AAD) of GCM is the caller's and nothing else. The version id selects the key, so a
change of it, as of any other byte, fails authentication or parsing.

What the service seals for itself under callers' keys (values of secrets, their backups, managed data keys, capsules)
has additional data of :data:`DOMAINS`. Nobody else's may be of them, in either direction: otherwise whoever may decrypt
with the key would open a backup or a capsule around the checks that go with it.

One exception: a framed or padded blob can say that its plaintext is a string, so that APIs whose plaintexts are strings
give it back and do not show it in base64 (:mod:`bitting.core.texts`). Bit 80 of the algorithm byte is set (82, 85) and
the AAD is prefixed with :data:`TEXT_PREFIX`, so that the mark is authenticated too. Every API decrypts such a blob as a
whole; its parts alone (without the frame) decrypt only with that prefix. A bare body has no room for a mark and needs
none: string APIs make it. A version id is 36 characters, so the first byte of a bare body is never 24 or 02.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bitting.core.faults import InvalidCiphertext
from bitting.core.specs import Algorithm

IV_BYTES = 12
TAG_BYTES = 16
VERSION_ID_BYTES = 36
BODY_OVERHEAD = VERSION_ID_BYTES + IV_BYTES + TAG_BYTES
FRAMED_OVERHEAD = BODY_OVERHEAD + 3
PADDED_OVERHEAD = 140

_FRAME = 0x24
_FORMAT = 0x00
_PADDED = b"\x02\x00"
_TRAILER = bytes(PADDED_OVERHEAD - FRAMED_OVERHEAD - len(_PADDED) - VERSION_ID_BYTES)
_TRAILER_BYTES = VERSION_ID_BYTES + len(_TRAILER)

#: Algorithm byte of the frame. 02 is Alibaba's for AES-GCM; 05 for SM4-GCM is ours.
ALGORITHM_BYTES = {Algorithm.AES_GCM: 0x02, Algorithm.SM4_GCM: 0x05}
_PREFIX = {algorithm: bytes((_FRAME, _FORMAT, byte)) for algorithm, byte in ALGORITHM_BYTES.items()}
_BY_BYTE = {byte: algorithm for algorithm, byte in ALGORITHM_BYTES.items()}
_ENCLOSING = _PREFIX[Algorithm.AES_GCM]
_INNER = frozenset({_PADDED, bytes((_FRAME, _FORMAT))})
_TEXT_BIT = 0x80
_TEXT_FRAME = {algorithm: bytes((_FRAME, _FORMAT, byte | _TEXT_BIT)) for algorithm, byte in ALGORITHM_BYTES.items()}

#: How the service's own additional data begins, by what it seals; the last one is all of it.
SECRET_DOMAIN, DATA_KEY_DOMAIN, CAPSULE_DOMAIN = b"secret\0", b"managed_data_key\0", b"capsule\0"
BACKUP_DOMAIN = b"secret-backup/1"
DOMAINS = (SECRET_DOMAIN, DATA_KEY_DOMAIN, CAPSULE_DOMAIN)

#: Before the caller's additional data where the plaintext is text. No UTF-8 text starts with FF.
TEXT_PREFIX = b"\xfftext\0"


@dataclass(frozen=True, slots=True)
class Blob:
    """A parsed ciphertext. ``algorithm`` is None where the bytes do not say (a bare body).

    ``text``: the plaintext is marked as a string in UTF-8. ``enclosed``: see the module.
    """

    version_id: str
    iv: bytes
    sealed: bytes
    algorithm: Algorithm | None = None
    key_id: str = ""
    text: bool = False
    enclosed: bool = False

    @property
    def holds_text(self) -> bool:
        """Whether the plaintext was sealed as a string: the mark says so, or a string API's layout does."""
        return self.text or self.algorithm is None


def body(version_id: str, iv: bytes, sealed: bytes) -> bytes:
    """The body encoding."""
    return version_id.encode("ascii") + iv + sealed


def framed(blob: Blob) -> bytes:
    """The framed encoding. ``blob.algorithm`` must be a GCM mode."""
    assert blob.algorithm is not None  # noqa: S101 - the use case always sets it
    prefix = (_TEXT_FRAME if blob.text else _PREFIX)[blob.algorithm]
    return b"".join((prefix, blob.version_id.encode("ascii"), blob.iv, blob.sealed))


def is_reserved(aad: bytes) -> bool:
    """Whether additional data is the service's own, which it takes from no caller."""
    return aad.startswith(DOMAINS) or aad == BACKUP_DOMAIN


def authenticated_data(aad: bytes, *, text: bool) -> bytes:
    """The AAD that GCM gets for a caller's ``aad``."""
    return TEXT_PREFIX + aad if text else aad


def padded(blob: Blob) -> bytes:
    """The padded encoding; it names the key as well as the version."""
    return b"".join((_PADDED, framed(blob), blob.key_id.encode("ascii"), _TRAILER))


def parse(data: bytes) -> Blob:
    """Parse any of the encodings. Raises ``InvalidCiphertext`` for anything else, without details."""
    if data[:3] == _ENCLOSING and data[3:5] in _INNER:
        return replace(_parse_self_described(data[3:]), enclosed=True)
    return _parse_self_described(data)


def _parse_self_described(data: bytes) -> Blob:
    if data[:2] == _PADDED:
        return _parse_padded(data)
    if data[:1] == b"\x24":
        return _parse_framed(data)
    return _parse_body(data, None)


def _parse_padded(data: bytes) -> Blob:
    if len(data) < PADDED_OVERHEAD or data[-len(_TRAILER) :] != _TRAILER:
        raise InvalidCiphertext
    inner = _parse_framed(data[2:-_TRAILER_BYTES])
    try:
        key_id = data[-_TRAILER_BYTES : -len(_TRAILER)].decode("ascii")
    except UnicodeDecodeError:
        raise InvalidCiphertext from None
    return Blob(inner.version_id, inner.iv, inner.sealed, inner.algorithm, key_id, inner.text)


def _parse_framed(data: bytes) -> Blob:
    if len(data) < FRAMED_OVERHEAD or data[0] != _FRAME or data[1] != _FORMAT:
        raise InvalidCiphertext
    algorithm = _BY_BYTE.get(data[2] & ~_TEXT_BIT)
    if algorithm is None:
        raise InvalidCiphertext
    return _parse_body(data[3:], algorithm, text=bool(data[2] & _TEXT_BIT))


def _parse_body(data: bytes, algorithm: Algorithm | None, *, text: bool = False) -> Blob:
    if len(data) < BODY_OVERHEAD:
        raise InvalidCiphertext
    try:
        version_id = data[:VERSION_ID_BYTES].decode("ascii")
    except UnicodeDecodeError:
        raise InvalidCiphertext from None
    iv_end = VERSION_ID_BYTES + IV_BYTES
    return Blob(version_id, data[VERSION_ID_BYTES:iv_end], data[iv_end:], algorithm, text=text)
