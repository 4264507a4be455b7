"""Rotation against a server of paper: who is let in at every moment, whatever breaks or is killed when."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
from contextlib import contextmanager
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_ssh_public_key

from bitting.core import faults
from bitting.core.model.identity import AccessKey
from bitting.core.model.secret import (
    CURRENT,
    PENDING,
    Notice,
    Secret,
    SecretRotation,
    SecretTask,
    SecretType,
    SecretVersion,
    Stage,
    Webhook,
)
from bitting.core.scheduler import LEASE_MS, Scheduler
from bitting.core.usecases.secrets import delivery_targets as secret_targets
from bitting.core.usecases.secrets import events as secret_events
from bitting.core.usecases.secrets import lifecycle as secrets
from bitting.core.usecases.secrets import rotation as secret_rotation
from bitting.core.usecases.secrets import versions as secret_versions
from bitting.core.usecases.secrets.rotation_ports import HttpResponse, RotationRefused
from bitting.core.usecases.secrets.sweeps import SECRET_SWEEPS, secret_handlers


class Killed(BaseException):
    """kill -9, as far as this process can tell."""


class PaperServer:
    """Users and passwords. ``broken``: raise this at each call while set; ``deaf``: accept changes, make none."""

    def __init__(self, **users):
        self.users = users
        self.broken = None
        self.deaf = False
        self.privileged = {"root"}
        self.calls = []

    def _call(self, name):
        self.calls.append(name)
        if self.broken is not None:
            raise self.broken

    def login_works(self, server, login):
        self._call("works")
        return self.users.get(login.user) == login.password

    def is_privileged(self, server, by, user):
        self._call("privileged")
        return user in self.privileged

    def set_password(self, server, by, login):
        self._call("set")
        if by.user != "root" and self.users.get(by.user) != by.password:
            raise RotationRefused("ServerRefused", "no")
        if not self.deaf:
            self.users[login.user] = login.password

    def ensure_user(self, server, like, login):
        self._call("ensure")
        self.users.setdefault(login.user, "")


class RecordingHttpClient:
    def __init__(self):
        self.posted = []
        self.answers = {}

    def post(self, url, headers, body):
        content = json.loads(body)
        self.posted.append((url, headers, content))
        answer = self.answers.get(content.get("step", "event"), HttpResponse(200))
        return answer(content) if callable(answer) else answer


class RotationSetup:
    def __init__(self, session):
        self.session = session
        self.server = PaperServer(app="old", app2="older")
        self.http_client = RecordingHttpClient()
        self.machine = 1000
        self.names = itertools.count()
        self.worker = self.make_worker()
        session.operator = session.principal

    def make_worker(self):
        rotators = {"postgresql": self.server, "mysql": self.server}
        handlers = secret_handlers(rotators, self.http_client)
        name = f"w{next(self.names)}"
        gate = self.session.runtime.gate
        return Scheduler(gate, handlers, SECRET_SWEEPS, name, self._failed, machine=lambda: self.machine)

    @staticmethod
    def _failed(where, error):
        raise AssertionError(where) from error

    def operate(self, use, order):
        return self.session.run(use, order, replace(self.session.principal, operator=True))

    def target(self, admin="root", users=("app*",)):
        account = self.session.principal.account_id
        password = "pw" if admin else ""
        order = secret_targets.SetTarget(account, "db-1", "postgresql", "h", 5432, "", admin, password, users=users)
        self.operate(secret_targets.set_target, order)

    def secret(self, *, paired=True, events=(), **given):
        def value(user, password):
            return json.dumps({"username": user, "password": password, "note": "kept"}).encode()

        second = value("app2", "older") if paired else b""
        given = {"type": SecretType.DATABASE, "target": "db-1", **given}
        order = secrets.CreateSecret("db", value("app", "old"), second, paired=paired, events=events, **given)
        return self.session.run(secrets.create, order)

    def rotate(self, **given):
        return self.session.run(secret_rotation.rotate, secret_rotation.RotateSecret("db", **given))

    def login(self, stage=CURRENT):
        value = self.session.run(secret_versions.get_value, secret_versions.GetValue("db", stage=stage)).value
        content = json.loads(value)
        return content["username"], content["password"]

    def lets_in(self, stage=CURRENT):
        user, password = self.login(stage)
        return self.server.users.get(user) == password

    def task(self):
        return self.session.all(SecretTask)[-1]

    def run(self, *, seconds=0):
        """Everything that is due now and for some time after."""
        ran = 0
        for _ in range(int(seconds) + 1):
            ran += self.worker.run_due()
            self.session.clock.advance(seconds=1 if seconds else 0)
        return ran


@pytest.fixture
def setup(session):
    setup = RotationSetup(session)
    setup.target()
    return setup


def test_two_users_take_turns_and_the_replaced_one_goes_on_working(setup):
    setup.secret()
    seen = []
    for _ in range(4):
        before = setup.login()
        setup.rotate()
        setup.run()
        seen.append(setup.login()[0])
        assert setup.lets_in()
        assert setup.server.users[before[0]] == before[1]
        assert setup.login("*previous") == before
    assert seen == ["app2", "app", "app2", "app"]
    assert (
        json.loads(setup.session.run(secret_versions.get_value, secret_versions.GetValue("db")).value)["note"] == "kept"
    )


def test_one_user_changes_password(setup):
    setup.secret(paired=False)
    setup.rotate()
    setup.run()
    assert setup.login()[0] == "app"
    assert setup.login()[1] != "old"
    assert setup.lets_in()


def test_without_an_administrator_users_change_their_own(session):
    setup = RotationSetup(session)
    setup.target(admin="")
    setup.secret()
    for _ in range(3):
        setup.rotate()
        setup.run()
        assert setup.lets_in()


def test_a_second_user_is_made_where_there_is_none(setup):
    setup.secret(paired=False)
    with setup.session.runtime.store.begin(write=True) as uow:
        secret = uow.of(Secret).find()[0]
        uow.of(Secret).put(replace(secret, paired=True))
    for user in ("app_clone", "app", "app_clone"):
        setup.rotate()
        setup.run()
        assert setup.login()[0] == user
        assert setup.lets_in()


def commits_and_calls(setup, stop_at):
    """Die at the ``stop_at``-th commit or outside call of a rotation: before it, and right after it."""
    store, count = setup.session.runtime.store, itertools.count()

    class Dying:
        def __getattr__(self, name):
            return getattr(store, name)

        def begin(self, *, write):
            if not write:
                return store.begin(write=False)
            return self._writing()

        def _writing(self):
            @contextmanager
            def inside():
                tick()
                with store.begin(write=True) as uow:
                    yield uow
                tick()

            return inside()

    def tick():
        if next(count) == stop_at:
            raise Killed

    return Dying(), tick


@pytest.mark.parametrize("paired", [True, False], ids=["two users", "one user"])
@pytest.mark.parametrize("stop_at", range(24))
def test_killed_anywhere_and_carried_on(setup, paired, stop_at):
    setup.secret(paired=paired)
    task = setup.rotate()
    gate, whole = setup.session.runtime.gate, setup.session.runtime.store
    dying, tick = commits_and_calls(setup, stop_at)
    login_works, change = setup.server.login_works, setup.server.set_password

    def wrapped(function):
        def call(*args):
            tick()
            answer = function(*args)
            tick()
            return answer

        return call

    gate.store = dying
    setup.server.login_works, setup.server.set_password = wrapped(login_works), wrapped(change)
    try:
        setup.worker.run_due()
        killed = False
    except Killed:
        killed = True
    gate.store = whole
    setup.server.login_works, setup.server.set_password = login_works, change
    # with two users the current value is let in at every moment; with one, from the moment somebody carries on
    assert setup.lets_in() or not paired
    setup.machine += LEASE_MS
    setup.worker = setup.make_worker()
    setup.run()
    assert setup.lets_in()
    assert setup.task().state == "succeeded"
    assert setup.login()[1] not in {"old", "older"}
    versions = setup.session.all(SecretVersion)
    assert len(versions) == (3 if paired else 2), "a rotation makes one version, however often it is begun"
    assert [stage for stage in setup.session.all(Stage) if stage.name == PENDING] == []
    assert task.id == setup.task().id
    assert killed or stop_at >= 14


def test_a_server_that_is_away_for_a_while_is_asked_again(setup):
    setup.secret()
    setup.rotate()
    setup.server.broken = RotationRefused("ServerUnreachable", "away")
    setup.run(seconds=5)
    assert setup.lets_in()
    assert (setup.task().state, setup.task().error) == ("running", "ServerUnreachable")
    setup.server.broken = None
    setup.run(seconds=20)
    assert setup.task().state == "succeeded"
    assert setup.lets_in()


@pytest.mark.parametrize("paired", [True, False])
def test_a_server_that_takes_the_password_and_does_not_mean_it(setup, paired):
    setup.secret(paired=paired)
    setup.rotate()
    setup.server.deaf = True
    setup.run(seconds=150)
    assert (setup.task().state, setup.task().error) == ("failed", "NewLoginRefused")
    assert setup.lets_in()
    assert setup.login() == ("app", "old")
    assert [stage for stage in setup.session.all(Stage) if stage.name == PENDING] == []
    setup.server.deaf = False
    setup.rotate()
    setup.run()
    assert setup.lets_in()
    assert setup.login()[1] != "old"


def test_nobody_knows_means_nothing_is_dropped(setup):
    """The server took the new password, then went away for longer than all tries: the new value is kept."""
    setup.secret(paired=False)
    setup.rotate()
    login_works = setup.server.login_works
    answers = iter([True, False, True])  # the old login before anything; the new one, and the old one again

    def gone(server, login):
        for answer in answers:
            return answer
        raise RotationRefused("ServerUnreachable", "away")

    setup.server.login_works = gone
    setup.run(seconds=400)
    assert setup.task().state == "running"
    assert setup.task().attempts > secret_rotation.TRIES_MAX
    setup.server.login_works = login_works
    setup.run(seconds=4000)
    assert setup.task().state == "succeeded"
    assert setup.lets_in()


def test_an_unknown_target_fails_at_once_and_says_so(session):
    setup = RotationSetup(session)
    setup.secret()
    setup.rotate()
    setup.run()
    assert (setup.task().state, setup.task().error) == ("failed", "TargetUnknown")
    assert len(session.all(SecretVersion)) == 2


def test_the_clock_rotates_and_goes_on_after_a_restart(setup):
    setup.secret(rotation_interval_s=21_600)
    assert setup.run() == 0
    setup.session.clock.advance(seconds=21_600)
    setup.worker = setup.make_worker()
    assert setup.run(seconds=1) >= 2
    assert setup.login()[0] == "app2"
    (secret,) = setup.session.all(Secret)
    assert secret.rotation_due_ms > setup.session.clock.now_ms() + 21_500_000
    setup.session.clock.advance(seconds=21_600)
    setup.run(seconds=1)
    assert setup.login()[0] == "app"
    assert {task.by for task in setup.session.all(SecretTask)} == {"clock"}


def test_a_failed_rotation_marks_the_secret_and_is_due_again(session):
    setup = RotationSetup(session)
    setup.secret(rotation_interval_s=21_600)
    session.clock.advance(seconds=21_600)
    setup.run(seconds=1)
    (secret,) = session.all(Secret)
    assert secret.rotation is SecretRotation.INVALID
    setup.target()
    session.clock.advance(seconds=21_600)
    setup.run(seconds=1)
    (secret,) = session.all(Secret)
    assert (secret.rotation, setup.login()[0]) == (SecretRotation.ENABLED, "app2")


def test_one_rotation_at_a_time(setup):
    setup.secret()
    first = setup.rotate(version="r1")
    assert setup.rotate(version="r1").id == first.id
    assert setup.rotate().id == first.id
    with pytest.raises(faults.ResourceInUse):
        setup.rotate(version="r2")
    setup.run()
    assert setup.rotate(version="r1").id == first.id
    assert len(setup.session.all(SecretTask)) == 1


def test_what_has_nobody_to_rotate_it_is_refused(session):
    session.run(secrets.create, secrets.CreateSecret("db", b"x"))
    with pytest.raises(faults.InvalidParameter):
        session.run(secret_rotation.rotate, secret_rotation.RotateSecret("db"))


def test_a_secret_on_its_way_out_is_rotated_no_more(setup):
    setup.secret()
    setup.rotate()
    setup.session.run(secrets.schedule_deletion, secrets.ScheduleDeletion("db", 7))
    setup.run(seconds=2)
    assert setup.server.calls == []
    setup.session.run(secrets.restore, secrets.SecretCommand("db"))
    setup.run(seconds=61)
    assert setup.task().state == "succeeded"


def test_access_keys_of_this_server_rotate_and_the_replaced_one_works_until_the_next(setup):
    founded, session = setup.session.runtime.founded, setup.session
    value = json.dumps({"AccessKeyId": founded.access_key_id, "AccessKeySecret": founded.secret}).encode()
    order = secrets.CreateSecret("db", value, type=SecretType.ACCESS_KEY, fields=("AccessKeyId", "AccessKeySecret"))
    session.run(secrets.create, order)
    ids = [founded.access_key_id]
    for _ in range(3):
        setup.rotate()
        setup.run()
        content = json.loads(session.run(secret_versions.get_value, secret_versions.GetValue("db")).value)
        ids.append(content["AccessKeyId"])
        held = {key.id for key in session.all(AccessKey)}
        assert held == set(ids[-2:])


def hook(setup, name="fn"):
    account = setup.session.principal.account_id
    order = secret_targets.SetWebhook(account, name, "https://hooks.test/r", "k" * 40)
    made = setup.operate(secret_targets.set_webhook, order)
    assert b"kkkk" not in made.webhook.sealed_secret
    return made


def test_a_function_takes_the_steps_in_order_and_knows_us_by_signature(setup):
    hook(setup)
    setup.http_client.answers["create"] = HttpResponse(200, b'{"value": "fresh"}')
    setup.session.run(secrets.create, secrets.CreateSecret("db", b"stale", function="fn"))
    setup.rotate()
    setup.run()
    assert [content["step"] for _, _, content in setup.http_client.posted] == [
        "create",
        "set",
        "test",
        "finish",
    ]
    assert setup.session.run(secret_versions.get_value, secret_versions.GetValue("db")).value == b"fresh"
    _, headers, content = setup.http_client.posted[1]
    assert (content["current"], content["pending"]) == ("stale", "fresh")
    body = json.dumps(content, ensure_ascii=False)
    signed = f"{headers['x-bitting-timestamp']}.{headers['x-bitting-delivery']}.{body}"
    expected = hmac.new(b"k" * 40, signed.encode(), hashlib.sha256).hexdigest()
    assert headers["x-bitting-signature"] == f"v1={expected}"


def test_a_function_without_a_value_gets_one_made(setup):
    hook(setup, "host-1")
    value = json.dumps({"UserName": "root", "PublicKey": "ssh-rsa AAAA", "PrivateKey": "old"}).encode()
    order = secrets.CreateSecret("db", value, type=SecretType.HOST, target="host-1", fields=("UserName", "PrivateKey"))
    setup.session.run(secrets.create, order)
    setup.rotate()
    setup.run()
    content = json.loads(setup.session.run(secret_versions.get_value, secret_versions.GetValue("db")).value)
    assert content["UserName"] == "root"
    assert content["PrivateKey"].startswith("-----BEGIN PRIVATE KEY-----")
    public = load_ssh_public_key(content["PublicKey"].encode())
    private = load_pem_private_key(content["PrivateKey"].encode(), None)
    assert public.public_numbers() == private.public_key().public_numbers()


@pytest.mark.parametrize("step", ["create", "set", "test", "finish"])
def test_a_function_that_refuses_leaves_the_old_value(setup, step):
    hook(setup)
    setup.http_client.answers[step] = HttpResponse(409)
    setup.session.run(secrets.create, secrets.CreateSecret("db", b"stale", function="fn"))
    setup.rotate()
    setup.run()
    assert (setup.task().state, setup.task().error) == ("failed", "FunctionFailed")
    assert setup.session.run(secret_versions.get_value, secret_versions.GetValue("db")).value == b"stale"
    steps = [content["step"] for _, _, content in setup.http_client.posted]
    assert (steps[-1] == "rollback") == (step != "create")


def test_a_function_nobody_answers_is_asked_until_it_does(setup):
    hook(setup)
    setup.session.run(secrets.create, secrets.CreateSecret("db", b"stale", function="fn"))
    setup.http_client.answers = {step: HttpResponse(0) for step in ("set", "rollback")}
    setup.rotate()
    setup.run(seconds=300)
    assert setup.task().state == "running"
    assert setup.session.run(secret_versions.get_value, secret_versions.GetValue("db")).value == b"stale"
    setup.http_client.answers = {}
    setup.run(seconds=400)
    assert setup.task().state in {"succeeded", "failed"}


def rule(setup, *types, name="watch", target="topic"):
    order = secret_events.CreateRule(name, types, secret_events.EventTarget("SMN", target, "the topic"))
    return setup.session.run(secret_events.create_rule, order)


def test_subscribers_hear_of_what_they_asked_for(setup):
    hook(setup, "topic")
    rule(setup, secret_events.ROTATED, secret_events.CREATED, secret_events.DELETED)
    setup.secret(events=("watch",))
    setup.rotate()
    setup.run(seconds=1)
    setup.session.run(secrets.delete, secrets.SecretCommand("db"))
    setup.run(seconds=1)
    told = [content["event"] for _, _, content in setup.http_client.posted]
    assert told == ["version_created", "rotated", "deleted"]
    assert {notice.state for notice in setup.session.all(Notice)} == {"delivered"}


def test_a_delivery_is_tried_eight_times(setup):
    hook(setup, "topic")
    rule(setup, secret_events.CREATED)
    setup.http_client.answers["event"] = HttpResponse(500)
    setup.secret(events=("watch",))
    setup.run(seconds=700)
    (notice,) = setup.session.all(Notice)
    assert (notice.state, notice.attempts) == ("failed", 8)
    ids = {headers["x-bitting-delivery"] for _, headers, _ in setup.http_client.posted}
    assert ids == {notice.id}


def test_a_target_nobody_registered_is_invalid_and_nothing_is_sent(setup):
    rule(setup, secret_events.CREATED)
    setup.secret(events=("watch",))
    setup.run(seconds=2)
    assert [notice.state for notice in setup.session.all(Notice)] == ["invalid"]
    assert setup.http_client.posted == []
    assert setup.session.all(Webhook) == []


def test_expiry_is_told_once_per_time_set(setup):
    hook(setup, "topic")
    rule(setup, secret_events.EXPIRED)
    setup.secret(events=("watch",))
    for _ in range(2):
        due = setup.session.clock.now_ms() + 5000
        setup.session.run(secret_versions.update_expiry, secret_versions.SetExpiry("db", "v1", due))
        setup.run(seconds=10)
    assert [content["event"] for _, _, content in setup.http_client.posted] == ["version_expired"] * 2


def test_notices_are_kept_three_months(setup):
    rule(setup, secret_events.CREATED)
    setup.secret(events=("watch",))
    setup.session.clock.advance(days=93)
    setup.run(seconds=1)
    assert setup.session.all(Notice) == []


def test_a_rule_in_use_stays(setup):
    rule(setup, secret_events.CREATED)
    setup.secret(events=("watch",))
    with pytest.raises(faults.ResourceInUse):
        setup.session.run(secret_events.delete_rule, secret_events.EventRuleByName("watch"))
    setup.session.run(secrets.update, secrets.UpdateSecret("db", events=()))
    setup.session.run(secret_events.delete_rule, secret_events.EventRuleByName("watch"))


def test_only_operators_say_what_can_be_reached(setup):
    account = setup.session.principal.account_id
    with pytest.raises(faults.PermissionDenied):
        setup.session.run(secret_targets.set_webhook, secret_targets.SetWebhook(account, "x", "https://a.test/"))
