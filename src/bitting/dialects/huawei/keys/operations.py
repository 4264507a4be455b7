"""The key management operations, one row each. Names are the last words of their paths.

Sources: Huawei Cloud DEW API reference and SDK 3.1.219, Open Telekom Cloud KMS API reference. All numbers that
clients send may be numbers or text; in answers they are text, but for ``total``.
"""

from __future__ import annotations

from bitting.core.model.key import KeyState
from bitting.core.specs import Usage
from bitting.core.usecases.crypto import data_key_digests, data_keys
from bitting.core.usecases.crypto import encryption as crypto
from bitting.core.usecases.keys import creation, deletion, regions
from bitting.core.usecases.keys import lifecycle as keys
from bitting.dialects.base.codecs import Base64, Choice, Codec, Digits, EncodeOnly, Hex, Integer, Items, Text, Utf8
from bitting.dialects.base.operation import Field, Record
from bitting.dialects.huawei import codecs, versions
from bitting.dialects.huawei.keys import adapters as key_adapters
from bitting.dialects.huawei.rows import Row

BASE = "/v1.0/{project_id}/kms/"
PAGE_MOST = 1000
#: Room for 8192 characters of context and 4096 bytes of plaintext, every character escaped.
CRYPTO_BODY = 1 << 17
#: Longer than any ciphertext of this API's own: what other APIs made opens here as well.
CIPHERTEXT_BYTES = CRYPTO_BODY

_ID = codecs.KeyName()
_ID_OR_ALIAS = codecs.KeyName(aliases=True)
_TEXT = Text()


def _key(kind: Codec, *, required: bool = True) -> Field:
    return Field("key_id", kind, to="key", required=required)


def _show_usage(usage: str) -> str:
    return codecs.USAGES.encode(Usage(usage))


def _next_marker(page: keys.KeyPage) -> str:
    """How many keys to skip next time; empty at the end, or openstack clients never stop asking."""
    end = page.offset + len(page.keys)
    return str(end) if page.keys and end < page.total else ""


def _truncated(page: keys.KeyPage) -> str:
    return "true" if _next_marker(page) else "false"


def _key_ids(page: keys.KeyPage) -> list[str]:
    return [found.id for found in page.keys]


DETAILS = Record(
    Field("key_id", _TEXT, of="result.id"),
    Field("domain_id", _TEXT, of="principal.domain_id"),
    # Keys made through other APIs have no name; the id is one a client can look up.
    Field("key_alias", EncodeOnly(lambda found: found.name or found.id), of="result"),
    Field("realm", _TEXT, of="region"),
    Field("key_spec", codecs.SPECS_SPELT, of="result.spec"),
    Field("key_usage", EncodeOnly(_show_usage), of="result.usage"),
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
    Field("keystore_id", EncodeOnly(lambda held: held or "0"), of="result.keystore_id"),
)
_OWNER = (Field("key_id", _TEXT, of="result.id"), Field("domain_id", _TEXT, of="principal.domain_id"))
#: ``region_id`` is in Huawei's answer only.
CREATED = (Field("key_info", Record(*_OWNER, Field("region_id", _TEXT, of="region")), of="itself"),)
CREATED_BRIEF = (Field("key_info", Record(*_OWNER), of="itself"),)
_STATE = (Field("key_id", _TEXT, of="result.id"), Field("key_state", codecs.STATES, of="result.state"))
_STATE_INSIDE = (Field("key_info", Record(*_STATE), of="itself"),)

CREATE_FIELDS = (
    Field("key_alias", codecs.KeyAlias(), to="name", required=True),
    Field("key_spec", codecs.SPECS_SPELT, to="spec"),
    Field("key_usage", codecs.USAGES, to="usage"),
    Field("key_description", Text(0, 255), to="description"),
    Field("origin", codecs.ORIGINS, to="origin"),
    Field("enterprise_project_id", Text(0, 36), to="enterprise_project_id"),
    Field("keystore_id", Text(0, 36), to="keystore_id"),
    Field("realm", Text(0, 255)),
    # In no document; without it no key could be made under a tag policy.
    Field("tags", codecs.AnyJson()),
)
LIST_FIELDS = (
    Field("limit", Integer(1, PAGE_MOST), to="limit"),
    Field("marker", Integer(0, 1 << 31), to="offset"),
    Field("key_state", codecs.StateFilter()),
)
_LIST_SPECS = Choice({word: word for word in (*codecs.SPEC_WORDS, "ALL")})
_LISTED = (
    Field("keys", EncodeOnly(_key_ids), of="result"),
    Field("key_details", Items(DETAILS), of="each"),
    Field("next_marker", EncodeOnly(_next_marker), of="result"),
    Field("truncated", EncodeOnly(_truncated), of="result"),
    Field("total", EncodeOnly(int), of="result.total"),
)

#: Additional data: Huawei's text and Open Telekom Cloud's object; the clients of both clouds send either.
BINDING = (
    Field("additional_authenticated_data", Utf8(0, 128)),
    Field("encryption_context", codecs.EncryptionContext()),
)
_ALGORITHM = Field("encryption_algorithm", codecs.ENCRYPTION_ALGORITHMS, to="algorithm")
#: Only regions of the highest assurance level demand a PIN; where one is given it must be good (`create-pin`).
PIN = (Field("pin", Text(1, 1024)), Field("pin_type", Choice({"CipherText": False, "PlainText": True})))
DATA_KEY_FIELDS = (_key(_ID_OR_ALIAS), *BINDING, *PIN)
DATA_KEY_LENGTH = Integer(8, 8192, 8)
_DATA_KEY_GIVEN = {"rsa_most": 190}  # 1520 bits: what OAEP with SHA-256 leaves of the smallest modulus
_HUAWEI_DATA_KEY_FIELDS = (
    *DATA_KEY_FIELDS,
    Field("key_spec", codecs.DATA_KEY_SPECS),
    Field("datakey_length", DATA_KEY_LENGTH),
)
_DATA_KEY_SEALED = (
    Field("key_id", _TEXT, of="result.encrypted.key.id"),
    Field("cipher_text", EncodeOnly(codecs.sealed_hex), of="result.encrypted"),
)

