"""Every operation of every dialect, asked by everybody: who may is not refused, who may not is, and leaves no trace.

The rows are the registry's: an operation that is added is asked here by itself. Cells of one dialect are counted and
printed (``pytest -s``).
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from runtime_in_memory import Runtime

from bitting.core import faults
from bitting.core.faults.base import every_fault
from bitting.dialects.base.http import Response
from bitting.dialects.registry import operation_tables
from bitting.seals.file import FileSeal

from .personas import (
    ALLOWED,
    DISABLED,
    EXPIRED,
    FORBIDDEN,
    MARK,
    NO_RIGHT,
    OTHER_ACCOUNT,
    OTHER_KEY,
    OWNER,
    PERSONAS,
    REVOKED,
    WALLED,
    WRONG_NETWORK,
    World,
)
from .values import RECORDS, Unbuildable, plain, values_of

TABLES = operation_tables()
FAULTS = every_fault()
ACCESS = (faults.AccessFault, faults.IdentityFault)
#: Whoever is known may ask: these show or end only what is the caller's own, or what everybody is told.
OPEN = {
    "catalog": "where the services are", "caller-identity": "who the caller is", "list-projects": "of the account",
    "list-own-projects": "of the account", "show-project": "of the account", "list-own-domains": "the caller's own",
    "list-domains": "the caller's own", "list-retirable-grants": "grants that name the caller",
    "retire-grant": "by the one whom the grant names", "DescribeRegions": "public facts",
    "show-secret-function-templates": "the same texts for everybody", "validate-token": "by the token",
    "check-token": "by the token", "revoke-token": "by the token",
}  # fmt: skip
#: Not asked here, with the reason.
OTHERWISE = {
    "version": "answered to anybody", "issue-token": "proved by password, not by an access key",
    "create-temporary-access-key": "proved by a token, not by an access key",
    "other-type/tags": "refuses the type to everybody", "other-type/action": "refuses the type to everybody",
    "other-type/id/tags": "refuses the type to everybody", "other-type/id/list": "refuses the type to everybody",
}  # fmt: skip
#: Answers 200 with a refusal for each item.
BY_ITEM = {"BatchGetSecretValue", "batch-import-secrets"}
#: Further actions of an operation besides its row's; who gives rights needs them.
MORE = {
    "ReEncrypt": ("key:re_encrypt_to",), "POST /v3.0/OS-ROLE/roles": ("*",), "PATCH /v3.0/OS-ROLE/roles/{id}": ("*",),
    "CreatePolicy": ("*",), "UpdatePolicy": ("*",), "CreateClientKey": ("*",), "CreateApplicationAccessPoint": ("*",),
    "UpdateApplicationAccessPoint": ("*",),
}  # fmt: skip
#: Read and change nothing of the account: a right on one key is as good as one on all.
FREE = {"random:generate", "digest:compute", "pin:create", "attestation:challenge", "secret:check"}
#: Answered with what the caller may see of it, which is nothing of the world's.
FILTERED = {"list-project-secrets-tags"}


@pytest.fixture(scope="module")
def rsa() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def seal(tmp_path_factory: pytest.TempPathFactory) -> FileSeal:
    return FileSeal(tmp_path_factory.mktemp("seal") / "root.key", create=True)


def is_asked(row: Any) -> bool:
    """Not for rows that answer anybody, or refuse everybody."""
    return row.name not in OTHERWISE and not getattr(row, "public", False) and not getattr(row, "refusal", None)


def about_key(row: Any) -> bool:
    """Whether the row names the world's key."""
    named = {RECORDS.get(plain(field.name)) for field in row.request}
    return "key" in named and row.use is not None and row.use.key is not None


def applies(dialect: str, row: Any, persona: str) -> bool:
    """Whether the column says anything about the row."""
    if persona in {WRONG_NETWORK, REVOKED}:
        by_point = dialect == "alibaba_instance"
        return persona == WRONG_NETWORK if by_point else about_key(row) and dialect != "native"
    if persona in {WALLED, OTHER_ACCOUNT}:
        return dialect not in {"native", "iam", "alibaba_instance"} and about_key(row)
    if persona == OTHER_KEY and row.use is not None and row.use.action in FREE:
        return False
    return persona != ALLOWED or not (dialect == "native" or getattr(row, "operators", False))


