"""Bodies and JSON-valued parameters that two readers could read differently are malformed."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    "body",
    [
        b'{"key_id":"a","key_id":"b"}',
        b'{"key_id":"a","key\\u005fid":"b"}',
        b'{"key_id":"\\ud83d"}',
        b'{"key_id":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    ],
)
def test_ambiguous_bodies_are_malformed(api: Any, body: bytes) -> None:
    assert api.refused("describe-key", body)[:2] == (400, "KMS.0202")
