"""What all client scripts share: the command line, the report lines, exact expectations, the exchange of ciphertexts.

Runs inside a client's environment: the standard library and ``plan`` only. A client script is called as
``script CREDENTIALS --exchange FOLDER --phase PHASE ... --client NAME ...`` and prints one JSON object per step::

    {"client": ..., "operation": ..., "phase": ..., "ok": true, "detail": "what was seen", "error": ""}

It exits 0 when every step was reported, whatever their outcome.
"""

from __future__ import annotations

import argparse
import base64
import json
import traceback
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from plan import Client, client_named, method_name, steps_of

PHASES = ("keys", "seal", "operations", "open")
#: Sealed by every API for the crossing. Text, because Huawei Cloud, Open Telekom Cloud and the transfer SDKs encrypt
#: text only.
CROSSING_PLAINTEXT = "One key ring, many clouds: schlüssel, 钥匙, ключ.".encode()

Settings = dict[str, str]


class MismatchError(AssertionError):
    """The client saw something else than what is promised."""


def expect(actual: object, expected: object, what: str) -> None:
    """``actual`` must equal ``expected``."""
    if actual != expected:
        msg = f"{what}: expected {expected!r}, got {actual!r}"
        raise MismatchError(msg)


def expect_true(condition: object, what: str) -> None:
    """``condition`` must hold; ``what`` says it in words."""
    if not condition:
        msg = f"does not hold: {what}"
        raise MismatchError(msg)


@dataclass(frozen=True)
class Refusal:
    """An error as the client's exception shows it."""

    status: int | None
    code: str
    text: str

    def __str__(self) -> str:
        return f"{self.status} {self.code}: {self.text}"


@contextmanager
def expect_refusal(facts: Callable[[Exception], Refusal], *allowed: Refusal) -> Iterator[None]:
    """The block must raise an exception in which ``facts`` finds exactly one of ``allowed``."""
    try:
        yield
    except MismatchError:
        raise
    except Exception as error:
        seen = facts(error)
        if seen not in allowed:
            wanted = " or ".join(repr(str(each)) for each in allowed)
            msg = f"expected {wanted}, got {str(seen)!r} in {type(error).__name__}"
            raise MismatchError(msg) from error
    else:
        msg = f"expected {str(allowed[0])!r}, but the call succeeded"
        raise MismatchError(msg)


# --- ciphertexts ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sealed:
    """A ciphertext on its way to another client. ``text`` is the base64 form the JSON APIs take."""

    sealer: str
    key_id: str
    text: str


@dataclass(frozen=True)
class Bare:
    """A ciphertext as the Instance API takes it: the version goes into a header, the rest into fields."""

    key_version_id: str
    iv: bytes
    ciphertext: bytes
    aad: bytes = b""

    def portable(self) -> str:
        """``key version id | iv | ciphertext | tag`` in base64: what the JSON APIs accept for it."""
        return base64.b64encode(self.key_version_id.encode("ascii") + self.iv + self.ciphertext).decode("ascii")


def from_base64(text: str) -> bytes:
    """The bytes of strict base64. Raises ``MismatchError`` that shows what came instead."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        msg = f"expected base64, got {text!r}"
        raise MismatchError(msg) from None


def bare(text: str) -> Bare:
    """Cut the base64 ciphertext of any of the APIs into what the Instance API wants."""
    data = from_base64(text)
    if data[:2] == b"\x02\x00":
        # Huawei's and Open Telekom Cloud's: the framed form, then 71 bytes that lead to no plaintext.
        data = data[2:-71]
    aad = b""
    if data[:2] == b"\x24\x00":
        # The mark of a text is bound to it: taken out of its frame it opens only with these bytes.
        aad = b"\xfftext\0" if data[2] & 0x80 else b""
        data = data[3:]
    expect_true(len(data) >= 36 + 12 + 16, f"a ciphertext of {len(data)} bytes holds version, iv and tag")
    return Bare(data[:36].decode("ascii"), data[36:48], data[48:], aad)


class Exchange:
    """The folder through which client scripts exchange keys and ciphertexts, one JSON file each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, value: dict[str, str]) -> None:
        """Leave ``value`` for others under ``name``."""
        (self._folder / f"{name}.json").write_text(json.dumps(value, indent=1))

    def get(self, name: str) -> dict[str, str]:
        """What was left under ``name``. Raises ``MismatchError`` when nothing was."""
        try:
            found: dict[str, str] = json.loads((self._folder / f"{name}.json").read_text())
        except FileNotFoundError:
            msg = f"nobody left {name!r} in the exchange: the step that makes it failed"
            raise MismatchError(msg) from None
        return found


# --- identity calls no SDK has --------------------------------------------------------------------------------


def password_token(settings: Settings) -> str:
    """An X-Auth-Token of the Huawei user, scoped to the Huawei project."""
    user = {
        "name": settings["user_name"],
        "password": settings["user_password"],
        "domain": {"name": settings["domain_name"]},
    }
    identity = {"methods": ["password"], "password": {"user": user}}
    body = {"auth": {"identity": identity, "scope": {"project": {"id": settings["project_id"]}}}}
    status, headers, _ = _post(f"{settings['http']}/v3/auth/tokens", body, {})
    expect(status, 201, "status of POST /v3/auth/tokens")
    token: str = headers["X-Subject-Token"]
    return token


