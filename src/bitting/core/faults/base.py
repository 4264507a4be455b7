"""The root of every refusal."""

from __future__ import annotations


class Fault(Exception):
    """Base of every refusal. Lost when it leaves the gate: the traceback and the cause."""

    def __init__(self, **details: str) -> None:
        super().__init__(type(self).__name__)
        self.__dict__.update(details)

    def detail(self, name: str) -> str:
        """The value of attribute ``name``, or the empty string."""
        return str(self.__dict__.get(name, ""))


def every_fault() -> dict[str, type[Fault]]:
    """All fault classes by name, the base included."""
    found: dict[str, type[Fault]] = {}
    pending: list[type[Fault]] = [Fault]
    while pending:
        kind = pending.pop()
        found[kind.__name__] = kind
        pending.extend(kind.__subclasses__())
    return found
