"""GetSecretValue of the instance API: what it says, and the two permissions it needs."""

from __future__ import annotations

import json

import pytest

from bitting.core.model.key import KeyRef
from bitting.core.model.secret import SecretType
from bitting.core.usecases import keys, secret_versions, secrets

KEY_USER = "RbacPermission/Template/CryptoServiceKeyUser"
SECRET_USER = "RbacPermission/Template/CryptoServiceSecretUser"


def make(owner, name="db", value=b"one", **given):
    return owner.run(secrets.create, secrets.CreateSecret(name, value, **given))


def forbidden(what):
    return (403, "Forbidden.NoPermission", f'This operation for "{what}" is forbidden by permission system.')


def test_a_generic_secret(client, owner):
    make(owner)
    owner.run(secret_versions.put_value, secret_versions.PutValue("db", b"two", version="second"))
    said = client.ok("GetSecretValue", SecretName="db")
    assert (said.SecretName, said.SecretType, said.SecretData, said.SecretDataType) == ("db", "Generic", "two", "text")
    assert (said.VersionId, list(said.VersionStages)) == ("second", ["ACSCurrent"])
    assert said.CreateTime == "2026-11-21T12:00:00Z"
    assert (said.AutomaticRotation, said.ExtendedConfig, said.RotationInterval) == ("", "", "")
    assert client.ok("GetSecretValue", SecretName="db", VersionStage="ACSPrevious").SecretData == "one"
    assert client.ok("GetSecretValue", SecretName="db", VersionId="v1").SecretData == "one"
    both = client.refused("GetSecretValue", SecretName="db", VersionId="v1", VersionStage="ACSCurrent")
    assert both == (400, "InvalidParameter", "The specified parameter is not valid.")


@pytest.mark.parametrize(("fetch", "config"), [(True, '{"DBInstanceId": "x"}'), (False, "")])
def test_a_managed_secret_in_strings(client, owner, fetch, config):
    make(owner, type=SecretType.DATABASE, rotation_interval_s=604_800, config='{"DBInstanceId": "x"}')
    said = client.ok("GetSecretValue", SecretName="db", FetchExtendedConfig=fetch, VersionId="not looked at")
    assert (said.AutomaticRotation, said.RotationInterval) == ("Enabled", "604800s")
    assert said.NextRotationDate == "2026-11-28T12:00:00Z"
    assert (said.SecretType, said.ExtendedConfig) == ("Rds", config)


def test_access_keys_say_when_they_were_made(client, owner):
    make(owner, value=b'{"AccessKeyId":"a","AccessKeySecret":"b"}', type=SecretType.ACCESS_KEY)
    said = json.loads(client.ok("GetSecretValue", SecretName="db").SecretData)
    assert said == {"AccessKeyId": "a", "AccessKeySecret": "b", "GenerateTimestamp": "2026-11-21T12:00:00Z"}


def test_both_permissions_and_which_one_is_missed(make_client, owner):
    key = owner.key()
    make(owner, key=KeyRef.by_id(key.id))
    both = make_client(permissions=(KEY_USER, SECRET_USER), resources=("key/*", "secret/*"))
    assert both.ok("GetSecretValue", SecretName="db").SecretData == "one"
    only_secret = make_client(permissions=(SECRET_USER,), resources=("key/*", "secret/*"))
    assert only_secret.refused("GetSecretValue", SecretName="db") == forbidden(key.id)
    only_key = make_client(permissions=(KEY_USER,), resources=("key/*", "secret/*"))
    assert only_key.refused("GetSecretValue", SecretName="db") == forbidden("db")
    another_key = make_client(permissions=(KEY_USER, SECRET_USER), resources=("key/another", "secret/*"))
    assert another_key.refused("GetSecretValue", SecretName="db") == forbidden(key.id)


def test_the_services_own_key_asks_for_nothing(make_client, owner):
    make(owner)
    client = make_client(permissions=(SECRET_USER,), resources=("secret/db",))
    assert client.ok("GetSecretValue", SecretName="db").SecretData == "one"


def test_states_of_secret_and_key(client, owner):
    key = owner.key()
    make(owner, key=KeyRef.by_id(key.id))
    owner.run(keys.disable, keys.OneKey(KeyRef.by_id(key.id)))
    assert client.refused("GetSecretValue", SecretName="db")[:2] == (409, "Rejected.Disabled")
    owner.run(keys.enable, keys.OneKey(KeyRef.by_id(key.id)))
    owner.run(secrets.schedule_deletion, secrets.ScheduleDeletion("db", 7))
    assert client.refused("GetSecretValue", SecretName="db")[0] == 409
