"""The engine: one function that decides, and says which statement decided.

::

    decide(principal, action, resources) -> Decision(allowed, why, statement)

    a denial that matches > the resource's policy denies > an allowance that matches > the policy allows > a grant > no

``resources`` are the names of one resource (``key/<id>``, ``eps/<enterprise project>``): one that matches is enough.
Without a resource the question is about the whole kind (:data:`EVERYTHING_OF`), or whether there is any resource at
all that the action might be allowed on (:data:`SOMEWHERE`); the latter never answers a request alone.

Statements are compiled once for each principal and sorted by action at the first question about it; principals live in
the key cache, so that nearly every question is two look-ups and a few comparisons.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from bitting.core.authz.conditions import Facts, in_force
from bitting.core.authz.patterns import Patterns
from bitting.core.authz.vocabulary import kind_of, least_reach
from bitting.core.model.identity import Principal, Statement


class Scope(Enum):
    """A question that names no resource."""

    SOMEWHERE = "somewhere"
    EVERYTHING_OF = "everything"


SOMEWHERE, EVERYTHING_OF = Scope.SOMEWHERE, Scope.EVERYTHING_OF
Resources = tuple[str, ...] | Scope


@dataclass(frozen=True, slots=True)
class Decision:
    """``why``: ``denied``, ``policy_denied``, ``allowed``, ``policy_allowed``, ``granted`` or ``none``.

    ``statement``: the one that decided, if any.
    """

    allowed: bool
    why: str
    statement: Statement | None = None

    @property
    def explicit(self) -> bool:
        """Whether something forbids it; else nothing allows it."""
        return self.why in ("denied", "policy_denied")


NOBODY = Decision(allowed=False, why="none")


class _Rule:
    """One statement's resources, and the decision it makes."""

    __slots__ = ("decision", "patterns")

    def __init__(self, statement: Statement) -> None:
        self.patterns = Patterns(statement.resources)
        why = "allowed" if statement.allow else "denied"
        self.decision = Decision(allowed=statement.allow, why=why, statement=statement)

    def matches(self, resources: Resources, kind: str) -> bool:
        if isinstance(resources, Scope):
            # A denial of one resource denies nothing of the others.
            anything = resources is SOMEWHERE and self.decision.allowed
            return anything or self.patterns.whole(kind)
        # Plain loops and no calls where possible: this runs in every hot request.
        patterns = self.patterns
        if patterns.any_:
            return True
        equal, prefixes = patterns.equal, patterns.prefixes
        for name in resources:
            if name in equal or name.startswith(prefixes) or (patterns.globs and patterns.match(name)):
                return True
        return False


class Rights:
    """A principal's statements, compiled."""

    __slots__ = ("_by_action", "_rules", "conditional")

    def __init__(self, statements: tuple[Statement, ...], *, bound: bool) -> None:
        self.conditional = not bound and any(statement.conditions for statement in statements)
        # Conditions that nobody has looked at allow nothing and deny.
        counted = [item for item in statements if bound or not item.conditions or not item.allow]
        self._rules = [(Patterns(item.actions), item.reach, _Rule(item)) for item in counted]
        self._by_action: dict[str, tuple[tuple[_Rule, ...], tuple[_Rule, ...]]] = {}

    def of(self, action: str) -> tuple[tuple[_Rule, ...], tuple[_Rule, ...]]:
        """Denials and allowances of an action. Actions are the code's, so what is kept is bounded by their number."""
        found = self._by_action.get(action)
        if found is None:
            reaches = least_reach(action)
            matching = [
                rule
                for patterns, reach, rule in self._rules
                if patterns.match(action) and (reach in reaches or not rule.decision.allowed)
            ]
            denials = tuple(rule for rule in matching if not rule.decision.allowed)
            found = denials, tuple(rule for rule in matching if rule.decision.allowed)
            self._by_action[action] = found
        return found


def rights_of(principal: Principal) -> Rights:
    """The principal's statements, compiled at the first call."""
    rights: Rights | None = principal.rights
    if rights is None:
        rights = Rights(principal.statements, bound=principal.bound)
        object.__setattr__(principal, "rights", rights)
    return rights


def facts_of(principal: Principal, source: str, now_ms: int, region: str) -> Facts:
    """The facts of a request. ``region``: where it is asked, unless the principal is in a project of another."""
    project = principal.facts.get("project_name", "")
    texts = {
        "user_name": principal.name,
        "user_id": principal.user_id,
        "domain_name": principal.facts.get("domain_name", ""),
        "domain_id": principal.domain_id,
        "project_name": project,
        "project_id": principal.project_id,
        # Projects are named after their region, with something behind it where a region has several.
        "region": project.partition("_")[0] or region,
    }
    return Facts(source, now_ms, texts)


def bind(principal: Principal, source: str, now_ms: int, region: str = "") -> Principal:
    """The principal with the statements that are in force for this request; itself if none has a condition."""
    if principal.bound or not rights_of(principal).conditional:
        return principal
    facts = facts_of(principal, source, now_ms, region)
    return replace(principal, statements=tuple(s for s in principal.statements if in_force(s, facts)), bound=True)


def decide(principal: Principal, action: str, resources: Resources, policy: Decision | None = None) -> Decision:
    """What the statements, the resource's own policy (its decision, if it made one) and grants say together."""
    denials, allowances = rights_of(principal).of(action)
    kind = kind_of(action) if isinstance(resources, Scope) else ""
    for rule in denials:
        if rule.matches(resources, kind):
            return rule.decision
    if policy is not None and not policy.allowed:
        return policy
    for rule in allowances:
        if rule.matches(resources, kind):
            return rule.decision
    if policy is not None:
        return policy
    return _granted(principal, action, resources) if principal.grants else NOBODY


def _granted(principal: Principal, action: str, resources: Resources) -> Decision:
    """What grants on single keys allow; they never allow anything about every key."""
    if resources is EVERYTHING_OF:
        return NOBODY
    named: Iterable[str] = principal.grants
    if not isinstance(resources, Scope):
        named = [name.removeprefix("key/") for name in resources if name.startswith("key/")]
    for key_id in named:
        grant = principal.grants.get(key_id)
        if grant is not None and action in grant.actions:
            statement = Statement(tuple(sorted(grant.actions)), (f"key/{key_id}",), origin="grant")
            return Decision(allowed=True, why="granted", statement=statement)
    return NOBODY
