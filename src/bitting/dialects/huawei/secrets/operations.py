"""The 45 operations of the secrets API, one row each. Names are the SDK's, with dashes.

::

    secrets 8 · versions 4 · stages 3 · backup 2 · rotation 2 · checker 3      flat envelope, but rotate-secret
    tags 6 · events 6                                                          nested envelope
    grants 4 · users 3 · agencies and templates 3 · passwords 1                flat, but list-users

Sources: Huawei Cloud CSMS API reference and SDK 3.1.219; envelopes from the OpenAPI files its tools carry.
"""

from __future__ import annotations

from bitting.dialects.huawei.rows import Row
from bitting.dialects.huawei.secrets.backup import backup_rows
from bitting.dialects.huawei.secrets.batch_import import import_rows
from bitting.dialects.huawei.secrets.checker import checker_rows
from bitting.dialects.huawei.secrets.events import event_rows
from bitting.dialects.huawei.secrets.grants import grant_rows
from bitting.dialects.huawei.secrets.lifecycle import collection_rows, secret_rows
from bitting.dialects.huawei.secrets.passwords import password_rows
from bitting.dialects.huawei.secrets.rotation import rotation_rows, template_rows
from bitting.dialects.huawei.secrets.tags import tag_rows
from bitting.dialects.huawei.secrets.users_and_agencies import agency_rows, user_rows
from bitting.dialects.huawei.secrets.versions import stage_rows, version_rows


def rows() -> dict[str, Row]:
    """Every operation by name."""
    every = [
        *collection_rows(),
        *import_rows(),
        *secret_rows(),
        *password_rows(),
        *version_rows(),
        *stage_rows(),
        *backup_rows(),
        *rotation_rows(),
        *event_rows(),
        *tag_rows(),
        *grant_rows(),
        *user_rows(),
        *agency_rows(),
        *template_rows(),
        *checker_rows(),
    ]
    return {item.name: item for item in every}
