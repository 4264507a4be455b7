"""Conditions that leave out: fields that equal none of some values."""

from __future__ import annotations

from typing import Any

import pytest
from store_samples import key

from bitting.core.model.key import Key, KeyState
from bitting.core.ports import Except


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"id": Except(("key-000001",))}, [0, 2, 3]),
        ({"id": Except(("key-000001", "key-000002", "none"))}, [0, 3]),
        ({"id": Except(())}, [0, 1, 2, 3]),
        ({"name": Except(("key 0",))}, [1, 2, 3]),
        ({"service": Except(("",))}, [3]),
        ({"service": Except(("", "oss"))}, []),
        ({"state": Except((KeyState.DISABLED,)), "service": ""}, [0, 1]),
        ({"number": Except((1 << 70, 2))}, [0, 1, 3]),
    ],
    ids=str,
)
def test_found_and_counted(store: Any, where: dict[str, object], expected: list[int]) -> None:
    states = [KeyState.ENABLED, KeyState.ENABLED, KeyState.DISABLED, KeyState.ENABLED]
    with store.begin(write=True) as work:
        for number, state in enumerate(states):
            work.of(Key).add(key(number, state=state, service="oss" if number == 3 else ""))
    with store.begin(write=False) as work:
        assert [found.number for found in work.of(Key).find(where, order="number")] == expected
        assert work.of(Key).count(where) == len(expected)


def test_values_of_another_type_are_a_mistake(store: Any) -> None:
    with store.begin(write=False) as work, pytest.raises(TypeError):
        work.of(Key).find({"number": Except(("1",))})
