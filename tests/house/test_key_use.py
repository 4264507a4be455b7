"""Where use cases reach a key, a secret or a ciphertext past the gate, and why: an allow-list.

A new entry is a decision. Whoever acts for a caller asks the gate: ``key=`` of the use case, ``gate.with_key``,
``usable_key`` for the key of a secret, ``find`` for a secret.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "src" / "bitting" / "core" / "usecases"

REASONS = {
    "Key.get": {
        "crypto/managed_data_keys.py store_version": "operators: of the account that they name",
        "iam/explanations.py _resource": "operators ask what a policy decides",
        "keys/aliases.py _require_right": "looks whether the key is still there; with_key asks the gate next",
        "keys/deletion.py delete_due_keys": "a job, for keys whose deletion is due",
        "keys/regions.py set_sync": "operators",
        "keys/regions.py _replicas": "shows replicas of the caller's ring; uses none",
        "keys/sweeps.py expire_material": "a job, for keys whose material has expired",
        "keys/sweeps.py rotate_keys": "a job, for keys whose rotation is due",
        "operator/service.py _key": "operators freeze keys of every account",
        "secrets/backup.py _decrypt_blob": "looks whether the key is here; usable_key asks the gate next",
        "secrets/values.py stored_key": "the service's own work: see stored_key below",
    },
    "Secret.get": {
        "iam/held_rights.py held_by": "which key ring a grant counts in; shows and uses nothing",
        "secrets/lifecycle.py freeze": "operators",
        "secrets/records.py find_by_id": "asks for the caller's right",
        "secrets/rotation.py run": "a job; the caller's right was asked when it was started",
        "secrets/rotation.py _require_enabled": "the same job",
        "secrets/rotation.py _fail": "the same job",
        "secrets/sweeps.py _expire": "a job; touches no value",
    },
    "stored_key": {
        "secrets/rotation.py value": "the rotation's job reads what it replaces",
        "secrets/rotation.py _create": "the rotation's job seals what it made",
        "secrets/access_key_rotation.py require_right": "finds out whose access key a value is; the value goes nowhere",
    },
    "seal": {
        "crypto/encryption.py encrypt_with_handle": "with the handle of a key that the gate has checked",
        "secrets/values.py seal_value": "with a key from usable_key, or the rotation's",
    },
    "unseal": {
        "crypto/encryption.py _open": "with the key that the gate has checked",
        "crypto/encryption.py decrypt_parts": "with the key that the gate has checked",
        "secrets/values.py unseal_value": "with a key from usable_key, or the rotation's",
    },
}


def what(call: ast.Call) -> str:
    """What a call is of the kinds listed, or the empty string."""
    name = call.func
    if isinstance(name, ast.Name):
        return name.id if name.id in REASONS else ""
    if not isinstance(name, ast.Attribute):
        return ""
    if name.attr in {"seal", "unseal"}:
        return name.attr
    of = name.value
    if name.attr == "get" and isinstance(of, ast.Call) and getattr(of.func, "attr", "") == "of" and of.args:
        kind = f"{ast.unparse(of.args[0])}.get"
        return kind if kind in REASONS else ""
    return ""


def functions(node: ast.AST, name: str = "") -> Iterator[tuple[str, ast.Call]]:
    """Every call with the innermost named function around it."""
    for child in ast.iter_child_nodes(node):
        inner = child.name if isinstance(child, ast.FunctionDef) else name
        if isinstance(child, ast.Call):
            yield inner, child
        yield from functions(child, inner)


def found(kind: str) -> set[str]:
    return {
        f"{path.relative_to(ROOT)} {function}"
        for path in ROOT.rglob("*.py")
        for function, call in functions(ast.parse(path.read_text()))
        if what(call) == kind
    }


@pytest.mark.parametrize("kind", REASONS)
def test_past_the_gate_only_with_a_reason(kind: str) -> None:
    assert found(kind) == REASONS[kind].keys()
