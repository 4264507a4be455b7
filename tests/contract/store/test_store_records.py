"""add, get, put, remove: for every kind of record, on every store."""

from dataclasses import fields, replace

import pytest
from store_samples import RECORDS, key, sample

from bitting.core.faults import InvalidParameter, ResourceExists, ResourceNotFound
from bitting.core.model.identity import AccessPolicy, Project, Token, User
from bitting.core.model.key import Alias, Key, KeyVersion
from bitting.stores.record_types import KINDS

EVERY_KIND = pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.__name__)


@EVERY_KIND
def test_what_is_added_is_read_back_equal(store, kind):
    records = [sample(kind, seed) for seed in range(25)]
    with store.begin(write=True) as work:
        for record in records:
            work.of(kind).add(record)
            assert work.of(kind).get(record.id) == record
    with store.begin(write=False) as work:
        found = {record.id: record for record in work.of(kind).find()}
        assert found == {record.id: record for record in records}
        assert work.of(kind).count() == len(records)


@EVERY_KIND
def test_fields_come_back_in_their_own_types(store, kind):
    with store.begin(write=True) as work:
        work.of(kind).add(sample(kind, 1))
    with store.begin(write=False) as work:
        found = work.of(kind).get(sample(kind, 1).id)
    for field in fields(kind):
        assert type(getattr(found, field.name)) is type(getattr(sample(kind, 1), field.name)), field.name


@EVERY_KIND
def test_put_replaces_and_remove_deletes(store, kind):
    former, changed = sample(kind, 1), replace(sample(kind, 2), id=sample(kind, 1).id)
    with store.begin(write=True) as work:
        work.of(kind).add(former)
    with store.begin(write=True) as work:
        work.of(kind).put(changed)
    with store.begin(write=True) as work:
        assert work.of(kind).get(former.id) == changed
        assert work.of(kind).remove(former.id) is True
        assert work.of(kind).remove(former.id) is False
    with store.begin(write=False) as work:
        assert work.of(kind).get(former.id) is None


@EVERY_KIND
def test_an_id_is_given_once_and_put_needs_one(store, kind):
    with store.begin(write=True) as work:
        work.of(kind).add(sample(kind, 1))
        with pytest.raises(ResourceExists) as taken:
            work.of(kind).add(replace(sample(kind, 2), id=sample(kind, 1).id))
        assert taken.value.resource == sample(kind, 1).id
        with pytest.raises(ResourceNotFound):
            work.of(kind).put(sample(kind, 3))
        work.of(kind).add(sample(kind, 4))
    with store.begin(write=False) as work:
        assert work.of(kind).get(sample(kind, 1).id) == sample(kind, 1)
        assert work.of(kind).get(sample(kind, 4).id) == sample(kind, 4), "a conflict does not end the unit of work"


UNIQUE = [(kind, rule) for kind in KINDS for rule in kind.unique]


@pytest.mark.parametrize(("kind", "rule"), UNIQUE, ids=lambda value: getattr(value, "table", ""))
def test_unique_fields_are_taken_once_until_they_are_free(store, kind, rule):
    first, other = sample(kind.record, 1), sample(kind.record, 2)
    clash = replace(other, **{name: getattr(first, name) for name in rule.fields})
    with store.begin(write=True) as work:
        records = work.of(kind.record)
        records.add(first)
        with pytest.raises(ResourceExists):
            records.add(clash)
        records.add(other)
        with pytest.raises(ResourceExists):
            records.put(clash)
        records.put(first)
        records.put(replace(first, name="another name"))
        records.put(clash)
        records.put(other)
        records.remove(first.id)
        records.put(clash)
    with store.begin(write=False) as work:
        assert work.of(kind.record).find() == [clash]


def test_half_of_a_unique_combination_may_repeat(store):
    with store.begin(write=True) as work:
        work.of(Project).add(Project("1", "a", "p", "huawei", "r", 1))
        work.of(Project).add(Project("2", "b", "p", "huawei", "r", 1))
        work.of(User).add(User("1", "a", "p", "", enabled=True, admin=False, created_ms=1))


def test_keys_without_a_name_are_many(store):
    with store.begin(write=True) as work:
        for number in range(3):
            work.of(Key).add(key(number, name=""))
        work.of(Key).put(key(1, name="", description="changed"))
        assert work.of(Key).count({"ring": "r1", "name": ""}) == 3


@pytest.mark.parametrize(
    "bad",
    [{"description": None}, {"number": "1"}, {"number": 1.0}, {"number": True}, {"sync": 1}, {"state": "enabled"}],
    ids=str,
)
def test_a_value_of_another_type_is_the_programs_mistake(store, bad):
    with store.begin(write=True) as work:
        with pytest.raises(TypeError):
            work.of(Key).add(key(1, **bad))
        with pytest.raises(TypeError):
            work.of(KeyVersion).add(key(1))


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("description", "nul \0 inside", "format"),
        ("description", "lone \ud800 surrogate", "format"),
        ("number", 1 << 63, "range"),
        ("number", -(1 << 63) - 1, "range"),
    ],
)
def test_a_value_no_store_can_hold_is_refused_and_nothing_is_written(store, field, value, reason):
    with store.begin(write=True) as work:
        work.of(Key).add(key(1))
        with pytest.raises(InvalidParameter) as refused:
            work.of(Key).add(key(2, **{field: value}))
        with pytest.raises(InvalidParameter):
            work.of(Key).put(key(1, **{field: value}))
        assert (refused.value.parameter, refused.value.reason) == (field, reason)
    with store.begin(write=False) as work:
        assert work.of(Key).find() == [key(1)]


@pytest.mark.parametrize("strange", ["", "nul \0", "\ud800", "' or 1=1 --", "%"])
def test_a_strange_id_is_simply_not_there(store, strange):
    with store.begin(write=True) as work:
        work.of(Key).add(key(1))
        assert work.of(Key).get(strange) is None
        assert work.of(Key).remove(strange) is False
        assert work.of(Key).find({"id": strange}) == []
        assert work.of(Key).count({"id": [strange]}) == 0
        assert work.of(Key).count() == 1


def test_tuples_keep_their_items_apart(store):
    policies = [("a", "b"), ("a,b",), ("",), (), ('"', "\\"), ("\0", "ü")]
    with store.begin(write=True) as work:
        for number, resources in enumerate(policies):
            work.of(AccessPolicy).add(sample(AccessPolicy, number, resources=resources))
        for number, resources in enumerate(policies):
            found = work.of(AccessPolicy).find({"resources": [resources]})
            assert [record.id for record in found] == [f"accesspolicy-{number}"]
            assert found[0].resources == resources


def test_an_alias_is_unique_by_its_id(store):
    with store.begin(write=True) as work:
        work.of(Alias).add(Alias("r1/alias/x", "r1", "a", "alias/x", "k1", 1, 1))
        with pytest.raises(ResourceExists):
            work.of(Alias).add(Alias("r1/alias/x", "r1", "a", "alias/x", "k2", 1, 1))
        work.of(Alias).add(Alias("r2/alias/x", "r2", "a", "alias/x", "k2", 1, 1))


def test_a_class_that_is_not_stored_is_refused(store):
    with store.begin(write=False) as work, pytest.raises(ValueError, match="not stored"):
        work.of(int)


def test_defaults_are_stored_like_everything_else(store):
    token = Token("t", "a", "u", "p", "password", 1, 2, "audit")
    with store.begin(write=True) as work:
        work.of(Token).add(token)
        assert work.of(Token).get("t") == token
