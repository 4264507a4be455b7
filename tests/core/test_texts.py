"""Plaintexts as strings and data keys as bytes."""

from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitting.core import texts


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=100))
def test_a_string_is_itself(string: str) -> None:
    assert texts.as_string(string.encode(), text=True) == string


@given(st.binary(max_size=100))
def test_bytes_are_shown_in_base64_whatever_they_look_like(data: bytes) -> None:
    assert texts.as_string(data, text=False) == b64encode(data).decode()
    assert texts.as_bytes(b64encode(data), text=True) == data
    assert texts.as_bytes(data, text=False) == data


@given(st.binary(min_size=1, max_size=100))
def test_a_data_key_is_found_as_bytes_and_as_text(data: bytes) -> None:
    assert texts.data_key(data, len(data)) == data
    assert texts.data_key(b64encode(data), len(data)) == data


@pytest.mark.parametrize(
    ("content", "length"), [(b"x" * 33, 32), (b"-" * 44, 32), (b"QUJ=", 2), (b"QUJD", 2), (b"", 1), (b"QQ==\n", 1)]
)
def test_anything_else_is_no_data_key_of_that_length(content: bytes, length: int) -> None:
    assert texts.data_key(content, length) is None


def test_text_that_is_no_base64_stands_for_itself() -> None:
    assert texts.as_bytes(b"hello", text=True) == b"hello"
    assert texts.as_string(b"\xff", text=True) == "/w=="
