"""Change a trail in every way and count what verification misses.

    python tests/audit/mutations.py [HOW MANY] [SEED]        10,000 by default; fails if one is not found

The trail: some 500 lines in several segments with checkpoints, as the server writes it. Forgers here know everything
about the format and have no audit key.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from trail_setup import SLOW, event, signer, trail

from bitting.audit import chain
from bitting.audit.chain import Head
from bitting.audit.verify import verify

Files = dict[str, bytes]
Mutation = Callable[[random.Random, Files], Files]


def build(directory: Path, records: int = 500) -> Files:
    held = trail(directory, replace(SLOW, segment_bytes=40_000, checkpoint_s=0))
    for number in range(records):
        held.record(event(number, outcome=("ok", "KeyDisabled")[number % 2], changed=(f"key/{number}:state",)))
        if not number % 7:
            held.flush()
        if not number % 50:
            held._sign()
    held.close()
    return {path.name: path.read_bytes() for path in directory.iterdir() if path.suffix in {".jsonl", ".json"}}


def segments(files: Files) -> list[str]:
    return sorted(name for name in files if name.endswith(".jsonl"))


def every_line(files: Files) -> list[tuple[str, bytes]]:
    return [(name, line) for name in segments(files) for line in files[name].splitlines()]


def joined(files: Files, lines: list[tuple[str, bytes]]) -> Files:
    made = dict.fromkeys(segments(files), b"")
    for name, line in lines:
        made[name] += line + b"\n"
    return {**files, **made}


def chained(lines: list[tuple[str, bytes]], start: int) -> list[tuple[str, bytes]]:
    """Make the chain good again from line ``start`` on, as a forger without the key would."""
    head = chain.head_of(lines[start - 1][1], start) if start else Head()
    made = lines[:start]
    for name, line in lines[start:]:
        payload = b"{" + line.split(b",", 2)[2]
        text, head = chain.append(head, payload)
        made.append((name, text))
    return made


def flip_bit(chance: random.Random, files: Files) -> Files:
    name = chance.choice([*segments(files), *segments(files), "head.json"])
    text = bytearray(files[name])
    text[chance.randrange(len(text))] ^= 1 << chance.randrange(8)
    return {**files, name: bytes(text)}


def drop_line(chance: random.Random, files: Files) -> Files:
    lines = every_line(files)
    del lines[chance.randrange(len(lines))]
    return joined(files, lines)


def drop_and_chain(chance: random.Random, files: Files) -> Files:
    lines, at = every_line(files), 0
    at = chance.randrange(len(lines))
    del lines[at]
    return joined(files, chained(lines, at))


def double_line(chance: random.Random, files: Files) -> Files:
    lines = every_line(files)
    at = chance.randrange(len(lines))
    lines.insert(chance.randrange(len(lines)), lines[at])
    return joined(files, lines)


def swap_lines(chance: random.Random, files: Files) -> Files:
    lines = every_line(files)
    a, b = chance.sample(range(len(lines)), 2)
    lines[a], lines[b] = (lines[a][0], lines[b][1]), (lines[b][0], lines[a][1])
    return joined(files, lines)


def swap_and_chain(chance: random.Random, files: Files) -> Files:
    lines = every_line(files)
    a, b = sorted(chance.sample(range(len(lines)), 2))
    lines[a], lines[b] = (lines[a][0], lines[b][1]), (lines[b][0], lines[a][1])
    return joined(files, chained(lines, a))


def truncate(chance: random.Random, files: Files) -> Files:
    name = segments(files)[-1] if chance.random() < 0.7 else chance.choice(segments(files))
    return {**files, name: files[name][: chance.randrange(len(files[name]))]}


def truncate_lines(chance: random.Random, files: Files) -> Files:
    lines = every_line(files)
    kept = joined(files, lines[: chance.randrange(len(lines))])
    return {name: text for name, text in kept.items() if text}


def drop_segment(chance: random.Random, files: Files) -> Files:
    name = chance.choice(segments(files))
    return {other: text for other, text in files.items() if other != name}


def swap_segments(chance: random.Random, files: Files) -> Files:
    a, b = chance.sample(segments(files), 2)
    return {**files, a: files[b], b: files[a]}


def forge_field(chance: random.Random, files: Files) -> Files:
    lines = every_line(files)
    at = chance.choice([at for at, (_, line) in enumerate(lines) if b'"request"' in line])
    name, line = lines[at]
    lines[at] = (name, line.replace(b'"10.0.0.1"', b'"10.9.9.9"'))
    return joined(files, chained(lines, at))


def forge_insert(chance: random.Random, files: Files) -> Files:
    lines = every_line(files)
    at = chance.randrange(1, len(lines) + 1)
    forged = b'{"seq":0,"prev":"","kind":"request","time_ms":%d,"principal":"AK9"}' % chance.randrange(1 << 40)
    lines.insert(at, (lines[at - 1][0], forged))
    return joined(files, chained(lines, at))


def forge_retention(chance: random.Random, files: Files) -> Files:
    """Take the first segment away and say at the end that it went by age."""
    first = segments(files)[0]
    rest = {name: text for name, text in files.items() if name != first}
    last = files[first].splitlines()[-1]
    link = chain.read_link(last)
    assert link is not None
    text = b'{"seq":0,"prev":"","kind":"retention","last_seq":%d,"last_digest":"%s","x":%d}' % (
        link.seq, chain.head_of(last, link.seq).digest.encode(), chance.randrange(1 << 40),
    )  # fmt: skip
    lines = every_line(rest)
    end = chain.read_link(lines[-1][1])
    assert end is not None
    made, _ = chain.append(chain.head_of(lines[-1][1], end.seq), b"{" + text.split(b",", 2)[2])
    return joined(rest, [*lines, (lines[-1][0], made)])


MUTATIONS: dict[str, tuple[int, Mutation]] = {
    "flipped bit": (40, flip_bit),
    "dropped line": (8, drop_line),
    "dropped line, chain made good": (8, drop_and_chain),
    "doubled line": (6, double_line),
    "reordered": (8, swap_lines),
    "reordered, chain made good": (6, swap_and_chain),
    "truncated": (8, truncate),
    "truncated at a line": (4, truncate_lines),
    "dropped segment": (2, drop_segment),
    "exchanged segments": (2, swap_segments),
    "forged field, chain made good": (6, forge_field),
    "forged line, chain made good": (6, forge_insert),
    "forged retention": (2, forge_retention),
}


def run(count: int, seed: int, directory: Path) -> tuple[Counter[str], Counter[str]]:
    """(how many of each kind, how many of those were missed)."""
    chance, audit = random.Random(seed), directory / "audit"
    files = build(audit)
    public = signer(audit).public()
    assert public is not None
    clean = verify(audit, public)
    assert clean.good, clean.problems
    assert clean.segments > 3
    assert clean.checkpoints > 5
    tried: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    kinds = chance.choices(list(MUTATIONS), [weight for weight, _ in MUTATIONS.values()], k=count)
    for kind in kinds:
        mutated = MUTATIONS[kind][1](chance, files)
        if mutated == files:
            continue
        touched = [name for name in {*files, *mutated} if files.get(name) != mutated.get(name)]
        for name in touched:
            put(audit / name, mutated.get(name))
        tried[kind] += 1
        missed[kind] += verify(audit, public).good
        for name in touched:
            put(audit / name, files.get(name))
    assert verify(audit, public).good
    return tried, missed


def put(path: Path, text: bytes | None) -> None:
    if text is None:
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(text)


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 640
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as directory:
        tried, missed = run(count, seed, Path(directory))
    for kind, number in sorted(tried.items()):
        print(f"{number:6d} {kind}: {number - missed[kind]} found")
    found = tried.total() - missed.total()
    print(f"{found} of {tried.total()} mutations found in {time.monotonic() - started:.0f} s")
    return 1 if missed.total() else 0


if __name__ == "__main__":
    raise SystemExit(main())
