"""The files of a trail: one chain through numbered segments, appended to by all processes of a server in turn.

::

    DIR/00000001.jsonl  00000002.jsonl ...   lines of the chain; the highest number is written
    DIR/lock                                 held while a batch is appended
    DIR/reserve                              a mebibyte set aside for the day the disk is full
    DIR/head.json                            the signed end of the chain (:mod:`bitting.audit.heads`)

A writer takes the lock, looks where the chain ends (its own memory if nobody wrote since, else the file's last line),
appends its batch in one ``write`` and lets go. So there is one order and one chain for all workers, without a process
for it and without anything to merge. What a killed process left half written is cut off and said so in the chain.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from bitting.audit import chain
from bitting.audit.chain import Head

SUFFIX = ".jsonl"
RESERVE = "reserve"
RESERVE_BYTES = 1 << 20
_FULL = (errno.ENOSPC, errno.EDQUOT)
_TAIL = 1 << 16
_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
_encode = msgspec.json.Encoder().encode


def segment_files(directory: Path) -> list[Path]:
    """The segments there are, in order."""
    return sorted(path for path in directory.glob(f"*{SUFFIX}") if path.stem.isdigit())


class Segments:
    """The writing end of a chain in one process. Not for two threads at a time."""

    def __init__(self, directory: Path, segment_bytes: int) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.directory = directory
        self._segment_bytes = segment_bytes
        self._lock = os.open(directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._file = -1
        self._path = directory / "none"
        self._size = -1
        self._head = Head()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else appends meanwhile."""
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._lock, fcntl.LOCK_UN)

    def append(self, payloads: Sequence[bytes], time_ms: int) -> Head:
        """Append records (JSON objects), all or none, and give the new end. Raises ``OSError``. Call it locked."""
        self._catch_up(time_ms)
        try:
            self._write(payloads)
        except OSError as error:
            if error.errno not in _FULL or not self._release_reserve():
                raise
            self._write(payloads)
        if self._size >= self._segment_bytes:
            self.rotate(time_ms)
        return self._head

    def head(self, time_ms: int) -> Head:
        """The end of the chain now. Raises ``OSError``. Call it locked."""
        self._catch_up(time_ms)
        return self._head

    @property
    def writing(self) -> Path:
        """The segment that is written."""
        return self._path

    def sync(self) -> None:
        """Return when what was appended is on the disk. Raises ``OSError``."""
        os.fdatasync(self._file)

    def rotate(self, time_ms: int) -> None:
        """End the segment and begin the next. Raises ``OSError``. Call it locked."""
        number = int(self._path.stem)
        self._write([_encode({"kind": "end", "time_ms": time_ms, "segment": number})])
        os.fdatasync(self._file)
        self._begin(number + 1, time_ms, "")

    def ensure_reserve(self) -> str:
        """Set space aside, if it is not: with it, what is under way when the disk fills up can still be recorded.

        Why there is none; empty if there is.
        """
        place = self.directory / RESERVE
        if place.exists():
            return ""
        beside = self.directory / f"{RESERVE}.new"
        descriptor = -1
        try:
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            _fill(descriptor, RESERVE_BYTES)
            beside.rename(place)
        except OSError as error:
            beside.unlink(missing_ok=True)
            return error.strerror or type(error).__name__
        finally:
            if descriptor >= 0:
                os.close(descriptor)
        return ""

    def _release_reserve(self) -> bool:
        try:
            (self.directory / RESERVE).unlink()
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Let go of the files."""
        for descriptor in (self._file, self._lock):
            if descriptor >= 0:
                os.close(descriptor)
        self._file = self._lock = -1

    def _write(self, payloads: Sequence[bytes]) -> None:
        """All of them or none: what was written in part is cut off again."""
        head, lines = self._head, []
        for payload in payloads:
            line, head = chain.append(head, payload)
            lines.append(line)
        lines.append(b"")
        text = memoryview(b"\n".join(lines))
        written = 0
        try:
            while written < len(text):
                written += os.write(self._file, text[written:])
        except OSError:
            if written:
                os.ftruncate(self._file, self._size)
            raise
        self._size += written
        self._head = head

    def _catch_up(self, time_ms: int) -> None:
        """Bring file and head up to date with what other processes, and people, did since."""
        if self._file < 0:
            self._open_newest(time_ms)
        elif not self._is_current():
            self._leave(time_ms)
        elif os.fstat(self._file).st_size != self._size:
            self._read_tail(time_ms)

    def _is_current(self) -> bool:
        """Whether the file that is open is still there under its name, and is the newest."""
        try:
            there = self._path.stat()
        except FileNotFoundError:
            return False
        mine = os.fstat(self._file)
        successor = self._path.with_name(f"{int(self._path.stem) + 1:08d}{SUFFIX}")
        return (there.st_ino, there.st_dev) == (mine.st_ino, mine.st_dev) and not successor.exists()

    def _leave(self, time_ms: int) -> None:
        """The open file was rotated by another process, or moved or deleted by somebody.

        Its content goes on counting: the chain continues from its last line, which is still readable here.
        """
        old, gone = self._path, not self._path.exists()
        self._read_tail(time_ms, repair=False)
        head = self._head
        os.close(self._file)
        self._file = -1
        files = segment_files(self.directory)
        if files and int(files[-1].stem) > int(old.stem):
            self._open_newest(time_ms)
            return
        self._head = head
        self._begin(int(old.stem) + 1, time_ms, "moved" if gone else "replaced")

    def _open_newest(self, time_ms: int) -> None:
        files = segment_files(self.directory)
        if not files:
            self._begin(1, time_ms, "")
            return
        self._path = files[-1]
        self._file = os.open(self._path, _FLAGS, 0o600)
        self._read_tail(time_ms)

    def _begin(self, number: int, time_ms: int, reason: str) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._path = self.directory / f"{number:08d}{SUFFIX}"
        self._file = os.open(self._path, _FLAGS, 0o600)
        self._size = os.fstat(self._file).st_size
        head = {"kind": "segment", "time_ms": time_ms, "segment": number, "format": 1}
        self._write([_encode({**head, "reason": reason} if reason else head)])

    def _read_tail(self, time_ms: int, *, repair: bool = True) -> None:
        """Head and size from the file itself. A last line without its end is cut off, and the chain says so."""
        size = os.fstat(self._file).st_size
        tail = _last_lines(self._file, size)
        whole = tail.rfind(b"\n") + 1
        torn = len(tail) - whole
        self._size = size - torn
        last = tail[:whole].rstrip(b"\n").rpartition(b"\n")[2]
        link = chain.read_link(last)
        if link is not None:
            self._head = chain.head_of(last, link.seq)
        elif last:
            self._head = chain.head_of(last, self._head.seq + 1)
        if torn and repair:
            os.ftruncate(self._file, self._size)
            self._write([_encode({"kind": "torn", "time_ms": time_ms, "bytes": torn})])
        elif not last and repair:
            self._previous_head()
            number = int(self._path.stem)
            self._write([_encode({"kind": "segment", "time_ms": time_ms, "segment": number, "format": 1})])

    def _previous_head(self) -> None:
        """The segment is empty: its process was killed before it wrote the first line."""
        before = [path for path in segment_files(self.directory) if path.stem < self._path.stem]
        if not before:
            return
        text = before[-1].read_bytes().rstrip(b"\n").rpartition(b"\n")[2]
        link = chain.read_link(text)
        if link is not None:
            self._head = chain.head_of(text, link.seq)


def _fill(descriptor: int, size: int) -> None:
    """Give the file that many bytes of the disk."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, size)
    else:
        os.write(descriptor, bytes(size))


def _last_lines(descriptor: int, size: int) -> bytes:
    """The end of a file: as much as holds one whole line, all of it if there is none."""
    want = _TAIL
    while True:
        start = max(0, size - want)
        text = os.pread(descriptor, size - start, start)
        if not start or text.rstrip(b"\n").count(b"\n"):
            return text
        want *= 8
