"""One vocabulary: retired names do not come back, checks that raise are called ``require_*``, packages have docstrings.

The terms in use are in ``docs/glossary.md``.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "bitting"
FILES = sorted(path for path in SOURCE.rglob("*.py") if not path.name.endswith("_pb2.py"))

#: What was wrong -> what is said instead. Whole identifiers.
RETIRED = {
    "Patience": "BodyDeadlines",
    "Pulse": "ChangeDetector",
    "FilePulse": "FileChangeDetector",
    "FollowerPulse": "PollingChangeDetector",
    "House": "Runtime",
    "Meddler": "FaultInjector",
    "Outlet": "HttpClient",
    "Posted": "HttpResponse",
    "Asked": "RequestContext",
    "Said": "Envelope",
    "Told": "SecretOperation",
    "KeyPoint": "CapsuleAccessPoint",
    "AccessPoint": "ApplicationAccessPoint",
    "EndGrant": "GrantCommand",
    "PlaceKey": "CreatePlacedKey",
    "EveryTag": "ListAllTags",
    "DeleteSeveral": "DeleteAliases",
    "Situation": "RotationContext",
    "Doubt": "UncertainOutcome",
    "anyone": "no_permission",
    "barred_too": "any_account_state",
    "believed": "attested_public_key",
    "bring_back": "restore_backup",
    "carriers": "find_tagged_ids",
    "coat": "encoding",
    "consult": "ask_decision_point",
    "doubt": "determine_outcome",
    "dressed": "as_replica",
    "drop_tickets": "delete_tickets",
    "forget_fleeting": "delete_developer_state",
    "freshen": "refresh",
    "heed": "require_*",
    "limited_users": "user_statements",
    "meddler": "fault_injector",
    "outlet": "http_client",
    "patience": "deadlines",
    "peek": "get_resident",
    "people": "iam",
    "propose": "create_value",
    "seen_from": "visible_key",
    "someone": "the role: caller, grantee, operator",
    "somebody": "the role: caller, grantee, operator",
    "staged_on": "stages_on",
    "tidy": "delete_expired",
    "vanished": "is_deleted",
}
#: Beginnings that say nothing: a command that names one resource is ``KeyById``, a result is ``CreatedKey``.
PREFIXES = re.compile(r"(One|Made|Seen|Ask)[A-Z]\w*")
#: The other verbs for "return, or raise a fault".
CHECKS = re.compile(r"(check|demand|need|insist)_\w+")


def name(path: Path) -> str:
    return str(path.relative_to(SOURCE))


@cache
def identifiers(path: Path) -> frozenset[str]:
    tokens = tokenize.generate_tokens(io.StringIO(path.read_text()).readline)
    return frozenset(token.string for token in tokens if token.type == tokenize.NAME)


@pytest.mark.parametrize("path", FILES, ids=name)
def test_retired_names_do_not_come_back(path: Path) -> None:
    found = {word: RETIRED[word] for word in identifiers(path) & RETIRED.keys()}
    assert not found, "retired name -> name in use"
    assert path.stem not in RETIRED


@pytest.mark.parametrize("path", FILES, ids=name)
def test_class_names_say_what_the_class_is(path: Path) -> None:
    classes = [node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ClassDef)]
    assert not [each for each in classes if PREFIXES.fullmatch(each)]


@pytest.mark.parametrize("path", [path for path in FILES if name(path).startswith(("core/", "stores/"))], ids=name)
def test_checks_that_raise_are_called_require(path: Path) -> None:
    functions = [node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)]
    assert not [each for each in functions if CHECKS.fullmatch(each)]


@pytest.mark.parametrize("path", sorted((SOURCE / "core").rglob("__init__.py")), ids=name)
def test_a_package_says_what_lives_there(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text()))


@pytest.mark.parametrize(
    "place",
    [
        "core/encryption_context.py",
        "core/usecases/keys/deletion.py",
        "core/usecases/keys/key_policies.py",
        "core/usecases/keys/material_import.py",
        "core/usecases/secrets/rotation.py",
        "core/usecases/crypto/reencryption.py",
        "dialects/huawei/errors.tsv",
    ],
)
def test_a_reader_of_the_clouds_documentation_finds_the_place(place: str) -> None:
    assert (SOURCE / place).exists()
