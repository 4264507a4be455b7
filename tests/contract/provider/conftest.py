"""Which providers the contract suite runs against, and one opened key of every spec for each.

::

    backend ──> keys(spec) ──> GeneratedKey(stored, handle)     made once a session: RSA-4096 is slow to make
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from bitting.core.material import KeyMaterial
from bitting.core.ports import StoredMaterial
from bitting.core.specs import SPECS, KeySpec
from bitting.providers.software.provider import SoftwareProvider
from bitting.providers.software.wrap import KEY_LABEL, RootWrap

BINDING = b"account/key/version/spec"


class FixedSeal:
    """A seal that is open, with a key known to the test."""

    def __init__(self, root: bytes = bytes(range(32))) -> None:
        self.key = KeyMaterial(root)

    def root_key(self) -> KeyMaterial:
        return self.key


@dataclass
class GeneratedKey:
    """A key as the provider made it."""

    spec: KeySpec
    stored: StoredMaterial
    handle: Any


class Backend:
    """One provider under test."""

    def __init__(self, seal: FixedSeal, provider: SoftwareProvider) -> None:
        self.seal = seal
        self.provider = provider
        self.binding = BINDING
        self._generated: dict[str, GeneratedKey] = {}

    def key(self, spec: KeySpec) -> GeneratedKey:
        if not self.provider.supports(spec):
            pytest.skip(f"{self.provider.name} has no {spec.name} on this machine")
        if spec.name not in self._generated:
            stored = self.provider.create(spec, BINDING)
            self._generated[spec.name] = GeneratedKey(spec, stored, self.provider.open(spec, stored, BINDING))
        return self._generated[spec.name]

    def material(self, spec: KeySpec) -> KeyMaterial:
        """The bare material behind :meth:`key`, which only a test with the root key can get at."""
        return RootWrap(self.seal).unwrap(KEY_LABEL, self.key(spec).stored.wrapped, BINDING)


@pytest.fixture(scope="session", params=["software"])
def backend() -> Backend:
    seal = FixedSeal()
    return Backend(seal, SoftwareProvider(seal))


@pytest.fixture(params=SPECS.values(), ids=SPECS.keys())  # type: ignore[call-overload]
def spec(request: pytest.FixtureRequest) -> KeySpec:
    return request.param


@pytest.fixture
def made(backend: Backend, spec: KeySpec) -> GeneratedKey:
    return backend.key(spec)
