"""Keys: stores, regions, grants, names, tags, policies and descriptions, as use cases through the gate in memory."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bitting.core import faults
from bitting.core.authz.resource_policies import Policy, Rule, pack
from bitting.core.blob import framed
from bitting.core.model.identity import Project, Statement
from bitting.core.model.key import Alias, Key, KeyRef, KeyState, Origin
from bitting.core.model.keystore import KeystoreState
from bitting.core.model.region import Replica, replica_id
from bitting.core.usecases.crypto import encryption
from bitting.core.usecases.keys import (
    alias_batches,
    aliases,
    attributes,
    creation,
    deletion,
    display_names,
    grants,
    key_policies,
    keystores,
    material_import,
    pending_import,
    regions,
    tag_policy,
    tag_search,
    tags,
)
from bitting.core.usecases.keys import lifecycle as keys
from bitting.core.usecases.operator import service

UNKNOWN = KeyRef.by_id("00000000-0000-4000-8000-000000000000")
by_id = KeyRef.by_id


def service_key(session: Any) -> Key:
    made: Key = session.key(service="csms")
    return made


def switch(session: Any, **values: object) -> None:
    session.operate(service.set_switches, service.SetSwitches(values))


class TestKeystores:
    def test_made_shown_listed_and_taken_away(self, session: Any) -> None:
        made = session.run(keystores.create, keystores.CreateKeystore("one", "DHSM", "c-1"))
        assert (made.name, made.kind, made.cluster_id, made.state) == ("one", "DHSM", "c-1", KeystoreState.ENABLED)
        assert made.created_ms == session.clock.now_ms()
        second = session.run(keystores.create, keystores.CreateKeystore("two"))
        assert session.run(keystores.describe, keystores.KeystoreById(made.id)) == made
        page = session.run(keystores.list_, keystores.ListKeystores())
        assert ([store.id for store in page.keystores], page.total) == ([made.id, second.id], 2)
        page = session.run(keystores.list_, keystores.ListKeystores(offset=1, limit=1))
        assert ([store.id for store in page.keystores], page.total) == ([second.id], 2)
        assert session.run(keystores.delete, keystores.KeystoreById(made.id)) == made
        fault = session.fails(faults.ResourceNotFound, keystores.describe, keystores.KeystoreById(made.id))
        assert (fault.kind, fault.resource) == ("partition", made.id)

    def test_a_name_is_had_once_in_a_ring(self, session: Any) -> None:
        session.run(keystores.create, keystores.CreateKeystore("one"))
        fault = session.fails(faults.ResourceExists, keystores.create, keystores.CreateKeystore("one"))
        assert (fault.kind, fault.resource) == ("partition", "one")
        session.run(keystores.create, keystores.CreateKeystore("one"), session.other_account())

    def test_no_more_than_fit(self, session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(keystores, "PER_RING_MAX", 2)
        for name in ("one", "two"):
            session.run(keystores.create, keystores.CreateKeystore(name))
        fault = session.fails(faults.QuotaExceeded, keystores.create, keystores.CreateKeystore("three"))
        assert fault.limit == "keystores"

    @pytest.mark.parametrize("use", [keystores.describe, keystores.enable, keystores.disable, keystores.delete])
    def test_somebody_elses_is_not_there(self, session: Any, use: Any) -> None:
        made = session.run(keystores.create, keystores.CreateKeystore("one"))
        who = session.other_account()
        session.fails(faults.ResourceNotFound, use, keystores.KeystoreById(made.id), who)
        session.fails(faults.ResourceNotFound, use, keystores.KeystoreById("none"))

    def test_keys_of_a_disabled_store_rest(self, session: Any) -> None:
        made = session.run(keystores.create, keystores.CreateKeystore("one"))
        key = session.run(creation.create_placed_key, creation.CreatePlacedKey(keystore_id=made.id))
        assert key.keystore_id == made.id
        order = encryption.Encrypt(by_id(key.id), b"x")
        session.run(encryption.encrypt, order)
        assert session.run(keystores.disable, keystores.KeystoreById(made.id)).state is KeystoreState.DISABLED
        fault = session.fails(faults.KeyStateFault, encryption.encrypt, order)
        assert fault.partition == "disabled"
        session.fails(faults.KeyStateFault, creation.create_placed_key, creation.CreatePlacedKey(keystore_id=made.id))
        assert session.run(keystores.enable, keystores.KeystoreById(made.id)).state is KeystoreState.ENABLED
        session.run(encryption.encrypt, order)

    def test_a_store_with_a_key_stays(self, session: Any) -> None:
        made = session.run(keystores.create, keystores.CreateKeystore("one"))
        session.run(creation.create_placed_key, creation.CreatePlacedKey(keystore_id=made.id))
        fault = session.fails(faults.ResourceInUse, keystores.delete, keystores.KeystoreById(made.id))
        assert (fault.kind, fault.resource) == ("partition", made.id)

    def test_members_only(self, session: Any) -> None:
        made = session.run(keystores.create, keystores.CreateKeystore("one"))
        key = session.run(creation.create_placed_key, creation.CreatePlacedKey(keystore_id=made.id))
        order = encryption.Encrypt(by_id(key.id), b"x")
        changed = session.operate(keystores.set_members, keystores.SetMembers(made.id, ["u-2"]))
        assert changed.members == ("u-2",)
        assert session.fails(faults.PartitionDenied, encryption.encrypt, order).resource == made.id
        member = replace(session.principal, user_id="u-2")
        session.run(encryption.encrypt, order, member)
        session.operate(keystores.set_members, keystores.SetMembers(made.id, []))
        session.run(encryption.encrypt, order)
        with pytest.raises(faults.ResourceNotFound):
            session.operate(keystores.set_members, keystores.SetMembers("none", []))

    @pytest.mark.parametrize(
        ("use", "command"),
        [
            (keystores.create, keystores.CreateKeystore("one")),
            (keystores.describe, keystores.KeystoreById("x")),
            (keystores.list_, keystores.ListKeystores()),
            (keystores.enable, keystores.KeystoreById("x")),
            (keystores.disable, keystores.KeystoreById("x")),
            (keystores.delete, keystores.KeystoreById("x")),
            (creation.create_placed_key, creation.CreatePlacedKey(keystore_id="x")),
        ],
    )
    def test_a_region_without_stores(self, session: Any, use: Any, command: Any) -> None:
        switch(session, keystores=False)
        assert session.fails(faults.UnsupportedOperation, use, command).feature == "keystores"

    def test_basic_partitions_have_no_grants(self, session: Any) -> None:
        made = session.run(keystores.create, keystores.CreateKeystore("one", keystores.BASIC))
        key = session.run(creation.create_placed_key, creation.CreatePlacedKey(keystore_id=made.id))
        order = grants.CreateGrant(by_id(key.id), session.principal.user_id, ["key:encrypt"])
        assert session.fails(faults.PartitionDenied, grants.create, order).feature == "grants"


class TestPlacement:
    def test_with_tags_and_a_name(self, session: Any) -> None:
        order = creation.CreatePlacedKey(
            name="orders", tags=[("env", "prod"), ("team", "a")], enterprise_project_id="e-1"
        )
        key = session.run(creation.create_placed_key, order)
        assert (key.name, key.keystore_id, key.enterprise_project_id) == ("orders", "", "e-1")
        found = session.run(tag_search.list_all_tags, tag_search.ListAllTags())
        assert found.values == {"env": ["prod"], "team": ["a"]}
        assert (
            session.fails(
                faults.NameExists, creation.create_placed_key, creation.CreatePlacedKey(name="orders")
            ).resource
            == "orders"
        )

    def test_imported_material_has_no_place_in_a_store(self, session: Any) -> None:
        made = session.run(keystores.create, keystores.CreateKeystore("one"))
        order = creation.CreatePlacedKey(keystore_id=made.id, origin=Origin.EXTERNAL)
        fault = session.fails(faults.UnsupportedOperation, creation.create_placed_key, order)
        assert (fault.feature, fault.keystore) == ("import", "custom")

    def test_a_store_that_is_not_there(self, session: Any) -> None:
        session.fails(faults.ResourceNotFound, creation.create_placed_key, creation.CreatePlacedKey(keystore_id="none"))

    def test_tags_the_operator_demands(self, session: Any) -> None:
        switch(session, tag_policy="env, team")
        order = creation.CreatePlacedKey(tags=[("env", "prod")])
        assert session.fails(faults.AccessFault, creation.create_placed_key, order).policy == "tags"
        assert session.all(Key) == [], "nothing is kept of what was refused"
        session.run(creation.create_placed_key, creation.CreatePlacedKey(tags=[("env", "prod"), ("team", "a")]))

    def test_the_right_at_one_enterprise_project_ends_there(self, session: Any) -> None:
        who = session.limited(Statement(("key:create",), ("eps/e-1/*",)))
        assert session.run(creation.create_placed_key, creation.CreatePlacedKey(enterprise_project_id="e-1"), who)
        order = creation.CreatePlacedKey(enterprise_project_id="e-2")
        assert session.fails(faults.EnterpriseProjectDenied, creation.create_placed_key, order, who).resource == "e-2"

    @pytest.mark.parametrize(("policy", "held", "enough"), [
        ("", [], True), ("a", [], False), ("a", ["a"], True), (" a , b ", ["b", "a", "c"], True), ("a,b", ["a"], False),
        (",", [], True),
    ])  # fmt: skip
    def test_what_the_policy_of_tags_demands(self, session: Any, policy: str, held: list[str], *, enough: bool) -> None:
        switch(session, tag_policy=policy)
        context = session.context()
        if enough:
            tag_policy.require_tags(context, held)
        else:
            with pytest.raises(faults.AccessFault):
                tag_policy.require_tags(context, held)


class TestNames:
    def test_another_name(self, session: Any) -> None:
        key, other = session.key(name="one"), session.key(name="two")
        assert session.run(display_names.rename, display_names.Rename(by_id(key.id), "three")).name == "three"
        assert session.run(display_names.rename, display_names.Rename(by_id(key.id), "three")).name == "three"
        assert (
            session.fails(
                faults.NameExists, display_names.rename, display_names.Rename(by_id(other.id), "three")
            ).resource
            == "three"
        )
        session.run(display_names.rename, display_names.Rename(by_id(other.id), "one"))

    def test_another_description(self, session: Any) -> None:
        key = session.key(description="old")
        assert (
            session.run(display_names.set_description, display_names.SetDescription(by_id(key.id), "new")).description
            == "new"
        )
        (held,) = session.all(Key)
        assert (held.description, held.name) == ("new", key.name)

    @pytest.mark.parametrize(
        "command", [display_names.Rename(UNKNOWN, "x"), display_names.SetDescription(UNKNOWN, "x")]
    )
    def test_only_of_a_key_that_is_there_and_ones_own(self, session: Any, command: Any) -> None:
        use = display_names.rename if isinstance(command, display_names.Rename) else display_names.set_description
        session.fails(faults.KeyNotFound, use, command)
        own = replace(command, key=by_id(service_key(session).id))
        session.fails(faults.ServiceKeyProtected, use, own)
        key = session.key()
        session.run(deletion.schedule_deletion, deletion.ScheduleDeletion(by_id(key.id), 7))
        session.fails(faults.KeyPendingDeletion, use, replace(command, key=by_id(key.id)))


class TestDescriptions:
    def test_description_and_protection(self, session: Any) -> None:
        key = session.key()
        ref = by_id(key.id)
        order = attributes.SetDescription(ref, "for orders")
        assert session.run(attributes.set_description, order).description == "for orders"
        held = session.run(attributes.set_protection, attributes.SetProtection(ref, enabled=True, note="in use"))
        assert (held.deletion_protection, held.deletion_protection_note) == (True, "in use")
        session.fails(faults.KeyDeletionProtected, deletion.schedule_deletion, deletion.ScheduleDeletion(ref, 7))
        held = session.run(attributes.set_protection, attributes.SetProtection(ref, enabled=False, note="gone"))
        assert (held.deletion_protection, held.deletion_protection_note) == (False, "")
        assert held.description == "for orders"
        session.run(deletion.schedule_deletion, deletion.ScheduleDeletion(ref, 7))
        session.fails(faults.KeyPendingDeletion, attributes.set_description, order)

    def test_not_of_a_service_key(self, session: Any) -> None:
        ref = by_id(service_key(session).id)
        session.fails(faults.ServiceKeyProtected, attributes.set_description, attributes.SetDescription(ref, "x"))
        order = attributes.SetProtection(ref, enabled=True)
        session.fails(faults.ServiceKeyProtected, attributes.set_protection, order)


class TestPolicies:
    def test_kept_with_the_key_and_taken_away(self, session: Any) -> None:
        ref = by_id(session.key().id)
        assert session.run(key_policies.get, key_policies.GetPolicy(ref)).policy == ""
        text = pack(Policy("{}", (Rule(True, (f"{session.principal.account_id}/user/limited",), ("key:encrypt",)),)))
        assert session.run(key_policies.set_, key_policies.SetPolicy(ref, text)).policy == text
        assert session.run(key_policies.get, key_policies.GetPolicy(ref)).policy == text
        who = session.limited()
        session.run(encryption.encrypt, encryption.Encrypt(ref, b"x"), who)
        session.run(key_policies.set_, key_policies.SetPolicy(ref, ""))
        session.fails(faults.PermissionDenied, encryption.encrypt, encryption.Encrypt(ref, b"x"), who)

    def test_a_policy_for_others_is_refused(self, session: Any) -> None:
        ref = by_id(session.key().id)
        text = pack(Policy("{}", (Rule(True, ("other/user/u-2",), ("key:encrypt",)),)))
        session.fails(faults.InvalidParameter, key_policies.set_, key_policies.SetPolicy(ref, text))
        assert session.run(key_policies.get, key_policies.GetPolicy(ref)).policy == ""


class TestAliasPages:
    def test_several_are_deleted_all_or_none(self, session: Any) -> None:
        key, other = session.key(), session.key()
        for name in ("a", "b", "c"):
            session.run(alias_batches.create_within_limit, aliases.SetAlias(by_id(key.id), f"alias/{name}"))
        session.run(alias_batches.create_within_limit, aliases.SetAlias(by_id(other.id), "alias/d"))
        several = alias_batches.DeleteAliases(by_id(key.id), ["alias/a", "alias/d"])
        assert session.fails(faults.AliasNotFound, alias_batches.delete_aliases, several).resource == "alias/d"
        assert len(session.all(Alias)) == 4
        session.run(alias_batches.delete_aliases, alias_batches.DeleteAliases(by_id(key.id), ["alias/a", "alias/c"]))
        assert sorted(alias.name for alias in session.all(Alias)) == ["alias/b", "alias/d"]

    def test_pages_in_the_order_of_names(self, session: Any) -> None:
        key, other = session.key(), session.key()
        for name in ("c", "a", "b"):
            session.run(alias_batches.create_within_limit, aliases.SetAlias(by_id(key.id), f"alias/{name}"))
        session.run(alias_batches.create_within_limit, aliases.SetAlias(by_id(other.id), "alias/z"))
        page = session.run(alias_batches.list_aliases_after, alias_batches.ListAliasesAfter(by_id(key.id), limit=2))
        assert [alias.name for alias in page.aliases] == ["alias/a", "alias/b", "alias/c"], "one more than asked for"
        assert page.total == 3
        page = session.run(
            alias_batches.list_aliases_after, alias_batches.ListAliasesAfter(limit=5, after=page.aliases[1].name)
        )
        assert [alias.name for alias in page.aliases] == ["alias/c", "alias/z"]
        session.fails(faults.KeyNotFound, alias_batches.list_aliases_after, alias_batches.ListAliasesAfter(UNKNOWN))

    def test_a_key_has_so_many_at_most(self, session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(alias_batches, "PER_KEY_MAX", 1)
        key = session.key()
        session.run(alias_batches.create_within_limit, aliases.SetAlias(by_id(key.id), "alias/a"))
        order = aliases.SetAlias(by_id(key.id), "alias/b")
        assert session.fails(faults.QuotaExceeded, alias_batches.create_within_limit, order).limit == "aliases_per_key"
        order = aliases.SetAlias(by_id(service_key(session).id), "alias/b")
        session.fails(faults.ServiceKeyProtected, alias_batches.create_within_limit, order)


class TestTagSearch:
    def test_by_tags_and_names(self, session: Any) -> None:
        one, two = session.key(name="one"), session.key(name="two")
        session.run(tag_search.change, tag_search.ChangeTags(by_id(one.id), [("env", "prod"), ("team", "a")]))
        session.run(tag_search.change, tag_search.ChangeTags(by_id(two.id), [("env", "test")]))

        def found(*wanted: tags.TagFilter, names: list[str] | None = None) -> list[str]:
            page = session.run(tag_search.find, tag_search.FindKeys(wanted, names))
            assert page.total == len(page.keys)
            assert set(page.tags) == {key.id for key in page.keys}
            return [key.id for key in page.keys]

        assert found() == [one.id, two.id]
        assert found(tags.TagFilter("env")) == [one.id, two.id]
        assert found(tags.TagFilter("env", ("prod",))) == [one.id]
        assert found(tags.TagFilter("env", ("prod", "test"))) == [one.id, two.id]
        assert found(tags.TagFilter("env"), tags.TagFilter("team", ("a",))) == [one.id]
        assert found(names=["two", "three"]) == [two.id]
        assert found(tags.TagFilter("env", ("prod",)), names=["two"]) == []
        every = session.run(tag_search.list_all_tags, tag_search.ListAllTags())
        assert every.values == {"env": ["prod", "test"], "team": ["a"]}
        session.run(tag_search.change, tag_search.ChangeTags(by_id(one.id), names=["team"]))
        assert session.run(tag_search.list_all_tags, tag_search.ListAllTags()).values == {"env": ["prod", "test"]}


class TestGrants:
    @pytest.fixture
    def other(self, session: Any) -> Any:
        return session.other_account()

    def granted(self, session: Any, key: Key, who: Any, *actions: str, **more: Any) -> Any:
        order = grants.CreateGrant(by_id(key.id), who.user_id, actions or ["key:encrypt"], **more)
        return session.run(grants.create, order)

    def test_made_listed_and_revoked(self, session: Any, other: Any) -> None:
        key = session.key()
        made = self.granted(session, key, other, "key:encrypt", "key:decrypt", name="g")
        assert (made.key_id, made.key_ring, made.grantee, made.name) == (key.id, key.ring, other.user_id, "g")
        assert (made.actions, made.creator) == (("key:encrypt", "key:decrypt"), session.principal.user_id)
        second = self.granted(session, key, other, name="h")
        page = session.run(grants.list_of_key, grants.ListGrants(by_id(key.id)))
        assert ([grant.id for grant in page.grants], page.total) == ([made.id, second.id], 2)
        page = session.run(grants.list_of_key, grants.ListGrants(by_id(key.id), offset=1))
        assert ([grant.id for grant in page.grants], page.total, page.offset) == ([second.id], 2, 1)
        assert session.run(grants.revoke, grants.GrantCommand(by_id(key.id), made.id)) == made
        fault = session.fails(faults.ResourceNotFound, grants.revoke, grants.GrantCommand(by_id(key.id), made.id))
        assert (fault.kind, fault.resource) == ("grant", made.id)

    def test_a_grant_allows_what_it_names_on_its_key_alone(self, session: Any, other: Any) -> None:
        key, second = session.key(), session.key()
        made = self.granted(session, key, other)
        who = replace(other, admin=False, statements=(), grants={key.id: session.grant_held(made)})
        sealed = session.run(encryption.encrypt, encryption.Encrypt(by_id(key.id), b"x"), who)
        assert sealed.key.id == key.id
        order = encryption.Decrypt(framed(sealed.blob), by_id(key.id))
        session.fails(faults.KeyPermissionDenied, keys.disable, keys.KeyCommand(by_id(key.id)), who)
        with pytest.raises(faults.Fault):
            session.run(encryption.decrypt, order, who)
        with pytest.raises(faults.Fault):
            session.run(encryption.encrypt, encryption.Encrypt(by_id(second.id), b"x"), who)

    @pytest.mark.parametrize(
        ("change", "parameter"),
        [
            ({"grantee": "nobody"}, "grantee"),
            ({"grantee": "nobody", "grantee_kind": "domain"}, "grantee"),
            ({"retiring": "nobody"}, "retiring"),
        ],
    )
    def test_for_nobody(self, session: Any, change: dict[str, str], parameter: str) -> None:
        order = grants.CreateGrant(by_id(session.key().id), session.principal.user_id, ["key:encrypt"])
        assert session.fails(faults.InvalidParameter, grants.create, replace(order, **change)).parameter == parameter

    def test_no_more_than_one_has(self, session: Any) -> None:
        key = session.key()
        who = session.limited(Statement(("grant:create", "key:encrypt"), ("*",)))
        order = grants.CreateGrant(by_id(key.id), session.principal.user_id, ["key:encrypt"])
        session.run(grants.create, order, who)
        session.fails(faults.PermissionDenied, grants.create, replace(order, actions=["key:decrypt"]), who)

    def test_revoked_by_those_who_made_key_or_grant(self, session: Any, other: Any) -> None:
        key = session.key()
        made = self.granted(session, key, other)
        who = session.limited(Statement(("grant:revoke",), ("*",)))
        session.fails(faults.KeyPermissionDenied, grants.revoke, grants.GrantCommand(by_id(key.id), made.id), who)
        session.run(grants.revoke, grants.GrantCommand(by_id(key.id), made.id), replace(who, user_id=made.creator))

    def test_a_grant_of_another_key(self, session: Any, other: Any) -> None:
        made, second = self.granted(session, session.key(), other), session.key()
        for use in (grants.revoke, grants.retire):
            fault = session.fails(faults.InvalidParameter, use, grants.GrantCommand(by_id(second.id), made.id))
            assert fault.parameter == "grant_id"

    def test_retired_by_the_one_it_names(self, session: Any, other: Any) -> None:
        key = session.key()
        made = self.granted(session, key, other, retiring=other.user_id)
        page = session.run(grants.list_retirable, grants.ListRetirable(), other)
        assert ([grant.id for grant in page.grants], page.total) == ([made.id], 1)
        nobody = replace(session.limited(), user_id="u-9")
        assert session.run(grants.list_retirable, grants.ListRetirable(), nobody).total == 0
        session.fails(faults.KeyPermissionDenied, grants.retire, grants.GrantCommand(by_id(key.id), made.id),
                      replace(session.principal, user_id="u-9"))  # fmt: skip
        assert session.run(grants.retire, grants.GrantCommand(by_id(key.id), made.id), other) == made
        assert session.run(grants.list_retirable, grants.ListRetirable(), other).total == 0

    def test_retired_by_a_grantee_only_where_the_grant_says_so(self, session: Any, other: Any) -> None:
        key = session.key()
        plain, retiring = self.granted(session, key, other), self.granted(session, key, other, "grant:retire")
        assert not grants.may_retire(other, plain)
        assert grants.may_retire(other, retiring)
        assert grants.may_retire(session.principal, plain), "who made it may end it"

    def test_as_many_as_the_quota_says(self, session: Any, other: Any) -> None:
        key = session.key()
        session.operate(service.set_quota, service.SetQuota(key.ring, "grants_per_key", 1))
        self.granted(session, key, other)
        order = grants.CreateGrant(by_id(key.id), other.user_id, ["key:encrypt"])
        with pytest.raises(faults.QuotaExceeded):
            session.run(grants.create, order)


class TestRegions:
    @pytest.fixture
    def abroad(self, session: Any) -> Project:
        order = service.CreateProject(session.principal.account_id, "abroad")
        made: Project = session.operate(service.create_project, order)
        return made

    def test_the_servers_own_region_comes_first(self, session: Any, abroad: Project) -> None:
        own = session.runtime.gate.region
        assert session.run(regions.list_, regions.ListRegions()).names == [own, "abroad"]
        assert session.run(regions.list_, regions.ListRegions(offset=1)).names == ["abroad"]
        assert session.run(regions.list_, regions.ListRegions(limit=1)).names == [own]

    def test_a_replica_is_the_key_under_another_name(self, session: Any, abroad: Project) -> None:
        key = session.key(name="home")
        order = regions.Replicate(by_id(key.id), "abroad", abroad.id, "away", "far", tags=[("env", "prod")])
        made = session.run(regions.replicate, order)
        assert (made.id, made.key_id) == (replica_id(abroad.ring, key.id), key.id)
        assert (made.region, made.name, made.description) == ("abroad", "away", "far")
        assert session.run(regions.job, regions.JobById(made.job_id)) == made
        there = replace(session.principal, ring=abroad.ring, project_id=abroad.id)
        page = session.run(regions.list_keys, keys.ListKeys(), there)
        assert [(found.id, found.name) for found in page.keys] == [(key.id, "away")]
        sealed = session.run(encryption.encrypt, encryption.Encrypt(by_id(key.id), b"x"), there)
        assert session.run(encryption.decrypt, encryption.Decrypt(framed(sealed.blob), by_id(key.id))).plaintext == b"x"
        renamed = session.run(display_names.rename, display_names.Rename(by_id(key.id), "elsewhere"), there)
        assert renamed.name == "elsewhere"
        assert [held.name for held in session.all(Key)] == ["home"]
        assert [held.name for held in session.all(Replica)] == ["elsewhere"]
        assert session.fails(faults.ResourceExists, regions.replicate, order).kind == "replica"

    @pytest.mark.parametrize(
        ("change", "parameter"),
        [({"project_id": "none"}, "project_id"), ({"region": "nowhere"}, "region")],
    )
    def test_only_into_another_project_of_the_account(
        self, session: Any, abroad: Project, change: dict[str, str], parameter: str
    ) -> None:
        order = regions.Replicate(by_id(session.key().id), "abroad", abroad.id, "away")
        fault = session.fails(faults.InvalidParameter, regions.replicate, replace(order, **change))
        assert fault.parameter == parameter
        assert session.all(Replica) == []

    def test_refused_where_synchronisation_is_off(self, session: Any, abroad: Project) -> None:
        key = session.key()
        order = regions.Replicate(by_id(key.id), "abroad", abroad.id, "away")
        assert session.operate(regions.set_sync, regions.SetSync(key.id, on=False)).sync is False
        assert session.fails(faults.ServerFault, regions.replicate, order).during == "sync_start"
        session.operate(regions.set_sync, regions.SetSync(key.id, on=True))
        switch(session, offline_regions="abroad")
        assert session.fails(faults.ServerFault, regions.replicate, order).during == "sync_start"
        switch(session, offline_regions="")
        session.run(regions.replicate, order)
        with pytest.raises(faults.KeyNotFound):
            session.operate(regions.set_sync, regions.SetSync("none", on=True))

    def test_not_of_a_service_key_and_not_under_a_name_that_is_taken(self, session: Any, abroad: Project) -> None:
        order = regions.Replicate(by_id(service_key(session).id), "abroad", abroad.id, "away")
        session.fails(faults.ServiceKeyProtected, regions.replicate, order)
        there = replace(session.principal, ring=abroad.ring, project_id=abroad.id)
        session.run(keys.create, keys.CreateKey(name="away"), there)
        session.fails(faults.NameExists, regions.replicate, replace(order, key=by_id(session.key().id)))

    def test_the_primary_moves(self, session: Any, abroad: Project) -> None:
        key = session.key(name="home")
        session.run(regions.replicate, regions.Replicate(by_id(key.id), "abroad", abroad.id, "away"))
        fault = session.fails(
            faults.InvalidParameter, regions.update_primary, regions.UpdatePrimary(by_id(key.id), "nowhere")
        )
        assert fault.parameter == "region"
        moved = session.run(regions.update_primary, regions.UpdatePrimary(by_id(key.id), "abroad"))
        assert (moved.id, moved.ring, moved.name, moved.region) == (key.id, abroad.ring, "away", "abroad")
        (replica,) = session.all(Replica)
        assert (replica.ring, replica.name) == (key.ring, "home")

    def test_a_job_nobody_started(self, session: Any) -> None:
        fault = session.fails(faults.ResourceNotFound, regions.job, regions.JobById("none"))
        assert (fault.kind, fault.resource) == ("job", "none")


class TestSingleImport:
    def waiting(self, session: Any) -> Key:
        made: Key = session.key(origin=Origin.EXTERNAL)
        assert made.state is KeyState.PENDING_IMPORT
        return made

    def parameters_of(self, key: Key) -> material_import.GetParameters:
        return material_import.GetParameters(by_id(key.id), "RSA_OAEP_SHA256")

    def test_parameters_only_while_it_waits(self, session: Any) -> None:
        key = self.waiting(session)
        found = session.run(pending_import.parameters, self.parameters_of(key))
        assert found.key.id == key.id
        assert found.token
        plain = session.key()
        with pytest.raises(faults.UnsupportedOrigin):
            session.run(pending_import.parameters, self.parameters_of(plain))
        session.fails(
            faults.KeyNotFound, pending_import.parameters, material_import.GetParameters(UNKNOWN, "RSA_OAEP_SHA256")
        )

    def test_not_while_it_is_about_to_be_deleted(self, session: Any) -> None:
        key = self.waiting(session)
        session.run(deletion.schedule_deletion, deletion.ScheduleDeletion(by_id(key.id), 7))
        session.fails(faults.KeyPendingDeletion, pending_import.parameters, self.parameters_of(key))
