"""The same house in memory that the dialects' tests live in, used here through the gate alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from runtime_in_memory import Runtime

from bitting.core.gate import RequestContext, UseCase
from bitting.core.model.identity import EVERYTHING, Principal, Statement
from bitting.seals.file import FileSeal


@dataclass
class Desk:
    """A house with somebody at the gate: ``run(use case, command)`` as the account's administrator."""

    runtime: Any
    principal: Principal

    @property
    def clock(self) -> Any:
        return self.runtime.clock

    def run(self, use: UseCase[Any, Any], command: Any, principal: Principal | None = None) -> Any:
        request_context = RequestContext("r-1", "test", use.name, "127.0.0.1")
        self.runtime.cache.refresh()
        return self.runtime.gate.run(
            use, principal or self.principal, command, request_context, self.runtime.cache.loading
        )

    def all(self, kind: type[Any], **where: object) -> list[Any]:
        with self.runtime.store.begin(write=False) as uow:
            return list(uow.of(kind).find(where))

    def limited(self, *statements: Statement) -> Principal:
        founded = self.runtime.founded
        return Principal(founded.account.id, founded.account.ring, "u-2", "limited", statements)


@pytest.fixture(scope="session")
def seal_file(tmp_path_factory: pytest.TempPathFactory) -> FileSeal:
    return FileSeal(tmp_path_factory.mktemp("seal") / "root.key", create=True)


@pytest.fixture
def make_desk(seal_file: FileSeal) -> Callable[[], Desk]:
    def make() -> Desk:
        runtime = Runtime(seal_file)
        founded = runtime.founded
        principal = Principal(
            account_id=founded.account.id,
            ring=founded.account.ring,
            user_id=founded.user.id,
            name="admin",
            statements=EVERYTHING,
            project_id=founded.project.id,
            domain_id=founded.account.domain_id,
            admin=True,
        )
        return Desk(runtime, principal)

    return make


@pytest.fixture
def desk(make_desk: Callable[[], Desk]) -> Desk:
    return make_desk()
