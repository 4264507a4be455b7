"""Fixtures for every dialect's tests: a whole server in memory."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from runtime_in_memory import Runtime

from bitting.seals.file import FileSeal


@pytest.fixture(scope="session")
def file_seal(tmp_path_factory: pytest.TempPathFactory) -> FileSeal:
    return FileSeal(tmp_path_factory.mktemp("seal") / "root.key", create=True)


@pytest.fixture
def runtime(file_seal: FileSeal) -> Runtime:
    return Runtime(file_seal)


@pytest.fixture
def make_runtime(file_seal: FileSeal) -> Callable[[], Runtime]:
    return lambda: Runtime(file_seal)
