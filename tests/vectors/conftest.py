"""A provider to push the vectors through: material in by import, results out by the handle."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bitting.core.material import KeyMaterial
from bitting.core.specs import SPECS
from bitting.providers.software.provider import SoftwareProvider


class OpenSeal:
    def __init__(self) -> None:
        self.key = KeyMaterial(bytes(32))

    def root_key(self) -> KeyMaterial:
        return self.key


@pytest.fixture(scope="session")
def provider() -> SoftwareProvider:
    return SoftwareProvider(OpenSeal())


@pytest.fixture(scope="session")
def load(provider: SoftwareProvider) -> Callable[[str, bytes], Any]:
    """load(spec name, material) -> handle, by way of import, wrapping and opening."""

    def loaded(name: str, material: bytes) -> Any:
        stored = provider.import_material(SPECS[name], KeyMaterial(material), b"vector")
        return provider.open(SPECS[name], stored, b"vector")

    return loaded


@pytest.fixture(scope="session")
def prehashing(provider: SoftwareProvider) -> SoftwareProvider:
    """A provider with Ed25519ph: the system's libcrypto, or the newer one that a database driver brings."""
    if provider.prehashes:
        return provider
    driver = importlib.util.find_spec("psycopg_binary")
    found = Path(driver.origin).parent.parent.glob("psycopg_binary.libs/libcrypto*") if driver else ()
    for path in found:
        other = SoftwareProvider(OpenSeal(), libcrypto=str(path))
        if other.prehashes:
            return other
    pytest.skip("no libcrypto >= 3.4 on this machine")
