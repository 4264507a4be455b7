"""What surrounds secrets: grants, users, settings, how values are sealed, and what rotation reads and writes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bitting.core import faults
from bitting.core.key_cache import CachedKey
from bitting.core.model.identity import Statement, User
from bitting.core.model.key import Key, KeyRef, KeyVersion
from bitting.core.model.secret import Secret, SecretGrant, SecretState, SecretVersion
from bitting.core.usecases.iam import users
from bitting.core.usecases.operator import service
from bitting.core.usecases.secrets import (
    access_key_rotation,
    account_users,
    agencies,
    database_rotation,
    grants,
    records,
    settings,
    strength,
    values,
    versions,
    webhook_rotation,
)
from bitting.core.usecases.secrets import lifecycle as secrets
from bitting.core.usecases.secrets.rotation_ports import Login, RotationRefused


@pytest.fixture
def secret(session: Any) -> Secret:
    session.run(secrets.create, secrets.CreateSecret("db", b'{"username": "app", "password": "pw"}'))
    (made,) = session.all(Secret)
    assert isinstance(made, Secret)
    return made


@pytest.fixture
def user(session: Any) -> User:
    made: User = session.run(users.create_user, users.CreateUser("ann"))
    return made


class TestGrants:
    def test_given_changed_listed_and_taken(self, session: Any, secret: Secret, user: User) -> None:
        made = session.run(grants.create, grants.SetGrant(secret.id, user.id, until_ms=5))
        assert (made.secret_name, made.grantee, made.grantee_kind, made.until_ms) == ("db", user.id, "user", 5)
        changed = session.run(grants.update, grants.SetGrant(secret.id, user.id, until_ms=9))
        assert changed.until_ms == 9
        group = session.run(grants.create, grants.SetGrant(secret.id, "g-1", grants.GROUP))
        found = session.run(grants.list_grants, grants.SecretGrantCommand(secret.id)).grants
        listed = sorted(((one.grant, one.grantee_name) for one in found), key=lambda pair: pair[1])
        assert listed == [(changed, "ann"), (group, "g-1")]
        session.run(grants.delete, grants.SecretGrantCommand(secret.id, user.id))
        assert session.all(SecretGrant) == [group]
        session.run(grants.delete, grants.SecretGrantCommand(secret.id))
        assert session.all(SecretGrant) == []

    def test_refused(self, session: Any, secret: Secret, user: User) -> None:
        order = grants.SetGrant(secret.id, user.id)
        fault = session.fails(faults.ResourceNotFound, grants.create, replace(order, grantee="nobody"))
        assert (fault.kind, fault.resource) == ("user", "nobody")
        assert session.fails(faults.ResourceNotFound, grants.update, order).kind == "grant"
        assert session.fails(faults.ResourceNotFound, grants.delete, order).kind == "grant"
        session.run(grants.create, order)
        assert session.fails(faults.ResourceExists, grants.create, order).kind == "grant"
        session.operate(service.set_quota, service.SetQuota(secret.ring, "grants_per_key", 1))
        session.fails(faults.QuotaExceeded, grants.create, grants.SetGrant(secret.id, "g-1", grants.GROUP))

    @pytest.mark.parametrize("use", [grants.create, grants.update, grants.delete, grants.list_grants])
    def test_of_a_secret_that_is_there_and_ones_own(self, session: Any, secret: Secret, use: Any) -> None:
        for secret_id, who in (("none", session.principal), (secret.id, session.other_account())):
            assert session.fails(faults.ResourceNotFound, use, grants.SetGrant(secret_id, "x"), who).kind == "secret_id"
        with pytest.raises(faults.PermissionDenied):
            session.run(use, grants.SetGrant(secret.id, "x"), session.limited())


class TestUsersAndSettings:
    def test_pages_of_users(self, session: Any, user: User) -> None:
        page = session.run(account_users.list_users, account_users.ListUsers())
        assert ([found.name for found in page.users], page.total) == (["admin", "ann"], 2)
        page = session.run(account_users.list_users, account_users.ListUsers(page=1, limit=1))
        assert ([found.name for found in page.users], page.total) == (["ann"], 2)
        page = session.run(account_users.list_users, account_users.ListUsers(text="AN"))
        assert [found.name for found in page.users] == ["ann"]
        assert session.run(account_users.show_user, account_users.UserById(user.id)) == user
        for user_id, who in (("none", session.principal), (user.id, session.other_account())):
            fault = session.fails(
                faults.ResourceNotFound, account_users.show_user, account_users.UserById(user_id), who
            )
            assert fault.kind == "user"

    def test_ones_own_password(self, session: Any) -> None:
        old = session.runtime.founded.password
        order = account_users.ChangePassword(old, "a-new-password")
        assert "a-new-password" not in repr(order)
        for wrong, parameter in (
            (replace(order, old="wrong"), "old"),
            (replace(order, new="short"), "new"),
            (replace(order, new=old), "new"),
            (replace(order, new="x" * 129), "new"),
        ):
            assert session.fails(faults.InvalidParameter, account_users.change_password, wrong).parameter == parameter
        session.run(account_users.change_password, order)
        session.fails(faults.InvalidParameter, account_users.change_password, order)
        nobody = replace(session.principal, user_id="none")
        session.fails(faults.ResourceNotFound, account_users.change_password, order, nobody)

    def test_settings(self, session: Any) -> None:
        shown, changed = strength.show_config, strength.set_config
        assert not session.run(shown, strength.StrengthConfigQuery()).enabled
        for wanted in (True, False, True):
            assert session.run(changed, strength.SetStrengthConfig(wanted)).enabled is wanted
            assert session.run(shown, strength.StrengthConfigQuery()).enabled is wanted
        assert session.run(changed, strength.SetStrengthConfig()).enabled
        assert not session.run(shown, strength.StrengthConfigQuery(), session.other_account()).enabled

    @pytest.mark.parametrize(
        ("value", "level"),
        [("", "weak"), ("aaaaaaaa", "weak"), ("password", "weak"), ("Tr0ub4dor&3", "medium"),
         ("correct horse battery staple 9", "strong"), ("äöüäöüÄÖÜßäö", "medium")],
    )  # fmt: skip
    def test_strength(self, session: Any, value: str, level: str) -> None:
        found = session.run(strength.check, strength.CheckStrengths("any", {"it": value})).estimates["it"]
        assert found.level == level
        assert (found.bits < 50) is (level == "weak")


class TestValues:
    def cached(self, session: Any, secret: Secret, uow: Any) -> CachedKey:
        return values.stored_key(session.runtime.gate, uow, secret.key_id, session.clock.now_ms())

    def test_bound_to_secret_and_version(self, session: Any, secret: Secret) -> None:
        gate = session.runtime.gate
        with session.runtime.store.begin(write=False) as uow:
            cached = self.cached(session, secret, uow)
            (version,) = uow.of(SecretVersion).find({"secret_id": secret.id})
            assert json.loads(values.read_value(gate, cached, secret, version))["username"] == "app"
            for bent in (replace(version, name="v9"), replace(version, sealed=version.sealed[:-1] + b"\0")):
                with pytest.raises(faults.ProviderFailed):
                    values.read_value(gate, cached, secret, bent)
            with pytest.raises(faults.ProviderFailed):
                values.read_value(gate, cached, replace(secret, id="other"), version)
            assert len(uow.of(KeyVersion).find({"key_id": secret.key_id})) == 1

    def test_never_twice_the_same(self, session: Any, secret: Secret) -> None:
        gate = session.runtime.gate
        with session.runtime.store.begin(write=False) as uow:
            cached = self.cached(session, secret, uow)
            made = [values.seal_value(gate, cached, b"aad", b"value") for _ in range(2)]
            assert made[0] != made[1]
            assert [values.unseal_value(gate, cached, b"aad", *pair) for pair in made] == [b"value", b"value"]
            with pytest.raises(faults.ProviderFailed):
                values.unseal_value(gate, cached, b"other", *made[0])

    def test_a_key_that_is_gone(self, session: Any) -> None:
        with session.runtime.store.begin(write=False) as uow, pytest.raises(faults.KeyNotFound):
            values.stored_key(session.runtime.gate, uow, "none", 0)

    @pytest.mark.parametrize(
        ("fields", "fault"),
        [
            ({"spec": "RSA_2048", "usage": "encrypt_decrypt"}, faults.SymmetricKeyRequired),
            ({"spec": "HMAC_SHA256"}, faults.KeyKindFault),
        ],
    )
    def test_keys_that_seal_nothing(self, session: Any, fields: dict[str, str], fault: type[faults.Fault]) -> None:
        key = session.key(**fields)
        order = secrets.CreateSecret("x", b"v", key=KeyRef.by_id(key.id))
        with pytest.raises(fault):
            session.run(secrets.create, order)
        assert session.all(Secret) == []

    def test_the_services_key_needs_no_right_besides_the_one_on_the_secret(self, session: Any, secret: Secret) -> None:
        reader = session.limited(Statement(("secret:*",)))
        assert session.run(versions.get_value, versions.GetValue("db"), reader).value.startswith(b"{")
        with session.runtime.store.begin(write=True) as uow:
            key = uow.of(Key).get(secret.key_id)
            uow.of(Key).put(replace(key, service=""))
        fault = session.fails(faults.PermissionDenied, versions.get_value, versions.GetValue("db"), reader)
        assert fault.resource == f"key/{key.id}"


class TestRecords:
    @pytest.mark.parametrize(
        ("state", "due_ms", "gone"),
        [
            (SecretState.ENABLED, 1, False),
            (SecretState.PENDING_DELETION, 99, True),
            (SecretState.PENDING_DELETION, 100, True),
            (SecretState.PENDING_DELETION, 101, False),
        ],
    )
    def test_gone_from_the_moment_it_is_due(
        self, session: Any, secret: Secret, state: SecretState, due_ms: int, *, gone: bool
    ) -> None:
        held = replace(secret, state=state, deletion_due_ms=due_ms)
        assert records.is_deleted(held, 100) is gone
        assert records.is_visible(held, session.principal, 100) is not gone

    def test_whose_it_is_there_for(self, session: Any, secret: Secret) -> None:
        who = session.principal
        assert not records.is_visible(None, who, 0)
        assert not records.is_visible(secret, replace(who, ring="other"), 0)
        placed = replace(secret, instance_id="kst-1")
        assert records.is_visible(placed, who, 0)
        assert records.is_visible(placed, replace(who, instance_id="kst-1"), 0)
        assert not records.is_visible(placed, replace(who, instance_id="kst-2"), 0)

    def test_what_a_state_allows(self, secret: Secret) -> None:
        records.require_value_access(secret)
        records.require_editable(secret)
        leaving = replace(secret, state=SecretState.PENDING_DELETION)
        for need in (records.require_value_access, records.require_editable):
            with pytest.raises(faults.SecretPendingDeletion) as caught:
                need(leaving)
            assert caught.value.resource == "db"

    def test_permission_before_existence(self, session: Any, secret: Secret) -> None:
        context = session.context()
        for name in (secret.name, "none"):
            with pytest.raises(faults.PermissionDenied):
                records.require_permission(replace(context, principal=session.limited()), name, "secret:describe", None)
        assert records.not_found_fault("none").resource == "none"


class TestRotationValues:
    @pytest.mark.parametrize("value", [b"", b"x", b"[]", b'"x"', b"{}", b'{"username": "a"}',
                                       b'{"username": 1, "password": "p"}'])  # fmt: skip
    def test_values_without_a_login(self, secret: Secret, value: bytes) -> None:
        with pytest.raises(RotationRefused) as caught:
            database_rotation.login_of(secret, value)
        assert caught.value.final

    def test_another_login_and_all_else_as_it_was(self, secret: Secret) -> None:
        value = b'{"username": "app", "password": "pw", "note": "kept"}'
        changed = database_rotation.with_login(secret, value, Login("app2", "p\u00e4"))
        assert json.loads(changed) == {"username": "app2", "password": "p\u00e4", "note": "kept"}
        assert database_rotation.login_of(secret, changed) == Login("app2", "p\u00e4")

    def test_fields_by_other_names(self, secret: Secret) -> None:
        named = replace(secret, fields=("u", "p"))
        assert database_rotation.fields_of(named) == ("u", "p")
        assert database_rotation.login_of(named, b'{"u": "a", "p": "b"}') == Login("a", "b")
        assert database_rotation.fields_of(replace(secret, fields=("u",))) == database_rotation.DEFAULT_FIELDS

    def test_access_keys_are_of_the_account(self, session: Any, secret: Secret) -> None:
        gate, value = session.runtime.gate, b'{"username": "none", "password": "x"}'
        with session.runtime.store.begin(write=False) as uow, pytest.raises(RotationRefused) as caught:
            access_key_rotation.proven(gate, uow, secret, value, 0)
        assert caught.value.final

    @pytest.mark.parametrize("bits", [1024, 2048])
    def test_public_keys_as_openssh_writes_them(self, bits: int) -> None:
        public = rsa.generate_private_key(65537, bits).public_key()
        line = webhook_rotation.ssh_line(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
        assert line == public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


class TestAgencies:
    def test_created_once_for_each_name(self, session: Any) -> None:
        order = agencies.CreateAgencies("RDS", ("one", "two"))
        assert not session.run(agencies.show_agencies, agencies.AgenciesOfType("RDS")).granted
        first, again = (session.run(agencies.create_agencies, order) for _ in range(2))
        assert [agency.name for agency in first.agencies] == ["one", "two"]
        assert first == again
        assert all(len(agency.id) == 32 and int(agency.id, 16) >= 0 for agency in first.agencies)
        assert session.run(agencies.show_agencies, agencies.AgenciesOfType("RDS")).granted
        assert not session.run(agencies.show_agencies, agencies.AgenciesOfType("Gauss")).granted
        assert not session.run(agencies.show_agencies, agencies.AgenciesOfType("RDS"), session.other_account()).granted
        session.fails(faults.PermissionDenied, agencies.create_agencies, order, session.limited())

    def test_settings_are_kept_by_ring_and_name(self, session: Any) -> None:
        with session.runtime.store.begin(write=True) as uow:
            settings.write(uow, "r1", "name", "one")
            settings.write(uow, "r1", "name", "two")
            found = [settings.read(uow, ring, name) for ring, name in (("r1", "name"), ("r1", "x"), ("r2", "name"))]
        assert found == ["two", "", ""]
