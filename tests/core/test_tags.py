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


def make(desk: Any, **tagged: str) -> str:
    key: str = desk.run(keys.create, keys.CreateKey()).id
    if tagged:
        desk.run(tags.tag_key, tags.TagKey(KeyRef.by_id(key), tuple(tagged.items())))
    return key


def of(desk: Any, key: str) -> dict[str, str]:
    found = desk.run(tags.list_key_tags, tags.ListKeyTags(KeyRef.by_id(key)))
    return {tag.key: tag.value for tag in found.tags}


def test_a_tag_set_again_takes_the_new_value(desk: Any) -> None:
    key = make(desk, env="prod", team="a")
    desk.run(tags.tag_key, tags.TagKey(KeyRef.by_id(key), (("env", "test"),)))
    assert of(desk, key) == {"env": "test", "team": "a"}


def test_the_limit_counts_what_is_there_and_nothing_twice(desk: Any) -> None:
    key = make(desk, a="1", b="2")
    desk.run(tags.tag_key, tags.TagKey(KeyRef.by_id(key), (("a", "3"), ("c", "4")), most=3))
    with pytest.raises(faults.QuotaExceeded) as raised:
        desk.run(tags.tag_key, tags.TagKey(KeyRef.by_id(key), (("a", "9"), ("d", "5")), most=3))
    assert raised.value.detail("limit") == "tags"
    assert of(desk, key) == {"a": "3", "b": "2", "c": "4"}


def test_untag_by_name_strictly_and_all(desk: Any) -> None:
    key = make(desk, a="1", b="2", c="3")
    desk.run(tags.untag_key, tags.UntagKey(KeyRef.by_id(key), ("a", "zz")))
    assert of(desk, key) == {"b": "2", "c": "3"}
    with pytest.raises(faults.ResourceNotFound) as raised:
        desk.run(tags.untag_key, tags.UntagKey(KeyRef.by_id(key), ("b", "zz"), strict=True))
    assert raised.value.detail("kind") == "tag"
    assert of(desk, key) == {"b": "2", "c": "3"}
    desk.run(tags.untag_key, tags.UntagKey(KeyRef.by_id(key), every=True))
    assert of(desk, key) == {}


def test_a_key_about_to_go_keeps_its_tags_as_they_are(desk: Any) -> None:
    key = make(desk, a="1")
    desk.run(deletion.schedule_deletion, deletion.ScheduleDeletion(KeyRef.by_id(key), 7))
    for use, command in (
        (tags.tag_key, tags.TagKey(KeyRef.by_id(key), (("b", "2"),))),
        (tags.untag_key, tags.UntagKey(KeyRef.by_id(key), ("a",))),
        (resource_tags.tag_many, resource_tags.TagMany("key", (key,), (("b", "2"),))),
        (resource_tags.untag_many, resource_tags.UntagMany("key", (key,), every=True)),
    ):
        with pytest.raises(faults.KeyPendingDeletion):
            desk.run(use, command)
    assert of(desk, key) == {"a": "1"}


def test_many_are_tagged_all_or_none(desk: Any) -> None:
    one, two = make(desk), make(desk)
    desk.run(resource_tags.tag_many, resource_tags.TagMany("key", (one, two), (("a", "1"),)))
    assert of(desk, one) == of(desk, two) == {"a": "1"}
    with pytest.raises(faults.KeyNotFound):
        desk.run(resource_tags.tag_many, resource_tags.TagMany("key", (one, "no-such-key"), (("b", "2"),)))
    assert of(desk, one) == {"a": "1"}
    desk.run(resource_tags.untag_many, resource_tags.UntagMany("key", (one, two), ("a", "b")))
    assert of(desk, one) == of(desk, two) == {}
    with pytest.raises(faults.ResourceNotFound):
        desk.run(resource_tags.tag_many, resource_tags.TagMany("teapot", ("x",), (("b", "2"),)))


def test_many_need_the_right_on_each(desk: Any) -> None:
    one, two = make(desk), make(desk)
    limited = desk.limited(Statement(("key:tag",), (f"key/{one}",)))
    desk.run(resource_tags.tag_many, resource_tags.TagMany("key", (one,), (("a", "1"),)), limited)
    with pytest.raises(faults.PermissionDenied):
        desk.run(resource_tags.tag_many, resource_tags.TagMany("key", (one, two), (("b", "2"),)), limited)
    assert of(desk, one) == {"a": "1"}


def test_found_by_tags_both_ways(desk: Any) -> None:
    one, two, three = make(desk, env="prod", team="a"), make(desk, env="test", team="a"), make(desk, env="prod")

    def found(*wanted: TagFilter, any_of: bool = False) -> set[str]:
        return set(desk.run(tags.find_tagged, tags.FindTagged("key", wanted, any_of=any_of)).resources)

    assert found() == {one, two, three}
    assert found(TagFilter("env", ("prod",))) == {one, three}
    assert found(TagFilter("env", ("prod", "test")), TagFilter("team")) == {one, two}
    assert found(TagFilter("env", ("prod",)), TagFilter("team", ("a",)), any_of=True) == {one, two, three}
    assert found(TagFilter("env", ("none",))) == set()
    page = desk.run(tags.find_tagged, tags.FindTagged("key", (), offset=1, limit=1))
    assert (page.total, list(page.resources)) == (3, [sorted((one, two, three))[1]])
    assert [tag.key for tag in page.tags[page.resources[0]]]
    among = desk.run(tags.find_tagged, tags.FindTagged("key", (TagFilter("team"),), among=(two, three)))
    assert (list(among.resources), among.total) == ([two], 1)


@pytest.mark.parametrize("named", [False, True])
def test_pages_of_tags_hold_each_once(desk: Any, *, named: bool) -> None:
    made = [make(desk, **{f"k{n}": "v" for n in range(5)}) for _ in range(4)]
    seen, after = [], ""
    while True:
        command = resource_tags.ListTagged("key", tuple(made) if named else (), after=after, limit=3)
        page = desk.run(resource_tags.list_tagged, command)
        seen += [(tag.resource_id, tag.key) for tag in page.tags]
        after = page.next
        if not after:
            break
        assert len(page.tags) == 3
    assert seen == sorted((key, f"k{n}") for key in made for n in range(5))


def test_listed_by_what_they_carry_with_all_they_carry(desk: Any) -> None:
    one, two = make(desk, env="prod", team="a"), make(desk, team="b")
    page = desk.run(resource_tags.list_tagged, resource_tags.ListTagged("key", wanted=(TagFilter("env", ("prod",)),)))
    assert [(tag.resource_id, tag.key) for tag in page.tags] == [(one, "env"), (one, "team")]
    page = desk.run(resource_tags.list_tagged, resource_tags.ListTagged("key", (two,), (TagFilter("env"),)))
    assert list(page.tags) == []


def test_tags_go_with_the_key(desk: Any) -> None:
    key, other = make(desk, a="1"), make(desk, a="1")
    held = desk.all(keys.Key, id=key)[0]
    with desk.runtime.store.begin(write=True) as uow:
        deletion.delete_records(uow, held)
    assert {tag.resource_id for tag in desk.all(Tag)} == {other}
