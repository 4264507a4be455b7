"""The table "Adding things" of docs/architecture.md, rehearsed.

::

    src/bitting ──copy──> tmp/src/bitting ──edit──> a server wired from the copy does the new thing
                                             │
                                             └ the files edited are exactly those that the table names

A new dialect is rehearsed in tests/dialects/toy.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "architecture.md"

#: Wires a whole server from the copy and offers ``send`` (native API, as the operator) and ``do`` (a use case).
DRIVER = '''
import asyncio, json, sys
from bitting import wiring
from bitting.dialects import registry
from bitting.core.gate import RequestContext
from bitting.core.model.identity import EVERYTHING, Account, Principal
from bitting.core.model.key import KeyRef
from bitting.core.blob import framed
from bitting.core.usecases.crypto import encryption
from bitting.core.usecases.keys import lifecycle
from bitting.dialects.base.http import Request
from bitting.settings import load

settings = load({"data_dir": sys.argv[1], **json.loads(sys.argv[2])}, {})
wiring.prepare(settings)
runtime = wiring.build(settings)
token = (settings.directory / "operator.token").read_text().strip()
with runtime.store.begin(write=False) as uow:
    account = uow.of(Account).find()[0]
principal = Principal(account.id, account.ring, "", "rehearsal", EVERYTHING, admin=True)


def send(method, path):
    request = Request(method, "/bitting/v1/" + path, "", {"authorization": "Bearer " + token}, b"")
    response = asyncio.run(runtime.app.handle(runtime.app.dialect(request), request))
    return [response.status, json.loads(response.body)]


def do(use, command):
    context = RequestContext("request", "rehearsal", use.name, "127.0.0.1")
    return runtime.gate.run(use, principal, command, context, runtime.gate.cache.loading)


def show(value):
    print(json.dumps(value))


def round_trip():
    """Encrypt and decrypt under a new key."""
    key = do(lifecycle.create, lifecycle.CreateKey())
    sealed = do(encryption.encrypt, encryption.Encrypt(KeyRef.by_id(key.id), b"message"))
    return do(encryption.decrypt, encryption.Decrypt(framed(sealed.blob))).plaintext.decode()
'''


def named(thing: str) -> set[str]:
    """The files that the table names for one kind of addition."""
    for line in PAGE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] == thing:
            return set(re.findall(r"`([^`]+\.(?:py|tsv))`", cells[-1]))
    pytest.fail(f"docs/architecture.md has no row for {thing!r}")


class Copy:
    """A copy of the sources that remembers which files were touched."""

    certificates: Path | None = None  # the first server makes them, the others get a copy

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.touched: set[str] = set()
        shutil.copytree(ROOT / "src" / "bitting", folder / "src" / "bitting")  # compiled modules too: it saves a second

    def path(self, name: str) -> Path:
        self.touched.add(name)
        return self.folder / name if name.startswith("tests/") else self.folder / "src" / "bitting" / name

    def create(self, name: str, text: str) -> None:
        path = self.path(name)
        assert not path.exists()
        path.write_text(text)

    def append(self, name: str, text: str) -> None:
        path = self.path(name)
        path.write_text(path.read_text().rstrip("\n") + "\n" + text)

    def replace(self, name: str, old: str, new: str) -> None:
        """Replace text that must be there exactly once."""
        path = self.path(name)
        text = path.read_text()
        assert text.count(old) == 1, f"{name}: {old!r} is there {text.count(old)} times"
        path.write_text(text.replace(old, new))

    def run(self, script: str, **settings: str) -> object:
        """What the script shows, run against the copy."""
        data = self.folder / "data"
        if Copy.certificates is not None and not data.exists():
            shutil.copytree(Copy.certificates, data / "tls")
            data.chmod(0o700)
        command = [sys.executable, "-c", DRIVER + script, str(data), json.dumps(settings)]
        done = subprocess.run(command, env=self.environment(), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        Copy.certificates = Copy.certificates or data / "tls"
        return json.loads(done.stdout)

    def environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(self.folder / "src"), "BITTING_TOY_KEY": "42" * 32}


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


def test_an_operation(copy: Copy) -> None:
    copy.append(
        "core/usecases/operator/service.py",
        '''

@use_case("service:read", operator=True)
def count_keys(context: Context, command: KeysOfAccount) -> int:
    """How many keys an account has."""
    return context.uow.of(Key).count({"account_id": command.account_id})
''',
    )
    copy.replace(
        "core/usecases/operator/service.py",
        "@dataclass(slots=True)\nclass SetSwitches:",
        '''@dataclass(slots=True)
class KeysOfAccount:
    """Which account."""

    account_id: str


@dataclass(slots=True)
class SetSwitches:''',
    )
    copy.replace(
        "dialects/native/operations.py",
        "\nOPERATIONS = (\n",
        """
