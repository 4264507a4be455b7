"""Who may see key bytes, and why: an allow-list. A new entry is a decision, not an import."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"

REASONS = {
    "bitting.providers.software.aead": "gives an AES or SM4 key to the cipher",
    "bitting.providers.software.ec": "gives a private key to the library",
    "bitting.providers.software.ed25519": "gives a private key to the library",
    "bitting.providers.software.libcrypto": "gives a private key to the system's libcrypto",
    "bitting.providers.software.mac": "gives an HMAC key to the library",
    "bitting.providers.software.pkcs12": "writes a private key into the file that its owner asked for",
    "bitting.providers.software.rsa": "gives a private key to the library",
    "bitting.providers.software.vault": "opens wrapping keys and tokens, and makes ciphers of data keys",
    "bitting.providers.software.wrap": "encrypts material under the root key, and gives the root key to the cipher",
    "bitting.seals.shared": "puts the root key where the other processes of this server find it",
    "bitting.core.usecases.access.capsule_policies": "hands a custom access point's private key to its owner",
    "bitting.core.usecases.crypto.data_key_pairs": "the private half of a pair is the plaintext the caller asked for",
    "bitting.core.usecases.iam.credentials": "checks signatures made with access key secrets",
    "bitting.core.usecases.secrets.targets": "logs in to a target server, signs what goes to a webhook",
    "bitting.core.usecases.secrets.webhook_rotation": "a fresh SSH key pair becomes the value of a secret",
}


def importers() -> set[str]:
    found = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
            if "bitting.core.reveal" in names:
                found.add(".".join(path.relative_to(SOURCE).with_suffix("").parts))
    return found


def test_only_the_list_imports_reveal_and_all_of_it_does() -> None:
    assert importers() == REASONS.keys()


def test_the_import_contract_is_the_same_list() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (contract,) = (each for each in contracts if each["type"] == "protected")
    assert contract["protected_modules"] == ["bitting.core.reveal"]
    assert set(contract["allowed_importers"]) == REASONS.keys()


def test_no_more_than_five_use_cases_need_it() -> None:
    """The number only falls: a use case that needs text behind the root key asks the vault for a token."""
    assert sum(name.startswith("bitting.core.usecases.") for name in REASONS) <= 5
    assert not any(name.startswith(("bitting.dialects", "bitting.server", "bitting.stores")) for name in REASONS)


def test_the_bytes_are_reached_nowhere_else() -> None:
    """``KeyMaterial._bytes`` is read by ``reveal`` alone."""
    inside = {"core/material.py", "core/reveal.py"}
    used = {
        str(path.relative_to(SOURCE / "bitting"))
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == "_bytes"
    }
    assert used == inside
