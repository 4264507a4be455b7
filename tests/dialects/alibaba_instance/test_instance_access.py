"""Client key, access point, policies, networks: what they allow, at once after a change, and what they do not tell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bitting.core.model.identity import AccessPolicy, ApplicationAccessPoint, ClientKey, Instance, NetworkRule
from bitting.dialects.alibaba_instance.dialect import AlibabaInstance

KEY_USER = "RbacPermission/Template/CryptoServiceKeyUser"
SECRET_USER = "RbacPermission/Template/CryptoServiceSecretUser"
NOBODY = "00000000-0000-4000-8000-00000000dead"


def forbidden(name):
    return (403, "Forbidden.NoPermission", f'This operation for "{name}" is forbidden by permission system.')


def unknown(key_id):
    return (404, "Unauthorized", f'The AccessKey ID "{key_id}" does not exist in our records.')


def encrypt(client, key_id):
    return client.refused("Encrypt", KeyId=key_id, Plaintext=b"x")


# ── the client key ────────────────────────────────────────────────────────────


def test_a_client_key_is_valid_from_its_first_to_before_its_last_moment(client, owner, runtime):
    with runtime.store.begin(write=False) as uow:
        record = uow.of(ClientKey).get(client.key.id)
    now = runtime.clock.now_ms()
    owner.put(replace(record, not_before_ms=now, not_after_ms=now + 1000))
    assert client.call("GenerateRandom", Length=1).status == 200
    runtime.clock.advance(seconds=1)
    assert client.refused("GenerateRandom", Length=1) == unknown(client.key.id)
    owner.put(replace(record, not_before_ms=runtime.clock.now_ms() + 1, not_after_ms=now * 2))
    assert client.refused("GenerateRandom", Length=1) == unknown(client.key.id)


def test_a_deleted_client_key_is_unknown_at_once(client, runtime):
    assert client.call("GenerateRandom", Length=1).status == 200
    with runtime.store.begin(write=True) as uow:
        uow.of(ClientKey).remove(client.key.id)
    assert client.refused("GenerateRandom", Length=1) == unknown(client.key.id)


def test_a_client_key_without_its_access_point_is_unknown(client, runtime):
    with runtime.store.begin(write=True) as uow:
        uow.of(ApplicationAccessPoint).remove(runtime.founded.access_point.id)
    assert client.refused("GenerateRandom", Length=1) == unknown(client.key.id)


# ── permissions and resources ─────────────────────────────────────────────────


def test_an_access_point_without_the_template_may_not(make_client, owner):
    key, client = owner.key(), make_client(permissions=(SECRET_USER,), resources=("key/*", "secret/*"))
    assert encrypt(client, key.id) == forbidden(key.id)
    assert client.refused("GenerateRandom", Length=1) == forbidden("GenerateRandom")
    assert client.refused("GetSecretValue", SecretName="s")[1] == "Forbidden.ResourceNotFound"


def test_secrets_need_their_own_template_and_resource(make_client):
    assert make_client().refused("GetSecretValue", SecretName="s") == forbidden("s")
    narrow = make_client(permissions=(SECRET_USER,), resources=("secret/other*",))
    assert narrow.refused("GetSecretValue", SecretName="s") == forbidden("s")
    assert narrow.refused("GetSecretValue", SecretName="other1")[1] == "Forbidden.ResourceNotFound"


def test_resources_are_names_or_beginnings_of_names(make_client, owner):
    key, other = owner.key(), owner.key()
    for resource in (f"key/{key.id}", f"key/{key.id[:8]}*", "key/*", "*"):
        assert make_client(resources=(resource,)).call("Encrypt", KeyId=key.id, Plaintext=b"x").status == 200
    assert encrypt(make_client(resources=(f"key/{key.id}",)), other.id) == forbidden(other.id)


def test_what_a_caller_may_not_use_it_cannot_tell_from_what_is_not_there(make_client, owner):
    mine, theirs = owner.key(), owner.key()
    owner.alias("alias/theirs", theirs)
    client = make_client(resources=(f"key/{mine.id}",))
    assert encrypt(client, theirs.id) == forbidden(theirs.id)
    assert encrypt(client, NOBODY) == forbidden(NOBODY)
    assert encrypt(client, "alias/theirs") == forbidden("alias/theirs")
    assert encrypt(client, "alias/nobody") == forbidden("alias/nobody")
    elsewhere = owner.key(instance_id="kst-elsewhere")
    assert encrypt(client, elsewhere.id) == forbidden(elsewhere.id)


def test_a_ciphertext_of_a_forbidden_key_stays_shut_and_names_the_key(client, make_client, owner):
    key = owner.key()
    blob = client.ok("AdvanceEncrypt", KeyId=key.id, Plaintext=b"x").CiphertextBlob
    other = make_client(resources=("key/other",))
    assert other.refused("AdvanceDecrypt", CiphertextBlob=blob) == forbidden(key.id)


def test_a_change_of_policy_holds_for_the_next_request(make_client, owner, runtime):
    key, client = owner.key(), make_client()
    assert client.call("Encrypt", KeyId=key.id, Plaintext=b"x").status == 200
    policy_id = f"{runtime.founded.account.id}/point0"
    with runtime.store.begin(write=False) as uow:
        policy = uow.of(AccessPolicy).get(policy_id)
    owner.put(replace(policy, resources=("key/other",)))
    assert encrypt(client, key.id) == forbidden(key.id)
    owner.put(policy)
    assert client.call("Encrypt", KeyId=key.id, Plaintext=b"x").status == 200


def test_only_policies_of_the_access_points_instance_count(make_client, owner, runtime):
    """The first instance named is the access point's; what policies say of others is about others."""
    account, now, mine = runtime.founded.account, runtime.clock.now_ms(), runtime.founded.instance
    other = Instance("kst-other", account.id, account.ring, "other", now)
    owner.add(other)
    key, theirs = owner.key(), owner.key(instance_id="kst-other")
    client = make_client(resources=(f"key/{key.id}",))
    point_id = f"{account.id}/point0"
    wide = AccessPolicy(f"{account.id}/wide", account.id, "wide", "kst-other", (KEY_USER,), ("key/*",), (), "", now)
    owner.add(wide)
    with runtime.store.begin(write=False) as uow:
        point = uow.of(ApplicationAccessPoint).get(point_id)
    owner.put(replace(point, policies=("point0", "wide")))
    assert client.call("Encrypt", KeyId=key.id, Plaintext=b"x").status == 200
    assert encrypt(client, theirs.id) == forbidden(theirs.id)
    owner.put(replace(wide, instance_id=mine.id))
    text = f'The Key ID or Alias does not exist in the key store "{mine.id}".'
    assert encrypt(client, theirs.id) == (404, "Forbidden.KeyNotFound", text)
    owner.put(wide, replace(point, policies=("wide", "point0")))
    assert client.call("Encrypt", KeyId=theirs.id, Plaintext=b"x").status == 200
    owner.put(replace(theirs, instance_id=mine.id))
    text = 'The Key ID or Alias does not exist in the key store "kst-other".'
    assert encrypt(client, theirs.id) == (404, "Forbidden.KeyNotFound", text)


