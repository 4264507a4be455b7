"""Every seal that ``settings.seal`` can name. A new seal is a module beside this one and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from bitting.core.ports import Seal
from bitting.seals.file import FileSeal

#: Takes the data directory and whether it is a first start; called once, before workers are forked.
SealFactory = Callable[[Path, bool], Seal]


def _file(directory: Path, first_start: bool) -> FileSeal:  # noqa: FBT001 - the factories' common signature
    return FileSeal(directory / "root.key", create=first_start)


SEALS: Mapping[str, SealFactory] = {"file": _file}
