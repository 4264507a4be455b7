"""What the native API's rows are made of.

::

    row("GET", "accounts/{account_id}/things", use case, field_in("account_id", ID), answer="things")
"""

from __future__ import annotations

import dataclasses
from typing import Any

from bitting.dialects.base.codecs import Codec, InvalidWireValue, Text
from bitting.dialects.base.operation import Field, Operation

PREFIX = "/bitting/v1/"
_HIDDEN = {"sealed_secret", "sealed_password", "password", "wrapped", "token_digest", "material_fingerprint", "policy"}

ID = Text(1, 128)
NAME = Text(1, 64)


class RecordCodec:
    """A record as a JSON object, without its secrets; sequences as lists."""

    def decode(self, _raw: Any) -> Any:
        raise InvalidWireValue("type")

    def encode(self, value: Any) -> Any:
        """The object."""
        if isinstance(value, list | tuple):
            return [self.encode(item) for item in value]
        if dataclasses.is_dataclass(value):
            names = [field.name for field in dataclasses.fields(value) if field.name not in _HIDDEN]
            return {name: self.encode(getattr(value, name)) for name in names}
        return value.hex() if isinstance(value, bytes) else value


class AnyObject:
    """Any JSON object, handed on as it is."""

    def decode(self, raw: Any) -> Any:
        """The object. Raises ``InvalidWireValue`` for anything else."""
        if not isinstance(raw, dict):
            raise InvalidWireValue("type")
        return raw

    def encode(self, value: Any) -> Any:
        """The object."""
        return value


_PLAIN = RecordCodec()


def row(
    method: str, path: str, use: Any, *fields: Field, answer: str = "", kind: Codec = _PLAIN, **rest: Any
) -> Operation:
    """A row; ``answer`` names the answer's one field, ``kind`` says how it is shown."""
    name = f"{method} {path}"
    response = (Field(answer, kind),) if answer else ()
    return Operation(name=name, method=method, path=PREFIX + path, use=use, request=fields, response=response, **rest)


def field_in(name: str, kind: Codec, *, required: bool = True, to: str = "") -> Field:
    """A field of a request, bound to the command's attribute of the same name."""
    return Field(name, kind, to=to or name, required=required)
