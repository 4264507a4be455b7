"""batch-import-secrets: many secrets in one request, each created or refused by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bitting.core import faults
from bitting.core.usecases.secrets import lifecycle
from bitting.dialects.base.codecs import Items
from bitting.dialects.base.dialect import UseCaseRunner
from bitting.dialects.base.operation import Field, Record
from bitting.dialects.huawei.rows import HuaweiCall, Row
from bitting.dialects.huawei.secrets.answer_codecs import AnyValue
from bitting.dialects.huawei.secrets.lifecycle import create_secret
from bitting.dialects.huawei.secrets.rows import BODY, COUNT, SECRETS, TEXT, parameters, row

IMPORT_MAX = 100


@dataclass(frozen=True, slots=True)
class RefusedItem:
    """``name``: as the item gave it, empty without one; ``message``: code and text of its own refusal."""

    name: Any
    message: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """``total`` items, of which ``refused`` were not created."""

    total: int
    refused: Sequence[RefusedItem]

    @property
    def created(self) -> int:
        """How many were created."""
        return self.total - self.failed

    @property
    def failed(self) -> int:
        """How many were refused."""
        return len(self.refused)


def batch_import(call: HuaweiCall, run: UseCaseRunner) -> ImportReport:
    """Every secret by itself: what fails is listed with its reason, the rest is created. At most 100.

    Raises ``InvalidParameter`` for an empty or too long list, ``MissingParameter`` without one, and any
    ``ServerFault``.
    """
    assert call.profile is not None  # noqa: S101 - identify has run
    row = call.profile.rows["create-secret"]
    items = parameters(call)["secrets"]
    refused = []
    for item in items:
        name = item.get("name") if isinstance(item, dict) else None
        try:
            if not isinstance(item, dict):
                raise faults.MisshapenBody
            arguments = row.arguments(item)
            create_secret(arguments, call)
            run(lifecycle.create, lifecycle.CreateSecret(**arguments))
        except faults.ServerFault:
            raise
        except faults.Fault as fault:
            error = call.profile.catalogue.row(fault, row.name, row.surface)
            refused.append(RefusedItem(name or "", f"{error.code}: {error.text(fault)}"))
    return ImportReport(len(items), refused)


def import_rows() -> list[Row]:
    """The one row. A composite: each item is a use case of its own, in a transaction of its own."""
    refused = Record(Field("name", AnyValue(), of="name"), Field("error_msg", TEXT, of="message"))
    return [
        row(
            "batch-import-secrets",
            "POST",
            SECRETS + "/batch-import",
            composite=batch_import,
            request=(Field("secrets", Items(AnyValue(), 1, IMPORT_MAX), required=True),),
            response=(
                Field("error_list", Items(refused), of="result.refused"),
                Field("total", COUNT, of="result.total"),
                Field("success", COUNT, of="result.created"),
                Field("failed", COUNT, of="result.failed"),
            ),
            max_body=4 * BODY,
        ),
    ]
