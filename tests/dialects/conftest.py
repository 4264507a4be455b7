"""Fixtures for every dialect's tests: a whole house in memory."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from house_in_memory import House

from bitting.seals.file import FileSeal


@pytest.fixture(scope="session")
def file_seal(tmp_path_factory: pytest.TempPathFactory) -> FileSeal:
    return FileSeal(tmp_path_factory.mktemp("seal") / "root.key", create=True)


@pytest.fixture
def house(file_seal: FileSeal) -> House:
    return House(file_seal)


@pytest.fixture
def make_house(file_seal: FileSeal) -> Callable[[], House]:
    return lambda: House(file_seal)
