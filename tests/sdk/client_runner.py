"""Runs the client scripts against one server, each once, and keeps what every step reported.

A step the plan promises and a client script does not report is a failed step, so a script that crashes, hangs or
forgets one cannot pass.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .clients.plan import CLIENTS, CROSSING, KEY_MAKER, KEYS_NEEDED, Client, open_step, steps_of
from .environments import Environments

CLIENTS_FOLDER = Path(__file__).resolve().parent / "clients"
#: A whole script takes a few seconds; this is for one that hangs.
SCRIPT_SECONDS = 150.0
_EARLY = ("keys", "seal", "operations")


@dataclass(frozen=True)
class Outcome:
    """What one step of one client came to. ``detail`` says what was seen, ``error`` why it failed."""

    client: str
    operation: str
    ok: bool
    detail: str = ""
    error: str = ""


@dataclass
class ClientRunner:
    """One server's clients. ``work`` is a folder of its own for the exchanged ciphertexts."""

    credentials: Path
    work: Path
    environments: Environments
    say: Callable[[str], None] = print
    _done: dict[tuple[str, str], dict[tuple[str, str], Outcome]] = field(default_factory=dict)

    def outcome(self, client: Client, operation: str) -> Outcome:
        """The outcome of one of ``client``'s own steps."""
        return self._run(client, "operations")[client.name, operation]

    def crossing(self, sealer: Client, opener: Client) -> Outcome:
        """Whether ``opener`` reads what ``sealer`` sealed."""
        for each in CROSSING:
            sealed = self._run(each, "operations")[each.name, "seal for the crossing"]
            if each is sealer and not sealed.ok:
                return Outcome(opener.name, open_step(sealer), ok=False, error=f"not sealed: {sealed.error}")
        return self._run(opener, "open")[opener.name, open_step(sealer)]

    def _run(self, client: Client, phase: str) -> dict[tuple[str, str], Outcome]:
        """All outcomes of the script of ``client`` in ``phase``, from the first and only run of it."""
        key = (client.script, phase)
        if key not in self._done:
            if client.environment in KEYS_NEEDED:
                self._run(KEY_MAKER, "operations")
            clients = [each for each in CLIENTS if each.script == client.script]
            phases = ("open",) if phase == "open" else _EARLY
            self._done[key] = self._run_script(clients, phases)
        return self._done[key]

    def _run_script(self, clients: list[Client], phases: tuple[str, ...]) -> dict[tuple[str, str], Outcome]:
        first = clients[0]
        python = self.environments.python(first.environment)
        self.work.mkdir(parents=True, exist_ok=True)
        command = [str(python), "-W", "ignore", str(CLIENTS_FOLDER / first.script), str(self.credentials)]
        command += ["--exchange", str(self.work)]
        command += [part for phase in phases for part in ("--phase", phase)]
        command += [part for client in clients for part in ("--client", client.name)]
        self.say(f"{first.script} ({', '.join(phases)})")
        try:
            done = subprocess.run(
                command,
                env=_surroundings(),
                cwd=self.work,
                capture_output=True,
                text=True,
                timeout=SCRIPT_SECONDS,
                check=False,
            )
            output, ending = done.stdout, f"the driver ended with {done.returncode}: {done.stderr[-2000:]}"
        except subprocess.TimeoutExpired as late:
            output = late.stdout.decode() if isinstance(late.stdout, bytes) else late.stdout or ""
            ending = f"the driver was still running after {SCRIPT_SECONDS:.0f} s and was ended"
        return _complete(_reported(output), clients, phases, ending)


def _surroundings() -> Mapping[str, str]:
    """The environment of a client script: nothing of the machine's cloud settings, proxies or Python paths."""
    foreign = ("PYTHON", "BITTING_", "ALIBABA_", "HUAWEI", "OS_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    kept = {name: value for name, value in kept.items() if not name.lower().endswith("_proxy")}
    return {**kept, "NO_PROXY": "127.0.0.1,localhost", "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def _reported(output: str) -> dict[tuple[str, str], Outcome]:
    """The report lines among whatever else an SDK prints."""
    found: dict[tuple[str, str], Outcome] = {}
    for line in output.splitlines():
        try:
            told = json.loads(line)
        except ValueError:
            continue
        if isinstance(told, dict) and {"client", "operation", "ok"} <= told.keys():
            outcome = Outcome(told["client"], told["operation"], told["ok"], told["detail"], told["error"])
            found[outcome.client, outcome.operation] = outcome
    return found


def _complete(
    found: dict[tuple[str, str], Outcome], clients: list[Client], phases: tuple[str, ...], ending: str
) -> dict[tuple[str, str], Outcome]:
    """Every promised step has an outcome; one that was not reported failed."""
    for client in clients:
        for phase in phases:
            for step in steps_of(client, phase):
                missing = Outcome(client.name, step, ok=False, error=f"not reported; {ending}")
                found.setdefault((client.name, step), missing)
    return found
