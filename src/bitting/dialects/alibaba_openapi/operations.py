"""The operations, one row each, with every parameter, limit, default and answer field.

::

    Rpc(name, use case, request=(Field, ...), response=(Field, ...), settle=...)

``settle`` finishes what single fields cannot: a page out of number and size, a plaintext's two halves.
Source: KMS API reference 2016-01-20, one page an operation, as the SDKs of 2026 carry it.
"""

from __future__ import annotations

from bitting.dialects.alibaba_openapi import (
    operations_access,
    operations_account,
    operations_certificates,
    operations_crypto,
    operations_import,
    operations_instances,
    operations_keys,
    operations_managed,
    operations_secrets,
    operations_tags,
)
from bitting.dialects.alibaba_openapi.rows import Rpc
from bitting.dialects.base.errors import Catalogue


def table(region: str, catalogue: Catalogue, chain: str = "") -> dict[str, Rpc]:
    """Every operation by name.

    ``region`` is in the ARNs; ``catalogue`` spells the errors inside answers about many things; ``chain``: what
    clients of instances trust (PEM).
    """
    rows = (
        *operations_keys.KEYS,
        *operations_keys.DETAILS,
        *operations_keys.alias_rows(region),
        *operations_crypto.CRYPTO,
        *operations_crypto.MOVING,
        *operations_crypto.PAIRS,
        *operations_import.IMPORT,
        *operations_tags.TAGS,
        *operations_access.rows(region),
        *operations_account.ROWS,
        *operations_certificates.rows(region),
        *operations_instances.rows(region, chain),
        *operations_managed.ROWS,
        *operations_secrets.rows(region, catalogue),
    )
    return {row.name: row for row in rows}
