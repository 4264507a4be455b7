"""Nonces that were used, in memory that all workers of this machine share.

::

    parent: SharedNonces() ── fork ──> every worker sees the same table
    spend(owner, nonce) ── keyed hash ──> bucket of 16 slots | fingerprints 16 x 8 | expiries 16 x 4 |
        there and not expired: used before        else: written over whatever expires first

1. Look and write happen under a lock on the bucket's byte in the table's file: of two processes with the same
   nonce one is first. The kernel takes the lock from a process that dies. Threads of one process exclude each
   other by a lock of their own, since the kernel's does not tell them apart.
2. The table has a fixed size (a million nonces, 12 MiB). A full bucket forgets what would have expired first: over
   about a thousand signed requests a second for a quarter of an hour, the oldest could be replayed.
3. Fingerprints are keyed at start, so nobody can choose nonces that meet in a bucket. Two different nonces of one
   bucket have the same fingerprint once in 2^60: then a good request is refused once.

Nothing outlives the server: after a restart the first 15 minutes' requests could be replayed once, which the time in
them bounds.
"""

from __future__ import annotations

import fcntl
import hashlib
import mmap
import os
import struct
import tempfile
import threading

SLOTS = 16
BUCKETS = 65_536
_BUCKET_BYTES = SLOTS * 12
_EXPIRIES = struct.Struct(f"<{SLOTS}I")
_EXPIRIES_AT = SLOTS * 8
_EXPIRY = struct.Struct("<I")


class SharedNonces:
    """A :class:`bitting.core.ports.Nonces`. Make it before the workers are forked; ``buckets``: a power of two."""

    def __init__(self, buckets: int = BUCKETS) -> None:
        self._mask = buckets - 1
        self._key = os.urandom(16)
        self._file = _nameless_file(buckets * _BUCKET_BYTES)
        self._table = mmap.mmap(self._file, buckets * _BUCKET_BYTES)
        self._lock = threading.Lock()

    def spend(self, owner: str, nonce: str, expires_ms: int, now_ms: int) -> bool:
        """True the first time, until ``expires_ms``. Costs microseconds and never waits for longer."""
        text = f"{owner}\0{nonce}".encode(errors="surrogatepass")
        digest = hashlib.blake2b(text, digest_size=16, key=self._key).digest()
        bucket = int.from_bytes(digest[8:], "little") & self._mask
        with self._lock:
            fcntl.lockf(self._file, fcntl.LOCK_EX, 1, bucket)
            try:
                return self._spend(bucket * _BUCKET_BYTES, digest[:8], expires_ms // 1000 + 1, now_ms // 1000)
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN, 1, bucket)

    def _spend(self, start: int, fingerprint: bytes, expires_s: int, now_s: int) -> bool:
        held = self._table[start : start + _BUCKET_BYTES]
        expiries = _EXPIRIES.unpack_from(held, _EXPIRIES_AT)
        at = held.find(fingerprint, 0, _EXPIRIES_AT)
        while at >= 0:
            if not at % 8 and expiries[at // 8] > now_s:
                return False
            at = held.find(fingerprint, at + 1, _EXPIRIES_AT)
        slot = expiries.index(min(expiries))
        place = start + slot * 8
        self._table[place : place + 8] = fingerprint
        _EXPIRY.pack_into(self._table, start + _EXPIRIES_AT + slot * 4, min(expires_s, 0xFFFFFFFF))
        return True


def _nameless_file(size: int) -> int:
    """A file without a name, gone with its last process: memory where the system has such files."""
    if hasattr(os, "memfd_create"):
        file = os.memfd_create("nonces")
    else:
        with tempfile.TemporaryFile() as made:
            file = os.dup(made.fileno())
    os.ftruncate(file, size)
    return file
