"""find and count: conditions, order, pages."""

import random

import pytest
from store_samples import TEXTS, key, sample

from bitting.core.faults import InvalidParameter
from bitting.core.model.identity import AccessPolicy, Token
from bitting.core.model.key import Key, KeyState


@pytest.fixture
def keys(store):
    """Twelve keys of two rings, added in a random order."""
    made = [
        key(
            number,
            ring=f"r{number % 2}",
            state=[KeyState.ENABLED, KeyState.DISABLED, KeyState.PENDING_DELETION][number % 3],
            deletion_due_ms=number // 4,
            sync=number < 6,
            material_fingerprint=bytes([255 - number]),
        )
        for number in range(12)
    ]
    with store.begin(write=True) as work:
        for record in random.Random(1).sample(made, len(made)):
            work.of(Key).add(record)
    return made


def numbers(store, *args, **kwargs):
    with store.begin(write=False) as work:
        return [found.number for found in work.of(Key).find(*args, **kwargs)]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (None, range(12)),
        ({}, range(12)),
        ({"ring": "r1"}, [1, 3, 5, 7, 9, 11]),
        ({"ring": "r1", "state": KeyState.ENABLED}, [3, 9]),
        ({"state": "disabled"}, [1, 4, 7, 10]),
        ({"state": (KeyState.DISABLED, KeyState.ENABLED), "ring": ["r0"]}, [0, 4, 6, 10]),
        ({"number": [3, 3, 99, 5]}, [3, 5]),
        ({"sync": False, "deletion_due_ms": 1}, [6, 7]),
        ({"sync": [True, False]}, range(12)),
        ({"material_fingerprint": b"\xff"}, [0]),
        ({"number": ()}, []),
        ({"number": 1 << 70}, []),
        ({"number": [1 << 70, 2]}, [2]),
        ({"name": ""}, []),
        ({"name": ["", "key 7"]}, [7]),
        ({"ring": "r1", "name": "key 7"}, [7]),
        ({"ring": "R1"}, []),
        ({"ring": "r_"}, []),
    ],
    ids=str,
)
def test_where(store, keys, where, expected):
    assert numbers(store, where, order="number") == list(expected)
    with store.begin(write=False) as work:
        assert work.of(Key).count(where) == len(list(expected))


def test_order_is_the_ids_unless_said(store, keys):
    assert numbers(store) == list(range(12))
    assert numbers(store, descending=True) == list(range(11, -1, -1))


def test_ties_fall_in_the_order_of_the_id(store, keys):
    assert numbers(store, order="deletion_due_ms") == list(range(12))
    assert numbers(store, order="deletion_due_ms", descending=True) == list(range(11, -1, -1))
    assert numbers(store, order="sync") == [6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 4, 5]
    assert numbers(store, order="material_fingerprint") == list(range(11, -1, -1))


def test_pages(store, keys):
    assert numbers(store, order="number", limit=3) == [0, 1, 2]
    assert numbers(store, order="number", offset=10, limit=3) == [10, 11]
    assert numbers(store, order="number", offset=12) == []
    assert numbers(store, order="number", limit=0) == []
    assert numbers(store, order="number", after=8) == [9, 10, 11]
    assert numbers(store, order="number", after=3, descending=True) == [2, 1, 0]
    assert numbers(store, order="number", after=3, offset=1, limit=2) == [5, 6]
    assert numbers(store, {"ring": "r0"}, order="number", after=3, limit=2) == [4, 6]
    assert numbers(store, order="id", after="key-000009") == [10, 11]
    assert numbers(store, order="deletion_due_ms", after=0, limit=4) == [4, 5, 6, 7]


def test_walking_by_after_meets_every_record_once(store, keys):
    met: list[int] = []
    after = None
    while page := numbers(store, order="number", after=after, limit=5):
        met += page
        after = page[-1]
    assert met == list(range(12))


def test_text_is_ordered_by_code_point_in_every_store(store):
    texts = [*dict.fromkeys(TEXTS), "A", "B", "b", "Ä", "z", "a b", "a-b", "ab", "_", "\uffee", "\U00010000"]
    with store.begin(write=True) as work:
        for number, text in enumerate(texts):
            work.of(Token).add(sample(Token, number, methods=text))
    with store.begin(write=False) as work:
        assert [found.methods for found in work.of(Token).find(order="methods")] == sorted(texts)
        later = work.of(Token).find(order="methods", after="a")
        assert [found.methods for found in later] == sorted(text for text in texts if text > "a")


def test_at_most_a_thousand_unless_said(store):
    with store.begin(write=True) as work:
        for number in range(1001):
            work.of(Key).add(key(number))
        assert len(work.of(Key).find()) == 1000
        assert len(work.of(Key).find(limit=1001)) == 1001


@pytest.mark.parametrize(
    "mistake",
    [
        {"where": {"colour": "red"}},
        {"where": {"number; drop table keys": 1}},
        {"order": "colour"},
        {"limit": -1},
        {"offset": -1},
        {"where": {"number": list(range(10_001))}},
    ],
    ids=lambda value: next(iter(value)),
)
def test_mistakes_are_raised_at_once(store, mistake):
    with store.begin(write=False) as work, pytest.raises(ValueError):
        work.of(Key).find(**mistake)


def test_mistaken_types_are_raised_at_once(store):
    with store.begin(write=False) as work:
        for where in ({"number": "1"}, {"ring": None}, {"ring": [1]}, {"sync": 1}):
            with pytest.raises(TypeError):
                work.of(Key).find(where)
            with pytest.raises(TypeError):
                work.of(Key).count(where)
        with pytest.raises(TypeError):
            work.of(Key).find(order="number", after="1")
        with pytest.raises(InvalidParameter):
            work.of(Key).find(order="number", after=1 << 63)
        with pytest.raises(ValueError, match="order"):
            work.of(AccessPolicy).find(order="resources")


def test_a_unit_of_work_finds_its_own_changes(store, keys):
    with store.begin(write=True) as work:
        work.of(Key).remove(keys[1].id)
        work.of(Key).add(key(50, ring="r1"))
        assert [found.number for found in work.of(Key).find({"ring": "r1"}, order="number")] == [3, 5, 7, 9, 11, 50]
        assert work.of(Key).count({"ring": "r1"}) == 6
