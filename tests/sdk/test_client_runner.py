"""The client runner itself: a step that was not reported fails, and environments are made once, whole or not at all."""

from __future__ import annotations

import ast
import json
import sys
import threading
from pathlib import Path

import pytest

from . import environments
from .client_runner import CLIENTS_FOLDER, ClientRunner
from .clients.plan import CANNOT_OPEN, CLIENTS, CROSSING, ENCRYPTS_NOTHING, Client, method_name, steps_of
from .environments import CHECKOUT, EnvironmentFailedError, Environments

PINS = sorted((CHECKOUT / "requirements").glob("sdk-*.txt"))


def _methods(script: str) -> set[str]:
    """The methods a client script has, its own and those of the shared steps it is built on."""
    names: set[str] = set()
    tree = ast.parse((CLIENTS_FOLDER / script).read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        if isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        if isinstance(node, ast.ImportFrom) and node.module and (CLIENTS_FOLDER / f"{node.module}.py").exists():
            names |= _methods(f"{node.module}.py")
    return names


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_driver_has_a_method_for_every_step(client: Client) -> None:
    methods = _methods(client.script)
    if "take" not in methods:
        assert {method_name(step) for step in client.steps} - methods == set()
    assert len(set(client.steps)) == len(client.steps)
    assert client.environment in environments.names()


def test_every_api_crosses_to_every_other() -> None:
    assert {client.environment for client in CROSSING} == set(environments.names()) - ENCRYPTS_NOTHING
    for client in CROSSING:
        unsent = CANNOT_OPEN.get(client.crossing, ())
        assert len(steps_of(client, "open")) == len(CROSSING) - 1 - len(unsent)


@pytest.mark.parametrize("pins", PINS, ids=lambda pins: pins.stem)
def test_every_pin_has_a_version_and_a_hash_and_no_address(pins: Path) -> None:
    text = pins.read_text()
    assert "//" not in text
    assert "--index" not in text
    requirements = text.replace("\\\n", " ").splitlines()
    pinned = [line for line in requirements if line.strip() and not line.strip().startswith("#")]
    assert pinned
    for line in pinned:
        assert "==" in line.split()[0], line
        assert "--hash=sha256:" in line, line


def _client_runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> ClientRunner:
    """A client_runner whose only client script is ``script``, run by this very Python."""
    (tmp_path / "driver.py").write_text(script)
    monkeypatch.setattr(f"{ClientRunner.__module__}.CLIENTS_FOLDER", tmp_path)
    monkeypatch.setattr(f"{ClientRunner.__module__}.CLIENTS", (ONLY,))
    monkeypatch.setattr(Environments, "python", lambda _self, _name: Path(sys.executable))
    return ClientRunner(
        tmp_path / "credentials.json", tmp_path / "work", Environments(say=lambda _line: None), lambda _line: None
    )


ONLY = Client("only", "huawei", "driver.py", ("first", "second"))


def test_a_step_that_is_not_reported_has_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = {"client": "only", "operation": "first", "ok": True, "detail": "seen", "error": ""}
    client_runner = _client_runner(
        tmp_path, monkeypatch, f"print('noise'); print({json.dumps(line)!r}); raise SystemExit('boom')"
    )
    assert client_runner.outcome(ONLY, "first").ok
    second = client_runner.outcome(ONLY, "second")
    assert not second.ok
    assert "boom" in second.error


def test_a_driver_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{ClientRunner.__module__}.SCRIPT_SECONDS", 0.5)
    client_runner = _client_runner(tmp_path, monkeypatch, "import time; time.sleep(60)")
    assert "still running" in client_runner.outcome(ONLY, "first").error


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "requirements").mkdir()
    for name in ("build", "one"):
        (tmp_path / "requirements" / f"sdk-{name}.txt").write_text("# nothing\n")
    return tmp_path


def _makes(monkeypatch: pytest.MonkeyPatch, *, failing: str = "") -> list[tuple[str, ...]]:
    """Replace what runs venv and pip; returns the commands it is given."""
    commands: list[tuple[str, ...]] = []

    def run(*command: str) -> None:
        commands.append(command)
        if "venv" in command:
            Path(command[-1]).mkdir(parents=True)
        if failing and failing in command:
            raise EnvironmentFailedError(failing)

    monkeypatch.setattr(environments, "_run", run)
    return commands


def test_an_environment_is_made_once_even_by_many(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = _makes(monkeypatch)
    made = Environments(checkout, checkout / "cache", lambda _line: None)
    threads = [threading.Thread(target=made.python, args=("one",)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [command[2] for command in commands].count("venv") == 1
    assert made.is_ready("one")
    assert all("--require-hashes" in command for command in commands if "install" in command)


def test_an_interrupted_environment_is_made_again(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _makes(monkeypatch, failing="check")
    made = Environments(checkout, checkout / "cache", lambda _line: None)
    with pytest.raises(EnvironmentFailedError):
        made.python("one")
    assert not made.is_ready("one")
    assert _makes(monkeypatch) == []
    made.python("one")
    assert made.is_ready("one")


def test_other_pins_are_another_environment(checkout: Path) -> None:
    made = Environments(checkout, checkout / "cache", lambda _line: None)
    before = made.folder("one")
    (checkout / "requirements" / "sdk-one.txt").write_text("# something else\n")
    assert made.folder("one") != before
