"""Every key management operation of Huawei's profile, from the modules that hold them by topic."""

from __future__ import annotations

from bitting.dialects.huawei import (
    operations_data,
    operations_kms,
    operations_names,
)
from bitting.dialects.huawei.rows import Row

_TOPICS = (operations_data, operations_names)


def rows() -> dict[str, Row]:
    """All rows by name."""
    found = [*operations_kms.first_rows()]
    for topic in _TOPICS:
        found.extend(topic.rows())
    return {row.name: row for row in found}
