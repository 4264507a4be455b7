"""Every key management operation of Huawei's profile, from the modules that hold them by topic."""

from __future__ import annotations

from bitting.dialects.huawei.access import operations as capsule_operations
from bitting.dialects.huawei.crypto import operations as crypto_operations
from bitting.dialects.huawei.grants import operations as grant_operations
from bitting.dialects.huawei.keys import material_import as import_operations
from bitting.dialects.huawei.keys import names as name_operations
from bitting.dialects.huawei.keys import operations as key_operations
from bitting.dialects.huawei.keystores import operations as keystore_operations
from bitting.dialects.huawei.operator import operations as operator_operations
from bitting.dialects.huawei.rows import Row
from bitting.dialects.huawei.tags import operations as tag_operations

_TOPICS = (
    crypto_operations,
    name_operations,
    tag_operations,
    import_operations,
    grant_operations,
    keystore_operations,
    capsule_operations,
    operator_operations,
)


def rows() -> dict[str, Row]:
    """All rows by name."""
    found = [*key_operations.first_rows()]
    for topic in _TOPICS:
        found.extend(topic.rows())
    return {row.name: row for row in found}
