"""Management operations in an account that holds many keys: the median of each, through signed HTTP requests.

Promised: no management operation above 10 ms, a page of 100 of 100,000 keys below 20 ms (medians, SQLite).
"""

from __future__ import annotations

import http.client
import json
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from rich.console import Console
from rich.table import Table

from bitting.bench.signers import Credentials, acs3
from bitting.core.model.key import Key
from bitting.core.ports import Entropy, Store

KEYS, TIMES = 100_000, 25
ONE_MS, PAGE_MS = 10.0, 20.0
_BATCH = 10_000
PAGE = "ListKeys, 100 of 100,000"


def fill(store: Store, entropy: Entropy, like: Key) -> None:
    """Add copies of one key (without material, which is not used here) until the account holds :data:`KEYS`."""
    for start in range(0, KEYS, _BATCH):
        with store.begin(write=True) as uow:
            for offset in range(_BATCH):
                uow.of(Key).add(replace(like, id=entropy.uuid(), number=like.number + 1 + start + offset, name=""))


class _Client:
    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self._connection = http.client.HTTPConnection(credentials["http"].removeprefix("http://"), timeout=30)
        self.spent_ms: dict[str, list[float]] = {}

    def call(self, action: str, form: Mapping[str, str], label: str = "") -> dict[str, Any]:
        """One signed request; its time is kept under its label."""
        shot = acs3(action, self._credentials, action, form)
        started = time.perf_counter()
        self._connection.request("POST", shot.path, shot.body, dict(shot.headers))
        answer = self._connection.getresponse()
        body = answer.read()
        self.spent_ms.setdefault(label or action, []).append((time.perf_counter() - started) * 1000)
        if answer.status != 200:
            msg = f"{action}: {answer.status} {body!r}"
            raise RuntimeError(msg)
        found: dict[str, Any] = json.loads(body)
        return found


def measure(credentials: Credentials, say: Callable[[str], None]) -> bool:
    """Print the table; whether both promises held."""
    client = _Client(credentials)
    for number in range(TIMES):
        if not number % 5:
            say(f"management round {number + 1} of {TIMES}")
        _round(client, number)
    table = Table(title=f"Management with {KEYS:,} keys in the account, one worker")
    table.add_column("operation")
    table.add_column("median ms", justify="right")
    held = True
    for label, spent in client.spent_ms.items():
        median = statistics.median(spent)
        held = held and median <= (PAGE_MS if label == PAGE else ONE_MS)
        table.add_row(label, f"{median:.1f}")
    console = Console()
    console.print(table)
    console.print(f"promises: {ONE_MS:.0f} ms an operation, {PAGE_MS:.0f} ms the page: {'held' if held else 'BROKEN'}")
    return held


def _round(client: _Client, number: int) -> None:
    key = {"KeyId": client.call("CreateKey", {"Description": "bench"})["KeyMetadata"]["KeyId"]}
    alias = {"AliasName": f"alias/bench-{number}"}
    client.call("DescribeKey", key)
    client.call("UpdateKeyDescription", {**key, "Description": "again"})
    client.call("CreateAlias", {**key, **alias})
    client.call("ListAliasesByKeyId", key)
    client.call("DeleteAlias", alias)
    client.call("TagResource", {**key, "Tags": '[{"TagKey":"a","TagValue":"b"}]'})
    client.call("ListResourceTags", key)
    client.call("DisableKey", key)
    client.call("EnableKey", key)
    client.call("ListKeyVersions", key)
    client.call("ListKeys", {"PageSize": "100", "PageNumber": str(1 + number * 40)}, PAGE)
    client.call("ScheduleKeyDeletion", {**key, "PendingWindowInDays": "7"})
    client.call("CancelKeyDeletion", key)
