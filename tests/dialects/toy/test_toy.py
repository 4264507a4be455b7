"""A dialect is a folder and one line: the toy is registered before the others and reached through the pipeline."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from runtime_in_memory import REGION, Runtime

from bitting.core.model.identity import EVERYTHING, Principal
from bitting.dialects.base.http import Request
from bitting.dialects.registry import DIALECTS, DialectPorts, RegisteredDialect, build
from toy.dialect import ROWS, Toy

Ask = Callable[..., tuple[int, dict[str, str]]]


@pytest.fixture
def ask(runtime: Runtime) -> Ask:
    account, user = runtime.founded.account, runtime.founded.user
    owner = Principal(account.id, account.ring, user.id, user.name, EVERYTHING, admin=True)
    line = RegisteredDialect("toy", "toy", "toy.md", lambda: ROWS, lambda _: Toy(owner))
    dialects = build(DialectPorts(runtime.vault, runtime.clock, REGION), (line, *DIALECTS))

    def send(path: str, **values: str) -> tuple[int, dict[str, str]]:
        request = Request("POST", path, "", {}, json.dumps(values).encode())
        dialect = next(found for found in dialects if found.claims(request))
        response = runtime.send(dialect, request)
        return response.status, json.loads(response.body)

    return send


def test_its_two_operations_are_served(ask: Ask) -> None:
    status, made = ask("/toy/make", spec="AES_256")
    assert (status, made["spec"]) == (200, "AES_256")
    assert ask("/toy/look", key=made["key"]) == (200, made)


def test_its_error_table_answers(ask: Ask) -> None:
    assert ask("/toy/look") == (400, {"needs": "key is needed."})
    assert ask("/toy/look", key="none") == (404, {"gone": "There is no none."})
    assert ask("/toy/other") == (500, {"failed": "Something failed."})


def test_other_paths_are_other_dialects(ask: Ask) -> None:
    status, answer = ask("/bitting/v1/switches")
    assert (status, answer["error"]["code"]) == (405, "unsupported_method")


def test_every_registered_dialect_that_serves_is_built_in_its_order(runtime: Runtime) -> None:
    built = build(DialectPorts(runtime.vault, runtime.clock, REGION))
    assert [dialect.name for dialect in built] == [entry.name for entry in DIALECTS if entry.build is not None]
    assert built[-1].claims(Request("POST", "/", "", {}, b""))
