"""Every key management operation of Huawei's profile, from the modules that hold them by subject."""

from __future__ import annotations

from bitting.dialects.huawei import versions
from bitting.dialects.huawei.access import access_points, capsules, key_policies
from bitting.dialects.huawei.crypto import data_keys, encryption, signing
from bitting.dialects.huawei.grants import grants
from bitting.dialects.huawei.keys import aliases, lifecycle, material_import, rotation
from bitting.dialects.huawei.keystores import keystores
from bitting.dialects.huawei.operator import service
from bitting.dialects.huawei.quotas import quotas
from bitting.dialects.huawei.regions import regions
from bitting.dialects.huawei.rows import Row
from bitting.dialects.huawei.tags import tags

_SUBJECTS = (
    lifecycle,
    aliases,
    material_import,
    rotation,
    encryption,
    data_keys,
    signing,
    tags,
    grants,
    quotas,
    keystores,
    regions,
    access_points,
    key_policies,
    capsules,
    service,
    versions,
)


def rows() -> dict[str, Row]:
    """All rows by name."""
    return {row.name: row for subject in _SUBJECTS for row in subject.rows()}
