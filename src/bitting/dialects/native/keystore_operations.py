"""The rows of the native API about key stores and regions.

::

    PUT keystores/{keystore_id}/members     {members: [user id, ...]}     nobody named: everybody
    PUT keys/{key_id}/sync                  {on}                          whether replicas pass changes on
"""

from __future__ import annotations

from bitting.core.usecases.keys import keystores, regions
from bitting.dialects.base.codecs import Flag, Items, Text
from bitting.dialects.base.operation import Operation
from bitting.dialects.native.rows import ID, field_in, row

OPERATIONS: tuple[Operation, ...] = (
    row(
        "PUT", "keystores/{keystore_id}/members", keystores.set_members,
        field_in("keystore_id", ID), field_in("members", Items(Text(1, 64), 0, 100)), answer="keystore",
    ),
    row("PUT", "keys/{key_id}/sync", regions.set_sync, field_in("key_id", ID), field_in("on", Flag()), answer="key"),
)  # fmt: skip
