"""Rules: conditions on several parameters of a request at once, by which rows say what no single field can.

::

    Row(..., request=(..., *BINDING, *PIN), rules=(SealedPin(), Binding()))

A rule reads converted values by name (``reads``: those that no command has, taken out by the rule), changes them in
place and raises ``RequestFault``. Each is used by several rows; what only one row needs is its ``adapt_request``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from bitting.core import faults
from bitting.core.specs import Algorithm
from bitting.core.usecases.crypto.pins import is_pin, is_plain_pin
from bitting.dialects.base.codecs import Choice, Text, Utf8
from bitting.dialects.base.operation import Field
from bitting.dialects.huawei.codecs import is_sequence
from bitting.dialects.huawei.crypto.codecs import EncryptionContext

if TYPE_CHECKING:
    from bitting.dialects.huawei.rows import HuaweiCall

#: Additional data: Huawei's text and Open Telekom Cloud's object; the clients of both clouds send either.
BINDING = (
    Field("additional_authenticated_data", Utf8(0, 128)),
    Field("encryption_context", EncryptionContext()),
)
#: Only regions of the highest assurance level demand a PIN; one that is given must be valid (`create-pin`).
PIN = (Field("pin", Text(1, 1024)), Field("pin_type", Choice({"CipherText": False, "PlainText": True})))


class Rule(Protocol):
    """One condition. ``reads``: the parameters it takes out of the arguments."""

    @property
    def reads(self) -> frozenset[str]:
        """Names of parameters that only the rule uses."""
        ...

    def apply(self, arguments: dict[str, Any], call: HuaweiCall) -> None:
        """Check and change the arguments in place. Raises ``RequestFault``."""
        ...


@dataclass(frozen=True, slots=True)
class Binding:
    """Additional data by either of its two names, as ``aad``. Raises ``InvalidParameter`` where both are given."""

    reads: ClassVar[frozenset[str]] = frozenset(field.name for field in BINDING)

    def apply(self, arguments: dict[str, Any], call: HuaweiCall) -> None:  # noqa: ARG002 - as every rule
        text = arguments.pop("additional_authenticated_data", None)
        context = arguments.pop("encryption_context", None)
        if text is not None and context is not None:
            raise faults.InvalidParameter(parameter="encryption_context", reason="both")
        if text is not None or context is not None:
            arguments["aad"] = text if text is not None else context


@dataclass(frozen=True, slots=True)
class SealedPin:
    """A sealed PIN must be one that this project was given, a plain one in the form of one. Neither goes further."""

    reads: ClassVar[frozenset[str]] = frozenset(field.name for field in PIN)

    def apply(self, arguments: dict[str, Any], call: HuaweiCall) -> None:
        pin, plain = arguments.pop("pin", None), arguments.pop("pin_type", False)
        if pin is not None and not (is_plain_pin(pin) if plain else is_pin(call.vault, call.caller.ring, pin)):
            raise faults.InvalidParameter(parameter="pin", reason="format")


@dataclass(frozen=True, slots=True)
class BindsOnlySymmetric:
    """Asymmetric algorithms bind no additional data: refused rather than ignored."""

    algorithm: str = "algorithm"
    aad: str = "aad"
    reads: ClassVar[frozenset[str]] = frozenset()

    def apply(self, arguments: dict[str, Any], call: HuaweiCall) -> None:  # noqa: ARG002 - as every rule
        if arguments[self.algorithm] is not Algorithm.SYMMETRIC and self.aad in arguments:
            raise faults.InvalidParameter(parameter="additional_authenticated_data", reason="asymmetric")


@dataclass(frozen=True, slots=True)
class TransactionHeader:
    """Orders and notices carry the id of their sender's transaction in a header, in the form of a UUID."""

    header: str = "service-transaction-id"
    reads: ClassVar[frozenset[str]] = frozenset()

    def apply(self, arguments: dict[str, Any], call: HuaweiCall) -> None:  # noqa: ARG002 - as every rule
        found = call.request.headers.get(self.header)
        if not found:
            raise faults.MissingParameter(parameter="service_transaction_id")
        if not is_sequence(found):
            raise faults.InvalidParameter(parameter="service_transaction_id", reason="format")