@pytest.mark.parametrize("instance", ["shared", "", "kst-gone"])
def test_a_policy_of_no_instance_allows_nothing_here(make_client, owner, runtime, instance):
    key, client = owner.key(), make_client()
    with runtime.store.begin(write=False) as uow:
        policy = uow.of(AccessPolicy).get(f"{runtime.founded.account.id}/point0")
    owner.put(replace(policy, instance_id=instance))
    assert encrypt(client, key.id) == forbidden(key.id)
    assert client.refused("GenerateRandom", Length=1) == forbidden("GenerateRandom")


def test_an_instance_of_another_account_lends_nothing(make_client, owner, runtime):
    key, client = owner.key(), make_client()
    owner.put(replace(runtime.founded.instance, account_id="somebody"))
    assert encrypt(client, key.id) == forbidden(key.id)


# ── networks ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("networks", "source", "allowed"),
    [
        (("10.0.0.0/8",), "10.1.2.3", True),
        (("10.0.0.0/8",), "11.1.2.3", False),
        (("10.1.2.3",), "10.1.2.3", True),
        (("192.168.0.0/16", "10.0.0.0/8"), "10.1.2.3", True),
        (("10.0.0.0/8",), "::ffff:10.1.2.3", True),
        (("fd00::/8",), "fd00::1", True),
        (("fd00::/8",), "10.1.2.3", False),
        (("10.1.2.3/8",), "10.9.9.9", True),
        (("garbage",), "10.1.2.3", False),
        (("garbage", "10.0.0.0/8"), "10.1.2.3", True),
        (("10.0.0.0/8",), "", False),
        (("10.0.0.0/8",), "unix:", False),
    ],
)
def test_source_networks(make_client, owner, networks, source, allowed):
    key = owner.key()
    client = make_client(networks=networks, source=source)
    response = client.call("Encrypt", KeyId=key.id, Plaintext=b"x")
    assert (response.status == 200) is allowed
    if not allowed:
        assert client.error(response) == forbidden(key.id)


def test_a_change_of_network_rule_holds_for_the_next_request(make_client, owner, runtime):
    key, client = owner.key(), make_client(networks=("10.0.0.0/8",), source="10.1.2.3")
    assert client.call("Encrypt", KeyId=key.id, Plaintext=b"x").status == 200
    rule_id = f"{runtime.founded.account.id}/point0"
    with runtime.store.begin(write=False) as uow:
        rule = uow.of(NetworkRule).get(rule_id)
    owner.put(replace(rule, sources=("192.168.0.0/16",)))
    assert encrypt(client, key.id) == forbidden(key.id)


def test_the_caches_are_bounded(runtime):
    dialect = AlibabaInstance(runtime.vault, runtime.clock, "r")
    for number in range(1000):
        dialect._examiner._date(f"Thu, 1 Jan {1971 + number} 00:00:00 GMT")
    assert len(dialect._examiner._dates) <= 64
