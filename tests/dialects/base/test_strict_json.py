"""One strict reader for every JSON text that callers send."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from bitting.dialects.base.http import Request
from bitting.wire import strict_json

REFUSED = [
    b'{"a":1,"a":2}',
    b'{"a":1,"\\u0061":2}',
    b'[{"b":{"c":1,"c":1}}]',
    b'{"a":"x:y","a":"x"}',
    b'"\\ud83d"',
    b'{"a":"\\udc00"}',
    b"[" * 65 + b"]" * 65,
    b"[" * 20_000,
    b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    b'"\xff"',
    b"NaN",
    b"",
]


@pytest.mark.parametrize("text", REFUSED)
def test_what_two_readers_could_read_differently_is_refused(text: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        strict_json.Decoder[Any]().decode(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b'{"a":"x:y","b":[{"a":1},{"a":2}]}', {"a": "x:y", "b": [{"a": 1}, {"a": 2}]}),
        (b"[" * 64 + b"]" * 64, None),
        (b'"[[[[\\"[["', '[[[["[['),
        (b'{"a":"' + b"[{" * 500 + b'"}', {"a": "[{" * 500}),
    ],
)
def test_everything_else_is_read(text: bytes, value: Any) -> None:
    found = strict_json.Decoder[Any]().decode(text)
    assert value is None or found == value


def test_text_that_is_no_unicode_is_refused_before_it_is_read() -> None:
    with pytest.raises(msgspec.DecodeError):
        strict_json.Decoder(list[str]).decode('["\ud800"]')


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("kms.example:8743", "kms.example:8743"),
        ("[::1]:8750", "[::1]:8750"),
        ('x" realm="y', "localhost"),
        ("a b", "localhost"),
        ("", "localhost"),
        ("x/../y", "localhost"),
        ("u@h", "localhost"),
    ],
)
def test_only_a_host_is_repeated_in_answers(host: str, shown: str) -> None:
    request = Request("GET", "/", "", {"host": host}, b"")
    assert request.base_url == f"http://{shown}"