def outcome(world: World, before: int, answer: Response) -> str:
    """The last fault of the request, or ok."""
    found = [event.outcome for event in world.runtime.trail.events[before:]]
    return next((name for name in reversed(found) if name != "ok"), "ok" if answer.status < 400 else "?")


def asked(world: World, dialect: str, row: Any, persona: str) -> tuple[Response, str, bool]:
    """Answer, outcome, and whether the store is as it was."""
    world.done = False
    events, position = len(world.runtime.trail.events), world.runtime.store.poll()
    answer = world.ask(dialect, row, persona)
    world.done = answer.status < 400 and persona in {ALLOWED, OWNER}
    return answer, outcome(world, events, answer), world.runtime.store.poll() == position


def is_access(name: str, persona: str) -> bool:
    kind = FAULTS.get(name, faults.Fault)
    hidden = (faults.NotFound,) if persona in {WALLED, OTHER_ACCOUNT, OTHER_KEY, NO_RIGHT} else ()
    return issubclass(kind, (*ACCESS, *hidden))


def prepare(world: World, row: Any, persona: str) -> None:
    """The persona's rights for this row."""
    action = row.use.action if row.use is not None else "*"
    # what lies under a key is used by whoever may use that key as well
    actions = (action, *MORE.get(row.name, ()), *(("key:*",) if action.startswith("secret:") else ()))
    if persona == ALLOWED:
        world.allow(ALLOWED, actions, ("*",))
    elif persona == WRONG_NETWORK:
        world.allow(WRONG_NETWORK, actions, ("*",))
    elif persona == OTHER_KEY:
        world.allow(OTHER_KEY, ("*",), (f"key/{world.other_key}",))
    world.policy_of_key(action if persona == WRONG_NETWORK else "")


def cell(world: World, dialect: str, row: Any, persona: str) -> str:
    """What is wrong with the cell; empty if it is right."""
    prepare(world, row, persona)
    answer, name, untouched = asked(world, dialect, row, persona)
    status = answer.status
    if persona in FORBIDDEN:
        if row.name in FILTERED and persona == OTHER_KEY and status == 200 and MARK not in answer.body:
            return ""
        refused = (status >= 400 or row.name in BY_ITEM) and is_access(name, persona)
        return "" if refused and untouched else f"{persona}: {status} {name}{'' if untouched else ', store changed'}"
    return f"{persona}: {status} {name}" if issubclass(FAULTS.get(name, faults.Fault), ACCESS) or status >= 500 else ""


@pytest.mark.parametrize("dialect", TABLES)
def test_who_may_is_not_refused_and_who_may_not_is(dialect: str, seal: FileSeal, rsa: RSAPrivateKey) -> None:
    rows = [row for row in TABLES[dialect] if is_asked(row)]
    wrong, cells = {}, Counter[str]()
    world = World(Runtime(seal), rsa)
    assert world.granted == 200, "the grant counted before it was taken back"
    for persona in PERSONAS:
        if persona in {ALLOWED, OWNER}:
            world = World(Runtime(seal), rsa)
        for row in rows:
            if not applies(dialect, row, persona) or (persona not in {OWNER, EXPIRED, DISABLED} and row.name in OPEN):
                continue
            found = cell(world, dialect, row, persona)
            cells[persona] += 1
            cells["of these done"] += world.done
            if found:
                wrong[f"{row.name} / {persona}"] = found
    done = cells.pop("of these done")
    print(f"\n{dialect}: {len(rows)} rows, {sum(cells.values())} cells, {done} operations done: {dict(cells)}")
    assert not wrong, "\n".join(f"{where}: {what}" for where, what in wrong.items())


@pytest.mark.parametrize("dialect", TABLES)
def test_every_row_can_be_asked(dialect: str, seal: FileSeal, rsa: RSAPrivateKey) -> None:
    """A row whose request cannot be made would make its cells say nothing."""
    names = World(Runtime(seal), rsa).names
    stuck = {}
    for row in TABLES[dialect]:
        try:
            values_of(row, names)
        except Unbuildable as error:
            stuck[row.name] = str(error)
    assert not stuck, "\n".join(f"{where}: {what}" for where, what in stuck.items())
