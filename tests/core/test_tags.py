"""Tags through the gate: limits, states, several resources at once, finding by tag, erasing with the key."""

from __future__ import annotations

from typing import Any

import pytest

from bitting.core import faults
from bitting.core.model.identity import Statement
from bitting.core.model.key import KeyRef
from bitting.core.model.tag import Tag
from bitting.core.usecases.keys import deletion, resource_tags, tags
from bitting.core.usecases.keys import lifecycle as keys
from bitting.core.usecases.keys.tags import TagFilter


def make(session: Any, **tagged: str) -> str:
    key: str = session.run(keys.create, keys.CreateKey()).id
    if tagged:
        session.run(tags.tag_key, tags.TagKey(KeyRef.by_id(key), tuple(tagged.items())))
    return key


def of(session: Any, key: str) -> dict[str, str]:
    found = session.run(tags.list_key_tags, tags.ListKeyTags(KeyRef.by_id(key)))
    return {tag.key: tag.value for tag in found.tags}


def test_a_tag_set_again_takes_the_new_value(session: Any) -> None:
    key = make(session, env="prod", team="a")
    session.run(tags.tag_key, tags.TagKey(KeyRef.by_id(key), (("env", "test"),)))
    assert of(session, key) == {"env": "test", "team": "a"}


def test_the_limit_counts_what_is_there_and_nothing_twice(session: Any) -> None:
    key = make(session, a="1", b="2")
    session.run(tags.tag_key, tags.TagKey(KeyRef.by_id(key), (("a", "3"), ("c", "4")), most=3))
    with pytest.raises(faults.QuotaExceeded) as raised:
        session.run(tags.tag_key, tags.TagKey(KeyRef.by_id(key), (("a", "9"), ("d", "5")), most=3))
    assert raised.value.detail("limit") == "tags"
    assert of(session, key) == {"a": "3", "b": "2", "c": "4"}


def test_untag_by_name_strictly_and_all(session: Any) -> None:
    key = make(session, a="1", b="2", c="3")
    session.run(tags.untag_key, tags.UntagKey(KeyRef.by_id(key), ("a", "zz")))
    assert of(session, key) == {"b": "2", "c": "3"}
    with pytest.raises(faults.ResourceNotFound) as raised:
        session.run(tags.untag_key, tags.UntagKey(KeyRef.by_id(key), ("b", "zz"), strict=True))
    assert raised.value.detail("kind") == "tag"
    assert of(session, key) == {"b": "2", "c": "3"}
    session.run(tags.untag_key, tags.UntagKey(KeyRef.by_id(key), every=True))
    assert of(session, key) == {}


def test_a_key_about_to_go_keeps_its_tags_as_they_are(session: Any) -> None:
    key = make(session, a="1")
    session.run(deletion.schedule_deletion, deletion.ScheduleDeletion(KeyRef.by_id(key), 7))
    for use, command in (
        (tags.tag_key, tags.TagKey(KeyRef.by_id(key), (("b", "2"),))),
        (tags.untag_key, tags.UntagKey(KeyRef.by_id(key), ("a",))),
        (resource_tags.tag_many, resource_tags.TagMany("key", (key,), (("b", "2"),))),
        (resource_tags.untag_many, resource_tags.UntagMany("key", (key,), every=True)),
    ):
        with pytest.raises(faults.KeyPendingDeletion):
            session.run(use, command)
    assert of(session, key) == {"a": "1"}


def test_many_are_tagged_all_or_none(session: Any) -> None:
    one, two = make(session), make(session)
    session.run(resource_tags.tag_many, resource_tags.TagMany("key", (one, two), (("a", "1"),)))
    assert of(session, one) == of(session, two) == {"a": "1"}
    with pytest.raises(faults.KeyNotFound):
        session.run(resource_tags.tag_many, resource_tags.TagMany("key", (one, "no-such-key"), (("b", "2"),)))
    assert of(session, one) == {"a": "1"}
    session.run(resource_tags.untag_many, resource_tags.UntagMany("key", (one, two), ("a", "b")))
    assert of(session, one) == of(session, two) == {}
    with pytest.raises(faults.ResourceNotFound):
        session.run(resource_tags.tag_many, resource_tags.TagMany("teapot", ("x",), (("b", "2"),)))


def test_many_need_the_right_on_each(session: Any) -> None:
    one, two = make(session), make(session)
    limited = session.limited(Statement(("key:tag",), (f"key/{one}",)))
    session.run(resource_tags.tag_many, resource_tags.TagMany("key", (one,), (("a", "1"),)), limited)
    with pytest.raises(faults.PermissionDenied):
        session.run(resource_tags.tag_many, resource_tags.TagMany("key", (one, two), (("b", "2"),)), limited)
    assert of(session, one) == {"a": "1"}


def test_found_by_tags_both_ways(session: Any) -> None:
    one, two, three = (
        make(session, env="prod", team="a"),
        make(session, env="test", team="a"),
        make(session, env="prod"),
    )

    def found(*wanted: TagFilter, any_of: bool = False) -> set[str]:
        with session.runtime.store.begin(write=False) as uow:
            return set(tags.find_tagged_ids(uow, session.principal.ring, "key", wanted, any_of=any_of))

    assert found() == {one, two, three}
    assert found(TagFilter("env", ("prod",))) == {one, three}
    assert found(TagFilter("env", ("prod", "test")), TagFilter("team")) == {one, two}
    assert found(TagFilter("env", ("prod",)), TagFilter("team", ("a",)), any_of=True) == {one, two, three}
    assert found(TagFilter("env", ("none",))) == set()


@pytest.mark.parametrize("named", [False, True])
def test_pages_of_tags_hold_each_once(session: Any, *, named: bool) -> None:
    made = [make(session, **{f"k{n}": "v" for n in range(5)}) for _ in range(4)]
    seen, after = [], ""
    while True:
        command = resource_tags.ListTagged("key", tuple(made) if named else (), after=after, limit=3)
        page = session.run(resource_tags.list_tagged, command)
        seen += [(tag.resource_id, tag.key) for tag in page.tags]
        after = page.next
        if not after:
            break
        assert len(page.tags) == 3
    assert seen == sorted((key, f"k{n}") for key in made for n in range(5))


def test_listed_by_what_they_carry_with_all_they_carry(session: Any) -> None:
    one, two = make(session, env="prod", team="a"), make(session, team="b")
    page = session.run(
        resource_tags.list_tagged, resource_tags.ListTagged("key", wanted=(TagFilter("env", ("prod",)),))
    )
    assert [(tag.resource_id, tag.key) for tag in page.tags] == [(one, "env"), (one, "team")]
    page = session.run(resource_tags.list_tagged, resource_tags.ListTagged("key", (two,), (TagFilter("env"),)))
    assert list(page.tags) == []


def test_tags_go_with_the_key(session: Any) -> None:
    key, other = make(session, a="1"), make(session, a="1")
    held = session.all(keys.Key, id=key)[0]
    with session.runtime.store.begin(write=True) as uow:
        deletion.delete_records(uow, held)
    assert {tag.resource_id for tag in session.all(Tag)} == {other}
