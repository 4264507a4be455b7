"""Role assignments as a list: what fits, and what groups' members hold."""

from __future__ import annotations

import pytest

from bitting.core.gate import RequestContext
from bitting.core.usecases.iam import accounts, assignment_list, credentials, role_assignments, users
from bitting.core.usecases.iam.assignment_list import ListAssignments


@pytest.fixture
def run(session):
    runtime = session.runtime
    with runtime.store.begin(write=True) as uow:
        own = accounts.create_first_account(uow, runtime.gate.vault, runtime.gate.clock, runtime.gate.entropy, "r")

    def run(use, command):
        runtime.cache.refresh()
        view = runtime.cache.loading
        principal = credentials.access_key(view, runtime.gate.vault, own.access_key_id).principal
        return runtime.gate.run(use, principal, command, RequestContext("id", "test", "", "127.0.0.1"), view)

    run.domain_id = own.account.domain_id
    return run


def test_groups_and_their_members(run):
    user = run(users.create_user, users.CreateUser("one"))
    group = run(users.set_group, users.SetGroup(name="many"))
    run(users.add_member, users.Member(group.id, user.id))
    role = next(role for role in run(role_assignments.list_roles, users.ListByName()) if role.name == "readonly")
    place = ("domain", run.domain_id)
    run(role_assignments.assign, role_assignments.RoleBinding("group", group.id, *place, role.id))
    [held] = run(assignment_list.list_assignments, ListAssignments())
    assert (held.holder_kind, held.holder_name, held.role_name, held.through) == ("group", "many", "readonly", "")
    [effective] = run(assignment_list.list_assignments, ListAssignments(effective=True, user_id=user.id))
    assert (effective.holder_id, effective.holder_name, effective.through) == (user.id, "one", group.id)
    assert run(assignment_list.list_assignments, ListAssignments(user_id=user.id)) == []
    assert run(assignment_list.list_assignments, ListAssignments(place_kind="project")) == []
