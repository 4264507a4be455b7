"""Lists of keys: wishes together, many ids at once, keys whose time is over."""

from __future__ import annotations

from typing import Any

import pytest

from bitting.core.model.key import KeyRef
from bitting.core.usecases.keys import deletion, tags
from bitting.core.usecases.keys import lifecycle as keys
from bitting.core.usecases.keys.tags import TagFilter


def make(session: Any, count: int, **tagged: str) -> list[str]:
    return [session.run(keys.create, keys.CreateKey(tags=tuple(tagged.items()))).id for _ in range(count)]


@pytest.mark.parametrize("descending", [False, True])
def test_more_ids_than_one_question_may_name(
    session: Any, monkeypatch: pytest.MonkeyPatch, *, descending: bool
) -> None:
    monkeypatch.setattr(keys, "IDS_MAX", 3)
    made = make(session, 11, a="1")
    make(session, 2)
    wanted = list(reversed(made)) if descending else made
    seen: list[str] = []
    for offset in range(0, 12, 4):
        command = keys.ListKeys(offset=offset, limit=4, descending=descending, tagged=(TagFilter("a"),))
        page = session.run(keys.list_, command)
        assert page.total == 11
        seen += [key.id for key in page.keys]
    assert seen == wanted


def test_wishes_hold_together(session: Any) -> None:
    one, two = make(session, 2, a="1")
    where = {"id": (one, "none")}
    page = session.run(keys.list_, keys.ListKeys(where, tagged=(TagFilter("a", ("1",)),)))
    assert [key.id for key in page.keys] == [one]
    assert session.run(keys.list_, keys.ListKeys({"id": two}, tagged=(TagFilter("a", ("2",)),))).total == 0
    assert session.run(keys.list_, keys.ListKeys(tagged=())).total == 0


def test_keys_that_are_due_are_on_no_page(session: Any) -> None:
    made = make(session, 120)
    for key_id in made[:110]:
        session.run(deletion.schedule_deletion, deletion.ScheduleDeletion(KeyRef.by_id(key_id), 7))
    session.clock.advance(days=7)
    page = session.run(keys.list_, keys.ListKeys(limit=5))
    assert ([key.id for key in page.keys], page.total) == (made[110:115], 10)
    assert session.run(keys.list_, keys.ListKeys({"id": made[0]})).total == 0


def test_tags_at_birth_count_against_the_limit_of_the_key(session: Any) -> None:
    key_id = make(session, 1, a="1", b="2")[0]
    found = session.run(tags.list_key_tags, tags.ListKeyTags(KeyRef.by_id(key_id)))
    assert [(tag.key, tag.value) for tag in found.tags] == [("a", "1"), ("b", "2")]
