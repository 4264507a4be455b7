"""One Python environment per set of clients that cannot live together.

An environment is made from ``requirements/sdk-<name>.txt`` with the plain ``venv`` and ``pip`` of the running
Python: every package pinned by version and hash. It lives in ``<cache>/<name>-<key>`` where the key is the hash of
the requirement files and the Python version, so it is made once and a changed pin makes a new one. Two processes
that want the same environment wait for each other on a lock file; one that was interrupted is made again.

``python tests/sdk/environments.py [NAME ...]`` makes them ahead of time (all of them without a name).
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
#: Where the environments are kept; the default is inside the checkout and ignored by git.
CACHE_VARIABLE = "BITTING_SDK_ENVS"
_READY = "ready"
_PIP = ("-m", "pip", "--disable-pip-version-check", "--no-input")

Say = Callable[[str], None]


class EnvironmentFailedError(RuntimeError):
    """An environment could not be made; the message holds the last lines of what pip said."""


def names(checkout: Path = CHECKOUT) -> tuple[str, ...]:
    """The names of all environments, from the requirement files there are."""
    files = sorted((checkout / "requirements").glob("sdk-*.txt"))
    found = (file.stem.removeprefix("sdk-") for file in files)
    return tuple(name for name in found if name != "build")


def default_cache(checkout: Path = CHECKOUT) -> Path:
    """``$BITTING_SDK_ENVS``, else ``.sdk-envs`` in the checkout."""
    return Path(os.environ.get(CACHE_VARIABLE) or checkout / ".sdk-envs").resolve()


@dataclass(frozen=True)
class Environments:
    """The environments of one checkout, made on first use. ``say`` is told about everything that takes time."""

    checkout: Path = CHECKOUT
    cache: Path = field(default_factory=default_cache)
    say: Say = print

    def requirements(self, name: str) -> Path:
        """The pinned requirements of environment ``name``."""
        return self.checkout / "requirements" / f"sdk-{name}.txt"

    def folder(self, name: str) -> Path:
        """Where environment ``name`` lives; the same pins on the same Python give the same folder."""
        digest = hashlib.sha256(sys.version.encode())
        for file in (self.requirements("build"), self.requirements(name)):
            digest.update(file.read_bytes())
        return self.cache / f"{name}-{digest.hexdigest()[:16]}"

    def is_ready(self, name: str) -> bool:
        """Whether ``python(name)`` would return at once."""
        return (self.folder(name) / _READY).exists()

    def python(self, name: str) -> Path:
        """The Python of environment ``name``, made now if it is not there. Raises ``EnvironmentFailedError``."""
        folder = self.folder(name)
        if not self.is_ready(name):
            with self._locked(name):
                if not self.is_ready(name):
                    self._make(name, folder)
        return folder / "bin" / "python"

    def prepare(self, wanted: Sequence[str] = ()) -> None:
        """Make every environment in ``wanted`` (all, when empty) that is not there yet."""
        missing = [name for name in wanted or names(self.checkout) if not self.is_ready(name)]
        for number, name in enumerate(missing, start=1):
            self.say(f"client environment {number} of {len(missing)}")
            self.python(name)

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        self.cache.mkdir(parents=True, exist_ok=True)
        with (self.cache / f"{name}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self.say(f"  {name}: another process is making it, waiting")
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _make(self, name: str, folder: Path) -> None:
        """Fill ``folder``; the ready mark is written last, so a half-made one is never used."""
        started = time.monotonic()
        self.say(f"  {name}: making it in {folder} (about ten seconds, once)")
        shutil.rmtree(folder, ignore_errors=True)
        _run(sys.executable, "-m", "venv", str(folder))
        python = str(folder / "bin" / "python")
        install = (*_PIP, "install", "--quiet", "--require-hashes", "--requirement")
        _run(python, *install, str(self.requirements("build")))
        # No build isolation: source distributions are built with the pinned tools just installed.
        _run(python, *install, str(self.requirements(name)), "--no-build-isolation")
        _run(python, *_PIP, "check")
        (folder / _READY).write_text("")
        self.say(f"  {name}: ready after {time.monotonic() - started:.0f} s")


def _run(*command: str) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        msg = f"{' '.join(command)} failed:\n{tail}"
        raise EnvironmentFailedError(msg)


def main(arguments: Sequence[str]) -> int:
    """Make the named environments, all without a name. 1 when one could not be made, 2 for an unknown name."""
    unknown = sorted(set(arguments) - set(names()))
    if unknown:
        print(f"no such environment: {', '.join(unknown)}; there are {', '.join(names())}", file=sys.stderr)
        return 2
    try:
        Environments().prepare(arguments)
    except EnvironmentFailedError as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
