"""What sync, written and buffered audit cost, side by side on real servers.

    python tests/audit/bench_audit.py [SECONDS]     3 seconds for each figure by default; four clients

For each level: encrypt-data (hot) and create-key (a change) a second, and the median of an answer in milliseconds.
"""

from __future__ import annotations

import http.client
import json
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "server"))

from live import Live

from bitting.bench.signers import sdk_hmac

CLIENTS = 4
LEVELS = ("buffered", "written", "sync")


def drive(server: Live, verb: str, payload: dict[str, object], seconds: float) -> tuple[float, float]:
    """(requests a second, median milliseconds)."""
    credentials, times = server.credentials, []
    host, _, port = server.http.partition(":")
    end = time.monotonic() + seconds

    def client(number: int) -> None:
        connection = http.client.HTTPConnection(host, int(port), timeout=20)
        count = 0
        while time.monotonic() < end:
            count += 1
            body = {**payload, "key_alias": f"{number}-{count}-{time.time_ns()}"} if verb == "create-key" else payload
            shot = sdk_hmac("bench", credentials, credentials["project_id"], verb, body)
            started = time.perf_counter()
            connection.request("POST", shot.path, shot.body, dict(shot.headers))
            answer = connection.getresponse()
            text = answer.read()
            assert answer.status == 200, text
            times.append(time.perf_counter() - started)
        connection.close()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(times) / seconds, statistics.median(times) * 1000


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 3.0
    print(f"{'level':10s} {'encrypt/s':>10s} {'ms':>8s} {'create/s':>10s} {'ms':>8s}")
    with tempfile.TemporaryDirectory() as directory:
        for level in LEVELS:
            wanted = {"BITTING_AUDIT_DURABILITY": level, "BITTING_AUDIT_DURABILITY_HOT": level}
            server = Live(Path(directory) / level, workers=1, **wanted)
            server.start(seconds=60)
            key_id = make(server)
            hot = drive(server, "encrypt-data", {"key_id": key_id, "plain_text": "x"}, seconds)
            cold = drive(server, "create-key", {}, seconds)
            server.stop()
            print(f"{level:10s} {hot[0]:10.0f} {hot[1]:8.2f} {cold[0]:10.0f} {cold[1]:8.2f}", flush=True)


def make(server: Live) -> str:
    credentials = server.credentials
    shot = sdk_hmac("bench", credentials, credentials["project_id"], "create-key", {"key_alias": "bench"})
    host, _, port = server.http.partition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=20)
    connection.request("POST", shot.path, shot.body, dict(shot.headers))
    return str(json.loads(connection.getresponse().read())["key_info"]["key_id"])


if __name__ == "__main__":
    main()
