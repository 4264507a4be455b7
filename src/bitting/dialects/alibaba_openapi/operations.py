"""The operations, one row each, with every parameter, limit, default and answer field.

::

    Rpc(name, use case, request=(Field, ...), response=(Field, ...))

Source: KMS API reference 2016-01-20, one page an operation, as the SDKs of 2026 carry it.
"""

from __future__ import annotations

from bitting.dialects.alibaba_openapi.access import operations as access_operations
from bitting.dialects.alibaba_openapi.account import operations as account_operations
from bitting.dialects.alibaba_openapi.certificates import operations as certificate_operations
from bitting.dialects.alibaba_openapi.crypto import managed_data_keys as managed_operations
from bitting.dialects.alibaba_openapi.crypto import operations as crypto_operations
from bitting.dialects.alibaba_openapi.instances import operations as instance_operations
from bitting.dialects.alibaba_openapi.keys import material_import as import_operations
from bitting.dialects.alibaba_openapi.keys import operations as key_operations
from bitting.dialects.alibaba_openapi.rows import Rpc
from bitting.dialects.alibaba_openapi.secrets import operations as secret_operations
from bitting.dialects.alibaba_openapi.tags import operations as tag_operations
from bitting.dialects.base.errors import Catalogue


def table(region: str, catalogue: Catalogue, chain: str = "") -> dict[str, Rpc]:
    """Every operation by name.

    ``region`` is in the ARNs; ``catalogue`` gives the errors inside answers about many things; ``chain``: what
    clients of instances trust (PEM).
    """
    rows: tuple[Rpc, ...] = (
        *key_operations.KEYS,
        *key_operations.DETAILS,
        *key_operations.alias_rows(region),
        *crypto_operations.CRYPTO,
        *crypto_operations.REENCRYPTION,
        *crypto_operations.PAIRS,
        *import_operations.IMPORT,
        *tag_operations.TAGS,
        *access_operations.rows(region),
        *account_operations.ROWS,
        *certificate_operations.rows(region),
        *instance_operations.rows(region, chain),
        *managed_operations.ROWS,
        *secret_operations.rows(region, catalogue),
    )
    return {row.name: row for row in rows}
