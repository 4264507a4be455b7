"""Operators' operations as this API says them."""

from __future__ import annotations

from typing import Any

from bitting.core import faults
from bitting.core.model.identity import Account
from bitting.core.model.service import Quota
from bitting.core.usecases.secrets.delivery_targets import CreatedWebhook
from bitting.dialects.huawei.codecs import is_sequence
from bitting.dialects.huawei.rows import HuaweiCall

_HEADER = "service-transaction-id"


def transaction(arguments: dict[str, Any], call: HuaweiCall) -> None:  # noqa: ARG001 - a shape's signature
    """Orders and notices carry an id of their sender's transaction, in the form of a UUID."""
    found = call.request.headers.get(_HEADER)
    if not found:
        raise faults.MissingParameter(parameter="service_transaction_id")
    if not is_sequence(found):
        raise faults.InvalidParameter(parameter="service_transaction_id", reason="format")


def quota(made: Quota, call: HuaweiCall) -> dict[str, Any]:
    """The quota now in force."""
    return {"quota_type": call.values["quota_type"], "quota": made.limit}


def tenant(account: Account, call: HuaweiCall) -> dict[str, Any]:  # noqa: ARG001 - the signature of content
    """The tenant's state."""
    return {"tenant_id": account.domain_id, "kms_status": account.state.value}


def webhook(made: CreatedWebhook, call: HuaweiCall) -> dict[str, Any]:  # noqa: ARG001 - as above
    """Where events go from now on, and what signs them; the secret is shown this once."""
    return {"service_name": made.webhook.name, "service_url": made.webhook.url, "secret": made.secret}
