"""What those who run the service do: switches, accounts, quotas, orders, instances, faults and the clock."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bitting.core import faults
from bitting.core.model.identity import AccessKey, Account, AccountState, Instance
from bitting.core.model.key import Key, KeyRef, KeyState, Origin
from bitting.core.model.service import DevClock, FaultRule, Quota, Switches
from bitting.core.specs import SPECS
from bitting.core.usecases.crypto import encryption
from bitting.core.usecases.developer import faults_and_clock as developer
from bitting.core.usecases.instances import instances, service_activation
from bitting.core.usecases.keys import deletion, grants
from bitting.core.usecases.keys import lifecycle as keys
from bitting.core.usecases.operator import quota_admin, resource_orders, service

by_id = KeyRef.by_id


def refused(session: Any, fault: type[faults.Fault], use: Any, command: Any) -> Any:
    """What an operator is told."""
    with pytest.raises(fault) as caught:
        session.operate(use, command)
    return caught.value


class TestSwitches:
    def test_what_is_not_named_stays(self, session: Any) -> None:
        assert session.operate(service.switches, service.NoInput()) == Switches()
        changed = session.operate(service.set_switches, service.SetSwitches({"sm2": False, "rates": "5"}))
        assert changed == Switches(sm2=False, rates="5")
        changed = session.operate(service.set_switches, service.SetSwitches({"tag_policy": "env"}))
        assert changed == Switches(sm2=False, rates="5", tag_policy="env")
        assert session.operate(service.switches, service.NoInput()) == changed

    @pytest.mark.parametrize(
        ("values", "parameter", "reason"),
        [
            ({"none": True}, "none", "enum"),
            ({"id": "x"}, "id", "enum"),
            ({"sm2": "yes"}, "sm2", "type"),
            ({"maintenance": True}, "maintenance", "type"),
            ({"rates": "fast"}, "rates", "enum"),
            ({"rates": "-1"}, "rates", "enum"),
        ],
    )
    def test_values_that_are_none(self, session: Any, values: dict[str, Any], parameter: str, reason: str) -> None:
        fault = refused(session, faults.InvalidParameter, service.set_switches, service.SetSwitches(values))
        assert (fault.parameter, fault.reason) == (parameter, reason)
        assert session.all(Switches) == []


class TestAccounts:
    def test_states(self, session: Any) -> None:
        for state in AccountState:
            order = service.SetAccountState(session.principal.domain_id, state.value)
            assert session.operate(service.set_account_state, order).state is state
            (held,) = session.operate(service.list_accounts, service.NoInput())
            assert held.state is state
        order = service.SetAccountState(session.principal.account_id, "fine")
        assert refused(session, faults.InvalidParameter, service.set_account_state, order).parameter == "state"

    @pytest.mark.parametrize("shared", [True, False])
    def test_projects(self, session: Any, *, shared: bool) -> None:
        account = session.principal.account_id
        made = session.operate(service.create_project, service.CreateProject(account, "new", "otc", shared))
        assert (made.name, made.profile, made.account_id) == ("new", "otc", account)
        assert (made.ring == session.principal.ring) is shared
        names = [project.name for project in session.operate(service.list_projects, service.AccountById(account))]
        assert names == sorted(names)
        assert "new" in names
        order = service.CreateProject(account, "other", "none")
        assert refused(session, faults.InvalidParameter, service.create_project, order).parameter == "profile"

    def test_access_keys(self, session: Any) -> None:
        account = session.principal.account_id
        made = session.operate(service.create_access_key, service.CreateAccessKey(account))
        assert made.secret not in repr(made)
        held = session.operate(service.list_access_keys, service.AccountById(account))
        assert made.id in {key.id for key in held}
        changed = session.operate(service.set_access_key, service.SetAccessKey(made.id, enabled=False))
        assert (changed.enabled, changed.expires_ms) == (False, 0)
        changed = session.operate(service.set_access_key, service.SetAccessKey(made.id, expires_ms=5))
        assert (changed.enabled, changed.expires_ms) == (False, 5)
        assert [key.enabled for key in session.all(AccessKey) if key.id == made.id] == [False]

    @pytest.mark.parametrize(
        ("use", "command"),
        [
            (service.set_account_state, service.SetAccountState("none", "active")),
            (service.create_project, service.CreateProject("none", "x")),
            (service.list_projects, service.AccountById("none")),
            (service.list_access_keys, service.AccountById("none")),
            (service.create_access_key, service.CreateAccessKey("none")),
            (service.set_access_key, service.SetAccessKey("none")),
        ],
    )
    def test_not_found(self, session: Any, use: Any, command: Any) -> None:
        if isinstance(command, service.SetAccountState):
            command.state = AccountState.ACTIVE.value
        assert refused(session, faults.ResourceNotFound, use, command).resource == "none"

    def test_no_user_of_that_name(self, session: Any) -> None:
        order = service.CreateAccessKey(session.principal.account_id, "nobody")
        assert refused(session, faults.ResourceNotFound, service.create_access_key, order).resource == "nobody"


class TestQuotas:
    def test_set_and_kept(self, session: Any) -> None:
        ring = session.principal.ring
        assert session.operate(service.set_quota, service.SetQuota(ring, "keys", 1)).limit == 1
        session.key()
        assert session.fails(faults.QuotaExceeded, keys.create, keys.CreateKey()).limit == "keys"
        assert session.operate(service.set_quota, service.SetQuota(ring, "keys", 2)).limit == 2
        session.key()
        assert len(session.all(Quota)) == 1

    @pytest.mark.parametrize(
        ("name", "limit", "parameter"),
        [("none", 1, "name"), ("keys", -1, "limit"), ("keys", 1_000_001, "limit"), ("secrets", -2, "limit")],
    )
    def test_refused(self, session: Any, name: str, limit: int, parameter: str) -> None:
        order = service.SetQuota("ring", name, limit)
        assert refused(session, faults.InvalidParameter, service.set_quota, order).parameter == parameter

    @pytest.mark.parametrize("name", service.WITHDRAWABLE)
    def test_withdrawn(self, session: Any, name: str) -> None:
        assert session.operate(service.set_quota, service.SetQuota("ring", name, -1)).limit == -1

    def test_usage_and_raising(self, session: Any) -> None:
        project = session.runtime.founded.project
        order = quota_admin.RaiseQuota(project.id, "keys", 200)
        assert refused(session, faults.UnsupportedOperation, quota_admin.raise_quota, order).feature == "key_quota"
        key = session.key()
        session.key(service="csms")
        found = session.run(quota_admin.usage, quota_admin.NoInput())
        assert (found.keys.used, found.keys.limit, found.grants.used) == (1, quota_admin.CEILING, 0)
        grant = replace(order, name="grants_per_key")
        assert refused(session, faults.UnsupportedOperation, quota_admin.raise_quota, grant).feature == "grant_quota"
        session.run(grants.create, grants.CreateGrant(by_id(key.id), session.principal.user_id, ["key:encrypt"]))
        assert session.run(quota_admin.usage, quota_admin.NoInput()).grants.used == 1
        assert session.operate(quota_admin.raise_quota, order).limit == 200
        assert session.run(quota_admin.usage, quota_admin.NoInput()).keys.limit == 200
        assert session.operate(quota_admin.raise_quota, replace(order, limit=300)).limit == 300
        for limit, reason in ((299, "less"), (quota_admin.CEILING + 1, "range")):
            fault = refused(session, faults.InvalidParameter, quota_admin.raise_quota, replace(order, limit=limit))
            assert (fault.parameter, fault.reason) == ("quota", reason)
        refused(session, faults.ResourceNotFound, quota_admin.raise_quota, replace(order, project_id="none"))

    def test_the_clouds_defaults(self, session: Any) -> None:
        session.operate(service.set_switches, service.SetSwitches({"quotas": "cloud"}))
        found = session.run(quota_admin.usage, quota_admin.NoInput())
        assert (found.keys.limit, found.grants.limit) == (100, 100)

    @pytest.mark.parametrize(("resource", "during"), [("CMK", "order_id"), ("other", "order")])
    def test_nothing_can_be_ordered(self, session: Any, resource: str, during: str) -> None:
        assert (
            refused(
                session, faults.ServerFault, resource_orders.place_order, resource_orders.PlaceOrder(resource)
            ).during
            == during
        )


class TestFreezing:
    def test_a_frozen_key_rests_until_it_is_unfrozen(self, session: Any) -> None:
        key = session.key()
        assert session.operate(service.unfreeze_key, service.KeyById(key.id)).state is KeyState.ENABLED
        assert session.operate(service.freeze_key, service.KeyById(key.id)).state is KeyState.FROZEN
        session.fails(faults.KeyFrozen, encryption.encrypt, encryption.Encrypt(by_id(key.id), b"x"))
        assert session.operate(service.unfreeze_key, service.KeyById(key.id)).state is KeyState.ENABLED
        session.run(encryption.encrypt, encryption.Encrypt(by_id(key.id), b"x"))
        for use in (service.freeze_key, service.unfreeze_key):
            assert refused(session, faults.KeyNotFound, use, service.KeyById("none")).resource == "none"

    @pytest.mark.parametrize("state", [KeyState.ENABLED, KeyState.DISABLED, KeyState.PENDING_IMPORT])
    def test_it_is_then_what_it_was(self, session: Any, state: KeyState) -> None:
        key = session.key(origin=Origin.EXTERNAL) if state is KeyState.PENDING_IMPORT else session.key()
        if state is KeyState.DISABLED:
            session.run(keys.disable, keys.KeyCommand(by_id(key.id)))
        for _ in range(2):
            assert session.operate(service.freeze_key, service.KeyById(key.id)).state is KeyState.FROZEN
        assert session.operate(service.unfreeze_key, service.KeyById(key.id)).state is state

    def test_a_deletion_that_fell_due_can_still_be_cancelled(self, session: Any) -> None:
        key = session.key()
        session.run(deletion.schedule_deletion, deletion.ScheduleDeletion(by_id(key.id), 7))
        session.operate(service.freeze_key, service.KeyById(key.id))
        session.clock.advance(days=30)
        thawed = session.operate(service.unfreeze_key, service.KeyById(key.id))
        assert thawed.state is KeyState.PENDING_DELETION
        assert thawed.deletion_due_ms == session.clock.now_ms() + 86_400_000
        session.run(deletion.cancel_deletion, deletion.CancelDeletion(by_id(key.id)))


class TestDeveloperMode:
    def test_fault_rules(self, session: Any) -> None:
        made = session.operate(developer.add_fault, developer.AddFault("native", count=3, latency_ms=5))
        second = session.operate(developer.add_fault, developer.AddFault("native", effect="reset"))
        assert (made.left, made.latency_ms, second.left, second.effect) == (3, 5, -1, "reset")
        assert session.operate(developer.list_faults, service.NoInput()) == [made, second]
        assert session.operate(developer.clear_faults, service.NoInput()) == [made, second]
        assert session.all(FaultRule) == []

    @pytest.mark.parametrize(
        ("change", "parameter"),
        [({"effect": "explode"}, "effect"), ({"percent": 0}, "percent"), ({"percent": 101}, "percent")],
    )
    def test_rules_that_are_none(self, session: Any, change: dict[str, Any], parameter: str) -> None:
        order = replace(developer.AddFault("native"), **change)
        assert refused(session, faults.InvalidParameter, developer.add_fault, order).parameter == parameter

    def test_so_many_rules(self, session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(developer, "RULES_MAX", 1)
        session.operate(developer.add_fault, developer.AddFault("native"))
        refused(session, faults.QuotaExceeded, developer.add_fault, developer.AddFault("native"))

    def test_the_clock_moves_by_and_to(self, session: Any) -> None:
        now = session.clock.now_ms()
        assert session.operate(developer.clock, service.NoInput()) == developer.ClockState(now, 0)
        moved = session.operate(developer.move_clock, developer.MoveClock(5000))
        assert moved == developer.ClockState(now + 5000, 5000)
        moved = session.operate(developer.move_clock, developer.MoveClock(-2000))
        assert moved.offset_ms == 3000
        assert [held.offset_ms for held in session.all(DevClock)] == [3000]
        moved = session.operate(developer.move_clock, developer.MoveClock(to_ms=now + 100))
        assert (moved.now_ms, moved.offset_ms) == (now + 100, 3100)
        assert session.operate(developer.reset_clock, service.NoInput()).offset_ms == 0
        assert session.all(DevClock) == []

    @pytest.mark.parametrize("by_ms", [developer.OFFSET_MAX_MS + 1, -developer.OFFSET_MAX_MS - 1])
    def test_not_beyond_two_hundred_years(self, session: Any, by_ms: int) -> None:
        order = developer.MoveClock(by_ms)
        assert refused(session, faults.InvalidParameter, developer.move_clock, order).parameter == "by_ms"


class TestActivation:
    def test_enabled_once(self, session: Any) -> None:
        session.fails(faults.ServiceEnabled, service_activation.enable, service_activation.NoInput())
        account = session.principal.account_id
        for state in (AccountState.NOT_ENABLED, AccountState.UNVERIFIED):
            session.operate(service.set_account_state, service.SetAccountState(account, state.value))
            who = session.with_account_state(state)
            assert session.run(service_activation.describe, service_activation.NoInput(), who).state is state
            if state is AccountState.NOT_ENABLED:
                made = session.run(service_activation.enable, service_activation.NoInput(), who)
                assert made.state is AccountState.ACTIVE
            else:
                session.fails(faults.AccountUnverified, service_activation.enable, service_activation.NoInput(), who)
        assert [held.state for held in session.all(Account)] == [AccountState.UNVERIFIED]

    def test_what_is_offered(self, session: Any) -> None:
        assert session.run(service_activation.regions, service_activation.NoInput()) == [session.runtime.gate.region]
        found = session.run(service_activation.supported_specs, service_activation.NoInput())
        assert list(found.levels) == ["software"]
        assert {offer.spec.name for offer in found.specs} <= set(SPECS)
        assert {"AES_256", "RSA_2048", "EC_P256"} <= {offer.spec.name for offer in found.specs}


class TestInstances:
    @pytest.fixture
    def made(self, session: Any) -> Instance:
        session.clock.advance(days=1)
        found: Instance = session.operate(
            instances.create, instances.CreateInstance(session.principal.account_id, "new")
        )
        return found

    def connect(self, session: Any, made: Instance) -> None:
        session.run(instances.connect, instances.Connect(made.id, "vpc-1", ["s-1"], ["z-1", "z-2"]))

    def test_connected_once(self, session: Any, made: Instance) -> None:
        assert made.state == instances.UNINITIALIZED
        self.connect(session, made)
        seen = session.run(instances.describe, instances.InstanceById(made.id))
        assert (seen.instance.state, seen.settings.network_id) == (instances.CONNECTED, "vpc-1")
        assert (seen.settings.switch_ids, seen.settings.zone_ids) == (("s-1",), ("z-1", "z-2"))
        with pytest.raises(faults.ResourceInUse):
            self.connect(session, made)

    def test_listed_by_age(self, session: Any, made: Instance) -> None:
        page = session.run(instances.list_, instances.ListInstances())
        assert page.total == 2
        page = session.run(instances.list_, instances.ListInstances({"name": "new"}))
        assert ([found.id for found in page.instances], page.total) == ([made.id], 1)
        first = session.run(instances.describe_default, instances.NoInput())
        assert first.id == session.runtime.founded.instance.id

    def test_nothing_is_made_in_one_that_is_not_connected(self, session: Any, made: Instance) -> None:
        order = keys.CreateKey(instance_id=made.id)
        session.fails(faults.InstanceNotConnected, keys.create, order)
        networks = [instances.BoundNetwork("vpc-2", "s-2", "r", "1")]
        session.fails(faults.InstanceNotConnected, instances.bind_networks, instances.BindNetworks(made.id, networks))
        self.connect(session, made)
        session.run(keys.create, order)
        session.run(instances.bind_networks, instances.BindNetworks(made.id, networks))
        assert session.run(instances.describe, instances.InstanceById(made.id)).networks == networks
        uses = session.run(instances.quota_uses, instances.ListInstanceQuotas(made.id)).uses
        assert {use.resource: use.used for use in uses} == {"key": 1, "secret": 0, "qps": 0, "vpc": 2}
        uses = session.run(instances.quota_uses, instances.ListInstanceQuotas(made.id, "key")).uses
        assert [use.resource for use in uses] == ["key"]
        fault = session.fails(
            faults.InvalidParameter, instances.quota_uses, instances.ListInstanceQuotas(made.id, "none")
        )
        assert fault.parameter == "resource"

    def test_as_many_as_the_quota_says(self, session: Any, made: Instance) -> None:
        self.connect(session, made)
        session.operate(service.set_quota, service.SetQuota(made.id, "instance_keys", 1))
        session.operate(service.set_quota, service.SetQuota(made.id, "instance_networks", 1))
        session.run(keys.create, keys.CreateKey(instance_id=made.id))
        session.fails(faults.QuotaExceeded, keys.create, keys.CreateKey(instance_id=made.id))
        networks = [instances.BoundNetwork("vpc-2", "s-2", "r", "1")]
        session.fails(faults.QuotaExceeded, instances.bind_networks, instances.BindNetworks(made.id, networks))

    def test_protected_ones_stay(self, session: Any, made: Instance) -> None:
        kept = session.run(instances.set_protection, instances.SetProtection(made.id, enabled=True, note="why"))
        assert (kept.protected, kept.protection_note) == (True, "why")
        session.fails(faults.InstanceProtected, instances.release, instances.ReleaseInstance(made.id))
        kept = session.run(instances.set_protection, instances.SetProtection(made.id, enabled=False, note="why"))
        assert (kept.protected, kept.protection_note) == (False, "")
        assert session.run(instances.release, instances.ReleaseInstance(made.id)).id == made.id
        session.fails(faults.ResourceNotFound, instances.describe, instances.InstanceById(made.id))

    def test_released_with_all_that_is_in_it(self, session: Any, made: Instance) -> None:
        self.connect(session, made)
        key = session.run(keys.create, keys.CreateKey(instance_id=made.id))
        order = instances.ReleaseInstance(made.id)
        assert session.fails(faults.ResourceInUse, instances.release, order).reason == "backup"
        session.run(instances.release, replace(order, force=True))
        session.fails(faults.KeyNotFound, encryption.encrypt, encryption.Encrypt(by_id(key.id), b"x"))
        assert [held.state for held in session.all(Key)] == [KeyState.PENDING_DELETION]

    def test_bought_until_later(self, session: Any) -> None:
        ends = session.clock.now_ms() + 1000
        order = instances.CreateInstance(session.principal.account_id, "paid", ends)
        made = session.operate(instances.create, order)
        fault = session.fails(faults.ResourceInUse, instances.release, instances.ReleaseInstance(made.id, force=True))
        assert fault.reason == "prepaid"
        session.clock.advance(seconds=1)
        session.run(instances.release, instances.ReleaseInstance(made.id))

    @pytest.mark.parametrize(
        ("use", "command"),
        [
            (instances.describe, instances.InstanceById("none")),
            (instances.connect, instances.Connect("none", "v", [], [])),
            (instances.bind_networks, instances.BindNetworks("none", [])),
            (instances.set_protection, instances.SetProtection("none", enabled=True)),
            (instances.release, instances.ReleaseInstance("none")),
            (instances.quota_uses, instances.ListInstanceQuotas("none")),
        ],
    )
    def test_not_found(self, session: Any, made: Instance, use: Any, command: Any) -> None:
        fault = session.fails(faults.ResourceNotFound, use, command)
        assert (fault.kind, fault.resource) == ("instance", "none")
        field = "instance_id"
        session.fails(faults.ResourceNotFound, use, replace(command, **{field: made.id}), session.other_account())

    def test_of_an_account_that_is_there(self, session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        refused(session, faults.ResourceNotFound, instances.create, instances.CreateInstance("none", "x"))
        monkeypatch.setattr(instances, "INSTANCES_MAX", 1)
        order = instances.CreateInstance(session.principal.account_id, "x")
        assert refused(session, faults.QuotaExceeded, instances.create, order).limit == "instances"
