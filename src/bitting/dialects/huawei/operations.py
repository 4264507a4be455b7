"""Every key management operation of Huawei's profile, from the modules that hold them by topic."""

from __future__ import annotations

from bitting.dialects.huawei import (
    operations_capsule,
    operations_data,
    operations_grants,
    operations_kms,
    operations_material,
    operations_names,
    operations_operator,
    operations_stores,
    operations_tags,
)
from bitting.dialects.huawei.rows import Row

_TOPICS = (
    operations_data,
    operations_names,
    operations_tags,
    operations_material,
    operations_grants,
    operations_stores,
    operations_capsule,
    operations_operator,
)


def rows() -> dict[str, Row]:
    """All rows by name."""
    found = [*operations_kms.first_rows()]
    for topic in _TOPICS:
        found.extend(topic.rows())
    return {row.name: row for row in found}
