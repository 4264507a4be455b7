"""Secret events: rules, notices, and their delivery to webhooks.

::

    emit(secret, event) ─> each enabled rule the secret is subscribed to ─> Notice + job, in the same transaction
    deliver(turn)       ─> signed POST to the webhook the operator registered ─> delivered | tried again | failed

A target is always a webhook that the operator has registered under the name in the rule, so that callers cannot make
this server send requests to addresses of their choice (SSRF).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from bitting.core import faults
from bitting.core.gate import Context, Gate, use_case
from bitting.core.model.secret import EventRule, Notice, NoticeState, Secret, Webhook
from bitting.core.ports import UnitOfWork
from bitting.core.scheduler import JobRun, schedule
from bitting.core.usecases.secrets.delivery_targets import signing_secret
from bitting.core.usecases.secrets.rotation_ports import HttpClient, signed_headers

CREATED, EXPIRED = "version_created", "version_expired"
ROTATED, ROTATION_FAILED, DELETED = "rotated", "rotation_failed", "deleted"
EVENTS = (CREATED, EXPIRED, ROTATED, ROTATION_FAILED, DELETED)
DELIVER = "secret.deliver"
TRIES_MAX = 8
FIRST_WAIT_MS = 2_000
KEPT_MS = 92 * 86_400_000


@dataclass(slots=True)
class CreateRule:
    """A new rule. ``types``: some of :data:`EVENTS`; the dialect has checked them."""

    name: str
    types: Sequence[str]
    target_type: str
    target_id: str
    target_name: str
    enabled: bool = True


@dataclass(slots=True)
class UpdateRule:
    """None: unchanged."""

    name: str
    types: Sequence[str] | None = None
    enabled: bool | None = None
    target: tuple[str, str, str] | None = None


@dataclass(slots=True)
class EventRuleByName:
    """Which rule."""

    name: str


@dataclass(slots=True)
class ListRules:
    """A page of rules in name order."""

    limit: int = 50
    after: str | None = None


@dataclass(slots=True)
class ListNotices:
    """A page of notices, newest first. ``offset`` counts those skipped."""

    limit: int = 1000
    offset: int = 0


@dataclass(slots=True)
class RulePage:
    """``more``: whether there are rules after these."""

    rules: Sequence[EventRule]
    more: bool


@dataclass(slots=True)
class NoticePage:
    """Notices that were delivered or tried at least once."""

    notices: Sequence[Notice] = field(default_factory=list)


def _require(context: Context, name: str) -> EventRule:
    rule = context.uow.of(EventRule).get(f"{context.principal.ring}/{name}")
    if rule is None:
        raise faults.ResourceNotFound(kind="event", resource=name)
    return rule


@use_case("secret:create_event", writes=True)
def create_rule(context: Context, command: CreateRule) -> EventRule:
    """A new rule. Raises ``ResourceExists`` with ``kind`` event."""
    ring, rules = context.principal.ring, context.uow.of(EventRule)
    if rules.get(f"{ring}/{command.name}") is not None:
        raise faults.ResourceExists(kind="event", resource=command.name)
    rule = EventRule(
        id=f"{ring}/{command.name}",
        uid=context.gate.entropy.uuid(),
        ring=ring,
        account_id=context.principal.account_id,
        name=command.name,
        types=tuple(command.types),
        enabled=command.enabled,
        target_type=command.target_type,
        target_id=command.target_id,
        target_name=command.target_name,
        created_ms=context.now_ms,
        updated_ms=context.now_ms,
    )
    rules.add(rule)
    return rule


@use_case("secret:update_event", writes=True)
def update_rule(context: Context, command: UpdateRule) -> EventRule:
    """Change what is given. Raises ``ResourceNotFound`` with ``kind`` event."""
    rule = _require(context, command.name)
    target = command.target or (rule.target_type, rule.target_id, rule.target_name)
    changed = replace(
        rule,
        types=rule.types if command.types is None else tuple(command.types),
        enabled=rule.enabled if command.enabled is None else command.enabled,
        target_type=target[0],
        target_id=target[1],
        target_name=target[2],
        updated_ms=context.now_ms,
    )
    context.uow.of(EventRule).put(changed)
    return changed


@use_case("secret:describe_event")
def show_rule(context: Context, command: EventRuleByName) -> EventRule:
    """One rule. Raises ``ResourceNotFound`` with ``kind`` event."""
    return _require(context, command.name)


@use_case("secret:list_events")
def list_rules(context: Context, command: ListRules) -> RulePage:
    """One page."""
    where = {"ring": context.principal.ring}
    found = context.uow.of(EventRule).find(where, order="name", limit=command.limit + 1, after=command.after)
    return RulePage(found[: command.limit], len(found) > command.limit)


@use_case("secret:delete_event", writes=True)
def delete_rule(context: Context, command: EventRuleByName) -> EventRule:
    """Delete a rule. Raises ``ResourceNotFound``, ``ResourceInUse`` with ``kind`` event while secrets use it."""
    rule = _require(context, command.name)
    if any(command.name in secret.events for secret in _secrets(context)):
        raise faults.ResourceInUse(kind="event", resource=command.name)
    context.uow.of(EventRule).remove(rule.id)
    return rule


def _secrets(context: Context) -> list[Secret]:
    found: list[Secret] = []
    after: str | None = None
    while page := context.uow.of(Secret).find({"ring": context.principal.ring}, order="name", after=after):
        found += page
        after = page[-1].name
    return found


@use_case("secret:list_notices")
def list_notices(context: Context, command: ListNotices) -> NoticePage:
    """Notices of the last three months that were delivered or tried, newest first."""
    where = {"ring": context.principal.ring}
    found = context.uow.of(Notice).find(
        where, order="number", descending=True, offset=command.offset, limit=command.limit
    )
    return NoticePage([notice for notice in found if notice.state is not NoticeState.WAITING or notice.attempts])


def require_rules(context: Context, names: Sequence[str]) -> None:
    """Return if every name is a rule. Raises ``ResourceNotFound`` with ``kind`` event."""
    for name in names:
        _require(context, name)


def emit(gate: Gate, uow: UnitOfWork, secret: Secret, event: str, now_ms: int, **details: str) -> None:
    """Queue notices for the subscribers, to be delivered once this transaction has committed."""
    for name in secret.events:
        rule = uow.of(EventRule).get(f"{secret.ring}/{name}")
        if rule is None or not rule.enabled or event not in rule.types:
            continue
        notice_id = gate.entropy.uuid()
        content = {
            "id": notice_id,
            "event": event,
            "time_ms": now_ms,
            "secret": {"id": secret.id, "name": secret.name, "type": secret.type.value},
            **details,
        }
        known = uow.of(Webhook).get(f"{secret.account_id}/{rule.target_id}") is not None
        notice = Notice(
            id=notice_id,
            number=uow.next_number("notices"),
            ring=secret.ring,
            account_id=secret.account_id,
            rule=rule.name,
            event=event,
            secret_name=secret.name,
            secret_type=secret.type,
            target_id=rule.target_id,
            target_name=rule.target_name,
            content=json.dumps(content, ensure_ascii=False),
            state=NoticeState.WAITING if known else NoticeState.INVALID,
            created_ms=now_ms,
        )
        uow.of(Notice).add(notice)
        if known:
            schedule(uow, DELIVER, notice_id, now_ms, now_ms)


def deliver(http_client: HttpClient) -> Callable[[JobRun], int | None]:
    """The handler of :data:`DELIVER` jobs: eight tries over some minutes, then the notice counts as failed."""

    def run(job_run: JobRun) -> int | None:
        with job_run.gate.store.begin(write=False) as uow:
            notice = uow.of(Notice).get(job_run.job.subject)
            webhook = uow.of(Webhook).get(f"{notice.account_id}/{notice.target_id}") if notice else None
        if notice is None:
            return None
        state = NoticeState.INVALID if webhook is None else _send(job_run, http_client, notice, webhook)
        attempts = notice.attempts + 1
        if state is NoticeState.FAILED and attempts < TRIES_MAX:
            state = NoticeState.WAITING
        due = job_run.now_ms + (FIRST_WAIT_MS << (attempts - 1)) if state is NoticeState.WAITING else None
        with job_run.gate.store.begin(write=True) as uow:
            if uow.of(Notice).get(notice.id) is not None:
                uow.of(Notice).put(replace(notice, state=state, attempts=attempts))
            job_run.settle(uow, due)
        return None

    return run


def _send(job_run: JobRun, http_client: HttpClient, notice: Notice, webhook: Webhook) -> NoticeState:
    body = notice.content.encode()
    headers = signed_headers(signing_secret(job_run.gate, webhook), body, job_run.now_ms, notice.id)
    answer = http_client.post(webhook.url, headers, body)
    return NoticeState.DELIVERED if 200 <= answer.status < 300 else NoticeState.FAILED
