"""Key details as describe-key, list-keys and the search by tags answer them."""

from __future__ import annotations

from bitting.core.specs import Usage
from bitting.dialects.base.codecs import Digits, EncodeOnly, Text
from bitting.dialects.base.operation import Field, Record
from bitting.dialects.huawei import codecs

_TEXT = Text()


def _usage(usage: str) -> str:
    return codecs.USAGES.encode(Usage(usage))


DETAILS = Record(
    Field("key_id", _TEXT, of="result.id"),
    Field("domain_id", _TEXT, of="principal.domain_id"),
    # Keys made through other APIs have no name; the id is one a client can look up.
    Field("key_alias", EncodeOnly(lambda key: key.name or key.id), of="result"),
    Field("realm", _TEXT, of="region"),
    Field("key_spec", codecs.SPECS, of="result.spec"),
    Field("key_usage", EncodeOnly(_usage), of="result.usage"),
    Field("key_description", _TEXT, of="result.description"),
    Field("creation_date", Digits(), of="result.created_ms"),
    Field("scheduled_deletion_date", Digits(none=""), of="result.deletion_due_ms"),
    Field("key_state", codecs.STATES, of="result.state"),
    Field("default_key_flag", EncodeOnly(lambda service: "1" if service else "0"), of="result.service"),
    Field("key_type", EncodeOnly(lambda _: "1"), of="result"),  # the only value that any example shows
    Field("expiration_time", Digits(none=""), of="result.material_expires_ms"),
    Field("origin", codecs.ORIGINS, of="result.origin"),
    Field("key_rotation_enabled", EncodeOnly(codecs.rotation_word), of="result.rotation"),
    Field("sys_enterprise_project_id", _TEXT, of="result.enterprise_project_id"),
    Field("keystore_id", EncodeOnly(lambda store: store or "0"), of="result.keystore_id"),
)
