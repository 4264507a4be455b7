"""Users, groups, roles, who has which role where, and tokens: through the gate in memory, and what roles mean."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bitting.core import faults
from bitting.core.authz import decision_point, patterns, roles, statements
from bitting.core.key_cache import Reader
from bitting.core.model.iam import Assignment, Membership
from bitting.core.model.identity import AccessKey, AccountState, KeyGrants, Principal, Reach, Statement, Token, User
from bitting.core.model.key import KeyRef
from bitting.core.model.service import Switches
from bitting.core.usecases.iam import credentials, role_assignments, tokens, users

PASSWORD = "a-password-1"


@pytest.fixture
def user(session: Any) -> User:
    made: User = session.run(users.create_user, users.CreateUser("ann", PASSWORD))
    return made


@pytest.fixture
def group(session: Any) -> Any:
    return session.run(users.set_group, users.SetGroup(name="readers", description="d"))


class TestUsers:
    def test_the_whole_life(self, session: Any, user: User) -> None:
        assert (user.name, user.enabled, user.admin) == ("ann", True, False)
        assert PASSWORD not in user.password
        assert session.run(users.show_user, users.ById(user.id)) == user
        assert [found.name for found in session.run(users.list_users, users.ListByName())] == ["admin", "ann"]
        assert session.run(users.list_users, users.ListByName("ann")) == [user]
        changed = session.run(users.update_user, users.UpdateUser(user.id, name="bea", enabled=False))
        assert (changed.name, changed.enabled, changed.password) == ("bea", False, user.password)
        session.run(users.delete_user, users.ById(user.id))
        assert session.fails(faults.ResourceNotFound, users.show_user, users.ById(user.id)).kind == "user"

    @pytest.mark.parametrize(
        ("command", "fault"),
        [
            (users.CreateUser(""), faults.InvalidParameter),
            (users.CreateUser("x" * 65), faults.InvalidParameter),
            (users.CreateUser("x", "short"), faults.InvalidParameter),
            (users.CreateUser("x", "x" * 33), faults.InvalidParameter),
            (users.CreateUser("admin"), faults.ResourceExists),
        ],
    )
    def test_refused(self, session: Any, command: users.CreateUser, fault: type[faults.Fault]) -> None:
        session.fails(fault, users.create_user, command)
        assert len(session.all(User)) == 1

    def test_so_many_at_most(self, session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(users, "PER_ACCOUNT_MAX", 1)
        assert session.fails(faults.QuotaExceeded, users.create_user, users.CreateUser("x")).limit == "user"

    def test_nobody_deletes_themselves(self, session: Any) -> None:
        session.fails(faults.ResourceInUse, users.delete_user, users.ById(session.principal.user_id))

    def test_what_goes_with_a_user(self, session: Any, user: User, group: Any) -> None:
        session.run(role_assignments.create_key, role_assignments.NewKey(user.id))
        session.run(users.add_member, users.Member(group.id, user.id))
        binding = role_assignments.RoleBinding(
            "user", user.id, "domain", session.principal.domain_id, roles.built_in_id("readonly")
        )
        session.run(role_assignments.assign, binding)
        session.run(users.delete_user, users.ById(user.id))
        assert user.id not in {key.user_id for key in session.all(AccessKey)}
        assert (session.all(Membership), session.all(Assignment)) == ([], [])

    @pytest.mark.parametrize("change", [{"password": "another-1"}, {"enabled": False}])
    def test_tokens_end_with_the_password(self, session: Any, user: User, change: dict[str, Any]) -> None:
        who = replace(session.principal, user_id=user.id, admin=False, statements=(Statement(("token:*",)),))
        session.run(tokens.issue, tokens.IssueToken(tokens.Scope(), ("password",)), who)
        assert len(session.all(Token)) == 1
        session.run(users.update_user, users.UpdateUser(user.id, name="other"))
        assert len(session.all(Token)) == 1
        session.run(users.update_user, users.UpdateUser(user.id, **change))
        assert session.all(Token) == []


class TestGroups:
    def test_the_whole_life(self, session: Any, user: User, group: Any) -> None:
        member = users.Member(group.id, user.id)
        session.fails(faults.ResourceNotFound, users.require_member, member)
        session.run(users.add_member, member)
        session.run(users.add_member, member)
        session.run(users.require_member, member)
        assert session.run(users.users_of_group, users.ById(group.id)) == [user]
        assert session.run(users.groups_of_user, users.ById(user.id)) == [group]
        changed = session.run(users.set_group, users.SetGroup(group.id, name="writers"))
        assert (changed.name, changed.description) == ("writers", "d")
        assert session.run(users.show_group, users.ById(group.id)) == changed
        assert session.run(users.list_groups, users.ListByName()) == [changed]
        session.run(users.remove_member, member)
        assert session.fails(faults.ResourceNotFound, users.remove_member, member).kind == "membership"
        session.run(users.add_member, member)
        session.run(users.delete_group, users.ById(group.id))
        assert session.all(Membership) == []
        assert session.run(users.show_user, users.ById(user.id)) == user

    def test_a_name_is_had_once(self, session: Any, group: Any) -> None:
        session.fails(faults.ResourceExists, users.set_group, users.SetGroup(name="readers"))


@pytest.mark.parametrize("use", [users.show_user, users.delete_user, users.show_group, users.delete_group,
                                 users.users_of_group, users.groups_of_user, role_assignments.show_role,
                                 role_assignments.delete_role, role_assignments.delete_key],
                         ids=lambda use: use.name)  # fmt: skip
def test_what_is_not_there_or_another_accounts(session: Any, use: Any, user: User, group: Any) -> None:
    other = session.other_account()
    for record_id in ("none", user.id, group.id):
        session.fails(faults.ResourceNotFound, use, users.ById(record_id), other)


class TestRoles:
    RULE = Statement(("key:encrypt",), ("*",))

    def test_the_whole_life(self, session: Any) -> None:
        order = role_assignments.SetRole("sealers", [self.RULE], "{}", description="d")
        made = session.run(role_assignments.set_role, order)
        assert (made.name, made.text, made.description) == ("sealers", "{}", "d")
        assert session.run(role_assignments.show_role, users.ById(made.id)) == made
        session.fails(faults.ResourceExists, role_assignments.set_role, order)
        session.clock.advance(seconds=1)
        changed = session.run(role_assignments.set_role, replace(order, id=made.id, text="[]"))
        assert (changed.id, changed.text, changed.created_ms) == (made.id, "[]", made.created_ms)
        assert changed.updated_ms == made.updated_ms + 1000
        listed = session.run(role_assignments.list_roles, users.ListByName())
        assert {role.name for role in listed} == {*roles.BUILT_IN, "sealers"}
        assert session.run(role_assignments.list_roles, users.ListByName("sealers")) == [changed]
        session.run(role_assignments.delete_role, users.ById(made.id))
        session.fails(faults.ResourceNotFound, role_assignments.show_role, users.ById(made.id))

    @pytest.mark.parametrize("name", sorted(roles.BUILT_IN))
    def test_built_in_ones_are_the_same_everywhere(self, session: Any, name: str) -> None:
        role_id = roles.built_in_id(name)
        assert len(role_id) == 32
        assert roles.built_in_name(role_id) == name
        assert session.run(role_assignments.show_role, users.ById(role_id)).name == name

    def test_given_checked_and_taken(self, session: Any, user: User) -> None:
        role = session.run(role_assignments.set_role, role_assignments.SetRole("sealers", [self.RULE], "{}"))
        place = session.principal.domain_id
        binding = role_assignments.RoleBinding("user", user.id, "domain", place, role.id)
        session.fails(faults.ResourceNotFound, role_assignments.require_assignment, binding)
        session.run(role_assignments.assign, binding)
        session.run(role_assignments.assign, binding)
        session.run(role_assignments.require_assignment, binding)
        assert session.run(role_assignments.list_assigned, replace(binding, role_id="")) == [role]
        with session.runtime.store.begin(write=False) as uow:
            (held,) = roles.statements(Reader(uow), user.id, "")
            assert replace(held, origin="") == self.RULE
            assert held.origin == f"role sealers of user {user.id} in domain {place}"
            assert roles.role_names(Reader(uow), user.id, "") == ((role.id, "sealers"),)
        session.run(role_assignments.unassign, binding)
        assert session.fails(faults.ResourceNotFound, role_assignments.unassign, binding).kind == "assignment"

    @pytest.mark.parametrize(
        ("change", "kind"),
        [
            ({"holder_id": "none"}, "user"),
            ({"holder_kind": "group"}, "group"),
            ({"place_id": "none"}, "domain"),
            ({"place_kind": "project", "place_id": "none"}, "project"),
            ({"role_id": "none"}, "role"),
        ],
    )
    def test_of_things_that_are_not_there(self, session: Any, user: User, change: dict[str, str], kind: str) -> None:
        role_id = roles.built_in_id("readonly")
        binding = role_assignments.RoleBinding("user", user.id, "domain", session.principal.domain_id, role_id)
        fault = session.fails(faults.ResourceNotFound, role_assignments.assign, replace(binding, **change))
        assert fault.kind == kind

    def test_where_a_role_holds(self, session: Any, user: User, group: Any) -> None:
        session.run(users.add_member, users.Member(group.id, user.id))
        project = session.runtime.founded.project.id
        reads = roles.built_in_id("readonly")
        for binding in (
            role_assignments.RoleBinding("group", group.id, "project", project, reads),
            role_assignments.RoleBinding("user", user.id, "enterprise", "e-1", roles.built_in_id("te_admin")),
        ):
            session.run(role_assignments.assign, binding)
        with session.runtime.store.begin(write=False) as uow:
            here = roles.statements(Reader(uow), user.id, project)
            elsewhere = roles.statements(Reader(uow), user.id, "other")
        limited = Statement(("*",), ("eps/e-1/*",), reach=Reach.PROJECT)
        reader = Statement(roles.BUILT_IN["readonly"], reach=Reach.PROJECT)
        assert [replace(held, origin="") for held in here] == [limited, reader]
        assert [replace(held, origin="") for held in elsewhere] == [limited]

    def test_restricted(self, session: Any, user: User) -> None:
        with session.runtime.store.begin(write=False) as uow:
            assert not roles.is_restricted(Reader(uow), user.id, "")
        mark = roles.built_in_id(roles.RESTRICTING)
        binding = role_assignments.RoleBinding("user", user.id, "domain", session.principal.domain_id, mark)
        session.run(role_assignments.assign, binding)
        with session.runtime.store.begin(write=False) as uow:
            assert roles.is_restricted(Reader(uow), user.id, "")

    def test_a_rule_is_stored_and_read(self) -> None:
        for rule in (self.RULE, Statement(("a", "b"), ("key/*", "x"), allow=False)):
            assert roles.read_rule(roles.write_rule(rule)) == rule

    def test_access_keys(self, session: Any, user: User) -> None:
        made = session.run(role_assignments.create_key, role_assignments.NewKey(user.id))
        assert made.secret not in repr(made)
        assert session.run(role_assignments.list_keys, role_assignments.NewKey(user.id)) == [made.record]
        own = session.run(role_assignments.list_keys, role_assignments.NewKey())
        assert {key.user_id for key in own} == {session.principal.user_id}
        session.run(role_assignments.delete_key, users.ById(made.record.id))
        assert session.run(role_assignments.list_keys, role_assignments.NewKey(user.id)) == []


class TestTokens:
    def issue(self, session: Any, **scope: str) -> tokens.Session:
        made: tokens.Session = session.run(tokens.issue, tokens.IssueToken(tokens.Scope(**scope), ("password",)))
        return made

    def test_issued_validated_and_revoked(self, session: Any) -> None:
        made = self.issue(session)
        assert made.text not in repr(made)
        assert made.token.id == credentials.token_digest(made.text) != made.text
        assert made.token.expires_ms == session.clock.now_ms() + tokens.DAY_MS
        named = tokens.TokenByText(made.text)
        assert session.run(tokens.describe_token, named).token == made.token
        assert session.run(tokens.revoke, named) == made.token
        assert session.fails(faults.ResourceNotFound, tokens.describe_token, named).kind == "token"

    def test_a_token_ends(self, session: Any) -> None:
        made = self.issue(session)
        session.clock.advance(days=1)
        for use in (tokens.describe_token, tokens.revoke):
            session.fails(faults.ResourceNotFound, use, tokens.TokenByText(made.text))
        order = tokens.IssueToken(tokens.Scope(), ("token",), session.clock.now_ms() + 5)
        assert session.run(tokens.issue, order).token.expires_ms == session.clock.now_ms() + 5

    def test_of_others(self, session: Any, user: User) -> None:
        made = self.issue(session)
        who = replace(session.limited(Statement(("token:*",))), user_id=user.id)
        session.fails(faults.PermissionDenied, tokens.describe_token, tokens.TokenByText(made.text), who)
        other = session.other_account()
        session.fails(faults.ResourceNotFound, tokens.describe_token, tokens.TokenByText(made.text), other)

    def test_scopes(self, session: Any) -> None:
        project = session.runtime.founded.project
        assert self.issue(session, kind="project", id=project.id).project == project
        assert self.issue(session, kind="project", name=project.name).project == project
        assert self.issue(session, kind="domain", domain_id=session.principal.domain_id).project is None

    @pytest.mark.parametrize(
        "scope",
        [
            {"kind": "project", "id": "none"},
            {"kind": "project", "name": "none"},
            {"kind": "domain", "domain_id": "none"},
            {"kind": "domain", "domain_name": "none"},
        ],
    )
    def test_scopes_that_are_not_ones_own(self, session: Any, scope: dict[str, str]) -> None:
        order = tokens.IssueToken(tokens.Scope(**scope), ("password",))
        session.fails(faults.ProjectMismatch, tokens.issue, order)
        assert session.all(Token) == []

    def test_passwords(self, session: Any, user: User) -> None:
        view, domain = session.runtime.cache.loading, session.principal.domain_id
        session.runtime.cache.refresh()
        for claim in (tokens.UserClaim(user_id=user.id), tokens.UserClaim(name="ann", domain_id=domain)):
            assert tokens.principal_by_password(view, claim, PASSWORD).user_id == user.id
            with pytest.raises(faults.WrongPassword):
                tokens.principal_by_password(view, claim, "wrong")
        for claim in (tokens.UserClaim(user_id="none"), tokens.UserClaim(name="ann", domain_id="none")):
            with pytest.raises(faults.WrongPassword):
                tokens.principal_by_password(view, claim, PASSWORD)

    def test_temporary_keys(self, session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tokens, "TEMPORARY_KEYS_PER_USER", 1)
        made = session.run(tokens.create_temporary_key, tokens.CreateTemporaryKey(60))
        assert made.expires_ms == session.clock.now_ms() + 60_000
        assert made.secret not in repr(made)
        assert made.security_token not in repr(made)
        session.fails(faults.QuotaExceeded, tokens.create_temporary_key, tokens.CreateTemporaryKey())
        session.clock.advance(seconds=60)
        session.run(tokens.create_temporary_key, tokens.CreateTemporaryKey())

    def test_projects(self, session: Any) -> None:
        founded = session.runtime.founded
        found = session.run(tokens.projects, tokens.FindProjects())
        assert found.account == founded.account
        assert {project.id for project in found.projects} == {founded.project.id, founded.second_project.id}
        assert session.run(tokens.projects, tokens.FindProjects(name=founded.project.name)).projects == [
            founded.project
        ]
        assert session.run(tokens.projects, tokens.FindProjects("none")).projects == []


class TestStatements:
    @pytest.mark.parametrize(
        ("pattern", "value", "fits"),
        [("a", "a", True), ("a", "ab", False), ("a*", "ab", True), ("*", "", True), ("a*", "b", False), ("", "", True)],
    )
    def test_patterns(self, pattern: str, value: str, *, fits: bool) -> None:
        assert patterns.matches(pattern, value) is fits
        assert patterns.Patterns((pattern,)).match(value) is fits

    @pytest.mark.parametrize(
        ("held", "fault"),
        [
            ((), faults.PermissionDenied),
            ((Statement(("key:encrypt",), ("key/1",)),), None),
            ((Statement(("key:*",), ("key/*",)),), None),
            ((Statement(("key:decrypt",), ("*",)),), faults.PermissionDenied),
            ((Statement(("key:encrypt",), ("key/2",)),), faults.PermissionDenied),
            ((Statement(("*",)), Statement(("key:encrypt",), ("key/1",), allow=False)), faults.ExplicitlyDenied),
            ((Statement(("key:encrypt",), ("*",), allow=False), Statement(("*",))), faults.ExplicitlyDenied),
            ((Statement(("*",)), Statement(("key:encrypt",), ("key/2",), allow=False)), None),
        ],
    )
    def test_denied_before_allowed(self, held: tuple[Statement, ...], fault: Any) -> None:
        who = Principal("1", "ring", "u", "name", held)
        if fault is None:
            statements.authorise(who, "key:encrypt", "key/1")
        else:
            with pytest.raises(fault) as caught:
                statements.authorise(who, "key:encrypt", "key/1")
            assert type(caught.value) is fault
            assert (caught.value.action, caught.value.resource) == ("key:encrypt", "key/1")

    def test_grants(self) -> None:
        who = Principal("1", "ring", "u", "name", (), grants={"k": KeyGrants("other", frozenset({"key:encrypt"}))})
        statements.authorise(who, "key:encrypt", "key/k")
        statements.authorise(who, "key:encrypt", None)
        for action, resource in (("key:decrypt", "key/k"), ("key:encrypt", "key/l"), ("key:decrypt", None)):
            with pytest.raises(faults.PermissionDenied):
                statements.authorise(who, action, resource)
        assert statements.ring_of(who, KeyRef.by_id("k")) == "other"
        assert statements.ring_of(who, KeyRef.by_id("l")) == "ring"

    def test_every_state_of_an_account_but_a_good_one_has_its_fault(self) -> None:
        assert set(statements.ACCOUNT_FAULTS) == set(AccountState) - {AccountState.ACTIVE}

    @pytest.mark.parametrize(("names", "region", "off"), [("", "a", False), ("a", "a", True), ("b, a", "a", True)])
    def test_offline(self, names: str, region: str, *, off: bool) -> None:
        assert statements.is_offline(Switches(offline_regions=names), region) is off


class Answering:
    """A decision point that answers one thing."""

    def __init__(self, status: int, body: bytes) -> None:
        self.answer = (status, body)

    def decide(self, _url: str, _question: Any) -> tuple[int, bytes]:
        return self.answer


@pytest.mark.parametrize(
    ("status", "body", "fault"),
    [
        (200, b'{"allow": true}', None),
        (200, b'{"allow": false}', faults.PermissionDenied),
        (0, b"", faults.Unavailable),
        (500, b'{"allow": true}', faults.ServerFault),
        (200, b'{"allow": 1}', faults.ServerFault),
        (200, b"[]", faults.ServerFault),
        (200, b"{}", faults.ServerFault),
        (200, b"x", faults.ServerFault),
        (200, b"[" * 100_000, faults.ServerFault),
    ],
)
def test_a_decision_point_that_does_not_answer_allows_nothing(status: int, body: bytes, fault: Any) -> None:
    asked = {"action": "key:encrypt"}
    if fault is None:
        decision_point.require_permit(Answering(status, body), "http://pdp", asked)
    else:
        with pytest.raises(fault):
            decision_point.require_permit(Answering(status, body), "http://pdp", asked)


def test_no_way_to_a_decision_point() -> None:
    with pytest.raises(faults.Unavailable):
        decision_point.require_permit(None, "http://pdp", {"action": "x"})
