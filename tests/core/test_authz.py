"""The engine: what is allowed on what, which conditions hold, whose rights cover whose."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bitting.core import faults
from bitting.core.authz.conditions import KEYS, Facts, address_of, holds, in_force, is_understood
from bitting.core.authz.covers import Held, covers
from bitting.core.authz.engine import EVERYTHING_OF, SOMEWHERE, Decision, bind, decide
from bitting.core.authz.patterns import Patterns, matches, pattern_covers, patterns_overlap
from bitting.core.authz.resource_policies import Policy, PolicyCache, PolicyRequest, Rule, pack
from bitting.core.authz.statements import authorise, authorise_every, lasting
from bitting.core.authz.vocabulary import ACCOUNT_WIDE, FREE, IDENTITY, NAMED, kind_of, least_reach
from bitting.core.model.identity import Condition, KeyGrants, Principal, Reach, Statement

NOW = 1_795_262_400_000


def caller(*statements: Statement, **fields: Any) -> Principal:
    return Principal("1", "ring", "u-1", "name", statements, **fields)


ONE = Statement(("*",), ("key/ONE",))


@pytest.mark.parametrize(
    "action", ["key:list", "key:create", "alias:list", "keystore:disable", "secret:list", "secret:create_event"]
)
def test_a_right_on_one_key_is_none_on_all(action: str) -> None:
    assert not decide(caller(ONE), action, EVERYTHING_OF).allowed
    for resource in ("*", f"{kind_of(action)}/*", f"{kind_of(action)}*"):
        assert decide(caller(Statement(("*",), (resource,))), action, EVERYTHING_OF).allowed
    for resource in (f"{kind_of(action)}/?", f"{kind_of(action)}/*?", f"{kind_of(action)}/a*", "other/*"):
        assert not decide(caller(Statement(("*",), (resource,))), action, EVERYTHING_OF).allowed


@pytest.mark.parametrize("reach", Reach)
@pytest.mark.parametrize("action", ["user:create", "access_key:create", "client_key:create", "key:encrypt"])
def test_how_far_a_statement_reaches(reach: Reach, action: str) -> None:
    kind = action.partition(":")[0]
    least = {"user": 2, "access_key": 2, "client_key": 1}.get(kind, 0)
    rank = [Reach.PROJECT, Reach.SERVICES, Reach.ACCOUNT].index(reach)
    assert decide(caller(Statement(("*",), reach=reach)), action, EVERYTHING_OF).allowed is (rank >= least)
    denial = Statement(("*",), allow=False, reach=reach)
    assert decide(caller(Statement(("*",)), denial), action, EVERYTHING_OF).why == "denied"


def test_a_grant_is_for_one_key() -> None:
    who = caller(grants={"ONE": KeyGrants("ring", frozenset({"key:encrypt"}))})
    assert decide(who, "key:encrypt", ("key/ONE",)).why == "granted"
    assert decide(who, "key:encrypt", SOMEWHERE).allowed
    assert not decide(who, "key:encrypt", ("key/TWO",)).allowed
    assert not decide(who, "key:decrypt", ("key/ONE",)).allowed
    assert not decide(who, "key:encrypt", EVERYTHING_OF).allowed


def test_the_policy_of_the_resource_counts_with_the_statements() -> None:
    yes, no = (Decision(allowed=allowed, why=f"policy_{allowed}") for allowed in (True, False))
    may, may_not = Statement(("key:*",)), Statement(("key:*",), allow=False)
    assert decide(caller(), "key:encrypt", ("key/ONE",), yes) is yes
    assert decide(caller(may), "key:encrypt", ("key/ONE",), no) is no
    assert decide(caller(may, may_not), "key:encrypt", ("key/ONE",), yes).statement == may_not


# ── conditions ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("source", "address"),
    [("[::1]", "::1"), ("::1", "::1"), ("fe80::1%eth0", "fe80::1"), ("[fe80::1%2]", "fe80::1"),
     ("::ffff:10.1.2.3", "10.1.2.3"), ("[::FFFF:10.1.2.3]", "10.1.2.3"), ("10.1.2.3", "10.1.2.3"), ("", "None"),
     ("unix", "None"), ("10.1.2", "None")],
)  # fmt: skip
def test_addresses_are_parsed(source: str, address: str) -> None:
    assert str(address_of(source)) == address


def facts(source: str = "10.1.2.3", **texts: str) -> Facts:
    return Facts(source, NOW, texts)


@pytest.mark.parametrize(
    ("operator", "key", "value", "found"),
    [
        ("IpAddress", "source_address", "10.0.0.0/8", True),
        ("IpAddress", "source_address", "11.0.0.0/8", False),
        ("NotIpAddress", "source_address", "10.1.2.3", False),
        ("StringEquals", "user_name", "ann", True),
        ("StringEquals", "user_name", "Ann", False),
        ("StringEqualsIgnoreCase", "user_name", "Ann", True),
        ("StringNotEquals", "user_name", "ann", False),
        ("StringNotEqualsIgnoreCase", "user_name", "ANN", False),
        ("StringLike", "user_name", "a?n", True),
        ("StringNotLike", "user_name", "a*", False),
        ("StringStartWith", "user_name", "an", True),
        ("StringNotStartWith", "user_name", "an", False),
        ("StringEndWith", "user_name", "nn", True),
        ("StringEquals", "project_name", "x", False),
        ("StringNotEquals", "project_name", "x", True),
        ("IsNullOrEmpty", "project_name", "true", True),
        ("IsNullOrEmpty", "user_name", "true", False),
        ("DateLessThan", "current_time", "2026-11-21T12:00:01Z", True),
        ("DateLessThan", "current_time", "2020-01-01T00:00:00Z", False),
        ("DateGreaterThan", "current_time", "2026-11-21T12:00:00Z", False),
        ("DateGreaterThanEquals", "current_time", "2026-11-21T12:00:00Z", True),
        ("DateNotEquals", "current_time", str(NOW), False),
        ("NumberLessThan", "user_id", "43", True),
        ("NumberGreaterThanEquals", "user_id", "43", False),
        ("NumberEquals", "user_name", "1", None),
        ("NumberNotEquals", "user_name", "1", None),
        ("Bool", "mfa_present", "true", False),
        ("Bool", "mfa_present", "False", True),
    ],
)
def test_operators(operator: str, key: str, value: str, found: object) -> None:
    condition = Condition(operator, key, (value,))
    assert is_understood(condition)
    assert holds(condition, facts(user_name="ann", user_id="42")) is found


@pytest.mark.parametrize("operator", ["IpAddress", "NotIpAddress"])
def test_a_source_that_is_no_address_is_allowed_nothing_and_denied_all(operator: str) -> None:
    condition = Condition(operator, "source_address", ("10.0.0.0/8",))
    for allow in (True, False):
        assert in_force(Statement(("*",), allow=allow, conditions=(condition,)), facts("unix")) is not allow
    rule = {"IpAddress": "networks", "NotIpAddress": "elsewhere"}[operator]
    for allow in (True, False):
        rules = (Rule(allow, ("1/user/name",), ("key:encrypt",), **{rule: ("10.0.0.0/8",)}),)
        decision = PolicyCache().evaluate(
            pack(Policy("", rules)), caller(), PolicyRequest("key:encrypt", "", "unix", NOW)
        )
        assert (decision is None) if allow else (decision is not None and not decision.allowed)


@pytest.mark.parametrize("source", ["[::1]", "::1", "::1%lo"])
def test_an_ipv6_caller_meets_the_denial_of_its_network(source: str) -> None:
    rules = (
        Rule(True, ("1/user/name",), ("key:encrypt",), elsewhere=("::1/128",)),
        Rule(False, ("1/user/name",), ("key:decrypt",), networks=("::1",)),
    )
    policies, stored = PolicyCache(), pack(Policy("", rules))
    assert policies.evaluate(stored, caller(), PolicyRequest("key:encrypt", "", source, NOW)) is None
    denied = policies.evaluate(stored, caller(), PolicyRequest("key:decrypt", "", source, NOW))
    assert denied is not None
    assert denied.explicit


@pytest.mark.parametrize(
    ("operator", "key", "values"),
    [("StringEquals", "source_address", ("a",)), ("IpAddress", "user_name", ("::1",)), ("Equals", "user_name", ("a",)),
     ("IpAddress", "source_address", ("10.0.0.0/8", "ten")), ("DateLessThan", "current_time", ("soon",)),
     ("Bool", "mfa_present", ("maybe",)), ("NumberEquals", "user_id", ("nan",)), ("StringEquals", "user_name", ()),
     ("StringEquals", "tag", ("a",)), ("DateLike", "current_time", ("1",)), ("IpAddress", "source_address", ())],
)  # fmt: skip
def test_what_is_not_understood(operator: str, key: str, values: tuple[str, ...]) -> None:
    condition = Condition(operator, key, values)
    assert not is_understood(condition)
    if "10.0.0.0/8" not in values:  # of several networks, those that are none hold nobody
        assert holds(condition, facts(user_name="ann")) is not True


def test_conditions_are_looked_at_once_a_request() -> None:
    at_home = Condition("IpAddress", "source_address", ("10.0.0.0/8",))
    who = caller(Statement(("key:*",), conditions=(at_home,)), Statement(("key:sign",), allow=False,
                 conditions=(at_home,)))  # fmt: skip
    assert not decide(who, "key:encrypt", SOMEWHERE).allowed  # nobody has looked at the conditions
    assert decide(who, "key:sign", SOMEWHERE).why == "denied"
    inside, outside = bind(who, "10.1.1.1", NOW), bind(who, "[2001:db8::1]", NOW)
    assert decide(inside, "key:encrypt", ("key/1",)).allowed
    assert decide(inside, "key:sign", ("key/1",)).why == "denied"
    assert decide(outside, "key:sign", ("key/1",)).why == "none"
    assert bind(inside, "", NOW) is inside
    plain = caller(Statement(("key:*",)))
    assert bind(plain, "", NOW) is plain


# ── a simple model ────────────────────────────────────────────────────────────

ACTIONS = ("key:encrypt", "key:list", "alias:list", "secret:list", "user:create", "client_key:create")
RESOURCES = ("key/1", "key/12", "secret/a", "keystore/1")
PATTERNS = ("*", "key/*", "key/1", "key/1*", "key/?", "k*", "secret/*", "secret/a", "*/1", "alias/*")
ACTION_PATTERNS = (
    "*",
    "key:*",
    "key:encrypt",
    "alias:*",
    "*:list",
    "user:*",
    "secret:list",
    "client_key:create",
    "k?y:*",
)
texts = st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=3).map(tuple)
statements = st.builds(
    Statement,
    st.lists(st.sampled_from(ACTION_PATTERNS), min_size=1, max_size=3).map(tuple),
    texts,
    st.booleans(),
    reach=st.sampled_from(Reach),
)


def model_match(pattern: str, value: str) -> bool:
    """Character by character, as plainly as can be."""
    if not pattern:
        return not value
    if pattern[0] == "*":
        return any(model_match(pattern[1:], value[start:]) for start in range(len(value) + 1))
    return bool(value) and pattern[0] in ("?", value[0]) and model_match(pattern[1:], value[1:])


def model(held: list[Statement], action: str, resource: str | None) -> str:
    """``resource`` None: every one of the kind, which is as much as any number of names that nobody has thought of."""
    kind = action.partition(":")[0]
    names = [resource] if resource else [f"{kind_of(action)}/{word}" for word in ("", "zz", "1", "quite another")]
    least = {"user": 2, "client_key": 1}.get(kind, 0)

    def matching(allow: bool) -> bool:
        return any(
            statement.allow is allow
            and any(model_match(pattern, action) for pattern in statement.actions)
            and (not allow or [Reach.PROJECT, Reach.SERVICES, Reach.ACCOUNT].index(statement.reach) >= least)
            and any(all(model_match(pattern, name) for name in names) for pattern in statement.resources)
            for statement in held
        )

    return "denied" if matching(False) else "allowed" if matching(True) else "none"


@settings(max_examples=1500, deadline=None)
@given(st.lists(statements, max_size=6), st.sampled_from(ACTIONS), st.sampled_from((*RESOURCES, None)))
def test_the_engine_decides_as_the_model(held: list[Statement], action: str, resource: str | None) -> None:
    asked = EVERYTHING_OF if resource is None else (resource,)
    assert decide(caller(*held), action, asked).why == model(held, action, resource)


@given(st.sampled_from((*PATTERNS, *ACTION_PATTERNS, *RESOURCES, *ACTIONS)), st.text("key/:1*2a", max_size=8))
def test_patterns_match_as_the_model(pattern: str, value: str) -> None:
    assert matches(pattern, value) is model_match(pattern, value)
    assert Patterns((pattern,)).match(value) is model_match(pattern, value)


@given(st.sampled_from(PATTERNS), st.sampled_from(PATTERNS))
def test_covering_and_overlapping_patterns(one: str, other: str) -> None:
    names = (*RESOURCES, "alias/1", "key/", "key/*", "kex", "x/1")
    if pattern_covers(one, other):
        assert all(model_match(one, name) for name in names if model_match(other, name))
    if any(model_match(one, name) and model_match(other, name) for name in names):
        assert patterns_overlap(one, other)


HOME = (Condition("IpAddress", "source_address", ("10.0.0.0/8",)),)
helds = st.lists(st.builds(Held, st.sampled_from(("", "r1", "r2")), statements), max_size=3)


def effective(held: list[Held], ring: str) -> set[tuple[str, str]]:
    """What is allowed in a ring, by asking the engine everything."""
    who = caller(*(each.statement for each in held if each.ring in ("", ring)))
    return {(a, r) for a, r in product(ACTIONS, RESOURCES) if decide(who, a, (r,)).allowed}


@settings(max_examples=1500, deadline=None)
@given(helds, helds)
def test_who_covers_has_at_least_as_much_everywhere(own: list[Held], wanted: list[Held]) -> None:
    if covers(own, wanted):
        for ring in ("r1", "r2", "r3"):
            assert effective(wanted, ring) <= effective(own, ring)


@given(helds)
def test_everybody_covers_themselves_unless_denied(own: list[Held]) -> None:
    assert covers(own, own)
    assert covers(own, [])


def test_a_conditional_right_covers_no_lasting_one() -> None:
    lasting, limited = Statement(("key:*",)), Statement(("key:*",), conditions=HOME)
    assert covers([Held("", lasting)], [Held("", limited)])
    assert not covers([Held("", limited)], [Held("", lasting)])
    assert not covers([Held("r1", lasting)], [Held("", lasting)])
    assert not covers([Held("", replace(lasting, reach=Reach.PROJECT))], [Held("", Statement(("*",)))])


def test_the_vocabulary_is_of_actions_that_there_are() -> None:
    assert not IDENTITY & ACCOUNT_WIDE
    assert {kind_of(action) for action in NAMED} >= {"key", "secret", "certificate"}
    assert not NAMED & FREE
    assert set(KEYS) > {"source_address", "current_time"}
    assert least_reach("user:update") == (Reach.ACCOUNT,)


def test_a_fault_for_each_refusal() -> None:
    with pytest.raises(faults.PermissionDenied):
        authorise_every(caller(ONE), "key:list")
    with pytest.raises(faults.ExplicitlyDenied):
        authorise(caller(Statement(("*",)), Statement(("key:*",), allow=False)), "key:list", None)
    held = caller(Statement(("key:encrypt",), conditions=HOME), Statement(("key:sign",)), bound=True)
    authorise(held, "key:encrypt", "key/1")
    with pytest.raises(faults.PermissionDenied):
        authorise(lasting(held), "key:encrypt", "key/1")
