"""Nobody gets more than was given: random sequences of whatever users may do with identities and access points.

Some users are controlled, with rights that the administrator gave them. After every step, what each principal they
control may do (themselves, users they made or hold credentials of, client keys they made) is still within what the
controlled users together could do at first. ``BITTING_MONOTONIC`` is the number of sequences, 60 if it is not set.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import pytest

from bitting.core import faults
from bitting.core.authz import roles
from bitting.core.authz.engine import EVERYTHING_OF, decide
from bitting.core.authz.resource_policies import Policy, Rule, pack
from bitting.core.key_cache import Reader
from bitting.core.model.access import UserStatement
from bitting.core.model.iam import Group, Role
from bitting.core.model.identity import AccessKey, Principal, Project, Statement, User
from bitting.core.model.key import KeyRef
from bitting.core.usecases.access import application_access_points as access
from bitting.core.usecases.access import client_keys
from bitting.core.usecases.iam import credentials, role_assignments, users
from bitting.core.usecases.keys import key_policies

SEQUENCES, STEPS = int(os.environ.get("BITTING_MONOTONIC", "60")), 30
ACTIONS = ("key:encrypt", "key:decrypt", "key:list", "secret:get_value", "user:create", "user:update", "role:assign",
           "access_key:create", "client_key:create", "access_policy:create", "keystore:disable")  # fmt: skip
GIFTS: tuple[Statement, ...] = (
    Statement(("user:*", "group:*", "role:*", "access_key:*")),
    Statement(("user:update", "access_key:create")),
    Statement(("group:*",)),
    Statement(("role:*",)),
    Statement(("access_policy:*", "access_point:*", "client_key:*")),
    Statement(("key:*",)),
    Statement(("key:encrypt", "key:list")),
    Statement(("key:*",), ("key/ONE",)),
    Statement(("secret:*",)),
    Statement(("*",), ("key/ONE",)),
    Statement(("key:decrypt",), allow=False),
    Statement(("user:update",), allow=False),
)
PLACES = ("domain", "project", "enterprise")
BUILT_IN = ("te_admin", "secu_admin", "KMS Administrator", "DEW FullAccess", "CSMS FullAccess", "readonly")


@dataclass
class World:
    """One account, who is controlled, and what they could do at first."""

    session: Any
    chance: random.Random
    key: str = ""
    controlled: set[str] = field(default_factory=set)
    client_keys: set[str] = field(default_factory=set)
    first: set[tuple[str, str, str]] = field(default_factory=set)
    done: int = 0

    @property
    def store(self) -> Any:
        return self.session.runtime.store

    def set_up(self) -> None:
        """Two controlled users, one who is strong, groups that give and one that denies, a policy for a name."""
        run, chance = self.session.run, self.chance
        self.key = self.session.key().id
        people = [run(users.create_user, users.CreateUser(name)).id for name in ("ann", "bob", "strong")]
        self.controlled = set(people[:2])
        strong, denied = (run(users.set_group, users.SetGroup(name=name)).id for name in ("strong", "denied"))
        role = run(role_assignments.set_role, role_assignments.SetRole("all keys", [Statement(("key:*",))], "{}")).id
        no = Statement(("secret:*",), allow=False)
        denial = run(role_assignments.set_role, role_assignments.SetRole("no secrets", [no], "{}")).id
        for group, held in ((strong, role), (denied, denial)):
            run(role_assignments.assign, self.binding("group", group, "domain", held))
        run(users.add_member, users.Member(strong, people[2]))
        run(users.add_member, users.Member(denied, people[0]))
        account = self.session.principal.account_id
        rule = Rule(True, (f"{account}/user/ghost", f"{account}/user/strong"), ("key:decrypt",))
        run(key_policies.set_, key_policies.SetPolicy(KeyRef.by_id(self.key), pack(Policy("", (rule,)))))
        with self.store.begin(write=True) as uow:
            walled = Project("7" * 32, account, "walled", "huawei", "its-own-ring", 0)
            uow.of(Project).add(walled)
            for number, user in enumerate(people):
                for gift in chance.sample(GIFTS, chance.randint(1, 3)):
                    resources = tuple(resource.replace("ONE", self.key) for resource in gift.resources)
                    stored = UserStatement(
                        f"{number}-{chance.random()}", account, user, gift.allow, gift.actions, resources, 0
                    )
                    uow.of(UserStatement).add(stored)
        for user in people[:2]:
            if chance.random() < 0.5:
                place = chance.choice(PLACES)
                given = roles.built_in_id(chance.choice(BUILT_IN))
                run(role_assignments.assign, self.binding("user", user, place, given))
        self.first = self.effective()

    def binding(self, kind: str, holder: str, place: str, role: str) -> Any:
        where = {"domain": self.session.principal.domain_id, "project": "7" * 32, "enterprise": "one"}[place]
        return role_assignments.RoleBinding(kind, holder, place, where, role)

    def principal(self, user: str, project: str = "") -> Principal | None:
        with self.store.begin(write=False) as uow:
            account = self.session.principal.account_id
            return credentials.principal_of(Reader(uow), account, user, "", project)

    def principals(self) -> list[Principal]:
        self.session.runtime.cache.refresh()
        found = [self.principal(user, project) for user in self.controlled for project in ("", "7" * 32)]
        held = [credentials.client_key(self.session.runtime.cache.loading, key) for key in self.client_keys]
        return [who for who in (*found, *(each.principal for each in held if each)) if who is not None]

    def effective(self) -> set[tuple[str, str, str]]:
        """(ring, action, resource) that a controlled principal is allowed. Rights in one ring are none in another."""
        names = (f"key/{self.key}", "key/other", "secret/a", "eps/one/key/new")
        found = set()
        for who in self.principals():
            assert not who.admin
            for action, name in product(ACTIONS, names):
                if decide(who, action, (name,)).allowed:
                    found.add((who.ring, action, name))
            for action in ACTIONS:
                if decide(who, action, EVERYTHING_OF).allowed:
                    found.add((who.ring, action, "*"))
        for user in self.controlled:
            who = self.principal(user)
            if who is not None and who.name in ("ghost", "strong"):
                found.add((who.ring, "key:decrypt", f"key/{self.key}"))
        return found

    def ids(self, kind: type[Any]) -> list[str]:
        with self.store.begin(write=False) as uow:
            return [record.id for record in uow.of(kind).find({}, limit=1000)] or ["none"]

    def step(self) -> None:
        """One attempt of a controlled user."""
        chance = self.chance
        user = chance.choice(sorted(self.controlled))
        who = self.principal(user, chance.choice(("", "7" * 32)))
        if who is None:
            return
        attempt: Callable[[Principal], None] = chance.choice(
            (self.make_user, self.take_user, self.groups, self.write_role, self.assign, self.make_access, self.remove)
        )
        try:
            attempt(who)
            self.done += 1
        except faults.Fault:
            pass

    def make_user(self, who: Principal) -> None:
        name = self.chance.choice(("ghost", f"new-{self.chance.random()}"[:20]))
        self.controlled.add(self.session.run(users.create_user, users.CreateUser(name), who).id)

    def take_user(self, who: Principal) -> None:
        target, chance = self.chance.choice(self.ids(User)), self.chance.random()
        if chance < 0.4:
            self.session.run(users.update_user, users.UpdateUser(target, password="mine-now-1"), who)
        elif chance < 0.8:
            self.session.run(role_assignments.create_key, role_assignments.NewKey(target), who)
        else:
            self.session.run(users.update_user, users.UpdateUser(target, name="ghost"), who)
            return
        self.controlled.add(target)

    def groups(self, who: Principal) -> None:
        run, group = self.session.run, self.chance.choice(self.ids(Group))
        member = users.Member(group, self.chance.choice(self.ids(User)))
        chance = self.chance.random()
        if chance < 0.5:
            run(users.add_member, member, who)
        elif chance < 0.8:
            run(users.remove_member, member, who)
        else:
            run(users.set_group, users.SetGroup(name=f"g-{self.chance.random()}"[:20]), who)

    def write_role(self, who: Principal) -> None:
        statement = self.chance.choice((*GIFTS, Statement(("*",))))
        role_id = self.chance.choice(("", *self.ids(Role)))
        order = role_assignments.SetRole(f"r-{self.chance.random()}"[:20], [statement], "{}", id=role_id)
        self.session.run(role_assignments.set_role, order, who)

    def assign(self, who: Principal) -> None:
        chance = self.chance
        role = chance.choice((*self.ids(Role), *(roles.built_in_id(name) for name in BUILT_IN)))
        kind = chance.choice(("user", "group"))
        holder = chance.choice(self.ids(User) if kind == "user" else self.ids(Group))
        binding = self.binding(kind, holder, chance.choice(PLACES), role)
        use = role_assignments.assign if chance.random() < 0.7 else role_assignments.unassign
        self.session.run(use, binding, who)

    def make_access(self, who: Principal) -> None:
        run, chance = self.session.run, self.chance
        template = chance.choice(("CryptoServiceKeyUser", "CryptoServiceSecretUser"))
        resources = [chance.choice(("key/*", f"key/{self.key}", "secret/*"))]
        kind = chance.random()
        if kind < 0.3:
            order = access.CreateAccessPolicy(
                f"p-{chance.random()}"[:20], [f"RbacPermission/Template/{template}"], resources
            )
            run(access.create_access_policy, order, who)
        elif kind < 0.5:
            run(access.update_access_policy, access.UpdateAccessPolicy("default", resources=resources), who)
        else:
            made = run(client_keys.create, client_keys.CreateClientKey("default", "a-Password-1"), who)
            self.client_keys.add(made.record.id)

    def remove(self, who: Principal) -> None:
        run, chance = self.session.run, self.chance
        use, kind = chance.choice(
            ((users.delete_group, Group), (role_assignments.delete_role, Role), (users.delete_user, User),
             (role_assignments.delete_key, AccessKey))
        )  # fmt: skip
        run(use, users.ById(chance.choice(self.ids(kind))), who)


@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_rights_never_grow(make_session: Callable[[], Any], seed: int) -> None:
    world = World(make_session(), random.Random(seed))
    world.set_up()
    for number in range(STEPS):
        world.step()
        more = world.effective() - world.first
        assert not more, (seed, number, sorted(more)[:5])


def test_the_sequences_do_something(make_session: Callable[[], Any]) -> None:
    done = 0
    for seed in range(12):
        world = World(make_session(), random.Random(seed))
        world.set_up()
        for _ in range(STEPS):
            world.step()
        done += world.done
    assert done > 20  # the others were refused: that is what they are for
