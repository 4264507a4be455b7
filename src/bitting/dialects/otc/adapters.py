"""What create-key of Open Telekom Cloud checks besides, or instead of, what Huawei Cloud's does."""

from __future__ import annotations

from typing import Any

from bitting.core import faults
from bitting.core.specs import Usage
from bitting.dialects.huawei.keys.adapters import check_curve_usage, check_realm, read_tags
from bitting.dialects.huawei.rows import HuaweiCall

#: Known to the API, refused by every region with an error of their own.
UNAVAILABLE_SPECS = frozenset(("SM4", "SM2"))
_SHARED_KEYSTORE = "0"


def create_key(arguments: dict[str, Any], call: HuaweiCall) -> None:
    """No key specs of China, no key agreement, no key stores of one's own.

    Raises ``UnsupportedKeySpec``, ``InvalidParameter``, ``UnsupportedOperation`` (``feature`` keystores).
    """
    check_realm(arguments, call)
    if arguments["spec"] in UNAVAILABLE_SPECS:
        raise faults.UnsupportedKeySpec(spec=arguments["spec"], parameter="key_spec")
    check_curve_usage(arguments)
    if arguments.get("usage") == Usage.AGREE:
        raise faults.InvalidParameter(parameter="key_usage", reason="enum")
    if arguments.get("keystore_id", _SHARED_KEYSTORE) != _SHARED_KEYSTORE:
        raise faults.UnsupportedOperation(feature="keystores")
    read_tags(arguments)
