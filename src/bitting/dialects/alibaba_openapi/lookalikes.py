"""Parameters that no row knows but that look as if they meant one: refused, because ignoring them could be unsafe.

::

    EncryptionContext.a=1&EncryptionContext.b=2     the map form of some SDKs: read as {"a":"1","b":"2"}
    encryptioncontext, DryRun.x, dry_run, DryRuns   refused
    EncryptionContext on an operation without one   refused
    x-anything, Foo                                 ignored, as the cloud does

An unknown parameter alone is harmless, and clients of newer API versions send some. One that is a known name in another
case or with something behind a dot is the caller's mistake, and one that is nearly the name of a parameter on which
safety rests must not make the caller believe that a ciphertext is bound or that nothing will be done.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from bitting.core import faults

#: What binds a ciphertext, limits access, or says that nothing is to be done.
BINDING = (
    "EncryptionContext",
    "SourceEncryptionContext",
    "DestinationEncryptionContext",
    "Aad",
    "DryRun",
    "Recipient",
    "Policy",
    "AccessControlRules",
    "SourcePrivateIp",
)
#: Of every request, whatever the operation.
COMMON = frozenset(
    {
        "Action",
        "Version",
        "Format",
        "AccessKeyId",
        "Signature",
        "SignatureMethod",
        "SignatureVersion",
        "SignatureNonce",
        "SignatureType",
        "Timestamp",
        "SecurityToken",
        "RegionId",
    }
)
_NEAR = 2


def gather_map(values: dict[str, Any], name: str) -> None:
    """``Name.key=value`` becomes the object that ``Name`` holds in JSON.

    Raises ``InvalidParameter`` where both forms are sent: one of them would be ignored.
    """
    stem = f"{name}."
    members = [key for key in values if key.startswith(stem)]
    if not members:
        return
    if name in values:
        raise faults.InvalidParameter(parameter=name, reason="unwanted")
    values[name] = json.dumps({key.removeprefix(stem): values.pop(key) for key in members})


def refuse_lookalikes(values: Mapping[str, Any], known: frozenset[str], stems: Iterable[str]) -> None:
    """Raise ``InvalidParameter`` for the first unknown parameter that looks like one of ``known`` or of ``BINDING``.

    ``stems``: names of lists, whose ``Name.1`` has been read.
    """
    for name in values.keys() - known - COMMON:
        if _meant(name, known) and not any(name.startswith(f"{stem}.") for stem in stems):
            raise faults.InvalidParameter(parameter=name, reason="unknown")


@lru_cache(4096)
def _meant(name: str, known: frozenset[str]) -> bool:
    stem = _plain(name.partition(".")[0])
    if stem in {_plain(each) for each in known}:
        return True
    # shorter names are near to too many words
    return any(_near(stem, _plain(each)) if len(each) > 2 * _NEAR else stem == _plain(each) for each in BINDING)


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _near(one: str, other: str) -> bool:
    """Whether at most two letters are added, left out or changed."""
    if abs(len(one) - len(other)) > _NEAR:
        return False
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, start=1):
        before, row[0] = row[0], at
        for position, wanted in enumerate(other, start=1):
            change = before + (letter != wanted)
            before, row[position] = row[position], min(row[position] + 1, row[position - 1] + 1, change)
    return row[-1] <= _NEAR
