"""The grammar under the dialects: forms, canonical requests, XML. Compared with the standard library's."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any
from urllib.parse import parse_qsl, quote, unquote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitting.core.faults import MalformedBody
from bitting.wire import form, sign, xml

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
words = st.text("ab%+&= /\u6f22~*", max_size=30)


@given(text | words)
def test_quote_is_rfc_3986(value: str) -> None:
    assert sign.quote(value) == quote(value, safe="~")


@given(text | words)
def test_unquote_undoes_what_clients_do(value: str) -> None:
    for written in (quote(value, safe=""), sign.quote(value), quote(value, safe="").lower() if value.islower() else ""):
        assert form.unquote(written) == unquote_plus(written)
    assert form.unquote(urlencode({"a": value})[2:]) == value


@given(st.dictionaries(text.filter(bool), text, max_size=6))
def test_pairs_read_what_urlencode_writes(values: dict[str, str]) -> None:
    encoded = urlencode(values)
    assert form.unique_pairs(form.pairs(encoded)) == values
    assert form.pairs(encoded) == parse_qsl(encoded, keep_blank_values=True)
    assert form.unique_pairs(form.body_pairs(encoded.encode())) == values


@given(st.text("%0aAfFgG+é", max_size=8))
def test_broken_escapes_never_pass(value: str) -> None:
    """Strict: what the standard library leaves as it is, is refused."""
    try:
        decoded = form.unquote(value)
    except MalformedBody:
        return
    assert decoded == unquote_plus(value)
    assert all(len(part) > 1 and part[0] in "0aAfF" and part[1] in "0aAfF" for part in value.split("%")[1:])


def test_names_without_values_and_empty_parts() -> None:
    assert form.pairs("a&&b=&=c&d=e=f") == [("a", ""), ("b", ""), ("", "c"), ("d", "e=f")]
    assert form.pairs("") == []
    assert form.pairs("a=1+2", plus=False) == [("a", "1+2")]


def test_a_name_twice() -> None:
    with pytest.raises(MalformedBody):
        form.unique_pairs([("a", "1"), ("a", "1")])


def test_canonical_query_sorts_decoded_names() -> None:
    assert sign.canonical_query([("b", "2"), ("a", " "), ("A", "~*"), ("a", "1")]) == "A=~%2A&a=%20&a=1&b=2"


def test_canonical_headers_keep_the_order_given() -> None:
    headers = {"host": " h ", "x-a": "1  2"}
    assert sign.canonical_headers(["x-a", "host"], headers) == "x-a:1  2\nhost:h\n"
    with pytest.raises(KeyError):
        sign.canonical_headers(["nope"], headers)


@pytest.mark.parametrize(
    ("moment", "wanted"),
    [
        ("2026-11-21T12:00:00Z", 1_795_262_400_000),
        ("20261121T120000Z", 1_795_262_400_000),
        ("2026-11-21T12:00:00.914Z", 1_795_262_400_914),
        ("2026-11-21T12:00:00", None),
        ("2026-11-21T12:00:00+00:00", None),
        ("2026-11-21 12:00:00Z", None),
        ("2026-11-21Z", None),
        ("2026-02-30T12:00:00Z", None),
        ("\u0662026-11-21T12:00:00Z", None),
        ("", None),
        ("Z" * 20, None),
        ("2" * 40 + "Z", None),
    ],
)
def test_instants(moment: str, wanted: int | None) -> None:
    assert sign.parse_instant(moment) == wanted


@given(text)
def test_xml_can_be_read_back(value: str) -> None:
    read = ET.fromstring(xml.document("A", {"B": value, "C": [value, 1], "D": {"E": True, "F": None}}))
    kept = "".join(c if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff") else "\ufffd" for c in value)
    assert [read.findtext("B"), *(item.text or "" for item in read.findall("C"))] == [kept, kept, "1"]
    assert (read.findtext("D/E"), read.findtext("D/F")) == ("true", "")


def test_xml_shape() -> None:
    value: dict[str, Any] = {"Keys": {"Key": [{"KeyId": "a<b"}, {"KeyId": "c&d"}]}, "TotalCount": 2, "None": []}
    assert xml.document("R", value, declare=False) == (
        b"<R><Keys><Key><KeyId>a&lt;b</KeyId></Key><Key><KeyId>c&amp;d</KeyId></Key></Keys><TotalCount>2</TotalCount></R>"
    )
