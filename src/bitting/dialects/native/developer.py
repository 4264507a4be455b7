"""The rows that only a server in developer mode has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bitting.core.usecases.developer import faults_and_clock as dev
from bitting.core.usecases.operator.service import NoInput
from bitting.dialects.base.codecs import Integer, Text
from bitting.dialects.base.dialect import Call, UseCaseRunner
from bitting.dialects.base.operation import Field, Operation
from bitting.dialects.native.operations import PREFIX, RecordCodec

_WORD = Text(0, 128)
_FAULT = (
    Field("dialect", Text(1, 64), to="dialect", required=True),
    Field("operation", _WORD, to="operation"),
    Field("account_id", _WORD, to="account_id"),
    Field("line", Integer(0, 1 << 20), to="line"),
    Field("code", _WORD, to="code"),
    Field("percent", Integer(1, 100), to="percent"),
    Field("count", Integer(0, 1 << 30), to="count"),
    Field("latency_ms", Integer(0, 60_000), to="latency_ms"),
    Field("effect", _WORD, to="effect"),
)
_CLOCK = (Field("clock", RecordCodec()),)
_FAULTS = (Field("faults", RecordCodec()),)
_FAR = Integer(-(1 << 53), 1 << 53)


def rows(reset: Callable[[], None]) -> tuple[Operation, ...]:
    """``reset`` brings every record back to the seed."""

    def run_reset(_call: Call, run: UseCaseRunner) -> dict[str, Any]:
        run(dev.clock, NoInput())
        reset()
        return {"reset": True}

    def row(method: str, path: str, **rest: Any) -> Operation:
        return Operation(name=f"{method} {path}", method=method, path=PREFIX + path, **rest)

    return (
        row("POST", "dev/faults", use=dev.add_fault, request=_FAULT, response=(Field("fault", RecordCodec()),), ok=201),
        row("GET", "dev/faults", use=dev.list_faults, response=_FAULTS),
        row("DELETE", "dev/faults", use=dev.clear_faults, response=_FAULTS),
        row("GET", "dev/clock", use=dev.clock, response=_CLOCK),
        row(
            "POST",
            "dev/clock",
            use=dev.move_clock,
            request=(Field("by_ms", _FAR, to="by_ms"), Field("to_ms", _FAR, to="to_ms")),
            response=_CLOCK,
        ),
        row("DELETE", "dev/clock", use=dev.reset_clock, response=_CLOCK),
        row("POST", "dev/reset", composite=run_reset, response=(Field("result", RecordCodec()),)),
    )
