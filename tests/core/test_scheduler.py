"""Jobs: once each, again after a crash, later after a failure."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from bitting.core.model.job import Job
from bitting.core.model.service import Switches
from bitting.core.scheduler import LEASE_MS, LeaseLost, Scheduler, cancel, schedule


class Machine:
    def __init__(self):
        self.ms = 1000

    def __call__(self):
        return self.ms


@pytest.fixture
def shop(desk):
    return Shop(desk)


class Shop:
    """A desk with a workbench: ``make`` gives schedulers that share the store."""

    def __init__(self, desk):
        self.desk = desk
        self.machine = Machine()
        self.failures = []

    def make(self, handler, name="w", kind="mow", sweeps=()):
        handlers = {kind: handler} if handler else {}
        return Scheduler(self.desk.runtime.gate, handlers, sweeps, name, self.note, machine=self.machine)

    def note(self, where, error):
        self.failures.append((where, error))

    def order(self, due_in_ms=0, subject="lawn", payload=""):
        now = self.desk.clock.now_ms()
        with self.desk.runtime.store.begin(write=True) as uow:
            return schedule(uow, "mow", subject, now + due_in_ms, now, payload)

    def job(self, subject="lawn"):
        with self.desk.runtime.store.begin(write=False) as uow:
            return uow.of(Job).get(f"mow/{subject}")


def test_a_job_runs_when_it_is_due_and_not_before(shop):
    ran = []
    worker = shop.make(lambda turn: ran.append(turn.job.payload))
    shop.order(5000, payload="{}")
    assert worker.run_due() == 0
    shop.desk.clock.advance(seconds=5)
    assert worker.run_due() == 1
    assert ran == ["{}"]
    assert shop.job() is None
    assert worker.run_due() == 0


def test_a_handler_says_when_it_is_due_again(shop):
    worker = shop.make(lambda turn: turn.now_ms + 60_000)
    shop.order()
    worker.run_due()
    assert shop.job().due_ms == shop.desk.clock.now_ms() + 60_000
    assert (shop.job().attempts, shop.job().owner) == (0, "")


def test_scheduling_again_moves_the_one_job(shop):
    shop.order(1000)
    shop.order(9000)
    assert [job.due_ms for job in shop.desk.all(Job)] == [shop.desk.clock.now_ms() + 9000]


def test_a_cancelled_job_never_runs(shop):
    shop.order()
    with shop.desk.runtime.store.begin(write=True) as uow:
        assert cancel(uow, "mow", "lawn")
        assert not cancel(uow, "mow", "lawn")
    assert shop.make(lambda turn: None).run_due() == 0


def test_a_failure_is_tried_again_after_1_2_4_seconds_up_to_an_hour(shop):
    def fail(turn):
        raise OSError("no")

    worker = shop.make(fail)
    shop.order()
    waits = []
    for _ in range(15):
        assert worker.run_due() == 1
        waits.append((shop.job().due_ms - shop.desk.clock.now_ms()) // 1000)
        assert worker.run_due() == 0
        shop.desk.clock.advance(seconds=waits[-1])
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600, 3600]
    assert shop.job().error == "OSError"
    assert len(shop.failures) == 15


def test_of_many_workers_one_does_it(shop):
    ran = []
    gathered = threading.Barrier(6)
    workers = [shop.make(lambda turn: ran.append(turn.job.owner), f"w{n}") for n in range(6)]
    for subject in range(10):
        shop.order(subject=str(subject))

    def work(worker):
        gathered.wait()
        return worker.run_due()

    with ThreadPoolExecutor(6) as pool:
        done = sum(pool.map(work, workers))
    assert done == 10
    assert len(ran) == 10


def test_what_a_killed_worker_left_is_done_when_its_lease_runs_out(shop):
    class Killed(BaseException):
        pass

    def die(turn):
        raise Killed

    ran = []
    shop.order()
    with pytest.raises(Killed):
        shop.make(die, "dying").run_due()
    other = shop.make(lambda turn: ran.append(turn.job.attempts), "other")
    assert other.run_due() == 0
    shop.machine.ms += LEASE_MS
    assert other.run_due() == 1
    assert ran == [2]


def test_moving_the_service_clock_takes_no_job_from_a_busy_worker(shop):
    stolen = []
    thief = shop.make(lambda turn: stolen.append(turn.job.id), "thief")

    def work(turn):
        shop.desk.clock.advance(days=400)
        assert thief.run_due() == 0

    shop.order()
    assert shop.make(work).run_due() == 1
    assert stolen == []


def test_who_lost_the_lease_cannot_commit(shop):
    seen = []

    def slow(turn):
        shop.machine.ms += LEASE_MS
        shop.make(lambda turn: turn.now_ms + 7, "other").run_due()
        with pytest.raises(LeaseLost):
            turn.renew_lease()
        with turn.gate.store.begin(write=True) as uow:
            uow.of(Job).add(Job("mow/side effect", "other", "x", 1, 1))
            seen.append("worked")
            turn.settle(uow)

    shop.order()
    assert shop.make(slow).run_due() == 1
    assert seen == ["worked"]
    assert [job.id for job in shop.desk.all(Job)] == ["mow/lawn"]


def test_a_renewed_lease_lasts(shop):
    def slow(turn):
        shop.machine.ms += LEASE_MS - 1
        turn.renew_lease()
        shop.machine.ms += LEASE_MS - 1
        assert shop.make(lambda turn: None, "other").run_due() == 0

    shop.order()
    shop.make(slow).run_due()
    assert shop.job() is None


def test_what_is_scheduled_during_a_run_stands(shop):
    def work(turn):
        shop.order(3000)

    shop.order(-1)
    shop.make(work).run_due()
    assert shop.job().due_ms == shop.desk.clock.now_ms() + 3000
    assert shop.job().owner == ""


def test_a_kind_nobody_here_knows_is_left_for_who_knows_it(shop):
    shop.order()
    assert shop.make(lambda turn: None, kind="sow").run_due() == 0
    assert shop.job() is not None


@pytest.mark.parametrize("switches", [Switches(replica=True), Switches(maintenance="move")])
def test_replicas_and_maintenance_do_nothing(shop, switches):
    shop.order()
    with shop.desk.runtime.store.begin(write=True) as uow:
        uow.of(Switches).add(switches)
    assert shop.make(lambda turn: None).run_due() == 0
