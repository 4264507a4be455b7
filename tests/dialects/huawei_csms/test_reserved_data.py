"""What the service seals for itself under callers' keys opens through no operation that decrypts for callers."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from alibaba_openapi.conftest import ApiClient as OpenApi
from huawei_csms.csms_api import Csms

from bitting.core.blob import BACKUP_DOMAIN, CAPSULE_DOMAIN, DATA_KEY_DOMAIN, SECRET_DOMAIN, padded, parse
from bitting.core.model.secret import Secret, SecretVersion
from bitting.core.usecases.secrets.values import binding


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def data_key_of(backup: str) -> bytes:
    data = base64.b64decode(backup)
    length, named = int.from_bytes(data[4:8], "big"), data[8]
    return data[9 + named : 9 + named + length]


def stored(csms: Csms) -> tuple[bytes, bytes]:
    """The wrapped data key of the secret as it is in the store, and what it is bound to."""
    with csms.runtime.store.begin(write=False) as uow:
        (secret,), (version,) = uow.of(Secret).find({}), uow.of(SecretVersion).find({})
    return version.data_key, binding(secret, version.name)


@pytest.mark.parametrize("what", ["backup", "stored"])
def test_neither_backup_nor_stored_value_opens(csms: Csms, what: str) -> None:
    key_id = csms.api.key()
    csms.create(kms_key_id=key_id)
    if what == "backup":
        backup = csms.ok("download-secret-blob", secret_name="db")["secret_blob"]
        sealed, aad = data_key_of(backup), BACKUP_DOMAIN
    else:
        sealed, aad = stored(csms)
    order: dict[str, Any] = {"cipher_text": b64(sealed), "additional_authenticated_data": aad.decode()}
    status, answer = csms.api.ask("decrypt-data", order)
    assert status == 400, answer
    assert "plain_text" not in answer
    openapi = OpenApi(csms.runtime)
    given = {"CiphertextBlob": b64(sealed), "Aad": b64(aad)}
    assert openapi.ask("AdvanceDecrypt", given)[0] >= 400


def test_a_backup_is_still_restored(csms: Csms) -> None:
    csms.create(kms_key_id=csms.api.key())
    blob = csms.ok("download-secret-blob", secret_name="db")["secret_blob"]
    csms.ok("delete-secret", secret_name="db")
    csms.ok("upload-secret-blob", {"secret_blob": blob})
    assert (
        csms.ok("show-secret-version", secret_name="db", version_id="latest")["version"]["secret_string"] == "hunter2"
    )


@pytest.mark.parametrize("aad", [SECRET_DOMAIN + b"x", DATA_KEY_DOMAIN, CAPSULE_DOMAIN + b"{}", BACKUP_DOMAIN])
def test_nobody_encrypts_with_such_data_either(csms: Csms, aad: bytes) -> None:
    """Otherwise a caller could make what the service takes for its own."""
    openapi = OpenApi(csms.runtime)
    key_id = openapi.key()
    assert openapi.ask("AdvanceEncrypt", {"KeyId": key_id, "Plaintext": "eA==", "Aad": b64(aad)})[0] == 400
    made = openapi.ok("AdvanceEncrypt", {"KeyId": key_id, "Plaintext": "eA==", "Aad": b64(b"x" + aad)})
    assert padded(parse(base64.b64decode(made["CiphertextBlob"])))
    if aad.isascii() and b"\0" not in aad:
        order = {"key_id": csms.api.key(), "plain_text": "x", "additional_authenticated_data": aad.decode()}
        assert csms.api.ask("encrypt-data", order)[0] == 400
