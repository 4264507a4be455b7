"""A key that gets a new version while a live server uses it: what was made before opens after."""

from __future__ import annotations

from typing import Any

import pytest
from instance_fuzz import make_keys
from instance_wire import Answer, Signer, message, request, send
from live import Live

from bitting.core.gate import RequestContext
from bitting.core.model.key import KeyRef
from bitting.core.usecases.iam.credentials import access_key
from bitting.core.usecases.keys.versions import CreateVersion, create_version
from bitting.dialects.alibaba_instance import api_pb2
from bitting.settings import load
from bitting.wiring import build

VERSION = "x-kms-migrationkeyversionid"


def rotate(live: Live, key_id: str) -> str:
    """A new primary version, made by another process on the same store; its id."""
    runtime = build(load({"data_dir": str(live.directory)}, {}))
    try:
        gate = runtime.gate
        held = access_key(gate.cache.loading, gate.vault, live.credentials["access_key_id"])
        assert held is not None
        request_context = RequestContext("00000000-0000-4000-8000-000000000000", "test", "rotate", "127.0.0.1")
        made = gate.run(
            create_version, held.principal, CreateVersion(KeyRef.by_id(key_id)), request_context, gate.cache.loading
        )
        return made.id
    finally:
        runtime.close()


@pytest.fixture(scope="module")
def key_id(live: Live) -> str:
    return make_keys(live)[0]


def call(live: Live, name: str, version: str = "", **fields: Any) -> tuple[Any, Answer]:
    """The Response message and the answer it came in."""
    body = message(name, **fields)
    headers = {"x_kms_migrationkeyversionid": version} if version else {}
    answer = send(live, request(Signer.of(live).headers(name, body, **headers), body))
    assert answer.status == 200, answer.error()
    return getattr(api_pb2, f"{name}Response").FromString(answer.body), answer


def test_every_layout_survives_a_rotation(live: Live, key_id: str) -> None:
    bare, answer = call(live, "Encrypt", KeyId=key_id, Plaintext=b"before")
    first = answer.headers[VERSION]
    blob, _ = call(live, "AdvanceEncrypt", KeyId=key_id, Plaintext=b"before")
    data_key, _ = call(live, "AdvanceGenerateDataKey", KeyId=key_id, NumberOfBytes=32)
    assert blob.KeyVersionId == first
    second = rotate(live, key_id)
    # The next request of either worker knows the new version: Advance operations use it, the others the first one.
    for _ in range(4):
        newer, answer = call(live, "AdvanceEncrypt", KeyId=key_id, Plaintext=b"after")
        assert (newer.KeyVersionId, answer.headers[VERSION]) == (second, second)
        assert call(live, "Encrypt", KeyId=key_id, Plaintext=b"after")[1].headers[VERSION] == first
    parts = {"CiphertextBlob": bare.CiphertextBlob, "Iv": bare.Iv, "Algorithm": "AES_GCM"}
    assert call(live, "Decrypt", KeyId=key_id, **parts)[0].Plaintext == b"before"
    assert call(live, "Decrypt", first, **parts)[0].Plaintext == b"before"
    assert call(live, "AdvanceDecrypt", CiphertextBlob=blob.CiphertextBlob)[0].Plaintext == b"before"
    assert call(live, "AdvanceDecrypt", CiphertextBlob=data_key.CiphertextBlob)[0].Plaintext == data_key.Plaintext
    # A low-version transfer client cuts the newer blob: version, Iv, ciphertext.
    cut = newer.CiphertextBlob[3:]
    version, rest = cut[:36].decode(), {"Iv": cut[36:48], "CiphertextBlob": cut[48:]}
    assert version == second
    assert call(live, "Decrypt", version, **rest)[0].Plaintext == b"after"
    opened, _ = call(live, "AdvanceDecrypt", CiphertextBlob=newer.CiphertextBlob)
    assert (opened.Plaintext, opened.KeyVersionId) == (b"after", second)
