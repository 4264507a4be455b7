"""Rates and one-at-a-time places."""

from __future__ import annotations

import threading

import pytest

from bitting.core.faults import ConcurrencyExceeded, RateExceeded
from bitting.core.throttle import RATES, Throttle


def test_a_bucket_fills_with_time() -> None:
    now = [0.0]
    throttle = Throttle(share=0.5, now=lambda: now[0])
    for _ in range(int(RATES["symmetric"] / 2)):
        throttle.take("account", "key:encrypt")
    with pytest.raises(RateExceeded) as raised:
        throttle.take("account", "key:decrypt")
    assert int(raised.value.detail("retry_after_ms")) <= 3
    throttle.take("other", "key:encrypt")
    throttle.take("account", "key:sign")
    now[0] += 0.01
    throttle.take("account", "key:encrypt")


def test_a_place_has_room_for_one_thread() -> None:
    throttle, inside, leave = Throttle(), threading.Event(), threading.Event()

    def hold() -> None:
        with throttle.exclusive("a"):
            inside.set()
            leave.wait(5)

    thread = threading.Thread(target=hold)
    thread.start()
    assert inside.wait(5)
    with pytest.raises(ConcurrencyExceeded), throttle.exclusive("a"):
        pass
    with throttle.exclusive("b"):
        pass
    leave.set()
    thread.join()
    with throttle.exclusive("a"):
        pass


def test_a_place_is_free_again_after_a_failure() -> None:
    throttle = Throttle()
    with pytest.raises(ZeroDivisionError), throttle.exclusive("a"):
        raise ZeroDivisionError
    with throttle.exclusive("a"):
        pass