KEYS = (
    Row(
        name="create-key",
        path=BASE + "create-key",
        surface="kms",
        use=creation.create_placed_key,
        adapt_request=key_adapters.create_key,
        request=CREATE_FIELDS,
        response=CREATED,
    ),
    Row(
        name="describe-key",
        path=BASE + "describe-key",
        surface="kms",
        use=keys.describe,
        request=(_key(_ID_OR_ALIAS),),
        response=(Field("key_info", DETAILS, of="itself"),),
    ),
    Row(
        name="list-keys",
        path=BASE + "list-keys",
        surface="kms",
        use=regions.list_keys,
        adapt_request=key_adapters.list_keys,
        given={"limit": PAGE_MOST},
        request=(*LIST_FIELDS, Field("key_spec", _LIST_SPECS), Field("enterprise_project_id", Text(1, 64))),
        response=_LISTED,
    ),
    Row(
        name="enable-key",
        path=BASE + "enable-key",
        surface="kms",
        use=keys.enable_disabled,
        request=(_key(_ID),),
        response=_STATE_INSIDE,
    ),
    Row(
        name="disable-key",
        path=BASE + "disable-key",
        surface="kms",
        use=keys.disable_enabled,
        request=(_key(_ID),),
        response=_STATE_INSIDE,
    ),
    Row(
        name="schedule-key-deletion",
        path=BASE + "schedule-key-deletion",
        surface="kms",
        use=deletion.schedule_deletion,
        request=(_key(_ID), Field("pending_days", Integer(7, 1096), to="days", required=True)),
        response=_STATE,
    ),
    Row(
        name="cancel-key-deletion",
        path=BASE + "cancel-key-deletion",
        surface="kms",
        use=deletion.cancel_deletion,
        given={"to": KeyState.DISABLED},
        request=(_key(_ID),),
        response=_STATE,
    ),
)

CRYPTO = (
    Row(
        name="encrypt-data",
        path=BASE + "encrypt-data",
        surface="kms",
        use=crypto.encrypt,
        adapt_request=key_adapters.encrypt_data,
        max_body=CRYPTO_BODY,
        request=(
            _key(_ID_OR_ALIAS),
            Field("plain_text", Utf8(1, 4096), to="plaintext", required=True),
            _ALGORITHM,
            *BINDING,
        ),
        response=(
            Field("key_id", _TEXT, of="result.key.id"),
            Field("cipher_text", EncodeOnly(codecs.sealed_base64), of="result"),
        ),
    ),
    Row(
        name="decrypt-data",
        path=BASE + "decrypt-data",
        surface="kms",
        use=crypto.decrypt,
        adapt_request=key_adapters.decrypt_data,
        max_body=CRYPTO_BODY,
        request=(
            _key(_ID, required=False),
            Field("cipher_text", Base64(1, CIPHERTEXT_BYTES), to="ciphertext", required=True),
            _ALGORITHM,
            *BINDING,
        ),
        response=(
            Field("key_id", _TEXT, of="result.key.id"),
            Field("plain_text", Utf8(), of="result.plaintext"),
            Field("plain_text_base64", Base64(), of="result.plaintext"),
        ),
    ),
    Row(
        name="create-datakey",
        path=BASE + "create-datakey",
        surface="kms",
        use=data_keys.generate_data_key,
        adapt_request=key_adapters.data_key,
        max_body=CRYPTO_BODY,
        given=_DATA_KEY_GIVEN,
        request=_HUAWEI_DATA_KEY_FIELDS,
        response=(
            _DATA_KEY_SEALED[0],
            Field("plain_text", Hex(), of="result.plaintext"),
            _DATA_KEY_SEALED[1],
        ),
    ),
    Row(
        name="create-datakey-without-plaintext",
        path=BASE + "create-datakey-without-plaintext",
        surface="kms",
        use=data_key_digests.generate_without_plaintext,
        adapt_request=key_adapters.data_key,
        max_body=CRYPTO_BODY,
        given=_DATA_KEY_GIVEN,
        request=_HUAWEI_DATA_KEY_FIELDS,
        response=_DATA_KEY_SEALED,
    ),
    Row(
        name="gen-random",
        path=BASE + "gen-random",
        surface="kms",
        use=data_keys.generate_random,
        adapt_request=key_adapters.random,
        request=(Field("random_data_length", Integer(8, 8192, 8), required=True),),
        response=(Field("random_data", Hex(), of="result.value"),),
    ),
)

VERSIONS = (
    Row(name="versions", method="GET", path="/", surface="kms", composite=versions.versions, public=True),
    Row(name="version", method="GET", path="/{version_id}", surface="kms", composite=versions.version, public=True),
    Row(name="version/", method="GET", path="/{version_id}/", surface="kms", composite=versions.version, public=True),
)


def first_rows() -> tuple[Row, ...]:
    """The rows of this module."""
    return (*KEYS, *CRYPTO, *VERSIONS)
