"""One form for equal encryption contexts."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitting.core.encryption_context import canonicalise


@pytest.mark.parametrize(
    ("context", "aad"),
    [
        ({}, b""),
        ({"b": "2", "a": "1"}, b'{"a":"1","b":"2"}'),
        ({"": ""}, b'{"":""}'),
        ({"\u00e9": 'line\n"quoted"'}, '{"\u00e9":"line\\n\\"quoted\\""}'.encode()),
    ],
)
def test_a_context_is_compact_json_with_sorted_keys(context: dict[str, str], aad: bytes) -> None:
    assert canonicalise(context) == aad


def test_a_lone_surrogate_has_no_form() -> None:
    with pytest.raises(UnicodeEncodeError):
        canonicalise({"a": "\ud800"})


@given(context=st.dictionaries(st.text(max_size=8), st.text(max_size=8), min_size=1, max_size=5))
def test_the_order_of_insertion_does_not_count(context: dict[str, str]) -> None:
    aad = canonicalise(context)
    assert canonicalise(dict(reversed(context.items()))) == aad
    assert json.loads(aad) == context
