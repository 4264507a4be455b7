"""Reads the vector files of the ``cryptography-vectors`` distribution.

::

    blocks("ciphers/AES/GCM/gcmDecrypt256.rsp") ──> (section, fields) ...
      section   {"ivlen": "96", ...} from [IVlen = 96], {"name": "P-256,SHA-256"} from [P-256,SHA-256]
      fields    {"key": "00ff...", ...} of one paragraph; a bare word (FAIL) is {"fail": ""}
    labelled("asymmetric/RSA/.../oaep-vect.txt") ──> (label, hex) ...   from "# Label:" and what follows
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cryptography_vectors

ROOT = Path(cryptography_vectors.__file__).parent


def blocks(name: str) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    section: dict[str, str] = {}
    fields: dict[str, str] = {}
    fresh = False
    for line in [*(ROOT / name).read_text("utf-8").splitlines(), ""]:
        text = line.strip()
        if (not text or text.startswith("[")) and fields:
            yield dict(section), fields
            fields = {}
        if text.startswith("["):
            section = section if fresh else {}
            fresh = True
            label, _, value = text[1:-1].partition("=")
            section.update({label.strip().lower(): value.strip()} if value else {"name": label.strip()})
        elif text and not text.startswith("#"):
            fresh = False
            label, _, value = text.partition("=")
            fields[label.strip().lower()] = value.strip()


def raw(fields: dict[str, str], *labels: str) -> list[bytes]:
    """The named fields, from hexadecimal."""
    return [bytes.fromhex(fields[label]) for label in labels]


def labelled(name: str) -> Iterator[tuple[str, bytes]]:
    label, digits = "", ""
    for line in [*(ROOT / name).read_text("utf-8").splitlines(), "# end"]:
        if line.startswith("#"):
            if digits:
                yield label, bytes.fromhex(digits if len(digits) % 2 == 0 else "0" + digits)
            label, digits = line.strip("# :").lower(), ""
        elif line.strip() and set(line) <= set("0123456789abcdefABCDEF "):
            digits += line.replace(" ", "")
