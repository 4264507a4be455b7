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
============================  =====================  ==============================

Source: Open Telekom Cloud KMS API reference (opentelekomcloud-docs/key-management-service).
"""

from __future__ import annotations

from dataclasses import replace

from bitting.dialects.base.errors import load
from bitting.dialects.base.kinds import Choice, Integer
from bitting.dialects.base.operation import Field
from bitting.dialects.huawei import operations as every
from bitting.dialects.huawei import operations_data
from bitting.dialects.huawei import operations_kms as huawei
from bitting.dialects.huawei.kinds import SPEC_WORDS
from bitting.dialects.huawei.rows import Profile, Row

NAME = "otc"
BITS = Integer(512, 512)
#: Known to the API, refused by every region with an error of their own.
WITHOUT = frozenset(("SM4", "SM2"))
_WORDS = ("AES_256", "RSA_2048", "RSA_3072", "RSA_4096", "EC_P256", "EC_P384", "HMAC_256", "HMAC_384", "HMAC_512")
_SPECS = Choice({word: SPEC_WORDS[word] for word in (*_WORDS, *sorted(WITHOUT))})
_DATA_KEY = Field("datakey_length", huawei.DATA_KEY_LENGTH, required=True)


def _own(field: Field) -> Field:
    return replace(field, kind=_SPECS) if field.name == "key_spec" else field


def rows() -> dict[str, Row]:
    """Huawei's rows with OTC's limits, by name."""
    found = every.rows()
    changes: dict[str, dict[str, object]] = {
        "create-key": {
            "request": tuple(_own(field) for field in huawei.CREATE_FIELDS),
            "response": huawei.CREATED_BRIEF,
        },
        "list-keys": {"request": huawei.LIST_FIELDS},
        "create-datakey": {"request": (*huawei.DATA_KEY_FIELDS, _DATA_KEY)},
        "create-datakey-without-plaintext": {
            "request": (*huawei.DATA_KEY_FIELDS, replace(_DATA_KEY, kind=BITS)),
        },
        "encrypt-datakey": {"request": (*operations_data.WRAP, operations_data.plain_length(64, 64), *huawei.BINDING)},
        "decrypt-datakey": {
            "request": (*operations_data.UNWRAP, operations_data.cipher_length(64, 64), *huawei.BINDING)
        },
        "gen-random": {"request": (Field("random_data_length", BITS, required=True),)},
    }
    for name, change in changes.items():
        found[name] = replace(found[name], **change)  # type: ignore[arg-type]
    return found


def profile() -> Profile:
    """The profile, to be given to the dialect beside Huawei's own."""
    return Profile(NAME, load(NAME, "bitting.dialects.otc"), rows(), WITHOUT)
