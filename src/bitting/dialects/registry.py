"""Every dialect, one line each. Wiring, documentation, contracts and tests read this and name no dialect themselves.

::

    DIALECTS    name, folder, rows, how it is built, page      in the order in which they are asked for a request
    build       DIALECTS + ports -> what the server asks       the last one claims whatever is left

A new dialect is a folder below ``bitting/dialects`` with its ``errors.tsv``, and a line here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bitting.core.ports import Clock, Vault
from bitting.dialects.alibaba_instance.dialect import AlibabaInstance
from bitting.dialects.alibaba_instance.operations import OPERATIONS as INSTANCE_ROWS
from bitting.dialects.alibaba_openapi.dialect import AlibabaOpenApi
from bitting.dialects.alibaba_openapi.operations import table
from bitting.dialects.base.dialect import Dialect
from bitting.dialects.base.errors import Catalogue, load
from bitting.dialects.base.operation import Operation
from bitting.dialects.huawei.dialect import Huawei, huawei_profile
from bitting.dialects.iam.dialect import ALL_ROWS as IAM_ROWS
from bitting.dialects.iam.dialect import Iam
from bitting.dialects.native.dialect import Native
from bitting.dialects.native.operations import OPERATIONS as NATIVE_ROWS
from bitting.dialects.otc import profile as otc


@dataclass(frozen=True, slots=True)
class DialectPorts:
    """What dialects are built with.

    ``chain``: the certificate authority of this server (PEM).
    ``developer_rows``: native rows of developer mode, empty on every other server.
    """

    vault: Vault
    clock: Clock
    region: str
    chain: str = ""
    developer_rows: tuple[Operation, ...] = ()


@dataclass(frozen=True, slots=True)
class RegisteredDialect:
    """One dialect. ``page``: its file in ``docs/dialects``. ``build`` None: another dialect serves its requests."""

    name: str
    package: str
    page: str
    rows: Callable[[], Iterable[Operation]]
    build: Callable[[DialectPorts], Dialect] | None

    def catalogue(self) -> Catalogue:
        """Its error catalogue."""
        return load(self.name, self.package)


def _entry(
    name: str, page: str, rows: Callable[[], Iterable[Operation]], build: Callable[[DialectPorts], Dialect] | None
) -> RegisteredDialect:
    return RegisteredDialect(name, f"bitting.dialects.{name}", page, rows, build)


def _huawei_rows() -> Iterable[Operation]:
    return huawei_profile().rows.values()


def _openapi_rows() -> Iterable[Operation]:
    return table("", load("alibaba_openapi", "bitting.dialects.alibaba_openapi")).values()


DIALECTS = (
    _entry("native", "native.md", lambda: NATIVE_ROWS, lambda p: Native(p.developer_rows)),
    _entry("iam", "iam.md", lambda: IAM_ROWS, lambda p: Iam(p.vault, p.clock, p.region)),
    _entry(
        "huawei", "huawei-kms.md", _huawei_rows,
        lambda p: Huawei(p.vault, p.clock, p.region, otc.profile()),
    ),
    _entry("otc", "otc-kms.md", lambda: otc.rows().values(), None),
    _entry(
        "alibaba_instance", "alibaba-instance.md", INSTANCE_ROWS.values,
        lambda p: AlibabaInstance(p.vault, p.clock, p.region),
    ),
    _entry(
        "alibaba_openapi", "alibaba-openapi.md", _openapi_rows,
        lambda p: AlibabaOpenApi(p.vault, p.clock, p.region, p.chain),
    ),
)  # fmt: skip


def build(ports: DialectPorts, dialects: Iterable[RegisteredDialect] = DIALECTS) -> list[Dialect]:
    """Every dialect that serves requests, in the order in which they are asked."""
    return [entry.build(ports) for entry in dialects if entry.build is not None]


def catalogues() -> list[Catalogue]:
    """Every dialect's error catalogue."""
    return [entry.catalogue() for entry in DIALECTS]


def operation_tables() -> dict[str, list[Operation]]:
    """Every dialect's rows by its name."""
    return {entry.name: list(entry.rows()) for entry in DIALECTS}
