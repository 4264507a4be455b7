"""Estimates of strength and the markers of a page: functions of their arguments alone."""

from __future__ import annotations

import pytest

from bitting.core.usecases.secrets.paging import PageMarkers, markers
from bitting.core.usecases.secrets.strength import estimate


@pytest.mark.parametrize(
    ("value", "bits", "level"),
    [
        ("", 0, "weak"),
        ("a" * 64, 9, "weak"),  # one distinct character counts twice
        ("abcdefghij", 47, "weak"),
        ("abcdefghijk", 51, "medium"),
        ("abcdefghijABCDEFG", 96, "strong"),
        ("0123456789", 33, "weak"),
        ("\u00e9", 6, "weak"),
    ],
)
def test_bits_and_levels(value: str, bits: int, level: str) -> None:
    found = estimate(value)
    assert (found.bits, found.level) == (bits, level)


@pytest.mark.parametrize("length", range(1, 40))
def test_a_longer_value_is_never_weaker(length: int) -> None:
    text = "k8#Qz!m2Lx9$vN4pW7rTk8#Qz!m2Lx9$vN4pW7rT"
    assert estimate(text[:length]).bits <= estimate(text[: length + 1]).bits


def test_markers_of_pages() -> None:
    assert markers([], more=False) == PageMarkers(None, None, 0)
    assert markers(["a", "b"], more=False) == PageMarkers(None, "a", 2)
    assert markers(["a", "b"], more=True) == PageMarkers("b", "a", 2)
    assert markers([], more=True) == PageMarkers(None, None, 0)
