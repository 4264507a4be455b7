"""How each error is met: one function an error row, named by code and fault class.

A scenario does what a caller, or for switches an operator, would do, and gives back status, code and message.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from huawei.conftest import UNKNOWN, Door, read, refusal

from bitting.core.blob import body as bare
from bitting.core.model.identity import AccessKey, AccountState, Token, User
from bitting.core.model.key import Key, KeyRef, KeyState
from bitting.core.model.service import Switches
from bitting.core.specs import Usage
from bitting.core.throttle import Throttle
from bitting.core.usecases.crypto import encryption as crypto
from bitting.core.usecases.iam.credentials import token_digest
from bitting.dialects.base.errors import Row
from bitting.dialects.base.http import Request

Refusal = tuple[int, str, str]
Scenario = Callable[[Door], Refusal]
SCENARIOS: dict[str, Scenario] = {}


def meets(*names: str) -> Callable[[Scenario], Scenario]:
    """``code/fault``, or ``code/fault/when`` where one fault of a code has several rows."""

    def register(scenario: Scenario) -> Scenario:
        for name in names:
            assert name not in SCENARIOS
            SCENARIOS[name] = scenario
        return scenario

    return register


def scenario_of(row: Row) -> Scenario | None:
    when = ";".join(f"{name}={'|'.join(sorted(values))}" for name, values in row.when)
    name = f"{row.code}/{row.fault}"
    return SCENARIOS.get(f"{name}/{when}") or SCENARIOS.get(name)


def table(verb: str, body: dict[str, Any], *names: str) -> None:
    """A scenario that is one request. ``KEY`` and ``ALIAS`` in the body are a fresh key and its name."""

    def scenario(door: Door) -> Refusal:
        wanted = {"KEY", "ALIAS"} & {value for value in body.values() if isinstance(value, str)}
        found = {"KEY": door.key("taken") if wanted else "", "ALIAS": "taken"}
        filled = {name: found.get(value, value) if isinstance(value, str) else value for name, value in body.items()}
        return door.refused(verb, filled)

    meets(*names)(scenario)


table("create-key", {}, "KMS.0204/MissingParameter")
table("describe-key", {"key_id": "x"}, "KMS.0205/InvalidParameter")
table("describe-key", {"key_id": "alias/nobody"}, "KMS.0205/KeyNotFound")
table("describe-key", {"key_id": 5}, "KMS.0214/InvalidParameter")
table("describe-key", {"key_id": UNKNOWN}, "KMS.0207/KeyNotFound")
table("describe-key", {"key_id": UNKNOWN, "sequence": "1"}, "KMS.0206/InvalidSequence")
table("encrypt-data", {"key_id": UNKNOWN, "plain_text": "x", "encryption_context": []}, "KMS.0208/InvalidParameter")
table("create-key", {"key_alias": "a", "key_usage": "WRAP"}, "KMS.0308/InvalidParameter")
table("create-key", {"key_alias": "a", "keystore_id": "0" * 37}, "KMS.0315/InvalidParameter")
table("create-key", {"key_alias": "a", "keystore_id": "9"}, "KMS.0316/ResourceNotFound")
table("create-key", {"key_alias": "a b"}, "KMS.1101/InvalidParameter")
table("create-key", {"key_alias": "a", "realm": "elsewhere"}, "KMS.1102/InvalidParameter")
table("create-key", {"key_alias": "a", "key_description": "x" * 256}, "KMS.1103/InvalidParameter")
table("create-key", {"key_alias": "ALIAS"}, "KMS.1104/NameExists")
table("create-key", {"key_alias": "a", "key_spec": "DES"}, "KMS.1110/InvalidParameter")
table("enable-key", {"key_id": "KEY"}, "KMS.1201/KeyNotDisabled")
table("schedule-key-deletion", {"key_id": "KEY", "pending_days": "6"}, "KMS.1401/InvalidParameter")
table("cancel-key-deletion", {"key_id": "KEY"}, "KMS.1501/KeyNotPendingDeletion")
table("list-keys", {"limit": "0"}, "KMS.1601/InvalidParameter")
table("list-keys", {"marker": "-1"}, "KMS.1602/InvalidParameter")
table("gen-random", {"random_data_length": "8200"}, "KMS.1801/InvalidParameter")
table("gen-random", {"random_data_length": "9"}, "KMS.1802/InvalidParameter")
table("create-datakey", {"key_id": "KEY", "datakey_length": "8200"}, "KMS.1901/InvalidParameter")
table("create-datakey", {"key_id": "KEY", "key_spec": "AES_192"}, "KMS.1902/InvalidParameter")
table("create-datakey", {"key_id": "KEY", "datakey_length": "9"}, "KMS.1903/InvalidParameter")
table("create-datakey-without-plaintext", {"key_id": "KEY", "datakey_length": "0"}, "KMS.2001/InvalidParameter")
table("encrypt-data", {"key_id": "KEY", "plain_text": "x" * 4097}, "KMS.2101/InvalidParameter")
table("decrypt-data", {"cipher_text": "not base64!"}, "KMS.2201/InvalidParameter")
table("decrypt-data", {"cipher_text": "AAAA"}, "KMS.2201/InvalidCiphertext")


def spec(name: str, verb: str, *names: str, usage: str = "", **body: Any) -> None:
    """A scenario on a key of one spec."""

    def scenario(door: Door) -> Refusal:
        key = door.core_key(spec=name, usage=usage)
        return door.refused(verb, {"key_id": key, **body})

    meets(*names)(scenario)


X = {"plain_text": "x"}
OAEP = "RSAES_OAEP_SHA_256"
SEALED = base64.b64encode(bytes(256)).decode()
spec("AES_256", "encrypt-data", "KMS.2105/AlgorithmMismatch", encryption_algorithm=OAEP, **X)
spec("RSA_2048", "encrypt-data", "KMS.2106/AlgorithmMismatch", usage=Usage.ENCRYPT, **X)
spec("SM2", "encrypt-data", "KMS.2107/AlgorithmMismatch", usage=Usage.ENCRYPT, **X)
spec("EC_P256", "encrypt-data", "KMS.1114/AlgorithmMismatch", usage=Usage.ENCRYPT, **X)
spec("EC_P256", "encrypt-data", "KMS.1114/UsageMismatch", **X)
spec("RSA_2048", "encrypt-data", "KMS.0335/UsageMismatch", encryption_algorithm=OAEP, **X)
spec("HMAC_SHA256", "encrypt-data", "KMS.0341/UsageMismatch", **X)
spec("HMAC_SHA256", "create-datakey", "KMS.0341/SymmetricKeyRequired", datakey_length=512)
spec("EC_P256", "create-datakey", "KMS.0325/SymmetricKeyRequired", datakey_length=512)
spec("RSA_2048", "create-datakey", "KMS.1904/PlaintextTooLong", usage=Usage.ENCRYPT, datakey_length=1528)
spec(
    "RSA_2048",
    "encrypt-data",
    "KMS.2108/PlaintextTooLong",
    usage=Usage.ENCRYPT,
    encryption_algorithm=OAEP,
    plain_text="x" * 191,
)
spec(
    "RSA_2048",
    "decrypt-data",
    "KMS.0311/AsymmetricDecryptionFailed",
    usage=Usage.ENCRYPT,
    encryption_algorithm=OAEP,
    cipher_text=SEALED,
)


# ── states ────────────────────────────────────────────────────────────────────


@meets("KMS.0209/KeyDisabled")
def _(door: Door) -> Refusal:
    key = door.key()
    door.ok("disable-key", key_id=key)
    return door.refused("encrypt-data", {"key_id": key, **X})


@meets("KMS.0210/KeyPendingDeletion")
def _(door: Door) -> Refusal:
    key = door.key()
    door.ok("schedule-key-deletion", key_id=key, pending_days=7)
    return door.refused("encrypt-data", {"key_id": key, **X})


@meets("KMS.1301/KeyPendingImport")
def _(door: Door) -> Refusal:
    return door.refused("encrypt-data", {"key_id": door.key(origin="external"), **X})


@meets("KMS.1301/KeyNotEnabled")
def _(door: Door) -> Refusal:
    key = door.key()
    door.ok("disable-key", key_id=key)
    return door.refused("disable-key", {"key_id": key})


@meets("KMS.1402/KeyAlreadyPendingDeletion")
def _(door: Door) -> Refusal:
    key = door.key()
    door.ok("schedule-key-deletion", key_id=key, pending_days=7)
    return door.refused("schedule-key-deletion", {"key_id": key, "pending_days": 7})


@meets("KMS.0211/ServiceKeyProtected")
def _(door: Door) -> Refusal:
    return door.refused("disable-key", {"key_id": door.core_key(name="csms/default", service="csms")})


@meets("KMS.0320/KeyFrozen")
def _(door: Door) -> Refusal:
    key = door.key()
    with door.runtime.store.begin(write=True) as uow:
        uow.of(Key).put(replace(uow.of(Key).get(key), state=KeyState.FROZEN))
    return door.refused("encrypt-data", {"key_id": key, **X})


@meets("KMS.2201/CiphertextKeyNotFound")
def _(door: Door) -> Refusal:
    blob = door.run(crypto.encrypt, crypto.Encrypt(KeyRef.by_id(door.key()), b"x")).blob
    data = bare(UNKNOWN, blob.iv, blob.sealed)
    return door.refused("decrypt-data", {"cipher_text": base64.b64encode(data).decode()})


# ── the request ───────────────────────────────────────────────────────────────


@meets("KMS.0202/MalformedBody")
def _(door: Door) -> Refusal:
    return door.refused("create-key", b'{"key_alias":')


@meets("KMS.0214/MisshapenBody")
def _(door: Door) -> Refusal:
    return door.refused("create-key", b"[]")


@meets("KMS.0214/UnsupportedMediaType")
def _(door: Door) -> Refusal:
    request = door.request("create-key", {"key_alias": "a"})
    request.headers["content-type"] = "application/x-www-form-urlencoded"
    return refusal(read(door.send(door.signer.sign(request))))


@meets("KMS.0203/TooLarge")
def _(door: Door) -> Refusal:
    return door.refused("create-key", {"key_alias": "a", "key_description": "x" * 65_536})


def _route(door: Door, method: str, path: str) -> Any:
    return door.send(door.signer.sign(Request(method, path, "", {}, b"")))


@meets("KMS.0201/UnknownOperation")
def _(door: Door) -> Refusal:
    return refusal(read(_route(door, "POST", door.path("no-such-verb"))))


@meets("KMS.0215/UnsupportedMethod")
def _(door: Door) -> Refusal:
    return refusal(read(_route(door, "GET", door.path("create-key"))))


# ── who asks ──────────────────────────────────────────────────────────────────


@meets("KMS.0301/MissingCredentials")
def _(door: Door) -> Refusal:
    return refusal(read(door.send(door.request("list-keys"))))


@meets("KMS.0302/InvalidToken")
def _(door: Door) -> Refusal:
    return refusal(door.with_token("garbled", "list-keys"))


@meets("KMS.0302/IdentityFault")
def _(door: Door) -> Refusal:
    door.signer.access_key_id = "nobody"
    return door.refused("list-keys")


@meets("KMS.0303/ExpiredToken")
def _(door: Door) -> Refusal:
    token = door.sign_in()
    door.runtime.clock.advance(days=1)
    return refusal(door.with_token(token, "list-keys"))


@meets("KMS.0304/RestrictedToken")
def _(door: Door) -> Refusal:
    token = door.sign_in()
    with door.runtime.store.begin(write=True) as uow:
        uow.of(Token).put(replace(uow.of(Token).get(token_digest(token)), restricted=True))
    return refusal(door.with_token(token, "list-keys"))


@meets("KMS.0305/TokenOutOfScope")
def _(door: Door) -> Refusal:
    return refusal(door.with_token(door.sign_in({"domain": {"id": door.founded.account.domain_id}}), "list-keys"))


@meets("KMS.0321/ProjectMismatch")
def _(door: Door) -> Refusal:
    projects = (door.founded.project, door.founded.second_project)
    other = next(project for project in projects if project.id != door.project.id)
    token = door.sign_in({"project": {"id": other.id}})
    return refusal(door.with_token(token, "list-keys"))


@meets("KMS.0307/PermissionDenied")
def _(door: Door) -> Refusal:
    founded = door.founded
    door.add(replace(founded.user, id="u" * 32, name="guest", admin=False))
    with door.runtime.store.begin(write=True) as uow:
        held = uow.of(AccessKey).get(founded.access_key_id)
        uow.of(AccessKey).put(replace(held, user_id="u" * 32))
        assert uow.of(User).get("u" * 32)
    return door.refused("list-keys")


def account_state(state: AccountState, *names: str) -> None:
    """A scenario in an account of that state."""

    def scenario(door: Door) -> Refusal:
        door.put(replace(door.founded.account, state=state))
        return door.refused("list-keys")

    meets(*names)(scenario)


account_state(AccountState.UNVERIFIED, "KMS.0314/AccountUnverified")
account_state(AccountState.FROZEN, "KMS.0328/AccountFrozen")
account_state(AccountState.IN_DEBT, "KMS.0328/AccountFault")


# ── what an operator switches ─────────────────────────────────────────────────


def switched(verb: str, body: dict[str, Any], switches: Switches, *names: str) -> None:
    """A scenario with the service's switches set."""

    def scenario(door: Door) -> Refusal:
        door.add(switches)
        return door.refused(verb, body)

    meets(*names)(scenario)