OPERATIONS = (
    _row("GET", "accounts/{account_id}/key-count", service.count_keys, _in("account_id", _ID), answer="count"),
""",
    )
    shown = copy.run(
        """
path = f"accounts/{account.id}/key-count"
before = send("GET", path)
do(lifecycle.create, lifecycle.CreateKey())
show([before, send("GET", path)])
"""
    )
    assert shown == [[200, {"count": 0}], [200, {"count": 1}]]
    assert copy.touched == named("an operation")


def test_an_error_row(copy: Copy) -> None:
    script = """show(send("POST", "keys/00000000-0000-4000-8000-000000000000/freeze"))"""
    before = copy.run(script)
    cells = ("KeyNotFound", "", "*", "*", "404", "key_not_found", "There is no such key.", "natural", "", "native")
    copy.append("dialects/native/errors.tsv", "\t".join(cells) + "\n")
    status, after = copy.run(script)
    assert before[1]["error"]["code"] == "not_found"
    assert (status, after["error"]["code"], after["error"]["message"]) == (
        404,
        "key_not_found",
        "There is no such key.",
    )
    assert copy.touched == named("an error row")


def test_a_fault(copy: Copy) -> None:
    copy.append(
        "core/faults/keys.py",
        '''

class KeyWornOut(KeyStateFault):
    """The key has sealed as much as one key may."""
''',
    )
    cells = ("KeyWornOut", "", "*", "*", "409", "key_worn_out", "The key may seal no more.", "natural", "", "native")
    copy.append("dialects/native/errors.tsv", "\t".join(cells) + "\n")
    script = """
from bitting.core.faults import KeyStateFault, KeyWornOut
show({
    catalogue.dialect: [catalogue.row(KeyWornOut()).code, catalogue.row(KeyStateFault()).code]
    for catalogue in registry.catalogues()
})
"""
    answers = copy.run(script)
    assert answers.pop("native")[0] == "key_worn_out"
    assert len(answers) >= 4
    assert all(own == parent for own, parent in answers.values()), "other dialects answer the parent's row"
    assert copy.touched == named("a fault")


def test_a_key_spec(copy: Copy) -> None:
    copy.replace(
        "core/specs.py",
        '        _ec("EC_P521"',
        '        _ec("EC_BP256", 256, "brainpoolP256r1", (A.ECDSA_SHA256,)),\n        _ec("EC_P521"',
    )
    copy.replace("providers/software/ec.py", "ec.SECP256K1())", "ec.SECP256K1(), ec.BrainpoolP256R1())")
    copy.replace(
        "dialects/alibaba_openapi/enum_maps.py",
        '    "EC_P256": "EC_P256",',
        '    "EC_P256": "EC_P256",\n    "EC_BP256": "EC_BP256",',
    )
    copy.replace(
        "dialects/huawei/codecs.py",
        '    "EC_P256": "EC_P256",',
        '    "EC_P256": "EC_P256",\n    "EC_BP256": "EC_BP256",',
    )
    script = """
from bitting.core.specs import Algorithm
key = do(lifecycle.create, lifecycle.CreateKey(spec="EC_BP256"))
handle = runtime.gate.cache.loading.key(account.ring, KeyRef.by_id(key.id)).handle(key.primary_version)
signature = handle.sign(b"message", Algorithm.ECDSA_SHA256, digest=False)
tables = registry.operation_tables()
rows = {name: {row.name: row for row in tables[name]} for name in ("alibaba_openapi", "huawei")}
show([
    handle.verify(b"message", signature, Algorithm.ECDSA_SHA256, digest=False),
    handle.verify(b"another", signature, Algorithm.ECDSA_SHA256, digest=False),
    rows["alibaba_openapi"]["CreateKey"].arguments({"KeySpec": "EC_BP256"})["spec"],
    rows["huawei"]["create-key"].arguments({"key_alias": "a", "key_spec": "EC_BP256"})["spec"],
])
"""
    assert copy.run(script) == [True, False, "EC_BP256", "EC_BP256"]
    assert copy.touched == named("a key spec")


STORE = '''"""A store that forgets everything, one for each URL ``toy://NAME``."""

from bitting.stores.memory import MemoryStore

_STORES: dict[str, "ToyStore"] = {}
_FACTS: dict[tuple[str, str], str] = {}


class ToyStore(MemoryStore):
    """In memory nobody but this process writes, so records need no codes."""

    def write_codes(self) -> None:
        """Nothing."""

    def close(self) -> None:
        """Kept for the next who asks for this URL."""


def open_store(url: str) -> ToyStore:
    """The store of this URL."""
    return _STORES.setdefault(url, ToyStore())


def fact(url: str, name: str) -> str:
    """A fact about the store, or the empty string."""
    return _FACTS.get((url, name), "")


def set_once(url: str, name: str, value: str) -> str:
    """Record a fact unless there is one."""
    return _FACTS.setdefault((url, name), value)


class Spent:
    """Signatures that were used are not remembered."""

    def __init__(self, url: str) -> None:
        self.url = url

    def close(self) -> None:
        """Nothing is open."""
'''


def test_a_store(copy: Copy) -> None:
    copy.create("stores/toy.py", STORE)
    copy.replace(
        "wiring.py",
        "    migrate(settings.database)\n",
        '    if not settings.database.startswith("toy:"):\n        migrate(settings.database)\n',
    )
    chosen = "store = SqlStore(settings.database, codes=RecordCodes(vault.record_code))"
    copy.replace("wiring.py", chosen, "store = toy.open_store(settings.database)")
    copy.replace("wiring.py", "plain = SqlStore(database)", "plain = toy.open_store(database)")
    copy.replace("wiring.py", "spent = SqlSpentProofs(settings.database)", "spent = toy.Spent(settings.database)")
    facts = "from bitting.stores.sql.facts import fact, set_once"
    copy.replace("wiring.py", facts, "from bitting.stores.toy import fact, set_once")
    copy.replace(
        "wiring.py",
        "from bitting.stores.snapshot import",
        "from bitting.stores import toy\nfrom bitting.stores.snapshot import",
    )
    shutil.copytree(ROOT / "tests" / "contract" / "store", copy.folder / "tests" / "contract" / "store")
    conftest = "tests/contract/store/conftest.py"
    copy.replace(
        conftest,
        "PLACES = {",
        'PLACES = {"toy": lambda _request: Place("toy", "", lambda: open_store(f"toy:{uuid4()}")), ',
    )
    copy.replace(conftest, 'params=["memory", "sqlite", "postgresql"]', 'params=["toy"]')
    copy.replace(
        conftest,
        "from bitting.stores.memory import",
        "from uuid import uuid4\n\nfrom bitting.stores.toy import open_store\nfrom bitting.stores.memory import",
    )
    shown = copy.run("show([type(runtime.store).__name__, round_trip()])", database_url="toy://rehearsal")
    assert shown == ["ToyStore", "message"]
    assert not (copy.folder / "data" / "bitting.db").exists()
    assert contract(copy, "store/test_store_records.py") == 0
    assert copy.touched == named("a store")


SEAL = '''"""The root key in an environment variable, in hexadecimal."""

import os

from bitting.core.faults import Unavailable
from bitting.core.material import KeyMaterial
from bitting.core.ports.seal import UNSEALED, SealStatus

NAME = "BITTING_TOY_KEY"


class EnvironmentSeal:
    """``Seal`` on an environment variable."""

    def root_key(self) -> KeyMaterial:
        """32 bytes. Raises ``Unavailable`` if the variable does not hold them."""
        try:
            content = bytes.fromhex(os.environ[NAME])
        except (KeyError, ValueError):
            content = b""
        if len(content) != 32:
            raise Unavailable(reason=f"{NAME} does not hold 32 bytes")
        return KeyMaterial(content)

    def status(self) -> SealStatus:
        """Never sealed: it opens by itself or not at all."""
        return UNSEALED
'''


def test_a_seal(copy: Copy) -> None:
    copy.create("seals/environment.py", SEAL)
    registry = "seals/registry.py"
    copy.replace(
        registry,
        "from bitting.seals.file",
        "from bitting.seals.environment import EnvironmentSeal\nfrom bitting.seals.file",
    )
    copy.replace(
        registry, '= {"file": _file', '= {"environment": lambda _directory, _first: EnvironmentSeal(), "file": _file'
    )
    assert copy.run("show(round_trip())", seal="environment") == "message"
    assert not (copy.folder / "data" / "root.key").exists(), "the file seal was not asked"
    script = """
import os
os.environ["BITTING_TOY_KEY"] = "short"
from bitting.core.faults import Unavailable
try:
    wiring.build(settings)
except Unavailable as fault:
    show(fault.detail("reason"))
"""
    assert copy.run(script, seal="environment") == "BITTING_TOY_KEY does not hold 32 bytes"
    assert copy.touched == named("a seal")


def contract(copy: Copy, suite: str) -> int:
    """How the contract tests of the copy end."""
    options = ("-q", "-p", "no:cacheprovider", "-k", "Key or strange")
    command = [sys.executable, "-m", "pytest", *options, f"tests/contract/{suite}"]
    done = subprocess.run(command, cwd=copy.folder, env=copy.environment(), capture_output=True, text=True, check=False)
    assert " passed" in done.stdout, done.stdout + done.stderr
    return done.returncode
