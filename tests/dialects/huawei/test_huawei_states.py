"""Every operation that names a key, in every state a key can be in; and the wall between projects."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest
from huawei.conftest import ApiClient
from huawei.scenarios_stores import abroad

from bitting.core.model.key import Key, KeyState
from bitting.dialects.huawei import kms_operations
from bitting.dialects.otc import profile

DEK = bytes(64)
B64 = base64.b64encode(bytes(32)).decode()
HMAC, EC = {"key_spec": "HMAC_256"}, {"key_spec": "EC_P256"}
OK, DISABLED, DELETION, WAITING, FROZEN = "ok", "KMS.0209", "KMS.0210", "KMS.1301", "KMS.0320"
#: What a use of the key is told in each state: enabled, disabled, pending deletion, pending import, frozen.
USE = (OK, DISABLED, DELETION, WAITING, FROZEN)
READ = (OK,) * 5
EDIT = (OK, OK, DELETION, OK, OK)
STATES = (KeyState.ENABLED, KeyState.DISABLED, KeyState.PENDING_DELETION, KeyState.PENDING_IMPORT, KeyState.FROZEN)
CHECKED = {"plain_text": (DEK + hashlib.sha256(DEK).digest()).hex(), "datakey_plain_length": "64"}
SIGNED = {"message": B64, "signing_algorithm": "ECDSA_SHA_256"}
TAG = {"key": "a", "value": "b"}

#: operation -> (spec, body, outcome in each state); a path with {} is asked with the method beside it.
TABLE: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[str, ...]]] = {
    "describe-key": ({}, {}, READ),
    "enable-key": ({}, {}, ("KMS.1201", OK, "KMS.1201", "KMS.1201", FROZEN)),
    "disable-key": ({}, {}, (OK, WAITING, WAITING, WAITING, FROZEN)),
    "schedule-key-deletion": ({}, {"pending_days": "7"}, (OK, OK, "KMS.1402", OK, FROZEN)),
    "cancel-key-deletion": ({}, {}, ("KMS.1501", "KMS.1501", OK, "KMS.1501", "KMS.1501")),
    "update-key-alias": ({}, {"key_alias": "renamed"}, EDIT),
    "update-key-description": ({}, {"key_description": "more"}, EDIT),
    "encrypt-data": ({}, {"plain_text": "x"}, USE),
    "create-datakey": ({}, {"datakey_length": "512"}, USE),
    "create-datakey-without-plaintext": ({}, {"datakey_length": "512"}, USE),
    "encrypt-datakey": ({}, CHECKED, USE),
    "create-rsa-datakey-pair": ({}, {"key_spec": "RSA_2048"}, USE),
    "create-ec-datakey-pair": ({}, {"key_spec": "ECC_NIST_P256"}, USE),
    "sign": (EC, SIGNED, USE),
    "verify": (EC, {**SIGNED, "signature": B64}, USE),
    "get-publickey": (EC, {}, USE),
    "generate-mac": (HMAC, {"message": B64, "mac_algorithm": "HMAC_SHA_256"}, USE),
    "verify-mac": (HMAC, {"message": B64, "mac_algorithm": "HMAC_SHA_256", "mac": B64}, USE),
    "get-parameters-for-import": ({}, {"wrapping_algorithm": "RSAES_OAEP_SHA_256"},
                                  ("KMS.0309", "KMS.0309", DELETION, "KMS.0309", FROZEN)),
    "delete-imported-key-material": ({}, {}, ("KMS.0309", "KMS.0309", "KMS.2701", "KMS.2701", FROZEN)),
    "enable-key-rotation": ({}, {}, USE),
    "disable-key-rotation": ({}, {}, ("KMS.0313", *USE[1:])),
    "update-key-rotation-interval": ({}, {"rotation_interval": 30}, ("KMS.0313", *USE[1:])),
    "get-key-rotation-status": ({}, {}, READ),
    "rotate-on-demand": ({}, {}, USE),
    "create-grant": ({}, {"operations": ["describe-key"]}, USE),
    "list-grants": ({}, {}, READ),
    "revoke-grant": ({}, {"grant_id": "0" * 64}, ("KMS.2501",) * 5),
    "retire-grant": ({}, {"grant_id": "0" * 64}, ("KMS.2501",) * 5),
    "POST aliases": ({}, {"alias": "one"}, EDIT),
    "DELETE aliases": ({}, {"aliases": ["none"]}, ("KMS.0207", "KMS.0207", DELETION, "KMS.0207", "KMS.0207")),
    "POST {}/tags": ({}, {"tag": TAG}, EDIT),
    "POST {}/tags/action": ({}, {"action": "create", "tags": [TAG]}, EDIT),
    "GET {}/tags": ({}, {}, READ),
    "DELETE {}/tags/a": ({}, {}, ("KMS.0416", "KMS.0416", DELETION, "KMS.0416", "KMS.0416")),
    "datakey-capsule/create": ({}, {"datakey_length": "256", "key_policy": "{}"}, USE),
}  # fmt: skip


def body_of(api: ApiClient, verb: str, key: str, body: dict[str, Any]) -> dict[str, Any]:
    grantee = {"grantee_principal": api.founded.user.id} if verb == "create-grant" else {}
    return {"key_id": key, **grantee, **body}


def told(api: ApiClient, verb: str, key: str, body: dict[str, Any]) -> str:
    """``ok`` or the code."""
    method, _, path = verb.rpartition(" ")
    answer = api.ask_at(method or "POST", api.path(path.format(key)), body_of(api, verb, key, body))
    status, content = answer
    return OK if status < 300 else str(content["error"]["error_code"])


@pytest.mark.parametrize("verb", TABLE)
def test_every_state(api: ApiClient, verb: str) -> None:
    spec, body, outcomes = TABLE[verb]
    seen = []
    for state in STATES:
        key = api.key(**spec)
        due = api.runtime.clock.now_ms() + 1000 if state is KeyState.PENDING_DELETION else 0
        with api.runtime.store.begin(write=True) as uow:
            uow.of(Key).put(replace(uow.of(Key).get(key), state=state, deletion_due_ms=due))
        seen.append(told(api, verb, key, {**body, **({"key_alias": key} if "key_alias" in body else {}),
                                           **({"alias": key} if "alias" in body else {})}))  # fmt: skip
    assert tuple(seen) == outcomes


def test_decryption_in_every_state(api: ApiClient) -> None:
    key = api.key()
    text = api.ok("encrypt-data", key_id=key, plain_text="x")["cipher_text"]
    sealed = api.ok("encrypt-datakey", key_id=key, **CHECKED)["cipher_text"]
    calls = {
        "decrypt-data": {"cipher_text": text},
        "decrypt-datakey": {"cipher_text": sealed, "datakey_cipher_length": 64},
        "re-encrypt": {"cipher_text": text, "destination_key_id": api.key()},
    }
    for state, outcome in zip(STATES, USE, strict=True):
        due = api.runtime.clock.now_ms() + 1000
        with api.runtime.store.begin(write=True) as uow:
            uow.of(Key).put(replace(uow.of(Key).get(key), state=state, deletion_due_ms=due))
        for verb, body in calls.items():
            given = body if verb == "re-encrypt" else {"key_id": key, **body}
            status, content = api.ask(verb, given)
            assert (OK if status == 200 else content["error"]["error_code"]) == outcome, (verb, state)


@pytest.mark.parametrize("by_token", [False, True], ids=["signed", "token"])
def test_a_second_project_is_a_wall(api: ApiClient, by_token: bool) -> None:
    """Whatever names a key of another project's ring says there is none, and lists show nothing of it."""
    far = ApiClient(api.runtime, abroad(api))
    keys = {json.dumps(spec): api.key(**spec) for spec, _, _ in TABLE.values()}
    token = far.sign_in() if by_token else ""
    for verb, (spec, body, _) in TABLE.items():
        key = keys[json.dumps(spec)]
        method, _, path = verb.rpartition(" ")
        headers = {"x-auth-token": token} if by_token else None
        sent = body_of(api, verb, key, body)
        status, content = far.ask_at(method or "POST", far.path(path.format(key)), sent, headers=headers)
        assert (status, content["error"]["error_code"]) == (404, "KMS.0207"), verb
        assert key not in json.dumps(content)
    for verb in ("list-keys", "list-retirable-grants", "resource_instances/action"):
        content = json.dumps(far.ok(verb, key_spec="ALL", action="filter"))
        assert not [key for key in keys.values() if key in content], verb
    for path in ("tags", "aliases", "user-instances", "user-quotas"):
        status, content = far.ask_at("GET", far.path(path))
        assert status == 200
        assert not [key for key in keys.values() if key in json.dumps(content)]


def test_the_profiles_have_their_operations() -> None:
    """75 operations of Huawei's SDK, 41 of Open Telekom Cloud's reference, and nothing of one name twice."""
    found = [row for row in kms_operations.rows().values() if not row.operators]
    extra = {"version/", "delete-tag/action", "show-job"} | {row.name for row in found if row.name.startswith("other-")}
    assert len([row for row in found if row.name not in extra]) == 75
    own = [name for name in profile.rows() if name not in extra and "keystore" not in name]
    assert len(own) == 41
