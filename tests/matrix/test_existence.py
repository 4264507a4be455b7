"""Who may not is told the same, whether a thing is there or not: status, code and message, for every row about it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from runtime_in_memory import Runtime

from bitting.dialects.alibaba_instance import api_pb2
from bitting.dialects.base.http import Response
from bitting.dialects.registry import operation_tables
from bitting.seals.file import FileSeal

from .personas import NO_RIGHT, OTHER_ACCOUNT, OTHER_KEY, WALLED, World
from .values import RECORDS, plain

TABLES = operation_tables()
#: A key that is nowhere, and a secret that is nowhere; as long as those that are.
MISSING = {
    "key": "0d0466b0-e727-4d9c-b35d-f84bb474a37f",
    "secret": "absent",
    "secret_id": "absent",
    "alias": "alias/six",
}
#: Answers that the vendor's document demands to differ, with the place; nothing else may.
DEMANDED: dict[str, str] = {}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    seal = FileSeal(tmp_path_factory.mktemp("seal") / "root.key", create=True)
    rsa: RSAPrivateKey = generate_private_key(65537, 2048)
    made = World(Runtime(seal), rsa)
    made.allow(OTHER_KEY, ("*",), (f"key/{made.other_key}",))
    return made


def template(dialect: str, answer: Response, hidden: list[str]) -> tuple[int, str, str]:
    """Status, code and message; what the caller sent itself, and the request's id, are no part of the message."""
    if dialect == "alibaba_instance":
        held: Any = api_pb2.Error.FromString(answer.body) if answer.status >= 400 else None
        code, text = (held.ErrorCode, held.ErrorMessage) if held else ("", "")
    else:
        body = json.loads(answer.body) if answer.body else {}
        inner = body.get("error", body) if isinstance(body, dict) else {}
        code = str(inner.get("error_code") or inner.get("Code") or inner.get("code") or "")
        text = str(inner.get("error_msg") or inner.get("Message") or inner.get("message") or "")
    for word in hidden:
        text = text.replace(word, "<it>")
    return answer.status, code, text


def subjects(row: Any) -> set[str]:
    """Which of the world's records the row is about."""
    return {RECORDS.get(plain(field.name), "") for field in row.request} & set(MISSING)


@pytest.mark.parametrize("persona", [NO_RIGHT, OTHER_KEY, OTHER_ACCOUNT, WALLED])
@pytest.mark.parametrize("dialect", ["huawei", "otc", "alibaba_instance", "alibaba_openapi"])
def test_a_thing_of_others_looks_like_none(world: World, dialect: str, persona: str) -> None:
    if dialect == "alibaba_instance" and persona in {OTHER_ACCOUNT, WALLED}:
        pytest.skip("a client key is of one account and one instance")
    differ, pairs, there = {}, 0, dict(world.names)
    rows = [row for row in TABLES[dialect] if subjects(row) and not getattr(row, "refusal", None)]
    for row in rows:
        if row.name in DEMANDED:
            continue
        found = []
        for names in (there, {**there, **MISSING}):
            world.names = names
            hidden = [str(names[kind]) for kind in MISSING]
            found.append(template(dialect, world.ask(dialect, row, persona), hidden))
        world.names, pairs = there, pairs + 1
        if found[0] != found[1]:
            differ[row.name] = f"there {found[0]}, missing {found[1]}"
    print(f"\n{dialect} / {persona}: {pairs} pairs, {len(differ)} differ")
    assert not differ, "\n".join(f"{name}: {what}" for name, what in differ.items())
