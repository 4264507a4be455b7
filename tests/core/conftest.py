"""The runtime in memory that the dialects' tests use, here through the gate alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from runtime_in_memory import Runtime

from bitting.core import faults
from bitting.core.gate import Context, RequestContext, UseCase
from bitting.core.model.grant import Grant
from bitting.core.model.identity import EVERYTHING, AccountState, KeyGrants, Principal, Statement
from bitting.core.model.key import Key, KeyRef
from bitting.core.usecases.iam import accounts
from bitting.core.usecases.keys import lifecycle as keys
from bitting.seals.file import FileSeal


@dataclass
class GateSession:
    """A runtime and an authenticated caller: ``run(use case, command)`` as the account's administrator."""

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

    def operate(self, use: UseCase[Any, Any], command: Any) -> Any:
        """As an operator of the service."""
        return self.run(use, command, Principal("", "", "", "operator", (), operator=True))

    def fails(
        self, fault: type[faults.Fault], use: UseCase[Any, Any], command: Any, principal: Principal | None = None
    ) -> Any:
        """The fault, of exactly this class, that the use case raises."""
        with pytest.raises(fault) as caught:
            self.run(use, command, principal)
        assert type(caught.value) is fault
        return caught.value

    def with_account_state(self, state: AccountState) -> Principal:
        """The administrator, of an account in this state."""
        return replace(self.principal, account_state=state)

    def naming(self, use: UseCase[Any, Any], ref: KeyRef) -> UseCase[Any, Any]:
        """The use case, asked of this key whatever its command says."""
        return replace(use, key=lambda _command: ref)

    def context(self) -> Context:
        """A context of the administrator's, for what use cases share."""
        self.runtime.cache.refresh()
        return Context(
            self.runtime.gate,
            self.principal,
            RequestContext("r-1", "test", "", ""),
            self.runtime.cache.loading,
            self.clock.now_ms(),
        )

    @staticmethod
    def grant_held(grant: Grant) -> KeyGrants:
        """A grant as its grantee's principal carries it."""
        return KeyGrants(grant.key_ring, frozenset(grant.actions))

    def key(self, **fields: Any) -> Key:
        """A new key: AES-256 unless said otherwise."""
        made: Key = self.run(keys.create, keys.CreateKey(**fields))
        return made

    def other_account(self) -> Principal:
        """The administrator of another account."""
        runtime = self.runtime
        with runtime.store.begin(write=True) as uow:
            made = accounts.create_first_account(uow, runtime.vault, runtime.clock, runtime.entropy, "other")
        return replace(
            self.principal,
            account_id=made.account.id,
            ring=made.account.ring,
            user_id=made.user.id,
            project_id=made.project.id,
            domain_id=made.account.domain_id,
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
def make_session(seal_file: FileSeal) -> Callable[[], GateSession]:
    def make() -> GateSession:
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
        return GateSession(runtime, principal)

    return make


@pytest.fixture
def session(make_session: Callable[[], GateSession]) -> GateSession:
    return make_session()
