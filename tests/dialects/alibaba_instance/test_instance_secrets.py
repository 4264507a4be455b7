"""GetSecretValue: which version, what is said about it, and who may read it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bitting.core.model.key import KeyRef
from bitting.core.model.secret import SecretType
from bitting.core.usecases.keys import lifecycle as keys
from bitting.core.usecases.secrets import lifecycle as secrets
from bitting.core.usecases.secrets import versions as secret_versions

KEY_USER = "RbacPermission/Template/CryptoServiceKeyUser"
SECRET_USER = "RbacPermission/Template/CryptoServiceSecretUser"
INVALID = (400, "InvalidParameter", "The specified parameter is not valid.")
MISSING = (404, "Forbidden.ResourceNotFound", "The specified Resource is not found.")


@pytest.fixture
def secret(owner):
    """db/password with three versions: v1 without a stage, v2 previous, v3 current and on a stage of its own."""
    key = owner.key()
    made = owner.run(secrets.create, secrets.CreateSecret("db", b"one", key=KeyRef.by_id(key.id))).secret
    owner.run(secret_versions.put_value, secret_versions.PutValue("db", b"two"))
    owner.run(
        secret_versions.put_value, secret_versions.PutValue("db", b"dHJlcw==", binary=True, stages=("*current", "blue"))
    )
    return made


def test_the_current_version(client, secret):
    said = client.ok("GetSecretValue", SecretName="db")
    assert (said.SecretName, said.SecretData, said.SecretDataType) == ("db", "dHJlcw==", "binary")
    assert (said.SecretType, said.VersionId) == ("Generic", "v3")
    assert sorted(said.VersionStages) == ["ACSCurrent", "blue"]
    assert said.CreateTime == "2026-11-21T12:00:00Z"
    rotation = (said.AutomaticRotation, said.RotationInterval, said.LastRotationDate, said.NextRotationDate)
    assert rotation == ("", "", "", "")
    assert client.version == ""


@pytest.mark.parametrize(
    ("parameters", "value"),
    [
        ({"VersionStage": "ACSCurrent"}, "dHJlcw=="),
        ({"VersionStage": "ACSPrevious"}, "two"),
        ({"VersionStage": "blue"}, "dHJlcw=="),
        ({"VersionId": "v1"}, "one"),
        ({"VersionId": "v2", "VersionStage": "ACSPrevious"}, "two"),
    ],
    ids=str,
)
def test_a_version_by_name_or_stage(client, secret, parameters, value):
    assert client.ok("GetSecretValue", SecretName="db", **parameters).SecretData == value


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({"VersionId": "v1", "VersionStage": "ACSCurrent"}, INVALID),
        ({"VersionId": "v9"}, MISSING),
        ({"VersionStage": "green"}, MISSING),
        ({"VersionStage": "*current"}, INVALID),
        ({"VersionStage": "x" * 65}, INVALID),
        ({"SecretName": "x" * 65}, INVALID),
    ],
    ids=str,
)
def test_a_version_that_is_not_there(client, secret, parameters, refusal):
    assert client.refused("GetSecretValue", **{"SecretName": "db", **parameters}) == refusal


def test_a_managed_secret_tells_how_it_rotates(client, owner, secret):
    config = '{"SecretSubType":"SingleUser"}'
    with owner.runtime.store.begin(write=False) as uow:
        held = uow.of(type(secret)).get(secret.id)
    changed = replace(held, type=SecretType.DATABASE, config=config, rotation_interval_s=604800, rotated_ms=1_000)
    owner.put(changed)
    said = client.ok("GetSecretValue", SecretName="db", FetchExtendedConfig=True)
    assert (said.SecretType, said.ExtendedConfig, said.AutomaticRotation) == ("Rds", config, "Disabled")
    assert (said.RotationInterval, said.LastRotationDate) == ("604800s", "1970-01-01T00:00:01Z")
    assert client.ok("GetSecretValue", SecretName="db").ExtendedConfig == ""


def test_a_new_value_is_read_at_once(client, owner, secret):
    assert client.ok("GetSecretValue", SecretName="db").SecretData == "dHJlcw=="
    owner.run(secret_versions.put_value, secret_versions.PutValue("db", b"four"))
    assert client.ok("GetSecretValue", SecretName="db").SecretData == "four"
    owner.run(secrets.delete, secrets.SecretCommand("db"))
    assert client.refused("GetSecretValue", SecretName="db") == MISSING


def test_pending_deletion(client, owner, secret):
    owner.run(secrets.schedule_deletion, secrets.ScheduleDeletion("db", 7))
    text = "The request was rejected because the key state is PendingDeletion."
    assert client.refused("GetSecretValue", SecretName="db") == (409, "Rejected.PendingDeletion", text)


def test_the_secrets_key_must_allow_it_too(make_client, owner, secret):
    """Both templates, and both resources: a refusal for the key's sake names the key."""
    key_id = secret.key_id
    refused = (403, "Forbidden.NoPermission", 'This operation for "{}" is forbidden by permission system.')
    only_secret = make_client(permissions=(SECRET_USER,), resources=("secret/*", "key/*"))
    assert only_secret.refused("GetSecretValue", SecretName="db") == (*refused[:2], refused[2].format(key_id))
    other_key = make_client(permissions=(SECRET_USER, KEY_USER), resources=("secret/*", "key/other"))
    assert other_key.refused("GetSecretValue", SecretName="db") == (*refused[:2], refused[2].format(key_id))
    both = make_client(permissions=(SECRET_USER, KEY_USER), resources=("secret/d*", f"key/{key_id}"))
    assert both.call("GetSecretValue", SecretName="db").status == 200
    owner.run(keys.disable, keys.KeyCommand(KeyRef.by_id(key_id)))
    text = "The request was rejected because the key state is Disabled."
    assert both.refused("GetSecretValue", SecretName="db") == (409, "Rejected.Disabled", text)


def test_a_secret_under_the_services_own_key(make_client, owner):
    """That key is everybody's for secrets, and nobody's for anything else."""
    made = owner.run(secrets.create, secrets.CreateSecret("plain", b"value")).secret
    client = make_client(permissions=(SECRET_USER, KEY_USER), resources=("secret/*", "key/*"))
    assert client.ok("GetSecretValue", SecretName="plain").SecretData == "value"
    refused = client.refused("Encrypt", KeyId=made.key_id, Plaintext=b"x")
    assert refused == (400, "UnsupportedOperation", "Rejected.UnsupportedOperation")


def test_a_secret_of_another_instance_is_not_there(make_client, owner, secret):
    client = make_client(permissions=(SECRET_USER, KEY_USER), resources=("secret/*", "key/*"))
    with owner.runtime.store.begin(write=False) as uow:
        held = uow.of(type(secret)).get(secret.id)
    owner.put(replace(held, instance_id="kst-elsewhere"))
    assert client.refused("GetSecretValue", SecretName="db") == MISSING