def temporary_credential(settings: Settings) -> dict[str, str]:
    """A temporary ``access``, ``secret`` and ``securitytoken`` of fifteen minutes, as the console would give."""
    identity = {"methods": ["token"], "token": {"duration_seconds": 900}}
    headers = {"X-Auth-Token": password_token(settings)}
    url = f"{settings['http']}/v3.0/OS-CREDENTIAL/securitytokens"
    status, _, body = _post(url, {"auth": {"identity": identity}}, headers)
    expect(status, 201, "status of POST /v3.0/OS-CREDENTIAL/securitytokens")
    credential: dict[str, str] = body["credential"]
    expect(sorted(credential), ["access", "expires_at", "secret", "securitytoken"], "fields of the credential")
    return credential


def make_secret(settings: Settings, name: str, value: str) -> str:
    """A secret made through Huawei Cloud's API, for clients whose API only reads them; its name."""
    url = f"{settings['http']}/v1/{settings['project_id']}/secrets"
    order = {"name": name, "secret_string": value}
    status, _, body = _post(url, order, {"X-Auth-Token": password_token(settings)})
    expect((status, body["secret"]["name"]), (200, name), "status and name of the new secret")
    return name


def _post(url: str, body: dict[str, Any], headers: dict[str, str]) -> tuple[int, Any, Any]:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json", **headers})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=10) as response:
        return response.status, response.headers, json.loads(response.read())


# --- running --------------------------------------------------------------------------------------------------

#: Makes a client script: an object with a method per step (or one ``take`` for all of them), and with ``seal``,
#: ``open`` and ``make_keys`` where the plan says so.
Maker = Callable[[Client, Settings, Exchange], Any]


def run(make: Maker) -> None:
    """Take the steps the command line asks for and report each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("credentials", type=Path)
    parser.add_argument("--exchange", type=Path, required=True)
    parser.add_argument("--phase", choices=PHASES, action="append", required=True)
    parser.add_argument("--client", action="append", required=True)
    arguments = parser.parse_args()
    settings: Settings = json.loads(arguments.credentials.read_text())
    for client in map(client_named, arguments.client):
        _run_client(make, client, settings, Exchange(arguments.exchange), arguments.phase)


def _run_client(make: Maker, client: Client, settings: Settings, exchange: Exchange, phases: list[str]) -> None:
    driver: Any = None
    failure = ""
    try:
        driver = make(client, settings, exchange)
    except Exception:  # noqa: BLE001 - whatever an SDK raises belongs into the report
        failure = f"the client could not be set up: {traceback.format_exc(limit=-4)}"
    for phase in phases:
        for step in steps_of(client, phase):
            detail, error = "", failure
            if driver is not None:
                detail, error = _take(_action(driver, client, exchange, phase, step))
            _report(client, phase, step, detail, error)
    if hasattr(driver, "close"):
        driver.close()


def _action(driver: Any, client: Client, exchange: Exchange, phase: str, step: str) -> Callable[[], str]:
    if phase == "keys":
        return lambda: _make_keys(driver, exchange)
    if phase == "seal":
        return lambda: _seal(driver, client, exchange)
    if phase == "open":
        return lambda: _open(driver, exchange, step.removeprefix("open from "))
    if hasattr(driver, "take"):
        return lambda: driver.take(step)
    action: Callable[[], str] = getattr(driver, method_name(step))
    return action


def _make_keys(driver: Any, exchange: Exchange) -> str:
    keys: dict[str, str] = driver.make_keys()
    exchange.put("keys", keys)
    return ", ".join(keys)


def _seal(driver: Any, client: Client, exchange: Exchange) -> str:
    key_id, text = driver.seal(CROSSING_PLAINTEXT)
    exchange.put(f"sealed {client.crossing}", asdict(Sealed(client.crossing, key_id, text)))
    return f"{len(CROSSING_PLAINTEXT)} bytes under {key_id}"


def _open(driver: Any, exchange: Exchange, sealer: str) -> str:
    sealed = Sealed(**exchange.get(f"sealed {sealer}"))
    expect(driver.open(sealed), CROSSING_PLAINTEXT, f"what {sealer} sealed")
    return "plaintext equal byte for byte"


def _take(action: Callable[[], str]) -> tuple[str, str]:
    """The detail and the error of one step; exactly one of them is empty."""
    try:
        return action() or "as promised", ""
    except MismatchError as mismatch:
        return "", str(mismatch)
    except Exception:  # noqa: BLE001 - whatever an SDK raises belongs into the report
        return "", traceback.format_exc(limit=-6)


def _report(client: Client, phase: str, step: str, detail: str, error: str) -> None:
    line = {"client": client.name, "operation": step, "phase": phase, "ok": not error, "detail": detail, "error": error}
    print(json.dumps(line), flush=True)
