"""Names as this API shows them: aliases without their prefix and with a URN."""

from __future__ import annotations

from typing import Any

from bitting.core.model.key import Alias, Key
from bitting.core.usecases.keys.aliases import AliasPage
from bitting.dialects.base.codecs import Moment
from bitting.dialects.huawei.codecs import ALIAS_PREFIX
from bitting.dialects.huawei.rows import HuaweiCall

_MOMENT = Moment()


def renamed(key: Key, call: HuaweiCall) -> dict[str, Any]:  # noqa: ARG001 - the signature of content
    """The key and its name."""
    return {"key_info": {"key_id": key.id, "key_alias": key.name}}


def described(key: Key, call: HuaweiCall) -> dict[str, Any]:  # noqa: ARG001 - as above
    """The key and what is said about it."""
    return {"key_info": {"key_id": key.id, "key_description": key.description}}


def list_aliases(arguments: dict[str, Any], call: HuaweiCall) -> None:  # noqa: ARG001 - a shape's signature
    """Markers are aliases as they were shown."""
    if "after" in arguments:
        arguments["after"] = ALIAS_PREFIX + arguments["after"].removeprefix(ALIAS_PREFIX)


def alias(held: Alias, call: HuaweiCall) -> dict[str, Any]:
    """One alias."""
    assert call.principal is not None  # noqa: S101 - identify has run
    name, domain_id = held.name.removeprefix(ALIAS_PREFIX), call.principal.domain_id
    return {
        "domain_id": domain_id,
        "key_id": held.key_id,
        "alias": name,
        "alias_urn": f"kms:{call.region}:{domain_id}:alias:{name}",
        "create_time": _MOMENT.encode(held.created_ms),
        "update_time": _MOMENT.encode(held.updated_ms),
    }


def alias_page(page: AliasPage, call: HuaweiCall) -> list[dict[str, Any]]:
    """One page, in the list of one that the SDKs want; its marker is the last alias on it, empty at the end."""
    shown = [alias(held, call) for held in page.aliases[: page.limit]]
    marker = shown[-1]["alias"] if len(page.aliases) > page.limit else ""
    return [{"aliases": shown, "page_info": {"next_marker": marker, "current_count": len(shown)}}]