switched("create-key", {"key_alias": "a"}, Switches(replica=True), "KMS.0106/ReadOnlyReplica")
switched("create-key", {"key_alias": "a", "key_spec": "SM4"}, Switches(sm4=False), "KMS.0336/UnsupportedKeySpec")
switched("create-key", {"key_alias": "a", "key_spec": "SM2"}, Switches(sm2=False), "KMS.0337/UnsupportedKeySpec")


@meets("KMS.0104/Unavailable")
def _(door: Door) -> Refusal:
    door.add(Switches(maintenance="moving"))
    request = door.signer.sign(door.request("gen-random", {"random_data_length": 512}))
    return refusal(read(door.send(request, broken=True)))


@meets("KMS.1110/UnsupportedKeySpec", "KMS.0308/UnsupportedKeySpec")
def _(door: Door) -> Refusal:
    class NothingButAes:
        name = "software"
        protection_levels = frozenset({"software"})
        may_block = False

        def supports(self, spec: Any) -> bool:
            return bool(spec.family == "aes")

    door.runtime.gate.providers = {"software": NothingButAes()}
    return door.refused("create-key", {"key_alias": "a", "key_spec": "EC_P256"})


@meets("APIGW.0308/RateExceeded")
def _(door: Door) -> Refusal:
    door.add(Switches(rates="cloud"))
    door.runtime.gate.throttle = Throttle(now=lambda: 0.0)
    for _ in range(1000):
        door.runtime.gate.throttle.take(door.founded.account.id, "random:generate")
    return door.refused("gen-random", {"random_data_length": 512})


# ── secrets: only the routes are known yet ────────────────────────────────────


@meets("CSMS.0003/UnknownOperation", "CSMS.0003/UnsupportedMethod")
def _(door: Door) -> Refusal:
    response = _route(door, "GET", f"/v1/{door.project.id}/no-such-thing")
    answer = json.loads(response.body)
    assert list(answer) == ["error_code", "error_msg"], "secrets answer flat"
    return response.status, answer["error_code"], answer["error_msg"]


import huawei.provoke_more  # noqa: E402 - their scenarios join these
import huawei.provoke_stores  # noqa: E402, F401
