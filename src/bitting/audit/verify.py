"""Is the trail what the server wrote?

::

    every line     follows the one before it (number and SHA-256), from the first segment to the last
    checkpoints    signed by the audit key over the chain up to there
    head.json      signed; the chain reaches it, with the digest it says; nothing comes after it
    a gap at the start     only where the chain itself says that segments were dropped by age or size

So a line that was flipped, dropped, moved or inserted breaks the chain; a chain made anew does not fit the signatures;
one that ends early does not reach the head. What this cannot see: everything, head included, put back to an older
state (keep anchors elsewhere for that), and lines added to the end while the server runs, which it then signs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bitting.audit import chain, heads, signer
from bitting.audit.chain import Head, signed_text
from bitting.audit.segments import segment_files

PROBLEMS_MAX = 100


class Line(msgspec.Struct):
    """What verification reads of a line besides its link."""

    kind: str = ""
    time_ms: int = 0
    signature: str = ""
    segment: int = 0
    last_seq: int = 0
    last_digest: str = ""
    unsigned: int = 0
    count: int = 0


class Anchor(msgspec.Struct):
    """Where the chain was once, kept elsewhere."""

    seq: int
    digest: str
    time_ms: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as the server wrote it."""

    where: str
    what: str


@dataclass(slots=True)
class Report:
    """What was found. ``warnings`` are facts that the server itself recorded, such as a start after a kill."""

    segments: int = 0
    lines: int = 0
    requests: int = 0
    checkpoints: int = 0
    first_seq: int = 0
    last_seq: int = 0
    signed_to: int = 0
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether everything is as it was written."""
        return not self.problems

    def add(self, where: str, what: str) -> None:
        """One problem more, up to ``PROBLEMS_MAX``."""
        if len(self.problems) < PROBLEMS_MAX:
            self.problems.append(Problem(where, what))


_decode = msgspec.json.Decoder(Line).decode


def verify(
    directory: Path,
    public: Ed25519PublicKey,
    *,
    anchors: Iterable[Anchor] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Read the whole trail. ``progress`` is told (bytes done, bytes in all). Raises ``OSError``."""
    return _Verification(directory, public, anchors).run(progress)


class _Verification:
    def __init__(self, directory: Path, public: Ed25519PublicKey, anchors: Iterable[Anchor]) -> None:
        self._directory = directory
        self._public = public
        self._report = Report()
        self._head = Head()
        self._dropped: set[tuple[int, str]] = set()
        self._expected: dict[int, list[tuple[str, str]]] = {}
        self._signed = self._signed_head()
        if self._signed is not None:
            self._expect(self._signed.seq, self._signed.digest, heads.NAME)
        for each in anchors:
            self._expect(each.seq, each.digest, f"anchor {each.seq}")

    def run(self, progress: Callable[[int, int], None] | None) -> Report:
        files = segment_files(self._directory)
        sizes = [path.stat().st_size for path in files]
        done = 0
        if not files:
            self._report.add(str(self._directory), "there is no segment")
        start = self._start(files)
        for path, size in zip(files, sizes, strict=True):
            self._segment(path)
            done += size
            if progress is not None:
                progress(done, sum(sizes))
        if start != Head() and (start.seq, start.digest) not in self._dropped:
            self._report.add(files[0].name, f"lines 1 to {start.seq} are missing, and the chain does not say why")
        self._end()
        return self._report

    def _expect(self, seq: int, digest: str, who: str) -> None:
        self._expected.setdefault(seq, []).append((digest, who))

    def _signed_head(self) -> heads.SignedHead | None:
        try:
            found = heads.read(self._directory)
        except ValueError as error:
            self._report.add(heads.NAME, str(error))
            return None
        if found is None:
            self._report.add(heads.NAME, "is missing")
        elif not signer.verify(self._public, found.signature, found.message):
            self._report.add(heads.NAME, "the signature is not by the audit key")
            return None
        return found

    def _start(self, files: list[Path]) -> Head:
        """Where the first line says it starts, if it is not the first of all."""
        if not files:
            return Head()
        first = chain.read_link(files[0].read_bytes().partition(b"\n")[0])
        if first is None or first.seq == 1:
            return Head()
        self._head = Head(first.seq - 1, first.prev)
        return self._head

    def _segment(self, path: Path) -> None:
        report, text = self._report, path.read_bytes()
        report.segments += 1
        if not text.endswith(b"\n"):
            report.add(path.name, "the last line has no end")
        for number, line in enumerate(text.removesuffix(b"\n").split(b"\n"), 1):
            where = f"{path.name}:{number}"
            read = self._link(line, where)
            if number == 1 and read is not None and (read.kind, read.segment) != ("segment", int(path.stem)):
                report.add(where, "is not the first line of this segment")

    def _link(self, line: bytes, where: str) -> Line | None:
        report, head = self._report, self._head
        link = chain.read_link(line)
        if link is None:
            report.add(where, "is no line of a chain")
            self._head = chain.head_of(line, head.seq + 1)
            return None
        if link.seq != head.seq + 1:
            report.add(where, f"line {head.seq + 1} should be here and line {link.seq} is")
        elif link.prev != head.digest:
            report.add(where, "does not follow the line before it: one of them was changed")
        try:
            read = _decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            report.add(where, "cannot be read")
            self._follow(line, link.seq, where)
            return None
        self._special(read, where)
        self._follow(line, link.seq, where)
        return read

    def _follow(self, line: bytes, seq: int, where: str) -> None:
        """The line is read: the next one has to follow it."""
        report = self._report
        self._head = chain.head_of(line, seq)
        self._reached(where)
        report.lines += 1
        report.first_seq = report.first_seq or seq
        report.last_seq = seq

    def _special(self, line: Line, where: str) -> None:
        report = self._report
        if line.kind == "request":
            report.requests += 1
        elif line.kind == "checkpoint":
            report.checkpoints += 1
            if not signer.verify(self._public, line.signature, signed_text("checkpoint", self._head, line.time_ms)):
                report.add(where, "the checkpoint is not signed by the audit key over this chain")
            else:
                report.signed_to = max(report.signed_to, self._head.seq)
        elif line.kind == "retention":
            self._dropped.add((line.last_seq, line.last_digest))
        elif line.kind == "resumed":
            report.warnings.append(
                f"{where}: the {line.unsigned} lines before it were signed only after a restart: the server was killed"
            )
        elif line.kind == "lost":
            report.warnings.append(f"{where}: {line.count} records were given up while the trail could not be written")

    def _reached(self, where: str) -> None:
        for digest, who in self._expected.pop(self._head.seq, ()):
            if digest != self._head.digest:
                self._report.add(where, f"is not the line that {who} speaks of")

    def _end(self) -> None:
        report = self._report
        for seq, held in self._expected.items():
            if seq and (not report.first_seq or seq > report.last_seq):
                report.add("end", f"the chain ends with line {report.last_seq}; {held[0][1]} speaks of line {seq}")
        if self._signed is None:
            return
        report.signed_to = max(report.signed_to, self._signed.seq)
        after = report.last_seq - self._signed.seq
        if after > 0:
            report.add("end", f"the last {after} lines are not signed (a running server signs within moments)")
