"""Keys: to create, describe, list, enable, disable and delete them.

Sources: Huawei Cloud DEW API reference and SDK 3.1.219, Open Telekom Cloud KMS API reference. All numbers that
clients send may be numbers or text; in answers they are text, but for ``total``.
"""

from __future__ import annotations

from dataclasses import replace

from bitting.core.model.key import KeyState
from bitting.core.usecases.keys import creation, deletion, regions
from bitting.core.usecases.keys import lifecycle as keys
from bitting.dialects.base.codecs import Choice, EncodeOnly, Integer, Text
from bitting.dialects.base.operation import Field, Record
from bitting.dialects.huawei import codecs
from bitting.dialects.huawei.fields import KEY, KEY_OR_ALIAS, LIMIT, PAGE, PAGE_MAX, kms_row, page_info
from bitting.dialects.huawei.keys import adapters
from bitting.dialects.huawei.keys.details import DETAILS
from bitting.dialects.huawei.rows import Row

_TEXT = Text()
_OWNER = (Field("key_id", _TEXT, of="result.id"), Field("domain_id", _TEXT, of="principal.domain_id"))
_CREATED = (Field("key_info", Record(*_OWNER, Field("region_id", _TEXT, of="region"))),)
#: Open Telekom Cloud does not answer the region.
CREATED_WITHOUT_REGION = (Field("key_info", Record(*_OWNER)),)
_STATE = (Field("key_id", _TEXT, of="result.id"), Field("key_state", codecs.STATES, of="result.state"))
_STATE_INSIDE = (Field("key_info", Record(*_STATE)),)

CREATE_FIELDS = (
    Field("key_alias", codecs.KeyAlias(), to="name", required=True),
    Field("key_spec", codecs.SPECS, to="spec"),
    Field("key_usage", codecs.USAGES, to="usage"),
    Field("key_description", Text(0, 255), to="description"),
    Field("origin", codecs.ORIGINS, to="origin"),
    Field("enterprise_project_id", Text(0, 36), to="enterprise_project_id"),
    Field("keystore_id", Text(0, 36), to="keystore_id"),
    Field("realm", Text(0, 255)),
    # In no document; without it no key could be made under a tag policy.
    Field("tags", codecs.AnyJson()),
)
#: No document bounds this limit, and the Terraform provider asks for 2000 at once; a page has 1000 at most.
_KEY_PAGE = (replace(LIMIT, kind=codecs.AtMost(PAGE_MAX)), *(field for field in PAGE if field is not LIMIT))
LIST_FIELDS = (*_KEY_PAGE, Field("key_state", codecs.StateFilter()))
_LIST_SPECS = Choice({word: word for word in (*codecs.SPEC_WORDS, "ALL")})


def _key_ids(page: keys.KeyPage) -> list[str]:
    return [key.id for key in page.keys]


def rows() -> tuple[Row, ...]:
    """All of them."""
    return (
        kms_row(
            "create-key", creation.create_placed_key, *CREATE_FIELDS,
            given={"spec": "AES_256"}, adapt_request=adapters.create_key, response=_CREATED,
        ),
        kms_row("describe-key", keys.describe, KEY_OR_ALIAS, response=(Field("key_info", DETAILS),)),
        kms_row(
            "list-keys", regions.list_keys,
            *LIST_FIELDS, Field("key_spec", _LIST_SPECS), Field("enterprise_project_id", Text(1, 64)),
            given={"limit": PAGE_MAX}, adapt_request=adapters.list_keys,
            response=(
                Field("keys", EncodeOnly(_key_ids), of="result"),
                Field("key_details", codecs.Each(lambda page: page.keys, DETAILS)),
                *page_info("keys"),
            ),
        ),
        kms_row("enable-key", keys.enable_disabled, KEY, response=_STATE_INSIDE),
        kms_row("disable-key", keys.disable_enabled, KEY, response=_STATE_INSIDE),
        kms_row(
            "schedule-key-deletion", deletion.schedule_deletion,
            KEY, Field("pending_days", Integer(7, 1096), to="days", required=True), response=_STATE,
        ),
        kms_row("cancel-key-deletion", deletion.cancel_deletion, KEY, given={"to": KeyState.DISABLED}, response=_STATE),
    )  # fmt: skip
