"""Open Telekom Cloud: Huawei's rows under the limits of the OTC API reference, and an error table of its own.

============================  =====================  ==============================
                              Huawei Cloud           Open Telekom Cloud
============================  =====================  ==============================
key specs                     all                    AES_256, RSA, EC_P256/P384, HMAC
list-keys without key_spec    AES_256 only           every key (there is no key_spec)
random_data_length            8 to 8192              512
datakey_length                optional, 8 to 8192    required, 8 to 8192
... without plaintext         optional, 8 to 8192    required, 512
create-key answers            region_id as well      key_id, domain_id
tags/action, a key that is    takes the new value    refused
there already
============================  =====================  ==============================

Sources: Open Telekom Cloud KMS API reference (opentelekomcloud-docs/key-management-service); for tags/action the live
service, as opentelekomcloud/terraform-provider-opentelekomcloud#2802 shows it.
"""

from __future__ import annotations

from dataclasses import replace

from bitting.core import faults
from bitting.dialects.base.codecs import Choice
from bitting.dialects.base.errors import load
from bitting.dialects.base.operation import Field
from bitting.dialects.huawei import kms_operations
from bitting.dialects.huawei.codecs import SPEC_WORDS
from bitting.dialects.huawei.crypto import data_keys
from bitting.dialects.huawei.crypto.codecs import Bits
from bitting.dialects.huawei.keys import lifecycle
from bitting.dialects.huawei.keys.adapters import filter_keys
from bitting.dialects.huawei.keys.material_import import parameters_fields
from bitting.dialects.huawei.keystores.keystores import NAMES as KEYSTORE_NAMES
from bitting.dialects.huawei.rows import Profile, Refusal, Row
from bitting.dialects.huawei.rules import BINDING
from bitting.dialects.otc.adapters import UNAVAILABLE_SPECS, create_key

NAME = "otc"
_512_BITS = Bits(512, 512)
_WORDS = ("AES_256", "RSA_2048", "RSA_3072", "RSA_4096", "EC_P256", "EC_P384", "HMAC_256", "HMAC_384", "HMAC_512")
_SPECS = Choice({word: SPEC_WORDS[word] for word in (*_WORDS, *sorted(UNAVAILABLE_SPECS))})
WRAPPING = {
    "RSAES_OAEP_SHA_256": "RSA_OAEP_SHA256",
    "RSAES_OAEP_SHA_1": "RSA_OAEP_SHA1",
    "RSAES_PKCS1_V1_5": "RSAES_PKCS1_V1_5",
}
_DATA_KEY = Field("datakey_length", data_keys.DATA_KEY_BITS, to="length", required=True)
_NO_KEYSTORES = Refusal(faults.UnsupportedOperation, {"feature": "keystores"})


#: What the API reference documents; of Huawei's further operations there are none.
OPERATIONS = (
    "create-key", "describe-key", "list-keys", "enable-key", "disable-key", "schedule-key-deletion",
    "cancel-key-deletion", "update-key-alias", "update-key-description", "create-datakey",
    "create-datakey-without-plaintext", "encrypt-datakey", "decrypt-datakey", "gen-random", "encrypt-data",
    "decrypt-data", "sign", "verify", "get-publickey", "get-parameters-for-import", "import-key-material",
    "delete-imported-key-material", "create-grant", "revoke-grant", "retire-grant", "list-key-grants",
    "list-retirable-grants", "enable-key-rotation", "disable-key-rotation", "update-key-rotation-interval",
    "get-key-rotation-status", "create-tag", "tags/action", "delete-tag", "delete-tag/action", "list-key-tags",
    "list-tags", "resource_instances/action", "user-quotas", "user-instances", "versions", "version", "version/",
    "other-type/tags", "other-type/action", "other-type/id/tags", "other-type/id/list",
)  # fmt: skip


def _create_field(field: Field) -> Field:
    return replace(field, kind=_SPECS) if field.name == "key_spec" else field


#: Rows that differ, and in what.
_CHANGES: dict[str, dict[str, object]] = {
    "create-key": {
        "request": tuple(_create_field(field) for field in lifecycle.CREATE_FIELDS),
        "response": lifecycle.CREATED_WITHOUT_REGION,
        "adapt_request": create_key,
    },
    "list-keys": {"request": lifecycle.LIST_FIELDS, "adapt_request": filter_keys},
    "create-datakey": {"request": (*data_keys.DATA_KEY_FIELDS, _DATA_KEY)},
    "create-datakey-without-plaintext": {
        "request": (*data_keys.DATA_KEY_FIELDS, replace(_DATA_KEY, kind=_512_BITS)),
    },
    "encrypt-datakey": {"request": (*data_keys.WRAP_FIELDS, data_keys.plain_length(64, 64), *BINDING)},
    "decrypt-datakey": {"request": (*data_keys.UNWRAP_FIELDS, data_keys.cipher_length(64, 64), *BINDING)},
    "tags/action": {"given": {"new": True}},
    "get-parameters-for-import": {"request": parameters_fields(WRAPPING)},
    "gen-random": {"request": (Field("random_data_length", _512_BITS, to="length", required=True),)},
}


def rows() -> dict[str, Row]:
    """Huawei's rows with OTC's limits, by name. Its key store operations are there and refused."""
    found = kms_operations.rows()
    own = {name: found[name] for name in OPERATIONS}
    for name, change in _CHANGES.items():
        own[name] = replace(own[name], **change)  # type: ignore[arg-type]
    for name in KEYSTORE_NAMES:
        own[name] = replace(found[name], refusal=_NO_KEYSTORES)
    return own


def profile() -> Profile:
    """The profile, to be given to the dialect beside Huawei's own."""
    return Profile(NAME, load(NAME, "bitting.dialects.otc"), rows())
